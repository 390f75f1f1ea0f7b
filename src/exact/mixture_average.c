/* Cell averages of Gaussian mixtures.
 *
 *   Axis-aligned covariance: the average is the product over axes of P(cell)/width, see normal_interval().
 *
 *   General covariance S, precision P = S^-1. Given the other coordinates y, x_0 is normal with variance s^2 = 1/P_00 and mean
 *   mu(y) = m_0 - (1/P_00) sum_b P_0b (y_b - m_b), so that with p(y) the marginal density of y
 *       |C| * average = int_{C_y} p(y) P(x_0 in C_0 | y) dy ,
 *   where the conditional probability is a difference of erfc and the outer integral (one or two dimensions) is done by
 *   Gauss-Legendre. At fixed x_0 the integrand's logarithmic slope along axis a is at most
 *       lambda = max |(P (x-m))_a|  over the slab,  and <= 38.7 sqrt(P_aa) where the density is above 1e-325,
 *   because (P u)_a^2 <= P_aa u'Pu. For f = exp(-(kappa y)^2/2), f^(n)/f is a Hermite polynomial and
 *       |f^(n)| <= f (lambda + kappa (n/e)^1/2 2^(1/2n))^n      (He_n(z) = E (z + iN)^n, Minkowski),  kappa^2 = P_aa,
 *   so q points on half-width delta err by at most C_q (delta (lambda + ...))^{2q} relative to the cell's maximum,
 *   C_q = 4^q (q!)^4 / ((2q+1) (2q)!^3). (In 3D lambda is cut at 21.5 sqrt(P_aa), densities 1e-100 of the maximum.) We take the smallest q <= 16 with error below 2e-16 of the mean, and subdivide
 *   if there is none. All terms are positive: the result is relatively accurate in the tails too. */
#include "util/threads.h"
#include "exact/mixture.h"
#include "exact/classes.h"
#include <math.h>
#include <string.h>

enum { INTERVAL_POINTS = 8, NARROW_POINTS = 7, MAX_PIECES = 1000000 };
#define UNDERFLOW_Z 38.7  /* exp(-z^2/2) is 0 in double beyond 38.6 */
#define REACH_3D    21.5  /* in 3D full accuracy down to exp(-z^2/2) = 1e-100 only: a quarter of the points */
#define NARROW      0.025 /* half-width in standard deviations below which erfc differences lose 2 digits */

static const double inv_sqrt_2pi = 0.398942280401432677939946;
static const double inv_sqrt_2 = 0.707106781186547524400844;

/* P(Z > z), z >= 0. */
static double upper_tail(double z)
{
  return 0.5 * erfc(z * inv_sqrt_2);
}

/* q-point Gauss value of P(|Z - centre| < half): all terms positive. */
static double interval_gauss(double centre, double half, int q, const double *node, const double *weight)
{
  double s = 0.0;
  for (int g = 0; g < q; g++) {
    const double z = centre + half * node[g];
    s += weight[g] * exp(-0.5 * z * z);
  }
  return half * inv_sqrt_2pi * s;
}

static double interval(double centre, double half, const double *node, const double *weight)
{
  const double c = fabs(centre), a = c - half, b = c + half;
  if (a > UNDERFLOW_Z) return 0.0;
  /* Short against both scales 1 and 1/z: 8 points err by < 1e-16 (C_8 = 1.1e-18), erfc differences would cancel. */
  if (half < 0.5 && half * b < 0.5) return interval_gauss(centre, half, INTERVAL_POINTS, node, weight);
  return a >= 0.0 ? upper_tail(a) - upper_tail(b) : 1.0 - upper_tail(-a) - upper_tail(b);
}

double normal_interval(double centre, double half)
{
  double node[INTERVAL_POINTS], weight[INTERVAL_POINTS];
  weir_gauss(INTERVAL_POINTS, node, weight);
  return interval(centre, half, node, weight);
}

/* ------------------------------------------------------------------ axis-aligned */
static bool is_diagonal(int d, const double *S)
{
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++)
      if (i != j && S[i * d + j] != 0.0) return false;
  return true;
}

static void add_aligned(const mixture *m, int c, const weir_mesh *mesh, double *const f[WEIR_MAXDIM], double *cells)
{
  const int d = m->d;
  const double *S = m->cov + (ptrdiff_t)m->shape[c] * d * d;
  double node[INTERVAL_POINTS], weight[INTERVAL_POINTS];
  weir_gauss(INTERVAL_POINTS, node, weight);
  for (int a = 0; a < d; a++) {
    const weir_axis *axis = &mesh->axis[a];
    const double sd = sqrt(S[a * d + a]), mean = m->mean[c * d + a];
    for (ptrdiff_t i = 0; i < axis->n; i++)
      f[a][i] = interval((axis->centre[i] - mean) / sd, 0.5 * axis->width[i] / sd, node, weight) / axis->width[i];
  }
  product_add(mesh, (const double *const *)f, m->weight[c], cells);
}

/* ------------------------------------------------------------------ general: nodes across axis 0 */
/* Quadrature points of the cells of one axis: cell j has points first[j] .. first[j+1]; weights sum to 1 a cell. */
typedef struct rule {
  ptrdiff_t *first;
  double *x, *w;
} rule;

typedef struct tilted {
  const mixture *m;
  int c;
  const weir_mesh *mesh;
  const double *mean, *prec;
  double sd;       /* of x_0 given the rest */
  double slope[3]; /* d mu / d y_b */
  double P[3][3];  /* precision of the marginal of y */
  double scale;    /* weight * normalisation of the marginal */
  rule rule[WEIR_MAXDIM];
} tilted;

static double log_factor(int q)
{
  return q * log(4.0) + 4.0 * lgamma(q + 1.0) - log(2.0 * q + 1.0) - 3.0 * lgamma(2.0 * q + 1.0);
}

/* Smallest q whose error is below 2e-16 for slope lambda and curvature kappa^2 on half-width delta; 0 if none. */
static int points_needed(double delta, double lambda, double kappa)
{
  for (int q = 2; q <= WEIR_QUAD_MAX; q++) {
    const double n = 2.0 * q, r = delta * (lambda + kappa * sqrt(n / 2.718281828459045) * pow(2.0, 0.5 / n));
    if (n * log(r) + log_factor(q) + log1p(2.0 * delta * lambda) < log(2e-16)) return q;
  }
  return 0;
}

/* max |(P (x-m))_a| over the slab j of axis a, cut where the density underflows. */
static double slope_bound(const tilted *g, int a, ptrdiff_t j)
{
  const int d = g->m->d;
  double most = 0.0, least = 0.0;
  for (int b = 0; b < d; b++) {
    const weir_axis *axis = &g->mesh->axis[b];
    const double lo = b == a ? axis->node[j] : axis->lo, hi = b == a ? axis->node[j + 1] : axis->hi;
    const double p = g->prec[a * d + b], u = p * (lo - g->mean[b]), v = p * (hi - g->mean[b]);
    most += fmax(u, v), least += fmin(u, v);
  }
  return fmin(fmax(fabs(most), fabs(least)), (d == 3 ? REACH_3D : UNDERFLOW_Z) * sqrt(g->prec[a * d + a]));
}

/* Points q and pieces for slab j of axis a. */
static weir_status plan_slab(weir_ctx *ctx, const tilted *g, int a, ptrdiff_t j, int *q, ptrdiff_t *pieces)
{
  const double half = 0.5 * g->mesh->axis[a].width[j], lambda = slope_bound(g, a, j);
  const double kappa = sqrt(g->prec[a * g->m->d + a]);
  *pieces = 1;
  *q = points_needed(half, lambda, kappa);
  if (*q > 0) return WEIR_OK;
  /* pieces with r = 8 at q = 16 reach the target */
  const double want = ceil(half * (lambda + 3.6 * kappa) / 6.0);
  WEIR_REQUIRE(
      want <= MAX_PIECES, ctx, WEIR_ELIMIT,
      "a Gaussian of standard deviation %.3g (given the other coordinates) is too thin for cells of width %.3g",
      1.0 / kappa, 2.0 * half);
  *pieces = (ptrdiff_t)want;
  while ((*q = points_needed(half / (double)*pieces, lambda, kappa)) == 0) ++*pieces;
  return WEIR_OK;
}

static weir_status fill_rule(weir_ctx *ctx, const tilted *g, int a, rule *r)
{
  const weir_axis *axis = &g->mesh->axis[a];
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, (size_t)axis->n + 1, sizeof *r->first, "quadrature points", &p));
  r->first = p;
  for (ptrdiff_t j = 0; j < axis->n; j++) {
    int q = 0;
    ptrdiff_t pieces = 0;
    WEIR_TRY(plan_slab(ctx, g, a, j, &q, &pieces));
    r->first[j + 1] = r->first[j] + q * pieces;
  }
  const size_t total = (size_t)r->first[axis->n];
  WEIR_TRY(weir_alloc_doubles(ctx, 2 * total, "quadrature points", &r->x));
  r->w = r->x + total;
  for (ptrdiff_t j = 0; j < axis->n; j++) {
    int q = 0;
    ptrdiff_t pieces = 0, at = r->first[j];
    WEIR_TRY(plan_slab(ctx, g, a, j, &q, &pieces));
    double node[WEIR_QUAD_MAX], weight[WEIR_QUAD_MAX];
    weir_gauss(q, node, weight);
    const double h = axis->width[j] / (double)pieces;
    for (ptrdiff_t k = 0; k < pieces; k++)
      for (int i = 0; i < q; i++, at++) {
        r->x[at] = axis->node[j] + h * ((double)k + 0.5 * (1.0 + node[i]));
        r->w[at] = 0.5 * weight[i] / (double)pieces;
      }
  }
  return WEIR_OK;
}

/* An unused axis: one point of weight 1. */
static weir_status unit_rule(weir_ctx *ctx, rule *r)
{
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, 2, sizeof *r->first, "quadrature points", &p));
  r->first = p;
  r->first[1] = 1;
  WEIR_TRY(weir_alloc_doubles(ctx, 2, "quadrature points", &r->x));
  r->w = r->x + 1;
  r->w[0] = 1.0;
  return WEIR_OK;
}

/* The conditional law of x_0, and the precision of the rest: the inverse of its block of S (P_yy - P_y0 P_0y / P_00 would
 * cancel where the coordinates are strongly correlated). */
static void split_law(tilted *g)
{
  const int d = g->m->d;
  const double *P = g->prec, p00 = P[0], *S = g->m->cov + (ptrdiff_t)g->m->shape[g->c] * d * d;
  g->sd = 1.0 / sqrt(p00);
  for (int b = 1; b < d; b++) g->slope[b] = -P[b] / p00;
  if (d == 2) {
    g->P[1][1] = 1.0 / S[3];
  } else {
    const double det = S[4] * S[8] - S[5] * S[7];
    g->P[1][1] = S[8] / det, g->P[2][2] = S[4] / det, g->P[1][2] = g->P[2][1] = -S[5] / det;
  }
  /* N = N(x_0 | y) p(y): divide the normalisation of N by that of the conditional law */
  g->scale = g->m->weight[g->c] * exp(g->m->lognorm[g->m->shape[g->c]]) * g->sd / inv_sqrt_2pi;
}

/* cells[i] += amplitude * P(x_0 in cell i)/width_i for x_0 ~ N(mu, sd^2). tail: n+1 doubles of work. */
static void add_row(const weir_axis *axis, double mu, double sd, double amplitude, const double *restrict node,
                    const double *restrict weight, double *restrict tail, double *restrict cells)
{
  const ptrdiff_t n = axis->n;
  ptrdiff_t from = 0, to = n; /* cells within reach */
  while (from < n && axis->node[from + 1] < mu - UNDERFLOW_Z * sd) from++;
  while (to > from && axis->node[to - 1] > mu + UNDERFLOW_Z * sd) to--;
  ptrdiff_t known = -1; /* last face whose tail is known */
  for (ptrdiff_t i = from; i < to; i++) {
    const double half = 0.5 * axis->width[i] / sd;
    double p = 0.0;
    if (half < NARROW) {
      p = interval_gauss((axis->centre[i] - mu) / sd, half, NARROW_POINTS, node, weight);
    } else {
      const double a = (axis->node[i] - mu) / sd, b = (axis->node[i + 1] - mu) / sd;
      if (known < i) tail[i] = upper_tail(fabs(a));
      tail[i + 1] = upper_tail(fabs(b));
      known = i + 1;
      p = (a < 0.0 && b > 0.0) ? 1.0 - tail[i] - tail[i + 1] : fabs(tail[i] - tail[i + 1]);
    }
    cells[i] += amplitude * p / axis->width[i];
  }
}

/* Interval of y (relative to its mean) where the marginal density of (y, z) does not underflow; false: nowhere. */
static bool reach(const tilted *g, double z, double *lo, double *hi)
{
  const double half = g->P[1][2] * z,
               disc = half * half - g->P[1][1] * (g->P[2][2] * z * z - UNDERFLOW_Z * UNDERFLOW_Z);
  if (!(disc > 0.0)) return false;
  *lo = (-half - sqrt(disc)) / g->P[1][1];
  *hi = (-half + sqrt(disc)) / g->P[1][1];
  return true;
}

/* First of the sorted x[from, to) that is >= value. */
static ptrdiff_t first_at_least(const double *x, ptrdiff_t from, ptrdiff_t to, double value)
{
  while (from < to) {
    const ptrdiff_t mid = from + (to - from) / 2;
    if (x[mid] < value)
      from = mid + 1;
    else
      to = mid;
  }
  return from;
}

/* The row of cells (., j, k). Inner sums go to a row of their own first: one running sum over all points of a coarse cell
 * (10^7 in 3D) would round to 1e-12. */
static void add_cell_row(const tilted *g, ptrdiff_t j, ptrdiff_t k, const double *node, const double *weight,
                         double *work, double *cells)
{
  const weir_axis *axis = &g->mesh->axis[0];
  const rule *ry = &g->rule[1], *rz = &g->rule[2];
  double *restrict row = cells + weir_mesh_index(g->mesh, 0, j, k), *restrict inner = work + axis->n + 1;
  const bool three = g->m->d == 3;
  for (ptrdiff_t s = rz->first[k]; s < rz->first[k + 1]; s++) {
    const double z = three ? rz->x[s] - g->mean[2] : 0.0;
    double lo = 0.0, hi = 0.0;
    if (!reach(g, z, &lo, &hi)) continue;
    memset(inner, 0, (size_t)axis->n * sizeof *inner);
    const ptrdiff_t last = ry->first[j + 1];
    for (ptrdiff_t r = first_at_least(ry->x, ry->first[j], last, g->mean[1] + lo); r < last; r++) {
      const double y = ry->x[r] - g->mean[1];
      if (y > hi) break;
      const double square = g->P[1][1] * y * y + 2.0 * g->P[1][2] * y * z + g->P[2][2] * z * z;
      const double amplitude = g->scale * ry->w[r] * rz->w[s] * exp(-0.5 * square);
      const double mu = g->mean[0] + g->slope[1] * y + g->slope[2] * z;
      add_row(axis, mu, g->sd, amplitude, node, weight, work, inner);
    }
    for (ptrdiff_t i = 0; i < axis->n; i++) row[i] += inner[i];
  }
}

static weir_status add_tilted(weir_ctx *ctx, const mixture *m, int c, const weir_mesh *mesh, double *tails,
                              double *cells)
{
  const int d = m->d;
  tilted g = {.m = m, .c = c, .mesh = mesh, .mean = m->mean + (ptrdiff_t)c * d};
  g.prec = m->prec + (ptrdiff_t)m->shape[c] * d * d;
  split_law(&g);
  weir_status st = fill_rule(ctx, &g, 1, &g.rule[1]);
  if (st == WEIR_OK) st = d == 3 ? fill_rule(ctx, &g, 2, &g.rule[2]) : unit_rule(ctx, &g.rule[2]);
  if (st == WEIR_OK) {
    double node[NARROW_POINTS], weight[NARROW_POINTS];
    weir_gauss(NARROW_POINTS, node, weight);
    const ptrdiff_t ny = mesh->axis[1].n, rows = ny * mesh->axis[2].n;
#pragma omp parallel for schedule(dynamic, 4)
    for (ptrdiff_t r = 0; r < rows; r++)
      add_cell_row(&g, r % ny, r / ny, node, weight, tails + weir_thread_number() * (2 * mesh->axis[0].n + 1), cells);
  }
  for (int a = 1; a < WEIR_MAXDIM; a++) weir_free(g.rule[a].first), weir_free(g.rule[a].x);
  return st;
}

weir_status mixture_average(weir_ctx *ctx, const mixture *m, const weir_mesh *mesh, double *cells)
{
  double *f[WEIR_MAXDIM] = {NULL}, *tails = NULL;
  weir_status s = product_axes(ctx, mesh, f);
  const size_t threads = (size_t)weir_threads_max();
  if (s == WEIR_OK) s = weir_alloc_doubles(ctx, threads * (size_t)(2 * mesh->axis[0].n + 1), "row of tails", &tails);
  if (s == WEIR_OK) product_fill(mesh, 0.0, cells);
  for (int c = 0; s == WEIR_OK && c < m->n; c++) {
    if (m->weight[c] == 0.0) continue;
    if (is_diagonal(m->d, m->cov + (ptrdiff_t)m->shape[c] * m->d * m->d))
      add_aligned(m, c, mesh, f, cells);
    else
      s = add_tilted(ctx, m, c, mesh, tails, cells);
  }
  weir_free(tails);
  weir_free(f[0]);
  return s;
}
