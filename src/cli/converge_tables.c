/* weir converge: the tables. One scheme: its levels, then its error bars if it has some. A set: a summary, then each member's. CSV is
 * one flat table, a row for each level of each member, error bars among the facts. */
#include "cli/converge.h"
#include <weir/array.h>
#include <math.h>
#include <stdio.h>

enum { TABLES_MAX = 1 + 2 * MEMBERS_MAX };

const char *const converge_norm[3] = {"L1", "L2", "Linf"};

static bool has_w1(const converge *w)
{
  for (int k = 0; k < w->members; k++)
    for (int l = 0; l < w->m[k].r->levels; l++)
      if (isfinite(w->m[k].r->level[l].w1)) return true;
  return false;
}

static const char *rule_text(const weir_convergence *r, char buf[40])
{
  if (r->dt_den == 0)
    (void)snprintf(buf, 40, r->stepper != NULL ? "as the case says" : "exact in time");
  else if (r->dt_num == r->dt_den)
    (void)snprintf(buf, 40, "dt ~ h");
  else
    (void)snprintf(buf, 40, r->dt_den == 1 ? "dt ~ h^%d" : "dt ~ h^(%d/%d)", r->dt_num, r->dt_den);
  return buf;
}

static void number_or_blank(weir_table *t, double x)
{
  if (isnan(x))
    weir_table_text(t, NULL);
  else
    weir_table_number(t, x);
}

/* ------------------------------------------------------------------ levels */
static void level_columns(weir_table *t, bool w1)
{
  weir_table_column(t, "cells", "", WEIR_COLUMN_TEXT, 0);
  for (int k = 0; k < 3; k++) {
    char order[16];
    (void)snprintf(order, sizeof order, "%s order", converge_norm[k]);
    weir_table_column(t, converge_norm[k], "", WEIR_COLUMN_NUMBER, 3);
    weir_table_column(t, order, "", WEIR_COLUMN_NUMBER, 3);
  }
  if (w1) weir_table_column(t, "W1", "", WEIR_COLUMN_NUMBER, 3);
  weir_table_column(t, "mass defect", "", WEIR_COLUMN_NUMBER, 2);
  weir_table_column(t, "min rho", "", WEIR_COLUMN_NUMBER, 3);
  weir_table_column(t, "max rho", "", WEIR_COLUMN_NUMBER, 3);
  weir_table_column(t, "steps", "", WEIR_COLUMN_INTEGER, 0);
  weir_table_column(t, "CPU s", "s", WEIR_COLUMN_NUMBER, 3);
}

static void level_row(weir_table *t, const member *m, int l, bool w1)
{
  const weir_convergence *r = m->r;
  const weir_level *v = &r->level[l];
  char cells[80];
  int used = snprintf(cells, sizeof cells, "%td", v->n[0]);
  for (int a = 1; a < m->cs->dim; a++) used += snprintf(cells + used, sizeof cells - (size_t)used, " x %td", v->n[a]);
  weir_table_text(t, cells);
  for (int k = 0; k < 3; k++) {
    weir_table_number(t, v->error[k]);
    if (l > 0)
      weir_table_number(t, r->verdict[k].slope[l]);
    else
      weir_table_text(t, NULL);
  }
  if (w1) weir_table_number(t, v->w1);
  weir_table_number(t, v->mass_defect);
  weir_table_number(t, v->min_rho);
  weir_table_number(t, v->max_rho);
  weir_table_number(t, (double)v->steps);
  weir_table_number(t, v->seconds);
}

static void case_facts(const converge *w, const member *m, weir_table *t)
{
  weir_table_fact_text(t, "case", m->cs->name);
  weir_table_fact_text(t, "errors",
                       m->r->against_exact ? "against exact cell averages"
                                           : "against the next finer level (no exact solution)");
  weir_table_fact(t, "time", "", m->cs->end, 6);
  if (w->members > 1) weir_table_fact_text(t, "norm that decides", converge_norm[m->r->norm]);
}

static void order_facts(const converge *w, const member *m, weir_table *t)
{
  const weir_convergence *r = m->r;
  const weir_order *v = &r->verdict[r->norm];
  char rule[40];
  weir_table_fact(t, "expected order", "", r->formal, 3);
  weir_table_fact_text(t, "expected from", r->why);
  if (r->stepper != NULL) weir_table_fact_text(t, "time step", rule_text(r, rule));
  if (w->members == 1) weir_table_fact_text(t, "norm that decides", converge_norm[r->norm]);
  weir_table_fact(t, "observed order", "", v->p, 4);
  weir_table_fact(t, "uncertainty", "", v->uncertainty, 2);
  weir_table_fact_text(t, "verdict", weir_order_outcome_name(v->outcome));
  weir_table_fact_text(t, "meaning", v->text);
  for (int g = 0; g < w->goals; g++) {
    char name[60];
    (void)snprintf(name, sizeof name, "CPU time to relative %s %.3g", converge_norm[r->norm], w->goal[g]);
    const double s = weir_convergence_cost(r, r->norm, w->goal[g]);
    if (isnan(s))
      weir_table_fact_text(t, name, "outside the levels");
    else
      weir_table_fact(t, name, "s", s, 3);
  }
}

/* Error bars as facts, for CSV, which has one table: "error bar, mean x = 1.8e-05". */
static void bar_facts(const converge *w, const member *m, weir_table *t)
{
  const weir_convergence *r = m->r;
  char name[4 * WORD];
  const char *of = w->members > 1 ? m->label : "", *comma = w->members > 1 ? ", " : "";
  for (int k = 0; k < 3 && r->error_bars; k++) {
    (void)snprintf(name, sizeof name, "error bar, %s%sfield %s", of, comma, converge_norm[k]);
    weir_table_fact(t, name, "", r->field[k].error, 3);
  }
  for (int k = 0; k < r->functionals && r->error_bars; k++) {
    const weir_functional *f = &r->functional[k];
    if (!f->usable) continue;
    (void)snprintf(name, sizeof name, "error bar, %s%s%s", of, comma, f->name);
    weir_table_fact(t, name, "", f->bar.error, 3);
    if (r->runs < 4) continue;
    (void)snprintf(name, sizeof name, "error bar, %s%s%s, least squares", of, comma, f->name);
    weir_table_fact(t, name, "", f->fit.error[0], 3);
  }
}

static weir_status levels_table(const converge *w, const member *m, bool bars, weir_table **out)
{
  WEIR_TRY(weir_table_create(w->c->ctx, "converge", out));
  weir_table *t = *out;
  const bool w1 = m->cs->dim == 1 && has_w1(w);
  if (w->members > 1)
    weir_table_title(t, m->label);
  else
    case_facts(w, m, t);
  order_facts(w, m, t);
  if (bars) bar_facts(w, m, t);
  level_columns(t, w1);
  for (int l = 0; l < m->r->levels; l++) level_row(t, m, l, w1);
  return WEIR_OK;
}

/* ------------------------------------------------------------------ error bars */
static void bar_columns(const weir_convergence *r, weir_table *t)
{
  weir_table_column(t, "quantity", "", WEIR_COLUMN_TEXT, 0);
  weir_table_column(t, "finest", "", WEIR_COLUMN_NUMBER, 6);
  weir_table_column(t, "p", "", WEIR_COLUMN_NUMBER, 3);
  weir_table_column(t, "extrapolated", "", WEIR_COLUMN_NUMBER, 6);
  weir_table_column(t, "bar", "", WEIR_COLUMN_NUMBER, 3);
  weir_table_column(t, "Fs", "", WEIR_COLUMN_NUMBER, 3);
  weir_table_column(t, "asymptotic", "", WEIR_COLUMN_NUMBER, 3);
  weir_table_column(t, "LSQ bar", "", WEIR_COLUMN_NUMBER, 3);
  weir_table_column(t, "LSQ p", "", WEIR_COLUMN_NUMBER, 3);
  weir_table_column(t, "LSQ model", "", WEIR_COLUMN_TEXT, 0);
  if (!r->against_exact) return;
  weir_table_column(t, "true error", "", WEIR_COLUMN_NUMBER, 3);
  weir_table_column(t, "covers", "", WEIR_COLUMN_TEXT, 0);
}

static void covers(weir_table *t, double error, double bar, double lsq)
{
  weir_table_number(t, error);
  const bool a = error <= bar, b = isnan(lsq) || error <= lsq;
  weir_table_text(t, a && b ? "yes" : a ? "not LSQ" : b ? "only LSQ" : "no");
}

/* Norms of the field: there is no value to extrapolate, only a bar. */
static void field_bar(const weir_convergence *r, int k, weir_table *t)
{
  const weir_gci *g = &r->field[k];
  char name[40];
  (void)snprintf(name, sizeof name, "field, %s", converge_norm[k]);
  weir_table_text(t, name);
  weir_table_text(t, NULL);
  number_or_blank(t, g->p);
  weir_table_text(t, NULL);
  weir_table_number(t, g->error);
  weir_table_number(t, g->fs);
  number_or_blank(t, g->asymptotic);
  for (int i = 0; i < 3; i++) weir_table_text(t, NULL);
  if (r->against_exact) covers(t, r->level[r->levels - 1].error[k], g->error, (double)NAN);
}

static void functional_bar(const weir_convergence *r, const weir_functional *f, weir_table *t)
{
  const bool fit = r->runs >= 4;
  const double finest = f->value[r->runs - 1];
  weir_table_text(t, f->name);
  weir_table_number(t, finest);
  number_or_blank(t, f->bar.p);
  weir_table_number(t, f->bar.extrapolated);
  weir_table_number(t, f->bar.error);
  weir_table_number(t, f->bar.fs);
  number_or_blank(t, f->bar.asymptotic);
  number_or_blank(t, fit ? f->fit.error[0] : (double)NAN);
  number_or_blank(t, fit ? f->fit.p : (double)NAN);
  weir_table_text(t, fit ? weir_gci_model_name(f->fit.model) : NULL);
  if (r->against_exact) covers(t, fabs(finest - f->truth), f->bar.error, fit ? f->fit.error[0] : (double)NAN);
}

static weir_status bars_table(const converge *w, const member *m, weir_table **out)
{
  const weir_convergence *r = m->r;
  char title[3 * WORD + 60], cells[40];
  WEIR_TRY(weir_table_create(w->c->ctx, "converge", out));
  weir_table *t = *out;
  (void)snprintf(cells, sizeof cells, "%td", r->run_n[r->runs - 1]);
  (void)snprintf(title, sizeof title, "error bars of the finest mesh (%s cells in x)%s%s", cells,
                 w->members > 1 ? ": " : "", w->members > 1 ? m->label : "");
  weir_table_title(t, title);
  weir_table_fact_text(t, "bar", "grid convergence index of the three finest meshes, p held to [1/2, expected]");
  if (r->runs >= 4) weir_table_fact_text(t, "LSQ", "least squares over all meshes (Eca, Hoekstra 2014)");
  bar_columns(r, t);
  for (int k = 0; k < 3; k++) field_bar(r, k, t);
  for (int k = 0; k < r->functionals; k++)
    if (r->functional[k].usable) functional_bar(r, &r->functional[k], t);
  return WEIR_OK;
}

/* ------------------------------------------------------------------ sets */
static void goal_columns(const converge *w, weir_table *t)
{
  for (int g = 0; g < w->goals; g++) {
    char name[40];
    (void)snprintf(name, sizeof name, "CPU s to %.3g", w->goal[g]);
    weir_table_column(t, name, "", WEIR_COLUMN_NUMBER, 3);
  }
}

static void who_columns(const converge *w, weir_table *t)
{
  weir_table_column(t, "scheme", "", WEIR_COLUMN_TEXT, 0);
  weir_table_column(t, "stepper", "", WEIR_COLUMN_TEXT, 0);
  if (w->gradings != NULL) weir_table_column(t, "mesh", "", WEIR_COLUMN_TEXT, 0);
  weir_table_column(t, "time step", "", WEIR_COLUMN_TEXT, 0);
}

static void who_cells(const converge *w, const member *m, weir_table *t)
{
  char rule[40];
  weir_table_text(t, m->r->scheme);
  weir_table_text(t, m->r->stepper);
  if (w->gradings != NULL) weir_table_text(t, m->grading);
  weir_table_text(t, rule_text(m->r, rule));
}

static void judged_columns(weir_table *t)
{
  weir_table_column(t, "expected", "", WEIR_COLUMN_NUMBER, 3);
  weir_table_column(t, "observed", "", WEIR_COLUMN_NUMBER, 4);
  weir_table_column(t, "+-", "", WEIR_COLUMN_NUMBER, 2);
  weir_table_column(t, "verdict", "", WEIR_COLUMN_TEXT, 0);
}

static void judged_cells(const member *m, weir_table *t)
{
  const weir_order *v = &m->r->verdict[m->r->norm];
  weir_table_number(t, m->r->formal);
  number_or_blank(t, v->p);
  number_or_blank(t, v->uncertainty);
  weir_table_text(t, v->exact ? "PASS (exact)" : weir_order_outcome_name(v->outcome));
}

static weir_status summary_table(const converge *w, weir_table **out)
{
  WEIR_TRY(weir_table_create(w->c->ctx, "converge", out));
  weir_table *t = *out;
  case_facts(w, &w->m[0], t);
  who_columns(w, t);
  judged_columns(t);
  weir_table_column(t, "finest", "", WEIR_COLUMN_INTEGER, 0);
  for (int k = 0; k < 3; k++) weir_table_column(t, converge_norm[k], "", WEIR_COLUMN_NUMBER, 3);
  weir_table_column(t, "CPU s", "s", WEIR_COLUMN_NUMBER, 3);
  goal_columns(w, t);
  for (int i = 0; i < w->members; i++) {
    const weir_convergence *r = w->m[i].r;
    const weir_level *last = &r->level[r->levels - 1];
    who_cells(w, &w->m[i], t);
    judged_cells(&w->m[i], t);
    weir_table_number(t, (double)last->n[0]);
    for (int k = 0; k < 3; k++) weir_table_number(t, last->error[k]);
    weir_table_number(t, last->seconds);
    for (int g = 0; g < w->goals; g++) number_or_blank(t, weir_convergence_cost(r, r->norm, w->goal[g]));
  }
  return WEIR_OK;
}

static weir_status flat_table(const converge *w, weir_table **out)
{
  WEIR_TRY(weir_table_create(w->c->ctx, "converge", out));
  weir_table *t = *out;
  const bool w1 = w->m[0].cs->dim == 1 && has_w1(w);
  case_facts(w, &w->m[0], t);
  for (int i = 0; i < w->members; i++) bar_facts(w, &w->m[i], t);
  who_columns(w, t);
  level_columns(t, w1);
  judged_columns(t);
  goal_columns(w, t);
  for (int i = 0; i < w->members; i++)
    for (int l = 0; l < w->m[i].r->levels; l++) {
      who_cells(w, &w->m[i], t);
      level_row(t, &w->m[i], l, w1);
      judged_cells(&w->m[i], t);
      for (int g = 0; g < w->goals; g++)
        number_or_blank(t, weir_convergence_cost(w->m[i].r, w->m[i].r->norm, w->goal[g]));
    }
  return WEIR_OK;
}

/* ------------------------------------------------------------------ all */
static weir_status make_tables(const converge *w, bool flat, weir_table **t, int *n)
{
  if (w->members > 1) WEIR_TRY(flat ? flat_table(w, &t[(*n)++]) : summary_table(w, &t[(*n)++]));
  for (int k = 0; k < w->members; k++) {
    if (w->members == 1 || !flat) WEIR_TRY(levels_table(w, &w->m[k], flat, &t[(*n)++]));
    if (w->m[k].r->error_bars && !flat) WEIR_TRY(bars_table(w, &w->m[k], &t[(*n)++]));
  }
  return WEIR_OK;
}

static weir_status render(const converge *w, weir_table_format format, weir_text *out)
{
  weir_table *t[TABLES_MAX] = {NULL};
  int n = 0;
  weir_status s = make_tables(w, format == WEIR_TABLE_CSV, t, &n);
  if (s == WEIR_OK) s = weir_tables_render(w->c->ctx, n, (const weir_table *const *)t, format, out);
  for (int k = 0; k < n; k++) weir_table_destroy(&t[k]);
  return s;
}

weir_status converge_report(const converge *w)
{
  cli *c = w->c;
  weir_text *text = NULL;
  weir_status s = weir_text_create(c->ctx, &text);
  if (s == WEIR_OK && c->json != NULL) {
    s = render(w, WEIR_TABLE_JSON, text);
    if (s == WEIR_OK) s = weir_text_write(c->ctx, c->json, text->s, text->len);
    weir_text_destroy(&text);
    if (s == WEIR_OK) s = weir_text_create(c->ctx, &text);
  }
  if (s == WEIR_OK) s = render(w, c->json_stdout ? WEIR_TABLE_JSON : w->format, text);
  if (s == WEIR_OK) cli_print(text);
  weir_text_destroy(&text);
  return s;
}

/* The order in the deciding norm as a check; the other norms are told. */
weir_status converge_verdict(const converge *w, weir_verdict **out)
{
  WEIR_TRY(weir_verdict_create(w->c->ctx, out));
  for (int i = 0; i < w->members; i++)
    for (int k = 0; k < 3; k++) {
      const member *m = &w->m[i];
      const weir_order *o = &m->r->verdict[k];
      weir_check *check = NULL;
      char name[24] = "order", statistic[24];
      if (w->members > 1) (void)snprintf(name, sizeof name, "order %s", converge_norm[k]);
      (void)snprintf(statistic, sizeof statistic, "%.23s", w->members > 1 ? m->label : converge_norm[k]);
      WEIR_TRY(weir_verdict_add(w->c->ctx, *out, name, statistic, -1, m->cs->end, &check));
      check->value = o->p, check->tolerance = m->r->formal - m->cs->delta;
      check->lower = o->p - o->uncertainty, check->upper = o->p + o->uncertainty;
      check->outcome = k != m->r->norm ? WEIR_REPORTED : o->outcome == WEIR_ORDER_PASS ? WEIR_PASS : WEIR_FAILED;
      (void)snprintf(check->text, sizeof check->text, "%s", o->text);
    }
  weir_verdict_conclude(*out);
  return WEIR_OK;
}
