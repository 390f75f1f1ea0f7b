/* weir solve: the finite-volume solution of a case, its mass ledger, its error where the exact solution is known, its error bar. */
#include "cli/solve.h"
#include <math.h>
#include <stdlib.h>

static const char doc[] =
    "Solve CASE and print, for each output time, the mass ledger, the smallest density and, "
    "where the case has an exact solution, the error.\v"
    "The .npz of -o holds rho (T, nx[, ny[, nz]]), t, the nodes x, y, z, and the ledger; with --estimate or "
    "--tolerance also "
    "the estimated error of every cell average, signed, as `error`. The estimate compares three meshes of ratio 2 and "
    "trusts "
    "no order that they do not show. "
    "Exit 0 if the run is done, 3 if it fails, its mass ledger does not close (1e-13 sqrt(stages), relative) or the "
    "tolerance is not reached; the best result is then written all the same, with its error bar.";

enum { KEY_PLOT = 1000, KEY_TOLERANCE, KEY_ESTIMATE, KEY_MAX_CELLS };

static const struct argp_option options[] = {
    {"output", 'o', "FILE.npz", 0, "write density and ledger", 1},
    {"plot", KEY_PLOT, "FILE", 0, "picture of the last output (.png, .svg, .pdf)", 1},
    {"tolerance", KEY_TOLERANCE, "E", 0,
     "halve the cells until the estimated relative L1 error is at most E at every output", 1},
    {"estimate", KEY_ESTIMATE, NULL, 0,
     "estimate the error cell by cell (a mesh that cannot be halved twice is refined first)", 1},
    {"max-cells", KEY_MAX_CELLS, "N", 0,
     "cells at most with --tolerance (default in 1, 2, 3 dimensions: 2^16, 2^22, 2^24; fokker-planck 2^13, 2^20, 2^21)",
     1},
    {0}};

/* A number in (lo, hi). */
static double between(struct argp_state *state, const char *name, const char *arg, double lo, double hi,
                      const char *expected)
{
  char *end = NULL;
  const double x = strtod(arg, &end);
  if (end == arg || *end != '\0' || !(x > lo && x < hi))
    argp_failure(state, EXIT_USAGE, 0, "--%s: %s expected, found '%s'", name, expected, arg);
  return x;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
  cli *c = state->input;
  solve_options *o = c->own;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = c; return 0;
  case 'o': o->out = arg; return 0;
  case KEY_PLOT: o->plot = arg; return 0;
  case KEY_TOLERANCE:
    o->tolerance = between(state, "tolerance", arg, 0, 1, "a number between 0 and 1");
    o->estimate = true;
    return 0;
  case KEY_ESTIMATE: o->estimate = true; return 0;
  case KEY_MAX_CELLS: o->max_cells = floor(between(state, "max-cells", arg, 0.5, 1e12, "a number of cells")); return 0;
  case ARGP_KEY_ARG:
    if (o->which != NULL) argp_error(state, "one case at a time: '%s'", arg);
    o->which = arg;
    return 0;
  case ARGP_KEY_END:
    if (o->which == NULL) argp_error(state, "a case is missing: a file, or a name of `weir cases`");
    if (o->max_cells > 0 && !(o->tolerance > 0)) argp_error(state, "--max-cells is for --tolerance");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
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
  WEIR_TRY(cli_read_case(w->c, w->o->which, &w->cs));
  WEIR_TRY(cli_check_plot(w->c, w->o->plot, w->cs->dim));
  WEIR_TRY(cli_check_output(w->c, w->o->out));
  WEIR_TRY(solve_run(w));
  solve_facts(w);
  WEIR_TRY(solve_laws(w));
  if (w->o->out != NULL) WEIR_TRY(weir_recorder_write(ctx, w->recorder, w->o->out));
  WEIR_TRY(cli_table(w->c, w->table));
  WEIR_TRY(plot(w));
  const weir_check *worst = weir_verdict_worst(w->verdict);
  if (worst != NULL) return WEIR_FAIL(ctx, WEIR_ENUMERIC, "%s/%s: %s", worst->check, worst->statistic, worst->text);
  return WEIR_OK;
}

int cmd_solve(cli *c, int argc, char **argv)
{
  solve_options o = {.which = NULL};
  c->own = &o;
  const struct argp argp = {options, parse, "CASE", doc, judged_children, NULL, NULL};
  (void)argp_parse(&argp, argc, argv, 0, NULL, c);
  work w = {.c = c, .o = &o};
  const weir_status s = solve(&w);
  int code = s == WEIR_OK ? EXIT_PASSED : cli_error(c, s);
  code = cli_junit(c, w.cs != NULL ? w.cs->name : o.which, w.verdict, s, code);
  solve_release(&w);
  weir_case_destroy(&w.cs);
  return code;
}
