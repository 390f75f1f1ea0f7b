/* Heat equation in a no-flux box, one cosine mode over a constant:
 *
 *       rho = level (1 + a e^{-D lambda t} prod_a cos(k_a pi s_a)),   s_a = (x_a - lo_a)/L_a,   lambda = sum_a (k_a pi/L_a)^2 ,
 *
 *   k whole numbers: the normal derivative vanishes on every wall. With even k it is also periodic.
 *   The average of the mode over a cell is its centre value times prod sinc(k_a pi h_a/(2 L_a)). Velocity -D grad log rho. */
#include "exact/classes.h"
#include <math.h>

enum { LO, HI, DIFFUSION, WAVE, AMPLITUDE, LEVEL, NPARAM };

static const weir_exact_param params[] = {
    [LO] = {"lo", WEIR_EXACT_VECTOR, WEIR_EXACT_DEFAULT, 0.0, NULL, "lower corner of the box [length]"},
    [HI] = {"hi", WEIR_EXACT_VECTOR, WEIR_EXACT_DEFAULT, 1.0, NULL, "upper corner of the box [length]"},
    [DIFFUSION] = {"diffusion", WEIR_EXACT_SCALAR, WEIR_EXACT_REQUIRED, 0.0, NULL, "D > 0 [length^2/time]"},
    [WAVE] = {"wave", WEIR_EXACT_VECTOR, WEIR_EXACT_DEFAULT, 1.0, NULL,
              "whole wave numbers k (half periods in the box)"},
    [AMPLITUDE] = {"amplitude", WEIR_EXACT_SCALAR, WEIR_EXACT_DEFAULT, 0.5, NULL, "a at t = 0, |a| <= 1"},
    [LEVEL] = {"level", WEIR_EXACT_SCALAR, WEIR_EXACT_DEFAULT, 1.0, NULL, "mean density > 0"},
};

typedef struct cosine {
  int d;
  double lo[WEIR_MAXDIM], len[WEIR_MAXDIM], k[WEIR_MAXDIM]; /* k: k_a pi/L_a */
  double D, amplitude, level, rate;
} cosine;

static const char who[] = "heat-cosine";

static weir_status check(weir_ctx *ctx, int d, const weir_exact_arg *arg)
{
  WEIR_TRY(box_check(ctx, who, d, arg[LO].value, arg[HI].value));
  WEIR_TRY(whole_check(ctx, who, "wave", d, arg[WAVE].value));
  bool any = false;
  for (int a = 0; a < d; a++) any = any || arg[WAVE].value[a] != 0.0;
  WEIR_REQUIRE(any, ctx, WEIR_EARG, "%s: parameter 'wave' is zero on every axis", who);
  const double D = arg[DIFFUSION].value[0], a = arg[AMPLITUDE].value[0], level = arg[LEVEL].value[0];
  WEIR_REQUIRE(D > 0.0, ctx, WEIR_EARG, "%s: parameter 'diffusion' is %.17g, expected > 0", who, D);
  WEIR_REQUIRE(fabs(a) <= 1.0, ctx, WEIR_EARG,
               "%s: parameter 'amplitude' is %.17g, expected |a| <= 1 (the density would be negative)", who, a);
  WEIR_REQUIRE(level > 0.0, ctx, WEIR_EARG, "%s: parameter 'level' is %.17g, expected > 0", who, level);
  return WEIR_OK;
}

static weir_status create(weir_ctx *ctx, int d, const weir_exact_arg *arg, void **self)
{
  WEIR_TRY(check(ctx, d, arg));
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(cosine), "heat-cosine", &p));
  cosine *s = p;
  s->d = d;
  s->D = arg[DIFFUSION].value[0];
  s->amplitude = arg[AMPLITUDE].value[0], s->level = arg[LEVEL].value[0];
  for (int a = 0; a < d; a++) {
    s->lo[a] = arg[LO].value[a], s->len[a] = arg[HI].value[a] - arg[LO].value[a];
    s->k[a] = WEIR_PI * arg[WAVE].value[a] / s->len[a];
    s->rate += s->k[a] * s->k[a];
  }
  *self = s;
  return WEIR_OK;
}

static weir_status exists(weir_ctx *ctx, const void *self, double t)
{
  (void)self;
  WEIR_REQUIRE(t >= 0.0 && isfinite(t), ctx, WEIR_EARG, "%s: no solution at t = %.17g, expected t >= 0", who, t);
  return WEIR_OK;
}

static double amplitude_at(const cosine *s, double t)
{
  return s->amplitude * exp(-s->D * s->rate * t);
}

static bool inside(const cosine *s, const double *x)
{
  for (int a = 0; a < s->d; a++)
    if (!(x[a] >= s->lo[a] && x[a] <= s->lo[a] + s->len[a])) return false;
  return true;
}

static void log_density(const void *self, double t, ptrdiff_t n, const double *x, double *out)
{
  const cosine *s = self;
  for (ptrdiff_t p = 0; p < n; p++) {
    const double *y = x + p * s->d;
    double mode = amplitude_at(s, t);
    for (int a = 0; a < s->d; a++) mode *= cos(s->k[a] * (y[a] - s->lo[a]));
    out[p] = isnan(mode) || t < 0.0 ? (double)NAN : inside(s, y) ? log(s->level * (1.0 + mode)) : -(double)INFINITY;
  }
}

static weir_status average(weir_ctx *ctx, const void *self, const weir_mesh *m, double t, double *cells)
{
  const cosine *s = self;
  double *f[WEIR_MAXDIM] = {NULL};
  for (int a = 0; a < s->d; a++) {
    const double slack = 1e-12 * s->len[a];
    WEIR_REQUIRE(m->axis[a].lo >= s->lo[a] - slack && m->axis[a].hi <= s->lo[a] + s->len[a] + slack, ctx, WEIR_EARG,
                 "%s: the mesh spans [%.17g, %.17g] on axis %d, the box [%.17g, %.17g]", who, m->axis[a].lo,
                 m->axis[a].hi, a, s->lo[a], s->lo[a] + s->len[a]);
  }
  WEIR_TRY(product_axes(ctx, m, f));
  for (int a = 0; a < s->d; a++)
    for (ptrdiff_t i = 0; i < m->axis[a].n; i++)
      f[a][i] = cos(s->k[a] * (m->axis[a].centre[i] - s->lo[a])) * sinc(0.5 * s->k[a] * m->axis[a].width[i]);
  product_fill(m, s->level, cells);
  product_add(m, (const double *const *)f, s->level * amplitude_at(s, t), cells);
  weir_free(f[0]);
  return WEIR_OK;
}

static bool velocity(const void *self, double t, ptrdiff_t n, const double *x, double *v)
{
  const cosine *s = self;
  for (ptrdiff_t p = 0; p < n; p++)
    for (int a = 0; a < s->d; a++) {
      double mode = amplitude_at(s, t), slope = amplitude_at(s, t);
      for (int b = 0; b < s->d; b++) {
        const double angle = s->k[b] * (x[p * s->d + b] - s->lo[b]);
        mode *= cos(angle);
        slope *= a == b ? -s->k[b] * sin(angle) : cos(angle);
      }
      v[p * s->d + a] = t >= 0.0 ? -s->D * slope / (1.0 + mode) : (double)NAN;
    }
  return true;
}

static double mass(const void *self, double t)
{
  const cosine *s = self;
  double mass = t >= 0.0 ? s->level : (double)NAN;
  for (int a = 0; a < s->d; a++) mass *= s->len[a];
  return mass;
}

const weir_exact_class weir_exact_heat_cosine = {
    .abi = WEIR_EXACT_ABI,
    .name = "heat-cosine",
    .formula = "d_t rho = D lap rho in a box, no flux;  rho = level (1 + a e^{-D |k pi/L|^2 t} prod cos(k_a pi s_a))",
    .cite = "Fourier 1822",
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
