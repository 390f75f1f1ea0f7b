/* Formulas of a case: the names they may use, and complaints that point at the name. */
#include "case/case_parts.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const slot_name[] = {"t", "x", "y", "z"};

/* Line and column of identifier `name` in the scalar; false if it is not there itself (but in a parameter). */
static bool name_place(const weir_yaml_node *n, const char *name, int *line, int *column)
{
  const size_t length = strlen(name);
  int l = n->text_line, c = n->text_column;
  const char *s = n->text;
  while (*s != '\0') {
    size_t word = 0;
    while (isalnum((unsigned char)s[word]) || s[word] == '_' || s[word] == '.') word++;
    if (word == length && memcmp(s, name, length) == 0) {
      *line = l, *column = c;
      return true;
    }
    if (word == 0) {
      word = 1;
      if (*s == '\n') l++, c = n->text_line > n->line ? n->text_column - 1 : 0;
      if (((unsigned char)*s & 0xC0) == 0x80) c--; /* inside a character */
    }
    s += word, c += (int)word;
  }
  return false;
}

static weir_status refuse_name(case_reader *r, const weir_yaml_node *n, const char *name, const char *why)
{
  char path[200];
  int line = n->text_line, column = n->text_column;
  const bool here = name_place(n, name, &line, &column);
  return WEIR_FAIL(r->ctx, WEIR_EFORMAT, "%.250s:%d:%d: %s: '%s' is used%s, but %s", n->file, line, column,
                   weir_yaml_path(n, path, sizeof path), name, here ? "" : " through a parameter", why);
}

static weir_status check_names(case_reader *r, const weir_yaml_node *n, bool steady, const weir_expr *e)
{
  for (int slot = WEIR_CASE_X + r->c->dim; slot <= WEIR_CASE_Z; slot++) {
    if (!weir_expr_uses(e, slot)) continue;
    char why[60];
    (void)snprintf(why, sizeof why, "this case has %d dimension%s (mesh.box)", r->c->dim, r->c->dim > 1 ? "s" : "");
    return refuse_name(r, n, slot_name[slot], why);
  }
  if (steady && weir_expr_uses(e, WEIR_CASE_T)) return refuse_name(r, n, "t", "this must not depend on time");
  return WEIR_OK;
}

/* Columns in the later lines of a `|` text: YAML has taken their indentation away, so it is put back. */
static weir_status parse_formula(case_reader *r, const weir_yaml_node *n, weir_expr **out)
{
  const weir_expr_where where = {n->file, n->text_line, n->text_column};
  const size_t indent = n->text_line > n->line ? (size_t)n->text_column - 1 : 0;
  size_t lines = 0, at = 0;
  for (const char *s = n->text; *s != '\0'; s++) lines += *s == '\n';
  if (indent == 0 || lines * indent > WEIR_EXPR_MAXTEXT) return weir_expr_parse(r->ctx, n->text, &where, r->env, out);
  void *p = NULL;
  *out = NULL;
  WEIR_TRY(weir_alloc(r->ctx, strlen(n->text) + lines * indent + 1, 1, "formula", &p));
  char *text = p;
  for (const char *s = n->text; *s != '\0'; s++) {
    text[at++] = *s;
    if (*s != '\n') continue;
    memset(text + at, ' ', indent);
    at += indent;
  }
  const weir_status s = weir_expr_parse(r->ctx, text, &where, r->env, out);
  weir_free(p);
  return s;
}

weir_status case_formula(case_reader *r, weir_yaml_node *n, bool steady, weir_expr **out)
{
  n->read = true;
  if (n->kind != WEIR_YAML_SCALAR || n->text[0] == '\0') return weir_yaml_expected(r->ctx, n, "a formula");
  weir_expr *e = NULL;
  WEIR_TRY(parse_formula(r, n, &e));
  const weir_status s = check_names(r, n, steady, e);
  if (s != WEIR_OK) weir_expr_destroy(&e);
  *out = e;
  return s;
}

weir_status case_eval(void *reader, weir_ctx *ctx, const weir_yaml_node *n, double *value)
{
  const case_reader *r = reader; /* NULL in mesh files */
  const weir_expr_where where = {n->file, n->text_line, n->text_column};
  weir_expr *e = NULL;
  WEIR_TRY(weir_expr_parse(ctx, n->text, &where, r != NULL ? r->env : NULL, &e));
  const bool constant = weir_expr_is_constant(e, value);
  weir_expr_destroy(&e);
  if (!constant) return weir_yaml_expected(ctx, n, "a number or a formula that depends on parameters only");
  return WEIR_OK;
}

/* weir/expr.h speaks of names, the user wants to know where. */
static weir_status placed(case_reader *r, const weir_yaml_node *n, weir_status s)
{
  if (s != WEIR_EARG) return s;
  return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT, "%s", weir_message(r->ctx));
}

static weir_status parameter(case_reader *r, weir_yaml_node *n)
{
  weir_expr *e = NULL;
  WEIR_TRY(case_formula(r, n, false, &e));
  double value = 0.0;
  const weir_status s = weir_expr_is_constant(e, &value) ? weir_expr_env_constant(r->ctx, r->env, n->key, value)
                                                         : weir_expr_env_define(r->ctx, r->env, n->key, e);
  weir_expr_destroy(&e);
  return placed(r, n, s);
}

weir_status case_names(case_reader *r)
{
  static const char *const radius[] = {"abs(x)", "sqrt(x^2 + y^2)", "sqrt(x^2 + y^2 + z^2)"};
  for (int slot = WEIR_CASE_T; slot <= WEIR_CASE_Z; slot++)
    WEIR_TRY(weir_expr_env_variable(r->ctx, r->env, slot_name[slot], slot));
  weir_expr *e = NULL;
  WEIR_TRY(weir_expr_parse(r->ctx, radius[r->c->dim - 1], NULL, r->env, &e));
  const weir_status s = weir_expr_env_define(r->ctx, r->env, "r", e);
  weir_expr_destroy(&e);
  WEIR_TRY(s);
  weir_yaml_node *map = weir_yaml_get(r->root, "parameters");
  if (map == NULL) return WEIR_OK;
  if (map->kind != WEIR_YAML_MAP) return weir_yaml_expected(r->ctx, map, "a map of names and formulas");
  for (weir_yaml_node *n = map->first; n != NULL; n = n->next) WEIR_TRY(parameter(r, n));
  return WEIR_OK;
}
