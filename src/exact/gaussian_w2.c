/* W2 distance of two Gaussians.
 *
 *   W2^2 = |m1-m2|^2 + tr(S1 + S2 - 2 (S1^{1/2} S2 S1^{1/2})^{1/2}), and with any R R' = S the trace is
 *       min over orthogonal U of |R1 - R2 U|_F^2 = tr S1 + tr S2 - 2 |R1'R2|_nuclear :
 *   coupling X1 = R1 Z, X2 = R2 U Z. With R1'R2 = P diag(s) Q' the minimum is U = Q P', and |R1 - R2 U|_F = |R1 P - R2 Q|_F is a sum of
 *   squares: nearly equal Gaussians lose no digits, where the trace formula has an error of sqrt(eps). */
#include <weir/exact.h>
#include "exact/dense.h"
#include <math.h>
#include <string.h>

/* R with R R' = S; work: 2 d*d + d. */
static weir_status root(weir_ctx *ctx, int d, const double *S, int which, double *work, double *R)
{
  const size_t dd = (size_t)d * (size_t)d;
  double *A = work, *V = A + dd, *w = V + dd, most = 0.0, least = INFINITY;
  for (size_t i = 0; i < dd; i++)
    WEIR_REQUIRE(isfinite(S[i]), ctx, WEIR_EARG, "covariance %d: entry %zu is %g", which, i, S[i]);
  WEIR_REQUIRE(dense_is_symmetric(d, S, 1e-12), ctx, WEIR_EARG, "covariance %d is not symmetric", which);
  memcpy(A, S, dd * sizeof *A);
  dense_symmetrise(d, A);
  dense_eigen(d, A, w, V);
  for (int a = 0; a < d; a++) most = fmax(most, fabs(w[a])), least = fmin(least, w[a]);
  WEIR_REQUIRE(least >= -1e-12 * most, ctx, WEIR_EARG,
               "covariance %d has the eigenvalue %.6g, expected a positive semidefinite matrix", which, least);
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++) R[i * d + j] = V[i * d + j] * sqrt(fmax(w[j], 0.0));
  return WEIR_OK;
}

static weir_status distance(weir_ctx *ctx, int d, const double *m1, const double *S1, const double *m2,
                            const double *S2, double *work, double *w2)
{
  const size_t dd = (size_t)d * (size_t)d;
  double *R1 = work, *R2 = R1 + dd, *C = R2 + dd, *Q = C + dd, *s = Q + dd;
  WEIR_TRY(root(ctx, d, S1, 1, C, R1));
  WEIR_TRY(root(ctx, d, S2, 2, C, R2));
  dense_mul_tn(d, R1, R2, C);
  dense_svd(d, C, s, Q);
  double square = 0.0;
  for (int a = 0; a < d; a++) square += (m1[a] - m2[a]) * (m1[a] - m2[a]);
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++) {
      double u = 0.0;
      for (int k = 0; k < d; k++) u += R1[i * d + k] * C[k * d + j] - R2[i * d + k] * Q[k * d + j];
      square += u * u;
    }
  *w2 = sqrt(square);
  return WEIR_OK;
}

weir_status weir_gaussian_w2(weir_ctx *ctx, int d, const double *m1, const double *S1, const double *m2,
                             const double *S2, double *w2)
{
  WEIR_REQUIRE(d >= 1 && d <= WEIR_EXACT_MAXDIM, ctx, WEIR_EARG, "dimension %d, expected 1 .. %d", d,
               (int)WEIR_EXACT_MAXDIM);
  for (int a = 0; a < d; a++)
    WEIR_REQUIRE(isfinite(m1[a]) && isfinite(m2[a]), ctx, WEIR_EARG, "means: entry %d is %g and %g", a, m1[a], m2[a]);
  double *work = NULL;
  WEIR_TRY(weir_alloc_doubles(ctx, 4 * (size_t)d * (size_t)d + (size_t)d, "Gaussian distance", &work));
  const weir_status s = distance(ctx, d, m1, S1, m2, S2, work, w2);
  weir_free(work);
  return s;
}
