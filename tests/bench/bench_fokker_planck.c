/* The Ornstein-Uhlenbeck process V = |x|^2/2, D = 1 on [-6,6]^d to t = .5, from a Gaussian of mean (1, -.5, .5) and variance .25:
 * CPU seconds with all set-up, L1 error of the cell averages, matrix-vector products and cells*products per second. Prints; never
 * fails on a slow machine.   bench_fokker_planck [threads] */
#include "../support/check.h"
#include "../support/fp_truth.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(clockid_t clock)
{
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void must(weir_ctx *ctx, weir_status s)
{
  if (s == WEIR_OK) return;
  fprintf(stderr, "bench_fokker_planck: %s\n", weir_message(ctx));
  exit(1);
}

static void measure(weir_ctx *ctx, int dim, ptrdiff_t n, int threads)
{
  ou p = {.dim = dim, .D = 1, .mean = {1, -.5, .5}};
  for (int a = 0; a < dim; a++) p.a[a][a] = 1, p.cov[a][a] = .25;
  weir_mesh_spec spec = {.dim = dim, .ghost = 1};
  for (int a = 0; a < dim; a++) spec.axis[a] = (weir_axis_spec){.n = n, .lo = -6, .hi = 6};
  weir_mesh *m = NULL;
  double *rho = NULL, *want = NULL;
  must(ctx, weir_mesh_create(ctx, &spec, &m));
  must(ctx, weir_mesh_array(ctx, m, "density", &rho));
  must(ctx, weir_mesh_array(ctx, m, "truth", &want));
  ou_averages(ctx, &p, m, rho);
  const weir_problem problem = {.equation = WEIR_FOKKER_PLANCK,
                                .mesh = m,
                                .boundary = sides_of(dim, WEIR_NOFLUX),
                                .potential = ou_potential,
                                .potential_user = &p,
                                .diffusion = 1,
                                .rho0 = rho};
  const weir_run_options o = {.threads = threads};
  weir_run *run = NULL;
  weir_run_stats s;
  const double cpu0 = seconds(CLOCK_PROCESS_CPUTIME_ID), wall0 = seconds(CLOCK_MONOTONIC);
  must(ctx, weir_run_create(ctx, &problem, &o, &run));
  const double wall1 = seconds(CLOCK_MONOTONIC);
  must(ctx, weir_run_advance(ctx, run, .5));
  const double cpu2 = seconds(CLOCK_PROCESS_CPUTIME_ID), wall2 = seconds(CLOCK_MONOTONIC);
  ou_moments(&p, .5);
  ou_averages(ctx, &p, m, want);
  weir_run_stats_get(run, &s);
  printf(
      "%dD %4td^%d %d thread%s set-up %.3f s, run %.3f s, CPU %.3f s, L1 %.2e, %5lld products, %.0f Mcell-products/s\n",
      dim, n, dim, threads, threads == 1 ? ": " : "s:", wall1 - wall0, wall2 - wall1, cpu2 - cpu0,
      l1_distance(m, weir_run_density(run), want), (long long)s.stages,
      (double)s.stages * (double)m->cells / (wall2 - wall1) * 1e-6);
  weir_run_destroy(&run);
  weir_free(rho), weir_free(want);
  weir_mesh_destroy(&m);
}

int main(int argc, char **argv)
{
  const int threads = argc > 1 ? atoi(argv[1]) : 1;
  weir_ctx *ctx = NULL;
  if (weir_ctx_create(&ctx) != WEIR_OK) return 1;
  printf("Fokker-Planck, uniformisation, %s\n", __VERSION__);
  measure(ctx, 1, 1024, threads);
  measure(ctx, 2, 128, threads);
  measure(ctx, 2, 256, threads);
  measure(ctx, 2, 512, threads);
  measure(ctx, 3, 64, threads);
  weir_ctx_destroy(&ctx);
  return 0;
}
