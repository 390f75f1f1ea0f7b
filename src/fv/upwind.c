/* The weights of upwind.h. */
#include "fv/upwind.h"

/* d/dx at x* of the l-th Lagrange polynomial on X_0 .. X_k. */
static double lagrange_slope(int k, const double *X, double x, int l)
{
  double top = 0.0, bottom = 1.0;
  for (int t = 0; t <= k; t++) {
    double product = 1.0;
    if (t == l) continue;
    bottom *= X[l] - X[t];
    for (int r = 0; r <= k; r++)
      if (r != l && r != t) product *= x - X[r];
    top += product;
  }
  return top / bottom;
}

void weir_stencil_weights(int k, const double *X, double x, double *c)
{
  double tail = 0.0;
  for (int m = k - 1; m >= 0; m--) {
    tail += lagrange_slope(k, X, x, m + 1);
    c[m] = (X[m + 1] - X[m]) * tail;
  }
}

/* Widths are taken relative to the upwind cell's: equal widths become exact small integers, and scale does not matter. */
void weir_upwind_weights(int k, const double *h, ptrdiff_t step, double *w)
{
  const int p = (k - 1) / 2;
  double X[UPWIND_MAX + 1] = {0.0}, c[UPWIND_MAX] = {0.0};
  X[p] = 0.0;
  for (int m = p; m < k; m++) X[m + 1] = X[m] + h[m * step] / h[p * step];
  for (int m = p; m > 0; m--) X[m - 1] = X[m] - h[(m - 1) * step] / h[p * step];
  weir_stencil_weights(k, X, X[p + 1], c);
  double sum = 0.0;
  for (int m = 0; m < p; m++) sum += c[m], w[m] = -sum;
  sum = 0.0;
  for (int m = k - 2; m >= p; m--) sum += c[m + 1], w[m] = sum;
}
