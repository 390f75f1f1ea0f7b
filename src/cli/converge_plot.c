/* weir converge: the pictures. One scheme: its three norms against h. A set: the deciding norm of each, against h and against CPU time. */
#include "cli/converge.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CURVES = 12 };

/* Values of a curve, for as long as it is drawn. */
typedef struct points {
  double h[LEVELS_MAX], cost[LEVELS_MAX], error[LEVELS_MAX];
  bool used[LEVELS_MAX];
} points;

static void fill(const weir_convergence *r, int norm, const char *name, points *p, weir_plot_curve *curve)
{
  const weir_order *v = &r->verdict[norm];
  for (int l = 0; l < r->levels; l++) {
    p->h[l] = r->level[l].h, p->error[l] = r->level[l].error[norm];
    p->cost[l] = fmax(r->level[l].seconds, 1e-6);
    p->used[l] = l >= v->first && l <= v->last;
  }
  *curve = (weir_plot_curve){.name = name,
                             .n = r->levels,
                             .h = p->h,
                             .error = p->error,
                             .used = p->used,
                             .order = v->p,
                             .spread = v->uncertainty};
}

static weir_status plot_work(const converge *w, points *p, weir_plot_curve *curve, const weir_plot_orders *orders)
{
  cli_plot opt;
  WEIR_TRY(cli_plot_options(w->c, w->plot, w->m[0].cs->name, &opt));
  opt.stem[59] = '\0'; /* names of pictures have 64 letters at most */
  (void)snprintf(opt.stem + strlen(opt.stem), 8, "-work");
  for (int k = 0; k < w->members; k++) curve[k].h = p[k].cost;
  return weir_plot_work(w->c->ctx, orders, &opt.opt);
}

weir_status converge_plot(const converge *w)
{
  points p[CURVES];
  weir_plot_curve curve[CURVES];
  cli_plot opt;
  if (w->plot == NULL) return WEIR_OK;
  const bool set = w->members > 1;
  double formal = w->m[0].r->formal;
  for (int k = 0; k < (set ? w->members : 3); k++) {
    const member *m = &w->m[set ? k : 0];
    fill(m->r, set ? m->r->norm : k, set ? m->label : converge_norm[k], &p[k], &curve[k]);
    if (m->r->formal != formal) formal = (double)NAN;
  }
  char error[40];
  (void)snprintf(error, sizeof error, set ? "%s error" : "error", converge_norm[w->m[0].r->norm]);
  const weir_plot_orders orders = {
      .n = set ? w->members : 3, .curve = curve, .formal = formal, .floor = (double)NAN, .error_name = error};
  WEIR_TRY(cli_plot_options(w->c, w->plot, w->m[0].cs->name, &opt));
  WEIR_TRY(weir_plot_convergence(w->c->ctx, &orders, &opt.opt));
  return set ? plot_work(w, p, curve, &orders) : WEIR_OK;
}
