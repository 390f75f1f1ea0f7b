/* Convergence studies: one run a level, errors at the end time, order verdicts.
 *
 *   With an exact solution E_l = |rho_l - exact averages|. Without one (self-convergence) E_l = |rho_l - R rho_{l+1}|, R the
 *   conservative restriction: for rho_l = rho + a h^p this is a (1 - r^-p) h_l^p, so the slopes are the same. */
#include <weir/study.h>
#include <weir/norms.h>
#include "study/formal.h"
#include "study/functionals.h"
#include "study/setup.h"
#include <math.h>
#include <string.h>
#include <time.h>

enum { LEVELS_MAX = WEIR_ORDER_MAXLEVEL };
static const char *const norm_name[3] = {"L1", "L2", "Linf"};

/* A finished level, kept until its finer neighbour is done. */
typedef struct result {
  weir_setup *setup;
  weir_run *run;
} result;

/* A study under way. */
typedef struct work {
  const weir_case *c;
  const weir_study_options *opt;
  weir_convergence *out;
  double difference[LEVELS_MAX][3];  /* norms of run l minus run l + 1 */
  double truth[2][WEIR_FUNCTIONALS]; /* of the exact averages on the last mesh but one, and the last */
} work;

static void drop(result *r)
{
  weir_run_destroy(&r->run);
  weir_setup_destroy(&r->setup);
}

static double cpu_seconds(void)
{
  struct timespec t = {0, 0};
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* dt ~ h^P from the coarsest level on. */
static void set_step(const work *w, int l, weir_setup *s)
{
  const weir_convergence *r = w->out;
  if (r->dt_den == 0) return;
  const double P = (double)r->dt_num / r->dt_den, finer = r->run_h[l] / r->run_h[0];
  if (s->options.dt > 0)
    s->options.dt *= pow(finer, P);
  else
    s->options.cfl_scale = pow(finer, P - 1);
}

static void describe(const result *r, weir_level *row)
{
  const weir_mesh *m = weir_setup_mesh(r->setup);
  weir_ledger ledger;
  weir_run_stats stats;
  double lo = 0;
  weir_run_ledger(r->run, &ledger);
  weir_run_stats_get(r->run, &stats);
  for (int a = 0; a < WEIR_MAXDIM; a++) row->n[a] = m->axis[a].n;
  row->h = pow(m->volume / (double)m->cells, 1.0 / m->dim);
  row->mass_defect = ledger.relative;
  row->min_rho = stats.min_rho;
  weir_mesh_range(m, weir_run_density(r->run), &lo, &row->max_rho, NULL, NULL);
  row->steps = stats.steps, row->stages = stats.stages;
}

static weir_status run_level(weir_ctx *ctx, work *w, int l, ptrdiff_t n, result *r)
{
  const weir_case *c = w->c;
  weir_convergence *out = w->out;
  const double start = cpu_seconds();
  WEIR_TRY(weir_setup_create(ctx, c, n, c->mesh.axis[0].n, w->opt, &r->setup));
  const weir_mesh *m = weir_setup_mesh(r->setup);
  out->run_n[l] = n, out->run_h[l] = pow(m->volume / (double)m->cells, 1.0 / m->dim);
  set_step(w, l, r->setup);
  WEIR_TRY(weir_setup_start(ctx, r->setup, &r->run));
  WEIR_TRY(weir_run_advance(ctx, r->run, c->end));
  out->level[l].seconds = cpu_seconds() - start;
  describe(r, &out->level[l]);
  double value[WEIR_FUNCTIONALS];
  weir_functionals_of(m, weir_run_density(r->run), value);
  for (int k = 0; k < out->functionals; k++) out->functional[k].value[l] = value[k];
  return WEIR_OK;
}

static weir_status measure(weir_ctx *ctx, const weir_mesh *m, const double *q, const double *truth, weir_level *row)
{
  weir_norms e;
  weir_norms_of(m, q, truth, &e);
  const double error[3] = {e.l1, e.l2, e.linf}, relative[3] = {e.rel_l1, e.rel_l2, e.rel_linf};
  memcpy(row->error, error, sizeof error);
  memcpy(row->relative, relative, sizeof relative);
  row->w1 = (double)NAN;
  if (m->dim == 1 && weir_w1(ctx, m, q, truth, &row->w1) != WEIR_OK) {
    row->w1 = (double)NAN; /* negative or massless data have no W1: said by the NaN */
    weir_clear(ctx);
  }
  return WEIR_OK;
}

static weir_status against_exact(weir_ctx *ctx, work *w, const result *r, weir_level *row)
{
  const weir_mesh *m = weir_setup_mesh(r->setup);
  double *truth = NULL;
  WEIR_TRY(weir_mesh_array(ctx, m, "exact averages", &truth));
  weir_status s = weir_setup_truth(ctx, r->setup, w->c->end, truth);
  if (s == WEIR_OK) s = measure(ctx, m, weir_run_density(r->run), truth, row);
  if (s == WEIR_OK) {
    memcpy(w->truth[0], w->truth[1], sizeof w->truth[1]);
    weir_functionals_of(m, truth, w->truth[1]);
  }
  weir_free(truth);
  return s;
}

static weir_status against_finer(weir_ctx *ctx, const result *coarse, const result *fine, weir_level *row)
{
  const weir_mesh *m = weir_setup_mesh(coarse->setup);
  double *down = NULL;
  WEIR_TRY(weir_mesh_array(ctx, m, "restricted density", &down));
  weir_status s = weir_mesh_restrict(ctx, weir_setup_mesh(fine->setup), weir_run_density(fine->run), m, down);
  if (s == WEIR_EARG)
    s = WEIR_FAIL(ctx, WEIR_EFORMAT, "differences of successive meshes need levels that divide each other: %s",
                  weir_message(ctx));
  if (s == WEIR_OK) s = measure(ctx, m, weir_run_density(coarse->run), down, row);
  weir_free(down);
  return s;
}

/* What level l is compared with: the truth, the level before. */
static weir_status compare(weir_ctx *ctx, work *w, int l, const result *last, const result *now)
{
  weir_convergence *out = w->out;
  if (l == 0) {
    out->against_exact = weir_setup_has_truth_at(now->setup, w->c->end);
    out->error_bars = !out->against_exact || (w->opt != NULL && w->opt->error_bars);
  }
  if (out->against_exact) WEIR_TRY(against_exact(ctx, w, now, &out->level[l]));
  if (l == 0 || !out->error_bars) return WEIR_OK;
  weir_level scratch = out->level[l - 1], *row = out->against_exact ? &scratch : &out->level[l - 1];
  WEIR_TRY(against_finer(ctx, last, now, row));
  memcpy(w->difference[l - 1], row->error, sizeof row->error);
  return WEIR_OK;
}

static weir_status judge(weir_ctx *ctx, const weir_case *c, weir_convergence *out)
{
  double h[LEVELS_MAX], error[LEVELS_MAX];
  for (int k = 0; k < 3; k++) {
    const weir_level *finest = &out->level[out->levels - 1];
    for (int l = 0; l < out->levels; l++) h[l] = out->level[l].h, error[l] = out->level[l].error[k];
    const double norm = finest->relative[k] > 0 ? finest->error[k] / finest->relative[k] : 1;
    const weir_order_options opt = {.formal = out->formal,
                                    .delta = c->delta,
                                    .norm = norm,
                                    .steps = (double)(finest->stages > 0 ? finest->stages : 1)};
    WEIR_TRY(weir_order_judge(ctx, out->levels, h, error, &opt, &out->verdict[k]));
  }
  return WEIR_OK;
}

static weir_status check_levels(weir_ctx *ctx, const weir_case *c, int levels, const ptrdiff_t *level)
{
  WEIR_REQUIRE(levels > 0, ctx, WEIR_EFORMAT,
               "%s: the case names no levels to converge over: add `converge: {levels: [32, 64, 128]}` or --levels",
               c->file);
  WEIR_REQUIRE(levels >= 2 && levels <= LEVELS_MAX, ctx, WEIR_EFORMAT, "%s: levels: %d given, 2..%d expected", c->file,
               levels, (int)LEVELS_MAX);
  for (int l = 0; l < levels; l++)
    WEIR_REQUIRE(level[l] >= 1 && (l == 0 || level[l] > level[l - 1]), ctx, WEIR_EFORMAT,
                 "%s: level %d has %td cells; increasing numbers >= 1 expected", c->file, l, level[l]);
  return WEIR_OK;
}

static weir_status study(weir_ctx *ctx, work *w, int levels, const ptrdiff_t *level, void (*progress)(void *, int, int),
                         void *user)
{
  result now = {NULL, NULL}, last = {NULL, NULL};
  weir_convergence *out = w->out;
  weir_status s = WEIR_OK;
  for (int l = 0; l < levels && s == WEIR_OK; l++) {
    s = run_level(ctx, w, l, level[l], &now);
    if (s == WEIR_OK) s = compare(ctx, w, l, &last, &now);
    drop(&last);
    last = now;
    now = (result){NULL, NULL};
    if (s == WEIR_OK && progress != NULL) progress(user, l, levels);
  }
  drop(&last), drop(&now);
  WEIR_TRY(s);
  out->runs = levels;
  out->levels = out->against_exact ? levels : levels - 1;
  WEIR_REQUIRE(out->levels >= 2 && (!out->error_bars || levels >= 3), ctx, WEIR_EFORMAT,
               out->against_exact ? "%s: for error bars three levels are needed, %d given"
                                  : "%s: without an exact solution three levels are needed, %d given",
               w->c->file, levels);
  WEIR_TRY(judge(ctx, w->c, out));
  return out->error_bars ? weir_study_bars(ctx, out, w->difference, w->truth) : WEIR_OK;
}

/* The parts of a study that are known before the first run. */
static weir_status prepare(weir_ctx *ctx, const weir_case *c, const weir_study_options *opt, weir_convergence *out)
{
  for (int k = 0; k < 3; k++)
    if (strcmp(c->norm, norm_name[k]) == 0) out->norm = k;
  out->functionals = c->dim + 3;
  for (int k = 0; k < out->functionals; k++) weir_functional_name(c->dim, k, out->functional[k].name);
  return weir_study_formal(ctx, c, opt != NULL ? opt->dt_num : 0, opt != NULL ? opt->dt_den : 0, out);
}

weir_status weir_converge(weir_ctx *ctx, const weir_case *c, int levels, const ptrdiff_t *level,
                          const weir_study_options *opt, void (*progress)(void *user, int level, int levels),
                          void *user, weir_convergence **out)
{
  weir_case study_case = *c; /* a view: owns nothing */
  *out = NULL;
  if (c->reconstruction == NULL) study_case.reconstruction = c->study_scheme, c = &study_case;
  if (levels <= 0) levels = c->levels, level = c->level;
  WEIR_TRY(check_levels(ctx, c, levels, level));
  void *block = NULL, *rows = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_convergence), "convergence study", &block));
  weir_convergence *r = block;
  weir_status s = weir_alloc(ctx, (size_t)levels, sizeof(weir_level), "convergence study", &rows);
  r->level = rows;
  work w = {.c = c, .opt = opt, .out = r};
  for (int k = 0; k < WEIR_FUNCTIONALS; k++) w.truth[0][k] = w.truth[1][k] = (double)NAN;
  if (s == WEIR_OK) s = prepare(ctx, c, opt, r);
  if (s == WEIR_OK) s = study(ctx, &w, levels, level, progress, user);
  if (s == WEIR_OK)
    *out = r;
  else
    weir_convergence_destroy(&r);
  return s;
}

double weir_convergence_cost(const weir_convergence *c, int norm, double relative_error)
{
  const double goal = log(relative_error);
  for (int l = c->levels - 1; l > 0; l--) {
    const double fine = log(c->level[l].relative[norm]), coarse = log(c->level[l - 1].relative[norm]);
    const double tf = log(c->level[l].seconds), tc = log(c->level[l - 1].seconds);
    if (goal >= fine && goal <= coarse && coarse > fine) return exp(tf + (tc - tf) * (goal - fine) / (coarse - fine));
  }
  return (double)NAN;
}

void weir_convergence_destroy(weir_convergence **c)
{
  if (c == NULL || *c == NULL) return;
  weir_free((*c)->level);
  weir_free(*c);
  *c = NULL;
}
