/* A case bound to a mesh: callbacks out of formulas, exact solution out of parameters, initial cell averages. */
#include <weir/norms.h>
#include <weir/study.h>
#include "study/setup.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PLACE = 512, ARRAYS_LEAST = 6, TRUTH_POINTS = 6 };

weir_status weir_register_all(weir_ctx *ctx)
{
  WEIR_TRY(weir_fv_register(ctx));
  WEIR_TRY(weir_time_register(ctx));
  WEIR_TRY(weir_exact_register(ctx));
  return weir_cmp_register(ctx);
}

weir_status weir_setup_blame(weir_ctx *ctx, const weir_case *c, const char *item, weir_status s)
{
  if (s != WEIR_EARG && s != WEIR_ENOTFOUND && s != WEIR_ELIMIT && s != WEIR_EUNSUPPORTED) return s;
  char place[PLACE];
  return WEIR_FAIL(ctx, WEIR_EFORMAT, "%s: %s", weir_case_where(c, item, place, sizeof place), weir_message(ctx));
}

/* ---------------------------------------------------------------- exact solution */
static weir_status create_exact(weir_ctx *ctx, const weir_case *c, const char *item, const char *name, int count,
                                const weir_case_param *given, weir_exact **out)
{
  weir_param param[WEIR_EXACT_MAXPARAM];
  if (count > WEIR_EXACT_MAXPARAM) {
    (void)WEIR_FAIL(ctx, WEIR_EARG, "%d parameters, at most %d expected", count, (int)WEIR_EXACT_MAXPARAM);
    return weir_setup_blame(ctx, c, item, WEIR_EARG);
  }
  for (int k = 0; k < count; k++) {
    const weir_case_param *p = &given[k];
    param[k] = (weir_param){.name = p->name, .rows = p->rows, .cols = p->cols, .value = p->value, .text = p->text};
  }
  return weir_setup_blame(ctx, c, item, weir_exact_create(ctx, name, c->dim, count, param, out));
}

static weir_status bind_exact(weir_ctx *ctx, weir_setup *s)
{
  const weir_case *c = s->c;
  if (c->flow_map) return weir_setup_blame(ctx, c, "exact", weir_flow_truth_create(ctx, c, &s->flow));
  if (c->exact == NULL) return WEIR_OK;
  return create_exact(ctx, c, "exact", c->exact, c->exact_count, c->exact_param, &s->exact);
}

/* Gaussian mixtures given as initial data: the heat flow's solution at time 0. */
static weir_status mixture(weir_ctx *ctx, const weir_case *c, weir_exact **out)
{
  const int K = c->mixture_count, d = c->dim;
  double *block = NULL;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(K * (1 + d + d * d) + 1), "mixture", &block));
  double *weight = block, *mean = weight + K, *cov = mean + K * d, *unit = cov + K * d * d;
  *unit = 1;
  for (int k = 0; k < K; k++) {
    weight[k] = c->mixture[k].weight;
    memcpy(mean + k * d, c->mixture[k].mean, (size_t)d * sizeof *mean);
    memcpy(cov + k * d * d, c->mixture[k].cov, (size_t)(d * d) * sizeof *cov);
  }
  const weir_param param[] = {{.name = "diffusion", .rows = 1, .cols = 1, .value = unit},
                              {.name = "weight", .rows = K, .cols = 1, .value = weight},
                              {.name = "mean", .rows = K, .cols = d, .value = mean},
                              {.name = "covariance", .rows = K * d, .cols = d, .value = cov}};
  const weir_status st = weir_exact_create(ctx, "heat", d, 4, param, out);
  weir_free(block);
  return weir_setup_blame(ctx, c, "initial", st);
}

weir_status weir_setup_initial_exact(weir_ctx *ctx, const weir_case *c, weir_exact **out)
{
  if (c->initial == WEIR_CASE_INITIAL_MIXTURE) return mixture(ctx, c, out);
  return create_exact(ctx, c, "initial", "moving-shape", c->shape_count, c->shape_param, out);
}

static weir_status named_average(weir_ctx *ctx, const weir_setup *s, double *cells)
{
  weir_exact *e = NULL;
  WEIR_TRY(weir_setup_initial_exact(ctx, s->c, &e));
  const weir_status st = weir_exact_cell_average(ctx, e, s->mesh, 0, cells);
  weir_exact_destroy(&e);
  return weir_setup_blame(ctx, s->c, "initial", st);
}

static weir_status initial_average(weir_ctx *ctx, const weir_setup *s, double *cells)
{
  const weir_case *c = s->c;
  switch (c->initial) {
  case WEIR_CASE_INITIAL_EXACT:
    return weir_setup_blame(ctx, c, "initial", weir_exact_cell_average(ctx, s->exact, s->mesh, c->start, cells));
  case WEIR_CASE_INITIAL_EXPRESSION:
    return weir_cell_average(ctx, s->mesh, weir_case_point, c->initial_expr, c->start, TRUTH_POINTS, cells);
  case WEIR_CASE_INITIAL_MIXTURE:
  case WEIR_CASE_INITIAL_SHAPE: return named_average(ctx, s, cells);
  }
  return WEIR_FAIL(ctx, WEIR_EINTERNAL, "initial data of kind %d", (int)c->initial);
}

/* ---------------------------------------------------------------- setup */
static void bind_problem(weir_setup *s, const weir_study_options *opt)
{
  const weir_case *c = s->c;
  weir_problem *p = &s->problem;
  p->equation = c->equation == WEIR_CASE_TRANSPORT ? WEIR_TRANSPORT : WEIR_FOKKER_PLANCK;
  p->diffusion = c->diffusion;
  p->time = c->start;
  if (c->potential != NULL) p->potential = weir_case_point, p->potential_user = c->potential;
  weir_case_boundary(c, &p->boundary);
  for (int a = 0; a < c->dim; a++)
    for (int side = 0; side < 2; side++)
      if (c->inflow_exact[a][side])
        p->boundary.density[a][side] = weir_setup_exact_point, p->boundary.user[a][side] = s->exact,
        p->boundary.steady[a][side] = false;
  s->options = (weir_run_options){.scheme = c->reconstruction,
                                  .stepper = c->stepper,
                                  .cfl = c->cfl,
                                  .dt = c->dt,
                                  .point_potential = c->point_potential};
  if (opt != NULL) {
    s->options.threads = opt->threads;
    s->options.interrupted = opt->interrupted;
    s->options.interrupted_user = opt->interrupted_user;
  }
}

static weir_status check_names(weir_ctx *ctx, const weir_case *c, weir_limiter *limiter)
{
  const void *found = NULL;
  if (c->reconstruction != NULL)
    WEIR_TRY(
        weir_setup_blame(ctx, c, "scheme.reconstruction", weir_find(ctx, WEIR_KIND_RECON, c->reconstruction, &found)));
  if (c->limiter != NULL)
    WEIR_TRY(weir_setup_blame(ctx, c, "scheme.limiter", weir_limiter_find(ctx, c->limiter, limiter)));
  if (c->stepper != NULL)
    WEIR_TRY(weir_setup_blame(ctx, c, "scheme.stepper", weir_find(ctx, WEIR_KIND_STEPPER, c->stepper, &found)));
  return WEIR_OK;
}

/* Memory is given out lazily: a mesh beyond the machine would not fail here but be killed later. */
static weir_status check_memory(weir_ctx *ctx, const weir_mesh_spec *m)
{
  double cells = 1;
  for (int a = 0; a < m->dim; a++) cells *= (double)m->axis[a].n;
  const double page = (double)sysconf(_SC_PAGESIZE), pages = (double)sysconf(_SC_PHYS_PAGES);
  const double need = cells * ARRAYS_LEAST * sizeof(double), have = page * pages;
  WEIR_REQUIRE(!(page > 0 && pages > 0 && need > have), ctx, WEIR_ELIMIT,
               "%.0f cells need at least %.0f GB of memory, this machine has %.0f GB", cells, need / 1e9, have / 1e9);
  return WEIR_OK;
}

static weir_status make_mesh(weir_ctx *ctx, weir_setup *s, ptrdiff_t num, ptrdiff_t den)
{
  weir_mesh_spec spec;
  WEIR_TRY(weir_setup_blame(ctx, s->c, "mesh.cells", weir_mesh_spec_refine(ctx, &s->c->mesh, num, den, &spec)));
  weir_status st = weir_problem_ghost(ctx, s->problem.equation, &s->options, &spec.ghost);
  if (st == WEIR_OK) st = weir_setup_blame(ctx, s->c, "mesh", check_memory(ctx, &spec));
  if (st == WEIR_OK) st = weir_setup_blame(ctx, s->c, "mesh", weir_mesh_create(ctx, &spec, &s->mesh));
  weir_mesh_spec_clear(&spec);
  return st;
}

static weir_status fill(weir_ctx *ctx, weir_setup *s, ptrdiff_t num, ptrdiff_t den, const weir_study_options *opt)
{
  weir_limiter limiter = WEIR_LIMITER_AUTO;
  WEIR_TRY(check_names(ctx, s->c, &limiter));
  WEIR_TRY(bind_exact(ctx, s));
  bind_problem(s, opt);
  s->options.limiter = limiter;
  WEIR_TRY(weir_setup_bind_velocity(ctx, s));
  WEIR_TRY(make_mesh(ctx, s, num, den));
  WEIR_TRY(weir_setup_check_samples(ctx, s));
  WEIR_TRY(weir_mesh_array(ctx, s->mesh, "initial density", &s->rho0));
  WEIR_TRY(initial_average(ctx, s, s->rho0));
  s->problem.mesh = s->mesh;
  s->problem.rho0 = s->rho0;
  return WEIR_OK;
}

weir_status weir_setup_create(weir_ctx *ctx, const weir_case *c, ptrdiff_t num, ptrdiff_t den,
                              const weir_study_options *opt, weir_setup **out)
{
  void *block = NULL;
  *out = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_setup), "setup", &block));
  weir_setup *s = block;
  s->c = c;
  const weir_status st = fill(ctx, s, num, den, opt);
  if (st == WEIR_OK)
    *out = s;
  else
    weir_setup_destroy(&s);
  return st;
}

void weir_setup_destroy(weir_setup **s)
{
  if (s == NULL || *s == NULL) return;
  weir_free((*s)->rho0);
  weir_mesh_destroy(&(*s)->mesh);
  weir_exact_destroy(&(*s)->exact);
  weir_flow_truth_destroy(&(*s)->flow);
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    weir_expr_destroy(&(*s)->factor[a]);
    weir_expr_destroy(&(*s)->field[a]);
  }
  weir_expr_destroy(&(*s)->source_factor);
  weir_expr_destroy(&(*s)->source_field);
  weir_gridded_free(&(*s)->gridded);
  weir_free(*s);
  *s = NULL;
}

const weir_mesh *weir_setup_mesh(const weir_setup *s)
{
  return s->mesh;
}

const weir_exact *weir_setup_exact(const weir_setup *s)
{
  return s->exact;
}

const double *weir_setup_initial(const weir_setup *s)
{
  return s->rho0;
}

bool weir_setup_has_truth(const weir_setup *s)
{
  return s->exact != NULL || s->c->exact_expr != NULL || s->flow != NULL;
}

bool weir_setup_has_truth_at(const weir_setup *s, double t)
{
  return weir_setup_has_truth(s) && weir_case_has_exact(s->c, t);
}

weir_status weir_setup_truth(weir_ctx *ctx, const weir_setup *s, double t, double *cells)
{
  WEIR_REQUIRE(weir_setup_has_truth(s), ctx, WEIR_EUNSUPPORTED, "case %s has no exact solution", s->c->name);
  WEIR_REQUIRE(weir_case_has_exact(s->c, t), ctx, WEIR_EUNSUPPORTED, "case %s has no exact solution at t = %g",
               s->c->name, t);
  if (s->flow != NULL)
    return weir_setup_blame(ctx, s->c, "exact",
                            weir_flowmap_average(ctx, weir_flow_truth_map(s->flow), s->mesh, t, cells, NULL));
  if (s->exact != NULL) return weir_exact_cell_average(ctx, s->exact, s->mesh, t, cells);
  return weir_cell_average(ctx, s->mesh, weir_case_point, s->c->exact_expr, t, TRUTH_POINTS, cells);
}

weir_status weir_setup_start(weir_ctx *ctx, const weir_setup *s, weir_run **run)
{
  const weir_status st = weir_run_create(ctx, &s->problem, &s->options, run);
  if (st != WEIR_EARG && st != WEIR_EUNSUPPORTED) return st;
  return WEIR_FAIL(ctx, WEIR_EFORMAT, "%s: %s", s->c->file, weir_message(ctx));
}
