/* Gaussian mixtures in affine drift and constant diffusion (affine.h); periodic images.
 *
 *   Images. On a torus of length L the density is sum_n N(m + n L, s^2). For points in a window [a,b] we keep the images with
 *   n from floor((a-m)/L) - N to ceil((b-m)/L) + N, N = ceil(9 s/L): what is left out lies (N+1) L away or farther while the nearest image
 *   lies within L/2, so relative to the sum it is below exp(-((N+1)^2 - 1/4) L^2/(2 s^2)) < 1e-17, in one dimension. */
#include "exact/affine.h"
#include "exact/dense.h"
#include "exact/mixture.h"
#include <math.h>
#include <string.h>

enum { MAX_IMAGES = 20000 };

void affine_destroy(void *self)
{
  affine *g = self;
  if (g == NULL) return;
  weir_free(g->B);
  weir_free(g);
}

static weir_status check_covariance(weir_ctx *ctx, const affine *g, int k, double *work)
{
  const int d = g->d;
  const size_t dd = (size_t)d * (size_t)d;
  double *S = g->cov + (size_t)k * dd, *A = work, *V = work + dd, *w = V + dd;
  WEIR_REQUIRE(dense_is_symmetric(d, S, 1e-12), ctx, WEIR_EARG, "%s: covariance %d is not symmetric", g->who, k);
  dense_symmetrise(d, S);
  if (dense_cholesky(d, S, A)) return WEIR_OK;
  memcpy(A, S, dd * sizeof *A);
  dense_eigen(d, A, w, V);
  double least = w[0], most = w[0];
  for (int a = 1; a < d; a++) least = fmin(least, w[a]), most = fmax(most, w[a]);
  WEIR_REQUIRE(g->D > 0.0 && least >= -1e-12 * fabs(most), ctx, WEIR_EARG,
               "%s: covariance %d has the eigenvalue %.6g, expected a positive %sdefinite matrix", g->who, k, least,
               g->D > 0.0 ? "semi" : "");
  return WEIR_OK;
}

static weir_status fill_mixture(weir_ctx *ctx, affine *g, const weir_exact_arg arg[3])
{
  const int d = g->d, K = g->K, given = arg[1].rows / d;
  const size_t dd = (size_t)d * (size_t)d;
  memcpy(g->mean, arg[0].value, (size_t)K * (size_t)d * sizeof(double));
  double sum = 0.0;
  for (int k = 0; k < K; k++) {
    memcpy(g->cov + (size_t)k * dd, arg[1].value + (given > 1 ? (size_t)k : 0) * dd, dd * sizeof(double));
    g->weight[k] = arg[2].value != NULL ? arg[2].value[k] : 1.0 / K;
    WEIR_REQUIRE(g->weight[k] >= 0.0, ctx, WEIR_EARG, "%s: weight %d is %.17g, expected >= 0", g->who, k, g->weight[k]);
    sum += g->weight[k];
  }
  WEIR_REQUIRE(sum > 0.0 && isfinite(sum), ctx, WEIR_EARG, "%s: the weights sum to %g, expected > 0", g->who, sum);
  double *work = NULL;
  WEIR_TRY(weir_alloc_doubles(ctx, 2 * dd + (size_t)d, "covariance check", &work));
  weir_status s = WEIR_OK;
  for (int k = 0; s == WEIR_OK && k < K; k++) s = check_covariance(ctx, g, k, work);
  weir_free(work);
  return s;
}

weir_status affine_create(weir_ctx *ctx, const char *who, int d, double D, const weir_exact_arg arg[3], affine **out)
{
  *out = NULL;
  const int K = arg[0].rows, given = arg[1].rows / d;
  WEIR_REQUIRE(D >= 0.0, ctx, WEIR_EARG, "%s: parameter 'diffusion' is %.17g, expected >= 0", who, D);
  WEIR_REQUIRE(given == 1 || given == K, ctx, WEIR_EARG,
               "%s: parameter 'covariance' holds %d matrices for %d means, expected 1 or %d", who, given, K, K);
  WEIR_REQUIRE(arg[2].value == NULL || arg[2].rows == K, ctx, WEIR_EARG,
               "%s: parameter 'weight' holds %d numbers for %d means", who, arg[2].rows, K);
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(affine), "Gaussian solution", &p));
  affine *g = p;
  g->who = who, g->d = d, g->K = K, g->D = D;
  const size_t n = (size_t)d, k = (size_t)K;
  weir_status s = weir_alloc_doubles(ctx, n * n + n + k * (1 + n + n * n), "Gaussian solution", &g->B);
  if (s == WEIR_OK) {
    g->c = g->B + n * n;
    g->weight = g->c + n;
    g->mean = g->weight + k;
    g->cov = g->mean + k * n;
    s = fill_mixture(ctx, g, arg);
  }
  if (s != WEIR_OK)
    affine_destroy(g);
  else
    *out = g;
  return s;
}

weir_status affine_exists(weir_ctx *ctx, const void *self, double t)
{
  const affine *g = self;
  WEIR_REQUIRE(isfinite(t), ctx, WEIR_EARG, "%s: no solution at t = %g", g->who, t);
  WEIR_REQUIRE(t >= 0.0 || g->D == 0.0, ctx, WEIR_EARG, "%s: no solution at t = %.17g < 0: diffusion has no past",
               g->who, t);
  return WEIR_OK;
}

/* ------------------------------------------------------------------ the mixture at time t */
/* Images of component k's mean that matter for the window [lo, hi] of axis a. */
static void image_range(const affine *g, int k, int a, double mean, double lo, double hi, double *first, double *last)
{
  const double L = g->len[a], sd = sqrt(g->cov[(k * g->d + a) * g->d + a]), N = ceil(9.0 * sd / L);
  *first = floor((lo - mean) / L) - N;
  *last = ceil((hi - mean) / L) + N;
}

static double count_images(const affine *g, int k, const double *mean, const double *lo, const double *hi)
{
  double count = 1.0;
  for (int a = 0; a < g->d; a++) {
    double first = 0.0, last = 0.0;
    image_range(g, k, a, mean[a], lo[a], hi[a], &first, &last);
    count *= last - first + 1.0;
  }
  return count;
}

/* Components *at .. of m: the images of N(mean, .) for the window. */
static void add_images(const affine *g, int k, const double *mean, const double *lo, const double *hi, mixture *m,
                       int *at)
{
  double first[WEIR_MAXDIM] = {0}, last[WEIR_MAXDIM] = {0}, n[WEIR_MAXDIM];
  for (int a = 0; a < g->d; a++) image_range(g, k, a, mean[a], lo[a], hi[a], &first[a], &last[a]);
  for (n[2] = first[2]; n[2] <= last[2]; n[2]++)
    for (n[1] = first[1]; n[1] <= last[1]; n[1]++)
      for (n[0] = first[0]; n[0] <= last[0]; n[0]++, ++*at) {
        for (int a = 0; a < g->d; a++) m->mean[*at * g->d + a] = mean[a] + n[a] * g->len[a];
        m->weight[*at] = g->weight[k];
        m->shape[*at] = k;
      }
}

/* E, k, Q, then room for a d x d product and the flow's work. */
static size_t flow_doubles(int d)
{
  return 7 * (size_t)d * (size_t)d + 4 * (size_t)d;
}

static void carry(const affine *g, double t, double *work, double *mean, double *cov)
{
  const int d = g->d;
  const size_t dd = (size_t)d * (size_t)d;
  double *E = work, *Q = E + dd, *A = Q + dd, *k = A + dd, *rest = k + d;
  dense_flow(d, g->B, g->c, g->D, t, E, k, Q, rest);
  for (int c = 0; c < g->K; c++) {
    double *m = mean + (size_t)c * (size_t)d, *S = cov + (size_t)c * dd;
    dense_apply(d, E, g->mean + (size_t)c * (size_t)d, m);
    for (int a = 0; a < d; a++) m[a] += k[a];
    dense_mul(d, E, g->cov + (size_t)c * dd, A);
    dense_mul_nt(d, A, E, S);
    for (size_t i = 0; i < dd; i++) S[i] += Q[i];
    dense_symmetrise(d, S);
  }
}

/* The mixture at time t for points in the window (NULL: anywhere; needed if g wraps). Not factored yet. */
static weir_status build(weir_ctx *ctx, const affine *g, double t, const double *lo, const double *hi, mixture **out)
{
  *out = NULL;
  const size_t n = (size_t)g->d, K = (size_t)g->K;
  double *work = NULL;
  WEIR_TRY(affine_exists(ctx, g, t));
  WEIR_TRY(weir_alloc_doubles(ctx, flow_doubles(g->d) + K * (n + n * n), "Gaussians at a time", &work));
  double *mean = work + flow_doubles(g->d), *cov = mean + K * n;
  carry(g, t, work, mean, cov);
  double images = 0.0;
  for (int k = 0; k < g->K; k++) images += g->wrap ? count_images(g, k, mean + k * g->d, lo, hi) : 1.0;
  weir_status s = WEIR_OK;
  if (!(images <= 100.0 * MAX_IMAGES))
    s = WEIR_FAIL(ctx, WEIR_ELIMIT, "%s: %.0f periodic images are needed, limit %d", g->who, images, 100 * MAX_IMAGES);
  if (s == WEIR_OK) s = mixture_create(ctx, g->d, (int)images, g->K, out);
  if (s == WEIR_OK) {
    mixture *m = *out;
    memcpy(m->cov, cov, K * n * n * sizeof *cov);
    int at = 0;
    for (int k = 0; k < g->K; k++) {
      if (g->wrap) {
        add_images(g, k, mean + k * g->d, lo, hi, m, &at);
        continue;
      }
      m->weight[k] = g->weight[k], m->shape[k] = k;
      memcpy(m->mean + k * g->d, mean + k * g->d, n * sizeof *mean);
    }
  }
  weir_free(work);
  return s;
}

static weir_status build_factored(weir_ctx *ctx, const affine *g, double t, const double *lo, const double *hi,
                                  mixture **out)
{
  WEIR_TRY(build(ctx, g, t, lo, hi, out));
  const weir_status s = mixture_factor(ctx, *out, g->who, t);
  if (s != WEIR_OK) mixture_destroy(out);
  return s;
}

static void box_of(const affine *g, double lo[WEIR_MAXDIM], double hi[WEIR_MAXDIM])
{
  for (int a = 0; a < WEIR_MAXDIM; a++) lo[a] = g->lo[a], hi[a] = g->lo[a] + g->len[a];
}

weir_status affine_wrap(weir_ctx *ctx, affine *g, const double *lo, const double *hi)
{
  double images = 0.0;
  g->wrap = true;
  for (int a = 0; a < g->d; a++) g->lo[a] = lo[a], g->len[a] = hi[a] - lo[a];
  for (int k = 0; k < g->K; k++) images += count_images(g, k, g->mean + k * g->d, lo, hi);
  WEIR_REQUIRE(images <= MAX_IMAGES, ctx, WEIR_EARG,
               "%s: the Gaussians are so wide that %.0f periodic images are needed, limit %d", g->who, images,
               MAX_IMAGES);
  return WEIR_OK;
}

/* ------------------------------------------------------------------ class functions */
static void fill_nan(ptrdiff_t n, double *out)
{
  for (ptrdiff_t i = 0; i < n; i++) out[i] = NAN;
}

/* Points moved into the box, in slices of a fixed buffer. */
static void log_density_wrapped(const affine *g, const mixture *m, ptrdiff_t n, const double *x, double *out)
{
  enum { SLICE = 1024 };
  double y[SLICE * WEIR_MAXDIM];
  for (ptrdiff_t from = 0; from < n; from += SLICE) {
    const ptrdiff_t count = n - from < SLICE ? n - from : SLICE;
    for (ptrdiff_t i = 0; i < count * g->d; i++) {
      const double u = x[from * g->d + i] - g->lo[i % g->d], L = g->len[i % g->d];
      y[i] = g->lo[i % g->d] + (u - L * floor(u / L));
    }
    mixture_log_density(m, count, y, out + from);
  }
}

void affine_log_density(const void *self, double t, ptrdiff_t n, const double *x, double *out)
{
  const affine *g = self;
  mixture *m = NULL;
  double lo[WEIR_MAXDIM], hi[WEIR_MAXDIM];
  box_of(g, lo, hi);
  if (build_factored(NULL, g, t, lo, hi, &m) != WEIR_OK) {
    fill_nan(n, out);
    return;
  }
  if (g->wrap)
    log_density_wrapped(g, m, n, x, out);
  else
    mixture_log_density(m, n, x, out);
  mixture_destroy(&m);
}

weir_status affine_average(weir_ctx *ctx, const void *self, const weir_mesh *mesh, double t, double *cells)
{
  const affine *g = self;
  mixture *m = NULL;
  double lo[WEIR_MAXDIM], hi[WEIR_MAXDIM];
  for (int a = 0; a < WEIR_MAXDIM; a++) lo[a] = mesh->axis[a].lo, hi[a] = mesh->axis[a].hi;
  WEIR_TRY(build_factored(ctx, g, t, lo, hi, &m));
  const weir_status s = mixture_average(ctx, m, mesh, cells);
  mixture_destroy(&m);
  return s;
}

bool affine_velocity(const void *self, double t, ptrdiff_t n, const double *x, double *v)
{
  const affine *g = self;
  const int d = g->d;
  mixture *m = NULL;
  if (affine_exists(NULL, g, t) != WEIR_OK || (g->D > 0.0 && build_factored(NULL, g, t, NULL, NULL, &m) != WEIR_OK)) {
    fill_nan(n * d, v);
    return true;
  }
  if (m != NULL) mixture_score(m, n, x, v);
  for (ptrdiff_t p = 0; p < n; p++) {
    double drift[WEIR_EXACT_MAXDIM];
    dense_apply(d, g->B, x + p * d, drift);
    for (int a = 0; a < d; a++) v[p * d + a] = drift[a] + g->c[a] - (m != NULL ? g->D * v[p * d + a] : 0.0);
  }
  mixture_destroy(&m);
  return true;
}

double affine_mass(const void *self, double t)
{
  const affine *g = self;
  if (affine_exists(NULL, g, t) != WEIR_OK) return NAN;
  double mass = 0.0;
  for (int k = 0; k < g->K; k++) mass += g->weight[k];
  return mass;
}

bool affine_moments(const void *self, double t, double *mean, double *cov)
{
  const affine *g = self;
  mixture *m = NULL;
  if (g->wrap || build(NULL, g, t, NULL, NULL, &m) != WEIR_OK) return false;
  mixture_moments(m, mean, cov);
  mixture_destroy(&m);
  return true;
}
