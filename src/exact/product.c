/* Functions of product form over a mesh, and the checks that box solutions share. */
#include "exact/classes.h"
#include <math.h>

void product_add(const weir_mesh *m, const double *const f[WEIR_MAXDIM], double scale, double *cells)
{
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++) {
      const double outer = scale * (m->dim > 1 ? f[1][j] : 1.0) * (m->dim > 2 ? f[2][k] : 1.0);
      double *restrict row = cells + weir_mesh_index(m, 0, j, k);
      const double *restrict inner = f[0];
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) row[i] += outer * inner[i];
    }
}

void product_fill(const weir_mesh *m, double value, double *cells)
{
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) cells[weir_mesh_index(m, i, j, k)] = value;
}

weir_status product_axes(weir_ctx *ctx, const weir_mesh *m, double *f[WEIR_MAXDIM])
{
  ptrdiff_t total = 0;
  for (int a = 0; a < m->dim; a++) total += m->axis[a].n;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)total, "axis factors", &f[0]));
  for (int a = 1; a < m->dim; a++) f[a] = f[a - 1] + m->axis[a - 1].n;
  return WEIR_OK;
}

double sinc(double x)
{
  return fabs(x) < 1e-4 ? 1.0 - x * x / 6.0 : sin(x) / x; /* the next term is below 1e-18 */
}

weir_status box_check(weir_ctx *ctx, const char *who, int d, const double *lo, const double *hi)
{
  for (int a = 0; a < d; a++)
    WEIR_REQUIRE(lo[a] < hi[a], ctx, WEIR_EARG, "%s: the box is [%.17g, %.17g] on axis %d, expected lo < hi", who,
                 lo[a], hi[a], a);
  return WEIR_OK;
}

weir_status whole_check(weir_ctx *ctx, const char *who, const char *name, int d, const double *k)
{
  for (int a = 0; a < d; a++)
    WEIR_REQUIRE(fabs(k[a]) <= 1e6 && k[a] == floor(k[a]), ctx, WEIR_EARG,
                 "%s: entry %d of parameter '%s' is %.17g, expected a whole number of at most 10^6", who, a, name,
                 k[a]);
  return WEIR_OK;
}
