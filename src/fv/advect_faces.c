/* Fluxes of one row of faces (advect_work.h): reconstruction, inflow, the product with the velocity and its moments. */
#include "fv/advect_row.h"
#include "fv/advect_work.h"
#include "fv/extend.h"
#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------ rings */
weir_status weir_ring_create(weir_ctx *ctx, const weir_advect *v, int a, ring *r)
{
  const weir_mesh *m = v->m;
  const bool outermost = a == v->outer;
  void *p = NULL;
  r->middle = outermost || m->dim == 2 ? 1 : a == 0 ? m->axis[1].n + 2 * WIDE : m->axis[1].n + 1;
  const ptrdiff_t rows = DEEP * r->middle, pitch = (m->axis[0].n + 2 * WIDE + 2 * PAD - 1) / PAD * PAD;
  WEIR_TRY(weir_alloc(ctx, (size_t)rows, sizeof *r->for_, "rows of face averages", &p));
  r->for_ = p;
  WEIR_TRY(weir_alloc(ctx, (size_t)rows, sizeof *r->row, "rows of face averages", &p));
  r->row = p;
  double *memory = NULL;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(rows * pitch), "rows of face averages", &memory));
  for (ptrdiff_t k = 0; k < rows; k++) r->row[k] = memory + k * pitch + (a == 0 ? 0 : WIDE);
  return WEIR_OK;
}

void weir_ring_free(ring *r, int a)
{
  if (r->row != NULL && r->row[0] != NULL) weir_free(r->row[0] - (a == 0 ? 0 : WIDE));
  weir_free(r->row);
  weir_free(r->for_);
}

void weir_ring_clear(ring *r)
{
  for (ptrdiff_t k = 0; k < DEEP * r->middle; k++) r->for_[k][0] = PTRDIFF_MIN;
}

/* ------------------------------------------------------------------ sides */
ptrdiff_t weir_side_at(const weir_mesh *m, int a, ptrdiff_t i, ptrdiff_t j, ptrdiff_t k)
{
  if (a == 0) return j + m->axis[1].n * k;
  return i + m->axis[0].n * (a == 1 ? k : j);
}

static void enter(ptrdiff_t n, const double *entry, double *face)
{
  for (ptrdiff_t i = 0; i < n; i++)
    if (!isnan(entry[i])) face[i] = entry[i];
}

static void enter_flux(ptrdiff_t n, int side, const double *entering, const double *w, double *flux)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const bool inward = side == 0 ? w[i] > 0.0 : w[i] < 0.0;
    if (inward) flux[i] = w[i] * entering[i];
  }
}

/* A face at rest takes the cell on its + side. On an open upper side that lies outside: look inside instead, as at the lower side, since its
 * value enters the moments of its neighbours. */
static void look_inside(const weir_advect *v, ptrdiff_t n, ptrdiff_t stride, const double *q, const double *w,
                        const weir_stencil *st, double *face)
{
  static const double outward = 1.0;
  for (ptrdiff_t i = 0; i < n; i++)
    if (w[i] == 0.0) v->recon->row(1, stride, q + i, &outward, st, face + i);
}

/* The row of face averages of axis a at (j,k); positions of the other axes may lie up to WIDE outside. */
/* ------------------------------------------------------------------ rows */
static const double *face_row(const weir_advect *v, const weir_advect_stage *s, work *wk, int a, ptrdiff_t j,
                              ptrdiff_t k)
{
  const weir_mesh *m = v->m;
  const weir_axis *ax = &m->axis[a];
  ring *r = &wk->ring[a];
  const ptrdiff_t deep = m->dim == 2 || a == v->outer ? j : k, middle = r->middle == 1 ? 0 : a == 0 ? j + WIDE : j;
  const ptrdiff_t slot = (deep + DEEP) % DEEP * r->middle + middle;
  double *face = r->row[slot];
  if (r->for_[slot][0] == j && r->for_[slot][1] == k) return face;
  r->for_[slot][0] = j, r->for_[slot][1] = k;
  const ptrdiff_t wide = a == 0 ? 0 : WIDE, n = m->axis[0].n + (a == 0 ? 1 : 2 * WIDE), f = a == 0 ? 0 : a == 1 ? j : k;
  const ptrdiff_t at = weir_mesh_index(m, -wide, j, k);
  const double *w = s->w[a] + at;
  const weir_stencil *st = &v->stencil[a][a == 0 ? 0 : f];
  if (s->factor[a] != 1.0) {
    weir_row_scale(n, s->factor[a], w, wk->scaled);
    w = wk->scaled;
  }
  v->recon->row(n, m->stride[a], s->q + at, w, st, face - wide);
  for (int side = 0; side < 2; side++) {
    const ptrdiff_t end = side == 0 ? 0 : ax->n;
    if (s->entry[a][side] == NULL || (a != 0 && f != end)) continue;
    if (side == 1) {
      weir_stencil last = *st;
      const ptrdiff_t first = a == 0 ? end : 0;
      for (int c = 0; a == 0 && st->inc > 0 && c < v->recon->ncoef; c++) last.w[c] += end;
      look_inside(v, a == 0 ? 1 : n, m->stride[a], s->q + at + first, w + first, &last, face - wide + first);
    }
    enter(a == 0 ? 1 : n, s->entry[a][side] + weir_entry_at(m, a, -wide, j, k), a == 0 ? face + end : face - wide);
  }
  return face;
}

/* Through a side moments may not turn a flux round, nor make one where w or rho is 0: nothing enters where nothing is given, and
 * where the flow turns round both may jump along the side. */
static void keep_direction(ptrdiff_t n, const double *w, const double *face, double *flux)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const double plain = w[i] * face[i];
    if (!((flux[i] > 0.0 && plain > 0.0) || (flux[i] < 0.0 && plain < 0.0))) flux[i] = plain;
  }
}

/* Five rows f_{-2} .. f_2 along axis t around the row of axis a at (j,k); along axis 0 one row, shifted. */
static void rows_along(const weir_advect *v, const weir_advect_stage *s, work *wk, int a, int t, ptrdiff_t j,
                       ptrdiff_t k, const double *q[DEEP])
{
  for (int d = -WIDE; d <= WIDE; d++)
    q[d + WIDE] =
        t == 0 ? face_row(v, s, wk, a, j, k) + d : face_row(v, s, wk, a, j + (t == 1 ? d : 0), k + (t == 2 ? d : 0));
}

/* The mixed moment along axes b < c. */
static void add_mixed(const weir_advect *v, const weir_advect_stage *s, work *wk, int a, ptrdiff_t n,
                      const ptrdiff_t start[WEIR_MAXDIM], double *flux)
{
  const weir_mesh *m = v->m;
  const int b = a == 0 ? 1 : 0, c = a == 2 ? 1 : 2;
  const double *q[3][3], *sb[2], *sc[2];
  for (int y = -1; y <= 1; y++)
    for (int x = -1; x <= 1; x++)
      q[x + 1][y + 1] = face_row(v, s, wk, a,
                                 start[1] + (b == 1   ? x
                                             : c == 1 ? y
                                                      : 0),
                                 start[2] + (c == 2 ? y : 0)) +
                        (b == 0 ? x : 0);
  for (int side = 0; side < 2; side++) {
    sb[side] = v->slopes[b] + side * m->axis[b].n + start[b];
    sc[side] = v->slopes[c] + side * m->axis[c].n + start[c];
  }
  const bool equal = m->axis[b].uniform && m->axis[c].uniform;
  const double *const rows[3][3] = {
      {q[0][0], q[0][1], q[0][2]}, {q[1][0], q[1][1], q[1][2]}, {q[2][0], q[2][1], q[2][2]}};
  weir_product_mixed(n, s->w[a] + weir_mesh_index(m, start[0], start[1], start[2]), m->stride[b], m->stride[c], rows,
                     equal ? NULL : sb, b == 0 ? 1 : 0, sc, 0, flux);
}

/* Fluxes of whole rows with the moments along the faces. */
static void product_row(const weir_advect *v, const weir_advect_stage *s, work *wk, int a, ptrdiff_t n,
                        const ptrdiff_t start[WEIR_MAXDIM], double *flux)
{
  const weir_mesh *m = v->m;
  const ptrdiff_t j = start[1], k = start[2];
  const double *w = s->w[a] + weir_mesh_index(m, start[0], j, k), *q[DEEP];
  for (int t = 0; t < m->dim; t++) {
    if (t == a) continue;
    rows_along(v, s, wk, a, t, j, k, q);
    const double *const rows[DEEP] = {q[0], q[1], q[2], q[3], q[4]};
    const double *moments = v->moments[t] == NULL ? NULL : v->moments[t] + start[t];
    (t == (a == 0) ? weir_product_begin : weir_product_along)(n, v->product, w, m->stride[t], rows, moments,
                                                              m->axis[t].n, t == 0 ? 1 : 0, flux);
  }
  if (m->dim == 3 && v->product == 6) add_mixed(v, s, wk, a, n, start, flux);
  for (int side = 0; side < 2; side++) {
    const ptrdiff_t end = side == 0 ? 0 : m->axis[a].n, first = a == 0 ? end : 0;
    if (s->entry[a][side] == NULL || (a != 0 && start[a] != end)) continue;
    keep_direction(a == 0 ? 1 : n, w + first, face_row(v, s, wk, a, j, k) + first, flux + first);
  }
  if (s->factor[a] != 1.0) weir_row_times_number(n, s->factor[a], flux);
  for (int side = 0; side < 2; side++) {
    const ptrdiff_t end = side == 0 ? 0 : m->axis[a].n, first = a == 0 ? end : 0;
    if (s->through[a][side] == NULL || (a != 0 && start[a] != end)) continue;
    memcpy(s->through[a][side] + weir_side_at(m, a, start[0], j, k), flux + first,
           (size_t)(a == 0 ? 1 : n) * sizeof *flux);
  }
}

void weir_flux_row(const weir_advect *v, const weir_advect_stage *s, work *wk, int a, ptrdiff_t n,
                   const ptrdiff_t start[WEIR_MAXDIM], double *flux)
{
  const weir_mesh *m = v->m;
  const weir_axis *ax = &m->axis[a];
  const ptrdiff_t at = weir_mesh_index(m, start[0], start[1], start[2]), f = start[a];
  const double *w = s->w[a] + at;
  if (v->product > 0) {
    product_row(v, s, wk, a, n, start, flux);
    return;
  }
  const weir_stencil *st = &v->stencil[a][a == 0 ? 0 : f];
  weir_stencil shifted; /* threads share the one row there is in 1D */
  if (a == 0 && f > 0 && st->inc > 0) {
    shifted = *st, st = &shifted;
    for (int c = 0; c < v->recon->ncoef; c++) shifted.w[c] += f;
  }
  if (s->factor[a] != 1.0) {
    weir_row_scale(n, s->factor[a], w, wk->scaled);
    w = wk->scaled;
  }
  if (v->recon->flux != NULL) {
    v->recon->flux(n, m->stride[a], s->q + at, w, st, flux);
  } else {
    v->recon->row(n, m->stride[a], s->q + at, w, st, flux);
    weir_row_times(n, w, flux);
  }
  for (int side = 0; side < 2; side++) {
    const ptrdiff_t face = side == 0 ? 0 : ax->n, k = face - f; /* along axis 0 the side is entry k of the row */
    if (a == 0 ? k < 0 || k >= n : k != 0) continue;
    const ptrdiff_t first = a == 0 ? k : 0, count = a == 0 ? 1 : n,
                    pos = weir_side_at(m, a, start[0], start[1], start[2]);
    if (s->entering[a][side] != NULL) enter_flux(count, side, s->entering[a][side] + pos, w + first, flux + first);
    if (s->through[a][side] != NULL) memcpy(s->through[a][side] + pos, flux + first, (size_t)count * sizeof *flux);
  }
}
