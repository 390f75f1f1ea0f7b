/* Set-up of the count statistics: which linear features of d = nu - m each one is a norm of, and c_k, the most it can be for a density
 * within chi2 distance 1 of the truth (Cauchy-Schwarz: |sum d f| <= (sum d^2/m)^1/2 sd_m(f)). */
#include "cmp/judging.h"
#include <math.h>

enum { BINS = 128, DIRECTIONS_2D = 8 };

const char *weir_count_stat_name(weir_count_stat k)
{
  static const char *const name[] = {"mean", "spread", "cov", "sw1", "chi2", "scan"};
  return k >= 0 && k < WEIR_STAT_COUNT ? name[k] : "?";
}

/* ---------------------------------------------------------------- mean, spread, cov */
/* Row of features of a block with whitened centre y: y_a | (|y|^2/dim - 1) sqrt(dim/2) | (y_a^2 - 1)/sqrt2, y_a y_b. */
static void linear_row(int dim, const double *y, double *f)
{
  double square = 0;
  for (int a = 0; a < dim; a++) *f++ = y[a], square += y[a] * y[a];
  *f++ = (square / dim - 1) * sqrt(0.5 * dim);
  if (dim == 1) return;
  for (int a = 0; a < dim; a++) *f++ = (y[a] * y[a] - 1) * sqrt(0.5);
  for (int a = 0; a < dim; a++)
    for (int b = a + 1; b < dim; b++) *f++ = y[a] * y[b];
}

static weir_status set_linear(weir_ctx *ctx, countstats *s)
{
  const countgrid *g = s->g;
  const int d = g->dim;
  s->nlin = d + 1 + (d > 1 ? d * (d + 1) / 2 : 0);
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(g->blocks * s->nlin), "moment features", &s->lin));
  for (ptrdiff_t b = 0; b < g->blocks; b++) {
    double y[WEIR_MAXDIM] = {0};
    for (int a = 0; a < d; a++)
      for (int c = 0; c <= a; c++) y[a] += g->whiten[a][c] * (g->centre[c][b] - g->mean[c]);
    linear_row(d, y, s->lin + b * s->nlin);
  }
  return WEIR_OK;
}

/* Largest eigenvalue of the covariance under m of features lo..hi-1 (power iteration; n <= 6). */
static double top_variance(const countstats *s, int lo, int hi)
{
  double mean[6] = {0}, C[6][6] = {{0}}, v[6], lambda = 0;
  const int n = hi - lo;
  for (ptrdiff_t b = 0; b < s->g->blocks; b++)
    for (int a = 0; a < n; a++) mean[a] += s->g->m[b] * s->lin[b * s->nlin + lo + a];
  for (ptrdiff_t b = 0; b < s->g->blocks; b++)
    for (int a = 0; a < n; a++)
      for (int c = 0; c < n; c++) {
        const double *f = s->lin + b * s->nlin + lo;
        C[a][c] += s->g->m[b] * (f[a] - mean[a]) * (f[c] - mean[c]);
      }
  for (int a = 0; a < n; a++) v[a] = 1 + 0.1 * a; /* not orthogonal to symmetric eigenvectors */
  for (int it = 0; it < 500; it++) {
    double w[6] = {0}, norm = 0;
    for (int a = 0; a < n; a++) {
      for (int c = 0; c < n; c++) w[a] += C[a][c] * v[c];
      norm += w[a] * w[a];
    }
    lambda = sqrt(norm);
    if (!(lambda > 0)) return 0;
    for (int a = 0; a < n; a++) v[a] = w[a] / lambda;
  }
  return lambda;
}

/* ---------------------------------------------------------------- sw1 */
static int direction(int dim, int k, double *theta)
{
  static const signed char lattice[13][3] = {{1, 0, 0},  {0, 1, 0},  {0, 0, 1}, {1, 1, 0},  {1, -1, 0},
                                             {1, 0, 1},  {1, 0, -1}, {0, 1, 1}, {0, 1, -1}, {1, 1, 1},
                                             {1, 1, -1}, {1, -1, 1}, {-1, 1, 1}};
  if (dim == 1) {
    theta[0] = 1;
    return 1;
  }
  if (dim == 2) {
    theta[0] = cos(WEIR_PI * k / DIRECTIONS_2D), theta[1] = sin(WEIR_PI * k / DIRECTIONS_2D);
    return DIRECTIONS_2D;
  }
  double square = 0;
  for (int a = 0; a < 3; a++) square += lattice[k][a] * lattice[k][a];
  for (int a = 0; a < 3; a++) theta[a] = lattice[k][a] / sqrt(square);
  return 13;
}

static double projection(const countgrid *g, const double *theta, ptrdiff_t b)
{
  double p = 0;
  for (int a = 0; a < g->dim; a++) p += theta[a] * g->centre[a][b];
  return p;
}

/* Bins over mean +- 5 sd of the projection (the ends take the rest); a bin sits at the mean of the truth in it. */
static void bin_direction(countstats *s, int k, const double *theta, double *mass, double *place)
{
  const countgrid *g = s->g;
  double mean = 0, var = 0;
  for (ptrdiff_t b = 0; b < g->blocks; b++) mean += g->m[b] * projection(g, theta, b);
  for (ptrdiff_t b = 0; b < g->blocks; b++) var += g->m[b] * pow(projection(g, theta, b) - mean, 2);
  const double sd = sqrt(var), lo = mean - 5 * sd, h = sd > 0 ? 10 * sd / s->bins : 1;
  for (int i = 0; i < s->bins; i++) mass[i] = place[i] = 0;
  for (ptrdiff_t b = 0; b < g->blocks; b++) {
    const double p = projection(g, theta, b), at = floor((p - lo) / h);
    const int i = g->dim == 1 ? (int)b : (int)fmin(fmax(at, 0), s->bins - 1);
    s->bin[b * s->directions + k] = i;
    mass[i] += g->m[b], place[i] += g->m[b] * p;
    if (g->dim == 1 && !(g->m[b] > 0)) place[i] = p, mass[i] = 1;
  }
  for (int i = 0; i < s->bins; i++) place[i] = mass[i] > 0 ? place[i] / mass[i] : lo + (i + 0.5) * h;
  for (int i = 0; i + 1 < s->bins; i++)
    s->gap[k * s->bins + i] = fmax(place[i + 1] - place[i], 0) / (s->directions * g->sigma);
  s->c[WEIR_STAT_SW1] += sd / (s->directions * g->sigma);
}

static weir_status set_projections(weir_ctx *ctx, countstats *s)
{
  const countgrid *g = s->g;
  double theta[WEIR_MAXDIM] = {0};
  s->directions = direction(g->dim, 0, theta);
  s->bins = g->dim == 1 ? (int)g->blocks : BINS;
  void *bin = NULL;
  double *work = NULL;
  WEIR_TRY(weir_alloc(ctx, (size_t)(s->directions * g->blocks), sizeof(int32_t), "projection bins", &bin));
  s->bin = bin;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(s->directions * s->bins), "projection gaps", &s->gap));
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(2 * s->bins), "projection masses", &work));
  for (int k = 0; k < s->directions; k++) {
    (void)direction(g->dim, k, theta);
    bin_direction(s, k, theta, work, work + s->bins);
  }
  weir_free(work);
  return WEIR_OK;
}

/* ---------------------------------------------------------------- chi2 */
typedef struct tree {
  countstats *s;
  const double *table;
  double per_leaf, split; /* masses */
  double pool;            /* mass of the open pool */
  int pool_id, next;
} tree;

static void mark(tree *t, const scanbox *b, int id)
{
  const countgrid *g = t->s->g;
  for (ptrdiff_t k = b->lo[2]; k < b->hi[2]; k++)
    for (ptrdiff_t j = b->lo[1]; j < b->hi[1]; j++)
      for (ptrdiff_t i = b->lo[0]; i < b->hi[0]; i++) t->s->leaf[i + g->n[0] * (j + g->n[1] * k)] = id;
}

/* A leaf too light for a group of its own goes to the pool that is open, in Z-order, until that is heavy enough. */
static void add_leaf(tree *t, const scanbox *b, double mass)
{
  if (mass >= t->per_leaf) {
    mark(t, b, t->next++);
    return;
  }
  if (t->pool_id < 0) t->pool_id = t->next++, t->pool = 0;
  mark(t, b, t->pool_id);
  t->pool += mass;
  if (t->pool >= t->per_leaf) t->pool_id = -1;
}

static void split(tree *t, const scanbox *b)
{
  const double mass = prefix_sum(t->s->g, t->table, b);
  ptrdiff_t mid[3];
  bool whole = true;
  for (int a = 0; a < 3; a++) mid[a] = (b->lo[a] + b->hi[a]) / 2, whole = whole && b->hi[a] - b->lo[a] <= 1;
  if (whole || !(mass >= t->split)) {
    add_leaf(t, b, mass);
    return;
  }
  for (int child = 0; child < 8; child++) {
    scanbox c;
    bool empty = false;
    for (int a = 0; a < 3; a++) {
      const bool high = (child >> a & 1) != 0;
      c.lo[a] = high ? mid[a] : b->lo[a], c.hi[a] = high ? b->hi[a] : mid[a];
      empty = empty || c.lo[a] == c.hi[a];
    }
    if (!empty) split(t, &c);
  }
}

/* The last pool, if it was left half-filled, joins the last of the other groups. */
static void close_pool(tree *t)
{
  const int stray = t->pool_id;
  if (stray < 0 || t->next == 1) return;
  const int heir = stray == t->next - 1 ? stray - 1 : t->next - 2; /* as numbered without the stray */
  for (ptrdiff_t b = 0; b < t->s->g->blocks; b++) {
    int32_t *id = &t->s->leaf[b];
    *id = *id == stray ? heir : *id > stray ? *id - 1 : *id;
  }
  t->next--;
}

static weir_status set_groups(weir_ctx *ctx, countstats *s, double neff)
{
  const countgrid *g = s->g;
  const double least = fmax(25, neff / 128) / neff;
  void *leaf = NULL;
  double *table = NULL;
  WEIR_TRY(weir_alloc(ctx, (size_t)g->blocks, sizeof(int32_t), "chi2 groups", &leaf));
  s->leaf = leaf;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)prefix_len(g), "prefix sums", &table));
  prefix_fill(g, g->m, table);
  tree t = {.s = s, .table = table, .per_leaf = least, .split = ldexp(least, g->dim), .pool_id = -1};
  split(&t, &(scanbox){.lo = {0, 0, 0}, .hi = {g->n[0], g->n[1], g->n[2]}});
  weir_free(table);
  close_pool(&t);
  s->groups = t.next;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)s->groups, "group masses", &s->leaf_scale));
  for (ptrdiff_t b = 0; b < g->blocks; b++) s->leaf_scale[s->leaf[b]] += g->m[b];
  for (int i = 0; i < s->groups; i++) s->leaf_scale[i] = s->leaf_scale[i] > 0 ? 1 / sqrt(s->leaf_scale[i]) : 0;
  return WEIR_OK;
}

/* ---------------------------------------------------------------- scan */
static weir_status set_boxes(weir_ctx *ctx, countstats *s, double neff)
{
  const countgrid *g = s->g;
  const double least = fmax(10, neff / 2000) / neff;
  double *table = NULL;
  ptrdiff_t all = 0;
  WEIR_TRY(scanboxes_list(ctx, g, &s->box, &all));
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)all, "box masses", &s->box_mass));
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)all, "box scales", &s->box_scale));
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)prefix_len(g), "prefix sums", &table));
  prefix_fill(g, g->m, table);
  for (ptrdiff_t b = 0; b < all; b++) {
    const double m = prefix_sum(g, table, &s->box[b]);
    if (!(m >= least && m < 0.9)) continue;
    s->box[s->boxes] = s->box[b];
    s->box_mass[s->boxes] = m;
    s->box_scale[s->boxes++] = 1 / sqrt(m * (1 - m));
  }
  weir_free(table);
  return WEIR_OK;
}

/* ---------------------------------------------------------------- all */
weir_status countstats_make(weir_ctx *ctx, const countgrid *g, double neff, countstats *s)
{
  *s = (countstats){.g = g};
  WEIR_TRY(set_linear(ctx, s));
  WEIR_TRY(set_projections(ctx, s));
  WEIR_TRY(set_groups(ctx, s, neff));
  WEIR_TRY(set_boxes(ctx, s, neff));
  const int d = g->dim;
  const ptrdiff_t size[WEIR_STAT_COUNT] = {d,         1,       s->nlin - d - 1, (ptrdiff_t)s->directions * s->bins,
                                           s->groups, s->boxes};
  for (int k = 0; k < WEIR_STAT_COUNT; k++) s->first[k + 1] = s->first[k] + size[k], s->used[k] = size[k] > 0;
  s->used[WEIR_STAT_CHI2] = s->groups > 1;
  s->c[WEIR_STAT_MEAN] = s->c[WEIR_STAT_CHI2] = s->c[WEIR_STAT_SCAN] = 1;
  s->c[WEIR_STAT_SPREAD] = sqrt(top_variance(s, d, d + 1));
  s->c[WEIR_STAT_COV] = d > 1 ? sqrt(top_variance(s, d + 1, s->nlin)) : 0;
  return WEIR_OK;
}

void countstats_clear(countstats *s)
{
  weir_free(s->lin), weir_free(s->bin), weir_free(s->gap), weir_free(s->leaf), weir_free(s->leaf_scale);
  weir_free(s->box), weir_free(s->box_mass), weir_free(s->box_scale);
  *s = (countstats){0};
}
