/* Linear upwind face values from 7 cells: order 7, on any widths (fv/upwind.h).
 *
 *   Uniform weights of the 7 averages, the bar marks the face: (-3,25,-101,319 | 214,-38,4)/420.
 *   Unlimited: no claim at jumps, where it over- and undershoots. Stable with Runge-Kutta methods of order 3 and 4 only. */
#include "fv/upwind.h"

enum { CELLS = 7 };

static void coef(const double *h, double *w)
{
  upwind_coef(CELLS, h, w);
}

/* Reads q[-4s .. n-1+3s]; writes face[0,n). */
WEIR_CLONES static void row(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                            const weir_stencil *st, double *restrict face)
{
  upwind_row(n, s, q, u, st, face, CELLS);
}

extern const weir_recon weir_recon_u7;
const weir_recon weir_recon_u7 = {
    .abi = WEIR_SCHEME_ABI,
    .name = "u7",
    .formula = "rho_face = (-3,25,-101,319 | 214,-38,4)/420 of 7 averages; by widths if stretched",
    .cite = "Shu, NASA CR-97-206253 (1997), eq. 2.20",
    .order = 7,
    .ghost = 4,
    .linear = 7,
    .product = 6,
    .claims = WEIR_LINEAR,
    .ncoef = 2 * (CELLS - 1),
    .coef = coef,
    .row = row,
};
