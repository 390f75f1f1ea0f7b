/* The command line of `weir verify`. */
#include "cli/verify.h"
#include <weir/array.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char doc[] = "Judge the particles of CLOUD (.npz, .npy, CSV; several files together if need be) against "
                          "CASE: integrity, mass, counts in cells, "
                          "carried densities and their normalisation, at every step.\v"
                          "Exit 0: not distinguishable from right within the tolerance; 1: wrong, and the report says "
                          "what, when and where; 2: the input cannot be "
                          "used; 3: the truth could not be computed. `weir info CLOUD` shows how a file is read.";

enum {
  KEY_REFERENCE = 1000,
  KEY_EPS,
  KEY_EPS_DENSITY,
  KEY_EPS_NORM,
  KEY_ALPHA,
  KEY_TOL,
  KEY_MASS,
  KEY_SAMPLING,
  KEY_SEED,
  KEY_REQUIRE,
  KEY_MAP,
  KEY_LAYOUT,
  KEY_TAU,
  KEY_INDEPENDENT,
  KEY_PLOT,
  KEY_STEP
};

static const struct argp_option options[] = {
    {"reference", KEY_REFERENCE, "KIND", 0,
     "truth to judge by: pde (finite volumes), jko (the exact JKO chain at the cloud's tau), exact (the exact "
     "solution), or auto, the default: jko where the case names `jko` and the times fit and the cloud does not fail, "
     "else pde",
     1},
    {"eps", KEY_EPS, "E", 0, "tolerance of the counts: relative density error, L2(1/rho) (judge.eps, 0.05)", 1},
    {"eps-density", KEY_EPS_DENSITY, "E", 0, "tolerance of the carried log-density, rms (0.1)", 1},
    {"eps-normalisation", KEY_EPS_NORM, "E", 0, "tolerance of the carried density's integral (0.1)", 1},
    {"tol", KEY_TOL, "STAT=VALUE,...", 0, "tolerance of single statistics of the counts, in their own units: mean=0.02",
     1},
    {"alpha", KEY_ALPHA, "A", 0, "chance to fail an exact cloud (judge.alpha, 0.01)", 1},
    {"mass", KEY_MASS, "KIND", 0, "what the number of particles means: conserved (default), absorbing, unknown", 1},
    {"sampling", KEY_SAMPLING, "KIND", 0, "how the particles were drawn: iid (default), deterministic", 1},
    {"require", KEY_REQUIRE, "certified", 0, "fail also what is undecided", 1},
    {"seed", KEY_SEED, "N", 0, "of the calibration's draws (judge.seed, 1)", 1},
    {"map", KEY_MAP, "OURS=THEIRS,...", 0, "names of the arrays: --map x=pos,logrho=lp", 2},
    {"layout", KEY_LAYOUT, "TNd|NTd|Nd|long", 0, "layout of the positions (default: told from the shapes)", 2},
    {"tau", KEY_TAU, "T", 0, "time step, if the files have no times", 2},
    {"independent", KEY_INDEPENDENT, NULL, 0, "the steps are fresh samples, not the same particles", 2},
    {"plot", KEY_PLOT, "FILE", 0, "picture of the worst step (.png, .svg, .pdf)", 3},
    {"step", KEY_STEP, "K", 0, "step to draw", 3},
    {0}};

static double number(struct argp_state *state, const char *name, const char *text, double lo, double hi)
{
  double v = (double)NAN;
  if (!weir_number_parse(text, &v) || !(v > lo && v < hi))
    argp_failure(state, EXIT_USAGE, 0, "--%s: a number between %g and %g expected, found '%s'", name, lo, hi, text);
  return v;
}

static int word(struct argp_state *state, const char *name, const char *text, const char *const *known, int n)
{
  char list[200] = "";
  for (int k = 0, used = 0; k < n; k++) {
    if (strcmp(text, known[k]) == 0) return k;
    used += snprintf(list + used, sizeof list - (size_t)used, "%s%s", k > 0 ? ", " : "", known[k]);
  }
  argp_failure(state, EXIT_USAGE, 0, "--%s: one of %s expected, found '%s'", name, list, text);
  return 0;
}

/* "mean=0.02,chi2=0.1" */
static void tolerances(struct argp_state *state, verify_options *o, const char *arg)
{
  char *copy = strdup(arg), *save = NULL;
  if (copy == NULL) argp_failure(state, EXIT_INTERNAL, 0, "out of memory");
  for (char *item = strtok_r(copy, ",", &save); item != NULL; item = strtok_r(NULL, ",", &save)) {
    char *eq = strchr(item, '=');
    const char *known[WEIR_STAT_COUNT];
    for (int k = 0; k < WEIR_STAT_COUNT; k++) known[k] = weir_count_stat_name((weir_count_stat)k);
    if (eq == NULL) argp_failure(state, EXIT_USAGE, 0, "--tol: STATISTIC=VALUE expected, found '%s'", item);
    *eq = '\0';
    o->judge.tolerance[word(state, "tol", item, known, WEIR_STAT_COUNT)] = number(state, "tol", eq + 1, 0, 1e300);
  }
  free(copy);
}

static error_t parse_judge(int key, char *arg, struct argp_state *state, verify_options *o)
{
  static const char *const kind[] = {"auto", "pde", "exact", "jko"},
                           *const mass[] = {"conserved", "absorbing", "unknown"},
                           *const sampling[] = {"iid", "deterministic"}, *const require[] = {"certified"};
  switch (key) {
  case KEY_REFERENCE: o->kind = (weir_reference_kind)word(state, "reference", arg, kind, 4); return 0;
  case KEY_EPS: o->judge.eps = number(state, "eps", arg, 0, 1); return 0;
  case KEY_EPS_DENSITY: o->judge.eps_density = number(state, "eps-density", arg, 0, 100); return 0;
  case KEY_EPS_NORM: o->judge.eps_normalisation = number(state, "eps-normalisation", arg, 0, 100); return 0;
  case KEY_ALPHA: o->judge.alpha = number(state, "alpha", arg, 0, .5); return 0;
  case KEY_TOL: tolerances(state, o, arg); return 0;
  case KEY_MASS: o->judge.mass = (weir_mass_mode)word(state, "mass", arg, mass, 3); return 0;
  case KEY_SAMPLING: o->judge.sampling = (weir_sampling)word(state, "sampling", arg, sampling, 2); return 0;
  case KEY_REQUIRE: (void)word(state, "require", arg, require, 1), o->judge.require_certified = true; return 0;
  case KEY_SEED: {
    char *end = NULL;
    errno = 0;
    o->judge.seed = strtoull(arg, &end, 10), o->has_seed = true;
    if (errno != 0 || *end != '\0' || arg[0] < '0' || arg[0] > '9')
      argp_failure(state, EXIT_USAGE, 0, "--seed: a whole number from 0 to 2^64 - 1 expected, found '%s'", arg);
    return 0;
  }
  default: return ARGP_ERR_UNKNOWN;
  }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
  cli *c = state->input;
  verify_options *o = c->own;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = c; return 0;
  case KEY_MAP:
    if (o->cloud.nname >= VERIFY_FILES_MAX) argp_error(state, "too many --map");
    o->map[o->cloud.nname++] = arg;
    return 0;
  case KEY_LAYOUT: o->cloud.layout = arg; return 0;
  case KEY_TAU: o->cloud.tau = number(state, "tau", arg, 0, 1e300); return 0;
  case KEY_INDEPENDENT: o->cloud.independent = true; return 0;
  case KEY_PLOT: o->plot = arg; return 0;
  case KEY_STEP: o->step = cli_whole(state, "step", arg, 0, INT_MAX); return 0;
  case ARGP_KEY_ARG:
    if (o->which == NULL)
      o->which = arg;
    else if (o->files >= VERIFY_FILES_MAX)
      argp_error(state, "more than %d files", (int)VERIFY_FILES_MAX);
    else
      o->file[o->files++] = arg;
    return 0;
  case ARGP_KEY_END:
    if (o->which == NULL) argp_error(state, "a case is missing: a file, or a name of `weir cases`");
    if (o->files == 0) argp_error(state, "a cloud is missing: an .npz, .npy or CSV file");
    return 0;
  default: return parse_judge(key, arg, state, o);
  }
}

void verify_parse(cli *c, verify_options *o, int argc, char **argv)
{
  *o = (verify_options){
      .step = -1,
      .judge = {
          .alpha = (double)NAN, .eps = (double)NAN, .eps_density = (double)NAN, .eps_normalisation = (double)NAN}};
  for (int k = 0; k < WEIR_STAT_COUNT; k++) o->judge.tolerance[k] = (double)NAN;
  c->own = o;
  const struct argp argp = {options, parse, "CASE CLOUD...", doc, judged_children, NULL, NULL};
  (void)argp_parse(&argp, argc, argv, 0, NULL, c);
}
