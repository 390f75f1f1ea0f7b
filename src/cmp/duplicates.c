/* Particles that coincide exactly, by an open-addressing hash table of indices: O(N), one allocation. */
#include "cmp/judging.h"
#include <string.h>

/* Finaliser of splitmix64 (Steele, Lea, Flood 2014) over the coordinates' bits; -0 counts as 0. */
static uint64_t hash(int dim, const double *x)
{
  uint64_t h = 0x9E3779B97F4A7C15u;
  for (int a = 0; a < dim; a++) {
    uint64_t bits;
    const double v = x[a] == 0 ? 0.0 : x[a];
    memcpy(&bits, &v, sizeof bits);
    h ^= bits;
    h = (h ^ h >> 30) * 0xBF58476D1CE4E5B9u;
    h = (h ^ h >> 27) * 0x94D049BB133111EBu;
    h ^= h >> 31;
  }
  return h;
}

static bool same(int dim, const double *x, const double *y)
{
  for (int a = 0; a < dim; a++)
    if (x[a] != y[a]) return false;
  return true;
}

weir_status find_duplicates(weir_ctx *ctx, ptrdiff_t n, int dim, const double *x, const double *w, double *merged,
                            ptrdiff_t *duplicates)
{
  size_t slots = 16;
  while (slots < 2 * (size_t)n) slots *= 2;
  void *block = NULL;
  WEIR_TRY(weir_alloc(ctx, slots, sizeof(int32_t), "table of particles", &block));
  int32_t *slot = block; /* index + 1, 0 = free */
  *duplicates = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    size_t s = hash(dim, x + i * dim) & (slots - 1);
    while (slot[s] != 0 && !same(dim, x + i * dim, x + (ptrdiff_t)(slot[s] - 1) * dim)) s = (s + 1) & (slots - 1);
    const ptrdiff_t owner = slot[s] != 0 ? slot[s] - 1 : i;
    merged[i] = 0;
    merged[owner] += w != NULL ? w[i] : 1;
    *duplicates += owner != i;
    slot[s] = (int32_t)(owner + 1);
  }
  weir_free(block);
  return WEIR_OK;
}
