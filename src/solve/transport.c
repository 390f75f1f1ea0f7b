/* The transport engine: method of lines with a reconstruction and an SSP Runge-Kutta method.
 *
 *   Step size. With n = ceil((T - t) rate / cfl) steps still to go, dt = (T - t)/n; a plan is kept while the velocity
 *   allows it, so a steady flow takes equal steps and the last one lands on T exactly. Every stage checks dt * rate <= cap
 *   at its own time; if a later stage breaks it, the step is redone with more steps to go. q0 is never written, so redoing
 *   costs nothing but the stages.
 *   Data that depend on time are seen at the stages only, and a flow at rest there asks for one long step. So they get at least
 *   17 steps from one target to the next; a prime, as flows like to be at rest at simple fractions of a period.
 *   cap = cfl (1 - 2^-47): the room that rounding needs, so that positivity holds to the last bit at the largest cfl. */
#include "solve/transport.h"
#include "fv/face_product.h"
#include <math.h>
#include <string.h>

static const double plan_room = 0x1p-46, cap_room = 0x1p-47, default_safety = 0.9, linear_safety = 0.6,
                    useful_cfl = 0.1, least_steps = 17, most_steps = 1e9;

static const char *scheme_name(const weir_run_options *o)
{
  return o->scheme != NULL ? o->scheme : WEIR_DEFAULT_SCHEME;
}

static weir_status ghost(weir_ctx *ctx, const weir_run_options *opt, int *out)
{
  const void *item = NULL;
  WEIR_TRY(weir_find(ctx, WEIR_KIND_RECON, scheme_name(opt), &item));
  *out = ((const weir_recon *)item)->ghost;
  return WEIR_OK;
}

/* ------------------------------------------------------------------ life */
static void destroy(void *self)
{
  weir_transport *tr = self;
  if (tr == NULL) return;
  weir_advect_destroy(&tr->adv);
  weir_ctu_destroy(&tr->ctu);
  weir_transport_data_free(tr);
  weir_free(tr->stage[0]);
  weir_free(tr->stage[1]);
  weir_free(tr->D);
  weir_free(tr);
}

static weir_status choose_cfl(weir_ctx *ctx, const weir_run *run, const weir_recon *recon, weir_transport *tr)
{
  const bool linear = recon->linear > 0;
  const double most = weir_stable_cfl(recon, tr->stepper), asked = run->options.cfl;
  WEIR_REQUIRE(!linear || most >= useful_cfl, ctx, WEIR_EARG,
               "scheme %s with stepper %s is stable up to CFL number %.2g only; a stepper of order 3 or 4 expected",
               recon->name, tr->stepper->name, most);
  tr->cfl = asked > 0 ? asked : (linear ? linear_safety : default_safety) * most;
  WEIR_REQUIRE(tr->cfl <= most, ctx, WEIR_EARG, "cfl = %g, but scheme %s with stepper %s %s up to %g", asked,
               recon->name, tr->stepper->name, linear ? "is stable" : "keeps its claims", most);
  const double scale = run->options.cfl_scale;
  WEIR_REQUIRE(scale >= 0 && scale <= 1, ctx, WEIR_EARG, "cfl_scale = %g, a number in (0, 1] expected", scale);
  if (scale > 0) tr->cfl *= scale;
  tr->cap = tr->cfl * (1.0 - cap_room);
  return WEIR_OK;
}

static weir_status stages_create(weir_ctx *ctx, const weir_run *run, weir_transport *tr)
{
  const weir_stepper *s = tr->stepper;
  WEIR_REQUIRE(s->stages >= 1 && s->stages <= WEIR_RK_MAXSTAGE && s->ssp > 0, ctx, WEIR_EARG,
               "stepper %s: %d stages, SSP coefficient %g", s->name, s->stages, s->ssp);
  weir_stepper_weights(s, tr->weight);
  weir_entering_lags(s, tr->lag);
  bool uses_register = false;
  for (int k = 0; k < s->stages; k++) uses_register |= s->stage[k].A != 0 || s->stage[k].g != 0 || s->stage[k].c != 0;
  if (uses_register) WEIR_TRY(weir_mesh_array(ctx, run->mesh, "Runge-Kutta register", &tr->D));
  for (int k = 0; k < 2 && k < s->stages; k++)
    WEIR_TRY(weir_mesh_array(ctx, run->mesh, "Runge-Kutta stage", &tr->stage[k]));
  return WEIR_OK;
}

static weir_status check_pair(weir_ctx *ctx, const weir_recon *recon, const weir_stepper *stepper)
{
  const bool whole = (recon->claims & WEIR_ONE_STEP) != 0;
  WEIR_REQUIRE(weir_stepper_fits(recon, stepper), ctx, WEIR_EARG,
               whole ? "scheme %s takes whole steps itself: stepper %s does not fit, %s expected"
                     : "scheme %s does not predict its density at t + dt/2: stepper %s does not fit, %s or another "
                       "Runge-Kutta method expected",
               recon->name, stepper->name, weir_default_stepper(recon));
  return WEIR_OK;
}

static weir_status create(weir_ctx *ctx, weir_run *run, void **self)
{
  const void *recon = NULL, *stepper = NULL;
  void *memory = NULL;
  const weir_run_options *o = &run->options;
  *self = NULL;
  WEIR_TRY(weir_find(ctx, WEIR_KIND_RECON, scheme_name(o), &recon));
  const char *const name = o->stepper != NULL ? o->stepper : weir_default_stepper(recon);
  WEIR_TRY(weir_find(ctx, WEIR_KIND_STEPPER, name, &stepper));
  WEIR_TRY(check_pair(ctx, recon, stepper));
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_transport), "transport engine", &memory));
  weir_transport *tr = memory;
  weir_status st = WEIR_OK;
  tr->stepper = stepper;
  tr->wide = ((const weir_recon *)recon)->product > 0 ? PRODUCT_WIDE : 0;
  if (tr->wide > 0 || (((const weir_recon *)recon)->claims & WEIR_ONE_STEP) != 0)
    weir_extension_make(run->mesh, &tr->extension);
  tr->goal = (double)NAN;
  if (((const weir_recon *)recon)->claims & WEIR_ONE_STEP)
    WEIR_TRY_GOTO(st, fail, weir_ctu_create(ctx, run->mesh, recon, o->threads, &tr->ctu));
  else
    WEIR_TRY_GOTO(st, fail, weir_advect_create(ctx, run->mesh, recon, o->threads, &tr->adv));
  WEIR_TRY_GOTO(st, fail, choose_cfl(ctx, run, recon, tr));
  WEIR_TRY_GOTO(st, fail, stages_create(ctx, run, tr));
  WEIR_TRY_GOTO(st, fail, weir_transport_data_create(ctx, run, tr));
  WEIR_TRY_GOTO(st, fail, weir_transport_limiter_create(ctx, run, recon, tr));
  *self = tr;
  return WEIR_OK;
fail:
  destroy(tr);
  return st;
}

/* ------------------------------------------------------------------ one step */
static void to_ledger(weir_run *run, const weir_transport *tr, double weight)
{
  for (int a = 0; a < run->mesh->dim; a++)
    for (int side = 0; side < 2; side++)
      if (tr->through[a][side] != NULL)
        weir_run_flux_row(run, a, side, weir_side_len(run->mesh, a), 1, tr->through[a][side], tr->area[a],
                          side == 0 ? -weight : weight);
  if (tr->source == NULL) return;
  weir_run_source(run, weight * tr->made);
  weir_run_source(run, weight * tr->lost);
}

static void sweep(const weir_run *run, weir_transport *tr, int k, double dt, double *q, double *out,
                  weir_advect_found *found)
{
  weir_advect_stage s = {
      .q = q, .q0 = run->q, .D = tr->D, .source = tr->source, .dt = dt, .rk = &tr->stepper->stage[k]};
  s.out = out;
  s.positive = tr->positive, s.bounded = tr->bounds, s.euler = tr->euler[k];
  for (int a = 0; a < run->mesh->dim; a++) {
    s.w[a] = tr->w[a], s.factor[a] = tr->factor[a];
    for (int side = 0; side < 2; side++) {
      s.entering[a][side] = tr->staged[a][side] != NULL ? tr->staged[a][side] : tr->entering[a][side];
      s.through[a][side] = tr->through[a][side];
      s.entry[a][side] = tr->entry[a][side];
      if (tr->entry[a][side] != NULL)
        weir_entry_fill(run->mesh, &tr->extension, a, side, s.entering[a][side], tr->w[a], tr->factor[a],
                        tr->entry[a][side]);
    }
  }
  if (tr->wide > 0)
    weir_extend_cells(run->mesh, &tr->extension, &run->problem.boundary, s.entry, q);
  else
    weir_ghost_fill(run->mesh, &run->problem.boundary, q);
  if (tr->ctu == NULL) {
    weir_advect_run(tr->adv, &s, found);
    const weir_limited l = weir_advect_limited(tr->adv);
    tr->limited.cells += l.cells, tr->limited.theta = fmin(tr->limited.theta, l.theta);
    return;
  }
  if (tr->source != NULL) weir_ghost_fill(run->mesh, &run->problem.boundary, tr->source);
  weir_ctu_enter(run->mesh, &s, q);
  weir_ctu_run(tr->ctu, &s, found);
}

/* The stages of a step of size dt; each goes to the array the one before last left, the last one stays there. *worst > cap: given up, the rate of that stage. */
static weir_status stages(weir_ctx *ctx, weir_run *run, weir_transport *tr, double dt, double *worst)
{
  const int count = tr->stepper->stages;
  const double t = run->stats.time;
  weir_advect_found found = {.min = 0.0};
  double *q = run->q;
  tr->limited = (weir_limited){.theta = 1.0};
  if (tr->D != NULL) memset(tr->D, 0, (size_t)run->mesh->len * sizeof *tr->D);
  WEIR_TRY(weir_entering_step(ctx, run, tr, t, dt));
  for (int k = 0; k < count; k++) {
    double *const out = tr->stage[k % 2];
    WEIR_TRY(weir_transport_data_at(ctx, run, tr, t + tr->stepper->stage[k].time * dt));
    *worst = tr->rate;
    if (!(dt * tr->rate <= tr->cap)) return WEIR_OK;
    weir_transport_limiter_see(run, tr);
    weir_entering_stage(run, tr, tr->lag[k]);
    sweep(run, tr, k, dt, q, out, k == count - 1 ? &found : NULL);
    to_ledger(run, tr, tr->weight[k] * dt);
    q = out;
  }
  if (isnan(found.min)) return weir_run_scan(ctx, run, q, t + dt);
  weir_run_min(run, found.min, found.at);
  return WEIR_OK;
}

/* The next step's size at this CFL rate; *left: equal steps to go to `time`, 0 if steps are fixed. A remainder of 1e-12 of a fixed step is not a
 * step of its own. */
static double plan(const weir_run *run, const weir_transport *tr, double rate, double time, double *left)
{
  const double rest = time - run->stats.time, fixed = run->options.dt;
  *left = 0.0;
  if (fixed > 0 && fixed * rate <= tr->cap) return rest <= fixed * (1.0 + 1e-12) ? rest : fixed;
  const double short_enough = tr->unsteady ? ceil(rest / tr->span * least_steps * (1.0 - plan_room)) : 1.0;
  const double need = fmax(short_enough, ceil(rest * rate / (tr->cfl * (1.0 - plan_room))));
  const double planned = tr->goal == time ? tr->left - 1.0 : 0.0;
  const bool keep = planned >= 1.0 && need == planned + 1.0 && rest / planned * rate <= tr->cap;
  *left = keep ? planned : need;
  return *left > 1.0 ? rest / *left : rest;
}

static weir_status step(weir_ctx *ctx, weir_run *run, weir_transport *tr, double time)
{
  WEIR_TRY(weir_run_step_begin(ctx, run));
  WEIR_TRY(weir_transport_data_at(ctx, run, tr, run->stats.time));
  const double t = run->stats.time;
  double left = 0.0, dt = plan(run, tr, tr->rate, time, &left), worst = 0.0;
  const double ahead = weir_transport_rate_ahead(run, tr, t + dt);
  if (ahead > tr->rate) dt = plan(run, tr, ahead, time, &left); /* else its last stages would refuse it */
  WEIR_REQUIRE((time - t) / dt <= most_steps, ctx, WEIR_ENUMERIC,
               "%.3g steps of size %g from t = %.17g to %g: no run is that long; CFL rate %g, dt given %g",
               (time - t) / dt, dt, t, time, tr->rate, run->options.dt);
  for (;;) {
    WEIR_REQUIRE(t + dt > t, ctx, WEIR_ENUMERIC, "the step size %g is lost in the time %.17g: CFL rate %g", dt, t,
                 tr->rate);
    WEIR_TRY(stages(ctx, run, tr, dt, &worst));
    if (dt * worst <= tr->cap) break;
    run->stats.rejected++;
    WEIR_TRY(weir_run_step_begin(ctx, run));
    left = fmax(ceil((time - t) / dt) + 1.0, ceil((time - t) * worst / (tr->cfl * (1.0 - plan_room))));
    dt = (time - t) / left;
  }
  double **const last = &tr->stage[(tr->stepper->stages - 1) % 2], *const old = run->q;
  run->q = *last, *last = old;
  tr->goal = time, tr->left = left;
  run->stats.limited += tr->limited.cells, run->stats.theta = fmin(run->stats.theta, tr->limited.theta);
  weir_run_step_end(run, dt < time - t ? t + dt : time, dt, tr->stepper->stages);
  return WEIR_OK;
}

static weir_status advance(weir_ctx *ctx, void *self, weir_run *run, double time)
{
  weir_transport *tr = self;
  WEIR_TRY(weir_velocity_reaches(ctx, &run->problem.velocity, time));
  tr->span = time - run->stats.time;
  while (run->stats.time < time) WEIR_TRY(step(ctx, run, tr, time));
  return WEIR_OK;
}

extern const weir_engine weir_engine_transport;
const weir_engine weir_engine_transport = {
    .equation = WEIR_TRANSPORT,
    .name = "transport",
    .ghost = ghost,
    .create = create,
    .destroy = destroy,
    .advance = advance,
};
