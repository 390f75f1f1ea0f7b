/* Cell averages of a density that is only known point by point: adaptive tensor Legendre expansions on blocks of cells.
 *
 *   On a block the Q-point Gauss values give c_n = (2n+1)/2 sum_g w_g f(x_g) P_n(x_g), n < q, per axis; the average of P_n over
 *   [a,b] is (P_{n+1} - P_{n-1})|_a^b / ((2n+1)(b-a)), so cells inside the block get their averages in closed form, and the block's mass
 *   is the Gauss sum. A block may be part of a cell; then it adds its share, c_0 times its part of the volume. */
#include "exact/path.h"
#include "util/threads.h"
#include <math.h>
#include <string.h>

enum { Q = 12, TAIL = 2, BLOCK = 8, SIZE = Q * Q * Q, DEEPEST = 2 };

/* Cells [cell[a][0], cell[a][1]) of each axis; of a single cell possibly only the part [part[a][0], part[a][1]] of its width. */
typedef struct block {
  ptrdiff_t cell[WEIR_MAXDIM][2];
  double part[WEIR_MAXDIM][2];
  int depth[WEIR_MAXDIM]; /* halvings below a cell */
} block;

typedef struct tally {
  double linf;
  weir_sum l1;
  int64_t points;
} tally;

typedef struct job {
  const path *p;
  const weir_mesh *m;
  double node[Q], weight[Q], project[Q][Q]; /* project[n][g] = (2n+1)/2 w_g P_n(x_g) */
  int q;                                    /* Gauss points an axis, <= Q: 12, 8 in 3D */
  double scale;                             /* of densities, for the tolerance */
  double *cells;
} job;

/* One thread's memory. */
typedef struct scratch {
  double x[WEIR_MAXDIM][SIZE], value[SIZE], coef[SIZE], mid[SIZE];
  double average[WEIR_MAXDIM][BLOCK][Q];
  tally sum;
  path_failure bad;
} scratch;

static void legendre(double x, double P[Q + 1])
{
  P[0] = 1.0, P[1] = x;
  for (int n = 1; n < Q; n++) P[n + 1] = ((2 * n + 1) * x * P[n] - n * P[n - 1]) / (n + 1);
}

static void prepare(job *j)
{
  double P[Q + 1];
  weir_gauss(j->q, j->node, j->weight);
  for (int g = 0; g < j->q; g++) {
    legendre(j->node[g], P);
    for (int n = 0; n < j->q; n++) j->project[n][g] = 0.5 * (2 * n + 1) * j->weight[g] * P[n];
  }
}

static void bounds(const job *j, const block *b, int a, double *lo, double *hi)
{
  const weir_axis *ax = &j->m->axis[a];
  *lo = ax->node[b->cell[a][0]], *hi = ax->node[b->cell[a][1]];
  if (b->cell[a][1] - b->cell[a][0] > 1 || b->depth[a] == 0) return;
  const double left = *lo, width = *hi - *lo;
  *lo = left + width * b->part[a][0], *hi = left + width * b->part[a][1];
}

static int points(const job *j, int a)
{
  return a < j->m->dim ? j->q : 1;
}

/* Values at the tensor Gauss points of the block. */
static bool sample(const job *j, const block *b, scratch *s)
{
  double at[WEIR_MAXDIM][Q];
  const double *x[WEIR_MAXDIM] = {NULL};
  for (int a = 0; a < j->m->dim; a++) {
    double lo = 0.0, hi = 0.0;
    bounds(j, b, a, &lo, &hi);
    for (int g = 0; g < j->q; g++) at[a][g] = 0.5 * (lo + hi) + 0.5 * (hi - lo) * j->node[g];
  }
  int n = 0;
  for (int g2 = 0; g2 < points(j, 2); g2++)
    for (int g1 = 0; g1 < points(j, 1); g1++)
      for (int g0 = 0; g0 < j->q; g0++, n++) {
        s->x[0][n] = at[0][g0];
        if (j->m->dim > 1) s->x[1][n] = at[1][g1];
        if (j->m->dim > 2) s->x[2][n] = at[2][g2];
      }
  s->sum.points += n;
  for (int k = 0; k < n; k += PATH_LANES) {
    for (int a = 0; a < j->m->dim; a++) x[a] = s->x[a] + k;
    if (!path_density(j->p, n - k < PATH_LANES ? n - k : PATH_LANES, x, s->value + k, &s->bad)) return false;
  }
  return true;
}

/* Coefficients, axis by axis: each pass transforms the fastest index and makes it the slowest. */
static void expand(const job *j, scratch *s)
{
  const int total = j->q * points(j, 1) * points(j, 2);
  double *from = s->value, *to = s->coef;
  for (int a = 0; a < j->m->dim; a++) {
    const int rest = total / j->q;
    to = a % 2 == 0 ? s->coef : s->mid;
    for (int r = 0; r < rest; r++)
      for (int n = 0; n < j->q; n++) {
        double sum = 0.0;
        for (int g = 0; g < j->q; g++) sum += j->project[n][g] * from[r * j->q + g];
        to[n * rest + r] = sum;
      }
    from = to;
  }
  if (to != s->coef) memcpy(s->coef, to, (size_t)total * sizeof *to);
}

/* Estimated error of the block's cell averages, in all and squared by axis. t1, t2: root of the sum of squares of the coefficients
 * whose index on the axis is q-2 or q-1, and q-4 or q-3; their ratio r is the decay of two indices, so what is left out behind q-1
 * is about t1 r. On one cell only c_0 counts, which Gauss points get wrong from index 2q on: at most t1 r^3. */
static double tail(const job *j, const block *b, const scratch *s, double by[WEIR_MAXDIM])
{
  double t1[WEIR_MAXDIM] = {0.0}, t2[WEIR_MAXDIM] = {0.0}, all = 0.0;
  int n = 0;
  for (int n2 = 0; n2 < points(j, 2); n2++)
    for (int n1 = 0; n1 < points(j, 1); n1++)
      for (int n0 = 0; n0 < j->q; n0++, n++) {
        const int index[WEIR_MAXDIM] = {n0, n1, n2};
        const double c2 = s->coef[n] * s->coef[n];
        for (int a = 0; a < j->m->dim; a++) {
          if (index[a] >= j->q - TAIL)
            t1[a] += c2;
          else if (index[a] >= j->q - 2 * TAIL)
            t2[a] += c2;
        }
      }
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    const double r2 = t1[a] < t2[a] ? t1[a] / t2[a] : 1.0;
    by[a] = t1[a] * (b->cell[a][1] - b->cell[a][0] > 1 ? r2 : r2 * r2 * r2);
    all += by[a];
  }
  return sqrt(all);
}

static double part_of(const block *b, int a)
{
  return b->depth[a] > 0 ? b->part[a][1] - b->part[a][0] : 1.0;
}

/* average[a][i][n]: of P_n over cell i of the block, times the part of the cell that the block covers. */
static void weigh(const job *j, const block *b, scratch *s)
{
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    const ptrdiff_t first = b->cell[a][0], n = b->cell[a][1] - first;
    double lo = 0.0, hi = 0.0;
    memset(s->average[a], 0, sizeof s->average[a]);
    s->average[a][0][0] = part_of(b, a);
    if (n == 1 || a >= j->m->dim) continue;
    bounds(j, b, a, &lo, &hi);
    for (ptrdiff_t i = 0; i < n; i++) {
      double P[2][Q + 1], u[2];
      for (int k = 0; k < 2; k++) {
        u[k] = (2.0 * j->m->axis[a].node[first + i + k] - (lo + hi)) / (hi - lo);
        legendre(u[k], P[k]);
      }
      s->average[a][i][0] = 1.0;
      for (int m = 1; m < j->q; m++)
        s->average[a][i][m] =
            ((P[1][m + 1] - P[0][m + 1]) - (P[1][m - 1] - P[0][m - 1])) / ((2 * m + 1) * (u[1] - u[0]));
    }
  }
}

/* Where no point is negative no average is: what the expansion has below 0 is its error. */
static void put(const job *j, const block *b, scratch *s)
{
  const int q1 = points(j, 1), q2 = points(j, 2);
  double least = 0.0;
  for (int n = 0; n < j->q * q1 * q2; n++) least = fmin(least, s->value[n]);
  weigh(j, b, s);
  for (ptrdiff_t k = b->cell[2][0]; k < b->cell[2][1]; k++) {
    const double *w2 = s->average[2][k - b->cell[2][0]];
    for (int r = 0; r < j->q * q1; r++) {
      double sum = 0.0;
      for (int n2 = 0; n2 < q2; n2++) sum += w2[n2] * s->coef[n2 * j->q * q1 + r];
      s->mid[r] = sum;
    }
    for (ptrdiff_t l = b->cell[1][0]; l < b->cell[1][1]; l++) {
      const double *w1 = s->average[1][l - b->cell[1][0]];
      double line[Q];
      for (int n0 = 0; n0 < j->q; n0++) {
        line[n0] = 0.0;
        for (int n1 = 0; n1 < q1; n1++) line[n0] += w1[n1] * s->mid[n1 * j->q + n0];
      }
      double *row = j->cells + weir_mesh_index(j->m, 0, l, k);
      for (ptrdiff_t i = b->cell[0][0]; i < b->cell[0][1]; i++) {
        const double *w0 = s->average[0][i - b->cell[0][0]];
        double sum = 0.0;
        for (int n0 = 0; n0 < j->q; n0++) sum += w0[n0] * line[n0];
        row[i] += sum < 0.0 && !(least < 0.0) ? 0.0 : sum;
      }
    }
  }
}

static bool halve(const block *b, const double by[WEIR_MAXDIM], double least, block half[2])
{
  int worst = -1;
  double top = least * least;
  for (int a = 0; a < WEIR_MAXDIM; a++) { /* by is 0 on unused axes */
    const bool can = b->cell[a][1] - b->cell[a][0] > 1 || b->depth[a] < DEEPEST;
    if (can && by[a] > top) worst = a, top = by[a];
  }
  if (worst < 0) return false;
  half[0] = half[1] = *b;
  const ptrdiff_t n = b->cell[worst][1] - b->cell[worst][0];
  if (n > 1) {
    half[0].cell[worst][1] = half[1].cell[worst][0] = b->cell[worst][0] + n / 2;
    return true;
  }
  const double lo = b->depth[worst] > 0 ? b->part[worst][0] : 0.0, hi = b->depth[worst] > 0 ? b->part[worst][1] : 1.0;
  half[0].depth[worst] = half[1].depth[worst] = b->depth[worst] + 1;
  half[0].part[worst][0] = lo, half[1].part[worst][1] = hi;
  half[0].part[worst][1] = half[1].part[worst][0] = 0.5 * (lo + hi);
  return true;
}

static double volume(const job *j, const block *b)
{
  double v = 1.0;
  for (int a = 0; a < j->m->dim; a++) {
    double lo = 0.0, hi = 0.0;
    bounds(j, b, a, &lo, &hi);
    v *= hi - lo;
  }
  return v;
}

static bool in_one_cell(const job *j, const block *b)
{
  bool one = true;
  for (int a = 0; a < j->m->dim; a++) one = one && b->cell[a][1] - b->cell[a][0] == 1;
  return one;
}

static void state(const job *j, const block *b, double e, scratch *s)
{
  s->sum.linf = fmax(s->sum.linf, e);
  weir_sum_add(&s->sum.l1, e * volume(j, b));
}

/* What became of a block: its integral, and whether its error is still to be stated, since it could not be halved any more. */
typedef struct fate {
  double integral;
  bool open;
} fate;

/* The block and what it is halved into; at most log2(BLOCK) + DEEPEST halvings an axis deep. above: the error of what it is half of.
 * Within a cell only the integral counts, and coefficients say little about it at a jump: there the halves' error is taken as what
 * halving has changed. */
static bool visit(const job *j, const block *b, double above, scratch *s,
                  fate *out) // NOLINT(misc-no-recursion): bounded
{
  double by[WEIR_MAXDIM], top = j->scale;
  block half[2];
  fate of[2];
  if (!sample(j, b, s)) return false;
  for (int n = 0; n < j->q * points(j, 1) * points(j, 2); n++) top = fmax(top, fabs(s->value[n]));
  expand(j, s);
  const double e = tail(j, b, s, by), unit = j->p->tolerance * top;
  const bool noise = e > 0.5 * above && e <= 1e3 * unit; /* halving has stopped to help */
  const bool rough = e > 100.0 * unit && !noise;
  *out = (fate){s->coef[0] * volume(j, b), false};
  if (!rough || !halve(b, by, 50.0 * unit, half)) {
    put(j, b, s);
    out->open = rough && in_one_cell(j, b);
    if (!out->open) state(j, b, e, s);
    return true;
  }
  if (!visit(j, &half[0], e, s, &of[0]) || !visit(j, &half[1], e, s, &of[1])) return false;
  const double change = fabs(of[0].integral + of[1].integral - out->integral) / volume(j, b);
  if (of[0].open && of[1].open) {
    state(j, b, in_one_cell(j, b) ? change : e, s);
  } else {
    for (int k = 0; k < 2; k++)
      if (of[k].open) state(j, &half[k], in_one_cell(j, b) ? fmin(e, 2.0 * change) : e, s);
  }
  out->integral = of[0].integral + of[1].integral;
  return true;
}

static block block_at(const weir_mesh *m, ptrdiff_t r)
{
  block b = {{{0}}, {{0}}, {0}};
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    const ptrdiff_t blocks = (m->axis[a].n + BLOCK - 1) / BLOCK, i = r % blocks, end = (i + 1) * BLOCK;
    b.cell[a][0] = i * BLOCK;
    b.cell[a][1] = end < m->axis[a].n ? end : m->axis[a].n;
    r /= blocks;
  }
  return b;
}

/* Largest |rho| at the blocks' centres: what the tolerance is relative to where a block itself is empty. */
static weir_status find_scale(weir_ctx *ctx, job *j, ptrdiff_t blocks, double t)
{
  double *store = NULL;
  const double *x[WEIR_MAXDIM];
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(blocks * (WEIR_MAXDIM + 1)), "block centres", &store));
  for (int a = 0; a < WEIR_MAXDIM; a++) x[a] = store + a * blocks;
  for (ptrdiff_t r = 0; r < blocks; r++) {
    const block b = block_at(j->m, r);
    for (int a = 0; a < WEIR_MAXDIM; a++)
      store[a * blocks + r] = 0.5 * (j->m->axis[a].node[b.cell[a][0]] + j->m->axis[a].node[b.cell[a][1]]);
  }
  double *rho = store + WEIR_MAXDIM * blocks;
  const weir_status s = weir_flowmap_density(ctx, j->p->f, t, blocks, x, rho);
  for (ptrdiff_t r = 0; r < blocks && s == WEIR_OK; r++) j->scale = fmax(j->scale, fabs(rho[r]));
  weir_free(store);
  return s;
}

static weir_status check(weir_ctx *ctx, const weir_flowmap *f, const weir_mesh *m)
{
  WEIR_REQUIRE(m->dim == f->dim, ctx, WEIR_EARG, "flow map: dimension %d, the mesh has %d", f->dim, m->dim);
  for (int a = 0; a < f->dim && f->boxed; a++)
    WEIR_REQUIRE(m->axis[a].lo >= f->lo[a] && m->axis[a].hi <= f->hi[a], ctx, WEIR_EARG,
                 "flow map: the mesh reaches from %g to %g on axis %d, the box from %g to %g", m->axis[a].lo,
                 m->axis[a].hi, a, f->lo[a], f->hi[a]);
  return WEIR_OK;
}

/* Visit all blocks; each thread has its own scratch. Smallest failing block, -1 if there is none. */
static ptrdiff_t visit_all(const job *j, ptrdiff_t blocks, scratch *store, path_failure *bad)
{
  ptrdiff_t first = -1;
#pragma omp parallel for schedule(dynamic)
  for (ptrdiff_t r = 0; r < blocks; r++) {
    scratch *s = &store[weir_thread_number()];
    const block b = block_at(j->m, r);
    fate whole;
    if (visit(j, &b, (double)INFINITY, s, &whole)) continue;
#pragma omp critical(weir_flow_average)
    if (first < 0 || r < first) first = r, *bad = s->bad;
  }
  return first;
}

static void clear_cells(const weir_mesh *m, double *cells)
{
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t l = 0; l < m->axis[1].n; l++)
      memset(cells + weir_mesh_index(m, 0, l, k), 0, (size_t)m->axis[0].n * sizeof *cells);
}

static void add_up(const weir_mesh *m, int threads, const scratch *store, weir_flowmap_error *out)
{
  weir_sum l1;
  weir_sum_clear(&l1);
  *out = (weir_flowmap_error){0.0, 0.0, 0};
  for (int k = 0; k < threads; k++) {
    out->linf = fmax(out->linf, store[k].sum.linf);
    out->points += store[k].sum.points;
    weir_sum_merge(&l1, &store[k].sum.l1);
  }
  out->l1 = weir_sum_value(&l1) / m->volume;
}

weir_status weir_flowmap_average(weir_ctx *ctx, const weir_flowmap *f, const weir_mesh *m, double t, double *cells,
                                 weir_flowmap_error *error)
{
  path p;
  job j = {.p = &p, .m = m, .cells = cells};
  ptrdiff_t blocks = 1;
  path_failure bad = {PATH_FINE, {0}, 0};
  const int threads = weir_threads_max();
  void *block_ = NULL;
  WEIR_TRY(check(ctx, f, m));
  WEIR_TRY(path_create(ctx, f, t, &p));
  j.q = m->dim == 3 ? 8 : Q;
  prepare(&j);
  for (int a = 0; a < WEIR_MAXDIM; a++) blocks *= (m->axis[a].n + BLOCK - 1) / BLOCK;
  WEIR_TRY(find_scale(ctx, &j, blocks, t));
  WEIR_TRY(weir_alloc(ctx, (size_t)threads, sizeof(scratch), "blocks of the flow map", &block_));
  scratch *store = block_;
  for (int k = 0; k < threads; k++) weir_sum_clear(&store[k].sum.l1);
  clear_cells(m, cells);
  const ptrdiff_t first = visit_all(&j, blocks, store, &bad);
  if (error != NULL) add_up(m, threads, store, error);
  weir_free(store);
  return first < 0 ? WEIR_OK : path_complain(ctx, &p, &bad);
}
