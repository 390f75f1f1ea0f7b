/* io/atomic.h - a file that appears whole or not at all. Internal to src/io. */
#ifndef WEIR_IO_ATOMIC_H
#define WEIR_IO_ATOMIC_H

#include <weir/base.h>

enum { WEIR_OUT_BUFFER = 1 << 16 };

typedef struct weir_out {
  char *path, *temp; /* owned; path has symbolic links resolved */
  int fd;
  uint64_t written; /* bytes so far */
  size_t held;      /* of them, in the buffer */
  char buffer[WEIR_OUT_BUFFER];
} weir_out;

/* A temporary file next to `path`. *out is owned: commit or discard it. @retval WEIR_EARG @retval WEIR_EIO
 * @retval WEIR_ENOMEM */
weir_status weir_out_open(weir_ctx *ctx, const char *path, weir_out **out);
weir_status weir_out_write(weir_ctx *ctx, weir_out *out, const void *bytes, size_t n);
/* Rename over `path`; *out is freed in any case, and after a failure the temporary file is gone. */
weir_status weir_out_commit(weir_ctx *ctx, weir_out **out);
void weir_out_discard(weir_out **out);

#endif
