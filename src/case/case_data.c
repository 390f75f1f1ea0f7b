/* Exact solution and initial density. */
#include "case/case_parts.h"
#include <ctype.h>
#include <float.h>
#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------ exact solution */
static bool is_word(const char *s)
{
  if (!isalpha((unsigned char)*s)) return false;
  while (isalnum((unsigned char)*s) || *s == '_' || *s == '-') s++;
  return *s == '\0';
}

/* A number if it can be read as one; else a word, if it looks like one. */
static weir_status scalar_param(case_reader *r, weir_yaml_node *n, weir_case_param *p)
{
  void *v = NULL;
  WEIR_TRY(case_alloc(r, 1, sizeof(double), &v));
  double *value = v;
  const weir_status s = weir_yaml_number(r->ctx, n, &weir_yaml_any, value);
  p->rows = p->cols = 1, p->value = value;
  if (s == WEIR_EFORMAT && n->text != NULL && is_word(n->text)) {
    weir_clear(r->ctx);
    p->rows = p->cols = 0, p->value = NULL;
    return weir_yaml_text(r->ctx, n, &p->text);
  }
  return s;
}

static weir_status list_param(case_reader *r, weir_yaml_node *n, weir_case_param *p)
{
  if (n->count == 0) return weir_yaml_expected(r->ctx, n, "at least one number");
  const bool matrix = n->first->kind == WEIR_YAML_LIST;
  const int rows = n->count, cols = matrix ? n->first->count : 1;
  if (cols == 0) return weir_yaml_expected(r->ctx, n->first, "at least one number");
  void *v = NULL;
  WEIR_TRY(case_alloc(r, (size_t)rows * (size_t)cols, sizeof(double), &v));
  double *value = v;
  int got = 0;
  p->rows = rows, p->cols = cols, p->value = value;
  if (matrix) return weir_yaml_matrix(r->ctx, n, rows, cols, value);
  return weir_yaml_vector(r->ctx, n, rows, rows, value, &got);
}

static weir_status one_param(case_reader *r, weir_yaml_node *n, weir_case_param *p)
{
  n->read = true;
  p->name = n->key;
  if (n->kind == WEIR_YAML_MAP)
    return weir_yaml_expected(r->ctx, n, "a number, a list, a matrix (list of rows) or a word");
  return n->kind == WEIR_YAML_LIST ? list_param(r, n, p) : scalar_param(r, n, p);
}

static weir_status exact_times(case_reader *r, weir_yaml_node *at)
{
  if (at == NULL) return WEIR_OK;
  if (at->kind != WEIR_YAML_LIST || at->count == 0) return weir_yaml_expected(r->ctx, at, "a list of times");
  void *p = NULL;
  WEIR_TRY(case_alloc(r, (size_t)at->count, sizeof(double), &p));
  r->c->exact_time = p;
  return weir_yaml_vector(r->ctx, at, 1, at->count, r->c->exact_time, &r->c->exact_times);
}

/* All entries of the map but `skip` and `at` as parameters. */
static weir_status params(case_reader *r, const weir_yaml_node *map, const weir_yaml_node *skip,
                          const weir_yaml_node *at, int *count, weir_case_param **out)
{
  void *p = NULL;
  WEIR_TRY(case_alloc(r, (size_t)map->count, sizeof **out, &p));
  *out = p;
  for (weir_yaml_node *n = map->first; n != NULL; n = n->next)
    if (n != skip && n != at) WEIR_TRY(one_param(r, n, &(*out)[(*count)++]));
  return WEIR_OK;
}

static weir_status flow_map(case_reader *r, weir_yaml_node *n)
{
  static const char *const only[] = {"solution", "tolerance", NULL};
  weir_case *c = r->c;
  if (c->equation != WEIR_CASE_TRANSPORT || weir_yaml_find(r->root, "source") != NULL)
    return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT, "'flow-map' is for equation: transport without a source");
  c->flow_map = true;
  if (n->kind != WEIR_YAML_MAP) return WEIR_OK;
  weir_yaml_node *tolerance = weir_yaml_get(n, "tolerance");
  WEIR_TRY(weir_yaml_keys(r->ctx, n, only));
  return tolerance != NULL ? weir_yaml_number(r->ctx, tolerance, &weir_yaml_positive, &c->flow_tolerance) : WEIR_OK;
}

weir_status case_exact(case_reader *r)
{
  static const char *const only[] = {"expression", "at", NULL};
  weir_case *c = r->c;
  weir_yaml_node *map = weir_yaml_get(r->root, "exact"), *name = NULL;
  if (map == NULL) return WEIR_OK;
  if (map->kind == WEIR_YAML_SCALAR && strcmp(map->text, "flow-map") == 0) return flow_map(r, map);
  if (map->kind != WEIR_YAML_MAP)
    return weir_yaml_expected(r->ctx, map, "a map, {solution: NAME, ...} or {expression: FORMULA}, or flow-map");
  weir_yaml_node *formula = weir_yaml_get(map, "expression"), *at = NULL;
  if (formula != NULL) {
    WEIR_TRY(weir_yaml_keys(r->ctx, map, only));
    WEIR_TRY(exact_times(r, weir_yaml_get(map, "at")));
    return case_formula(r, formula, false, &c->exact_expr);
  }
  WEIR_TRY(weir_yaml_need(r->ctx, map, "solution", &name));
  WEIR_TRY(weir_yaml_text(r->ctx, name, &c->exact));
  if (strcmp(c->exact, "flow-map") == 0) {
    c->exact = NULL;
    return flow_map(r, map);
  }
  at = weir_yaml_get(map, "at");
  WEIR_TRY(exact_times(r, at));
  return params(r, map, name, at, &c->exact_count, &c->exact_param);
}

/* ------------------------------------------------------------------ initial density */
/* Cholesky with a floor: false unless all pivots are safely above rounding. */
static bool positive_definite(int d, const double *s)
{
  double l[WEIR_MAXDIM * WEIR_MAXDIM] = {0.0};
  for (int j = 0; j < d; j++) {
    for (int i = j; i < d; i++) {
      double v = s[i * d + j];
      for (int k = 0; k < j; k++) v -= l[i * d + k] * l[j * d + k];
      if (i == j) {
        if (!(v > 16.0 * DBL_EPSILON * s[j * d + j])) return false;
        l[j * d + j] = sqrt(v);
      } else {
        l[i * d + j] = v / l[j * d + j];
      }
    }
  }
  return true;
}

static weir_status gaussian(case_reader *r, weir_yaml_node *map, weir_case_gaussian *g)
{
  static const char *const known[] = {"weight", "mean", "covariance", NULL};
  const int d = r->c->dim;
  weir_yaml_node *mean = NULL, *cov = NULL, *weight = weir_yaml_get(map, "weight");
  int got = 0;
  map->read = true;
  g->weight = 1.0;
  WEIR_TRY(weir_yaml_keys(r->ctx, map, known));
  if (weight != NULL) WEIR_TRY(weir_yaml_number(r->ctx, weight, &weir_yaml_positive, &g->weight));
  WEIR_TRY(weir_yaml_need(r->ctx, map, "mean", &mean));
  WEIR_TRY(weir_yaml_vector(r->ctx, mean, d, d, g->mean, &got));
  WEIR_TRY(weir_yaml_need(r->ctx, map, "covariance", &cov));
  if (cov->kind == WEIR_YAML_SCALAR) {
    double s = 0.0;
    WEIR_TRY(weir_yaml_number(r->ctx, cov, &weir_yaml_positive, &s));
    for (int a = 0; a < d; a++) g->cov[a * d + a] = s;
    return WEIR_OK;
  }
  WEIR_TRY(weir_yaml_matrix(r->ctx, cov, d, d, g->cov));
  for (int i = 0; i < d; i++)
    for (int j = 0; j < i; j++)
      if (!(g->cov[i * d + j] == g->cov[j * d + i]))
        return weir_yaml_fail(r->ctx, cov, WEIR_EFORMAT, "not symmetric: entry [%d][%d] = %.15g, [%d][%d] = %.15g", i,
                              j, g->cov[i * d + j], j, i, g->cov[j * d + i]);
  if (!positive_definite(d, g->cov))
    return weir_yaml_fail(r->ctx, cov, WEIR_EFORMAT, "not positive definite, so not a covariance");
  return WEIR_OK;
}

static weir_status mixture(case_reader *r, weir_yaml_node *first, int count)
{
  weir_case *c = r->c;
  void *p = NULL;
  WEIR_TRY(case_alloc(r, (size_t)count, sizeof *c->mixture, &p));
  c->mixture = p;
  c->initial = WEIR_CASE_INITIAL_MIXTURE;
  for (weir_yaml_node *n = first; c->mixture_count < count; n = n->next)
    WEIR_TRY(gaussian(r, n, &c->mixture[c->mixture_count++]));
  return WEIR_OK;
}

static weir_status initial_exact(case_reader *r, const weir_yaml_node *n)
{
  weir_case *c = r->c;
  if (c->flow_map)
    return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT,
                          "'exact: flow-map' starts from the initial data: give a formula or a shape");
  if (c->exact == NULL && c->exact_expr == NULL)
    return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT,
                          "'exact' needs the exact solution, and this case has no key 'exact'");
  c->initial = c->exact != NULL ? WEIR_CASE_INITIAL_EXACT : WEIR_CASE_INITIAL_EXPRESSION;
  c->initial_exact = true;
  return c->exact_expr != NULL ? weir_expr_copy(r->ctx, c->exact_expr, &c->initial_expr) : WEIR_OK;
}

weir_status case_initial(case_reader *r)
{
  static const char *const known[] = {"gaussian", "mixture", "shape", NULL};
  weir_yaml_node *n = NULL;
  WEIR_TRY(weir_yaml_need(r->ctx, r->root, "initial", &n));
  if (n->kind == WEIR_YAML_SCALAR) {
    if (strcmp(n->text, "exact") == 0) return initial_exact(r, n);
    r->c->initial = WEIR_CASE_INITIAL_EXPRESSION;
    return case_formula(r, n, true, &r->c->initial_expr);
  }
  if (n->kind == WEIR_YAML_MAP && weir_yaml_find(n, "shape") != NULL) {
    r->c->initial = WEIR_CASE_INITIAL_SHAPE;
    n->read = true;
    return params(r, n, NULL, NULL, &r->c->shape_count, &r->c->shape_param);
  }
  if (n->kind != WEIR_YAML_MAP || n->count != 1)
    return weir_yaml_expected(r->ctx, n, "exact, a formula, {gaussian: {...}}, {mixture: [...]} or {shape: ...}");
  WEIR_TRY(weir_yaml_keys(r->ctx, n, known));
  weir_yaml_node *one = weir_yaml_get(n, "gaussian"), *list = weir_yaml_get(n, "mixture");
  if (one != NULL) return mixture(r, one, 1);
  if (list->kind != WEIR_YAML_LIST || list->count == 0)
    return weir_yaml_expected(r->ctx, list, "a list of {weight, mean, covariance}");
  return mixture(r, list->first, list->count);
}
