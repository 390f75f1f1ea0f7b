/* advect_row.h - the row kernels of the sweep: n numbers, contiguous, no aliasing. */
#ifndef WEIR_FV_ADVECT_ROW_H
#define WEIR_FV_ADVECT_ROW_H

#include <weir/scheme.h>

/* One row of cells. x: n+1 fluxes along the row; low, top: fluxes below and above it; extra: more of L, or NULL. */
typedef struct weir_row_state {
  const double *q, *q0, *x, *inverse, *low, *top, *extra;
  double inverse_low; /* 1/H of the row along the axis of low and top */
  double *D, *out;
} weir_row_state;

/** y = f x */
void weir_row_scale(ptrdiff_t n, double f, const double *restrict x, double *restrict y);
/** y = f y */
void weir_row_times_number(ptrdiff_t n, double f, double *y);
/** y = x y */
void weir_row_times(ptrdiff_t n, const double *restrict x, double *restrict y);
/** y = (low - top) f + extra (0 if NULL) */
void weir_row_add_difference(ptrdiff_t n, const double *restrict low, const double *restrict top, double f,
                             const double *restrict extra, double *restrict y);
/** L and the stage's update (advect.h); inc = 1 if 1/H varies along the row. */
void weir_row_update(ptrdiff_t n, ptrdiff_t inc, const weir_row_state *s, const weir_rk_stage *rk, double dt);
/** Smallest entry; NaN if one is not finite. */
double weir_row_min(ptrdiff_t n, const double *x);
/** Largest entry; NaN if one is NaN. */
double weir_row_max(ptrdiff_t n, const double *x);
/** y_i += max(|w_i|, |w_{i+s}|, max(w_{i+s},0) - min(w_i,0)) inverse[i*inc], with w scaled by f. */
void weir_row_rate(ptrdiff_t n, ptrdiff_t s, ptrdiff_t inc, const double *restrict w, double f,
                   const double *restrict inverse, double *restrict y);

#endif
