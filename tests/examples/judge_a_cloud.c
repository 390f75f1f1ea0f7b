/* judge_a_cloud.c - the library from C: a finite-volume truth, a cloud of particles, a verdict.
 *
 * Ornstein-Uhlenbeck in 1D, d_t rho = (x rho)' + rho'', from N(1.5, 0.25): at time t it is N(1.5 e^-t, 1 - 0.75 e^-2t).
 * We draw a right cloud from that law and a wrong one with 20 % too much spread, and ask the judge. Exit 0 if it tells
 * them apart. */
#include <weir/weir.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PARTICLES = 20000 };

static void potential(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 0.5 * x[0][i] * x[0][i];
}

static void start(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = exp(-2.0 * (x[0][i] - 1.5) * (x[0][i] - 1.5)) * sqrt(2.0 / WEIR_PI);
}

typedef struct answer {
  weir_run *run;
  const weir_mesh *mesh;
} answer;

/* The judge asks for the truth step by step: here the run, advanced to the time. */
static weir_status truth(void *user, weir_ctx *ctx, int step, double time, weir_truth *out)
{
  const answer *a = user;
  (void)step;
  WEIR_TRY(weir_run_advance(ctx, a->run, time));
  out->time = time;
  out->mesh = a->mesh;
  out->rho = weir_run_density(a->run);
  out->mass = 1.0;
  return WEIR_OK;
}

static weir_status judge(weir_ctx *ctx, const weir_problem *problem, double spread, weir_outcome *outcome)
{
  const weir_run_options options = {.threads = 1};
  const ptrdiff_t count = PARTICLES;
  weir_cloud *cloud = NULL;
  weir_run *run = NULL;
  weir_verdict *verdict = NULL;
  weir_rng rng;
  weir_rng_seed(&rng, 2026, 0);
  weir_status s = weir_cloud_create(ctx, 1, 1, &count, &cloud);
  if (s == WEIR_OK) {
    const double t = 0.5, mean = 1.5 * exp(-t), sd = sqrt(1.0 - 0.75 * exp(-2.0 * t));
    for (int i = 0; i < PARTICLES; i++) cloud->x[0][i] = mean + spread * sd * weir_rng_normal(&rng);
    cloud->has_time = true, cloud->time[0] = t;
    s = weir_run_create(ctx, problem, &options, &run);
  }
  answer a = {run, problem->mesh};
  if (s == WEIR_OK) s = weir_judge(ctx, cloud, truth, &a, NULL, &verdict);
  if (s == WEIR_OK) {
    const weir_check *worst = weir_verdict_worst(verdict);
    *outcome = verdict->outcome;
    printf("spread x %.1f: %s%s%s\n", spread, weir_outcome_name(verdict->outcome), worst != NULL ? ": " : "",
           worst != NULL ? worst->text : "");
  }
  weir_verdict_destroy(&verdict);
  weir_run_destroy(&run);
  weir_cloud_destroy(&cloud);
  return s;
}

int main(void)
{
  weir_ctx *ctx = NULL;
  weir_mesh *mesh = NULL;
  double *rho0 = NULL;
  weir_problem problem = {.equation = WEIR_FOKKER_PLANCK,
                          .boundary = {.side = {{WEIR_NOFLUX, WEIR_NOFLUX}}},
                          .potential = potential,
                          .diffusion = 1.0};
  weir_mesh_spec spec = {.dim = 1, .axis = {{.n = 200, .lo = -6, .hi = 6}}};
  weir_outcome right = WEIR_NOT_TESTED, wrong = WEIR_NOT_TESTED;

  weir_status s = weir_ctx_create(&ctx);
  if (s == WEIR_OK) s = weir_register_all(ctx);
  if (s == WEIR_OK) s = weir_problem_ghost(ctx, problem.equation, &(weir_run_options){0}, &spec.ghost);
  if (s == WEIR_OK) s = weir_mesh_create(ctx, &spec, &mesh);
  if (s == WEIR_OK) s = weir_mesh_array(ctx, mesh, "initial density", &rho0);
  if (s == WEIR_OK) s = weir_cell_average(ctx, mesh, start, NULL, 0.0, 6, rho0);
  problem.mesh = mesh, problem.rho0 = rho0;
  if (s == WEIR_OK) s = judge(ctx, &problem, 1.0, &right);
  if (s == WEIR_OK) s = judge(ctx, &problem, 1.2, &wrong);
  if (s != WEIR_OK) fprintf(stderr, "judge_a_cloud: %s\n", weir_message(ctx));
  weir_free(rho0);
  weir_mesh_destroy(&mesh);
  weir_ctx_destroy(&ctx);
  return s == WEIR_OK && right != WEIR_FAILED && wrong == WEIR_FAILED ? EXIT_SUCCESS : EXIT_FAILURE;
}
