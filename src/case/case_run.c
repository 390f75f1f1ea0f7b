/* Times, scheme, JKO, convergence study, judge. */
#include "case/case_parts.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_OUTPUTS = 100000, MOST_LEVELS = 24 };

/* ------------------------------------------------------------------ time */
static weir_status output_space(case_reader *r, int n)
{
  void *p = NULL;
  WEIR_TRY(case_alloc(r, (size_t)n, sizeof(double), &p));
  r->c->output = p, r->c->outputs = n;
  return WEIR_OK;
}

static weir_status equal_outputs(case_reader *r, int n)
{
  WEIR_TRY(output_space(r, n));
  for (int k = 1; k <= n; k++)
    r->c->output[k - 1] = k < n ? r->c->start + (r->c->end - r->c->start) * k / n : r->c->end;
  return WEIR_OK;
}

static weir_status listed_outputs(case_reader *r, weir_yaml_node *list)
{
  const weir_case *c = r->c;
  if (list->count < 1) return weir_yaml_expected(r->ctx, list, "at least one time");
  WEIR_TRY(output_space(r, list->count));
  for (weir_yaml_node *n = list->first; n != NULL; n = n->next) {
    double *t = &c->output[n->index];
    WEIR_TRY(weir_yaml_number(r->ctx, n, &weir_yaml_any, t));
    if (!(*t >= c->start && *t <= c->end))
      return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT, "expected a time from start = %.15g to end = %.15g, found '%.40s'",
                            c->start, c->end, n->text);
    if (n->index > 0 && !(t[-1] < *t))
      return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT, "expected a time > %.15g, the one before it, found '%.40s'", t[-1],
                            n->text);
  }
  return WEIR_OK;
}

weir_status case_time(case_reader *r)
{
  static const char *const known[] = {"start", "end", "outputs", NULL};
  weir_case *c = r->c;
  weir_yaml_node *map = NULL, *end = NULL;
  int64_t n = 1;
  WEIR_TRY(weir_yaml_need(r->ctx, r->root, "time", &map));
  WEIR_TRY(weir_yaml_keys(r->ctx, map, known));
  weir_yaml_node *start = weir_yaml_get(map, "start"), *outputs = weir_yaml_get(map, "outputs");
  if (start != NULL) WEIR_TRY(weir_yaml_number(r->ctx, start, &weir_yaml_any, &c->start));
  WEIR_TRY(weir_yaml_need(r->ctx, map, "end", &end));
  WEIR_TRY(weir_yaml_number(r->ctx, end, &weir_yaml_any, &c->end));
  if (!(c->end > c->start))
    return weir_yaml_fail(r->ctx, end, WEIR_EFORMAT, "expected a time > start = %.15g, found '%.40s'", c->start,
                          end->text);
  if (c->initial_exact && !weir_case_has_exact(c, c->start))
    return weir_yaml_fail(
        r->ctx, map, WEIR_EFORMAT,
        "the exact solution does not hold at the start %.15g (exact.at), and 'initial: exact' needs it", c->start);
  if (outputs != NULL && outputs->kind == WEIR_YAML_LIST) return listed_outputs(r, outputs);
  if (outputs != NULL) WEIR_TRY(weir_yaml_integer(r->ctx, outputs, 1, MOST_OUTPUTS, &n));
  return equal_outputs(r, (int)n);
}

/* ------------------------------------------------------------------ scheme */
static weir_status only_for(case_reader *r, const weir_yaml_node *n, weir_case_equation eq)
{
  if (n == NULL || r->c->equation == eq) return WEIR_OK;
  return WEIR_FAIL(r->ctx, WEIR_EFORMAT, "%.250s:%d:%d: scheme: key '%s' is for equation: %s only", n->file,
                   n->key_line, n->key_column, n->key, eq == WEIR_CASE_TRANSPORT ? "transport" : "fokker-planck");
}

weir_status case_scheme(case_reader *r)
{
  static const char *const known[] = {"reconstruction", "stepper",    "cfl",       "dt",
                                      "limiter",        "quadrature", "potential", NULL};
  static const char *const limiters[] = {"auto", "none", "positive", "bounds", NULL};
  static const char *const potentials[] = {"averaged", "point", NULL};
  weir_case *c = r->c;
  c->quadrature = 4;
  weir_yaml_node *map = weir_yaml_get(r->root, "scheme");
  if (map == NULL) return WEIR_OK;
  WEIR_TRY(weir_yaml_keys(r->ctx, map, known));
  weir_yaml_node *transport[5];
  for (int k = 0; k < 5; k++) WEIR_TRY(only_for(r, transport[k] = weir_yaml_get(map, known[k]), WEIR_CASE_TRANSPORT));
  weir_yaml_node *quadrature = weir_yaml_get(map, "quadrature"), *potential = weir_yaml_get(map, "potential");
  WEIR_TRY(only_for(r, potential, WEIR_CASE_FOKKER_PLANCK));
  if (transport[0] != NULL) WEIR_TRY(weir_yaml_text(r->ctx, transport[0], &c->reconstruction));
  if (transport[1] != NULL) WEIR_TRY(weir_yaml_text(r->ctx, transport[1], &c->stepper));
  if (transport[2] != NULL) WEIR_TRY(weir_yaml_number(r->ctx, transport[2], &weir_yaml_positive, &c->cfl));
  if (transport[3] != NULL) WEIR_TRY(weir_yaml_number(r->ctx, transport[3], &weir_yaml_positive, &c->dt));
  int64_t q = c->quadrature;
  if (quadrature != NULL) WEIR_TRY(weir_yaml_integer(r->ctx, quadrature, 1, WEIR_QUAD_MAX, &q));
  c->quadrature = (int)q, c->quadrature_given = quadrature != NULL;
  int word = 0;
  if (transport[4] != NULL) {
    WEIR_TRY(weir_yaml_word(r->ctx, transport[4], limiters, &word));
    c->limiter = limiters[word];
  }
  word = 0;
  if (potential != NULL) WEIR_TRY(weir_yaml_word(r->ctx, potential, potentials, &word));
  c->point_potential = word == 1;
  return WEIR_OK;
}

/* ------------------------------------------------------------------ JKO */
/* The closed form holds for gradient drifts: A symmetric. */
static weir_status symmetric_drift(case_reader *r, const weir_yaml_node *map)
{
  const weir_case *c = r->c;
  const weir_case_param *drift = NULL;
  for (int k = 0; k < c->exact_count; k++)
    if (strcmp(c->exact_param[k].name, "A") == 0) drift = &c->exact_param[k];
  if (drift == NULL || drift->value == NULL)
    return weir_yaml_fail(r->ctx, map, WEIR_EFORMAT, "needs an exact solution with a drift matrix 'A'");
  const int n = drift->rows;
  if (n != drift->cols) return WEIR_OK; /* a diagonal */
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++)
      if (!(drift->value[i * n + j] == drift->value[j * n + i]))
        return weir_yaml_fail(r->ctx, map, WEIR_EFORMAT,
                              "needs a symmetric drift, and exact.A has [%d][%d] = %.15g, [%d][%d] = %.15g", i, j,
                              drift->value[i * n + j], j, i, drift->value[j * n + i]);
  return WEIR_OK;
}

/* Is t - start a whole number of steps, to 1e-9 of a step? */
static bool on_step(const weir_case *c, double t)
{
  const double k = (t - c->start) / c->jko_tau;
  return fabs(k - round(k)) <= 1e-9 * (1.0 + fabs(k));
}

weir_status case_jko(case_reader *r)
{
  static const char *const known[] = {"tau", NULL};
  weir_case *c = r->c;
  weir_yaml_node *map = weir_yaml_get(r->root, "jko"), *tau = NULL;
  if (map == NULL) return WEIR_OK;
  WEIR_TRY(weir_yaml_keys(r->ctx, map, known));
  WEIR_TRY(weir_yaml_need(r->ctx, map, "tau", &tau));
  WEIR_TRY(weir_yaml_number(r->ctx, tau, &weir_yaml_positive, &c->jko_tau));
  if (c->equation != WEIR_CASE_FOKKER_PLANCK)
    return weir_yaml_fail(r->ctx, map, WEIR_EFORMAT, "is for equation: fokker-planck only");
  WEIR_TRY(symmetric_drift(r, map));
  if (c->initial == WEIR_CASE_INITIAL_EXPRESSION || (c->initial == WEIR_CASE_INITIAL_MIXTURE && c->mixture_count > 1))
    return weir_yaml_fail(r->ctx, map, WEIR_EFORMAT, "needs a Gaussian initial density");
  const double steps = round((c->end - c->start) / c->jko_tau);
  if (!(steps >= 1.0 && steps <= 1e6) || !on_step(c, c->end))
    return weir_yaml_fail(r->ctx, tau, WEIR_EFORMAT,
                          "expected a step that divides end - start = %.15g into 1 to 1000000 parts, found '%.40s'",
                          c->end - c->start, tau->text);
  c->jko_steps = (int)steps;
  for (int k = 0; k < c->outputs; k++)
    if (!on_step(c, c->output[k]))
      return weir_yaml_fail(r->ctx, map, WEIR_EFORMAT,
                            "output time %.15g is not a whole number of steps tau = %.15g after the start",
                            c->output[k], c->jko_tau);
  return WEIR_OK;
}

/* ------------------------------------------------------------------ convergence study */
static weir_status one_level(case_reader *r, weir_yaml_node *n)
{
  const weir_case *c = r->c;
  int64_t cells = 0;
  WEIR_TRY(weir_yaml_integer(r->ctx, n, 1, 1 << 24, &cells));
  if (n->index > 0 && !(c->level[n->index - 1] < cells))
    return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT, "expected a number > %td, the level before it, found '%.40s'",
                          c->level[n->index - 1], n->text);
  for (int a = 1; a < c->dim; a++)
    if ((c->mesh.axis[a].n * cells) % c->mesh.axis[0].n != 0)
      return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT,
                            "%lld cells in x leave no whole number in %s: the mesh has %td and %td", (long long)cells,
                            case_axis_name[a], c->mesh.axis[0].n, c->mesh.axis[a].n);
  c->level[n->index] = (ptrdiff_t)cells;
  return WEIR_OK;
}

weir_status case_converge(case_reader *r)
{
  static const char *const known[] = {"levels", "scheme", "order", "delta", "norm", NULL};
  static const char *const norms[] = {"L1", "L2", "Linf", NULL};
  weir_case *c = r->c;
  weir_yaml_node *map = weir_yaml_get(r->root, "converge"), *levels = NULL;
  c->delta = 0.1, c->norm = norms[0];
  if (map == NULL) return WEIR_OK;
  WEIR_TRY(weir_yaml_keys(r->ctx, map, known));
  WEIR_TRY(weir_yaml_need(r->ctx, map, "levels", &levels));
  if (levels->kind != WEIR_YAML_LIST || levels->count < 2 || levels->count > MOST_LEVELS)
    return weir_yaml_expected(r->ctx, levels, "a list of 2 to 24 increasing numbers of cells");
  void *p = NULL;
  WEIR_TRY(case_alloc(r, (size_t)levels->count, sizeof *c->level, &p));
  c->level = p, c->levels = levels->count;
  for (weir_yaml_node *n = levels->first; n != NULL; n = n->next) WEIR_TRY(one_level(r, n));
  weir_yaml_node *order = weir_yaml_get(map, "order"), *delta = weir_yaml_get(map, "delta"),
                 *norm = weir_yaml_get(map, "norm"), *scheme = weir_yaml_get(map, "scheme");
  if (scheme != NULL && c->equation != WEIR_CASE_TRANSPORT)
    return weir_yaml_expected(r->ctx, scheme, "no scheme: the equation is not transport");
  if (scheme != NULL) WEIR_TRY(weir_yaml_text(r->ctx, scheme, &c->study_scheme));
  if (order != NULL) WEIR_TRY(weir_yaml_number(r->ctx, order, &weir_yaml_positive, &c->order));
  if (delta != NULL) WEIR_TRY(weir_yaml_number(r->ctx, delta, &weir_yaml_positive, &c->delta));
  int k = 0;
  if (norm != NULL) WEIR_TRY(weir_yaml_word(r->ctx, norm, norms, &k));
  c->norm = norms[k];
  return WEIR_OK;
}

/* ------------------------------------------------------------------ judge */
static weir_status tolerances(case_reader *r, weir_yaml_node *map)
{
  weir_case *c = r->c;
  void *p = NULL;
  if (map->kind != WEIR_YAML_MAP) return weir_yaml_expected(r->ctx, map, "a map of statistics and numbers > 0");
  WEIR_TRY(case_alloc(r, (size_t)map->count, sizeof *c->tolerance, &p));
  c->tolerance = p;
  for (weir_yaml_node *n = map->first; n != NULL; n = n->next) {
    weir_case_tolerance *t = &c->tolerance[c->tolerances++];
    t->name = n->key;
    WEIR_TRY(weir_yaml_number(r->ctx, n, &weir_yaml_positive, &t->value));
  }
  return WEIR_OK;
}

weir_status case_judge(case_reader *r)
{
  static const char *const known[] = {"eps", "alpha", "seed", "tolerances", NULL};
  static const weir_yaml_range unit = {0.0, 1.0, true, true, "a number in (0, 1)"};
  static const weir_yaml_range half = {0.0, 0.5, true, true, "a number in (0, 0.5)"};
  weir_case *c = r->c;
  int64_t seed = 1;
  c->eps = 0.05, c->alpha = 0.01, c->seed = 1;
  weir_yaml_node *map = weir_yaml_get(r->root, "judge");
  if (map == NULL) return WEIR_OK;
  WEIR_TRY(weir_yaml_keys(r->ctx, map, known));
  weir_yaml_node *eps = weir_yaml_get(map, known[0]), *alpha = weir_yaml_get(map, known[1]),
                 *random = weir_yaml_get(map, known[2]), *list = weir_yaml_get(map, known[3]);
  if (eps != NULL) WEIR_TRY(weir_yaml_number(r->ctx, eps, &unit, &c->eps));
  if (alpha != NULL) WEIR_TRY(weir_yaml_number(r->ctx, alpha, &half, &c->alpha));
  if (random != NULL) WEIR_TRY(weir_yaml_integer(r->ctx, random, 0, (int64_t)1 << 53, &seed));
  c->seed = (uint64_t)seed;
  return list != NULL ? tolerances(r, list) : WEIR_OK;
}
