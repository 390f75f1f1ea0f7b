/* MUSCL with the smaller of the two one-sided slopes (Roe, Ann. Rev. Fluid Mech. 18 (1986) 337), on any widths.
 *
 *   Half-slopes  x = h_C a/(h_B + h_C),  y = h_C b/(h_C + h_D)      (a, b: fv/muscl.h; uniform: a/2, b/2)
 *   rho_face = q_C + minmod(x, y)
 *
 *   |x| <= |a| and |y| <= |b|: m lies between 0 and the smaller of a and b without further bounds, hence TVD and positive for
 *   CFL <= 1/2 (README). Linear data are exact. The most diffusive of the second-order limiters. */
#include "fv/muscl.h"

static void coef(const double *h, double *w)
{
  w[0] = h[-1] / (h[-2] + h[-1]);
  w[1] = h[-1] / (h[-1] + h[0]);
  w[2] = h[0] / (h[1] + h[0]);
  w[3] = h[0] / (h[0] + h[-1]);
}

WEIR_INLINE double part(double a, double b, double wa, double wb)
{
  return muscl_minmod(wa * a, wb * b);
}

/* Reads q[-2s .. n-1+s]; writes n entries. */
MUSCL_ROWS(part)

extern const weir_recon weir_recon_minmod;
const weir_recon weir_recon_minmod = {
    .abi = WEIR_SCHEME_ABI,
    .name = "muscl-minmod",
    .formula = "rho_face = q_C + minmod(h_C a/(h_B+h_C), h_C b/(h_C+h_D)); a = q_C-q_B, b = q_D-q_C",
    .cite = "Roe, Ann. Rev. Fluid Mech. 18 (1986) 337",
    .order = 2,
    .ghost = 2,
    .cfl = 0.5,
    .claims = WEIR_TVD | WEIR_POSITIVE,
    .ncoef = 4,
    .coef = coef,
    .row = row,
    .flux = flux,
};
