/* Velocities given at points and times: the interpolant, its face averages, and what is refused. */
#include "../support/flow.h"
#include "solve/velocity.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A field to be sampled: component a at (t, x). */
typedef double field_fn(int a, double t, const double x[3]);

typedef struct grid {
  weir_samples s;
  double *t, *x[3], *v;
} grid;

/* Samples at places lo + (hi - lo) f(i / intervals), f(s) = s + bend sin(2 pi s)/(2 pi); nt times in [t0, t1], bent likewise. */
static grid sample(field_fn *fn, int dim, ptrdiff_t nt, double t0, double t1, const ptrdiff_t n[3], double lo,
                   double hi, ptrdiff_t intervals, double bend)
{
  grid g = {.s = {.name = "v.npz", .dim = dim, .times = nt}};
  ptrdiff_t N[3] = {1, 1, 1}, count = nt * dim;
  g.t = malloc((size_t)nt * sizeof *g.t);
  for (ptrdiff_t k = 0; k < nt; k++) {
    const double s = nt > 1 ? (double)k / (double)(nt - 1) : 0;
    g.t[k] = t0 + (t1 - t0) * (s + bend * sin(2 * WEIR_PI * s) / (2 * WEIR_PI));
  }
  for (int a = 0; a < dim; a++) {
    N[a] = n[a], count *= n[a];
    g.x[a] = malloc((size_t)n[a] * sizeof *g.x[a]);
    for (ptrdiff_t i = 0; i < n[a]; i++) {
      const double s = (double)i / (double)(intervals > 0 ? intervals : n[a] - 1);
      g.x[a][i] = lo + (hi - lo) * (s + bend * sin(2 * WEIR_PI * s) / (2 * WEIR_PI));
    }
    g.s.n[a] = n[a], g.s.x[a] = g.x[a];
  }
  g.v = malloc((size_t)count * sizeof *g.v);
  double *out = g.v;
  for (ptrdiff_t k = 0; k < nt; k++)
    for (ptrdiff_t i = 0; i < N[0]; i++)
      for (ptrdiff_t j = 0; j < N[1]; j++)
        for (ptrdiff_t l = 0; l < N[2]; l++) {
          const double x[3] = {g.x[0][i], dim > 1 ? g.x[1][j] : 0, dim > 2 ? g.x[2][l] : 0};
          for (int a = 0; a < dim; a++) *out++ = fn(a, g.t[k], x);
        }
  g.s.t = g.t, g.s.v = g.v;
  return g;
}

static void grid_free(grid *g)
{
  for (int a = 0; a < 3; a++) free(g->x[a]);
  free(g->t), free(g->v);
}

typedef struct of_field {
  field_fn *fn;
  int a, dim;
} of_field;

static void as_points(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const of_field *f = user;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double p[3] = {x[0][i], f->dim > 1 ? x[1][i] : 0, f->dim > 2 ? x[2][i] : 0};
    out[i] = f->fn(f->a, t, p);
  }
}

static weir_mesh *box(weir_ctx *ctx, int dim, ptrdiff_t n, bool periodic, double lo, double hi)
{
  weir_mesh_spec spec = {.dim = dim, .ghost = 2};
  weir_mesh *m = NULL;
  for (int a = 0; a < dim; a++)
    spec.axis[a] =
        (weir_axis_spec){.n = n + a, .lo = lo, .hi = hi, .grading = WEIR_SINE, .grade = 0.3, .periodic = periodic};
  check_ok(ctx, weir_mesh_create(ctx, &spec, &m));
  return m;
}

/* Largest difference between the face averages from samples and from the field, over all axes, at time t. */
static double difference(weir_ctx *ctx, const weir_mesh *m, const weir_samples *s, field_fn *fn, double t)
{
  double worst = 0, *u = NULL, *want = NULL;
  const weir_velocity v = {.samples = s};
  check_ok(ctx, weir_velocity_check(ctx, m, &v, t));
  check_ok(ctx, weir_mesh_array(ctx, m, "faces", &u));
  check_ok(ctx, weir_mesh_array(ctx, m, "faces", &want));
  for (int a = 0; a < m->dim; a++) {
    of_field f = {fn, a, m->dim};
    check_ok(ctx, weir_velocity_faces(ctx, m, &v, a, t, u));
    check_ok(ctx, weir_face_average(ctx, m, a, 0, as_points, &f, t, 8, want));
    for (ptrdiff_t k = 0; k < m->axis[2].n + (a == 2); k++)
      for (ptrdiff_t j = 0; j < m->axis[1].n + (a == 1); j++)
        for (ptrdiff_t i = 0; i < m->axis[0].n + (a == 0); i++) {
          const ptrdiff_t at = weir_mesh_index(m, i, j, k);
          worst = fmax(worst, fabs(u[at] - want[at]));
        }
  }
  weir_free(u), weir_free(want);
  return worst;
}

/* Degree 7 in each coordinate and 5 in time, different for each component. */
static double polynomial(int a, double t, const double x[3])
{
  double p = 1 + t * (1 - t * t * t * t) + a;
  for (int c = 0; c < 3; c++) p *= 1 + (c == a ? -0.7 : 0.9) * pow(x[c], 7) - 0.4 * pow(x[c], 4 - c) + 0.2 * x[c];
  return p;
}

static void polynomials_of_degree_7_and_5_in_time_are_exact(void **state)
{
  for (int dim = 1; dim <= 3; dim++) {
    weir_mesh *m = box(*state, dim, 9, false, -1, 1);
    const ptrdiff_t n[3] = {13, 9, 8};
    grid g = sample(polynomial, dim, 7, 0, 1, n, -1, 1, 0, 0.2);
    for (int k = 0; k <= 4; k++) /* measured <= 3e-14 */
      check_le(difference(*state, m, &g.s, polynomial, k / 4.0), 1e-13);
    grid_free(&g);
    weir_mesh_destroy(&m);
  }
}

static double smooth(int a, double t, const double x[3])
{
  return cos(3 * t + a) * sin(2 * x[0] + 0.3 + a) * cos(1.5 * x[1] - 0.2) + exp(0.3 * x[2] - t);
}

static double smooth_error(weir_ctx *ctx, const weir_mesh *m, ptrdiff_t nt, ptrdiff_t nx, double t)
{
  const ptrdiff_t n[3] = {nx, nx, nx};
  grid g = sample(smooth, m->dim, nt, 0, 1, n, -1, 1, 0, 0.2);
  const double e = difference(ctx, m, &g.s, smooth, t);
  grid_free(&g);
  return e;
}

/* Measured: space 8.95 (largest at the ends, one-sided), time 6.68. */
static void the_order_is_8_in_space_and_6_in_time(void **state)
{
  weir_mesh *m = box(*state, 2, 20, false, -1, 1);
  const double space = log2(smooth_error(*state, m, 40, 13, 0.37) / smooth_error(*state, m, 40, 25, 0.37));
  const double time = log2(smooth_error(*state, m, 11, 50, 0.53) / smooth_error(*state, m, 21, 50, 0.53));
  check_ge(space, 7.7);
  check_ge(time, 5.7);
  weir_mesh_destroy(&m);
}

static double waves(int a, double t, const double x[3])
{
  (void)t;
  return sin(2 * WEIR_PI * x[a] + 0.4) * cos(2 * WEIR_PI * (x[0] + x[1])) + 0.3;
}

/* Samples that repeat the seam and samples that do not, from anywhere: the same field, centred stencils everywhere. */
static void a_periodic_axis_may_repeat_its_seam_and_start_anywhere(void **state)
{
  weir_mesh *m = box(*state, 2, 24, true, 0, 1);
  const ptrdiff_t with[3] = {33, 33, 1}, without[3] = {32, 32, 1}, fine[3] = {64, 64, 1};
  grid g = sample(waves, 2, 1, 0, 0, with, 0, 1, 32, 0), h = sample(waves, 2, 1, 0, 0, without, 0, 1, 32, 0),
       moved = sample(waves, 2, 1, 0, 0, without, -3.3, -2.3, 32, 0), f = sample(waves, 2, 1, 0, 0, fine, 0, 1, 64, 0);
  const double e = difference(*state, m, &g.s, waves, 0);
  check_le(e, 5e-7); /* measured 2.9e-7 */
  check_close(difference(*state, m, &h.s, waves, 0), e, 1e-15);
  check_le(difference(*state, m, &moved.s, waves, 0), 1.5 * e);
  check_ge(log2(e / difference(*state, m, &f.s, waves, 0)), 7.7); /* measured 7.97 */
  const weir_velocity v = {.samples = &moved.s};
  double *u = NULL;
  check_ok(*state, weir_mesh_array(*state, m, "faces", &u));
  check_ok(*state, weir_velocity_faces(*state, m, &v, 0, 0, u));
  for (ptrdiff_t j = 0; j < m->axis[1].n; j++) {
    const ptrdiff_t at = weir_mesh_index(m, 0, j, 0);
    assert_memory_equal(&u[at], &u[at + m->axis[0].n], sizeof *u);
  }
  weir_free(u);
  grid_free(&g), grid_free(&h), grid_free(&moved), grid_free(&f);
  weir_mesh_destroy(&m);
}

static double one(int a, double t, const double x[3])
{
  (void)t, (void)x;
  return 1.5 + a;
}

static void two_points_and_two_times_are_enough_for_a_line(void **state)
{
  weir_mesh *m = box(*state, 3, 4, false, 0, 1);
  const ptrdiff_t n[3] = {2, 3, 2};
  grid g = sample(one, 3, 2, 0, 1, n, -1, 2, 0, 0);
  check_le(difference(*state, m, &g.s, one, 0.3), 1e-14);
  grid_free(&g);
  weir_mesh_destroy(&m);
}

static void what_does_not_fit_is_refused_in_a_sentence(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = box(ctx, 2, 8, false, 0, 1), *p = box(ctx, 2, 8, true, 0, 1), *line = box(ctx, 1, 8, false, 0, 1);
  const ptrdiff_t n[3] = {9, 9, 1};
  grid g = sample(smooth, 2, 4, 0, 1, n, 0, 1, 0, 0);
  check_ok(ctx, weir_samples_check(ctx, &g.s, m, 0, 1));
  check_fails(ctx, weir_samples_check(ctx, &g.s, line, 0, 1), WEIR_EARG,
              "v.npz: a velocity in 2 dimensions, 1 expected");
  check_fails(ctx, weir_samples_check(ctx, &g.s, m, 0, 1.25), WEIR_EARG, "v.npz: t covers [0, 1], [0, 1.25] expected");
  check_fails(ctx, weir_samples_check(ctx, &g.s, m, -0.5, 1), WEIR_EARG, "v.npz: t covers [0, 1], [-0.5, 1] expected");
  check_fails(ctx, weir_samples_check(ctx, &g.s, p, 0, 1), WEIR_EARG,
              "v.npz: axis x is periodic, but v at its two ends x = 0 and 1 differs by up to ");
  weir_samples s = g.s;
  s.times = 0;
  check_fails(ctx, weir_samples_check(ctx, &s, m, 0, 1), WEIR_EARG, "0 times");
  s = g.s, s.n[1] = 1;
  check_fails(ctx, weir_samples_check(ctx, &s, m, 0, 1), WEIR_EARG, "v.npz: y has 1 value, 2 or more expected");
  s = g.s, s.n[0] = -1;
  check_fails(ctx, weir_samples_check(ctx, &s, m, 0, 1), WEIR_EARG, "n[0] < 0");
  g.x[1][8] = 0.99;
  check_fails(ctx, weir_samples_check(ctx, &g.s, m, 0, 1), WEIR_EARG,
              "v.npz: y covers [0, 0.99], the mesh's [0, 1] expected");
  g.x[1][8] = 1 - 1e-7; /* single precision */
  check_ok(ctx, weir_samples_check(ctx, &g.s, m, 0, 1 + 1e-7));
  g.x[0][3] = 0.1;
  check_fails(ctx, weir_samples_check(ctx, &g.s, m, 0, 1), WEIR_EARG,
              "v.npz: x[3] = 0.1 after 0.25, increasing numbers expected");
  g.x[0][3] = 0.375, g.x[0][2] = (double)NAN;
  check_fails(ctx, weir_samples_check(ctx, &g.s, m, 0, 1), WEIR_EARG, "v.npz: x[2] is nan, a finite number expected");
  g.x[0][2] = 0.25, g.t[3] = g.t[2];
  check_fails(ctx, weir_samples_check(ctx, &g.s, m, 0, 1), WEIR_EARG,
              "v.npz: t[3] = 0.666666666666667 after 0.666666666666667");
  g.t[3] = 1, g.v[((2 * 9 + 7) * 9 + 5) * 2 + 1] = INFINITY;
  check_fails(ctx, weir_samples_check(ctx, &g.s, m, 0, 1), WEIR_EARG,
              "v.npz: v[2, 7, 5, 1] is inf, a finite number expected");
  grid_free(&g);
  grid far = sample(waves, 2, 1, 0, 0, n, 0, 0.7, 0, 0);
  check_fails(ctx, weir_samples_check(ctx, &far.s, p, 0, 1), WEIR_EARG,
              "v.npz: x covers [0, 0.7], one period of 1 expected (its last sample may be left out)");
  grid_free(&far);
  far = sample(waves, 2, 1, 0, 0, n, 0, 1.125, 0, 0);
  check_fails(ctx, weir_samples_check(ctx, &far.s, p, 0, 1), WEIR_EARG, "v.npz: x covers [0, 1.125], one period of 1");
  grid_free(&far);
  weir_mesh_destroy(&m), weir_mesh_destroy(&p), weir_mesh_destroy(&line);
}

/* ------------------------------------------------------------------ runs */
static double stirring(int a, double t, const double x[3])
{
  const double g = 1 + 0.4 * sin(3 * t + 2 * WEIR_PI * x[0]);
  return a == 0 ? g * sin(2 * WEIR_PI * x[1]) + 0.5
                : 0.6 * sin(2 * WEIR_PI * (x[0] - t)) + 0.2 * cos(2 * WEIR_PI * x[1]);
}

static double *stirred(weir_ctx *ctx, const weir_samples *s, int n, int threads, ptrdiff_t *len)
{
  static int dim = 2;
  of_field f[2] = {{stirring, 0, 2}, {stirring, 1, 2}};
  flow w = {.dim = 2, .n = {n, n}, .rho = flow_waves, .rho_user = &dim};
  for (int a = 0; a < 2; a++) w.side[a][0] = w.side[a][1] = WEIR_PERIODIC;
  w.o = (weir_run_options){.scheme = "u7", .stepper = "ssprk54", .threads = threads};
  w.p.velocity.samples = s;
  for (int a = 0; a < 2 && s == NULL; a++) w.p.velocity.component[a] = as_points, w.p.velocity.user[a] = &f[a];
  flow_start(ctx, &w);
  check_ok(ctx, weir_run_advance(ctx, w.run, 0.25));
  check_ok(ctx, weir_run_advance(ctx, w.run, 0.5));
  double *q = malloc((size_t)w.mesh->cells * sizeof *q);
  weir_mesh_pack(w.mesh, weir_run_density(w.run), q);
  *len = w.mesh->cells;
  if (s != NULL && threads == 1) {
    check_fails(ctx, weir_run_advance(ctx, w.run, 0.75), WEIR_EARG,
                "v.npz: the velocity is given for t in [0, 0.5], asked for at 0.75");
    weir_ledger l;
    weir_run_ledger(w.run, &l);
    check_le(fabs(l.defect), 1e-14);
  }
  flow_end(&w);
  return q;
}

static double sampled_error(weir_ctx *ctx, ptrdiff_t nx, ptrdiff_t nt, const double *want, int n)
{
  const ptrdiff_t s[3] = {nx, nx, 1};
  ptrdiff_t len = 0;
  grid g = sample(stirring, 2, nt, 0, 0.5, s, 0, 1, nx, 0);
  double *q = stirred(ctx, &g.s, n, 1, &len), e = 0;
  for (ptrdiff_t i = 0; i < len; i++) e += fabs(q[i] - want[i]) / (double)len;
  free(q);
  grid_free(&g);
  return e;
}

/* What a run gives with samples goes to what it gives with the formulas, as the samples get denser. Measured: 1.1e-4, 1.6e-6, 2.4e-8: by 6 in time. */
static void a_run_with_samples_goes_to_the_run_with_formulas(void **state)
{
  enum { N = 16 };
  ptrdiff_t len = 0;
  double *want = stirred(*state, NULL, N, 1, &len);
  const double coarse = sampled_error(*state, 12, 6, want, N), middle = sampled_error(*state, 24, 11, want, N),
               fine = sampled_error(*state, 48, 21, want, N);
  if (!(log2(coarse / middle) >= 5.7 && log2(middle / fine) >= 5.7)) fail_msg("%.3e %.3e %.3e", coarse, middle, fine);
  check_le(fine, 4e-8);
  free(want);
}

static void the_bits_of_a_run_do_not_depend_on_the_threads(void **state)
{
  const ptrdiff_t n[3] = {20, 20, 1};
  grid g = sample(stirring, 2, 9, 0, 0.5, n, 0, 1, 20, 0);
  ptrdiff_t len = 0;
  double *one_thread = stirred(*state, &g.s, 66, 1, &len), *two = stirred(*state, &g.s, 66, 2, &len);
  assert_memory_equal(one_thread, two, (size_t)len * sizeof *two);
  free(one_thread), free(two);
  grid_free(&g);
}

/* Whatever was asked before: sample times that are kept are the right ones. */
static void times_may_be_asked_for_in_any_order(void **state)
{
  static const double t[] = {0, 0.5, 0.01, 0.02, 0.26, 0.24, 0.26, 0.4, 0.49, 0.03, 0.3};
  const ptrdiff_t n[3] = {10, 10, 1};
  weir_mesh *m = box(*state, 2, 8, true, 0, 1);
  grid g = sample(stirring, 2, 14, 0, 0.5, n, 0, 1, 10, 0);
  const weir_velocity v = {.samples = &g.s};
  weir_faces *f = NULL;
  double *u = NULL, *want = NULL;
  check_ok(*state, weir_mesh_array(*state, m, "faces", &u));
  check_ok(*state, weir_mesh_array(*state, m, "faces", &want));
  check_ok(*state, weir_faces_create(*state, m, &v, 1, &f));
  for (size_t k = 0; k < sizeof t / sizeof *t; k++)
    for (int a = 0; a < 2; a++) {
      check_ok(*state, weir_faces_at(*state, f, a, t[k], u));
      check_ok(*state, weir_velocity_faces(*state, m, &v, a, t[k], want));
      assert_memory_equal(u, want, (size_t)m->len * sizeof *u);
    }
  weir_faces_destroy(&f);
  weir_free(u), weir_free(want);
  grid_free(&g);
  weir_mesh_destroy(&m);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, flow_setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(polynomials_of_degree_7_and_5_in_time_are_exact),
      T(the_order_is_8_in_space_and_6_in_time),
      T(a_periodic_axis_may_repeat_its_seam_and_start_anywhere),
      T(two_points_and_two_times_are_enough_for_a_line),
      T(what_does_not_fit_is_refused_in_a_sentence),
      T(a_run_with_samples_goes_to_the_run_with_formulas),
      T(the_bits_of_a_run_do_not_depend_on_the_threads),
      T(times_may_be_asked_for_in_any_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
