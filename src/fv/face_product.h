/* face_product.h - the flux <u rho> of faces whose u and rho both vary along them (fv/README.md, "The product"). */
#ifndef WEIR_FV_PRODUCT_H
#define WEIR_FV_PRODUCT_H

#include <weir/mesh.h>

enum { PRODUCT_WIDE = 2, PRODUCT_MOMENTS = 8 };

/** Tables of one axis as the direction along faces: f1 = sum_r m[r] d_r, f2 = sum_r m[4+r] d_r with d_r = f_{r-1} - f_{r-2} the
 *  differences of the five averages f_{-2} .. f_2 around cell i. */
void weir_product_moments(const weir_axis *ax, ptrdiff_t i, double m[PRODUCT_MOMENTS]);

/** F = u q[2] + correction of one direction, or (weir_product_along) F += correction, on n faces in a row. u: velocities, the neighbours along the direction us apart; q[0..4]: rows of
 *  face averages f_{-2} .. f_2. order 4 or 6 on equal widths; moments != NULL: sixth order on any, entry r of face i at
 *  moments[r*pitch + i*inc]. */
void weir_product_begin(ptrdiff_t n, int order, const double *u, ptrdiff_t us, const double *const q[5],
                        const double *moments, ptrdiff_t pitch, ptrdiff_t inc, double *flux);
void weir_product_along(ptrdiff_t n, int order, const double *u, ptrdiff_t us, const double *const q[5],
                        const double *moments, ptrdiff_t pitch, ptrdiff_t inc, double *flux);

/** The mixed moment of 3D: rows q[b][c] of face averages and velocities u[b*ub + c*uc], b, c = -1 .. 1 (rows at [b+1][c+1]); slope
 *  weights (sb[0], sb[1]) of (f_0 - f_{-1}, f_1 - f_0), entry of face i at i*inc; sb = NULL: equal widths. */
void weir_product_mixed(ptrdiff_t n, const double *u, ptrdiff_t ub, ptrdiff_t uc, const double *const q[3][3],
                        const double *const sb[2], ptrdiff_t incb, const double *const sc[2], ptrdiff_t incc,
                        double *flux);

#endif
