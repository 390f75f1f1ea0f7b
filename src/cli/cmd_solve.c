/* weir solve: the finite-volume solution of a case, its mass ledger, its error where the exact solution is known. */
#include "cli/common.h"
#include <weir/field_io.h>
#include <weir/norms.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char doc[] =
    "Solve CASE and print, for each output time, the mass ledger, the smallest density and, "
    "where the case has an exact solution, the error.\v"
    "The .npz of -o holds rho (T, nx[, ny[, nz]]), t, the nodes x, y, z, and the ledger. "
    "Exit 0 if the run is done, 3 if it fails or its mass ledger does not close (1e-13 sqrt(stages), relative).";

enum { KEY_PLOT = 1000 };

typedef struct own {
  const char *which, *out, *plot;
} own;

static const struct argp_option options[] = {
    {"output", 'o', "FILE.npz", 0, "write density and ledger", 1},
    {"plot", KEY_PLOT, "FILE", 0, "picture of the last output (.png, .svg, .pdf)", 1},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
  cli *c = state->input;
  own *o = c->own;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = c; return 0;
  case 'o': o->out = arg; return 0;
  case KEY_PLOT: o->plot = arg; return 0;
  case ARGP_KEY_ARG:
    if (o->which != NULL) argp_error(state, "one case at a time: '%s'", arg);
    o->which = arg;
    return 0;
  case ARGP_KEY_END:
    if (o->which == NULL) argp_error(state, "a case is missing: a file, or a name of `weir cases`");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* Histories for the plot. */
typedef struct history {
  int n;
  double *t, *defect, *min_rho;
} history;

typedef struct work {
  cli *c;
  const own *o;
  weir_case *cs;
  weir_setup *setup;
  weir_run *run;
  weir_table *table;
  weir_verdict *verdict;
  weir_recorder *recorder;
  double *truth, *block;
  history past;
} work;

static weir_status describe(work *w)
{
  const weir_mesh *m = weir_setup_mesh(w->setup);
  char cells[100], bounds[200];
  int used = snprintf(cells, sizeof cells, "%td", m->axis[0].n), at = 0;
  for (int a = 1; a < m->dim; a++) used += snprintf(cells + used, sizeof cells - (size_t)used, " x %td", m->axis[a].n);
  for (int a = 0; a < m->dim; a++)
    at += snprintf(bounds + at, sizeof bounds - (size_t)at, "%s%c: %s, %s", a > 0 ? "; " : "", "xyz"[a],
                   weir_side_name(w->cs->side[a][0]), weir_side_name(w->cs->side[a][1]));
  weir_table_fact_text(w->table, "case", w->cs->name);
  weir_table_fact_text(w->table, "cells", cells);
  weir_table_fact_text(w->table, "boundary", bounds);
  if (w->cs->equation == WEIR_CASE_TRANSPORT) {
    weir_table_fact_text(w->table, "scheme", w->cs->reconstruction != NULL ? w->cs->reconstruction : "muscl-mc");
    weir_table_fact_text(w->table, "stepper", w->cs->stepper != NULL ? w->cs->stepper : "ssprk3");
  } else
    weir_table_fact_text(w->table, "scheme", "Scharfetter-Gummel, uniformisation in time");
  weir_table_column(w->table, "t", "", WEIR_COLUMN_NUMBER, 6);
  weir_table_column(w->table, "mass", "", WEIR_COLUMN_NUMBER, 15);
  weir_table_column(w->table, "outflow", "", WEIR_COLUMN_NUMBER, 6);
  if (w->cs->source != NULL) weir_table_column(w->table, "source", "", WEIR_COLUMN_NUMBER, 6);
  weir_table_column(w->table, "defect", "", WEIR_COLUMN_NUMBER, 2);
  weir_table_column(w->table, "min rho", "", WEIR_COLUMN_NUMBER, 4);
  if (weir_setup_has_truth(w->setup)) {
    weir_table_column(w->table, "L1 error", "relative", WEIR_COLUMN_NUMBER, 3);
    weir_table_column(w->table, "Linf error", "relative", WEIR_COLUMN_NUMBER, 3);
  }
  weir_table_column(w->table, "steps", "", WEIR_COLUMN_INTEGER, 0);
  return WEIR_OK;
}

static weir_status errors(work *w, double t, weir_norms *e)
{
  WEIR_TRY(weir_setup_truth(w->c->ctx, w->setup, t, w->truth));
  weir_norms_of(weir_setup_mesh(w->setup), weir_run_density(w->run), w->truth, e);
  return WEIR_OK;
}

/* One output: a row of the table, a record of the file. */
static weir_status record(work *w, double t)
{
  weir_ledger l;
  weir_run_stats st;
  weir_run_ledger(w->run, &l);
  weir_run_stats_get(w->run, &st);
  const weir_mesh *m = weir_setup_mesh(w->setup);
  const double *q = weir_run_density(w->run);
  double lo, hi, outflow = 0;
  weir_mesh_range(m, q, &lo, &hi, NULL, NULL);
  for (int a = 0; a < m->dim; a++) outflow += l.outflow[a][0] + l.outflow[a][1];
  weir_record r = {.time = t, .mass = l.mass, .min_rho = lo, .source = l.source, .defect = l.defect};
  memcpy(r.outflow, l.outflow, sizeof r.outflow);
  weir_table_number(w->table, t);
  weir_table_number(w->table, l.mass);
  weir_table_number(w->table, outflow);
  if (w->cs->source != NULL) weir_table_number(w->table, l.source);
  weir_table_number(w->table, l.defect);
  weir_table_number(w->table, lo);
  if (weir_setup_has_truth(w->setup)) {
    weir_norms e = {.rel_l1 = (double)NAN, .rel_linf = (double)NAN};
    if (weir_setup_has_truth_at(w->setup, t)) WEIR_TRY(errors(w, t, &e));
    for (int k = 0; k < 2; k++) {
      const double v = k == 0 ? e.rel_l1 : e.rel_linf;
      if (isnan(v) && !weir_setup_has_truth_at(w->setup, t))
        weir_table_text(w->table, "-");
      else
        weir_table_number(w->table, v);
    }
  }
  weir_table_number(w->table, (double)st.steps);
  history *h = &w->past;
  h->t[h->n] = t, h->defect[h->n] = l.defect / fmax(fabs(l.mass0), l.turnover), h->min_rho[h->n] = lo, h->n++;
  return w->o->out != NULL ? weir_recorder_add(w->c->ctx, w->recorder, q, &r) : WEIR_OK;
}

static weir_status march(work *w)
{
  const weir_case *cs = w->cs;
  if (cs->outputs == 0 || cs->output[0] > cs->start) WEIR_TRY(record(w, cs->start));
  for (int k = 0; k < cs->outputs; k++) {
    WEIR_TRY(weir_run_advance(w->c->ctx, w->run, cs->output[k]));
    WEIR_TRY(record(w, cs->output[k]));
    char line[80];
    (void)snprintf(line, sizeof line, "t = %g of %g", cs->output[k], cs->end);
    cli_progress(w->c, line);
  }
  cli_progress(w->c, NULL);
  return WEIR_OK;
}

static void facts_after(work *w)
{
  weir_ledger l;
  weir_run_stats st;
  weir_run_ledger(w->run, &l);
  weir_run_stats_get(w->run, &st);
  weir_table_fact(w->table, "steps", "", (double)st.steps, 9);
  weir_table_fact(w->table, w->cs->equation == WEIR_CASE_TRANSPORT ? "stages" : "matrix-vector products", "",
                  (double)st.stages, 9);
  if (w->cs->equation == WEIR_CASE_TRANSPORT) {
    weir_table_fact(w->table, "rejected steps", "", (double)st.rejected, 9);
    weir_table_fact(w->table, "v.n dropped at no-flux walls", "", st.wall_speed, 3);
  } else
    weir_table_fact(w->table, "largest cell Peclet number", "", st.peclet, 3);
  weir_table_fact(w->table, "relative mass defect", "", l.defect / fmax(fabs(l.mass0), l.turnover), 3);
  weir_table_fact(w->table, "smallest density of all steps", "", st.min_rho, 4);
  if (st.peclet > 1)
    cli_note(w->c,
             "note: the largest cell Peclet number is %.3g; second order needs about 1 or less: refine or widen the "
             "diffusion",
             st.peclet);
  if (st.wall_speed > 1e-10)
    cli_note(w->c,
             "note: v.n is up to %.3g at no-flux walls and was taken as 0 there; use `outflow` if mass should leave",
             st.wall_speed);
}

/* The run's own laws as checks: the ledger closes, and a density that began non-negative stayed so (for the schemes that promise it: all
 * of today's, unless there is a source). */
static weir_status check_laws(work *w)
{
  weir_ctx *ctx = w->c->ctx;
  weir_ledger l;
  weir_run_stats st;
  weir_check *k = NULL;
  double lo, hi;
  weir_run_ledger(w->run, &l);
  weir_run_stats_get(w->run, &st);
  WEIR_TRY(weir_verdict_create(ctx, &w->verdict));
  WEIR_TRY(weir_verdict_add(ctx, w->verdict, "mass", "defect", -1, st.time, &k));
  k->value = fabs(l.defect) / fmax(fabs(l.mass0), l.turnover);
  k->tolerance = 1e-13 * sqrt(fmax(1, (double)st.stages));
  k->outcome = k->value <= k->tolerance ? WEIR_PASS : WEIR_FAILED;
  (void)snprintf(k->text, sizeof k->text, "mass(t) - mass(0) + outflow - sources is %.1e of the mass after %lld stages",
                 k->value, (long long)st.stages);
  weir_mesh_range(weir_setup_mesh(w->setup), weir_setup_initial(w->setup), &lo, &hi, NULL, NULL);
  WEIR_TRY(weir_verdict_add(ctx, w->verdict, "positivity", "min", -1, st.time, &k));
  bool promised = lo >= 0 && w->cs->source == NULL; /* a formula for what enters may be negative, too */
  for (int a = 0; a < w->cs->dim; a++)
    for (int side = 0; side < 2; side++) promised = promised && w->cs->side[a][side] != WEIR_INFLOW;
  k->value = st.min_rho, k->tolerance = 0;
  k->outcome = st.min_rho >= 0 ? WEIR_PASS : promised ? WEIR_FAILED : WEIR_NOT_TESTED;
  (void)snprintf(k->text, sizeof k->text, "the smallest cell average of all steps is %.4g%s", st.min_rho,
                 promised ? "" : "; not promised with a source, inflow or negative initial data");
  weir_verdict_conclude(w->verdict);
  return WEIR_OK;
}

static weir_status plot(work *w)
{
  if (w->o->plot == NULL) return WEIR_OK;
  const weir_case *cs = w->cs;
  const weir_plot_solved p = {.mesh = weir_setup_mesh(w->setup),
                              .rho = weir_run_density(w->run),
                              .exact = weir_setup_has_truth_at(w->setup, cs->end) ? w->truth : NULL,
                              .time = w->past.t[w->past.n - 1],
                              .n = w->past.n,
                              .t = w->past.t,
                              .defect = w->past.defect,
                              .min_rho = w->past.min_rho};
  cli_plot opt;
  WEIR_TRY(cli_plot_options(w->c, w->o->plot, cs->title[0] != '\0' ? cs->title : cs->name, &opt));
  return weir_plot_field(w->c->ctx, &p, &opt.opt);
}

static weir_status solve(work *w)
{
  weir_ctx *ctx = w->c->ctx;
  weir_study_options opt;
  cli_study_options(w->c, &opt);
  WEIR_TRY(cli_read_case(w->c, w->o->which, &w->cs));
  WEIR_TRY(cli_check_plot(w->c, w->o->plot, w->cs->dim));
  WEIR_TRY(weir_setup_create(ctx, w->cs, 1, 1, &opt, &w->setup));
  WEIR_TRY(weir_setup_start(ctx, w->setup, &w->run));
  const weir_mesh *m = weir_setup_mesh(w->setup);
  const int room = w->cs->outputs + 1;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(3 * room), "histories", &w->block));
  w->past = (history){.t = w->block, .defect = w->block + room, .min_rho = w->block + 2 * room};
  WEIR_TRY(weir_mesh_array(ctx, m, "exact averages", &w->truth));
  if (w->o->out != NULL) WEIR_TRY(weir_recorder_create(ctx, m, room, &w->recorder));
  WEIR_TRY(weir_table_create(ctx, "solve", &w->table));
  WEIR_TRY(describe(w));
  WEIR_TRY(march(w));
  facts_after(w);
  WEIR_TRY(check_laws(w));
  if (w->o->out != NULL) WEIR_TRY(weir_recorder_write(ctx, w->recorder, w->o->out));
  WEIR_TRY(cli_table(w->c, w->table));
  WEIR_TRY(plot(w));
  const weir_check *worst = weir_verdict_worst(w->verdict);
  if (worst != NULL) return WEIR_FAIL(ctx, WEIR_ENUMERIC, "%s/%s: %s", worst->check, worst->statistic, worst->text);
  return WEIR_OK;
}

int cmd_solve(cli *c, int argc, char **argv)
{
  own o = {NULL, NULL, NULL};
  c->own = &o;
  const struct argp argp = {options, parse, "CASE", doc, judged_children, NULL, NULL};
  (void)argp_parse(&argp, argc, argv, 0, NULL, c);
  work w = {.c = c, .o = &o};
  const weir_status s = solve(&w);
  int code = s == WEIR_OK ? EXIT_PASSED : cli_error(c, s);
  code = cli_junit(c, w.cs != NULL ? w.cs->name : o.which, w.verdict, s, code);
  weir_verdict_destroy(&w.verdict);
  weir_table_destroy(&w.table);
  weir_recorder_destroy(&w.recorder);
  weir_free(w.truth), weir_free(w.block);
  weir_run_destroy(&w.run);
  weir_setup_destroy(&w.setup);
  weir_case_destroy(&w.cs);
  return code;
}
