/* Byte sources. Nothing here believes a number it has read: lengths come from fstat() or from what was really read. */
#include "io/source.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* read() moves at most 0x7ffff000 bytes at a time on Linux. */
enum { READ_MAX = 1 << 30, SLURP_FIRST = 1 << 16 };

weir_status weir_source_open(weir_ctx *ctx, const char *path, weir_source *s)
{
  /* O_NONBLOCK: opening a FIFO must not wait for a writer; it means nothing for regular files. */
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  WEIR_REQUIRE(fd >= 0, ctx, WEIR_EIO, "%s: cannot be opened: %s", path, strerror(errno));
  struct stat st;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
    const bool dir = S_ISDIR(st.st_mode);
    close(fd);
    return WEIR_FAIL(ctx, WEIR_EIO, "%s: is %s, a regular file was expected", path,
                     dir ? "a directory" : "a pipe, a device or a socket");
  }
  *s = (weir_source){.name = path, .left = (uint64_t)st.st_size, .fd = fd};
  return WEIR_OK;
}

void weir_source_close(weir_source *s)
{
  if (s->fd >= 0) close(s->fd);
  if (s->zip) zip_fclose(s->zip);
  *s = (weir_source){.fd = -1};
}

/* Some of the n bytes; 0 at the end; -1 with a message. */
static ssize_t some(weir_ctx *ctx, const weir_source *s, char *buf, size_t n)
{
  const size_t want = n < READ_MAX ? n : READ_MAX;
  if (s->zip) {
    const zip_int64_t got = zip_fread(s->zip, buf, want);
    if (got < 0)
      (void)WEIR_FAIL(ctx, WEIR_EFORMAT, "%s: the archive is damaged: %s", s->name,
                      zip_error_strerror(zip_file_get_error(s->zip)));
    return (ssize_t)got;
  }
  for (;;) {
    const ssize_t got = read(s->fd, buf, want);
    if (got >= 0) return got;
    if (errno != EINTR) {
      (void)WEIR_FAIL(ctx, WEIR_EIO, "%s: cannot be read: %s", s->name, strerror(errno));
      return -1;
    }
  }
}

weir_status weir_source_read(weir_ctx *ctx, weir_source *s, void *buf, size_t n)
{
  WEIR_REQUIRE(n <= s->left, ctx, WEIR_EFORMAT, "%s: ends too early: %zu more bytes expected, %llu found", s->name, n,
               (unsigned long long)s->left);
  if (s->mem) {
    memcpy(buf, s->mem, n);
    s->mem += n;
  } else {
    for (size_t done = 0; done < n;) {
      const ssize_t got = some(ctx, s, (char *)buf + done, n - done);
      if (got < 0) return s->zip ? WEIR_EFORMAT : WEIR_EIO;
      WEIR_REQUIRE(got > 0, ctx, WEIR_EFORMAT, "%s: ends too early: %zu more bytes expected", s->name, n - done);
      done += (size_t)got;
    }
  }
  s->left -= n;
  return WEIR_OK;
}

weir_status weir_source_slurp(weir_ctx *ctx, weir_source *s, uint64_t max_bytes, char **buf, size_t *len)
{
  WEIR_REQUIRE(s->left <= max_bytes, ctx, WEIR_ELIMIT, "%s: %llu bytes, at most %llu are read", s->name,
               (unsigned long long)s->left, (unsigned long long)max_bytes);
  const size_t n = (size_t)s->left;
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, n + 1, 1, "text file", &p));
  const weir_status st = weir_source_read(ctx, s, p, n);
  if (st != WEIR_OK) {
    weir_free(p);
    return st;
  }
  ((char *)p)[n] = '\0';
  *buf = p;
  *len = n;
  return WEIR_OK;
}

weir_status weir_source_slurp_stdin(weir_ctx *ctx, uint64_t max_bytes, char **buf, size_t *len)
{
  const weir_source s = {.name = "standard input", .fd = STDIN_FILENO};
  size_t cap = SLURP_FIRST, n = 0;
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, cap + 1, 1, "standard input", &p));
  for (;;) {
    const ssize_t got = some(ctx, &s, (char *)p + n, cap - n);
    if (got < 0) {
      weir_free(p);
      return WEIR_EIO;
    }
    if (got == 0) break;
    n += (size_t)got;
    if (n > max_bytes) {
      weir_free(p);
      return WEIR_FAIL(ctx, WEIR_ELIMIT, "standard input: more than %llu bytes", (unsigned long long)max_bytes);
    }
    if (n < cap) continue;
    void *q = NULL;
    const weir_status st = weir_alloc(ctx, 2 * cap + 1, 1, "standard input", &q);
    if (st == WEIR_OK) memcpy(q, p, n);
    weir_free(p);
    if (st != WEIR_OK) return st;
    p = q;
    cap *= 2;
  }
  ((char *)p)[n] = '\0';
  *buf = p;
  *len = n;
  return WEIR_OK;
}

char *weir_quote(char buf[WEIR_QUOTE_SIZE], const char *s, size_t n)
{
  enum { SHOWN = 40 };
  size_t i = 0;
  for (; i < n && i < SHOWN; i++) buf[i] = s[i] >= ' ' && s[i] <= '~' ? s[i] : '?';
  if (n > SHOWN) {
    memcpy(buf + i, "...", 3);
    i += 3;
  }
  buf[i] = '\0';
  return buf;
}
