/* What an expression is refused for, with which words and which column; limits; hostile text; no memory. */
#include "../support/check.h"
#include <weir/expr.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes the place of libc's, so that the n-th allocation can fail; posix_memalign gives memory free() takes. */
static int allocations_left = -1; /* < 0: no limit */
void *aligned_alloc(size_t align, size_t bytes);
void *aligned_alloc(size_t align, size_t bytes)
{
  void *p = NULL;
  if (allocations_left == 0) return NULL;
  if (allocations_left > 0) allocations_left--;
  return posix_memalign(&p, align, bytes) == 0 ? p : NULL;
}

static weir_expr_env *env; /* x y z time, parameter amplitude = 2 + x */

static int setup(void **state)
{
  weir_ctx *ctx = NULL;
  weir_expr *e = NULL;
  if (weir_ctx_create(&ctx) != WEIR_OK || weir_expr_env_create(ctx, &env) != WEIR_OK) return -1;
  static const char *const name[4] = {"x", "y", "z", "time"};
  for (int s = 0; s < 4; s++)
    if (weir_expr_env_variable(ctx, env, name[s], s) != WEIR_OK) return -1;
  if (weir_expr_parse(ctx, "2 + x", NULL, env, &e) != WEIR_OK) return -1;
  if (weir_expr_env_define(ctx, env, "amplitude", e) != WEIR_OK) return -1;
  weir_expr_destroy(&e);
  *state = ctx;
  return 0;
}

static int teardown(void **state)
{
  weir_ctx *ctx = *state;
  weir_expr_env_destroy(&env);
  weir_ctx_destroy(&ctx);
  return 0;
}

static weir_status parse(weir_ctx *ctx, const char *text)
{
  static const weir_expr_where where = {"case.yaml", 12, 6};
  weir_expr *e = NULL;
  const weir_status s = weir_expr_parse(ctx, text, &where, env, &e);
  assert_true((s == WEIR_OK) == (e != NULL));
  weir_expr_destroy(&e);
  return s;
}

static void malformed_text_is_refused_with_its_place(void **state)
{
  static const struct {
    const char *text, *message;
  } rows[] = {
      {"", "case.yaml:12:6: the expression is empty"},
      {" \t\n ", "case.yaml:12:6: the expression is empty"},
      {"sinn(x)", "case.yaml:12:6: unknown name 'sinn' (did you mean 'sin'?)"},
      {"x + amplitde", "case.yaml:12:10: unknown name 'amplitde' (did you mean 'amplitude'?)"},
      {"2*X", "case.yaml:12:8: unknown name 'X' (did you mean 'x'?)"},
      {"PI", "case.yaml:12:6: unknown name 'PI' (did you mean 'pi'?)"},
      {"q", "case.yaml:12:6: unknown name 'q'"},
      {"velocity*2", "case.yaml:12:6: unknown name 'velocity'"},
      {"sin", "case.yaml:12:6: 'sin' is a function, '(' expected after it"},
      {"sin x", "case.yaml:12:6: 'sin' is a function, '(' expected after it"},
      {"1 + sin()", "case.yaml:12:10: sin takes 1 argument, 0 given"},
      {"sin(x, y)", "case.yaml:12:6: sin takes 1 argument, 2 given"},
      {"atan2(x)", "case.yaml:12:6: atan2 takes 2 arguments, 1 given"},
      {"if(x, y)", "case.yaml:12:6: if takes 3 arguments, 2 given"},
      {"if(x, y, z, x, y)", "case.yaml:12:6: if takes 3 arguments, 5 given"},
      {"pow(x)", "case.yaml:12:6: pow takes 2 arguments, 1 given"},
      {"2*max(x)", "case.yaml:12:8: max takes 2 or more arguments, 1 given"},
      {"min()", "case.yaml:12:6: min takes 2 or more arguments, 0 given"},
      {"x(1)", "case.yaml:12:6: 'x' is not a function (a product needs '*')"},
      {"pi(1)", "case.yaml:12:6: 'pi' is not a function (a product needs '*')"},
      {"2*(x + (y)", "case.yaml:12:8: '(' is not closed"},
      {"sin(x", "case.yaml:12:9: '(' is not closed"},
      {"(x + y))", "case.yaml:12:13: ')' without a '('"},
      {"(x y)", "case.yaml:12:9: operator or ')' expected before 'y'"},
      {"sin(x y)", "case.yaml:12:12: operator, ',' or ')' expected before 'y'"},
      {"x, y", "case.yaml:12:7: ',' outside the arguments of a function"},
      {"2 x", "case.yaml:12:8: operator expected before 'x'"},
      {"2x", "case.yaml:12:7: operator expected before 'x'"},
      {"1.2.3", "case.yaml:12:9: operator expected before '.3'"},
      {"0x10", "case.yaml:12:7: operator expected before 'x10'"},
      {"x!", "case.yaml:12:7: operator expected before '!'"},
      {"x +", "case.yaml:12:9: operand expected, but the expression ends"},
      {"x + * y", "case.yaml:12:10: operand expected before '*'"},
      {"max(x,)", "case.yaml:12:12: operand expected before ')'"},
      {"()", "case.yaml:12:7: operand expected before ')'"},
      {"0 < x < 1", "case.yaml:12:12: comparisons do not chain, join them with '&&' or use parentheses"},
      {"x == y < z", "case.yaml:12:13: comparisons do not chain"},
      {"x = 1", "case.yaml:12:8: '=' has no meaning here, equality is '=='"},
      {"x & y", "case.yaml:12:8: '&' has no meaning here, write '&&'"},
      {"x | y", "case.yaml:12:8: '|' has no meaning here, write '||'"},
      {"x % 2", "case.yaml:12:8: character '%' has no meaning here"},
      {"x + .", "case.yaml:12:10: character '.' has no meaning here"},
      {"x \xc3\x97 y", "case.yaml:12:8: byte 0xC3 has no meaning here, expected ASCII text"},
      {"x \x01", "case.yaml:12:8: byte 0x01 has no meaning here"},
      {"1 + 1e999", "case.yaml:12:10: number 1e999 is too large for a double"},
      {"1e-999", "case.yaml:12:6: number 1e-999 is too small for a double"},
      {"x +\n  y +\n    sim(x)", "case.yaml:14:5: unknown name 'sim' (did you mean 'sin'?)"},
  };
  for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++)
    check_fails(*state, parse(*state, rows[k].text), WEIR_EFORMAT, rows[k].message);
}

static void a_message_is_one_sentence_wherever_the_text_starts(void **state)
{
  weir_expr *e = NULL;
  const weir_expr_where odd = {NULL, 0, -3};
  check_fails(*state, weir_expr_parse(*state, "x + q", NULL, env, &e), WEIR_EFORMAT,
              "expression:1:5: unknown name 'q'");
  check_fails(*state, weir_expr_parse(*state, "x + q", &odd, env, &e), WEIR_EFORMAT,
              "expression:1:5: unknown name 'q'");
  check_fails(*state, weir_expr_parse(*state, "x", NULL, NULL, &e), WEIR_EFORMAT, "unknown name 'x'");
  assert_null(strchr(weir_message(*state), '\n'));
  check_ok(*state, weir_expr_parse(*state, "0e-999 + 4.9e-324 + 1.7e308", NULL, NULL, &e));
  weir_expr_destroy(&e);
}

/* ------------------------------------------------------------------ limits */
static char *repeated(const char *head, int n, const char *middle, const char *tail)
{
  const size_t size = strlen(head) * (size_t)n + strlen(middle) + strlen(tail) * (size_t)n + 1;
  char *s = calloc(size, 1), *p = s;
  assert_non_null(s);
  for (int k = 0; k < n; k++) p += sprintf(p, "%s", head);
  p += sprintf(p, "%s", middle);
  for (int k = 0; k < n; k++) p += sprintf(p, "%s", tail);
  return s;
}

static void nesting_is_allowed_to_200_and_refused_beyond(void **state)
{
  static const struct {
    const char *head, *middle, *tail;
  } rows[] = {{"(", "x", ")"},        {"-", "x", ""},
              {"!", "x", ""},         {"sin(", "x", ")"},
              {"x^", "y", ""},        {"1+x*(", "x", ")"},
              {"max(x,y,", "z", ")"}, {"if(x,y,", "z", ")"},
              {"(x<y)+(", "x", ")"},  {"x||y&&x<1+2*(", "x", ")"}};
  for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
    static const int deep[] = {WEIR_EXPR_MAXDEPTH - 1, WEIR_EXPR_MAXDEPTH, WEIR_EXPR_MAXDEPTH + 1, 8000};
    for (int d = 0; d < 4; d++) {
      char *s = repeated(rows[k].head, deep[d], rows[k].middle, d < 3 ? rows[k].tail : "");
      const size_t len = strlen(s);
      if (d < 2)
        check_ok(*state, parse(*state, s));
      else if (len <= WEIR_EXPR_MAXTEXT)
        check_fails(*state, parse(*state, s), WEIR_ELIMIT, "nested more than 200 deep");
      else
        check_fails(*state, parse(*state, s), WEIR_ELIMIT, "more than 65536 bytes");
      free(s);
    }
  }
}

static void text_numbers_and_names_have_their_limits(void **state)
{
  char *s = repeated(" ", WEIR_EXPR_MAXTEXT - 1, "x", "");
  check_ok(*state, parse(*state, s));
  free(s);
  s = repeated(" ", WEIR_EXPR_MAXTEXT, "x", "");
  check_fails(*state, parse(*state, s), WEIR_ELIMIT, "case.yaml:12:6: the expression has more than 65536 bytes");
  free(s);
  s = repeated("1", 127, "", "");
  check_ok(*state, parse(*state, s));
  free(s);
  s = repeated("1", 128, "", "");
  check_fails(*state, parse(*state, s), WEIR_ELIMIT, "12:6: a number of 128 characters, at most 127 are allowed");
  free(s);
  s = repeated("n", 64, "", "");
  check_fails(*state, parse(*state, s), WEIR_EFORMAT, "unknown name 'nnn");
  free(s);
}

static char *sum_of_products(int terms)
{
  char *s = calloc(16 * (size_t)terms + 2, 1), *p = s;
  assert_non_null(s);
  for (int k = 2; k < terms + 2; k++) p += sprintf(p, "+%d*x", k);
  return s;
}

static void nodes_are_allowed_to_20000_and_refused_beyond(void **state)
{
  weir_expr *e = NULL, *r = NULL;
  char *text = NULL;
  char *s = sum_of_products(6666); /* x, and number, product, sum for each but the first sum: 3*6666 */
  check_ok(*state, weir_expr_parse(*state, s, NULL, env, &e));
  assert_int_equal(weir_expr_size(e), 19998);
  check_ok(*state, weir_expr_diff(*state, e, 0, &r)); /* deep graphs pass through everything without recursion */
  assert_true(weir_expr_is_constant(r, NULL));
  weir_expr_destroy(&r);
  check_ok(*state, weir_expr_copy(*state, e, &r));
  check_fails(*state, weir_expr_print(*state, e, NULL, &text), WEIR_ELIMIT, "as text"); /* " + " for "+" */
  const double one[4] = {1.0, 0, 0, 0};
  check_close(weir_expr_at(r, one), 6666.0 * 6669.0 / 2.0, 0.0); /* 2 + ... + 6667, exact in double */
  weir_expr_destroy(&r);
  check_ok(*state, weir_expr_combine(*state, '^', e, e, &r));
  weir_expr_destroy(&r);
  weir_expr_destroy(&e);
  free(s);
  s = sum_of_products(6667);
  check_fails(*state, parse(*state, s), WEIR_ELIMIT, "case.yaml:12:6: the expression needs 20001 nodes, at most 20000");
  free(s);
}

/* (f_1 + ... + f_n) * (f_1 * ... * f_n), f_k = sin(k x): every f_k is alive between its two uses. */
static char *entangled(int n)
{
  char *s = calloc(32 * (size_t)n + 16, 1), *p = s;
  assert_non_null(s);
  for (int k = 1; k <= n; k++) p += sprintf(p, "%ssin(%d*x)", k == 1 ? "(" : "+", k);
  for (int k = 1; k <= n; k++) p += sprintf(p, "%ssin(%d*x)", k == 1 ? ")*(" : "*", k);
  (void)sprintf(p, ")");
  return s;
}

static void values_alive_are_allowed_to_64_and_refused_beyond(void **state)
{
  char *s = entangled(60);
  check_ok(*state, parse(*state, s));
  free(s);
  s = entangled(65);
  check_fails(*state, parse(*state, s), WEIR_ELIMIT, "case.yaml:12:6: the expression keeps more than 64 values alive");
  free(s);
  /* However it leans, a tree needs few: 190 operands to the right, to the left. */
  s = repeated("sin(x)*y+(", 190, "cos(x*y)", ")");
  check_ok(*state, parse(*state, s));
  free(s);
  s = repeated("(cos(y)-x)/(1+", 190, "z", ")");
  check_ok(*state, parse(*state, s));
  free(s);
}

static void a_derivative_beyond_the_limits_is_refused(void **state)
{
  weir_expr *e = NULL, *r = NULL;
  char *s = sum_of_products(6000);
  for (char *p = s; *p != '\0'; p++) *p = *p == '*' ? '^' : *p; /* 2^x + 3^x + ...: the slope has 5 nodes a term */
  check_ok(*state, weir_expr_parse(*state, s, NULL, env, &e));
  check_fails(*state, weir_expr_diff(*state, e, 0, &r), WEIR_ELIMIT, "nodes");
  assert_null(r);
  weir_expr_destroy(&e);
  free(s);
  s = entangled(60); /* the slope of the product needs sines and cosines at once */
  check_ok(*state, weir_expr_parse(*state, s, NULL, env, &e));
  check_fails(*state, weir_expr_diff(*state, e, 0, &r), WEIR_ELIMIT, "more than 64 values alive");
  assert_null(r);
  weir_expr_destroy(&e);
  free(s);
}

static void text_of_exponential_length_is_refused(void **state)
{
  weir_ctx *ctx = *state;
  weir_expr *e = NULL, *next = NULL;
  char *text = NULL;
  check_ok(ctx, weir_expr_parse(ctx, "sin(x)", NULL, env, &e));
  for (int k = 0; k < 40; k++) { /* 2^40 leaves as a tree, 41 nodes more as a graph */
    check_ok(ctx, weir_expr_combine(ctx, '+', e, e, &next));
    weir_expr_destroy(&e);
    e = next;
  }
  assert_int_equal(weir_expr_size(e), 42);
  check_fails(ctx, weir_expr_print(ctx, e, NULL, &text), WEIR_ELIMIT, "longer than 65536 bytes as text");
  assert_null(text);
  check_rel(weir_expr_at(e, (double[]){0.5}), ldexp(sin(0.5), 40), 0.0);
  weir_expr_destroy(&e);
}

/* ------------------------------------------------------------------ hostile text */
static const char *const corpus[] = {
    "sin(2*pi*(x - y*time))*exp(-(x^2 + y^2)/2)",
    "if(x < 0 && y >= 1 || !z, min(x, y, z), max(1e-3, hypot(x, y)))",
    "amplitude^2.5 - 3**-x/(1 + mod(z, .5))",
    "((((x)+1)*2)-3)/4^5^0.1",
    "atan2(y, x)+cbrt(x)*step(y-0.5)*abs(z)!=sign(x)",
    "log1p(expm1(x))+erf(x)-erfc(-x)+floor(7.5*x)-ceil(y)",
};
static const char alphabet[] = "xyze0123456789.+-*/^()<>=!&|, \n\tsincopwif#\xc3\x97\x7f_";

static uint64_t step(uint64_t *s)
{
  *s ^= *s << 13, *s ^= *s >> 7, *s ^= *s << 17;
  return *s >> 11;
}

static void mutate(char *text, size_t room, uint64_t *seed)
{
  size_t len = strlen(text);
  const size_t at = (size_t)(step(seed) % (len + 1));
  const char c = alphabet[step(seed) % (sizeof alphabet - 1)];
  switch (step(seed) % 4) {
  case 0: /* replace */
    if (at < len) text[at] = c;
    break;
  case 1: /* insert */
    if (len + 1 < room) memmove(text + at + 1, text + at, len + 1 - at), text[at] = c;
    break;
  case 2: /* delete */
    if (at < len) memmove(text + at, text + at + 1, len - at);
    break;
  default: { /* repeat a piece */
    const size_t n = (size_t)(step(seed) % 20);
    if (at + n <= len && len + n < room) memmove(text + at + n, text + at, len + 1 - at);
  }
  }
}

static void exercise(weir_ctx *ctx, weir_expr *e)
{
  weir_expr *d = NULL, *g = NULL, *u = NULL, *r = NULL;
  char *text = NULL;
  bool ok = false;
  static const char *const slot_names[4] = {"x", "y", "z", "time"};
  const double at[4] = {0.3, 0.7, -1.2, 2.0};
  check_ok(ctx, weir_expr_diff(ctx, e, 0, &d));
  check_ok(ctx, weir_expr_separate(ctx, e, 3, &ok, &g, &u));
  check_ok(ctx, weir_expr_print(ctx, e, slot_names, &text));
  check_ok(ctx, weir_expr_parse(ctx, text, NULL, env, &r));
  const double v = weir_expr_at(e, at), w = weir_expr_at(r, at);
  if (!(v == w || (isnan(v) && isnan(w)))) fail_msg("%s: %.17g, read back %.17g", text, v, w);
  (void)weir_expr_at(d, at);
  weir_free(text);
  weir_expr_destroy(&d);
  weir_expr_destroy(&g);
  weir_expr_destroy(&u);
  weir_expr_destroy(&r);
}

static void mutated_text_is_read_or_refused_with_one_sentence(void **state)
{
  weir_ctx *ctx = *state;
  uint64_t seed = 20240229;
  int read = 0, refused = 0;
  for (int k = 0; k < 30000; k++) {
    char text[400];
    weir_expr *e = NULL;
    snprintf(text, sizeof text, "%s", corpus[k % 6]);
    for (uint64_t m = 1 + step(&seed) % 4; m > 0; m--) mutate(text, sizeof text, &seed);
    const weir_status s = weir_expr_parse(ctx, text, NULL, env, &e);
    if (s == WEIR_OK) {
      exercise(ctx, e);
      read++;
    } else {
      if (s != WEIR_EFORMAT || strchr(weir_message(ctx), '\n') != NULL || e != NULL)
        fail_msg("%s: %s: %s", text, weir_status_name(s), weir_message(ctx));
      refused++;
    }
    weir_expr_destroy(&e);
  }
  check_ge(read, 1500); /* both ways are walked; 2327 measured */
  check_ge(refused, 3000);
}

/* ------------------------------------------------------------------ no memory */
static weir_status all_calls(weir_ctx *ctx)
{
  static const char *const slot_names[4] = {"x", "y", "z", "time"};
  weir_expr_env *v = NULL;
  weir_expr *e = NULL, *d = NULL, *c = NULL, *g = NULL, *u = NULL, *n = NULL;
  char *text = NULL;
  bool ok = false;
  weir_status s = weir_expr_env_create(ctx, &v);
  if (s == WEIR_OK) s = weir_expr_env_variable(ctx, v, "x", 0);
  if (s == WEIR_OK) s = weir_expr_env_constant(ctx, v, "k", 3.0);
  if (s == WEIR_OK) s = weir_expr_variable(ctx, 3, &n);
  if (s == WEIR_OK) s = weir_expr_env_define(ctx, v, "p", n);
  weir_expr_destroy(&n);
  if (s == WEIR_OK) s = weir_expr_parse(ctx, "p*(sin(k*x) + 1 + 2*cos(x) + x^2 + x^3 + x^4)", NULL, v, &e);
  if (s == WEIR_OK) s = weir_expr_diff(ctx, e, 0, &d);
  if (s == WEIR_OK) s = weir_expr_combine(ctx, '*', e, d, &c);
  if (s == WEIR_OK) s = weir_expr_separate(ctx, e, 3, &ok, &g, &u);
  if (s == WEIR_OK) s = weir_expr_print(ctx, c, slot_names, &text);
  if (s == WEIR_OK) s = weir_expr_number(ctx, 1.0, &n);
  weir_free(text);
  weir_expr *all[] = {e, d, c, g, u, n};
  for (int k = 0; k < 6; k++) weir_expr_destroy(&all[k]);
  weir_expr_env_destroy(&v);
  return s;
}

static void every_call_survives_every_failed_allocation(void **state)
{
  int k = 0;
  for (;; k++) {
    allocations_left = k;
    const weir_status s = all_calls(*state);
    allocations_left = -1;
    if (s == WEIR_OK) break;
    check_fails(*state, s, WEIR_ENOMEM, "no memory");
  }
  check_ge(k, 20); /* as many allocations as were made to fail */
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(malformed_text_is_refused_with_its_place, setup, teardown),
      cmocka_unit_test_setup_teardown(a_message_is_one_sentence_wherever_the_text_starts, setup, teardown),
      cmocka_unit_test_setup_teardown(nesting_is_allowed_to_200_and_refused_beyond, setup, teardown),
      cmocka_unit_test_setup_teardown(text_numbers_and_names_have_their_limits, setup, teardown),
      cmocka_unit_test_setup_teardown(nodes_are_allowed_to_20000_and_refused_beyond, setup, teardown),
      cmocka_unit_test_setup_teardown(values_alive_are_allowed_to_64_and_refused_beyond, setup, teardown),
      cmocka_unit_test_setup_teardown(a_derivative_beyond_the_limits_is_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(text_of_exponential_length_is_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(mutated_text_is_read_or_refused_with_one_sentence, setup, teardown),
      cmocka_unit_test_setup_teardown(every_call_survives_every_failed_allocation, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
