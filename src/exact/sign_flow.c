/* Discontinuous velocity v = s sgn(x - x0): mass collapses into a Dirac at x0 (s < 0) or leaves a vacuum (s > 0).
 *
 *   Weak solutions by the cumulative distribution F, which characteristics carry: with F0 that of rho0, y = x - x0 and d = |s| t
 *       s < 0:  F(t,x) = F0(x - d) for y < 0, F0(x + d) for y > 0; at y = 0 it jumps by the mass of [x0 - d, x0 + d]
 *       s > 0:  F(t,x) = F0(x + d) for y < -d, F0(x0) for |y| <= d, F0(x - d) for y > d
 *   (F. Poupaud, M. Rascle, Comm. Partial Differential Equations 22 (1997) 337; F. Bouchut, F. James, Nonlinear Anal. 32 (1998)
 *   891). rho0 is N(m, S), so F0 is an erfc. A cell's average is the difference of F over its width; of a Dirac on a face at x0 each
 *   of its cells counts what came from its side. */
#include "exact/classes.h"
#include <math.h>

enum { SPEED, AT, MEAN, VARIANCE };

static const weir_exact_param params[] = {
    [SPEED] = {"s", WEIR_EXACT_SCALAR, WEIR_EXACT_REQUIRED, 0.0, NULL, "speed s, not 0: away from x0 if s > 0"},
    [AT] = {"x0", WEIR_EXACT_SCALAR, WEIR_EXACT_DEFAULT, 0.0, NULL, "place x0 of the jump of v"},
    [MEAN] = {"mean", WEIR_EXACT_SCALAR, WEIR_EXACT_DEFAULT, 0.0, NULL, "mean of the Gaussian at t = 0"},
    [VARIANCE] = {"covariance", WEIR_EXACT_SCALAR, WEIR_EXACT_DEFAULT, 1.0, NULL, "its variance > 0"},
};

static const char who[] = "sign-flow";

typedef struct sign_flow {
  double s, x0, mean, sd;
} sign_flow;

static weir_status create(weir_ctx *ctx, int d, const weir_exact_arg *arg, void **self)
{
  void *p = NULL;
  const double s = arg[SPEED].value[0], variance = arg[VARIANCE].value[0];
  (void)d;
  WEIR_REQUIRE(s != 0.0, ctx, WEIR_EARG, "%s: parameter 's' is 0", who);
  WEIR_REQUIRE(variance > 0.0, ctx, WEIR_EARG, "%s: parameter 'covariance' is %g, expected > 0", who, variance);
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(sign_flow), who, &p));
  *(sign_flow *)p = (sign_flow){s, arg[AT].value[0], arg[MEAN].value[0], sqrt(variance)};
  *self = p;
  return WEIR_OK;
}

static weir_status exists(weir_ctx *ctx, const void *self, double t)
{
  (void)self;
  WEIR_REQUIRE(isfinite(t) && t >= 0.0, ctx, WEIR_EARG, "%s: no solution at t = %g, only from 0 on", who, t);
  return WEIR_OK;
}

/* Where the point x comes from; NaN if from nowhere (vacuum), x0 itself if it has arrived. */
static double origin(const sign_flow *f, double t, double x)
{
  const double y = x - f->x0, d = fabs(f->s) * t;
  if (f->s < 0.0) return y == 0.0 ? f->x0 : x + (y < 0.0 ? -d : d);
  return fabs(y) < d ? (double)NAN : x + (y < 0.0 ? d : -d);
}

static void log_density(const void *self, double t, ptrdiff_t n, const double *x, double *out)
{
  const sign_flow *f = self;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double y = origin(f, t, x[i]), z = (y - f->mean) / f->sd;
    out[i] = -0.5 * z * z - log(f->sd * sqrt(2.0 * WEIR_PI));
    if (isnan(y) && !isnan(x[i])) out[i] = -(double)INFINITY;
    if (f->s < 0.0 && t > 0.0 && x[i] == f->x0) out[i] = (double)INFINITY; /* the Dirac */
    if (!(t >= 0.0)) out[i] = (double)NAN;
  }
}

/* Mass of rho0 in [a, b], as a difference on the side where it is small. */
static double between(const sign_flow *f, double a, double b)
{
  const double u = (a - f->mean) / (f->sd * sqrt(2.0)), v = (b - f->mean) / (f->sd * sqrt(2.0));
  if (!(v > u)) return 0.0;
  return u > 0.0 ? 0.5 * (erfc(u) - erfc(v)) : 0.5 * (erfc(-v) - erfc(-u));
}

/* Mass in the cell [a, b]; the parts left and right of x0 come from intervals. */
static double cell(const sign_flow *f, double t, double a, double b)
{
  const double d = fabs(f->s) * t, x0 = f->x0;
  double mass = 0.0;
  if (f->s > 0.0) {
    if (a < x0 - d) mass += between(f, a + d, fmin(b, x0 - d) + d);
    if (b > x0 + d) mass += between(f, fmax(a, x0 + d) - d, b - d);
    return mass;
  }
  if (a < x0) mass += between(f, a - d, fmin(b, x0) - d);
  if (b > x0) mass += between(f, fmax(a, x0) + d, b + d);
  if (a < x0 && b >= x0) mass += between(f, x0 - d, x0);
  if (a <= x0 && b > x0) mass += between(f, x0, x0 + d);
  return mass;
}

static weir_status average(weir_ctx *ctx, const void *self, const weir_mesh *m, double t, double *cells)
{
  const weir_axis *x = m->axis;
  (void)ctx;
  for (ptrdiff_t i = 0; i < x[0].n; i++)
    cells[weir_mesh_index(m, i, 0, 0)] = cell(self, t, x[0].node[i], x[0].node[i + 1]) / x[0].width[i];
  return WEIR_OK;
}

static bool velocity(const void *self, double t, ptrdiff_t n, const double *x, double *v)
{
  const sign_flow *f = self;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) v[i] = f->s * ((x[i] > f->x0) - (x[i] < f->x0));
  return true;
}

static double mass(const void *self, double t)
{
  (void)self, (void)t;
  return 1.0;
}

const weir_exact_class weir_exact_sign_flow = {
    .abi = WEIR_EXACT_ABI,
    .name = who,
    .formula = "v = s sgn(x - x0);  F(t,x) = F0 carried along: a Dirac at x0 (s < 0) or a vacuum |x - x0| < st (s > 0)",
    .cite = "Poupaud, Rascle, Comm. PDE 22 (1997) 337; Bouchut, James, Nonlinear Anal. 32 (1998) 891",
    .flags = WEIR_EXACT_HAS_VELOCITY | WEIR_EXACT_MASS_ONE,
    .maxdim = 1,
    .nparam = sizeof params / sizeof *params,
    .param = params,
    .create = create,
    .destroy = weir_free,
    .exists = exists,
    .log_density = log_density,
    .average = average,
    .velocity = velocity,
    .mass = mass,
};
