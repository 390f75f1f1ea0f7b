/* transport.h - the transport engine's state, and the data of one stage: velocities, sources, boundary densities. */
#ifndef WEIR_SOLVE_TRANSPORT_H
#define WEIR_SOLVE_TRANSPORT_H

#include "fv/advect.h"
#include "fv/ctu.h"
#include "fv/extend.h"
#include "solve/engine.h"
#include "solve/velocity.h"

typedef struct weir_transport {
  const weir_stepper *stepper;
  weir_advect *adv; /* or, for a one-step scheme, */
  weir_ctu *ctu;
  weir_extension extension; /* if wide > 0 or ctu */
  int wide; /* layers of face velocities beyond the sides that the sweep reads; then ghosts are filled by polynomials too */
  double weight[WEIR_RK_MAXSTAGE]; /* of each stage's fluxes in the step */
  double cfl, cap;                 /* what the user allows; what a stage is held to, less by rounding's room */
  double *stage[2], *D;            /* states of the stages by turns, register (or NULL) */

  bool bounds;   /* Zalesak's */
  bool positive; /* no cell may give more than it has; AUTO switches it off when a sink is seen */
  double euler[WEIR_RK_MAXSTAGE];
  weir_limited limited; /* in the step under way */

  weir_faces *faces;
  double *w[WEIR_MAXDIM]; /* A u, walls applied; at factor 1 */
  double factor[WEIR_MAXDIM], wall[WEIR_MAXDIM];
  bool whole[WEIR_MAXDIM];    /* average anew at every stage */
  bool scaled, common;        /* there are factors; all axes have the same one */
  double rate_of[2];          /* common: the rate at factor +1, -1 */
  double rate;                /* now */
  double *source, made, lost; /* source averages; mass they make and take per time */
  double *shape;              /* source averages at factor 1, if there is a factor */
  double *entering[WEIR_MAXDIM][2], *through[WEIR_MAXDIM][2];
  double *entry[WEIR_MAXDIM][2];                         /* entering with ghost rows (fv/extend.h); if wide > 0 */
  double *bend[WEIR_MAXDIM][2], *staged[WEIR_MAXDIM][2]; /* dt^2 d_tt entering; what the stage takes. NULL: entering */
  double lag[WEIR_RK_MAXSTAGE];                          /* of the stages: (A c) - c^2/2 */
  double *area[WEIR_MAXDIM];                             /* packed: measure of a face without A */
  double time;                                           /* the above hold at this time; NaN before the first */

  bool unsteady; /* something depends on time */
  double span;   /* from the last target to the next */
  double goal;   /* the target of the plan; `left` steps to it */
  double left;
} weir_transport;

/** Which limiter the run gets, and its buffers; after the data are there. Fills run->stats.
 *  @retval WEIR_EARG what is asked for cannot be kept  @retval WEIR_ENOMEM */
weir_status weir_transport_limiter_create(weir_ctx *ctx, weir_run *run, const weir_recon *recon, weir_transport *tr);
/** After new data: does AUTO still hold? */
void weir_transport_limiter_see(weir_run *run, weir_transport *tr);
/** (A c)_k - c_k^2/2 of each stage: a stage differs from the solution at its time by that times dt^2 q'' + O(dt^3). */
void weir_entering_lags(const weir_stepper *s, double lag[WEIR_RK_MAXSTAGE]);
/** Arrays of one side, and densities that do not depend on time. Frees nothing on failure. */
weir_status weir_entering_create(weir_ctx *ctx, weir_run *run, weir_transport *tr, int a, int side);
void weir_entering_free(weir_transport *tr, int a, int side);
/** The other densities at time t. @retval WEIR_ENUMERIC one is not finite */
weir_status weir_entering_at(weir_ctx *ctx, weir_run *run, weir_transport *tr, double t);
/** Their second time differences over a step from t, for weir_entering_stage(). @retval WEIR_ENUMERIC */
weir_status weir_entering_step(weir_ctx *ctx, weir_run *run, weir_transport *tr, double t, double dt);
/** What a stage of that lag takes: tr->staged. Never < 0 where the density is not. */
void weir_entering_stage(const weir_run *run, weir_transport *tr, double lag);
/** Velocities, sources and boundary densities of a new engine, as far as they do not depend on time; arrays for the rest. */
weir_status weir_transport_data_create(weir_ctx *ctx, weir_run *run, weir_transport *tr);
void weir_transport_data_free(weir_transport *tr);
/** Bring all data and the rate to time t.
 *  @retval WEIR_ENUMERIC a velocity, factor, source or boundary density is not finite, and where and when */
weir_status weir_transport_data_at(weir_ctx *ctx, weir_run *run, weir_transport *tr, double t);

/** The CFL rate at a later time where it costs next to nothing (one factor for all axes), else the rate now. */
double weir_transport_rate_ahead(const weir_run *run, const weir_transport *tr, double t);

#endif
