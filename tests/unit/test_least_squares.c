/* Least-squares error bars: exact models are recovered, invariances hold, noise widens the bar and is covered. */
#include "../support/check.h"
#include <weir/order.h>
#include <math.h>
#include <string.h>

static const double sizes[6] = {0.1, 0.13, 0.2, 0.27, 0.4, 0.55};

static weir_gci_fit fit(weir_ctx *ctx, int n, const double *phi, double formal)
{
  weir_gci_fit f;
  check_ok(ctx, weir_gci_least_squares(ctx, n, phi, sizes, formal, &f));
  return f;
}

static void a_power_law_gives_its_limit_order_and_bars(void **state)
{
  static const struct {
    double p, formal, a;
  } row[] = {{0.6, 2, -3}, {1, 1, 2}, {1.7, 2, 0.4}, {2, 2, -1}, {3.6, 4, 7}, {5.9, 6, 1e-9}};
  for (size_t k = 0; k < sizeof row / sizeof *row; k++)
    for (int n = 4; n <= 6; n++) {
      double phi[6];
      for (int i = 0; i < n; i++) phi[i] = row[k].a * (5 + pow(sizes[i], row[k].p));
      const weir_gci_fit f = fit(*state, n, phi, row[k].formal);
      const double unit = fabs(row[k].a);
      assert_int_equal(f.model, WEIR_GCI_POWER);
      check_close(f.p, row[k].p, 1e-5); /* flat minimum of a sum of squares: half the digits */
      check_close(f.phi0 / row[k].a, 5, 1e-7);
      check_close(f.fs, 1.25, 0);
      for (int i = 0; i < n; i++) /* 15 digits of 5 + h^5.9 leave 1e-9 */
        check_close(f.error[i] / unit, 1.25 * pow(sizes[i], row[k].p), 1e-6);
    }
}

/* p > q: the fixed exponents; p < 1/2 (a cusp): one of the three; a h + b h^2 that turns over: the mixed model. */
static void orders_outside_the_range_fall_back_to_fixed_exponents(void **state)
{
  double phi[6];
  for (int i = 0; i < 6; i++) phi[i] = 1 + pow(sizes[i], 3);
  weir_gci_fit f = fit(*state, 6, phi, 2);
  check_close(f.p, 3, 1e-5);
  assert_int_equal(f.model, WEIR_GCI_FORMAL);
  check_close(f.fs, 3, 0);
  check_ge(f.error[0], fabs(phi[0] - 1));
  for (int i = 0; i < 6; i++) phi[i] = pow(sizes[i], 0.2);
  f = fit(*state, 6, phi, 2);
  assert_true(f.p < 0.5 && f.model != WEIR_GCI_POWER);
  check_close(f.fs, 3, 0);
  for (int i = 0; i < 6; i++) phi[i] = 1 + 3 * sizes[i] - 4 * sizes[i] * sizes[i]; /* rises, then falls: no power law */
  f = fit(*state, 6, phi, 2);
  assert_int_equal(f.model, WEIR_GCI_MIXED);
  check_close(f.phi0, 1, 1e-10);
  check_close(f.a, 3, 1e-9);
  check_close(f.b, -4, 1e-8);
}

static void bars_scale_with_the_values_and_do_not_see_the_unit_of_length(void **state)
{
  const double phi[5] = {1.011, 1.018, 1.038, 1.077, 1.165};
  double other[5], h[5];
  for (int i = 0; i < 5; i++) other[i] = 7 - 1000 * phi[i], h[i] = 64 * sizes[i];
  const weir_gci_fit f = fit(*state, 5, phi, 2), g = fit(*state, 5, other, 2);
  weir_gci_fit u;
  check_ok(*state, weir_gci_least_squares(*state, 5, phi, h, 2, &u));
  assert_true(f.model == g.model && f.model == u.model && f.weighted == g.weighted && f.weighted == u.weighted);
  check_close(g.phi0, 7 - 1000 * f.phi0, 1e-4);
  check_close(u.phi0, f.phi0, 1e-7);
  for (int i = 0; i < 5; i++) {
    check_close(g.error[i], 1000 * f.error[i], 1e-4);
    check_close(u.error[i], f.error[i], 1e-7);
  }
}

/* A coarsest mesh that is off weighs little with 1/h, a finest one much: the smaller sigma chooses. */
static void the_weights_that_fit_better_are_taken(void **state)
{
  for (int off = 0; off < 6; off += 5) {
    double phi[6];
    for (int i = 0; i < 6; i++) phi[i] = 1 + sizes[i] + (i == off ? 0.02 : 0);
    const weir_gci_fit f = fit(*state, 6, phi, 1);
    assert_true(f.weighted == (off == 5));
  }
}

/* phi = 1 + h^2 (1 + .3 h) with noise of a share of the finest h^2: the bar covers phi = 1 on every mesh. Measured: 1.000 of all three. */
static void bars_cover_the_limit_under_noise(void **state)
{
  static const double share[] = {0, 0.2, 2}, least[] = {1, 0.98, 0.98};
  for (int s = 0; s < 3; s++) {
    uint64_t seed = 77;
    int covered = 0;
    for (int draw = 0; draw < 200; draw++) {
      double phi[6];
      for (int i = 0; i < 6; i++)
        phi[i] = 1 + sizes[i] * sizes[i] * (1 + 0.3 * sizes[i]) + share[s] * sizes[0] * sizes[0] * noise(&seed);
      const weir_gci_fit f = fit(*state, 6, phi, 2);
      bool all = true;
      for (int i = 0; i < 6; i++) all = all && fabs(phi[i] - 1) <= f.error[i];
      covered += all;
    }
    print_message("# noise %g: %.4f covered\n", share[s], covered / 200.0);
    check_ge(covered / 200.0, least[s]);
  }
}

static void equal_values_have_no_error_and_bad_input_is_refused(void **state)
{
  weir_ctx *ctx = *state;
  const double phi[4] = {2, 2, 2, 2}, nan[4] = {2, (double)NAN, 2, 2}, down[4] = {1, 2, 1.5, 3};
  weir_gci_fit f = fit(ctx, 4, phi, 2);
  assert_int_equal(f.model, WEIR_GCI_CONSTANT);
  check_close(f.error[0] + f.error[3], 0, 0);
  check_fails(ctx, weir_gci_least_squares(ctx, 3, phi, sizes, 2, &f), WEIR_EARG, "3 meshes");
  check_fails(ctx, weir_gci_least_squares(ctx, WEIR_ORDER_MAXLEVEL + 1, phi, sizes, 2, &f), WEIR_EARG, "33 meshes");
  check_fails(ctx, weir_gci_least_squares(ctx, 4, nan, sizes, 2, &f), WEIR_EARG, "value[1] = nan");
  check_fails(ctx, weir_gci_least_squares(ctx, 4, phi, down, 2, &f), WEIR_EARG, "h[2] = 1.5");
  check_fails(ctx, weir_gci_least_squares(ctx, 4, phi, sizes, -1, &f), WEIR_EARG, "formal order -1");
  assert_string_equal(weir_gci_model_name(WEIR_GCI_MIXED), "mixed");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(a_power_law_gives_its_limit_order_and_bars),
      T(orders_outside_the_range_fall_back_to_fixed_exponents),
      T(bars_scale_with_the_values_and_do_not_see_the_unit_of_length),
      T(the_weights_that_fit_better_are_taken),
      T(bars_cover_the_limit_under_noise),
      T(equal_values_have_no_error_and_bad_input_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
