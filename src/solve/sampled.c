/* A sampled velocity on a mesh. At one sample time and for faces of axis a, with w the weights of interpolation at the nodes of a and of
 * averages over the cells of the other axes,
 *
 *     u_{ijk} = sum_p sum_q sum_r  w^0_{ip} w^1_{jq} w^2_{kr} v_a(x_p, y_q, z_r)
 *
 *   summed one axis after the other: z, then y, then x, in a fixed order. In time: a weighted sum of such arrays, of which the last few are
 *   kept; one more than a stencil has, since stages go back and forth. */
#include "solve/samples.h"
#include "util/threads.h"
#include <assert.h>
#include <string.h>

enum { SLOTS = SAMPLES_TIME + 1, SHARE = 4096 };

struct weir_sampled {
  const weir_samples *s;
  const weir_mesh *mesh;
  int threads;
  ptrdiff_t n[WEIR_MAXDIM]; /* samples, 1 on unused axes */
  weir_bands node[WEIR_MAXDIM], cell[WEIR_MAXDIM];
  double *one, *two;     /* summed along z; along z and y */
  int slots;             /* 0 for a steady field */
  ptrdiff_t held[SLOTS]; /* which sample time; -1: none */
  double *slot[SLOTS][WEIR_MAXDIM];
};

/* ------------------------------------------------------------------ one sample time */
static double dot(const weir_bands *b, ptrdiff_t r, const double *v, ptrdiff_t stride)
{
  double sum = 0.0;
  for (ptrdiff_t e = b->first[r]; e < b->first[r + 1]; e++) sum += b->weight[e] * v[b->col[e] * stride];
  return sum;
}

static void average_samples(weir_sampled *f, ptrdiff_t k, int a, double *u)
{
  const weir_samples *s = f->s;
  const weir_bands *b[WEIR_MAXDIM];
  for (int c = 0; c < WEIR_MAXDIM; c++) b[c] = c == a ? &f->node[c] : &f->cell[c];
  const ptrdiff_t n0 = f->n[0], n1 = f->n[1], n2 = f->n[2], r1 = b[1]->rows, r2 = b[2]->rows, d = s->dim;
  const double *v = s->v + k * n0 * n1 * n2 * d + a;
  double *one = f->one, *two = f->two;
#pragma omp parallel num_threads(f->threads) if (f->mesh->cells >= SHARE)
  {
#pragma omp for schedule(static)
    for (ptrdiff_t p = 0; p < n0 * n1; p++)
      for (ptrdiff_t z = 0; z < r2; z++) one[z * n0 * n1 + p] = dot(b[2], z, v + p * n2 * d, d);
#pragma omp for schedule(static)
    for (ptrdiff_t p = 0; p < r2 * n0; p++) {
      const ptrdiff_t z = p / n0, i = p % n0;
      for (ptrdiff_t y = 0; y < r1; y++) two[(z * r1 + y) * n0 + i] = dot(b[1], y, one + p * n1, 1);
    }
#pragma omp for schedule(static)
    for (ptrdiff_t p = 0; p < r1 * r2; p++) {
      double *row = u + weir_mesh_index(f->mesh, 0, p % r1, p / r1);
      for (ptrdiff_t i = 0; i < b[0]->rows; i++) row[i] = dot(b[0], i, two + p * n0, 1);
    }
  }
}

/* ------------------------------------------------------------------ life */
void weir_sampled_destroy(weir_sampled **f)
{
  if (f == NULL || *f == NULL) return;
  weir_sampled *g = *f;
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    weir_bands_free(&g->node[a]);
    weir_bands_free(&g->cell[a]);
    for (int k = 0; k < SLOTS; k++) weir_free(g->slot[k][a]);
  }
  weir_free(g->one);
  weir_free(g->two);
  weir_free(g);
  *f = NULL;
}

weir_status weir_sampled_create(weir_ctx *ctx, const weir_samples *s, const weir_mesh *m, int threads,
                                weir_sampled **out)
{
  void *memory = NULL;
  weir_status st = WEIR_OK;
  ptrdiff_t rows[WEIR_MAXDIM] = {1, 1, 1};
  *out = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_sampled), "sampled velocity", &memory));
  weir_sampled *f = memory;
  f->s = s, f->mesh = m, f->threads = threads > 0 ? threads : weir_threads_max();
  if (s->times > 1) f->slots = s->times < SLOTS ? (int)s->times : SLOTS;
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    f->n[a] = a < s->dim ? s->n[a] : 1;
    WEIR_TRY_GOTO(st, fail, weir_bands_create(ctx, s, m, a, true, &f->node[a]));
    WEIR_TRY_GOTO(st, fail, weir_bands_create(ctx, s, m, a, false, &f->cell[a]));
    rows[a] = f->node[a].rows;
    for (int k = 0; k < f->slots && a < s->dim; k++)
      WEIR_TRY_GOTO(st, fail, weir_mesh_array(ctx, m, "face velocities at a sample time", &f->slot[k][a]));
  }
  for (int k = 0; k < SLOTS; k++) f->held[k] = -1;
  WEIR_TRY_GOTO(st, fail, weir_alloc_doubles(ctx, (size_t)(f->n[0] * f->n[1] * rows[2]), "interpolation", &f->one));
  WEIR_TRY_GOTO(st, fail, weir_alloc_doubles(ctx, (size_t)(f->n[0] * rows[1] * rows[2]), "interpolation", &f->two));
  *out = f;
  return WEIR_OK;
fail:
  weir_sampled_destroy(&f);
  return st;
}

/* ------------------------------------------------------------------ in time */
/* The slot with sample time k; if there is none, the one farthest from the stencil [first, first + order) is filled. */
static int slot_of(weir_sampled *f, ptrdiff_t k, ptrdiff_t first, int order)
{
  int best = 0;
  ptrdiff_t far = -1;
  for (int j = 0; j < f->slots; j++) {
    const ptrdiff_t h = f->held[j];
    if (h == k) return j;
    const ptrdiff_t away = h < 0 ? PTRDIFF_MAX : h < first ? first - h : h >= first + order ? h - first - order + 1 : 0;
    if (away > far) far = away, best = j;
  }
  f->held[best] = k;
  for (int a = 0; a < f->s->dim; a++) average_samples(f, k, a, f->slot[best][a]);
  return best;
}

void weir_sampled_faces(weir_sampled *f, int a, double t, double *u)
{
  const weir_mesh *m = f->mesh;
  const double *part[SAMPLES_TIME];
  double weight[SAMPLES_TIME];
  ptrdiff_t first = 0;
  if (f->slots == 0) {
    average_samples(f, 0, a, u);
    return;
  }
  const int order = weir_samples_times(f->s, t, &first, weight);
  assert(order >= 1);
  for (int j = 0; j < order; j++) part[j] = f->slot[slot_of(f, first + j, first, order)][a];
  const ptrdiff_t n0 = m->axis[0].n + (a == 0), n1 = m->axis[1].n + (a == 1), n2 = m->axis[2].n + (a == 2);
#pragma omp parallel for schedule(static) num_threads(f->threads) if (n0 * n1 * n2 >= SHARE)
  for (ptrdiff_t r = 0; r < n1 * n2; r++) {
    const ptrdiff_t at = weir_mesh_index(m, 0, r % n1, r / n1);
    for (ptrdiff_t i = 0; i < n0; i++) u[at + i] = weight[0] * part[0][at + i];
    for (int j = 1; j < order; j++)
      for (ptrdiff_t i = 0; i < n0; i++) u[at + i] += weight[j] * part[j][at + i];
  }
}
