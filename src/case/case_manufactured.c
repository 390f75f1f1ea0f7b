/* The source that makes a given density a solution: s = d_t rho + v . grad rho + rho div v, symbolically. A stream function or a vector
 * potential has div v = 0, so that term is left out. */
#include "case/case_parts.h"

/* An expression that grows. After a failure `status` says so, and nothing more happens. */
typedef struct sum {
  weir_ctx *ctx;
  weir_expr *e; /* NULL: 0 */
  weir_status status;
} sum;

static bool is_zero(const weir_expr *e)
{
  double value = 1.0;
  return e == NULL || (weir_expr_is_constant(e, &value) && value == 0.0);
}

/* s += term or s -= term; takes term. */
static void take(sum *s, char op, weir_expr *term)
{
  weir_expr *left = s->e, *zero = NULL, *out = NULL;
  if (s->status == WEIR_OK && !is_zero(term)) {
    if (left == NULL && op == '-') s->status = weir_expr_number(s->ctx, 0.0, &zero);
    if (left == NULL && op == '+') {
      s->e = term;
      return;
    }
    if (s->status == WEIR_OK) s->status = weir_expr_combine(s->ctx, op, left != NULL ? left : zero, term, &out);
    if (s->status == WEIR_OK) s->e = out, weir_expr_destroy(&left);
  }
  weir_expr_destroy(&zero);
  weir_expr_destroy(&term);
}

/* s += d e / d slot, or s -= it. */
static void take_slope(sum *s, char op, const weir_expr *e, int slot)
{
  weir_expr *slope = NULL;
  if (s->status == WEIR_OK && e != NULL) s->status = weir_expr_diff(s->ctx, e, slot, &slope);
  take(s, op, slope);
}

/* s += f g. */
static void take_product(sum *s, const weir_expr *f, const weir_expr *g)
{
  weir_expr *product = NULL;
  if (s->status == WEIR_OK && !is_zero(f) && !is_zero(g)) s->status = weir_expr_combine(s->ctx, '*', f, g, &product);
  take(s, '+', product);
}

/* v_a, from whatever gives it. */
static void take_component(sum *s, const weir_case *c, int a)
{
  const int x = WEIR_CASE_X, next = (a + 1) % 3, last = (a + 2) % 3;
  if (c->stream != NULL) {
    take_slope(s, a == 0 ? '+' : '-', c->stream, x + 1 - a);
  } else if (c->vector_potential[0] != NULL) {
    take_slope(s, '+', c->vector_potential[last], x + next);
    take_slope(s, '-', c->vector_potential[next], x + last);
  } else if (s->status == WEIR_OK) {
    s->status = weir_expr_copy(s->ctx, c->velocity[a], &s->e);
  }
}

/* v_a d_a rho + rho d_a v_a */
static void take_flux(sum *s, const weir_case *c, int a)
{
  const weir_expr *rho = c->exact_expr;
  const bool solenoidal = c->stream != NULL || c->vector_potential[0] != NULL;
  sum v = {.ctx = s->ctx}, rho_a = {.ctx = s->ctx}, v_a = {.ctx = s->ctx};
  take_component(&v, c, a);
  take_slope(&rho_a, '+', rho, WEIR_CASE_X + a);
  if (!solenoidal && v.status == WEIR_OK) take_slope(&v_a, '+', v.e, WEIR_CASE_X + a);
  const sum *const parts[] = {&v, &rho_a, &v_a};
  for (int k = 0; k < 3; k++)
    if (s->status == WEIR_OK) s->status = parts[k]->status;
  take_product(s, v.e, rho_a.e);
  take_product(s, rho, v_a.e);
  weir_expr_destroy(&v.e);
  weir_expr_destroy(&rho_a.e);
  weir_expr_destroy(&v_a.e);
}

static weir_status check_smooth(case_reader *r, const weir_yaml_node *n, const char *what, const weir_expr *e)
{
  const char *kink = e != NULL ? weir_expr_kink(e) : NULL;
  if (kink == NULL) return WEIR_OK;
  return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT,
                        "'manufactured' needs differentiable formulas, and %s uses '%s'; write the source out", what,
                        kink);
}

static weir_status check(case_reader *r, const weir_yaml_node *n)
{
  const weir_case *c = r->c;
  if (c->exact_expr == NULL)
    return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT,
                          "'manufactured' needs the density as a formula, exact: {expression: RHO}");
  if (c->exact_times > 0)
    return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT,
                          "'manufactured' needs the density at all times, and exact.at names some only");
  if (c->samples != NULL)
    return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT, "'manufactured' needs the velocity as formulas, and it is a file");
  WEIR_TRY(check_smooth(r, n, "exact.expression", c->exact_expr));
  WEIR_TRY(check_smooth(r, n, "velocity.stream", c->stream));
  for (int a = 0; a < c->dim; a++) {
    WEIR_TRY(check_smooth(r, n, "velocity", c->velocity[a]));
    WEIR_TRY(check_smooth(r, n, "velocity.vector-potential", c->vector_potential[a]));
  }
  return WEIR_OK;
}

weir_status case_manufactured(case_reader *r, weir_yaml_node *n)
{
  weir_case *c = r->c;
  sum s = {.ctx = r->ctx};
  n->read = true;
  WEIR_TRY(check(r, n));
  take_slope(&s, '+', c->exact_expr, WEIR_CASE_T);
  for (int a = 0; a < c->dim; a++) take_flux(&s, c, a);
  if (s.status == WEIR_OK && s.e == NULL) s.status = weir_expr_number(r->ctx, 0.0, &s.e);
  if (s.status != WEIR_OK) {
    weir_expr_destroy(&s.e);
    if (s.status != WEIR_ELIMIT) return s.status;
    return weir_yaml_fail(r->ctx, n, s.status, "the source derived is beyond a limit: %s", weir_message(r->ctx));
  }
  c->source = s.e, c->manufactured = true;
  return WEIR_OK;
}
