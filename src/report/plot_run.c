/* gnuplot as a child: no shell, nothing to read, a limit in time, and its children go with it. */
#define _GNU_SOURCE /* posix_spawn_file_actions_addchdir_np, environ */
#include "report/plot.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct child {
  pid_t pid;
  int err; /* its standard error, not blocking */
  char said[400];
  size_t nsaid;
  int status;
  bool known; /* status is: a caller that ignores SIGCHLD takes it from us */
} child;

static double now(void)
{
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Returns an errno. */
static int prepare(posix_spawn_file_actions_t *fa, posix_spawnattr_t *at, const char *dir, int err)
{
  int e = posix_spawn_file_actions_addopen(fa, 0, "/dev/null", O_RDONLY, 0);
  if (e == 0) e = posix_spawn_file_actions_addopen(fa, 1, "/dev/null", O_WRONLY, 0);
  if (e == 0) e = posix_spawn_file_actions_adddup2(fa, err, 2);
  if (e == 0) e = posix_spawn_file_actions_addchdir_np(fa, dir);
  if (e == 0) e = posix_spawnattr_setpgroup(at, 0);
  if (e == 0) e = posix_spawnattr_setflags(at, POSIX_SPAWN_SETPGROUP);
  return e;
}

/* Returns an errno; ENOENT: no such program. */
static int spawn(const char *program, const char *dir, const char *script, const char *part, child *c)
{
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) {
    const int failed = errno;
    (void)close(ends[0]);
    (void)close(ends[1]);
    return failed;
  }
  char set[128];
  (void)snprintf(set, sizeof set, "out='%s'", part);
  const char *argv[] = {program, "-d", "-e", set, script, NULL};
  posix_spawn_file_actions_t fa;
  posix_spawnattr_t at;
  int e = posix_spawn_file_actions_init(&fa);
  if (e == 0) {
    e = posix_spawnattr_init(&at);
    if (e == 0) {
      e = prepare(&fa, &at, dir, ends[1]);
      if (e == 0) e = posix_spawnp(&c->pid, program, &fa, &at, (char *const *)argv, environ);
      (void)posix_spawnattr_destroy(&at);
    }
    (void)posix_spawn_file_actions_destroy(&fa);
  }
  (void)close(ends[1]);
  c->err = ends[0];
  return e;
}

/* Take what it says, keep the beginning. */
static void listen_to(child *c)
{
  char block[512];
  ssize_t got = 0;
  while ((got = read(c->err, block, sizeof block)) > 0) {
    size_t keep = sizeof c->said - 1 - c->nsaid;
    if ((size_t)got < keep) keep = (size_t)got;
    memcpy(c->said + c->nsaid, block, keep);
    c->nsaid += keep;
  }
}

/* True when it ended before the deadline; otherwise it is killed. */
static bool wait_for(child *c, double timeout)
{
  const double end = now() + timeout;
  for (;;) {
    struct pollfd fd = {.fd = c->err, .events = POLLIN};
    (void)poll(&fd, 1, 10);
    listen_to(c);
    if ((fd.revents & POLLHUP) != 0) (void)poll(NULL, 0, 1); /* it is about to end: do not spin */
    const pid_t w = waitpid(c->pid, &c->status, WNOHANG);
    if (w == c->pid || (w < 0 && errno == ECHILD)) {
      c->known = w == c->pid;
      listen_to(c);
      return true;
    }
    if (now() > end) break;
  }
  (void)kill(-c->pid, SIGKILL);
  (void)waitpid(c->pid, &c->status, 0);
  return false;
}

/* The first line that is no warning and more than a position mark, else the first warning. */
static const char *first_words(child *c)
{
  const char *warning = NULL;
  char *save = NULL;
  c->said[c->nsaid] = '\0';
  for (char *l = strtok_r(c->said, "\n", &save); l != NULL; l = strtok_r(NULL, "\n", &save)) {
    if (l[strspn(l, " ^\t\"")] == '\0') continue;
    if (strstr(l, "arning") == NULL) return l;
    if (warning == NULL) warning = l;
  }
  return warning != NULL ? warning : "it said nothing";
}

static weir_status judge(weir_ctx *ctx, child *c, bool ended, double timeout, int dirfd, const char *image,
                         const char *part)
{
  WEIR_REQUIRE(ended, ctx, WEIR_EIO, "%s: gnuplot took more than %g s and was stopped", image, timeout);
  if (c->known && WIFSIGNALED(c->status))
    return WEIR_FAIL(ctx, WEIR_EIO, "%s: gnuplot died of signal %d", image, WTERMSIG(c->status));
  if (c->known && WEXITSTATUS(c->status) == 127) /* how a spawn through fork reports a missing program */
    return WEIR_FAIL(ctx, WEIR_ENOTFOUND, "%s: the plotting program cannot be run", image);
  if (c->known && WEXITSTATUS(c->status) != 0)
    return WEIR_FAIL(ctx, WEIR_EIO, "%s: gnuplot ended with exit code %d: %s", image, WEXITSTATUS(c->status),
                     first_words(c));
  struct stat st;
  WEIR_REQUIRE(fstatat(dirfd, part, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && st.st_size > 0, ctx,
               WEIR_EIO, "%s: gnuplot drew nothing: %s", image, first_words(c));
  WEIR_REQUIRE(renameat(dirfd, part, dirfd, image) == 0, ctx, WEIR_EIO, "%s: cannot be written: %s", image,
               strerror(errno));
  return WEIR_OK;
}

weir_status plot_run(weir_ctx *ctx, const weir_plot_options *opt, const char *script, const char *image,
                     const char *part)
{
  const char *dir = opt->dir == NULL || opt->dir[0] == '\0' ? "." : opt->dir;
  const char *program = opt->program == NULL ? "gnuplot" : opt->program;
  const double timeout = opt->timeout > 0 ? opt->timeout : 30;
  const int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  WEIR_REQUIRE(dirfd >= 0, ctx, WEIR_EIO, "%s: cannot be opened: %s", dir, strerror(errno));
  child c = {.err = -1};
  const int e = spawn(program, dir, script, part, &c);
  weir_status s = WEIR_OK;
  if (e == 0) {
    const bool ended = wait_for(&c, timeout);
    s = judge(ctx, &c, ended, timeout, dirfd, image, part);
    if (s != WEIR_OK) (void)unlinkat(dirfd, part, 0);
  } else if (e == ENOENT || e == EACCES) {
    s = WEIR_FAIL(ctx, WEIR_ENOTFOUND, "%s is not installed: %s/%s is ready to be drawn with it", program, dir, script);
  } else {
    s = WEIR_FAIL(ctx, WEIR_EIO, "%s cannot be run: %s", program, strerror(e));
  }
  if (c.err >= 0) (void)close(c.err);
  (void)close(dirfd);
  return s;
}
