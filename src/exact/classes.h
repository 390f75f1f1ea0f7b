/* classes.h - the built-in tables (exact.def) and what their files share: parameters and product functions. */
#ifndef WEIR_EXACT_CLASSES_H
#define WEIR_EXACT_CLASSES_H

#include <weir/exact.h>

#define WEIR_EXACT(table) extern const weir_exact_class table;
#include "exact/exact.def"
#undef WEIR_EXACT

/** Parameters in full form, in the class's order, in one block of memory: free *store with weir_free(). */
weir_status exact_bind(weir_ctx *ctx, const weir_exact_class *c, int dim, int nparam, const weir_param *param,
                       weir_exact_arg arg[WEIR_EXACT_MAXPARAM], double **store);

/** cells += scale * f0_i f1_j f2_k over interior cells; f[a][0..n_a) for a < dim. */
void product_add(const weir_mesh *m, const double *const f[WEIR_MAXDIM], double scale, double *cells);
/** Every interior cell = value. */
void product_fill(const weir_mesh *m, double value, double *cells);
/** One array of n_a doubles per used axis, one block: free f[0] with weir_free(). */
weir_status product_axes(weir_ctx *ctx, const weir_mesh *m, double *f[WEIR_MAXDIM]);

/** sin(x)/x. */
double sinc(double x);
/** lo_a < hi_a on every axis. */
weir_status box_check(weir_ctx *ctx, const char *who, int d, const double *lo, const double *hi);
/** Entry a of a vector is a whole number of magnitude <= 10^6, for every a. */
weir_status whole_check(weir_ctx *ctx, const char *who, const char *name, int d, const double *k);

/** Map of step k of a gaussian-jko instance; false if k is out of range. */
bool exact_jko_map(const void *self, int k, ptrdiff_t n, const double *x, double *y);

#endif
