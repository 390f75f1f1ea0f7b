/* Derivatives against Richardson extrapolation, and separation of variables. */
#include "../support/check.h"
#include <weir/expr.h>
#include <float.h>
#include <math.h>
#include <string.h>

static weir_expr *parse(weir_ctx *ctx, const char *text)
{
  weir_expr_env *env = NULL;
  weir_expr *e = NULL;
  check_ok(ctx, weir_expr_env_create(ctx, &env));
  check_ok(ctx, weir_expr_env_variable(ctx, env, "x", 0));
  check_ok(ctx, weir_expr_env_variable(ctx, env, "y", 1));
  check_ok(ctx, weir_expr_env_variable(ctx, env, "t", 3));
  check_ok(ctx, weir_expr_parse(ctx, text, NULL, env, &e));
  weir_expr_env_destroy(&env);
  return e;
}

static double at_x(const weir_expr *e, double x)
{
  const double v[4] = {x, 0.45, 0.0, 1.25};
  return weir_expr_at(e, v);
}

/* D(h) = (f(x+h) - f(x-h)) / 2h = f' + h^2 f'''/6 + h^4 f5/120 + ..., so R = (4 D(h/2) - D(h))/3 has the error
 *   -h^4 f5/480 + O(h^6), and, with values known to +-d, at most (4*2d/h + d/h)/3 = 3 d/h of rounding.
 * f5 is measured by the fifth central difference with step s = 1/32 and doubled, for the points between; d is 8 units
 * of roundoff of |f| and of |x f'|, the amplified rounding of x+h and of the inner operations. */
static double richardson(const weir_expr *e, double x, double slope, double *bound)
{
  static const double binomial[6] = {1, -5, 10, -10, 5, -1};
  const double h = 0x1p-8, s = 0x1p-5;
  const double d1 = (at_x(e, x + h) - at_x(e, x - h)) / (2 * h);
  const double d2 = (at_x(e, x + h / 2) - at_x(e, x - h / 2)) / h;
  double f5 = 0.0;
  for (int k = 0; k < 6; k++) f5 += binomial[k] * at_x(e, x + (2.5 - k) * s);
  f5 = fabs(f5) / (s * s * s * s * s);
  const double d = 8 * DBL_EPSILON / 2 * (fabs(at_x(e, x)) + fabs(x * slope) + 1.0);
  *bound = 2 * f5 * h * h * h * h / 480 + 3 * d / h;
  return (4 * d2 - d1) / 3;
}

static const char *const smooth[] = {
    "3",
    "x",
    "y",
    "-x",
    "x + y",
    "y - x",
    "x*y*x",
    "(1 + x)/(2 + x^2)",
    "1/x",
    "sin(3*x)",
    "cos(3*x)",
    "tan(x)",
    "asin(x)",
    "acos(x)",
    "atan(2*x)",
    "atan2(x, y)",
    "atan2(y, x)",
    "atan2(-x, x^2 - 2)",
    "sinh(2*x)",
    "cosh(2*x)",
    "tanh(2*x)",
    "exp(-x^2)",
    "e^(2*x)",
    "expm1(x*y)",
    "log(x)",
    "log1p(x^2)",
    "log10(3*x)",
    "sqrt(x)",
    "x^0.5",
    "x^-0.5",
    "cbrt(x)",
    "abs(x - 5)",
    "abs(x + 5)",
    "sign(x)*x",
    "step(x - 5) + x",
    "floor(x + 7)*x",
    "ceil(x)*x^2",
    "erf(x)",
    "erfc(2*x)",
    "hypot(x, y)",
    "hypot(y, 3*x)",
    "min(x, 5)",
    "min(5, sin(x))",
    "max(x^2, 5, x)",
    "max(-5, cos(x))",
    "mod(x + 7, 9)",
    "mod(x^2 + 20, 8 + x)",
    "mod(-x, 9)",
    "pow(x, 3)",
    "x^2",
    "x^-3",
    "x^32",
    "(1 + x/8)^-32",
    "(1 - x/4)^33",
    "x^2.5",
    "x^y",
    "y^x",
    "x^x",
    "2^(x*y)",
    "(x + y)^(x - y)",
    "if(x < 5, sin(x), cos(x))",
    "if(x > 5, sin(x), x^3)",
    "x*(x < 5) + !x",
    "x*(x <= 5 && x != 2)",
    "x*(x >= 5 || x == 2) + x",
    "x*(x > 5)",
    "sin(cos(x*exp(-x)))*log(1 + x^2)",
    "exp(-((x - 0.3)^2 + y^2)/(2*0.2^2))/(2*pi*0.2^2)",
    "tanh((x - y)/0.3)*sin(2*pi*t)",
};

static void every_derivative_agrees_with_richardson_extrapolation(void **state)
{
  for (size_t k = 0; k < sizeof smooth / sizeof smooth[0]; k++) {
    weir_expr *e = parse(*state, smooth[k]), *d = NULL;
    check_ok(*state, weir_expr_diff(*state, e, 0, &d));
    for (double x = 0.3; x < 0.75; x += 0.1) {
      double bound = 0;
      const double got = at_x(d, x), want = richardson(e, x, got, &bound);
      if (!(fabs(got - want) <= bound))
        fail_msg("d/dx %s at %g = %.17g, extrapolated %.17g, off by %.3g, bound %.3g", smooth[k], x, got, want,
                 got - want, bound);
      if (!(bound <= 1e-5 * (1 + fabs(want)))) fail_msg("%s at %g: the bound %g checks nothing", smooth[k], x, bound);
    }
    weir_expr_destroy(&e);
    weir_expr_destroy(&d);
  }
}

/* Where the value cancels, another formula for the slope would lose its digits. */
static void derivatives_keep_their_digits_at_the_edge(void **state)
{
  weir_expr *e = parse(*state, "tanh(x) + 0*t"), *d = NULL;
  check_ok(*state, weir_expr_diff(*state, e, 0, &d));
  check_rel(at_x(d, 30.0), 4 * exp(-60.0), 1e-14); /* sech^2 = 4 e^-2x (1 - 2 e^-2x ...) */
  weir_expr_destroy(&e);
  weir_expr_destroy(&d);
  e = parse(*state, "asin(x)");
  check_ok(*state, weir_expr_diff(*state, e, 0, &d));
  check_rel(at_x(d, 1 - 0x1p-40), 1 / sqrt(0x1p-40 * (2 - 0x1p-40)), 4 * DBL_EPSILON); /* 1 - x^2 = q (2 - q) */
  weir_expr_destroy(&e);
  weir_expr_destroy(&d);
}

static void at_a_corner_the_rule_is_the_documented_one(void **state)
{
  static const struct {
    const char *text;
    double x, want;
  } rows[] = {{"abs(x)", 0.0, 0.0},          {"min(x, 2*x)", 0.0, 2.0}, {"max(x, 2*x)", 0.0, 2.0},
              {"if(x < 0, x, 3*x)", 0, 3.0}, {"step(x)", 0.0, 0.0},     {"floor(x)", 1.0, 0.0},
              {"mod(x, 1)", 1.0, 1.0},       {"sign(x)", 0.0, 0.0}};
  for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
    weir_expr *e = parse(*state, rows[k].text), *d = NULL;
    check_ok(*state, weir_expr_diff(*state, e, 0, &d));
    check_close(at_x(d, rows[k].x), rows[k].want, 0.0);
    weir_expr_destroy(&e);
    weir_expr_destroy(&d);
  }
  weir_expr *e = parse(*state, "sqrt(x^2)"), *d = NULL;
  check_ok(*state, weir_expr_diff(*state, e, 0, &d));
  assert_true(isnan(at_x(d, 0.0))); /* 0.5/0 * 0 */
  weir_expr_destroy(&e);
  weir_expr_destroy(&d);
}

static void zeros_vanish_from_derivatives(void **state)
{
  static const struct {
    const char *text, *want;
    int slot;
  } rows[] = {{"3*x + y", "3", 0},          {"x^2", "2*x", 0},       {"sin(y)*x", "sin(y)", 0},
              {"y/x", "-(y/x)/x", 0},       {"exp(x)", "exp(x)", 0}, {"sin(y)", "0", 0},
              {"x^3*t", "x^3", 3},          {"5 - x", "-1", 0},      {"x^-1", "-(1/x)/x", 0},
              {"(x + y)^2", "2*(x + y)", 1}};
  static const char *const names[4] = {"x", "y", NULL, "t"};
  for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
    weir_expr *e = parse(*state, rows[k].text), *d = NULL;
    char *text = NULL;
    check_ok(*state, weir_expr_diff(*state, e, rows[k].slot, &d));
    check_ok(*state, weir_expr_print(*state, d, names, &text));
    assert_string_equal(text, rows[k].want);
    weir_free(text);
    weir_expr_destroy(&e);
    weir_expr_destroy(&d);
  }
}

static void mixed_derivatives_commute(void **state)
{
  weir_expr *e = parse(*state, "exp(-x*y^2)*sin(x + 2*y)"), *dx = NULL, *dy = NULL, *dxy = NULL, *dyx = NULL;
  check_ok(*state, weir_expr_diff(*state, e, 0, &dx));
  check_ok(*state, weir_expr_diff(*state, e, 1, &dy));
  check_ok(*state, weir_expr_diff(*state, dx, 1, &dxy));
  check_ok(*state, weir_expr_diff(*state, dy, 0, &dyx));
  for (double x = -1; x < 1; x += 0.13) check_close(at_x(dxy, x), at_x(dyx, x), 1e-14); /* measured 1e-15 */
  weir_expr_destroy(&e);
  weir_expr_destroy(&dx);
  weir_expr_destroy(&dy);
  weir_expr_destroy(&dxy);
  weir_expr_destroy(&dyx);
}

/* A manufactured source as a study builds it: rho_t + (rho v)_x = 0 for rho = f(x - t), v = 1. */
static void a_travelling_profile_has_no_source(void **state)
{
  weir_ctx *ctx = *state;
  weir_expr *rho = parse(ctx, "2 + sin(2*pi*(x - t))"), *v = NULL, *flux = NULL, *a = NULL, *b = NULL, *s = NULL;
  check_ok(ctx, weir_expr_number(ctx, 1.0, &v));
  check_ok(ctx, weir_expr_combine(ctx, '*', rho, v, &flux));
  check_ok(ctx, weir_expr_diff(ctx, rho, 3, &a));
  check_ok(ctx, weir_expr_diff(ctx, flux, 0, &b));
  check_ok(ctx, weir_expr_combine(ctx, '+', a, b, &s));
  for (double x = 0; x < 1; x += 0.07) check_close(at_x(s, x), 0.0, 0.0); /* -c + c */
  weir_expr *all[] = {rho, v, flux, a, b, s};
  for (int k = 0; k < 6; k++) weir_expr_destroy(&all[k]);
}

static void a_slot_outside_the_range_is_refused(void **state)
{
  weir_expr *e = parse(*state, "x"), *d = NULL, *g = NULL, *u = NULL;
  bool ok = true;
  check_fails(*state, weir_expr_diff(*state, e, 16, &d), WEIR_EARG, "slot 16");
  check_fails(*state, weir_expr_diff(*state, e, -1, &d), WEIR_EARG, "slot -1");
  check_fails(*state, weir_expr_separate(*state, e, 16, &ok, &g, &u), WEIR_EARG, "slot 16");
  assert_null(d);
  assert_null(g);
  assert_null(u);
  weir_expr_destroy(&e);
}

/* ------------------------------------------------------------------ separation in t */
static void check_separates(weir_ctx *ctx, const char *text, const char *want_g, const char *want_u)
{
  static const char *const names[4] = {"x", "y", NULL, "t"};
  weir_expr *e = parse(ctx, text), *g = NULL, *u = NULL;
  bool ok = false;
  check_ok(ctx, weir_expr_separate(ctx, e, 3, &ok, &g, &u));
  if (!ok) fail_msg("%s does not separate", text);
  for (int s = 0; s < WEIR_EXPR_SLOTS; s++)
    if (weir_expr_uses(s == 3 ? u : g, s)) fail_msg("%s: a factor uses slot %d", text, s);
  uint64_t seed = 3;
  for (int k = 0; k < 50; k++) {
    const double v[4] = {noise(&seed), noise(&seed), 0, 2 + noise(&seed)};
    const double want = weir_expr_at(e, v);
    check_close(weir_expr_at(g, v) * weir_expr_at(u, v), want, 64 * DBL_EPSILON * (1 + fabs(want)));
  }
  char *tg = NULL, *tu = NULL;
  check_ok(ctx, weir_expr_print(ctx, g, names, &tg));
  check_ok(ctx, weir_expr_print(ctx, u, names, &tu));
  assert_string_equal(tg, want_g);
  assert_string_equal(tu, want_u);
  weir_free(tg);
  weir_free(tu);
  weir_expr_destroy(&e);
  weir_expr_destroy(&g);
  weir_expr_destroy(&u);
}

static void time_is_factored_out_where_it_can_be_seen(void **state)
{
  check_separates(*state, "x*y", "1", "x*y");
  check_separates(*state, "sin(t)", "sin(t)", "1");
  check_separates(*state, "7", "1", "7");
  check_separates(*state, "cos(pi*t)*sin(x)^2*sin(2*y)", "cos(3.141592653589793*t)", "sin(x)^2*sin(2*y)");
  check_separates(*state, "-2*exp(-t)*(x - y)", "exp(-t)", "-2*(x - y)");
  check_separates(*state, "x*sin(t) - y*sin(t)/3", "sin(t)", "x - y/3");
  check_separates(*state, "x*sin(t) + x*t", "sin(t) + t", "x");
  check_separates(*state, "x*2*sin(t) + sin(t)", "sin(t)", "x*2 + 1");
  check_separates(*state, "(x*t)^3/(1 + y^2)", "t^3", "x^3/(1 + y^2)");
  check_separates(*state, "abs(x*(1 - t))", "abs(1 - t)", "abs(x)");
  check_separates(*state, "if(x < 0, x*t, y*t)", "t", "if(x < 0, x, y)");
  check_separates(*state, "if(t < 2, x*t, x*t^2)", "if(t < 2, t, t^2)", "x");
}

static void what_does_not_separate_is_left_alone(void **state)
{
  static const char *const mixed[] = {"x + t",     "x*t + y",        "sin(x*t)",        "exp(x + t)",
                                      "x^t",       "x*t + y*sin(t)", "if(t < x, x, y)", "if(x < 0, x*t, y*t^2)",
                                      "max(x, t)", "sqrt(x*t)",      "atan2(x, t)",     "x*t < 1"};
  for (size_t k = 0; k < sizeof mixed / sizeof mixed[0]; k++) {
    weir_expr *e = parse(*state, mixed[k]), *g = e, *u = e;
    bool ok = true;
    check_ok(*state, weir_expr_separate(*state, e, 3, &ok, &g, &u));
    if (ok || g != NULL || u != NULL) fail_msg("%s was separated", mixed[k]);
    weir_expr_destroy(&e);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(every_derivative_agrees_with_richardson_extrapolation, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(derivatives_keep_their_digits_at_the_edge, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(at_a_corner_the_rule_is_the_documented_one, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(zeros_vanish_from_derivatives, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(mixed_derivatives_commute, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(a_travelling_profile_has_no_source, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(a_slot_outside_the_range_is_refused, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(time_is_factored_out_where_it_can_be_seen, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(what_does_not_separate_is_left_alone, ctx_setup, ctx_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
