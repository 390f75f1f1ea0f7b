/* What the inputs of a run were: size and a hash of every file. */
#include <weir/report.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

uint64_t weir_fnv1a(uint64_t h, const void *bytes, size_t len)
{
  const unsigned char *p = bytes;
  for (size_t i = 0; i < len; i++) {
    h ^= p[i];
    h *= UINT64_C(0x100000001b3);
  }
  return h;
}

static weir_status scan(weir_ctx *ctx, int fd, weir_input *in)
{
  struct stat st;
  WEIR_REQUIRE(fstat(fd, &st) == 0 && S_ISREG(st.st_mode), ctx, WEIR_EIO, "%s: not a regular file", in->path);
  unsigned char block[65536];
  in->hash = WEIR_FNV1A_START;
  for (;;) {
    const ssize_t got = read(fd, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    WEIR_REQUIRE(got >= 0, ctx, WEIR_EIO, "%s: cannot be read: %s", in->path, strerror(errno));
    if (got == 0) return WEIR_OK;
    in->hash = weir_fnv1a(in->hash, block, (size_t)got);
    in->bytes += (uint64_t)got;
  }
}

weir_status weir_input_scan(weir_ctx *ctx, const char *role, const char *path, weir_input *in)
{
  weir_input w = {.role = role, .path = path};
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe without a writer must not hang us */
  WEIR_REQUIRE(fd >= 0, ctx, WEIR_EIO, "%s: cannot be opened: %s", path, strerror(errno));
  const weir_status s = scan(ctx, fd, &w);
  (void)close(fd);
  if (s == WEIR_OK) *in = w;
  return s;
}
