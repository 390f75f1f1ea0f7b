/* MUSCL with the largest second-order TVD slope (Roe, Ann. Rev. Fluid Mech. 18 (1986) 337), on any widths.
 *
 *   Half-slopes  x = h_C a/(h_B + h_C),  y = h_C b/(h_C + h_D)      (a, b: fv/muscl.h; uniform: a/2, b/2)
 *   m = the larger of minmod(2x, y) and minmod(x, 2y), kept between 0 and the smaller of a and b,   rho_face = q_C + m
 *
 *   TVD and positive for CFL <= 1/2 by that bound (README). Linear data: x = y = m. It steepens: contacts stay sharp, smooth
 *   waves are squared off, and their error falls more slowly than with other limiters. */
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
  const double x = wa * a, y = wb * b, one = muscl_minmod(2.0 * x, y), two = muscl_minmod(x, 2.0 * y);
  /* one and two have one sign: the one farther from 0 */
  return muscl_bound(weir_max(weir_max(one, two), 0.0) + weir_min(weir_min(one, two), 0.0), a, b);
}

/* Reads q[-2s .. n-1+s]; writes n entries. */
MUSCL_ROWS(part)

extern const weir_recon weir_recon_superbee;
const weir_recon weir_recon_superbee = {
    .abi = WEIR_SCHEME_ABI,
    .name = "muscl-superbee",
    .formula = "rho_face = q_C + larger of minmod(2x,y), minmod(x,2y); x = h_C a/(h_B+h_C), y = h_C b/(h_C+h_D)",
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
