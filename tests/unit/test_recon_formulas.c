/* weno7-z and ppm against the formulas of their heads, computed here another way: polynomials by elimination on their averages in long
 * double, integrals by Gauss points, weights by solving for them. Random widths (1:3), random data, both directions. */
#include "../support/check.h"
#include <weir/rng.h>
#include <weir/scheme.h>
#include <math.h>
#include <string.h>

enum { MOST = 8, ROUNDS = 200 };

static int setup(void **state)
{
  weir_ctx *ctx = NULL;
  if (weir_ctx_create(&ctx) != WEIR_OK || weir_fv_register(ctx) != WEIR_OK) return 1;
  *state = ctx;
  return 0;
}

/* Face value between cells 3 and 4 (cell 4 is the one on the + side) of 8 cells. */
static double face_of(const weir_recon *s, const double h[MOST], const double q[MOST], double u)
{
  double w[WEIR_RECON_MAXCOEF], face;
  weir_stencil st = {.inc = 0};
  if (s->ncoef > 0) s->coef(h + 4, w);
  for (int k = 0; k < s->ncoef; k++) st.w[k] = &w[k];
  s->row(1, 1, q + 4, &u, &st, &face);
  return face;
}

/* Solve A x = b, n <= MOST, by elimination with the largest pivot. */
static void solve(int n, long double A[MOST][MOST], long double *b)
{
  for (int c = 0; c < n; c++) {
    int p = c;
    for (int r = c + 1; r < n; r++)
      if (fabsl(A[r][c]) > fabsl(A[p][c])) p = r;
    for (int k = 0; k < n; k++) {
      const long double t = A[c][k];
      A[c][k] = A[p][k], A[p][k] = t;
    }
    const long double t = b[c];
    b[c] = b[p], b[p] = t;
    for (int r = 0; r < n; r++) {
      const long double f = r == c ? 0 : A[r][c] / A[c][c];
      for (int k = c; k < n; k++) A[r][k] -= f * A[c][k];
      b[r] -= f * b[c];
    }
  }
  for (int c = 0; c < n; c++) b[c] /= A[c][c];
}

/* Coefficients a[k] of x^k of the polynomial with the n averages q between nodes X[0..n]. */
static void polynomial(int n, const long double *X, const long double *q, long double *a)
{
  long double A[MOST][MOST];
  for (int r = 0; r < n; r++) {
    for (int k = 0; k < n; k++) A[r][k] = (powl(X[r + 1], k + 1) - powl(X[r], k + 1)) / ((k + 1) * (X[r + 1] - X[r]));
    a[r] = q[r];
  }
  solve(n, A, a);
}

static long double value(int n, const long double *a, long double x, int derivative)
{
  long double sum = 0;
  for (int k = n - 1; k >= derivative; k--) {
    long double c = a[k];
    for (int d = 0; d < derivative; d++) c *= k - d;
    sum = sum * x + c;
  }
  return sum;
}

/* sum_l int_0^1 (p^(l))^2, x in widths of the cell 0..1: 4 Gauss points are exact to degree 7. */
static long double smoothness(int n, const long double *a)
{
  double node[4], weight[4];
  long double sum = 0;
  weir_gauss(4, node, weight);
  for (int l = 1; l < n; l++)
    for (int g = 0; g < 4; g++) {
      const long double v = value(n, a, 0.5L * (1 + node[g]), l);
      sum += 0.5L * weight[g] * v * v;
    }
  return sum;
}

/* Cells in flow order around the cell that the flow leaves, in its widths, 0..1; `cells` of them, `before` upwind of it. */
static void in_flow_order(const double h[MOST], const double q[MOST], double u, int cells, int before, long double *X,
                          long double *y)
{
  const int own = u > 0 ? 3 : 4, way = u > 0 ? 1 : -1;
  X[before] = 0;
  for (int k = 0; k < cells; k++) y[k] = q[own + way * (k - before)];
  for (int k = before; k < cells; k++) X[k + 1] = X[k] + (long double)h[own + way * (k - before)] / h[own];
  for (int k = before; k > 0; k--) X[k - 1] = X[k] - (long double)h[own + way * (k - 1 - before)] / h[own];
}

static long double weno7(const double h[MOST], const double q[MOST], double u)
{
  long double X[MOST], y[MOST], a[MOST], b[4], v[4], d[MOST] = {0}, A[MOST][MOST], sum = 0, all = 0;
  in_flow_order(h, q, u, 7, 3, X, y);
  for (int k = 0; k < 4; k++) {
    polynomial(4, X + k, y + k, a);
    b[k] = smoothness(4, a), v[k] = value(4, a, 1, 0);
  }
  /* d: the cubics' values of x^k add up to 1 for the averages of x^k, k = 0..6; four of these determine them */
  for (int k = 3; k < 7; k++) {
    long double m[MOST];
    for (int c = 0; c < 7; c++) m[c] = (powl(X[c + 1], k + 1) - powl(X[c], k + 1)) / ((k + 1) * (X[c + 1] - X[c]));
    for (int j = 0; j < 4; j++) polynomial(4, X + j, m + j, a), A[k - 3][j] = value(4, a, 1, 0);
    d[k - 3] = 1;
  }
  solve(4, A, d);
  const long double tau = b[0] + 3 * b[1] - 3 * b[2] - b[3];
  for (int k = 0; k < 4; k++) {
    const long double w = d[k] * (1 + tau * tau / (b[k] * b[k]));
    sum += w * v[k], all += w;
  }
  return sum / all;
}

static long double between(long double x, long double bound)
{
  return bound > 0 ? fminl(fmaxl(x, 0), bound) : fmaxl(fminl(x, 0), bound);
}

static long double ppm(const double h[MOST], const double q[MOST], double u)
{
  long double X[MOST], y[MOST], a[MOST], p[3], least;
  in_flow_order(h, q, u, 5, 2, X, y);
  polynomial(4, X + 1, y + 1, a);
  const long double R = value(4, a, 1, 0) - y[2];
  polynomial(4, X, y, a);
  const long double L = y[2] - value(4, a, 0, 0), sign = y[3] > y[2] ? 1 : -1;
  const long double rises[] = {y[2] - y[1], y[3] - y[2], y[2] - y[0], y[4] - y[2], R, L};
  bool monotone = true;
  for (int k = 0; k < 6; k++) monotone = monotone && sign * rises[k] > 0;
  if (monotone) return y[2] + between(between(R, y[3] - y[2]), 2 * between(L, y[2] - y[1]));
  const long double c = 3 * (R - L);
  least = fabsl(c);
  for (int k = 0; k < 3; k++) {
    polynomial(3, X + k, y + k, a);
    p[k] = 1.25L * a[2];
    least = p[k] * c > 0 ? fminl(least, fabsl(p[k])) : 0;
  }
  return y[2] + R * least / fabsl(c);
}

/* Rough, and smooth with an extremum somewhere. */
static void random_cells(weir_rng *r, int round, double h[MOST], double q[MOST])
{
  double x = 0;
  const double at = 4 * weir_rng_uniform(r), turn = 1 + weir_rng_uniform(r);
  for (int k = 0; k < MOST; k++) {
    h[k] = 0.5 + weir_rng_uniform(r);
    q[k] = round % 2 ? weir_rng_uniform(r) : 2 + cos(turn * (x + 0.5 * h[k] - at));
    x += h[k];
  }
}

static void compare(weir_ctx *ctx, const char *name, long double (*other)(const double *, const double *, double))
{
  const weir_recon *s = weir_lookup(ctx, WEIR_KIND_RECON, name);
  weir_rng r;
  double h[MOST], q[MOST], worst = 0;
  weir_rng_seed(&r, 3, 1);
  for (int round = 0; round < ROUNDS; round++)
    for (int way = -1; way <= 1; way += 2) {
      random_cells(&r, round, h, q);
      worst = fmax(worst, fabs(face_of(s, h, q, way) - (double)other(h, q, way)));
    }
  check_le(worst, 2e-12); /* measured 3.4e-14 and 4.4e-16 */
}

static void weno7_is_its_formula_on_any_widths(void **state)
{
  compare(*state, "weno7-z", weno7);
}

static void ppm_is_its_formula_on_any_widths(void **state)
{
  compare(*state, "ppm", ppm);
}

/* The nonlinear weights of weno7-z keep degree 3 exactly, and its linear ones degree 6: by data so nearly linear that tau vanishes. */
static void polynomials_are_reproduced(void **state)
{
  static const struct {
    const char *name;
    int degree;
    double small;
  } known[] = {{"weno7-z", 3, 1}, {"weno7-z", 6, 1e-7}, {"ppm", 3, 1e-3}};
  weir_rng r;
  weir_rng_seed(&r, 3, 2);
  for (size_t k = 0; k < sizeof known / sizeof *known; k++)
    for (int round = 0; round < ROUNDS; round++) {
      const weir_recon *s = weir_lookup(*state, WEIR_KIND_RECON, known[k].name);
      long double a[MOST], x[MOST + 1] = {0};
      double h[MOST], q[MOST];
      random_cells(&r, round, h, q);
      for (int d = 0; d <= known[k].degree; d++) a[d] = d < 2 ? d : known[k].small * weir_rng_uniform(&r);
      x[0] = -4;
      for (int c = 0; c < MOST; c++) {
        x[c + 1] = x[c] + h[c], q[c] = 0;
        long double sum = 0;
        for (int d = 0; d <= known[k].degree; d++)
          sum += a[d] * (powl(x[c + 1], d + 1) - powl(x[c], d + 1)) / ((d + 1) * (x[c + 1] - x[c]));
        q[c] = (double)sum;
      }
      const double want = (double)value(known[k].degree + 1, a, x[4], 0);
      for (int way = -1; way <= 1; way += 2)
        check_close(face_of(s, h, q, way), want, known[k].degree == 6 ? 1e-10 : 1e-12);
    }
}

/* One jump anywhere in the stencil, heights 1 and 1e6: weno7-z stays within 1e-4 of the jump, ppm within rounding. */
static void a_jump_is_not_overshot(void **state)
{
  static const char *const name[] = {"weno7-z", "ppm"};
  static const double most[] = {2e-4, 1e-15};
  weir_rng r;
  double h[MOST], q[MOST];
  weir_rng_seed(&r, 3, 3);
  for (int s = 0; s < 2; s++)
    for (int round = 0; round < ROUNDS; round++)
      for (int jump = 0; jump <= MOST; jump++) {
        const weir_recon *scheme = weir_lookup(*state, WEIR_KIND_RECON, name[s]);
        random_cells(&r, round, h, q);
        for (int k = 0; k < MOST; k++) h[k] = round % 2 ? 1 : h[k], q[k] = k < jump ? 0 : 1;
        const double face = face_of(scheme, h, q, round % 4 < 2 ? 1 : -1);
        check_ge(face, -most[s]), check_le(face, 1 + most[s]);
      }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(weno7_is_its_formula_on_any_widths),
      T(ppm_is_its_formula_on_any_widths),
      T(polynomials_are_reproduced),
      T(a_jump_is_not_overshot),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
