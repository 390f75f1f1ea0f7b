/* Dyadic boxes of blocks and prefix sums (summed-area tables: Crow 1984) over the count grid. */
#include "cmp/judging.h"

/* Starts of windows of length `side` on an axis of n, half a side apart, the last one flush with the end. */
static ptrdiff_t starts(ptrdiff_t n, ptrdiff_t side, ptrdiff_t *at)
{
  const ptrdiff_t hop = side > 1 ? side / 2 : 1;
  ptrdiff_t c = 0;
  for (ptrdiff_t p = 0; p + side <= n; p += hop, c++)
    if (at != NULL) at[c] = p;
  if ((n - side) % hop != 0) {
    if (at != NULL) at[c] = n - side;
    c++;
  }
  return c;
}

static ptrdiff_t side_of(const countgrid *g, int a, int level)
{
  const ptrdiff_t s = level < 40 ? g->n[a] >> level : 0;
  return s > 1 ? s : 1;
}

static ptrdiff_t count_level(const countgrid *g, int level)
{
  ptrdiff_t c = 1;
  for (int a = 0; a < WEIR_MAXDIM; a++) c *= starts(g->n[a], side_of(g, a, level), NULL);
  return c;
}

static int last_level(const countgrid *g)
{
  int level = 1;
  for (int a = 0; a < g->dim; a++)
    while (g->n[a] >> level > 1) level++;
  return level;
}

static ptrdiff_t fill_level(const countgrid *g, int level, ptrdiff_t *const at[3], scanbox *box)
{
  ptrdiff_t n[3], side[3], c = 0;
  for (int a = 0; a < WEIR_MAXDIM; a++) side[a] = side_of(g, a, level), n[a] = starts(g->n[a], side[a], at[a]);
  for (ptrdiff_t k = 0; k < n[2]; k++)
    for (ptrdiff_t j = 0; j < n[1]; j++)
      for (ptrdiff_t i = 0; i < n[0]; i++) {
        const ptrdiff_t lo[3] = {at[0][i], at[1][j], at[2][k]};
        for (int a = 0; a < WEIR_MAXDIM; a++) box[c].lo[a] = lo[a], box[c].hi[a] = lo[a] + side[a];
        c++;
      }
  return c;
}

weir_status scanboxes_list(weir_ctx *ctx, const countgrid *g, scanbox **box, ptrdiff_t *count)
{
  const int last = last_level(g);
  ptrdiff_t total = 0;
  for (int level = 1; level <= last; level++) total += count_level(g, level);
  void *list = NULL, *work = NULL;
  ptrdiff_t longest = 0;
  for (int a = 0; a < WEIR_MAXDIM; a++) longest = g->n[a] > longest ? g->n[a] : longest;
  WEIR_TRY(weir_alloc(ctx, (size_t)(3 * (longest + 1)), sizeof(ptrdiff_t), "scan positions", &work));
  const weir_status s = weir_alloc(ctx, (size_t)total, sizeof(scanbox), "scan boxes", &list);
  if (s == WEIR_OK) {
    ptrdiff_t *at = work;
    ptrdiff_t *const axis[3] = {at, at + longest + 1, at + 2 * (longest + 1)};
    *box = list, *count = 0;
    for (int level = 1; level <= last; level++) *count += fill_level(g, level, axis, *box + *count);
  }
  weir_free(work);
  return s;
}

/* Table entry (i,j,k), 0 <= i <= n_a: sum over blocks below it on every used axis. Unused axes have one layer. */
static ptrdiff_t rows(const countgrid *g, int a)
{
  return a < g->dim ? g->n[a] + 1 : 1;
}

ptrdiff_t prefix_len(const countgrid *g)
{
  return rows(g, 0) * rows(g, 1) * rows(g, 2);
}

void prefix_fill(const countgrid *g, const double *value, double *table)
{
  const ptrdiff_t r0 = rows(g, 0), r1 = rows(g, 1), len = prefix_len(g);
  const ptrdiff_t up1 = g->dim > 1, up2 = g->dim > 2; /* room for the zero layer of a used axis */
  for (ptrdiff_t c = 0; c < len; c++) table[c] = 0;
  for (ptrdiff_t k = 0; k < g->n[2]; k++)
    for (ptrdiff_t j = 0; j < g->n[1]; j++) {
      const double *in = value + g->n[0] * (j + g->n[1] * k);
      double *out = table + r0 * (j + up1 + r1 * (k + up2)), sum = 0;
      for (ptrdiff_t i = 0; i < g->n[0]; i++) {
        sum += in[i];
        out[i + 1] = sum + (up1 ? out[i + 1 - r0] : 0);
      }
    }
  if (up2)
    for (ptrdiff_t c = r0 * r1; c < len; c++) table[c] += table[c - r0 * r1];
}

double prefix_sum(const countgrid *g, const double *table, const scanbox *b)
{
  const ptrdiff_t r0 = rows(g, 0), r1 = rows(g, 1);
  if (g->dim == 1) return table[b->hi[0]] - table[b->lo[0]];
  const double *lo = table + r0 * b->lo[1], *hi = table + r0 * b->hi[1];
  const ptrdiff_t l = b->lo[0], h = b->hi[0];
  if (g->dim == 2) return (hi[h] - hi[l]) - (lo[h] - lo[l]);
  const ptrdiff_t below = r0 * r1 * b->lo[2], above = r0 * r1 * b->hi[2];
  return ((hi[above + h] - hi[above + l]) - (lo[above + h] - lo[above + l])) -
         ((hi[below + h] - hi[below + l]) - (lo[below + h] - lo[below + l]));
}
