/* weir/rng.h - counter-based random numbers: the k-th number of stream s under seed z is a function of (z, s, k),
 * so results do not depend on the number of threads or on who draws first.
 *
 *   Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC'11, sec. 4.3): key = seed, counter = (block, stream).
 *   Threads: one weir_rng per thread; different streams are independent. */
#ifndef WEIR_RNG_H
#define WEIR_RNG_H

#include <weir/base.h>

typedef struct weir_rng {
  uint64_t seed, stream, block;
  uint32_t word[4];
  int left; /* words of the current block not handed out yet */
} weir_rng;

/** The philox4x32-10 block function itself: 4 words from a 128-bit counter and a 64-bit key. */
void weir_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);
void weir_rng_seed(weir_rng *r, uint64_t seed, uint64_t stream);
uint32_t weir_rng_u32(weir_rng *r);
/** Uniform on the 2^53 multiples of 2^-53 in [0,1). */
double weir_rng_uniform(weir_rng *r);
/** Standard normal (Box-Muller, one value a call, two uniforms). */
double weir_rng_normal(weir_rng *r);
/** Binomial(n, p): exact law for any n >= 0, p in [0,1] (inversion for small n p, else the BTRS
 *  rejection of Hormann 1993, J. Stat. Comput. Simul. 46, 101). */
int64_t weir_rng_binomial(weir_rng *r, int64_t n, double p);
/** Counts k_0..k_{m-1} of n draws with probabilities p_j >= 0 (need not sum to 1: what is missing to `total`
 *  falls into no cell), by conditional binomials in the order given. */
void weir_rng_multinomial(weir_rng *r, int64_t n, ptrdiff_t m, const double *p, double total, int64_t *k);

#endif
