/* Kernels of the limiters. Loops only: no call, no branch that depends on data. */
#include "fv/limit_row.h"
#include "fv/kernel.h"

/* ROOM: what the roundings of an update can take, 16 times over. Below TINY products lose digits to underflow: such a cell gives nothing. */
static const double ROOM = 0x1p-47, TINY = 0x1p-700;

WEIR_INLINE double leaves(double low, double top)
{
  return weir_max(top, 0.0) - weir_min(low, 0.0);
}

WEIR_INLINE double holds(double q, double q0)
{
  const double there = q - ROOM * (q + q0);
  return there < TINY ? 0.0 : there;
}

WEIR_INLINE void excess(ptrdiff_t n, const double *restrict q, const double *restrict q0, const double *restrict x,
                        const double *restrict inverse, const double *restrict l0, const double *restrict t0,
                        const double *restrict l1, const double *restrict t1, double h0, double h1, double euler,
                        ptrdiff_t inc, int others, bool share, double *restrict y)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    double out = leaves(x[i], x[i + 1]) * inverse[i * inc];
    if (others > 0) out += leaves(l0[i], t0[i]) * h0;
    if (others > 1) out += leaves(l1[i], t1[i]) * h1;
    const double have = holds(q[i], q0[i]);
    out *= euler;
    if (share)
      y[i] = out > have ? have / out : 1.0;
    else
      y[i] = out - have;
  }
}

#define CELLS(others, inc, share)                                                                                      \
  excess(n, c->q, c->q0, c->x, c->inverse, c->low[0], c->top[0], c->low[1], c->top[1], c->h[0], c->h[1], c->euler,     \
         inc, others, share, y)
#define DIMENSIONS(inc, share)                                                                                         \
  do {                                                                                                                 \
    if (c->low[0] == NULL)                                                                                             \
      CELLS(0, inc, share);                                                                                            \
    else if (c->low[1] == NULL)                                                                                        \
      CELLS(1, inc, share);                                                                                            \
    else                                                                                                               \
      CELLS(2, inc, share);                                                                                            \
  } while (0)

WEIR_CLONES void weir_limit_excess(ptrdiff_t n, const weir_limit_cells *c, double *restrict y)
{
  if (c->inc == 0)
    DIMENSIONS(0, false);
  else
    DIMENSIONS(1, false);
}

WEIR_CLONES void weir_limit_share(ptrdiff_t n, const weir_limit_cells *c, double *restrict y)
{
  if (c->inc == 0)
    DIMENSIONS(0, true);
  else
    DIMENSIONS(1, true);
}

WEIR_CLONES ptrdiff_t weir_limit_count(ptrdiff_t n, const double *theta)
{
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < n; i++) count += theta[i] < 1.0 ? 1 : 0;
  return count;
}

WEIR_CLONES void weir_limit_scale(ptrdiff_t n, const double *left, const double *right, double *restrict f)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const double l = left[i], r = right[i];
    f[i] *= f[i] > 0.0 ? l : r;
  }
}

WEIR_CLONES void weir_limit_donor(ptrdiff_t n, ptrdiff_t s, double a, const double *restrict w,
                                  const double *restrict q, double *restrict f)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const double u = a * w[i], l = q[i - s], r = q[i];
    f[i] = u * (u > 0.0 ? l : r);
  }
}

WEIR_CLONES void weir_limit_gather(ptrdiff_t n, const double *restrict low0, const double *restrict low1,
                                   const double *restrict high0, const double *restrict high1,
                                   const double *restrict inverse, ptrdiff_t inc, double *restrict up,
                                   double *restrict down)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const double l = high0[i] - low0[i], r = high1[i] - low1[i], h = inverse[i * inc];
    up[i] += (weir_max(l, 0.0) - weir_min(r, 0.0)) * h;
    down[i] += (weir_max(r, 0.0) - weir_min(l, 0.0)) * h;
  }
}

WEIR_CLONES void weir_limit_widen(ptrdiff_t n, ptrdiff_t s, int sign, const double *restrict x, double *restrict most)
{
  if (sign > 0)
    for (ptrdiff_t i = 0; i < n; i++) most[i] = weir_max(most[i], weir_max(x[i - s], x[i + s]));
  else
    for (ptrdiff_t i = 0; i < n; i++) most[i] = weir_min(most[i], weir_min(x[i - s], x[i + s]));
}

WEIR_CLONES void weir_limit_ratio(ptrdiff_t n, double euler, int sign, const double *restrict bound,
                                  const double *restrict q, double *restrict sum)
{
  const double one = sign;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double room = weir_max(one * (bound[i] - q[i]), 0.0), want = euler * sum[i];
    sum[i] = want > room ? room / want : 1.0;
  }
}

WEIR_CLONES void weir_limit_blend(ptrdiff_t n, const double *up_left, const double *down_left, const double *up_right,
                                  const double *down_right, const double *restrict low, double *restrict high)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const double a = high[i] - low[i];
    const double right = weir_min(up_right[i], down_left[i]), left = weir_min(up_left[i], down_right[i]);
    const double c = a > 0.0 ? right : left;
    high[i] = c < 1.0 ? low[i] + c * a : high[i];
  }
}
