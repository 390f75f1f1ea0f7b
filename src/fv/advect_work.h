/* advect_work.h - what the files of the sweep (advect.h) share: tables, the buffers of a thread, one row of fluxes. */
#ifndef WEIR_FV_ADVECT_WORK_H
#define WEIR_FV_ADVECT_WORK_H

#include "fv/advect.h"
#include "fv/face_product.h"

typedef struct limit limit;
typedef struct bounds bounds;

enum {
  PAD = 8,
  WIDE = PRODUCT_WIDE,
  DEEP = 2 * WIDE + 1,
};

/* Rows of face averages of one axis, each with the place it was computed for: a flux with moments along its face needs WIDE rows
 * on either side, and each is computed once. */
typedef struct ring {
  double **row;         /* face 0 of a row; WIDE more faces at either end if the axis is not axis 0 */
  ptrdiff_t (*for_)[2]; /* the j, k of each row */
  ptrdiff_t middle;     /* rows of one position of the outermost axis */
} ring;

typedef struct work {
  double *x, *scaled, *extra, *zero, *top[WEIR_MAXDIM]; /* rows of n0 + 1 */
  double **low[WEIR_MAXDIM]; /* low[a][j]: the lower faces of axis a, a row each; axis 1 has one */
  double *memory;
  double **rows;
  ring ring[WEIR_MAXDIM]; /* with product only */
  weir_advect_found found;
  limit *limit; /* NULL: never limited */
  weir_limited limited;
  double rate;
} work;

struct weir_advect {
  const weir_mesh *m;
  const weir_recon *recon;
  int threads;
  int outer;                          /* the axis that is split among threads */
  ptrdiff_t inc;                      /* of axis 0: 1 if stretched */
  double *coef[WEIR_MAXDIM];          /* coefficient c of face i at coef[a][c*(n+1) + i] */
  weir_stencil *stencil[WEIR_MAXDIM]; /* of row f of faces; axis 0 has one row */
  double *inverse[WEIR_MAXDIM];       /* 1/H_i */
  int product;                        /* 0 in 1D */
  double *
      moments[WEIR_MAXDIM]; /* of an axis as a direction along faces; entry r of cell i at [r*n + i]; NULL if uniform */
  double *slopes[WEIR_MAXDIM]; /* left at [i], right at [n + i] */
  bounds *bounds;              /* NULL: never wanted */
  weir_limited limited;        /* in the last stage */
  work *work;
};

/** The rings of one thread for axis a. @retval WEIR_ENOMEM (what there is: weir_ring_free) */
weir_status weir_ring_create(weir_ctx *ctx, const weir_advect *v, int a, ring *r);
void weir_ring_free(ring *r, int a);
/** Forget all rows: before the first row of a stage. */
void weir_ring_clear(ring *r);
/** Fluxes F of n faces of axis a in a row along axis 0 that starts with the face at `start`. Fluxes through sides go to s->through too. */
void weir_flux_row(const weir_advect *v, const weir_advect_stage *s, work *wk, int a, ptrdiff_t n,
                   const ptrdiff_t start[WEIR_MAXDIM], double *flux);

#endif
