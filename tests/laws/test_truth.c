/* The truth that the order laws compare with: checked against the equation itself, and against other computations. */
#include "../support/check.h"
#include "laws/roll.h"
#include "laws/shear.h"
#include "laws/twist.h"
#include <weir/rng.h>
#include <math.h>

static double at(weir_point_fn *fn, void *user, double t, const double x[3])
{
  const double *const p[WEIR_MAXDIM] = {&x[0], &x[1], &x[2]};
  double out = 0;
  fn(user, t, 1, p, &out);
  return out;
}

typedef double flux_fn(int axis, double t, const double x[3]);

/* d_t rho + div F by central differences of width d: O(d^2). */
static double residual(int dim, weir_point_fn *rho, void *user, flux_fn *flux, double t, const double x[3], double d)
{
  double r = (at(rho, user, t + d, x) - at(rho, user, t - d, x)) / (2 * d);
  for (int a = 0; a < dim; a++) {
    double l[3] = {x[0], x[1], x[2]}, h[3] = {x[0], x[1], x[2]};
    l[a] -= d, h[a] += d;
    r += (flux(a, t, h) - flux(a, t, l)) / (2 * d);
  }
  return r;
}

/* At random places and times the residual falls as d^2. */
static void obeys(int dim, weir_point_fn *rho, void *user, flux_fn *flux)
{
  weir_rng r;
  weir_rng_seed(&r, 4, 1);
  for (int k = 0; k < 300; k++) {
    double x[3];
    for (int a = 0; a < 3; a++) x[a] = 0.02 + 0.96 * weir_rng_uniform(&r);
    const double t = 0.02 + 0.46 * weir_rng_uniform(&r);
    const double coarse = residual(dim, rho, user, flux, t, x, 1e-2), fine = residual(dim, rho, user, flux, t, x, 1e-3);
    if (!(fabs(fine) <= 0.02 * fabs(coarse) + 1e-4)) /* a hundredth, and room where the coarse one crosses 0 */
      fail_msg("%dD at (%g, %g, %g), t = %g: residual %g, with a tenth of the width %g", dim, x[0], x[1], x[2], t,
               coarse, fine);
  }
}

static weir_twist twist2 = {.dim = 2, .whole = true}, twist3 = {.dim = 3, .whole = true};
static weir_shear shear = {1};

static double twist2_flux(int axis, double t, const double x[3])
{
  weir_twist w = {.dim = 2, .axis = axis, .whole = true};
  return at(weir_twist_velocity, &w, t, x) * at(weir_twist_density, &twist2, t, x);
}
static double twist3_flux(int axis, double t, const double x[3])
{
  weir_twist w = {.dim = 3, .axis = axis, .whole = true};
  return at(weir_twist_velocity, &w, t, x) * at(weir_twist_density, &twist3, t, x);
}
static double shear_flux(int axis, double t, const double x[3])
{
  if (axis != shear.axis) return 0;
  return at(weir_shear_speed, &shear, t, x) * weir_shear_factor(NULL, t) * at(weir_shear_density, &shear, t, x);
}
static double roll_flux(int axis, double t, const double x[3])
{
  const double d = 1e-5; /* v = (psi_y, -psi_x) */
  double l[3] = {x[0], x[1], 0}, h[3] = {x[0], x[1], 0};
  l[1 - axis] -= d, h[1 - axis] += d;
  const double slope = (at(weir_roll_stream, NULL, t, h) - at(weir_roll_stream, NULL, t, l)) / (2 * d);
  return (axis == 0 ? slope : -slope) * weir_roll_factor(NULL, t) * at(weir_roll_density, NULL, t, x);
}

static void the_densities_obey_the_equation(void **state)
{
  (void)state;
  obeys(2, weir_twist_density, &twist2, twist2_flux);
  obeys(3, weir_twist_density, &twist3, twist3_flux);
  obeys(3, weir_shear_density, &shear, shear_flux);
  obeys(2, weir_roll_density, NULL, roll_flux);
}

/* One part of order 10 against eight. Measured 1e-13. */
static void tracing_is_exact_to_rounding(void **state)
{
  int eight = 8;
  (void)state;
  for (int i = 0; i < 20; i++)
    for (int j = 0; j < 20; j++) {
      const double x[3] = {(i + 0.5) / 20, (j + 0.5) / 20, 0}, want = at(weir_roll_density, &eight, 0.5, x);
      check_close(at(weir_roll_density, NULL, 0.5, x), want, 5e-13 * want);
    }
}

/* Limiters may not meet an extremum on the way; nothing may flow through walls. */
static void the_density_grows_along_every_axis(void **state)
{
  (void)state;
  for (int dim = 2; dim <= 3; dim++)
    for (double t = 0; t <= 0.5; t += 0.125) {
      weir_twist *w = dim == 2 ? &twist2 : &twist3;
      for (int k = 0; k < 12 * 12 * (dim == 3 ? 12 : 1); k++)
        for (int a = 0; a < dim; a++) {
          double x[3] = {(k % 12) / 12.0, k / 12 % 12 / 12.0, k / 144 / 12.0}, h[3] = {x[0], x[1], x[2]};
          h[a] += 1 / 12.0;
          check_ge(at(weir_twist_density, w, t, h), 1.02 * at(weir_twist_density, w, t, x)); /* measured 1.03 */
          weir_twist v = {.dim = dim, .axis = a, .whole = true};
          x[a] = k % 2;
          check_le(fabs(at(weir_twist_velocity, &v, t, x)), 1e-15);
        }
    }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_densities_obey_the_equation),
      cmocka_unit_test(tracing_is_exact_to_rounding),
      cmocka_unit_test(the_density_grows_along_every_axis),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
