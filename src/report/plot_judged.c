/* Truth and cloud at one step, misfit at the particles, and how far every check was from its tolerance over time. */
#include "report/plot.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DOTS = 2000, BARS = 60, SERIES = 12 };

/* Particle shown as dot k of `dots`: evenly strided, so that no part of the file is preferred. */
static ptrdiff_t pick(ptrdiff_t n, ptrdiff_t dots, ptrdiff_t k)
{
  return (ptrdiff_t)((double)k * (double)n / (double)dots);
}

typedef struct dot {
  double x[2], value;
} dot;

static int by_size(const void *pa, const void *pb)
{
  const dot *a = pa, *b = pb;
  const double x = fabs(a->value), y = fabs(b->value);
  return (x > y) - (x < y);
}

/* Dots with a finite value, the largest last so that they lie on top; *top = the 98 % quantile of |value|. */
static weir_status dots_data(plot *f, const weir_plot_judged *p, const char *name, const double *value, double *top)
{
  const ptrdiff_t dots = p->n < DOTS ? p->n : DOTS;
  const int dim = p->mesh->dim;
  void *mem = NULL;
  WEIR_TRY(weir_alloc(f->ctx, (size_t)dots, sizeof(dot), "dots of a plot", &mem));
  dot *d = mem;
  ptrdiff_t n = 0;
  for (ptrdiff_t k = 0; k < dots; k++) {
    const ptrdiff_t i = pick(p->n, dots, k);
    const double v = value == NULL ? 0 : value[i];
    if (isfinite(v)) d[n++] = (dot){.x = {p->x[i * dim], dim > 1 ? p->x[i * dim + 1] : 0}, .value = v};
  }
  if (value != NULL) qsort(d, (size_t)n, sizeof *d, by_size);
  for (ptrdiff_t k = 0; k < n; k++) {
    const double row[] = {d[k].x[0], d[k].x[1], d[k].value};
    plot_row(f, 3, row);
  }
  *top = n > 0 ? fabs(d[(n - 1) * 98 / 100].value) : 0;
  weir_free(mem);
  return plot_data(f, name);
}

/* Histogram over the window, about 2 n^(1/3) bars: bar centre, density. *top is raised to the highest. */
static weir_status bars_data(plot *f, const weir_plot_judged *p, const plot_window *w, double *top)
{
  double count[BARS] = {0};
  const int bars = (int)fmin(BARS, ceil(2 * cbrt((double)p->n)));
  const double width = (w->hi[0] - w->lo[0]) / bars, mass = p->mass > 0 ? p->mass : 1;
  for (ptrdiff_t i = 0; i < p->n; i++) {
    const double s = (p->x[i] - w->lo[0]) / width;
    if (s >= 0 && s < bars) count[(int)s] += 1;
  }
  for (int b = 0; b < bars; b++) {
    const double row[] = {w->lo[0] + (b + 0.5) * width, count[b] * mass / ((double)p->n * width)};
    *top = fmax(*top, row[1]);
    plot_row(f, 2, row);
  }
  return plot_data(f, "bars");
}

static bool untested(const weir_check *k)
{
  return k->outcome == WEIR_NOT_TESTED || k->outcome == WEIR_REPORTED;
}

/* How far beyond its tolerance a check is PROVEN to be: the lower confidence bound over the tolerance. The value itself contains
 * sampling noise and would show an exact small cloud above the line. */
static double proven(const weir_check *k)
{
  const double bound = isfinite(k->lower) ? fabs(k->lower) : fabs(k->value);
  if (k->tolerance > 0) return bound / k->tolerance;
  return bound == 0 ? 0 : isnan(bound) ? bound : (double)INFINITY;
}

static double worst_at(const weir_verdict *v, const char *name, int step, bool *any, bool *fails)
{
  double most = -1;
  *any = *fails = false;
  for (int i = 0; i < v->n; i++) {
    const weir_check *k = &v->check[i];
    if (k->step != step || strcmp(k->check, name) != 0 || untested(k)) continue;
    const double r = proven(k);
    *any = true;
    *fails = *fails || k->outcome == WEIR_FAILED;
    if (isnan(r) || !(r <= most)) most = r;
    if (isnan(most)) break;
  }
  return *any ? most : 0;
}

/* The axis of the panel over time: times, or steps when one of them has no time. */
typedef struct times {
  bool timed;
  double lo, hi;
} times;

static times times_of(const weir_verdict *v)
{
  times t = {.timed = true, .lo = (double)INFINITY, .hi = -(double)INFINITY};
  for (int i = 0; i < v->n; i++)
    if (v->check[i].step >= 0) t.timed = t.timed && isfinite(v->check[i].time);
  for (int i = 0; i < v->n; i++) {
    if (v->check[i].step < 0) continue;
    const double x = t.timed ? v->check[i].time : v->check[i].step;
    t.lo = fmin(t.lo, x);
    t.hi = fmax(t.hi, x);
  }
  return t;
}

/* Step, time, ratio cut to [1e-3, 1e3] (no number: the upper end if it fails), 1 if it fails. */
static weir_status verdict_data(plot *f, const weir_verdict *v, int *series, const char *name[SERIES])
{
  *series = 0;
  for (int i = 0; i < v->n; i++) {
    const weir_check *k = &v->check[i];
    int j = 0;
    while (j < *series && strcmp(name[j], k->check) != 0) j++;
    if (k->step < 0 || untested(k) || j < *series) continue;
    if (*series < SERIES) name[(*series)++] = k->check;
  }
  for (int j = 0; j < *series; j++) {
    for (int i = 0, last = -1; i < v->n; i++) {
      const weir_check *k = &v->check[i];
      bool any = false, fails = false;
      if (k->step < 0 || k->step == last || strcmp(k->check, name[j]) != 0) continue;
      last = k->step;
      double r = worst_at(v, name[j], k->step, &any, &fails);
      if (isnan(r)) r = fails ? 1e3 : 1e-3;
      const double row[] = {k->step, isfinite(k->time) ? k->time : k->step, fmin(fmax(r, 1e-3), 1e3), fails ? 1 : 0};
      if (any) plot_row(f, 4, row);
    }
    plot_gap(f);
    plot_gap(f);
  }
  return plot_data(f, "verdict");
}

static void verdict_panel(plot *f, int series, const char *const *name, const times *t, bool fails, double key_x,
                          double key_y)
{
  const double margin = 0.04 * (t->hi - t->lo);
  plot_put(f, "unset colorbox\nunset object\n");
  plot_range(f, 'x', t->lo - margin, t->hi + margin, 5);
  plot_put(f, "set logscale y\nset yrange [5e-4:2e3]\nset format y '10^{%L}'\nset ytics 10\nset mytics 1\n");
  plot_put(f, "set ytics add ('≤10^{-3}' 1e-3, '≥10^{3}' 1e3)\n"); /* cut there */
  plot_put(f, "set xlabel '@u' offset 0,0.4 noenhanced\nset ylabel 'lower bound / tolerance' offset 1.2,0\n",
           t->timed ? plot_time_name(f) : "step");
  plot_put(f, "set title 'proven distance from right' offset 0,-0.6\n");
  plot_put(f,
           "set key at screen @d, screen @d left top Left reverse vertical\n"
           "plot 1 with lines lc rgb '#000000' lw 1 dt 2 title 'tolerance', \\\n  ",
           key_x / f->width, key_y / f->height);
  for (int j = 0; j < series; j++)
    plot_put(f,
             "'@s-verdict.dat' index @i using @i:3 with linespoints pt @i ps 0.7 lw 0.8 lc rgb '@s' title '@u' "
             "noenhanced, \\\n  ",
             f->opt->stem, j, t->timed ? 2 : 1, plot_filled(j), plot_colour(j), name[j]);
  plot_put(f, "'@s-verdict.dat' using ($4==1?$@i:NaN):3 with points pt 6 ps 1.4 lw 1.2 lc rgb '#cc0000' @s\n",
           f->opt->stem, t->timed ? 2 : 1, fails ? "title 'FAIL'" : "notitle");
}

/* A place that is more than a point. */
static bool has_box(const weir_check *k, int dim)
{
  bool box = k->has_place;
  for (int a = 0; a < dim; a++) box = box && k->place_hi[a] > k->place_lo[a];
  return box;
}

/* Boxes of the failed checks of this step, the worst one thicker; rings at their worst particles. */
static void boxes(plot *f, const weir_plot_judged *p)
{
  const weir_verdict *v = p->verdict;
  const weir_check *worst = NULL;
  int object = 10;
  for (int i = 0; v != NULL && i < v->n; i++) {
    const weir_check *k = &v->check[i];
    if (k->step != p->step || k->outcome != WEIR_FAILED || !has_box(k, p->mesh->dim)) continue;
    if (worst == NULL || weir_check_worse(k, worst)) worst = k;
  }
  for (int i = 0; v != NULL && i < v->n && object < 16; i++) {
    const weir_check *k = &v->check[i];
    if (k->step != p->step || k->outcome != WEIR_FAILED || !k->has_place) continue;
    bool finite = true;
    for (int a = 0; a < p->mesh->dim; a++) finite = finite && isfinite(k->place_lo[a]) && isfinite(k->place_hi[a]);
    if (!finite) continue;
    if (!has_box(k, p->mesh->dim))
      plot_put(f, "set object @i circle at @d,@d size graph 0.02 front fs empty border lc rgb '#ff3030' lw 1\n",
               object++, k->place_lo[0], k->place_lo[1]);
    else
      plot_put(f, "set object @i rect from @d,@d to @d,@d front fs empty border lc rgb '#ff3030' lw @d\n", object++,
               k->place_lo[0], k->place_lo[1], k->place_hi[0], k->place_hi[1], k == worst ? 1.6 : 0.7);
  }
}

typedef struct layout {
  double w, h, x1, x2, x3, y, w3; /* panels: size, left edges, lower edge, width of the third */
  bool misfit, over_time;
} layout;

static layout lay_out(const weir_plot_judged *p, const plot_window *w)
{
  layout l = {.w = 46, .misfit = p->misfit != NULL && p->n > 0, .over_time = p->verdict != NULL, .y = 12, .w3 = 46};
  const double aspect = p->mesh->dim == 1 ? 0.9 : (w->hi[1] - w->lo[1]) / (w->hi[0] - w->lo[0]);
  l.h = fmin(fmax(l.w * aspect, 24), 80);
  if (p->mesh->dim == 2) l.w = fmin(l.w, l.h / aspect); /* equal units, or nearly so when very flat */
  l.x1 = 13;
  l.x2 = l.x1 + l.w + (p->mesh->dim == 2 ? 26 : 15);
  l.x3 = (l.misfit ? l.x2 + l.w + (p->mesh->dim == 2 ? 27 : 16) : l.x2);
  return l;
}

static weir_status panels_2d(plot *f, const weir_plot_judged *p, const plot_window *w, const layout *l)
{
  double top = 0, unused = 0, most = 0;
  WEIR_TRY(plot_field_data(f, "truth", p->mesh, p->truth, w, &top));
  plot_contours(f, "truth", top);
  if (!(top > 0)) top = 1;
  if (p->n > 0) WEIR_TRY(dots_data(f, p, "dots", NULL, &unused));
  if (l->misfit) WEIR_TRY(dots_data(f, p, "misfit", p->misfit, &most));
  plot_map_axes(f, w);
  boxes(f, p);
  plot_panel(f, l->x1, l->y, l->w, l->h);
  plot_palette(f, false, l->x1 + l->w + 2, l->y, l->h);
  plot_put(f, "set cbrange [0:@d]\nset title 'truth and particles, @u = @d' noenhanced offset 0,-0.6\n", top,
           plot_time_name(f), p->time);
  plot_put(f,
           "plot '@s-truth.dat' using 1:2:3 with image notitle, \\\n  $truth using 1:2 with lines lc rgb '#90ffffff' "
           "lw 0.5 notitle",
           f->opt->stem);
  if (p->n > 0)
    plot_put(f, ", \\\n  '@s-dots.dat' using 1:2 with points pt 7 ps 0.1 lc rgb '#80ffffff' notitle", f->opt->stem);
  plot_put(f, "\n");
  if (!l->misfit) return WEIR_OK;
  if (!(most > 0)) most = 1e-3;
  plot_panel(f, l->x2, l->y, l->w, l->h);
  plot_palette(f, true, l->x2 + l->w + 2, l->y, l->h);
  plot_put(f, "set cbrange [@d:@d]\nset title 'log(carried / truth)' offset 0,-0.6\n", -most, most);
  plot_put(f,
           "plot $truth using 1:2 with lines lc rgb '#bbbbbb' lw 0.5 notitle, \\\n  '@s-misfit.dat' using 1:2:3 with "
           "points pt 7 ps 0.22 lc palette notitle\n",
           f->opt->stem);
  return WEIR_OK;
}

static weir_status panels_1d(plot *f, const weir_plot_judged *p, const plot_window *w, const layout *l)
{
  double top = 0, most = 0, peak = 0;
  const char *stem = f->opt->stem;
  WEIR_TRY(plot_field_data(f, "truth", p->mesh, p->truth, w, &top));
  if (p->n > 0) WEIR_TRY(bars_data(f, p, w, &top));
  if (p->n > 0 && p->rho != NULL) WEIR_TRY(dots_data(f, p, "carried", p->rho, &peak));
  if (l->misfit) WEIR_TRY(dots_data(f, p, "misfit", p->misfit, &most));
  plot_panel(f, l->x1, l->y, l->w, l->h);
  plot_range(f, 'x', w->lo[0], w->hi[0], 6);
  plot_range(f, 'y', 0, 1.35 * fmax(top, peak), 6);
  plot_put(f, "set xlabel '@u' offset 0,0.4 noenhanced\n", plot_axis_name(f, 0));
  plot_put(f, "set ylabel 'density' offset 1.2,0\nset title 'truth and cloud, @u = @d' noenhanced offset 0,-0.6\n",
           plot_time_name(f), p->time);
  plot_put(f, "set key top right\nset style fill solid 1 noborder\nplot ");
  if (p->n > 0) plot_put(f, "'@s-bars.dat' using 1:2 with boxes lc rgb '#c8d8e8' title 'counts', \\\n  ", stem);
  plot_put(f, "'@s-truth.dat' using 1:2 with lines lc rgb '#000000' lw 1 title 'truth'", stem);
  if (p->n > 0 && p->rho != NULL)
    plot_put(f, ", \\\n  '@s-carried.dat' using 1:3 with points pt 7 ps 0.15 lc rgb '#D55E00' title 'carried'", stem);
  plot_put(f, "\n");
  if (!l->misfit) return WEIR_OK;
  if (!(most > 0)) most = 1e-3;
  plot_panel(f, l->x2, l->y, l->w, l->h);
  plot_range(f, 'y', -2 * most, 2 * most, 6);
  plot_put(f, "set ylabel 'log(carried / truth)' offset 1.2,0\nset title 'misfit' offset 0,-0.6\n");
  plot_put(
      f,
      "plot 0 with lines lc rgb '#888888' lw 0.7 notitle, \\\n  '@s-misfit.dat' using 1:3 with points pt 7 ps 0.15 "
      "lc rgb '#0072B2' notitle\n",
      stem);
  return WEIR_OK;
}

static weir_status check(weir_ctx *ctx, const weir_plot_judged *p)
{
  WEIR_REQUIRE(p->mesh->dim <= 2, ctx, WEIR_EUNSUPPORTED, "plots of %d dimensions: only 1 and 2", p->mesh->dim);
  WEIR_REQUIRE(p->n >= 0, ctx, WEIR_EARG, "plot: %td particles", p->n);
  return WEIR_OK;
}

weir_status weir_plot_verdict(weir_ctx *ctx, const weir_plot_judged *p, const weir_plot_options *opt)
{
  plot f;
  WEIR_TRY(check(ctx, p));
  const plot_window w = plot_window_of(p->mesh, p->truth, p->n, p->x);
  const layout l = lay_out(p, &w);
  const double right = l.over_time ? l.x3 + l.w3 + 32 : l.misfit ? l.x2 + l.w + 16 : l.x1 + l.w + 16;
  WEIR_TRY(plot_begin(ctx, opt, right, l.y + l.h + (opt->title == NULL ? 7 : 12), &f));
  int series = 0;
  const char *name[SERIES];
  weir_status s = WEIR_OK;
  if (l.over_time) s = verdict_data(&f, p->verdict, &series, name);
  if (opt->title != NULL)
    plot_put(&f, "set multiplot title '@u' noenhanced\n", opt->title);
  else
    plot_put(&f, "set multiplot\n");
  if (s == WEIR_OK) s = p->mesh->dim == 2 ? panels_2d(&f, p, &w, &l) : panels_1d(&f, p, &w, &l);
  if (l.over_time && series > 0) {
    const times t = times_of(p->verdict);
    plot_panel(&f, l.x3, l.y, l.w3, l.h);
    verdict_panel(&f, series, name, &t, weir_verdict_worst(p->verdict) != NULL, l.x3 + l.w3 + 2, l.y + l.h);
  }
  plot_put(&f, "unset multiplot\n");
  return plot_end(&f, s);
}
