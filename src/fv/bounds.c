/* Zalesak's limiter (JCP 31 (1979) 335): each stage's Euler step keeps within the values that the old and the donor-cell solution take in the
 * cell and its neighbours across faces (fv/README.md, "Limiters"). Fluxes are stored; passes over rows:
 *   fluxes F;  donor solution qL, most and least of q and qL, sums of what F - F_low brings and takes;  shares;  F_low + C (F - F_low). */
#include "fv/advect_row.h"
#include "fv/limit.h"
#include "fv/limit_row.h"
#include <math.h>
#include <string.h>

enum { MOST, LEAST, DONOR, UP, DOWN, ARRAYS, ROWS = 4 };

struct bounds {
  double *flux[WEIR_MAXDIM];
  double *array[ARRAYS];
  double *rows; /* ROWS a thread */
  ptrdiff_t pitch;
  weir_boundary mirror; /* what is outside bounds nothing */
  int threads;
  weir_limited limited[]; /* a thread each */
};

/* ------------------------------------------------------------------ life */
weir_status weir_bounds_create(weir_ctx *ctx, const weir_advect *v, bounds **out)
{
  const weir_mesh *m = v->m;
  void *p = NULL;
  *out = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(bounds) + (size_t)v->threads * sizeof(weir_limited), "bounds", &p));
  bounds *b = *out = p;
  b->threads = v->threads;
  b->pitch = (m->axis[0].n + 1 + 2 * PAD - 1) / PAD * PAD;
  for (int a = 0; a < m->dim; a++) {
    WEIR_TRY(weir_mesh_array(ctx, m, "fluxes", &b->flux[a]));
    b->mirror.side[a][0] = b->mirror.side[a][1] = m->axis[a].periodic ? WEIR_PERIODIC : WEIR_NOFLUX;
  }
  for (int k = 0; k < ARRAYS; k++) WEIR_TRY(weir_mesh_array(ctx, m, "bounds", &b->array[k]));
  return weir_alloc_doubles(ctx, (size_t)(v->threads * ROWS * b->pitch), "rows of the bounds", &b->rows);
}

void weir_bounds_destroy(bounds **b)
{
  if (b == NULL || *b == NULL) return;
  for (int a = 0; a < WEIR_MAXDIM; a++) weir_free((*b)->flux[a]);
  for (int k = 0; k < ARRAYS; k++) weir_free((*b)->array[k]);
  weir_free((*b)->rows);
  weir_free(*b);
  *b = NULL;
}

weir_limited weir_bounds_limited(const bounds *b)
{
  weir_limited sum = {.theta = 1.0};
  for (int t = 0; t < b->threads; t++) {
    sum.cells += b->limited[t].cells;
    sum.theta = fmin(sum.theta, b->limited[t].theta);
  }
  return sum;
}

const double *weir_bounds_row(const weir_advect *v, int a, const ptrdiff_t start[WEIR_MAXDIM])
{
  return v->bounds->flux[a] + weir_mesh_index(v->m, start[0], start[1], start[2]);
}

/* ------------------------------------------------------------------ rows */
typedef struct place {
  ptrdiff_t at[WEIR_MAXDIM], index, n;
} place;

static place row_at(const weir_mesh *m, ptrdiff_t j, ptrdiff_t k)
{
  return (place){.at = {0, j, k}, .index = weir_mesh_index(m, 0, j, k), .n = m->axis[0].n};
}

/* Donor fluxes of the row of faces of axis a at r; where the flow enters through a side, the flux itself. */
static void low_row(const weir_advect *v, const weir_advect_stage *s, int a, const place *r, double *low)
{
  const weir_axis *ax = &v->m->axis[a];
  const ptrdiff_t n = r->n + (a == 0);
  const double *w = s->w[a] + r->index, *flux = v->bounds->flux[a] + r->index;
  weir_limit_donor(n, v->m->stride[a], s->factor[a], w, s->q + r->index, low);
  for (int side = 0; side < 2; side++) {
    const ptrdiff_t end = side == 0 ? 0 : ax->n, first = a == 0 ? end : 0, count = a == 0 ? 1 : n;
    if (s->entering[a][side] == NULL || (a != 0 && r->at[a] != end)) continue;
    for (ptrdiff_t i = first; i < first + count; i++) {
      const double u = s->factor[a] * w[i];
      if (side == 0 ? u > 0.0 : u < 0.0) low[i] = flux[i];
    }
  }
}

/* What enters through a side bounds the cells there. */
static void widen_by_entering(const weir_advect *v, const weir_advect_stage *s, const place *r, int sign, double *bound)
{
  for (int a = 0; a < v->m->dim; a++)
    for (int side = 0; side < 2; side++) {
      const ptrdiff_t last = v->m->axis[a].n - 1, cell = side == 0 ? 0 : last;
      if (s->entering[a][side] == NULL || (a != 0 && r->at[a] != cell)) continue;
      const double *enter = s->entering[a][side] + weir_side_at(v->m, a, 0, r->at[1], r->at[2]);
      const ptrdiff_t first = a == 0 ? cell : 0, count = a == 0 ? 1 : r->n;
      const double *w = s->w[a] + r->index + side * v->m->stride[a] + first;
      for (ptrdiff_t i = 0; i < count; i++) {
        const double u = s->factor[a] * w[i];
        if ((side == 0 ? u > 0.0 : u < 0.0) && sign * (enter[i] - bound[first + i]) > 0.0) bound[first + i] = enter[i];
      }
    }
}

/* ------------------------------------------------------------------ passes, each over rows (j,k) */
typedef void pass(weir_advect *v, const weir_advect_stage *s, int thread, const place *r);

static void donor_pass(weir_advect *v, const weir_advect_stage *s, int thread, const place *r)
{
  bounds *b = v->bounds;
  const ptrdiff_t n = r->n;
  double *const low = b->rows + thread * ROWS * b->pitch, *const high = low + b->pitch, *const L = high + b->pitch;
  double *const up = b->array[UP] + r->index, *const down = b->array[DOWN] + r->index;
  memset(L, 0, (size_t)n * sizeof *L), memset(up, 0, (size_t)n * sizeof *up);
  memset(down, 0, (size_t)n * sizeof *down);
  for (int a = 0; a < v->m->dim; a++) {
    place next = *r;
    const double *flux = b->flux[a] + r->index, *top = low + 1, *inverse = v->inverse[a] + r->at[a];
    low_row(v, s, a, r, low);
    if (a > 0) {
      next.at[a]++, next.index += v->m->stride[a];
      low_row(v, s, a, &next, high);
      top = high;
    }
    weir_limit_gather(n, low, top, flux, flux + v->m->stride[a], inverse, a == 0 ? v->inc : 0, up, down);
    for (ptrdiff_t i = 0; i < n; i++) L[i] += (low[i] - top[i]) * inverse[a == 0 ? i : 0];
  }
  const double *q = s->q + r->index, e = s->euler * s->dt;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double donor = q[i] + e * L[i];
    b->array[DONOR][r->index + i] = donor;
    b->array[MOST][r->index + i] = q[i] > donor ? q[i] : donor;
    b->array[LEAST][r->index + i] = q[i] < donor ? q[i] : donor;
  }
}

static void share_pass(weir_advect *v, const weir_advect_stage *s, int thread, const place *r)
{
  bounds *b = v->bounds;
  double *const bound = b->rows + thread * ROWS * b->pitch;
  for (int k = MOST; k <= LEAST; k++) {
    const int sign = k == MOST ? 1 : -1;
    memcpy(bound, b->array[k] + r->index, (size_t)r->n * sizeof *bound);
    for (int a = 0; a < v->m->dim; a++) weir_limit_widen(r->n, v->m->stride[a], sign, b->array[k] + r->index, bound);
    widen_by_entering(v, s, r, sign, bound);
    weir_limit_ratio(r->n, s->euler * s->dt, sign, bound, b->array[DONOR] + r->index,
                     b->array[k == MOST ? UP : DOWN] + r->index);
  }
  for (ptrdiff_t i = r->index; i < r->index + r->n; i++) {
    const double least = fmin(b->array[UP][i], b->array[DOWN][i]);
    if (least < 1.0) b->limited[thread].cells++;
    if (least < b->limited[thread].theta) b->limited[thread].theta = least;
  }
}

static void blend(weir_advect *v, const weir_advect_stage *s, int thread, int a, const place *r)
{
  bounds *b = v->bounds;
  double *const low = b->rows + thread * ROWS * b->pitch;
  const double *up = b->array[UP] + r->index, *down = b->array[DOWN] + r->index;
  const ptrdiff_t st = v->m->stride[a];
  low_row(v, s, a, r, low);
  weir_limit_blend(r->n + (a == 0), up - st, down - st, up, down, low, b->flux[a] + r->index);
}

static void flux(weir_advect *v, const weir_advect_stage *s, int thread, int a, const place *r)
{
  weir_flux_row(v, s, &v->work[thread], a, r->n + (a == 0), r->at, v->bounds->flux[a] + r->index);
}

/* All rows of faces that belong to the row of cells r: lower faces, and upper ones at the end of an axis. */
static void faces(weir_advect *v, const weir_advect_stage *s, int thread, const place *r,
                  void (*what)(weir_advect *, const weir_advect_stage *, int, int, const place *))
{
  for (int a = 0; a < v->m->dim; a++) {
    what(v, s, thread, a, r);
    if (a == 0 || r->at[a] != v->m->axis[a].n - 1) continue;
    place end = *r;
    end.at[a]++, end.index += v->m->stride[a];
    what(v, s, thread, a, &end);
  }
}

static void flux_pass(weir_advect *v, const weir_advect_stage *s, int thread, const place *r)
{
  faces(v, s, thread, r, flux);
}

static void blend_pass(weir_advect *v, const weir_advect_stage *s, int thread, const place *r)
{
  faces(v, s, thread, r, blend);
}

static void all_rows(weir_advect *v, const weir_advect_stage *s, pass *what)
{
  const weir_mesh *m = v->m;
  const ptrdiff_t n = v->outer > 0 ? m->axis[v->outer].n : 1;
#pragma omp parallel for schedule(static) num_threads(v->threads) if (v->threads > 1)
  for (int t = 0; t < v->threads; t++) {
    for (int a = 0; v->product > 0 && a < m->dim; a++) weir_ring_clear(&v->work[t].ring[a]);
    for (ptrdiff_t o = n * t / v->threads; o < n * (t + 1) / v->threads; o++)
      for (ptrdiff_t j = 0; j < (m->dim == 3 ? m->axis[1].n : 1); j++) {
        const place r = m->dim == 3 ? row_at(m, j, o) : row_at(m, o, 0);
        what(v, s, t, &r);
      }
  }
}

void weir_bounds_fluxes(weir_advect *v, const weir_advect_stage *s)
{
  bounds *b = v->bounds;
  for (int t = 0; t < b->threads; t++) b->limited[t] = (weir_limited){.theta = 1.0};
  all_rows(v, s, flux_pass);
  all_rows(v, s, donor_pass);
  weir_ghost_fill(v->m, &b->mirror, b->array[MOST]);
  weir_ghost_fill(v->m, &b->mirror, b->array[LEAST]);
  all_rows(v, s, share_pass);
  weir_ghost_fill(v->m, &b->mirror, b->array[UP]);
  weir_ghost_fill(v->m, &b->mirror, b->array[DOWN]);
  all_rows(v, s, blend_pass);
}
