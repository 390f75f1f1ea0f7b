/* weir verify: judge a cloud of particles against the truth of a case; reports and picture. */
#include "cli/verify.h"
#include <weir/array.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INPUTS_MAX = VERIFY_FILES_MAX + 2 };

/* ---------------------------------------------------------------- reports */
/* What the truth was and how good it is. */
static void describe_truth(const verify_work *w)
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

static weir_status print_report(verify_work *w, const weir_report *r)
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

static int inputs(verify_work *w, weir_input *in)
{
  int n = 0;
  if (w->cs != NULL && weir_input_scan(w->c->ctx, "case", w->cs->file, &in[n]) == WEIR_OK)
    n++; /* a built-in case is no file */
  for (int k = 0; k < w->o->files; k++)
    if (weir_input_scan(w->c->ctx, "cloud", w->o->file[k], &in[n]) == WEIR_OK) n++; /* "-" cannot be read twice */
  return n;
}

/* Reports, of a verdict or of an error; returns the exit code. */
static int report(verify_work *w, weir_status failed)
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
static weir_status misfits(verify_work *w, int step, double **out)
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
static void plot_title(const verify_work *w, const weir_check *worst, char *title, size_t size)
{
  const weir_verdict *v = w->verdict;
  if (worst != NULL)
    (void)snprintf(title, size, "%.80s: FAIL, worst %s/%s at step %d, t = %g", w->cs->name, worst->check,
                   worst->statistic, worst->step, worst->time);
  else
    (void)snprintf(title, size, "%.80s: %s, %d step%s, %lld particles", w->cs->name, weir_outcome_name(v->outcome),
                   v->steps, v->steps == 1 ? "" : "s", (long long)v->particles);
}

static weir_status plot(verify_work *w)
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

int cmd_verify(cli *c, int argc, char **argv)
{
  verify_options o;
  verify_parse(c, &o, argc, argv);
  verify_work w = {.c = c, .o = &o};
  const weir_status s = verify_judge(&w);
  int code = report(&w, s);
  if (s == WEIR_OK) {
    const weir_status drawn = plot(&w);
    if (drawn != WEIR_OK) {
      const int trouble = cli_error(c, drawn);
      code = cli_worse(trouble, code);
    }
  }
  verify_clear(&w);
  return code;
}
