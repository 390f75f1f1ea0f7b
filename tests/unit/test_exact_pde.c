/* Every exact solution solves its equation: the residual
 *       r = d_t rho + div(rho drift) - D lap rho
 * by fourth-order central differences of the density at steps h and 2h, extrapolated: (16 r(h) - r(2h))/15 leaves O(h^6). The drift is
 * written out here, from the parameters, not asked of the solution. Velocities are compared with drift - D grad log rho, the gradient by
 * differences too. Bounds: h = 0.004 in units of the solution's scales, so truncation is about (h k)^6 k <= 1e-10 for wave
 * numbers k up to 7; rounding is eps/h^2 = 1.4e-11 in the Laplacian; 1e-8 of the terms' size leaves margin for both. */
#include "../support/check.h"
#include <weir/exact.h>
#include <math.h>
#include <string.h>

enum { MAXD = 10 };

typedef void drift_fn(int d, const double *x, double *b);

static int setup(void **state)
{
  if (ctx_setup(state) != 0) return -1;
  return weir_exact_register(*state) == WEIR_OK ? 0 : -1;
}

static weir_param num(const char *name, int rows, int cols, const double *v)
{
  return (weir_param){.name = name, .rows = rows, .cols = cols, .value = v};
}

static double rho(const weir_exact *e, double t, const double *x)
{
  double l = 0.0;
  weir_exact_log_density(e, t, 1, x, &l);
  return exp(l);
}

/* Fourth-order first and second differences of rho * f along axis a (f = drift component or 1). */
static double at(const weir_exact *e, double t, const double *x, int a, double shift, drift_fn *drift)
{
  const int d = weir_exact_dim(e);
  double y[MAXD], b[MAXD];
  memcpy(y, x, (size_t)d * sizeof *y);
  y[a] += shift;
  if (drift == NULL) return rho(e, t, y);
  drift(d, y, b);
  return rho(e, t, y) * b[a];
}

static double residual(const weir_exact *e, double t, const double *x, double h, drift_fn *drift, double D,
                       double *size)
{
  double r = (8.0 * (rho(e, t + h, x) - rho(e, t - h, x)) - (rho(e, t + 2 * h, x) - rho(e, t - 2 * h, x))) / (12 * h);
  *size = fabs(r) + rho(e, t, x);
  for (int a = 0; a < weir_exact_dim(e); a++) {
    const double div = (8.0 * (at(e, t, x, a, h, drift) - at(e, t, x, a, -h, drift)) -
                        (at(e, t, x, a, 2 * h, drift) - at(e, t, x, a, -2 * h, drift))) /
                       (12 * h);
    const double lap = (16.0 * (at(e, t, x, a, h, NULL) + at(e, t, x, a, -h, NULL)) -
                        (at(e, t, x, a, 2 * h, NULL) + at(e, t, x, a, -2 * h, NULL)) - 30.0 * rho(e, t, x)) /
                       (12 * h * h);
    r += div - D * lap;
    *size += fabs(div) + fabs(D * lap);
  }
  return r;
}

static double log_slope(const weir_exact *e, double t, const double *x, int a, double h)
{
  double l[4], y[4][MAXD];
  const double shift[4] = {-2 * h, -h, h, 2 * h};
  for (int k = 0; k < 4; k++) {
    memcpy(y[k], x, (size_t)weir_exact_dim(e) * sizeof(double));
    y[k][a] += shift[k];
    weir_exact_log_density(e, t, 1, y[k], &l[k]);
  }
  return (8.0 * (l[2] - l[1]) - (l[3] - l[0])) / (12 * h);
}

static void solves(const weir_exact *e, double t, double lo, double hi, drift_fn *drift, double D)
{
  const int d = weir_exact_dim(e);
  uint64_t seed = 12345;
  for (int p = 0; p < 20; p++) {
    double x[MAXD], b[MAXD], v[MAXD], s1 = 0.0, s2 = 0.0;
    for (int a = 0; a < d; a++) x[a] = lo + (hi - lo) * 0.5 * (1.0 + noise(&seed));
    const double h = 0.004, r1 = residual(e, t, x, h, drift, D, &s1), r2 = residual(e, t, x, 2 * h, drift, D, &s2);
    check_close((16.0 * r1 - r2) / 15.0, 0.0, 1e-8 * s1 + 1e-10); /* densities here are of order 1 */
    assert_true(weir_exact_velocity(e, t, 1, x, v));
    drift(d, x, b);
    for (int a = 0; a < d; a++) {
      const double g = (16.0 * log_slope(e, t, x, a, h) - log_slope(e, t, x, a, 2 * h)) / 15.0;
      check_close(v[a], b[a] - D * g, 1e-9 * (1.0 + fabs(b[a]) + D * fabs(g)));
    }
  }
}

static void no_drift(int d, const double *x, double *b)
{
  (void)x;
  for (int a = 0; a < d; a++) b[a] = 0.0;
}

static void drift_constant(int d, const double *x, double *b)
{
  static const double v[] = {1.0, -0.5, 0.25};
  (void)x;
  for (int a = 0; a < d; a++) b[a] = v[a];
}

static void advection_solves_its_equation(void **state)
{
  const double v[] = {1.0, -0.5, 0.25}, lo[] = {0, 0, 0}, hi[] = {1, 1, 1}, wave[] = {1, 2, 1}, k0[] = {1, 0, 1};
  const double mean[] = {0.3, 0.4, 0.1, 0.8, 0.1, 0.5}, from[] = {0.2, 0.2, 0.2}, to[] = {5, 5, 5};
  const double cov[] = {0.09, 0.02, 0, 0.02, 0.07, 0.01, 0, 0.01, 0.08}, amplitude = 0.7, phase = 0.3, level = 2.0;
  for (int d = 1; d <= 3; d++) {
    weir_param p[] = {{.name = "profile", .text = "sine"},
                      num("velocity", d, 1, v),
                      num("lo", d, 1, lo),
                      num("hi", d, 1, hi),
                      num("wave", d, 1, wave),
                      num("amplitude", 1, 1, &amplitude),
                      num("phase", 1, 1, &phase),
                      num("level", 1, 1, &level)};
    weir_exact *e = NULL;
    check_ok(*state, weir_exact_create(*state, "advection", d, 8, p, &e));
    solves(e, 0.37, 0.0, 1.0, drift_constant, 0.0);
    weir_exact_destroy(&e);
    p[0].text = "sin4";
    p[4].value = k0;
    p[5] = p[7];
    check_ok(*state, weir_exact_create(*state, "advection", d, 6, p, &e));
    solves(e, 0.2, 0.0, 1.0, drift_constant, 0.0);
    weir_exact_destroy(&e);
    double full[9];
    for (int i = 0; i < d; i++)
      for (int j = 0; j < d; j++) full[i * d + j] = cov[i * 3 + j];
    p[0].text = "gaussian";
    p[4] = num("mean", 2, d, mean);
    p[5] = num("covariance", d, d, full);
    check_ok(*state, weir_exact_create(*state, "advection", d, 6, p, &e));
    solves(e, 2.6, -1.0, 2.0, drift_constant, 0.0);
    weir_exact_destroy(&e);
    p[0].text = "indicator";
    p[2] = num("from", d, 1, from);
    p[3] = num("to", d, 1, to);
    check_ok(*state, weir_exact_create(*state, "advection", d, 4, p, &e));
    solves(e, 0.1, 1.0, 2.0, drift_constant, 0.0);
    weir_exact_destroy(&e);
  }
}

/* A stable spiral with shear; the same matrix in 2D and (with a third axis) in 3D. */
static const double A3[] = {1.0, 2.0, 0.0, -2.0, 1.5, 0.3, 0.1, 0.0, 0.5}, b3[] = {0.3, -0.2, 0.5};

static void matrix(int d, double sign, double *A)
{
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++) A[i * d + j] = sign * A3[i * 3 + j];
}

static void drift_ou(int d, const double *x, double *b)
{
  for (int i = 0; i < d; i++) {
    b[i] = 0.0;
    for (int j = 0; j < d; j++) b[i] -= A3[i * 3 + j] * (x[j] - b3[j]);
  }
}

static void drift_flow(int d, const double *x, double *b)
{
  for (int i = 0; i < d; i++) {
    b[i] = b3[i];
    for (int j = 0; j < d; j++) b[i] += A3[i * 3 + j] * x[j];
  }
}

static void linear_flow_and_ornstein_uhlenbeck_solve_their_equations(void **state)
{
  const double mean[] = {0.5, -0.3, 0.1, -0.6, 0.4, 0.2}, cov[] = {0.5, -0.2, 0.1, -0.2, 0.4, 0, 0.1, 0, 0.6};
  const double weight[] = {0.25, 0.75}, D = 0.7;
  for (int d = 1; d <= 3; d++) {
    double full[18], A[9];
    for (int i = 0; i < 2 * d; i++)
      for (int j = 0; j < d; j++) full[i * d + j] = (i < d ? 1.0 : 1.7) * cov[(i % d) * 3 + j];
    matrix(d, 1.0, A);
    const weir_param p[] = {num("mean", 2, d, mean),     num("covariance", 2 * d, d, full),
                            num("weight", 2, 1, weight), num("A", d, d, A),
                            num("b", d, 1, b3),          num("diffusion", 1, 1, &D)};
    const weir_param q[] = {p[0], p[1], p[2], num("B", d, d, A), num("c", d, 1, b3)};
    weir_exact *e = NULL;
    check_ok(*state, weir_exact_create(*state, "ornstein-uhlenbeck", d, 6, p, &e));
    solves(e, 0.4, -1.5, 1.5, drift_ou, D);
    weir_exact_destroy(&e);
    check_ok(*state, weir_exact_create(*state, "linear-flow", d, 5, q, &e));
    solves(e, 0.3, -1.0, 1.5, drift_flow, 0.0);
    solves(e, -0.3, -0.5, 0.5, drift_flow, 0.0); /* a flow has a past */
    weir_exact_destroy(&e);
    const weir_param heat[] = {p[0], p[1], p[2], p[5]};
    check_ok(*state, weir_exact_create(*state, "heat", d, 4, heat, &e));
    solves(e, 0.3, -2.0, 2.0, no_drift, D);
    weir_exact_destroy(&e);
  }
}

static void drift_g(int d, const double *x, double *b)
{
  no_drift(d, x, b);
  b[0] = 1.7;
}

static void box_solutions_solve_their_equations(void **state)
{
  const double lo[] = {-1.0, -1.0, -1.0}, hi[] = {1.5, 1.0, 2.0}, wave[] = {2, 1, 0}, D = 0.3, g = 1.7, a = 0.8;
  for (int d = 1; d <= 3; d++) {
    const weir_param p[] = {num("lo", d, 1, lo), num("hi", d, 1, hi), num("diffusion", 1, 1, &D),
                            num("wave", d, 1, wave), num("amplitude", 1, 1, &a)};
    const weir_param q[] = {p[0], p[1], p[2], num("g", 1, 1, &g)};
    weir_exact *e = NULL;
    check_ok(*state, weir_exact_create(*state, "heat-cosine", d, 5, p, &e));
    solves(e, 0.1, -0.9, 0.9, no_drift, D);
    weir_exact_destroy(&e);
    check_ok(*state, weir_exact_create(*state, "linear-potential-wall", d, 4, q, &e));
    solves(e, 0.1, -0.9, 0.9, drift_g, D);
    solves(e, 2.0, -0.9, 0.9, drift_g, D);
    weir_exact_destroy(&e);
  }
}

/* Velocity 0 at both walls: nothing crosses. At x = hi and t > 0 the density is positive. */
static void nothing_crosses_the_walls(void **state)
{
  const double D = 0.3, g = -2.0, lo = 1.0, hi = 3.0;
  const weir_param p[] = {num("lo", 1, 1, &lo), num("hi", 1, 1, &hi), num("diffusion", 1, 1, &D), num("g", 1, 1, &g)};
  const double x[] = {1.0, 3.0};
  double v[2], l[2];
  weir_exact *e = NULL;
  check_ok(*state, weir_exact_create(*state, "linear-potential-wall", 1, 4, p, &e));
  for (double t = 0.01; t < 3.0; t *= 3.0) {
    assert_true(weir_exact_velocity(e, t, 2, x, v));
    for (int k = 0; k < 2; k++)
      check_close(v[k], 0.0, 1e-12); /* rounding of g and slope, each about 2, over a density > 1e-2 */
  }
  const double outside[] = {0.999, 3.001};
  weir_exact_log_density(e, 0.5, 2, outside, l);
  assert_true(l[0] == -(double)INFINITY && l[1] == -(double)INFINITY);
  weir_exact_destroy(&e);
  check_ok(*state, weir_exact_create(*state, "heat-cosine", 1, 3, p, &e));
  assert_true(weir_exact_velocity(e, 0.1, 2, x, v));
  for (int k = 0; k < 2; k++) check_close(v[k], 0.0, 1e-15);
  weir_exact_log_density(e, 0.5, 2, outside, l);
  assert_true(l[0] == -(double)INFINITY && l[1] == -(double)INFINITY);
  weir_exact_destroy(&e);
}

/* math.md's numbers: D = g = 1 on [0,1]; the mass is pi (e^{1/2} - e^{-1/2}). */
static void the_wall_solution_is_the_classical_one(void **state)
{
  weir_exact *e = NULL;
  check_ok(*state, weir_exact_create(*state, "linear-potential-wall", 1, 0, NULL, &e));
  for (int k = 0; k <= 10; k++) {
    const double t = 0.03 * k, s = 0.1 * k, alpha = WEIR_PI * WEIR_PI + 0.25;
    const double want =
        exp(-alpha * t + 0.5 * s) * (WEIR_PI * cos(WEIR_PI * s) + 0.5 * sin(WEIR_PI * s)) + WEIR_PI * exp(s - 0.5);
    check_close(rho(e, t, &s), want, 1e-14 * 10.0); /* values up to 7, a few roundings each */
  }
  check_close(weir_exact_mass(e, 0.2), 3.2741383671, 1e-10);
  /* f'' + pi^2 f = pi (c^2 + pi^2) at the wall: rho ~ e^c pi (pi^2 + c^2)/2 w^2 */
  const double w = 1e-6, x = 1.0 - w, left = 1.0 - x;
  check_rel(rho(e, 0.0, &x), exp(0.5) * WEIR_PI * (WEIR_PI * WEIR_PI + 0.25) / 2.0 * left * left, 1e-5);
  weir_exact_destroy(&e);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(advection_solves_its_equation, setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(linear_flow_and_ornstein_uhlenbeck_solve_their_equations, setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(box_solutions_solve_their_equations, setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(nothing_crosses_the_walls, setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(the_wall_solution_is_the_classical_one, setup, ctx_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
