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

/** Gauss points, 3..16, that give the mean of exp(-V/D) over a cell's extent to about `tol`, relative, where V is close to a parabola
 *  and V/D has these first and second differences (absolute values) between neighbouring cells. */
int weir_potential_quad(double first, double second, double tol);
/** Phi on all interior cells of a zeroed cell array; `work` is another one. Each piece of a row
 *  chooses its own numbers of Gauss points, so that exp(-Phi/D) is right to 1e-13 of its maximum, and to 1e-8 of itself in its tails.
 *  @retval WEIR_ENUMERIC V is not finite, and where  @retval WEIR_ENOMEM */
weir_status weir_potential_cells(weir_ctx *ctx, const weir_potential *p, double *work, double *phi);
/** The same on the faces of side 0 or 1 of axis a, at their face places. 8 points a direction. */
weir_status weir_potential_wall(weir_ctx *ctx, const weir_potential *p, int a, int side, double *phi);

#endif
