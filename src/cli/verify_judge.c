/* The judgement of `weir verify`: case, cloud, truth, verdict. */
#include "cli/verify.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The reference's truth, its figures noted, its field kept if a picture is wanted. */
static weir_status truth(void *user, weir_ctx *ctx, int step, double time, weir_truth *out)
{
  verify_work *w = user;
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

static weir_status case_tolerances(verify_work *w, weir_judge_options *j)
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
static weir_status judge_options(verify_work *w, weir_judge_options *j)
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

static weir_status read_cloud(verify_work *w)
{
  verify_options *o = w->o;
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
static void drop_judgement(verify_work *w)
{
  for (int k = 0; w->kept != NULL && k < w->cloud->steps; k++) weir_free(w->kept[k]);
  weir_free(w->kept), weir_free(w->info);
  weir_verdict_destroy(&w->verdict);
  weir_reference_destroy(&w->reference);
  w->kept = NULL, w->info = NULL;
}

static weir_status judge_by(verify_work *w, weir_reference_kind kind)
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
static weir_status try_pde(verify_work *w)
{
  verify_work trial = *w;
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

weir_status verify_judge(verify_work *w)
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

void verify_clear(verify_work *w)
{
  drop_judgement(w);
  weir_cloud_destroy(&w->cloud);
  weir_case_destroy(&w->cs);
}
