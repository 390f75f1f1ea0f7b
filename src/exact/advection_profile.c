/* The profiles of constant advection, rho(t,x) = rho0(x - v t).
 *
 *   Profiles, s_a = (x_a - lo_a - v_a t)/L_a:
 *     sine       level (1 + a sin(2 pi k.s + phase)), k whole numbers. The average over a cell of widths h with centre s is
 *                level (1 + a sin(2 pi k.s + phase) prod sinc(pi k_a h_a/L_a)): an exponential averages axis by axis.
 *     sin4       level prod_a sin^4(pi k_a s_a) (factor 1 where k_a = 0). Averages by Gauss-Legendre on pieces with
 *                pi k h/(2 L) <= 1/4: C_8 4^16/8 (1/4)^16 = 1.4e-19 of the scale, all terms positive, so the zeros are resolved relatively.
 *     gaussian   mixture (affine.c with B = 0, D = 0), images summed if wrapped.
 *     indicator  level on the box [from, to) at t = 0: averages are fractions of overlap, exact.
 *   sine and sin4 need the box; for the others it is what makes them periodic. */
#include "exact/advection.h"
#include "exact/classes.h"
#include <math.h>
#include <string.h>

static const char who[] = "advection";

/* (x - lo - v t)/L, whole periods taken off if there is a box. */
static double phase_of(const advection *s, int a, double t, double x)
{
  const double u = (x - s->lo[a] - s->v[a] * t) / s->len[a];
  return s->wrap ? u - floor(u) : u;
}

static double box_volume(const advection *s)
{
  double volume = 1.0;
  for (int a = 0; a < s->d; a++) volume *= s->len[a];
  return volume;
}

/* ------------------------------------------------------------------ sine */
static weir_status sine_bind(weir_ctx *ctx, advection *s, const weir_exact_arg *arg)
{
  (void)arg;
  bool any = false;
  for (int a = 0; a < s->d; a++) any = any || s->wave[a] != 0.0;
  WEIR_REQUIRE(any, ctx, WEIR_EARG, "%s: parameter 'wave' is zero on every axis", who);
  WEIR_REQUIRE(fabs(s->amplitude) <= 1.0, ctx, WEIR_EARG,
               "%s: parameter 'amplitude' is %.17g, expected |a| <= 1 (the density would be negative)", who,
               s->amplitude);
  return WEIR_OK;
}

static void sine_log(const advection *s, double t, ptrdiff_t n, const double *x, double *out)
{
  for (ptrdiff_t p = 0; p < n; p++) {
    double angle = s->phase;
    for (int a = 0; a < s->d; a++) angle += 2.0 * WEIR_PI * s->wave[a] * phase_of(s, a, t, x[p * s->d + a]);
    out[p] = log(s->level * (1.0 + s->amplitude * sin(angle)));
  }
}

static weir_status sine_average(weir_ctx *ctx, const advection *s, const weir_mesh *m, double t, double *cells)
{
  (void)ctx;
  const weir_axis *x = m->axis;
  for (ptrdiff_t k = 0; k < x[2].n; k++)
    for (ptrdiff_t j = 0; j < x[1].n; j++)
      for (ptrdiff_t i = 0; i < x[0].n; i++) {
        const ptrdiff_t at[WEIR_MAXDIM] = {i, j, k};
        double angle = s->phase, damping = s->amplitude;
        for (int a = 0; a < WEIR_MAXDIM; a++) { /* unused axes have wave 0 */
          angle += 2.0 * WEIR_PI * s->wave[a] * phase_of(s, a, t, x[a].centre[at[a]]);
          damping *= sinc(WEIR_PI * s->wave[a] * x[a].width[at[a]] / s->len[a]);
        }
        cells[weir_mesh_index(m, i, j, k)] = s->level * (1.0 + damping * sin(angle));
      }
  return WEIR_OK;
}

static double sine_mass(const advection *s)
{
  return s->level * box_volume(s);
}

/* ------------------------------------------------------------------ sin4 */
static weir_status sin4_bind(weir_ctx *ctx, advection *s, const weir_exact_arg *arg)
{
  (void)ctx, (void)s, (void)arg;
  return WEIR_OK;
}

static double sin4(double angle)
{
  const double u = sin(angle), w = u * u;
  return w * w;
}

static void sin4_log(const advection *s, double t, ptrdiff_t n, const double *x, double *out)
{
  for (ptrdiff_t p = 0; p < n; p++) {
    double value = s->level;
    for (int a = 0; a < s->d; a++)
      if (s->wave[a] != 0.0) value *= sin4(WEIR_PI * s->wave[a] * phase_of(s, a, t, x[p * s->d + a]));
    out[p] = log(value);
  }
}

static double sin4_cell(double angle, double half)
{
  enum { Q = 8 };
  double node[Q], weight[Q], sum = 0.0;
  weir_gauss(Q, node, weight);
  const int pieces = (int)fmin(ceil(4.0 * half), 4096.0) > 1 ? (int)fmin(ceil(4.0 * half), 4096.0) : 1;
  const double h = half / pieces;
  for (int k = 0; k < pieces; k++)
    for (int g = 0; g < Q; g++) sum += weight[g] * sin4(angle - half + h * (2.0 * k + 1.0 + node[g]));
  return sum / (2.0 * pieces);
}

static weir_status sin4_average(weir_ctx *ctx, const advection *s, const weir_mesh *m, double t, double *cells)
{
  double *f[WEIR_MAXDIM] = {NULL};
  WEIR_TRY(product_axes(ctx, m, f));
  for (int a = 0; a < s->d; a++)
    for (ptrdiff_t i = 0; i < m->axis[a].n; i++) {
      const double k = WEIR_PI * s->wave[a];
      f[a][i] = k == 0.0 ? 1.0
                         : sin4_cell(k * phase_of(s, a, t, m->axis[a].centre[i]),
                                     0.5 * fabs(k) * m->axis[a].width[i] / s->len[a]);
    }
  product_fill(m, 0.0, cells);
  product_add(m, (const double *const *)f, s->level, cells);
  weir_free(f[0]);
  return WEIR_OK;
}

static double sin4_mass(const advection *s)
{
  double mass = s->level * box_volume(s);
  for (int a = 0; a < s->d; a++) mass *= s->wave[a] != 0.0 ? 0.375 : 1.0;
  return mass;
}

/* ------------------------------------------------------------------ indicator */
static weir_status indicator_bind(weir_ctx *ctx, advection *s, const weir_exact_arg *arg)
{
  for (int a = 0; a < s->d; a++) {
    s->from[a] = arg[FROM].value[a], s->to[a] = arg[TO].value[a];
    WEIR_REQUIRE(s->from[a] < s->to[a], ctx, WEIR_EARG, "%s: from = %.17g, to = %.17g on axis %d, expected from < to",
                 who, s->from[a], s->to[a], a);
    WEIR_REQUIRE(!s->wrap || s->to[a] - s->from[a] <= s->len[a], ctx, WEIR_EARG,
                 "%s: the indicator is %.17g long on axis %d, the periodic box only %.17g", who, s->to[a] - s->from[a],
                 a, s->len[a]);
  }
  return WEIR_OK;
}

static void indicator_log(const advection *s, double t, ptrdiff_t n, const double *x, double *out)
{
  for (ptrdiff_t p = 0; p < n; p++) {
    bool inside = true, bad = false;
    for (int a = 0; a < s->d; a++) {
      double u = x[p * s->d + a] - s->v[a] * t - s->from[a];
      if (s->wrap) u -= s->len[a] * floor(u / s->len[a]);
      inside = inside && u >= 0.0 && u < s->to[a] - s->from[a];
      bad = bad || isnan(u);
    }
    out[p] = bad ? (double)NAN : inside ? log(s->level) : -(double)INFINITY;
  }
}

static double overlap(double a, double b, double c, double d)
{
  return fmax(fmin(b, d) - fmax(a, c), 0.0);
}

/* Part of the cell [lo, hi] inside the moved interval and its images. */
static double covered(const advection *s, int a, double t, double lo, double hi)
{
  const double from = s->from[a] + s->v[a] * t, to = s->to[a] + s->v[a] * t, L = s->len[a];
  if (!s->wrap) return overlap(lo, hi, from, to) / (hi - lo);
  const double first = floor((lo - to) / L), count = ceil((hi - from) / L) - first + 1.0;
  double sum = 0.0;
  for (int n = 0; n < count; n++) sum += overlap(lo, hi, from + (first + n) * L, to + (first + n) * L);
  return fmin(sum / (hi - lo), 1.0);
}

static weir_status indicator_average(weir_ctx *ctx, const advection *s, const weir_mesh *m, double t, double *cells)
{
  double *f[WEIR_MAXDIM] = {NULL};
  WEIR_TRY(product_axes(ctx, m, f));
  for (int a = 0; a < s->d; a++)
    for (ptrdiff_t i = 0; i < m->axis[a].n; i++) f[a][i] = covered(s, a, t, m->axis[a].node[i], m->axis[a].node[i + 1]);
  product_fill(m, 0.0, cells);
  product_add(m, (const double *const *)f, s->level, cells);
  weir_free(f[0]);
  return WEIR_OK;
}

static double indicator_mass(const advection *s)
{
  double mass = s->level;
  for (int a = 0; a < s->d; a++) mass *= s->to[a] - s->from[a];
  return mass;
}

static bool indicator_moments(const advection *s, double t, double *mean, double *cov)
{
  if (s->wrap) return false;
  memset(cov, 0, (size_t)(s->d * s->d) * sizeof *cov);
  for (int a = 0; a < s->d; a++) {
    const double length = s->to[a] - s->from[a];
    mean[a] = 0.5 * (s->from[a] + s->to[a]) + s->v[a] * t;
    cov[a * s->d + a] = length * length / 12.0;
  }
  return true;
}

/* ------------------------------------------------------------------ gaussian */
static weir_status gaussian_bind(weir_ctx *ctx, advection *s, const weir_exact_arg *arg)
{
  WEIR_TRY(affine_create(ctx, who, s->d, 0.0, arg + MEAN, &s->g));
  memcpy(s->g->c, s->v, (size_t)s->d * sizeof(double));
  double hi[WEIR_MAXDIM];
  for (int a = 0; a < s->d; a++) hi[a] = s->lo[a] + s->len[a];
  return s->wrap ? affine_wrap(ctx, s->g, s->lo, hi) : WEIR_OK;
}

static void gaussian_log(const advection *s, double t, ptrdiff_t n, const double *x, double *out)
{
  affine_log_density(s->g, t, n, x, out);
}

static weir_status gaussian_average(weir_ctx *ctx, const advection *s, const weir_mesh *m, double t, double *cells)
{
  return affine_average(ctx, s->g, m, t, cells);
}

static double gaussian_mass(const advection *s)
{
  return affine_mass(s->g, 0.0);
}

static bool gaussian_moments(const advection *s, double t, double *mean, double *cov)
{
  return affine_moments(s->g, t, mean, cov);
}

/* ------------------------------------------------------------------ the table */
#define BIT(k)          (1U << (k))
#define GAUSSIAN_PARAMS (BIT(MEAN) | BIT(COVARIANCE) | BIT(WEIGHT))

const profile advection_profiles[] = {
    {"sine", BIT(LEVEL) | BIT(AMPLITUDE) | BIT(WAVE) | BIT(PHASE), BIT(LO) | BIT(HI), sine_bind, sine_log, sine_average,
     sine_mass, NULL},
    {"sin4", BIT(LEVEL) | BIT(WAVE), BIT(LO) | BIT(HI), sin4_bind, sin4_log, sin4_average, sin4_mass, NULL},
    {"gaussian", GAUSSIAN_PARAMS, BIT(MEAN) | BIT(COVARIANCE), gaussian_bind, gaussian_log, gaussian_average,
     gaussian_mass, gaussian_moments},
    {"indicator", BIT(LEVEL) | BIT(FROM) | BIT(TO), BIT(FROM) | BIT(TO), indicator_bind, indicator_log,
     indicator_average, indicator_mass, indicator_moments},
};

const size_t advection_profile_count = sizeof advection_profiles / sizeof *advection_profiles;
