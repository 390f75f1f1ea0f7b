/* Sampled velocities: what they must be, and the stencils of their interpolant.
 *
 *   Weights at a point x in interval m of an axis: Lagrange's  prod_l (x - X_l)/(X_j - X_l)  over the stencil, in distances
 *   to x, so that a sample's own point gives 1 and 0 exactly. On a periodic axis samples are numbered on beyond both ends, X_{s+n} = X_s + L,
 *   and stencils are always centred. The average over a cell is the sum over its pieces between samples, each by 4 Gauss points, exact for
 *   degree 7. */
#include "solve/samples.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { POINTS = SAMPLES_SPACE / 2, NAME = 256 };
static const double slack = 1e-6, same = 1e-5, widest_gap = 2.0;
static const char axis_name[WEIR_MAXDIM] = {'x', 'y', 'z'};

/* ------------------------------------------------------------------ checks */
static const char *name_of(const weir_samples *s)
{
  return s->name != NULL ? s->name : "samples";
}

static double room(double lo, double hi)
{
  return slack * fmax(hi - lo, fmax(fabs(lo), fabs(hi)));
}

static weir_status check_increasing(weir_ctx *ctx, const weir_samples *s, char what, ptrdiff_t n, const double *x)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    WEIR_REQUIRE(isfinite(x[i]), ctx, WEIR_EARG, "%s: %c[%td] is %g, a finite number expected", name_of(s), what, i,
                 x[i]);
    WEIR_REQUIRE(i == 0 || x[i] > x[i - 1], ctx, WEIR_EARG,
                 "%s: %c[%td] = %.15g after %.15g, increasing numbers expected", name_of(s), what, i, x[i], x[i - 1]);
  }
  return WEIR_OK;
}

/* Both ends of a periodic axis are given: is the seam what it should be? */
static weir_status check_seam(weir_ctx *ctx, const weir_samples *s, int a)
{
  ptrdiff_t n[WEIR_MAXDIM] = {1, 1, 1}, inner = s->dim, outer = s->times;
  double most = 0.0, worst = 0.0;
  for (int b = 0; b < s->dim; b++) n[b] = s->n[b];
  for (int b = 0; b < WEIR_MAXDIM; b++) *(b < a ? &outer : &inner) *= b == a ? 1 : n[b];
  for (ptrdiff_t o = 0; o < outer; o++) {
    const double *lo = s->v + o * n[a] * inner, *hi = lo + (n[a] - 1) * inner;
    for (ptrdiff_t i = 0; i < inner; i++) {
      most = fmax(most, fmax(fabs(lo[i]), fabs(hi[i])));
      worst = fmax(worst, fabs(lo[i] - hi[i]));
    }
  }
  WEIR_REQUIRE(worst <= same * most, ctx, WEIR_EARG,
               "%s: axis %c is periodic, but v at its two ends %c = %g and %g differs by up to %g of %g there",
               name_of(s), axis_name[a], axis_name[a], s->x[a][0], s->x[a][n[a] - 1], worst, most);
  return WEIR_OK;
}

static weir_status check_axis(weir_ctx *ctx, const weir_samples *s, const weir_mesh *m, int a)
{
  const weir_axis *ax = &m->axis[a];
  const ptrdiff_t n = s->n[a];
  const double *x = s->x[a], L = ax->hi - ax->lo, tiny = room(ax->lo, ax->hi);
  WEIR_REQUIRE(n >= 2 && x != NULL, ctx, WEIR_EARG, "%s: %c has %td value%s, 2 or more expected", name_of(s),
               axis_name[a], n, n == 1 ? "" : "s");
  WEIR_TRY(check_increasing(ctx, s, axis_name[a], n, x));
  if (!ax->periodic) {
    WEIR_REQUIRE(x[0] <= ax->lo + tiny && x[n - 1] >= ax->hi - tiny, ctx, WEIR_EARG,
                 "%s: %c covers [%g, %g], the mesh's [%g, %g] expected", name_of(s), axis_name[a], x[0], x[n - 1],
                 ax->lo, ax->hi);
    return WEIR_OK;
  }
  double widest = 0.0;
  for (ptrdiff_t i = 1; i < n; i++) widest = fmax(widest, x[i] - x[i - 1]);
  const double gap = x[0] + L - x[n - 1];
  WEIR_REQUIRE(gap >= -tiny && gap <= widest_gap * widest, ctx, WEIR_EARG,
               "%s: %c covers [%g, %g], one period of %g expected (its last sample may be left out)", name_of(s),
               axis_name[a], x[0], x[n - 1], L);
  return gap <= tiny ? check_seam(ctx, s, a) : WEIR_OK;
}

static weir_status check_values(weir_ctx *ctx, const weir_samples *s)
{
  ptrdiff_t shape[2 + WEIR_MAXDIM], count = s->times * s->dim;
  int axes = 0;
  if (s->times > 1) shape[axes++] = s->times;
  for (int a = 0; a < s->dim; a++) shape[axes++] = s->n[a], count *= s->n[a];
  shape[axes++] = s->dim;
  ptrdiff_t i = 0;
  while (i < count && isfinite(s->v[i])) i++;
  if (i == count) return WEIR_OK;
  char at[NAME] = "";
  ptrdiff_t index[2 + WEIR_MAXDIM], rest = i;
  for (int k = axes - 1; k >= 0; k--) index[k] = rest % shape[k], rest /= shape[k];
  for (int k = 0; k < axes; k++) {
    const size_t used = strlen(at);
    (void)snprintf(at + used, sizeof at - used, "%s%td", k > 0 ? ", " : "", index[k]);
  }
  return WEIR_FAIL(ctx, WEIR_EARG, "%s: v[%s] is %g, a finite number expected", name_of(s), at, s->v[i]);
}

weir_status weir_samples_check(weir_ctx *ctx, const weir_samples *s, const weir_mesh *m, double t0, double t1)
{
  WEIR_REQUIRE(s->dim == m->dim, ctx, WEIR_EARG, "%s: a velocity in %d dimensions, %d expected", name_of(s), s->dim,
               m->dim);
  WEIR_REQUIRE(s->times >= 1 && (s->times == 1 || s->t != NULL) && s->v != NULL, ctx, WEIR_EARG,
               "%s: %td times, 1 or more expected", name_of(s), s->times);
  if (s->times > 1) {
    WEIR_TRY(check_increasing(ctx, s, 't', s->times, s->t));
    WEIR_REQUIRE(weir_samples_has_time(s, t0) && weir_samples_has_time(s, t1), ctx, WEIR_EARG,
                 "%s: t covers [%g, %g], [%g, %g] expected", name_of(s), s->t[0], s->t[s->times - 1], t0, t1);
  }
  for (int a = 0; a < s->dim; a++) WEIR_REQUIRE(s->n[a] >= 0, ctx, WEIR_EARG, "%s: n[%d] < 0", name_of(s), a);
  WEIR_TRY(check_values(ctx, s));
  for (int a = 0; a < s->dim; a++) WEIR_TRY(check_axis(ctx, s, m, a));
  return WEIR_OK;
}

bool weir_samples_has_time(const weir_samples *s, double time)
{
  if (s->times <= 1) return true;
  const double lo = s->t[0], hi = s->t[s->times - 1], tiny = room(lo, hi);
  return time >= lo - tiny && time <= hi + tiny;
}

ptrdiff_t weir_samples_distinct(const weir_samples *s, const weir_mesh *m, int a)
{
  const weir_axis *ax = &m->axis[a];
  const bool repeated = ax->periodic && s->x[a][0] + (ax->hi - ax->lo) - s->x[a][s->n[a] - 1] <= room(ax->lo, ax->hi);
  return s->n[a] - (repeated ? 1 : 0);
}

/* ------------------------------------------------------------------ stencils */
/* Increasing points; with period > 0 they go on beyond both ends. */
typedef struct line {
  ptrdiff_t n;
  const double *x;
  double period; /* 0: none */
  int order;     /* points of a stencil */
} line;

static ptrdiff_t modulo(ptrdiff_t s, ptrdiff_t n)
{
  return s % n + (s % n < 0 ? n : 0);
}

static double point(const line *l, ptrdiff_t s)
{
  if (l->period <= 0) return l->x[s];
  const ptrdiff_t in = modulo(s, l->n), turns = (s - in) / l->n;
  return l->x[in] + (double)turns * l->period;
}

/* m with point(m) <= x < point(m+1); without a period within 0..n-2. */
static ptrdiff_t interval(const line *l, double x)
{
  ptrdiff_t turn = 0, lo = 0, hi = l->n - 1;
  if (l->period > 0) {
    turn = (ptrdiff_t)floor((x - l->x[0]) / l->period);
    x -= (double)turn * l->period;
    if (x >= l->x[hi]) return turn * l->n + hi;
    if (x < l->x[0]) return turn * l->n - 1; /* rounding */
  }
  while (hi - lo > 1) {
    const ptrdiff_t mid = lo + (hi - lo) / 2;
    *(l->x[mid] <= x ? &lo : &hi) = mid;
  }
  return turn * l->n + lo;
}

static ptrdiff_t stencil(const line *l, ptrdiff_t m)
{
  const ptrdiff_t first = m - (l->order / 2 - 1), last = l->n - l->order;
  if (l->period > 0) return first;
  return first < 0 ? 0 : first > last ? last : first;
}

/* Adds scale * Lagrange's weights at x of the stencil that starts at `first`. */
static void add_weights(const line *l, ptrdiff_t first, double x, double scale, double *weight)
{
  double d[SAMPLES_SPACE];
  for (int j = 0; j < l->order; j++) d[j] = point(l, first + j) - x;
  for (int j = 0; j < l->order; j++) {
    double w = scale;
    for (int k = 0; k < l->order; k++)
      if (k != j) w *= d[k] / (d[k] - d[j]);
    weight[j] += w;
  }
}

/* Adds the weights of the average over [lo, hi]; weight[0] belongs to sample `base`. */
static void add_average(const line *l, double lo, double hi, ptrdiff_t base, double *weight)
{
  double node[POINTS], part[POINTS];
  weir_gauss(POINTS, node, part);
  const ptrdiff_t from = interval(l, lo), to = interval(l, hi);
  for (ptrdiff_t m = from; m <= to; m++) {
    const double a = m == from ? lo : point(l, m), b = m == to ? hi : point(l, m + 1);
    const ptrdiff_t first = stencil(l, m);
    for (int g = 0; g < POINTS; g++)
      add_weights(l, first, 0.5 * (a + b) + 0.5 * (b - a) * node[g], 0.5 * part[g] * (b - a) / (hi - lo),
                  weight + (first - base));
  }
}

void weir_bands_free(weir_bands *b)
{
  weir_free(b->first);
  weir_free(b->col);
  weir_free(b->weight);
  *b = (weir_bands){0};
}

static weir_status bands_alloc(weir_ctx *ctx, ptrdiff_t rows, ptrdiff_t entries, weir_bands *b)
{
  void *first = NULL, *col = NULL;
  *b = (weir_bands){.rows = rows};
  weir_status st = weir_alloc(ctx, (size_t)rows + 1, sizeof(ptrdiff_t), "interpolation", &first);
  b->first = first;
  if (st == WEIR_OK) st = weir_alloc(ctx, (size_t)entries, sizeof(ptrdiff_t), "interpolation", &col);
  b->col = col;
  if (st == WEIR_OK) st = weir_alloc_doubles(ctx, (size_t)entries, "interpolation", &b->weight);
  if (st != WEIR_OK) weir_bands_free(b);
  return st;
}

static void fill(const line *l, const weir_axis *ax, bool nodes, weir_bands *b)
{
  for (ptrdiff_t r = 0; r < b->rows; r++) {
    const double lo = ax->node[r], hi = nodes ? lo : ax->node[r + 1];
    const ptrdiff_t base = stencil(l, interval(l, lo)), end = stencil(l, interval(l, hi)) + l->order;
    double *weight = b->weight + b->first[r];
    if (nodes)
      add_weights(l, base, lo, 1.0, weight);
    else
      add_average(l, lo, hi, base, weight);
    for (ptrdiff_t e = 0; e < end - base; e++) b->col[b->first[r] + e] = modulo(base + e, l->n);
    b->first[r + 1] = b->first[r] + (end - base);
  }
}

weir_status weir_bands_create(weir_ctx *ctx, const weir_samples *s, const weir_mesh *m, int a, bool nodes,
                              weir_bands *out)
{
  if (a >= s->dim) { /* an axis that is not used: 1 */
    WEIR_TRY(bands_alloc(ctx, 1, 1, out));
    out->first[1] = 1, out->weight[0] = 1.0;
    return WEIR_OK;
  }
  const weir_axis *ax = &m->axis[a];
  line l = {.n = weir_samples_distinct(s, m, a), .x = s->x[a], .period = ax->periodic ? ax->hi - ax->lo : 0.0};
  l.order = l.n < SAMPLES_SPACE ? (int)l.n : SAMPLES_SPACE;
  const ptrdiff_t rows = ax->n + (nodes ? 1 : 0);
  /* Every interval between samples begins in one cell, every cell in one interval. */
  WEIR_TRY(bands_alloc(ctx, rows, (rows + 2) * (SAMPLES_SPACE + 1) + 2 * l.n, out));
  fill(&l, ax, nodes, out);
  return WEIR_OK;
}

int weir_samples_times(const weir_samples *s, double t, ptrdiff_t *first, double weight[SAMPLES_TIME])
{
  line l = {.n = s->times, .x = s->t};
  l.order = l.n < SAMPLES_TIME ? (int)l.n : SAMPLES_TIME;
  *first = stencil(&l, interval(&l, t));
  for (int j = 0; j < l.order; j++) weight[j] = 0.0;
  add_weights(&l, *first, t, 1.0, weight);
  return l.order;
}
