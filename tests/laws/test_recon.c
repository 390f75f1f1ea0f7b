/* Laws that every reconstruction in the registry obeys, checked on the row kernel itself.
 *
 *   A law returns NULL or a sentence with the first offence, so that the last test can show that a broken scheme is caught. */
#include "../support/flow.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 61, G = WEIR_RECON_MAXGHOST, LEN = N + 2 * G, SLOT = N + 1 };

/* Widths, data and velocities of one row; cell i at [G + i], face i (left of cell i) at [i], faces 0..N. */
typedef struct line {
  double h[LEN], q[LEN], u[SLOT];
} line;

static char offence[300];
static const char *report(const weir_recon *s, const char *law, ptrdiff_t i, double got, double want)
{
  snprintf(offence, sizeof offence, "%s: %s fails at face or cell %td: %.17g against %.17g", s->name, law, i, got,
           want);
  return offence;
}

static void coefficients(const weir_recon *s, const line *l, double (*w)[SLOT])
{
  double c[WEIR_RECON_MAXCOEF];
  for (ptrdiff_t i = 0; i <= N && s->ncoef > 0; i++) {
    s->coef(l->h + G + i, c);
    for (int k = 0; k < s->ncoef; k++) w[k][i] = c[k];
  }
}

/* Faces [first, first+n) of the line by one call of the kernel. */
static void faces_of(const weir_recon *s, const line *l, ptrdiff_t first, ptrdiff_t n, ptrdiff_t inc, double *face)
{
  static double w[WEIR_RECON_MAXCOEF][SLOT];
  weir_stencil st = {.inc = inc};
  coefficients(s, l, w);
  for (int k = 0; k < s->ncoef; k++) st.w[k] = w[k] + first;
  s->row(n, 1, l->q + G + first, l->u + first, &st, face + first);
}

static void faces(const weir_recon *s, const line *l, double *face)
{
  faces_of(s, l, 0, N + 1, 1, face);
}

/* Rough positive data, rough widths (up to 1:5), velocities of both signs. */
static void random_line(uint64_t *seed, bool uniform, line *l)
{
  for (int i = 0; i < LEN; i++) l->h[i] = uniform ? 0.1 : 0.3 + 0.2 * noise(seed), l->q[i] = 1.1 + noise(seed);
  for (int i = 0; i <= N; i++) l->u[i] = noise(seed);
}

static const char *constants(const weir_recon *s)
{
  uint64_t seed = 11;
  line l;
  double f[SLOT];
  random_line(&seed, false, &l);
  for (int i = 0; i < LEN; i++) l.q[i] = 0.7;
  faces(s, &l, f);
  for (int i = 0; i <= N; i++) /* derived: a few roundings of a value below 1 */
    if (!(fabs(f[i] - 0.7) <= 4 * 0x1p-52)) return report(s, "keeping a constant", i, f[i], 0.7);
  return NULL;
}

static const char *odd(const weir_recon *s)
{
  uint64_t seed = 12;
  line l, m;
  double f[SLOT], g[SLOT];
  if (s->claims & WEIR_NONNEG_ONLY) return NULL;
  random_line(&seed, false, &l);
  m = l;
  for (int i = 0; i < LEN; i++) m.q[i] = -l.q[i];
  faces(s, &l, f), faces(s, &m, g);
  for (int i = 0; i <= N; i++)
    if (f[i] != -g[i]) return report(s, "q -> -q", i, -g[i], f[i]);
  return NULL;
}

static const char *mirrored(const weir_recon *s)
{
  uint64_t seed = 13;
  line l, m;
  double f[SLOT], g[SLOT];
  random_line(&seed, false, &l);
  for (int i = 0; i < LEN; i++) m.h[i] = l.h[LEN - 1 - i], m.q[i] = l.q[LEN - 1 - i];
  for (int i = 0; i <= N; i++) m.u[i] = -l.u[N - i];
  faces(s, &l, f), faces(s, &m, g);
  for (int i = 0; i <= N; i++)
    if (f[i] != g[N - i]) return report(s, "mirror image", i, g[N - i], f[i]);
  return NULL;
}

/* A face does not depend on where the row that holds it begins: vector bodies and remainders agree. */
static const char *shifted(const weir_recon *s)
{
  uint64_t seed = 14;
  line l;
  double f[SLOT], g[SLOT];
  random_line(&seed, false, &l);
  faces(s, &l, f);
  for (ptrdiff_t first = 1; first < 20; first++) {
    faces_of(s, &l, first, N + 1 - first, 1, g);
    for (ptrdiff_t i = first; i <= N; i++)
      if (f[i] != g[i]) return report(s, "shift", i, g[i], f[i]);
  }
  return NULL;
}

/* The same line laid across memory (distance s between its cells), many of them side by side. */
static const char *across(const weir_recon *s)
{
  enum { SIDE = 21 };
  static double q[LEN][SIDE], u[SLOT][SIDE], f[SIDE][SLOT], g[SIDE], w[WEIR_RECON_MAXCOEF][SLOT];
  uint64_t seed = 15;
  line l;
  random_line(&seed, false, &l);
  coefficients(s, &l, w);
  for (int r = 0; r < SIDE; r++) {
    for (int i = 0; i < LEN; i++) l.q[i] = q[i][r] = noise(&seed) + 1.1;
    for (int i = 0; i <= N; i++) l.u[i] = u[i][r] = noise(&seed);
    faces(s, &l, f[r]);
  }
  for (int i = 0; i <= N; i++) {
    weir_stencil st = {.inc = 0};
    for (int k = 0; k < s->ncoef; k++) st.w[k] = &w[k][i];
    s->row(SIDE, SIDE, q[G + i], u[i], &st, g);
    for (int r = 0; r < SIDE; r++)
      if (g[r] != f[r][i]) return report(s, "x <-> y", i, g[r], f[r][i]);
  }
  return NULL;
}

static const char *uniform_agrees(const weir_recon *s)
{
  uint64_t seed = 16;
  line l;
  double f[SLOT], g[SLOT];
  random_line(&seed, true, &l);
  faces_of(s, &l, 0, N + 1, 1, f), faces_of(s, &l, 0, N + 1, 0, g);
  for (int i = 0; i <= N; i++)
    if (f[i] != g[i]) return report(s, "stretched formula on equal widths", i, f[i], g[i]);
  return NULL;
}

static const char *linear(const weir_recon *s)
{
  uint64_t seed = 17;
  line l;
  double f[SLOT], x = 0;
  if (s->order < 2) return NULL;
  random_line(&seed, false, &l);
  double node[LEN + 1];
  for (int i = 0; i < LEN; i++) node[i] = x, l.q[i] = 3 + 2 * (x + 0.5 * l.h[i]), x += l.h[i];
  faces(s, &l, f);
  for (int i = 0; i <= N; i++) { /* derived: ~10 roundings of values below 60 */
    const double want = 3 + 2 * node[G + i];
    if (!(fabs(f[i] - want) <= 20 * 60 * 0x1p-53)) return report(s, "linear data", i, f[i], want);
  }
  return NULL;
}

/* Largest error of the face values of q = exp(x), with n cells in [0,1] placed by a smooth map; both flow directions. */
static double smooth_error(const weir_recon *s, int n, double grade)
{
  const int len = n + 2 * G;
  double *x = calloc((size_t)len + 1, sizeof *x), *h = calloc((size_t)len, sizeof *h),
         *q = calloc((size_t)len, sizeof *q);
  double worst = 0, w[WEIR_RECON_MAXCOEF];
  for (int i = 0; i <= len; i++) {
    const double t = (double)(i - G) / n;
    x[i] = t + grade / (2 * WEIR_PI) * sin(2 * WEIR_PI * t);
  }
  for (int i = 0; i < len; i++) h[i] = x[i + 1] - x[i], q[i] = exp(x[i]) * expm1(h[i]) / h[i];
  for (int i = G; i <= n + G; i++)
    for (int way = -1; way <= 1; way += 2) {
      const double u = way;
      double face = 0;
      weir_stencil st = {.inc = 0};
      if (s->ncoef > 0) s->coef(h + i, w);
      for (int k = 0; k < s->ncoef; k++) st.w[k] = &w[k];
      s->row(1, 1, q + i, &u, &st, &face);
      worst = fmax(worst, fabs(face - exp(x[i])));
    }
  free(x), free(h), free(q);
  return worst;
}

static const char *order(const weir_recon *s)
{
  for (int stretched = 0; stretched < 2; stretched++) {
    const double grade = stretched ? 0.4 : 0.0;
    for (int n = 80; n <= 160; n *= 2) {
      const double p = log2(smooth_error(s, n, grade) / smooth_error(s, 2 * n, grade));
      if (!(p >= s->order - 0.05)) return report(s, "order of face values on exp(x)", n, p, s->order);
    }
  }
  return NULL;
}

static const char *superposition(const weir_recon *s)
{
  uint64_t seed = 18;
  line a, b;
  double f[SLOT], g[SLOT], both[SLOT];
  if (!(s->claims & WEIR_LINEAR)) return NULL;
  random_line(&seed, false, &a);
  b = a;
  for (int i = 0; i < LEN; i++) b.q[i] = noise(&seed);
  faces(s, &a, f), faces(s, &b, g);
  for (int i = 0; i < LEN; i++) a.q[i] += 2 * b.q[i];
  faces(s, &a, both);
  for (int i = 0; i <= N; i++) /* derived: roundings of values below 10 */
    if (!(fabs(both[i] - f[i] - 2 * g[i]) <= 100 * 0x1p-52))
      return report(s, "superposition", i, both[i], f[i] + 2 * g[i]);
  return NULL;
}

/* Face values of bounded schemes lie between the averages of the two cells, but for one rounding of C + m. */
static const char *between(const weir_recon *s)
{
  uint64_t seed = 19;
  line l;
  double f[SLOT];
  if (!(s->claims & WEIR_TVD)) return NULL;
  for (int round = 0; round < 50; round++) {
    random_line(&seed, false, &l);
    for (int i = 0; i < LEN; i++)
      if (noise(&seed) > 0.3) l.q[i] = noise(&seed) > 0 ? 0.0 : exp(300 * noise(&seed));
    faces(s, &l, f);
    for (int i = 0; i <= N; i++) {
      const double lo = fmin(l.q[G + i - 1], l.q[G + i]), hi = fmax(l.q[G + i - 1], l.q[G + i]);
      if (!(f[i] >= lo - hi * 0x1p-53 && f[i] >= 0)) return report(s, "face above the lower average", i, f[i], lo);
      if (!(f[i] <= hi * (1 + 0x1p-52))) return report(s, "face below the higher average", i, f[i], hi);
    }
  }
  return NULL;
}

/* One forward Euler step of u q_x on a periodic uniform line, u constant, at the largest CFL number. */
static void euler(const weir_recon *s, const line *l, double cfl, double *out)
{
  double f[SLOT];
  faces_of(s, l, 0, N + 1, 0, f);
  for (int i = 0; i < N; i++) out[i] = l->q[G + i] - cfl * (l->u[i + 1] * f[i + 1] - l->u[i] * f[i]);
}

static void wrap(line *l)
{
  for (int i = 0; i < G; i++) l->q[i] = l->q[N + i], l->q[G + N + i] = l->q[G + i];
}

static double variation(const double *q)
{
  double tv = 0;
  for (int i = 0; i < N; i++) tv += fabs(q[(i + 1) % N] - q[i]);
  return tv;
}

static const char *tvd(const weir_recon *s)
{
  uint64_t seed = 20;
  line l;
  double out[N];
  if (!(s->claims & WEIR_TVD)) return NULL;
  for (int round = 0; round < 200; round++) {
    random_line(&seed, true, &l);
    for (int i = 0; i <= N; i++) l.u[i] = round % 2 ? 1 : -1;
    for (int k = 0; k < 4; k++) {
      wrap(&l);
      const double before = variation(l.q + G);
      euler(s, &l, s->cfl, out);
      if (!(variation(out) <= before * (1 + 1e-14))) /* derived: N roundings */
        return report(s, "total variation", round, variation(out), before);
      memcpy(l.q + G, out, sizeof out);
    }
  }
  return NULL;
}

typedef const char *law(const weir_recon *s);
static law *const laws[] = {constants, odd,   mirrored,      shifted, across, uniform_agrees,
                            linear,    order, superposition, between, tvd};
enum { LAWS = sizeof laws / sizeof laws[0] };

static void every_reconstruction_obeys_every_law(void **state)
{
  const weir_recon *s = NULL;
  for (int k = 0; (s = weir_item(*state, WEIR_KIND_RECON, k)) != NULL; k++)
    for (int j = 0; j < LAWS; j++) {
      const char *wrong = laws[j](s);
      if (wrong != NULL) fail_msg("%s", wrong);
    }
  assert_true(weir_lookup(*state, WEIR_KIND_RECON, "donor") != NULL);
  assert_true(weir_lookup(*state, WEIR_KIND_RECON, "muscl-vanleer") != NULL);
  assert_true(weir_lookup(*state, WEIR_KIND_RECON, "muscl-mc") != NULL);
}

/* ------------------------------------------------------------------ laws through the solver: any dimension, any mesh */
/* Vacuum, jumps and 1e-200, the largest cfl, forward Euler and every stepper: never below 0, not by one bit. */
static void positive(weir_ctx *ctx, const weir_recon *s, const char *stepper, int dim, weir_grading grading)
{
  flow_shear_user v[WEIR_MAXDIM];
  const weir_stepper *st = weir_lookup(ctx, WEIR_KIND_STEPPER, stepper);
  flow f = {.dim = dim,
            .n = {dim == 1 ? 80 : 24, 20, 18},
            .grading = grading,
            .grade = 2,
            .rho = flow_blocks,
            .rho_user = &dim};
  f.o = (weir_run_options){.scheme = s->name, .stepper = stepper, .cfl = s->cfl * st->ssp, .threads = 1};
  for (int a = 0; a < dim; a++) {
    v[a] = (flow_shear_user){a, dim};
    f.p.velocity.component[a] = flow_shear, f.p.velocity.user[a] = &v[a], f.p.velocity.steady[a] = true;
    f.side[a][0] = a == 1 ? WEIR_OUTFLOW : WEIR_NOFLUX, f.side[a][1] = a == 0 ? WEIR_INFLOW : WEIR_NOFLUX;
  }
  flow_start(ctx, &f);
  check_ok(ctx, weir_run_advance(ctx, f.run, 0.6));
  weir_run_stats stats;
  weir_run_stats_get(f.run, &stats);
  if (!(stats.min_rho >= 0)) fail_msg("%s, %s, %dD: density %g", s->name, stepper, dim, stats.min_rho);
  flow_end(&f);
}

static void positive_schemes_stay_positive_to_the_last_bit(void **state)
{
  const weir_recon *s = NULL;
  for (int k = 0; (s = weir_item(*state, WEIR_KIND_RECON, k)) != NULL; k++) {
    if (!(s->claims & WEIR_POSITIVE)) continue;
    const weir_stepper *st = NULL;
    for (int j = 0; (st = weir_item(*state, WEIR_KIND_STEPPER, j)) != NULL; j++)
      for (int dim = 1; dim <= 3; dim++) {
        positive(*state, s, st->name, dim, WEIR_UNIFORM);
        positive(*state, s, st->name, dim, WEIR_TANH);
      }
  }
}

static void plain(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = *(double *)user;
}

/* 0, 0, 1, 4, 16: MUSCL takes twice its average out of the cell with 1, so at CFL number 1/2 all of it. A fixed step of exactly that
 * number, for many widths and speeds: 1 - 1 must not come out as -1e-16. */
static void emptying_a_cell_leaves_nothing_or_more(void **state)
{
  static const char *const name[] = {"muscl-vanleer", "muscl-mc", "muscl-superbee", "koren"};
  for (int k = 0; k < 4; k++)
    for (int n = 10; n < 60; n += 3)
      for (double speed = -2.9; speed < 3; speed += 0.37) {
        double v = speed;
        flow f = {.dim = 1, .n = {n}};
        f.o = (weir_run_options){
            .scheme = name[k], .stepper = "euler", .cfl = 0.5, .dt = 0.5 / n / fabs(speed), .threads = 1};
        f.p.velocity = (weir_velocity){.component = {plain}, .user = {&v}, .steady = {true}};
        f.side[0][0] = f.side[0][1] = WEIR_OUTFLOW;
        flow_mesh(*state, &f);
        for (int i = 2; i < n; i++) f.rho0[f.mesh->origin + (speed > 0 ? i : n - 1 - i)] = ldexp(1, 2 * (i - 2));
        flow_start(*state, &f);
        check_ok(*state, weir_run_advance(*state, f.run, 3 * f.o.dt));
        weir_run_stats stats;
        weir_run_stats_get(f.run, &stats);
        if (!(stats.min_rho >= 0)) fail_msg("%s, %d cells, speed %g: density %g", name[k], n, speed, stats.min_rho);
        flow_end(&f);
      }
}

/* ------------------------------------------------------------------ mutants */
/* A limiter that was published so: max(a,0) where |a| is meant. */
static void wrong_abs(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                      const weir_stencil *st, double *restrict face)
{
  (void)st;
  for (ptrdiff_t i = 0; i < n; i++) {
    const bool r = u[i] > 0;
    const double B = r ? q[i - 2 * s] : q[i + s], C = r ? q[i - s] : q[i], D = r ? q[i] : q[i - s], a = C - B,
                 b = D - C;
    const double pa = a < 0 ? 0 : a, pb = b < 0 ? 0 : b;
    face[i] = C + (pa + pb > 0 ? 0.5 * (a * pb + pa * b) / (pa + pb) : 0);
  }
}

static void wrong_cell(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                       const weir_stencil *st, double *restrict face)
{
  (void)st;
  for (ptrdiff_t i = 0; i < n; i++) face[i] = u[i] > 0 ? q[i - 2 * s] : q[i]; /* one face off, in one direction */
}

static void unlimited(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                      const weir_stencil *st, double *restrict face)
{
  (void)u, (void)st;
  for (ptrdiff_t i = 0; i < n; i++) face[i] = 0.5 * (q[i - s] + q[i]);
}

static int caught(const weir_recon *s)
{
  int n = 0;
  for (int j = 0; j < LAWS; j++) n += laws[j](s) != NULL;
  return n;
}

static void broken_reconstructions_are_caught(void **state)
{
  (void)state;
  const weir_recon a = {.name = "wrong-abs", .order = 2, .ghost = 2, .cfl = 0.5, .claims = WEIR_TVD, .row = wrong_abs};
  const weir_recon b = {.name = "wrong-cell", .order = 1, .ghost = 2, .cfl = 1, .claims = WEIR_TVD, .row = wrong_cell};
  const weir_recon c = {.name = "unlimited", .order = 2, .ghost = 2, .cfl = 0.5, .claims = WEIR_TVD, .row = unlimited};
  assert_non_null(odd(&a));
  assert_non_null(mirrored(&b));
  assert_non_null(tvd(&c));
  check_ge(caught(&a), 2);
  check_ge(caught(&b), 2);
  check_ge(caught(&c), 2);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(every_reconstruction_obeys_every_law, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(positive_schemes_stay_positive_to_the_last_bit, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(emptying_a_cell_leaves_nothing_or_more, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(broken_reconstructions_are_caught, flow_setup, ctx_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
