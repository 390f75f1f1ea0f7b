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
#include "fv/muscl.h"

/* Coefficients 0, 1 for flow to the right (C = h[-1]), 2, 3 for flow to the left (C = h[0]). */
static void coef(const double *h, double *w)
{
  w[0] = 0.5 * (h[-1] + h[0]) / h[-1];
  w[1] = 0.5 * (h[-2] + h[-1]) / h[-1];
  w[2] = 0.5 * (h[0] + h[-1]) / h[0];
  w[3] = 0.5 * (h[1] + h[0]) / h[0];
}

/* floor < ceil says that a and b have one strict sign; only then is the quotient used. */
WEIR_INLINE double part(double a, double b, double wa, double wb)
{
  const double floor = weir_min(weir_max(a, b), 0.0), ceil = weir_max(weir_min(a, b), 0.0);
  const double t = floor < ceil ? a * wa + b * wb : 1.0;
  return weir_min(weir_max(a * (b / t), floor), ceil);
}

/* Reads q[-2s .. n-1+s]; writes n entries. */
MUSCL_ROWS(part)

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
    .flux = flux,
};
