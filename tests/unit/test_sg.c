/* Scharfetter-Gummel: the Bernoulli function, rates and the exchange step. */
#include "../support/check.h"
#include "fv/sg.h"
#include <float.h>
#include <math.h>
#include <string.h>

static const weir_boundary closed = {
    .side = {{WEIR_NOFLUX, WEIR_NOFLUX}, {WEIR_NOFLUX, WEIR_NOFLUX}, {WEIR_NOFLUX, WEIR_NOFLUX}}};

/* B(z) in long double: series near 0, expm1l elsewhere (truncation z^8/1209600 < 1e-21 for |z| < 0.02). */
static double reference(double z)
{
  const long double x = z, y = x * x;
  if (fabs(z) < 0.02) return (double)(1 - x / 2 + y / 12 - y * y / 720 + y * y * y / 30240);
  return (double)(x / expm1l(x));
}

static void bernoulli_is_accurate_from_zero_to_overflow(void **state)
{
  (void)state;
  assert_true(weir_bernoulli(0.0) == 1.0);
  assert_true(weir_bernoulli(-0.0) == 1.0);
  assert_true(weir_bernoulli(DBL_TRUE_MIN) == 1.0);
  for (double z = 1e-20; z < 700; z *= 1.37) {
    check_rel(weir_bernoulli(z), reference(z), 4 * DBL_EPSILON);
    check_rel(weir_bernoulli(-z), reference(-z), 4 * DBL_EPSILON);
  }
  const double big[] = {800, 1e10, 1e300, DBL_MAX};
  for (int i = 0; i < 4; i++) {
    assert_true(weir_bernoulli(big[i]) == 0.0);
    assert_true(weir_bernoulli(-big[i]) == big[i]);
  }
  assert_true(isnan(weir_bernoulli((double)NAN)));
}

static void bernoulli_obeys_its_two_identities(void **state)
{
  (void)state;
  for (double z = 1e-9; z < 600; z *= 1.21) {
    double p, m;
    weir_bernoulli_pair(z, &p, &m);
    check_rel(m, p + z, 4 * DBL_EPSILON);       /* B(-z) = B(z) + z */
    check_rel(p, exp(-z) * m, 6 * DBL_EPSILON); /* B(z) = e^-z B(-z): detailed balance */
    double p2, m2;
    weir_bernoulli_pair(-z, &p2, &m2);
    assert_true(p2 == m && m2 == p);
  }
}

static weir_mesh *mesh_of(weir_ctx *ctx, int dim, bool stretched, bool periodic)
{
  weir_mesh_spec spec = {.dim = dim, .ghost = 1};
  const ptrdiff_t n[] = {9, 7, 5};
  for (int a = 0; a < dim; a++) {
    spec.axis[a] = (weir_axis_spec){.n = n[a], .lo = -1, .hi = 2, .periodic = periodic};
    if (stretched) spec.axis[a].grading = periodic ? WEIR_SINE : WEIR_GEOMETRIC, spec.axis[a].grade = periodic ? .5 : 3;
  }
  weir_mesh *m;
  check_ok(ctx, weir_mesh_create(ctx, &spec, &m));
  return m;
}

/* An operator with exponents between -size and size. */
static weir_sg *noisy(weir_ctx *ctx, const weir_mesh *m, const weir_boundary *b, double size, int threads)
{
  weir_sg *op;
  check_ok(ctx, weir_sg_create(ctx, m, b, threads, &op));
  uint64_t seed = 7;
  for (int a = 0; a < m->dim; a++) {
    for (ptrdiff_t p = 0; p < m->len; p++) op->right[a][p] = size * noise(&seed);
    check_le(weir_sg_rates(op, a, 0.7), size);
  }
  check_ge(weir_sg_scale(op), 0.0);
  return op;
}

static double *mass_array(weir_ctx *ctx, const weir_mesh *m, double scale)
{
  double *r;
  check_ok(ctx, weir_mesh_array(ctx, m, "test", &r));
  uint64_t seed = 3;
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) r[weir_mesh_index(m, i, j, k)] = scale * fabs(noise(&seed));
  return r;
}

static double total(const weir_mesh *m, const double *r)
{
  weir_sum s;
  weir_sum_clear(&s);
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++) weir_sum_add_array(&s, m->axis[0].n, r + weir_mesh_index(m, 0, j, k));
  return weir_sum_value(&s);
}

static void steps_keep_mass_and_sign(void **state)
{
  weir_ctx *ctx = *state;
  for (int variant = 0; variant < 12; variant++) {
    const int dim = 1 + variant % 3;
    const bool stretched = variant / 3 % 2, periodic = variant / 6;
    weir_mesh *m = mesh_of(ctx, dim, stretched, periodic);
    const weir_boundary glued = {
        {{WEIR_PERIODIC, WEIR_PERIODIC}, {WEIR_PERIODIC, WEIR_PERIODIC}, {WEIR_PERIODIC, WEIR_PERIODIC}},
        {{0}},
        {{0}},
        {{0}}};
    weir_sg *op = noisy(ctx, m, periodic ? &glued : &closed, 6, 1);
    double *r = mass_array(ctx, m, 1), *next = mass_array(ctx, m, 1), *acc = mass_array(ctx, m, 0);
    const double before = total(m, r);
    weir_sg_wrap(op, r);
    for (int k = 0; k < 1000; k++) {
      weir_sg_step(op, 1.0 / (k + 1), r, next, acc); /* acc: the mean so far */
      double lo, hi;
      weir_mesh_range(m, next, &lo, &hi, NULL, NULL);
      check_ge(lo, 0.0);
      double *const t = r;
      r = next, next = t;
    }
    /* Unbiased rounding of 1000 steps of N <= 315 cells: about u sqrt(1000/N) of the mass; measured < 6e-16. */
    check_rel(total(m, r), before, 1e-14);
    check_rel(total(m, acc), before, 1e-14);
    weir_free(r), weir_free(next), weir_free(acc);
    weir_sg_destroy(&op);
    weir_mesh_destroy(&m);
  }
}

static void a_full_cell_among_empty_ones_never_goes_negative(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = mesh_of(ctx, 3, false, false);
  weir_sg *op = noisy(ctx, m, &closed, 0, 1); /* every interior cell sends out 1 - 1e-12 of its mass */
  double *r = mass_array(ctx, m, 0), *next = mass_array(ctx, m, 0);
  const ptrdiff_t at = weir_mesh_index(m, 4, 3, 2);
  uint64_t seed = 11;
  for (int k = 0; k < 4000; k++) {
    r[at] = k == 0 ? DBL_MAX / 8 : k < 2000 ? ldexp(1 + fabs(noise(&seed)), -k / 2) : (double)(k - 2000) * DBL_TRUE_MIN;
    weir_sg_step(op, 0, r, next, NULL);
    double lo, hi;
    weir_mesh_range(m, next, &lo, &hi, NULL, NULL);
    check_ge(lo, 0.0);
    check_le(next[at], 2e-12 * r[at]); /* the premise: almost nothing stays */
  }
  r[at] = (double)NAN;
  weir_sg_step(op, 0, r, next, NULL);
  assert_true(isnan(next[at]));
  weir_free(r), weir_free(next);
  weir_sg_destroy(&op);
  weir_mesh_destroy(&m);
}

/* Cells that share no face exchange nothing; the columns of the matrix are positive and sum to 1. */
static void the_matrix_is_stochastic(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = mesh_of(ctx, 2, true, false);
  weir_sg *op = noisy(ctx, m, &closed, 3, 1);
  double *r = mass_array(ctx, m, 0), *next = mass_array(ctx, m, 0);
  double stay = 1;
  for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
    for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
      const ptrdiff_t at = weir_mesh_index(m, i, j, 0);
      r[at] = 1;
      weir_sg_step(op, 0, r, next, NULL);
      check_close(total(m, next), 1, 4 * DBL_EPSILON);
      int reached = 0;
      for (ptrdiff_t y = 0; y < m->axis[1].n; y++)
        for (ptrdiff_t x = 0; x < m->axis[0].n; x++) reached += x + y != i + j && next[weir_mesh_index(m, x, y, 0)] > 0;
      assert_int_equal(reached, (i > 0) + (i < m->axis[0].n - 1) + (j > 0) + (j < m->axis[1].n - 1));
      stay = fmin(stay, next[at]);
      r[at] = 0;
    }
  check_close(stay, 1e-12, 1e-14); /* the rate is the largest outgoing one, and no larger */
  weir_free(r), weir_free(next);
  weir_sg_destroy(&op);
  weir_mesh_destroy(&m);
}

static void wall_fluxes_are_what_the_step_moves(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = mesh_of(ctx, 3, true, false);
  const weir_boundary b = {
      .side = {{WEIR_OUTFLOW, WEIR_NOFLUX}, {WEIR_INFLOW, WEIR_OUTFLOW}, {WEIR_OUTFLOW, WEIR_INFLOW}}};
  weir_sg *op = noisy(ctx, m, &b, 2, 1);
  double *r = mass_array(ctx, m, 1), *next = mass_array(ctx, m, 1), out[64];
  for (ptrdiff_t j = 0; j < 7; j++)
    for (ptrdiff_t i = 0; i < 9; i++) r[weir_mesh_index(m, i, j, 5)] = 0.3; /* inflow at the high z side */
  const double before = total(m, r);
  weir_sg_step(op, 0, r, next, NULL);
  double left = 0;
  for (int a = 0; a < 3; a++)
    for (int side = 0; side < 2; side++) {
      assert_int_equal(weir_sg_open(op, a, side), !(a == 0 && side == 1));
      if (!weir_sg_open(op, a, side)) continue;
      weir_sg_side_flux(op, a, side, r, out);
      for (ptrdiff_t p = 0; p < m->cells / m->axis[a].n; p++) left += out[p];
    }
  check_rel(total(m, next) + left, before, 1e-14);
  assert_true(fabs(left) > 1e-3 * before);
  weir_free(r), weir_free(next);
  weir_sg_destroy(&op);
  weir_mesh_destroy(&m);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
  weir_ctx *ctx = *state;
  const weir_mesh_spec spec = {.dim = 2, .ghost = 1, .axis = {{.n = 211, .hi = 1}, {.n = 101, .hi = 1}}};
  weir_mesh *m;
  check_ok(ctx, weir_mesh_create(ctx, &spec, &m));
  assert_true(m->cells > 16384);
  double *r = mass_array(ctx, m, 1), *one = mass_array(ctx, m, 0), *acc1 = mass_array(ctx, m, 0);
  weir_sg *op = noisy(ctx, m, &closed, 3, 1);
  weir_sg_step(op, .5, r, one, acc1);
  for (int threads = 2; threads <= 7; threads++) {
    weir_sg *many = noisy(ctx, m, &closed, 3, threads);
    double *next = mass_array(ctx, m, 0), *acc = mass_array(ctx, m, 0);
    weir_sg_step(many, .5, r, next, acc);
    assert_memory_equal(next, one, (size_t)m->len * sizeof *one);
    assert_memory_equal(acc, acc1, (size_t)m->len * sizeof *acc);
    weir_free(next), weir_free(acc);
    weir_sg_destroy(&many);
  }
  weir_free(r), weir_free(one), weir_free(acc1);
  weir_sg_destroy(&op);
  weir_mesh_destroy(&m);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bernoulli_is_accurate_from_zero_to_overflow),
      cmocka_unit_test(bernoulli_obeys_its_two_identities),
      cmocka_unit_test_setup_teardown(steps_keep_mass_and_sign, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(a_full_cell_among_empty_ones_never_goes_negative, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(the_matrix_is_stochastic, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(wall_fluxes_are_what_the_step_moves, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(any_number_of_threads_gives_the_same_bits, ctx_setup, ctx_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
