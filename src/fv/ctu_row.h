/* ctu_row.h - the row kernels of the corner-transport sweep: n numbers, contiguous, no aliasing. */
#ifndef WEIR_FV_CTU_ROW_H
#define WEIR_FV_CTU_ROW_H

#include <weir/scheme.h>

/* One axis of a row of cells. inc = 1 where 1/H and the slope weights vary along the row (axis 0, stretched), else 0. */
typedef struct weir_ctu_axis {
  const double *w;            /* A u of the lower face of the row's first cell */
  ptrdiff_t up;               /* from there to the upper face, as from cell to cell */
  double g;                   /* dt * factor */
  const double *inverse;      /* 1/H of the first cell */
  const double *left, *right; /* weights of q_i - q_{i-1} and q_{i+1} - q_i in the half-slope */
  ptrdiff_t inc;
  bool uniform;
} weir_ctu_axis;

/* The edge states of one axis: face = e + s (1 - nu) seen from the left, e - s (1 + nu) from the right. */
typedef struct weir_ctu_edge {
  double *e, *s;
} weir_ctu_edge;

/** s_i: the MC half-slope along x. */
void weir_ctu_slope(ptrdiff_t n, const weir_ctu_axis *x, const double *restrict q, double *restrict s);
/** c = q - dt/2 q div, div the sum over `dim` axes of (w_up - w)/H. */
void weir_ctu_centre(ptrdiff_t n, int dim, const weir_ctu_axis *x, const double *restrict q, double *restrict c);
/** y += f x */
void weir_ctu_add(ptrdiff_t n, double f, const double *restrict x, double *restrict y);
/** p = q - 2/3 T(q), T(q) = dt/2 (max(w,0) (q_i - q_{i-1}) + min(w_up,0) (q_{i+1} - q_i))/H along x. */
void weir_ctu_first(ptrdiff_t n, const weir_ctu_axis *x, const double *restrict q, double *restrict p);
/** e = c - (T(b) + T(c2)): T along x of the rows b[0..2] (below, here, above) and along y of the rows d[0..2]. */
void weir_ctu_corner(ptrdiff_t n, const double *restrict c, const weir_ctu_axis *x, const double *const b[3],
                     const weir_ctu_axis *y, const double *const d[3], double *restrict e);
/** All of it in 2D at once: slopes and edge states of both axes. */
void weir_ctu_plane(ptrdiff_t n, const weir_ctu_axis x[2], const double *q, weir_ctu_edge to[2]);
/** F = w rho_face on n faces of axis x (its w and g; inverse and inc of the cell ABOVE each face); `below`, `above`: edge states of the
 *  cells on either side of face 0, inverse_below 1/H of the cell below it. */
void weir_ctu_flux(ptrdiff_t n, const weir_ctu_axis *x, const double *inverse_below, const weir_ctu_edge *below,
                   const weir_ctu_edge *above, double *restrict F);

/* A row of cells at the update: out = q + sum_a (low - top) g_a/H_a + dt source. */
typedef struct weir_ctu_state {
  const double *q, *x;            /* x: n+1 fluxes along the row */
  const double *low[2], *top[2];  /* of the other axes, used - 1 of them */
  double f[2];                    /* g/H of the other axes */
  double g;                       /* of axis 0 */
  const double *inverse, *source; /* of axis 0; or NULL */
  double dt, *out;
} weir_ctu_state;

void weir_ctu_update(ptrdiff_t n, int dim, ptrdiff_t inc, const weir_ctu_state *s);
/** The faces above a row in 2D (as weir_ctu_flux(), x one of axis 1) and the row's update in one loop, without a source: the same bits.
 *  `low` holds the fluxes below and then those above; s->low and s->top are not used. */
void weir_ctu_flux_update(ptrdiff_t n, ptrdiff_t inc, const weir_ctu_axis *x, double inverse_below,
                          const weir_ctu_edge *below, const weir_ctu_edge *above, const weir_ctu_state *s,
                          double *restrict low);

#endif
