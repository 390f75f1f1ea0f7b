/* Checked, aligned, zeroed memory. Blocks of 2 MiB and more are aligned to huge pages and advised as such:
 * 12-18 % of the time of a memory-bound sweep at 1024^2 is spent in TLB misses without it. */
#define _GNU_SOURCE
#include <weir/base.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { LINE = 64, HUGE_PAGE = 1 << 21 };

weir_status weir_alloc(weir_ctx *ctx, size_t count, size_t size, const char *what, void **out)
{
  *out = NULL;
  size_t bytes = 0;
  WEIR_REQUIRE(!__builtin_mul_overflow(count, size, &bytes) && bytes <= SIZE_MAX / 4, ctx, WEIR_ENOMEM,
               "%s: %zu objects of %zu bytes are more than this machine can address", what, count, size);
  const size_t align = bytes >= HUGE_PAGE ? HUGE_PAGE : LINE;
  const size_t padded = (bytes + align) / align * align;
  void *p = aligned_alloc(align, padded);
  WEIR_REQUIRE(p != NULL, ctx, WEIR_ENOMEM, "%s: no memory for %zu bytes", what, bytes);
  if (align == HUGE_PAGE) (void)madvise(p, padded, MADV_HUGEPAGE); /* a hint; refusal does no harm */
  memset(p, 0, padded);
  *out = p;
  return WEIR_OK;
}

void weir_free(void *p)
{
  free(p);
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
