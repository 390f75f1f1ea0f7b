/* mixture.h - a weighted sum of Gaussians at one time: point values, score, cell averages, moments. */
#ifndef WEIR_EXACT_MIXTURE_H
#define WEIR_EXACT_MIXTURE_H

#include <weir/mesh.h>

/** rho = sum_c weight_c N(mean_c, cov_{shape_c}). Components that differ by a shift only (periodic images) share a shape. */
typedef struct mixture {
  int d, n, nshape;
  double *weight;             /* [n], >= 0 */
  double *mean;               /* [n*d] */
  int *shape;                 /* [n] */
  double *cov, *white, *prec; /* [nshape*d*d]: S, W lower triangular with W S W' = I, S^-1 = W'W */
  double *lognorm;            /* [nshape]: -d/2 log(2 pi) - 1/2 log det S */
} mixture;

/** Room for n components of nshape shapes; weights, means, shapes and covariances are for the caller to fill. */
weir_status mixture_create(weir_ctx *ctx, int d, int n, int nshape, mixture **out);
void mixture_destroy(mixture **m);
/** white, prec, lognorm from cov.  @retval WEIR_EARG a covariance is not positive definite at time t (for the message) */
weir_status mixture_factor(weir_ctx *ctx, mixture *m, const char *who, double t);

void mixture_log_density(const mixture *m, ptrdiff_t n, const double *x, double *out);
/** grad log rho. */
void mixture_score(const mixture *m, ptrdiff_t n, const double *x, double *out);
weir_status mixture_average(weir_ctx *ctx, const mixture *m, const weir_mesh *mesh, double *cells);
double mixture_mass(const mixture *m);
void mixture_moments(const mixture *m, double *mean, double *cov);

/** P(|Z - centre| < half) for standard normal Z, relative error a few eps (times centre^2 far out: the argument's own rounding). */
double normal_interval(double centre, double half);

#endif
