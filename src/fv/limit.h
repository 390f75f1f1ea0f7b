/* limit.h - the capacity limiter in the sweep, and Zalesak's bounds before it (fv/README.md, "Limiters"). */
#ifndef WEIR_FV_LIMIT_H
#define WEIR_FV_LIMIT_H

#include "fv/advect_work.h"

/** Buffers of one thread, owned by the sweep. @retval WEIR_ENOMEM */
weir_status weir_limit_create(weir_ctx *ctx, const weir_advect *v, limit **out);
void weir_limit_destroy(limit **l);
/** Positions [lo, hi) of the outermost axis, limited: in place of the plain sweep. Sets wk->found and wk->limited. */
void weir_limit_slab(const weir_advect *v, const weir_advect_stage *s, work *wk, ptrdiff_t lo, ptrdiff_t hi, bool look);

/** Arrays for Zalesak's bounds. @retval WEIR_ENOMEM */
weir_status weir_bounds_create(weir_ctx *ctx, const weir_advect *v, bounds **out);
void weir_bounds_destroy(bounds **b);
/** All fluxes of the stage into v->bounds, brought within the bounds: what weir_limit_slab() then reads. */
void weir_bounds_fluxes(weir_advect *v, const weir_advect_stage *s);
/** Cells in which a bound reduced fluxes, and the smallest factor, in the last stage. */
weir_limited weir_bounds_limited(const bounds *b);
/** The row of stored fluxes that starts at `start`. */
const double *weir_bounds_row(const weir_advect *v, int a, const ptrdiff_t start[WEIR_MAXDIM]);

#endif
