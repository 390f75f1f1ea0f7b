/* Write to PATH.tmp-PID-K in the same directory (the same file system, so that rename() is atomic), then rename. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "io/atomic.h"
#include <weir/array.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 1000, SUFFIX_ROOM = 48 };

/* Where to write: behind a symbolic link, its target, so that the link stays. Refuses devices and directories. */
static weir_status resolve(weir_ctx *ctx, const char *path, char **real)
{
  struct stat st;
  if (stat(path, &st) == 0) {
    WEIR_REQUIRE(S_ISREG(st.st_mode), ctx, WEIR_EIO, "%s: is not a regular file, it will not be replaced", path);
    char *r = realpath(path, NULL);
    WEIR_REQUIRE(r, ctx, WEIR_EIO, "%s: cannot be written: %s", path, strerror(errno));
    const weir_status s = weir_strdup(ctx, r, real);
    free(r);
    return s;
  }
  WEIR_REQUIRE(errno == ENOENT, ctx, WEIR_EIO, "%s: cannot be written: %s", path, strerror(errno));
  return weir_strdup(ctx, path, real);
}

static weir_status create(weir_ctx *ctx, weir_out *o)
{
  const size_t len = strlen(o->path) + SUFFIX_ROOM;
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, len, 1, "file name", &p));
  o->temp = p;
  for (int k = 0; k < TRIES; k++) {
    snprintf(o->temp, len, "%s.tmp-%ld-%d", o->path, (long)getpid(), k);
    o->fd = open(o->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (o->fd >= 0) return WEIR_OK;
    if (errno != EEXIST) break;
  }
  const int why = errno;
  weir_free(o->temp);
  o->temp = NULL;
  return WEIR_FAIL(ctx, WEIR_EIO, "%s: cannot be written: %s", o->path, strerror(why));
}

weir_status weir_out_open(weir_ctx *ctx, const char *path, weir_out **out)
{
  *out = NULL;
  WEIR_REQUIRE(path && *path, ctx, WEIR_EARG, "an empty file name cannot be written");
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_out), "output buffer", &p));
  weir_out *o = p;
  o->fd = -1;
  weir_status st = resolve(ctx, path, &o->path);
  if (st == WEIR_OK) st = create(ctx, o);
  if (st != WEIR_OK) weir_out_discard(&o);
  *out = o;
  return st;
}

static weir_status put(weir_ctx *ctx, const weir_out *o, const char *b, size_t n)
{
  while (n > 0) {
    const ssize_t got = write(o->fd, b, n);
    if (got < 0 && errno == EINTR) continue;
    WEIR_REQUIRE(got > 0, ctx, WEIR_EIO, "%s: cannot be written: %s", o->path, strerror(got < 0 ? errno : ENOSPC));
    b += got;
    n -= (size_t)got;
  }
  return WEIR_OK;
}

static weir_status flush(weir_ctx *ctx, weir_out *o)
{
  const size_t n = o->held;
  o->held = 0;
  return put(ctx, o, o->buffer, n);
}

weir_status weir_out_write(weir_ctx *ctx, weir_out *o, const void *bytes, size_t n)
{
  if (n > WEIR_OUT_BUFFER - o->held) WEIR_TRY(flush(ctx, o));
  if (n > WEIR_OUT_BUFFER) {
    WEIR_TRY(put(ctx, o, bytes, n));
  } else if (n > 0) {
    memcpy(o->buffer + o->held, bytes, n);
    o->held += n;
  }
  o->written += n;
  return WEIR_OK;
}

weir_status weir_out_commit(weir_ctx *ctx, weir_out **out)
{
  weir_out *o = *out;
  weir_status st = flush(ctx, o);
  const int fd = o->fd;
  o->fd = -1;
  /* close() is where a full network disk speaks up. */
  if (close(fd) != 0 && st == WEIR_OK)
    st = WEIR_FAIL(ctx, WEIR_EIO, "%s: cannot be written: %s", o->path, strerror(errno));
  if (st == WEIR_OK && rename(o->temp, o->path) != 0)
    st = WEIR_FAIL(ctx, WEIR_EIO, "%s: cannot be replaced: %s", o->path, strerror(errno));
  if (st == WEIR_OK) {
    weir_free(o->temp);
    o->temp = NULL;
  }
  weir_out_discard(out);
  return st;
}

void weir_out_discard(weir_out **out)
{
  if (!out || !*out) return;
  weir_out *o = *out;
  if (o->fd >= 0) close(o->fd);
  if (o->temp) (void)unlink(o->temp);
  weir_free(o->temp);
  weir_free(o->path);
  weir_free(o);
  *out = NULL;
}

weir_status weir_text_write(weir_ctx *ctx, const char *path, const char *text, size_t len)
{
  weir_out *o = NULL;
  WEIR_TRY(weir_out_open(ctx, path, &o));
  const weir_status st = weir_out_write(ctx, o, text, len);
  if (st == WEIR_OK) return weir_out_commit(ctx, &o);
  weir_out_discard(&o);
  return st;
}
