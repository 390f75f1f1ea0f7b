/* potential.h - the discrete potential Phi of a Fokker-Planck equation.
 *
 *   averaged: Phi_C = -D log( (1/|C|) int_C exp(-V/D) ), so that exp(-Phi_C/D) IS the cell average of exp(-V/D) and the scheme's
 *   steady state has the exact cell averages of the Gibbs density. point: Phi_C = V(centre).
 *
 *   The mean is taken by tensor Gauss quadrature of exp((V_min - V)/D), V_min the smallest value met in the cell: nothing
 *   overflows and the largest summand is 1. */
#ifndef WEIR_SOLVE_POTENTIAL_H
#define WEIR_SOLVE_POTENTIAL_H

#include <weir/mesh.h>

typedef struct weir_potential {
  const weir_mesh *mesh;
  weir_point_fn *fn; /* NULL: Phi = 0 */
  void *user;
  double diffusion;
  bool point; /* V at centres of cells and faces */
  int threads;
} weir_potential;

/** Gauss points a direction, 3..16, that give the mean of exp(-V/D) to about 1e-13 where V is close to linear over a cell and
 *  changes by `step` from a cell to the next. */
int weir_potential_quad(double step, double diffusion);
/** Phi on all interior cells of a zeroed cell array; each piece of a row chooses its own quad. `work` is another cell array.
 *  @retval WEIR_ENUMERIC V is not finite, and where  @retval WEIR_ENOMEM */
weir_status weir_potential_cells(weir_ctx *ctx, const weir_potential *p, double *work, double *phi);
/** The same on the faces of side 0 or 1 of axis a, at their face places. 8 points a direction. */
weir_status weir_potential_wall(weir_ctx *ctx, const weir_potential *p, int a, int side, double *phi);

#endif
