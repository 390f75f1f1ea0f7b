/* Fifth order on equal widths; on others the same weights of slopes keep linear data, and third order. */
#include "mutant.h"

enum { DIFFERENCES = 4 };
static const double weight[DIFFERENCES] = {-2. / 60, 11. / 60, 24. / 60, -3. / 60};

/* h_C over the distance of the centres of two neighbours, in flow order, for both directions. */
static void slopes(const double *h, double *w)
{
  for (int m = 0; m < DIFFERENCES; m++) {
    w[m] = weight[m] * (h[-1] / (0.5 * (h[m - 3] + h[m - 2])));
    w[DIFFERENCES + m] = weight[m] * (h[0] / (0.5 * (h[2 - m] + h[1 - m])));
  }
}

static double face_value(double u, const double *q, ptrdiff_t s, const weir_stencil *st, ptrdiff_t i)
{
  const int right = u > 0;
  const double *p = q + i - (right ? s : 0);
  const ptrdiff_t step = right ? s : -s;
  double sum = 0;
  for (int m = 0; m < DIFFERENCES; m++)
    sum += st->w[right ? m : DIFFERENCES + m][i * st->inc] * (p[(m - 1) * step] - p[(m - 2) * step]);
  return p[0] + sum;
}

ROW(((void)c, face_value(u[i], q, s, st, i)))
#undef EXTRA
#define EXTRA      .linear = 5, .product = 4,
#define sound_coef slopes
#undef COEFFICIENTS
#define COEFFICIENTS 2 * DIFFERENCES
SCHEME("stretched-order", 5, 3, 0, WEIR_LINEAR)
