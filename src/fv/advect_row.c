/* Row kernels of the sweep. Loops only: no call, no branch that depends on data. */
#include "fv/advect_row.h"
#include "fv/kernel.h"
#include <math.h>

WEIR_CLONES void weir_row_scale(ptrdiff_t n, double f, const double *restrict x, double *restrict y)
{
  for (ptrdiff_t i = 0; i < n; i++) y[i] = f * x[i];
}

WEIR_CLONES void weir_row_times_number(ptrdiff_t n, double f, double *y)
{
  for (ptrdiff_t i = 0; i < n; i++) y[i] *= f;
}

WEIR_CLONES void weir_row_times(ptrdiff_t n, const double *restrict x, double *restrict y)
{
  for (ptrdiff_t i = 0; i < n; i++) y[i] *= x[i];
}

WEIR_CLONES void weir_row_add_difference(ptrdiff_t n, const double *restrict low, const double *restrict top, double f,
                                         const double *restrict extra, double *restrict y)
{
  if (extra == NULL)
    for (ptrdiff_t i = 0; i < n; i++) y[i] = (low[i] - top[i]) * f;
  else
    for (ptrdiff_t i = 0; i < n; i++) y[i] = (low[i] - top[i]) * f + extra[i];
}

enum { FIRST, GENERAL, REGISTER }; /* q is q0; no register; with register */

/* restrict on parameters and not on locals: gcc 12 forgets the latter and checks for aliasing at run time. */
WEIR_INLINE void update(ptrdiff_t n, const double *restrict q, const double *restrict q0, const double *restrict x,
                        const double *restrict inverse, const double *restrict low, const double *restrict top,
                        const double *restrict extra, double *restrict D, double *restrict out, double h,
                        const weir_rk_stage *rk, double dt, ptrdiff_t inc, bool more, int kind)
{
  const double keep = rk->s, e = rk->e * dt, c = rk->c * dt, A = rk->A, g = rk->g, B = rk->B;
  for (ptrdiff_t i = 0; i < n; i++) {
    double L = (x[i] - x[i + 1]) * inverse[i * inc] + (low[i] - top[i]) * h;
    if (more) L += extra[i];
    if (kind == FIRST) {
      out[i] = q[i] + e * L;
    } else {
      const double d = q[i] - q0[i];
      double y = q0[i] + (keep * d + e * L);
      if (kind == REGISTER) {
        const double r = A * D[i] + (g * d + c * L);
        D[i] = r;
        y += B * r;
      }
      out[i] = y;
    }
  }
}

WEIR_INLINE void update_inc(ptrdiff_t n, const weir_row_state *s, const weir_rk_stage *rk, double dt, ptrdiff_t inc)
{
#define UPDATE(more, kind)                                                                                             \
  update(n, s->q, s->q0, s->x, s->inverse, s->low, s->top, s->extra, s->D, s->out, s->inverse_low, rk, dt, inc, more,  \
         kind)
  const int kind = s->D != NULL ? REGISTER : s->q == s->q0 ? FIRST : GENERAL;
  const bool more = s->extra != NULL;
  if (kind == FIRST && !more)
    UPDATE(false, FIRST);
  else if (kind == FIRST)
    UPDATE(true, FIRST);
  else if (kind == GENERAL && !more)
    UPDATE(false, GENERAL);
  else if (kind == GENERAL)
    UPDATE(true, GENERAL);
  else if (!more)
    UPDATE(false, REGISTER);
  else
    UPDATE(true, REGISTER);
#undef UPDATE
}

WEIR_CLONES void weir_row_update(ptrdiff_t n, ptrdiff_t inc, const weir_row_state *s, const weir_rk_stage *rk,
                                 double dt)
{
  if (inc == 0)
    update_inc(n, s, rk, dt, 0);
  else
    update_inc(n, s, rk, dt, 1);
}

/* A minimum does not depend on the order but for the sign of 0, which + 0.0 settles; that a sum of zeros and NaNs is NaN does not either.
 * x - x is NaN where x is not finite. */
WEIR_CLONES double weir_row_min(ptrdiff_t n, const double *x)
{
  double low = INFINITY, bad = 0.0;
#pragma omp simd reduction(min : low) reduction(+ : bad)
  for (ptrdiff_t i = 0; i < n; i++) low = weir_min(x[i], low), bad += x[i] - x[i];
  return isnan(bad) ? (double)NAN : low + 0.0;
}

WEIR_CLONES double weir_row_max(ptrdiff_t n, const double *x)
{
  double high = -INFINITY, bad = 0.0;
#pragma omp simd reduction(max : high) reduction(+ : bad)
  for (ptrdiff_t i = 0; i < n; i++) high = weir_max(x[i], high), bad += 0.0 * x[i];
  return isnan(bad) ? (double)NAN : high + 0.0;
}

WEIR_INLINE void rate(ptrdiff_t n, ptrdiff_t s, const double *restrict w, double f, const double *restrict inverse,
                      double *restrict y, ptrdiff_t inc)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const double l = f * w[i], r = f * w[i + s];
    const double leaving = weir_max(r, 0.0) - weir_min(l, 0.0);
    y[i] += weir_max(weir_max(fabs(l), fabs(r)), leaving) * inverse[i * inc];
  }
}

WEIR_CLONES void weir_row_rate(ptrdiff_t n, ptrdiff_t s, ptrdiff_t inc, const double *restrict w, double f,
                               const double *restrict inverse, double *restrict y)
{
  if (inc == 0)
    rate(n, s, w, f, inverse, y, 0);
  else
    rate(n, s, w, f, inverse, y, 1);
}
