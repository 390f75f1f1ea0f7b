/* Time of a verdict: 64^2 cells, N particles, steps as given; median of 3. Never gates. */
#include <weir/cloud.h>
#include <weir/judge.h>
#include <weir/rng.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct truth {
  weir_mesh *mesh;
  double *rho;
} truth;

static void density(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = exp(-0.5 * (x[0][i] * x[0][i] + x[1][i] * x[1][i])) / (2 * WEIR_PI);
}

static weir_status give(void *user, weir_ctx *ctx, int step, double time, weir_truth *out)
{
  const truth *t = user;
  (void)ctx, (void)step;
  out->time = time, out->mesh = t->mesh, out->rho = t->rho, out->mass = 1;
  return WEIR_OK;
}

static weir_status make_cloud(weir_ctx *ctx, int steps, ptrdiff_t n, weir_cloud **out)
{
  ptrdiff_t count[32];
  weir_rng rng;
  for (int k = 0; k < steps; k++) count[k] = n;
  WEIR_TRY(weir_cloud_create(ctx, 2, steps, count, out));
  WEIR_TRY(weir_cloud_add(ctx, *out, WEIR_CLOUD_LOGRHO));
  (*out)->has_time = true;
  weir_rng_seed(&rng, 1, 1);
  for (ptrdiff_t i = 0; i < 2 * n; i++) (*out)->x[0][i] = weir_rng_normal(&rng);
  for (int k = 0; k < steps; k++) {
    (*out)->time[k] = k;
    if (k > 0) memcpy((*out)->x[k], (*out)->x[0], (size_t)(2 * n) * sizeof(double));
    for (ptrdiff_t i = 0; i < n; i++) {
      const double *x = (*out)->x[k] + 2 * i;
      (*out)->logrho[k][i] = -0.5 * (x[0] * x[0] + x[1] * x[1]) - log(2 * WEIR_PI);
    }
  }
  return WEIR_OK;
}

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static weir_status measure(weir_ctx *ctx, truth *t, int steps, ptrdiff_t n)
{
  weir_cloud *c = NULL;
  double time[3];
  WEIR_TRY(make_cloud(ctx, steps, n, &c));
  for (int r = 0; r < 3; r++) {
    weir_verdict *v = NULL;
    const double start = omp_get_wtime();
    WEIR_TRY(weir_judge(ctx, c, give, t, NULL, &v));
    time[r] = omp_get_wtime() - start;
    weir_verdict_destroy(&v);
  }
  qsort(time, 3, sizeof *time, ascending);
  printf("judge 64^2, N = %8td, %d steps, %d threads: %.3f s, %.3f s a step\n", n, steps, omp_get_max_threads(),
         time[1], time[1] / steps);
  weir_cloud_destroy(&c);
  return WEIR_OK;
}

static weir_status run(weir_ctx *ctx)
{
  truth t;
  const weir_mesh_spec s = {.dim = 2, .axis = {{.n = 64, .lo = -5, .hi = 5}, {.n = 64, .lo = -5, .hi = 5}}};
  WEIR_TRY(weir_mesh_create(ctx, &s, &t.mesh));
  WEIR_TRY(weir_mesh_array(ctx, t.mesh, "truth", &t.rho));
  WEIR_TRY(weir_cell_average(ctx, t.mesh, density, NULL, 0, 6, t.rho));
  WEIR_TRY(measure(ctx, &t, 1, 5000));
  WEIR_TRY(measure(ctx, &t, 1, 100000));
  WEIR_TRY(measure(ctx, &t, 9, 1000000));
  weir_free(t.rho);
  weir_mesh_destroy(&t.mesh);
  return WEIR_OK;
}

int main(void)
{
  weir_ctx *ctx = NULL;
  if (weir_ctx_create(&ctx) != WEIR_OK) return 2;
  const weir_status s = run(ctx);
  if (s != WEIR_OK) fprintf(stderr, "bench_judge: %s\n", weir_message(ctx));
  weir_ctx_destroy(&ctx);
  return s == WEIR_OK ? 0 : 2;
}
