/* Tables, buffers and threads of the corner-transport step (ctu.h); ghost values it asks for. */
#include "fv/ctu_work.h"
#include "fv/extend.h"
#include "fv/slab.h"
#include <math.h>
#include <string.h>

enum { PAD = 8 };

/* ------------------------------------------------------------------ tables */
/* Half of the slope of the parabola through three averages is l (q_i - q_{i-1}) + r (q_{i+1} - q_i) (Colella, Woodward, JCP 54 (1984) 174,
 * eq. 1.7). Ghost widths of a periodic axis may differ in the last bit from their images, so the images are taken. */
static weir_status make_tables(weir_ctx *ctx, weir_ctu *c, int a)
{
  const weir_axis *ax = &c->m->axis[a];
  const ptrdiff_t cells = ax->n + 2;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(3 * cells), "slope weights", &c->table[a]));
  c->inverse[a] = c->table[a] + 1, c->left[a] = c->inverse[a] + cells, c->right[a] = c->left[a] + cells;
  for (ptrdiff_t i = -1; i <= ax->n; i++) {
    const ptrdiff_t image = ax->periodic ? (i + ax->n) % ax->n : i;
    const double l = ax->width[image - 1], h = ax->width[image], r = ax->width[image + 1], sum = (l + r) + h;
    c->inverse[a][i] = 1.0 / ax->measure[image];
    c->left[a][i] = 0.5 * (h * (h + 2.0 * r) / (sum * (l + h)));
    c->right[a][i] = 0.5 * (h * (h + 2.0 * l) / (sum * (r + h)));
  }
  return WEIR_OK;
}

/* ------------------------------------------------------------------ buffers */
typedef struct layout {
  double *next;
  ptrdiff_t pitch;
} layout;

static double *row_of(layout *l)
{
  double *const row = l->next;
  l->next += l->pitch;
  return row;
}

static void planes(layout *l, ptrdiff_t rows, double ***next, double ***out)
{
  *out = *next, *next += rows;
  for (ptrdiff_t r = 0; r < rows; r++) (*out)[r] = row_of(l);
}

static weir_status make_work(weir_ctx *ctx, const weir_ctu *c, ctu_work *w)
{
  const weir_mesh *m = c->m;
  const bool deep = m->dim == 3;
  const ptrdiff_t n1 = m->axis[1].n, edges = deep ? 2 + n1 + 1 : 2;
  const ptrdiff_t first[WEIR_MAXDIM] = {deep ? 3 * (n1 + 2) : 0, deep ? 3 * n1 : 0, deep ? 3 : 0};
  const ptrdiff_t low = 1 + (deep ? n1 : 0), pointers = low + first[0] + first[1] + first[2];
  const ptrdiff_t total = 2 * (1 + edges) + 5 + pointers;
  layout l = {.pitch = (m->axis[0].n + 2 + 2 * PAD - 1) / PAD * PAD + PAD};
  void *p = NULL;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(total * l.pitch + PAD), "row buffers", &w->memory));
  WEIR_TRY(weir_alloc(ctx, (size_t)pointers, sizeof *w->rows, "row buffers", &p));
  w->rows = p;
  WEIR_TRY(weir_alloc(ctx, (size_t)edges, sizeof *w->edges, "row buffers", &p));
  w->edges = p;
  l.next = w->memory + PAD; /* cell -1 is before a row, cell 0 on a 64-byte boundary */
  w->along.e = row_of(&l), w->along.s = row_of(&l);
  for (ptrdiff_t k = 0; k < edges; k++) w->edges[k].e = row_of(&l), w->edges[k].s = row_of(&l);
  w->up[0] = w->edges, w->up[1] = w->edges + 2;
  w->x = row_of(&l), w->top[0] = row_of(&l), w->top[1] = row_of(&l);
  w->centre[0] = row_of(&l), w->centre[1] = row_of(&l);
  double **next = w->rows;
  planes(&l, 1, &next, &w->low[0]);
  planes(&l, low - 1, &next, &w->low[1]);
  for (int a = 0; a < WEIR_MAXDIM; a++) planes(&l, first[a], &next, &w->first[a]);
  return WEIR_OK;
}

extern const weir_recon weir_recon_ctu_mc;

weir_status weir_ctu_create(weir_ctx *ctx, const weir_mesh *m, const weir_recon *recon, int threads, weir_ctu **ctu)
{
  void *p = NULL;
  weir_status st = WEIR_OK;
  *ctu = NULL;
  WEIR_REQUIRE(recon->row == weir_recon_ctu_mc.row, ctx, WEIR_EARG,
               "scheme %s: only built-in schemes can take whole steps (WEIR_ONE_STEP)", recon->name);
  WEIR_REQUIRE(m->ghost >= CTU_GHOST, ctx, WEIR_EARG,
               "the corner-transport step reads %d ghost layers, the mesh has %d", (int)CTU_GHOST, m->ghost);
  WEIR_TRY(weir_alloc(ctx, 1, sizeof **ctu, "corner-transport step", &p));
  weir_ctu *c = p;
  c->m = m, c->outer = m->dim - 1, c->inc = m->axis[0].uniform ? 0 : 1;
  c->threads = slab_threads(m, c->outer, threads);
  WEIR_TRY_GOTO(st, fail, weir_alloc(ctx, (size_t)c->threads, sizeof *c->work, "row buffers", &p));
  c->work = p;
  for (int a = 0; a < m->dim; a++) WEIR_TRY_GOTO(st, fail, make_tables(ctx, c, a));
  for (int t = 0; t < c->threads; t++) WEIR_TRY_GOTO(st, fail, make_work(ctx, c, &c->work[t]));
  *ctu = c;
  return WEIR_OK;
fail:
  weir_ctu_destroy(&c);
  return st;
}

void weir_ctu_destroy(weir_ctu **ctu)
{
  if (ctu == NULL || *ctu == NULL) return;
  weir_ctu *c = *ctu;
  for (int a = 0; a < WEIR_MAXDIM; a++) weir_free(c->table[a]);
  for (int t = 0; c->work != NULL && t < c->threads; t++)
    weir_free(c->work[t].memory), weir_free(c->work[t].rows), weir_free(c->work[t].edges);
  weir_free(c->work);
  weir_free(c);
  *ctu = NULL;
}

/* ------------------------------------------------------------------ ghosts */
void weir_ctu_faces(const weir_mesh *m, const weir_extension *e, int a, double *w)
{
  const weir_axis *ax = &m->axis[a];
  ptrdiff_t lo[WEIR_MAXDIM] = {0, 0, 0}, hi[WEIR_MAXDIM] = {1, 1, 1};
  const ptrdiff_t s = m->stride[a];
  weir_extend_faces(m, e, a, 1, w);
  if (!ax->periodic) return;
  for (int t = 0; t < m->dim; t++) lo[t] = t == a ? 0 : -1, hi[t] = t == a ? 1 : m->axis[t].n + 1;
  for (ptrdiff_t k = lo[2]; k < hi[2]; k++)
    for (ptrdiff_t j = lo[1]; j < hi[1]; j++)
      for (ptrdiff_t i = lo[0]; i < hi[0]; i++) {
        double *const line = w + weir_mesh_index(m, i, j, k);
        line[-s] = line[(ax->n - 1) * s], line[(ax->n + 1) * s] = line[s];
      }
}

/* Positions on a side: those beyond a periodic axis are images, and their ghosts must be too. */
static void enter_side(const weir_mesh *m, const weir_advect_stage *s, int a, int side, double *q)
{
  const double *const in = s->entering[a][side], way = side == 0 ? s->factor[a] : -s->factor[a];
  const int b = a == 0 ? 1 : 0, c = a == 2 ? 1 : 2;
  const ptrdiff_t nb = m->axis[b].n, nc = m->axis[c].n;
  const ptrdiff_t wide_b = b < m->dim && m->axis[b].periodic, wide_c = c < m->dim && m->axis[c].periodic;
  for (ptrdiff_t y = -wide_c; y < nc + wide_c; y++)
    for (ptrdiff_t x = -wide_b; x < nb + wide_b; x++) {
      ptrdiff_t at[WEIR_MAXDIM] = {0};
      at[a] = side == 0 ? 0 : m->axis[a].n, at[b] = x, at[c] = y;
      const ptrdiff_t face = weir_mesh_index(m, at[0], at[1], at[2]), below = face - m->stride[a];
      const double rho = in[(x + nb) % nb + nb * ((y + nc) % nc)];
      if (!(way * s->w[a][face] > 0.0)) continue;
      if (side == 0)
        q[below] = 2.0 * rho - q[face];
      else
        q[face] = 2.0 * rho - q[below];
    }
}

void weir_ctu_enter(const weir_mesh *m, const weir_advect_stage *s, double *q)
{
  for (int a = 0; a < m->dim; a++)
    for (int side = 0; side < 2; side++)
      if (s->entering[a][side] != NULL) enter_side(m, s, a, side, q);
}

void ctu_sides(const weir_ctu *c, const weir_advect_stage *s, int a, ptrdiff_t n, const ptrdiff_t at[WEIR_MAXDIM],
               double *F)
{
  const weir_mesh *m = c->m;
  const double *w = s->w[a] + weir_mesh_index(m, at[0], at[1], at[2]);
  for (int side = 0; side < 2; side++) {
    const double *const in = s->entering[a][side], way = side == 0 ? s->factor[a] : -s->factor[a];
    const ptrdiff_t k = (side == 0 ? 0 : m->axis[a].n) - at[a]; /* along axis 0 the side is entry k of the row */
    if (a == 0 ? k < 0 || k >= n : k != 0) continue;
    const ptrdiff_t lo = a == 0 ? k : 0, hi = a == 0 ? k + 1 : n, pos = weir_side_at(m, a, at[0], at[1], at[2]) - lo;
    for (ptrdiff_t i = lo; in != NULL && i < hi; i++)
      if (way * w[i] > 0.0) F[i] = w[i] * in[pos + i];
    for (ptrdiff_t i = lo; s->through[a][side] != NULL && i < hi; i++)
      s->through[a][side][pos + i] = s->factor[a] * F[i];
  }
}

/* ------------------------------------------------------------------ threads */
void weir_ctu_run(weir_ctu *c, const weir_advect_stage *s, weir_advect_found *found)
{
  const ptrdiff_t n = c->m->axis[c->outer].n;
#pragma omp parallel for schedule(static) num_threads(c->threads) if (c->threads > 1)
  for (int p = 0; p < c->threads; p++) {
    c->work[p].found.min = INFINITY;
    (c->m->dim == 3 ? ctu_slab_3d : ctu_slab)(c, s, &c->work[p], n * p / c->threads, n * (p + 1) / c->threads,
                                              found != NULL);
  }
  if (found == NULL) return;
  *found = c->work[0].found;
  for (int t = 1; t < c->threads; t++) slab_merge(found, &c->work[t].found);
}

static double slab_rate(const weir_ctu *c, double *row, const double *const w[WEIR_MAXDIM], const double *factor,
                        ptrdiff_t lo, ptrdiff_t hi)
{
  const weir_mesh *m = c->m;
  ptrdiff_t from[WEIR_MAXDIM] = {0, 0, 0}, to[WEIR_MAXDIM] = {m->axis[0].n, m->axis[1].n, m->axis[2].n};
  double most = 0.0;
  from[c->outer] = lo, to[c->outer] = hi;
  const ptrdiff_t n = to[0] - from[0];
  for (ptrdiff_t k = from[2]; k < to[2]; k++)
    for (ptrdiff_t j = from[1]; j < to[1]; j++)
      for (int a = 0; a < WEIR_MAXDIM && a < m->dim; a++) {
        const ptrdiff_t at[WEIR_MAXDIM] = {from[0], j, k};
        memset(row, 0, (size_t)n * sizeof *row);
        weir_row_rate(n, m->stride[a], a == 0 ? 1 : 0, w[a] + weir_mesh_index(m, at[0], j, k), factor[a],
                      c->inverse[a] + at[a], row);
        const double r = weir_row_max(n, row);
        if (!isnan(most) && !(r <= most)) most = r;
      }
  return most;
}

double weir_ctu_rate(weir_ctu *c, const double *const w[WEIR_MAXDIM], const double factor[WEIR_MAXDIM])
{
  const ptrdiff_t n = c->m->axis[c->outer].n;
  double most = 0.0;
#pragma omp parallel for schedule(static) num_threads(c->threads) if (c->threads > 1)
  for (int p = 0; p < c->threads; p++)
    c->work[p].rate = slab_rate(c, c->work[p].x, w, factor, n * p / c->threads, n * (p + 1) / c->threads);
  for (int t = 0; t < c->threads; t++)
    if (!isnan(most) && !(c->work[t].rate <= most)) most = c->work[t].rate;
  return most;
}
