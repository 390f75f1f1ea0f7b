/* slab.h - what the sweeps over a mesh share: the smallest new value, the split among threads. */
#ifndef WEIR_FV_SLAB_H
#define WEIR_FV_SLAB_H

#include "fv/advect.h"
#include "fv/advect_row.h"
#include <math.h>

enum { SLAB_MIN_CELLS = 4096 }; /* a thread */

/* Look through n new values of the row that starts at the cell `start`. */
static inline void slab_found(weir_advect_found *f, ptrdiff_t n, const double *out, const ptrdiff_t start[WEIR_MAXDIM])
{
  const double low = weir_row_min(n, out);
  if (low >= f->min || isnan(f->min)) return;
  ptrdiff_t i = 0;
  while (i < n - 1 && !(isnan(low) ? !isfinite(out[i]) : out[i] == low)) i++;
  f->min = low;
  f->at[0] = start[0] + i, f->at[1] = start[1], f->at[2] = start[2];
}

/* What the next slab found. */
static inline void slab_merge(weir_advect_found *f, const weir_advect_found *next)
{
  if (!isnan(f->min) && !(next->min >= f->min)) *f = *next;
}

/* Threads that are worth their while, at least 1. */
static inline int slab_threads(const weir_mesh *m, int outer, int threads)
{
  const ptrdiff_t most = 1 + m->cells / SLAB_MIN_CELLS, slabs = m->axis[outer].n;
  const ptrdiff_t useful = most < slabs ? most : slabs;
  const int used = threads < useful ? threads : (int)useful;
  return used < 1 ? 1 : used;
}

#endif
