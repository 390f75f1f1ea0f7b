/* The parts of the judge against independent computations: log-density, draws, grid, statistics, verdict lists. */
#include "../support/check.h"
#include "../support/gauss.h"
#include "cmp/judging.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- log-density */
/* Largest error of log rho at random points within two standard deviations. */
static double log_error(weir_ctx *ctx, int dim, ptrdiff_t n, weir_grading rule, double grade, double other, double *bar)
{
  gauss g = gauss_make(dim);
  g.other = other, g.apart = 2;
  gauss_mesh(ctx, &g, n, 5, rule, grade);
  logrho r;
  check_ok(ctx, logrho_make(ctx, g.mesh, g.rho, &r));
  weir_rng rng;
  weir_rng_seed(&rng, 1, 1);
  double worst = 0;
  *bar = 0;
  for (int i = 0; i < 3000; i++) {
    double x[3];
    ptrdiff_t at[3] = {0, 0, 0};
    gauss_sample(&g, &rng, x);
    bool near = true;
    for (int a = 0; a < dim; a++)
      near = near && fabs(x[a] - g.mean[a]) < 2, at[a] = weir_axis_find(&g.mesh->axis[a], x[a]);
    if (!near) continue;
    logrho_cell c;
    logrho_fit(&r, at, &c);
    worst = fmax(worst, fabs(logrho_eval(&r, at, &c, x) - gauss_log(&g, x)));
    *bar = fmax(*bar, c.bar);
  }
  logrho_clear(&r);
  gauss_clear(&g);
  return worst;
}

/* Orders measured: Gaussian 4, mixture 3; the bar must not lie below the error by more than a factor. */
static void log_densities_come_back_to_third_order_and_fourth_for_a_gaussian(void **state)
{
  weir_ctx *ctx = *state;
  double bar[3];
  for (int dim = 1; dim <= 2; dim++) {
    const double e1 = log_error(ctx, dim, 32, WEIR_UNIFORM, 0, 0, bar),
                 e2 = log_error(ctx, dim, 64, WEIR_UNIFORM, 0, 0, bar + 1);
    print_message("# Gaussian %dD: %.2e %.2e, bars %.2e %.2e\n", dim, e1, e2, bar[0], bar[1]);
    check_le(e2, e1 / 11);
    check_le(e2, 2e-3);
    const double m1 = log_error(ctx, dim, 40, WEIR_UNIFORM, 0, 0.4, bar),
                 m2 = log_error(ctx, dim, 80, WEIR_UNIFORM, 0, 0.4, bar + 1);
    print_message("# mixture %dD: %.2e %.2e, bars %.2e %.2e\n", dim, m1, m2, bar[0], bar[1]);
    check_le(m2, m1 / 6), check_le(m2, 5e-3);
    check_le(m2, 3 * bar[1]);
  }
  const double s1 = log_error(ctx, 2, 40, WEIR_TANH, 1.2, 0, bar),
               s2 = log_error(ctx, 2, 80, WEIR_TANH, 1.2, 0, bar + 1);
  print_message("# stretched 2D: %.2e %.2e\n", s1, s2);
  check_le(s2, s1 / 3.5);
}

static void an_unresolved_truth_is_flagged_not_extrapolated(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh_spec spec = {.dim = 1, .axis[0] = {.n = 8, .lo = 0, .hi = 8}};
  weir_mesh *m = NULL;
  double *rho = NULL;
  check_ok(ctx, weir_mesh_create(ctx, &spec, &m));
  check_ok(ctx, weir_mesh_array(ctx, m, "t", &rho));
  for (int i = 0; i < 8; i++) rho[m->origin + i] = i < 4 ? 1 : 0; /* a wall of vacuum */
  logrho r;
  logrho_cell c;
  check_ok(ctx, logrho_make(ctx, m, rho, &r));
  logrho_fit(&r, (const ptrdiff_t[3]){3, 0, 0}, &c);
  check_close(c.bar, 1, 0);
  const double x = 3.9;
  check_close(logrho_eval(&r, (const ptrdiff_t[3]){3, 0, 0}, &c, &x), 0, 0); /* constant, not steep */
  logrho_fit(&r, (const ptrdiff_t[3]){1, 0, 0}, &c);
  check_close(c.bar, 0, 1e-15); /* its stencil and the third difference on the left see a constant */
  logrho_clear(&r);
  weir_free(rho);
  weir_mesh_destroy(&m);
}

/* ---------------------------------------------------------------- draws */
/* Mean and covariance of the counts of 20000 draws against N m and N (diag m - m m^T), with light, heavy and empty cells. */
static void draws_have_the_mean_and_covariance_of_a_multinomial(void **state)
{
  weir_ctx *ctx = *state;
  enum { J = 12, DRAWS = 20000 };
  const double m[J] = {.3, .2, 0, .1, .1, .08, .06, .05, .04, .03, .025, .015};
  const int64_t sizes[] = {1, 40, 400, 100000};
  for (int k = 0; k < 4; k++) {
    const double N = (double)sizes[k];
    sampler s;
    check_ok(ctx, sampler_make(ctx, J, m, sizes[k], &s));
    double sum[J] = {0}, square[J][J] = {{0}}, nu[J];
    for (int d = 0; d < DRAWS; d++) {
      weir_rng rng;
      weir_rng_seed(&rng, 9, (uint64_t)d);
      sampler_draw(&s, &rng, nu);
      double total = 0;
      for (int i = 0; i < J; i++) {
        total += nu[i] * N, sum[i] += nu[i] * N;
        assert_true(nu[i] >= 0 && fabs(nu[i] * N - round(nu[i] * N)) < 1e-6);
        for (int j = 0; j < J; j++) square[i][j] += (nu[i] - m[i]) * (nu[j] - m[j]) * N;
      }
      check_close(total, N, 1e-9 * N);
    }
    for (int i = 0; i < J; i++) {
      check_close(sum[i] / DRAWS, N * m[i], 5 * sqrt(N * m[i] / DRAWS));
      for (int j = 0; j < J; j++) {
        const double want = (i == j ? m[i] : 0) - m[i] * m[j];
        /* sd of a product of two counts: sqrt(Var_i Var_j (1 + ...)) and 1/N for small cells; 6 sd */
        check_close(square[i][j] / DRAWS, want, 6 * sqrt((m[i] * m[j] * 2 + (i == j ? m[i] : 0) / N) / DRAWS) + 1e-12);
      }
    }
    assert_true(sum[2] == 0);
    sampler_clear(&s);
  }
}

/* ---------------------------------------------------------------- grid and statistics */
typedef struct workbench {
  gauss g;
  weir_truth t;
  countgrid grid;
  countstats s;
} workbench;

static void open_bench(weir_ctx *ctx, workbench *w, int dim, ptrdiff_t n, double neff)
{
  *w = (workbench){.g = gauss_make(dim)};
  w->g.other = 0.3, w->g.apart = 2.5;
  gauss_mesh(ctx, &w->g, n, 6, WEIR_UNIFORM, 0);
  check_ok(ctx, gauss_truth(&w->g, ctx, 0, 0, &w->t));
  check_ok(ctx, countgrid_make(ctx, &w->t, &w->grid));
  check_ok(ctx, countstats_make(ctx, &w->grid, neff, &w->s));
}

static void close_bench(workbench *w)
{
  countstats_clear(&w->s);
  countgrid_clear(&w->grid);
  gauss_clear(&w->g);
}

static void the_count_grid_keeps_mass_moments_and_bounds(void **state)
{
  weir_ctx *ctx = *state;
  const struct {
    int dim;
    ptrdiff_t n, most;
  } cases[] = {{1, 300, 300}, {1, 2000, 512}, {2, 40, 40}, {2, 150, 64}, {3, 30, 20}};
  for (int k = 0; k < 5; k++) {
    workbench w;
    open_bench(ctx, &w, cases[k].dim, cases[k].n, 5000);
    double total = 0;
    for (ptrdiff_t b = 0; b < w.grid.blocks; b++) total += w.grid.m[b];
    check_close(total, 1, 1e-12);
    for (int a = 0; a < cases[k].dim; a++) {
      assert_true(w.grid.n[a] <= cases[k].most && w.grid.n[a] >= cases[k].most * 3 / 4);
      check_close(w.grid.edge[a][0], -6, 0), check_close(w.grid.edge[a][w.grid.n[a]], 6, 0);
      for (ptrdiff_t i = 0; i < w.grid.n[a]; i++) assert_true(w.grid.edge[a][i + 1] > w.grid.edge[a][i]);
    }
    /* mean .5 + .3 * 2.5; the box cuts 3 sd of the second mode; groups and cells change the variance by less than h^2/12 */
    check_close(w.grid.mean[0], 1.25, 5e-3);
    check_close(w.grid.sd[0], sqrt(1 + 0.21 * 6.25), 0.02);
    const double x[3] = {1.234, -0.4, 0.3};
    const int32_t b = countgrid_find(&w.grid, w.g.mesh, x);
    const ptrdiff_t at[3] = {b % w.grid.n[0], b / w.grid.n[0] % w.grid.n[1], b / (w.grid.n[0] * w.grid.n[1])};
    for (int a = 0; a < cases[k].dim; a++)
      assert_true(w.grid.edge[a][at[a]] <= x[a] && x[a] < w.grid.edge[a][at[a] + 1]);
    const double out[3] = {6.5, 0, 0}, nan[3] = {(double)NAN, 0, 0};
    assert_int_equal(countgrid_find(&w.grid, w.g.mesh, out), -1);
    assert_int_equal(countgrid_find(&w.grid, w.g.mesh, nan), -1);
    close_bench(&w);
  }
}

static void groups_and_boxes_hold_enough_particles(void **state)
{
  for (int dim = 1; dim <= 3; dim++)
    for (int size = 0; size < 2; size++) {
      const double N = size == 0 ? 1000 : 50000, least = fmax(25, N / 128);
      workbench w;
      open_bench(*state, &w, dim, dim == 3 ? 16 : 64, N);
      double *mass = calloc((size_t)w.s.groups, sizeof *mass);
      for (ptrdiff_t b = 0; b < w.grid.blocks; b++) mass[w.s.leaf[b]] += w.grid.m[b];
      for (int i = 0; i < w.s.groups; i++) check_ge(N * mass[i], least * (1 - 1e-12));
      assert_true(w.s.groups > 10 && w.s.groups <= 130);
      for (ptrdiff_t b = 0; b < w.s.boxes; b++) check_ge(N * w.s.box_mass[b], fmax(10, N / 2000));
      assert_true(w.s.boxes > 50);
      free(mass);
      close_bench(&w);
    }
}

/* Box sums by prefix tables against plain loops. */
static void prefix_sums_are_sums(void **state)
{
  for (int dim = 1; dim <= 3; dim++) {
    workbench w;
    open_bench(*state, &w, dim, dim == 3 ? 11 : 37, 2000);
    double *q = malloc((size_t)w.grid.blocks * sizeof *q), *t = malloc((size_t)prefix_len(&w.grid) * sizeof *t);
    uint64_t seed = 4;
    for (ptrdiff_t b = 0; b < w.grid.blocks; b++) q[b] = noise(&seed);
    prefix_fill(&w.grid, q, t);
    for (ptrdiff_t b = 0; b < w.s.boxes; b += 7) {
      const scanbox *box = &w.s.box[b];
      double sum = 0;
      for (ptrdiff_t k = box->lo[2]; k < box->hi[2]; k++)
        for (ptrdiff_t j = box->lo[1]; j < box->hi[1]; j++)
          for (ptrdiff_t i = box->lo[0]; i < box->hi[0]; i++) sum += q[i + w.grid.n[0] * (j + w.grid.n[1] * k)];
      check_close(prefix_sum(&w.grid, t, box), sum, 1e-11);
    }
    free(q), free(t);
    close_bench(&w);
  }
}

/* Cauchy-Schwarz, the heart of the one tolerance: |d|_k <= c_k chi2(d) for any d; for mean and spread attained by d = m f. */
static void no_statistic_exceeds_its_constant_times_the_chi2_distance(void **state)
{
  for (int dim = 1; dim <= 3; dim++) {
    workbench w;
    open_bench(*state, &w, dim, dim == 3 ? 16 : 48, 5000);
    const ptrdiff_t J = w.grid.blocks, F = w.s.first[WEIR_STAT_COUNT];
    double *d = malloc((size_t)J * sizeof *d), *f = malloc((size_t)F * sizeof *f);
    double *scratch = malloc((size_t)countstats_scratch(&w.s) * sizeof *scratch);
    uint64_t seed = 11;
    double most[WEIR_STAT_COUNT] = {0};
    for (int trial = 0; trial < 200; trial++) {
      double sum = 0, chi = 0;
      const double tilt[3] = {noise(&seed), noise(&seed), noise(&seed)}, rough = fabs(noise(&seed));
      for (ptrdiff_t b = 0; b < J; b++) { /* smooth: linear and quadratic tilts, on top of them noise */
        double h = 0.1 * rough * noise(&seed);
        for (int a = 0; a < dim; a++) {
          const double y = w.grid.centre[a][b] - w.grid.mean[a];
          h += trial % 2 == 0 ? tilt[a] * y : tilt[a] * y * y;
        }
        d[b] = w.grid.m[b] * h, sum += d[b];
      }
      for (ptrdiff_t b = 0; b < J; b++) {
        d[b] -= w.grid.m[b] * sum;
        if (w.grid.m[b] > 0) chi += d[b] * d[b] / w.grid.m[b];
      }
      countstats_features(&w.s, d, false, scratch, f);
      for (int k = 0; k < WEIR_STAT_COUNT; k++) {
        if (!w.s.used[k]) continue;
        const double ratio = countstats_norm(&w.s, k, f) / (w.s.c[k] * sqrt(chi));
        check_le(ratio, 1 + 1e-9);
        most[k] = fmax(most[k], ratio);
      }
    }
    check_ge(most[WEIR_STAT_MEAN], 0.95), check_ge(most[WEIR_STAT_CHI2], 0.8), check_ge(most[WEIR_STAT_SPREAD], 0.6);
    free(d), free(f), free(scratch);
    close_bench(&w);
  }
}

/* The bound over signs of an unsigned error is not below any sign's value. */
static void an_unsigned_error_bounds_every_sign(void **state)
{
  workbench w;
  open_bench(*state, &w, 2, 32, 5000);
  const ptrdiff_t J = w.grid.blocks, F = w.s.first[WEIR_STAT_COUNT];
  double *e = malloc((size_t)J * sizeof *e), *f = malloc((size_t)F * sizeof *f),
         *scratch = malloc((size_t)countstats_scratch(&w.s) * sizeof *scratch);
  uint64_t seed = 5;
  for (int trial = 0; trial < 20; trial++) {
    double bound[WEIR_STAT_COUNT];
    for (ptrdiff_t b = 0; b < J; b++) e[b] = fabs(noise(&seed)) * w.grid.m[b];
    countstats_features(&w.s, e, true, scratch, f);
    for (int k = 0; k < WEIR_STAT_COUNT; k++) bound[k] = countstats_norm(&w.s, k, f);
    for (ptrdiff_t b = 0; b < J; b++) e[b] *= noise(&seed) > 0 ? 1 : -1;
    countstats_features(&w.s, e, false, scratch, f);
    for (int k = 0; k < WEIR_STAT_COUNT; k++) check_le(countstats_norm(&w.s, k, f), bound[k] * (1 + 1e-12));
  }
  free(e), free(f), free(scratch);
  close_bench(&w);
}

/* The larger root of |f + e u| = T against a fine scan, for each kind of norm. */
static void crossings_are_the_larger_root(void **state)
{
  workbench w;
  open_bench(*state, &w, 2, 32, 5000);
  const ptrdiff_t F = w.s.first[WEIR_STAT_COUNT];
  double *f = malloc((size_t)F * sizeof *f), *u = malloc((size_t)F * sizeof *u);
  uint64_t seed = 21;
  for (int trial = 0; trial < 60; trial++)
    for (int k = 0; k < WEIR_STAT_COUNT; k++) {
      for (ptrdiff_t i = 0; i < F; i++) u[i] = noise(&seed), f[i] = 0.5 * noise(&seed) - (trial % 3) * u[i];
      const double scale = countstats_norm(&w.s, k, u);
      for (ptrdiff_t i = 0; i < F; i++) u[i] /= scale, f[i] /= scale;
      const double T = 0.1 + fabs(noise(&seed));
      const double e = countstats_crossing(&w.s, k, f, u, T);
      /* beyond |f| + T the norm is above T; last e of a scan with |f + e u| <= T */
      const double step = 1e-3 * (countstats_norm(&w.s, k, f) + T);
      double last = -1;
      for (int i = 0; i <= 1001; i++)
        if (countstats_norm_at(&w.s, k, f, u, i * step) <= T) last = i * step;
      if (last >= 0) check_close(e, last, 1.1 * step);
      if (e >= 0) check_le(e, 1000.1 * step);
      if (e >= 0) check_close(countstats_norm_at(&w.s, k, f, u, e), T, 1e-9 * (1 + e));
    }
  free(f), free(u);
  close_bench(&w);
}

static void coinciding_particles_are_counted_and_merged(void **state)
{
  weir_ctx *ctx = *state;
  const double x[] = {1, 2, 3, 4, 1, 2, -0.0, 1, 0.0, 1, 1, 2.5, 1, 2}, w[] = {.1, .2, .3, .4, .5, .6, .7};
  double merged[7];
  ptrdiff_t count = -1;
  check_ok(ctx, find_duplicates(ctx, 7, 2, x, w, merged, &count));
  assert_int_equal(count, 3); /* particles 2 and 6 are particle 0, particle 4 is particle 3 */
  const double want[7] = {.1 + .3 + .7, .2, 0, .4 + .5, 0, .6, 0};
  for (int i = 0; i < 7; i++) check_close(merged[i], want[i], 1e-15);
  check_ok(ctx, find_duplicates(ctx, 7, 2, x, NULL, merged, &count));
  check_close(merged[0], 3, 0);
}

/* ---------------------------------------------------------------- probabilities */
static void binomial_tails_are_sums_of_terms_up_to_a_million_particles(void **state)
{
  (void)state;
  const struct {
    double n, p;
  } cases[] = {{1, .3}, {10, .5}, {200, .01}, {4000, .02}, {1000000, .3}, {1000000, 1e-6}};
  for (int c = 0; c < 6; c++) {
    const double n = cases[c].n, p = cases[c].p, sd = sqrt(n * p * (1 - p));
    for (int off = -3; off <= 3; off++) {
      const double k = round(n * p + off * sd);
      if (k < 1 || k > n) continue;
      double sum = 0; /* terms k .. k + 40 sd + 40: all that count */
      for (double j = k; j <= n && j <= k + 40 * sd + 40; j++)
        sum += exp(lgamma(n + 1) - lgamma(j + 1) - lgamma(n - j + 1) + j * log(p) + (n - j) * log1p(-p));
      check_rel(binomial_above(k, n, p), sum, 1e-7); /* lgamma(1e6) * eps = 3e-9 per term */
      check_close(binomial_above(k, n, p) + binomial_below(k - 1, n, p), 1, 1e-8);
    }
  }
}

static void confidence_bounds_invert_the_tails(void **state)
{
  (void)state;
  const double k[] = {0, 3, 50, 999999, 1000000}, n[] = {50, 100, 4000, 1000000, 1000000};
  for (int i = 0; i < 5; i++) {
    const double lo = share_low(k[i], n[i], 0.01), hi = share_high(k[i], n[i], 0.01);
    assert_true(lo <= k[i] / n[i] && hi >= k[i] / n[i]);
    if (k[i] > 0) check_rel(binomial_above(k[i], n[i], lo), 0.01, 1e-6);
    if (k[i] < n[i]) check_rel(binomial_below(k[i], n[i], hi), 0.01, 1e-6);
  }
  check_close(share_high(0, 50, 0.01), 1 - pow(0.01, 1.0 / 50), 1e-12);
  check_close(normal_quantile(0.01), 2.3263478740408408, 1e-12);
  check_close(normal_tail(1.959963984540054), 0.025, 1e-15);
}

/* ---------------------------------------------------------------- verdict lists */
static void add(weir_ctx *ctx, weir_verdict *v, weir_outcome o, double value, double tolerance)
{
  weir_check *c;
  check_ok(ctx, weir_verdict_add(ctx, v, "counts", "mean", v->n, 0.5, &c));
  assert_true(isnan(c->value) && isnan(c->p) && c->particle == -1 && c->outcome == WEIR_NOT_TESTED && c->time == 0.5);
  c->outcome = o, c->value = value, c->tolerance = tolerance;
}

static void verdicts_sum_up_to_their_worst_check(void **state)
{
  weir_ctx *ctx = *state;
  weir_verdict *v = NULL;
  check_ok(ctx, weir_verdict_create(ctx, &v));
  weir_verdict_conclude(v);
  assert_int_equal(v->outcome, WEIR_NOT_TESTED);
  add(ctx, v, WEIR_REPORTED, 1, 1), add(ctx, v, WEIR_NOT_TESTED, 1, 1);
  weir_verdict_conclude(v);
  assert_int_equal(v->outcome, WEIR_NOT_TESTED);
  add(ctx, v, WEIR_CERTIFIED, 1, 2);
  weir_verdict_conclude(v);
  assert_int_equal(v->outcome, WEIR_CERTIFIED);
  for (int i = 0; i < 200; i++) add(ctx, v, WEIR_PASS, 1, 1);
  weir_verdict_conclude(v);
  assert_int_equal(v->outcome, WEIR_PASS);
  assert_null(weir_verdict_worst(v));
  add(ctx, v, WEIR_FAILED, 3, 2), add(ctx, v, WEIR_FAILED, 4, 2), add(ctx, v, WEIR_FAILED, 2, 1);
  weir_verdict_conclude(v);
  assert_int_equal(v->outcome, WEIR_FAILED);
  check_close(weir_verdict_worst(v)->value, 4, 0); /* the first of equal ratios */
  add(ctx, v, WEIR_FAILED, (double)NAN, 2);
  assert_true(isnan(weir_verdict_worst(v)->value));
  weir_verdict_destroy(&v);
  assert_null(v);
  weir_verdict_destroy(&v);
  for (int o = 0; o <= 4; o++) assert_true(strlen(weir_outcome_name((weir_outcome)o)) > 3);
  assert_string_equal(weir_outcome_name((weir_outcome)9), "?");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(log_densities_come_back_to_third_order_and_fourth_for_a_gaussian),
      T(an_unresolved_truth_is_flagged_not_extrapolated),
      T(draws_have_the_mean_and_covariance_of_a_multinomial),
      T(the_count_grid_keeps_mass_moments_and_bounds),
      T(groups_and_boxes_hold_enough_particles),
      T(prefix_sums_are_sums),
      T(no_statistic_exceeds_its_constant_times_the_chi2_distance),
      T(an_unsigned_error_bounds_every_sign),
      T(crossings_are_the_larger_root),
      T(coinciding_particles_are_counted_and_merged),
      T(binomial_tails_are_sums_of_terms_up_to_a_million_particles),
      T(confidence_bounds_invert_the_tails),
      T(verdicts_sum_up_to_their_worst_check),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
