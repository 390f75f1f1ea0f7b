/* Poisson windows and the exponential of a generator. */
#include "../support/check.h"
#include "time/uniformise.h"
#include <weir/sum.h>
#include <float.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

static double moment(const weir_poisson *p, int power, double about)
{
  weir_sum s;
  weir_sum_clear(&s);
  for (int64_t k = p->first; k <= p->last; k++)
    weir_sum_add(&s, p->weight[k - p->first] * pow((double)k - about, power));
  return weir_sum_value(&s);
}

static void poisson_weights_have_the_right_moments(void **state)
{
  weir_ctx *ctx = *state;
  const double means[] = {1e-300, 1e-9, 0.3, 1, 7.5, 100, 745.5, 16384, 1e6};
  for (size_t i = 0; i < sizeof means / sizeof *means; i++) {
    const double mean = means[i];
    weir_poisson *p;
    check_ok(ctx, weir_poisson_create(ctx, mean, &p));
    check_close(moment(p, 0, 0), 1, DBL_EPSILON / 4);
    /* Ratios carry one rounding each, so weights near the mode about sqrt(sigma) u; measured < 3e-15 relative to sigma. */
    check_close(moment(p, 1, mean), 0, 1e-14 * sqrt(mean) + 1e-17);
    check_close(moment(p, 2, mean), mean, 1e-13 * mean + 1e-17); /* the window may leave out 1e-18 */
    check_close(moment(p, 3, mean), mean, 2e-12 * mean * (1 + sqrt(mean)) + 1e-17);
    weir_poisson_destroy(&p);
    assert_null(p);
  }
}

static void poisson_weights_agree_with_their_formula(void **state)
{
  weir_ctx *ctx = *state;
  weir_poisson *p;
  check_ok(ctx, weir_poisson_create(ctx, 12.25, &p));
  assert_int_equal(p->first, 0);
  long double w = expl(-12.25L), rest = 1;
  for (int64_t k = 0; k <= p->last; k++) {
    check_rel(p->weight[k], (double)w, 1e-14);
    rest -= w;
    check_close(p->tail[k], (double)rest, 4e-16);
    w *= 12.25L / (long double)(k + 1);
  }
  assert_true(p->tail[p->last] == 0);
  check_le((double)w, 1e-18); /* what is left out */
  weir_poisson_destroy(&p);
}

static void a_window_is_about_seventeen_sigma_wide(void **state)
{
  weir_ctx *ctx = *state;
  weir_poisson *p;
  check_ok(ctx, weir_poisson_create(ctx, 10000, &p));
  check_ge((double)p->first, 10000 - 9.4 * 100);
  check_le((double)p->first, 10000 - 8 * 100);
  check_le((double)p->last, 10000 + 9.6 * 100);
  check_ge((double)p->last, 10000 + 8 * 100);
  assert_true(p->tail[0] == 1.0 - p->weight[0] || p->tail[0] == 1.0);
  weir_poisson_destroy(&p);
}

static void mean_zero_is_the_identity(void **state)
{
  weir_ctx *ctx = *state;
  weir_poisson *p;
  check_ok(ctx, weir_poisson_create(ctx, 0, &p));
  assert_int_equal(p->last, 0);
  assert_true(p->weight[0] == 1 && p->tail[0] == 0);
  double r[3] = {1, 2, 3}, spare[3] = {0}, acc[3];
  const weir_chain none = {0};
  check_ok(ctx, weir_uniformise(ctx, p, &none, 3, r, spare, acc));
  assert_true(acc[0] == 1 && acc[1] == 2 && acc[2] == 3);
  weir_poisson_destroy(&p);
}

static void poisson_refuses_what_is_no_mean(void **state)
{
  weir_ctx *ctx = *state;
  const double bad[] = {-1e-3, (double)NAN, 2e12, (double)INFINITY};
  for (int i = 0; i < 4; i++) {
    weir_poisson *p = (weir_poisson *)state;
    check_fails(ctx, weir_poisson_create(ctx, bad[i], &p), WEIR_EARG, "Poisson mean");
    assert_null(p);
  }
}

/* A dense chain of 60 states, every pair connected, with inflow. */
enum { N = 60 };
typedef struct dense {
  double q[N][N], b[N], rate, out[N]; /* r' = q r + b; out: rate of leaving the system */
  double left;                        /* sum of tail * what left in the step */
  int64_t steps, stop_at;
} dense;

static void make_dense(dense *d)
{
  uint64_t seed = 5;
  memset(d, 0, sizeof *d);
  for (int j = 0; j < N; j++) {
    d->out[j] = j % 7 == 0 ? 0.5 : 0;
    d->b[j] = j % 9 == 0 ? 0.3 : 0;
    d->q[j][j] = -d->out[j];
    for (int i = 0; i < N; i++)
      if (i != j) {
        d->q[i][j] = pow(fabs(noise(&seed)), 8);
        d->q[j][j] -= d->q[i][j];
      }
    d->rate = fmax(d->rate, -d->q[j][j]);
  }
  d->rate *= 1 + 1e-12;
  d->stop_at = -1;
}

static void dense_step(void *user, double share, const double *r, double *next, double *acc)
{
  dense *d = user;
  for (int i = 0; i < N; i++) {
    double sum = (1 + d->q[i][i] / d->rate) * r[i] + d->b[i] / d->rate;
    for (int j = 0; j < N; j++)
      if (j != i) sum += d->q[i][j] / d->rate * r[j];
    next[i] = sum;
    if (share > 0) acc[i] += share * (r[i] - acc[i]);
  }
  d->steps++;
}

static void dense_note(void *user, double tail, const double *r)
{
  dense *d = user;
  for (int i = 0; i < N; i++) d->left += tail * ((d->out[i] * r[i] - d->b[i]) / d->rate);
}

static bool dense_stop(void *user)
{
  const dense *d = user;
  return d->steps == d->stop_at;
}

static void uniformisation_is_the_matrix_exponential(void **state)
{
  weir_ctx *ctx = *state;
  static dense d;
  const double times[] = {0.01, 0.7, 20};
  for (int c = 0; c < 3; c++) {
    make_dense(&d);
    double r[N], spare[N], acc[N], want[N], before = 0, after = 0;
    gsl_matrix *a = gsl_matrix_calloc(N + 1, N + 1), *e = gsl_matrix_alloc(N + 1, N + 1);
    for (int i = 0; i < N; i++) {
      r[i] = i == 30 ? 1 : 0;
      before += r[i];
      gsl_matrix_set(a, (size_t)i, N, d.b[i] * times[c]);
      for (int j = 0; j < N; j++) gsl_matrix_set(a, (size_t)i, (size_t)j, d.q[i][j] * times[c]);
    }
    gsl_linalg_exponential_ss(a, e, GSL_PREC_DOUBLE);
    for (int i = 0; i < N; i++) want[i] = gsl_matrix_get(e, (size_t)i, 30) + gsl_matrix_get(e, (size_t)i, N);
    weir_poisson *p;
    check_ok(ctx, weir_poisson_create(ctx, d.rate * times[c], &p));
    const weir_chain chain = {dense_step, dense_note, dense_stop, &d};
    check_ok(ctx, weir_uniformise(ctx, p, &chain, N, r, spare, acc));
    assert_int_equal(d.steps, p->last);
    for (int i = 0; i < N; i++) {
      check_close(acc[i], want[i], 1e-13); /* measured 4e-15; GSL's squarings are the less accurate side */
      check_ge(acc[i], 0);
      after += acc[i];
    }
    check_close(after - before + d.left, 0, 4e-16 * (double)d.steps); /* dense_step's columns sum to 1 to an ulp only */
    weir_poisson_destroy(&p);
    gsl_matrix_free(a), gsl_matrix_free(e);
  }
}

static void at_rest(void *user, double share, const double *r, double *next, double *acc)
{
  (void)user;
  for (int i = 0; i < N; i++) {
    next[i] = r[i];
    if (share > 0) acc[i] += share * (r[i] - acc[i]);
  }
}

static void a_state_at_rest_stays_to_the_last_bit(void **state)
{
  const weir_chain chain = {at_rest, NULL, NULL, NULL};
  static const double means[] = {0, 1e-300, 0.3, 7, 900};
  double r[N], spare[N], acc[N], first[N];
  uint64_t seed = 11;
  for (int i = 0; i < N; i++) first[i] = r[i] = fabs(noise(&seed));
  for (int c = 0; c < 5; c++) {
    weir_poisson *p;
    check_ok(*state, weir_poisson_create(*state, means[c], &p));
    assert_true(p->share[0] == 1);
    check_ok(*state, weir_uniformise(*state, p, &chain, N, r, spare, acc));
    assert_memory_equal(acc, first, sizeof first);
    weir_poisson_destroy(&p);
  }
}

static void a_chain_can_be_stopped_and_says_where(void **state)
{
  weir_ctx *ctx = *state;
  static dense d;
  make_dense(&d);
  d.stop_at = 3;
  double r[N] = {1}, spare[N], acc[N];
  weir_poisson *p;
  check_ok(ctx, weir_poisson_create(ctx, 50, &p));
  const weir_chain chain = {dense_step, NULL, dense_stop, &d};
  check_fails(ctx, weir_uniformise(ctx, p, &chain, N, r, spare, acc), WEIR_EINTERRUPTED, "after 3 of");
  weir_poisson_destroy(&p);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
int main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(poisson_weights_have_the_right_moments), TEST(poisson_weights_agree_with_their_formula),
      TEST(a_window_is_about_seventeen_sigma_wide), TEST(mean_zero_is_the_identity),
      TEST(poisson_refuses_what_is_no_mean),        TEST(uniformisation_is_the_matrix_exponential),
      TEST(a_chain_can_be_stopped_and_says_where),  TEST(a_state_at_rest_stays_to_the_last_bit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
