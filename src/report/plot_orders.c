/* Error against mesh width, log-log: curves, fits, the slope that theory gives. */
#include "report/plot.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CURVES_MAX = 12 };

typedef struct range {
  double lo, hi;
} range;

static bool shown(const weir_plot_curve *c, int i)
{
  return c->error[i] > 0 && isfinite(c->error[i]);
}

static bool fitted(const weir_plot_curve *c, int i)
{
  return shown(c, i) && (c->used == NULL || c->used[i]);
}

static void widen(range *r, double x)
{
  if (x < r->lo) r->lo = x;
  if (x > r->hi) r->hi = x;
}

static weir_status check(weir_ctx *ctx, const weir_plot_orders *p, range *h, range *e)
{
  WEIR_REQUIRE(p->n >= 1 && p->n <= CURVES_MAX, ctx, WEIR_EARG, "plot: %d curves, 1 to 12 expected", p->n);
  *h = *e = (range){(double)INFINITY, 0};
  for (int k = 0; k < p->n; k++) {
    const weir_plot_curve *c = &p->curve[k];
    for (int i = 0; i < c->n; i++) {
      WEIR_REQUIRE(c->h[i] > 0 && isfinite(c->h[i]), ctx, WEIR_EARG, "plot: h[%d] = %g of curve %d, > 0 expected", i,
                   c->h[i], k);
      widen(h, c->h[i]);
      if (shown(c, i)) widen(e, c->error[i]);
    }
  }
  WEIR_REQUIRE(e->hi > 0, ctx, WEIR_EARG, "plot: no error above 0");
  return WEIR_OK;
}

static weir_status data(plot *f, const weir_plot_orders *p)
{
  for (int k = 0; k < p->n; k++) {
    const weir_plot_curve *c = &p->curve[k];
    char name[24];
    for (int i = 0; i < c->n; i++) {
      const double row[] = {c->h[i], c->error[i], fitted(c, i) ? 1.0 : 0.0};
      plot_row(f, 3, row);
    }
    (void)snprintf(name, sizeof name, "curve%d", k);
    WEIR_TRY(plot_data(f, name));
  }
  return WEIR_OK;
}

/* Under all curves between the finest width and the third finest: y = foot * (h/ha)^q. */
static void triangle(plot *f, const weir_plot_orders *p, range *e)
{
  double ha = (double)INFINITY, hb = 0, foot = (double)INFINITY;
  const weir_plot_curve *c0 = &p->curve[0];
  for (int i = 0; i < c0->n; i++) ha = fmin(ha, c0->h[i]);
  for (int rank = 0; rank < 2; rank++) { /* the next width above hb, twice */
    double next = (double)INFINITY;
    for (int i = 0; i < c0->n; i++)
      if (c0->h[i] > fmax(ha, hb)) next = fmin(next, c0->h[i]);
    if (isfinite(next)) hb = next;
  }
  if (!isfinite(p->formal) || !(hb > ha)) return;
  for (int k = 0; k < p->n; k++)
    for (int i = 0; i < p->curve[k].n; i++)
      if (shown(&p->curve[k], i) && p->curve[k].h[i] <= hb * 1.0001)
        foot = fmin(foot, p->curve[k].error[i] * pow(ha / p->curve[k].h[i], p->formal));
  if (!isfinite(foot)) return;
  foot *= 0.35;
  const double peak = foot * pow(hb / ha, p->formal);
  widen(e, foot * 0.5);
  plot_put(f, "set object 1 polygon from @d,@d to @d,@d to @d,@d to @d,@d fs empty border lc rgb '#555555' lw 0.8\n",
           ha, foot, hb, foot, hb, peak, ha, foot);
  plot_put(f, "set label 1 '@d' at @d,@d left offset 0.4,0 tc rgb '#555555'\n", p->formal, hb, sqrt(foot * peak));
  plot_put(f, "set label 2 '1' at @d,@d center offset 0,-0.6 tc rgb '#555555'\n", sqrt(ha * hb), foot);
}

/* Constant of the fitted line: mean of log E - p log h over the points of the fit. */
static bool fit_line(const weir_plot_curve *c, double *constant, range *h)
{
  double sum = 0;
  int n = 0;
  *h = (range){(double)INFINITY, 0};
  for (int i = 0; i < c->n; i++) {
    if (!fitted(c, i)) continue;
    sum += log(c->error[i]) - c->order * log(c->h[i]);
    widen(h, c->h[i]);
    n++;
  }
  *constant = n > 0 ? exp(sum / n) : 0;
  return n > 1 && isfinite(c->order);
}

/* More than three names go beside the panel. */
static bool beside(const weir_plot_orders *p)
{
  return p->n > 3;
}

static void error_axis(plot *f, const weir_plot_orders *p, const range *e)
{
  /* the legend's lines need about 7 % of the height each, above the data */
  const double share = beside(p) ? 0.05 : 0.05 + 0.07 * p->n;
  const double top = e->hi * 1.2 * pow(e->hi * 2.16 / e->lo, share / (1 - share));
  plot_put(f, "set logscale xy\nset yrange [@d:@d]\n", e->lo / 1.8, top);
  plot_put(f, "set ylabel '@u' offset 0.6,0 noenhanced\n", p->error_name == NULL ? "error" : p->error_name);
  if (e->hi / e->lo > 30)
    plot_put(f, "set format y '10^{%L}'\nset mytics 10\n");
  else
    plot_put(f, "set format y '%g'\n");
}

static void axes(plot *f, const weir_plot_orders *p, const range *h, const range *e)
{
  error_axis(f, p, e);
  plot_put(f, "set xrange [@d:@d]\nset xlabel '@u' offset 0,0.4 noenhanced\n", h->lo / 1.35, h->hi * 1.35,
           p->h_name == NULL ? "h" : p->h_name);
  /* ticks at the widths themselves, none closer than a factor 1.5, at most about six */
  const double apart = fmax(1.5, pow(h->hi / h->lo, 1 / 5.5));
  const weir_plot_curve *c = &p->curve[0];
  plot_put(f, "unset mxtics\nset xtics (");
  const char *comma = "";
  for (double last = 0;;) {
    double next = (double)INFINITY;
    for (int i = 0; i < c->n; i++)
      if (c->h[i] >= last * apart * 0.9999 && c->h[i] > last) next = fmin(next, c->h[i]);
    if (!isfinite(next)) break;
    char label[WEIR_NUMBER_ROOM];
    plot_put(f, "@s'@s' @d", comma, weir_number_text(label, 3, next), next);
    comma = ", ";
    last = next;
  }
  plot_put(f, ")\n");
}

/* %.2f with a '.' whatever the locale. */
static void hundredths(char buf[WEIR_NUMBER_ROOM], double x)
{
  (void)snprintf(buf, WEIR_NUMBER_ROOM, "%.2f", x);
  const size_t n = strlen(buf);
  if (n >= 3) buf[n - 3] = '.';
}

/* The fitted lines as tables of two points. */
static void fits(plot *f, const weir_plot_orders *p)
{
  for (int k = 0; k < p->n; k++) {
    const weir_plot_curve *c = &p->curve[k];
    double constant = 0;
    range h;
    if (!fit_line(c, &constant, &h)) continue;
    plot_put(f, "$fit@i << END\n@d @d\n@d @d\nEND\n", k, h.lo, constant * pow(h.lo, c->order), h.hi,
             constant * pow(h.hi, c->order));
  }
}

static void curves(plot *f, const weir_plot_orders *p)
{
  const char *stem = f->opt->stem, *comma = "plot ";
  fits(f, p);
  for (int k = 0; k < p->n; k++) {
    const weir_plot_curve *c = &p->curve[k];
    double constant = 0;
    range h;
    char order[WEIR_NUMBER_ROOM], spread[WEIR_NUMBER_ROOM];
    const bool line = fit_line(c, &constant, &h);
    if (line) {
      plot_put(f, "@s$fit@i using 1:2 with lines lc rgb '@s' lw 0.8 notitle", comma, k, plot_colour(k));
      comma = ", \\\n  ";
    }
    plot_put(f, "@s'@s-curve@i.dat' using 1:($3==0&&$2>0?$2:NaN) with points pt @i lc rgb '@s' notitle", comma, stem, k,
             plot_hollow(k), plot_colour(k));
    plot_put(f, ", \\\n  '' using 1:($3==1?$2:NaN) with points pt @i lc rgb '@s' title '@u", plot_filled(k),
             plot_colour(k), c->name == NULL ? "" : c->name);
    if (line) {
      hundredths(order, c->order);
      plot_put(f, "  p = @u", order);
    }
    if (line && isfinite(c->spread)) {
      hundredths(spread, c->spread);
      plot_put(f, " ± @u", spread);
    }
    plot_put(f, "' noenhanced");
    comma = ", \\\n  ";
  }
  plot_put(f, "\n");
}

static double width(const weir_plot_orders *p)
{
  return beside(p) ? 158 : 85;
}

static void legend(plot *f, const weir_plot_orders *p, const char *inside)
{
  if (beside(p))
    plot_put(f, "set key at graph 1.03, graph 1 left top Left reverse\n");
  else
    plot_put(f, "set key @s Left reverse\n", inside);
}

weir_status weir_plot_convergence(weir_ctx *ctx, const weir_plot_orders *p, const weir_plot_options *opt)
{
  plot f;
  range h = {0}, e = {0};
  WEIR_TRY(check(ctx, p, &h, &e));
  WEIR_TRY(plot_begin(ctx, opt, width(p), 75, &f));
  const weir_status s = data(&f, p);
  triangle(&f, p, &e);
  if (isfinite(p->floor) && p->floor > 0 && p->floor > e.lo / 1e3) {
    widen(&e, p->floor);
    plot_put(&f,
             "set object 2 rect from graph 0, graph 0 to graph 1, first @d behind fs solid noborder fc rgb '#e8e8e8'\n",
             p->floor);
  }
  if (opt->title != NULL) plot_put(&f, "set title '@u' noenhanced offset 0,-0.6\n", opt->title);
  axes(&f, p, &h, &e);
  plot_panel(&f, 15, 11, 66, opt->title == NULL ? 61 : 56);
  legend(&f, p, "top left");
  curves(&f, p);
  return plot_end(&f, s);
}

/* ---------------------------------------------------------------- work against precision */
static void cost_axis(plot *f, const weir_plot_orders *p, const range *h)
{
  plot_put(f, "set xrange [@d:@d]\nset xlabel '@u' offset 0,0.4 noenhanced\n", h->lo / 1.6, h->hi * 1.6,
           p->h_name == NULL ? "CPU s" : p->h_name);
  if (h->hi / h->lo > 10)
    plot_put(f, "set format x '10^{%L}'\nset mxtics 10\n");
  else
    plot_put(f, "set format x '%.2g'\n");
}

weir_status weir_plot_work(weir_ctx *ctx, const weir_plot_orders *p, const weir_plot_options *opt)
{
  plot f;
  range h = {0}, e = {0};
  WEIR_TRY(check(ctx, p, &h, &e));
  WEIR_TRY(plot_begin(ctx, opt, width(p), 75, &f));
  const weir_status s = data(&f, p);
  if (opt->title != NULL) plot_put(&f, "set title '@u' noenhanced offset 0,-0.6\n", opt->title);
  error_axis(&f, p, &e);
  cost_axis(&f, p, &h);
  plot_panel(&f, 15, 11, 66, opt->title == NULL ? 61 : 56);
  legend(&f, p, "top right");
  for (int k = 0; k < p->n; k++)
    plot_put(&f,
             "@s'@s-curve@i.dat' using 1:($2>0?$2:NaN) with linespoints pt @i lw 0.8 lc rgb '@s' title '@u' noenhanced",
             k == 0 ? "plot " : ", \\\n  ", opt->stem, k, plot_filled(k), plot_colour(k),
             p->curve[k].name == NULL ? "" : p->curve[k].name);
  plot_put(&f, "\n");
  return plot_end(&f, s);
}
