/* Linear upwind face values from 9 cells: order 9, on any widths (fv/upwind.h).
 *
 *   Uniform weights of the 9 averages, the bar marks the face: (4,-41,199,-641,1879 | 1375,-305,55,-5)/2520.
 *   Unlimited: no claim at jumps, where it over- and undershoots. Stable with Runge-Kutta methods of order 3 and 4 only. */
#include "fv/upwind.h"

enum { CELLS = 9 };

static void coef(const double *h, double *w)
{
  upwind_coef(CELLS, h, w);
}

/* Reads q[-5s .. n-1+4s]; writes face[0,n). */
WEIR_CLONES static void row(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                            const weir_stencil *st, double *restrict face)
{
  upwind_row(n, s, q, u, st, face, CELLS);
}

extern const weir_recon weir_recon_u9;
const weir_recon weir_recon_u9 = {
    .abi = WEIR_SCHEME_ABI,
    .name = "u9",
    .formula = "rho_face = (4,-41,199,-641,1879 | 1375,-305,55,-5)/2520 of 9 averages; by widths if stretched",
    .cite = "Shu, NASA CR-97-206253 (1997), eq. 2.20",
    .order = 9,
    .ghost = 5,
    .linear = 9,
    .product = 6,
    .claims = WEIR_LINEAR,
    .ncoef = 2 * (CELLS - 1),
    .coef = coef,
    .row = row,
};
