/* Sharing of nodes, simplification, combination, names. */
#include "../support/check.h"
#include <weir/expr.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static weir_expr_env *names(weir_ctx *ctx)
{
  weir_expr_env *env = NULL;
  check_ok(ctx, weir_expr_env_create(ctx, &env));
  check_ok(ctx, weir_expr_env_variable(ctx, env, "x", 0));
  check_ok(ctx, weir_expr_env_variable(ctx, env, "y", 1));
  check_ok(ctx, weir_expr_env_variable(ctx, env, "t", 3));
  return env;
}

static weir_expr *parse(weir_ctx *ctx, const char *text)
{
  weir_expr_env *env = names(ctx);
  weir_expr *e = NULL;
  check_ok(ctx, weir_expr_parse(ctx, text, NULL, env, &e));
  weir_expr_env_destroy(&env);
  return e;
}

static bool same_bits(double a, double b)
{
  return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

static void check_bits(double got, double want, const char *what)
{
  if (!same_bits(got, want)) fail_msg("%s = %a, expected %a", what, got, want);
}

static double value(weir_ctx *ctx, const char *text)
{
  const double at[4] = {0.3, -0.7, 0.0, 1.5};
  weir_expr *e = parse(ctx, text);
  const double v = weir_expr_at(e, at);
  weir_expr_destroy(&e);
  return v;
}

/* ------------------------------------------------------------------ sharing and simplification */
static int size(weir_ctx *ctx, const char *text)
{
  weir_expr *e = parse(ctx, text);
  const int n = weir_expr_size(e);
  weir_expr_destroy(&e);
  return n;
}

static void equal_subexpressions_are_one_node(void **state)
{
  assert_int_equal(size(*state, "sin(x*y) + cos(x*y)"), 6);     /* x y x*y sin cos + */
  assert_int_equal(size(*state, "sin(x*y) + cos(y*x)"), 6);     /* products commute */
  assert_int_equal(size(*state, "sin(x - y) + cos(y - x)"), 7); /* differences do not */
  assert_int_equal(size(*state, "(x+1)*(x+1)*(x+1)"), 5);       /* x 1 x+1 * * */
  assert_int_equal(size(*state, "exp(-x^2) + 3*exp(-x^2)"), 7); /* x ^2 - exp 3 * + */
  assert_int_equal(size(*state, "if(1 < 2, x, sin(sin(sin(y))))"), 1);
  assert_int_equal(size(*state, "1 + 2*3^4"), 1);
  assert_int_equal(size(*state, "x*1 + 0*2*3"), 3); /* x + 0: it changes -0 */
}

static void exact_simplifications_and_only_they_are_made(void **state)
{
  static const char *const gone[] = {"x*1", "1*x", "x/1", "x-0", "x+-0", "x^1", "-(-x)", "min(x,x)", "if(y,x,x)", "+x"};
  for (size_t k = 0; k < sizeof gone / sizeof gone[0]; k++)
    if (size(*state, gone[k]) != 1) fail_msg("%s has %d nodes, expected 1", gone[k], size(*state, gone[k]));
  assert_int_equal(size(*state, "x*-1"), 2);
  assert_int_equal(size(*state, "x + -y"), 3);
  assert_int_equal(size(*state, "x - -y"), 3);
  static const char *const kept[] = {"x+0", "0+x", "0*x", "x*0", "0/x", "0-x", "x-x", "x/x", "x-(-0)"};
  for (size_t k = 0; k < sizeof kept / sizeof kept[0]; k++)
    if (size(*state, kept[k]) < 2) fail_msg("%s has 1 node: not an exact simplification", kept[k]);
}

static void constants_fold_with_the_bits_of_evaluation(void **state)
{
  static const char *const functions[] = {"sin", "cos", "tan", "exp", "log", "erf", "tanh", "cbrt", "log10", "expm1"};
  for (size_t k = 0; k < sizeof functions / sizeof functions[0]; k++) {
    char folded[64], open[64];
    snprintf(folded, sizeof folded, "%s(0.3) + 0.3^7", functions[k]);
    snprintf(open, sizeof open, "%s(x) + x^7", functions[k]); /* x = 0.3 */
    weir_expr *e = parse(*state, folded);
    double v = 0;
    assert_true(weir_expr_is_constant(e, &v));
    check_bits(v, value(*state, open), folded);
    weir_expr_destroy(&e);
  }
}

/* ------------------------------------------------------------------ asking, combining, names */
static void uses_tells_the_slots_that_matter(void **state)
{
  weir_expr *e = parse(*state, "x*0 + if(0, y, 1)");
  assert_true(weir_expr_uses(e, 0));
  assert_false(weir_expr_uses(e, 1));
  assert_false(weir_expr_uses(e, 3));
  assert_false(weir_expr_uses(e, -1));
  assert_false(weir_expr_uses(e, WEIR_EXPR_SLOTS));
  assert_false(weir_expr_is_constant(e, NULL));
  weir_expr_destroy(&e);
  weir_expr_destroy(&e);
  weir_expr_destroy(NULL);
}

static void combine_is_the_operation(void **state)
{
  weir_ctx *ctx = *state;
  static const char *const want[] = {"sin(x) + y^2", "sin(x) - y^2", "sin(x) * y^2", "sin(x) / y^2", "sin(x) ^ y^2"};
  weir_expr *a = parse(ctx, "sin(x)"), *b = parse(ctx, "y^2"), *r = NULL, *w = NULL;
  const double at[4] = {0.3, -0.7, 0, 0};
  for (int k = 0; k < 5; k++) {
    check_ok(ctx, weir_expr_combine(ctx, "+-*/^"[k], a, b, &r));
    w = parse(ctx, want[k]);
    check_bits(weir_expr_at(r, at), weir_expr_at(w, at), want[k]);
    assert_int_equal(weir_expr_size(r), weir_expr_size(w));
    weir_expr_destroy(&r);
    weir_expr_destroy(&w);
  }
  check_fails(ctx, weir_expr_combine(ctx, '%', a, b, &r), WEIR_EARG, "expected one of +-*/^");
  check_fails(ctx, weir_expr_combine(ctx, '\0', a, b, &r), WEIR_EARG, "operator");
  assert_null(r);
  weir_expr_destroy(&a);
  weir_expr_destroy(&b);
}

static void numbers_variables_and_copies_stand_alone(void **state)
{
  weir_ctx *ctx = *state;
  weir_expr *e = NULL, *c = NULL;
  double v = 0;
  const double at[16] = {[15] = 42.0};
  check_ok(ctx, weir_expr_number(ctx, 2.5, &e));
  assert_true(weir_expr_is_constant(e, &v));
  check_bits(v, 2.5, "number");
  double out[3] = {0};
  weir_expr_eval(e, 3, NULL, NULL, out);
  check_bits(out[2], 2.5, "a number over an array");
  weir_expr_eval(e, 0, NULL, NULL, NULL);
  weir_expr_destroy(&e);
  check_ok(ctx, weir_expr_variable(ctx, 15, &e));
  check_bits(weir_expr_at(e, at), 42.0, "slot 15");
  weir_expr_destroy(&e);
  check_fails(ctx, weir_expr_variable(ctx, 16, &e), WEIR_EARG, "slot 16");
  check_fails(ctx, weir_expr_variable(ctx, -1, &e), WEIR_EARG, "slot -1");
  e = parse(ctx, "sin(x)*x + 3*y");
  check_ok(ctx, weir_expr_copy(ctx, e, &c));
  const double want = weir_expr_at(e, at);
  weir_expr_destroy(&e);
  check_bits(weir_expr_at(c, at), want, "copy");
  weir_expr_destroy(&c);
}

static void parameters_are_put_in_as_if_in_parentheses(void **state)
{
  weir_ctx *ctx = *state;
  weir_expr_env *env = names(ctx);
  weir_expr *e = parse(ctx, "x + 1"), *r = NULL;
  const double at[4] = {0.3, 0, 0, 0};
  check_ok(ctx, weir_expr_env_define(ctx, env, "a", e));
  check_ok(ctx, weir_expr_env_constant(ctx, env, "k_2", 2.0));
  weir_expr_destroy(&e);
  check_ok(ctx, weir_expr_parse(ctx, "k_2*a^k_2 + a", NULL, env, &r));
  weir_expr_env_destroy(&env);
  check_bits(weir_expr_at(r, at), 2.0 * ((0.3 + 1) * (0.3 + 1)) + (0.3 + 1), "2*(x+1)^2 + (x+1)");
  assert_int_equal(weir_expr_size(r), 7); /* x 1 + ^2 2 * + */
  weir_expr_destroy(&r);
}

static void the_environment_refuses_names_and_says_why(void **state)
{
  weir_ctx *ctx = *state;
  weir_expr_env *env = names(ctx);
  weir_expr *e = parse(ctx, "x");
  char name[80];
  memset(name, 'n', sizeof name);
  name[64] = '\0';
  check_fails(ctx, weir_expr_env_variable(ctx, env, "pi", 2), WEIR_EARG, "'pi' is built in");
  check_fails(ctx, weir_expr_env_constant(ctx, env, "e", 2), WEIR_EARG, "'e' is built in");
  check_fails(ctx, weir_expr_env_define(ctx, env, "if", e), WEIR_EARG, "'if' is built in");
  check_fails(ctx, weir_expr_env_define(ctx, env, "sin", e), WEIR_EARG, "'sin' is built in");
  check_fails(ctx, weir_expr_env_variable(ctx, env, "x", 2), WEIR_EARG, "'x' is already defined");
  check_fails(ctx, weir_expr_env_variable(ctx, env, "", 2), WEIR_EARG, "is not a name");
  check_fails(ctx, weir_expr_env_variable(ctx, env, "2x", 2), WEIR_EARG, "'2x' is not a name");
  check_fails(ctx, weir_expr_env_variable(ctx, env, "a-b", 2), WEIR_EARG, "'a-b' is not a name");
  check_fails(ctx, weir_expr_env_variable(ctx, env, "z", 16), WEIR_EARG, "slot 16 of variable 'z', expected 0..15");
  check_fails(ctx, weir_expr_env_variable(ctx, env, "z", -1), WEIR_EARG, "slot -1");
  check_fails(ctx, weir_expr_env_constant(ctx, env, name, 2), WEIR_EARG, "more than 63 characters");
  name[63] = '\0';
  check_ok(ctx, weir_expr_env_constant(ctx, env, name, 2));
  for (int k = 0; k < 40; k++) { /* grows */
    snprintf(name, sizeof name, "p%d", k);
    check_ok(ctx, weir_expr_env_constant(ctx, env, name, k));
  }
  weir_expr_destroy(&e);
  check_ok(ctx, weir_expr_parse(ctx, "p0 + p39", NULL, env, &e));
  double v = 0;
  assert_true(weir_expr_is_constant(e, &v));
  check_bits(v, 39.0, "p0 + p39");
  weir_expr_destroy(&e);
  weir_expr_env_destroy(&env);
  weir_expr_env_destroy(&env);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(equal_subexpressions_are_one_node, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(exact_simplifications_and_only_they_are_made, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(constants_fold_with_the_bits_of_evaluation, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(uses_tells_the_slots_that_matter, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(combine_is_the_operation, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(numbers_variables_and_copies_stand_alone, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(parameters_are_put_in_as_if_in_parentheses, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(the_environment_refuses_names_and_says_why, ctx_setup, ctx_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
