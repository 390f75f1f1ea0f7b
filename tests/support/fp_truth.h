/* fp_truth.h - Fokker-Planck problems with known solutions, for the order tests. Cell averages of Gaussians come from erf or, when
 * correlated, from quadrature; moments from their own ordinary differential equations. Nothing here uses fv, time or solve. */
#ifndef WEIR_TESTS_FP_TRUTH_H
#define WEIR_TESTS_FP_TRUTH_H

#include <weir/solve.h>

/* A drift -A (x - 0) and noise D; the Gaussian that follows it. */
typedef struct ou {
  int dim;
  double a[3][3], D, mean[3], cov[3][3];
} ou;

/* Mean and covariance after time t: m' = -A m, S' = -A S - S A' + 2 D I, by 4000 Runge-Kutta steps (error < 1e-12). */
void ou_moments(ou *p, double t);
/* Point functions, user = ou: the quadratic potential of the symmetric part, the antisymmetric part's drift, the density. */
void ou_potential(void *user, double t, ptrdiff_t n, const double *const x[3], double *out);
void ou_drift_x(void *user, double t, ptrdiff_t n, const double *const x[3], double *out);
void ou_drift_y(void *user, double t, ptrdiff_t n, const double *const x[3], double *out);
void ou_drift_z(void *user, double t, ptrdiff_t n, const double *const x[3], double *out);
void ou_density(void *user, double t, ptrdiff_t n, const double *const x[3], double *out);
/* Cell averages of the density: products of erf differences if cov is diagonal, else 6-point quadrature. */
void ou_averages(weir_ctx *ctx, const ou *p, const weir_mesh *m, double *out);

/* sum |C| |a - b| */
double l1_distance(const weir_mesh *m, const double *a, const double *b);
/* Make the run, advance to `time`, hand out the run. */
weir_run *run_to(weir_ctx *ctx, const weir_problem *p, const weir_run_options *o, double time);
/* L1 error at time T of the Ornstein-Uhlenbeck process on a mesh; stats may be NULL. */
double ou_error(weir_ctx *ctx, const ou *p, const weir_mesh *m, const weir_run_options *o, double T,
                weir_run_stats *stats);
/* A mesh of equal cubes or, if stretch != 0, with nodes x = c s + stretch s^3 scaled to the box: finer in the middle. */
weir_mesh *box_mesh(weir_ctx *ctx, int dim, ptrdiff_t n, double lo, double hi, double stretch);
/* All sides of one kind. */
weir_boundary sides_of(int dim, weir_side_kind kind);

#endif
