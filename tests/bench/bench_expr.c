/* bench_expr - points per second of a 39-operation formula: register code against the same formula compiled.
 *
 * The text is the C source of the formula itself (#FORMULA), so both sides compute the same; the bits are compared.
 * One thread, arrays of 2^16 points (1.5 MiB), median of 5 after one run to warm up. Prints, never gates. */
#define _POSIX_C_SOURCE 200809L
#include <weir/expr.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { N = 1 << 16, RUNS = 5 };

/* 39 operations as written, of which 9 calls of libm (sqrt is an instruction). */
#define MIXED                                                                                                          \
  sin(2 * x + t) * cos(3 * y - t) * exp(-(x * x + y * y) / 2) + tanh((x - 0.5) / 0.1) * exp(-t) +                      \
      sqrt(1 + x * x * y * y) * (sin(4 * x) - cos(4 * y)) + log(2 + y) * atan2(y, x + 3)
/* 39 operations without libm: what the interpreter itself costs. */
#define CHEAP                                                                                                          \
  (1 + x * (0.5 + x * (0.25 + x * (0.125 + x * 0.0625)))) * (1 - y * (0.5 - y * (0.25 - y * (0.125 - y * 0.0625)))) +  \
      (x - y) * (x + y) * (x * y - t) / (2 + x * x + y * y) - (x * x * x - 3 * x * y * y + t * (x - y))
#define TEXT_(formula) #formula
#define TEXT(formula)  TEXT_(formula)

static double xs[N], ys[N], out[N], ref[N];

static void in_c(int which, double t)
{
  const double *restrict px = xs, *restrict py = ys;
  double *restrict d = ref;
  if (which == 0)
    for (ptrdiff_t i = 0; i < N; i++) {
      const double x = px[i], y = py[i];
      d[i] = MIXED;
    }
  else
    for (ptrdiff_t i = 0; i < N; i++) {
      const double x = px[i], y = py[i];
      d[i] = CHEAP;
    }
}

static double now(void)
{
  struct timespec ts;
  (void)clock_gettime(CLOCK_MONOTONIC, &ts);
  return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Operators and calls of the text as written: a '-' after '(' is a sign, an operation all the same. */
static int operations(const char *text)
{
  int n = 0;
  for (const char *p = text; *p != '\0'; p++) {
    n += strchr("+-*/", *p) != NULL;
    n += *p == '(' && p > text && p[-1] != ' ' && p[-1] != '(' && p[-1] != '-';
  }
  return n;
}

static double median(const weir_expr *e, int which, double t)
{
  const double *const var[4] = {xs, ys, NULL, &t};
  const ptrdiff_t inc[4] = {1, 1, 0, 0};
  double took[RUNS];
  for (int r = -1; r < RUNS; r++) {
    const double start = now();
    if (e != NULL)
      weir_expr_eval(e, N, var, inc, out);
    else
      in_c(which, t);
    if (r >= 0) took[r] = now() - start;
  }
  qsort(took, RUNS, sizeof took[0], ascending);
  return N / took[RUNS / 2] * 1e-6;
}

int main(void)
{
  static const char *const text[2] = {TEXT(MIXED), TEXT(CHEAP)}, *const name[2] = {"with libm", "arithmetic"};
  weir_ctx *ctx = NULL;
  weir_expr_env *env = NULL;
  weir_expr *e = NULL;
  int bad = weir_ctx_create(&ctx) != WEIR_OK || weir_expr_env_create(ctx, &env) != WEIR_OK ||
            weir_expr_env_variable(ctx, env, "x", 0) != WEIR_OK ||
            weir_expr_env_variable(ctx, env, "y", 1) != WEIR_OK || weir_expr_env_variable(ctx, env, "t", 3) != WEIR_OK;
  for (int i = 0; i < N; i++) xs[i] = 0.001 + i / (double)N, ys[i] = 1.0 - 0.7 * xs[i];
  for (int k = 0; k < 2 && !bad; k++) {
    bad = weir_expr_parse(ctx, text[k], NULL, env, &e) != WEIR_OK;
    if (bad) break;
    const double c = median(NULL, k, 0.3), w = median(e, k, 0.3);
    printf("expr %-10s %2d operations  %7.2f Mpoint/s, compiled C %7.2f Mpoint/s, ratio %.2f, bits %s\n", name[k],
           operations(text[k]), w, c, w / c, memcmp(out, ref, sizeof out) == 0 ? "equal" : "DIFFER");
    weir_expr_destroy(&e);
  }
  if (bad) fprintf(stderr, "bench_expr: %s\n", weir_message(ctx));
  weir_expr_env_destroy(&env);
  weir_ctx_destroy(&ctx);
  return bad;
}
