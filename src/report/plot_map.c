/* Maps and profiles of cell arrays: what part to show, on what raster, in which colours. */
#include "report/plot.h"
#include <math.h>

enum { RASTER = 200 };

static void widen(plot_window *w, int a, double lo, double hi)
{
  if (lo < w->lo[a]) w->lo[a] = lo;
  if (hi > w->hi[a]) w->hi[a] = hi;
}

plot_window plot_window_of(const weir_mesh *m, const double *q, ptrdiff_t n, const double *x)
{
  plot_window w = {.lo = {(double)INFINITY, (double)INFINITY}, .hi = {-(double)INFINITY, -(double)INFINITY}};
  double top = 0;
  for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
    for (ptrdiff_t i = 0; i < m->axis[0].n; i++) top = fmax(top, fabs(q[weir_mesh_index(m, i, j, 0)]));
  for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
    for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
      if (!(fabs(q[weir_mesh_index(m, i, j, 0)]) > 1e-3 * top)) continue;
      widen(&w, 0, m->axis[0].node[i], m->axis[0].node[i + 1]);
      widen(&w, 1, m->axis[1].node[j], m->axis[1].node[j + 1]);
    }
  for (ptrdiff_t i = 0; i < n; i++)
    for (int a = 0; a < m->dim && a < 2; a++) {
      const double y = x[i * m->dim + a];
      if (y >= m->axis[a].lo && y <= m->axis[a].hi) widen(&w, a, y, y);
    }
  for (int a = 0; a < 2; a++) {
    const double lo = m->axis[a].lo, hi = m->axis[a].hi;
    if (!(w.hi[a] > w.lo[a]))
      w = (plot_window){.lo = {m->axis[0].lo, m->axis[1].lo}, .hi = {m->axis[0].hi, m->axis[1].hi}};
    const double margin = 0.04 * (w.hi[a] - w.lo[a]);
    w.lo[a] = fmax(lo, w.lo[a] - margin);
    w.hi[a] = fmin(hi, w.hi[a] + margin);
  }
  return w;
}

static weir_status profile(plot *p, const char *name, const weir_mesh *m, const double *q, const plot_window *w,
                           double *top)
{
  for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
    const double row[] = {m->axis[0].centre[i], q[weir_mesh_index(m, i, 0, 0)]};
    if (row[0] < w->lo[0] || row[0] > w->hi[0]) continue;
    *top = fmax(*top, fabs(row[1]));
    plot_row(p, 2, row);
  }
  return plot_data(p, name);
}

/* Points of the raster on one axis: the cells' own centres when they are few and equal, so that nothing is resampled. */
typedef struct line {
  ptrdiff_t n;
  double x[RASTER];
  ptrdiff_t cell[RASTER];
} line;

static void raster(line *l, const weir_axis *a, double lo, double hi)
{
  const ptrdiff_t first = weir_axis_find(a, lo), last = weir_axis_find(a, nextafter(hi, lo));
  const ptrdiff_t c0 = first < 0 ? 0 : first, c1 = last < 0 || last >= a->n ? a->n - 1 : last;
  l->n = c1 - c0 + 1;
  if (a->uniform && l->n <= RASTER) {
    for (ptrdiff_t i = 0; i < l->n; i++) {
      l->cell[i] = c0 + i;
      l->x[i] = a->centre[c0 + i];
    }
    return;
  }
  l->n = RASTER;
  for (ptrdiff_t i = 0; i < RASTER; i++) {
    l->x[i] = lo + (hi - lo) * ((double)i + 0.5) / RASTER;
    const ptrdiff_t c = weir_axis_find(a, l->x[i]);
    l->cell[i] = c < 0 ? 0 : c >= a->n ? a->n - 1 : c;
  }
}

weir_status plot_field_data(plot *p, const char *name, const weir_mesh *m, const double *q, const plot_window *w,
                            double *top)
{
  *top = 0;
  if (m->dim == 1) return profile(p, name, m, q, w, top);
  line lx, ly;
  raster(&lx, &m->axis[0], w->lo[0], w->hi[0]);
  raster(&ly, &m->axis[1], w->lo[1], w->hi[1]);
  for (ptrdiff_t j = 0; j < ly.n; j++) {
    for (ptrdiff_t i = 0; i < lx.n; i++) {
      const double row[] = {lx.x[i], ly.x[j], q[weir_mesh_index(m, lx.cell[i], ly.cell[j], 0)]};
      *top = fmax(*top, fabs(row[2]));
      plot_row(p, 3, row);
    }
    plot_gap(p);
  }
  return plot_data(p, name);
}

void plot_contours(plot *p, const char *name, double top)
{
  if (!(top > 0)) { /* levels must differ */
    plot_put(p, "$@s << END\nNaN NaN\nEND\n", name);
    return;
  }
  plot_put(p, "set contour base\nunset surface\nset cntrparam levels discrete @d,@d,@d,@d,@d\n", 0.05 * top, 0.2 * top,
           0.4 * top, 0.6 * top, 0.8 * top);
  plot_put(p, "set table $@s\nsplot '@s-@s.dat' using 1:2:3 with lines\nunset table\nunset contour\nset surface\n",
           name, p->opt->stem, name);
}

void plot_map_axes(plot *p, const plot_window *w)
{
  plot_range(p, 'x', w->lo[0], w->hi[0], 6);
  plot_range(p, 'y', w->lo[1], w->hi[1], 6);
  plot_put(p, "set xlabel '@u' offset 0,0.4 noenhanced\nset ylabel '@u' offset 1.2,0 noenhanced\n",
           plot_axis_name(p, 0), plot_axis_name(p, 1));
}

/* viridis (van der Walt and Smith 2015) at 10 nodes; cool to warm through grey, which shows on white (Moreland 2009). */
void plot_palette(plot *p, bool diverging, double x, double y, double h)
{
  if (diverging)
    plot_put(p, "set palette defined (0 '#3b4cc0',1 '#8db0fe',2 '#d8d8d8',3 '#f4987a',4 '#b40426')\n");
  else
    plot_put(p, "set palette defined (0 '#440154',1 '#482878',2 '#3e4989',3 '#31688e',4 '#26828e',5 '#1f9e89',"
                "6 '#35b779',7 '#6ece58',8 '#b5de2b',9 '#fde725')\n");
  plot_put(p, "set colorbox user origin screen @d,@d size screen @d,@d\n", x / p->width, y / p->height, 2 / p->width,
           h / p->height);
}
