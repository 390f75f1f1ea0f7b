/* Parameters given by name become the full, checked list of a class: unknown names, missing ones, shapes, finiteness, defaults. */
#include "exact/classes.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *weir_exact_shape_text(weir_exact_shape s)
{
  static const char *const text[] = {
      [WEIR_EXACT_SCALAR] = "a number",
      [WEIR_EXACT_COUNT] = "a whole number from 0 to 1000000",
      [WEIR_EXACT_VECTOR] = "d numbers",
      [WEIR_EXACT_MATRIX] = "d x d, or a number (multiple of the identity), or d numbers (a diagonal)",
      [WEIR_EXACT_WEIGHTS] = "K numbers",
      [WEIR_EXACT_POINTS] = "K x d",
      [WEIR_EXACT_MATRICES] =
          "K d x d, or one d x d, or a number (multiple of the identity), or d numbers (a diagonal)",
      [WEIR_EXACT_WORD] = "a word",
  };
  return (int)s >= 0 && (size_t)s < sizeof text / sizeof *text ? text[s] : "?";
}

/* ------------------------------------------------------------------ names */
static int find_param(const weir_exact_class *c, const char *name)
{
  for (int k = 0; k < c->nparam; k++)
    if (strcmp(c->param[k].name, name) == 0) return k;
  return -1;
}

static weir_status unknown_param(weir_ctx *ctx, const weir_exact_class *c, const char *name)
{
  char list[600] = "";
  size_t used = 0;
  const char *near = NULL;
  int least = 3; /* a farther name is no misspelling */
  for (int k = 0; k < c->nparam; k++) {
    const char *known = c->param[k].name;
    const int got = snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? ", " : "", known);
    used = used + (size_t)got < sizeof list ? used + (size_t)got : sizeof list - 1;
    const int distance = weir_edit_distance(name, known), bound = (int)strlen(known);
    if (distance < least && distance < bound) least = distance, near = known;
  }
  return WEIR_FAIL(ctx, WEIR_EARG, "%s: no parameter is called '%.60s'%s%s%s; there are: %s", c->name, name,
                   near != NULL ? " (did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?)" : "", list);
}

static weir_status collect(weir_ctx *ctx, const weir_exact_class *c, int n, const weir_param *param,
                           const weir_param *found[WEIR_EXACT_MAXPARAM])
{
  for (int i = 0; i < n; i++) {
    WEIR_REQUIRE(param[i].name != NULL, ctx, WEIR_EARG, "%s: parameter %d has no name", c->name, i);
    const int k = find_param(c, param[i].name);
    if (k < 0) return unknown_param(ctx, c, param[i].name);
    WEIR_REQUIRE(found[k] == NULL, ctx, WEIR_EARG, "%s: parameter '%s' is given twice", c->name, param[i].name);
    found[k] = &param[i];
  }
  for (int k = 0; k < c->nparam; k++)
    WEIR_REQUIRE(found[k] != NULL || c->param[k].need != WEIR_EXACT_REQUIRED, ctx, WEIR_EARG,
                 "%s: parameter '%s' is missing: %s; expected %s", c->name, c->param[k].name, c->param[k].doc,
                 weir_exact_shape_text(c->param[k].shape));
  return WEIR_OK;
}

/* ------------------------------------------------------------------ shapes */
/* Shape of the full form: rows and cols of the argument made from r x c numbers; false if they don't fit. */
static bool full_shape(weir_exact_shape shape, int d, int r, int c, int *rows, int *cols)
{
  const bool list = c == 1 || r == 1, scalar = r == 1 && c == 1;
  const int length = r * c;
  *cols = 1;
  switch (shape) {
  case WEIR_EXACT_SCALAR:
  case WEIR_EXACT_COUNT: *rows = 1; return scalar;
  case WEIR_EXACT_VECTOR: *rows = d; return list && length == d;
  case WEIR_EXACT_WEIGHTS: *rows = length; return list;
  case WEIR_EXACT_POINTS:
    *cols = d;
    *rows = c == d ? r : 1;
    return c == d || (c == 1 && r == d);
  case WEIR_EXACT_MATRIX: *rows = *cols = d; return scalar || (r == d && c == d) || (list && length == d);
  case WEIR_EXACT_MATRICES:
    *cols = d;
    *rows = c == d && r % d == 0 ? r : d;
    return scalar || (c == d && r % d == 0) || (list && length == d);
  case WEIR_EXACT_WORD: break;
  }
  return false;
}

/* Copy r x c numbers into their full form. */
static void expand(weir_exact_shape shape, int d, const weir_param *p, const weir_exact_arg *arg, double *out)
{
  const size_t given = (size_t)p->rows * (size_t)p->cols, full = (size_t)arg->rows * (size_t)arg->cols;
  const bool matrix = shape == WEIR_EXACT_MATRIX || shape == WEIR_EXACT_MATRICES;
  if (!matrix || given == full) {
    memcpy(out, p->value, given * sizeof *out);
    return;
  }
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++) out[i * d + j] = i != j ? 0.0 : p->value[given == 1 ? 0 : i];
}

static weir_status check_numbers(weir_ctx *ctx, const weir_exact_class *c, const weir_exact_param *q, int d,
                                 const weir_param *p, weir_exact_arg *arg)
{
  WEIR_REQUIRE(p->text == NULL, ctx, WEIR_EARG, "%s: parameter '%s' is the word '%.40s', expected %s (d = %d)", c->name,
               q->name, p->text, weir_exact_shape_text(q->shape), d);
  WEIR_REQUIRE(p->value != NULL && p->rows >= 1 && p->cols >= 1, ctx, WEIR_EARG, "%s: parameter '%s' holds no numbers",
               c->name, q->name);
  WEIR_REQUIRE((int64_t)p->rows * p->cols <= 100000000, ctx, WEIR_EARG, "%s: parameter '%s' is %d x %d", c->name,
               q->name, p->rows, p->cols);
  WEIR_REQUIRE(full_shape(q->shape, d, p->rows, p->cols, &arg->rows, &arg->cols), ctx, WEIR_EARG,
               "%s: parameter '%s' is %d x %d, expected %s (d = %d)", c->name, q->name, p->rows, p->cols,
               weir_exact_shape_text(q->shape), d);
  for (int i = 0; i < p->rows * p->cols; i++)
    WEIR_REQUIRE(isfinite(p->value[i]), ctx, WEIR_EARG, "%s: entry %d of parameter '%s' is %g", c->name, i, q->name,
                 p->value[i]);
  const double v = p->value[0];
  WEIR_REQUIRE(q->shape != WEIR_EXACT_COUNT || (v >= 0.0 && v <= 1e6 && v == floor(v)), ctx, WEIR_EARG,
               "%s: parameter '%s' is %.17g, expected %s", c->name, q->name, v, weir_exact_shape_text(q->shape));
  return WEIR_OK;
}

/* Rows and cols (or text) of every argument; value stays NULL. */
static weir_status shape_all(weir_ctx *ctx, const weir_exact_class *c, int d, const weir_param *const *found,
                             weir_exact_arg *arg)
{
  for (int k = 0; k < c->nparam; k++) {
    const weir_exact_param *q = &c->param[k];
    const weir_param *p = found[k];
    arg[k] = (weir_exact_arg){0};
    if (q->shape == WEIR_EXACT_WORD) {
      WEIR_REQUIRE(p == NULL || p->text != NULL, ctx, WEIR_EARG, "%s: parameter '%s' is a number, expected %s: %s",
                   c->name, q->name, weir_exact_shape_text(q->shape), q->doc);
      arg[k].text = p != NULL ? p->text : q->word;
    } else if (p != NULL) {
      WEIR_TRY(check_numbers(ctx, c, q, d, p, &arg[k]));
    } else if (q->need == WEIR_EXACT_DEFAULT) {
      const bool vector = q->shape == WEIR_EXACT_VECTOR || q->shape == WEIR_EXACT_POINTS;
      (void)full_shape(q->shape, d, vector ? d : 1, 1, &arg[k].rows, &arg[k].cols);
    }
  }
  return WEIR_OK;
}

weir_status exact_bind(weir_ctx *ctx, const weir_exact_class *c, int dim, int nparam, const weir_param *param,
                       weir_exact_arg arg[WEIR_EXACT_MAXPARAM], double **store)
{
  const weir_param *found[WEIR_EXACT_MAXPARAM] = {NULL};
  *store = NULL;
  WEIR_TRY(collect(ctx, c, nparam, param, found));
  WEIR_TRY(shape_all(ctx, c, dim, found, arg));
  size_t total = 0;
  for (int k = 0; k < c->nparam; k++) total += (size_t)arg[k].rows * (size_t)arg[k].cols;
  WEIR_TRY(weir_alloc_doubles(ctx, total, "parameters", store));
  double *at = *store;
  for (int k = 0; k < c->nparam; k++) {
    const size_t size = (size_t)arg[k].rows * (size_t)arg[k].cols;
    if (size == 0) continue;
    const bool scalar = c->param[k].shape == WEIR_EXACT_MATRIX || c->param[k].shape == WEIR_EXACT_MATRICES;
    const weir_param one = {.rows = 1, .cols = 1, .value = &c->param[k].fallback};
    if (found[k] != NULL || scalar)
      expand(c->param[k].shape, dim, found[k] != NULL ? found[k] : &one, &arg[k], at);
    else
      for (size_t i = 0; i < size; i++) at[i] = c->param[k].fallback;
    arg[k].value = at;
    at += size;
  }
  return WEIR_OK;
}
