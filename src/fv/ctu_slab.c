/* The rows of the corner-transport step, in the order in which each value is computed once (but between slabs). */
#include "fv/ctu_work.h"
#include "fv/slab.h"

static void swap_edges(weir_ctu_edge *a, weir_ctu_edge *b)
{
  const weir_ctu_edge t = *a;
  *a = *b, *b = t;
}

static void swap_rows(double **a, double **b)
{
  double *const t = *a;
  *a = *b, *b = t;
}

static weir_ctu_edge left_of(const weir_ctu_edge *e)
{
  return (weir_ctu_edge){.e = e->e - 1, .s = e->s - 1};
}

/* n faces of axis a, the first below cell `at`. */
static void faces(const weir_ctu *c, const weir_advect_stage *s, int a, ptrdiff_t n, const ptrdiff_t at[WEIR_MAXDIM],
                  const weir_ctu_edge *below, const weir_ctu_edge *above, double *F)
{
  const weir_ctu_axis x = ctu_axis(c, s, a, at);
  weir_ctu_flux(n, &x, x.inverse - 1, below, above, F);
  ctu_sides(c, s, a, n, at, F);
}

static weir_ctu_state state_of(const weir_ctu *c, const weir_advect_stage *s, const ctu_work *wk,
                               const ptrdiff_t at[WEIR_MAXDIM])
{
  const weir_mesh *m = c->m;
  const ptrdiff_t cell = weir_mesh_index(m, at[0], at[1], at[2]);
  weir_ctu_state state = {.q = s->q + cell,
                          .x = wk->x,
                          .g = s->dt * s->factor[0],
                          .inverse = c->inverse[0] + at[0],
                          .source = s->source != NULL ? s->source + cell : NULL,
                          .dt = s->dt,
                          .out = s->out + cell};
  for (int a = 1; a < WEIR_MAXDIM && a < m->dim; a++) {
    state.low[a - 1] = wk->low[a - 1][a == 2 ? at[1] : 0], state.top[a - 1] = wk->top[a - 1];
    state.f[a - 1] = s->dt * s->factor[a] * c->inverse[a][at[a]];
  }
  return state;
}

static void finish(const weir_ctu *c, const weir_advect_stage *s, ctu_work *wk, ptrdiff_t n,
                   const ptrdiff_t at[WEIR_MAXDIM], bool look)
{
  const weir_ctu_state state = state_of(c, s, wk, at);
  weir_ctu_update(n, c->m->dim, c->inc, &state);
  if (look) slab_found(&wk->found, n, state.out, at);
  for (int a = 1; a < WEIR_MAXDIM && a < c->m->dim; a++)
    swap_rows(&wk->low[a - 1][a == 2 ? at[1] : 0], &wk->top[a - 1]);
}

/* Is there nothing to be done but multiply at the faces below row j? */
static bool inner(const weir_ctu *c, const weir_advect_stage *s, ptrdiff_t j)
{
  const int side = j == 0 ? 0 : 1;
  return s->source == NULL && ((j != 0 && j != c->m->axis[1].n) || s->through[1][side] == NULL);
}

/* 2D: the faces above row `done`, and its update. */
static void faces_finish(const weir_ctu *c, const weir_advect_stage *s, ctu_work *wk, const ptrdiff_t done[WEIR_MAXDIM],
                         bool look)
{
  const ptrdiff_t n = c->m->axis[0].n, at[WEIR_MAXDIM] = {0, done[1] + 1, 0};
  if (!inner(c, s, at[1])) {
    faces(c, s, 1, n, at, &wk->up[0][0], &wk->up[0][1], wk->top[0]);
    finish(c, s, wk, n, done, look);
    return;
  }
  const weir_ctu_axis x = ctu_axis(c, s, 1, at);
  const weir_ctu_state state = state_of(c, s, wk, done);
  weir_ctu_flux_update(n, c->inc, &x, x.inverse[-1], &wk->up[0][0], &wk->up[0][1], &state, wk->low[0][0]);
  if (look) slab_found(&wk->found, n, state.out, done);
}

static void add_source(const weir_ctu *c, const weir_advect_stage *s, ptrdiff_t n, const ptrdiff_t at[WEIR_MAXDIM],
                       double *e)
{
  if (s->source != NULL) weir_ctu_add(n, 0.5 * s->dt, s->source + weir_mesh_index(c->m, at[0], at[1], at[2]), e);
}

/* ------------------------------------------------------------------ 1D, 2D */
static void line(const weir_ctu *c, const weir_advect_stage *s, ctu_work *wk, ptrdiff_t lo, ptrdiff_t hi, bool look)
{
  const ptrdiff_t at[WEIR_MAXDIM] = {lo, 0, 0}, before[WEIR_MAXDIM] = {lo - 1, 0, 0}, n = hi - lo;
  const weir_ctu_axis x = ctu_axis(c, s, 0, before);
  const weir_ctu_edge all = left_of(&wk->along);
  const double *const q = s->q + weir_mesh_index(c->m, lo - 1, 0, 0);
  weir_ctu_slope(n + 2, &x, q, all.s);
  weir_ctu_centre(n + 2, 1, &x, q, all.e);
  add_source(c, s, n + 2, before, all.e);
  faces(c, s, 0, n + 1, at, &all, &wk->along, wk->x);
  finish(c, s, wk, n, at, look);
}

/* Edge states of row j: of axis 0 into along, of axis 1 into up. */
static void predict_row(const weir_ctu *c, const weir_advect_stage *s, ctu_work *wk, ptrdiff_t j, weir_ctu_edge *up)
{
  const ptrdiff_t at[WEIR_MAXDIM] = {-1, j, 0}, n = c->m->axis[0].n + 2;
  const weir_ctu_axis x[2] = {ctu_axis(c, s, 0, at), ctu_axis(c, s, 1, at)};
  weir_ctu_edge to[2] = {left_of(&wk->along), left_of(up)};
  weir_ctu_plane(n, x, s->q + weir_mesh_index(c->m, -1, j, 0), to);
  for (int a = 0; a < 2; a++) add_source(c, s, n, at, to[a].e);
}

void ctu_slab(const weir_ctu *c, const weir_advect_stage *s, ctu_work *wk, ptrdiff_t lo, ptrdiff_t hi, bool look)
{
  if (c->m->dim == 1) {
    line(c, s, wk, lo, hi, look);
    return;
  }
  const ptrdiff_t n = c->m->axis[0].n;
  weir_ctu_edge *const up = wk->up[0];
  predict_row(c, s, wk, lo - 1, &up[0]);
  for (ptrdiff_t j = lo; j <= hi; j++) {
    const ptrdiff_t at[WEIR_MAXDIM] = {0, j, 0}, done[WEIR_MAXDIM] = {0, j - 1, 0};
    predict_row(c, s, wk, j, &up[1]);
    if (j == lo)
      faces(c, s, 1, n, at, &up[0], &up[1], wk->low[0][0]);
    else
      faces_finish(c, s, wk, done, look);
    swap_edges(&up[0], &up[1]);
    if (j == hi) break;
    const weir_ctu_edge left = left_of(&wk->along);
    faces(c, s, 0, n + 1, at, &left, &wk->along, wk->x);
  }
}

/* ------------------------------------------------------------------ 3D */
/* Row j of plane k of the predictions along axis a (`first`); a = 2: of the plane under way. */
static double *first_row(const weir_ctu *c, const ctu_work *wk, int a, ptrdiff_t j, ptrdiff_t k)
{
  const ptrdiff_t n1 = c->m->axis[1].n, plane = (k + 3) % 3;
  if (a == 2) return wk->first[2][(j + 3) % 3];
  return a == 0 ? wk->first[0][plane * (n1 + 2) + j + 1] : wk->first[1][plane * n1 + j];
}

static void predict_first(const weir_ctu *c, const weir_advect_stage *s, ctu_work *wk, int a, ptrdiff_t j, ptrdiff_t k)
{
  const ptrdiff_t i = a == 0 ? 0 : -1, at[WEIR_MAXDIM] = {i, j, k};
  const weir_ctu_axis x = ctu_axis(c, s, a, at);
  weir_ctu_first(c->m->axis[0].n - 2 * i, &x, s->q + weir_mesh_index(c->m, i, j, k), first_row(c, wk, a, j, k) + i);
}

/* Plane k of the predictions along axes 0 and 1. */
static void predict_plane(const weir_ctu *c, const weir_advect_stage *s, ctu_work *wk, ptrdiff_t k)
{
  for (ptrdiff_t j = -1; j <= c->m->axis[1].n; j++) predict_first(c, s, wk, 0, j, k);
  for (ptrdiff_t j = 0; j < c->m->axis[1].n; j++) predict_first(c, s, wk, 1, j, k);
}

/* Three rows below, here and above along axis t of the predictions along axis a, from cell i on. */
static void rows_along(const weir_ctu *c, const ctu_work *wk, int a, int t, const ptrdiff_t at[WEIR_MAXDIM],
                       const double *row[3])
{
  for (ptrdiff_t d = -1; d <= 1; d++)
    row[d + 1] = first_row(c, wk, a, at[1] + (t == 1 ? d : 0), at[2] + (t == 2 ? d : 0)) + at[0] + (t == 0 ? d : 0);
}

static void centre_row(const weir_ctu *c, const weir_advect_stage *s, const ptrdiff_t at[WEIR_MAXDIM], ptrdiff_t n,
                       double *centre)
{
  const weir_ctu_axis x[3] = {ctu_axis(c, s, 0, at), ctu_axis(c, s, 1, at), ctu_axis(c, s, 2, at)};
  weir_ctu_centre(n, 3, x, s->q + weir_mesh_index(c->m, at[0], at[1], at[2]), centre);
  add_source(c, s, n, at, centre);
}

/* Edge states of axis a from the centres; n cells from `at` on. */
static void edge_row(const weir_ctu *c, const weir_advect_stage *s, const ctu_work *wk, int a,
                     const ptrdiff_t at[WEIR_MAXDIM], ptrdiff_t n, const double *centre, const weir_ctu_edge *to)
{
  const int b = a == 0 ? 1 : 0, d = a == 2 ? 1 : 2;
  const weir_ctu_axis x = ctu_axis(c, s, a, at), y = ctu_axis(c, s, b, at), z = ctu_axis(c, s, d, at);
  const double *by[3], *bz[3];
  rows_along(c, wk, d, b, at, by);
  rows_along(c, wk, b, d, at, bz);
  weir_ctu_corner(n, centre + at[0], &y, by, &z, bz, to->e + at[0]);
  weir_ctu_slope(n, &x, s->q + weir_mesh_index(c->m, at[0], at[1], at[2]), to->s + at[0]);
}

/* Row j of plane k: its centres, edge states of axis 1. Predictions along axis 2 are known up to row j. */
static void predict_up(const weir_ctu *c, const weir_advect_stage *s, ctu_work *wk, ptrdiff_t j, ptrdiff_t k,
                       const weir_ctu_edge *to)
{
  const ptrdiff_t n = c->m->axis[0].n, all[WEIR_MAXDIM] = {-1, j, k}, at[WEIR_MAXDIM] = {0, j, k};
  double *const centre = wk->centre[j & 1];
  centre_row(c, s, all, n + 2, centre - 1);
  edge_row(c, s, wk, 1, at, n, centre, to);
}

static void predict_deep(const weir_ctu *c, const weir_advect_stage *s, ctu_work *wk, ptrdiff_t j, ptrdiff_t k,
                         const weir_ctu_edge *to)
{
  const ptrdiff_t n = c->m->axis[0].n, at[WEIR_MAXDIM] = {0, j, k};
  centre_row(c, s, at, n, wk->x);
  edge_row(c, s, wk, 2, at, n, wk->x, to);
}

/* Faces of axis 2 below row (j,k), edge states of that row. */
static void deep_faces(const weir_ctu *c, const weir_advect_stage *s, ctu_work *wk, ptrdiff_t j, ptrdiff_t k, double *F)
{
  weir_ctu_edge *const below = &wk->up[1][j], *const spare = &wk->up[1][c->m->axis[1].n];
  predict_deep(c, s, wk, j, k, spare);
  faces(c, s, 2, c->m->axis[0].n, (const ptrdiff_t[]){0, j, k}, below, spare, F);
  swap_edges(below, spare);
}

static void plane(const weir_ctu *c, const weir_advect_stage *s, ctu_work *wk, ptrdiff_t k, bool look)
{
  const ptrdiff_t n = c->m->axis[0].n, n1 = c->m->axis[1].n;
  weir_ctu_edge *const up = wk->up[0];
  predict_plane(c, s, wk, k + 1);
  predict_first(c, s, wk, 2, -1, k);
  predict_up(c, s, wk, -1, k, &up[0]);
  predict_first(c, s, wk, 2, 0, k);
  predict_up(c, s, wk, 0, k, &up[1]);
  faces(c, s, 1, n, (const ptrdiff_t[]){0, 0, k}, &up[0], &up[1], wk->low[0][0]);
  for (ptrdiff_t j = 0; j < n1; j++) {
    const ptrdiff_t at[WEIR_MAXDIM] = {0, j, k}, all[WEIR_MAXDIM] = {-1, j, k}, next[WEIR_MAXDIM] = {0, j + 1, k};
    const weir_ctu_edge left = left_of(&wk->along);
    swap_edges(&up[0], &up[1]);
    predict_first(c, s, wk, 2, j + 1, k);
    edge_row(c, s, wk, 0, all, n + 2, wk->centre[j & 1], &wk->along);
    predict_up(c, s, wk, j + 1, k, &up[1]);
    faces(c, s, 1, n, next, &up[0], &up[1], wk->top[0]);
    deep_faces(c, s, wk, j, k + 1, wk->top[1]);
    faces(c, s, 0, n + 1, at, &left, &wk->along, wk->x);
    finish(c, s, wk, n, at, look);
  }
}

void ctu_slab_3d(const weir_ctu *c, const weir_advect_stage *s, ctu_work *wk, ptrdiff_t lo, ptrdiff_t hi, bool look)
{
  const ptrdiff_t n1 = c->m->axis[1].n;
  predict_plane(c, s, wk, lo - 1);
  predict_plane(c, s, wk, lo);
  for (ptrdiff_t j = 0; j < n1; j++) {
    predict_deep(c, s, wk, j, lo - 1, &wk->up[1][j]);
    deep_faces(c, s, wk, j, lo, wk->low[1][j]);
  }
  for (ptrdiff_t k = lo; k < hi; k++) plane(c, s, wk, k, look);
}
