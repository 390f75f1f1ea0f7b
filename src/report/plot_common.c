/* Scripts and data files. No text from outside reaches a script but through sanitise(). */
#include "report/plot.h"
#include <weir/array.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const suffix[] = {"png", "svg", "pdf"};

/* What is harmless between single quotes of gnuplot. Dropped: ' " ` @ $ \ { } and everything that is no letter, digit
 * or listed mark; bytes above 127 come in well-formed sequences from weir_text_clean(). */
static void sanitise(weir_text *out, const char *s)
{
  weir_text t = {0};
  weir_text_clean(&t, s);
  for (const char *p = t.s; p != NULL && *p; p++) {
    const unsigned char c = (unsigned char)*p;
    const bool ok = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c >= 0x80 ||
                    strchr(" .,:;=+-/()[]%<>*!?_^#", c) != NULL;
    if (ok) weir_text_append_bytes(out, 1, p);
  }
  if (t.failed) out->failed = true;
  weir_text_release(&t);
}

void plot_put(plot *p, const char *fmt, ...)
{
  weir_text *t = &p->script;
  va_list ap;
  va_start(ap, fmt);
  while (*fmt) {
    const size_t n = strcspn(fmt, "@");
    weir_text_append_bytes(t, n, fmt);
    fmt += n;
    if (*fmt == '\0') break;
    switch (fmt[1]) {
    case 'd': weir_text_number(t, 9, va_arg(ap, double)); break;
    case 'i': weir_text_appendf(t, "%d", va_arg(ap, int)); break;
    case 's': weir_text_append(t, va_arg(ap, const char *)); break;
    default: sanitise(t, va_arg(ap, const char *)); break;
    }
    fmt += 2;
  }
  va_end(ap);
}

void plot_row(plot *p, int n, const double *x)
{
  for (int i = 0; i < n; i++) {
    if (i > 0) weir_text_append(&p->data, " ");
    weir_text_number(&p->data, 9, x[i]);
  }
  weir_text_append(&p->data, "\n");
}

void plot_gap(plot *p)
{
  weir_text_append(&p->data, "\n");
}

static bool good_stem(const char *s)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  return s != NULL && s[0] != '\0' && s[0] != '.' && s[0] != '-' && strlen(s) <= 64 && s[strspn(s, letters)] == '\0';
}

static const char *dir_of(const weir_plot_options *opt)
{
  return opt->dir == NULL || opt->dir[0] == '\0' ? "." : opt->dir;
}

/* Fonts are 8 points at the size on paper; PNG has 200 dots an inch. */
static void terminal(plot *p)
{
  const double dots = 200 / 25.4;
  switch (p->opt->format) {
  case WEIR_PLOT_PNG:
    plot_put(p, "set terminal pngcairo size @i,@i font 'Sans,8' fontscale 2.1 linewidth 2 pointscale 1.75\n",
             (int)(p->width * dots + 0.5), (int)(p->height * dots + 0.5));
    break;
  case WEIR_PLOT_SVG:
    plot_put(p, "set terminal svg size @i,@i font 'Sans,11' linewidth 1 background '#ffffff'\n",
             (int)(p->width * 96 / 25.4 + 0.5), (int)(p->height * 96 / 25.4 + 0.5));
    break;
  case WEIR_PLOT_PDF:
    plot_put(p, "set terminal pdfcairo size @dcm,@dcm font 'Sans,8' linewidth 1\n", p->width / 10, p->height / 10);
    break;
  }
}

weir_status plot_begin(weir_ctx *ctx, const weir_plot_options *opt, double width, double height, plot *p)
{
  *p = (plot){.ctx = ctx, .opt = opt, .width = width, .height = height};
  WEIR_REQUIRE(good_stem(opt->stem), ctx, WEIR_EARG,
               "plot: a name of 1 to 64 letters, digits, _ . - that starts with a letter, digit or _ expected");
  WEIR_REQUIRE(opt->format >= WEIR_PLOT_PNG && opt->format <= WEIR_PLOT_PDF, ctx, WEIR_EARG, "plot: unknown format");
  plot_put(p, "# weir @s: run by `gnuplot -d @s.gp` in this directory\n", weir_version(), opt->stem);
  terminal(p);
  plot_put(p, "if (!exists('out')) out = '@s.@s'\nset output out\nset encoding utf8\n", opt->stem, suffix[opt->format]);
  plot_put(p, "set border lw 0.6\nset tics nomirror scale 0.5\nset key samplen 1.5 spacing 1.05\n");
  return WEIR_OK;
}

/* DIR/STEM + rest */
static void path_of(weir_text *t, const weir_plot_options *opt, const char *rest)
{
  weir_text_appendf(t, "%s/%s%s", dir_of(opt), opt->stem, rest);
}

static weir_status write_file(plot *p, const char *rest, const weir_text *content)
{
  weir_text path = {0};
  path_of(&path, p->opt, rest);
  weir_status s = weir_text_check(p->ctx, &path);
  if (s == WEIR_OK) s = weir_text_check(p->ctx, content);
  if (s == WEIR_OK) s = weir_text_write(p->ctx, path.s, content->s == NULL ? "" : content->s, content->len);
  weir_text_release(&path);
  return s;
}

weir_status plot_data(plot *p, const char *name)
{
  weir_text rest = {0};
  weir_text_appendf(&rest, "-%s.dat", name);
  weir_status s = weir_text_check(p->ctx, &rest);
  if (s == WEIR_OK) s = write_file(p, rest.s, &p->data);
  weir_text_release(&rest);
  p->data.len = 0;
  return s;
}

weir_status plot_end(plot *p, weir_status s)
{
  plot_put(p, "unset output\n");
  if (s == WEIR_OK) s = write_file(p, ".gp", &p->script);
  weir_text_release(&p->script);
  weir_text_release(&p->data);
  if (s != WEIR_OK || p->opt->script_only) return s;
  const char *stem = p->opt->stem, *ext = suffix[p->opt->format];
  char script[96], image[96], part[96]; /* a stem has at most 64 bytes */
  (void)snprintf(script, sizeof script, "%s.gp", stem);
  (void)snprintf(image, sizeof image, "%s.%s", stem, ext);
  (void)snprintf(part, sizeof part, "%s.part.%s", stem, ext);
  return plot_run(p->ctx, p->opt, script, image, part);
}

void plot_panel(plot *p, double x, double y, double w, double h)
{
  plot_put(p,
           "set lmargin at screen @d\nset rmargin at screen @d\nset bmargin at screen @d\nset tmargin at screen @d\n",
           x / p->width, (x + w) / p->width, y / p->height, (y + h) / p->height);
}

void plot_range(plot *p, char axis, double lo, double hi, int most)
{
  if (!(hi > lo)) {
    const double half = lo == 0 ? 0.5 : 0.1 * fabs(lo);
    lo -= half;
    hi += half;
  }
  const double raw = (hi - lo) / most, unit = pow(10, floor(log10(raw))), m = raw / unit;
  const char name[] = {axis, '\0'};
  plot_put(p, "set @srange [@d:@d]\nset @stics @d\n", name, lo, hi, name,
           unit * (m <= 1   ? 1
                   : m <= 2 ? 2
                   : m <= 5 ? 5
                            : 10));
}

const char *plot_axis_name(const plot *p, int a)
{
  static const char *const name[] = {"x", "y", "z"};
  return p->opt->axis_name[a] != NULL ? p->opt->axis_name[a] : name[a];
}

const char *plot_time_name(const plot *p)
{
  return p->opt->time_name != NULL ? p->opt->time_name : "t";
}

/* Okabe and Ito (2008), without black and yellow, which vanishes on white. */
const char *plot_colour(int k)
{
  static const char *const colour[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#555555"};
  return colour[k % 7];
}

int plot_filled(int k)
{
  static const int type[] = {7, 5, 9, 13, 11, 15};
  return type[k % 6];
}

int plot_hollow(int k)
{
  return plot_filled(k) - 1;
}
