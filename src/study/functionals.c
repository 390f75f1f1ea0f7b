/* Functionals of a density and their error bars.
 *
 *   With m_i = |C_i| q_i, M = sum m_i:  mean_a = sum m_i x_a,i / M,   second moment = sum m_i |x_i - mean|^2 / M,
 *   L2 norm = (sum |C_i| q_i^2)^1/2,   max = max q_i.
 * A density that varies inside its cells differs from these by O(h^2) (second moment on a uniform mesh: h^2/12 an axis exactly, Sheppard
 * 1898), so their formal order is min(scheme's, 2), whatever the field does. The truth is taken from the exact averages in the same way
 * on two meshes and extrapolated: F = F_1 + (F_1 - F_2)/(r^2 - 1). */
#include "study/functionals.h"
#include <weir/sum.h>
#include <math.h>
#include <stdio.h>

/* The sum over cells of |C| q (f = -1: 1; f < dim: x_f; f = dim: |x - mean|^2; f = dim + 1: q). */
static double moment(const weir_mesh *m, const double *q, int f, const double *mean)
{
  weir_sum s;
  weir_sum_clear(&s);
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const ptrdiff_t at[WEIR_MAXDIM] = {i, j, k};
        const double rho = q[weir_mesh_index(m, i, j, k)];
        double g = f < 0 ? 1 : f < m->dim ? m->axis[f].centre[at[f]] : f == m->dim ? 0 : rho;
        for (int a = 0; f == m->dim && a < m->dim; a++) g += pow(m->axis[a].centre[at[a]] - mean[a], 2);
        weir_sum_add(&s, weir_mesh_cell_volume(m, i, j, k) * rho * g);
      }
  return weir_sum_value(&s);
}

void weir_functionals_of(const weir_mesh *m, const double *q, double *value)
{
  const double M = moment(m, q, -1, NULL), per = M > 0 ? 1 / M : (double)NAN;
  double lo = 0, hi = 0;
  for (int a = 0; a < m->dim; a++) value[a] = per * moment(m, q, a, NULL);
  value[m->dim] = per * moment(m, q, m->dim, value);
  value[m->dim + 1] = sqrt(moment(m, q, m->dim + 1, NULL));
  weir_mesh_range(m, q, &lo, &hi, NULL, NULL);
  value[m->dim + 2] = hi;
}

void weir_functional_name(int dim, int k, char name[24])
{
  static const char *const other[] = {"second moment", "L2 norm", "max"};
  if (k < dim)
    (void)snprintf(name, 24, "mean %c", "xyz"[k]);
  else
    (void)snprintf(name, 24, "%s", other[k - dim]);
}

static weir_status bars_of(weir_ctx *ctx, const weir_convergence *r, weir_functional *f, const double h[])
{
  double phi[WEIR_ORDER_MAXLEVEL];
  f->usable = true;
  for (int l = 0; l < r->runs; l++) {
    phi[l] = f->value[r->runs - 1 - l];
    f->usable = f->usable && isfinite(phi[l]);
  }
  f->formal = fmin(r->formal, 2);
  if (!f->usable) return WEIR_OK;
  WEIR_TRY(weir_gci_scalar(ctx, phi, h, f->formal, &f->bar));
  return r->runs >= 4 ? weir_gci_least_squares(ctx, r->runs, phi, h, f->formal, &f->fit) : WEIR_OK;
}

weir_status weir_study_bars(weir_ctx *ctx, weir_convergence *out, double (*difference)[3],
                            double truth[2][WEIR_FUNCTIONALS])
{
  double h[WEIR_ORDER_MAXLEVEL] = {0}; /* the finest first */
  const int n = out->runs;
  for (int l = 0; l < n; l++) h[l] = out->run_h[n - 1 - l];
  for (int k = 0; k < 3; k++) {
    const double e21 = difference[n - 2][k], e32 = difference[n - 3][k], phi[3] = {0, e21, e21 + e32};
    out->field[k] = (weir_gci){.p = (double)NAN, .error = (double)NAN, .asymptotic = (double)NAN, .ratio = (double)NAN};
    if (isfinite(e21) && isfinite(e32)) WEIR_TRY(weir_gci_scalar(ctx, phi, h, out->formal, &out->field[k]));
  }
  for (int k = 0; k < out->functionals; k++) {
    weir_functional *f = &out->functional[k];
    const double r = h[1] / h[0];
    f->truth = truth[1][k] + (truth[1][k] - truth[0][k]) / (r * r - 1);
    WEIR_TRY(bars_of(ctx, out, f, h));
  }
  return WEIR_OK;
}
