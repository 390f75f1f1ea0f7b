#include "../support/flow.h"
#include "solve/velocity.h"
#include <math.h>
#include <string.h>

static weir_mesh *box(weir_ctx *ctx, int dim, weir_grading grading, bool periodic)
{
  weir_mesh_spec spec = {.dim = dim, .ghost = 2};
  weir_mesh *m = NULL;
  for (int a = 0; a < dim; a++)
    spec.axis[a] = (weir_axis_spec){
        .n = a == 0 ? 300 : 7, .lo = -1, .hi = 2, .grading = grading, .grade = 0.6, .periodic = periodic};
  check_ok(ctx, weir_mesh_create(ctx, &spec, &m));
  return m;
}

static double *faces(weir_ctx *ctx, const weir_mesh *m, const weir_velocity *v, int a, double t)
{
  double *u = NULL;
  check_ok(ctx, weir_mesh_array(ctx, m, "faces", &u));
  check_ok(ctx, weir_velocity_faces(ctx, m, v, a, t, u));
  return u;
}

/* psi = x^2 y^3 + (1 + t) sin(x - 2y): v = (3 x^2 y^2 - 2(1+t) cos, -2 x y^3 - (1+t) cos) */
static void psi(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = x[0][i] * x[0][i] * pow(x[1][i], 3) + (1 + t) * sin(x[0][i] - 2 * x[1][i]);
}
static void psi_y(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user;
  for (ptrdiff_t i = 0; i < n; i++)
    out[i] = 3 * x[0][i] * x[0][i] * x[1][i] * x[1][i] - 2 * (1 + t) * cos(x[0][i] - 2 * x[1][i]);
}
static void minus_psi_x(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = -2 * x[0][i] * pow(x[1][i], 3) - (1 + t) * cos(x[0][i] - 2 * x[1][i]);
}

static void a_stream_function_gives_the_averages_of_its_derivatives(void **state)
{
  weir_mesh *m = box(*state, 2, WEIR_SINE, false);
  const weir_velocity s = {.stream = psi}, c = {.component = {psi_y, minus_psi_x}, .quad = 8};
  for (int a = 0; a < 2; a++) {
    double *us = faces(*state, m, &s, a, 0.7), *uc = faces(*state, m, &c, a, 0.7);
    for (ptrdiff_t j = 0; j < m->axis[1].n + (a == 1); j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n + (a == 0); i++) {
        const ptrdiff_t at = weir_mesh_index(m, i, j, 0);
        check_close(us[at], uc[at], 1e-11); /* derived: eps |psi| / narrowest width = 2e-16 * 20 / 4e-3 */
      }
    weir_free(us), weir_free(uc);
  }
  weir_mesh_destroy(&m);
}

static void a_stream_function_has_no_divergence_on_any_mesh(void **state)
{
  weir_mesh *m = box(*state, 2, WEIR_SINE, false);
  const weir_velocity s = {.stream = psi};
  double *u = faces(*state, m, &s, 0, 0), *v = faces(*state, m, &s, 1, 0);
  for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
    for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
      const ptrdiff_t at = weir_mesh_index(m, i, j, 0);
      const double dx = m->axis[0].width[i], dy = m->axis[1].width[j];
      const double div = (u[at + 1] - u[at]) / dx + (v[at + m->stride[1]] - v[at]) / dy;
      check_close(div, 0, 16 * 0x1p-52 * 40 / (dx * dy)); /* derived: a few roundings of |psi| <= 35 */
    }
  weir_free(u), weir_free(v);
  weir_mesh_destroy(&m);
}

static void waves(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = sin(2 * WEIR_PI * (x[0][i] + x[1][i] + x[2][i]) / 3 + 0.1);
}

static void both_faces_of_a_periodic_seam_have_the_same_bits(void **state)
{
  weir_mesh *m = box(*state, 3, WEIR_SINE, true);
  const weir_velocity v = {.component = {waves, waves, waves}};
  for (int a = 0; a < 3; a++) {
    double *u = faces(*state, m, &v, a, 0);
    for (ptrdiff_t k = 0; k < (a == 2 ? 1 : m->axis[2].n); k++)
      for (ptrdiff_t j = 0; j < (a == 1 ? 1 : m->axis[1].n); j++)
        for (ptrdiff_t i = 0; i < (a == 0 ? 1 : m->axis[0].n); i++) {
          const ptrdiff_t at = weir_mesh_index(m, i, j, k);
          assert_memory_equal(&u[at], &u[at + m->axis[a].n * m->stride[a]], sizeof(double));
        }
    weir_free(u);
  }
  weir_mesh_destroy(&m);
}

static void walls_stop_the_flow_and_outflow_sides_let_nothing_in(void **state)
{
  weir_mesh *m = box(*state, 1, WEIR_UNIFORM, false);
  const weir_boundary b = {.side = {{WEIR_NOFLUX, WEIR_OUTFLOW}}};
  double *u = NULL, wall = 0.25;
  check_ok(*state, weir_mesh_array(*state, m, "faces", &u));
  double *lo = u + m->origin, *hi = lo + m->axis[0].n;
  *lo = -0.5, *hi = -2;
  weir_velocity_walls(m, &b, 0, u, &wall);
  assert_true(*lo == 0 && *hi == 0);
  assert_true(wall == 0.5);
  *lo = 0.125, *hi = 3;
  weir_velocity_walls(m, &b, 0, u, &wall);
  assert_true(*lo == 0 && *hi == 3 && wall == 0.5);
  weir_free(u);
  weir_mesh_destroy(&m);
}

static void an_absent_component_is_zero(void **state)
{
  weir_mesh *m = box(*state, 2, WEIR_UNIFORM, true);
  const weir_velocity v = {.component = {psi_y, NULL}};
  double *u = faces(*state, m, &v, 1, 0);
  for (ptrdiff_t i = 0; i < m->len; i++) assert_true(u[i] == 0);
  assert_true(weir_velocity_given(&v, 0) && !weir_velocity_given(&v, 1));
  weir_free(u);
  weir_mesh_destroy(&m);
}

static void hole(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = x[0][i] > 1.5 ? log(-1.0) : x[1][i];
}

static void a_velocity_that_is_no_number_is_reported_with_its_place(void **state)
{
  weir_mesh *m = box(*state, 2, WEIR_UNIFORM, false);
  const weir_velocity s = {.stream = hole}, c = {.component = {hole, NULL}};
  double *u = NULL;
  check_ok(*state, weir_mesh_array(*state, m, "faces", &u));
  check_fails(*state, weir_velocity_faces(*state, m, &s, 0, 0.5, u), WEIR_ENUMERIC, "t = 0.5");
  check_fails(*state, weir_velocity_faces(*state, m, &s, 1, 0.5, u), WEIR_ENUMERIC, "corner (251, 7, 0) near x = (1.51, 2, 0");
  check_fails(*state, weir_velocity_faces(*state, m, &c, 0, 0.5, u), WEIR_ENUMERIC, "t = 0.5");
  weir_free(u);
  weir_mesh_destroy(&m);
}

static void a_velocity_is_checked_against_the_mesh(void **state)
{
  weir_mesh *m = box(*state, 3, WEIR_UNIFORM, false);
  const weir_velocity s = {.stream = psi}, q = {.component = {waves}, .quad = 17};
  check_fails(*state, weir_velocity_check(*state, m, &s, 0), WEIR_EARG, "stream function in 3 dimensions");
  check_fails(*state, weir_velocity_check(*state, m, &q, 0), WEIR_EARG, "quad = 17");
  weir_mesh_destroy(&m);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(a_stream_function_gives_the_averages_of_its_derivatives),
      T(a_stream_function_has_no_divergence_on_any_mesh),
      T(both_faces_of_a_periodic_seam_have_the_same_bits),
      T(walls_stop_the_flow_and_outflow_sides_let_nothing_in),
      T(an_absent_component_is_zero),
      T(a_velocity_that_is_no_number_is_reported_with_its_place),
      T(a_velocity_is_checked_against_the_mesh),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
