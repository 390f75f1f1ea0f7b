/* advect.h - one Runge-Kutta stage of the transport equation on a mesh, in one pass over the rows.
 *
 *   r = dt L(q),   L(q)_C = -sum_a (F_{i+1} - F_i)/H_i + s_C,   F = w rho_face,  w = A u,
 *   D <- A D + g (q - q0) + c r,   out = q0 + s (q - q0) + e r + B D          (weir/scheme.h)
 *
 *   Fluxes never go to memory as arrays: a row of axis-0 faces, the last row of axis-1 faces and the last plane of
 *   axis-2 faces are kept, each thread its own. Threads split the outermost axis into slabs; the first faces of a slab are
 *   computed by both its neighbours with the same arithmetic, so the same bits.
 *
 *   Threads: one weir_advect is used by one thread at a time; it makes its own team inside. */
#ifndef WEIR_FV_ADVECT_H
#define WEIR_FV_ADVECT_H

#include <weir/scheme.h>

typedef struct weir_advect weir_advect;

/** What one stage needs. Cell arrays have ghosts filled in q; face arrays w hold A u at factor 1. */
typedef struct weir_advect_stage {
  const double *q, *q0;                   /**< state the stage starts from; state at the start of the step (may be q) */
  double *out;                            /**< neither q nor q0 */
  double *D;                              /**< register; NULL if the stepper has none */
  const double *w[WEIR_MAXDIM];           /**< face arrays */
  double factor[WEIR_MAXDIM];             /**< the flow is factor[a] * w[a] */
  const double *source;                   /**< cell array or NULL */
  const double *entering[WEIR_MAXDIM][2]; /**< density of inflow through a side; NULL: as reconstructed */
  const double
      *entry[WEIR_MAXDIM][2];      /**< the same with ghost rows (fv/extend.h), if faces have moments; else not read */
  double *through[WEIR_MAXDIM][2]; /**< out: fluxes F along +a through a side; NULL: not wanted */
  double dt;
  const weir_rk_stage *rk;
  bool positive; /**< limit the fluxes so that q >= 0 gives out >= 0 (after weir_advect_limiter) */
  bool bounded;  /**< keep the stage's Euler step within the bounds of its neighbours first (likewise) */
  double euler;  /**< for these: Euler factor of the stage (weir_stepper_euler) */
} weir_advect_stage;
/* Side arrays (entering, through) are packed: position (i1 + n1*i2) with i1 < i2 the indices of the other used axes. */

/** What the stage found in `out`. */
typedef struct weir_advect_found {
  double min; /**< smallest new value; NaN if one is not finite */
  ptrdiff_t at[WEIR_MAXDIM];
} weir_advect_found;

/** What the limiters did in one stage. */
typedef struct weir_limited {
  int64_t cells; /**< whose fluxes were reduced */
  double theta;  /**< smallest factor */
} weir_limited;

/** Tables and buffers for mesh x scheme, both borrowed.
 *  @retval WEIR_EARG the scheme's table is unusable or the mesh has too few ghost layers  @retval WEIR_ENOMEM */
weir_status weir_advect_create(weir_ctx *ctx, const weir_mesh *m, const weir_recon *recon, int threads,
                               weir_advect **adv);
void weir_advect_destroy(weir_advect **adv);
/** Entries of a packed side array of axis a. */
ptrdiff_t weir_side_len(const weir_mesh *m, int a);
/** Position in a packed side array of axis a of the first face of the row at (i,j,k). */
ptrdiff_t weir_side_at(const weir_mesh *m, int a, ptrdiff_t i, ptrdiff_t j, ptrdiff_t k);
/** Buffers for stages that are limited, arrays too if `bounded`. @retval WEIR_ENOMEM */
weir_status weir_advect_limiter(weir_ctx *ctx, weir_advect *adv, bool bounded);
/** One stage. found may be NULL. If limited, ghost cells of q may be changed. */
void weir_advect_run(weir_advect *adv, const weir_advect_stage *s, weir_advect_found *found);
/** What the limiters did in the last stage; nothing if it was not limited. */
weir_limited weir_advect_limited(const weir_advect *adv);
/** max over cells of sum_a max(|w_i|, |w_{i+1}|, max(w_{i+1},0) - min(w_i,0)) / H_i for w = factor * w. */
double weir_advect_rate(weir_advect *adv, const double *const w[WEIR_MAXDIM], const double factor[WEIR_MAXDIM]);

#endif
