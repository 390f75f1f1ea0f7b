/* check.h - cmocka with assertions fit for numerics.
 *
 * cmocka 1.1.5's assert_float_equal casts to float: 1.0 "equals" 1.0 + 1e-9. check_close compares doubles, lets NaN
 * fail, and prints both numbers. Say in the test whether a tolerance is derived or measured with margin. */
#ifndef WEIR_TESTS_CHECK_H
#define WEIR_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <weir/base.h>

/* |got - want| <= tol; NaN fails. */
#define check_close(got, want, tol) check_close_((got), (want), (tol), #got, __FILE__, __LINE__)
/* |got - want| <= tol * |want| */
#define check_rel(got, want, tol) check_rel_((got), (want), (tol), #got, __FILE__, __LINE__)
/* got <= bound, got >= bound; NaN fails. */
#define check_le(got, bound) check_le_((got), (bound), #got, __FILE__, __LINE__)
#define check_ge(got, bound) check_ge_((got), (bound), #got, __FILE__, __LINE__)
/* The call succeeds; its message is printed if not. */
#define check_ok(ctx, call) check_status_((ctx), (call), WEIR_OK, NULL, #call, __FILE__, __LINE__)
/* The call fails with that code and its message contains `part`. */
#define check_fails(ctx, call, code, part) check_status_((ctx), (call), (code), (part), #call, __FILE__, __LINE__)

void check_close_(double got, double want, double tol, const char *what, const char *file, int line);
void check_rel_(double got, double want, double tol, const char *what, const char *file, int line);
void check_le_(double got, double bound, const char *what, const char *file, int line);
void check_ge_(double got, double bound, const char *what, const char *file, int line);
void check_status_(const weir_ctx *ctx, weir_status s, weir_status want, const char *part, const char *what,
                   const char *file, int line);
/* A context, destroyed by ctx_teardown; use as cmocka set-up: *state is the weir_ctx. */
int ctx_setup(void **state);
int ctx_teardown(void **state);
/* xorshift noise in (-1, 1) for test data; *seed must not be 0. */
double noise(uint64_t *seed);
/* A new directory below $BUILD/tmp (or /tmp), removed by nobody; path in buf. */
void test_dir(char *buf, size_t size);

#endif
