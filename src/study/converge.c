/* Convergence studies: one run a level, errors at the end time, order verdicts.
 *
 *   With an exact solution E_l = |rho_l - exact averages|. Without one (self-convergence) E_l = |rho_l - R rho_{l+1}|, R the
 *   conservative restriction: for rho_l = rho + a h^p this is a (1 - r^-p) h_l^p, so the slopes are the same. */
#include <weir/study.h>
#include <weir/norms.h>
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

static weir_status run_level(weir_ctx *ctx, const weir_case *c, ptrdiff_t n, const weir_study_options *opt, result *r,
                             weir_level *row)
{
  const double start = cpu_seconds();
  WEIR_TRY(weir_setup_create(ctx, c, n, c->mesh.axis[0].n, opt, &r->setup));
  WEIR_TRY(weir_setup_start(ctx, r->setup, &r->run));
  WEIR_TRY(weir_run_advance(ctx, r->run, c->end));
  row->seconds = cpu_seconds() - start;
  const weir_mesh *m = weir_setup_mesh(r->setup);
  weir_ledger ledger;
  weir_run_stats stats;
  weir_run_ledger(r->run, &ledger);
  weir_run_stats_get(r->run, &stats);
  for (int a = 0; a < WEIR_MAXDIM; a++) row->n[a] = m->axis[a].n;
  row->h = pow(m->volume / (double)m->cells, 1.0 / m->dim);
  row->mass_defect = ledger.defect / fmax(fabs(ledger.mass0), ledger.turnover);
  row->min_rho = stats.min_rho;
  row->steps = stats.steps, row->stages = stats.stages;
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

static weir_status against_exact(weir_ctx *ctx, const weir_case *c, const result *r, weir_level *row)
{
  const weir_mesh *m = weir_setup_mesh(r->setup);
  double *truth = NULL;
  WEIR_TRY(weir_mesh_array(ctx, m, "exact averages", &truth));
  weir_status s = weir_setup_truth(ctx, r->setup, c->end, truth);
  if (s == WEIR_OK) s = measure(ctx, m, weir_run_density(r->run), truth, row);
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
    s = WEIR_FAIL(ctx, WEIR_EFORMAT, "self-convergence needs levels that divide each other: %s", weir_message(ctx));
  if (s == WEIR_OK) s = measure(ctx, m, weir_run_density(coarse->run), down, row);
  weir_free(down);
  return s;
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

/* What the case expects, else what its schemes claim: the smaller of space and time. */
static weir_status formal_order(weir_ctx *ctx, const weir_case *c, double *order)
{
  *order = c->order;
  if (c->order > 0) return WEIR_OK;
  *order = 2; /* Scharfetter-Gummel; time is exact */
  if (c->equation != WEIR_CASE_TRANSPORT) return WEIR_OK;
  const void *recon = NULL, *stepper = NULL;
  WEIR_TRY(weir_find(ctx, WEIR_KIND_RECON, c->reconstruction != NULL ? c->reconstruction : "muscl-mc", &recon));
  WEIR_TRY(weir_find(ctx, WEIR_KIND_STEPPER, c->stepper != NULL ? c->stepper : "ssprk3", &stepper));
  const int space = ((const weir_recon *)recon)->order, in_time = ((const weir_stepper *)stepper)->order;
  *order = space < in_time ? space : in_time;
  return WEIR_OK;
}

static weir_status check_levels(weir_ctx *ctx, const weir_case *c, int levels, const ptrdiff_t *level)
{
  WEIR_REQUIRE(levels > 0, ctx, WEIR_EFORMAT,
               "%s: the case names no levels to converge over: add `converge: {levels: [32, 64, 128]}` or --levels",
               c->file);
  WEIR_REQUIRE(levels >= 2 && levels <= LEVELS_MAX, ctx, WEIR_EFORMAT, "%s: %d levels, 2..%d expected", c->file, levels,
               (int)LEVELS_MAX);
  for (int l = 0; l < levels; l++)
    WEIR_REQUIRE(level[l] >= 1 && (l == 0 || level[l] > level[l - 1]), ctx, WEIR_EFORMAT,
                 "%s: level %d has %td cells; increasing numbers >= 1 expected", c->file, l, level[l]);
  return WEIR_OK;
}

static weir_status study(weir_ctx *ctx, const weir_case *c, int levels, const ptrdiff_t *level,
                         const weir_study_options *opt, void (*progress)(void *, int, int), void *user,
                         weir_convergence *out)
{
  result now = {NULL, NULL}, last = {NULL, NULL};
  weir_status s = WEIR_OK;
  for (int l = 0; l < levels && s == WEIR_OK; l++) {
    weir_level *row = &out->level[l];
    s = run_level(ctx, c, level[l], opt, &now, row);
    if (s == WEIR_OK && l == 0) out->against_exact = weir_setup_has_truth_at(now.setup, c->end);
    if (s == WEIR_OK && out->against_exact) s = against_exact(ctx, c, &now, row);
    if (s == WEIR_OK && !out->against_exact && l > 0) s = against_finer(ctx, &last, &now, &out->level[l - 1]);
    drop(&last);
    last = now;
    now = (result){NULL, NULL};
    if (s == WEIR_OK && progress != NULL) progress(user, l, levels);
  }
  drop(&last), drop(&now);
  out->levels = out->against_exact ? levels : levels - 1;
  return s;
}

weir_status weir_converge(weir_ctx *ctx, const weir_case *c, int levels, const ptrdiff_t *level,
                          const weir_study_options *opt, void (*progress)(void *user, int level, int levels),
                          void *user, weir_convergence **out)
{
  *out = NULL;
  if (levels <= 0) levels = c->levels, level = c->level;
  WEIR_TRY(check_levels(ctx, c, levels, level));
  void *block = NULL, *rows = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_convergence), "convergence study", &block));
  weir_convergence *r = block;
  weir_status s = weir_alloc(ctx, (size_t)levels, sizeof(weir_level), "convergence study", &rows);
  r->level = rows;
  for (int k = 0; k < 3; k++)
    if (strcmp(c->norm, norm_name[k]) == 0) r->norm = k;
  if (s == WEIR_OK) s = formal_order(ctx, c, &r->formal);
  if (s == WEIR_OK) s = study(ctx, c, levels, level, opt, progress, user, r);
  if (s == WEIR_OK && r->levels < 2)
    s = WEIR_FAIL(ctx, WEIR_EFORMAT, "%s: without an exact solution three levels are needed, %d given", c->file,
                  levels);
  if (s == WEIR_OK) s = judge(ctx, c, r);
  if (s == WEIR_OK)
    *out = r;
  else
    weir_convergence_destroy(&r);
  return s;
}

void weir_convergence_destroy(weir_convergence **c)
{
  if (c == NULL || *c == NULL) return;
  weir_free((*c)->level);
  weir_free(*c);
  *c = NULL;
}
