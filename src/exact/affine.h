/* affine.h - Gaussian mixtures carried by dX = (B X + c) dt + sqrt(2 D) dW: one engine for advection, linear flow, heat and
 * Ornstein-Uhlenbeck. Component k is N(m_k, S_k) at t = 0 and N(E m_k + k(t), E S_k E' + Q(t)) at t (flow.c); the equation is linear
 * in rho, so mixtures go over component by component with their weights.
 * Velocity: B x + c - D grad log rho (the last term is the probability flow). */
#ifndef WEIR_EXACT_AFFINE_H
#define WEIR_EXACT_AFFINE_H

#include <weir/exact.h>

typedef struct affine {
  const char *who; /* class name, for messages */
  int d, K;
  double D;
  double *B, *c;               /* d*d, d; zero until the class sets them */
  double *weight, *mean, *cov; /* K, K*d, K*d*d at t = 0 */
  bool wrap;                   /* periodic box [lo, lo+len), D = 0 and B = 0 only, d <= 3 */
  double lo[WEIR_MAXDIM], len[WEIR_MAXDIM];
} affine;

/** The three parameters every such class has, in this order and with these names. */
#define AFFINE_PARAMS                                                                                                  \
  {.name = "mean",                                                                                                     \
   .shape = WEIR_EXACT_POINTS,                                                                                         \
   .need = WEIR_EXACT_DEFAULT,                                                                                         \
   .fallback = 0.0,                                                                                                    \
   .doc = "means of the Gaussians at t = 0 [length]"},                                                                 \
      {.name = "covariance",                                                                                           \
       .shape = WEIR_EXACT_MATRICES,                                                                                   \
       .need = WEIR_EXACT_DEFAULT,                                                                                     \
       .fallback = 1.0,                                                                                                \
       .doc = "covariances at t = 0 [length^2], one for each mean or one for all"},                                    \
  {                                                                                                                    \
    .name = "weight", .shape = WEIR_EXACT_WEIGHTS, .need = WEIR_EXACT_OPTIONAL,                                        \
    .doc = "masses of the Gaussians; absent: equal, sum 1"                                                             \
  }

/** @param arg  the three parameters above; D >= 0. B and c are zero: set them afterwards.
 *  @retval WEIR_EARG numbers of means, covariances and weights disagree, a weight is negative or all are 0, a covariance is not
 *                    symmetric or not positive definite (D > 0: semidefinite)  @retval WEIR_ENOMEM */
weir_status affine_create(weir_ctx *ctx, const char *who, int d, double D, const weir_exact_arg arg[3], affine **out);
/** Wrap into the box: sums over periodic images.  @retval WEIR_EARG Gaussians so wide that more than 20000 images are needed */
weir_status affine_wrap(weir_ctx *ctx, affine *g, const double *lo, const double *hi);

/* The class functions; self is an affine. */
void affine_destroy(void *self);
weir_status affine_exists(weir_ctx *ctx, const void *self, double t);
void affine_log_density(const void *self, double t, ptrdiff_t n, const double *x, double *out);
weir_status affine_average(weir_ctx *ctx, const void *self, const weir_mesh *m, double t, double *cells);
bool affine_velocity(const void *self, double t, ptrdiff_t n, const double *x, double *v);
double affine_mass(const void *self, double t);
bool affine_moments(const void *self, double t, double *mean, double *cov);

#endif
