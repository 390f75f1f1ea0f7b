/* Extrapolation of averages: the polynomial p whose averages over the k cells next to a side are given, averaged over a ghost cell (by
 * Gauss points, exact for its degree). If its value f on the side is given too, that of p + (f - p(0)) N with N = W'(x)/W'(0),
 * W = prod (x - X_i) over the k+1 nodes: N has average 0 over each of the k cells and is 1 on the side. */
#include "fv/extend.h"
#include "fv/kernel.h"
#include "fv/upwind.h"
#include <math.h>
#include <string.h>

enum { CELLS = EXTEND_CELLS, POINTS = 3, FAR = 4 };

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

static double nodal(int k, const double *X, double x)
{
  double product = 1.0;
  for (int r = 0; r <= k; r++) product *= x - X[r];
  return product;
}

/* Weights of the density on the side, [0], and of cells 1 .. k-1, as differences to cell 0. */
static void enter_weights(const weir_axis *ax, int side, int k, ptrdiff_t ghost, double *weight)
{
  double X[CELLS + 1] = {0}, cell[CELLS] = {0}, face[CELLS] = {0}, out = 0.0, slope = 1.0;
  const ptrdiff_t first = side == 0 ? 0 : ax->n - 1, in = side == 0 ? 1 : -1;
  const double unit = ax->width[first], size = ax->width[ghost] / unit;
  for (int m = 0; m < k; m++) X[m + 1] = X[m] + ax->width[first + in * m] / unit, slope *= -X[m + 1];
  for (ptrdiff_t g = first - in; g != ghost; g -= in) out += ax->width[g] / unit;
  ghost_weights(ax, side, k, ghost, cell);
  weir_stencil_weights(k, X, 0.0, face);
  const double share = (nodal(k, X, -out) - nodal(k, X, -out - size)) / (size * slope);
  weight[0] = share;
  for (int m = 1; m < k; m++) weight[m] = cell[m] - share * face[m];
}

static int cells_of(const weir_axis *ax, int most)
{
  return ax->n < most ? (int)ax->n : most;
}

void weir_extension_make(const weir_mesh *m, weir_extension *e)
{
  memset(e, 0, sizeof *e);
  for (int a = 0; a < m->dim; a++) {
    const weir_axis *ax = &m->axis[a];
    for (int g = 0; g < m->ghost; g++)
      for (int side = 0; side < 2; side++) {
        const ptrdiff_t ghost = side == 0 ? -1 - g : ax->n + g;
        ghost_weights(ax, side, cells_of(ax, CELLS), ghost, e->weight[a][side][g]);
        enter_weights(ax, side, cells_of(ax, ENTER_CELLS), ghost, e->enter[a][side][g]);
      }
  }
}

/* One ghost value of a line whose cells from the side inwards are at side, side + s, ..; in differences to the nearest cell: constants are
 * exact. */
WEIR_INLINE double extended(const double *weight, int k, ptrdiff_t s, const double *side)
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
  const int k = cells_of(ax, CELLS);
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

/* Are these ghost values of a line plausible? Not if the cells have one sign and a ghost the other, nor if one is far larger than all
 * cells: then the mesh does not resolve the data. */
WEIR_INLINE bool plausible(int layers, const double *ghost, int k, ptrdiff_t s, const double *side)
{
  double lo = side[0], hi = side[0];
  for (int r = 1; r < k; r++) lo = weir_min(side[r * s], lo), hi = weir_max(side[r * s], hi);
  const double most = FAR * weir_max(-lo, hi), least = lo >= 0.0 ? 0.0 : -most, top = hi <= 0.0 ? 0.0 : most;
  bool good = true;
  for (int g = 0; g < layers; g++) good = good && ghost[g] >= least && ghost[g] <= top;
  return good;
}

/* The ghosts of one line beyond an open side, given the density on the side (NaN: none). k is known when this is compiled, but for
 * axes of few cells. */
WEIR_INLINE void line_ghosts(const double *weight, int pitch, int layers, int k, double given, ptrdiff_t in,
                             double *first)
{
  const double more = isnan(given) ? 0.0 : given - first[0];
  double ghost[WEIR_MESH_MAXGHOST];
  for (int g = 0; g < layers; g++) {
    const double *w = weight + (ptrdiff_t)g * pitch;
    const double value = extended(w, k, in, first);
    ghost[g] = isnan(given) ? value : value + w[0] * more;
  }
  if (!plausible(layers, ghost, k, in, first)) return;
  for (int g = 0; g < layers; g++) first[-(1 + g) * in] = ghost[g];
}

static void open_line(const weir_extension *e, int t, int side, int layers, int cells, double given, ptrdiff_t in,
                      double *first)
{
  const bool enters = !isnan(given);
  const double *weight = enters ? e->enter[t][side][0] : e->weight[t][side][0];
  const int pitch = enters ? ENTER_CELLS : EXTEND_CELLS;
  const int k = enters && cells > ENTER_CELLS ? ENTER_CELLS : cells;
  if (k == CELLS)
    line_ghosts(weight, pitch, layers, CELLS, given, in, first);
  else if (k == ENTER_CELLS)
    line_ghosts(weight, pitch, layers, ENTER_CELLS, given, in, first);
  else
    line_ghosts(weight, pitch, layers, k, given, in, first);
}

static void open_side(const weir_mesh *m, const weir_extension *e, int t, int side, const double *entry,
                      const ptrdiff_t lo[WEIR_MAXDIM], const ptrdiff_t hi[WEIR_MAXDIM], double *q)
{
  const weir_axis *ax = &m->axis[t];
  const int k = cells_of(ax, CELLS);
  const ptrdiff_t s = m->stride[t], in = side == 0 ? s : -s, first = side == 0 ? 0 : ax->n - 1;
  ptrdiff_t from[WEIR_MAXDIM] = {lo[0], lo[1], lo[2]}, to[WEIR_MAXDIM] = {hi[0], hi[1], hi[2]};
  from[t] = 0, to[t] = 1;
  for (ptrdiff_t c = from[2]; c < to[2]; c++)
    for (ptrdiff_t b = from[1]; b < to[1]; b++) {
      double *const line = q + weir_mesh_index(m, from[0], b, c) + first * s;
      const double *given = entry + weir_entry_at(m, t, from[0], b, c);
      for (ptrdiff_t i = 0; i < to[0] - from[0]; i++) open_line(e, t, side, m->ghost, k, given[i], in, line + i);
    }
}

void weir_extend_cells(const weir_mesh *m, const weir_extension *e, const weir_boundary *b,
                       const double *entry[WEIR_MAXDIM][2], double *q)
{
  ptrdiff_t lo[WEIR_MAXDIM] = {0, 0, 0}, hi[WEIR_MAXDIM] = {1, 1, 1};
  weir_ghost_fill(m, b, q);
  for (int a = 0; a < m->dim; a++) lo[a] = -m->ghost, hi[a] = m->axis[a].n + m->ghost;
  for (int t = 0; t < m->dim; t++)
    for (int side = 0; side < 2; side++)
      if (entry[t][side] != NULL) open_side(m, e, t, side, entry[t][side], lo, hi, q);
  for (int t = 0; t < m->dim; t++) /* after open sides, whatever the order of the axes: x and y may be exchanged */
    for (int side = 0; side < 2; side++)
      for (ptrdiff_t g = 0; g < m->ghost && b->side[t][side] == WEIR_NOFLUX; g++)
        layer(m, t, side == 0 ? -1 - g : m->axis[t].n + g, 0, e->weight[t][side][g], lo, hi, q);
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

/* ------------------------------------------------------------------ what enters */
static ptrdiff_t entry_pitch(const weir_mesh *m, int axis)
{
  return axis < m->dim ? m->axis[axis].n + 2 * m->ghost : 1;
}

ptrdiff_t weir_entry_len(const weir_mesh *m, int a)
{
  return entry_pitch(m, a == 0 ? 1 : 0) * entry_pitch(m, a == 2 ? 1 : 2);
}

ptrdiff_t weir_entry_at(const weir_mesh *m, int a, ptrdiff_t i, ptrdiff_t j, ptrdiff_t k)
{
  const int c1 = a == 0 ? 1 : 0, c2 = a == 2 ? 1 : 2;
  const ptrdiff_t i1 = a == 0 ? j : i, i2 = a == 2 ? j : k;
  return (c1 < m->dim ? i1 + m->ghost : 0) + entry_pitch(m, c1) * (c2 < m->dim ? i2 + m->ghost : 0);
}

/* Lines along one direction of the padded array, `step` apart in themselves: both ends beyond the n entries at line. */
static void extend_line(const weir_mesh *m, const weir_extension *e, int t, ptrdiff_t step, double *line)
{
  const weir_axis *ax = &m->axis[t];
  const ptrdiff_t n = ax->n;
  const int k = cells_of(ax, CELLS);
  for (ptrdiff_t g = 0; g < m->ghost; g++) {
    double *const lo = line - (1 + g) * step, *const hi = line + (n + g) * step;
    *lo = ax->periodic ? line[(n - 1 - g) * step] : extended(e->weight[t][0][g], k, step, line);
    *hi = ax->periodic ? line[g * step] : extended(e->weight[t][1][g], k, -step, line + (n - 1) * step);
  }
}

/* The cell that a ghost cell's face takes the direction of the flow from. */
static ptrdiff_t inside(const weir_axis *ax, ptrdiff_t i)
{
  if (ax->periodic) return i < 0 ? i + ax->n : i >= ax->n ? i - ax->n : i;
  return i < 0 ? 0 : i >= ax->n ? ax->n - 1 : i;
}

void weir_entry_fill(const weir_mesh *m, const weir_extension *e, int a, int side, const double *entering,
                     const double *w, double factor, double *entry)
{
  const int c1 = a == 0 ? 1 : 0, c2 = a == 2 ? 1 : 2;
  const ptrdiff_t n1 = m->axis[c1].n, n2 = m->axis[c2].n, p1 = entry_pitch(m, c1), p2 = entry_pitch(m, c2),
                  g1 = c1 < m->dim ? m->ghost : 0, g2 = c2 < m->dim ? m->ghost : 0;
  double *const first = entry + g1 + p1 * g2;
  for (ptrdiff_t k = 0; k < n2; k++) memcpy(first + p1 * k, entering + n1 * k, (size_t)n1 * sizeof *entry);
  for (ptrdiff_t k = 0; c1 < m->dim && k < n2; k++) extend_line(m, e, c1, 1, first + p1 * k);
  for (ptrdiff_t i = 0; c2 < m->dim && i < p1; i++) extend_line(m, e, c2, p1, entry + i + p1 * g2);
  for (ptrdiff_t k = 0; k < p2; k++)
    for (ptrdiff_t i = 0; i < p1; i++) {
      const ptrdiff_t i1 = inside(&m->axis[c1], i - g1), i2 = inside(&m->axis[c2], k - g2);
      const ptrdiff_t end = side == 0 ? 0 : m->axis[a].n;
      const double v = factor * w[a == 0   ? weir_mesh_index(m, end, i1, i2)
                                  : a == 1 ? weir_mesh_index(m, i1, end, i2)
                                           : weir_mesh_index(m, i1, i2, end)];
      if (!(side == 0 ? v > 0.0 : v < 0.0)) entry[i + p1 * k] = (double)NAN;
    }
}
