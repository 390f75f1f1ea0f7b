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

/* A = (y^2 z sin x, x z^3 + cos(x + 2z), (1 + t) x^2 y + sin(y - z)); curl A below. */
static double potential_at(int a, double t, double x, double y, double z)
{
  if (a == 0) return y * y * z * sin(x);
  return a == 1 ? x * z * z * z + cos(x + 2 * z) : (1 + t) * x * x * y + sin(y - z);
}
static double curl_at(int a, double t, double x, double y, double z)
{
  if (a == 0) return (1 + t) * x * x + cos(y - z) - (3 * x * z * z - 2 * sin(x + 2 * z));
  return a == 1 ? y * y * sin(x) - 2 * (1 + t) * x * y : z * z * z - sin(x + 2 * z) - 2 * y * z * sin(x);
}
static int axis_number[3] = {0, 1, 2};
static void potential(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  for (ptrdiff_t i = 0; i < n; i++) out[i] = potential_at(*(int *)user, t, x[0][i], x[1][i], x[2][i]);
}
static void curl(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  for (ptrdiff_t i = 0; i < n; i++) out[i] = curl_at(*(int *)user, t, x[0][i], x[1][i], x[2][i]);
}
#define AXES                                                                                                           \
  {                                                                                                                    \
    &axis_number[0], &axis_number[1], &axis_number[2]                                                                  \
  }

static weir_mesh *cube(weir_ctx *ctx, weir_grading grading, bool periodic)
{
  weir_mesh_spec spec = {.dim = 3, .ghost = 1};
  weir_mesh *m = NULL;
  for (int a = 0; a < 3; a++)
    spec.axis[a] =
        (weir_axis_spec){.n = 20 - 3 * a, .lo = 0, .hi = 1, .grading = grading, .grade = 0.6, .periodic = periodic};
  check_ok(ctx, weir_mesh_create(ctx, &spec, &m));
  return m;
}

/* Stokes: the circulation by the area is the average of the curl, whatever the mesh. */
static void a_vector_potential_gives_the_averages_of_its_curl(void **state)
{
  weir_mesh *m = cube(*state, WEIR_SINE, false);
  const weir_velocity s = {.potential = {potential, potential, potential}, .user = AXES},
                      c = {.component = {curl, curl, curl}, .user = AXES, .quad = 6};
  for (int a = 0; a < 3; a++) {
    double *us = faces(*state, m, &s, a, 0.7), *uc = faces(*state, m, &c, a, 0.7);
    for (ptrdiff_t k = 0; k < m->axis[2].n + (a == 2); k++)
      for (ptrdiff_t j = 0; j < m->axis[1].n + (a == 1); j++)
        for (ptrdiff_t i = 0; i < m->axis[0].n + (a == 0); i++) {
          const ptrdiff_t at = weir_mesh_index(m, i, j, k);
          check_close(us[at], uc[at], 1e-12); /* derived: eps |A| / narrowest width = 2e-16 * 2 / 2e-2, a few of them */
        }
    weir_free(us), weir_free(uc);
  }
  weir_mesh_destroy(&m);
}

/* Largest |divergence| of a cell, from face averages. */
static double divergence(weir_ctx *ctx, const weir_mesh *m, const weir_velocity *v)
{
  double *u[3], worst = 0;
  for (int a = 0; a < 3; a++) u[a] = faces(ctx, m, v, a, 0.3);
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const ptrdiff_t at = weir_mesh_index(m, i, j, k), cell[3] = {i, j, k};
        double div = 0;
        for (int a = 0; a < 3; a++) div += (u[a][at + m->stride[a]] - u[a][at]) / m->axis[a].width[cell[a]];
        worst = fmax(worst, fabs(div));
      }
  for (int a = 0; a < 3; a++) weir_free(u[a]);
  return worst;
}

/* Whatever the number of Gauss points: with 1 the averages are poor, the divergence is not. */
static void a_vector_potential_has_no_divergence_on_any_mesh(void **state)
{
  weir_mesh *m = cube(*state, WEIR_SINE, false);
  for (int quad = 1; quad <= 4; quad++) {
    const weir_velocity s = {.potential = {potential, potential, potential}, .user = AXES, .quad = quad};
    /* derived: 12 edges, |A| <= 2, widths >= .02: 12 * 2 * 2^-52 / 4e-4 */
    check_le(divergence(*state, m, &s), 1.4e-11);
  }
  const weir_velocity c = {.component = {curl, curl, curl}, .user = AXES, .quad = 1};
  check_ge(divergence(*state, m, &c), 1e-4); /* the test can fail */
  weir_mesh_destroy(&m);
}

/* A_a = sin(2 pi(x_{a+1} - x_{a+2})), and A_z = y: the curl is periodic, A is not. */
static void periodic_curl(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const int a = *(int *)user;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++)
    out[i] = sin(2 * WEIR_PI * (x[(a + 1) % 3][i] - x[(a + 2) % 3][i])) + (a == 2 ? x[1][i] : 0);
}

static void a_vector_potential_across_a_seam_has_no_divergence_either(void **state)
{
  weir_mesh *m = cube(*state, WEIR_SINE, true);
  const weir_velocity s = {.potential = {periodic_curl, periodic_curl, periodic_curl}, .user = AXES};
  check_le(divergence(*state, m, &s), 1.4e-11);
  const weir_velocity mean = {.potential = {NULL, NULL, periodic_curl}, .user = {NULL, NULL, &axis_number[2]}};
  double *u = faces(*state, m, &mean, 0, 0), flux = 0;
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      flux += u[weir_mesh_index(m, 0, j, k)] * m->axis[1].width[j] * m->axis[2].width[k];
  check_close(flux, 1, 1e-13); /* the mean flow that A_z = y stands for */
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++) {
      const ptrdiff_t at = weir_mesh_index(m, 0, j, k);
      assert_memory_equal(&u[at], &u[at + m->axis[0].n], sizeof *u);
    }
  weir_free(u);
  weir_mesh_destroy(&m);
}

static double turning(void *user, double t)
{
  (void)user;
  return cos(2 * t);
}

/* On scheme's own terms: a constant stays in the flow of a potential, steady, scaled, and depending on t as a whole. */
static void constants_stay_in_the_flow_of_a_vector_potential(void **state)
{
  static const char *const scheme[] = {"muscl-mc", "u7"};
  for (int c = 0; c < 6; c++) {
    flow f = {.dim = 3, .n = {10, 9, 8}, .grading = WEIR_SINE, .grade = 0.3, .rho = flow_one};
    f.o = (weir_run_options){.scheme = scheme[c % 2], .stepper = "ssprk54", .threads = 1};
    weir_velocity *v = &f.p.velocity;
    for (int a = 0; a < 3; a++) {
      f.side[a][0] = f.side[a][1] = WEIR_PERIODIC;
      v->potential[a] = periodic_curl, v->user[a] = &axis_number[a];
    }
    if (c / 2 == 0) v->steady[0] = true;
    if (c / 2 == 1) v->factor[0] = turning;
    flow_start(*state, &f);
    check_ok(*state, weir_run_advance(*state, f.run, 0.25));
    check_le(flow_l1(*state, &f, flow_one, NULL, 0, 1), 1e-13); /* measured 2e-15 */
    flow_end(&f);
  }
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
  check_fails(*state, weir_velocity_faces(*state, m, &s, 1, 0.5, u), WEIR_ENUMERIC,
              "corner (251, 7, 0) near x = (1.51, 2, 0");
  check_fails(*state, weir_velocity_faces(*state, m, &c, 0, 0.5, u), WEIR_ENUMERIC, "t = 0.5");
  weir_free(u);
  weir_mesh_destroy(&m);
}

static void a_velocity_is_checked_against_the_mesh(void **state)
{
  weir_mesh *m = box(*state, 3, WEIR_UNIFORM, false);
  const weir_velocity s = {.stream = psi}, q = {.component = {waves}, .quad = 17};
  check_fails(*state, weir_velocity_check(*state, m, &s, 0), WEIR_EARG, "stream function in 3 dimensions");
  weir_mesh *plane = box(*state, 2, WEIR_UNIFORM, false);
  const weir_velocity p = {.potential = {NULL, waves, NULL}};
  check_fails(*state, weir_velocity_check(*state, plane, &p, 0), WEIR_EARG,
              "a vector potential in 2 dimensions, 3 expected");
  weir_mesh_destroy(&plane);
  check_fails(*state, weir_velocity_check(*state, m, &q, 0), WEIR_EARG, "quad = 17");
  weir_mesh_destroy(&m);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, flow_setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(a_stream_function_gives_the_averages_of_its_derivatives),
      T(a_stream_function_has_no_divergence_on_any_mesh),
      T(a_vector_potential_gives_the_averages_of_its_curl),
      T(a_vector_potential_has_no_divergence_on_any_mesh),
      T(a_vector_potential_across_a_seam_has_no_divergence_either),
      T(constants_stay_in_the_flow_of_a_vector_potential),
      T(both_faces_of_a_periodic_seam_have_the_same_bits),
      T(walls_stop_the_flow_and_outflow_sides_let_nothing_in),
      T(an_absent_component_is_zero),
      T(a_velocity_that_is_no_number_is_reported_with_its_place),
      T(a_velocity_is_checked_against_the_mesh),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
