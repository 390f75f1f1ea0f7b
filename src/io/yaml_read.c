/* Scalars as numbers, words, vectors, matrices. */
#define _GNU_SOURCE /* strtod_l */
#include "io/yaml_tree.h"
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const weir_yaml_range weir_yaml_any = {-HUGE_VAL, HUGE_VAL, true, true, "a number"};
const weir_yaml_range weir_yaml_positive = {0.0, HUGE_VAL, true, true, "a number > 0"};

static size_t digits(const char *s)
{
  return strspn(s, "0123456789");
}

/* [+-]digits[.digits][e[+-]digits] with a digit before the exponent, nothing else: strtod alone also takes blanks, hexadecimal, "inf". */
static bool number_syntax(const char *s)
{
  if (*s == '+' || *s == '-') s++;
  size_t mantissa = digits(s);
  s += mantissa;
  if (*s == '.') {
    s++;
    mantissa += digits(s);
    s += digits(s);
  }
  if (mantissa == 0) return false;
  if (*s == 'e' || *s == 'E') {
    s++;
    if (*s == '+' || *s == '-') s++;
    const size_t n = digits(s);
    if (n == 0) return false;
    s += n;
  }
  return *s == '\0';
}

bool weir_yaml_is_number(const weir_yaml_node *n)
{
  return n->kind == WEIR_YAML_SCALAR && number_syntax(n->text);
}

/* In the "C" locale, whatever the process has set. */
static weir_status convert(weir_ctx *ctx, const char *text, double *out)
{
  const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  WEIR_REQUIRE(c != (locale_t)0, ctx, WEIR_ENOMEM, "no memory for the C locale");
  *out = strtod_l(text, NULL, c);
  freelocale(c);
  return WEIR_OK;
}

static weir_status number_value(weir_ctx *ctx, weir_yaml_node *n, const char *words, double *out)
{
  n->read = true;
  if (n->kind != WEIR_YAML_SCALAR || n->text[0] == '\0') return weir_yaml_expected(ctx, n, words);
  if (number_syntax(n->text)) return convert(ctx, n->text, out);
  if (n->doc->eval == NULL) return weir_yaml_expected(ctx, n, words);
  return n->doc->eval(n->doc->eval_user, ctx, n, out);
}

/* A formula's value is part of what was found. */
static weir_status outside(weir_ctx *ctx, const weir_yaml_node *n, const char *words, double x)
{
  if (number_syntax(n->text)) return weir_yaml_expected(ctx, n, words);
  return weir_yaml_fail(ctx, n, WEIR_EFORMAT, "expected %s, found '%.40s' = %.17g", words, n->text, x);
}

weir_status weir_yaml_number(weir_ctx *ctx, weir_yaml_node *n, const weir_yaml_range *range, double *out)
{
  double x = 0.0;
  WEIR_TRY(number_value(ctx, n, range->words, &x));
  const bool above = range->lo_open ? x > range->lo : x >= range->lo;
  const bool below = range->hi_open ? x < range->hi : x <= range->hi;
  if (!(above && below)) return outside(ctx, n, range->words, x);
  *out = x;
  return WEIR_OK;
}

weir_status weir_yaml_integer(weir_ctx *ctx, weir_yaml_node *n, int64_t lo, int64_t hi, int64_t *out)
{
  const int64_t huge = (int64_t)1 << 53;
  char words[100];
  if (lo == hi)
    (void)snprintf(words, sizeof words, "%lld", (long long)lo);
  else if (hi >= huge)
    (void)snprintf(words, sizeof words, "a whole number >= %lld", (long long)lo);
  else
    (void)snprintf(words, sizeof words, "a whole number from %lld to %lld", (long long)lo, (long long)hi);
  double x = 0.0;
  WEIR_TRY(number_value(ctx, n, words, &x));
  if (!(x >= (double)lo && x <= (double)hi && x == floor(x))) return outside(ctx, n, words, x);
  *out = (int64_t)x;
  return WEIR_OK;
}

weir_status weir_yaml_bool(weir_ctx *ctx, weir_yaml_node *n, bool *out)
{
  n->read = true;
  const bool yes = n->kind == WEIR_YAML_SCALAR && strcmp(n->text, "true") == 0;
  const bool no = n->kind == WEIR_YAML_SCALAR && strcmp(n->text, "false") == 0;
  if (!yes && !no) return weir_yaml_expected(ctx, n, "true or false");
  *out = yes;
  return WEIR_OK;
}

weir_status weir_yaml_text(weir_ctx *ctx, weir_yaml_node *n, const char **out)
{
  n->read = true;
  if (n->kind != WEIR_YAML_SCALAR || n->text[0] == '\0') return weir_yaml_expected(ctx, n, "a text");
  *out = n->text;
  return WEIR_OK;
}

weir_status weir_yaml_vector(weir_ctx *ctx, weir_yaml_node *n, int min, int max, double *out, int *count)
{
  n->read = true;
  char words[100];
  if (min == max)
    (void)snprintf(words, sizeof words, "%s of %d number%s", min == 1 ? "a number or a list" : "a list", min,
                   min == 1 ? "" : "s");
  else
    (void)snprintf(words, sizeof words, "a list of %d to %d numbers", min, max);
  if (n->kind == WEIR_YAML_SCALAR && min <= 1) {
    WEIR_TRY(weir_yaml_number(ctx, n, &weir_yaml_any, &out[0]));
    *count = 1;
    return WEIR_OK;
  }
  if (n->kind != WEIR_YAML_LIST || n->count < min || n->count > max) return weir_yaml_expected(ctx, n, words);
  for (weir_yaml_node *c = n->first; c != NULL; c = c->next)
    WEIR_TRY(weir_yaml_number(ctx, c, &weir_yaml_any, &out[c->index]));
  *count = n->count;
  return WEIR_OK;
}

weir_status weir_yaml_matrix(weir_ctx *ctx, weir_yaml_node *n, int rows, int cols, double *out)
{
  n->read = true;
  if (n->kind == WEIR_YAML_SCALAR && rows == 1 && cols == 1) return weir_yaml_number(ctx, n, &weir_yaml_any, out);
  char words[100];
  (void)snprintf(words, sizeof words, "%d rows of %d numbers, as a list of lists", rows, cols);
  if (n->kind != WEIR_YAML_LIST || n->count != rows) return weir_yaml_expected(ctx, n, words);
  for (weir_yaml_node *r = n->first; r != NULL; r = r->next) {
    int got = 0;
    if (r->kind != WEIR_YAML_LIST) return weir_yaml_expected(ctx, r, "a row, a list of numbers");
    WEIR_TRY(weir_yaml_vector(ctx, r, cols, cols, &out[(ptrdiff_t)r->index * cols], &got));
  }
  return WEIR_OK;
}
