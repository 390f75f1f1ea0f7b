/* The data of an .npy file, widened to double and put in C order. */
#include "io/npy.h"
#include <float.h>
#include <string.h>

enum { CHUNK = 16384 };

static uint64_t raw_bits(const unsigned char *p, int bytes, bool swap)
{
  unsigned char b[8] = {0};
  for (int k = 0; k < bytes; k++) b[k] = p[swap ? bytes - 1 - k : k];
  uint64_t v = 0;
  switch (bytes) {
  case 1: v = b[0]; break;
  case 2: {
    uint16_t u;
    memcpy(&u, b, 2);
    v = u;
    break;
  }
  case 4: {
    uint32_t u;
    memcpy(&u, b, 4);
    v = u;
    break;
  }
  default: memcpy(&v, b, 8); break;
  }
  return v;
}

static double to_double(const weir_npy_header *h, const unsigned char *p, bool *rounded)
{
  const uint64_t v = raw_bits(p, h->bytes, h->swap);
  const uint64_t exact = (uint64_t)1 << DBL_MANT_DIG;
  double d = 0;
  if (h->kind == 'f' && h->bytes == 8) {
    memcpy(&d, &v, 8);
  } else if (h->kind == 'f') {
    const uint32_t u = (uint32_t)v;
    float f;
    memcpy(&f, &u, 4);
    d = (double)f;
  } else if (h->kind == 'b') {
    d = v != 0 ? 1.0 : 0.0;
  } else if (h->kind == 'u') {
    d = (double)v;
    if (v > exact) *rounded = true;
  } else {
    /* Sign extension of two's complement without shifting a negative number. */
    const uint64_t sign = (uint64_t)1 << (8 * h->bytes - 1);
    const bool negative = (v & sign) != 0;
    const uint64_t mag = negative ? (~v + 1) & (sign | (sign - 1)) : v;
    d = negative ? -(double)mag : (double)mag;
    if (mag > exact) *rounded = true;
  }
  return d;
}

/* f4 in the machine's own order: worth a loop that vectorises. */
static void widen_f4(ptrdiff_t n, const unsigned char *restrict raw, double *restrict x)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    float f;
    memcpy(&f, raw + 4 * i, 4);
    x[i] = (double)f;
  }
}

static weir_status values(weir_ctx *ctx, weir_source *s, const weir_npy_header *h, double *x, bool *rounded)
{
  if (h->kind == 'f' && h->bytes == 8 && !h->swap) return weir_source_read(ctx, s, x, (size_t)h->size * 8);
  unsigned char raw[CHUNK];
  for (ptrdiff_t i = 0; i < h->size;) {
    const ptrdiff_t left = h->size - i, most = CHUNK / h->bytes, n = left < most ? left : most;
    WEIR_TRY(weir_source_read(ctx, s, raw, (size_t)n * (size_t)h->bytes));
    if (h->kind == 'f' && h->bytes == 4 && !h->swap)
      widen_f4(n, raw, x + i);
    else
      for (ptrdiff_t k = 0; k < n; k++) x[i + k] = to_double(h, raw + k * h->bytes, rounded);
    i += n;
  }
  return WEIR_OK;
}

/* y in C order from x in Fortran order: y[i0][i1][i2][i3][i4] = x[i0 + n0*(i1 + n1*(i2 + n2*(i3 + n3*i4)))]. */
static void c_order(const ptrdiff_t n[WEIR_ARRAY_MAXDIM], const double *restrict x, double *restrict y)
{
  const ptrdiff_t s1 = n[0], s2 = s1 * n[1], s3 = s2 * n[2], s4 = s3 * n[3];
  for (ptrdiff_t i0 = 0; i0 < n[0]; i0++)
    for (ptrdiff_t i1 = 0; i1 < n[1]; i1++)
      for (ptrdiff_t i2 = 0; i2 < n[2]; i2++)
        for (ptrdiff_t i3 = 0; i3 < n[3]; i3++)
          for (ptrdiff_t i4 = 0; i4 < n[4]; i4++) *y++ = x[i0 + i1 * s1 + i2 * s2 + i3 * s3 + i4 * s4];
}

static weir_dtype dtype_of(const weir_npy_header *h)
{
  if (h->kind == 'b') return WEIR_DTYPE_BOOL;
  if (h->kind != 'f') return WEIR_DTYPE_INT;
  return h->bytes == 4 ? WEIR_DTYPE_F4 : WEIR_DTYPE_F8;
}

weir_status weir_npy_read(weir_ctx *ctx, weir_source *s, uint64_t *budget, weir_array *a)
{
  weir_npy_header h;
  WEIR_TRY(weir_npy_read_header(ctx, s, &h));
  const uint64_t bytes = (uint64_t)h.size * 8;
  WEIR_REQUIRE(bytes <= *budget, ctx, WEIR_ELIMIT, "%s: needs %llu bytes of memory, %llu are left of the limit",
               s->name, (unsigned long long)bytes, (unsigned long long)*budget);
  double *x = NULL, *y = NULL;
  bool rounded = false;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)h.size, s->name, &x));
  weir_status st = values(ctx, s, &h, x, &rounded);
  if (st == WEIR_OK && h.fortran && h.ndim > 1) {
    st = weir_alloc_doubles(ctx, (size_t)h.size, s->name, &y);
    if (st == WEIR_OK) c_order(h.shape, x, y);
    weir_free(x);
    x = y;
  }
  if (st != WEIR_OK) {
    weir_free(x);
    return st;
  }
  *budget -= bytes;
  a->dtype = dtype_of(&h);
  a->rounded = rounded;
  a->ndim = h.ndim;
  memcpy(a->shape, h.shape, sizeof a->shape);
  a->size = h.size;
  a->data = x;
  return WEIR_OK;
}
