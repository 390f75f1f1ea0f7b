#define _GNU_SOURCE
#include "check.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void check_close_(double got, double want, double tol, const char *what, const char *file, int line)
{
  if (fabs(got - want) <= tol) return;
  print_error("%s:%d: %s = %.17g, expected %.17g within %.3g (off by %.3g)\n", file, line, what, got, want, tol,
              got - want);
  _fail(file, line);
}

void check_rel_(double got, double want, double tol, const char *what, const char *file, int line)
{
  check_close_(got, want, tol * fabs(want), what, file, line);
}

void check_le_(double got, double bound, const char *what, const char *file, int line)
{
  if (got <= bound) return;
  print_error("%s:%d: %s = %.17g, expected at most %.17g\n", file, line, what, got, bound);
  _fail(file, line);
}

void check_ge_(double got, double bound, const char *what, const char *file, int line)
{
  if (got >= bound) return;
  print_error("%s:%d: %s = %.17g, expected at least %.17g\n", file, line, what, got, bound);
  _fail(file, line);
}

void check_status_(const weir_ctx *ctx, weir_status s, weir_status want, const char *part, const char *what,
                   const char *file, int line)
{
  if (s != want) {
    print_error("%s:%d: %s\n  gave %s, expected %s: %s [%s]\n", file, line, what, weir_status_name(s),
                weir_status_name(want), weir_message(ctx), weir_where(ctx));
    _fail(file, line);
  }
  if (part != NULL && strstr(weir_message(ctx), part) == NULL) {
    print_error("%s:%d: %s\n  says \"%s\", expected to contain \"%s\"\n", file, line, what, weir_message(ctx), part);
    _fail(file, line);
  }
}

int ctx_setup(void **state)
{
  weir_ctx *ctx = NULL;
  if (weir_ctx_create(&ctx) != WEIR_OK) return -1;
  *state = ctx;
  return 0;
}

int ctx_teardown(void **state)
{
  weir_ctx *ctx = *state;
  weir_ctx_destroy(&ctx);
  return 0;
}

double noise(uint64_t *seed)
{
  uint64_t x = *seed;
  x ^= x << 13, x ^= x >> 7, x ^= x << 17;
  *seed = x;
  return ldexp((double)(x >> 11), -52) - 1.0;
}

void test_dir(char *buf, size_t size)
{
  const char *build = getenv("BUILD");
  snprintf(buf, size, "%s/tmp", build != NULL ? build : "/tmp");
  (void)mkdir(buf, 0777);
  snprintf(buf, size, "%s/tmp/t-XXXXXX", build != NULL ? build : "/tmp");
  if (mkdtemp(buf) == NULL) {
    print_error("mkdtemp %s failed\n", buf);
    _fail(__FILE__, __LINE__);
  }
}
