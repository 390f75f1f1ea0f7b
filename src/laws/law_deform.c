/* The order of a whole 2D run, where every way to lose it shows: a deforming flow, on uniform and stretched meshes, at half its period.
 *
 *   v = cos(pi t) w(x),  w = curl of S sin^2(pi x) sin^2(pi y), a roll between walls: at t = 1 everything is back where it was and
 *   errors of v x rho have cancelled, so t = 1/2 is compared. div v = 0: the density is constant along characteristics, which are
 *   those of w in the pseudo-time sin(pi t)/pi, traced back by 10 classical Runge-Kutta steps (20 change the L1 errors by 1e-9).
 *   rho(0) = e^(2x+2y) and S is so small that rho(1/2) still grows along both axes everywhere (d log rho/dx from 1.1 to 2.8): limiters have no extremum to clip,
 *   so that compressive ones, which square waves off, have an order to measure too. */
#include "laws/law.h"
#include <math.h>

enum { TRACE = 10, LEVELS = 3, COARSEST = 24 };
static const double END = 0.5, STRENGTH = 0.06;

static void psi(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double sx = sin(WEIR_PI * x[0][i]), sy = sin(WEIR_PI * x[1][i]);
    out[i] = STRENGTH * sx * sx * sy * sy;
  }
}

static double factor(void *user, double t)
{
  (void)user;
  return cos(WEIR_PI * t);
}

static void slope(const double X[2], double v[2])
{
  const double sx = sin(WEIR_PI * X[0]), sy = sin(WEIR_PI * X[1]), c = 2 * WEIR_PI * STRENGTH;
  v[0] = c * sx * sx * sy * cos(WEIR_PI * X[1]);
  v[1] = -c * sx * cos(WEIR_PI * X[0]) * sy * sy;
}

static void trace_step(double h, double X[2])
{
  static const double part[4] = {0, 0.5, 0.5, 1}, weight[4] = {1 / 6., 1 / 3., 1 / 3., 1 / 6.};
  double v[2] = {0, 0}, sum[2] = {0, 0};
  for (int r = 0; r < 4; r++) {
    const double Y[2] = {X[0] + part[r] * h * v[0], X[1] + part[r] * h * v[1]};
    slope(Y, v);
    sum[0] += weight[r] * v[0], sum[1] += weight[r] * v[1];
  }
  X[0] += h * sum[0], X[1] += h * sum[1];
}

static void density(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const double pseudo = sin(WEIR_PI * t) / WEIR_PI;
  (void)user;
  for (ptrdiff_t i = 0; i < n; i++) {
    double X[2] = {x[0][i], x[1][i]};
    for (int k = 0; k < TRACE && t > 0; k++) trace_step(-pseudo / TRACE, X);
    out[i] = exp(2 * X[0] + 2 * X[1]);
  }
}

static weir_status error_of(weir_ctx *ctx, const weir_recon *s, ptrdiff_t n, double grade, weir_offence *o,
                            double *error)
{
  weir_trial t = {.rho = density,
                  .o = {.scheme = s->name, .dt = END / (double)n}}; /* dt ~ h: time may not stand still */
  weir_status st = WEIR_OK;
  double *want = NULL;
  weir_trial_box(&t, 2, (const ptrdiff_t[]){n, n}, false, grade);
  for (int a = 0; a < 2; a++) t.p.boundary.side[a][0] = t.p.boundary.side[a][1] = WEIR_NOFLUX;
  t.p.velocity.stream = psi, t.p.velocity.factor[0] = factor;
  WEIR_TRY_GOTO(st, end, weir_trial_start(ctx, &t));
  WEIR_TRY_GOTO(st, end, weir_trial_advance(ctx, &t, END, o));
  WEIR_TRY_GOTO(st, end, weir_mesh_array(ctx, t.mesh, "traced averages", &want));
  WEIR_TRY_GOTO(st, end, weir_cell_average(ctx, t.mesh, density, NULL, END, 2, want));
  const double *q = weir_run_density(t.run);
  for (ptrdiff_t j = 0; j < n; j++)
    for (ptrdiff_t i = 0; i < n; i++) {
      const ptrdiff_t at = weir_mesh_index(t.mesh, i, j, 0);
      want[at] = fabs(want[at] - q[at]);
    }
  *error = weir_mesh_integral(t.mesh, want);
end:
  weir_free(want);
  weir_trial_end(&t);
  return st;
}

/* A flux of face averages, <v><rho>, is second order whatever the reconstruction: more is not demanded. */
weir_status weir_law_order_2d(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  const int order = s->order < 2 ? s->order : 2;
  for (int graded = 0; graded < 2; graded++) {
    double e[LEVELS] = {0};
    for (int k = 0; k < LEVELS; k++) WEIR_TRY(error_of(ctx, s, (ptrdiff_t)COARSEST << k, graded ? 0.3 : 0, o, &e[k]));
    for (int k = 0; k + 1 < LEVELS; k++) {
      const double p = log2(e[k] / e[k + 1]);
      if (!(p >= order - 0.1))
        weir_offend(o, p, order,
                    "L1 order from %d^2 to %d^2 %s cells in a deforming 2D flow at half its period (errors %.3g, %.3g)",
                    COARSEST << k, COARSEST << (k + 1), graded ? "sine-graded" : "equal", e[k], e[k + 1]);
    }
  }
  return WEIR_OK;
}
