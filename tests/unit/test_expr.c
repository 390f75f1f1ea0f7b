/* Values and printing: an expression computes what C computes, bit by bit. */
#include "../support/check.h"
#include <weir/expr.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 300 }; /* two full blocks of 128 and a part */

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

/* ------------------------------------------------------------------ values against C */
static double mod(double a, double b)
{
  const double r = fmod(a, b);
  return r != 0.0 && (r < 0.0) != (b < 0.0) ? r + b : r;
}

/* Every row: a text and the same formula in C, compared with == at 300 points of noise. */
#define FORMULAS(X)                                                                                                    \
  X("x+y-t", x + y - t)                                                                                                \
  X("x-y-t", x - y - t)                                                                                                \
  X("x-(y-t)", x - (y - t))                                                                                            \
  X("x/y/t", x / y / t)                                                                                                \
  X("x/y*t", x / y * t)                                                                                                \
  X("x*y+t", x *y + t)                                                                                                 \
  X("-x*y", -x *y)                                                                                                     \
  X("2*x + 0.1", 2 * x + 0.1)                                                                                          \
  X("x^2", x *x)                                                                                                       \
  X("-x^2", -(x * x))                                                                                                  \
  X("x^3", x *x *x)                                                                                                    \
  X("x**4", (x * x) * (x * x))                                                                                         \
  X("x^7", ((x * x * x) * (x * x * x)) * x)                                                                            \
  X("x^-1", 1.0 / x)                                                                                                   \
  X("x^-5", 1.0 / (((x * x) * (x * x)) * x))                                                                           \
  X("x^33", pow(x, 33.0))                                                                                              \
  X("(x*x)^0.5", sqrt(x *x))                                                                                           \
  X("(x*x)^-0.5", 1.0 / sqrt(x * x))                                                                                   \
  X("(x*x)^1.5", pow(x *x, 1.5))                                                                                       \
  X("abs(x)^y^2", pow(fabs(x), y *y))                                                                                  \
  X("pow(abs(x), y)", pow(fabs(x), y))                                                                                 \
  X("2^-x", pow(2.0, -x))                                                                                              \
  X("2^-x*3", pow(2.0, -x) * 3)                                                                                        \
  X("e^x", exp(x))                                                                                                     \
  X("x+0", x + 0.0)                                                                                                    \
  X("0*x", 0.0 * x)                                                                                                    \
  X("x < y", x < y)                                                                                                    \
  X("x <= y", x <= y)                                                                                                  \
  X("x > y", x > y)                                                                                                    \
  X("x >= y", x >= y)                                                                                                  \
  X("x == x + 0*y", x == x + 0 * y)                                                                                    \
  X("x != y", x != y)                                                                                                  \
  X("x < y && y < t || x > 0.5", (x < y && y < t) || x > 0.5)                                                          \
  X("x > 0.5 || x < y && y < t", x > 0.5 || (x < y && y < t))                                                          \
  X("!(x < y)", !(x < y))                                                                                              \
  X("!x < y", (x == 0) < y)                                                                                            \
  X("x + y < t * 2", x + y < t * 2)                                                                                    \
  X("if(x < 0, sqrt(x), log(x))", x < 0 ? sqrt(x) : log(x))                                                            \
  X("if(x < y, 1, y)", x < y ? 1.0 : y)                                                                                \
  X("if(x < y, x, 2)", x < y ? x : 2.0)                                                                                \
  X("if(x, x, y) + if(y < 0, 3, 4)", (x != 0.0 ? x : y) + (y < 0 ? 3.0 : 4.0))                                         \
  X("sin(x)", sin(x))                                                                                                  \
  X("cos(x)", cos(x))                                                                                                  \
  X("tan(x)", tan(x))                                                                                                  \
  X("asin(x)", asin(x))                                                                                                \
  X("acos(x)", acos(x))                                                                                                \
  X("atan(x)", atan(x))                                                                                                \
  X("atan2(x, y)", atan2(x, y))                                                                                        \
  X("sinh(x)", sinh(x))                                                                                                \
  X("cosh(x)", cosh(x))                                                                                                \
  X("tanh(x)", tanh(x))                                                                                                \
  X("exp(-x)", exp(-x))                                                                                                \
  X("expm1(x)", expm1(x))                                                                                              \
  X("log(x*x)", log(x *x))                                                                                             \
  X("log1p(x)", log1p(x))                                                                                              \
  X("log10(x*x)", log10(x *x))                                                                                         \
  X("sqrt(x)", sqrt(x))                                                                                                \
  X("cbrt(x)", cbrt(x))                                                                                                \
  X("erf(x)", erf(x))                                                                                                  \
  X("erfc(x)", erfc(x))                                                                                                \
  X("floor(10*x)", floor(10 * x))                                                                                      \
  X("ceil(10*x)", ceil(10 * x))                                                                                        \
  X("abs(x)", fabs(x))                                                                                                 \
  X("sign(x)", x > 0 ? 1.0 : x < 0 ? -1.0 : x)                                                                         \
  X("step(x - 0.25)", x - 0.25 >= 0 ? 1.0 : 0.0)                                                                       \
  X("hypot(x, y)", hypot(x, y))                                                                                        \
  X("mod(x, 0.3)", mod(x, 0.3))                                                                                        \
  X("mod(x, y)", mod(x, y))                                                                                            \
  X("min(x, y)", x < y ? x : y)                                                                                        \
  X("max(x, y, t)", (x > y ? x : y) > t ? (x > y ? x : y) : t)                                                         \
  X("min(x, 0.25)", x < 0.25 ? x : 0.25)                                                                               \
  X("sin(2*pi*(x - y*t))*exp(-(x^2 + y^2)/2)", sin(2 * WEIR_PI * (x - y * t)) * exp(-(x * x + y * y) / 2))

#define C_FUNCTION(text, formula) (double)(formula),
#define TEXT(text, formula)       text,
static const char *const texts[] = {FORMULAS(TEXT)};
enum { COUNT = sizeof texts / sizeof texts[0] };

static double in_c(int k, double x, double y, double t)
{
  const double all[COUNT] = {FORMULAS(C_FUNCTION)};
  return all[k];
}

static void a_formula_has_the_bits_that_c_computes(void **state)
{
  double x[POINTS], y[POINTS], t[POINTS], out[POINTS];
  uint64_t seed = 7;
  for (int i = 0; i < POINTS; i++) x[i] = noise(&seed), y[i] = noise(&seed), t[i] = noise(&seed);
  const double *const var[4] = {x, y, NULL, t};
  const ptrdiff_t inc[4] = {1, 1, 0, 1};
  for (int k = 0; k < COUNT; k++) {
    weir_expr *e = parse(*state, texts[k]);
    weir_expr_eval(e, POINTS, var, inc, out);
    for (int i = 0; i < POINTS; i++) {
      const double at[4] = {x[i], y[i], 0, t[i]};
      check_bits(out[i], in_c(k, x[i], y[i], t[i]), texts[k]);
      check_bits(weir_expr_at(e, at), out[i], texts[k]);
    }
    weir_expr_destroy(&e);
  }
}

static void broadcast_gives_the_bits_of_full_arrays(void **state)
{
  double v[4][POINTS], full[POINTS], out[POINTS];
  uint64_t seed = 11;
  for (int k = 0; k < COUNT; k++) {
    weir_expr *e = parse(*state, texts[k]);
    for (unsigned mask = 0; mask < 8; mask++) { /* which of x, y, t are single numbers */
      static const int slot[3] = {0, 1, 3};
      const double *const var[4] = {v[0], v[1], NULL, v[3]};
      const ptrdiff_t ones[4] = {1, 1, 0, 1};
      ptrdiff_t inc[4] = {1, 1, 0, 1};
      for (int s = 0; s < 3; s++) {
        const bool one = (mask >> s & 1u) != 0;
        const double c = noise(&seed);
        for (int i = 0; i < POINTS; i++) v[slot[s]][i] = one ? c : noise(&seed);
        inc[slot[s]] = !one;
      }
      weir_expr_eval(e, POINTS, var, ones, full);
      weir_expr_eval(e, POINTS, var, inc, out);
      for (int i = 0; i < POINTS; i++) check_bits(out[i], full[i], texts[k]);
    }
    weir_expr_destroy(&e);
  }
}

static void special_values_are_as_documented(void **state)
{
  const double at[][2] = {{0.0, -0.0},     {-0.0, 0.0},      {NAN, 1.0}, {1.0, NAN},
                          {INFINITY, 2.0}, {-INFINITY, 2.0}, {2.0, 0.0}};
  static const struct {
    const char *text;
    double want[7];
  } rows[] = {
      {"x + 0", {0.0, 0.0, NAN, 1, INFINITY, -INFINITY, 2}},
      {"x - 0", {0.0, -0.0, NAN, 1, INFINITY, -INFINITY, 2}},
      {"0*x", {0.0, -0.0, NAN, 0, NAN, NAN, 0}},
      {"sign(x)", {0.0, -0.0, NAN, 1, 1, -1, 1}},
      {"step(x)", {1, 1, NAN, 1, 1, 0, 1}},
      {"min(x, y)", {-0.0, 0.0, NAN, NAN, 2, -INFINITY, 0}},
      {"max(x, y)", {-0.0, 0.0, NAN, NAN, INFINITY, 2, 2}},
      {"mod(x, y)", {NAN, NAN, NAN, NAN, NAN, NAN, NAN}},
      {"if(x, 5, 6)", {6, 6, 5, 5, 5, 5, 5}},
      {"x^0", {1, 1, 1, 1, 1, 1, 1}},
      {"!x", {1, 1, 0, 0, 0, 0, 0}},
      {"x && y", {0, 0, 1, 1, 1, 1, 0}},
      {"x || y", {0, 0, 1, 1, 1, 1, 1}},
      {"-0*1 + x*0", {0, -0.0, NAN, 0, NAN, NAN, 0}},
  };
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    weir_expr *e = parse(*state, rows[r].text);
    for (int k = 0; k < 7; k++) {
      const double v[4] = {at[k][0], at[k][1], 0, 0};
      check_bits(weir_expr_at(e, v), rows[r].want[k], rows[r].text);
    }
    weir_expr_destroy(&e);
  }
}

/* ------------------------------------------------------------------ random formulas, evaluated independently */
typedef struct maker {
  char text[8000];
  size_t len;
  uint64_t seed;
  double at[4];
} maker;

static void put(maker *m, const char *s)
{
  const size_t n = strlen(s);
  if (m->len + n + 1 > sizeof m->text) fail_msg("a random formula is too long");
  memcpy(m->text + m->len, s, n + 1);
  m->len += n;
}

static int pick(maker *m, int n)
{
  return (int)(fabs(noise(&m->seed)) * n);
}

/* Writes a random formula, returns its value: x^n by the documented recursion, not by the library's loop. */
static double power(double x, int n)
{
  if (n == 1) return x;
  if (n % 2 == 1) return power(x, n - 1) * x;
  const double h = power(x, n / 2);
  return h * h;
}

static double make(maker *m, int depth)
{
  static const char *const ops[] = {"+", "-", "*", "/", "<", ">="};
  char buf[32];
  double a, b, c;
  switch (depth <= 0 ? pick(m, 2) : pick(m, 9)) {
  case 0: return put(m, "x"), m->at[0];
  case 1:
    a = (double)pick(m, 5) * 0.5;
    snprintf(buf, sizeof buf, "%g", a);
    return put(m, buf), a;
  case 2: put(m, "sin("), a = make(m, depth - 1), put(m, ")"); return sin(a);
  case 3: put(m, "-("), a = make(m, depth - 1), put(m, ")"); return -a;
  case 4: {
    const int n = 1 + pick(m, 32);
    put(m, "("), a = make(m, depth - 1);
    snprintf(buf, sizeof buf, ")^%d", n);
    return put(m, buf), power(a, n);
  }
  case 5:
    put(m, "if("), c = make(m, depth - 2), put(m, ","), a = make(m, depth - 1), put(m, ","), b = make(m, depth - 1);
    return put(m, ")"), c != 0.0 ? a : b;
  case 6: return put(m, "y"), m->at[1];
  default: {
    const int op = pick(m, 6);
    put(m, "("), a = make(m, depth - 1), put(m, ops[op]), b = make(m, depth - 1), put(m, ")");
    const double r[6] = {a + b, a - b, a * b, a / b, a < b, a >= b};
    return r[op];
  }
  }
}

static void random_formulas_have_the_value_of_an_independent_evaluation(void **state)
{
  weir_expr_env *env = names(*state);
  maker m = {.seed = 99};
  int larger = 0;
  for (int k = 0; k < 4000; k++) {
    weir_expr *e = NULL;
    m.len = 0, m.at[0] = noise(&m.seed), m.at[1] = noise(&m.seed), m.at[3] = noise(&m.seed);
    const double want = make(&m, 5);
    check_ok(*state, weir_expr_parse(*state, m.text, NULL, env, &e));
    check_bits(weir_expr_at(e, m.at), want, m.text);
    larger += weir_expr_size(e) > 10;
    weir_expr_destroy(&e);
  }
  check_ge(larger, 400); /* the formulas are not all trivial */
  weir_expr_env_destroy(&env);
}

static void many_threads_compute_the_same_bits(void **state)
{
  double x[POINTS], out[4][POINTS];
  weir_expr *e = parse(*state, "sin(x*y)^3 + exp(-x^2)/(1 + x^2)");
  uint64_t seed = 5;
  const double two = 2.0;
  for (int i = 0; i < POINTS; i++) x[i] = noise(&seed);
  const double *const var[2] = {x, &two};
  const ptrdiff_t inc[2] = {1, 0};
#pragma omp parallel for num_threads(4) schedule(static, 1)
  for (int k = 0; k < 4; k++) weir_expr_eval(e, POINTS, var, inc, out[k]);
  for (int k = 1; k < 4; k++) assert_memory_equal(out[k], out[0], sizeof out[0]);
  weir_expr_destroy(&e);
}

/* ------------------------------------------------------------------ printing */
static void check_print(weir_ctx *ctx, const char *text, const char *want)
{
  static const char *const slot_names[4] = {"x", "y", NULL, "t"};
  weir_expr *e = parse(ctx, text);
  char *got = NULL;
  check_ok(ctx, weir_expr_print(ctx, e, slot_names, &got));
  assert_string_equal(got, want);
  weir_free(got);
  weir_expr_destroy(&e);
}

static void print_writes_the_parentheses_that_are_needed(void **state)
{
  check_print(*state, "((x)+(y*t))", "x + y*t");
  check_print(*state, "(x+y)*t", "(x + y)*t");
  check_print(*state, "x-(y-t)", "x - (y - t)");
  check_print(*state, "(x-y)-t", "x - y - t");
  check_print(*state, "x/(y*t)", "x/(y*t)");
  check_print(*state, "-(x^2)", "-x^2");
  check_print(*state, "(-x)^2", "(-x)^2");
  check_print(*state, "(x^y)^t", "(x^y)^t");
  check_print(*state, "x^(y^t)", "x^y^t");
  check_print(*state, "x^(-y)", "x^-y");
  check_print(*state, "x^-3", "x^-3");
  check_print(*state, "(-2)^x", "(-2)^x");
  check_print(*state, "-2^x", "-2^x");
  check_print(*state, "(x<y)==(y<t)", "(x < y) == (y < t)");
  check_print(*state, "x<y && (y<t || x<t)", "x < y && (y < t || x < t)");
  check_print(*state, "!(x<y)", "!(x < y)");
  check_print(*state, "if(x<0, 0.1, 1/3)", "if(x < 0, 0.1, 0.3333333333333333)");
  check_print(*state, "x + 1e300*1e300", "x + (1/0)");
  check_print(*state, "atan2(y,-x)*1e-7", "atan2(y, -x)*1e-07");
  weir_expr *e = parse(*state, "x*t");
  char *got = NULL;
  check_ok(*state, weir_expr_print(*state, e, NULL, &got));
  assert_string_equal(got, "x0*x3");
  weir_free(got);
  weir_expr_destroy(&e);
}

static void what_is_printed_reads_back_with_the_same_bits(void **state)
{
  static const char *const slot_names[4] = {"x", "y", NULL, "t"};
  weir_expr_env *env = names(*state);
  maker m = {.seed = 4242};
  for (int k = 0; k < 3000; k++) {
    weir_expr *e = NULL, *r = NULL;
    char *text = NULL;
    m.len = 0, m.at[0] = noise(&m.seed), m.at[1] = noise(&m.seed);
    if (k < COUNT)
      put(&m, texts[k]);
    else
      (void)make(&m, 5);
    check_ok(*state, weir_expr_parse(*state, m.text, NULL, env, &e));
    check_ok(*state, weir_expr_print(*state, e, slot_names, &text));
    check_ok(*state, weir_expr_parse(*state, text, NULL, env, &r));
    check_bits(weir_expr_at(r, m.at), weir_expr_at(e, m.at), text);
    assert_int_equal(weir_expr_size(r), weir_expr_size(e));
    weir_free(text);
    weir_expr_destroy(&e);
    weir_expr_destroy(&r);
  }
  weir_expr_env_destroy(&env);
}

static void numbers_do_not_depend_on_the_locale(void **state)
{
  static const char *const with_comma[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8"};
  const char *found = NULL;
  for (size_t k = 0; k < sizeof with_comma / sizeof with_comma[0] && found == NULL; k++)
    found = setlocale(LC_NUMERIC, with_comma[k]);
  if (found == NULL) skip();
  char comma[8];
  snprintf(comma, sizeof comma, "%.1f", 0.5);
  check_bits(value(*state, "1.5 + .25e1"), 4.0, "1.5 + .25e1");
  check_print(*state, "x + 1.5", "x + 1.5");
  setlocale(LC_NUMERIC, "C");
  assert_string_equal(comma, "0,5"); /* the locale did write commas */
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_formula_has_the_bits_that_c_computes, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(broadcast_gives_the_bits_of_full_arrays, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(special_values_are_as_documented, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(random_formulas_have_the_value_of_an_independent_evaluation, ctx_setup,
                                      ctx_teardown),
      cmocka_unit_test_setup_teardown(many_threads_compute_the_same_bits, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(print_writes_the_parentheses_that_are_needed, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(what_is_printed_reads_back_with_the_same_bits, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(numbers_do_not_depend_on_the_locale, ctx_setup, ctx_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
