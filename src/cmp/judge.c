/* The judge: one step after the other, then the correction over steps (Holm, Scand. J. Stat. 6 (1979) 65). */
#include "cmp/judging.h"
#include <weir/cloud.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void weir_judge_defaults(weir_judge_options *opt)
{
  *opt = (weir_judge_options){.alpha = 0.01,
                              .eps = 0.05,
                              .eps_density = 0.1,
                              .eps_normalisation = 0.1,
                              .eps_mass = 0.01,
                              .seed = 1,
                              .growth = 2};
  for (int k = 0; k < WEIR_STAT_COUNT; k++) opt->tolerance[k] = (double)NAN;
}

/* ---------------------------------------------------------------- input */
static weir_status check_options(weir_ctx *ctx, const weir_judge_options *o)
{
  WEIR_REQUIRE(o->alpha > 0 && o->alpha <= 0.5, ctx, WEIR_EARG, "judge: alpha = %g, a number in (0, 0.5] expected",
               o->alpha);
  WEIR_REQUIRE(o->eps >= 0 && o->eps <= 1, ctx, WEIR_EARG, "judge: eps = %g, a number in [0, 1] expected", o->eps);
  WEIR_REQUIRE(o->eps_density >= 0 && o->eps_normalisation >= 0 && o->eps_mass >= 0, ctx, WEIR_EARG,
               "judge: tolerances of density %g, normalisation %g and mass %g must not be negative", o->eps_density,
               o->eps_normalisation, o->eps_mass);
  for (int k = 0; k < WEIR_STAT_COUNT; k++)
    WEIR_REQUIRE(isnan(o->tolerance[k]) || o->tolerance[k] >= 0, ctx, WEIR_EARG,
                 "judge: tolerance of %s = %g, 0 or more expected", weir_count_stat_name((weir_count_stat)k),
                 o->tolerance[k]);
  WEIR_REQUIRE(o->draws == 0 || (o->draws >= 99 && o->draws <= 1000000), ctx, WEIR_EARG,
               "judge: %d draws, 99 to 1000000 expected (0: chosen)", o->draws);
  WEIR_REQUIRE(o->growth > 0 || o->sampling != WEIR_SAMPLING_DETERMINISTIC, ctx, WEIR_EARG,
               "judge: growth = %g, > 0 expected", o->growth);
  WEIR_REQUIRE(o->threads >= 0 && o->threads <= 4096, ctx, WEIR_EARG, "judge: %d threads, 0 to 4096 expected",
               o->threads);
  return WEIR_OK;
}

static weir_status check_cloud(weir_ctx *ctx, const weir_cloud *c)
{
  WEIR_REQUIRE(c->steps >= 1, ctx, WEIR_EARG, "judge: the cloud has no steps");
  WEIR_REQUIRE(c->dim >= 1 && c->dim <= WEIR_MAXDIM, ctx, WEIR_EARG,
               "judge: the cloud has %d dimensions, a truth on a mesh has at most %d", c->dim, (int)WEIR_MAXDIM);
  for (int k = 0; k < c->steps; k++)
    WEIR_REQUIRE(c->count[k] <= INT32_MAX - 1, ctx, WEIR_ELIMIT, "judge: %td particles at step %d, at most %d",
                 c->count[k], k, INT32_MAX - 1);
  return WEIR_OK;
}

static weir_status check_truth(weir_ctx *ctx, const judged_step *s)
{
  const weir_truth *t = &s->truth;
  WEIR_REQUIRE(t->mesh != NULL && t->rho != NULL, ctx, WEIR_EARG, "judge: step %d: the truth has no mesh or density",
               s->step);
  WEIR_REQUIRE(t->mesh->dim == s->dim, ctx, WEIR_EARG, "judge: the cloud has %d dimensions, the truth %d", s->dim,
               t->mesh->dim);
  WEIR_REQUIRE(isnan(s->time) || fabs(t->time - s->time) <= 1e-9 * fmax(1, fabs(s->time)), ctx, WEIR_EARG,
               "judge: step %d is at time %.10g, the truth at %.10g", s->step, s->time, t->time);
  double lo, hi;
  ptrdiff_t at[3];
  weir_mesh_range(t->mesh, t->rho, &lo, &hi, at, NULL);
  WEIR_REQUIRE(lo >= 0 && hi < (double)INFINITY, ctx, WEIR_EARG,
               "judge: step %d: the truth's density is %g in cell (%td,%td,%td), a finite number >= 0 expected",
               s->step, lo, at[0], at[1], at[2]);
  const double inside = weir_mesh_integral(t->mesh, t->rho);
  WEIR_REQUIRE(t->mass > 0 && t->mass < (double)INFINITY && inside > 0, ctx, WEIR_EARG,
               "judge: step %d: the truth has mass %g, %g of it in its box; positive numbers expected", s->step,
               t->mass, inside);
  WEIR_REQUIRE(inside <= t->mass * (1 + 1e-6), ctx, WEIR_EARG,
               "judge: step %d: the truth holds %.10g in its box, more than its mass %.10g", s->step, inside, t->mass);
  if (t->error != NULL) {
    weir_mesh_range(t->mesh, t->error, &lo, &hi, at, NULL);
    WEIR_REQUIRE(isfinite(lo) && isfinite(hi), ctx, WEIR_EARG,
                 "judge: step %d: the truth's error bar is not finite in cell (%td,%td,%td)", s->step, at[0], at[1],
                 at[2]);
  }
  WEIR_REQUIRE(t->unit >= 0 && t->unit < (double)INFINITY, ctx, WEIR_EARG,
               "judge: step %d: the truth's unit of mass is %g, a finite number >= 0 expected", s->step, t->unit);
  WEIR_REQUIRE(t->log_error >= 0, ctx, WEIR_EARG, "judge: step %d: log_error = %g, 0 or more expected", s->step,
               t->log_error);
  return WEIR_OK;
}

/* ---------------------------------------------------------------- counting */
static double sum_weights(ptrdiff_t n, const double *w)
{
  if (w == NULL) return (double)n;
  weir_sum s;
  weir_sum_clear(&s);
  weir_sum_add_array(&s, n, w);
  return weir_sum_value(&s);
}

static bool equal_weights(ptrdiff_t n, const double *w)
{
  if (w == NULL) return true;
  double lo = (double)INFINITY, hi = 0;
  for (ptrdiff_t i = 0; i < n; i++) lo = fmin(lo, w[i]), hi = fmax(hi, w[i]);
  return hi <= lo * (1 + 1e-6); /* single-precision rounding of equal weights */
}

/* Shares of the weight inside, per block; the sd of each share if particles count as weighted points `merged`. */
static void count_blocks(judged_step *s, const double *merged)
{
  double square = 0, total = 0, square_out = 0, total_out = 0;
  for (ptrdiff_t i = 0; i < s->n; i++) {
    const double w = s->w != NULL ? s->w[i] : 1;
    if (s->block[i] < 0) {
      square_out += merged[i] * merged[i], total_out += merged[i];
      s->outside++, s->weight_outside += w;
      continue;
    }
    s->weight_inside += w;
    s->nu[s->block[i]] += w;
    s->spread[s->block[i]] += merged[i] * merged[i];
    square += merged[i] * merged[i], total += merged[i];
  }
  const double inside = s->weight_inside > 0 ? s->weight_inside : 1;
  for (ptrdiff_t b = 0; b < s->grid.blocks; b++) s->nu[b] /= inside, s->spread[b] = sqrt(s->spread[b]) / inside;
  s->neff = square > 0 ? total * total / square : 0;
  square += square_out, total += total_out;
  s->neff_all = square > 0 ? total * total / square : 0;
}

static weir_status count_particles(weir_ctx *ctx, judged_step *s)
{
  double *merged = NULL;
  void *block = NULL;
  WEIR_TRY(countgrid_make(ctx, &s->truth, &s->grid));
  WEIR_TRY(weir_alloc(ctx, (size_t)s->n, sizeof(int32_t), "blocks of particles", &block));
  s->block = block;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)s->grid.blocks, "shares of blocks", &s->nu));
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)s->grid.blocks, "noise of blocks", &s->spread));
#pragma omp parallel for num_threads(s->threads) schedule(static)
  for (ptrdiff_t i = 0; i < s->n; i++) s->block[i] = countgrid_find(&s->grid, s->truth.mesh, s->x + i * s->dim);
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)s->n, "weights of points", &merged));
  const weir_status st = find_duplicates(ctx, s->n, s->dim, s->x, s->w, merged, &s->duplicates);
  if (st == WEIR_OK) {
    count_blocks(s, merged);
    const double n = (double)(s->n - s->outside);
    /* A few coinciding points are rounding (single precision); their noise is within 5 % of multinomial. */
    s->weighted = !equal_weights(s->n, s->w) || s->neff < 0.95 * n;
    if (!s->weighted) s->neff = n;
    if (equal_weights(s->n, s->w) && s->neff_all >= 0.95 * (double)s->n) s->neff_all = (double)s->n;
  }
  weir_free(merged);
  if (st == WEIR_OK && s->neff >= 50) {
    WEIR_TRY(countstats_make(ctx, &s->grid, s->neff, &s->stats));
    s->have_stats = true;
  }
  return st;
}

/* ---------------------------------------------------------------- one step */
static weir_status unsound(weir_ctx *ctx, const judged_step *s, weir_verdict *v)
{
  static const char *const row[][2] = {
      {"mass", "total"}, {"counts", "chi2"}, {"density", "rms"}, {"normalisation", "integral"}};
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    weir_check *c;
    WEIR_TRY(weir_verdict_add(ctx, v, row[i][0], row[i][1], s->step, s->time, &c));
    snprintf(c->text, sizeof c->text, "not tested: this step's particles are unusable, see integrity");
  }
  return WEIR_OK;
}

static bool finite_weights_and_places(const judged_step *s)
{
  for (ptrdiff_t i = 0; i < s->n * s->dim; i++)
    if (!isfinite(s->x[i])) return false;
  return s->n > 0 && s->weight > 0 && s->weight < (double)INFINITY;
}

/* What later steps are held against. */
typedef struct first_step {
  double value[WEIR_STAT_COUNT];
  ptrdiff_t duplicates;
  double log_unit;
} first_step;

static weir_status judge_step(weir_ctx *ctx, judged_step *s, first_step *first, weir_verdict *v)
{
  bool sound = false;
  double values[WEIR_STAT_COUNT] = {0};
  WEIR_TRY(check_truth(ctx, s));
  if (finite_weights_and_places(s)) WEIR_TRY(count_particles(ctx, s));
  if (s->step == 0) first->duplicates = s->block != NULL ? s->duplicates : s->n;
  s->duplicates0 = s->paired ? first->duplicates : -1;
  WEIR_TRY(check_integrity(ctx, s, v, &sound));
  if (!sound || s->block == NULL) return unsound(ctx, s, v);
  WEIR_TRY(check_mass(ctx, s, v));
  WEIR_TRY(check_counts(ctx, s, s->step > 0 ? first->value : NULL, values, v));
  if (s->step == 0) memcpy(first->value, values, sizeof values);
  s->log_unit = first->log_unit;
  WEIR_TRY(check_density(ctx, s, v));
  if (s->step == 0) first->log_unit = s->log_unit;
  return WEIR_OK;
}

static void clear_step(judged_step *s)
{
  if (s->have_stats) countstats_clear(&s->stats);
  countgrid_clear(&s->grid);
  weir_free(s->block), weir_free(s->nu), weir_free(s->spread);
}

/* Threads OpenMP would use, without its header (which not every compiler that knows the pragmas can read). */
static int default_team(void)
{
  int n = 0;
#pragma omp parallel reduction(+ : n)
  n += 1;
  return n;
}

static judged_step open_step(const weir_cloud *c, int k, const weir_judge_options *opt)
{
  judged_step s = {.step = k, .dim = c->dim, .opt = opt, .steps = c->steps, .bits = c->bits, .paired = c->paired};
  s.time = c->has_time ? c->time[k] : (double)NAN;
  s.n = c->count[k], s.n0 = c->n0;
  s.x = c->x[k];
  s.logrho_carried = c->logrho != NULL ? c->logrho[k] : NULL;
  s.w = c->w != NULL ? c->w[k] : NULL;
  s.weight = sum_weights(s.n, s.w);
  s.weight0 = s.w != NULL ? sum_weights(c->count[0], c->w[0]) : (double)c->n0;
  const double wanted = ceil(4 * c->steps / opt->alpha);
  s.draws = opt->draws > 0 ? opt->draws : (int)fmin(fmax(1999, wanted), 1e6);
  s.threads = opt->threads > 0 ? opt->threads : default_team();
  return s;
}

/* ---------------------------------------------------------------- the family of steps */
typedef struct ranked_step {
  double p;
  int step;
} ranked_step;

static int by_p(const void *a, const void *b)
{
  const ranked_step *x = a, *y = b;
  if (x->p != y->p) return x->p < y->p ? -1 : 1;
  return x->step - y->step;
}

static bool member(const weir_check *c, const char *check, const char *statistic)
{
  return strcmp(c->check, check) == 0 && (statistic == NULL || strcmp(c->statistic, statistic) == 0) && !isnan(c->p);
}

/* Holm's step-down over the steps' smallest p: the i-th smallest of m is held against alpha/(m - i + 1), until the first that is
 * above. A row fails if its own p is at most its step's level. */
static void holm(weir_verdict *v, const char *check, const char *statistic, double alpha, ranked_step *rank,
                 double *level)
{
  int m = 0;
  for (int k = 0; k < v->steps; k++) rank[k] = (ranked_step){2, k};
  for (int i = 0; i < v->n; i++)
    if (member(&v->check[i], check, statistic))
      rank[v->check[i].step].p = fmin(rank[v->check[i].step].p, v->check[i].p);
  qsort(rank, (size_t)v->steps, sizeof *rank, by_p);
  while (m < v->steps && rank[m].p <= 1) m++;
  bool stopped = false;
  double at = alpha / (m > 0 ? m : 1);
  for (int i = 0; i < m; i++) {
    if (!stopped) at = alpha / (m - i);
    if (!(rank[i].p <= at)) stopped = true;
    level[rank[i].step] = at;
  }
  for (int i = 0; i < v->n; i++) {
    weir_check *c = &v->check[i];
    if (!member(c, check, statistic)) continue;
    c->level = level[c->step];
    if (!(c->p > c->level)) c->outcome = WEIR_FAILED, c->n_needed = (double)NAN;
  }
}

/* What is neither failed nor certified fails a verdict that must be certified. */
static void demand_certificates(weir_verdict *v)
{
  for (int i = 0; i < v->n; i++) {
    weir_check *c = &v->check[i];
    if (c->outcome != WEIR_PASS) continue;
    c->outcome = WEIR_FAILED;
    const size_t used = strlen(c->text);
    if (isfinite(c->n_needed))
      snprintf(c->text + used, sizeof c->text - used, "; not certified, that may need %.3g particles", c->n_needed);
    else
      snprintf(c->text + used, sizeof c->text - used, "; not certified");
  }
}

static weir_status conclude(weir_ctx *ctx, weir_verdict *v, const weir_judge_options *opt)
{
  static const char *const family[][2] = {
      {"mass", "total"}, {"mass", "outside"}, {"counts", NULL}, {"density", NULL}, {"normalisation", NULL}};
  void *rank = NULL;
  double *level = NULL;
  weir_status s = weir_alloc(ctx, (size_t)v->steps, sizeof(ranked_step), "steps by p", &rank);
  if (s == WEIR_OK) s = weir_alloc_doubles(ctx, (size_t)v->steps, "levels", &level);
  for (size_t i = 0; s == WEIR_OK && i < sizeof family / sizeof family[0]; i++)
    holm(v, family[i][0], family[i][1], opt->alpha, rank, level);
  weir_free(rank), weir_free(level);
  if (s != WEIR_OK) return s;
  if (opt->require_certified) demand_certificates(v);
  weir_verdict_conclude(v);
  return WEIR_OK;
}

static weir_status judge_steps(weir_ctx *ctx, const weir_cloud *cloud, weir_truth_fn *truth, void *user,
                               const weir_judge_options *opt, weir_verdict *v)
{
  first_step first = {.duplicates = 0};
  for (int k = 0; k < cloud->steps; k++) {
    judged_step s = open_step(cloud, k, opt);
    WEIR_TRY(truth(user, ctx, k, s.time, &s.truth));
    if (isnan(s.time)) s.time = s.truth.time;
    const weir_status st = judge_step(ctx, &s, &first, v);
    clear_step(&s);
    WEIR_TRY(st);
  }
  return conclude(ctx, v, opt);
}

weir_status weir_judge(weir_ctx *ctx, const weir_cloud *cloud, weir_truth_fn *truth, void *user,
                       const weir_judge_options *opt, weir_verdict **out)
{
  *out = NULL;
  weir_judge_options o;
  weir_judge_defaults(&o);
  if (opt != NULL) o = *opt;
  WEIR_TRY(check_options(ctx, &o));
  WEIR_TRY(check_cloud(ctx, cloud));
  weir_verdict *v = NULL;
  WEIR_TRY(weir_verdict_create(ctx, &v));
  v->dim = cloud->dim, v->steps = cloud->steps, v->particles = cloud->n0;
  v->alpha = o.alpha, v->eps = o.eps, v->seed = o.seed;
  snprintf(v->reference, sizeof v->reference, "%s", o.reference != NULL ? o.reference : "exact");
  const weir_status s = judge_steps(ctx, cloud, truth, user, &o, v);
  if (s != WEIR_OK) {
    weir_verdict_destroy(&v);
    return s;
  }
  *out = v;
  return WEIR_OK;
}
