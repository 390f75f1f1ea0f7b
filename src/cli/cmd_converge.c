/* weir converge: errors and observed orders over a sequence of meshes, of one scheme or of a set. */
#include "cli/converge.h"
#include <stdio.h>
#include <string.h>

static const char doc[] =
    "Solve CASE on several meshes, with one scheme or each of a set, and judge the observed order of accuracy in the "
    "case's norm.\v"
    "Errors are those of cell averages against the exact solution's; a case without one is compared with the next "
    "finer "
    "level, and gets error bars (grid convergence index) of its fields and of their means, second moment, norm and "
    "maximum. The expected order is that of the scheme in the case's dimension and of its stepper; where the stepper's "
    "is "
    "lower, dt ~ h^P makes up for it (--dt). "
    "Exit 0 if every order is reached, 1 if one is not.";

enum {
  KEY_LEVELS = 1000,
  KEY_CELLS,
  KEY_SCHEME,
  KEY_STEPPER,
  KEY_GRADING,
  KEY_DT,
  KEY_GCI,
  KEY_TO_ERROR,
  KEY_ORDER,
  KEY_DELTA,
  KEY_NORM,
  KEY_FORMAT,
  KEY_PLOT
};

static const struct argp_option options[] = {
    {"levels", KEY_LEVELS, "N,N,...|A:B", 0, "cells in x of each level; 32:256 doubles from 32 to 256", 1},
    {"cells", KEY_CELLS, "N,N,...|A:B", 0, "the same as --levels", 1},
    {"scheme", KEY_SCHEME, "NAME[+STEPPER],...", 0, "reconstructions, each with its stepper or with all of --stepper",
     1},
    {"stepper", KEY_STEPPER, "NAME,...", 0, "time steppers", 1},
    {"grading", KEY_GRADING, "NAME[:G],...", 0,
     "meshes: uniform, sine:0.5, tanh:1.5, geometric:1.1, ... (mesh.grading)", 1},
    {"dt", KEY_DT, "auto|h|h^P", 0,
     "steps in proportion to h^P, P >= 1 whole or a fraction (h^5/3); h: fixed CFL number; auto: P = order in space / "
     "order in time if that is above 1",
     1},
    {"gci", KEY_GCI, NULL, 0, "error bars also where an exact solution can tell whether they cover", 1},
    {"to-error", KEY_TO_ERROR, "E,E,...", 0, "CPU time to these relative errors, interpolated between levels", 1},
    {"order", KEY_ORDER, "P", 0, "expected order (converge.order)", 1},
    {"delta", KEY_DELTA, "D", 0, "the order may fall short by D (converge.delta)", 1},
    {"norm", KEY_NORM, "L1|L2|Linf", 0, "norm that decides (converge.norm)", 1},
    {"format", KEY_FORMAT, "text|csv|json|markdown|latex", 0, "form of the tables", 1},
    {"plot", KEY_PLOT, "FILE", 0,
     "picture of the errors (.png, .svg, .pdf); of a set also FILE-work, error against CPU time", 1},
    {0}};

/* What else is said about the case and the output. */
static error_t parse_more(int key, char *arg, struct argp_state *state)
{
  cli *c = state->input;
  converge *w = c->own;
  switch (key) {
  case KEY_ORDER: cli_set(c, state, "converge.order", arg); return 0;
  case KEY_DELTA: cli_set(c, state, "converge.delta", arg); return 0;
  case KEY_NORM: cli_set(c, state, "converge.norm", arg); return 0;
  case KEY_FORMAT:
    if (!weir_table_format_find(arg, &w->format))
      argp_failure(state, EXIT_USAGE, 0, "--format: text, csv, json, markdown or latex expected, found '%s'", arg);
    return 0;
  case KEY_PLOT: w->plot = arg; return 0;
  case ARGP_KEY_ARG:
    if (w->which != NULL) argp_error(state, "one case at a time: '%s'", arg);
    w->which = arg;
    return 0;
  case ARGP_KEY_END:
    if (w->which == NULL) argp_error(state, "a case is missing: a file, or a name of `weir cases`");
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
  cli *c = state->input;
  converge *w = c->own;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = c; return 0;
  case KEY_LEVELS: converge_parse_levels(state, w, "levels", arg); return 0;
  case KEY_CELLS: converge_parse_levels(state, w, "cells", arg); return 0;
  case KEY_SCHEME: w->schemes = arg; return 0;
  case KEY_STEPPER: w->steppers = arg; return 0;
  case KEY_GRADING: w->gradings = arg; return 0;
  case KEY_DT: converge_parse_dt(state, w, arg); return 0;
  case KEY_GCI: w->error_bars = true; return 0;
  case KEY_TO_ERROR: converge_parse_goals(state, w, arg); return 0;
  default: return parse_more(key, arg, state);
  }
}

/* Whose level is under way, for the progress line. */
typedef struct place {
  const converge *w;
  int member;
} place;

static void progress(void *user, int level, int levels)
{
  const place *p = user;
  char line[120];
  if (p->w->members == 1)
    (void)snprintf(line, sizeof line, "level %d of %d done", level + 1, levels);
  else
    (void)snprintf(line, sizeof line, "%d of %d, %.60s: level %d of %d done", p->member + 1, p->w->members,
                   p->w->m[p->member].label, level + 1, levels);
  cli_progress(p->w->c, line);
}

static weir_status run(converge *w)
{
  weir_study_options opt;
  cli_study_options(w->c, &opt);
  opt.dt_num = w->dt_num, opt.dt_den = w->dt_den, opt.error_bars = w->error_bars;
  WEIR_TRY(cli_check_plot(w->c, w->plot, 1));
  WEIR_TRY(cli_check_output(w->c, w->c->json));
  WEIR_TRY(converge_members(w));
  WEIR_REQUIRE(w->plot == NULL || w->members <= 12, w->c->ctx, WEIR_EARG,
               "--plot: %d curves, at most 12 can be told apart", w->members);
  WEIR_TRY(converge_prepare(w));
  for (int k = 0; k < w->members; k++) {
    place p = {w, k};
    WEIR_TRY(weir_converge(w->c->ctx, w->m[k].cs, w->levels, w->level, &opt, progress, &p, &w->m[k].r));
  }
  cli_progress(w->c, NULL);
  return WEIR_OK;
}

int cmd_converge(cli *c, int argc, char **argv)
{
  converge w = {.c = c, .format = WEIR_TABLE_TEXT};
  c->own = &w;
  const struct argp argp = {options, parse, "CASE", doc, swept_children, NULL, NULL};
  (void)argp_parse(&argp, argc, argv, 0, NULL, c);
  weir_verdict *v = NULL;
  weir_status s = run(&w);
  cli_progress(c, NULL);
  if (s == WEIR_OK) s = converge_report(&w);
  if (s == WEIR_OK) s = converge_verdict(&w, &v);
  if (s == WEIR_OK) s = converge_plot(&w);
  int code = s == WEIR_OK ? EXIT_PASSED : cli_error(c, s);
  if (s == WEIR_OK && v->outcome != WEIR_PASS) code = EXIT_FAILED;
  code = cli_junit(c, w.members > 0 && w.m[0].cs != NULL ? w.m[0].cs->name : w.which, v, s, code);
  weir_verdict_destroy(&v);
  for (int k = 0; k < w.members; k++) {
    weir_convergence_destroy(&w.m[k].r);
    weir_case_destroy(&w.m[k].cs);
  }
  return code;
}
