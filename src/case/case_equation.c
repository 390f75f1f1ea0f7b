/* Boundary, source, potential, diffusion. */
#include "case/case_parts.h"
#include <string.h>

/* ------------------------------------------------------------------ boundary */
static weir_status inflow(case_reader *r, weir_yaml_node *n, int a, int side)
{
  weir_case *c = r->c;
  const bool steady = c->equation == WEIR_CASE_FOKKER_PLANCK;
  n->read = true;
  if (n->kind != WEIR_YAML_SCALAR || strcmp(n->text, "exact") != 0)
    return case_formula(r, n, steady, &c->inflow[a][side]);
  if (c->flow_map)
    return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT, "'exact: flow-map' needs what enters: give a formula");
  if (c->exact == NULL && c->exact_expr == NULL)
    return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT,
                          "'exact' needs the exact solution, and this case has no key 'exact'");
  if (c->exact_times > 0)
    return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT,
                          "'exact' needs the solution at all times, and exact.at names some only");
  if (steady && (c->exact != NULL || weir_expr_uses(c->exact_expr, WEIR_CASE_T)))
    return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT,
                          "fokker-planck takes a steady density only, the exact one depends on time");
  c->inflow_exact[a][side] = c->exact != NULL;
  return c->exact_expr != NULL ? weir_expr_copy(r->ctx, c->exact_expr, &c->inflow[a][side]) : WEIR_OK;
}

static weir_status one_side(case_reader *r, weir_yaml_node *n, int a, int side)
{
  static const char *const words[] = {"periodic", "no-flux", "outflow", NULL};
  static const weir_side_kind kind[] = {WEIR_PERIODIC, WEIR_NOFLUX, WEIR_OUTFLOW};
  static const char *const keys[] = {"inflow", NULL};
  int k = 0;
  if (n->kind == WEIR_YAML_MAP) {
    weir_yaml_node *density = NULL;
    n->read = true;
    WEIR_TRY(weir_yaml_keys(r->ctx, n, keys));
    WEIR_TRY(weir_yaml_need(r->ctx, n, "inflow", &density));
    r->c->side[a][side] = WEIR_INFLOW;
    return inflow(r, density, a, side);
  }
  if (n->kind == WEIR_YAML_SCALAR && strcmp(n->text, "inflow") == 0)
    return weir_yaml_expected(r->ctx, n, "the density that enters, {inflow: FORMULA}");
  if (n->kind == WEIR_YAML_LIST)
    return weir_yaml_expected(r->ctx, n, "periodic, no-flux, outflow or {inflow: FORMULA}");
  WEIR_TRY(weir_yaml_word(r->ctx, n, words, &k));
  r->c->side[a][side] = kind[k];
  return WEIR_OK;
}

static weir_status one_axis(case_reader *r, weir_yaml_node *n, int a)
{
  weir_yaml_node *low = n, *high = n;
  n->read = true;
  if (n->kind == WEIR_YAML_LIST) {
    if (n->count != 2) return weir_yaml_expected(r->ctx, n, "one side for both ends, or two, [low, high]");
    low = weir_yaml_at(n, 0), high = weir_yaml_at(n, 1);
  }
  WEIR_TRY(one_side(r, low, a, 0));
  WEIR_TRY(one_side(r, high, a, 1));
  const bool glued = r->c->side[a][0] == WEIR_PERIODIC;
  if (glued != (r->c->side[a][1] == WEIR_PERIODIC))
    return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT, "one side is periodic, the other %s: periodic sides come in pairs",
                          weir_side_name(r->c->side[a][glued]));
  r->c->mesh.axis[a].periodic = glued;
  return WEIR_OK;
}

weir_status case_boundary(case_reader *r)
{
  weir_yaml_node *n = NULL;
  const char *known[WEIR_MAXDIM + 1] = {NULL};
  WEIR_TRY(weir_yaml_need(r->ctx, r->root, "boundary", &n));
  for (int a = 0; a < r->c->dim; a++) known[a] = case_axis_name[a];
  const bool all = n->kind != WEIR_YAML_MAP || weir_yaml_find(n, "inflow") != NULL;
  if (!all) WEIR_TRY(weir_yaml_keys(r->ctx, n, known));
  if (n->kind == WEIR_YAML_LIST)
    return weir_yaml_expected(r->ctx, n, "one word for all sides or a map {x: ..., y: ...}");
  for (int a = 0; a < r->c->dim; a++) {
    weir_yaml_node *axis = n;
    if (!all) WEIR_TRY(weir_yaml_need(r->ctx, n, known[a], &axis));
    WEIR_TRY(one_axis(r, axis, a));
  }
  return WEIR_OK;
}

/* ------------------------------------------------------------------ terms */
/* The key must not be there with this equation. */
static weir_status refuse(case_reader *r, const char *key, const char *reason)
{
  const weir_yaml_node *n = weir_yaml_get(r->root, key);
  if (n == NULL) return WEIR_OK;
  return WEIR_FAIL(r->ctx, WEIR_EFORMAT, "%.250s:%d:%d: key '%s' does not belong to this equation: %s", n->file,
                   n->key_line, n->key_column, key, reason);
}

weir_status case_equation(case_reader *r)
{
  weir_case *c = r->c;
  weir_yaml_node *v = weir_yaml_get(r->root, "velocity");
  if (c->equation == WEIR_CASE_TRANSPORT) {
    WEIR_TRY(refuse(r, "potential", "transport has a velocity only"));
    WEIR_TRY(refuse(r, "diffusion", "transport has none; equation: fokker-planck does"));
    if (v == NULL) WEIR_TRY(weir_yaml_need(r->ctx, r->root, "velocity", &v));
    WEIR_TRY(case_velocity(r, v));
    weir_yaml_node *source = weir_yaml_get(r->root, "source");
    if (source == NULL) return WEIR_OK;
    if (source->kind == WEIR_YAML_SCALAR && strcmp(source->text, "manufactured") == 0)
      return case_manufactured(r, source);
    return case_formula(r, source, false, &c->source);
  }
  weir_yaml_node *diffusion = NULL, *potential = weir_yaml_get(r->root, "potential");
  WEIR_TRY(refuse(r, "source", "fokker-planck has no source"));
  WEIR_TRY(weir_yaml_need(r->ctx, r->root, "diffusion", &diffusion));
  WEIR_TRY(weir_yaml_number(r->ctx, diffusion, &weir_yaml_positive, &c->diffusion));
  if (potential != NULL) WEIR_TRY(case_formula(r, potential, true, &c->potential));
  return v != NULL ? case_velocity(r, v) : WEIR_OK;
}
