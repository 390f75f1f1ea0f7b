/* Checked, aligned, zeroed memory. Blocks of 2 MiB and more lie in huge pages and are advised as such: 12-18 % of the time of a
 * memory-bound sweep at 1024^2 is spent in TLB misses without it. They start at different places of their pages: a sweep that reads the
 * same entry of five arrays would find them all in the same sets of the cache, and a load waits for a store whose address
 * agrees in the last 12 bits. A line before each block holds what to free. */
#define _GNU_SOURCE
#include <weir/base.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { LINE = 64, HUGE_PAGE = 1 << 21, PLACES = 13, SPREAD = 5 * LINE };

weir_status weir_alloc(weir_ctx *ctx, size_t count, size_t size, const char *what, void **out)
{
  *out = NULL;
  size_t bytes = 0;
  WEIR_REQUIRE(!__builtin_mul_overflow(count, size, &bytes) && bytes <= SIZE_MAX / 4, ctx, WEIR_ENOMEM,
               "%s: %zu objects of %zu bytes are more than this machine can address", what, count, size);
  const bool huge = bytes >= HUGE_PAGE;
  const size_t align = huge ? HUGE_PAGE : LINE, most = LINE + (huge ? PLACES * SPREAD : 0);
  const size_t padded = (bytes + most + align) / align * align;
  char *base = aligned_alloc(align, padded);
  WEIR_REQUIRE(base != NULL, ctx, WEIR_ENOMEM, "%s: no memory for %zu bytes", what, bytes);
  if (huge) (void)madvise(base, padded, MADV_HUGEPAGE); /* a hint; refusal does no harm */
  memset(base, 0, padded);
  char *p = base + LINE + (huge ? (uintptr_t)base / HUGE_PAGE % PLACES * SPREAD : 0);
  memcpy(p - sizeof base, &base, sizeof base);
  *out = p;
  return WEIR_OK;
}

void weir_free(void *p)
{
  char *base = NULL;
  if (p == NULL) return;
  memcpy(&base, (char *)p - sizeof base, sizeof base);
  free(base);
}

weir_status weir_alloc_doubles(weir_ctx *ctx, size_t n, const char *what, double **out)
{
  void *p = NULL;
  *out = NULL;
  WEIR_TRY(weir_alloc(ctx, n, sizeof **out, what, &p));
  *out = p;
  return WEIR_OK;
}

weir_status weir_strdup(weir_ctx *ctx, const char *s, char **out)
{
  void *p = NULL;
  *out = NULL;
  const size_t n = strlen(s) + 1;
  WEIR_TRY(weir_alloc(ctx, n, 1, "text", &p));
  memcpy(p, s, n);
  *out = p;
  return WEIR_OK;
}

void weir_fill_nan(size_t n, double *x)
{
  for (size_t i = 0; i < n; i++) x[i] = (double)NAN;
}
