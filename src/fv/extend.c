/* Extrapolation of averages: the polynomial whose averages over the k cells next to a side are given, averaged over a ghost cell (by
 * Gauss points, exact for its degree). */
#include "fv/extend.h"
#include "fv/upwind.h"
#include <string.h>

enum { CELLS = EXTEND_CELLS, POINTS = 3 };

/* Weights of the k cells next to a side, from the side inwards, in the average over cell `ghost` of axis ax. Distances are sums of widths
 * from the side: mirrored axes give the same bits. */
static void ghost_weights(const weir_axis *ax, int side, int k, ptrdiff_t ghost, double *weight)
{
  double X[CELLS + 1] = {0}, c[CELLS], node[POINTS], part[POINTS], out = 0.0;
  const ptrdiff_t first = side == 0 ? 0 : ax->n - 1, in = side == 0 ? 1 : -1;
  const double unit = ax->width[first], size = ax->width[ghost] / unit;
  weir_gauss(POINTS, node, part);
  for (int m = 0; m < k; m++) X[m + 1] = X[m] + ax->width[first + in * m] / unit, weight[m] = 0.0;
  for (ptrdiff_t g = first - in; g != ghost; g -= in) out += ax->width[g] / unit;
  for (int g = 0; g < POINTS; g++) {
    weir_stencil_weights(k, X, -out - 0.5 * size * (1.0 + node[g]), c);
    for (int m = 0; m < k; m++) weight[m] += 0.5 * part[g] * c[m];
  }
}

void weir_extension_make(const weir_mesh *m, weir_extension *e)
{
  memset(e, 0, sizeof *e);
  for (int a = 0; a < m->dim; a++) {
    const weir_axis *ax = &m->axis[a];
    const int k = ax->n < CELLS ? (int)ax->n : CELLS;
    for (int g = 0; g < m->ghost; g++) {
      ghost_weights(ax, 0, k, -1 - g, e->weight[a][0][g]);
      ghost_weights(ax, 1, k, ax->n + g, e->weight[a][1][g]);
    }
  }
}

/* One ghost value of a line whose cells from the side inwards are at side, side + s, ..; in differences to the nearest cell: constants are
 * exact. */
static inline double extended(const double *weight, int k, ptrdiff_t s, const double *side)
{
  double value = side[0];
  for (int r = 1; r < k; r++) value += weight[r] * (side[r * s] - side[0]);
  return value;
}

/* Layer `ghost` of axis t for rows [lo, hi) of the other axes; weight NULL: a copy of layer `image`. */
static void layer(const weir_mesh *m, int t, ptrdiff_t ghost, ptrdiff_t image, const double *weight,
                  const ptrdiff_t lo[WEIR_MAXDIM], const ptrdiff_t hi[WEIR_MAXDIM], double *q)
{
  const weir_axis *ax = &m->axis[t];
  const int k = ax->n < CELLS ? (int)ax->n : CELLS;
  const ptrdiff_t first = ghost < 0 ? 0 : ax->n - 1, s = m->stride[t], in = ghost < 0 ? s : -s;
  ptrdiff_t from[WEIR_MAXDIM] = {lo[0], lo[1], lo[2]}, to[WEIR_MAXDIM] = {hi[0], hi[1], hi[2]};
  from[t] = 0, to[t] = 1;
  for (ptrdiff_t c = from[2]; c < to[2]; c++)
    for (ptrdiff_t b = from[1]; b < to[1]; b++) {
      double *const line = q + weir_mesh_index(m, from[0], b, c), *out = line + ghost * s;
      const double *side = line + first * s, *copy = line + image * s;
      const ptrdiff_t n = to[0] - from[0];
      if (weight == NULL)
        memcpy(out, copy, (size_t)n * sizeof *out);
      else if (k == CELLS)
        for (ptrdiff_t i = 0; i < n; i++) out[i] = extended(weight, CELLS, in, side + i);
      else
        for (ptrdiff_t i = 0; i < n; i++) out[i] = extended(weight, k, in, side + i);
    }
}

void weir_extend_cells(const weir_mesh *m, const weir_extension *e, const weir_boundary *b, double *q)
{
  ptrdiff_t lo[WEIR_MAXDIM] = {0, 0, 0}, hi[WEIR_MAXDIM] = {1, 1, 1};
  weir_ghost_fill(m, b, q);
  for (int a = 0; a < m->dim; a++) lo[a] = -m->ghost, hi[a] = m->axis[a].n + m->ghost;
  for (int t = 0; t < m->dim; t++)
    for (ptrdiff_t g = 1; g <= m->ghost; g++) {
      if (b->side[t][0] == WEIR_NOFLUX) layer(m, t, -g, 0, e->weight[t][0][g - 1], lo, hi, q);
      if (b->side[t][1] == WEIR_NOFLUX) layer(m, t, m->axis[t].n - 1 + g, 0, e->weight[t][1][g - 1], lo, hi, q);
    }
}

void weir_extend_faces(const weir_mesh *m, const weir_extension *e, int a, int wide, double *w)
{
  ptrdiff_t lo[WEIR_MAXDIM] = {0, 0, 0}, hi[WEIR_MAXDIM] = {1, 1, 1};
  for (int t = 0; t < m->dim; t++) hi[t] = m->axis[t].n + (t == a);
  for (int t = 0; t < m->dim; t++) {
    const weir_axis *ax = &m->axis[t];
    if (t == a) continue;
    for (ptrdiff_t g = 1; g <= wide; g++) {
      layer(m, t, -g, ax->n - g, ax->periodic ? NULL : e->weight[t][0][g - 1], lo, hi, w);
      layer(m, t, ax->n - 1 + g, g - 1, ax->periodic ? NULL : e->weight[t][1][g - 1], lo, hi, w);
    }
    lo[t] = -wide, hi[t] = ax->n + wide; /* edges: with the next axis */
  }
}
