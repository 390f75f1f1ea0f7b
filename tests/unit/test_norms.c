/* Norms against hand sums, W1 against transports known in closed form. */
#include "../support/check.h"
#include <weir/norms.h>
#include <float.h>
#include <math.h>
#include <string.h>

static weir_mesh *box(weir_ctx *ctx, int dim, ptrdiff_t n, weir_grading rule, double grade, bool periodic)
{
  weir_mesh_spec s = {.dim = dim, .ghost = 2};
  for (int a = 0; a < dim; a++)
    s.axis[a] =
        (weir_axis_spec){.n = n + a, .lo = -1, .hi = 2 + a, .grading = rule, .grade = grade, .periodic = periodic};
  weir_mesh *m = NULL;
  check_ok(ctx, weir_mesh_create(ctx, &s, &m));
  return m;
}

static double *field(weir_ctx *ctx, const weir_mesh *m)
{
  double *q = NULL;
  check_ok(ctx, weir_mesh_array(ctx, m, "test", &q));
  weir_fill_nan((size_t)m->len, q); /* ghosts must not be read */
  return q;
}

static void norms_are_the_weighted_sums_on_any_mesh(void **state)
{
  weir_ctx *ctx = *state;
  for (int dim = 1; dim <= 3; dim++) {
    weir_mesh *m = box(ctx, dim, 5, WEIR_GEOMETRIC, 3.0, false);
    double *a = field(ctx, m), *b = field(ctx, m);
    double l1 = 0, l2 = 0, linf = 0, mass = 0, ref = 0;
    uint64_t seed = 5;
    for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
      for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
        for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
          const ptrdiff_t c = weir_mesh_index(m, i, j, k);
          const double v = weir_mesh_cell_volume(m, i, j, k);
          a[c] = noise(&seed), b[c] = noise(&seed);
          const double e = fabs(a[c] - b[c]);
          l1 += v * e, l2 += v * e * e, mass += v * (a[c] - b[c]), ref += v * fabs(b[c]);
          if (e > linf) linf = e;
        }
    weir_norms n;
    weir_norms_of(m, a, b, &n);
    const double tol = 1e3 * DBL_EPSILON; /* 210 cells, naive sums */
    check_rel(n.l1, l1, tol), check_rel(n.l2, sqrt(l2), tol), check_close(n.linf, linf, 0);
    check_close(n.mass, mass, tol * l1), check_rel(n.rel_l1, l1 / ref, tol);
    check_close(fabs(n.worst_value - n.worst_expect), linf, 0);
    check_close(a[weir_mesh_index(m, n.worst[0], n.worst[1], n.worst[2])], n.worst_value, 0);
    check_close(n.worst_at[0], m->axis[0].centre[n.worst[0]], 0);
    weir_free(a), weir_free(b);
    weir_mesh_destroy(&m);
  }
}

static void norms_of_equal_fields_are_zero_and_of_a_zero_reference_have_no_relative_value(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = box(ctx, 2, 4, WEIR_UNIFORM, 0, false);
  double *a = NULL;
  check_ok(ctx, weir_mesh_array(ctx, m, "test", &a));
  weir_norms n;
  weir_norms_of(m, a, a, &n);
  assert_true(n.l1 == 0 && n.l2 == 0 && n.linf == 0 && n.mass == 0);
  assert_true(isnan(n.rel_l1) && isnan(n.rel_l2) && isnan(n.rel_linf));
  weir_free(a);
  weir_mesh_destroy(&m);
}

static void norms_never_hide_a_nan_and_say_where_it_is(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = box(ctx, 2, 4, WEIR_UNIFORM, 0, false);
  double *a = NULL, *b = NULL;
  check_ok(ctx, weir_mesh_array(ctx, m, "test", &a));
  check_ok(ctx, weir_mesh_array(ctx, m, "test", &b));
  a[weir_mesh_index(m, 0, 0, 0)] = 100;
  a[weir_mesh_index(m, 2, 3, 0)] = (double)NAN;
  a[weir_mesh_index(m, 3, 3, 0)] = 200;
  weir_norms n;
  weir_norms_of(m, a, b, &n);
  assert_true(isnan(n.l1) && isnan(n.l2) && isnan(n.linf) && isnan(n.mass));
  assert_int_equal(n.worst[0], 2), assert_int_equal(n.worst[1], 3);
  weir_norms_of(m, b, a, &n);
  assert_true(isnan(n.linf) && isnan(n.ref_linf) && isnan(n.rel_linf) && isnan(n.ref_l1));
  weir_free(a), weir_free(b);
  weir_mesh_destroy(&m);
}

/* All mass of cell p moved to cell q: every unit travels the distance of the cells' centres (translation of a uniform cell). */
static void w1_of_a_moved_cell_is_the_distance(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = box(ctx, 1, 30, WEIR_UNIFORM, 0, false);
  double *a = field(ctx, m), *b = field(ctx, m);
  memset(a, 0, (size_t)m->len * sizeof *a), memset(b, 0, (size_t)m->len * sizeof *b);
  a[m->origin + 3] = 7, b[m->origin + 21] = 2; /* scaled to mass 1 by w1 */
  double w;
  check_ok(ctx, weir_w1(ctx, m, a, b, &w));
  check_rel(w, 18 * m->axis[0].width[0], 1e-13);
  check_ok(ctx, weir_w1(ctx, m, b, a, &w));
  check_rel(w, 18 * m->axis[0].width[0], 1e-13);
  weir_free(a), weir_free(b);
  weir_mesh_destroy(&m);
}

/* Two triangles in one cell: on [-1,2] in 3 cells, a = (1,0,1)/2, b = (0,1,0) -> F - G runs 0, 1/2, -1/2, 0: W1 = 1/2 h (1/2 + 1/2) + h/4. */
static void w1_splits_cells_where_the_distributions_cross(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = box(ctx, 1, 3, WEIR_UNIFORM, 0, false);
  double *a = field(ctx, m), *b = field(ctx, m);
  for (int i = 0; i < 3; i++) a[m->origin + i] = i != 1, b[m->origin + i] = i == 1;
  double w;
  check_ok(ctx, weir_w1(ctx, m, a, b, &w));
  check_close(w, 0.25 + 0.25 + 0.25, 1e-15);
  weir_free(a), weir_free(b);
  weir_mesh_destroy(&m);
}

static void w1_on_a_circle_goes_the_short_way_round(void **state)
{
  weir_ctx *ctx = *state;
  for (int shift = 1; shift < 30; shift++) {
    weir_mesh *m = box(ctx, 1, 30, WEIR_UNIFORM, 0, true);
    double *a = field(ctx, m), *b = field(ctx, m);
    memset(a, 0, (size_t)m->len * sizeof *a), memset(b, 0, (size_t)m->len * sizeof *b);
    a[m->origin] = 1, b[m->origin + shift] = 1;
    double w;
    check_ok(ctx, weir_w1(ctx, m, a, b, &w));
    /* opposite cells: half of each cell goes either way, half a cell less far */
    const double cells = shift == 15 ? 14.5 : shift < 15 ? shift : 30 - shift;
    check_close(w, cells * m->axis[0].width[0], 1e-12);
    weir_free(a), weir_free(b);
    weir_mesh_destroy(&m);
  }
}

static void w1_refuses_what_is_no_density_and_says_why(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = box(ctx, 1, 4, WEIR_UNIFORM, 0, false), *m2 = box(ctx, 2, 4, WEIR_UNIFORM, 0, false);
  double *a = NULL, *b = NULL, w = -7;
  check_ok(ctx, weir_mesh_array(ctx, m2, "test", &a));
  check_ok(ctx, weir_mesh_array(ctx, m2, "test", &b));
  check_fails(ctx, weir_w1(ctx, m2, a, b, &w), WEIR_EUNSUPPORTED, "1 dimension only");
  check_fails(ctx, weir_w1(ctx, m, a, b, &w), WEIR_EARG, "mass 0");
  a[m->origin] = 1, b[m->origin + 2] = -1;
  check_fails(ctx, weir_w1(ctx, m, a, b, &w), WEIR_EARG, "second density is -1 in cell 2");
  b[m->origin + 2] = (double)NAN;
  check_fails(ctx, weir_w1(ctx, m, a, b, &w), WEIR_EARG, "nan");
  assert_true(w == -7);
  weir_free(a), weir_free(b);
  weir_mesh_destroy(&m), weir_mesh_destroy(&m2);
}

/* Each registered metric is 0 for equal fields, symmetric if not relative, and not 0 for different ones. */
static void every_metric_tells_equal_from_different(void **state)
{
  weir_ctx *ctx = *state;
  check_ok(ctx, weir_cmp_register(ctx));
  check_fails(ctx, weir_cmp_register(ctx), WEIR_EARG, "l1");
  weir_mesh *m = box(ctx, 1, 16, WEIR_SINE, 0.4, false);
  double *a = field(ctx, m), *b = field(ctx, m);
  uint64_t seed = 3;
  for (int i = 0; i < 16; i++) a[m->origin + i] = 1.5 + noise(&seed), b[m->origin + i] = 1.5 + noise(&seed);
  int count = 0;
  for (const weir_metric *t; (t = weir_item(ctx, WEIR_KIND_METRIC, count)) != NULL; count++) {
    double same, diff, back;
    assert_int_equal(t->abi, WEIR_METRIC_ABI);
    assert_true(t->maxdim >= 1 && t->maxdim <= 3 && t->formula[0] != 0);
    check_ok(ctx, t->value(ctx, m, a, a, &same));
    check_ok(ctx, t->value(ctx, m, a, b, &diff));
    check_ok(ctx, t->value(ctx, m, b, a, &back));
    check_close(same, 0, 0);
    assert_true(fabs(diff) > 1e-3);
    if (strncmp(t->name, "rel-", 4) != 0) check_rel(fabs(back), fabs(diff), 1e-14);
  }
  assert_int_equal(count, 8);
  weir_free(a), weir_free(b);
  weir_mesh_destroy(&m);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(norms_are_the_weighted_sums_on_any_mesh),
      T(norms_of_equal_fields_are_zero_and_of_a_zero_reference_have_no_relative_value),
      T(norms_never_hide_a_nan_and_say_where_it_is),
      T(w1_of_a_moved_cell_is_the_distance),
      T(w1_splits_cells_where_the_distributions_cross),
      T(w1_on_a_circle_goes_the_short_way_round),
      T(w1_refuses_what_is_no_density_and_says_why),
      T(every_metric_tells_equal_from_different),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
