/* weno.h - what the weighted reconstructions share. */
#ifndef WEIR_FV_WENO_H
#define WEIR_FV_WENO_H

#include "fv/upwind.h"
#include <string.h>

/* A power of 2 between 1/(2x) and 1/x, for normal x > 0: to divide by exactly. */
WEIR_INLINE double weno_scale(double x)
{
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  bits = (UINT64_C(2045) << 52) - (bits & UINT64_C(0x7ff0000000000000));
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* Nodes X[0 .. k] of k cells with widths h[0], h[step], .. in flow order, in units of cell p, which lies from X_p = 0 to X_{p+1} = 1. */
static inline void weno_nodes(int k, int p, const double *h, ptrdiff_t step, double *X)
{
  const double unit = h[p * step];
  X[p] = 0.0, X[p + 1] = 1.0;
  for (int m = p; m > 0; m--) X[m - 1] = X[m] - h[(m - 1) * step] / unit;
  for (int m = p + 1; m < k; m++) X[m + 1] = X[m] + h[m * step] / unit;
}

#endif
