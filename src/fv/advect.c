/* The sweep of advect.h: three plain loops over rows, whatever the dimension.
 *
 *   For each row (j,k): axis-0 faces into `x`; upper faces of axis 1 (and 2) into `top`; the update takes the differences to the
 *   lower faces, which are the upper ones of the row before: buffers are swapped, not copied. */
#include "fv/advect_row.h"
#include "fv/advect_work.h"
#include "fv/limit.h"
#include "fv/slab.h"
#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------ tables */
static weir_status check_recon(weir_ctx *ctx, const weir_mesh *m, const weir_recon *r)
{
  WEIR_REQUIRE(r->abi == WEIR_SCHEME_ABI, ctx, WEIR_EARG, "scheme %s: ABI %u, %d expected", r->name, r->abi,
               WEIR_SCHEME_ABI);
  WEIR_REQUIRE(r->row != NULL && (r->cfl > 0 || r->linear > 0) && r->ghost >= 1 && r->ghost <= WEIR_RECON_MAXGHOST &&
                   r->ncoef >= 0 && r->ncoef <= WEIR_RECON_MAXCOEF && (r->ncoef == 0 || r->coef != NULL),
               ctx, WEIR_EARG, "scheme %s: no kernel, or cfl, ghost or ncoef out of range", r->name);
  WEIR_REQUIRE((r->product == 0 || r->product == 4 || r->product == 6) && (r->product == 0 || r->ghost >= PRODUCT_WIDE),
               ctx, WEIR_EARG, "scheme %s: product = %d with %d ghost layers; 0, or 4 or 6 with %d at least", r->name,
               r->product, r->ghost, (int)PRODUCT_WIDE);
  WEIR_REQUIRE(m->ghost >= r->ghost, ctx, WEIR_EARG, "scheme %s reads %d ghost layers, the mesh has %d", r->name,
               r->ghost, m->ghost);
  return WEIR_OK;
}

/* On a periodic axis face n is face 0; ghost widths there may differ in the last bit, so it is copied. */
static weir_status make_tables(weir_ctx *ctx, weir_advect *v, int a)
{
  const weir_axis *ax = &v->m->axis[a];
  const int count = v->recon->ncoef;
  const ptrdiff_t faces = ax->n + 1;
  double w[WEIR_RECON_MAXCOEF];
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(count > 0 ? count * faces : 1), "stencil coefficients", &v->coef[a]));
  for (ptrdiff_t i = 0; count > 0 && i < faces; i++) {
    v->recon->coef(ax->width + (ax->periodic && i == ax->n ? 0 : i), w);
    for (int c = 0; c < count; c++) v->coef[a][c * faces + i] = w[c];
  }
  const ptrdiff_t rows = a == 0 ? 1 : faces;
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, (size_t)rows, sizeof *v->stencil[a], "stencil coefficients", &p));
  v->stencil[a] = p;
  for (ptrdiff_t f = 0; f < rows; f++) {
    v->stencil[a][f].inc = a == 0 && !ax->uniform ? 1 : 0;
    for (int c = 0; c < count; c++) v->stencil[a][f].w[c] = v->coef[a] + c * faces + f;
  }
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)ax->n, "inverse cell measures", &v->inverse[a]));
  for (ptrdiff_t i = 0; i < ax->n; i++) v->inverse[a][i] = 1.0 / ax->measure[i];
  return WEIR_OK;
}

/* What an axis is asked for as a direction along faces. */
static weir_status make_moments(weir_ctx *ctx, weir_advect *v, int a)
{
  const weir_axis *ax = &v->m->axis[a];
  double m[PRODUCT_MOMENTS];
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(2 * ax->n), "slope weights", &v->slopes[a]));
  if (!ax->uniform) WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(PRODUCT_MOMENTS * ax->n), "moments", &v->moments[a]));
  for (ptrdiff_t i = 0; i < ax->n; i++) {
    const double l = ax->width[i - 1], h = ax->width[i], r = ax->width[i + 1], sum = l + h + r;
    v->slopes[a][i] = h * (h + 2.0 * r) / (sum * (l + h));
    v->slopes[a][ax->n + i] = h * (2.0 * l + h) / (sum * (h + r));
    if (ax->uniform) continue;
    weir_product_moments(ax, i, m);
    for (int k = 0; k < PRODUCT_MOMENTS; k++) v->moments[a][k * ax->n + i] = m[k];
  }
  return WEIR_OK;
}

static weir_status make_work(weir_ctx *ctx, const weir_advect *v, work *w)
{
  const weir_mesh *m = v->m;
  const ptrdiff_t pitch = (m->axis[0].n + 1 + 2 * WIDE + 2 * PAD - 1) / PAD * PAD;
  const ptrdiff_t low1 = m->dim > 1 ? 1 : 0, low2 = m->dim > 2 ? m->axis[1].n : 0;
  void *rows = NULL;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)((6 + low1 + low2) * pitch), "row buffers", &w->memory));
  WEIR_TRY(weir_alloc(ctx, (size_t)(low1 + low2), sizeof *w->rows, "row buffers", &rows));
  w->rows = rows;
  double *p = w->memory;
  double **const single[] = {&w->x, &w->scaled, &w->extra, &w->zero, &w->top[1], &w->top[2]};
  for (size_t k = 0; k < sizeof single / sizeof single[0]; k++, p += pitch) *single[k] = p;
  for (ptrdiff_t k = 0; k < low1 + low2; k++, p += pitch) w->rows[k] = p;
  w->low[1] = w->rows;
  w->low[2] = w->rows + low1;
  for (int a = 0; v->product > 0 && a < m->dim; a++) WEIR_TRY(weir_ring_create(ctx, v, a, &w->ring[a]));
  return WEIR_OK;
}

weir_status weir_advect_create(weir_ctx *ctx, const weir_mesh *m, const weir_recon *recon, int threads,
                               weir_advect **adv)
{
  void *p = NULL;
  weir_status st = WEIR_OK;
  *adv = NULL;
  WEIR_TRY(check_recon(ctx, m, recon));
  WEIR_TRY(weir_alloc(ctx, 1, sizeof **adv, "transport sweep", &p));
  weir_advect *v = p;
  v->m = m, v->recon = recon, v->outer = m->dim - 1;
  v->inc = m->axis[0].uniform ? 0 : 1;
  v->product = m->dim > 1 ? recon->product : 0;
  v->threads = slab_threads(m, v->outer, threads);
  WEIR_TRY_GOTO(st, fail, weir_alloc(ctx, (size_t)v->threads, sizeof *v->work, "row buffers", &p));
  v->work = p;
  for (int a = 0; a < m->dim; a++) WEIR_TRY_GOTO(st, fail, make_tables(ctx, v, a));
  for (int a = 0; v->product > 0 && a < m->dim; a++) WEIR_TRY_GOTO(st, fail, make_moments(ctx, v, a));
  for (int t = 0; t < v->threads; t++) WEIR_TRY_GOTO(st, fail, make_work(ctx, v, &v->work[t]));
  *adv = v;
  return WEIR_OK;
fail:
  weir_advect_destroy(&v);
  return st;
}

void weir_advect_destroy(weir_advect **adv)
{
  if (adv == NULL || *adv == NULL) return;
  weir_advect *v = *adv;
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    weir_free(v->coef[a]), weir_free(v->stencil[a]), weir_free(v->inverse[a]);
    weir_free(v->moments[a]), weir_free(v->slopes[a]);
  }
  for (int t = 0; v->work != NULL && t < v->threads; t++) {
    weir_free(v->work[t].memory), weir_free(v->work[t].rows);
    weir_limit_destroy(&v->work[t].limit);
    for (int a = 0; a < WEIR_MAXDIM; a++) weir_ring_free(&v->work[t].ring[a], a);
  }
  weir_bounds_destroy(&v->bounds);
  weir_free(v->work);
  weir_free(v);
  *adv = NULL;
}

ptrdiff_t weir_side_len(const weir_mesh *m, int a)
{
  return m->cells / m->axis[a].n;
}

/* ------------------------------------------------------------------ one slab */
/* One row: the faces of all axes, then the update. */
static void row(const weir_advect *v, const weir_advect_stage *s, work *wk, ptrdiff_t n,
                const ptrdiff_t start[WEIR_MAXDIM], bool look)
{
  const weir_mesh *m = v->m;
  const ptrdiff_t at = weir_mesh_index(m, start[0], start[1], start[2]);
  const double *low = wk->zero, *top = wk->zero, *extra = s->source != NULL ? s->source + at : NULL;
  double inverse = 0.0;
  weir_flux_row(v, s, wk, 0, n + 1, start, wk->x);
  for (int a = 1; a < WEIR_MAXDIM && a < m->dim; a++) {
    ptrdiff_t up[WEIR_MAXDIM] = {start[0], start[1], start[2]};
    double **const below = &wk->low[a][a == 2 ? start[1] : 0];
    up[a]++;
    if (a == 2) { /* the update takes two axes and one more row; the axis before goes there */
      weir_row_add_difference(n, low, top, inverse, extra, wk->extra);
      extra = wk->extra;
    }
    weir_flux_row(v, s, wk, a, n, up, wk->top[a]);
    low = *below, top = wk->top[a], inverse = v->inverse[a][start[a]];
    *below = wk->top[a], wk->top[a] = (double *)low;
  }
  const weir_row_state state = {.q = s->q + at,
                                .q0 = s->q0 + at,
                                .x = wk->x,
                                .inverse = v->inverse[0] + start[0],
                                .low = low,
                                .top = top,
                                .inverse_low = inverse,
                                .extra = extra,
                                .D = s->D != NULL ? s->D + at : NULL,
                                .out = s->out + at};
  weir_row_update(n, v->inc, &state, s->rk, s->dt);
  if (look) slab_found(&wk->found, n, s->out + at, start);
}

static void slab(const weir_advect *v, const weir_advect_stage *s, work *wk, ptrdiff_t lo, ptrdiff_t hi, bool look)
{
  const weir_mesh *m = v->m;
  ptrdiff_t from[WEIR_MAXDIM] = {0, 0, 0}, to[WEIR_MAXDIM] = {m->axis[0].n, m->axis[1].n, m->axis[2].n};
  from[v->outer] = lo, to[v->outer] = hi;
  const ptrdiff_t n = to[0] - from[0];
  wk->found.min = INFINITY;
  for (int a = 0; v->product > 0 && a < m->dim; a++) weir_ring_clear(&wk->ring[a]);
  for (ptrdiff_t j = from[1]; m->dim == 3 && j < to[1]; j++)
    weir_flux_row(v, s, wk, 2, n, (const ptrdiff_t[]){from[0], j, from[2]}, wk->low[2][j]);
  for (ptrdiff_t k = from[2]; k < to[2]; k++) {
    if (m->dim > 1) weir_flux_row(v, s, wk, 1, n, (const ptrdiff_t[]){from[0], from[1], k}, wk->low[1][0]);
    for (ptrdiff_t j = from[1]; j < to[1]; j++) row(v, s, wk, n, (const ptrdiff_t[]){from[0], j, k}, look);
  }
}

void weir_advect_run(weir_advect *adv, const weir_advect_stage *s, weir_advect_found *found)
{
  const ptrdiff_t n = adv->m->axis[adv->outer].n;
  const bool limited = s->positive || s->bounded;
  const int threads = limited && adv->m->dim == 1 ? 1 : adv->threads; /* a line is one unit of the limiter */
  if (s->bounded) weir_bounds_fluxes(adv, s);
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
  for (int p = 0; p < threads; p++) {
    const ptrdiff_t lo = n * p / threads, hi = n * (p + 1) / threads;
    if (limited)
      weir_limit_slab(adv, s, &adv->work[p], lo, hi, found != NULL);
    else
      slab(adv, s, &adv->work[p], lo, hi, found != NULL);
  }
  adv->limited = s->bounded ? weir_bounds_limited(adv->bounds) : (weir_limited){.theta = 1.0};
  for (int t = 0; limited && t < threads; t++) {
    adv->limited.cells += adv->work[t].limited.cells;
    adv->limited.theta = fmin(adv->limited.theta, adv->work[t].limited.theta);
  }
  if (found == NULL) return;
  *found = adv->work[0].found;
  for (int t = 1; t < threads; t++) slab_merge(found, &adv->work[t].found);
}

weir_status weir_advect_limiter(weir_ctx *ctx, weir_advect *adv, bool bounded)
{
  for (int t = 0; t < adv->threads; t++)
    if (adv->work[t].limit == NULL) WEIR_TRY(weir_limit_create(ctx, adv, &adv->work[t].limit));
  return bounded && adv->bounds == NULL ? weir_bounds_create(ctx, adv, &adv->bounds) : WEIR_OK;
}

weir_limited weir_advect_limited(const weir_advect *adv)
{
  return adv->limited;
}

/* ------------------------------------------------------------------ CFL */
static double slab_rate(const weir_advect *v, work *wk, const double *const w[WEIR_MAXDIM], const double *factor,
                        ptrdiff_t lo, ptrdiff_t hi)
{
  const weir_mesh *m = v->m;
  ptrdiff_t from[WEIR_MAXDIM] = {0, 0, 0}, to[WEIR_MAXDIM] = {m->axis[0].n, m->axis[1].n, m->axis[2].n};
  double most = 0.0;
  from[v->outer] = lo, to[v->outer] = hi;
  const ptrdiff_t n = to[0] - from[0];
  for (ptrdiff_t k = from[2]; k < to[2]; k++)
    for (ptrdiff_t j = from[1]; j < to[1]; j++) {
      const ptrdiff_t at = weir_mesh_index(m, from[0], j, k), where[WEIR_MAXDIM] = {from[0], j, k};
      memset(wk->extra, 0, (size_t)n * sizeof *wk->extra);
      for (int a = 0; a < WEIR_MAXDIM && a < m->dim; a++)
        weir_row_rate(n, m->stride[a], a == 0 ? 1 : 0, w[a] + at, factor[a], v->inverse[a] + where[a], wk->extra);
      const double r = weir_row_max(n, wk->extra);
      if (!isnan(most) && !(r <= most)) most = r;
    }
  return most;
}

double weir_advect_rate(weir_advect *adv, const double *const w[WEIR_MAXDIM], const double factor[WEIR_MAXDIM])
{
  const ptrdiff_t n = adv->m->axis[adv->outer].n;
  double most = 0.0;
#pragma omp parallel for schedule(static) num_threads(adv->threads) if (adv->threads > 1)
  for (int p = 0; p < adv->threads; p++)
    adv->work[p].rate = slab_rate(adv, &adv->work[p], w, factor, n * p / adv->threads, n * (p + 1) / adv->threads);
  for (int t = 0; t < adv->threads; t++)
    if (!isnan(most) && !(adv->work[t].rate <= most)) most = adv->work[t].rate;
  return most;
}
