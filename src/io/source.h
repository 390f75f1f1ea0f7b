/* io/source.h - bytes to be read: a file, memory, or an entry of a zip archive. Internal to src/io. */
#ifndef WEIR_IO_SOURCE_H
#define WEIR_IO_SOURCE_H

#include <weir/base.h>
#include <zip.h>

/* Exactly one of fd >= 0, mem, zip is in use. `left` is the real number of bytes still there, never a claim of theirs
 * (for a zip entry it is the declared size, which reading enforces). */
typedef struct weir_source {
  const char *name; /* for messages */
  uint64_t left;
  int fd;
  const unsigned char *mem;
  zip_file_t *zip;
} weir_source;

/* Open `path` for reading: O_CLOEXEC, and only a regular file. @retval WEIR_EIO */
weir_status weir_source_open(weir_ctx *ctx, const char *path, weir_source *s);
void weir_source_close(weir_source *s);
/* Exactly n bytes. @retval WEIR_EFORMAT fewer are left  @retval WEIR_EIO  @retval WEIR_EFORMAT bad CRC, bad deflate */
weir_status weir_source_read(weir_ctx *ctx, weir_source *s, void *buf, size_t n);
/* All that is left (of standard input if path is "-"), with a NUL behind; *buf is owned, free with weir_free().
 * @retval WEIR_ELIMIT more than max_bytes */
weir_status weir_source_slurp(weir_ctx *ctx, weir_source *s, uint64_t max_bytes, char **buf, size_t *len);
weir_status weir_source_slurp_stdin(weir_ctx *ctx, uint64_t max_bytes, char **buf, size_t *len);

/* At most 40 bytes of s (n bytes long), printable ASCII only, for messages. Returns buf. */
enum { WEIR_QUOTE_SIZE = 48 };
char *weir_quote(char buf[WEIR_QUOTE_SIZE], const char *s, size_t n);

#endif
