/* Extrapolation of averages: the polynomial whose averages over the k cells next to a side are given, averaged over a ghost cell (by
 * Gauss points, exact for its degree). */
#include "fv/extend.h"
#include "fv/upwind.h"
#include <string.h>

enum { CELLS = 5, POINTS = 3 };

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

/* Layer `ghost` of axis t for rows [lo, hi) of the other axes; image >= 0: a copy of that layer. */
static void layer(const weir_mesh *m, int t, ptrdiff_t ghost, ptrdiff_t image, const ptrdiff_t lo[WEIR_MAXDIM],
                  const ptrdiff_t hi[WEIR_MAXDIM], double *q)
{
  const weir_axis *ax = &m->axis[t];
  const int k = ax->n < CELLS ? (int)ax->n : CELLS;
  const int side = ghost < 0 ? 0 : 1;
  const ptrdiff_t first = side == 0 ? 0 : ax->n - 1, in = side == 0 ? 1 : -1, s = m->stride[t];
  ptrdiff_t from[WEIR_MAXDIM] = {lo[0], lo[1], lo[2]}, to[WEIR_MAXDIM] = {hi[0], hi[1], hi[2]};
  double weight[CELLS];
  if (image < 0) ghost_weights(ax, side, k, ghost, weight);
  from[t] = 0, to[t] = 1;
  for (ptrdiff_t c = from[2]; c < to[2]; c++)
    for (ptrdiff_t b = from[1]; b < to[1]; b++)
      for (ptrdiff_t i = from[0]; i < to[0]; i++) {
        double *const line = q + weir_mesh_index(m, i, b, c);
        double value = image >= 0 ? line[image * s] : line[first * s];
        for (int r = 1; image < 0 && r < k; r++) /* in differences to the nearest cell: constants are exact */
          value += weight[r] * (line[(first + in * r) * s] - line[first * s]);
        line[ghost * s] = value;
      }
}

void weir_extend_cells(const weir_mesh *m, const weir_boundary *b, double *q)
{
  ptrdiff_t lo[WEIR_MAXDIM] = {0, 0, 0}, hi[WEIR_MAXDIM] = {1, 1, 1};
  weir_ghost_fill(m, b, q);
  for (int a = 0; a < m->dim; a++) lo[a] = -m->ghost, hi[a] = m->axis[a].n + m->ghost;
  for (int t = 0; t < m->dim; t++)
    for (ptrdiff_t g = 1; g <= m->ghost; g++) {
      if (b->side[t][0] == WEIR_NOFLUX) layer(m, t, -g, -1, lo, hi, q);
      if (b->side[t][1] == WEIR_NOFLUX) layer(m, t, m->axis[t].n - 1 + g, -1, lo, hi, q);
    }
}

void weir_extend_faces(const weir_mesh *m, int a, int wide, double *w)
{
  ptrdiff_t lo[WEIR_MAXDIM] = {0, 0, 0}, hi[WEIR_MAXDIM] = {1, 1, 1};
  for (int t = 0; t < m->dim; t++) hi[t] = m->axis[t].n + (t == a);
  for (int t = 0; t < m->dim; t++) {
    const weir_axis *ax = &m->axis[t];
    if (t == a) continue;
    for (ptrdiff_t g = 1; g <= wide; g++) {
      layer(m, t, -g, ax->periodic ? ax->n - g : -1, lo, hi, w);
      layer(m, t, ax->n - 1 + g, ax->periodic ? g - 1 : -1, lo, hi, w);
    }
    lo[t] = -wide, hi[t] = ax->n + wide; /* edges: with the next axis */
  }
}
