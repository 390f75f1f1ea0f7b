/* io/npy.h - the .npy format. Internal to src/io. */
#ifndef WEIR_IO_NPY_H
#define WEIR_IO_NPY_H

#include "io/source.h"
#include <weir/array.h>

enum { WEIR_NPY_MAGIC = 6, WEIR_NPY_HEADER_MAX = 10000 };

/* What a header says. */
typedef struct weir_npy_header {
  char kind; /* 'f' 'i' 'u' 'b' */
  int bytes;
  bool swap; /* the file's byte order is not the machine's */
  bool fortran;
  int ndim;
  ptrdiff_t shape[WEIR_ARRAY_MAXDIM];
  ptrdiff_t size;
} weir_npy_header;

/* The dictionary text[0..n) of a header; `name` for messages. Codes as weir_arrays_read(). */
weir_status weir_npy_parse_header(weir_ctx *ctx, const char *name, const char *text, size_t n, weir_npy_header *h);
/* Magic, version and dictionary from s; afterwards s->left must be the data's length, which is checked. */
weir_status weir_npy_read_header(weir_ctx *ctx, weir_source *s, weir_npy_header *h);
/* A whole array; *budget bytes may be taken and are lowered. a->name is left alone; a->data, shape... are set. */
weir_status weir_npy_read(weir_ctx *ctx, weir_source *s, uint64_t *budget, weir_array *a);

/* A version 1.0 header for '<f8' into buf, padded so that the data start at a multiple of 64. Returns its length. */
enum { WEIR_NPY_HEADER_OUT = 256 };
size_t weir_npy_format_header(char buf[WEIR_NPY_HEADER_OUT], const weir_array_out *a);
/* EARG unless shape and ndim are fine; *bytes is the data's length. */
weir_status weir_array_out_check(weir_ctx *ctx, const weir_array_out *a, size_t *bytes);

#endif
