/* .npy files, version 1.0, always '<f8'. */
#include "io/atomic.h"
#include "io/npy.h"
#include <stdio.h>
#include <string.h>

/* The writers copy doubles as they lie. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a little-endian machine is expected");

enum { ALIGN = 64, MAGIC_LENGTH = 10 };

weir_status weir_array_out_check(weir_ctx *ctx, const weir_array_out *a, size_t *bytes)
{
  WEIR_REQUIRE(a->ndim >= 0 && a->ndim <= WEIR_ARRAY_MAXDIM, ctx, WEIR_EARG,
               "array to write: %d axes, 0 to %d expected", a->ndim, WEIR_ARRAY_MAXDIM);
  size_t n = sizeof(double);
  for (int k = 0; k < a->ndim; k++)
    WEIR_REQUIRE(a->shape[k] >= 0 && !__builtin_mul_overflow(n, (size_t)a->shape[k], &n), ctx, WEIR_EARG,
                 "array to write: axis %d has length %td", k, a->shape[k]);
  WEIR_REQUIRE(n == 0 || a->data, ctx, WEIR_EARG, "array to write: no data");
  *bytes = n;
  return WEIR_OK;
}

size_t weir_npy_format_header(char buf[WEIR_NPY_HEADER_OUT], const weir_array_out *a)
{
  char shape[128];
  char *text = buf + MAGIC_LENGTH;
  const size_t room = WEIR_NPY_HEADER_OUT - MAGIC_LENGTH;
  const int n = snprintf(text, room, "{'descr': '<f8', 'fortran_order': %s, 'shape': %s, }",
                         a->fortran ? "True" : "False", weir_shape_text(a->ndim, a->shape, shape, sizeof shape));
  size_t end = ((size_t)n + 1 + MAGIC_LENGTH + ALIGN - 1) / ALIGN * ALIGN; /* blanks, then a newline */
  memset(text + n, ' ', end - MAGIC_LENGTH - (size_t)n);
  buf[end - 1] = '\n';
  static const char magic[8] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0};
  memcpy(buf, magic, sizeof magic);
  buf[8] = (char)((end - MAGIC_LENGTH) & 0xff);
  buf[9] = (char)((end - MAGIC_LENGTH) >> 8);
  return end;
}

weir_status weir_npy_write(weir_ctx *ctx, const char *path, const weir_array_out *a)
{
  size_t bytes = 0;
  weir_out *o = NULL;
  char head[WEIR_NPY_HEADER_OUT];
  WEIR_TRY(weir_array_out_check(ctx, a, &bytes));
  WEIR_TRY(weir_out_open(ctx, path, &o));
  const size_t n = weir_npy_format_header(head, a);
  weir_status st = weir_out_write(ctx, o, head, n);
  if (st == WEIR_OK) st = weir_out_write(ctx, o, a->data, bytes);
  if (st == WEIR_OK) return weir_out_commit(ctx, &o);
  weir_out_discard(&o);
  return st;
}
