/* False-alarm rates of the counts verdict by dimension, mesh and N, and its power against known defects. Minutes.
 *
 * The law of the power table is N((.5,-.3), [[1,.3],[.3,.6]]) on 64^2 cells of [-5,5]^2, N = 5000, alpha = .01, eps = 0; the wanted
 * figures come from an independent prototype of the same statistics (500 clouds an entry); 300 clouds here and its other bins leave
 * a tolerance of .12. */
#include "../support/check.h"
#include "../support/gauss.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS = 499 }; /* alpha = .01: rejection at p <= 5/500, exactly */

/* Smallest k with P(Bin(n, p) > k) < tail. */
static int band(int n, double p, double tail)
{
  double term = exp(n * log1p(-p)), sum = term;
  int k = 0;
  while (sum < 1 - tail && k < n) {
    term *= (double)(n - k) / (k + 1) * p / (1 - p);
    sum += term;
    k++;
  }
  return k;
}

typedef void spoil(weir_rng *rng, ptrdiff_t n, double *x);

static bool fails(weir_ctx *ctx, gauss *g, weir_judge_options *opt, ptrdiff_t n, uint64_t seed, spoil *defect)
{
  weir_cloud *c = gauss_cloud(ctx, g, 1, n, seed, false);
  weir_verdict *v = NULL;
  weir_rng rng;
  weir_rng_seed(&rng, seed, 99);
  if (defect != NULL) defect(&rng, n, c->x[0]);
  check_ok(ctx, weir_judge(ctx, c, gauss_truth, g, opt, &v));
  bool failed;
  (void)counts_p(v, 0, &failed); /* `outside` is a family of its own */
  weir_verdict_destroy(&v);
  weir_cloud_destroy(&c);
  return failed;
}

static int count_failures(weir_ctx *ctx, gauss *g, double eps, ptrdiff_t n, int clouds, spoil *defect)
{
  weir_judge_options opt;
  weir_judge_defaults(&opt);
  opt.eps = eps, opt.draws = DRAWS;
  int failed = 0;
  for (int c = 0; c < clouds; c++) {
    opt.seed = 1 + (uint64_t)c; /* a table of its own for each cloud: the rate is alpha exactly */
    failed += fails(ctx, g, &opt, n, 5000 + (uint64_t)c, defect);
  }
  return failed;
}

/* ---------------------------------------------------------------- false alarms */
static void exact_clouds_fail_one_time_in_a_hundred(void **state)
{
  const struct {
    int dim;
    ptrdiff_t cells, n;
    int clouds;
    double other;
  } rows[] = {{1, 200, 500, 2000, 0}, {1, 200, 5000, 2000, 0.3}, {1, 1000, 2000, 2000, 0},
              {2, 32, 500, 2000, 0},  {2, 64, 5000, 2000, 0},    {2, 128, 2000, 2000, 0.3},
              {2, 64, 50000, 300, 0}, {3, 16, 2000, 2000, 0},    {3, 24, 5000, 300, 0.3}};
  int bad = 0;
  print_message("# dim cells      N clouds  failed  rate   99.9 %% band\n");
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    gauss g = gauss_make(rows[r].dim);
    g.other = rows[r].other, g.apart = 2.5;
    gauss_mesh(*state, &g, rows[r].cells, 6, WEIR_UNIFORM, 0);
    const int clouds = rows[r].clouds, failed = count_failures(*state, &g, 0, rows[r].n, clouds, NULL);
    const int hi = band(clouds, 0.01, 0.0005), lo = band(clouds, 0.01, 0.9995);
    print_message("# %3d %5td %6td %6d %7d  %.4f  %d..%d\n", rows[r].dim, rows[r].cells, rows[r].n, clouds, failed,
                  (double)failed / clouds, lo, hi);
    bad += failed > hi || failed < lo;
    gauss_clear(&g);
  }
  assert_int_equal(bad, 0);
}

/* ---------------------------------------------------------------- power */
static void shift(double by, ptrdiff_t n, double *x)
{
  for (ptrdiff_t i = 0; i < n; i++) x[2 * i] += by;
}
static void shift05(weir_rng *rng, ptrdiff_t n, double *x)
{
  (void)rng, shift(0.05, n, x);
}
static void shift07(weir_rng *rng, ptrdiff_t n, double *x)
{
  (void)rng, shift(0.07, n, x);
}
static void shift10(weir_rng *rng, ptrdiff_t n, double *x)
{
  (void)rng, shift(0.10, n, x);
}
static void widen(double factor, ptrdiff_t n, double *x)
{
  const double mean[2] = {.5, -.3};
  for (ptrdiff_t i = 0; i < 2 * n; i++) x[i] = mean[i % 2] + sqrt(factor) * (x[i] - mean[i % 2]);
}
static void wide05(weir_rng *rng, ptrdiff_t n, double *x)
{
  (void)rng, widen(1.05, n, x);
}
static void wide10(weir_rng *rng, ptrdiff_t n, double *x)
{
  (void)rng, widen(1.10, n, x);
}
/* 1 % of the particles into a clump of radius .05. */
static void clump(weir_rng *rng, ptrdiff_t n, double *x)
{
  for (ptrdiff_t i = 0; i < n / 100; i++)
    for (int a = 0; a < 2; a++) x[2 * i + a] = (a == 0 ? 1.5 : 0.5) + 0.05 * (2 * weir_rng_uniform(rng) - 1);
}

static void known_defects_are_found_as_often_as_they_should(void **state)
{
  const struct {
    const char *name;
    spoil *defect;
    double eps, want;
  } rows[] = {{"shift .05", shift05, 0, .65},   {"shift .07", shift07, 0, .98},
              {"shift .10", shift10, 0, 1},     {"variance x1.05", wide05, 0, .59},
              {"variance x1.10", wide10, 0, 1}, {"1 % in a clump", clump, 0, 1},
              {"shift .07", shift07, .02, .84}, {"variance x1.10", wide10, .02, .99},
              {"shift .10", shift10, .05, .86}, {"variance x1.05", wide05, .05, 0},
              {"exact", NULL, .05, 0}};
  enum { CLOUDS = 300 };
  gauss g = gauss_make(2);
  g.L[1][1] = sqrt(0.51);
  gauss_mesh(*state, &g, 64, 5, WEIR_UNIFORM, 0);
  int bad = 0;
  print_message("# %-16s  eps  found  wanted\n", "defect, N = 5000");
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    const double power = (double)count_failures(*state, &g, rows[r].eps, 5000, CLOUDS, rows[r].defect) / CLOUDS;
    print_message("# %-16s  %.2f  %.2f   %.2f\n", rows[r].name, rows[r].eps, power, rows[r].want);
    bad += !(fabs(power - rows[r].want) <= 0.12) || (rows[r].want == 0 && power > 0.034); /* band(300, .01) */
  }
  gauss_clear(&g);
  assert_int_equal(bad, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(exact_clouds_fail_one_time_in_a_hundred),
      T(known_defects_are_found_as_often_as_they_should),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
