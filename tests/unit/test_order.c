/* The order verdict on power laws with known corrections, and its claimed coverage; Richardson on exact power laws. */
#include "../support/check.h"
#include <weir/order.h>
#include <math.h>
#include <string.h>

static const weir_order_options formal2 = {.formal = 2};

static void ladder(int n, double r, double *h)
{
  for (int l = 0; l < n; l++) h[l] = 0.5 * pow(r, -l);
}

static void a_pure_power_law_gives_its_order_for_any_ratio(void **state)
{
  weir_ctx *ctx = *state;
  const double ratios[] = {2, 1.5, 3, 1.1};
  for (int k = 0; k < 4; k++) {
    double h[5], e[5];
    ladder(5, ratios[k], h);
    for (int l = 0; l < 5; l++) e[l] = 0.3 * pow(h[l], 1.7);
    weir_order o;
    check_ok(ctx, weir_order_judge(ctx, 5, h, e, &(weir_order_options){.formal = 1.7}, &o));
    check_close(o.p, 1.7, 1e-12);
    check_close(o.uncertainty, 0.01, 1e-12);
    assert_int_equal(o.outcome, WEIR_ORDER_PASS);
    assert_int_equal(o.first, 0);
    assert_int_equal(o.last, 4);
  }
}

static void a_first_order_error_fails_formal_order_two(void **state)
{
  weir_ctx *ctx = *state;
  double h[5], e[5];
  ladder(5, 2, h);
  for (int l = 0; l < 5; l++) e[l] = h[l] * (1 + 0.1 * h[l]);
  weir_order o;
  check_ok(ctx, weir_order_judge(ctx, 5, h, e, &formal2, &o));
  assert_int_equal(o.outcome, WEIR_ORDER_FAIL);
  assert_non_null(strstr(o.text, "order 1.0"));
}

static void changing_slopes_are_preasymptotic_not_a_pass(void **state)
{
  weir_ctx *ctx = *state;
  const double h[4] = {1, .5, .25, .125}, e[4] = {1, .5, .15, .02}; /* slopes 1, 1.7, 2.9 */
  weir_order o;
  check_ok(ctx, weir_order_judge(ctx, 4, h, e, &formal2, &o));
  assert_int_equal(o.outcome, WEIR_ORDER_PREASYMPTOTIC);
  assert_int_equal(o.first, 1);
  check_ok(ctx, weir_order_judge(ctx, 2, h, e, &formal2, &o));
  assert_int_equal(o.outcome, WEIR_ORDER_PREASYMPTOTIC); /* one slope proves nothing */
  check_close(o.p, 1, 1e-14);
}

static void errors_that_grow_or_are_no_numbers_fail(void **state)
{
  weir_ctx *ctx = *state;
  const double h[4] = {1, .5, .25, .125};
  const double bad[][4] = {
      {1, .25, .0625, .08}, {1, .25, (double)NAN, .01}, {1, .25, .06, (double)INFINITY}, {1, 1, 1, 1},
      {1, 2, 3, 4},         {1, .25, .06, -.01}};
  for (int k = 0; k < 6; k++) {
    weir_order o;
    check_ok(ctx, weir_order_judge(ctx, 4, h, bad[k], &formal2, &o));
    assert_int_equal(o.outcome, WEIR_ORDER_FAIL);
    assert_true(strlen(o.text) > 10);
  }
}

static void rounding_is_left_out_and_an_exact_solution_passes(void **state)
{
  weir_ctx *ctx = *state;
  double h[8], e[8] = {0};
  ladder(8, 2, h);
  weir_order o;
  check_ok(ctx, weir_order_judge(ctx, 8, h, e, &formal2, &o));
  assert_int_equal(o.outcome, WEIR_ORDER_PASS);
  assert_true(o.exact && strstr(o.text, "exact to rounding") != NULL);
  uint64_t seed = 9;
  for (int l = 0; l < 8; l++) e[l] = pow(h[l], 6) + 2e-15 * fabs(noise(&seed)); /* 2^-48 at the finest */
  check_ok(ctx, weir_order_judge(ctx, 8, h, e, &(weir_order_options){.formal = 6}, &o));
  assert_int_equal(o.outcome, WEIR_ORDER_PASS);
  assert_true(o.roundoff && o.usable < 8 && o.usable >= 5);
  check_close(o.p, 6, 0.01);
  check_ok(ctx, weir_order_judge(ctx, 8, h, e, &(weir_order_options){.formal = 6, .floor = e[1] / 40}, &o));
  assert_int_equal(o.outcome, WEIR_ORDER_ROUNDOFF);          /* two levels left */
  const double dip[5] = {1, .25, 1e-17, .25 / 16, .25 / 64}; /* a zero of sign in the middle */
  check_ok(ctx, weir_order_judge(ctx, 5, h, dip, &formal2, &o));
  assert_int_equal(o.outcome, WEIR_ORDER_PREASYMPTOTIC);
  assert_int_equal(o.first, 3);
}

static void superconvergence_is_a_warning(void **state)
{
  weir_ctx *ctx = *state;
  double h[5], e[5];
  ladder(5, 2, h);
  for (int l = 0; l < 5; l++) e[l] = pow(h[l], 4);
  weir_order o;
  check_ok(ctx, weir_order_judge(ctx, 5, h, e, &formal2, &o));
  assert_int_equal(o.outcome, WEIR_ORDER_PASS);
  assert_true(o.superconvergent);
}

/* E = h^p (1 + c1 h + c2 h^2) (1 + noise), 6 levels 2^-4 .. 2^-9. Measured: smooth 1.000 and 1.000 (|c1| <= 1, 10), 2 % noise .983.
 * Without |p_R - p| in U the second would be .56. */
static double coverage(weir_ctx *ctx, double c1max, double rough)
{
  uint64_t seed = 12345;
  int covered = 0, windows = 0;
  for (int draw = 0; draw < 2000; draw++) {
    const double p = 2 + noise(&seed), c1 = c1max * noise(&seed), c2 = c1max * noise(&seed);
    double h[6], e[6];
    for (int l = 0; l < 6; l++) {
      h[l] = ldexp(1, -4 - l);
      e[l] = pow(h[l], p) * (1 + c1 * h[l] + c2 * h[l] * h[l]) * (1 + rough * noise(&seed) * sqrt(3));
    }
    weir_order o;
    check_ok(ctx, weir_order_judge(ctx, 6, h, e, &(weir_order_options){.formal = p}, &o));
    if (o.outcome == WEIR_ORDER_PREASYMPTOTIC) continue;
    windows++;
    covered += fabs(o.p - p) <= o.uncertainty;
  }
  print_message("# |c1| <= %g, noise %g: %d windows of 2000, %.4f covered\n", c1max, rough, windows,
                (double)covered / windows);
  return (double)covered / windows;
}

static void the_uncertainty_covers_the_true_order_as_claimed(void **state)
{
  weir_ctx *ctx = *state;
  assert_true(coverage(ctx, 1, 0) == 1.0);
  check_ge(coverage(ctx, 10, 0), 0.99);
  check_ge(coverage(ctx, 1, 0.02), 0.97);
}

static void order_refuses_bad_sizes_and_options(void **state)
{
  weir_ctx *ctx = *state;
  const double h[3] = {1, .5, .25}, up[3] = {1, 2, 3}, e[3] = {1, .25, .0625};
  weir_order o;
  check_fails(ctx, weir_order_judge(ctx, 1, h, e, &formal2, &o), WEIR_EARG, "1 levels");
  check_fails(ctx, weir_order_judge(ctx, 3, up, e, &formal2, &o), WEIR_EARG, "decrease");
  check_fails(ctx, weir_order_judge(ctx, 3, h, e, &(weir_order_options){0}, &o), WEIR_EARG, "formal order 0");
  check_fails(ctx, weir_order_judge(ctx, 3, h, e, &(weir_order_options){.formal = 2, .delta = -1}, &o), WEIR_EARG,
              "delta -1");
}

/* ---------------------------------------------------------------- Richardson */
static weir_mesh *square(weir_ctx *ctx, ptrdiff_t n)
{
  weir_mesh_spec s = {.dim = 2};
  for (int a = 0; a < 2; a++) s.axis[a] = (weir_axis_spec){.n = n, .lo = 0, .hi = 1};
  weir_mesh *m = NULL;
  check_ok(ctx, weir_mesh_create(ctx, &s, &m));
  return m;
}

/* q_h = q + a h^p exactly, cell by cell on the coarse mesh: the bar with Fs = 1 is the error itself. */
static void the_error_bar_of_a_power_law_is_its_error(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *c = square(ctx, 4), *f = square(ctx, 12);
  double *qc = NULL, *qf = NULL, *e = NULL;
  check_ok(ctx, weir_mesh_array(ctx, c, "t", &qc));
  check_ok(ctx, weir_mesh_array(ctx, f, "t", &qf));
  check_ok(ctx, weir_mesh_array(ctx, f, "t", &e));
  for (ptrdiff_t j = 0; j < 12; j++)
    for (ptrdiff_t i = 0; i < 12; i++) {
      const double a = (double)(i / 3) - 0.5 * (double)(j / 3), hf = 1.0 / 12, hc = 0.25;
      qf[weir_mesh_index(f, i, j, 0)] = 5 + a * hf * hf;
      qc[weir_mesh_index(c, i / 3, j / 3, 0)] = 5 + a * hc * hc;
    }
  check_ok(ctx, weir_richardson_error(ctx, f, qf, c, qc, 2, 1, e));
  for (ptrdiff_t j = 0; j < 12; j++)
    for (ptrdiff_t i = 0; i < 12; i++)
      check_close(e[weir_mesh_index(f, i, j, 0)], qf[weir_mesh_index(f, i, j, 0)] - 5, 1e-15 * 20);
  check_fails(ctx, weir_richardson_error(ctx, f, qf, c, qc, 0, 1, e), WEIR_EARG, "order 0");
  check_fails(ctx, weir_richardson_error(ctx, f, qf, c, qc, 2, 0.5, e), WEIR_EARG, "safety factor");
  check_fails(ctx, weir_richardson_error(ctx, f, qf, f, qf, 2, 1, e), WEIR_EARG, "fewer cells");
  weir_mesh *odd = square(ctx, 5);
  check_fails(ctx, weir_richardson_error(ctx, f, qf, odd, qc, 2, 1, e), WEIR_EARG, "");
  weir_free(qc), weir_free(qf), weir_free(e);
  weir_mesh_destroy(&c), weir_mesh_destroy(&f), weir_mesh_destroy(&odd);
}

static void a_scalar_power_law_is_extrapolated_exactly_with_unequal_ratios(void **state)
{
  weir_ctx *ctx = *state;
  const double h[3] = {0.1, 0.17, 0.31};
  for (int sign = -1; sign <= 1; sign += 2) {
    double phi[3];
    for (int l = 0; l < 3; l++) phi[l] = 2 + sign * 0.7 * pow(h[l], 1.9);
    weir_gci g;
    check_ok(ctx, weir_gci_scalar(ctx, phi, h, 2, &g));
    check_close(g.p, 1.9, 1e-10);
    check_close(g.extrapolated, 2, 1e-12);
    check_close(g.error, 1.25 * 0.7 * pow(0.1, 1.9), 1e-10);
    check_close(g.asymptotic, 1, 1e-9);
  }
}

static void oscillating_scalars_get_a_wide_bar_and_no_order(void **state)
{
  weir_ctx *ctx = *state;
  const double h[3] = {1, 2, 4};
  weir_gci g;
  check_ok(ctx, weir_gci_scalar(ctx, (const double[3]){1, 1.1, 1}, h, 2, &g));
  assert_true(isnan(g.p));
  check_close(g.error, 0.3, 1e-12);
  check_ok(ctx, weir_gci_scalar(ctx, (const double[3]){1, 2, 2.5}, h, 2, &g)); /* diverging: grows on refinement */
  assert_true(isnan(g.p));
  check_close(g.error, 3, 1e-12);
  check_ok(ctx, weir_gci_scalar(ctx, (const double[3]){1, 1, 1}, h, 2, &g));
  check_close(g.error, 0, 0);
  check_fails(ctx, weir_gci_scalar(ctx, (const double[3]){1, 1, 1}, (const double[3]){1, 1, 2}, 2, &g), WEIR_EARG,
              "increase");
  check_fails(ctx, weir_gci_scalar(ctx, (const double[3]){1, (double)NAN, 1}, h, 2, &g), WEIR_EARG, "finite");
  check_fails(ctx, weir_gci_scalar(ctx, (const double[3]){1, 1, 1}, h, 0, &g), WEIR_EARG, "formal");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(a_pure_power_law_gives_its_order_for_any_ratio),
      T(a_first_order_error_fails_formal_order_two),
      T(changing_slopes_are_preasymptotic_not_a_pass),
      T(errors_that_grow_or_are_no_numbers_fail),
      T(rounding_is_left_out_and_an_exact_solution_passes),
      T(superconvergence_is_a_warning),
      T(the_uncertainty_covers_the_true_order_as_claimed),
      T(order_refuses_bad_sizes_and_options),
      T(the_error_bar_of_a_power_law_is_its_error),
      T(a_scalar_power_law_is_extrapolated_exactly_with_unequal_ratios),
      T(oscillating_scalars_get_a_wide_bar_and_no_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
