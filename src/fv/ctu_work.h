/* ctu_work.h - the corner-transport sweep's tables and row buffers (ctu.c), and its slabs (ctu_slab.c). */
#ifndef WEIR_FV_CTU_WORK_H
#define WEIR_FV_CTU_WORK_H

#include "fv/ctu.h"
#include "fv/ctu_row.h"

/* Rows hold cells -1 .. n0. In 3D rows of planes: j = -1 .. n1 for those of `first`, else 0 .. n1-1. */
typedef struct ctu_work {
  weir_ctu_edge along;          /* edge states of axis 0 in this row */
  weir_ctu_edge *up[2];         /* of axis 1: a row and the next; 3D: of axis 2: a plane and a spare row */
  double *x, *top[2], **low[2]; /* fluxes: of axis 0; upper ones of axis 1, 2; lower ones: one row; a plane */
  double *centre[2];
  double **first[WEIR_MAXDIM]; /* 3D: predictions along an axis: 3 planes for axes 0 and 1, 3 rows for axis 2 */
  double *memory;
  double **rows;
  weir_ctu_edge *edges;
  weir_advect_found found;
  double rate;
} ctu_work;

struct weir_ctu {
  const weir_mesh *m;
  int threads, outer;
  ptrdiff_t inc;                                                         /* of axis 0: 1 if stretched */
  double *table[WEIR_MAXDIM];                                            /* owns the next three */
  double *inverse[WEIR_MAXDIM], *left[WEIR_MAXDIM], *right[WEIR_MAXDIM]; /* cells -1 .. n: 1/H, slope weights */
  ctu_work *work;
};

/* Cells [lo,hi) of the outermost axis. */
void ctu_slab(const weir_ctu *c, const weir_advect_stage *s, ctu_work *wk, ptrdiff_t lo, ptrdiff_t hi, bool look);
void ctu_slab_3d(const weir_ctu *c, const weir_advect_stage *s, ctu_work *wk, ptrdiff_t lo, ptrdiff_t hi, bool look);

/* Axis a of the row that starts with cell (i,j,k), as the kernels want it. */
static inline weir_ctu_axis ctu_axis(const weir_ctu *c, const weir_advect_stage *s, int a,
                                     const ptrdiff_t at[WEIR_MAXDIM])
{
  return (weir_ctu_axis){.w = s->w[a] + weir_mesh_index(c->m, at[0], at[1], at[2]),
                         .up = c->m->stride[a],
                         .g = s->dt * s->factor[a],
                         .inverse = c->inverse[a] + at[a],
                         .left = c->left[a] + at[a],
                         .right = c->right[a] + at[a],
                         .inc = a == 0 ? c->inc : 0,
                         .uniform = c->m->axis[a].uniform};
}

/* The fluxes of faces of axis a of a row: entering densities, and what the ledger wants to know. */
void ctu_sides(const weir_ctu *c, const weir_advect_stage *s, int a, ptrdiff_t n, const ptrdiff_t at[WEIR_MAXDIM],
               double *F);

#endif
