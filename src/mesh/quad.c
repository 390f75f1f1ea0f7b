/* Gauss-Legendre averages over cells, faces and edges.
 *
 *   Rows are evaluated in batches: for one choice of Gauss offsets in the other directions, the q points of every cell of a row
 *   form a batch of points, so that point functions see long arrays. Sums over Gauss points are in fixed order: the result
 *   does not depend on the number of threads. */
#include "mesh/average.h"
#include "util/threads.h"
#include <math.h>
#include <string.h>

enum { BATCH = 512, SHARE = 4096 }; /* points a call of the point function; cells from which threads pay */

void weir_gauss(int q, double *node, double *weight)
{
  /* Newton on P_q from Tricomi's estimate; P' from (x^2-1) P_q' = q (x P_q - P_{q-1}). Symmetric by construction. */
  for (int i = 0; i < (q + 1) / 2; i++) {
    double x = cos(WEIR_PI * (i + 0.75) / (q + 0.5)), dp = 1;
    if (2 * i + 1 == q) x = 0;
    for (int it = 0; it < 100; it++) {
      double p0 = 1, p1 = x;
      for (int k = 2; k <= q; k++) {
        const double p2 = ((2 * k - 1) * x * p1 - (k - 1) * p0) / k;
        p0 = p1, p1 = p2;
      }
      dp = q * (x * p1 - p0) / (x * x - 1);
      const double step = p1 / dp;
      x -= step;
      if (!(fabs(step) > 1e-16)) break;
    }
    node[q - 1 - i] = x, node[i] = -x;
    if (2 * i + 1 == q) node[i] = 0;
    weight[i] = weight[q - 1 - i] = 2 / ((1 - x * x) * dp * dp);
  }
}

/* A box of rows to average over: along each axis cells i in [lo,hi), or points at nodes. */
typedef struct sweep {
  const weir_mesh *m;
  weir_point_fn *fn;
  void *user;
  double t;
  int q, threads;
  bool node_on[WEIR_MAXDIM]; /* points at nodes of this axis: none for cells, one for faces, two for edges */
  ptrdiff_t lo[WEIR_MAXDIM], hi[WEIR_MAXDIM];
  double node[WEIR_QUAD_MAX], weight[WEIR_QUAD_MAX];
} sweep;

/* Gauss points a direction: 1 on unused axes and where the points are nodes. */
static int points(const sweep *s, int a)
{
  return a < s->m->dim && !s->node_on[a] ? s->q : 1;
}

static double coordinate(const sweep *s, int a, ptrdiff_t i, int g)
{
  const weir_axis *ax = &s->m->axis[a];
  if (s->node_on[a]) return ax->node[i];
  return ax->centre[i] + 0.5 * ax->width[i] * s->node[g];
}

static double gauss_weight(const sweep *s, int a, int g)
{
  return points(s, a) == 1 ? 1.0 : 0.5 * s->weight[g];
}

typedef struct batch {
  double x[WEIR_MAXDIM][BATCH], value[BATCH];
} batch;

/* Average over cells/faces [lo,hi) of one row. */
static void average_row(const sweep *s, ptrdiff_t j, ptrdiff_t k, batch *b, double *row)
{
  const int q0 = points(s, 0), q1 = points(s, 1), q2 = points(s, 2);
  const ptrdiff_t chunk = BATCH / q0;
  const double *const x[WEIR_MAXDIM] = {b->x[0], b->x[1], b->x[2]};
  for (ptrdiff_t i0 = s->lo[0]; i0 < s->hi[0]; i0 += chunk) {
    const ptrdiff_t n = s->hi[0] - i0 < chunk ? s->hi[0] - i0 : chunk;
    memset(row + i0, 0, (size_t)n * sizeof *row);
    for (ptrdiff_t i = 0; i < n; i++)
      for (int g = 0; g < q0; g++) b->x[0][i * q0 + g] = coordinate(s, 0, i0 + i, g);
    for (int g2 = 0; g2 < q2; g2++)
      for (int g1 = 0; g1 < q1; g1++) {
        const double y = coordinate(s, 1, j, g1), z = coordinate(s, 2, k, g2);
        const double w12 = gauss_weight(s, 1, g1) * gauss_weight(s, 2, g2);
        for (ptrdiff_t p = 0; p < n * q0; p++) b->x[1][p] = y, b->x[2][p] = z;
        s->fn(s->user, s->t, n * q0, x, b->value);
        for (ptrdiff_t i = 0; i < n; i++) {
          double sum = 0;
          for (int g = 0; g < q0; g++) sum += gauss_weight(s, 0, g) * b->value[i * q0 + g];
          row[i0 + i] += w12 * sum;
        }
      }
  }
}

static weir_status average(weir_ctx *ctx, sweep *s, const char *what, double *out)
{
  WEIR_REQUIRE(s->q >= 1 && s->q <= WEIR_QUAD_MAX, ctx, WEIR_EARG, "quadrature: %d points a direction, 1..%d expected",
               s->q, (int)WEIR_QUAD_MAX);
  weir_gauss(s->q, s->node, s->weight);
  const weir_mesh *m = s->m;
  const ptrdiff_t rows1 = s->hi[1] - s->lo[1], rows = rows1 * (s->hi[2] - s->lo[2]);
  if (s->threads <= 0) s->threads = weir_threads_max();
  ptrdiff_t bad = -1;
#pragma omp parallel num_threads(s->threads) if (rows * (s->hi[0] - s->lo[0]) >= SHARE)
  {
    batch b;
#pragma omp for schedule(static) reduction(max : bad)
    for (ptrdiff_t r = 0; r < rows; r++) {
      const ptrdiff_t j = s->lo[1] + r % rows1, k = s->lo[2] + r / rows1;
      double *row = out + weir_mesh_index(m, 0, j, k);
      average_row(s, j, k, &b, row);
      for (ptrdiff_t i = s->lo[0]; i < s->hi[0]; i++)
        if (!isfinite(row[i])) bad = r;
    }
  }
  if (bad < 0) return WEIR_OK;
  const ptrdiff_t j = s->lo[1] + bad % rows1, k = s->lo[2] + bad / rows1;
  ptrdiff_t i = s->lo[0];
  while (isfinite(out[weir_mesh_index(m, i, j, k)])) i++;
  const ptrdiff_t at[WEIR_MAXDIM] = {i, j, k};
  double x[WEIR_MAXDIM];
  for (int a = 0; a < WEIR_MAXDIM; a++) x[a] = s->node_on[a] ? m->axis[a].node[at[a]] : m->axis[a].centre[at[a]];
  return WEIR_FAIL(ctx, WEIR_ENUMERIC,
                   "the average over %s (%td, %td, %td) near x = (%g, %g, %g), t = %g is %g, a finite number expected",
                   what, i, j, k, x[0], x[1], x[2], s->t, out[weir_mesh_index(m, i, j, k)]);
}

weir_status weir_cell_average_on(weir_ctx *ctx, const weir_mesh *m, weir_point_fn *fn, void *user, double t, int q,
                                 int threads, double *out)
{
  sweep s = {.m = m, .fn = fn, .user = user, .t = t, .q = q, .threads = threads};
  for (int a = 0; a < WEIR_MAXDIM; a++) s.lo[a] = 0, s.hi[a] = m->axis[a].n;
  return average(ctx, &s, "cell", out);
}

weir_status weir_cell_average(weir_ctx *ctx, const weir_mesh *m, weir_point_fn *fn, void *user, double t, int q,
                              double *out)
{
  return weir_cell_average_on(ctx, m, fn, user, t, q, 0, out);
}

weir_status weir_face_average_on(weir_ctx *ctx, const weir_mesh *m, int a, int wide, weir_point_fn *fn, void *user,
                                 double t, int q, int threads, double *out)
{
  WEIR_REQUIRE(a >= 0 && a < m->dim, ctx, WEIR_EARG, "face average: axis %d of a mesh of dimension %d", a, m->dim);
  WEIR_REQUIRE(wide >= 0 && wide <= m->ghost, ctx, WEIR_EARG, "face average: widened by %d layers, the mesh has %d",
               wide, m->ghost);
  static const char *const what[] = {"x-face", "y-face", "z-face"};
  sweep s = {.m = m, .fn = fn, .user = user, .t = t, .q = q, .threads = threads};
  s.node_on[a] = true;
  for (int b = 0; b < WEIR_MAXDIM; b++) {
    const int w = b < m->dim && b != a ? wide : 0;
    s.lo[b] = -w, s.hi[b] = m->axis[b].n + w + (b == a ? 1 : 0);
  }
  return average(ctx, &s, what[a], out);
}

weir_status weir_face_average(weir_ctx *ctx, const weir_mesh *m, int a, int wide, weir_point_fn *fn, void *user,
                              double t, int q, double *out)
{
  return weir_face_average_on(ctx, m, a, wide, fn, user, t, q, 0, out);
}

weir_status weir_edge_average(weir_ctx *ctx, const weir_mesh *m, int a, weir_point_fn *fn, void *user, double t, int q,
                              int threads, double *out)
{
  WEIR_REQUIRE(a >= -1 && a < m->dim, ctx, WEIR_EARG, "edge average: axis %d of a mesh of dimension %d", a, m->dim);
  WEIR_REQUIRE(m->ghost >= 1, ctx, WEIR_EARG, "edge average: a mesh without ghost layers has no room for edges");
  static const char *const what[] = {"corner", "x-edge", "y-edge", "z-edge"};
  sweep s = {.m = m, .fn = fn, .user = user, .t = t, .q = q, .threads = threads};
  for (int b = 0; b < WEIR_MAXDIM; b++) {
    s.node_on[b] = b < m->dim && b != a;
    s.lo[b] = 0, s.hi[b] = m->axis[b].n + (s.node_on[b] ? 1 : 0);
  }
  return average(ctx, &s, what[a + 1], out);
}
