/* weir/norms.h - how far apart two fields of cell averages on one mesh are.
 *
 *   For cell arrays a (under test) and b (reference), e = a - b, |C| the cell volume:
 *       L1 = sum |C| |e|,   L2 = (sum |C| e^2)^1/2,   Linf = max |e|,   mass = sum |C| e,
 *   relative norms are divided by the same norm of b. The reference must hold cell AVERAGES: a point value differs from the average by
 *   O(h^2) and would cap every observed order at 2. Sums are exact (weir/sum.h), each term rounded once, so a norm does not depend
 *   on cell order, padding or threads.
 *
 *   W1 (1D). Densities constant on each cell, both scaled to mass 1, with distribution functions F, G:
 *       W1 = int |F - G| dx                      (Vallender 1974, Theory Probab. Appl. 18, 784)
 *       W1 = min_c int |F - G - c| dx            on a periodic axis (c: the median of F - G over the axis)
 *   F - G is linear on a cell, so each integral is taken in closed form.
 *
 *   Units: L1 and mass are masses, Linf a density, L2 density * length^(dim/2), W1 a length.
 *   Threads: all functions only read the mesh and the fields. */
#ifndef WEIR_NORMS_H
#define WEIR_NORMS_H

#include <weir/mesh.h>

typedef struct weir_norms {
  double l1, l2, linf, mass;
  double rel_l1, rel_l2, rel_linf; /**< NaN if the reference's norm is 0 */
  double ref_l1, ref_l2, ref_linf; /**< norms of the reference b */
  ptrdiff_t worst
      [WEIR_MAXDIM]; /**< cell (i,j,k) of the largest |e|, the first in storage order; of the first NaN if there is one */
  double worst_at[WEIR_MAXDIM];     /**< its centre; 0 on unused axes */
  double worst_value, worst_expect; /**< a and b there */
} weir_norms;

/** All norms of a - b. A NaN in either field makes every norm it enters NaN and is reported as the worst cell.
 *  @param a, b  cell arrays of `mesh`; ghosts are not read */
void weir_norms_of(const weir_mesh *mesh, const double *a, const double *b, weir_norms *out);

/** W1 of the two densities after scaling each to mass 1.
 *  @retval WEIR_EUNSUPPORTED dim > 1
 *  @retval WEIR_EARG  a mass is not positive and finite, or a density is negative (message: cell and value)
 *  @retval WEIR_ENOMEM */
weir_status weir_w1(weir_ctx *ctx, const weir_mesh *mesh, const double *a, const double *b, double *out);

/* ------------------------------------------------------------------ registry */
enum { WEIR_METRIC_ABI = 1 };

/** A distance of two fields, by name: l1, l2, linf, rel-l1, rel-l2, rel-linf, mass, w1 (src/cmp/metric.def). */
typedef struct weir_metric {
  uint32_t abi;               /**< WEIR_METRIC_ABI */
  const char *name;           /**< what the user types */
  const char *formula, *cite; /**< shown by lists */
  int maxdim;                 /**< dimensions it is defined for: 1..maxdim */
  weir_status (*value)(weir_ctx *ctx, const weir_mesh *mesh, const double *a, const double *b, double *out);
} weir_metric;

/** Register the built-in metrics under WEIR_KIND_METRIC. @retval WEIR_EARG registered already  @retval WEIR_ENOMEM */
weir_status weir_cmp_register(weir_ctx *ctx);

#endif
