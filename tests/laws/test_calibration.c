/* False alarms of the counts verdict on exact clouds, in small: the long version is long_calibration.c.
 *
 * The count of failures among n exact clouds at level alpha is Binomial(n, <= alpha); bands are its 99.9 % quantiles. With eps = 0 the
 * test is exact, so the rate must also not be far BELOW alpha; that is checked on the joint p-values' distribution. */
#include "../support/check.h"
#include "../support/gauss.h"
#include <math.h>
#include <stdlib.h>

/* Largest count that is not surprising at 99.9 %: P(Bin(n, p) > k) < .0005. */
static int upper_band(int n, double p)
{
  double term = pow(1 - p, n), sum = term;
  int k = 0;
  while (sum < 0.9995 && k < n) {
    term *= (double)(n - k) / (k + 1) * p / (1 - p);
    sum += term;
    k++;
  }
  return k;
}

typedef struct rates {
  int clouds, failed, below_tenth;
} rates;

static rates run(weir_ctx *ctx, int dim, ptrdiff_t cells, ptrdiff_t n, int clouds, int steps, double alpha, double eps)
{
  gauss g = gauss_make(dim);
  g.other = dim == 1 ? 0.3 : 0, g.apart = 2.5;
  gauss_mesh(ctx, &g, cells, 6, WEIR_UNIFORM, 0);
  weir_judge_options opt;
  weir_judge_defaults(&opt);
  opt.alpha = alpha, opt.eps = eps, opt.draws = 599, opt.threads = 1;
  rates r = {.clouds = clouds};
  for (int c = 0; c < clouds; c++) {
    weir_cloud *cloud = gauss_cloud(ctx, &g, steps, n, 1000 + (uint64_t)c, false);
    weir_verdict *v = NULL;
    opt.seed = 1 + (uint64_t)c % 7; /* several tables: one table's own error is common to all clouds judged by it */
    check_ok(ctx, weir_judge(ctx, cloud, gauss_truth, &g, &opt, &v));
    bool any = false, failed;
    for (int k = 0; k < steps; k++) (void)counts_p(v, k, &failed), any = any || failed;
    r.failed += any;
    const double p = counts_p(v, 0, &failed);
    r.below_tenth += p <= 0.1;
    weir_verdict_destroy(&v);
    weir_cloud_destroy(&cloud);
  }
  gauss_clear(&g);
  print_message("# %dD %td cells, N = %td, %d steps, alpha %g, eps %g: %d of %d exact clouds fail; p <= .1: %d\n", dim,
                cells, n, steps, alpha, eps, r.failed, r.clouds, r.below_tenth);
  return r;
}

static void exact_clouds_fail_no_more_often_than_alpha(void **state)
{
  const rates one = run(*state, 1, 100, 500, 100, 1, 0.05, 0), two = run(*state, 2, 24, 500, 100, 1, 0.05, 0);
  assert_true(one.failed <= upper_band(100, 0.05));
  assert_true(two.failed <= upper_band(100, 0.05));
  /* exact, not merely safe: of 200 p-values 20 are expected below .1, sd 4.2 */
  const int sum = one.below_tenth + two.below_tenth;
  assert_true(sum <= upper_band(200, 0.1));
  assert_true(200 - sum <= upper_band(200, 0.9));
}

/* Steps that are copies of one another are the worst dependence: any correction must survive it. */
static void many_steps_do_not_add_up(void **state)
{
  const rates r = run(*state, 2, 16, 300, 30, 4, 0.05, 0);
  assert_true(r.failed <= upper_band(30, 0.05));
}

static void a_tolerance_only_lowers_the_rate(void **state)
{
  const rates r = run(*state, 2, 24, 500, 40, 1, 0.05, 0.05);
  assert_true(r.failed <= upper_band(40, 0.05));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(exact_clouds_fail_no_more_often_than_alpha),
      T(many_steps_do_not_add_up),
      T(a_tolerance_only_lowers_the_rate),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
