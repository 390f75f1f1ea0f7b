/* Laws of steppers: what the stage formulas stand for, found by running them on unit vectors r_j = e_j. */
#include "laws/law.h"
#include "laws/trees.h"
#include <math.h>
#include <string.h>

enum { S = WEIR_RK_MAXSTAGE };

void weir_law_butcher(const weir_stepper *m, double a[S + 1][S])
{
  double D[S] = {0};
  memset(a, 0, (S + 1) * sizeof a[0]);
  for (int k = 0; k < m->stages; k++) {
    const weir_rk_stage *st = &m->stage[k];
    for (int j = 0; j < m->stages; j++) {
      const double y = a[k][j], r = j == k;
      D[j] = st->A * D[j] + st->g * y + st->c * r;
      a[k + 1][j] = st->s * y + st->e * r + st->B * D[j];
    }
  }
}

weir_status weir_law_weights(weir_ctx *ctx, const weir_stepper *s, weir_offence *o)
{
  (void)ctx;
  double b[S], sum = 0;
  weir_stepper_weights(s, b);
  for (int k = 0; k < s->stages; k++) sum += b[k];
  if (!(fabs(sum - 1) <= 4 * 0x1p-52)) weir_offend(o, sum, 1, "sum of the weights b_k of the %d stages", s->stages);
  return WEIR_OK;
}

weir_status weir_law_times(weir_ctx *ctx, const weir_stepper *s, weir_offence *o)
{
  (void)ctx;
  double a[S + 1][S];
  weir_law_butcher(s, a);
  for (int k = 0; k < s->stages; k++) {
    double c = 0;
    for (int j = 0; j < s->stages; j++) c += a[k][j];
    if (weir_stepper_is_one_step(s)) c = 0.5;
    if (!(fabs(s->stage[k].time - c) <= 4 * 0x1p-52))
      weir_offend(o, s->stage[k].time, c, "time of stage %d against the row sum of its coefficients", k);
  }
  return WEIR_OK;
}

/* Is r a radius of absolute monotonicity (Kraaijevanger, BIT 31 (1991) 482): with K the matrix of all rows of a,
 * (I + rK)^-1 (1,..,1) >= 0 and rK (I + rK)^-1 >= 0. K is strictly lower triangular: substitution. */
static bool monotone(const weir_stepper *m, double r)
{
  const int n = m->stages + 1;
  double a[S + 1][S], x[S + 1], P[S + 1][S + 1];
  weir_law_butcher(m, a);
  for (int i = 0; i < n; i++) {
    x[i] = 1;
    for (int j = 0; j < i; j++) x[i] -= r * a[i][j] * x[j];
    if (!(x[i] >= -1e-13)) return false;
    for (int c = n - 1; c >= 0; c--) { /* P = rK (I+rK)^-1, from P (I + rK) = rK; P[i][c] = 0 for c >= i */
      double v = c < i ? r * a[i][c] : 0;
      for (int k = c + 1; k < i; k++) v -= P[i][k] * r * a[k][c];
      P[i][c] = v;
      if (!(v >= -1e-13)) return false;
    }
  }
  return true;
}

weir_status weir_law_ssp(weir_ctx *ctx, const weir_stepper *s, weir_offence *o)
{
  (void)ctx;
  double lo = 0, hi = 20;
  for (int k = 0; k < 60; k++) {
    const double mid = 0.5 * (lo + hi);
    if (monotone(s, mid))
      lo = mid;
    else
      hi = mid;
  }
  o->got = s->ssp, o->want = lo;
  if (!(s->ssp <= lo + 1e-9))
    weir_offend(o, s->ssp, lo, "SSP coefficient claimed, against the radius of absolute monotonicity");
  return WEIR_OK;
}

/* ---------------------------------------------------------------- in a run */
const char *weir_law_partner(weir_ctx *ctx, const weir_stepper *s)
{
  const weir_recon *r = NULL;
  for (int k = 0; (r = weir_item(ctx, WEIR_KIND_RECON, k)) != NULL; k++)
    if (weir_stepper_fits(r, s)) return r->name;
  return "donor";
}

static void growth(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = exp(t);
}

static void still(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 0.0;
}

/* Mass after t = 1 with source e^t and nothing else, against e - 1. */
static weir_status grown(weir_ctx *ctx, const weir_stepper *s, int steps, weir_offence *o, double *error)
{
  weir_trial t = {.o = {.scheme = weir_law_partner(ctx, s), .stepper = s->name, .dt = 1.0 / steps}};
  weir_status st = WEIR_OK;
  weir_trial_box(&t, 1, (const ptrdiff_t[]){8}, true, 0);
  t.p.velocity.component[0] = still, t.p.velocity.steady[0] = true;
  t.p.source = growth;
  WEIR_TRY_GOTO(st, end, weir_trial_start(ctx, &t));
  WEIR_TRY_GOTO(st, end, weir_trial_advance(ctx, &t, 1.0, o));
  *error = fabs(weir_mesh_integral(t.mesh, weir_run_density(t.run)) - expm1(1.0));
end:
  weir_trial_end(&t);
  return st;
}

weir_status weir_law_order_run(weir_ctx *ctx, const weir_stepper *s, weir_offence *o)
{
  double before = 0;
  for (int steps = 2; steps <= 64; steps *= 2) {
    double e = 0;
    WEIR_TRY(grown(ctx, s, steps, o, &e));
    if (steps > 8 && !(e <= 1e-13) && !(log2(before / e) >= s->order - 0.1))
      weir_offend(o, log2(before / e), s->order, "order of the mass that a source e^t makes, from %d to %d steps",
                  steps / 2, steps);
    before = e;
  }
  return WEIR_OK;
}
