/* Points: origins and densities of arrays of points, in batches of a fixed size whatever the number of threads. */
#include "exact/path.h"

static weir_status worst_of(weir_ctx *ctx, const path *p, ptrdiff_t first, const path_failure *bad)
{
  return first < 0 ? WEIR_OK : path_complain(ctx, p, bad);
}

/* Keep the failure of the smallest batch, so that threads do not choose. */
static void note(ptrdiff_t k, const path_failure *mine, ptrdiff_t *first, path_failure *bad)
{
#pragma omp critical(weir_flowmap_note)
  if (*first < 0 || k < *first) *first = k, *bad = *mine;
}

weir_status weir_flowmap_trace(weir_ctx *ctx, const weir_flowmap *f, double t, ptrdiff_t n,
                               const double *const x[WEIR_MAXDIM], const weir_flowmap_origin *out)
{
  path p;
  path_failure bad = {PATH_FINE, {0}, 0};
  ptrdiff_t first = -1;
  WEIR_TRY(path_create(ctx, f, t, &p));
#pragma omp parallel for schedule(dynamic) if (n > 2 * PATH_LANES)
  for (ptrdiff_t k = 0; k < n; k += PATH_LANES) {
    const ptrdiff_t count = n - k < PATH_LANES ? n - k : PATH_LANES;
    const double *at[WEIR_MAXDIM] = {NULL};
    path_state y;
    path_failure mine = {PATH_FINE, {0}, 0};
    for (int a = 0; a < f->dim; a++) at[a] = x[a] + k;
    if (!path_origin(&p, count, at, &y, out->when + k, out->side + k, &mine)) {
      note(k, &mine, &first, &bad);
      continue;
    }
    for (ptrdiff_t i = 0; i < count; i++) {
      for (int a = 0; a < f->dim; a++) out->y[a][k + i] = y.part[a][i];
      out->integral[k + i] = y.part[PATH_DIV][i];
    }
  }
  return worst_of(ctx, &p, first, &bad);
}

weir_status weir_flowmap_density(weir_ctx *ctx, const weir_flowmap *f, double t, ptrdiff_t n,
                                 const double *const x[WEIR_MAXDIM], double *rho)
{
  path p;
  path_failure bad = {PATH_FINE, {0}, 0};
  ptrdiff_t first = -1;
  WEIR_TRY(path_create(ctx, f, t, &p));
#pragma omp parallel for schedule(dynamic) if (n > 2 * PATH_LANES)
  for (ptrdiff_t k = 0; k < n; k += PATH_LANES) {
    const double *at[WEIR_MAXDIM] = {NULL};
    path_failure mine = {PATH_FINE, {0}, 0};
    for (int a = 0; a < f->dim; a++) at[a] = x[a] + k;
    if (!path_density(&p, n - k < PATH_LANES ? n - k : PATH_LANES, at, rho + k, &mine)) note(k, &mine, &first, &bad);
  }
  return worst_of(ctx, &p, first, &bad);
}
