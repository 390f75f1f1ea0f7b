/* The sweep with the capacity limiter: no cell gives away more than it holds (fv/README.md, "Limiters").
 *
 *   A flux is known in full when the share theta of the cell it leaves is, and that needs all fluxes of the cell. So the update follows
 *   one position of the outermost axis behind: a *unit*, one row in 2D, one plane in 3D, everything in 1D. At unit u
 *       fluxes along the unit's own axes and on its upper side (face u+1);  theta of its cells;
 *       its own fluxes and face u, which lies between u-1 and u, are scaled;  unit u-1 is updated.
 *   The unit before a slab and the one after it are computed too, with the same arithmetic, for their theta: same bits for any number of
 *   threads. Rows in which no cell is limited (most of them) are left alone. */
#include "fv/limit.h"
#include "fv/advect_row.h"
#include "fv/limit_row.h"
#include "fv/slab.h"
#include <math.h>
#include <string.h>

struct limit {
  weir_advect_stage raw; /* the stage without `through`: what goes through the sides is limited first */
  ptrdiff_t rows;        /* of a unit */
  bool acting;           /* the last row had a limited cell, so the next is likely to: asking first does not pay */
  double *memory, **pointers;
  double **x[2], **extra[2];  /* of units u and u-1: fluxes along rows; the share of axis 1 in L (3D) */
  double **theta[2];          /* entries -1 and n0 too */
  const double **share[2];    /* theta, or ones where no cell of the row is limited */
  double **y;                 /* 3D: axis-1 fluxes, one row more */
  double **outer[3];          /* faces u-1, u, u+1 of the outermost axis */
  double *over, *ones, *side; /* single rows */
};

/* ------------------------------------------------------------------ life */
weir_status weir_limit_create(weir_ctx *ctx, const weir_advect *v, limit **out)
{
  enum { SETS = 9, SINGLE = 3 };
  const weir_mesh *m = v->m;
  void *p = NULL;
  *out = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof **out, "limiter", &p));
  limit *l = *out = p;
  l->rows = m->dim == 3 ? m->axis[1].n : 1;
  const ptrdiff_t pitch = (m->axis[0].n + 1 + 2 * PAD + PAD - 1) / PAD * PAD, each = l->rows + 1;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)((SETS * l->rows + each + SINGLE) * pitch + PAD), "rows of the limiter",
                              &l->memory));
  WEIR_TRY(weir_alloc(ctx, (size_t)((SETS + 3) * each), sizeof *l->pointers, "rows of the limiter", &p));
  l->pointers = p;
  double *at = l->memory + PAD;
  double ***const sets[SETS + 1] = {&l->x[0],     &l->x[1],     &l->extra[0], &l->extra[1], &l->theta[0],
                                    &l->theta[1], &l->outer[0], &l->outer[1], &l->outer[2], &l->y};
  for (int k = 0; k < SETS + 1; k++) {
    *sets[k] = l->pointers + k * each;
    for (ptrdiff_t r = 0; r < (k < SETS ? l->rows : each); r++, at += pitch) (*sets[k])[r] = at;
  }
  l->share[0] = (const double **)(l->pointers + (SETS + 1) * each);
  l->share[1] = (const double **)(l->pointers + (SETS + 2) * each);
  l->over = at, l->ones = at + pitch, l->side = at + 2 * pitch;
  for (ptrdiff_t i = -1; i <= m->axis[0].n; i++) l->ones[i] = 1.0;
  return WEIR_OK;
}

void weir_limit_destroy(limit **l)
{
  if (l == NULL || *l == NULL) return;
  weir_free((*l)->memory);
  weir_free((*l)->pointers);
  weir_free(*l);
  *l = NULL;
}

/* ------------------------------------------------------------------ sides */
/* What lies outside gives without limit where the flow enters, and nothing where it leaves: a density below 0 at an outflow face would
 * draw mass in. */
static double outside(const weir_advect_stage *s, int a, int side, double w)
{
  const double u = s->factor[a] * w;
  return !s->positive || (side == 0 ? u > 0.0 : u < 0.0) ? 1.0 : 0.0;
}

static const double *outside_row(const weir_advect *v, const weir_advect_stage *s, double *row, int a, int side,
                                 const ptrdiff_t start[WEIR_MAXDIM])
{
  const double *w = s->w[a] + weir_mesh_index(v->m, start[0], start[1], start[2]);
  for (ptrdiff_t i = 0; i < v->m->axis[0].n; i++) row[i] = outside(s, a, side, w[i]);
  return row;
}

static void pass_through(const weir_advect *v, const weir_advect_stage *s, int a, int side,
                         const ptrdiff_t start[WEIR_MAXDIM], const double *flux)
{
  if (s->through[a][side] == NULL) return;
  memcpy(s->through[a][side] + weir_side_at(v->m, a, 0, start[1], start[2]), flux,
         (size_t)(a == 0 ? 1 : v->m->axis[0].n) * sizeof *flux);
}

/* ------------------------------------------------------------------ one unit */
/* Row j of the unit at position p of the outermost axis. */
static void place(const weir_advect *v, ptrdiff_t p, ptrdiff_t j, ptrdiff_t start[WEIR_MAXDIM])
{
  start[0] = 0;
  start[1] = v->m->dim == 2 ? p : v->m->dim == 3 ? j : 0;
  start[2] = v->m->dim == 3 ? p : 0;
}

static ptrdiff_t wrapped(const weir_advect *v, ptrdiff_t p, ptrdiff_t last)
{
  const ptrdiff_t n = v->m->axis[v->outer].n;
  return p < 0 ? p + n : p > last ? p - n : p;
}

static void fetch(const weir_advect *v, const weir_advect_stage *s, work *wk, int a, const ptrdiff_t start[WEIR_MAXDIM],
                  double *flux)
{
  const ptrdiff_t n = v->m->axis[0].n + (a == 0);
  if (s->bounded)
    memcpy(flux, weir_bounds_row(v, a, start), (size_t)n * sizeof *flux);
  else
    weir_flux_row(v, &wk->limit->raw, wk, a, n, start, flux);
}

static void outer_faces(const weir_advect *v, const weir_advect_stage *s, work *wk, ptrdiff_t f)
{
  ptrdiff_t start[WEIR_MAXDIM];
  for (ptrdiff_t j = 0; j < wk->limit->rows; j++) {
    place(v, wrapped(v, f, v->m->axis[v->outer].n), j, start);
    fetch(v, s, wk, v->outer, start, wk->limit->outer[(f + 3) % 3][j]);
  }
}

static void unit_fluxes(const weir_advect *v, const weir_advect_stage *s, work *wk, ptrdiff_t u, ptrdiff_t p)
{
  limit *l = wk->limit;
  ptrdiff_t start[WEIR_MAXDIM];
  const ptrdiff_t top = wrapped(v, u + 1, v->m->axis[v->outer].n);
  if (v->m->dim == 3) {
    place(v, p, 0, start);
    fetch(v, s, wk, 1, start, l->y[0]);
  }
  for (ptrdiff_t j = 0; j < l->rows; j++) {
    place(v, p, j, start);
    fetch(v, s, wk, 0, start, l->x[u & 1][j]);
    if (v->m->dim == 3) {
      place(v, p, j + 1, start);
      fetch(v, s, wk, 1, start, l->y[j + 1]);
    }
    if (v->m->dim == 1) continue;
    place(v, top, j, start);
    fetch(v, s, wk, v->outer, start, l->outer[(u + 4) % 3][j]);
  }
}

/* theta of the unit; counted if it is the slab's own. */
static void unit_shares(const weir_advect *v, const weir_advect_stage *s, work *wk, ptrdiff_t u, ptrdiff_t p, bool own)
{
  limit *l = wk->limit;
  const ptrdiff_t n = v->m->axis[0].n;
  for (ptrdiff_t j = 0; j < l->rows; j++) {
    double *const theta = l->theta[u & 1][j];
    ptrdiff_t start[WEIR_MAXDIM];
    place(v, p, j, start);
    const ptrdiff_t at = weir_mesh_index(v->m, 0, start[1], start[2]);
    weir_limit_cells c = {.q = s->q + at, .q0 = s->q0 + at, .x = l->x[u & 1][j], .inverse = v->inverse[0]};
    c.inc = v->inc, c.euler = s->euler * s->dt;
    int more = 0;
    if (v->m->dim == 3) c.low[more] = l->y[j], c.top[more] = l->y[j + 1], c.h[more++] = v->inverse[1][j];
    if (v->m->dim > 1)
      c.low[more] = l->outer[(u + 3) % 3][j], c.top[more] = l->outer[(u + 4) % 3][j],
      c.h[more] = v->inverse[v->outer][p];
    l->share[u & 1][j] = l->ones;
    if (!s->positive) continue;
    if (!l->acting) {
      weir_limit_excess(n, &c, l->over);
      l->acting = !(weir_row_max(n, l->over) <= 0.0);
    }
    if (!l->acting) continue;
    weir_limit_share(n, &c, theta);
    const ptrdiff_t count = weir_limit_count(n, theta);
    if ((l->acting = count > 0)) l->share[u & 1][j] = theta;
    if (!own || count == 0) continue;
    wk->limited.cells += count;
    wk->limited.theta = fmin(wk->limited.theta, weir_row_min(n, theta));
  }
}

static void scale_along(const weir_advect *v, const weir_advect_stage *s, const double *theta, bool acts,
                        const ptrdiff_t start[WEIR_MAXDIM], double *x)
{
  const weir_axis *ax = &v->m->axis[0];
  const ptrdiff_t n = ax->n;
  const double *w = s->w[0] + weir_mesh_index(v->m, 0, start[1], start[2]);
  if (acts) weir_limit_scale(n - 1, theta, theta + 1, x + 1);
  const double before = ax->periodic ? theta[n - 1] : outside(s, 0, 0, w[0]);
  const double after = ax->periodic ? theta[0] : outside(s, 0, 1, w[n]);
  x[0] *= x[0] > 0.0 ? before : theta[0];
  x[n] *= x[n] > 0.0 ? theta[n - 1] : after;
}

/* Scale the fluxes along the unit's own axes; in 3D those of axis 1 then go into `extra`. */
static void unit_scale(const weir_advect *v, const weir_advect_stage *s, work *wk, ptrdiff_t u, ptrdiff_t p, bool own)
{
  limit *l = wk->limit;
  const double *const *share = l->share[u & 1];
  const ptrdiff_t rows = l->rows, n = v->m->axis[0].n;
  ptrdiff_t start[WEIR_MAXDIM];
  for (ptrdiff_t j = 0; j < rows; j++) {
    double *x = l->x[u & 1][j];
    place(v, p, j, start);
    scale_along(v, s, share[j], share[j] != l->ones, start, x);
    if (own) pass_through(v, s, 0, 0, start, x), pass_through(v, s, 0, 1, start, x + n);
  }
  for (ptrdiff_t j = 0; v->m->dim == 3 && j <= rows; j++) {
    const bool periodic = v->m->axis[1].periodic, lower = j == 0, upper = j == rows;
    place(v, p, j, start);
    const double *left = !lower ? share[j - 1] : periodic ? share[rows - 1] : outside_row(v, s, l->side, 1, 0, start);
    const double *right = !upper ? share[j] : periodic ? share[0] : outside_row(v, s, l->side, 1, 1, start);
    if (left != l->ones || right != l->ones) weir_limit_scale(n, left, right, l->y[j]);
    if (own && !periodic && (lower || upper)) pass_through(v, s, 1, upper ? 1 : 0, start, l->y[j]);
  }
  for (ptrdiff_t j = 0; v->m->dim == 3 && j < rows; j++)
    weir_row_add_difference(n, l->y[j], l->y[j + 1], v->inverse[1][j],
                            s->source != NULL ? s->source + weir_mesh_index(v->m, 0, j, p) : NULL, l->extra[u & 1][j]);
}

/* Face f of the outermost axis, between units f-1 and f, of which one may be outside. */
static void scale_between(const weir_advect *v, const weir_advect_stage *s, work *wk, ptrdiff_t f)
{
  limit *l = wk->limit;
  const weir_axis *ax = &v->m->axis[v->outer];
  const bool lower = f == 0 && !ax->periodic, upper = f == ax->n && !ax->periodic;
  ptrdiff_t start[WEIR_MAXDIM];
  for (ptrdiff_t j = 0; j < l->rows; j++) {
    double *flux = l->outer[(f + 3) % 3][j];
    place(v, f, j, start);
    const double *left = lower ? outside_row(v, s, l->side, v->outer, 0, start) : l->share[(f + 1) & 1][j];
    const double *right = upper ? outside_row(v, s, l->side, v->outer, 1, start) : l->share[f & 1][j];
    if (left != l->ones || right != l->ones) weir_limit_scale(v->m->axis[0].n, left, right, flux);
    if (lower || upper) pass_through(v, s, v->outer, upper ? 1 : 0, start, flux);
  }
}

static void unit_update(const weir_advect *v, const weir_advect_stage *s, work *wk, ptrdiff_t u, bool look)
{
  limit *l = wk->limit;
  const int dim = v->m->dim;
  ptrdiff_t start[WEIR_MAXDIM];
  for (ptrdiff_t j = 0; j < l->rows; j++) {
    place(v, u, j, start);
    const ptrdiff_t at = weir_mesh_index(v->m, 0, start[1], start[2]);
    const double *source = s->source != NULL ? s->source + at : NULL;
    const weir_row_state state = {.q = s->q + at,
                                  .q0 = s->q0 + at,
                                  .x = l->x[u & 1][j],
                                  .inverse = v->inverse[0],
                                  .low = dim > 1 ? l->outer[(u + 3) % 3][j] : wk->zero,
                                  .top = dim > 1 ? l->outer[(u + 4) % 3][j] : wk->zero,
                                  .inverse_low = dim > 1 ? v->inverse[v->outer][u] : 0.0,
                                  .extra = dim == 3 ? l->extra[u & 1][j] : source,
                                  .D = s->D != NULL ? s->D + at : NULL,
                                  .out = s->out + at};
    weir_row_update(v->m->axis[0].n, v->inc, &state, s->rk, s->dt);
    if (look) slab_found(&wk->found, v->m->axis[0].n, s->out + at, start);
  }
}

static void unit(const weir_advect *v, const weir_advect_stage *s, work *wk, ptrdiff_t u, bool own)
{
  const ptrdiff_t p = v->m->dim == 1 ? 0 : wrapped(v, u, v->m->axis[v->outer].n - 1);
  unit_fluxes(v, s, wk, u, p);
  unit_shares(v, s, wk, u, p, own);
  unit_scale(v, s, wk, u, p, own);
}

void weir_limit_slab(const weir_advect *v, const weir_advect_stage *s, work *wk, ptrdiff_t lo, ptrdiff_t hi, bool look)
{
  const weir_axis *ax = &v->m->axis[v->outer];
  wk->limit->raw = *s;
  memset(wk->limit->raw.through, 0, sizeof s->through);
  wk->found.min = INFINITY;
  wk->limited = (weir_limited){.theta = 1.0};
  for (int a = 0; v->product > 0 && a < v->m->dim; a++) weir_ring_clear(&wk->ring[a]);
  if (v->m->dim == 1) {
    unit(v, s, wk, 0, true);
    unit_update(v, s, wk, 0, look);
    return;
  }
  const ptrdiff_t first = lo > 0 || ax->periodic ? lo - 1 : lo, last = hi < ax->n || ax->periodic ? hi : hi - 1;
  outer_faces(v, s, wk, first);
  for (ptrdiff_t u = first; u <= last; u++) {
    unit(v, s, wk, u, u >= lo && u < hi);
    if (u > first || first == lo) scale_between(v, s, wk, u);
    if (u > lo) unit_update(v, s, wk, u - 1, look);
  }
  if (last == hi) return;
  scale_between(v, s, wk, hi);
  unit_update(v, s, wk, hi - 1, look);
}
