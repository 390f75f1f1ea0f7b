/* Integrity and mass: what needs no model of the density. */
#include "cmp/judging.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

void place_text(const weir_check *c, int dim, char *buf, size_t size)
{
  size_t used = 0;
  for (int a = 0; a < dim && used < size; a++) {
    const int k = snprintf(buf + used, size - used, "%s%c [%.3g, %.3g]", a > 0 ? ", " : "", "xyz"[a], c -> place_lo[a],
                           c -> place_hi[a]);
    used += k > 0 ? (size_t)k : 0;
  }
}

/* ---------------------------------------------------------------- integrity */
typedef struct flaws {
  ptrdiff_t x, w, negative, rho, first;
} flaws;

/* log density: -inf is a density of 0, which is allowed to be carried; +inf and NaN are not. */
static flaws find_flaws(const judged_step *s)
{
  flaws f = {.first = -1};
  for (ptrdiff_t i = 0; i < s->n; i++) {
    bool x = false;
    for (int a = 0; a < s->dim; a++) x = x || !isfinite(s->x[i * s->dim + a]);
    const bool w = s->w != NULL && !isfinite(s->w[i]), neg = s->w != NULL && s->w[i] < 0;
    const bool rho = s->logrho_carried != NULL && !(s->logrho_carried[i] < (double)INFINITY);
    f.x += x, f.w += w, f.negative += neg, f.rho += rho;
    if (f.first < 0 && (x || w || neg || rho)) f.first = i;
  }
  return f;
}

static void say_flaws(const judged_step *s, const flaws *f, weir_check *c)
{
  if (s->n == 0)
    snprintf(c->text, sizeof c->text, "there are no particles at this step");
  else if (f->first < 0)
    snprintf(c->text, sizeof c->text, "all %td particles are finite", s->n);
  else
    snprintf(c->text, sizeof c->text,
             "not finite: %td positions, %td weights, %td densities; negative: %td weights; the first is particle %td",
             f->x, f->w, f->rho, f->negative, f->first);
}

static weir_status check_finite(weir_ctx *ctx, const judged_step *s, weir_verdict *v, bool *sound)
{
  weir_check *c;
  WEIR_TRY(weir_verdict_add(ctx, v, "integrity", "finite", s->step, s->time, &c));
  const flaws f = find_flaws(s);
  *sound = s->n > 0 && f.first < 0 && s->weight > 0;
  c->value = s->n > 0 ? (double)(f.x + f.w + f.negative + f.rho) : 1;
  c->tolerance = c->noise = c->noise95 = 0;
  c->particle = f.first;
  c->outcome = *sound ? WEIR_CERTIFIED : WEIR_FAILED;
  say_flaws(s, &f, c);
  if (s->n > 0 && f.first < 0 && !(s->weight > 0)) {
    c->value = 1;
    snprintf(c->text, sizeof c->text, "the weights sum to %g", s->weight);
  }
  return WEIR_OK;
}

/* Particles that were apart and now coincide. A flow is one-to-one, so this is no solution, but rounding of the positions merges a few:
 * about in proportion to the density, so tenfold what step 0 shows (3 more where it shows none) and 1 % of all are let pass. */
static bool merged_by_now(const judged_step *s)
{
  return s->duplicates0 >= 0 && s->duplicates > 10 * (s->duplicates0 + 3) &&
         (double)s->duplicates > 0.01 * (double)s->n;
}

static weir_status check_distinct(weir_ctx *ctx, judged_step *s, weir_verdict *v)
{
  weir_check *c;
  WEIR_TRY(weir_verdict_add(ctx, v, "integrity", "distinct", s->step, s->time, &c));
  const bool one_point = s->n > 1 && s->duplicates == s->n - 1;
  c->value = (double)s->duplicates;
  const bool merged = merged_by_now(s);
  c->tolerance = one_point ? (double)(s->n - 2) : (double)NAN;
  if (merged) c->tolerance = fmax(10 * (double)(s->duplicates0 + 3), 0.01 * (double)s->n);
  c->outcome = one_point || merged ? WEIR_FAILED : WEIR_REPORTED;
  if (one_point)
    snprintf(c->text, sizeof c->text, "all %td particles are at one point", s->n);
  else if (merged)
    snprintf(c->text, sizeof c->text,
             "%td of %td particles coincide with another one, %td at the start: a flow keeps particles apart (copies "
             "on purpose: judge the steps as independent)",
             s->duplicates, s->n, s->duplicates0);
  else if (s->weighted)
    snprintf(c->text, sizeof c->text,
             "%td particles coincide with another one; weights and copies leave %.0f effective particles of %td",
             s->duplicates, s->neff, s->n);
  else
    snprintf(c->text, sizeof c->text, "%td of %td particles coincide with another one", s->duplicates, s->n);
  return WEIR_OK;
}

weir_status check_integrity(weir_ctx *ctx, judged_step *s, weir_verdict *v, bool *sound)
{
  WEIR_TRY(check_finite(ctx, s, v, sound));
  return *sound ? check_distinct(ctx, s, v) : WEIR_OK;
}

/* ---------------------------------------------------------------- mass */
/* Where particles are missing: the box whose count s is least likely for its expectation e = n0 m, by the log-likelihood ratio
 * e - s + s log(s/e) of the scan statistic (Kulldorff 1997), which prefers an emptied box to a larger one that is thinned. */
static double deficit(double seen, double expected)
{
  if (!(seen < expected)) return 0;
  return expected - seen + (seen > 0 ? seen * log(seen / expected) : 0);
}

static weir_status find_deficit(weir_ctx *ctx, const judged_step *s, weir_check *c)
{
  double *table = NULL;
  if (!s->have_stats) return WEIR_OK;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)prefix_len(&s->grid), "prefix sums", &table));
  prefix_fill(&s->grid, s->nu, table);
  double worst = 4.5; /* about 3 standard deviations: less names nothing */
  const double n0 = (double)s->n0, inside = s->weight_inside / s->weight0 * n0;
  for (ptrdiff_t b = 0; b < s->stats.boxes; b++) {
    const double m = s->stats.box_mass[b] * s->grid.inside;
    const double seen = fmax(0, inside * prefix_sum(&s->grid, table, &s->stats.box[b])), d = deficit(seen, n0 * m);
    if (!(d > worst)) continue;
    worst = d;
    c->has_place = true;
    c->observed = seen, c->expected = n0 * m, c->sd = sqrt(n0 * m * (1 - m));
    countgrid_bounds(&s->grid, s->stats.box[b].lo, s->stats.box[b].hi, c->place_lo, c->place_hi);
  }
  weir_free(table);
  return WEIR_OK;
}

static void say_lost(const judged_step *s, weir_check *c)
{
  char place[90] = "", where[140] = "";
  if (c->has_place) {
    place_text(c, s->dim, place, sizeof place);
    snprintf(where, sizeof where, "; most are missing in %.80s: %.0f of %.0f", place, c->observed, c->expected);
  }
  if (s->n != s->n0)
    snprintf(c->text, sizeof c->text, "%td particles %s: %td at the start, %td now%.130s",
             s->n < s->n0 ? s->n0 - s->n : s->n - s->n0, s->n < s->n0 ? "are lost" : "appeared", s->n0, s->n, where);
  else
    snprintf(c->text, sizeof c->text, "the weights sum to %.10g of the start's%.130s", s->weight / s->weight0, where);
}

static weir_status conserved(weir_ctx *ctx, const judged_step *s, weir_check *c)
{
  const double single = 1e-6, rounding = s->bits <= 24 ? single : 1e-12 * sqrt((double)s->n0);
  c->value = fabs(s->weight / s->weight0 - 1);
  c->noise = c->noise95 = 0;
  c->lower = c->upper = c->value;
  c->tolerance = s->w != NULL ? rounding : 0;
  const bool kept = (s->w != NULL || s->n == s->n0) && c->value <= c->tolerance,
             truth_keeps = fabs(s->truth.mass - 1) <= 1e-6;
  c->outcome = kept && truth_keeps ? WEIR_CERTIFIED : WEIR_FAILED;
  if (kept && !truth_keeps)
    snprintf(c->text, sizeof c->text,
             "the cloud keeps its mass but the truth holds %.6g of it: judge with absorbing mass", s->truth.mass);
  else if (kept)
    snprintf(c->text, sizeof c->text, "all %td particles are there", s->n);
  else {
    WEIR_TRY(find_deficit(ctx, s, c));
    say_lost(s, c);
  }
  return WEIR_OK;
}

static void absorbing(const judged_step *s, weir_check *c)
{
  const double alpha = s->opt->alpha, n = round((double)s->n0 * s->neff / (double)s->n);
  const double S = s->truth.mass, tol = s->opt->eps_mass, share = s->weight / s->weight0;
  const double k = fmin(round(share * n), n);
  const double lo = share_low(k, n, alpha / 2), hi = share_high(k, n, alpha / 2), sd = sqrt(S * fmax(1 - S, 0) / n);
  c->value = fabs(share - S);
  c->noise = 0.6745 * sd, c->noise95 = 1.96 * sd;
  c->tolerance = tol;
  c->lower = fmax(0, fmax(lo - S, S - hi)), c->upper = fmax(hi - S, S - lo);
  c->p = c->value <= tol ? 1 : fmin(1, 2 * (share > S ? binomial_above(k, n, S + tol) : binomial_below(k, n, S - tol)));
  c->outcome = c->upper <= tol ? WEIR_CERTIFIED : WEIR_PASS;
  c->n_needed = c->upper <= tol ? (double)NAN : n * pow(c->upper / tol, 2);
  c->observed = share * (double)s->n0, c->expected = S * (double)s->n0, c->sd = sd * (double)s->n0;
  snprintf(c->text, sizeof c->text, "%.4g of the mass is left (%.4g to %.4g), the truth holds %.4g", share, lo, hi, S);
}

static weir_status check_total(weir_ctx *ctx, const judged_step *s, weir_verdict *v)
{
  weir_check *c;
  WEIR_TRY(weir_verdict_add(ctx, v, "mass", "total", s->step, s->time, &c));
  switch (s->opt->mass) {
  case WEIR_MASS_CONSERVED: return conserved(ctx, s, c);
  case WEIR_MASS_ABSORBING: absorbing(s, c); break;
  case WEIR_MASS_UNKNOWN:
  default: snprintf(c->text, sizeof c->text, "not tested: the total mass is declared unknown"); break;
  }
  return WEIR_OK;
}

/* A share eps^2 of the mass where the truth has none is a relative L2(1/rho) error of eps against a truth eps^2 there. */
static weir_status check_outside(weir_ctx *ctx, const judged_step *s, weir_verdict *v)
{
  weir_check *c;
  WEIR_TRY(weir_verdict_add(ctx, v, "mass", "outside", s->step, s->time, &c));
  const double out = fmax(0, 1 - s->grid.inside), eps = s->opt->eps, tol = eps * sqrt(fmax(out, eps * eps));
  const double N = fmax(round(s->neff_all), 1), share = s->weight_outside / s->weight, k = round(share * N);
  const double sd = sqrt(out * (1 - out) / N);
  c->value = share, c->noise = out, c->noise95 = out + 1.645 * sd;
  c->tolerance = out + tol;
  c->lower = share_low(k, N, s->opt->alpha), c->upper = share_high(k, N, s->opt->alpha);
  c->p = c->value <= c->tolerance ? 1 : binomial_above(k, N, c->tolerance);
  c->outcome = c->upper <= c->tolerance ? WEIR_CERTIFIED : WEIR_PASS;
  c->observed = (double)s->outside, c->expected = out * (double)s->n, c->sd = sd * (double)s->n;
  for (ptrdiff_t i = 0; s->outside > 0 && i < s->n && c->particle < 0; i++)
    if (s->block[i] < 0) c->particle = i;
  snprintf(c->text, sizeof c->text,
           "%td of %td particles are outside the mesh's box, the truth has %.3g of its mass there", s->outside, s->n,
           out);
  return WEIR_OK;
}

weir_status check_mass(weir_ctx *ctx, const judged_step *s, weir_verdict *v)
{
  WEIR_TRY(check_total(ctx, s, v));
  return check_outside(ctx, s, v);
}
