/* gauss.h - a Gaussian truth on a mesh and clouds drawn from it, for tests of the judge. */
#ifndef WEIR_TESTS_GAUSS_H
#define WEIR_TESTS_GAUSS_H

#include <weir/cloud.h>
#include <weir/judge.h>
#include <weir/rng.h>

/* x = mean + L z, z standard normal, L lower triangular with positive diagonal. A second component of weight `other` is shifted by
 * `apart` along axis 0. */
typedef struct gauss {
  int dim;
  double mean[3], L[3][3], other, apart;
  /* the truth's side; rho is filled by gauss_mesh() */
  weir_mesh *mesh;
  double *rho, *error;
  bool error_signed, exact_log;
  double mass; /* what the truth claims; 1 */
  double unit; /* of mass, see weir_truth */
  int fail_at; /* step at which the truth callback fails, -1 = never */
} gauss;

/* dim-dimensional, mean (.5,-.3,.2), covariance of order 1 with correlation. */
gauss gauss_make(int dim);
/* n^dim cells on [-half, half]^dim; exact to rounding cell averages (6 points a direction). */
void gauss_mesh(weir_ctx *ctx, gauss *g, ptrdiff_t n, double half, weir_grading rule, double grade);
void gauss_clear(gauss *g);
double gauss_log(const gauss *g, const double *x);
void gauss_sample(const gauss *g, weir_rng *rng, double *x);
/* The truth callback: user is a gauss. */
weir_truth_fn gauss_truth;
/* `steps` steps of the same n particles from g (with the right log-density if `density`), times 0, .1, .2, ... */
weir_cloud *gauss_cloud(weir_ctx *ctx, const gauss *g, int steps, ptrdiff_t n, uint64_t seed, bool density);
/* The row, or NULL. */
const weir_check *find_check(const weir_verdict *v, const char *check, const char *statistic, int step);
/* Smallest p of the counts rows at a step (1 if there are none) and whether one of them failed. */
double counts_p(const weir_verdict *v, int step, bool *failed);

#endif
