/* io/arrays.h - building a weir_arrays. Internal to src/io. */
#ifndef WEIR_IO_ARRAYS_H
#define WEIR_IO_ARRAYS_H

#include "io/source.h"
#include <weir/array.h>

/* An empty set with room for `most` arrays, all zero: a reader fills array[n] and then counts n up. Free with
 * weir_arrays_destroy(), which also frees the half-filled array[n]. */
weir_status weir_arrays_create(weir_ctx *ctx, const char *path, weir_format format, int most, weir_arrays **set);
/* The file's name without directory and suffix. */
weir_status weir_arrays_stem(weir_ctx *ctx, const char *path, char **stem);
/* Whether the name can be shown and stored: 1..255 bytes of UTF-8 without ASCII control characters. */
bool weir_arrays_name_ok(const char *s, size_t n);

/* One reader per format; limits are resolved (no zeros). */
weir_status weir_npz_read_all(weir_ctx *ctx, const char *path, zip_t *z, const weir_read_limits *limits,
                              weir_arrays **out);
weir_status weir_npz_open(weir_ctx *ctx, const char *path, int fd, const void *bytes, size_t len, zip_t **z);
/* text[0..n), NUL behind. */
weir_status weir_table_parse(weir_ctx *ctx, const char *path, const char *text, size_t n,
                             const weir_read_limits *limits, weir_arrays **out);

#endif
