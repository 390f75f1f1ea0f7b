/* The Fokker-Planck solver against known solutions: order, steady states, walls, ledger, bits. CHECK_FIGURES=1 prints the errors. */
#include "../support/check.h"
#include "../support/fp_truth.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool figures(void)
{
  return getenv("CHECK_FIGURES") != NULL;
}

/* Errors e[0..n) under halving: every one below bound * 4^-k, every observed order within `slack` of 2. */
static void check_order_two(const char *what, int n, const double *e, double bound, double slack)
{
  if (figures()) {
    printf("# %s:", what);
    for (int k = 0; k < n; k++) printf(k == 0 ? " %.3g" : " %.3g (%.3f)", e[k], k == 0 ? 0.0 : log2(e[k - 1] / e[k]));
    printf("\n");
  }
  for (int k = 0; k < n; k++) {
    check_le(e[k], bound * pow(0.25, k));
    if (k > 0) check_close(log2(e[k - 1] / e[k]), 2, slack);
  }
}

static const ou ou1 = {.dim = 1, .a = {{1}}, .D = 1, .mean = {1.5}, .cov = {{.25}}};
static const weir_run_options plain = {.threads = 1};

/* ---------------------------------------------------------------- order */
static void order_two_for_ornstein_uhlenbeck_in_1d(void **state)
{
  weir_ctx *ctx = *state;
  for (int point = 0; point < 2; point++) {
    const weir_run_options o = {.threads = 1, .point_potential = point};
    double e[6];
    for (int k = 0; k < 6; k++) {
      weir_mesh *m = box_mesh(ctx, 1, 50 << k, -8, 8, 0);
      e[k] = ou_error(ctx, &ou1, m, &o, 1, NULL);
      weir_mesh_destroy(&m);
    }
    check_order_two(point ? "OU 1D, point V" : "OU 1D, averaged", 6, e, point ? 1e-2 : 1.4e-2, .05);
  }
}

static void order_two_on_stretched_meshes(void **state)
{
  weir_ctx *ctx = *state;
  double e[5];
  for (int k = 0; k < 5; k++) {
    weir_mesh *m = box_mesh(ctx, 1, 50 << k, -8, 8, 1);
    e[k] = ou_error(ctx, &ou1, m, &plain, 1, NULL);
    weir_mesh_destroy(&m);
  }
  check_order_two("OU 1D, cubic stretching", 5, e, 1e-2, .05);
  const ou p = {.dim = 2, .a = {{1, .5}, {.5, 1.5}}, .D = .8, .mean = {1, -.5}, .cov = {{.3, 0}, {0, .4}}};
  for (int k = 0; k < 3; k++) {
    weir_mesh *m = box_mesh(ctx, 2, 24 << k, -6, 6, .7);
    e[k] = ou_error(ctx, &p, m, &plain, .5, NULL);
    weir_mesh_destroy(&m);
  }
  check_order_two("OU 2D, cubic stretching", 3, e, 4e-2, .1);
}

static void order_two_for_anisotropic_ornstein_uhlenbeck_in_2d(void **state)
{
  weir_ctx *ctx = *state;
  const ou reversible = {.dim = 2, .a = {{1, .6}, {.6, 2}}, .D = 1, .mean = {1.2, -.8}, .cov = {{.35, 0}, {0, .5}}};
  const ou rotating = {.dim = 2, .a = {{1, 2}, {-2, 1.5}}, .D = .7, .mean = {1.2, -.8}, .cov = {{.35, 0}, {0, .5}}};
  double e[3];
  for (int k = 0; k < 3; k++) {
    weir_mesh *m = box_mesh(ctx, 2, 32 << k, -6, 6, 0);
    e[k] = ou_error(ctx, &reversible, m, &plain, .5, NULL);
    weir_mesh_destroy(&m);
  }
  check_order_two("OU 2D, reversible", 3, e, 4e-2, .06);
  for (int k = 0; k < 3; k++) {
    weir_mesh *m = box_mesh(ctx, 2, 40 << k, -6, 6, 0);
    e[k] = ou_error(ctx, &rotating, m, &plain, .5, NULL);
    weir_mesh_destroy(&m);
  }
  check_order_two("OU 2D, rotating", 3, e, 8e-2, .1);
}

static void order_two_in_3d(void **state)
{
  weir_ctx *ctx = *state;
  const ou p = {.dim = 3,
                .a = {{1, .5, 0}, {-.5, 1.2, .3}, {0, -.3, .8}},
                .D = .6,
                .mean = {.8, -.5, .3},
                .cov = {{.5, 0, 0}, {0, .4, 0}, {0, 0, .6}}};
  double e[2];
  for (int k = 0; k < 2; k++) {
    weir_mesh *m = box_mesh(ctx, 3, 20 << k, -5, 5, 0);
    e[k] = ou_error(ctx, &p, m, &plain, .25, NULL);
    weir_mesh_destroy(&m);
  }
  check_order_two("OU 3D, rotating", 2, e, 4e-2, .15);
}

/* V = -x on [0,1], D = 1, no-flux (linear potential; the best test of closed walls). */
static void tilt(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = -x[0][i];
}

static void tilt_density(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  (void)user;
  const double pi = WEIR_PI, alpha = pi * pi + .25;
  for (ptrdiff_t i = 0; i < n; i++)
    out[i] = exp(-alpha * t + x[0][i] / 2) * (pi * cos(pi * x[0][i]) + .5 * sin(pi * x[0][i])) + pi * exp(x[0][i] - .5);
}

static double tilt_error(weir_ctx *ctx, int dim, ptrdiff_t n, bool point)
{
  weir_mesh *m = box_mesh(ctx, dim, n, 0, 1, 0);
  double *rho, *want;
  check_ok(ctx, weir_mesh_array(ctx, m, "rho0", &rho));
  check_ok(ctx, weir_mesh_array(ctx, m, "truth", &want));
  check_ok(ctx, weir_cell_average(ctx, m, tilt_density, NULL, 0, 8, rho));
  check_ok(ctx, weir_cell_average(ctx, m, tilt_density, NULL, .1, 8, want));
  const weir_problem p = {.equation = WEIR_FOKKER_PLANCK,
                          .mesh = m,
                          .boundary = sides_of(dim, WEIR_NOFLUX),
                          .potential = tilt,
                          .diffusion = 1,
                          .rho0 = rho};
  const weir_run_options o = {.threads = 1, .point_potential = point};
  weir_run *run = run_to(ctx, &p, &o, .1);
  const double e = l1_distance(m, weir_run_density(run), want);
  weir_run_destroy(&run);
  weir_free(rho), weir_free(want);
  weir_mesh_destroy(&m);
  return e;
}

static void order_two_at_closed_walls(void **state)
{
  weir_ctx *ctx = *state;
  for (int point = 0; point < 2; point++) {
    double e[5];
    for (int k = 0; k < 5; k++) e[k] = tilt_error(ctx, 1, 20 << k, point);
    check_order_two(point ? "linear potential, point V" : "linear potential, averaged", 5, e, 2.2e-3, .05);
  }
  check_rel(tilt_error(ctx, 2, 20, false), tilt_error(ctx, 1, 20, false), 1e-9); /* constant in y */
}

/* rho = e^{-pi^2 D t} sin(pi x) between absorbing walls; with b = 0.5 in addition  e^{b x/2D - (pi^2 D + b^2/4D) t} sin(pi x). */
typedef struct absorbed {
  double b, D;
} absorbed;

static void absorbed_density(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  const absorbed *p = user;
  for (ptrdiff_t i = 0; i < n; i++)
    out[i] = exp(p->b * x[0][i] / (2 * p->D) - (WEIR_PI * WEIR_PI * p->D + p->b * p->b / (4 * p->D)) * t) *
             sin(WEIR_PI * x[0][i]);
}

static void absorbed_drift(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  const absorbed *p = user;
  (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = p->b;
}

static void order_two_at_absorbing_walls(void **state)
{
  weir_ctx *ctx = *state;
  for (int stretched = 0; stretched < 2; stretched++) {
    absorbed a = {.b = 2, .D = .5};
    double e[5];
    for (int k = 0; k < 5; k++) {
      weir_mesh *m = box_mesh(ctx, 1, 10 << k, 0, 1, stretched ? -.25 : 0);
      double *rho, *want;
      check_ok(ctx, weir_mesh_array(ctx, m, "rho0", &rho));
      check_ok(ctx, weir_mesh_array(ctx, m, "truth", &want));
      check_ok(ctx, weir_cell_average(ctx, m, absorbed_density, &a, 0, 8, rho));
      check_ok(ctx, weir_cell_average(ctx, m, absorbed_density, &a, .2, 8, want));
      const weir_problem p = {.equation = WEIR_FOKKER_PLANCK,
                              .mesh = m,
                              .boundary = sides_of(1, WEIR_OUTFLOW),
                              .velocity = {.component = {absorbed_drift}, .user = {&a}, .steady = {true}},
                              .diffusion = a.D,
                              .rho0 = rho};
      weir_run *run = run_to(ctx, &p, &plain, .2);
      e[k] = l1_distance(m, weir_run_density(run), want);
      weir_run_destroy(&run);
      weir_free(rho), weir_free(want);
      weir_mesh_destroy(&m);
    }
    check_order_two(stretched ? "absorbing walls, stretched" : "absorbing walls", 5, e, stretched ? 1.8e-2 : 1.1e-2,
                    .05);
  }
}

/* ---------------------------------------------------------------- steady states */
static void double_well(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  const int dim = *(const int *)user;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double u = x[0][i] * x[0][i];
    out[i] = dim == 1 ? u * u / 4 - u / 2 : (u - 1) * (u - 1) / 4 + pow(x[1][i] - u / 2, 2);
    if (dim == 3) out[i] += x[2][i] * x[2][i] * (1 + .2 * x[0][i]);
  }
}

typedef struct gibbs {
  int dim;
  double D;
} gibbs;

static void gibbs_weight(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  gibbs *g = user;
  double_well(&g->dim, t, n, x, out);
  for (ptrdiff_t i = 0; i < n; i++) out[i] = exp(-out[i] / g->D);
}

/* Start from the cell averages of exp(-V/D), scaled to mass 1, stay until at least `products`; the largest change over the maximum. */
static double gibbs_change(weir_ctx *ctx, int dim, ptrdiff_t n, double stretch, weir_side_kind kind, int64_t products,
                           bool relative)
{
  gibbs g = {dim, .2};
  weir_mesh *m = box_mesh(ctx, dim, n, -2.2, 2.2, stretch);
  double *rho, lo, hi, worst = 0;
  check_ok(ctx, weir_mesh_array(ctx, m, "rho0", &rho));
  check_ok(ctx, weir_cell_average(ctx, m, gibbs_weight, &g, 0, 16, rho));
  weir_mesh_range(m, rho, &lo, &hi, NULL, NULL);
  weir_problem p = {.equation = WEIR_FOKKER_PLANCK,
                    .mesh = m,
                    .boundary = sides_of(dim, kind),
                    .potential = double_well,
                    .potential_user = &g.dim,
                    .diffusion = g.D,
                    .rho0 = rho};
  for (int a = 0; a < dim; a++)
    for (int s = 0; s < 2; s++)
      p.boundary.density[a][s] = gibbs_weight, p.boundary.user[a][s] = &g, p.boundary.steady[a][s] = true;
  weir_run *run;
  check_ok(ctx, weir_run_create(ctx, &p, &plain, &run));
  weir_run_stats s;
  for (double t = 1;; t *= 2) {
    check_ok(ctx, weir_run_advance(ctx, run, t));
    weir_run_stats_get(run, &s);
    if (s.stages >= products) break;
  }
  const double *now = weir_run_density(run);
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const ptrdiff_t at = weir_mesh_index(m, i, j, k);
        worst = fmax(worst, fabs(now[at] - rho[at]) / (relative ? rho[at] : hi));
      }
  weir_ledger l;
  weir_run_ledger(run, &l);
  if (figures())
    printf("# Gibbs %dD stretch %g, %s: %lld products, t = %g, change %.2g, mass %.2g\n", dim, stretch,
           weir_side_name(kind), (long long)s.stages, s.time, worst, (l.mass - l.mass0) / l.mass0);
  if (kind == WEIR_NOFLUX) check_le(fabs(l.mass - l.mass0), 1e-13 * l.mass0);
  weir_run_destroy(&run);
  weir_free(rho);
  weir_mesh_destroy(&m);
  return worst;
}

static void gibbs_averages_stay_for_ten_thousand_products(void **state)
{
  weir_ctx *ctx = *state;
  check_le(gibbs_change(ctx, 1, 100, 0, WEIR_NOFLUX, 10000, false), 1e-13);
  check_le(gibbs_change(ctx, 1, 100, .8, WEIR_NOFLUX, 10000, false), 1e-13);
  check_le(gibbs_change(ctx, 2, 40, 0, WEIR_NOFLUX, 10000, false), 1e-13);
  check_le(gibbs_change(ctx, 3, 12, 0, WEIR_NOFLUX, 500, false), 1e-13);
}

static void gibbs_averages_stay_between_walls_that_prescribe_them(void **state)
{
  weir_ctx *ctx = *state;
  check_le(gibbs_change(ctx, 1, 100, .8, WEIR_INFLOW, 10000, false), 1e-13);
  check_le(gibbs_change(ctx, 2, 40, 0, WEIR_INFLOW, 2000, false), 1e-13);
}

static void ramp(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  const absorbed *p = user;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 2 + expm1(p->b / p->D * x[0][i]);
}

/* d/dx (b rho - D rho') = 0 with densities prescribed at both ends: the flux form is exact at cell centres. */
static void a_steady_current_between_inflow_walls_is_exact(void **state)
{
  weir_ctx *ctx = *state;
  absorbed a = {.b = -1.5, .D = .5};
  for (int stretched = 0; stretched < 2; stretched++) {
    weir_mesh *m = box_mesh(ctx, 1, 40, 0, 1, stretched ? .5 : 0);
    double *rho;
    check_ok(ctx, weir_mesh_array(ctx, m, "rho0", &rho));
    weir_problem p = {.equation = WEIR_FOKKER_PLANCK,
                      .mesh = m,
                      .boundary = sides_of(1, WEIR_INFLOW),
                      .velocity = {.component = {absorbed_drift}, .user = {&a}, .steady = {true}},
                      .diffusion = a.D,
                      .rho0 = rho};
    for (int s = 0; s < 2; s++)
      p.boundary.density[0][s] = ramp, p.boundary.user[0][s] = &a, p.boundary.steady[0][s] = true;
    weir_run *run = run_to(ctx, &p, &plain, 10);
    const double *now = weir_run_density(run), *const x[3] = {m->axis[0].centre};
    double want[40];
    ramp(&a, 0, 40, x, want);
    for (ptrdiff_t i = 0; i < 40; i++) check_rel(now[weir_mesh_index(m, i, 0, 0)], want[i], 1e-12);
    /* The current b rho - D rho' = b (here -1.5) leaves at the low end; filling took |C| sum(want) from outside. */
    weir_ledger l;
    weir_run_ledger(run, &l);
    check_close(l.defect, 0, 1e-13 * (l.turnover + l.mass));
    check_ge(l.outflow[0][0], 10);
    weir_run_destroy(&run);
    weir_free(rho);
    weir_mesh_destroy(&m);
  }
}

/* ---------------------------------------------------------------- exactness in time */
static void cosines_decay_with_the_discrete_eigenvalue(void **state)
{
  weir_ctx *ctx = *state;
  enum { N = 64 };
  weir_mesh *m = box_mesh(ctx, 1, N, 0, 2, 0);
  double *rho;
  check_ok(ctx, weir_mesh_array(ctx, m, "rho0", &rho));
  for (int mode = 1; mode <= 40; mode += 13) {
    const double h = 2.0 / N, D = .3, T = 1.0 / mode, s = sin(mode * WEIR_PI / (2.0 * N));
    const double factor = exp(-D * 4 / (h * h) * s * s * T);
    for (ptrdiff_t i = 0; i < N; i++)
      rho[weir_mesh_index(m, i, 0, 0)] = 1 + .5 * cos(mode * WEIR_PI * ((double)i + .5) / N);
    const weir_problem p = {
        .equation = WEIR_FOKKER_PLANCK, .mesh = m, .boundary = sides_of(1, WEIR_NOFLUX), .diffusion = D, .rho0 = rho};
    weir_run *run;
    check_ok(ctx, weir_run_create(ctx, &p, &plain, &run));
    for (int part = 1; part <= 3; part++) check_ok(ctx, weir_run_advance(ctx, run, T * part / 3));
    const double *now = weir_run_density(run);
    for (ptrdiff_t i = 0; i < N; i++)
      check_close(now[weir_mesh_index(m, i, 0, 0)], 1 + .5 * factor * cos(mode * WEIR_PI * ((double)i + .5) / N),
                  2e-14);
    weir_run_destroy(&run);
  }
  weir_free(rho);
  weir_mesh_destroy(&m);
}

static void constant_three(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  (void)user, (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 3;
}

static void wave(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = sin(3 * x[0][i]) + .5 * x[0][i];
}

static void swirl(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = cos(2 * x[0][i]);
}

/* 60 stretched cells, V and b, inflow left, absorbing right: the matrix is written down again here, in long double, with a last
 * column for the constant 1 that carries the inflow, and exponentiated by 20 Taylor terms and squaring. */
enum { CELLS = 60, SIZE = CELLS + 1 };
typedef struct dense {
  long double a[SIZE][SIZE];
} dense;

static void multiply(const dense *x, const dense *y, dense *out)
{
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < SIZE; j++) {
      long double s = 0;
      for (int k = 0; k < SIZE; k++) s += x->a[i][k] * y->a[k][j];
      out->a[i][j] = s;
    }
}

static void exponential(dense *x, dense *out)
{
  static dense term, next;
  const int squarings = 14;
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < SIZE; j++) {
      x->a[i][j] = ldexpl(x->a[i][j], -squarings);
      assert_true(fabsl(x->a[i][j]) < 0.25L);
      out->a[i][j] = term.a[i][j] = i == j;
    }
  for (int k = 1; k <= 20; k++) {
    multiply(&term, x, &next);
    for (int i = 0; i < SIZE; i++)
      for (int j = 0; j < SIZE; j++) out->a[i][j] += term.a[i][j] = next.a[i][j] / k;
  }
  for (int k = 0; k < squarings; k++) {
    multiply(out, out, &next);
    *out = next;
  }
}

static void generator(const weir_mesh *m, long double D, long double T, dense *g)
{
  const double *x = m->axis[0].centre, *X = m->axis[0].node;
  memset(g, 0, sizeof *g);
  for (int i = 0; i <= CELLS; i++) { /* face i between cells i-1 and i */
    const long double lo = i == 0 ? X[0] : x[i - 1], hi = i == CELLS ? X[i] : x[i], d = hi - lo;
    const long double q = (sinl(3 * hi) + hi / 2 - sinl(3 * lo) - lo / 2 - cosl(2 * (long double)X[i]) * d) / D;
    const long double right = D / d * (q / expm1l(q)), left = D / d * (-q / expm1l(-q));
    for (int cell = i - 1; cell <= i; cell++) { /* the flux leaves cell i-1 and enters cell i */
      if (cell < 0 || cell >= CELLS) continue;
      const long double f = (cell < i ? -T : T) / ((long double)X[cell + 1] - X[cell]);
      g->a[cell][i == 0 ? CELLS : i - 1] += f * right * (i == 0 ? 3 : 1);
      if (i < CELLS) g->a[cell][i] -= f * left;
    }
  }
}

static void the_run_agrees_with_a_dense_exponential(void **state)
{
  weir_ctx *ctx = *state;
  static dense g, e;
  weir_mesh *m = box_mesh(ctx, 1, CELLS, -1, 1, .5);
  double *rho, worst = 0;
  check_ok(ctx, weir_mesh_array(ctx, m, "rho0", &rho));
  for (int i = 0; i < CELLS; i++) rho[weir_mesh_index(m, i, 0, 0)] = 1 + sin(5.0 * i);
  const weir_problem p = {
      .equation = WEIR_FOKKER_PLANCK,
      .mesh = m,
      .boundary = {.side = {{WEIR_INFLOW, WEIR_OUTFLOW}}, .density = {{constant_three}}, .steady = {{true}}},
      .velocity = {.component = {swirl}, .steady = {true}},
      .potential = wave,
      .diffusion = .4,
      .rho0 = rho};
  const weir_run_options o = {.threads = 1, .point_potential = true};
  const double T = .3;
  weir_run *run = run_to(ctx, &p, &o, T);
  generator(m, .4, T, &g);
  exponential(&g, &e);
  for (int i = 0; i < CELLS; i++) {
    long double want = e.a[i][CELLS];
    for (int j = 0; j < CELLS; j++) want += e.a[i][j] * rho[weir_mesh_index(m, j, 0, 0)];
    worst = fmax(worst, fabs(weir_run_density(run)[weir_mesh_index(m, i, 0, 0)] - (double)want));
  }
  if (figures()) printf("# against the dense exponential: %.2g\n", worst);
  check_le(worst, 1e-13);
  weir_run_destroy(&run);
  weir_free(rho);
  weir_mesh_destroy(&m);
}

/* ---------------------------------------------------------------- ledger, sign, bits */
static void shear(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 2 + sin(2 * WEIR_PI * x[0][i]);
}

static void hills(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  const int dim = *(const int *)user;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    out[i] = cos(2 * WEIR_PI * x[0][i]);
    if (dim > 1) out[i] *= sin(2 * WEIR_PI * x[1][i]);
    if (dim > 2) out[i] += sin(2 * WEIR_PI * x[2][i]);
  }
}

static weir_problem hilly(const weir_mesh *m, int *dim, weir_side_kind kind, const double *rho)
{
  weir_problem p = {.equation = WEIR_FOKKER_PLANCK,
                    .mesh = m,
                    .boundary = sides_of(*dim, kind),
                    .velocity = {.component = {shear}, .steady = {true, true, true}},
                    .potential = hills,
                    .potential_user = dim,
                    .diffusion = .05,
                    .rho0 = rho};
  for (int a = 0; a < *dim; a++)
    for (int s = 0; s < 2; s++) p.boundary.density[a][s] = constant_three, p.boundary.steady[a][s] = true;
  return p;
}

static weir_mesh *hilly_mesh(weir_ctx *ctx, int dim, ptrdiff_t n, bool stretched, bool periodic)
{
  weir_mesh_spec spec = {.dim = dim, .ghost = 1};
  for (int a = 0; a < dim; a++)
    spec.axis[a] = (weir_axis_spec){.n = n + 3 * a,
                                    .hi = 1,
                                    .grading = stretched ? WEIR_SINE : WEIR_UNIFORM,
                                    .grade = stretched ? .6 : 0,
                                    .periodic = periodic};
  weir_mesh *m;
  check_ok(ctx, weir_mesh_create(ctx, &spec, &m));
  return m;
}

static void spot(const weir_mesh *m, double *rho)
{
  memset(rho, 0, (size_t)m->len * sizeof *rho);
  rho[weir_mesh_index(m, m->axis[0].n / 3, m->axis[1].n / 2, m->axis[2].n / 2)] = 1000;
}

static void mass_is_accounted_for_at_every_kind_of_side(void **state)
{
  weir_ctx *ctx = *state;
  double worst = 0;
  for (int variant = 0; variant < 24; variant++) {
    int dim = 1 + variant % 3;
    const bool stretched = variant / 3 % 2;
    const weir_side_kind kind = (weir_side_kind)(variant / 6);
    static const ptrdiff_t size[] = {80, 24, 10};
    weir_mesh *m = hilly_mesh(ctx, dim, size[dim - 1], stretched, kind == WEIR_PERIODIC);
    double *rho;
    check_ok(ctx, weir_mesh_array(ctx, m, "rho0", &rho));
    spot(m, rho);
    const weir_problem p = hilly(m, &dim, kind, rho);
    weir_run *run;
    check_ok(ctx, weir_run_create(ctx, &p, &plain, &run));
    weir_ledger l;
    weir_run_stats s;
    for (int part = 1; part <= 3; part++) {
      check_ok(ctx, weir_run_advance(ctx, run, .1 * part));
      weir_run_ledger(run, &l);
      check_le(fabs(l.defect), 1e-13 * (l.mass0 + l.turnover));
      worst = fmax(worst, fabs(l.defect) / (l.mass0 + l.turnover));
    }
    weir_run_stats_get(run, &s);
    check_ge(s.min_rho, 0.0);
    if (kind == WEIR_OUTFLOW || kind == WEIR_INFLOW)
      for (int a = 0; a < dim; a++) assert_true(l.outflow[a][0] != 0 && l.outflow[a][1] != 0);
    else
      assert_true(l.turnover == 0);
    weir_run_destroy(&run);
    weir_free(rho);
    weir_mesh_destroy(&m);
  }
  if (figures()) printf("# ledger, 24 variants: worst defect %.2g of mass and turnover\n", worst);
}

static void threads_do_not_change_a_bit(void **state)
{
  weir_ctx *ctx = *state;
  int dim = 2;
  weir_mesh *m = hilly_mesh(ctx, 2, 140, true, false);
  double *rho, *one = NULL;
  check_ok(ctx, weir_mesh_array(ctx, m, "rho0", &rho));
  check_ok(ctx, weir_mesh_array(ctx, m, "one", &one));
  spot(m, rho);
  const weir_problem p = hilly(m, &dim, WEIR_INFLOW, rho);
  weir_ledger l1, l;
  for (int threads = 1; threads <= 5; threads++) {
    const weir_run_options o = {.threads = threads};
    weir_run *run = run_to(ctx, &p, &o, .002);
    weir_run_ledger(run, &l);
    if (threads == 1) l1 = l;
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++) {
      double *mine = one + weir_mesh_index(m, 0, j, 0);
      const double *theirs = weir_run_density(run) + weir_mesh_index(m, 0, j, 0);
      if (threads == 1) memcpy(mine, theirs, (size_t)m->axis[0].n * sizeof *mine);
      assert_memory_equal(mine, theirs, (size_t)m->axis[0].n * sizeof *mine);
    }
    assert_true(l.mass == l1.mass && l.outflow[0][0] == l1.outflow[0][0] && l.outflow[1][1] == l1.outflow[1][1]);
    weir_run_destroy(&run);
  }
  weir_free(rho), weir_free(one);
  weir_mesh_destroy(&m);
}

/* Periodic drift on a uniform mesh: shifting the data by a cell shifts the answer, and the mean drift is right. */
static void a_periodic_axis_has_no_seam(void **state)
{
  weir_ctx *ctx = *state;
  enum { N = 50 };
  weir_mesh_spec spec = {.dim = 1, .ghost = 1, .axis = {{.n = N, .hi = 1, .periodic = true}}};
  weir_mesh *m;
  check_ok(ctx, weir_mesh_create(ctx, &spec, &m));
  double *rho, first[N] = {0};
  check_ok(ctx, weir_mesh_array(ctx, m, "rho0", &rho));
  absorbed a = {.b = 1, .D = .02};
  for (int shift = 0; shift < N; shift += 7) {
    for (int i = 0; i < N; i++) rho[weir_mesh_index(m, (i + shift) % N, 0, 0)] = i < 5 ? 1 + i : 0;
    const weir_problem p = {.equation = WEIR_FOKKER_PLANCK,
                            .mesh = m,
                            .boundary = sides_of(1, WEIR_PERIODIC),
                            .velocity = {.component = {absorbed_drift}, .user = {&a}, .steady = {true}},
                            .diffusion = a.D,
                            .rho0 = rho};
    weir_run *run = run_to(ctx, &p, &plain, .4);
    for (int i = 0; i < N; i++) {
      const double now = weir_run_density(run)[weir_mesh_index(m, (i + shift) % N, 0, 0)];
      if (shift == 0) first[i] = now;
      assert_true(now == first[i]);
    }
    weir_run_destroy(&run);
  }
  weir_free(rho);
  weir_mesh_destroy(&m);
}

static void swirl_stream(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = -(x[0][i] * x[0][i] + x[1][i] * x[1][i]);
}

/* Rotation (-2y, 2x) as components and as a stream function: face averages agree, so do the answers; the unrotated one differs. */
static void a_drift_may_be_a_stream_function(void **state)
{
  weir_ctx *ctx = *state;
  ou p = {.dim = 2, .a = {{1, 2}, {-2, 1}}, .D = .5, .mean = {1, 0}, .cov = {{.3, 0}, {0, .3}}};
  weir_mesh *m = box_mesh(ctx, 2, 40, -4, 4, .3);
  double *rho;
  check_ok(ctx, weir_mesh_array(ctx, m, "rho0", &rho));
  ou_averages(ctx, &p, m, rho);
  weir_problem problem = {.equation = WEIR_FOKKER_PLANCK,
                          .mesh = m,
                          .boundary = sides_of(2, WEIR_NOFLUX),
                          .potential = ou_potential,
                          .potential_user = &p,
                          .diffusion = p.D,
                          .rho0 = rho};
  weir_run *still = run_to(ctx, &problem, &plain, .3);
  problem.velocity = (weir_velocity){.stream = swirl_stream, .steady = {true}};
  weir_run *stream = run_to(ctx, &problem, &plain, .3);
  problem.velocity = (weir_velocity){.component = {ou_drift_x, ou_drift_y}, .user = {&p, &p}, .steady = {true, true}};
  weir_run *parts = run_to(ctx, &problem, &plain, .3);
  check_le(l1_distance(m, weir_run_density(stream), weir_run_density(parts)), 1e-13);
  check_ge(l1_distance(m, weir_run_density(stream), weir_run_density(still)), .1);
  weir_run_destroy(&still), weir_run_destroy(&stream), weir_run_destroy(&parts);
  weir_free(rho);
  weir_mesh_destroy(&m);
}

static void statistics_count_products_and_the_peclet_number(void **state)
{
  weir_ctx *ctx = *state;
  const weir_run_options o = {.threads = 1, .point_potential = true}, short_steps = {.threads = 1, .dt = .11};
  weir_mesh *m = box_mesh(ctx, 1, 50, -8, 8, 0);
  weir_run_stats s;
  (void)ou_error(ctx, &ou1, m, &o, 1, &s);
  /* V_i - V_{i-1} = h x_face, largest at the last inner face; B(q) + B(-q) = q coth(q/2) there is the largest rate, over h^2. */
  const double h = .32, q = h * (8 - h), rate = q / tanh(q / 2) / (h * h);
  check_rel(s.peclet, q, 1e-13);
  assert_int_equal(s.steps, 1);
  check_ge((double)s.stages, rate + 7 * sqrt(rate));
  check_le((double)s.stages, rate + 12 * sqrt(rate) + 30);
  (void)ou_error(ctx, &ou1, m, &short_steps, 1, &s);
  assert_int_equal(s.steps, 10);
  check_le(s.dt_max, .11);
  weir_mesh_destroy(&m);
}

/* ---------------------------------------------------------------- refusals */
static double two(void *user, double t)
{
  (void)user, (void)t;
  return 2;
}

static void broken(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = x[0][i] > .5 ? log(-1.0) : x[0][i];
}

static void steep(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 1.7e308 * x[0][i];
}

static void what_is_not_supported_is_refused(void **state)
{
  weir_ctx *ctx = *state;
  int dim = 2;
  weir_mesh *m = hilly_mesh(ctx, 2, 8, false, false);
  double *rho;
  check_ok(ctx, weir_mesh_array(ctx, m, "rho0", &rho));
  const weir_problem good = hilly(m, &dim, WEIR_INFLOW, rho);
  weir_run *run;
  weir_problem p = good;
  p.velocity.steady[0] = false;
  check_fails(ctx, weir_run_create(ctx, &p, &plain, &run), WEIR_EUNSUPPORTED,
              "x component of the drift depends on time");
  p = good, p.velocity.factor[0] = two;
  check_fails(ctx, weir_run_create(ctx, &p, &plain, &run), WEIR_EUNSUPPORTED, "drift depends on time");
  p = good, p.boundary.steady[1][1] = false;
  check_fails(ctx, weir_run_create(ctx, &p, &plain, &run), WEIR_EUNSUPPORTED, "boundary density at y-high");
  p = good, p.source = constant_three;
  check_fails(ctx, weir_run_create(ctx, &p, &plain, &run), WEIR_EUNSUPPORTED, "source");
  const double bad[] = {0, -1, (double)NAN, (double)INFINITY};
  for (int i = 0; i < 4; i++) {
    p = good, p.diffusion = bad[i];
    check_fails(ctx, weir_run_create(ctx, &p, &plain, &run), WEIR_EARG, "diffusion");
  }
  p = good, p.potential = broken;
  check_fails(ctx, weir_run_create(ctx, &p, &plain, &run), WEIR_ENUMERIC, "potential is not finite in cell (4, 0, 0)");
  p = good, p.potential = steep; /* V is finite, its differences over D are not */
  check_fails(ctx, weir_run_create(ctx, &p, &plain, &run), WEIR_ENUMERIC, "exchange rate");
  assert_null(run);
  check_ok(ctx, weir_run_create(ctx, &good, &plain, &run));
  check_fails(ctx, weir_run_advance(ctx, run, 1e300), WEIR_ENUMERIC, "too many");
  weir_run_destroy(&run);
  weir_free(rho);
  weir_mesh_destroy(&m);
}

static bool third_time(void *user)
{
  return ++*(int *)user == 3;
}

static void an_interrupted_run_stays_where_it_was(void **state)
{
  weir_ctx *ctx = *state;
  int dim = 1, asked = 0;
  weir_mesh *m = hilly_mesh(ctx, 1, 50, false, false);
  double *rho;
  check_ok(ctx, weir_mesh_array(ctx, m, "rho0", &rho));
  spot(m, rho);
  const weir_problem p = hilly(m, &dim, WEIR_OUTFLOW, rho);
  const weir_run_options o = {.threads = 1, .interrupted = third_time, .interrupted_user = &asked};
  weir_run *run, *other = run_to(ctx, &p, &plain, .5);
  check_ok(ctx, weir_run_create(ctx, &p, &o, &run));
  check_fails(ctx, weir_run_advance(ctx, run, .5), WEIR_EINTERRUPTED, "");
  weir_run_stats s;
  weir_run_stats_get(run, &s);
  assert_true(s.time == 0 && s.steps == 0);
  check_ok(ctx, weir_run_advance(ctx, run, .5));
  for (ptrdiff_t i = 0; i < 50; i++)
    assert_true(weir_run_density(run)[weir_mesh_index(m, i, 0, 0)] ==
                weir_run_density(other)[weir_mesh_index(m, i, 0, 0)]);
  weir_run_destroy(&run), weir_run_destroy(&other);
  weir_free(rho);
  weir_mesh_destroy(&m);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
int main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(order_two_for_ornstein_uhlenbeck_in_1d),
      TEST(order_two_on_stretched_meshes),
      TEST(order_two_for_anisotropic_ornstein_uhlenbeck_in_2d),
      TEST(order_two_in_3d),
      TEST(order_two_at_closed_walls),
      TEST(order_two_at_absorbing_walls),
      TEST(gibbs_averages_stay_for_ten_thousand_products),
      TEST(gibbs_averages_stay_between_walls_that_prescribe_them),
      TEST(a_steady_current_between_inflow_walls_is_exact),
      TEST(cosines_decay_with_the_discrete_eigenvalue),
      TEST(the_run_agrees_with_a_dense_exponential),
      TEST(mass_is_accounted_for_at_every_kind_of_side),
      TEST(threads_do_not_change_a_bit),
      TEST(a_periodic_axis_has_no_seam),
      TEST(a_drift_may_be_a_stream_function),
      TEST(statistics_count_products_and_the_peclet_number),
      TEST(what_is_not_supported_is_refused),
      TEST(an_interrupted_run_stays_where_it_was),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
