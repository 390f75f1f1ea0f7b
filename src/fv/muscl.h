/* muscl.h - the row loop of limited reconstructions on three cells, rho_face = q_C + m(a, b).
 *
 *   Along the flow: B far upwind, C the cell it leaves, D downwind;  a = q_C - q_B,  b = q_D - q_C. Two coefficients for flow to the
 *   right (C = h[-1]), then two for flow to the left (C = h[0]). */
#ifndef WEIR_FV_MUSCL_H
#define WEIR_FV_MUSCL_H

#include <weir/scheme.h>
#include "fv/kernel.h"

/* m from a, b and the face's two coefficients. */
typedef double muscl_part(double a, double b, double wa, double wb);

/* The one nearer to 0, 0 if their signs differ. */
WEIR_INLINE double muscl_minmod(double x, double y)
{
  return weir_max(weir_min(x, y), 0.0) + weir_min(weir_max(x, y), 0.0);
}

/* Keep m between 0 and the smaller of a and b, 0 if their signs differ. */
WEIR_INLINE double muscl_bound(double m, double a, double b)
{
  return weir_min(weir_max(m, weir_min(weir_max(a, b), 0.0)), weir_max(weir_min(a, b), 0.0));
}

/* Half of the central slope (recon_mc.c): coefficients and part. */
WEIR_INLINE void muscl_half_slope(double b, double c, double d, double *wa, double *wb)
{
  const double sum = b + c + d;
  *wa = 0.5 * (c * (c + 2.0 * d) / (sum * (b + c)));
  *wb = 0.5 * (c * (2.0 * b + c) / (sum * (c + d)));
}

/* Coefficients 0, 1 for flow to the right (C = h[-1]), 2, 3 for flow to the left (C = h[0]). */
static inline void muscl_mc_coef(const double *h, double *w)
{
  muscl_half_slope(h[-2], h[-1], h[0], &w[0], &w[1]);
  muscl_half_slope(h[1], h[0], h[-1], &w[2], &w[3]);
}

WEIR_INLINE double muscl_mc(double a, double b, double wa, double wb)
{
  return muscl_bound(wa * a + wb * b, a, b);
}

/* inc as in weir_stencil; same: both directions have the same coefficients; flux: times u. All but the rows known when this is compiled. */
WEIR_INLINE void muscl_faces(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                             const weir_stencil *st, double *restrict face, ptrdiff_t inc, bool same, bool flux,
                             muscl_part *part)
{
  const double *restrict q0 = q - 2 * s, *restrict q1 = q - s, *restrict q3 = q + s;
  const double *restrict w0 = st->w[0], *restrict w1 = st->w[1], *restrict w2 = st->w[2], *restrict w3 = st->w[3];
  for (ptrdiff_t i = 0; i < n; i++) {
    const bool right = u[i] > 0.0;
    const double x0 = q0[i], x1 = q1[i], x2 = q[i], x3 = q3[i];
    const double up_a = w0[i * inc], up_b = w1[i * inc], dn_a = w2[i * inc], dn_b = w3[i * inc];
    const double B = right ? x0 : x3, C = right ? x1 : x2, D = right ? x2 : x1;
    const double wa = same || right ? up_a : dn_a, wb = same || right ? up_b : dn_b;
    const double value = C + part(C - B, D - C, wa, wb);
    face[i] = flux ? u[i] * value : value;
  }
}

WEIR_INLINE void muscl_row(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                           const weir_stencil *st, double *restrict face, bool flux, muscl_part *part)
{
  if (st->inc != 0)
    muscl_faces(n, s, q, u, st, face, 1, false, flux, part);
  else if (st->w[0][0] == st->w[2][0] && st->w[1][0] == st->w[3][0])
    muscl_faces(n, s, q, u, st, face, 0, true, flux, part);
  else
    muscl_faces(n, s, q, u, st, face, 0, false, flux, part);
}

/* The two kernels of a scheme. */
#define MUSCL_ROWS(part)                                                                                               \
  WEIR_CLONES static void row(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,            \
                              const weir_stencil *st, double *restrict face)                                           \
  {                                                                                                                    \
    muscl_row(n, s, q, u, st, face, false, part);                                                                      \
  }                                                                                                                    \
  WEIR_CLONES static void flux(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,           \
                               const weir_stencil *st, double *restrict face)                                          \
  {                                                                                                                    \
    muscl_row(n, s, q, u, st, face, true, part);                                                                       \
  }

#endif
