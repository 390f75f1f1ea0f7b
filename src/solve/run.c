/* A run: density, ledger, statistics and clock, whichever engine moves them (engine.h). */
#include "util/threads.h"
#include "solve/engine.h"
#include <float.h>
#include <math.h>
#include <string.h>

#define WEIR_ENGINE(item) extern const weir_engine item;
#include "solve/engine.def"
#undef WEIR_ENGINE

static const weir_engine *const engines[] = {
#define WEIR_ENGINE(item) &item,
#include "solve/engine.def"
#undef WEIR_ENGINE
};

static const int64_t default_max_steps = 1000000000;

static weir_status find_engine(weir_ctx *ctx, weir_equation eq, const weir_engine **out)
{
  for (size_t k = 0; k < sizeof engines / sizeof engines[0]; k++) {
    if (engines[k]->equation != eq) continue;
    *out = engines[k];
    return WEIR_OK;
  }
  return WEIR_FAIL(ctx, WEIR_EARG, "equation %d: no engine solves it", (int)eq);
}

weir_status weir_problem_ghost(weir_ctx *ctx, weir_equation eq, const weir_run_options *opt, int *ghost)
{
  static const weir_run_options defaults = {0};
  const weir_engine *engine = NULL;
  WEIR_TRY(find_engine(ctx, eq, &engine));
  return engine->ghost(ctx, opt != NULL ? opt : &defaults, ghost);
}

/* ------------------------------------------------------------------ ledger */
static void sums_clear(weir_ledger_sums *s)
{
  for (int a = 0; a < WEIR_MAXDIM; a++)
    for (int side = 0; side < 2; side++) weir_sum_clear(&s->outflow[a][side]);
  weir_sum_clear(&s->source);
  weir_sum_clear(&s->turnover);
}

static void sums_merge(weir_ledger_sums *s, const weir_ledger_sums *t)
{
  for (int a = 0; a < WEIR_MAXDIM; a++)
    for (int side = 0; side < 2; side++) weir_sum_merge(&s->outflow[a][side], &t->outflow[a][side]);
  weir_sum_merge(&s->source, &t->source);
  weir_sum_merge(&s->turnover, &t->turnover);
}

void weir_run_flux(weir_run *run, int a, int side, double m)
{
  weir_sum_add(&run->step.outflow[a][side], m);
  weir_sum_add(&run->step.turnover, fabs(m));
  run->step_sums = true;
}

void weir_run_flux_row(weir_run *run, int a, int side, ptrdiff_t n, ptrdiff_t stride, const double *f,
                       const double *weight, double scale)
{
  for (ptrdiff_t i = 0; i < n; i++)
    weir_run_flux(run, a, side, scale * (weight != NULL ? weight[i] * f[i * stride] : f[i * stride]));
}

void weir_run_source(weir_run *run, double m)
{
  weir_sum_add(&run->step.source, m);
  weir_sum_add(&run->step.turnover, fabs(m));
  run->step_sums = true;
}

void weir_run_ledger(const weir_run *run, weir_ledger *out)
{
  weir_sum defect;
  weir_sum_clear(&defect);
  weir_mesh_integral_add(run->mesh, run->q, &defect);
  out->mass0 = run->mass0;
  out->mass = weir_sum_value(&defect);
  for (int a = 0; a < WEIR_MAXDIM; a++)
    for (int side = 0; side < 2; side++) {
      out->outflow[a][side] = weir_sum_value(&run->total.outflow[a][side]);
      weir_sum_merge(&defect, &run->total.outflow[a][side]);
    }
  out->source = weir_sum_value(&run->total.source);
  out->turnover = weir_sum_value(&run->total.turnover);
  weir_sum_add(&defect, -out->source);
  weir_sum_add(&defect, -run->mass0);
  out->defect = weir_sum_value(&defect);
  const double scale = fmax(run->size0, out->turnover); /* mass0 would not do: waves may have none */
  out->relative = scale > 0 || out->defect != 0 ? out->defect / scale : 0;
}

/* ------------------------------------------------------------------ steps */
weir_status weir_run_step_begin(weir_ctx *ctx, weir_run *run)
{
  const weir_run_options *o = &run->options;
  if (o->interrupted != NULL && o->interrupted(o->interrupted_user))
    return WEIR_FAIL(ctx, WEIR_EINTERRUPTED, "interrupted at time %g after %lld steps", run->stats.time,
                     (long long)run->stats.steps);
  WEIR_REQUIRE(run->stats.steps < o->max_steps, ctx, WEIR_ENUMERIC, "max_steps = %lld reached at time %.17g",
               (long long)o->max_steps, run->stats.time);
  if (run->step_sums) sums_clear(&run->step);
  run->step_sums = false;
  run->step_min = INFINITY;
  return WEIR_OK;
}

void weir_run_min(weir_run *run, double value, const ptrdiff_t at[WEIR_MAXDIM])
{
  if (!(value < run->step_min)) return;
  run->step_min = value;
  memcpy(run->step_min_at, at, sizeof run->step_min_at);
}

weir_status weir_run_scan(weir_ctx *ctx, weir_run *run, const double *q, double time)
{
  const weir_mesh *m = run->mesh;
  double lo = 0.0, hi = 0.0;
  ptrdiff_t lo_at[WEIR_MAXDIM] = {0}, hi_at[WEIR_MAXDIM] = {0};
  weir_mesh_range(m, q, &lo, &hi, lo_at, hi_at);
  if (isfinite(lo) && isfinite(hi)) {
    weir_run_min(run, lo, lo_at);
    return WEIR_OK;
  }
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const double x = q[weir_mesh_index(m, i, j, k)];
        if (!isfinite(x))
          return WEIR_FAIL(ctx, WEIR_ENUMERIC, "density %g at time %.17g in cell (%td, %td, %td)", x, time, i, j, k);
      }
  return WEIR_FAIL(ctx, WEIR_EINTERNAL, "a value that is not finite was seen and not found");
}

static void note_min(weir_run *run, double time)
{
  weir_run_stats *s = &run->stats;
  if (!(run->step_min < s->min_rho)) return;
  s->min_rho = run->step_min;
  memcpy(s->min_at, run->step_min_at, sizeof s->min_at);
  s->min_time = time;
}

void weir_run_step_end(weir_run *run, double time, double dt, int64_t stages)
{
  weir_run_stats *s = &run->stats;
  if (run->step_sums) sums_merge(&run->total, &run->step);
  note_min(run, time);
  s->dt_min = s->steps == 0 || dt < s->dt_min ? dt : s->dt_min;
  s->dt_max = dt > s->dt_max ? dt : s->dt_max;
  s->time = time;
  s->steps++;
  s->stages += stages;
}

/* ------------------------------------------------------------------ life */
static weir_status check_options(weir_ctx *ctx, weir_run_options *o)
{
  WEIR_REQUIRE(o->cfl >= 0 && o->cfl <= DBL_MAX, ctx, WEIR_EARG, "cfl = %g, a number >= 0 expected", o->cfl);
  WEIR_REQUIRE(o->dt >= 0 && o->dt <= DBL_MAX, ctx, WEIR_EARG, "dt = %g, a number >= 0 expected", o->dt);
  WEIR_REQUIRE(o->threads >= 0, ctx, WEIR_EARG, "threads = %d, >= 0 expected", o->threads);
  WEIR_REQUIRE(o->max_steps >= 0, ctx, WEIR_EARG, "max_steps = %lld, >= 0 expected", (long long)o->max_steps);
  if (o->threads == 0) o->threads = weir_threads_max();
  if (o->max_steps == 0) o->max_steps = default_max_steps;
  return WEIR_OK;
}

/* The integral of |q|. */
static double size_of(const weir_mesh *m, const double *q)
{
  weir_sum s;
  weir_sum_clear(&s);
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++) {
      const double across = m->axis[1].measure[j] * m->axis[2].measure[k];
      const double *row = q + weir_mesh_index(m, 0, j, k);
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) weir_sum_add(&s, m->axis[0].measure[i] * across * fabs(row[i]));
    }
  return weir_sum_value(&s);
}

static weir_status start(weir_ctx *ctx, const weir_problem *p, weir_run *run)
{
  const weir_mesh *m = run->mesh;
  WEIR_TRY(weir_boundary_check(ctx, m, &p->boundary));
  WEIR_REQUIRE(isfinite(p->time), ctx, WEIR_EARG, "start time %g, a finite number expected", p->time);
  WEIR_TRY(weir_mesh_array(ctx, m, "density", &run->q));
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++) {
      const ptrdiff_t at = weir_mesh_index(m, 0, j, k);
      memcpy(run->q + at, p->rho0 + at, (size_t)m->axis[0].n * sizeof *run->q);
    }
  run->step_min = INFINITY;
  if (weir_run_scan(ctx, run, run->q, p->time) != WEIR_OK)
    return WEIR_FAIL(ctx, WEIR_EARG, "initial %s", weir_message(ctx));
  run->stats.time = run->stats.min_time = p->time;
  run->stats.min_rho = INFINITY;
  note_min(run, p->time);
  run->mass0 = weir_mesh_integral(m, run->q);
  run->size0 = size_of(m, run->q);
  return run->engine->create(ctx, run, &run->self);
}

weir_status weir_run_create(weir_ctx *ctx, const weir_problem *p, const weir_run_options *opt, weir_run **out)
{
  const weir_engine *engine = NULL;
  void *memory = NULL;
  *out = NULL;
  WEIR_REQUIRE(p->mesh != NULL && p->rho0 != NULL, ctx, WEIR_EARG, "a run needs a mesh and initial cell averages");
  WEIR_TRY(find_engine(ctx, p->equation, &engine));
  WEIR_TRY(weir_alloc(ctx, 1, sizeof **out, "run", &memory));
  weir_run *run = memory;
  run->engine = engine;
  run->mesh = p->mesh;
  run->problem = *p;
  if (opt != NULL) run->options = *opt;
  sums_clear(&run->total);
  sums_clear(&run->step);
  weir_status st = check_options(ctx, &run->options);
  if (st == WEIR_OK) st = start(ctx, p, run);
  run->problem.rho0 = NULL;
  if (st != WEIR_OK) {
    weir_run_destroy(&run);
    return st;
  }
  *out = run;
  return WEIR_OK;
}

void weir_run_destroy(weir_run **run)
{
  if (run == NULL || *run == NULL) return;
  (*run)->engine->destroy((*run)->self);
  weir_free((*run)->q);
  weir_free(*run);
  *run = NULL;
}

weir_status weir_run_advance(weir_ctx *ctx, weir_run *run, double time)
{
  const double now = run->stats.time;
  WEIR_REQUIRE(time >= now && time <= DBL_MAX, ctx, WEIR_EARG, "advance to time %.17g, but the run is at %.17g", time,
               now);
  return time > now ? run->engine->advance(ctx, run->self, run, time) : WEIR_OK;
}

const double *weir_run_density(const weir_run *run)
{
  return run->q;
}

void weir_run_stats_get(const weir_run *run, weir_run_stats *out)
{
  *out = run->stats;
}
