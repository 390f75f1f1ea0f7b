/* The density and normalisation rows: what the particles carry against the truth where they are.
 *
 *   lam_i = log rho_i - log rho_R(x_i). The gated particles are those in core cells A, fixed by the truth alone: cells where
 *     - at least one particle is expected in a box of half a standard deviation a side at that density: N rho_j prod_a sd_a/2 >= 1,
 *     - rho_j > 10 |error_j|, and the mesh resolves log rho (logrho.c), unless the truth has its own log-density.
 *   What is outside is counted in the text. (A cell's own N m_j < 1 would exclude everything on a fine mesh.)
 *
 *   rms      r^2 = mean lam^2, se = sd(lam^2)/N^1/2; FAIL if r^2 - z se > tol^2. An exact cloud has lam = 0: no sampling noise.
 *            A few particles far off make se as large as r^2; they are counted instead (test_few below).
 *   integral For particles distributed as the density they carry, E[1_A exp(-lam)] = int_A rho_R = m_A, known from the cells. The mean
 *            over ALL particles of 1_A exp(-lam) is compared with m_A; se from the sample. A carried density far too low gives one
 *            particle a huge weight, so if one term is over a tenth of the sum the sample's se means nothing: not tested (rms sees it). */
#include "cmp/judging.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 1024 };
static const double dominated = 0.1; /* share of the sum beyond which one term rules */
static const ptrdiff_t particles_min = 30;

typedef struct misfit {
  logrho truth;
  uint8_t *core;         /* cell array: is the cell in A? */
  double core_mass;      /* m_A, per unit of initial mass */
  double core_error;     /* |signed error of m_A| */
  double *lam, *bar;     /* [n] NaN outside A */
  ptrdiff_t inside, bad; /* particles in A; of these with lam not finite */
  double weight;         /* of the particles in A */
  double bar_rms;
} misfit;

static double weight_of(const judged_step *s, ptrdiff_t i)
{
  return s->w != NULL ? s->w[i] : 1;
}

/* ---------------------------------------------------------------- core */
static bool is_core(const judged_step *s, const misfit *f, const ptrdiff_t at[3], ptrdiff_t c, double expected)
{
  const double rho = s->truth.rho[c];
  if (!(rho * expected >= 1)) return false;
  if (s->truth.error != NULL && !(rho > 10 * fabs(s->truth.error[c]))) return false;
  if (s->truth.log_density != NULL) return true;
  logrho_cell cell;
  logrho_fit(&f->truth, at, &cell);
  return cell.bar < 0.5;
}

static void set_core(const judged_step *s, misfit *f)
{
  const weir_mesh *m = s->truth.mesh;
  double expected = s->neff / s->truth.mass;
  for (int a = 0; a < s->dim; a++) expected *= 0.5 * s->grid.sd[a];
  weir_sum mass, error;
  weir_sum_clear(&mass), weir_sum_clear(&error);
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const ptrdiff_t at[3] = {i, j, k}, c = weir_mesh_index(m, i, j, k);
        f->core[c] = is_core(s, f, at, c, expected);
        if (!f->core[c]) continue;
        const double volume = weir_mesh_cell_volume(m, i, j, k);
        weir_sum_add(&mass, volume * s->truth.rho[c]);
        if (s->truth.error != NULL)
          weir_sum_add(&error, volume * (s->truth.error_signed ? s->truth.error[c] : fabs(s->truth.error[c])));
      }
  f->core_mass = weir_sum_value(&mass), f->core_error = fabs(weir_sum_value(&error));
}

/* ---------------------------------------------------------------- lam */
/* Particles lo..hi-1; hi - lo <= BATCH. */
static void misfit_batch(const judged_step *s, misfit *f, ptrdiff_t lo, ptrdiff_t hi)
{
  const weir_mesh *m = s->truth.mesh;
  double exact[BATCH] = {0};
  if (s->truth.log_density != NULL) s->truth.log_density(s->truth.user, hi - lo, s->dim, s->x + lo * s->dim, exact);
  for (ptrdiff_t i = lo; i < hi; i++) {
    f->lam[i] = f->bar[i] = (double)NAN;
    if (s->block[i] < 0) continue;
    ptrdiff_t at[3] = {0, 0, 0};
    for (int a = 0; a < s->dim; a++) at[a] = weir_axis_find(&m->axis[a], s->x[i * s->dim + a]);
    const ptrdiff_t c = weir_mesh_index(m, at[0], at[1], at[2]);
    if (!f->core[c]) continue;
    double truth = exact[i - lo], bar = s->truth.log_error;
    if (s->truth.log_density == NULL) {
      logrho_cell cell;
      logrho_fit(&f->truth, at, &cell);
      truth = logrho_eval(&f->truth, at, &cell, s->x + i * s->dim);
      bar = cell.bar;
    }
    if (s->truth.error != NULL) bar += fabs(s->truth.error[c]) / s->truth.rho[c];
    f->bar[i] = bar;
    /* +-inf stands for "no number": NaN means outside A */
    const double lam = s->logrho_carried[i] - s->log_unit - truth;
    f->lam[i] = isnan(lam) ? (double)INFINITY : lam;
  }
}

static void tally_misfit(const judged_step *s, misfit *f)
{
  weir_sum weight, bar;
  weir_sum_clear(&weight), weir_sum_clear(&bar);
  for (ptrdiff_t i = 0; i < s->n; i++) {
    if (isnan(f->bar[i])) continue;
    f->inside++;
    f->bad += !isfinite(f->lam[i]);
    weir_sum_add(&weight, weight_of(s, i));
    weir_sum_add(&bar, weight_of(s, i) * f->bar[i] * f->bar[i]);
  }
  f->weight = weir_sum_value(&weight);
  f->bar_rms = f->weight > 0 ? sqrt(weir_sum_value(&bar) / f->weight) : 0;
}

static weir_status misfit_make(weir_ctx *ctx, const judged_step *s, misfit *f)
{
  void *core = NULL;
  WEIR_TRY(weir_alloc(ctx, (size_t)s->truth.mesh->len, 1, "core cells", &core));
  f->core = core;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)s->n, "misfits", &f->lam));
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)s->n, "error bars", &f->bar));
  if (s->truth.log_density == NULL) WEIR_TRY(logrho_make(ctx, s->truth.mesh, s->truth.rho, &f->truth));
  set_core(s, f);
  const ptrdiff_t batches = (s->n + BATCH - 1) / BATCH;
#pragma omp parallel for num_threads(s->threads) schedule(static)
  for (ptrdiff_t b = 0; b < batches; b++)
    misfit_batch(s, f, b * BATCH, (b + 1) * BATCH < s->n ? (b + 1) * BATCH : s->n);
  tally_misfit(s, f);
  return WEIR_OK;
}

/* ---------------------------------------------------------------- sums */
typedef struct moments {
  double mean, mean_se, square, square_se, l1;
} moments;

/* Weighted mean of values v and its standard error (sum w^2 (v - mean)^2)^1/2 / sum w. */
static moments take_moments(const judged_step *s, const misfit *f)
{
  weir_sum m1, m2, l1, e1, e2;
  weir_sum_clear(&m1), weir_sum_clear(&m2), weir_sum_clear(&l1), weir_sum_clear(&e1), weir_sum_clear(&e2);
  for (ptrdiff_t i = 0; i < s->n; i++) {
    if (isnan(f->lam[i])) continue;
    const double w = weight_of(s, i), lam = f->lam[i];
    weir_sum_add(&m1, w * lam), weir_sum_add(&m2, w * (lam * lam)), weir_sum_add(&l1, w * fabs(expm1(-lam)));
  }
  moments m = {.mean = weir_sum_value(&m1) / f->weight,
               .square = weir_sum_value(&m2) / f->weight,
               .l1 = weir_sum_value(&l1) / f->weight};
  for (ptrdiff_t i = 0; i < s->n; i++) {
    if (isnan(f->lam[i])) continue;
    const double w = weight_of(s, i), a = w * (f->lam[i] - m.mean), b = w * (f->lam[i] * f->lam[i] - m.square);
    weir_sum_add(&e1, a * a), weir_sum_add(&e2, b * b);
  }
  m.mean_se = sqrt(weir_sum_value(&e1)) / f->weight, m.square_se = sqrt(weir_sum_value(&e2)) / f->weight;
  return m;
}

/* k-th smallest of v[0..n), v is reordered (Hoare 1961). */
static double select_kth(double *v, ptrdiff_t n, ptrdiff_t k)
{
  ptrdiff_t lo = 0, hi = n - 1;
  while (lo < hi) {
    const double pivot = v[lo + (hi - lo) / 2];
    ptrdiff_t i = lo, j = hi;
    while (i <= j) {
      while (v[i] < pivot) i++;
      while (v[j] > pivot) j--;
      if (i > j) break;
      const double t = v[i];
      v[i++] = v[j], v[j--] = t;
    }
    if (k <= j)
      hi = j;
    else if (k >= i)
      lo = i;
    else
      break;
  }
  return v[k];
}

/* ---------------------------------------------------------------- place */
/* The box of at least 30 particles whose mean lam is farthest from 0 beyond two standard errors, and the worst particle. */
static weir_status find_worst(weir_ctx *ctx, const judged_step *s, const misfit *f, weir_check *c)
{
  const countgrid *g = &s->grid;
  const ptrdiff_t P = prefix_len(g), J = g->blocks;
  double *work = NULL, far = -1;
  for (ptrdiff_t i = 0; i < s->n; i++)
    if (fabs(f->lam[i]) > far) far = fabs(f->lam[i]), c->particle = i;
  if (f->bad > 0 || !s->have_stats) return WEIR_OK;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(3 * (P + J)), "misfits of blocks", &work));
  double *v[3] = {work, work + J, work + 2 * J}, *t[3] = {work + 3 * J, work + 3 * J + P, work + 3 * J + 2 * P};
  for (ptrdiff_t i = 0; i < s->n; i++) {
    if (isnan(f->lam[i])) continue;
    v[0][s->block[i]] += 1, v[1][s->block[i]] += f->lam[i], v[2][s->block[i]] += f->lam[i] * f->lam[i];
  }
  for (int k = 0; k < 3; k++) prefix_fill(g, v[k], t[k]);
  double best = 0;
  for (ptrdiff_t b = 0; b < s->stats.boxes; b++) {
    const scanbox *box = &s->stats.box[b];
    const double n = prefix_sum(g, t[0], box);
    if (n < (double)particles_min) continue;
    const double mean = prefix_sum(g, t[1], box) / n, var = fmax(prefix_sum(g, t[2], box) / n - mean * mean, 0);
    const double se = sqrt(var / n), score = fabs(mean) - 2 * se;
    if (!(score > best)) continue;
    best = score;
    c->has_place = true;
    c->observed = mean, c->expected = 0, c->sd = se;
    countgrid_bounds(g, box->lo, box->hi, c->place_lo, c->place_hi);
  }
  weir_free(work);
  return WEIR_OK;
}

/* ---------------------------------------------------------------- rows */
static void percent(double log_ratio, char *buf, size_t size)
{
  const char *way = log_ratio >= 0 ? "large" : "small";
  const double l = fabs(log_ratio);
  if (l < log(3))
    snprintf(buf, size, "%.3g %% too %s", 100 * fabs(expm1(log_ratio)), way);
  else if (l < 20)
    snprintf(buf, size, "%.3g times too %s", exp(l), way);
  else
    snprintf(buf, size, "e^%.3g times too %s", l, way);
}

/* The few: if E lam^2 <= tol^2 then P(|lam| >= L) <= tol^2/L^2 (Chebyshev), so the number of particles beyond L is at most
 * Binomial(N, tol^2/L^2): exact for any law, where the normal limit of the mean square knows nothing of single large terms. Levels
 * L = 4 tol 2^j, j = 0 .. 15, fixed beforehand; Bonferroni over them. Unequal weights have no such count. */
enum { few_levels = 16 };

typedef struct few {
  double p, lower; /* of E lam^2, at level alpha */
  ptrdiff_t count; /* particles beyond L at the level that decides */
  double L;
} few;

static few test_few(const judged_step *s, const misfit *f, double tol)
{
  few r = {.p = 1};
  ptrdiff_t beyond[few_levels] = {0};
  if (s->weighted || !(tol > 0)) return r;
  for (ptrdiff_t i = 0; i < s->n; i++)
    for (int j = 0; j < few_levels && fabs(f->lam[i]) >= ldexp(4 * tol, j); j++) beyond[j]++;
  for (int j = 0; j < few_levels; j++) {
    const double L = ldexp(4 * tol, j), k = (double)beyond[j], N = (double)f->inside;
    const double p = few_levels * binomial_above(k, N, tol * tol / (L * L));
    if (p < r.p) r.p = p, r.count = beyond[j], r.L = L;
    r.lower = fmax(r.lower, L * L * share_low(k, N, s->opt->alpha / few_levels));
  }
  return r;
}

static void say_rms(const judged_step *s, const misfit *f, const moments *m, const few *odd, weir_check *c)
{
  char mean[40], block[40], where[120] = "", place[90] = "";
  if (f->bad > 0) {
    snprintf(c->text, sizeof c->text,
             "%td carried densities are 0 or no number where the truth has mass; the first worst is particle %lld",
             f->bad, (long long)c->particle);
    return;
  }
  if (odd != NULL) {
    char worst[40];
    percent(f->lam[c->particle], worst, sizeof worst);
    snprintf(c->text, sizeof c->text,
             "%td of %td carried densities have a log error above %.3g, which makes the rms %.3g (tolerance %.2g); the "
             "worst, of particle %lld, is %.36s",
             odd->count, f->inside, odd->L, c->value, c->tolerance, (long long)c->particle, worst);
    return;
  }
  percent(m->mean, mean, sizeof mean);
  if (c->has_place) {
    place_text(c, s->dim, place, sizeof place);
    percent(c->observed, block, sizeof block);
    snprintf(where, sizeof where, "; worst %.70s: %.30s", place, block);
  }
  snprintf(c->text, sizeof c->text,
           "carried densities are %.30s on average, rms log error %.3g (tolerance %.2g)%.104s; %.3g %% left out", mean,
           c->value, c->tolerance, where, 100 * (1 - (double)f->inside / (double)s->n));
}

static weir_status add_rms(weir_ctx *ctx, const judged_step *s, const misfit *f, const moments *m, weir_verdict *v)
{
  weir_check *c;
  WEIR_TRY(weir_verdict_add(ctx, v, "density", "rms", s->step, s->time, &c));
  const double tol = s->opt->eps_density + f->bar_rms, z = normal_quantile(s->opt->alpha);
  c->value = f->bad > 0 ? (double)NAN : sqrt(m->square);
  c->noise = c->noise95 = 0;
  c->tolerance = tol;
  WEIR_TRY(find_worst(ctx, s, f, c));
  few odd = {.p = 1};
  bool by_few = false;
  if (f->bad > 0) {
    c->p = 0, c->outcome = WEIR_FAILED;
  } else {
    odd = test_few(s, f, tol);
    const double p = c->value <= tol ? 1 : m->square_se > 0 ? normal_tail((m->square - tol * tol) / m->square_se) : 0;
    by_few = odd.p < p && odd.p <= s->opt->alpha;
    c->p = fmin(1, 2 * fmin(p, odd.p)); /* two tests */
    c->lower = sqrt(fmax(m->square - z * m->square_se, odd.lower)), c->upper = sqrt(m->square + z * m->square_se);
    c->outcome = c->upper <= tol ? WEIR_CERTIFIED : WEIR_PASS;
    if (c->outcome == WEIR_PASS && fabs(m->square - tol * tol) > 0)
      c->n_needed = ceil(s->neff * pow(z * m->square_se / (m->square - tol * tol), 2));
  }
  say_rms(s, f, m, by_few ? &odd : NULL, c);
  return WEIR_OK;
}

static weir_status add_reported(weir_ctx *ctx, const judged_step *s, const misfit *f, const moments *m, weir_verdict *v)
{
  const double z = normal_quantile(s->opt->alpha);
  weir_check *c;
  WEIR_TRY(weir_verdict_add(ctx, v, "density", "mean", s->step, s->time, &c));
  c->value = m->mean, c->lower = m->mean - z * m->mean_se, c->upper = m->mean + z * m->mean_se,
  c->outcome = WEIR_REPORTED;
  snprintf(c->text, sizeof c->text,
           "mean log ratio %.3g +- %.2g: the relative entropy of the cloud, if its densities are right%s", m->mean,
           m->mean_se, s->log_unit != 0 ? "; densities are in the unit of the case's mass" : "");
  WEIR_TRY(weir_verdict_add(ctx, v, "density", "l1", s->step, s->time, &c));
  c->value = m->l1, c->outcome = WEIR_REPORTED;
  snprintf(c->text, sizeof c->text, "mean |1 - truth/carried| %.3g: the L1 error of the carried density", m->l1);
  double *work = NULL;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)f->inside, "misfits", &work));
  ptrdiff_t n = 0;
  for (ptrdiff_t i = 0; i < s->n; i++)
    if (!isnan(f->lam[i])) work[n++] = fabs(f->lam[i]);
  const double q = select_kth(work, n, (n * 9) / 10);
  weir_free(work);
  WEIR_TRY(weir_verdict_add(ctx, v, "density", "q90", s->step, s->time, &c));
  c->value = q, c->outcome = WEIR_REPORTED;
  snprintf(c->text, sizeof c->text, "nine in ten particles have a log error below %.3g", q);
  return WEIR_OK;
}

/* Mean over all particles of 1_A exp(-lam), its se, and the largest term's share. */
static void integral(const judged_step *s, const misfit *f, double *mean, double *se, double *largest)
{
  const double W = s->opt->mass == WEIR_MASS_ABSORBING ? s->weight0 : s->weight;
  weir_sum sum, square;
  weir_sum_clear(&sum), weir_sum_clear(&square);
  double top = 0;
  for (ptrdiff_t i = 0; i < s->n; i++) {
    if (isnan(f->lam[i])) continue;
    const double t = weight_of(s, i) * exp(-f->lam[i]);
    weir_sum_add(&sum, t), weir_sum_add(&square, t * t);
    top = fmax(top, t);
  }
  const double total = weir_sum_value(&sum);
  *mean = total / W;
  *se = sqrt(fmax(weir_sum_value(&square) - total * total / s->neff, 0)) / W;
  *largest = top / total;
}

static weir_status check_normalisation(weir_ctx *ctx, const judged_step *s, const misfit *f, weir_verdict *v)
{
  weir_check *c;
  WEIR_TRY(weir_verdict_add(ctx, v, "normalisation", "integral", s->step, s->time, &c));
  double I, se, largest;
  integral(s, f, &I, &se, &largest);
  const double scale = s->opt->mass == WEIR_MASS_ABSORBING ? 1 : s->truth.mass, want = f->core_mass / scale;
  if (f->bad > 0 || !(largest <= dominated)) {
    snprintf(c->text, sizeof c->text,
             "not tested: one particle's carried density is so low that it makes %.2g of the integral", largest);
    return WEIR_OK;
  }
  const double r = I / want, rse = se / want, z = normal_quantile(s->opt->alpha / 2);
  const double tol = s->opt->eps_normalisation + f->core_error / f->core_mass;
  const double sd = sqrt(fmax(1 - want, 0) / (want * s->neff));
  c->value = fabs(r - 1), c->tolerance = tol;
  c->noise = 0.6745 * sd, c->noise95 = 1.96 * sd;
  c->lower = fmax(c->value - z * rse, 0), c->upper = c->value + z * rse;
  /* both sides of 1 can be wrong, hence the factor 2 */
  c->p = c->value <= tol ? 1 : rse > 0 ? fmin(1, 2 * normal_tail((c->value - tol) / rse)) : 0;
  c->outcome = c->upper <= tol ? WEIR_CERTIFIED : WEIR_PASS;
  snprintf(c->text, sizeof c->text,
           "carried densities integrate to %.4g +- %.2g of what they should (mean of truth/carried is %.4g over the "
           "%.3g %% of the mass that is judged)",
           1 / r, rse / (r * r), r, 100 * want);
  return WEIR_OK;
}

static weir_status not_tested(weir_ctx *ctx, const judged_step *s, const char *why, weir_verdict *v)
{
  weir_check *c;
  WEIR_TRY(weir_verdict_add(ctx, v, "density", "rms", s->step, s->time, &c));
  snprintf(c->text, sizeof c->text, "not tested: %s", why);
  WEIR_TRY(weir_verdict_add(ctx, v, "normalisation", "integral", s->step, s->time, &c));
  snprintf(c->text, sizeof c->text, "not tested: %s", why);
  return WEIR_OK;
}

/* Step 0 tells the unit of the carried densities. */
static weir_status find_unit(weir_ctx *ctx, judged_step *s, misfit *f)
{
  double *work = NULL;
  if (s->step > 0 || !(s->truth.unit > 0) || f->inside < particles_min) return WEIR_OK;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)f->inside, "misfits", &work));
  ptrdiff_t n = 0;
  for (ptrdiff_t i = 0; i < s->n; i++)
    if (!isnan(f->lam[i])) work[n++] = f->lam[i];
  const double median = select_kth(work, n, n / 2), unit = log(s->truth.unit);
  weir_free(work);
  if (!(fabs(median - unit) < fabs(median))) return WEIR_OK;
  s->log_unit = unit;
  for (ptrdiff_t i = 0; i < s->n; i++) f->lam[i] -= unit;
  return WEIR_OK;
}

static weir_status add_all(weir_ctx *ctx, const judged_step *s, const misfit *f, weir_verdict *v)
{
  char why[160];
  if (f->inside < particles_min) {
    snprintf(why, sizeof why, "%td of %td particles are where the truth can be compared, %td are needed", f->inside,
             s->n, particles_min);
    return not_tested(ctx, s, why, v);
  }
  const moments m = take_moments(s, f);
  WEIR_TRY(add_rms(ctx, s, f, &m, v));
  if (f->bad == 0) WEIR_TRY(add_reported(ctx, s, f, &m, v));
  return check_normalisation(ctx, s, f, v);
}

weir_status check_density(weir_ctx *ctx, judged_step *s, weir_verdict *v)
{
  if (s->logrho_carried == NULL) return not_tested(ctx, s, "the cloud carries no densities", v);
  misfit f = {0};
  weir_status st = misfit_make(ctx, s, &f);
  if (st == WEIR_OK) st = find_unit(ctx, s, &f);
  if (st == WEIR_OK) st = add_all(ctx, s, &f, v);
  logrho_clear(&f.truth);
  weir_free(f.core), weir_free(f.lam), weir_free(f.bar);
  return st;
}
