/* Exact sums, random numbers, registry, memory, messages. */
#include "../support/check.h"
#include <weir/rng.h>
#include <weir/sum.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double sum_of(ptrdiff_t n, const double *x)
{
  weir_sum s;
  weir_sum_clear(&s);
  weir_sum_add_array(&s, n, x);
  return weir_sum_value(&s);
}

static void sum_is_exact_where_plain_addition_fails(void **state)
{
  (void)state;
  const double a[] = {1e300, 1.0, -1e300, 1e-300, -1.0};
  assert_true(sum_of(5, a) == 1e-300);
  const double b[] = {DBL_MAX, DBL_MAX, -DBL_MAX};
  assert_true(sum_of(3, b) == DBL_MAX); /* the intermediate value is beyond double */
  const double c[] = {DBL_TRUE_MIN, DBL_TRUE_MIN, -0.0};
  assert_true(sum_of(3, c) == 2 * DBL_TRUE_MIN);
  const double d[] = {-1.0, 0x1p-60};
  assert_true(sum_of(2, d) == -1.0);
}

static void sum_rounds_once_to_nearest_even(void **state)
{
  (void)state;
  const double tie_even[] = {1.0, 0x1p-53}, tie_odd[] = {1.0 + 0x1p-52, 0x1p-53}, above[] = {1.0, 0x1p-53, 0x1p-200};
  assert_true(sum_of(2, tie_even) == 1.0);
  assert_true(sum_of(2, tie_odd) == 1.0 + 0x1p-51);
  assert_true(sum_of(3, above) == 1.0 + 0x1p-52);
}

__extension__ typedef __int128 wide;

/* Against 128-bit integers: data are multiples of 2^-40 below 2^20, so the true sum is an exact integer. */
static void sum_agrees_with_integers_in_any_order_and_partition(void **state)
{
  (void)state;
  enum { N = 5000 };
  uint64_t seed = 77;
  double *x = malloc(N * sizeof *x);
  wide exact = 0;
  for (int i = 0; i < N; i++) {
    const int64_t k = (int64_t)(noise(&seed) * 0x1p60) >> (i % 50);
    x[i] = ldexp((double)k, -40);
    exact += (wide)(double)k;
  }
  const double want = ldexp((double)exact, -40);
  assert_true(sum_of(N, x) == want);
  weir_sum total, part;
  weir_sum_clear(&total);
  for (int p = 6; p >= 0; p--) {
    weir_sum_clear(&part);
    for (int i = N - 1 - p; i >= 0; i -= 7) weir_sum_add(&part, x[i]);
    weir_sum_merge(&total, &part);
  }
  assert_true(weir_sum_value(&total) == want);
  free(x);
}

static void sum_survives_a_billion_equal_terms(void **state)
{
  (void)state;
  weir_sum s;
  weir_sum_clear(&s);
  s.room = 3; /* carries every three additions: the pass itself is what is tested */
  for (int i = 0; i < 1000; i++) {
    weir_sum_add(&s, i % 2 ? 0.1 : -0.3);
    if (s.room > 3) s.room = 3;
  }
  const double terms[] = {500 * 0x1.999999999999ap-4, -500 * 0x1.3333333333333p-2};
  check_close(weir_sum_value(&s), terms[0] + terms[1], 4 * DBL_EPSILON * 150);
}

static void sum_hands_on_nan_and_infinity(void **state)
{
  (void)state;
  const double a[] = {1, (double)INFINITY}, b[] = {(double)INFINITY, -(double)INFINITY}, c[] = {(double)NAN, 1};
  assert_true(isinf(sum_of(2, a)) && sum_of(2, a) > 0);
  assert_true(isnan(sum_of(2, b)) && isnan(sum_of(2, c)));
}

/* Known answers of the published test vectors (Random123 distribution, kat_vectors). */
static void philox_gives_the_published_words(void **state)
{
  (void)state;
  static const struct {
    uint32_t counter[4], key[2], want[4];
  } row[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t c = 0; c < sizeof row / sizeof *row; c++) {
    uint32_t out[4];
    weir_philox(row[c].counter, row[c].key, out);
    for (int w = 0; w < 4; w++) assert_int_equal(out[w], row[c].want[w]);
  }
}

/* Mean and variance within 5 standard errors, and every probability of a small case within 5 of its own. */
static void binomial_has_its_law_on_both_branches(void **state)
{
  (void)state;
  const struct {
    int64_t n;
    double p;
  } row[] = {{7, .3}, {1000, .004}, {40, .5}, {1000, .9}, {100000, .25}, {3000000000, 1e-3}};
  enum { DRAWS = 40000 };
  for (size_t c = 0; c < sizeof row / sizeof *row; c++) {
    weir_rng r;
    weir_rng_seed(&r, 11, c);
    const double n = (double)row[c].n, p = row[c].p, var = n * p * (1 - p);
    double s1 = 0, s2 = 0;
    for (int i = 0; i < DRAWS; i++) {
      const double z = (double)weir_rng_binomial(&r, row[c].n, p) - n * p;
      assert_true(z >= -n * p && z <= n - n * p);
      s1 += z, s2 += z * z;
    }
    check_close(s1 / DRAWS, 0, 5 * sqrt(var / DRAWS));
    check_close(s2 / DRAWS, var, 5 * var * sqrt((2 + 1 / var) / DRAWS));
  }
}

static void binomial_probabilities_match(void **state)
{
  (void)state;
  enum { N = 30, DRAWS = 200000 };
  const double p = .4; /* n p = 12: the rejection branch */
  int seen[N + 1] = {0};
  weir_rng r;
  weir_rng_seed(&r, 5, 0);
  for (int i = 0; i < DRAWS; i++) seen[weir_rng_binomial(&r, N, p)]++;
  for (int k = 0; k <= N; k++) {
    const double q = exp(lgamma(N + 1) - lgamma(k + 1) - lgamma(N - k + 1) + k * log(p) + (N - k) * log(1 - p));
    check_close(seen[k], DRAWS * q, 5 * sqrt(DRAWS * q) + 1);
  }
}

static void multinomial_keeps_the_total_and_leaves_empty_cells_empty(void **state)
{
  (void)state;
  const double p[5] = {.25, 0, .5, .125, .125};
  int64_t k[5];
  weir_rng r;
  weir_rng_seed(&r, 1, 2);
  for (int i = 0; i < 100; i++) {
    weir_rng_multinomial(&r, 1000, 5, p, 1, k);
    assert_int_equal(k[0] + k[1] + k[2] + k[3] + k[4], 1000);
    assert_int_equal(k[1], 0);
  }
}

static void streams_do_not_depend_on_each_other(void **state)
{
  (void)state;
  weir_rng a, b, c;
  weir_rng_seed(&a, 9, 1);
  weir_rng_seed(&b, 9, 2);
  weir_rng_seed(&c, 9, 1);
  for (int i = 0; i < 7; i++) (void)weir_rng_u32(&b);
  int equal = 0;
  for (int i = 0; i < 50; i++) {
    const uint32_t x = weir_rng_u32(&a);
    assert_int_equal(x, weir_rng_u32(&c));
    equal += x == weir_rng_u32(&b);
  }
  assert_true(equal < 2);
}

static void registry_finds_by_name_and_suggests_the_nearest(void **state)
{
  weir_ctx *ctx = *state;
  static const int one = 1, two = 2;
  const void *found = NULL;
  check_ok(ctx, weir_register(ctx, WEIR_KIND_METRIC, "vanleer", &one));
  check_ok(ctx, weir_register(ctx, WEIR_KIND_METRIC, "minmod", &two));
  check_fails(ctx, weir_register(ctx, WEIR_KIND_METRIC, "minmod", &one), WEIR_EARG, "taken");
  check_ok(ctx, weir_find(ctx, WEIR_KIND_METRIC, "minmod", &found));
  assert_ptr_equal(found, &two);
  check_fails(ctx, weir_find(ctx, WEIR_KIND_METRIC, "vanlere", &found), WEIR_ENOTFOUND, "did you mean 'vanleer'?");
  assert_null(weir_item(ctx, WEIR_KIND_METRIC, 2));
}

static void allocation_refuses_an_overflowing_size(void **state)
{
  weir_ctx *ctx = *state;
  void *p = &p;
  check_fails(ctx, weir_alloc(ctx, SIZE_MAX / 2, 8, "field", &p), WEIR_ENOMEM, "field");
  assert_null(p);
}

static void allocation_is_aligned_and_zero(void **state)
{
  weir_ctx *ctx = *state;
  double *x = NULL;
  check_ok(ctx, weir_alloc_doubles(ctx, 300000, "field", &x));
  assert_int_equal((uintptr_t)x % 64, 0);
  for (int i = 0; i < 300000; i++) assert_true(x[i] == 0);
  weir_free(x);
}

static void a_message_may_quote_the_one_before(void **state)
{
  weir_ctx *ctx = *state;
  (void)WEIR_FAIL(ctx, WEIR_EIO, "inner %d", 7);
  assert_int_equal(WEIR_FAIL(ctx, WEIR_EFORMAT, "outer: %s", weir_message(ctx)), WEIR_EFORMAT);
  assert_string_equal(weir_message(ctx), "outer: inner 7");
  assert_non_null(strstr(weir_where(ctx), "test_util.c:"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sum_is_exact_where_plain_addition_fails),
      cmocka_unit_test(sum_rounds_once_to_nearest_even),
      cmocka_unit_test(sum_agrees_with_integers_in_any_order_and_partition),
      cmocka_unit_test(sum_survives_a_billion_equal_terms),
      cmocka_unit_test(sum_hands_on_nan_and_infinity),
      cmocka_unit_test(philox_gives_the_published_words),
      cmocka_unit_test(binomial_has_its_law_on_both_branches),
      cmocka_unit_test(binomial_probabilities_match),
      cmocka_unit_test(multinomial_keeps_the_total_and_leaves_empty_cells_empty),
      cmocka_unit_test(streams_do_not_depend_on_each_other),
      cmocka_unit_test_setup_teardown(registry_finds_by_name_and_suggests_the_nearest, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(allocation_refuses_an_overflowing_size, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(allocation_is_aligned_and_zero, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(a_message_may_quote_the_one_before, ctx_setup, ctx_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
