/* Gaussian mixtures: point functions and moments. Whitening z = W (x - m) gives log N = lognorm - |z|^2/2 and the score
 * W' z; sums over components are taken relative to the largest, so nothing underflows. */
#include "exact/mixture.h"
#include <weir/exact.h>
#include "exact/dense.h"
#include <math.h>
#include <string.h>

weir_status mixture_create(weir_ctx *ctx, int d, int n, int nshape, mixture **out)
{
  *out = NULL;
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(mixture), "Gaussian mixture", &p));
  mixture *m = p;
  m->d = d, m->n = n, m->nshape = nshape;
  const size_t dd = (size_t)d * (size_t)d, shapes = (size_t)nshape, comps = (size_t)n;
  void *index = NULL;
  weir_status s = weir_alloc(ctx, comps, sizeof *m->shape, "Gaussian mixture", &index);
  m->shape = index;
  if (s == WEIR_OK)
    s = weir_alloc_doubles(ctx, comps * (1 + (size_t)d) + shapes * (3 * dd + 1), "Gaussian mixture", &m->weight);
  if (s != WEIR_OK) {
    mixture_destroy(&m);
    return s;
  }
  m->mean = m->weight + comps;
  m->cov = m->mean + comps * (size_t)d;
  m->white = m->cov + shapes * dd;
  m->prec = m->white + shapes * dd;
  m->lognorm = m->prec + shapes * dd;
  *out = m;
  return WEIR_OK;
}

void mixture_destroy(mixture **m)
{
  if (*m == NULL) return;
  weir_free((*m)->shape);
  weir_free((*m)->weight);
  weir_free(*m);
  *m = NULL;
}

weir_status mixture_factor(weir_ctx *ctx, mixture *m, const char *who, double t)
{
  const int d = m->d, dd = d * d;
  for (int s = 0; s < m->nshape; s++) {
    double *factor = m->prec + (ptrdiff_t)s * dd, *white = m->white + (ptrdiff_t)s * dd;
    WEIR_REQUIRE(dense_cholesky(d, m->cov + (ptrdiff_t)s * dd, factor), ctx, WEIR_EARG,
                 "%s: no density at t = %.17g: covariance %d is not positive definite there", who, t, s);
    dense_lower_inverse(d, factor, white);
    double logdet = 0.0;
    for (int a = 0; a < d; a++) logdet += log(factor[a * d + a]);
    m->lognorm[s] = -0.5 * d * log(2.0 * WEIR_PI) - logdet;
    dense_mul_tn(d, white, white, factor);
  }
  return WEIR_OK;
}

/* log(weight_c N_c(x)); z = W (x - m_c) is left in z. */
static double log_component(const mixture *m, int c, const double *restrict x, double *restrict z)
{
  const int d = m->d;
  const double *white = m->white + (ptrdiff_t)m->shape[c] * d * d, *mean = m->mean + (ptrdiff_t)c * d;
  double square = 0.0;
  for (int i = 0; i < d; i++) {
    double s = 0.0;
    for (int j = 0; j <= i; j++) s += white[i * d + j] * (x[j] - mean[j]);
    z[i] = s;
    square += s * s;
  }
  return log(m->weight[c]) + m->lognorm[m->shape[c]] - 0.5 * square;
}

static double log_density_at(const mixture *m, const double *x)
{
  double z[WEIR_EXACT_MAXDIM], top = -INFINITY, sum = 0.0;
  for (int c = 0; c < m->n; c++) {
    const double l = log_component(m, c, x, z);
    if (isnan(l)) return NAN;
    if (l == -(double)INFINITY) continue;
    if (l > top) {
      sum = sum * exp(top - l) + 1.0;
      top = l;
    } else {
      sum += exp(l - top);
    }
  }
  return sum > 0.0 ? top + log(sum) : -(double)INFINITY;
}

void mixture_log_density(const mixture *m, ptrdiff_t n, const double *x, double *out)
{
#pragma omp parallel for schedule(static) if (n > 4096)
  for (ptrdiff_t p = 0; p < n; p++) out[p] = log_density_at(m, x + p * m->d);
}

/* sum_c r_c S_c^-1 (m_c - x), r_c the share of component c in rho(x). */
static void score_at(const mixture *m, const double *restrict x, double *restrict score)
{
  const int d = m->d;
  double z[WEIR_EXACT_MAXDIM], top = -INFINITY, sum = 0.0;
  for (int i = 0; i < d; i++) score[i] = 0.0;
  for (int c = 0; c < m->n; c++) {
    const double l = log_component(m, c, x, z);
    if (l == -(double)INFINITY) continue;
    double share = 1.0;
    if (l > top) {
      const double old = sum > 0.0 ? exp(top - l) : 0.0;
      sum = sum * old + 1.0;
      for (int i = 0; i < d; i++) score[i] *= old;
      top = l;
    } else {
      share = exp(l - top);
      sum += share;
    }
    const double *white = m->white + (ptrdiff_t)m->shape[c] * d * d;
    for (int i = 0; i < d; i++)
      for (int j = 0; j <= i; j++) score[j] -= share * white[i * d + j] * z[i];
  }
  for (int i = 0; i < d; i++) score[i] /= sum;
}

void mixture_score(const mixture *m, ptrdiff_t n, const double *x, double *out)
{
#pragma omp parallel for schedule(static) if (n > 4096)
  for (ptrdiff_t p = 0; p < n; p++) score_at(m, x + p * m->d, out + p * m->d);
}

double mixture_mass(const mixture *m)
{
  double mass = 0.0;
  for (int c = 0; c < m->n; c++) mass += m->weight[c];
  return mass;
}

void mixture_moments(const mixture *m, double *mean, double *cov)
{
  const int d = m->d;
  const double mass = mixture_mass(m);
  memset(mean, 0, (size_t)d * sizeof *mean);
  memset(cov, 0, (size_t)d * (size_t)d * sizeof *cov);
  for (int c = 0; c < m->n; c++)
    for (int i = 0; i < d; i++) mean[i] += m->weight[c] / mass * m->mean[c * d + i];
  for (int c = 0; c < m->n; c++) {
    const double w = m->weight[c] / mass, *mc = m->mean + (ptrdiff_t)c * d;
    const double *S = m->cov + (ptrdiff_t)m->shape[c] * d * d;
    for (int i = 0; i < d; i++)
      for (int j = 0; j < d; j++) cov[i * d + j] += w * (S[i * d + j] + (mc[i] - mean[i]) * (mc[j] - mean[j]));
  }
}
