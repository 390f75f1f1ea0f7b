/* What the plots share: script text, data files, the run of gnuplot. */
#ifndef WEIR_REPORT_PLOT_H
#define WEIR_REPORT_PLOT_H

#include "report/write.h"

/* One figure being written. Lengths are millimetres on paper. */
typedef struct plot {
  weir_ctx *ctx;
  const weir_plot_options *opt;
  weir_text script;
  weir_text data; /* the data file being filled */
  double width, height;
} plot;

/* Check the options; head of the script: terminal, output, styles shared by all plots.
 * @retval WEIR_EARG bad stem, size */
weir_status plot_begin(weir_ctx *ctx, const weir_plot_options *opt, double width, double height, plot *p);
/* Write the script and draw, unless `s` is a failure already. Frees what p holds. Returns s or its own failure. */
weir_status plot_end(plot *p, weir_status s);
/* Write p->data to DIR/STEM-NAME.dat and empty it. */
weir_status plot_data(plot *p, const char *name);

/* Append to the script: @d a double (9 digits), @i an int, @s a text of ours, @u a text of somebody else's, sanitised.
 * '@' alone cannot be written; '%' is an ordinary character. */
void plot_put(plot *p, const char *fmt, ...);
/* Append doubles to the data file, separated by blanks, with a newline. */
void plot_row(plot *p, int n, const double *x);
/* A blank line: end of a row of a grid. */
void plot_gap(plot *p);
/* Place the next panel: lower left corner and size. */
void plot_panel(plot *p, double x, double y, double w, double h);
/* set [axis]range [lo:hi] with at most `most` or so ticks at 1, 2 or 5 times a power of ten; an empty range is widened. */
void plot_range(plot *p, char axis, double lo, double hi, int most);
/* Name of axis a, and of time. */
const char *plot_axis_name(const plot *p, int a);
const char *plot_time_name(const plot *p);
/* Okabe-Ito colour k (mod 7), filled and hollow point type k (mod 6). */
const char *plot_colour(int k);
int plot_filled(int k);
int plot_hollow(int k);

/* The part of a mesh that is shown. */
typedef struct plot_window {
  double lo[2], hi[2];
} plot_window;
/* Where q exceeds 1e-3 of its maximum, with every particle inside the mesh, and a margin. */
plot_window plot_window_of(const weir_mesh *m, const double *q, ptrdiff_t n, const double *x);
/* 2D: write x y q on a raster of the window, at most 200 a side, q of the cell around each point; returns max |q| of it in
 * `top`. 1D: x q at all cell centres inside the window. File STEM-NAME.dat. */
weir_status plot_field_data(plot *p, const char *name, const weir_mesh *m, const double *q, const plot_window *w,
                            double *top);
/* Contours of STEM-NAME.dat at 5 levels up to top, as a table STEM... kept inside the script as $NAME. */
void plot_contours(plot *p, const char *name, double top);
/* set xrange, yrange, labels of a map; viridis or the diverging palette with its bar to the right of a panel. */
void plot_map_axes(plot *p, const plot_window *w);
void plot_palette(plot *p, bool diverging, double x, double y, double h);

/* Run PROGRAM -d -e "out='TMP'" SCRIPT in DIR. @retval as weir_plot_*() */
weir_status plot_run(weir_ctx *ctx, const weir_plot_options *opt, const char *script, const char *image,
                     const char *part);

#endif
