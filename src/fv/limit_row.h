/* limit_row.h - row kernels of the limiters (fv/README.md, "Limiters"). No aliasing but where said. */
#ifndef WEIR_FV_LIMIT_ROW_H
#define WEIR_FV_LIMIT_ROW_H

#include <stdbool.h>
#include <stddef.h>

/* A row of cells and the fluxes on its faces: n+1 along the row, one below and above each cell along the other axes (zeros where there
 * is no such axis). `q0` is the state at the start of the step. */
typedef struct weir_limit_cells {
  const double *q, *q0, *x, *inverse, *low[2], *top[2];
  double h[2];   /* 1/H of the row along the axes of low and top */
  ptrdiff_t inc; /* 1: inverse varies along the row */
  double euler;  /* Euler factor of the stage times dt */
} weir_limit_cells;

/** over_i > 0 where a cell would give away more than it may: what leaves in the Euler step less what there is. */
void weir_limit_excess(ptrdiff_t n, const weir_limit_cells *c, double *restrict over);
/** theta_i <= 1: the share of each outgoing flux that a cell can afford. */
void weir_limit_share(ptrdiff_t n, const weir_limit_cells *c, double *restrict theta);
/** How many are below 1. */
ptrdiff_t weir_limit_count(ptrdiff_t n, const double *theta);
/** f_i *= theta of the cell it leaves: left[i] if f_i > 0, else right[i] (these two may overlap). */
void weir_limit_scale(ptrdiff_t n, const double *left, const double *right, double *restrict f);

/** Donor-cell fluxes f_i = (a w_i) (q_{i-s} if a w_i > 0, else q_i). */
void weir_limit_donor(ptrdiff_t n, ptrdiff_t s, double a, const double *restrict w, const double *restrict q,
                      double *restrict f);
/** up_i, down_i += h inverse[i*inc] times what the flux differences high - low of faces i and i+s bring in, take out. */
void weir_limit_gather(ptrdiff_t n, const double *restrict low0, const double *restrict low1,
                       const double *restrict high0, const double *restrict high1, const double *restrict inverse,
                       ptrdiff_t inc, double *restrict up, double *restrict down);
/** most_i = max(most_i, x_{i-s}, x_{i+s}); sign = -1: the least. */
void weir_limit_widen(ptrdiff_t n, ptrdiff_t s, int sign, const double *restrict x, double *restrict most);
/** sum_i <- min(1, sign (bound_i - q_i)/(euler sum_i)): the share of what comes in (sign = 1) or goes out (-1) that the bound allows. */
void weir_limit_ratio(ptrdiff_t n, double euler, int sign, const double *restrict bound, const double *restrict q,
                      double *restrict sum);
/** high <- low + C (high - low), C the smaller of what the cell it enters may gain and the one it leaves may lose: rows of the cells
 *  on either side of each face. */
void weir_limit_blend(ptrdiff_t n, const double *up_left, const double *down_left, const double *up_right,
                      const double *down_right, const double *restrict low, double *restrict high);

#endif
