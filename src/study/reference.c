/* The truth for a judgement, at the cloud's own times.
 *
 *   The finite-volume solution runs on two meshes of ratio 2; their difference is its error bar (Roache, J. Fluids Eng. 116 (1994)
 *   405: Fs/(r^p - 1), Fs = 1.25 with the order p = 2 that the tests observe). A JKO scheme of step tau differs from the PDE
 *   by O(tau) however well it is solved, so where its closed form exists a cloud with that tau is judged by the JKO chain itself; the
 *   finite-volume solution then says how far the chain is from the PDE. */
#include <weir/study.h>
#include <weir/norms.h>
#include "study/setup.h"
#include <math.h>
#include <string.h>

enum { PLACE = 512, CELLS_MIN = 8 };          /* on fewer cells two grids say nothing about each other's error */
static const double safety = 1.25, order = 2; /* observed in tests/order for both equations */

struct weir_reference {
  const weir_case *c;
  weir_reference_kind kind;
  weir_setup *fine, *coarse;
  weir_run *run_fine, *run_coarse;
  weir_exact *jko;
  double tau;
  double *truth, *error; /* on the fine mesh */
  double mass0;          /* of the initial data: truths are per unit of it */
  double time;           /* now; of the exact solution asked for pointwise */
  weir_reference_info info;
};

const char *weir_reference_name(weir_reference_kind k)
{
  static const char *const name[] = {"auto", "pde", "exact", "jko"};
  return (int)k >= 0 && (size_t)k < sizeof name / sizeof *name ? name[k] : "?";
}

/* ---------------------------------------------------------------- the JKO chain in closed form */
static const weir_case_param *find_param(const weir_case *c, const char *name)
{
  for (int k = 0; k < c->exact_count; k++)
    if (strcmp(c->exact_param[k].name, name) == 0) return &c->exact_param[k];
  return NULL;
}

/* Why the case has no closed-form chain, NULL if it has one. */
static const char *no_jko(const weir_case *c)
{
  if (c->equation != WEIR_CASE_FOKKER_PLANCK) return "the equation is no gradient flow";
  if (c->exact == NULL || strcmp(c->exact, "ornstein-uhlenbeck") != 0)
    return "the exact solution is not ornstein-uhlenbeck";
  const weir_case_param *mean = find_param(c, "mean");
  if (mean != NULL && mean->rows > 1 && mean->cols > 1) return "the initial density is a mixture of Gaussians";
  if (mean != NULL && c->dim == 1 && mean->rows > 1) return "the initial density is a mixture of Gaussians";
  for (int a = 0; a < c->dim; a++)
    if (c->velocity[a] != NULL) return "the drift is no gradient";
  if (c->stream != NULL || c->vector_potential[0] != NULL || c->samples != NULL) return "the drift is no gradient";
  return NULL;
}

/* Step of the chain at this time, -1 if it lies between two steps by more than rounding (of times in single precision). */
static int chain_step(const weir_reference *r, double time)
{
  const double k = (time - r->c->start) / r->tau, whole = nearbyint(k);
  return fabs(k - whole) <= 1e-5 * fmax(1, fabs(k)) && whole >= 0 && whole < 1e6 ? (int)whole : -1;
}

/* Do all times lie on the chain? */
static bool on_chain(const weir_reference *r, int steps, const double *time)
{
  for (int k = 0; k < steps; k++)
    if (chain_step(r, time[k]) < 0) return false;
  return steps > 0;
}

static weir_status make_jko(weir_ctx *ctx, weir_reference *r, int steps, const double *time)
{
  const weir_case *c = r->c;
  static const char *const take[] = {"A", "b", "diffusion", "mean", "covariance"};
  weir_param param[8];
  int n = 0;
  for (size_t k = 0; k < sizeof take / sizeof *take; k++) {
    const weir_case_param *p = find_param(c, take[k]);
    if (p != NULL) param[n++] = (weir_param){.name = p->name, .rows = p->rows, .cols = p->cols, .value = p->value};
  }
  double count = 1;
  for (int k = 0; k < steps; k++) count = fmax(count, chain_step(r, time[k]));
  param[n++] = (weir_param){.name = "tau", .rows = 1, .cols = 1, .value = &r->tau};
  param[n++] = (weir_param){.name = "steps", .rows = 1, .cols = 1, .value = &count};
  const weir_status s = weir_exact_create(ctx, "gaussian-jko", c->dim, n, param, &r->jko);
  if (s != WEIR_EARG && s != WEIR_ENOTFOUND) return s;
  char place[PLACE];
  return WEIR_FAIL(ctx, WEIR_EFORMAT, "%s: %s", weir_case_where(c, "exact", place, sizeof place), weir_message(ctx));
}

static weir_status choose(weir_ctx *ctx, weir_reference *r, weir_reference_kind kind, double tau, int steps,
                          const double *time)
{
  const weir_case *c = r->c;
  const char *why = no_jko(c);
  r->tau = isfinite(tau) && tau > 0 ? tau : c->jko_tau;
  r->kind = kind;
  if (kind == WEIR_REFERENCE_AUTO)
    r->kind = why == NULL && c->jko_tau > 0 && on_chain(r, steps, time) ? WEIR_REFERENCE_JKO : WEIR_REFERENCE_PDE;
  if (kind == WEIR_REFERENCE_EXACT)
    WEIR_REQUIRE(weir_setup_has_truth(r->fine), ctx, WEIR_EUNSUPPORTED,
                 "%s: reference `exact`: the case has no exact solution", c->file);
  if (r->kind != WEIR_REFERENCE_JKO) return WEIR_OK;
  WEIR_REQUIRE(why == NULL, ctx, WEIR_EUNSUPPORTED, "%s: reference `jko`: no closed form, since %s", c->file, why);
  WEIR_REQUIRE(r->tau > 0, ctx, WEIR_EUNSUPPORTED,
               "%s: reference `jko`: neither the cloud nor the case says the step tau (give --tau)", c->file);
  for (int k = 0; k < steps; k++)
    WEIR_REQUIRE(chain_step(r, time[k]) >= 0, ctx, WEIR_EFORMAT,
                 "reference `jko`: step %d of the cloud is at t = %g, no whole number of steps tau = %g after the "
                 "case's start %g",
                 k, time[k], r->tau, c->start);
  return make_jko(ctx, r, steps, time);
}

/* ---------------------------------------------------------------- create */
static bool even(const weir_case *c)
{
  for (int a = 0; a < c->dim; a++)
    if (c->mesh.axis[a].n % 2 != 0 || c->mesh.axis[a].n < CELLS_MIN) return false;
  return true;
}

static weir_status check_cells(weir_ctx *ctx, const weir_case *c)
{
  char place[PLACE];
  for (int a = 0; a < c->dim; a++)
    WEIR_REQUIRE(c->mesh.axis[a].n >= CELLS_MIN, ctx, WEIR_EFORMAT,
                 "%s: %td cells along %c, at least %d expected for a truth to judge by",
                 weir_case_where(c, "mesh.cells", place, sizeof place), c->mesh.axis[a].n, "xyz"[a], (int)CELLS_MIN);
  return WEIR_OK;
}

static weir_status fill(weir_ctx *ctx, weir_reference *r, weir_reference_kind kind, double tau, int steps,
                        const double *time, const weir_study_options *opt)
{
  WEIR_TRY(check_cells(ctx, r->c));
  const bool halve = even(r->c);
  WEIR_TRY(weir_setup_create(ctx, r->c, halve ? 1 : 2, 1, opt, &r->fine));
  WEIR_TRY(weir_setup_create(ctx, r->c, 1, halve ? 2 : 1, opt, &r->coarse));
  WEIR_TRY(choose(ctx, r, kind, tau, steps, time));
  WEIR_TRY(weir_setup_start(ctx, r->fine, &r->run_fine));
  WEIR_TRY(weir_setup_start(ctx, r->coarse, &r->run_coarse));
  WEIR_TRY(weir_mesh_array(ctx, r->fine->mesh, "truth", &r->truth));
  WEIR_TRY(weir_mesh_array(ctx, r->fine->mesh, "error of the truth", &r->error));
  const weir_exact *e = r->jko != NULL ? r->jko : r->fine->exact;
  r->mass0 = e != NULL && !(weir_exact_class_of(e)->flags & WEIR_EXACT_IN_BOX)
                 ? weir_exact_mass(e, r->c->start)
                 : weir_mesh_integral(r->fine->mesh, r->fine->rho0);
  if (!isfinite(r->mass0)) r->mass0 = weir_mesh_integral(r->fine->mesh, r->fine->rho0);
  WEIR_REQUIRE(r->mass0 > 0, ctx, WEIR_EFORMAT, "%s: the initial density has mass %g, > 0 expected to judge a cloud",
               r->c->file, r->mass0);
  return WEIR_OK;
}

weir_status weir_reference_create(weir_ctx *ctx, const weir_case *c, weir_reference_kind kind, double tau, int steps,
                                  const double *time, const weir_study_options *opt, weir_reference **out)
{
  void *block = NULL;
  *out = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_reference), "reference", &block));
  weir_reference *r = block;
  r->c = c;
  const weir_status s = fill(ctx, r, kind, tau, steps, time, opt);
  if (s == WEIR_OK)
    *out = r;
  else
    weir_reference_destroy(&r);
  return s;
}

void weir_reference_destroy(weir_reference **r)
{
  if (r == NULL || *r == NULL) return;
  weir_free((*r)->truth), weir_free((*r)->error);
  weir_run_destroy(&(*r)->run_fine), weir_run_destroy(&(*r)->run_coarse);
  weir_setup_destroy(&(*r)->fine), weir_setup_destroy(&(*r)->coarse);
  weir_exact_destroy(&(*r)->jko);
  weir_free(*r);
  *r = NULL;
}

weir_reference_kind weir_reference_kind_of(const weir_reference *r)
{
  return r->kind;
}

const weir_mesh *weir_reference_mesh(const weir_reference *r)
{
  return r->fine->mesh;
}

void weir_reference_info_get(const weir_reference *r, weir_reference_info *out)
{
  *out = r->info;
}

/* ---------------------------------------------------------------- truth at one time */
static void log_density(void *user, ptrdiff_t n, int dim, const double *x, double *out)
{
  const weir_reference *r = user;
  const weir_exact *e = r->kind == WEIR_REFERENCE_JKO ? r->jko : r->fine->exact;
  (void)dim; /* the judge has compared it with the mesh's */
  weir_exact_log_density(e, r->time, n, x, out);
  const double scale = log(r->mass0);
  for (ptrdiff_t i = 0; i < n; i++) out[i] -= scale;
}

/* The same along characteristics; NaN where one cannot be followed, which the judge reports. */
static void flow_log_density(void *user, ptrdiff_t n, int dim, const double *x, double *out)
{
  enum { SOME = 512 };
  const weir_reference *r = user;
  const weir_flowmap *f = weir_flow_truth_map(r->fine->flow);
  double at[WEIR_MAXDIM][SOME];
  const double *const y[WEIR_MAXDIM] = {at[0], at[1], at[2]};
  for (ptrdiff_t i0 = 0; i0 < n; i0 += SOME) {
    const ptrdiff_t m = n - i0 < SOME ? n - i0 : SOME;
    for (ptrdiff_t i = 0; i < m; i++)
      for (int a = 0; a < dim; a++) at[a][i] = x[(i0 + i) * dim + a];
    const bool known = weir_flowmap_density(NULL, f, r->time, m, y, out + i0) == WEIR_OK;
    for (ptrdiff_t i = i0; i < i0 + m; i++) out[i] = known ? log(out[i] / r->mass0) : (double)NAN;
  }
}

/* q / mass0 on the interior. */
static void normalise(const weir_reference *r, const double *q, double *out)
{
  const weir_mesh *m = r->fine->mesh;
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++) {
      const ptrdiff_t o = weir_mesh_index(m, 0, j, k);
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) out[o + i] = q[o + i] / r->mass0;
    }
}

/* Advance both finite-volume runs; their error bar goes to r->error. */
static weir_status advance(weir_ctx *ctx, weir_reference *r, double time)
{
  WEIR_TRY(weir_run_advance(ctx, r->run_fine, time));
  WEIR_TRY(weir_run_advance(ctx, r->run_coarse, time));
  WEIR_TRY(weir_richardson_error(ctx, r->fine->mesh, weir_run_density(r->run_fine), r->coarse->mesh,
                                 weir_run_density(r->run_coarse), order, safety, r->error));
  weir_ledger ledger;
  weir_run_stats stats;
  weir_run_ledger(r->run_fine, &ledger);
  weir_run_stats_get(r->run_fine, &stats);
  r->info = (weir_reference_info){
      .time = time, .mass_defect = ledger.relative, .min_rho = stats.min_rho, .fv_exact = (double)NAN};
  return WEIR_OK;
}

/* Relative L1 distances for the report: needs r->truth (not yet normalised) and r->error of now. */
static weir_status compare(weir_ctx *ctx, weir_reference *r, double time)
{
  const weir_mesh *m = r->fine->mesh;
  const double *fv = weir_run_density(r->run_fine);
  double *scratch = NULL;
  weir_norms e;
  WEIR_TRY(weir_mesh_array(ctx, m, "comparison", &scratch)); /* zero: also the field to compare an error with */
  weir_norms_of(m, r->error, scratch, &e);
  const double error = e.l1;
  weir_norms_of(m, r->truth, fv, &e);
  r->info.to_pde = e.rel_l1;
  r->info.fv_error = error / e.ref_l1;
  weir_status s = WEIR_OK;
  if (weir_setup_has_truth_at(r->fine, time) && weir_setup_truth(ctx, r->fine, time, scratch) == WEIR_OK) {
    weir_norms_of(m, fv, scratch, &e);
    r->info.fv_exact = e.rel_l1;
  } else
    weir_clear(ctx); /* an exact solution that does not exist at this time is no failure of the reference */
  weir_free(scratch);
  return s;
}

static weir_status pick(weir_ctx *ctx, weir_reference *r, double time, weir_truth *out)
{
  switch (r->kind) {
  case WEIR_REFERENCE_JKO:
    WEIR_REQUIRE(chain_step(r, time) >= 0, ctx, WEIR_EFORMAT,
                 "reference `jko`: t = %g is no whole number of steps tau = %g", time, r->tau);
    r->time = chain_step(r, time) * r->tau;
    WEIR_TRY(weir_exact_cell_average(ctx, r->jko, r->fine->mesh, r->time, r->truth));
    out->log_density = log_density, out->user = r;
    return WEIR_OK;
  case WEIR_REFERENCE_EXACT:
    r->time = time;
    WEIR_TRY(weir_setup_truth(ctx, r->fine, time, r->truth));
    if (r->fine->exact != NULL) out->log_density = log_density, out->user = r;
    if (r->fine->flow != NULL) out->log_density = flow_log_density, out->user = r;
    return WEIR_OK;
  case WEIR_REFERENCE_PDE:
  case WEIR_REFERENCE_AUTO: break;
  }
  memcpy(r->truth, weir_run_density(r->run_fine), (size_t)r->fine->mesh->len * sizeof *r->truth);
  out->error = r->error, out->error_signed = true;
  return WEIR_OK;
}

weir_status weir_reference_truth(void *user, weir_ctx *ctx, int step, double time, weir_truth *out)
{
  weir_reference *r = user;
  WEIR_REQUIRE(isfinite(time), ctx, WEIR_EFORMAT, "step %d of the cloud has no time: give its step with --tau", step);
  const double slack = 1e-9 * fmax(1, fabs(time));
  WEIR_REQUIRE(time >= r->c->start - slack, ctx, WEIR_EFORMAT,
               "step %d of the cloud is at t = %g, before the case's start %g", step, time, r->c->start);
  if (time < r->c->start) time = r->c->start;
  WEIR_TRY(advance(ctx, r, time));
  WEIR_TRY(pick(ctx, r, time, out));
  WEIR_TRY(compare(ctx, r, time));
  normalise(r, r->truth, r->truth);
  normalise(r, r->error, r->error);
  weir_run_stats stats;
  weir_ledger ledger;
  weir_run_stats_get(r->run_fine, &stats);
  weir_run_ledger(r->run_fine, &ledger);
  out->time = time, out->mesh = r->fine->mesh, out->rho = r->truth, out->unit = r->mass0;
  /* what left through the walls is gone; what lies outside a truncated open box is not */
  double left = 0;
  for (int a = 0; a < WEIR_MAXDIM; a++) left += ledger.outflow[a][0] + ledger.outflow[a][1];
  out->mass = 1 - (r->kind == WEIR_REFERENCE_PDE ? left / r->mass0 : 0);
  return WEIR_OK;
}
