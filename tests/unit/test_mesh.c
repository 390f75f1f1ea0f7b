/* Meshes, quadrature, ghost cells, refinement and restriction. */
#include "../support/check.h"
#include <weir/mesh.h>
#include <float.h>
#include <math.h>
#include <string.h>

static weir_mesh *make(weir_ctx *ctx, const weir_mesh_spec *spec)
{
  weir_mesh *m = NULL;
  check_ok(ctx, weir_mesh_create(ctx, spec, &m));
  return m;
}

static const weir_mesh_spec box3 = {
    .dim = 3,
    .ghost = 2,
    .axis = {{.n = 5, .lo = -1, .hi = 2},
             {.n = 4, .lo = 0, .hi = 1, .grading = WEIR_TANH, .grade = 1.5},
             {.n = 6, .lo = 0, .hi = 3, .grading = WEIR_SINE, .grade = .5, .periodic = true}}};

static void mesh_refuses_what_its_header_says(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = NULL;
  const double back[] = {0, 2, 1}, wild[] = {0, (double)NAN, 1};
  const struct {
    weir_mesh_spec spec;
    weir_status code;
    const char *part;
  } row[] = {
      {{.dim = 4}, WEIR_EARG, "dim = 4"},
      {{.dim = 0}, WEIR_EARG, "dim = 0"},
      {{.dim = 1, .ghost = 17}, WEIR_EARG, "17 ghost layers"},
      {{.dim = 1, .axis = {{.n = 0, .hi = 1}}}, WEIR_EARG, "axis x: 0 cells"},
      {{.dim = 2, .ghost = 2, .axis = {{.n = 4, .hi = 1}, {.n = 1, .hi = 1}}}, WEIR_EARG, "axis y: 1 cells"},
      {{.dim = 1, .axis = {{.n = 4, .lo = 1, .hi = 1}}}, WEIR_EARG, "box [1, 1]"},
      {{.dim = 1, .axis = {{.n = 4, .lo = 0, .hi = (double)INFINITY}}}, WEIR_EARG, "finite"},
      {{.dim = 1, .axis = {{.n = 4, .hi = 1, .grading = WEIR_GEOMETRIC, .grade = 0}}}, WEIR_EARG, "geometric"},
      {{.dim = 1, .axis = {{.n = 4, .hi = 1, .grading = WEIR_TANH, .grade = -1}}}, WEIR_EARG, "tanh"},
      {{.dim = 1, .axis = {{.n = 4, .hi = 1, .grading = WEIR_SINE, .grade = 1}}}, WEIR_EARG, "sine"},
      {{.dim = 1, .axis = {{.n = 2, .grading = WEIR_LISTED}}}, WEIR_EARG, "missing"},
      {{.dim = 1, .axis = {{.n = 2, .grading = WEIR_LISTED, .node = back}}}, WEIR_EARG, "node 2 = 1 is not above"},
      {{.dim = 1, .axis = {{.n = 2, .grading = WEIR_LISTED, .node = wild}}}, WEIR_EARG, "node 1 is nan"},
      {{.dim = 1, .axis = {{.n = 1000, .lo = 1e17, .hi = 1e17 + 64}}}, WEIR_EARG, "too many cells"},
      {{.dim = 1, .axis = {{.n = 1 << 25, .hi = 1}}}, WEIR_ELIMIT, "33554432"},
      {{.dim = 3, .axis = {{.n = 1 << 12, .hi = 1}, {.n = 1 << 12, .hi = 1}, {.n = 1 << 12, .hi = 1}}},
       WEIR_ELIMIT,
       "more than"},
  };
  for (size_t c = 0; c < sizeof row / sizeof *row; c++) {
    check_fails(ctx, weir_mesh_create(ctx, &row[c].spec, &m), row[c].code, row[c].part);
    assert_null(m);
  }
  weir_mesh_destroy(&m);
  weir_mesh_destroy(NULL);
}

static void volumes_add_up_to_the_box(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = make(ctx, &box3);
  check_rel(m->volume, 9.0, 1e-14); /* 120 products, each rounded twice */
  double *one = NULL;
  check_ok(ctx, weir_mesh_array(ctx, m, "ones", &one));
  for (ptrdiff_t i = 0; i < m->len; i++) one[i] = 1;
  assert_true(weir_mesh_integral(m, one) == m->volume);
  weir_free(one);
  weir_mesh_destroy(&m);
}

static void uniform_widths_are_one_number_and_ghosts_continue_the_axis(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = make(ctx, &box3);
  for (ptrdiff_t i = -2; i < 7; i++) assert_true(m->axis[0].width[i] == 3.0 / 5);
  const weir_axis *y = &m->axis[1], *z = &m->axis[2];
  for (int g = 0; g < 2; g++) { /* mirrored walls, periodic images: the same width to the last bit */
    assert_true(y->width[-1 - g] == y->width[g] && y->width[4 + g] == y->width[3 - g]);
    assert_true(z->width[-1 - g] == z->width[5 - g] && z->width[6 + g] == z->width[g]);
    check_close(z->node[-1 - g], z->node[5 - g] - 3, 4 * DBL_EPSILON);
    check_close(y->centre[-1 - g], -y->centre[g], DBL_EPSILON);
  }
  assert_true(m->axis[0].node[0] == -1 && m->axis[0].node[5] == 2);
  assert_int_equal(m->origin % 8, 0);
  assert_int_equal(m->stride[1] % 8, 0);
  weir_mesh_destroy(&m);
}

static void gradings_follow_their_formulas(void **state)
{
  weir_ctx *ctx = *state;
  const weir_mesh_spec spec = {.dim = 3,
                               .axis = {{.n = 8, .lo = 1, .hi = 3, .grading = WEIR_GEOMETRIC, .grade = 16},
                                        {.n = 8, .lo = 1, .hi = 3, .grading = WEIR_TANH, .grade = 2},
                                        {.n = 8, .lo = 1, .hi = 3, .grading = WEIR_SINE, .grade = -.6}}};
  weir_mesh *m = make(ctx, &spec);
  for (ptrdiff_t i = 0; i < 8; i++) {
    if (i > 0) check_rel(m->axis[0].width[i] / m->axis[0].width[i - 1], pow(16, 1.0 / 8), 1e-13);
    check_rel(m->axis[1].width[i], m->axis[1].width[7 - i], 1e-14);
    const double s = (double)i / 8;
    check_close(m->axis[2].node[i], 1 + 2 * (s - .6 / (2 * WEIR_PI) * sin(2 * WEIR_PI * s)), 1e-15);
  }
  check_close(m->axis[1].node[2], 2 + tanh(2 * -.5) / tanh(2), 1e-15);
  weir_mesh_destroy(&m);
}

static void find_returns_the_cell_that_holds_the_point(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = make(ctx, &box3);
  for (int a = 0; a < 3; a++) {
    const weir_axis *ax = &m->axis[a];
    for (ptrdiff_t i = 0; i < ax->n; i++) {
      assert_int_equal(weir_axis_find(ax, ax->centre[i]), i);
      assert_int_equal(weir_axis_find(ax, ax->node[i]), i);
      assert_int_equal(weir_axis_find(ax, nextafter(ax->node[i + 1], -99)), i);
    }
  }
  assert_int_equal(weir_axis_find(&m->axis[0], -1.0001), -1);
  assert_int_equal(weir_axis_find(&m->axis[0], 2.0), 4);
  assert_int_equal(weir_axis_find(&m->axis[0], 2.0001), 5);
  assert_int_equal(weir_axis_find(&m->axis[0], (double)NAN), -1);
  assert_int_equal(weir_axis_find(&m->axis[2], 3.1), weir_axis_find(&m->axis[2], .1)); /* periodic: wrapped */
  assert_int_equal(weir_axis_find(&m->axis[2], -.1), weir_axis_find(&m->axis[2], 2.9));
  weir_mesh_destroy(&m);
}

static void gauss_rules_are_exact_to_their_degree(void **state)
{
  (void)state;
  for (int q = 1; q <= WEIR_QUAD_MAX; q++) {
    double x[WEIR_QUAD_MAX], w[WEIR_QUAD_MAX];
    weir_gauss(q, x, w);
    for (int d = 0; d < 2 * q; d++) {
      double s = 0;
      for (int i = 0; i < q; i++) s += w[i] * pow(x[i], d);
      check_close(s, d % 2 ? 0 : 2.0 / (d + 1), 8 * DBL_EPSILON);
    }
    double s = 0; /* and not beyond it */
    for (int i = 0; i < q; i++) s += w[i] * pow(x[i], 2 * q);
    assert_true(fabs(s - 2.0 / (2 * q + 1)) > 1e-12);
  }
}

/* 1 + x^3 y^2 z + t: tensor Gauss with q = 2 is exact. */
static void cubic(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  (void)user;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = t + x[0][i] * x[0][i] * x[0][i] * x[1][i] * x[1][i] * x[2][i];
}

static double power_mean(double a, double b, int p)
{
  return (pow(b, p + 1) - pow(a, p + 1)) / ((p + 1) * (b - a));
}

static void averages_of_polynomials_are_exact_on_cells_and_faces(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = make(ctx, &box3);
  double *q = NULL, *f = NULL;
  check_ok(ctx, weir_mesh_array(ctx, m, "q", &q));
  check_ok(ctx, weir_mesh_array(ctx, m, "f", &f));
  check_ok(ctx, weir_cell_average(ctx, m, cubic, NULL, .25, 2, q));
  check_ok(ctx, weir_face_average(ctx, m, 1, 1, cubic, NULL, .25, 2, f));
  const double *X = m->axis[0].node, *Y = m->axis[1].node, *Z = m->axis[2].node;
  for (ptrdiff_t k = -1; k < 7; k++)
    for (ptrdiff_t j = 0; j <= 4; j++)
      for (ptrdiff_t i = -1; i < 6; i++) {
        const double px = power_mean(X[i], X[i + 1], 3), pz = power_mean(Z[k], Z[k + 1], 1);
        const bool inside = i >= 0 && i < 5 && j < 4 && k >= 0 && k < 6;
        if (inside) check_close(q[weir_mesh_index(m, i, j, k)], .25 + px * power_mean(Y[j], Y[j + 1], 2) * pz, 1e-13);
        check_close(f[weir_mesh_index(m, i, j, k)], .25 + px * Y[j] * Y[j] * pz, 1e-13);
      }
  check_fails(ctx, weir_cell_average(ctx, m, cubic, NULL, 0, 17, q), WEIR_EARG, "17 points");
  check_fails(ctx, weir_face_average(ctx, m, 3, 0, cubic, NULL, 0, 2, f), WEIR_EARG, "axis 3");
  check_fails(ctx, weir_face_average(ctx, m, 1, 3, cubic, NULL, 0, 2, f), WEIR_EARG, "widened by 3");
  check_fails(ctx, weir_cell_average(ctx, m, cubic, NULL, (double)NAN, 2, q), WEIR_ENUMERIC, "finite number expected");
  weir_free(q), weir_free(f);
  weir_mesh_destroy(&m);
}

/* Ghosts of data that are a function of the index, for every boundary kind. */
static void ghosts_follow_the_boundary(void **state)
{
  weir_ctx *ctx = *state;
  const weir_mesh_spec spec = {.dim = 2, .ghost = 2, .axis = {{.n = 4, .hi = 1, .periodic = true}, {.n = 3, .hi = 1}}};
  weir_mesh *m = make(ctx, &spec);
  weir_boundary b = {.side = {{WEIR_PERIODIC, WEIR_PERIODIC}, {WEIR_NOFLUX, WEIR_OUTFLOW}}};
  check_ok(ctx, weir_boundary_check(ctx, m, &b));
  double *q = NULL;
  check_ok(ctx, weir_mesh_array(ctx, m, "q", &q));
  weir_fill_nan((size_t)m->len, q);
  for (ptrdiff_t j = 0; j < 3; j++)
    for (ptrdiff_t i = 0; i < 4; i++) q[weir_mesh_index(m, i, j, 0)] = 1 + (double)(i + 10 * j);
  weir_ghost_fill(m, &b, q);
#define Q(i, j) q[weir_mesh_index(m, i, j, 0)]
  for (ptrdiff_t j = 0; j < 3; j++)
    assert_true(Q(-1, j) == Q(3, j) && Q(-2, j) == Q(2, j) && Q(4, j) == Q(0, j) && Q(5, j) == Q(1, j));
  for (ptrdiff_t i = -2; i < 6; i++) { /* corners included */
    assert_true(Q(i, -1) == Q(i, 0) && Q(i, -2) == Q(i, 1));
    check_close(Q(i, 3), 2 * Q(i, 2) - Q(i, 1), 1e-14);
    check_close(Q(i, 4), 3 * Q(i, 2) - 2 * Q(i, 1), 1e-14);
  }
  /* falling to a wall: extrapolation would go below zero */
  for (ptrdiff_t i = 0; i < 4; i++) Q(i, 1) = 5, Q(i, 2) = .5;
  weir_ghost_fill(m, &b, q);
  assert_true(Q(1, 3) == 0 && Q(1, 4) == 0);
#undef Q
  b.side[0][1] = WEIR_OUTFLOW;
  check_fails(ctx, weir_boundary_check(ctx, m, &b), WEIR_EARG, "boundary x: one side is periodic, the other outflow");
  b.side[0][0] = WEIR_NOFLUX;
  check_fails(ctx, weir_boundary_check(ctx, m, &b), WEIR_EARG, "boundary x is not periodic");
  weir_free(q);
  weir_mesh_destroy(&m);
}

static void range_names_the_cells_and_hands_on_nan(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = make(ctx, &box3);
  double *q = NULL, lo, hi;
  ptrdiff_t at[3], top[3];
  check_ok(ctx, weir_mesh_array(ctx, m, "q", &q));
  q[weir_mesh_index(m, 3, 2, 1)] = -2, q[weir_mesh_index(m, 4, 3, 5)] = 7;
  q[weir_mesh_index(m, -1, 0, 0)] = -99; /* a ghost */
  weir_mesh_range(m, q, &lo, &hi, at, top);
  assert_true(lo == -2 && at[0] == 3 && at[1] == 2 && at[2] == 1 && hi == 7 && top[2] == 5);
  q[weir_mesh_index(m, 0, 0, 5)] = (double)NAN;
  weir_mesh_range(m, q, &lo, &hi, at, NULL);
  assert_true(isnan(lo) && isnan(hi) && at[2] == 5);
  weir_free(q);
  weir_mesh_destroy(&m);
}

static void pack_and_unpack_are_inverse(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = make(ctx, &box3);
  double *q = NULL, *r = NULL, packed[5 * 4 * 6];
  uint64_t seed = 3;
  check_ok(ctx, weir_mesh_array(ctx, m, "q", &q));
  check_ok(ctx, weir_mesh_array(ctx, m, "r", &r));
  for (ptrdiff_t i = 0; i < m->len; i++) q[i] = noise(&seed);
  weir_mesh_pack(m, q, packed);
  assert_true(packed[1] == q[weir_mesh_index(m, 1, 0, 0)] && packed[5 * 4 + 2] == q[weir_mesh_index(m, 2, 0, 1)]);
  weir_mesh_unpack(m, packed, r);
  assert_true(weir_mesh_integral(m, r) == weir_mesh_integral(m, q));
  weir_free(q), weir_free(r);
  weir_mesh_destroy(&m);
}

static void refined_meshes_are_nested_and_restriction_keeps_mass(void **state)
{
  weir_ctx *ctx = *state;
  const double listed[] = {0, .1, .25, .5, .6, 1};
  weir_mesh_spec spec = box3, fine_spec;
  spec.axis[0] = (weir_axis_spec){.n = 5, .grading = WEIR_LISTED, .node = listed};
  check_ok(ctx, weir_mesh_spec_refine(ctx, &spec, 2, 1, &fine_spec));
  weir_mesh *coarse = make(ctx, &spec), *fine = make(ctx, &fine_spec);
  double *qf = NULL, *qc = NULL;
  uint64_t seed = 5;
  check_ok(ctx, weir_mesh_array(ctx, fine, "fine", &qf));
  check_ok(ctx, weir_mesh_array(ctx, coarse, "coarse", &qc));
  for (ptrdiff_t i = 0; i < fine->len; i++) qf[i] = 1 + noise(&seed);
  check_ok(ctx, weir_mesh_restrict(ctx, fine, qf, coarse, qc));
  check_rel(weir_mesh_integral(coarse, qc), weir_mesh_integral(fine, qf), 1e-13);
  for (int a = 0; a < 3; a++)
    for (ptrdiff_t i = 0; i <= coarse->axis[a].n; i++)
      check_close(fine->axis[a].node[2 * i], coarse->axis[a].node[i], 1e-14);
  check_fails(ctx, weir_mesh_restrict(ctx, coarse, qc, fine, qf), WEIR_EARG, "is no node of the fine mesh");
  weir_mesh_spec back;
  check_ok(ctx, weir_mesh_spec_refine(ctx, &fine_spec, 5, 10, &back)); /* a ratio need not be in lowest terms */
  for (int i = 0; i <= 5; i++) assert_true(back.axis[0].node[i] == listed[i]);
  weir_mesh_spec bad;
  check_fails(ctx, weir_mesh_spec_refine(ctx, &spec, 3, 1, &bad), WEIR_EARG, "halved or joined");
  check_fails(ctx, weir_mesh_spec_refine(ctx, &spec, 1, 4, &bad), WEIR_EARG, "no whole number");
  check_fails(ctx, weir_mesh_spec_refine(ctx, &spec, 0, 1, &bad), WEIR_EARG, "by 0/1");
  weir_mesh_spec_clear(&fine_spec), weir_mesh_spec_clear(&back);
  weir_free(qf), weir_free(qc);
  weir_mesh_destroy(&coarse), weir_mesh_destroy(&fine);
}

/* Halving the samples of a smooth map lands on the map to 4th order. */
static void listed_nodes_are_halved_along_a_smooth_map(void **state)
{
  weir_ctx *ctx = *state;
  double error[2];
  for (int level = 0; level < 2; level++) {
    const ptrdiff_t n = 16 << level;
    double X[33];
    for (ptrdiff_t i = 0; i <= n; i++) X[i] = sinh(2.0 * (double)i / (double)n);
    const weir_mesh_spec spec = {.dim = 1, .axis = {{.n = n, .grading = WEIR_LISTED, .node = X}}};
    weir_mesh_spec fine;
    check_ok(ctx, weir_mesh_spec_refine(ctx, &spec, 2, 1, &fine));
    error[level] = 0;
    for (ptrdiff_t i = 0; i <= 2 * n; i++)
      error[level] = fmax(error[level], fabs(fine.axis[0].node[i] - sinh((double)i / (double)n)));
    weir_mesh_spec_clear(&fine);
  }
  check_ge(log2(error[0] / error[1]), 3.7);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      TEST(mesh_refuses_what_its_header_says),
      TEST(volumes_add_up_to_the_box),
      TEST(uniform_widths_are_one_number_and_ghosts_continue_the_axis),
      TEST(gradings_follow_their_formulas),
      TEST(find_returns_the_cell_that_holds_the_point),
      TEST(gauss_rules_are_exact_to_their_degree),
      TEST(averages_of_polynomials_are_exact_on_cells_and_faces),
      TEST(ghosts_follow_the_boundary),
      TEST(range_names_the_cells_and_hands_on_nan),
      TEST(pack_and_unpack_are_inverse),
      TEST(refined_meshes_are_nested_and_restriction_keeps_mass),
      TEST(listed_nodes_are_halved_along_a_smooth_map),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
