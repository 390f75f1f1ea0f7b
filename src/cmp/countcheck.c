/* The counts rows: six statistics of the particles per block, calibrated (calibrate.c), with the worst place and a sentence each. */
#include "cmp/judging.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { first_draws = 399 };

/* ---------------------------------------------------------------- places */
static void set_expected(const judged_step *s, double share, double m, weir_check *c)
{
  c->has_place = true;
  c->observed = share * s->neff, c->expected = m * s->neff, c->sd = sqrt(s->neff * m * (1 - m));
}

static void place_scan(const judged_step *s, const double *f, const double *table, weir_check *c)
{
  ptrdiff_t worst = -1;
  const double *scan = f + s->stats.first[WEIR_STAT_SCAN];
  for (ptrdiff_t b = 0; b < s->stats.boxes; b++)
    if (worst < 0 || fabs(scan[b]) > fabs(scan[worst])) worst = b;
  if (worst < 0) return;
  const scanbox *box = &s->stats.box[worst];
  countgrid_bounds(&s->grid, box->lo, box->hi, c->place_lo, c->place_hi);
  set_expected(s, prefix_sum(&s->grid, table, box), s->stats.box_mass[worst], c);
}

/* The group that adds most to chi2: the box around its blocks. */
static void place_group(const judged_step *s, const double *f, weir_check *c)
{
  const double *group = f + s->stats.first[WEIR_STAT_CHI2];
  const countgrid *g = &s->grid;
  int worst = 0;
  for (int i = 1; i < s->stats.groups; i++)
    if (fabs(group[i]) > fabs(group[worst])) worst = i;
  scanbox box = {.lo = {g->n[0], g->n[1], g->n[2]}};
  double seen = 0, m = 0;
  for (ptrdiff_t b = 0; b < g->blocks; b++) {
    if (s->stats.leaf[b] != worst) continue;
    const ptrdiff_t at[3] = {b % g->n[0], b / g->n[0] % g->n[1], b / (g->n[0] * g->n[1])};
    for (int a = 0; a < 3; a++) {
      if (at[a] < box.lo[a]) box.lo[a] = at[a];
      if (at[a] + 1 > box.hi[a]) box.hi[a] = at[a] + 1;
    }
    seen += s->nu[b], m += g->m[b];
  }
  countgrid_bounds(g, box.lo, box.hi, c->place_lo, c->place_hi);
  set_expected(s, seen, m, c);
}

/* ---------------------------------------------------------------- sentences */
static void say_mean(const judged_step *s, const weir_check *c, char *buf, size_t size)
{
  char shift[80] = "";
  size_t used = 0;
  for (int a = 0; a < s->dim && used < sizeof shift; a++) {
    double d = 0;
    for (ptrdiff_t b = 0; b < s->grid.blocks; b++) d += (s->nu[b] - s->grid.m[b]) * s->grid.centre[a][b];
    const int k = snprintf(shift + used, sizeof shift - used, "%s%.3g", a > 0 ? ", " : "", d);
    used += k > 0 ? (size_t)k : 0;
  }
  snprintf(buf, size, "the mean is off by (%s), %.3g standard deviations", shift, c->value);
}

static void say_spread(const judged_step *s, const double *f, const weir_check *c, char *buf, size_t size)
{
  const double r = f[s->stats.first[WEIR_STAT_SPREAD]] / sqrt(0.5 * s->dim);
  snprintf(buf, size, "the variance is %.3g %% too %s (statistic %.3g)", 100 * fabs(r), r > 0 ? "large" : "small",
           c->value);
}

static void say_place(const judged_step *s, const char *lead, const weir_check *c, char *buf, size_t size)
{
  char place[120] = "";
  place_text(c, s->dim, place, sizeof place);
  snprintf(buf, size, "%s: %.0f particles where %.0f +- %.0f are expected, %s", lead, c->observed, c->expected, c->sd,
           place);
}

static void say(const judged_step *s, int k, const double *f, weir_check *c)
{
  char what[200] = "", lead[80];
  switch ((weir_count_stat)k) {
  case WEIR_STAT_MEAN: say_mean(s, c, what, sizeof what); break;
  case WEIR_STAT_SPREAD: say_spread(s, f, c, what, sizeof what); break;
  case WEIR_STAT_COV: snprintf(what, sizeof what, "the covariance's shape is off by %.3g", c->value); break;
  case WEIR_STAT_SW1:
    snprintf(what, sizeof what, "particles must move %.3g standard deviations (%.3g) on average", c->value,
             c->value * s->grid.sigma);
    break;
  case WEIR_STAT_CHI2:
    snprintf(lead, sizeof lead, "relative density error %.3g over %d groups (dispersion %.2f)", c->value,
             s->stats.groups, s->neff * c->value * c->value / fmax(s->stats.groups - 1, 1));
    say_place(s, lead, c, what, sizeof what);
    break;
  case WEIR_STAT_SCAN:
  case WEIR_STAT_COUNT: say_place(s, "worst block", c, what, sizeof what); break;
  }
  snprintf(c->text, sizeof c->text, "%.170s; noise %.2g, tolerance %.2g", what, c->noise95, c->tolerance);
}

/* ---------------------------------------------------------------- rows */
/* No p-values for lattices: the statistic at step 0 stands for the noise of the layout, the iid quantile for step 0 itself. */
static void decide_deterministic(const judged_step *s, int k, const calibration *cal, const double *baseline,
                                 weir_check *c)
{
  const double q = baseline != NULL ? s->opt->growth * baseline[k] : cal->noise99[k];
  c->p = c->level = (double)NAN;
  c->noise = c->noise95 = q;
  c->lower = fmax(0, c->value - q), c->upper = c->value + q;
  c->outcome = !(c->value <= c->tolerance + q) ? WEIR_FAILED : c->upper <= c->tolerance ? WEIR_CERTIFIED : WEIR_PASS;
}

static weir_status add_row(weir_ctx *ctx, const judged_step *s, int k, const calibration *cal, const double *f,
                           const double *table, const double *baseline, weir_verdict *v)
{
  weir_check *c;
  WEIR_TRY(weir_verdict_add(ctx, v, "counts", weir_count_stat_name((weir_count_stat)k), s->step, s->time, &c));
  c->value = cal->value[k], c->noise = cal->noise[k], c->noise95 = cal->noise95[k];
  c->tolerance = cal->tolerance[k];
  c->lower = cal->lower[k], c->upper = cal->upper[k], c->p = cal->p[k];
  c->outcome = c->upper <= c->tolerance ? WEIR_CERTIFIED : WEIR_PASS;
  if (s->opt->sampling == WEIR_SAMPLING_DETERMINISTIC)
    decide_deterministic(s, k, cal, baseline, c);
  else if (c->outcome == WEIR_PASS && c->tolerance > 0)
    c->n_needed = ceil(s->neff * pow(c->upper / c->tolerance, 2));
  if (k == WEIR_STAT_SCAN) place_scan(s, f, table, c);
  if (k == WEIR_STAT_CHI2) place_group(s, f, c);
  say(s, k, f, c);
  return WEIR_OK;
}

static weir_status add_rows(weir_ctx *ctx, const judged_step *s, const calibration *cal, const double *baseline,
                            weir_verdict *v)
{
  const countstats *st = &s->stats;
  const ptrdiff_t F = st->first[WEIR_STAT_COUNT];
  double *work = NULL;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(2 * F + prefix_len(&s->grid)), "features", &work));
  double *f = work, *base = work + F, *table = work + 2 * F;
  countstats_features(st, s->grid.m, false, table, base);
  countstats_features(st, s->nu, false, table, f); /* leaves nu's prefix sums in table */
  for (ptrdiff_t i = 0; i < F; i++) f[i] -= base[i];
  weir_status status = WEIR_OK;
  for (int k = 0; k < WEIR_STAT_COUNT && status == WEIR_OK; k++)
    if (st->used[k]) status = add_row(ctx, s, k, cal, f, table, baseline, v);
  weir_free(work);
  return status;
}

weir_status check_counts(weir_ctx *ctx, judged_step *s, const double *baseline, double *values, weir_verdict *v)
{
  if (!s->have_stats) {
    weir_check *c;
    WEIR_TRY(weir_verdict_add(ctx, v, "counts", "chi2", s->step, s->time, &c));
    c->n_needed = 50;
    snprintf(c->text, sizeof c->text, "not tested: %.0f effective particles inside the box, 50 are needed", s->neff);
    return WEIR_OK;
  }
  calibration cal;
  const noise_model noise = {.n = s->n - s->outside, .neff = s->neff, .spread = s->weighted ? s->spread : NULL};
  const uint64_t stream = (uint64_t)(s->step + 1) << 32;
  /* Steps that are nowhere near failing need no fine p: stopping early can only keep a step from failing. Bounds at level alpha
   * need a few draws beyond them. */
  const int wanted = (int)fmax(first_draws, fmin(ceil(4 / s->opt->alpha), 1e6));
  const int few = s->opt->draws > 0 || s->draws < wanted ? s->draws : wanted;
  WEIR_TRY(calibrate(ctx, &s->stats, s->nu, &noise, s->opt, few, stream, s->threads, &cal));
  if (few < s->draws && cal.p_joint <= 5 * s->opt->alpha)
    WEIR_TRY(calibrate(ctx, &s->stats, s->nu, &noise, s->opt, s->draws, stream, s->threads, &cal));
  memcpy(values, cal.value, sizeof cal.value);
  return add_rows(ctx, s, &cal, baseline, v);
}
