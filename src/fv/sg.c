/* Scharfetter-Gummel exchange of mass (formulas: fv/sg.h).
 *
 *   Conservation. The step moves  G_i = right_i m_{i-1} - left_i m_i  through face i. G_i is one double, the same bits in the
 *   updates of cells i-1 and i (no contraction to fma), so all that can make or lose mass is the rounding of
 *       next = ((m + (G_i - G_{i+1})_x) + (...)_y) + (...)_z .
 *   The matrix form  next_i = sum_j P_ij m_j  with P_ii = 1 - sum rounded once a cell is one operation cheaper but its column
 *   sums are 1 only to 1 ulp, an error that acts with the same sign in every step: it loses mass steadily.
 *
 *   Positivity. m >= 0. Rounding is monotone, so fl(fl(right m_{i-1}) - fl(left m_i)) >= -fl(left_i m_i), and the same on the
 *   other faces: what leaves through axis a is computed as at most o_a <= (left_i + right_{i+1}) m (1 + 3u) barring underflow,
 *   u = 2^-53. Three subtractions with relative error u each leave
 *       next >= m [ 1 - sum_a (left_i + right_{i+1}) - 12 u ] >= m [ 1 - 1/(1 + 1e-12) - 14 u ] >= 0,
 *   since weir_sg_scale() divides by 1 + 1e-12 times the largest outgoing rate. Underflow breaks the argument only where the
 *   products are subnormal; those results, of either sign, are below 1e-289 and are set to 0, which also keeps the loop away
 *   from slow subnormal arithmetic. A NaN stays a NaN. */
#include "fv/sg.h"
#include <math.h>
#include <string.h>

enum { SEGMENT = 4096, PARALLEL_CELLS = 16384 };
static const double margin = 1e-12, tiny = 0x1p-960;

void weir_bernoulli_pair(double z, double *plus, double *minus)
{
  /* expm1 has no cancellation, so the quotient needs no series; z = 0 alone is 0/0. All summands are positive. */
  const double a = fabs(z), small = a > 0 ? a / expm1(a) : 1.0, large = small + a;
  *plus = z > 0 ? small : large;
  *minus = z > 0 ? large : small;
}

double weir_bernoulli(double z)
{
  double plus, minus;
  weir_bernoulli_pair(z, &plus, &minus);
  return plus;
}

/* ---------------------------------------------------------------- set-up */
weir_status weir_sg_create(weir_ctx *ctx, const weir_mesh *m, const weir_boundary *b, int threads, weir_sg **out)
{
  *out = NULL;
  weir_sg *op = NULL;
  void *mem = NULL;
  weir_status s = weir_alloc(ctx, 1, sizeof *op, "Scharfetter-Gummel operator", &mem);
  if (s != WEIR_OK) return s;
  op = mem;
  op->mesh = m;
  op->threads = threads;
  for (int a = 0; a < m->dim; a++) {
    for (int side = 0; side < 2; side++) op->side[a][side] = b->side[a][side];
    WEIR_TRY_GOTO(s, fail, weir_mesh_array(ctx, m, "rates to the right", &op->right[a]));
    WEIR_TRY_GOTO(s, fail, weir_mesh_array(ctx, m, "rates to the left", &op->left[a]));
  }
  *out = op;
  return WEIR_OK;
fail:
  weir_sg_destroy(&op);
  return s;
}

void weir_sg_destroy(weir_sg **op)
{
  if (op == NULL || *op == NULL) return;
  for (int a = 0; a < WEIR_MAXDIM; a++) weir_free((*op)->right[a]), weir_free((*op)->left[a]);
  weir_free(*op);
  *op = NULL;
}

/* Side (0, 1) whose wall face i of axis a is, -1 if it has cells on both sides. */
static int wall_of(const weir_sg *op, int a, ptrdiff_t i)
{
  const int side = i == 0 ? 0 : i == op->mesh->axis[a].n ? 1 : -1;
  return side >= 0 && weir_mesh_at_boundary(op->mesh, a, side) ? side : -1;
}

bool weir_sg_open(const weir_sg *op, int a, int side)
{
  return weir_mesh_at_boundary(op->mesh, a, side) &&
         (op->side[a][side] == WEIR_OUTFLOW || op->side[a][side] == WEIR_INFLOW);
}

double weir_sg_distance(const weir_sg *op, int a, ptrdiff_t i)
{
  const weir_axis *ax = &op->mesh->axis[a];
  const int side = wall_of(op, a, i);
  if (side >= 0) return 0.5 * ax->width[side == 0 ? 0 : ax->n - 1];
  return ax->uniform ? ax->width[0] : ax->centre[i] - ax->centre[i - 1];
}

/* Rates of the n faces of one row of axis a; `face` is the index along a of the first, `step` = 1 if the row runs along a.
 * The exponents stand in right. */
static double rate_row(const weir_sg *op, int a, ptrdiff_t n, ptrdiff_t face, ptrdiff_t step, double D, double *right,
                       double *left)
{
  const weir_axis *ax = &op->mesh->axis[a];
  double largest = 0;
  for (ptrdiff_t p = 0; p < n; p++) {
    const ptrdiff_t i = face + p * step;
    const int wall = wall_of(op, a, i);
    if (wall >= 0 && !weir_sg_open(op, a, wall)) {
      right[p] = left[p] = 0;
      continue;
    }
    const double q = right[p], scale = ax->area[i] * D / weir_sg_distance(op, a, i);
    largest = fabs(q) > largest ? fabs(q) : largest;
    double plus, minus;
    weir_bernoulli_pair(q, &plus, &minus);
    right[p] = scale * plus / ax->measure[wall == 0 ? 0 : i - 1];
    left[p] = scale * minus / ax->measure[wall == 1 ? ax->n - 1 : i];
  }
  return largest;
}

double weir_sg_rates(weir_sg *op, int a, double diffusion)
{
  const weir_mesh *m = op->mesh;
  const ptrdiff_t n0 = m->axis[0].n + (a == 0), n1 = m->axis[1].n + (a == 1), n2 = m->axis[2].n + (a == 2);
  double largest = 0;
#pragma omp parallel for schedule(static) reduction(max : largest) num_threads(op->threads)
  for (ptrdiff_t jk = 0; jk < n1 * n2; jk++) {
    const ptrdiff_t j = jk % n1, k = jk / n1, at = weir_mesh_index(m, 0, j, k);
    const ptrdiff_t first = a == 0 ? 0 : a == 1 ? j : k;
    const double q = rate_row(op, a, n0, first, a == 0 ? 1 : 0, diffusion, op->right[a] + at, op->left[a] + at);
    largest = q > largest ? q : largest;
  }
  if (op->side[a][0] != WEIR_PERIODIC) return largest;
  /* One face, seen from both ends: the bits must agree. */
  const ptrdiff_t s = m->stride[a] * m->axis[a].n;
  for (ptrdiff_t k = 0; k < (a == 2 ? 1 : m->axis[2].n); k++)
    for (ptrdiff_t j = 0; j < (a == 1 ? 1 : m->axis[1].n); j++)
      for (ptrdiff_t i = 0; i < (a == 0 ? 1 : m->axis[0].n); i++) {
        const ptrdiff_t at = weir_mesh_index(m, i, j, k);
        op->right[a][at + s] = op->right[a][at];
        op->left[a][at + s] = op->left[a][at];
      }
  return largest;
}

double weir_sg_scale(weir_sg *op)
{
  const weir_mesh *m = op->mesh;
  double most = 0;
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const ptrdiff_t at = weir_mesh_index(m, i, j, k);
        double out = 0;
        for (int a = 0; a < m->dim; a++) out += op->left[a][at] + op->right[a][at + m->stride[a]];
        if (!isnan(most) && !(out <= most)) most = out;
      }
  op->rate = most * (1 + margin);
  const double inverse = op->rate > 0 ? 1 / op->rate : 0;
  for (int a = 0; a < m->dim; a++)
    for (ptrdiff_t p = 0; p < m->len; p++) op->right[a][p] *= inverse, op->left[a][p] *= inverse;
  return op->rate;
}

/* ---------------------------------------------------------------- the step */
/* What one axis brings to cell i: G_i - G_{i+1}. */
static inline double net(const double *restrict m, const double *restrict right, const double *restrict left,
                         ptrdiff_t i, ptrdiff_t s)
{
  return (right[i] * m[i - s] - left[i] * m[i]) - (right[i + s] * m[i] - left[i + s] * m[i + s]);
}

typedef struct row_args {
  ptrdiff_t n, s[WEIR_MAXDIM];
  const double *right[WEIR_MAXDIM], *left[WEIR_MAXDIM];
  double share;
} row_args;

/* Cells [0,n) of a row. dim and add are literals in each of the six functions below, so each is one branch-free loop. Going axis by
 * axis over the row instead would cost a load and a store of `next` per axis. */
static inline __attribute__((always_inline)) void row(int dim, bool add, const row_args *g, const double *restrict m,
                                                      double *restrict next, double *restrict acc)
{
  const ptrdiff_t n = g->n, s1 = g->s[1], s2 = g->s[2];
  const double *r0 = g->right[0], *l0 = g->left[0], *r1 = g->right[1], *l1 = g->left[1];
  const double *r2 = g->right[2], *l2 = g->left[2], w = g->share;
  /* No iteration writes what another reads; restrict alone leaves gcc 12 with more alias checks than it will make. */
#pragma omp simd
  for (ptrdiff_t i = 0; i < n; i++) {
    double x = m[i] + net(m, r0, l0, i, 1);
    if (dim > 1) x += net(m, r1, l1, i, s1);
    if (dim > 2) x += net(m, r2, l2, i, s2);
    next[i] = fabs(x) < tiny ? 0.0 : x;
    if (add) acc[i] += w * (m[i] - acc[i]);
  }
}

typedef void row_fn(const row_args *g, const double *restrict m, double *restrict next, double *restrict acc);
#define ROW(name, dim, add)                                                                                            \
  static __attribute__((noinline)) void name(const row_args *g, const double *restrict m, double *restrict next,       \
                                             double *restrict acc)                                                     \
  {                                                                                                                    \
    row(dim, add, g, m, next, acc);                                                                                    \
  }
ROW(row1, 1, false)
ROW(row1_add, 1, true)
ROW(row2, 2, false)
ROW(row2_add, 2, true)
ROW(row3, 3, false)
ROW(row3_add, 3, true)
static row_fn *const row_of[WEIR_MAXDIM][2] = {{row1, row1_add}, {row2, row2_add}, {row3, row3_add}};

void weir_sg_step(const weir_sg *op, double share, const double *restrict r, double *restrict next,
                  double *restrict acc)
{
  const weir_mesh *m = op->mesh;
  const ptrdiff_t n = m->axis[0].n, n1 = m->axis[1].n, pieces = (n + SEGMENT - 1) / SEGMENT;
  const ptrdiff_t all = pieces * n1 * m->axis[2].n;
  row_fn *const go = row_of[m->dim - 1][share > 0];
#pragma omp parallel for schedule(static) num_threads(op->threads) if (m->cells >= PARALLEL_CELLS)
  for (ptrdiff_t p = 0; p < all; p++) {
    const ptrdiff_t i = p % pieces * SEGMENT, j = p / pieces % n1, k = p / pieces / n1;
    const ptrdiff_t at = weir_mesh_index(m, i, j, k);
    row_args g = {.n = n - i < SEGMENT ? n - i : SEGMENT, .share = share};
    for (int a = 0; a < m->dim; a++)
      g.s[a] = m->stride[a], g.right[a] = op->right[a] + at, g.left[a] = op->left[a] + at;
    go(&g, r + at, next + at, acc == NULL ? NULL : acc + at);
  }
  weir_sg_wrap(op, next);
}

void weir_sg_wrap(const weir_sg *op, double *r)
{
  const weir_mesh *m = op->mesh;
  for (int a = 0; a < m->dim; a++) {
    if (op->side[a][0] != WEIR_PERIODIC) continue;
    const ptrdiff_t s = m->stride[a], last = (m->axis[a].n - 1) * s;
    for (ptrdiff_t k = 0; k < (a == 2 ? 1 : m->axis[2].n); k++)
      for (ptrdiff_t j = 0; j < (a == 1 ? 1 : m->axis[1].n); j++)
        for (ptrdiff_t i = 0; i < (a == 0 ? 1 : m->axis[0].n); i++) {
          const ptrdiff_t at = weir_mesh_index(m, i, j, k);
          r[at - s] = r[at + last];
          r[at + last + s] = r[at];
        }
  }
}

void weir_sg_side_flux(const weir_sg *op, int a, int side, const double *r, double *out)
{
  const weir_mesh *m = op->mesh;
  const ptrdiff_t s = m->stride[a], face = side == 0 ? 0 : m->axis[a].n * s;
  const double *right = op->right[a], *left = op->left[a];
  for (ptrdiff_t k = 0; k < (a == 2 ? 1 : m->axis[2].n); k++)
    for (ptrdiff_t j = 0; j < (a == 1 ? 1 : m->axis[1].n); j++)
      for (ptrdiff_t i = 0; i < (a == 0 ? 1 : m->axis[0].n); i++) {
        const ptrdiff_t at = weir_mesh_index(m, i, j, k) + face;
        const double g = right[at] * r[at - s] - left[at] * r[at];
        *out++ = side == 0 ? -g : g;
      }
}
