/* uniformise.h - the exponential of a Markov generator, exact in time to rounding (Jensen 1953; truncation: Fox, Glynn 1988).
 *
 *   For r' = Q r + b with Q_ij >= 0 off the diagonal and Lambda >= max |Q_ii|, the map  S r = (I + Q/Lambda) r + b/Lambda  has
 *   coefficients >= 0 and
 *       r(T) = sum_k w_k S^k r(0),      w_k = e^-mean mean^k / k!,      mean = Lambda T
 *   (for b != 0 apply the identity to the generator of (r,1)). No difference is taken between terms: r(0) >= 0 gives r(T) >= 0, and
 *   each term has the mass of r(0). Since r_k = S^k r(0),
 *       r(T) - r(0) = sum_j tail_j (r_{j+1} - r_j),      tail_j = sum_{k>j} w_k,
 *   what crosses a wall in step j counts tail_j times. The sum is taken as a running mean, a <- a + share_k (r_k - a): it weighs to 1
 *   exactly, so a state at rest stays to the last bit however often this is repeated, and it is positive: for r < a the computed
 *   a - r is at most a. Knows arrays and a callback, no mesh. */
#ifndef WEIR_TIME_UNIFORMISE_H
#define WEIR_TIME_UNIFORMISE_H

#include <weir/base.h>

/** Poisson weights of first <= k <= last; together they weigh 1 to 1 ulp of the largest, the rest at most 2e-18. */
typedef struct weir_poisson {
  double mean;
  int64_t first, last;
  double *weight; /* weight[k - first] */
  double *tail;   /* tail[k - first] = weight of (k, last]; 1 for k < first */
  double *share;  /* share[k - first] = w_k / (w_first + .. + w_k): 1 for k = first */
} weir_poisson;

/** @param mean  0 <= mean <= 2^40  @param[out] out owned by the caller; NULL after a failure
 *  @retval WEIR_EARG mean out of range or NaN  @retval WEIR_ENOMEM */
weir_status weir_poisson_create(weir_ctx *ctx, double mean, weir_poisson **out);
void weir_poisson_destroy(weir_poisson **p);

typedef struct weir_chain {
  /** next = S r and, if share > 0, acc += share * (r - acc). */
  void (*step)(void *user, double share, const double *r, double *next, double *acc);
  /** Called before each step with that step's tail. NULL: not called. */
  void (*note)(void *user, double tail, const double *r);
  /** Asked before each step; true stops. NULL: never. */
  bool (*stop)(void *user);
  void *user;
} weir_chain;

/** acc = sum_k weight_k S^k r in last steps. r and spare, len doubles each, are overwritten; acc is cleared first.
 *  What S reads but does not write (constant ghosts) must be in both r and spare.
 *  @retval WEIR_EINTERRUPTED chain->stop said so; acc is unusable */
weir_status weir_uniformise(weir_ctx *ctx, const weir_poisson *p, const weir_chain *chain, ptrdiff_t len, double *r,
                            double *spare, double *acc);

#endif
