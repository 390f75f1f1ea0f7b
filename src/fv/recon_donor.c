/* Donor cell: a face carries the average of the cell the flow leaves (Courant, Isaacson, Rees, CPAM 5 (1952) 243).
 * Monotone, first order, needs no geometry. */
#include <weir/scheme.h>
#include "fv/kernel.h"

WEIR_INLINE void faces(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                       double *restrict face, bool flux)
{
  const double *restrict left = q - s;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double l = left[i], r = q[i], value = u[i] > 0.0 ? l : r;
    face[i] = flux ? u[i] * value : value;
  }
}

/* Reads q[-s .. n-1]; writes face[0,n). */
WEIR_CLONES static void row(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                            const weir_stencil *st, double *restrict face)
{
  (void)st;
  faces(n, s, q, u, face, false);
}

WEIR_CLONES static void flux(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                             const weir_stencil *st, double *restrict face)
{
  (void)st;
  faces(n, s, q, u, face, true);
}

extern const weir_recon weir_recon_donor;
const weir_recon weir_recon_donor = {
    .abi = WEIR_SCHEME_ABI,
    .name = "donor",
    .formula = "rho_face = q_C, C the cell the flow leaves",
    .cite = "Courant, Isaacson, Rees, CPAM 5 (1952) 243",
    .order = 1,
    .ghost = 1,
    .cfl = 1.0,
    .claims = WEIR_LINEAR | WEIR_TVD | WEIR_POSITIVE,
    .row = row,
    .flux = flux,
};
