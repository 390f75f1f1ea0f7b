/* A verdict with every kind of check, for the tests of reports. */
#ifndef WEIR_TESTS_REPORT_FIXTURE_H
#define WEIR_TESTS_REPORT_FIXTURE_H

#include "../support/check.h"
#include <weir/report.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIXTURE_STEPS = 9, FIXTURE_ROOM = 400 };

typedef struct fixture {
  weir_verdict v;
  weir_check check[FIXTURE_ROOM];
} fixture;

static inline weir_check *fixture_add(fixture *f, const char *check, const char *statistic, int step, weir_outcome o,
                                      double value, const char *text)
{
  assert_true(f->v.n < FIXTURE_ROOM);
  f->v.check = f->check;
  weir_check *c = &f->check[f->v.n++];
  const double none = (double)NAN;
  *c = (weir_check){.step = step,
                    .time = step < 0 ? none : 0.05 * step,
                    .outcome = o,
                    .value = value,
                    .noise = none,
                    .noise95 = none,
                    .tolerance = 0.05,
                    .lower = none,
                    .upper = none,
                    .p = none,
                    .level = none,
                    .n_needed = none,
                    .observed = none,
                    .expected = none,
                    .sd = none,
                    .particle = -1};
  (void)snprintf(c->check, sizeof c->check, "%s", check);
  (void)snprintf(c->statistic, sizeof c->statistic, "%s", statistic);
  (void)snprintf(c->text, sizeof c->text, "%s", text);
  return c;
}

/* 9 steps; density/rms fails at steps 1-8, counts/scan at 2-4 and 6-8, velocities are missing. Freed with free(). */
static inline fixture *fixture_failed(void)
{
  fixture *f = calloc(1, sizeof *f);
  assert_non_null(f);
  f->v = (weir_verdict){.outcome = WEIR_FAILED,
                        .dim = 2,
                        .steps = FIXTURE_STEPS,
                        .particles = 4000,
                        .alpha = 0.01,
                        .eps = 0.05,
                        .seed = UINT64_C(18446744073709551615)};
  (void)snprintf(f->v.reference, sizeof f->v.reference, "jko");
  for (int s = 0; s < FIXTURE_STEPS; s++) {
    (void)fixture_add(f, "integrity", "finite", s, WEIR_CERTIFIED, 0, "all numbers are finite");
    weir_check *c = fixture_add(f, "counts", "mean", s, WEIR_PASS, 0.02, "the mean is where it should be");
    c->n_needed = 51234;
    const bool bad = s > 1 && s != 5;
    c = fixture_add(f, "counts", "scan", s, bad ? WEIR_FAILED : WEIR_PASS, bad ? 0.08 + 0.01 * s : 0.01,
                    "the worst block holds far more particles than it should");
    c->has_place = true;
    c->place_lo[0] = 0.31, c->place_hi[0] = 0.94, c->place_lo[1] = -0.62, c->place_hi[1] = 0;
    c->observed = 212, c->expected = 148, c->sd = 12, c->noise = 0.012, c->noise95 = 0.02, c->p = 2e-4, c->level = 5e-4;
    c = fixture_add(f, "density", "rms", s, s > 0 ? WEIR_FAILED : WEIR_PASS, 0.2 * s,
                    "carried log-densities are off: the sign of the log-determinant would explain it");
    c->has_place = true, c->particle = 1234, c->lower = 0.19 * s, c->upper = 0.21 * s;
    c->place_lo[0] = c->place_hi[0] = 0.5, c->place_lo[1] = c->place_hi[1] = -0.4;
    (void)fixture_add(f, "density", "mean", s, WEIR_REPORTED, 0.01, "for the reader");
    (void)fixture_add(f, "velocity", "rms", s, WEIR_NOT_TESTED, (double)NAN, "no velocities in the file");
  }
  return f;
}

static const char *const fixture_argv[] = {"weir", "verify", "cloud.npz", "--case", "ou2d"};

static inline weir_report fixture_report(const fixture *f)
{
  return (weir_report){
      .command = "verify", .subject = "ou2d", .argc = 5, .argv = fixture_argv, .verdict = &f->v, .exit_code = 1};
}

static inline weir_text *fixture_text(weir_ctx *ctx)
{
  weir_text *t = NULL;
  check_ok(ctx, weir_text_create(ctx, &t));
  return t;
}

static inline void expect(const char *text, const char *part)
{
  if (strstr(text, part) == NULL) fail_msg("\"%s\" is not in:\n%s", part, text);
}

static inline void expect_not(const char *text, const char *part)
{
  if (strstr(text, part) != NULL) fail_msg("\"%s\" is in:\n%s", part, text);
}

/* Longest line in code points. */
static inline int widest(const char *s)
{
  int at = 0, most = 0;
  for (; *s; s++) {
    at = *s == '\n' ? 0 : at + (((unsigned char)*s & 0xc0) != 0x80);
    if (at > most) most = at;
  }
  return most;
}

#endif
