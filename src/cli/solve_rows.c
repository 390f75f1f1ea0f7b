/* weir solve: rows of the table, facts, the run's own laws. */
#include "cli/solve.h"
#include <weir/norms.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

weir_status solve_describe(work *w)
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
    const char *const scheme = w->cs->reconstruction != NULL ? w->cs->reconstruction : WEIR_DEFAULT_SCHEME;
    const char *const usual = weir_default_stepper(weir_lookup(w->c->ctx, WEIR_KIND_RECON, scheme));
    weir_table_fact_text(w->table, "scheme", scheme);
    weir_table_fact_text(w->table, "stepper", w->cs->stepper != NULL ? w->cs->stepper : usual);
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
  if (w->bars != NULL) {
    weir_table_column(w->table, "estimate", "relative L1", WEIR_COLUMN_NUMBER, 3);
    weir_table_column(w->table, "order", "", WEIR_COLUMN_NUMBER, 3);
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

static weir_status keep(work *w, const double *q, const weir_record *r)
{
  WEIR_TRY(weir_recorder_add(w->c->ctx, w->recorder, q, r));
  if (w->bars == NULL) return WEIR_OK;
  weir_estimate_info bar;
  weir_estimate_get(w->bars, &bar);
  return weir_recorder_add_error(w->c->ctx, w->recorder, weir_estimate_error(w->bars), bar.relative, bar.order);
}

/* One output: a row of the table, a record of the file. */
weir_status solve_record(work *w, double t)
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
  if (w->bars != NULL) {
    weir_estimate_info bar;
    weir_estimate_get(w->bars, &bar);
    weir_table_number(w->table, bar.relative);
    weir_table_number(w->table, bar.order);
    if (!(bar.relative <= w->estimate) && !isnan(w->estimate)) w->estimate = bar.relative, w->estimate_time = t;
  }
  weir_table_number(w->table, (double)st.steps);
  history *h = &w->past;
  h->t[h->n] = t, h->defect[h->n] = l.relative, h->min_rho[h->n] = lo, h->n++;
  return w->o->out != NULL ? keep(w, q, &r) : WEIR_OK;
}

void solve_facts(work *w)
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
    weir_table_fact_text(w->table, "limiter", weir_limiter_name(st.limiter));
    weir_table_fact(w->table, "cell stages limited", "", (double)st.limited, 9);
    weir_table_fact(w->table, "smallest limiting factor", "", st.theta, 3);
    weir_table_fact(w->table, "v.n dropped at no-flux walls", "", st.wall_speed, 3);
  } else
    weir_table_fact(w->table, "largest cell Peclet number", "", st.peclet, 3);
  weir_table_fact(w->table, "relative mass defect", "", l.relative, 3);
  weir_table_fact(w->table, "smallest density of all steps", "", st.min_rho, 4);
  if (w->bars != NULL) {
    weir_table_fact(w->table, "estimated error, the largest of all times", "", w->estimate, 3);
    if (w->o->tolerance > 0) weir_table_fact(w->table, "tolerance", "", w->o->tolerance, 3);
    weir_table_fact_text(w->table, "meshes tried (cells in x)", w->tried);
  }
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

/* The tolerance as a check of its own. */
static weir_status check_tolerance(work *w)
{
  weir_check *k = NULL;
  WEIR_TRY(weir_verdict_add(w->c->ctx, w->verdict, "tolerance", "L1", -1, w->estimate_time, &k));
  k->value = w->estimate, k->tolerance = w->o->tolerance;
  k->outcome = w->estimate <= w->o->tolerance ? WEIR_PASS : WEIR_FAILED;
  if (k->outcome == WEIR_PASS)
    (void)snprintf(k->text, sizeof k->text, "the estimated relative L1 error is at most %.3g", w->estimate);
  else
    (void)snprintf(
        k->text, sizeof k->text,
        "%.3g not reached: the estimated relative L1 error is %.3g at t = %g, and a finer mesh would have more than "
        "%.0f cells (--max-cells)%s%s",
        w->o->tolerance, w->estimate, w->estimate_time, w->most, w->o->out != NULL ? "; written as it is: " : "",
        w->o->out != NULL ? w->o->out : "");
  return WEIR_OK;
}

/* By the scheme itself or by a limiter, sources and inflow apart. */
static bool promises_positivity(const work *w, const weir_run_stats *st)
{
  const void *recon = NULL;
  if (w->cs->equation != WEIR_CASE_TRANSPORT || st->limiter != WEIR_LIMITER_NONE) return true;
  const char *name = w->cs->reconstruction != NULL ? w->cs->reconstruction : WEIR_DEFAULT_SCHEME;
  return weir_find(w->c->ctx, WEIR_KIND_RECON, name, &recon) == WEIR_OK &&
         (((const weir_recon *)recon)->claims & WEIR_POSITIVE) != 0;
}

/* The run's own laws as checks: the ledger closes, and a density that began non-negative stayed so (if scheme or limiter promise it,
 * unless there is a source). */
weir_status solve_laws(work *w)
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
  k->value = fabs(l.relative);
  k->tolerance = 1e-13 * sqrt(fmax(1, (double)st.stages));
  k->outcome = k->value <= k->tolerance ? WEIR_PASS : WEIR_FAILED;
  (void)snprintf(k->text, sizeof k->text, "mass(t) - mass(0) + outflow - sources is %.1e of the mass after %lld stages",
                 k->value, (long long)st.stages);
  weir_mesh_range(weir_setup_mesh(w->setup), weir_setup_initial(w->setup), &lo, &hi, NULL, NULL);
  WEIR_TRY(weir_verdict_add(ctx, w->verdict, "positivity", "min", -1, st.time, &k));
  bool promised = lo >= 0 && w->cs->source == NULL &&
                  promises_positivity(w, &st); /* a formula for what enters may be negative, too */
  for (int a = 0; a < w->cs->dim; a++)
    for (int side = 0; side < 2; side++) promised = promised && w->cs->side[a][side] != WEIR_INFLOW;
  k->value = st.min_rho, k->tolerance = 0;
  k->outcome = st.min_rho >= 0 ? WEIR_PASS : promised ? WEIR_FAILED : WEIR_NOT_TESTED;
  (void)snprintf(
      k->text, sizeof k->text, "the smallest cell average of all steps is %.4g%s", st.min_rho,
      promised
          ? ""
          : "; not promised with a source, inflow, negative initial data or a scheme of high order without limiter");
  if (w->bars != NULL && w->o->tolerance > 0) WEIR_TRY(check_tolerance(w));
  weir_verdict_conclude(w->verdict);
  return WEIR_OK;
}
