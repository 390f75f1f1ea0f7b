/* Linear upwind face values from 5 cells: order 5, on any widths (fv/upwind.h).
 *
 *   Uniform weights of the 5 averages, the bar marks the face: (2,-13,47 | 27,-3)/60.
 *   Unlimited: no claim at jumps, where it over- and undershoots. Stable with Runge-Kutta methods of order 3 and 4 only. */
#include "fv/upwind.h"

enum { CELLS = 5 };

static void coef(const double *h, double *w)
{
  upwind_coef(CELLS, h, w);
}

/* Reads q[-3s .. n-1+2s]; writes face[0,n). */
WEIR_CLONES static void row(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                            const weir_stencil *st, double *restrict face)
{
  upwind_row(n, s, q, u, st, face, CELLS);
}

extern const weir_recon weir_recon_u5;
const weir_recon weir_recon_u5 = {
    .abi = WEIR_SCHEME_ABI,
    .name = "u5",
    .formula = "rho_face = (2,-13,47 | 27,-3)/60 of 5 averages; by widths if stretched",
    .cite = "Shu, NASA CR-97-206253 (1997), eq. 2.20",
    .order = 5,
    .ghost = 3,
    .linear = 5,
    .product = 4,
    .claims = WEIR_LINEAR,
    .ncoef = 2 * (CELLS - 1),
    .coef = coef,
    .row = row,
};
