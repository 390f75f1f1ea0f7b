/* A solve: the density, and over time the mass defect and the smallest density. */
#include "report/plot.h"
#include <math.h>

static weir_status history_data(plot *f, const weir_plot_solved *p)
{
  for (ptrdiff_t i = 0; i < p->n; i++) {
    const double row[] = {p->t[i], p->defect == NULL ? (double)NAN : p->defect[i],
                          p->min_rho == NULL ? (double)NAN : p->min_rho[i]};
    plot_row(f, 3, row);
  }
  return plot_data(f, "history");
}

/* One history: its range with 0 in it, the line of 0. */
static void history_panel(plot *f, const weir_plot_solved *p, const double *y, int column, const char *title,
                          const char *colour)
{
  double lo = 0, hi = 0;
  for (ptrdiff_t i = 0; i < p->n; i++) {
    if (y[i] < lo) lo = y[i];
    if (y[i] > hi) hi = y[i];
  }
  const double margin = 0.08 * (hi - lo);
  plot_range(f, 'y', lo - margin, hi + margin, 4);
  plot_put(f, "set title '@s' offset 0,-0.6\n", title);
  plot_put(f,
           "plot 0 with lines lc rgb '#888888' lw 0.7 notitle, \\\n  '@s-history.dat' using 1:@i with linespoints pt 7 "
           "ps 0.3 lw 0.8 lc rgb '@s' notitle\n",
           f->opt->stem, column, colour);
}

static void histories(plot *f, const weir_plot_solved *p, double x, double y, double w, double h)
{
  plot_put(f, "unset colorbox\nunset key\nunset ylabel\nset format y '%.2g'\n");
  plot_put(f, "set xlabel '@u' offset 0,0.4 noenhanced\n", plot_time_name(f));
  plot_range(f, 'x', p->t[0], p->t[p->n - 1], 5);
  const bool both = p->defect != NULL && p->min_rho != NULL;
  const double height = both ? (h - 17) / 2 : h;
  if (p->defect != NULL) {
    plot_panel(f, x, y + h - height, w, height);
    history_panel(f, p, p->defect, 2, "mass defect / initial mass", "#0072B2");
  }
  if (p->min_rho != NULL) {
    plot_panel(f, x, y, w, height);
    history_panel(f, p, p->min_rho, 3, "smallest density", "#D55E00");
  }
}

static weir_status map(plot *f, const weir_plot_solved *p, const plot_window *w, double size, double height, double y)
{
  double top = 0, exact_top = 0;
  const char *stem = f->opt->stem;
  WEIR_TRY(plot_field_data(f, "rho", p->mesh, p->rho, w, &top));
  if (p->exact != NULL) WEIR_TRY(plot_field_data(f, "exact", p->mesh, p->exact, w, &exact_top));
  plot_contours(f, p->exact != NULL ? "exact" : "rho", p->exact != NULL ? exact_top : top);
  if (!(top > 0)) top = 1;
  plot_map_axes(f, w);
  plot_panel(f, 13, y, size, height);
  plot_palette(f, false, 13 + size + 2, y, height);
  plot_put(f, "set cbrange [0:@d]\nset title 'density, @u = @d@s' noenhanced offset 0,-0.6\n", top, plot_time_name(f),
           p->time, p->exact != NULL ? "; contours: exact" : "");
  plot_put(f,
           "plot '@s-rho.dat' using 1:2:3 with image notitle, \\\n  $@s using 1:2 with lines lc rgb '#60ffffff' lw 0.6 "
           "notitle\n",
           stem, p->exact != NULL ? "exact" : "rho");
  return WEIR_OK;
}

static weir_status profile(plot *f, const weir_plot_solved *p, const plot_window *w, double size, double height,
                           double y)
{
  double top = 0;
  const char *stem = f->opt->stem;
  WEIR_TRY(plot_field_data(f, "rho", p->mesh, p->rho, w, &top));
  if (p->exact != NULL) WEIR_TRY(plot_field_data(f, "exact", p->mesh, p->exact, w, &top));
  plot_panel(f, 13, y, size, height);
  plot_range(f, 'x', w->lo[0], w->hi[0], 8);
  plot_put(f, "set xlabel '@u' offset 0,0.4 noenhanced\nset ylabel 'density' offset 1.2,0\n", plot_axis_name(f, 0));
  plot_put(f, "set title 'density, @u = @d' noenhanced offset 0,-0.6\nplot ", plot_time_name(f), p->time);
  if (p->exact != NULL)
    plot_put(f, "'@s-exact.dat' using 1:2 with lines lc rgb '#000000' lw 0.8 title 'exact', \\\n  ", stem);
  plot_put(f, "'@s-rho.dat' using 1:2 with @s lc rgb '#0072B2' title 'solved'\n", stem,
           p->exact != NULL ? "points pt 7 ps 0.3" : "lines lw 1");
  return WEIR_OK;
}

weir_status weir_plot_field(weir_ctx *ctx, const weir_plot_solved *p, const weir_plot_options *opt)
{
  plot f;
  WEIR_REQUIRE(p->mesh->dim <= 2, ctx, WEIR_EUNSUPPORTED, "plots of %d dimensions: only 1 and 2", p->mesh->dim);
  WEIR_REQUIRE(p->n >= 0 && (p->n == 0 || p->t != NULL), ctx, WEIR_EARG, "plot: a history of %td entries", p->n);
  const plot_window w = plot_window_of(p->mesh, p->rho, 0, NULL);
  const double aspect = p->mesh->dim == 1 ? 0.75 : (w.hi[1] - w.lo[1]) / (w.hi[0] - w.lo[0]);
  const double height = fmin(fmax(60 * aspect, 45), 90);
  const double size = p->mesh->dim == 1 ? 60 : fmin(60, height / aspect), y = 12;
  const bool history = p->n > 0 && (p->defect != NULL || p->min_rho != NULL);
  const double left = 13 + size + (p->mesh->dim == 2 ? 34 : 20);
  WEIR_TRY(plot_begin(ctx, opt, history ? left + 45 + 5 : 13 + size + (p->mesh->dim == 2 ? 18 : 5),
                      y + height + (opt->title == NULL ? 7 : 12), &f));
  weir_status s = history ? history_data(&f, p) : WEIR_OK;
  if (opt->title != NULL)
    plot_put(&f, "set multiplot title '@u' noenhanced\n", opt->title);
  else
    plot_put(&f, "set multiplot\n");
  if (s == WEIR_OK) s = p->mesh->dim == 2 ? map(&f, p, &w, size, height, y) : profile(&f, p, &w, size, height, y);
  if (history) histories(&f, p, left, y, 45, height);
  plot_put(&f, "unset multiplot\n");
  return plot_end(&f, s);
}
