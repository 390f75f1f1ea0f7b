/* weir/sum.h - sums that do not depend on order, thread count or partition.
 *
 *   A weir_sum holds the EXACT sum of the doubles added to it in fixed point: 70 signed 64-bit words, 32 bits apart,
 *   from 2^-1075 up (Neal 2015, arXiv:1505.05571, "small superaccumulator", written anew). Since nothing is rounded
 *   before weir_sum_value(), adding in any order or merging partial sums of any partition gives the same bits,
 *   namely the exact sum rounded once, to nearest even.
 *
 *   Non-finite input: the value is NaN if a NaN or infinities of both signs were added, else that infinity.
 *   Cost: about 2-4 ns per double. Threads: one weir_sum per thread, then weir_sum_merge() in any order. */
#ifndef WEIR_SUM_H
#define WEIR_SUM_H

#include <weir/base.h>

enum { WEIR_SUM_WORDS = 70 };

typedef struct weir_sum {
  int64_t word[WEIR_SUM_WORDS]; /* value = sum_k word[k] * 2^(32 k - 1075) */
  int32_t room;                 /* additions until carries must be passed on */
  int32_t nan, pinf, ninf;      /* non-finite input seen */
} weir_sum;

void weir_sum_clear(weir_sum *s);
void weir_sum_add(weir_sum *s, double x);
/** x[0] + ... + x[n-1]. */
void weir_sum_add_array(weir_sum *s, ptrdiff_t n, const double *x);
/** x[0]*y[0] + ...: every product is rounded once, the sum of the products is exact. */
void weir_sum_add_dot(weir_sum *s, ptrdiff_t n, const double *x, const double *y);
/** *s += *t. */
void weir_sum_merge(weir_sum *s, const weir_sum *t);
/** The exact sum rounded to double. Does not change what the sum holds. */
double weir_sum_value(const weir_sum *s);

#endif
