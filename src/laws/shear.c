/* The flows of shear.h.
 *
 *   v = cos(pi t) f(y,z) e_x and its turns: f does not change along a path, so rho(t,x) = rho0(x - S f e_x), S = sin(pi t)/pi.
 *   On the faces that are crossed f and rho have large mixed slopes, and along the flow rho is a long wave: what is left out of the
 *   average of the product, h^4 f_yz rho_yz/144 (src/fv/README.md, "The product"), stands far above the error of a face value. */
#include "laws/shear.h"
#include <weir/base.h>
#include <math.h>

static double speed(double y, double z)
{
  return 0.4 + 0.3 * sin(2 * WEIR_PI * y + 0.4) * sin(2 * WEIR_PI * z - 0.3);
}

double weir_shear_factor(void *user, double t)
{
  (void)user;
  return cos(WEIR_PI * t);
}

void weir_shear_speed(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const int a = ((const weir_shear *)user)->axis;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = speed(x[(a + 1) % 3][i], x[(a + 2) % 3][i]);
}

void weir_shear_density(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const int a = ((const weir_shear *)user)->axis;
  const double pseudo = sin(WEIR_PI * t) / WEIR_PI;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double Y = x[(a + 1) % 3][i], Z = x[(a + 2) % 3][i], X = x[a][i] - pseudo * speed(Y, Z);
    out[i] = 1 + 0.6 * cos(2 * WEIR_PI * X) * sin(2 * WEIR_PI * Y) * sin(2 * WEIR_PI * Z + 0.9);
  }
}
