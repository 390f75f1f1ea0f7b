/* MUSCL with van Leer's harmonic slope (van Leer, JCP 14 (1974) 361), on any widths.
 *
 *   Along the flow: B far upwind, C the cell it leaves, D downwind;  a = q_C - q_B,  b = q_D - q_C.
 *   Slopes a/dl and b/dr between centres, dl = (h_B + h_C)/2, dr = (h_C + h_D)/2. Half of h_C times their harmonic mean:
 *       h = h_C a b / (a dr + b dl) = a b / (a w0 + b w1),   w0 = dr/h_C,  w1 = dl/h_C      (uniform: a b/(a + b))
 *       m = h kept between 0 and the smaller of a, b (0 if their signs differ),   rho_face = q_C + m
 *
 *   0 <= m/a, m/b <= 1, hence TVD and rho_face between q_C and q_D and at most 2 q_C for q >= 0: positive for CFL <= 1/2.
 *   Linear data are exact: a = dl, b = dr give h = h_C/2 <= dl, dr, so the bound does not bite. Second order away from
 *   extrema. a (b/t) and not (a b)/t: the product may underflow, and rho may be as small as it likes. */
#include <weir/scheme.h>
#include "fv/kernel.h"

/* Coefficients 0, 1 for flow to the right (C = h[-1]), 2, 3 for flow to the left (C = h[0]). */
static void coef(const double *h, double *w)
{
  w[0] = 0.5 * (h[-1] + h[0]) / h[-1];
  w[1] = 0.5 * (h[-2] + h[-1]) / h[-1];
  w[2] = 0.5 * (h[0] + h[-1]) / h[0];
  w[3] = 0.5 * (h[1] + h[0]) / h[0];
}

/* inc as in weir_stencil; same: both directions have the same coefficients. Both known when this is compiled. */
WEIR_INLINE void faces(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                       const weir_stencil *st, double *restrict face, ptrdiff_t inc, bool same)
{
  const double *restrict q0 = q - 2 * s, *restrict q1 = q - s, *restrict q3 = q + s;
  const double *restrict w0 = st->w[0], *restrict w1 = st->w[1], *restrict w2 = st->w[2], *restrict w3 = st->w[3];
  for (ptrdiff_t i = 0; i < n; i++) {
    const bool right = u[i] > 0.0;
    const double x0 = q0[i], x1 = q1[i], x2 = q[i], x3 = q3[i];
    const double up_a = w0[i * inc], up_b = w1[i * inc], dn_a = w2[i * inc], dn_b = w3[i * inc];
    const double B = right ? x0 : x3, C = right ? x1 : x2, D = right ? x2 : x1;
    const double wa = same || right ? up_a : dn_a, wb = same || right ? up_b : dn_b;
    const double a = C - B, b = D - C;
    const double floor = weir_min(weir_max(a, b), 0.0), ceil = weir_max(weir_min(a, b), 0.0);
    /* floor < ceil says that a and b have one strict sign; only then is the quotient used. */
    const double t = floor < ceil ? a * wa + b * wb : 1.0;
    const double h = a * (b / t);
    face[i] = C + weir_min(weir_max(h, floor), ceil);
  }
}

/* Reads q[-2s .. n-1+s]; writes face[0,n). */
WEIR_CLONES static void row(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                            const weir_stencil *st, double *restrict face)
{
  if (st->inc != 0)
    faces(n, s, q, u, st, face, 1, false);
  else if (st->w[0][0] == st->w[2][0] && st->w[1][0] == st->w[3][0])
    faces(n, s, q, u, st, face, 0, true);
  else
    faces(n, s, q, u, st, face, 0, false);
}

extern const weir_recon weir_recon_vanleer;
const weir_recon weir_recon_vanleer = {
    .abi = WEIR_SCHEME_ABI,
    .name = "muscl-vanleer",
    .formula =
        "rho_face = q_C + h_C a b/(a dr + b dl) if ab > 0, at most the smaller of a, b; a = q_C-q_B, b = q_D-q_C",
    .cite = "van Leer, JCP 14 (1974) 361",
    .order = 2,
    .ghost = 2,
    .cfl = 0.5,
    .claims = WEIR_TVD | WEIR_POSITIVE,
    .ncoef = 4,
    .coef = coef,
    .row = row,
};
