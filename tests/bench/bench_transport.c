/* Cell-stages per second of every reconstruction: solid rotation on the unit square (problem: a Gaussian bump on 1, one
 * turn is time 1), 2D, uniform and stretched, and a 3D box; median of 5, by CPU time
 * per thread. Prints; never fails on a slow machine.
 *   bench_transport [n [threads]] */
#include <weir/solve.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* CPU seconds of all threads: the machine may be shared. */
static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void stream(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++)
    out[i] = -WEIR_PI * ((x[0][i] - 0.5) * (x[0][i] - 0.5) + (x[1][i] - 0.5) * (x[1][i] - 0.5));
}

static void vx(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = -2 * WEIR_PI * (x[1][i] - 0.5);
}
static void vy(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 2 * WEIR_PI * (x[0][i] - 0.5);
}
static void vz(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 1.0;
}

static void one(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 1.0;
}

static void bump(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double dx = x[0][i] - 0.5, dy = x[1][i] - 0.7;
    out[i] = 1.0 + exp(-(dx * dx + dy * dy) / (2 * 0.05 * 0.05));
  }
}

static int smaller(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void must(weir_ctx *ctx, weir_status s)
{
  if (s == WEIR_OK) return;
  fprintf(stderr, "bench_transport: %s\n", weir_message(ctx));
  exit(1);
}

static void measure(weir_ctx *ctx, const char *scheme, int dim, ptrdiff_t n, weir_grading grading, int threads)
{
  weir_mesh_spec spec = {.dim = dim, .ghost = WEIR_RECON_MAXGHOST};
  weir_mesh *m = NULL;
  double *rho = NULL, rate[5];
  for (int a = 0; a < dim; a++)
    spec.axis[a] = (weir_axis_spec){.n = n, .lo = 0, .hi = 1, .grading = grading, .grade = -0.3};
  must(ctx, weir_mesh_create(ctx, &spec, &m));
  must(ctx, weir_mesh_array(ctx, m, "density", &rho));
  must(ctx, weir_cell_average(ctx, m, bump, NULL, 0, 4, rho));
  weir_problem p = {.equation = WEIR_TRANSPORT, .mesh = m, .rho0 = rho, .velocity = {.steady = {true, true, true}}};
  if (dim == 2)
    p.velocity.stream = stream;
  else
    p.velocity.component[0] = vx, p.velocity.component[1] = vy, p.velocity.component[2] = vz;
  for (int a = 0; a < dim; a++)
    for (int s = 0; s < 2; s++)
      p.boundary.side[a][s] = WEIR_INFLOW, p.boundary.density[a][s] = one, p.boundary.steady[a][s] = true;
  const weir_run_options o = {
      .scheme = scheme, .stepper = "ssprk3", .threads = threads, .dt = 0.2 / (double)n / (2 * WEIR_PI)};
  const int64_t steps = (int64_t)fmax(3, 3e7 / (double)m->cells);
  weir_run *run = NULL;
  weir_run_stats st;
  must(ctx, weir_run_create(ctx, &p, &o, &run));
  for (int k = 0; k < 5; k++) {
    weir_run_stats_get(run, &st);
    const int64_t before = st.stages;
    const double t0 = now();
    must(ctx, weir_run_advance(ctx, run, st.time + (double)steps * o.dt));
    weir_run_stats_get(run, &st);
    rate[k] = (double)(st.stages - before) * (double)m->cells * threads / (now() - t0) * 1e-6;
  }
  qsort(rate, 5, sizeof rate[0], smaller);
  printf("%-14s %dD %5td^%d %-9s %d thread%s %7.1f Mcell-stages/s\n", scheme, dim, n, dim,
         grading == WEIR_UNIFORM ? "uniform" : "stretched", threads, threads == 1 ? " " : "s", rate[2]);
  weir_run_destroy(&run);
  weir_free(rho);
  weir_mesh_destroy(&m);
}

int main(int argc, char **argv)
{
  const ptrdiff_t n = argc > 1 ? atoi(argv[1]) : 512;
  const int threads = argc > 2 ? atoi(argv[2]) : 1;
  weir_ctx *ctx = NULL;
  if (weir_ctx_create(&ctx) != WEIR_OK) return 1;
  must(ctx, weir_fv_register(ctx));
  must(ctx, weir_time_register(ctx));
  printf("transport, ssprk3, %s\n", __VERSION__);
  for (int k = 0; weir_item(ctx, WEIR_KIND_RECON, k) != NULL; k++) {
    const char *name = ((const weir_recon *)weir_item(ctx, WEIR_KIND_RECON, k))->name;
    measure(ctx, name, 2, n, WEIR_UNIFORM, threads);
    measure(ctx, name, 2, n, WEIR_SINE, threads);
    measure(ctx, name, 3, (ptrdiff_t)lround(cbrt((double)n * (double)n)), WEIR_UNIFORM, threads);
  }
  weir_ctx_destroy(&ctx);
  return 0;
}
