/* engine.h - what stands behind weir_run: one engine per equation, and what all engines share.
 *
 *   run.c owns the density, the ledger, the statistics and the clock; an engine owns its work arrays and knows how to get from
 *   run->stats.time to a later time. One engine = one const table in its own file + one row in engine.def.
 *
 *   A step of an engine:
 *       WEIR_TRY(weir_run_step_begin(ctx, run));      interrupt, max_steps; empties the step's ledger
 *       ... compute the new cell averages into an array of the engine's own, run->q untouched (but for its ghosts) ...
 *       weir_run_flux(run, a, side, m); weir_run_flux_row(...), weir_run_source(...)    any number of times
 *       weir_run_min(run, value, at)                  smallest new cell average (weir_run_scan finds it)
 *       swap the pointers run->q and the engine's (both from weir_mesh_array)
 *       weir_run_step_end(run, t_new, dt, stages)     commits ledger, statistics and clock
 *   A step that is given up halfway simply is not ended: weir_run_step_begin() forgets what it wrote. A failure therefore
 *   always leaves the run at its last good step. The engine calls these from one thread. */
#ifndef WEIR_SOLVE_ENGINE_H
#define WEIR_SOLVE_ENGINE_H

#include <weir/solve.h>

typedef struct weir_engine {
  weir_equation equation;
  const char *name; /* "transport", for messages */
  /** Ghost layers a mesh needs. */
  weir_status (*ghost)(weir_ctx *ctx, const weir_run_options *opt, int *ghost);
  /** Check what is the engine's to check and make its work arrays. run->problem, options, mesh, q, stats.time are set; it may set
   *  run->stats.wall_speed and .peclet. On failure *self is NULL. */
  weir_status (*create)(weir_ctx *ctx, weir_run *run, void **self);
  void (*destroy)(void *self); /* NULL is allowed */
  /** From run->stats.time to exactly `time` > run->stats.time. */
  weir_status (*advance)(weir_ctx *ctx, void *self, weir_run *run, double time);
} weir_engine;

/* Mass through the sides (outwards > 0) and out of sources, exact. */
typedef struct weir_ledger_sums {
  weir_sum outflow[WEIR_MAXDIM][2], source, turnover;
} weir_ledger_sums;

struct weir_run {
  const weir_engine *engine;
  void *self; /* the engine's, made by its create */
  const weir_mesh *mesh;
  weir_problem problem;         /* copied; rho0 is NULL after create */
  weir_run_options options;     /* copied; threads and max_steps resolved (>= 1) */
  double *q;                    /* cell averages at stats.time; a cell array owned by the run */
  double mass0, size0;          /* integrals of density and |density| at the start */
  weir_ledger_sums total, step; /* committed; of the step under way */
  weir_run_stats stats;         /* stats.time is the clock */
  bool step_sums;               /* step is not empty */
  double step_min;              /* of the step under way */
  ptrdiff_t step_min_at[WEIR_MAXDIM];
};

/** Start a step. @retval WEIR_EINTERRUPTED  @retval WEIR_ENUMERIC max_steps reached */
weir_status weir_run_step_begin(weir_ctx *ctx, weir_run *run);
/** Mass m left through a side of axis a during this step (negative: came in). Not for periodic seams. */
void weir_run_flux(weir_run *run, int a, int side, double m);
/** The same for n numbers scale * (weight[i] * f[i * stride]); weight NULL = 1. */
void weir_run_flux_row(weir_run *run, int a, int side, ptrdiff_t n, ptrdiff_t stride, const double *f,
                       const double *weight, double scale);
/** Mass m made by a source during this step (negative: lost). */
void weir_run_source(weir_run *run, double m);
/** Candidate for the smallest cell average of the new state. Of equal ones the first offered stays. */
void weir_run_min(weir_run *run, double value, const ptrdiff_t at[WEIR_MAXDIM]);
/** Look through the interior of q for its minimum (then weir_run_min) and for values that are not finite.
 *  @retval WEIR_ENUMERIC q is not finite; the message says in which cell, and `time` */
weir_status weir_run_scan(weir_ctx *ctx, weir_run *run, const double *q, double time);
/** Make the step count: ledger, minimum, dt, clock. */
void weir_run_step_end(weir_run *run, double time, double dt, int64_t stages);

#endif
