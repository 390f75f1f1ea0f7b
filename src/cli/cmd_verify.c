/* weir verify: judge a cloud of particles against the truth of a case. */
#include "cli/common.h"
#include <weir/array.h>
#include <weir/cloud_io.h>
#include <weir/judge.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
  KEY_STEP,
  FILES_MAX = 16,
  INPUTS_MAX = FILES_MAX + 2
};

typedef struct own {
  const char *which, *plot;
  const char *file[FILES_MAX], *map[FILES_MAX];
  int files, step;
  weir_cloud_map cloud;
  weir_reference_kind kind;
  weir_judge_options judge; /* NaN, 0: not given on the command line */
  bool has_seed;
} own;

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
static void tolerances(struct argp_state *state, own *o, const char *arg)
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

static error_t parse_judge(int key, char *arg, struct argp_state *state, own *o)
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
  own *o = c->own;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = c; return 0;
  case KEY_MAP:
    if (o->cloud.nname >= FILES_MAX) argp_error(state, "too many --map");
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
    else if (o->files >= FILES_MAX)
      argp_error(state, "more than %d files", (int)FILES_MAX);
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

/* ---------------------------------------------------------------- judgement */
typedef struct work {
  cli *c;
  own *o;
  weir_case *cs;
  weir_cloud *cloud;
  weir_reference *reference;
  weir_verdict *verdict;
  weir_reference_info *info; /* [steps] */
  double **kept;             /* [steps] truths, only for a plot */
} work;

/* The reference's truth, its figures noted, its field kept if a picture is wanted. */
static weir_status truth(void *user, weir_ctx *ctx, int step, double time, weir_truth *out)
{
  work *w = user;
  char line[80];
  (void)snprintf(line, sizeof line, "step %d of %d: t = %g", step, w->cloud->steps - 1, time);
  cli_progress(w->c, line);
  WEIR_TRY(weir_reference_truth(w->reference, ctx, step, time, out));
  weir_reference_info_get(w->reference, &w->info[step]);
  if (w->o->plot == NULL || w->kept == NULL) return WEIR_OK;
  WEIR_TRY(weir_mesh_array(ctx, out->mesh, "kept truth", &w->kept[step]));
  memcpy(w->kept[step], out->rho, (size_t)out->mesh->len * sizeof *out->rho);
  return WEIR_OK;
}

static weir_status case_tolerances(work *w, weir_judge_options *j)
{
  const weir_case *cs = w->cs;
  for (int t = 0; t < cs->tolerances; t++) {
    int k = 0;
    while (k < WEIR_STAT_COUNT && strcmp(weir_count_stat_name((weir_count_stat)k), cs->tolerance[t].name) != 0) k++;
    if (k < WEIR_STAT_COUNT)
      j->tolerance[k] = cs->tolerance[t].value;
    else if (strcmp(cs->tolerance[t].name, "density") == 0)
      j->eps_density = cs->tolerance[t].value;
    else if (strcmp(cs->tolerance[t].name, "normalisation") == 0)
      j->eps_normalisation = cs->tolerance[t].value;
    else {
      char key[120], place[512];
      (void)snprintf(key, sizeof key, "judge.tolerances.%.80s", cs->tolerance[t].name);
      return WEIR_FAIL(
          w->c->ctx, WEIR_EFORMAT,
          "%s: no statistic is called '%s'; there are mean, spread, cov, sw1, chi2, scan, density, normalisation",
          weir_case_where(cs, key, place, sizeof place), cs->tolerance[t].name);
    }
  }
  return WEIR_OK;
}

/* Defaults, then the case, then the command line. */
static weir_status judge_options(work *w, weir_judge_options *j)
{
  const weir_judge_options *given = &w->o->judge;
  weir_judge_defaults(j);
  j->eps = w->cs->eps, j->alpha = w->cs->alpha, j->seed = w->cs->seed;
  WEIR_TRY(case_tolerances(w, j));
  if (isfinite(given->eps)) j->eps = given->eps;
  if (isfinite(given->eps_density)) j->eps_density = given->eps_density;
  if (isfinite(given->eps_normalisation)) j->eps_normalisation = given->eps_normalisation;
  if (isfinite(given->alpha)) j->alpha = given->alpha;
  if (w->o->has_seed) j->seed = given->seed;
  for (int k = 0; k < WEIR_STAT_COUNT; k++)
    if (isfinite(given->tolerance[k])) j->tolerance[k] = given->tolerance[k];
  j->mass = given->mass, j->sampling = given->sampling, j->require_certified = given->require_certified;
  j->threads = w->c->threads;
  j->reference = weir_reference_name(weir_reference_kind_of(w->reference));
  return WEIR_OK;
}

static weir_status read_cloud(work *w)
{
  own *o = w->o;
  o->cloud.name = o->map;
  o->cloud.dim = w->cs->dim;
  WEIR_TRY(weir_cloud_read(w->c->ctx, o->files, o->file, &o->cloud, &w->cloud));
  for (int k = 0; k < w->cloud->notes; k++)
    if (strncmp(w->cloud->note[k], "assumed:", 8) == 0) cli_note(w->c, "note: %s", w->cloud->note[k]);
  WEIR_REQUIRE(w->cloud->has_time || w->cs->jko_tau > 0 || w->cloud->steps == 1, w->c->ctx, WEIR_EFORMAT,
               "%s: the cloud has %d steps but no times; give the step with --tau", w->cloud->source, w->cloud->steps);
  if (!w->cloud->has_time) { /* the case says when: steps of its tau, or a single cloud at its end */
    for (int k = 0; k < w->cloud->steps; k++)
      w->cloud->time[k] = w->cloud->steps == 1 ? w->cs->end : w->cs->start + k * w->cs->jko_tau;
    w->cloud->has_time = true;
    if (w->cloud->steps == 1)
      cli_note(w->c, "note: the cloud has no time; taken to be at the case's end, t = %g (--end T says otherwise)",
               w->cs->end);
    else
      cli_note(w->c, "note: the cloud has no times; taken as steps of the case's tau = %g", w->cs->jko_tau);
  }
  return WEIR_OK;
}

/* Did no check compare the particles with the truth? Then finite numbers and a full count are no verdict on the density. */
static bool nothing_compared(const weir_verdict *v)
{
  static const char *const compares[] = {"counts", "density", "normalisation"};
  if (v->outcome == WEIR_FAILED) return false;
  for (int i = 0; i < v->n; i++)
    for (size_t k = 0; k < sizeof compares / sizeof *compares; k++)
      if (strcmp(v->check[i].check, compares[k]) == 0 && v->check[i].outcome != WEIR_NOT_TESTED &&
          v->check[i].outcome != WEIR_REPORTED)
        return false;
  return true;
}

/* What one judgement leaves behind. The case and the cloud stay. */
static void drop_judgement(work *w)
{
  for (int k = 0; w->kept != NULL && k < w->cloud->steps; k++) weir_free(w->kept[k]);
  weir_free(w->kept), weir_free(w->info);
  weir_verdict_destroy(&w->verdict);
  weir_reference_destroy(&w->reference);
  w->kept = NULL, w->info = NULL;
}

static weir_status judge_by(work *w, weir_reference_kind kind)
{
  weir_ctx *ctx = w->c->ctx;
  const int steps = w->cloud->steps;
  weir_study_options opt;
  weir_judge_options j;
  void *block = NULL;
  cli_study_options(w->c, &opt);
  WEIR_TRY(weir_alloc(ctx, (size_t)steps, sizeof *w->info, "truth's figures", &block));
  w->info = block;
  if (w->o->plot != NULL) {
    WEIR_TRY(weir_alloc(ctx, (size_t)steps, sizeof *w->kept, "kept truths", &block));
    w->kept = block;
  }
  WEIR_TRY(weir_reference_create(ctx, w->cs, kind, w->cloud->tau, steps, w->cloud->time, &opt, &w->reference));
  WEIR_TRY(judge_options(w, &j));
  return weir_judge(ctx, w->cloud, truth, w, &j, &w->verdict);
}

/* `auto` took the JKO chain because the cloud's times fit a step tau, and the cloud fails. It may follow the PDE itself, tau being
 * only the interval between its outputs: then it must not be blamed for the O(tau) of a scheme it does not use. */
static weir_status try_pde(work *w)
{
  work trial = *w;
  trial.info = NULL, trial.kept = NULL, trial.reference = NULL, trial.verdict = NULL;
  const weir_status s = judge_by(&trial, WEIR_REFERENCE_PDE);
  if (s != WEIR_OK || trial.verdict->outcome == WEIR_FAILED) {
    drop_judgement(&trial);
    return s;
  }
  drop_judgement(w);
  *w = trial;
  cli_note(
      w->c,
      "note: not the JKO chain of step tau = %g, but the PDE itself; judged by that (--reference jko would fail it)",
      w->cloud->tau);
  return WEIR_OK;
}

static weir_status judge(work *w)
{
  weir_ctx *ctx = w->c->ctx;
  WEIR_TRY(cli_read_case(w->c, w->o->which, &w->cs));
  WEIR_TRY(cli_check_plot(w->c, w->o->plot, w->cs->dim));
  WEIR_TRY(read_cloud(w));
  const int steps = w->cloud->steps;
  WEIR_REQUIRE(w->o->step < steps, ctx, WEIR_EARG, "--step %d: the cloud has steps 0 to %d", w->o->step, steps - 1);
  WEIR_TRY(judge_by(w, w->o->kind));
  if (w->o->kind == WEIR_REFERENCE_AUTO && weir_reference_kind_of(w->reference) == WEIR_REFERENCE_JKO &&
      w->verdict->outcome == WEIR_FAILED)
    WEIR_TRY(try_pde(w));
  cli_progress(w->c, NULL);
  if (nothing_compared(w->verdict)) w->verdict->outcome = WEIR_NOT_TESTED;
  return WEIR_OK;
}

/* ---------------------------------------------------------------- reports */
/* What the truth was and how good it is. */
static void describe_truth(const work *w)
{
  const weir_reference_info *last = &w->info[w->cloud->steps - 1];
  double worst = 0;
  for (int k = 0; k < w->cloud->steps; k++) worst = fmax(worst, w->info[k].fv_error);
  (void)printf("\ntruth: finite-volume solution, estimated relative L1 error at most %.1e, mass defect %.0e\n", worst,
               fabs(last->mass_defect));
  if (isfinite(last->fv_exact))
    (void)printf("       (its true relative L1 error at t = %g is %.1e)\n", last->time, last->fv_exact);
  switch (weir_reference_kind_of(w->reference)) {
  case WEIR_REFERENCE_JKO:
    (void)printf("       judged by the exact JKO chain at the cloud's tau, %.1e from the PDE (relative L1, t = %g):\n"
                 "       the O(tau) of the scheme, not the cloud's error (--reference pde would count it)\n",
                 last->to_pde, last->time);
    break;
  case WEIR_REFERENCE_EXACT: (void)printf("       judged by the case's exact solution\n"); break;
  case WEIR_REFERENCE_PDE:
  case WEIR_REFERENCE_AUTO: break;
  }
}

static weir_status write_file(cli *c, const char *path, const weir_report *r,
                              weir_status (*render)(weir_ctx *, const weir_report *, weir_text *))
{
  weir_text *text = NULL;
  if (path == NULL) return WEIR_OK;
  WEIR_TRY(weir_text_create(c->ctx, &text));
  weir_status s = render(c->ctx, r, text);
  if (s == WEIR_OK) s = weir_text_write(c->ctx, path, text->s, text->len);
  weir_text_destroy(&text);
  return s;
}

static weir_status print_report(work *w, const weir_report *r)
{
  weir_text *text = NULL;
  WEIR_TRY(weir_text_create(w->c->ctx, &text));
  const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
  const weir_report_style style = {.report_path = w->c->json,
                                   .colour = isatty(STDOUT_FILENO) && (no_colour == NULL || no_colour[0] == '\0') &&
                                             term != NULL && strcmp(term, "dumb") != 0};
  weir_status s =
      w->c->json_stdout ? weir_report_json(w->c->ctx, r, text) : weir_report_text(w->c->ctx, r, &style, text);
  if (s == WEIR_OK) cli_print(text);
  if (s == WEIR_OK && !w->c->json_stdout) describe_truth(w);
  weir_text_destroy(&text);
  return s;
}

static int inputs(work *w, weir_input *in)
{
  int n = 0;
  if (w->cs != NULL && weir_input_scan(w->c->ctx, "case", w->cs->file, &in[n]) == WEIR_OK)
    n++; /* a built-in case is no file */
  for (int k = 0; k < w->o->files; k++)
    if (weir_input_scan(w->c->ctx, "cloud", w->o->file[k], &in[n]) == WEIR_OK) n++; /* "-" cannot be read twice */
  return n;
}

/* Reports, of a verdict or of an error; returns the exit code. */
static int report(work *w, weir_status failed)
{
  cli *c = w->c;
  char sentence[1024];
  (void)snprintf(sentence, sizeof sentence, "%s", weir_message(c->ctx));
  int code = failed != WEIR_OK ? cli_error(c, failed) : EXIT_PASSED;
  if (failed == WEIR_OK && w->verdict->outcome == WEIR_FAILED) code = EXIT_FAILED;
  if (failed == WEIR_OK && w->verdict->outcome == WEIR_NOT_TESTED) code = EXIT_NOTHING;
  weir_input in[INPUTS_MAX];
  weir_report r = {.command = "verify",
                   .subject = w->cs != NULL ? w->cs->name : w->o->which,
                   .argc = c->argc,
                   .argv = (const char *const *)c->argv,
                   .inputs = inputs(w, in),
                   .input = in,
                   .verdict = failed == WEIR_OK ? w->verdict : NULL,
                   .exit_code = code,
                   .status = failed,
                   .error = failed != WEIR_OK ? sentence : NULL};
  weir_status s = failed == WEIR_OK || c->json_stdout ? print_report(w, &r) : WEIR_OK;
  if (s == WEIR_OK) s = write_file(c, c->json, &r, weir_report_json);
  if (s == WEIR_OK) s = write_file(c, c->junit, &r, weir_report_junit);
  if (s == WEIR_OK) return code;
  const int trouble = cli_error(c, s);
  return cli_worse(trouble, code);
}

/* ---------------------------------------------------------------- picture */
static weir_status misfits(work *w, int step, double **out)
{
  const weir_cloud *cl = w->cloud;
  const weir_mesh *m = weir_reference_mesh(w->reference);
  const ptrdiff_t n = cl->count[step];
  *out = NULL;
  if (cl->logrho == NULL) return WEIR_OK;
  WEIR_TRY(weir_alloc_doubles(w->c->ctx, (size_t)n, "misfit", out));
  for (ptrdiff_t i = 0; i < n; i++) { /* against the mean over the particle's cell: good enough to look at */
    ptrdiff_t at[WEIR_MAXDIM] = {0, 0, 0};
    bool inside = true;
    for (int a = 0; a < cl->dim; a++) {
      at[a] = weir_axis_find(&m->axis[a], cl->x[step][i * cl->dim + a]);
      inside = inside && at[a] >= 0 && at[a] < m->axis[a].n;
    }
    (*out)[i] =
        inside ? cl->logrho[step][i] - log(w->kept[step][weir_mesh_index(m, at[0], at[1], at[2])]) : (double)NAN;
  }
  return WEIR_OK;
}

/* "ou2d: FAIL, density/rms at step 8, t = 0.4" */
static void plot_title(const work *w, const weir_check *worst, char *title, size_t size)
{
  const weir_verdict *v = w->verdict;
  if (worst != NULL)
    (void)snprintf(title, size, "%.80s: FAIL, worst %s/%s at step %d, t = %g", w->cs->name, worst->check,
                   worst->statistic, worst->step, worst->time);
  else
    (void)snprintf(title, size, "%.80s: %s, %d step%s, %lld particles", w->cs->name, weir_outcome_name(v->outcome),
                   v->steps, v->steps == 1 ? "" : "s", (long long)v->particles);
}

static weir_status plot(work *w)
{
  if (w->o->plot == NULL) return WEIR_OK;
  weir_ctx *ctx = w->c->ctx;
  const weir_check *worst = weir_verdict_worst(w->verdict);
  int step = w->o->step >= 0 ? w->o->step : worst != NULL && worst->step >= 0 ? worst->step : w->cloud->steps - 1;
  double *misfit = NULL, *rho = NULL;
  const ptrdiff_t n = w->cloud->count[step];
  WEIR_TRY(misfits(w, step, &misfit));
  weir_status s = WEIR_OK;
  if (misfit != NULL) {
    s = weir_alloc_doubles(ctx, (size_t)n, "carried density", &rho);
    for (ptrdiff_t i = 0; s == WEIR_OK && i < n; i++) rho[i] = exp(w->cloud->logrho[step][i]);
  }
  const weir_plot_judged p = {.mesh = weir_reference_mesh(w->reference),
                              .truth = w->kept[step],
                              .step = step,
                              .time = w->cloud->time[step],
                              .n = n,
                              .x = w->cloud->x[step],
                              .rho = rho,
                              .misfit = misfit,
                              .mass = 1,
                              .verdict = w->verdict};
  cli_plot opt;
  char title[200];
  plot_title(w, worst, title, sizeof title);
  if (s == WEIR_OK) s = cli_plot_options(w->c, w->o->plot, title, &opt);
  if (s == WEIR_OK) s = weir_plot_verdict(ctx, &p, &opt.opt);
  weir_free(misfit), weir_free(rho);
  return s;
}

static void clear(work *w)
{
  drop_judgement(w);
  weir_cloud_destroy(&w->cloud);
  weir_case_destroy(&w->cs);
}

int cmd_verify(cli *c, int argc, char **argv)
{
  own o = {.step = -1,
           .judge = {
               .alpha = (double)NAN, .eps = (double)NAN, .eps_density = (double)NAN, .eps_normalisation = (double)NAN}};
  for (int k = 0; k < WEIR_STAT_COUNT; k++) o.judge.tolerance[k] = (double)NAN;
  c->own = &o;
  const struct argp argp = {options, parse, "CASE CLOUD...", doc, judged_children, NULL, NULL};
  (void)argp_parse(&argp, argc, argv, 0, NULL, c);
  work w = {.c = c, .o = &o};
  const weir_status s = judge(&w);
  int code = report(&w, s);
  if (s == WEIR_OK) {
    const weir_status drawn = plot(&w);
    if (drawn != WEIR_OK) {
      const int trouble = cli_error(c, drawn);
      code = cli_worse(trouble, code);
    }
  }
  clear(&w);
  return code;
}
