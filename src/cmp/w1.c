/* W1 of two piecewise-constant densities in 1D, exact.
 *
 *   With both densities scaled to mass 1, D = F_a - F_b is continuous and linear on each cell: D_i at node i, D_0 = 0.
 *   On a line W1 = int |D| dx (Vallender 1974). On a circle a constant c, the mass sent round the seam, is free:
 *   W1 = min_c int |D - c| dx, attained at a median of D over the axis (Rabin, Delon, Gousseau 2011).
 *   For p, q the end values on a cell of width h:  int |.| = h (|p| + |q|)/2 if they agree in sign,
 *   else h (p^2 + q^2) / (2 (|p| + |q|)), two triangles. */
#include <weir/norms.h>
#include <math.h>

static double cell_integral(double h, double p, double q)
{
  const double s = fabs(p) + fabs(q);
  if (!(p * q < 0)) return 0.5 * h * s;
  return 0.5 * h * (p * p + q * q) / s;
}

static double distance(const weir_axis *x, const double *D, double c)
{
  weir_sum s;
  weir_sum_clear(&s);
  for (ptrdiff_t i = 0; i < x->n; i++) weir_sum_add(&s, cell_integral(x->width[i], D[i] - c, D[i + 1] - c));
  return weir_sum_value(&s);
}

/* Length of {D < c}. */
static double below(const weir_axis *x, const double *D, double c)
{
  double length = 0;
  for (ptrdiff_t i = 0; i < x->n; i++) {
    const double lo = fmin(D[i], D[i + 1]), hi = fmax(D[i], D[i + 1]);
    const double part = hi <= c ? 1.0 : (lo >= c ? 0.0 : (c - lo) / (hi - lo));
    length += x->width[i] * part;
  }
  return length;
}

/* Bisection: the integral is flat to second order at the median, so 60 halvings are beyond rounding. */
static double median(const weir_axis *x, const double *D)
{
  double lo = D[0], hi = D[0];
  for (ptrdiff_t i = 1; i <= x->n; i++) lo = fmin(lo, D[i]), hi = fmax(hi, D[i]);
  const double half = 0.5 * (x->hi - x->lo);
  for (int it = 0; it < 60; it++) {
    const double mid = 0.5 * (lo + hi);
    if (below(x, D, mid) < half)
      lo = mid;
    else
      hi = mid;
  }
  return 0.5 * (lo + hi);
}

static weir_status check_density(weir_ctx *ctx, const weir_mesh *m, const double *q, const char *which, double *mass)
{
  for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
    const double v = q[m->origin + i];
    WEIR_REQUIRE(v >= 0 && v < (double)INFINITY, ctx, WEIR_EARG,
                 "W1: the %s density is %g in cell %td, a finite number >= 0 expected", which, v, i);
  }
  *mass = weir_mesh_integral(m, q);
  WEIR_REQUIRE(*mass > 0 && *mass < (double)INFINITY, ctx, WEIR_EARG,
               "W1: the %s density has mass %g, a positive one expected", which, *mass);
  return WEIR_OK;
}

weir_status weir_w1(weir_ctx *ctx, const weir_mesh *mesh, const double *a, const double *b, double *out)
{
  WEIR_REQUIRE(mesh->dim == 1, ctx, WEIR_EUNSUPPORTED, "W1 is exact in 1 dimension only, this mesh has %d", mesh->dim);
  double mass_a, mass_b;
  WEIR_TRY(check_density(ctx, mesh, a, "first", &mass_a));
  WEIR_TRY(check_density(ctx, mesh, b, "second", &mass_b));
  const weir_axis *x = &mesh->axis[0];
  double *D = NULL;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)x->n + 1, "distribution function", &D));
  weir_sum s;
  weir_sum_clear(&s);
  for (ptrdiff_t i = 0; i < x->n; i++) {
    weir_sum_add(&s, x->measure[i] * a[mesh->origin + i] / mass_a);
    weir_sum_add(&s, -(x->measure[i] * b[mesh->origin + i] / mass_b));
    D[i + 1] = weir_sum_value(&s);
  }
  *out = distance(x, D, x->periodic ? median(x, D) : 0.0);
  weir_free(D);
  return WEIR_OK;
}
