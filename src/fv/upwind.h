/* upwind.h - linear upwind face values from an odd number k of cells, on any widths.
 *
 *   In flow order the cells are 0 .. k-1, the flow leaves cell p = (k-1)/2 through the face between p and p+1. The polynomial of degree
 *   k-1 with their k averages is the derivative of the one of degree k through the k+1 values of the primitive at the nodes
 *   X_0 .. X_k, so its value at x* = X_{p+1} is sum_m c_m q_m with
 *       c_m = (X_{m+1} - X_m) sum_{l>m} [ sum_{w != l} prod_{t != l,w} (x* - X_t) ] / prod_{t != l} (X_l - X_t)
 *   (Shu, NASA CR-97-206253 (1997), eq. 2.20). In differences, since sum c = 1 (constants are exact in every bit):
 *       rho_face = q_p + sum_{m<k-1} w_m (q_{m+1} - q_m),   w_m = -(c_0 + .. + c_m) for m < p,  c_{m+1} + .. + c_{k-1} else. */
#ifndef WEIR_FV_UPWIND_H
#define WEIR_FV_UPWIND_H

#include <weir/scheme.h>
#include "fv/kernel.h"

enum { UPWIND_MAX = 9 };

/** Weights c[0 .. k-1] of the averages of k <= 9 cells between the nodes X[0 .. k] in the value at x of their polynomial: the formula
 *  above for any x. */
void weir_stencil_weights(int k, const double *X, double x, double *c);
/** Difference weights w[0 .. k-2] of k cells with widths h[0], h[step], .., in flow order; the flow leaves cell (k-1)/2. k in 3..9. */
void weir_upwind_weights(int k, const double *h, ptrdiff_t step, double *w);

/* Coefficients of a face for weir_recon.coef: k-1 for flow to the right, then k-1 for flow to the left. */
WEIR_INLINE void upwind_coef(int k, const double *h, double *w)
{
  const int p = (k - 1) / 2;
  weir_upwind_weights(k, h - 1 - p, 1, w);
  weir_upwind_weights(k, h + p, -1, w + k - 1);
}

/* k, inc and same are known when this is compiled: all inner loops vanish. */
WEIR_INLINE void upwind_faces(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                              const weir_stencil *st, double *restrict face, int k, ptrdiff_t inc, bool same)
{
  const int p = (k - 1) / 2;
  const double *w[2 * (UPWIND_MAX - 1)];
  double fixed[2 * (UPWIND_MAX - 1)];
#pragma GCC unroll 16
  for (int m = 0; m < 2 * (k - 1); m++) w[m] = st->w[m], fixed[m] = st->w[m][0];
  for (ptrdiff_t i = 0; i < n; i++) {
    const bool right = u[i] > 0.0;
    double x[UPWIND_MAX + 1], y[UPWIND_MAX], sum = 0.0;
#pragma GCC unroll 16
    for (int m = 0; m <= k; m++) x[m] = q[i + (m - p - 1) * s];
#pragma GCC unroll 16
    for (int m = 0; m < k; m++) y[m] = right ? x[m] : x[k - m];
#pragma GCC unroll 16
    for (int m = 0; m < k - 1; m++) {
      const double up = inc == 0 ? fixed[m] : w[m][i], down = inc == 0 ? fixed[m + k - 1] : w[m + k - 1][i];
      sum += (same || right ? up : down) * (y[m + 1] - y[m]);
    }
    face[i] = y[p] + sum;
  }
}

WEIR_INLINE void upwind_row(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                            const weir_stencil *st, double *restrict face, int k)
{
  bool same = st->inc == 0;
  for (int m = 0; m < k - 1; m++) same = same && st->w[m][0] == st->w[m + k - 1][0];
  if (st->inc != 0)
    upwind_faces(n, s, q, u, st, face, k, 1, false);
  else if (same)
    upwind_faces(n, s, q, u, st, face, k, 0, true);
  else
    upwind_faces(n, s, q, u, st, face, k, 0, false);
}

#endif
