/* Cell and wall means of exp(-V/D) (solve/potential.h). Rows are cut into pieces; for each piece V is evaluated in batches, one
 * per Gauss point, kept, then shifted by the cell's minimum and averaged. The order of all sums is fixed. */
#include "solve/potential.h"
#include <math.h>

enum { PIECE = 64, WALL_QUAD = 8 };

typedef struct job {
  const weir_potential *p;
  const double *values; /* V at centres, to choose the number of points from; NULL: `quad` everywhere */
  double lowest;        /* the least of them */
  int normal, quad;     /* axis of a wall or -1 */
  ptrdiff_t lo[WEIR_MAXDIM], hi[WEIR_MAXDIM];
  double node[WEIR_QUAD_MAX + 1][WEIR_QUAD_MAX], weight[WEIR_QUAD_MAX + 1][WEIR_QUAD_MAX];
} job;

/* Cells [i, i+n) of row (j, k) and the Gauss points in each: count along each axis, points in all. */
typedef struct piece {
  ptrdiff_t i, n, j, k;
  int count[WEIR_MAXDIM], points;
} piece;

static double coordinate(const job *w, const piece *c, int a, ptrdiff_t i, int g)
{
  const weir_axis *ax = &w->p->mesh->axis[a];
  if (a == w->normal) return ax->node[i];
  return c->count[a] == 1 ? ax->centre[i] : ax->centre[i] + 0.5 * ax->width[i] * w->node[c->count[a]][g];
}

static double weight_of(const job *w, const piece *c, int a, int g)
{
  return c->count[a] == 1 ? 1.0 : 0.5 * w->weight[c->count[a]][g];
}

/* V at all Gauss points: value[point * PIECE + cell]; share[point] is the point's share of the cell. */
static void evaluate(const job *w, const piece *c, double *value, double *share)
{
  double x[WEIR_MAXDIM][PIECE];
  const double *const at[WEIR_MAXDIM] = {x[0], x[1], x[2]};
  for (int g2 = 0; g2 < c->count[2]; g2++)
    for (int g1 = 0; g1 < c->count[1]; g1++)
      for (int g0 = 0; g0 < c->count[0]; g0++) {
        const double y = coordinate(w, c, 1, c->j, g1), z = coordinate(w, c, 2, c->k, g2);
        for (ptrdiff_t i = 0; i < c->n; i++) x[0][i] = coordinate(w, c, 0, c->i + i, g0), x[1][i] = y, x[2][i] = z;
        w->p->fn(w->p->user, 0.0, c->n, at, value);
        *share++ = weight_of(w, c, 0, g0) * weight_of(w, c, 1, g1) * weight_of(w, c, 2, g2);
        value += PIECE;
      }
}

/* phi[0,n) of a piece. NaN or infinity in V shows in phi. */
static void log_mean(const job *w, const piece *c, const double *value, const double *share, double *phi)
{
  double low[PIECE], sum[PIECE];
  const double D = w->p->diffusion;
  bool good[PIECE];
  for (ptrdiff_t i = 0; i < c->n; i++) low[i] = value[i], sum[i] = 0, good[i] = true;
  for (int g = 0; g < c->points; g++)
    for (ptrdiff_t i = 0; i < c->n; i++) {
      const double v = value[g * PIECE + i];
      good[i] = good[i] && isfinite(v);
      low[i] = v < low[i] ? v : low[i];
    }
  if (c->points == 1) /* log(1) = 0, but for overflow of (low - value)/D */
    for (ptrdiff_t i = 0; i < c->n; i++) sum[i] = 1;
  else
    for (int g = 0; g < c->points; g++)
      for (ptrdiff_t i = 0; i < c->n; i++) sum[i] += share[g] * exp((low[i] - value[g * PIECE + i]) / D);
  for (ptrdiff_t i = 0; i < c->n; i++) phi[i] = good[i] ? low[i] - D * log(sum[i]) : (double)NAN;
}

/* Largest first and second difference of V along axis a at the cells of the piece (second: at the nearest cell that has two
 * neighbours). */
static void differences(const weir_mesh *m, const double *v, const piece *c, int a, double *first, double *second)
{
  const ptrdiff_t n = m->axis[a].n, s = m->stride[a];
  *first = *second = 0;
  for (ptrdiff_t p = 0; p < c->n; p++) {
    const ptrdiff_t at = weir_mesh_index(m, c->i + p, c->j, c->k), i = a == 0 ? c->i + p : a == 1 ? c->j : c->k;
    if (i > 0) *first = fmax(*first, fabs(v[at] - v[at - s]));
    if (i < n - 1) *first = fmax(*first, fabs(v[at] - v[at + s]));
    const ptrdiff_t mid = i == 0 ? at + s : i == n - 1 ? at - s : at;
    if (n > 2) *second = fmax(*second, fabs((v[mid + s] - v[mid]) - (v[mid] - v[mid - s])));
  }
}

int weir_potential_quad(double first, double second, double tol)
{
  /* Error of q points over a unit interval: (q!)^4 f^(2q) / ((2q+1) (2q)!^3) (Abramowitz, Stegun 25.4.30). For f = exp(-z s - k s^2/2)
   * the derivative is a Hermite polynomial: z^2q where k is small, (2q-1)!! k^q where z is; (2q-1)!!^(1/q) < 12 for q <= 16.
   * z is twice the first difference, since V is no parabola either. */
  const double z2 = 4 * first * first + 12 * second;
  int q = 1;
  for (double error = z2 / 24; q < 3 || (!(error <= tol) && q < WEIR_QUAD_MAX); q++) {
    const double p = q + 1, f = 2 * p * (2 * p - 1);
    error *= z2 * p * p * p * p / (f * f * f) * (2 * p - 1) / (2 * p + 1);
  }
  return q;
}

/* Where the Gibbs density is e^-g of its maximum, its relative error may be e^g times as large, up to 1e-8. */
static double tolerance(const job *w, const piece *c)
{
  double low = INFINITY;
  for (ptrdiff_t p = 0; p < c->n; p++) low = fmin(low, w->values[weir_mesh_index(w->p->mesh, c->i + p, c->j, c->k)]);
  return fmin(1e-8, 1e-13 * exp((low - w->lowest) / w->p->diffusion));
}

static void plan(const job *w, piece *c)
{
  const weir_mesh *m = w->p->mesh;
  const double D = w->p->diffusion, tol = w->values != NULL ? tolerance(w, c) : 0;
  c->points = 1;
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    double first = 0, second = 0;
    if (w->values != NULL && a < m->dim) differences(m, w->values, c, a, &first, &second);
    c->count[a] = 1;
    if (a < m->dim && a != w->normal)
      c->count[a] = w->values == NULL ? w->quad : weir_potential_quad(first / D, second / D, tol);
    c->points *= c->count[a];
  }
}

/* Phi over row r of the job; returns the first place that is not finite, PTRDIFF_MAX if none. */
static ptrdiff_t run_row(const job *w, ptrdiff_t r, double *space, double *phi)
{
  const ptrdiff_t rows1 = w->hi[1] - w->lo[1];
  piece c = {.j = w->lo[1] + r % rows1, .k = w->lo[2] + r / rows1};
  for (c.i = w->lo[0]; c.i < w->hi[0]; c.i += PIECE) {
    c.n = w->hi[0] - c.i < PIECE ? w->hi[0] - c.i : PIECE;
    plan(w, &c);
    const ptrdiff_t at = weir_mesh_index(w->p->mesh, c.i, c.j, c.k);
    evaluate(w, &c, space, space + (ptrdiff_t)c.points * PIECE);
    log_mean(w, &c, space, space + (ptrdiff_t)c.points * PIECE, phi + at);
    for (ptrdiff_t p = 0; p < c.n; p++)
      if (!isfinite(phi[at + p])) return at + p;
  }
  return PTRDIFF_MAX;
}

static weir_status say_where(weir_ctx *ctx, const job *w, ptrdiff_t bad)
{
  const weir_mesh *m = w->p->mesh;
  for (ptrdiff_t k = w->lo[2]; k < w->hi[2]; k++)
    for (ptrdiff_t j = w->lo[1]; j < w->hi[1]; j++)
      for (ptrdiff_t i = w->lo[0]; i < w->hi[0]; i++)
        if (weir_mesh_index(m, i, j, k) == bad)
          return WEIR_FAIL(
              ctx, WEIR_ENUMERIC, "the potential is not finite in %s (%td, %td, %td) near x = (%g, %g, %g)",
              w->normal < 0 ? "cell" : "wall face", i, j, k, m->axis[0].centre[i < m->axis[0].n ? i : i - 1],
              m->axis[1].centre[j < m->axis[1].n ? j : j - 1], m->axis[2].centre[k < m->axis[2].n ? k : k - 1]);
  return WEIR_FAIL(ctx, WEIR_EINTERNAL, "potential: place %td is in no row", bad);
}

static weir_status run_job(weir_ctx *ctx, job *w, double *phi)
{
  const ptrdiff_t rows = (w->hi[1] - w->lo[1]) * (w->hi[2] - w->lo[2]), threads = w->p->threads;
  const int most = w->values != NULL ? WEIR_QUAD_MAX : w->quad;
  for (int q = 1; q <= WEIR_QUAD_MAX; q++) weir_gauss(q, w->node[q], w->weight[q]);
  ptrdiff_t need = PIECE + 1, bad = PTRDIFF_MAX;
  for (int a = 0; a < w->p->mesh->dim; a++) need *= a == w->normal ? 1 : most;
  double *space;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(need * threads), "values of the potential", &space));
#pragma omp parallel for schedule(static) num_threads((int)threads) reduction(min : bad)
  for (ptrdiff_t t = 0; t < threads; t++)
    for (ptrdiff_t r = rows * t / threads; r < rows * (t + 1) / threads; r++) {
      const ptrdiff_t here = run_row(w, r, space + t * need, phi);
      bad = here < bad ? here : bad;
    }
  weir_free(space);
  return bad == PTRDIFF_MAX ? WEIR_OK : say_where(ctx, w, bad);
}

weir_status weir_potential_cells(weir_ctx *ctx, const weir_potential *p, double *work, double *phi)
{
  if (p->fn == NULL) return WEIR_OK;
  job w = {.p = p, .normal = -1, .quad = 1};
  for (int a = 0; a < WEIR_MAXDIM; a++) w.hi[a] = p->mesh->axis[a].n;
  WEIR_TRY(run_job(ctx, &w, p->point ? phi : work));
  if (p->point) return WEIR_OK;
  w.values = work;
  double highest;
  weir_mesh_range(p->mesh, work, &w.lowest, &highest, NULL, NULL);
  return run_job(ctx, &w, phi);
}

weir_status weir_potential_wall(weir_ctx *ctx, const weir_potential *p, int a, int side, double *phi)
{
  if (p->fn == NULL) return WEIR_OK;
  job w = {.p = p, .normal = a, .quad = p->point ? 1 : WALL_QUAD};
  for (int b = 0; b < WEIR_MAXDIM; b++) w.hi[b] = p->mesh->axis[b].n;
  w.lo[a] = side == 0 ? 0 : p->mesh->axis[a].n;
  w.hi[a] = w.lo[a] + 1;
  return run_job(ctx, &w, phi);
}
