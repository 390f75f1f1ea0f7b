/* weir converge: errors and observed order over a sequence of meshes. */
#include "cli/common.h"
#include <weir/array.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char doc[] = "Solve CASE on several meshes and judge the observed order of accuracy in the case's norm.\v"
                          "Errors are those of cell averages against the exact solution's; a case without one is "
                          "compared with the next finer level. "
                          "Exit 0 if the order is reached, 1 if not.";

enum { KEY_LEVELS = 1000, KEY_ORDER, KEY_DELTA, KEY_NORM, KEY_FORMAT, KEY_PLOT, LEVELS_MAX = WEIR_ORDER_MAXLEVEL };

typedef struct own {
  const char *which, *plot;
  int levels;
  ptrdiff_t level[LEVELS_MAX];
  weir_table_format format;
} own;

static const struct argp_option options[] = {
    {"levels", KEY_LEVELS, "N,N,...|A:B", 0, "cells in x of each level; 32:256 doubles from 32 to 256", 1},
    {"order", KEY_ORDER, "P", 0, "expected order (converge.order)", 1},
    {"delta", KEY_DELTA, "D", 0, "the order may fall short by D (converge.delta)", 1},
    {"norm", KEY_NORM, "L1|L2|Linf", 0, "norm that decides (converge.norm)", 1},
    {"format", KEY_FORMAT, "text|csv|markdown", 0, "form of the table", 1},
    {"plot", KEY_PLOT, "FILE", 0, "picture of the errors (.png, .svg, .pdf)", 1},
    {0}};

static void parse_levels(struct argp_state *state, own *o, const char *arg)
{
  long a = 0, b = 0;
  char rest = 0;
  if (sscanf(arg, "%ld:%ld%c", &a, &b, &rest) == 2 && a >= 1 && b > a && b <= 1 << 24) {
    for (; a <= b && o->levels < LEVELS_MAX; a *= 2) o->level[o->levels++] = a;
    return;
  }
  for (const char *p = arg; *p != '\0' && o->levels < LEVELS_MAX;) {
    char *end = NULL;
    const long n = strtol(p, &end, 10);
    if (end == p || n < 1 || n > 1 << 24 || (*end != ',' && *end != '\0')) break;
    o->level[o->levels++] = n;
    if (*end == '\0') return;
    p = end + 1;
  }
  argp_failure(state, EXIT_USAGE, 0,
               "--levels: a list of whole numbers such as 32,64,128 or 32:128 expected, found '%s'", arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
  cli *c = state->input;
  own *o = c->own;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = c; return 0;
  case KEY_LEVELS: parse_levels(state, o, arg); return 0;
  case KEY_ORDER: cli_set(c, state, "converge.order", arg); return 0;
  case KEY_DELTA: cli_set(c, state, "converge.delta", arg); return 0;
  case KEY_NORM: cli_set(c, state, "converge.norm", arg); return 0;
  case KEY_FORMAT:
    if (strcmp(arg, "text") == 0)
      o->format = WEIR_TABLE_TEXT;
    else if (strcmp(arg, "csv") == 0)
      o->format = WEIR_TABLE_CSV;
    else if (strcmp(arg, "markdown") == 0)
      o->format = WEIR_TABLE_MARKDOWN;
    else
      argp_failure(state, EXIT_USAGE, 0, "--format: text, csv or markdown expected, found '%s'", arg);
    return 0;
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

static const char *const norm_name[3] = {"L1", "L2", "Linf"};

static void columns(weir_table *t, const weir_case *cs, bool has_w1)
{
  weir_table_column(t, "cells", "", WEIR_COLUMN_TEXT, 0);
  for (int k = 0; k < 3; k++) {
    char order[16];
    (void)snprintf(order, sizeof order, "%s order", norm_name[k]);
    weir_table_column(t, norm_name[k], "", WEIR_COLUMN_NUMBER, 3);
    weir_table_column(t, order, "", WEIR_COLUMN_NUMBER, 3);
  }
  if (cs->dim == 1 && has_w1) weir_table_column(t, "W1", "", WEIR_COLUMN_NUMBER, 3);
  weir_table_column(t, "mass defect", "", WEIR_COLUMN_NUMBER, 2);
  weir_table_column(t, "min rho", "", WEIR_COLUMN_NUMBER, 3);
  weir_table_column(t, "steps", "", WEIR_COLUMN_INTEGER, 0);
  weir_table_column(t, "CPU s", "s", WEIR_COLUMN_NUMBER, 3);
}

static void rows(weir_table *t, const weir_case *cs, const weir_convergence *r, bool has_w1)
{
  for (int l = 0; l < r->levels; l++) {
    const weir_level *v = &r->level[l];
    char cells[80];
    int used = snprintf(cells, sizeof cells, "%td", v->n[0]);
    for (int a = 1; a < cs->dim; a++) used += snprintf(cells + used, sizeof cells - (size_t)used, " x %td", v->n[a]);
    weir_table_text(t, cells);
    for (int k = 0; k < 3; k++) {
      weir_table_number(t, v->error[k]);
      if (l > 0)
        weir_table_number(t, r->verdict[k].slope[l]);
      else
        weir_table_text(t, NULL);
    }
    if (cs->dim == 1 && has_w1) weir_table_number(t, v->w1);
    weir_table_number(t, v->mass_defect);
    weir_table_number(t, v->min_rho);
    weir_table_number(t, (double)v->steps);
    weir_table_number(t, v->seconds);
  }
}

static weir_status report(cli *c, const own *o, const weir_case *cs, const weir_convergence *r)
{
  weir_table *t = NULL;
  WEIR_TRY(weir_table_create(c->ctx, "converge", &t));
  const weir_order *v = &r->verdict[r->norm];
  weir_table_fact_text(t, "case", cs->name);
  weir_table_fact_text(t, "errors",
                       r->against_exact ? "against exact cell averages"
                                        : "against the next finer level (no exact solution)");
  weir_table_fact(t, "time", "", cs->end, 6);
  weir_table_fact(t, "expected order", "", r->formal, 3);
  weir_table_fact_text(t, "norm that decides", norm_name[r->norm]);
  weir_table_fact(t, "observed order", "", v->p, 4);
  weir_table_fact(t, "uncertainty", "", v->uncertainty, 2);
  weir_table_fact_text(t, "verdict", weir_order_outcome_name(v->outcome));
  weir_table_fact_text(t, "meaning", v->text);
  bool has_w1 = false;
  for (int l = 0; l < r->levels; l++) has_w1 |= isfinite(r->level[l].w1) != 0;
  columns(t, cs, has_w1);
  rows(t, cs, r, has_w1);
  weir_status s = WEIR_OK;
  if (o->format == WEIR_TABLE_TEXT)
    s = cli_table(c, t);
  else {
    weir_text *text = NULL;
    s = weir_text_create(c->ctx, &text);
    if (s == WEIR_OK) s = weir_table_render(c->ctx, t, o->format, text);
    if (s == WEIR_OK) cli_print(text);
    weir_text_destroy(&text);
  }
  weir_table_destroy(&t);
  return s;
}

static weir_status plot(cli *c, const own *o, const weir_case *cs, const weir_convergence *r)
{
  if (o->plot == NULL) return WEIR_OK;
  double h[LEVELS_MAX], error[3][LEVELS_MAX];
  bool used[3][LEVELS_MAX];
  weir_plot_curve curve[3];
  for (int k = 0; k < 3; k++) {
    const weir_order *v = &r->verdict[k];
    for (int l = 0; l < r->levels; l++) {
      h[l] = r->level[l].h, error[k][l] = r->level[l].error[k];
      used[k][l] = l >= v->first && l <= v->last;
    }
    curve[k] = (weir_plot_curve){.name = norm_name[k],
                                 .n = r->levels,
                                 .h = h,
                                 .error = error[k],
                                 .used = used[k],
                                 .order = v->p,
                                 .spread = v->uncertainty};
  }
  const weir_plot_orders p = {.n = 3, .curve = curve, .formal = r->formal, .floor = (double)NAN};
  cli_plot opt;
  WEIR_TRY(cli_plot_options(c, o->plot, cs->name, &opt));
  return weir_plot_convergence(c->ctx, &p, &opt.opt);
}

/* The order in the deciding norm as a check; the other norms are told. */
static weir_status verdict(cli *c, const weir_case *cs, const weir_convergence *r, weir_verdict **out)
{
  WEIR_TRY(weir_verdict_create(c->ctx, out));
  for (int k = 0; k < 3; k++) {
    const weir_order *o = &r->verdict[k];
    weir_check *check = NULL;
    WEIR_TRY(weir_verdict_add(c->ctx, *out, "order", norm_name[k], -1, cs->end, &check));
    check->value = o->p, check->tolerance = r->formal - cs->delta;
    check->lower = o->p - o->uncertainty, check->upper = o->p + o->uncertainty;
    check->outcome = k != r->norm ? WEIR_REPORTED : o->outcome == WEIR_ORDER_PASS ? WEIR_PASS : WEIR_FAILED;
    (void)snprintf(check->text, sizeof check->text, "%s", o->text);
  }
  weir_verdict_conclude(*out);
  return WEIR_OK;
}

static void progress(void *user, int level, int levels)
{
  char line[80];
  (void)snprintf(line, sizeof line, "level %d of %d done", level + 1, levels);
  cli_progress(user, line);
}

int cmd_converge(cli *c, int argc, char **argv)
{
  own o = {.format = WEIR_TABLE_TEXT};
  c->own = &o;
  const struct argp argp = {options, parse, "CASE", doc, judged_children, NULL, NULL};
  (void)argp_parse(&argp, argc, argv, 0, NULL, c);
  weir_case *cs = NULL;
  weir_convergence *r = NULL;
  weir_verdict *v = NULL;
  weir_study_options opt;
  cli_study_options(c, &opt);
  weir_status s = cli_read_case(c, o.which, &cs);
  if (s == WEIR_OK) s = cli_check_plot(c, o.plot, 1);
  if (s == WEIR_OK) s = weir_converge(c->ctx, cs, o.levels, o.level, &opt, progress, c, &r);
  cli_progress(c, NULL);
  if (s == WEIR_OK) s = report(c, &o, cs, r);
  if (s == WEIR_OK) s = verdict(c, cs, r, &v);
  if (s == WEIR_OK) s = plot(c, &o, cs, r);
  int code = s == WEIR_OK ? EXIT_PASSED : cli_error(c, s);
  if (s == WEIR_OK && v->outcome != WEIR_PASS) code = EXIT_FAILED;
  code = cli_junit(c, cs != NULL ? cs->name : o.which, v, s, code);
  weir_verdict_destroy(&v);
  weir_convergence_destroy(&r);
  weir_case_destroy(&cs);
  return code;
}
