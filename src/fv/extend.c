/* Extrapolation of averages: the polynomial whose averages over the k cells next to a side are given, averaged over a ghost cell (by
 * Gauss points, exact for its degree). */
#include "fv/extend.h"
#include "fv/upwind.h"
#include <string.h>

enum { CELLS = 5, POINTS = 3 };

/* Weights of the cells first, first + 1, .. (k of them) in the average over cell `ghost` of axis ax. */
static void ghost_weights(const weir_axis *ax, ptrdiff_t first, int k, ptrdiff_t ghost, double *weight)
{
  double X[CELLS + 1], c[CELLS], node[POINTS], part[POINTS];
  const double unit = ax->width[first];
  weir_gauss(POINTS, node, part);
  for (int m = 0; m <= k; m++) X[m] = (ax->node[first + m] - ax->node[first]) / unit;
  for (int m = 0; m < k; m++) weight[m] = 0.0;
  for (int g = 0; g < POINTS; g++) {
    const double x = ax->centre[ghost] - ax->node[first] + 0.5 * ax->width[ghost] * node[g];
    weir_stencil_weights(k, X, x / unit, c);
    for (int m = 0; m < k; m++) weight[m] += 0.5 * part[g] * c[m];
  }
}

/* Layer `ghost` of axis t for rows [lo, hi) of the other axes; image >= 0: a copy of that layer. */
static void layer(const weir_mesh *m, int t, ptrdiff_t ghost, ptrdiff_t image, const ptrdiff_t lo[WEIR_MAXDIM],
                  const ptrdiff_t hi[WEIR_MAXDIM], double *q)
{
  const weir_axis *ax = &m->axis[t];
  const int k = ax->n < CELLS ? (int)ax->n : CELLS;
  const ptrdiff_t first = ghost < 0 ? 0 : ax->n - k, s = m->stride[t];
  ptrdiff_t from[WEIR_MAXDIM] = {lo[0], lo[1], lo[2]}, to[WEIR_MAXDIM] = {hi[0], hi[1], hi[2]};
  double weight[CELLS];
  if (image < 0) ghost_weights(ax, first, k, ghost, weight);
  from[t] = 0, to[t] = 1;
  for (ptrdiff_t c = from[2]; c < to[2]; c++)
    for (ptrdiff_t b = from[1]; b < to[1]; b++)
      for (ptrdiff_t i = from[0]; i < to[0]; i++) {
        double *const line = q + weir_mesh_index(m, i, b, c);
        double value = 0.0;
        if (image >= 0)
          value = line[image * s];
        else /* in differences to the nearest cell: constants are exact */
          for (int r = 0; r < k; r++)
            value += weight[r] * (line[(first + r) * s] - line[(ghost < 0 ? 0 : ax->n - 1) * s]);
        line[ghost * s] = image >= 0 ? value : line[(ghost < 0 ? 0 : ax->n - 1) * s] + value;
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
