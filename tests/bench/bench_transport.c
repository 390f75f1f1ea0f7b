/* One measurement of transport, for tests/bench/transport.sh to put beside others taken in the same run.
 *
 *   bench_transport rate SCHEME STEPPER N DIM THREADS [FACTOR [LIMITER]]
 *       cell-stages per second on problem R: solid rotation of the unit square or cube about its centre, a Gaussian on 1, inflow
 *       sides, full ledger; LIMITER (none) as in a case file. Best of 5 pieces of about FACTOR x 0.1 s each, by CPU time per thread (the machine may be shared), and by
 *       the clock.
 *   bench_transport error R|SWIRL SCHEME STEPPER N CFL
 *       relative L1 error and CPU seconds. R: sum |rho - exact| / sum (exact - 1) after one turn. SWIRL: LeVeque's swirl of period 1.5,
 *       back at the start.
 *   bench_transport schemes
 *       the names, one a line: scheme and stepper
 *   Prints numbers only. */
#include <weir/solve.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
  fprintf(stderr, "bench_transport: %s\n", weir_message(ctx));
  exit(1);
}

/* ------------------------------------------------------------------ the problems */
static void rotation(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
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

static const double period = 1.5;

static void swirl(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double a = sin(WEIR_PI * x[0][i]), b = sin(WEIR_PI * x[1][i]);
    out[i] = a * a * b * b / WEIR_PI;
  }
}
static double there_and_back(void *user, double t)
{
  (void)user;
  return cos(WEIR_PI * t / period);
}
static void hump(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++)
    out[i] = exp(7 * (cos(2 * WEIR_PI * (x[0][i] - 0.25)) + cos(2 * WEIR_PI * (x[1][i] - 0.5)) - 2));
}

typedef struct problem {
  weir_mesh *m;
  double *rho;
  weir_run *run;
} problem;

static void start(weir_ctx *ctx, int dim, ptrdiff_t n, bool turn, const weir_run_options *o, problem *out)
{
  weir_mesh_spec spec = {.dim = dim};
  must(ctx, weir_problem_ghost(ctx, WEIR_TRANSPORT, o, &spec.ghost));
  for (int a = 0; a < dim; a++) spec.axis[a] = (weir_axis_spec){.n = n, .lo = 0, .hi = 1, .periodic = !turn};
  must(ctx, weir_mesh_create(ctx, &spec, &out->m));
  must(ctx, weir_mesh_array(ctx, out->m, "density", &out->rho));
  must(ctx, weir_cell_average(ctx, out->m, turn ? bump : hump, NULL, 0, 6, out->rho));
  weir_problem p = {
      .equation = WEIR_TRANSPORT, .mesh = out->m, .rho0 = out->rho, .velocity = {.steady = {true, true, true}}};
  if (dim == 2)
    p.velocity.stream = turn ? rotation : swirl;
  else
    p.velocity.component[0] = vx, p.velocity.component[1] = vy, p.velocity.component[2] = vz;
  if (!turn) p.velocity.factor[0] = there_and_back;
  for (int a = 0; turn && a < dim; a++)
    for (int s = 0; s < 2; s++)
      p.boundary.side[a][s] = WEIR_INFLOW, p.boundary.density[a][s] = one, p.boundary.steady[a][s] = true;
  must(ctx, weir_run_create(ctx, &p, o, &out->run));
}

static void stop(problem *p)
{
  weir_run_destroy(&p->run);
  weir_free(p->rho);
  weir_mesh_destroy(&p->m);
}

/* ------------------------------------------------------------------ measurements */
static int rate(weir_ctx *ctx, char **arg, double factor, const char *limiter)
{
  const int dim = atoi(arg[3]), threads = atoi(arg[4]);
  const ptrdiff_t n = atoi(arg[2]);
  const weir_run_options o = {
      .scheme = arg[0], .stepper = arg[1], .threads = threads, .dt = 0.2 / (double)n / (2 * WEIR_PI)};
  weir_run_options used = o;
  problem p = {0};
  must(ctx, weir_limiter_find(ctx, limiter, &used.limiter));
  weir_run_stats st;
  start(ctx, dim, n, true, &used, &p);
  const int64_t steps = (int64_t)fmax(2, factor * 1e7 / (double)p.m->cells);
  double by_cpu = 0, by_clock = 0;
  for (int k = 0; k < 6; k++) {
    weir_run_stats_get(p.run, &st);
    const int64_t before = st.stages;
    const double c0 = seconds(CLOCK_PROCESS_CPUTIME_ID), w0 = seconds(CLOCK_MONOTONIC);
    must(ctx, weir_run_advance(ctx, p.run, st.time + (double)steps * o.dt));
    const double c1 = seconds(CLOCK_PROCESS_CPUTIME_ID), w1 = seconds(CLOCK_MONOTONIC);
    weir_run_stats_get(p.run, &st);
    if (k == 0) continue; /* pages, caches, clock speed */
    const double work = (double)(st.stages - before) * (double)p.m->cells * 1e-6;
    by_cpu = fmax(by_cpu, work * threads / (c1 - c0)), by_clock = fmax(by_clock, work / (w1 - w0));
  }
  printf("%.1f %.1f\n", by_cpu, by_clock);
  stop(&p);
  return 0;
}

static int error(weir_ctx *ctx, char **arg)
{
  const bool turn = strcmp(arg[0], "R") == 0;
  const weir_run_options o = {.scheme = arg[1], .stepper = arg[2], .threads = 1, .cfl = atof(arg[4])};
  problem p = {0};
  const double c0 = seconds(CLOCK_PROCESS_CPUTIME_ID);
  start(ctx, 2, atoi(arg[3]), turn, &o, &p);
  must(ctx, weir_run_advance(ctx, p.run, turn ? 1.0 : period));
  const double c1 = seconds(CLOCK_PROCESS_CPUTIME_ID), *q = weir_run_density(p.run);
  double wrong = 0, all = 0;
  for (ptrdiff_t j = 0; j < p.m->axis[1].n; j++)
    for (ptrdiff_t i = 0; i < p.m->axis[0].n; i++) {
      const ptrdiff_t c = weir_mesh_index(p.m, i, j, 0);
      wrong += fabs(q[c] - p.rho[c]), all += p.rho[c] - (turn ? 1.0 : 0.0);
    }
  printf("%.3e %.4f\n", wrong / all, c1 - c0);
  stop(&p);
  return 0;
}

int main(int argc, char **argv)
{
  weir_ctx *ctx = NULL;
  int bad = 2;
  if (weir_ctx_create(&ctx) != WEIR_OK) return 1;
  must(ctx, weir_fv_register(ctx));
  must(ctx, weir_time_register(ctx));
  if (argc >= 7 && strcmp(argv[1], "rate") == 0)
    bad = rate(ctx, argv + 2, argc > 7 ? atof(argv[7]) : 1.0, argc > 8 ? argv[8] : "none");
  if (argc == 7 && strcmp(argv[1], "error") == 0) bad = error(ctx, argv + 2);
  if (argc == 2 && strcmp(argv[1], "schemes") == 0) {
    for (int k = 0; weir_item(ctx, WEIR_KIND_RECON, k) != NULL; k++)
      puts(((const weir_recon *)weir_item(ctx, WEIR_KIND_RECON, k))->name);
    bad = 0;
  }
  weir_ctx_destroy(&ctx);
  return bad;
}
