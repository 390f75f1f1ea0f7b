/* Error bars without an exact solution: fields on two meshes, scalars on three (formulas in weir/order.h). */
#include <weir/order.h>
#include <float.h>
#include <math.h>

/* Inject the coarse difference into the fine cells it covers. A fine cell belongs to the coarse cell that holds its centre. */
static void inject(const weir_mesh *fine, const weir_mesh *coarse, const double *d, double *error)
{
  for (ptrdiff_t k = 0; k < fine->axis[2].n; k++) {
    const ptrdiff_t kc = fine->dim > 2 ? weir_axis_find(&coarse->axis[2], fine->axis[2].centre[k]) : 0;
    for (ptrdiff_t j = 0; j < fine->axis[1].n; j++) {
      const ptrdiff_t jc = fine->dim > 1 ? weir_axis_find(&coarse->axis[1], fine->axis[1].centre[j]) : 0;
      for (ptrdiff_t i = 0; i < fine->axis[0].n; i++)
        error[weir_mesh_index(fine, i, j, k)] =
            d[weir_mesh_index(coarse, weir_axis_find(&coarse->axis[0], fine->axis[0].centre[i]), jc, kc)];
    }
  }
}

weir_status weir_richardson_error(weir_ctx *ctx, const weir_mesh *fine, const double *qf, const weir_mesh *coarse,
                                  const double *qc, double p, double fs, double *error)
{
  WEIR_REQUIRE(p > 0 && p <= 20, ctx, WEIR_EARG, "error bar: order %g, a number in (0, 20] expected", p);
  WEIR_REQUIRE(fs >= 1 && fs <= 1e3, ctx, WEIR_EARG, "error bar: safety factor %g, 1 or more expected", fs);
  WEIR_REQUIRE(fine->dim == coarse->dim && fine->cells > coarse->cells, ctx, WEIR_EARG,
               "error bar: the coarse mesh (%td cells) must have fewer cells than the fine one (%td)", coarse->cells,
               fine->cells);
  double *d = NULL;
  WEIR_TRY(weir_mesh_array(ctx, coarse, "restricted field", &d));
  const weir_status s = weir_mesh_restrict(ctx, fine, qf, coarse, d);
  if (s == WEIR_OK) {
    const double r = pow((double)fine->cells / (double)coarse->cells, 1.0 / fine->dim);
    const double factor = fs / (pow(r, p) - 1);
    for (ptrdiff_t c = 0; c < coarse->len; c++) d[c] = factor * (qc[c] - d[c]);
    inject(fine, coarse, d, error);
  }
  weir_free(d);
  return s;
}

/* p = |ln|e32/e21| + q(p)| / ln r21,  q(p) = ln((r21^p - s)/(r32^p - s)): Celik et al. 2008, eq. (3), as the root of
 * f(p) = p ln r21 - ln|e32/e21| - q(p), by bisection on [0.01, 20]; for monotone values s = 1. */
static double observed_order(double e21, double e32, double r21, double r32)
{
  const double goal = log(fabs(e32 / e21));
  double lo = 0.01, hi = 20;
  for (int it = 0; it < 100; it++) {
    const double p = 0.5 * (lo + hi);
    const double q = log((pow(r21, p) - 1) / (pow(r32, p) - 1));
    if (p * log(r21) - q < goal)
      lo = p;
    else
      hi = p;
  }
  return 0.5 * (lo + hi);
}

weir_status weir_gci_scalar(weir_ctx *ctx, const double phi[3], const double h[3], double formal, weir_gci *out)
{
  WEIR_REQUIRE(h[0] > 0 && h[1] > h[0] && h[2] > h[1] && isfinite(h[2]), ctx, WEIR_EARG,
               "error bar: sizes %g, %g, %g must be positive and increase", h[0], h[1], h[2]);
  WEIR_REQUIRE(isfinite(phi[0]) && isfinite(phi[1]) && isfinite(phi[2]), ctx, WEIR_EARG,
               "error bar: values %g, %g, %g must be finite", phi[0], phi[1], phi[2]);
  WEIR_REQUIRE(formal > 0 && isfinite(formal), ctx, WEIR_EARG, "error bar: formal order %g, > 0 expected", formal);
  const double e21 = phi[1] - phi[0], e32 = phi[2] - phi[1], r21 = h[1] / h[0], r32 = h[2] / h[1];
  const double none = (double)NAN;
  *out = (weir_gci){.p = none, .extrapolated = phi[0], .error = 0, .fs = 3, .asymptotic = none, .ratio = e21 / e32};
  if (e21 == 0 && e32 == 0) return WEIR_OK;
  out->error = 3 * fmax(fabs(e21), fabs(e32));
  /* With unequal ratios even e21 = e32 can be monotone convergence: what counts is that a positive order solves it. */
  const double p = e21 * e32 > 0 ? observed_order(e21, e32, r21, r32) : none;
  if (!(p > 0.011 && p < 19.9)) return WEIR_OK;
  const double used = fmin(fmax(0.5, p), formal), grow = pow(r21, used) - 1, grow32 = pow(r32, used) - 1;
  out->p = p;
  out->extrapolated = phi[0] - e21 / (pow(r21, p) - 1);
  out->fs = fabs(p - formal) <= 0.1 * formal ? 1.25 : 3;
  out->error = out->fs * fabs(e21) / grow;
  out->asymptotic = (fabs(e32) / grow32) / (pow(r21, used) * (fabs(e21) / grow));
  return WEIR_OK;
}
