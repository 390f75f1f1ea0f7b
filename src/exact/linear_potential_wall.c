/* Fokker-Planck with a linear potential between two no-flux walls:  d_t rho = D lap rho - g d_0 rho,  V = -g x_0.
 *
 *   On [lo,hi] of axis 0 with s = (x_0 - lo)/L, gamma = g L/D, c = gamma/2, T = D t/L^2, alpha = pi^2 + c^2:
 *       rho = level ( e^{-alpha T} e^{c s} phi(s) + pi e^{gamma (s - 1/2)} ),     phi = pi cos(pi s) + c sin(pi s),
 *   constant in the other directions.
 *   Check. u = e^{c s} phi: u_ss - gamma u_s = e^{cs} (phi'' - c^2 phi) = -alpha u. Flux: u_s - gamma u = e^{cs} (phi' - c phi)
 *   = -alpha e^{cs} sin(pi s), 0 on both walls. The second term is the Gibbs state, without flux. With D = 1 on [0,1] this is
 *   the solution used by Cances, Gallouet, Todeschini (Numer. Math. 146 (2020) 437).
 *   Positive: with w = 1 - s, f = e^{-cs}(rho at T = 0)/level = -pi cos(pi w) + c sin(pi w) + pi e^{-c w} solves f'' + pi^2 f =
 *   pi (c^2 + pi^2) e^{-c w}, f(0) = f'(0) = 0, so f >= 0 on [0,1]; and rho = level e^{cs} ( e^{-alpha T} f + (1 - e^{-alpha T}) pi e^{-cw} ),
 *   which is how it is evaluated: at T = 0 the density has a double zero at the wall s = 1, where the first form cancels.
 *   Mass: the first term integrates to 0, the second to 2 pi sinh(c)/gamma. Velocity: g - D d_0 log rho. */
#include "exact/classes.h"
#include <math.h>

enum { LO, HI, DRIFT, DIFFUSION, LEVEL, NPARAM };

static const weir_exact_param params[] = {
    [LO] = {"lo", WEIR_EXACT_VECTOR, WEIR_EXACT_DEFAULT, 0.0, NULL, "lower corner of the box [length]"},
    [HI] = {"hi", WEIR_EXACT_VECTOR, WEIR_EXACT_DEFAULT, 1.0, NULL, "upper corner of the box [length]"},
    [DRIFT] = {"g", WEIR_EXACT_SCALAR, WEIR_EXACT_DEFAULT, 1.0, NULL, "drift along axis 0 [length/time]"},
    [DIFFUSION] = {"diffusion", WEIR_EXACT_SCALAR, WEIR_EXACT_DEFAULT, 1.0, NULL, "D > 0 [length^2/time]"},
    [LEVEL] = {"level", WEIR_EXACT_SCALAR, WEIR_EXACT_DEFAULT, 1.0, NULL,
               "factor > 0 (not normalised: see the formula)"},
};

typedef struct wall {
  int d;
  double lo[WEIR_MAXDIM], len[WEIR_MAXDIM];
  double g, D, level, c; /* c = g L/(2D) */
} wall;

static const char who[] = "linear-potential-wall";

static weir_status create(weir_ctx *ctx, int d, const weir_exact_arg *arg, void **self)
{
  const double D = arg[DIFFUSION].value[0], level = arg[LEVEL].value[0];
  WEIR_TRY(box_check(ctx, who, d, arg[LO].value, arg[HI].value));
  WEIR_REQUIRE(D > 0.0, ctx, WEIR_EARG, "%s: parameter 'diffusion' is %.17g, expected > 0", who, D);
  WEIR_REQUIRE(level > 0.0, ctx, WEIR_EARG, "%s: parameter 'level' is %.17g, expected > 0", who, level);
  const double c = arg[DRIFT].value[0] * (arg[HI].value[0] - arg[LO].value[0]) / (2.0 * D);
  WEIR_REQUIRE(fabs(c) <= 300.0, ctx, WEIR_EARG, "%s: g L/(2 D) = %.6g, expected at most 300 (the density overflows)",
               who, c);
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(wall), who, &p));
  wall *s = p;
  s->d = d, s->D = D, s->level = level, s->c = c;
  s->g = arg[DRIFT].value[0];
  for (int a = 0; a < d; a++) s->lo[a] = arg[LO].value[a], s->len[a] = arg[HI].value[a] - arg[LO].value[a];
  *self = s;
  return WEIR_OK;
}

static weir_status exists(weir_ctx *ctx, const void *self, double t)
{
  (void)self;
  WEIR_REQUIRE(t >= 0.0 && isfinite(t), ctx, WEIR_EARG, "%s: no solution at t = %.17g, expected t >= 0", who, t);
  return WEIR_OK;
}

/* e^z - 1 - z and sin(z) - z without cancellation: their Taylor series for small z. */
static double exp_rest(double z)
{
  if (fabs(z) > 0.5) return expm1(z) - z;
  double term = 0.5 * z * z, sum = term;
  for (int n = 3; n < 16; n++) sum += term *= z / n;
  return sum;
}

static double sin_rest(double z)
{
  if (fabs(z) > 0.5) return sin(z) - z;
  double term = -z * z * z / 6.0, sum = term;
  for (int n = 5; n < 16; n += 2) sum += term *= -z * z / ((n - 1) * n);
  return sum;
}

/* f(w) of the head comment: pi (1 - cos(pi w)) + c (sin(pi w) - pi w) + pi (e^{-cw} - 1 + cw). */
static double start_shape(double c, double w)
{
  const double half = sin(0.5 * WEIR_PI * w);
  return 2.0 * WEIR_PI * half * half + c * sin_rest(WEIR_PI * w) + WEIR_PI * exp_rest(-c * w);
}

/* e^{-cs} rho/level and its derivative in s. */
static double shape(const wall *s, double T, double w)
{
  const double alpha = WEIR_PI * WEIR_PI + s->c * s->c;
  return exp(-alpha * T) * start_shape(s->c, w) - expm1(-alpha * T) * WEIR_PI * exp(-s->c * w);
}

static double shape_slope(const wall *s, double T, double w)
{
  const double c = s->c, alpha = WEIR_PI * WEIR_PI + c * c, gibbs = WEIR_PI * exp(-c * w);
  const double half = sin(0.5 * WEIR_PI * w);
  /* f' = pi^2 sin(pi w) - pi c (1 - cos(pi w)) - pi c (e^{-cw} - 1), derivatives in w; s = 1 - w turns the sign */
  const double f = WEIR_PI * WEIR_PI * sin(WEIR_PI * w) - 2.0 * WEIR_PI * c * half * half - WEIR_PI * c * expm1(-c * w);
  return -(exp(-alpha * T) * f + expm1(-alpha * T) * c * gibbs);
}

/* Distance from the wall s = 1, in boxes: exact near it. */
static double from_end(const wall *s, double x)
{
  return (s->lo[0] + s->len[0] - x) / s->len[0];
}

static bool inside(const wall *s, const double *x)
{
  for (int a = 0; a < s->d; a++)
    if (!(x[a] >= s->lo[a] && x[a] <= s->lo[a] + s->len[a])) return false;
  return true;
}

static void log_density(const void *self, double t, ptrdiff_t n, const double *x, double *out)
{
  const wall *s = self;
  const double T = s->D * t / (s->len[0] * s->len[0]);
  for (ptrdiff_t p = 0; p < n; p++) {
    const double *y = x + p * s->d, w = from_end(s, y[0]);
    bool bad = !(t >= 0.0);
    for (int a = 0; a < s->d; a++) bad = bad || isnan(y[a]);
    out[p] = bad            ? (double)NAN
             : inside(s, y) ? log(s->level) + s->c * (1.0 - w) + log(shape(s, T, w))
                            : -(double)INFINITY;
  }
}

/* Mean over [w - h, w + h] of e^{c(1-w)} shape: Gauss, pieces on which neither exponential nor sine turns by more than 1/2. */
static double cell_mean(const wall *s, double T, double w, double h, const double *node, const double *weight, int q)
{
  const int pieces = 1 + (int)(2.0 * h * (2.0 * fabs(s->c) + WEIR_PI)); /* h <= 1/2, |c| <= 300 */
  const double part = h / pieces;
  double sum = 0.0;
  for (int k = 0; k < pieces; k++)
    for (int g = 0; g < q; g++) {
      const double u = w - h + part * (2.0 * k + 1.0 + node[g]);
      sum += weight[g] * exp(s->c * (1.0 - u)) * shape(s, T, u);
    }
  return sum / (2.0 * pieces);
}

static weir_status average(weir_ctx *ctx, const void *self, const weir_mesh *m, double t, double *cells)
{
  enum { Q = 10 };
  const wall *s = self;
  const weir_axis *x = &m->axis[0];
  double node[Q], weight[Q], *f[WEIR_MAXDIM] = {NULL};
  for (int a = 0; a < s->d; a++) {
    const double slack = 1e-12 * s->len[a];
    WEIR_REQUIRE(m->axis[a].lo >= s->lo[a] - slack && m->axis[a].hi <= s->lo[a] + s->len[a] + slack, ctx, WEIR_EARG,
                 "%s: the mesh spans [%.17g, %.17g] on axis %d, the box [%.17g, %.17g]", who, m->axis[a].lo,
                 m->axis[a].hi, a, s->lo[a], s->lo[a] + s->len[a]);
  }
  WEIR_TRY(product_axes(ctx, m, f));
  weir_gauss(Q, node, weight);
  const double T = s->D * t / (s->len[0] * s->len[0]);
  for (ptrdiff_t i = 0; i < x->n; i++)
    f[0][i] = cell_mean(s, T, from_end(s, x->centre[i]), 0.5 * x->width[i] / s->len[0], node, weight, Q);
  for (int a = 1; a < s->d; a++)
    for (ptrdiff_t j = 0; j < m->axis[a].n; j++) f[a][j] = 1.0;
  product_fill(m, 0.0, cells);
  product_add(m, (const double *const *)f, s->level, cells);
  weir_free(f[0]);
  return WEIR_OK;
}

static bool velocity(const void *self, double t, ptrdiff_t n, const double *x, double *v)
{
  const wall *s = self;
  const double L = s->len[0], T = s->D * t / (L * L);
  for (ptrdiff_t p = 0; p < n; p++) {
    const double w = from_end(s, x[p * s->d]);
    v[p * s->d] = t >= 0.0 ? s->g - s->D / L * (s->c + shape_slope(s, T, w) / shape(s, T, w)) : (double)NAN;
    for (int a = 1; a < s->d; a++) v[p * s->d + a] = t >= 0.0 ? 0.0 : (double)NAN;
  }
  return true;
}

static double mass(const void *self, double t)
{
  const wall *s = self;
  double mass =
      t >= 0.0 ? s->level * WEIR_PI * (fabs(s->c) < 1e-5 ? 1.0 + s->c * s->c / 6.0 : sinh(s->c) / s->c) : (double)NAN;
  for (int a = 0; a < s->d; a++) mass *= s->len[a];
  return mass;
}

const weir_exact_class weir_exact_linear_potential_wall = {
    .abi = WEIR_EXACT_ABI,
    .name = "linear-potential-wall",
    .formula = "d_t rho = D rho'' - g rho', no flux;  rho = level (e^{-alpha T + c s} (pi cos pi s + c sin pi s) + pi "
               "e^{c (2 s - 1)}), "
               "c = g L/(2 D), T = D t/L^2, alpha = pi^2 + c^2",
    .cite = "Cances, Gallouet, Todeschini, Numer. Math. 146 (2020) 437",
    .flags = WEIR_EXACT_HAS_VELOCITY | WEIR_EXACT_SMOOTH | WEIR_EXACT_IN_BOX,
    .maxdim = WEIR_MAXDIM,
    .nparam = NPARAM,
    .param = params,
    .create = create,
    .destroy = weir_free,
    .exists = exists,
    .log_density = log_density,
    .average = average,
    .velocity = velocity,
    .mass = mass,
};
