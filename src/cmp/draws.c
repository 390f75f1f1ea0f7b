/* Exact multinomial draws, fast for any ratio of particles to blocks.
 *
 *   Blocks with n m_j >= 30 are drawn one after the other in falling order of mass: n_j ~ Binomial(n left, m_j / mass left). The
 *   particles that are left fall into the light blocks one by one through an alias table (Walker 1977; built as in Vose 1991):
 *   one 64-bit word r a particle, column = high word of r * J, fraction = low word, so the law is exact to 2^-64 J.
 *   Conditioning a multinomial on the counts of some cells leaves a multinomial on the others: both steps are exact. */
#include "cmp/judging.h"
#include <math.h>
#include <stdlib.h>

__extension__ typedef unsigned __int128 wide;

static const double heavy_count = 30; /* a binomial costs about as much as so many alias draws */

typedef struct ranked {
  double m;
  int32_t j;
} ranked;

static int by_mass(const void *a, const void *b)
{
  const ranked *p = a, *q = b;
  if (p->m != q->m) return p->m > q->m ? -1 : 1;
  return p->j < q->j ? -1 : p->j > q->j;
}

/* Vose's table: column i keeps its own block with chance prob_i, else gives its alias. r[0..n): masses, total > 0. */
static void build_alias(sampler *s, const ranked *r, double total, double *prob, int32_t *stack)
{
  const ptrdiff_t n = s->light;
  ptrdiff_t small = 0, large = n; /* two stacks in one array, growing towards each other */
  for (ptrdiff_t i = 0; i < n; i++) {
    prob[i] = r[i].m / total * (double)n;
    s->column[i].block[0] = s->column[i].block[1] = r[i].j;
    if (prob[i] < 1)
      stack[small++] = (int32_t)i;
    else
      stack[--large] = (int32_t)i;
  }
  while (small > 0 && large < n) {
    const int32_t lo = stack[--small], hi = stack[large];
    s->column[lo].block[1] = r[hi].j;
    prob[hi] = prob[hi] + prob[lo] - 1;
    if (prob[hi] < 1) {
      large++;
      stack[small++] = hi;
    }
  }
  while (small > 0) prob[stack[--small]] = 1; /* left over by rounding only */
  while (large < n) prob[stack[large++]] = 1;
  for (ptrdiff_t i = 0; i < n; i++) s->column[i].threshold = prob[i] >= 1 ? UINT64_MAX : (uint64_t)ldexp(prob[i], 64);
}

static weir_status alloc_tables(weir_ctx *ctx, ptrdiff_t blocks, sampler *s)
{
  void *order = NULL, *column = NULL;
  weir_status st = weir_alloc(ctx, (size_t)blocks, sizeof *s->order, "draws", &order);
  s->order = order;
  if (st == WEIR_OK) st = weir_alloc(ctx, (size_t)blocks, sizeof *s->column, "draws", &column);
  s->column = column;
  if (st == WEIR_OK) st = weir_alloc_doubles(ctx, (size_t)blocks, "draws", &s->share);
  return st;
}

/* Blocks without mass never get a particle and are left out. */
static void fill_tables(sampler *s, const double *m, ranked *r, double *prob, int32_t *stack)
{
  ptrdiff_t used = 0;
  double left = 0;
  for (ptrdiff_t j = 0; j < s->blocks; j++)
    if (m[j] > 0) r[used++] = (ranked){m[j], (int32_t)j};
  qsort(r, (size_t)used, sizeof *r, by_mass);
  while (s->heavy < used && (double)s->n * r[s->heavy].m >= heavy_count) s->heavy++;
  for (ptrdiff_t i = used; i-- > 0;) { /* small masses first: what is left is summed without cancellation */
    left += r[i].m;
    if (i >= s->heavy) continue;
    s->order[i] = r[i].j, s->share[i] = r[i].m / left;
  }
  s->light = used - s->heavy;
  double total = 0;
  for (ptrdiff_t i = used; i-- > s->heavy;) total += r[i].m;
  if (s->light > 0) build_alias(s, r + s->heavy, total, prob, stack);
}

weir_status sampler_make(weir_ctx *ctx, ptrdiff_t blocks, const double *m, int64_t n, sampler *s)
{
  *s = (sampler){.blocks = blocks, .n = n};
  WEIR_TRY(alloc_tables(ctx, blocks, s));
  void *r = NULL, *stack = NULL;
  double *prob = NULL;
  weir_status st = weir_alloc(ctx, (size_t)blocks, sizeof(ranked), "draws", &r);
  if (st == WEIR_OK) st = weir_alloc(ctx, (size_t)blocks, sizeof(int32_t), "draws", &stack);
  if (st == WEIR_OK) st = weir_alloc_doubles(ctx, (size_t)blocks, "draws", &prob);
  if (st == WEIR_OK) fill_tables(s, m, r, prob, stack);
  weir_free(r), weir_free(stack), weir_free(prob);
  return st;
}

void sampler_clear(sampler *s)
{
  weir_free(s->order), weir_free(s->share), weir_free(s->column);
  *s = (sampler){0};
}

void sampler_draw(const sampler *s, weir_rng *rng, double *nu)
{
  int64_t left = s->n;
  for (ptrdiff_t j = 0; j < s->blocks; j++) nu[j] = 0;
  for (ptrdiff_t i = 0; i < s->heavy && left > 0; i++) {
    const int64_t k = weir_rng_binomial(rng, left, s->share[i]);
    nu[s->order[i]] = (double)k;
    left -= k;
  }
  for (; left > 0 && s->light > 0; left--) {
    const uint64_t hi = weir_rng_u32(rng), lo = weir_rng_u32(rng);
    const wide product = (wide)(hi << 32 | lo) * (uint64_t)s->light;
    const alias_column *c = &s->column[(ptrdiff_t)(product >> 64)];
    nu[c->block[(uint64_t)product >= c->threshold]] += 1; /* no branch: it would be wrong half of the time */
  }
  const double scale = 1 / (double)s->n;
  for (ptrdiff_t j = 0; j < s->blocks; j++) nu[j] *= scale;
}
