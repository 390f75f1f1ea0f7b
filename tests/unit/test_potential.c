/* The discrete potential: means of exp(-V/D). */
#include "../support/check.h"
#include "solve/potential.h"
#include <float.h>
#include <math.h>

/* V = s |x|^2 / 2 + c */
typedef struct bowl {
  int dim;
  double s, c;
} bowl;

static void bowl_at(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  const bowl *b = user;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    out[i] = b->c;
    for (int a = 0; a < b->dim; a++) out[i] += .5 * b->s * x[a][i] * x[a][i];
  }
}

/* -D log of the mean of exp(-s x^2/(2D)) over (lo, hi), s > 0. */
static double bowl_mean(double s, double D, double lo, double hi)
{
  const double k = sqrt(s / (2 * D)), u = lo * k, v = hi * k;
  const double mass = u > 0 ? erfc(u) - erfc(v) : v < 0 ? erfc(-v) - erfc(-u) : erf(v) - erf(u);
  return -D * log(mass * .5 * sqrt(WEIR_PI) / (k * (hi - lo)));
}

static weir_mesh *mesh_of(weir_ctx *ctx, int dim, ptrdiff_t n, double half)
{
  weir_mesh_spec spec = {.dim = dim, .ghost = 1};
  for (int a = 0; a < dim; a++)
    spec.axis[a] = (weir_axis_spec){
        .n = n + a, .lo = -half, .hi = half, .grading = a == 0 ? WEIR_UNIFORM : WEIR_GEOMETRIC, .grade = 2};
  weir_mesh *m;
  check_ok(ctx, weir_mesh_create(ctx, &spec, &m));
  return m;
}

static void averaged_potential_gives_the_mean_of_exp(void **state)
{
  weir_ctx *ctx = *state;
  for (int dim = 1; dim <= 3; dim++)
    for (int threads = 1; threads <= 3; threads += 2) {
      weir_mesh *m = mesh_of(ctx, dim, 12, 2);
      double *phi, *work;
      check_ok(ctx, weir_mesh_array(ctx, m, "phi", &phi));
      check_ok(ctx, weir_mesh_array(ctx, m, "work", &work));
      bowl b = {dim, 1.3, 100};
      const weir_potential p = {.mesh = m, .fn = bowl_at, .user = &b, .diffusion = .7, .threads = threads};
      check_ok(ctx, weir_potential_cells(ctx, &p, work, phi));
      for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
        for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
          for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
            const ptrdiff_t at[3] = {i, j, k};
            double want = b.c;
            for (int a = 0; a < dim; a++)
              want += bowl_mean(b.s, .7, m->axis[a].node[at[a]], m->axis[a].node[at[a] + 1]);
            /* 1e-13 of the maximum of exp(-Phi/D), as promised, and rounding of Phi near 100. */
            const double got = phi[weir_mesh_index(m, i, j, k)];
            check_close(exp((b.c - got) / .7), exp((b.c - want) / .7), 3e-13);
            check_close(got, want, 1e-8);
          }
      weir_free(phi), weir_free(work);
      weir_mesh_destroy(&m);
    }
}

static void steep_potentials_neither_overflow_nor_vanish(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = mesh_of(ctx, 2, 9, 3);
  double *phi, *work;
  check_ok(ctx, weir_mesh_array(ctx, m, "phi", &phi));
  check_ok(ctx, weir_mesh_array(ctx, m, "work", &work));
  const double size[] = {1e8, -1e8, 1e300};
  for (int c = 0; c < 3; c++) {
    bowl b = {2, size[c], 0};
    const weir_potential p = {.mesh = m, .fn = bowl_at, .user = &b, .diffusion = 1e-3, .threads = 1};
    check_ok(ctx, weir_potential_cells(ctx, &p, work, phi));
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) /* Phi lies between the least and the largest V of the cell */
        check_le(fabs(phi[weir_mesh_index(m, i, j, 0)]), 9 * fabs(size[c]));
  }
  weir_free(phi), weir_free(work);
  weir_mesh_destroy(&m);
}

static void point_potential_is_v_at_centres_and_walls(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = mesh_of(ctx, 2, 5, 2);
  double *phi, *work;
  check_ok(ctx, weir_mesh_array(ctx, m, "phi", &phi));
  check_ok(ctx, weir_mesh_array(ctx, m, "work", &work));
  bowl b = {2, 3, -1};
  weir_potential p = {.mesh = m, .fn = bowl_at, .user = &b, .diffusion = .2, .point = true, .threads = 2};
  check_ok(ctx, weir_potential_cells(ctx, &p, work, phi));
  check_ok(ctx, weir_potential_wall(ctx, &p, 0, 1, work));
  for (ptrdiff_t j = 0; j < m->axis[1].n; j++) {
    const double y = m->axis[1].centre[j];
    check_rel(work[weir_mesh_index(m, 5, j, 0)], 1.5 * (4 + y * y) - 1, 4 * DBL_EPSILON);
    for (ptrdiff_t i = 0; i < 5; i++) {
      const double x = m->axis[0].centre[i];
      check_close(phi[weir_mesh_index(m, i, j, 0)], 1.5 * (x * x + y * y) - 1, 1e-14);
    }
  }
  p.point = false;
  check_ok(ctx, weir_potential_wall(ctx, &p, 1, 0, work));
  for (ptrdiff_t i = 0; i < 5; i++) {
    const double *X = m->axis[0].node;
    check_close(work[weir_mesh_index(m, i, 0, 0)], bowl_mean(3, .2, X[i], X[i + 1]) + 6 - 1,
                1e-4 /* h = .8: coarse for 8 points */);
  }
  weir_free(phi), weir_free(work);
  weir_mesh_destroy(&m);
}

static void more_points_where_the_potential_is_steep(void **state)
{
  (void)state;
  assert_int_equal(weir_potential_quad(0, 0, 1e-13), 3);
  assert_int_equal(weir_potential_quad(1e9, 0, 1e-13), WEIR_QUAD_MAX);
  assert_int_equal(weir_potential_quad(0, 1e9, 1e-13), WEIR_QUAD_MAX);
  assert_int_equal(weir_potential_quad((double)INFINITY, 0, 1e-13), WEIR_QUAD_MAX);
  const double tol = 1e-12;
  for (double z = .05; z < 4; z *= 2)
    for (double curve = 0; curve < 1; curve += .2) { /* the promise, against 16 points */
      double x[WEIR_QUAD_MAX], w[WEIR_QUAD_MAX], sum[2] = {0};
      for (int fine = 0; fine < 2; fine++) {
        const int q = fine ? WEIR_QUAD_MAX : weir_potential_quad(z, curve, tol);
        weir_gauss(q, x, w);
        for (int g = 0; g < q; g++) sum[fine] += .5 * w[g] * exp(-z * x[g] / 2 - curve * x[g] * x[g] / 8);
      }
      check_rel(sum[0], sum[1], tol + 8 * DBL_EPSILON);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
int main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(averaged_potential_gives_the_mean_of_exp),
      TEST(steep_potentials_neither_overflow_nor_vanish),
      TEST(point_potential_is_v_at_centres_and_walls),
      TEST(more_points_where_the_potential_is_steep),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
