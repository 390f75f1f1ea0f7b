/* Cell averages of exact solutions against quadrature of their point values, masses and moments against sums over cells. */
#include "../support/check.h"
#include <weir/exact.h>
#include <float.h>
#include <math.h>
#include <omp.h>
#include <string.h>

static int setup(void **state)
{
  if (ctx_setup(state) != 0) return -1;
  return weir_exact_register(*state) == WEIR_OK ? 0 : -1;
}

static weir_param num(const char *name, int rows, int cols, const double *v)
{
  return (weir_param){.name = name, .rows = rows, .cols = cols, .value = v};
}

/* n cells on [lo, hi] of every axis; axis 0 and 2 uniform, axis 1 graded. */
static weir_mesh *make_mesh(weir_ctx *ctx, int d, ptrdiff_t n, double lo, double hi)
{
  weir_mesh_spec spec = {.dim = d, .ghost = 1};
  for (int a = 0; a < d; a++) {
    spec.axis[a] = (weir_axis_spec){.n = n, .lo = lo, .hi = hi};
    if (a == 1) spec.axis[a].grading = WEIR_TANH, spec.axis[a].grade = 0.8;
  }
  weir_mesh *m = NULL;
  check_ok(ctx, weir_mesh_create(ctx, &spec, &m));
  return m;
}

static double *average(weir_ctx *ctx, const weir_exact *e, const weir_mesh *m, double t)
{
  double *q = NULL;
  check_ok(ctx, weir_mesh_array(ctx, m, "averages", &q));
  check_ok(ctx, weir_exact_cell_average(ctx, e, m, t, q));
  return q;
}

typedef struct subject {
  const weir_exact *e;
  int d;
} subject;

static void density(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  enum { SLICE = 512 };
  const subject *s = user;
  for (ptrdiff_t from = 0; from < n; from += SLICE) {
    const ptrdiff_t count = n - from < SLICE ? n - from : SLICE;
    double y[SLICE * WEIR_MAXDIM];
    for (ptrdiff_t p = 0; p < count; p++)
      for (int a = 0; a < s->d; a++) y[p * s->d + a] = x[a][from + p];
    weir_exact_log_density(s->e, t, count, y, out + from);
    for (ptrdiff_t p = 0; p < count; p++) out[from + p] = exp(out[from + p]);
  }
}

/* Largest relative difference to q-point quadrature over cells above 1e-290 (1e-90 in 3D, see the header). */
static double misfit(weir_ctx *ctx, const weir_exact *e, const weir_mesh *m, double t, int q)
{
  double *got = average(ctx, e, m, t), *want = NULL, worst = 0.0;
  subject s = {e, m->dim};
  check_ok(ctx, weir_mesh_array(ctx, m, "quadrature", &want));
  check_ok(ctx, weir_cell_average(ctx, m, density, &s, t, q, want));
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const ptrdiff_t at = weir_mesh_index(m, i, j, k);
        if (want[at] < (m->dim == 3 ? 1e-90 : 1e-290)) continue;
        const double r = fabs(got[at] - want[at]) / want[at];
        if (!(r <= worst)) worst = r;
      }
  weir_free(got);
  weir_free(want);
  return worst;
}

/* Rotated, elongated, correlated. */
static const double cov3[] = {0.5, -0.3, 0.1, -0.3, 0.4, 0.05, 0.1, 0.05, 0.6};
static const double means[] = {0.5, -0.3, 0.1, -0.6, 0.4, 0.2};

static weir_exact *gaussian(weir_ctx *ctx, int d, int K, double scale, double off)
{
  double cov[9], m[6], D = 0.1;
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++) cov[i * d + j] = scale * (i == j ? 1.0 : off) * cov3[i * 3 + j];
  for (int k = 0; k < K; k++)
    for (int a = 0; a < d; a++) m[k * d + a] = means[k * 3 + a];
  const weir_param p[] = {num("mean", K, d, m), num("covariance", d, d, cov), num("diffusion", 1, 1, &D)};
  weir_exact *e = NULL;
  check_ok(ctx, weir_exact_create(ctx, "heat", d, 3, p, &e));
  return e;
}

/* Quadrature on cells of a quarter (3D: at most one, 4 sd out) of a standard deviation with q = 12 is exact to 1e-16; rounding: a point z standard deviations out has
 * z^2 eps in its exponent. Bulk: box of 6 to 9 sd, z^2 eps <= 2e-14. Measured 1.4e-14. */
static void gaussian_averages_agree_with_quadrature(void **state)
{
  for (int d = 1; d <= 3; d++)
    for (int K = 1; K <= 2; K++)
      for (int tilted = 0; tilted <= 1; tilted++) {
        weir_exact *e = gaussian(*state, d, K, 1.0, tilted);
        weir_mesh *m = d == 3 ? make_mesh(*state, 3, 8, -1.7, 1.7) : make_mesh(*state, d, 60, -3.5, 3.5);
        check_le(misfit(*state, e, m, 0.2, 12), 1e-13);
        weir_mesh_destroy(&m);
        weir_exact_destroy(&e);
      }
}

/* Out to 37 standard deviations, where densities are 1e-297: relative accuracy holds there too. 2D: a window in the tail, cells of
 * 0.15 to 0.35 sd, with slopes up to 37/sd over half a cell, 6.5, which 16 points resolve to 1e-16. */
static void averages_keep_their_digits_in_the_tails(void **state)
{
  for (int d = 1; d <= 2; d++)
    for (int tilted = 0; tilted <= 1; tilted++) {
      weir_exact *e = gaussian(*state, d, 1, 0.01, tilted);
      weir_mesh *m = d == 1 ? make_mesh(*state, 1, 3000, -6.0, 6.0) : make_mesh(*state, 2, 50, 0.8, 1.8);
      double lo = 0.0, hi = 0.0, *q = average(*state, e, m, 0.0);
      weir_mesh_range(m, q, &lo, &hi, NULL, NULL);
      check_le(lo, 1e-250);                                                     /* the window is deep in the tail */
      check_le(misfit(*state, e, m, 0.0, 16), 8.0 * 37.0 * 37.0 * DBL_EPSILON); /* z^2 eps on either side */
      weir_free(q);
      weir_mesh_destroy(&m);
      weir_exact_destroy(&e);
    }
}

/* Cells of 0.02 to 0.04 standard deviations, in the bulk and 25 to 35 sd out: here differences of erfc would cancel. */
static void narrow_cells_keep_their_digits(void **state)
{
  for (int d = 2; d <= 3; d++)
    for (int far = 0; far <= 1; far++) {
      weir_exact *e = gaussian(*state, d, 1, 1.0, 1.0);
      const double from = far ? (d == 2 ? 9.0 : 6.0) : 0.1;
      weir_mesh *m = make_mesh(*state, d, d == 2 ? 40 : 10, from, from + (d == 2 ? 0.6 : 0.15));
      check_le(misfit(*state, e, m, 0.0, 8), far ? 8.0 * 37.0 * 37.0 * DBL_EPSILON : 1e-14);
      weir_mesh_destroy(&m);
      weir_exact_destroy(&e);
    }
}

/* Cells much wider than the Gaussian: sums of fine averages. */
static void coarse_cells_hold_the_sum_of_fine_ones(void **state)
{
  for (int d = 1; d <= 3; d++) {
    weir_exact *e = gaussian(*state, d, 2, d == 3 ? 0.1 : 0.01, 1.0);
    weir_mesh_spec fine = {.dim = d}, coarse = {.dim = d};
    for (int a = 0; a < d; a++) {
      fine.axis[a] = (weir_axis_spec){.n = d == 3 ? 14 : 140, .lo = -3.0, .hi = 4.0};
      coarse.axis[a] = (weir_axis_spec){.n = 7, .lo = -3.0, .hi = 4.0};
    }
    weir_mesh *mf = NULL, *mc = NULL;
    check_ok(*state, weir_mesh_create(*state, &fine, &mf));
    check_ok(*state, weir_mesh_create(*state, &coarse, &mc));
    double *qf = average(*state, e, mf, 0.0), *qc = average(*state, e, mc, 0.0), *sum = NULL;
    check_ok(*state, weir_mesh_array(*state, mc, "sum", &sum));
    check_ok(*state, weir_mesh_restrict(*state, mf, qf, mc, sum));
    for (ptrdiff_t k = 0; k < mc->axis[2].n; k++)
      for (ptrdiff_t j = 0; j < mc->axis[1].n; j++)
        for (ptrdiff_t i = 0; i < mc->axis[0].n; i++) {
          const ptrdiff_t at = weir_mesh_index(mc, i, j, k);
          if (sum[at] > (d == 3 ? 1e-80 : 1e-290)) check_rel(qc[at], sum[at], 8.0 * 37.0 * 37.0 * DBL_EPSILON);
        }
    check_close(weir_mesh_integral(mc, qc), 1.0, 1e-14);
    weir_free(qf), weir_free(qc), weir_free(sum);
    weir_mesh_destroy(&mf), weir_mesh_destroy(&mc);
    weir_exact_destroy(&e);
  }
}

/* The two ways to average agree where both apply: a correlation of 1e-17 takes the general way. */
static void both_ways_to_average_agree(void **state)
{
  for (int d = 2; d <= 3; d++) {
    weir_exact *e = gaussian(*state, d, 1, 1.0, 0.0), *f = gaussian(*state, d, 1, 1.0, 1e-17);
    weir_mesh *m = make_mesh(*state, d, d == 2 ? 60 : 20, -5.0, 5.0);
    double *q = average(*state, e, m, 0.0), *r = average(*state, f, m, 0.0);
    for (ptrdiff_t i = 0; i < m->len; i++) check_close(q[i], r[i], 1e-13 * q[i]);
    weir_free(q), weir_free(r);
    weir_mesh_destroy(&m);
    weir_exact_destroy(&e), weir_exact_destroy(&f);
  }
}

/* Sum of averages = mass; centres weighted with the averages have the mean, and the covariance plus h^2/12 I (a cell's own), up to
 * aliasing exp(-2 pi^2 sd^2/h^2), < 1e-20 here. Truncation of the box at 10 sd: 1e-22. */
static void masses_and_moments_are_those_of_the_cells(void **state)
{
  const double A[] = {1, 2, 0.5, -2, 1.5, 0.2, 0, 0.1, 0.8}, weight[] = {0.5, 1.5}, D = 0.7;
  for (int d = 1; d <= 3; d++) {
    double Ad[9], cov[9], mean[3], S[9], m2[6];
    for (int i = 0; i < d; i++)
      for (int j = 0; j < d; j++) Ad[i * d + j] = A[i * 3 + j], cov[i * d + j] = cov3[i * 3 + j];
    for (int k = 0; k < 2; k++)
      for (int a = 0; a < d; a++) m2[k * d + a] = means[k * 3 + a];
    const weir_param p[] = {num("A", d, d, Ad), num("diffusion", 1, 1, &D), num("mean", 2, d, m2),
                            num("covariance", d, d, cov), num("weight", 2, 1, weight)};
    weir_exact *e = NULL;
    check_ok(*state, weir_exact_create(*state, "ornstein-uhlenbeck", d, 5, p, &e));
    weir_mesh_spec spec = {.dim = d};
    for (int a = 0; a < d; a++) spec.axis[a] = (weir_axis_spec){.n = d == 3 ? 32 : 64, .lo = -9.0, .hi = 9.0};
    weir_mesh *m = NULL;
    check_ok(*state, weir_mesh_create(*state, &spec, &m));
    double *q = average(*state, e, m, 0.6);
    check_rel(weir_mesh_integral(m, q), 2.0, 1e-14);
    check_close(weir_exact_mass(e, 0.6), 2.0, 0.0);
    assert_true(weir_exact_moments(e, 0.6, mean, S));
    double sum[3] = {0}, second[3][3] = {{0}};
    const double vol = weir_mesh_cell_volume(m, 0, 0, 0) / 2.0;
    for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
      for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
        for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
          const ptrdiff_t at[3] = {i, j, k};
          const double w = vol * q[weir_mesh_index(m, i, j, k)];
          for (int a = 0; a < d; a++) {
            const double x = m->axis[a].centre[at[a]] - mean[a];
            sum[a] += w * x;
            for (int b = 0; b < d; b++) second[a][b] += w * x * (m->axis[b].centre[at[b]] - mean[b]);
          }
        }
    const double h = m->axis[0].width[0];
    for (int a = 0; a < d; a++) {
      check_close(sum[a], 0.0, 1e-13);
      for (int b = 0; b < d; b++) check_close(second[a][b], S[a * d + b] + (a == b ? h * h / 12.0 : 0.0), 1e-12);
    }
    weir_free(q);
    weir_mesh_destroy(&m);
    weir_exact_destroy(&e);
  }
}

static void box_averages_agree_with_quadrature_and_sum_to_the_mass(void **state)
{
  const double lo[] = {-4, -4, -4}, hi[] = {4, 4, 4}, wave[] = {2, 1, 3}, v[] = {1.1, 0.4, -2}, D = 0.3, g = 3.0;
  for (int d = 1; d <= 3; d++) {
    const weir_param wall[] = {num("lo", d, 1, lo), num("hi", d, 1, hi), num("diffusion", 1, 1, &D),
                               num("g", 1, 1, &g)};
    const weir_param cosine[] = {wall[0], wall[1], wall[2], num("wave", d, 1, wave)};
    weir_param wrapped[] = {
        wall[0], wall[1], num("velocity", d, 1, v), num("wave", d, 1, wave), {.name = "profile", .text = "sine"}};
    weir_mesh *m = make_mesh(*state, d, d == 3 ? 6 : 30, -4.0, 4.0);
    for (int kind = 0; kind < 4; kind++) {
      weir_exact *e = NULL;
      wrapped[4].text = kind == 2 ? "sine" : "sin4";
      if (kind == 0) check_ok(*state, weir_exact_create(*state, "linear-potential-wall", d, 4, wall, &e));
      if (kind == 1) check_ok(*state, weir_exact_create(*state, "heat-cosine", d, 4, cosine, &e));
      if (kind >= 2) check_ok(*state, weir_exact_create(*state, "advection", d, 5, wrapped, &e));
      for (double t = 0.0; t < 2.0; t += 1.3) {
        check_le(misfit(*state, e, m, t, 16), kind == 3 ? 2e-12 : 1e-13); /* zeros of sin4: u in u^4 is rounded */
        double *q = average(*state, e, m, t);
        check_rel(weir_mesh_integral(m, q), weir_exact_mass(e, t), 4e-15 * 8);
        weir_free(q);
      }
      weir_exact_destroy(&e);
    }
    weir_mesh_destroy(&m);
  }
}

static void a_wrapped_gaussian_is_the_sum_of_its_images(void **state)
{
  const double lo[] = {-1, -1}, hi[] = {1, 1}, v[] = {1.0, 0.5}, mean[] = {0.3, 0.7}, cov[] = {0.3, 0.1, 0.1, 0.2};
  const weir_param p[] = {{.name = "profile", .text = "gaussian"},
                          num("velocity", 2, 1, v),
                          num("mean", 2, 1, mean),
                          num("covariance", 2, 2, cov),
                          num("lo", 2, 1, lo),
                          num("hi", 2, 1, hi)};
  weir_exact *e = NULL, *f = NULL;
  check_ok(*state, weir_exact_create(*state, "advection", 2, 6, p, &e));
  check_ok(*state, weir_exact_create(*state, "advection", 2, 4, p, &f));
  const double x[] = {-0.9, 0.2}, far[] = {-0.9 + 6.0, 0.2 - 8.0};
  double got = 0.0, sum = 0.0, l = 0.0;
  for (int i = -12; i <= 12; i++)
    for (int j = -12; j <= 12; j++) {
      const double y[] = {x[0] + 2.0 * i, x[1] + 2.0 * j};
      weir_exact_log_density(f, 0.6, 1, y, &l);
      sum += exp(l);
    }
  weir_exact_log_density(e, 0.6, 1, x, &got);
  check_close(got, log(sum), 1e-14);
  weir_exact_log_density(e, 0.6, 1, far, &got);
  check_close(got, log(sum), 1e-13);
  weir_exact_log_density(e, 4.6, 1, x, &got); /* v t = (4, 2): a period of both axes */
  check_close(got, log(sum), 1e-13);
  for (int wide = 1; wide <= 2; wide++) { /* a mesh of one box and one of 2 x 2 boxes */
    weir_mesh *m = make_mesh(*state, 2, 10, -1.0, wide == 1 ? 1.0 : 3.0);
    double *q = average(*state, e, m, 0.6);
    check_rel(weir_mesh_integral(m, q), wide * wide, 1e-14);
    check_le(misfit(*state, e, m, 0.6, 12), 1e-13);
    weir_free(q);
    weir_mesh_destroy(&m);
  }
  double mom[6];
  assert_false(weir_exact_moments(e, 0.0, mom, mom + 2));
  assert_true(weir_exact_moments(f, 0.6, mom, mom + 2));
  check_close(mom[0], 0.9, 1e-15);
  weir_exact_destroy(&e), weir_exact_destroy(&f);
}

/* from = 0.25, v = 1: at t = 0.5 the box [0.75, 1.05) wraps to [0.75, 1) and [0, 0.05). */
static void an_indicator_covers_cells_by_their_exact_fractions(void **state)
{
  const double lo = 0.0, hi = 1.0, v = 1.0, from = 0.25, to = 0.55, level = 2.0;
  weir_param p[] = {{.name = "profile", .text = "indicator"},
                    num("velocity", 1, 1, &v),
                    num("from", 1, 1, &from),
                    num("to", 1, 1, &to),
                    num("level", 1, 1, &level),
                    num("lo", 1, 1, &lo),
                    num("hi", 1, 1, &hi)};
  weir_exact *e = NULL;
  check_ok(*state, weir_exact_create(*state, "advection", 1, 7, p, &e));
  weir_mesh *m = make_mesh(*state, 1, 10, 0.0, 1.0);
  double *q = average(*state, e, m, 0.5);
  const double want[] = {1, 0, 0, 0, 0, 0, 0, 1, 2, 2};
  for (int i = 0; i < 10; i++) check_close(q[weir_mesh_index(m, i, 0, 0)], want[i], 1e-14);
  check_close(weir_mesh_integral(m, q), 0.6, 1e-15);
  check_close(weir_exact_mass(e, 0.0), 0.6, 1e-15);
  const double x[] = {0.02, 0.06, 0.74, 0.76, 1.03};
  double l[5];
  weir_exact_log_density(e, 0.5, 5, x, l);
  for (int k = 0; k < 5; k++) assert_true(k == 1 || k == 2 ? l[k] == -(double)INFINITY : l[k] == log(2.0));
  weir_free(q);
  weir_mesh_destroy(&m);
  weir_exact_destroy(&e);
  check_ok(*state, weir_exact_create(*state, "advection", 1, 5, p, &e)); /* whole space: moments of a uniform law */
  double mean = 0.0, var = 0.0;
  assert_true(weir_exact_moments(e, 2.0, &mean, &var));
  check_close(mean, 2.4, 1e-15);
  check_close(var, 0.09 / 12.0, 1e-16);
  weir_exact_destroy(&e);
}

static void averages_have_the_same_bits_on_any_number_of_threads(void **state)
{
  weir_exact *e = gaussian(*state, 2, 2, 0.5, 1.0);
  weir_mesh *m = make_mesh(*state, 2, 50, -4.0, 4.0);
  const int threads = omp_get_max_threads();
  omp_set_num_threads(1);
  double *q = average(*state, e, m, 0.1);
  omp_set_num_threads(3);
  double *r = average(*state, e, m, 0.1);
  omp_set_num_threads(threads);
  assert_memory_equal(q, r, (size_t)m->len * sizeof *q);
  for (ptrdiff_t i = -1; i <= 50; i++) assert_true(q[weir_mesh_index(m, i, -1, 0)] == 0.0); /* ghosts untouched */
  weir_free(q), weir_free(r);
  weir_mesh_destroy(&m);
  weir_exact_destroy(&e);
}

static void averages_refuse_what_cannot_be(void **state)
{
  weir_exact *e = gaussian(*state, 2, 1, 1.0, 1.0);
  weir_mesh *m1 = make_mesh(*state, 1, 8, -1.0, 1.0), *m2 = make_mesh(*state, 2, 8, -1.0, 1.0);
  double *q = NULL;
  check_ok(*state, weir_mesh_array(*state, m2, "averages", &q));
  check_fails(*state, weir_exact_cell_average(*state, e, m1, 0.0, q), WEIR_EARG, "has dimension 2, the mesh 1");
  check_fails(*state, weir_exact_cell_average(*state, e, m2, -0.5, q), WEIR_EARG, "t = -0.5 < 0");
  check_fails(*state, weir_exact_cell_average(*state, e, m2, (double)NAN, q), WEIR_EARG, "t = nan");
  weir_exact_destroy(&e);
  e = gaussian(*state, 2, 1, 1e-14, 1.0);
  check_fails(*state, weir_exact_cell_average(*state, e, m2, 0.0, q), WEIR_ELIMIT, "too thin for cells of width");
  weir_exact_destroy(&e);
  const double D = 1.0, zero = 0.0, lo[] = {0, 0}, hi[] = {1, 0.5};
  const weir_param dirac[] = {num("diffusion", 1, 1, &D), num("covariance", 1, 1, &zero)};
  check_ok(*state, weir_exact_create(*state, "heat", 2, 2, dirac, &e));
  check_fails(*state, weir_exact_cell_average(*state, e, m2, 0.0, q), WEIR_EARG, "not positive definite");
  check_ok(*state, weir_exact_cell_average(*state, e, m2, 0.01, q)); /* the heat kernel */
  weir_exact_destroy(&e);
  const weir_param box[] = {num("lo", 2, 1, lo), num("hi", 2, 1, hi), num("diffusion", 1, 1, &D)};
  const char *const names[] = {"heat-cosine", "linear-potential-wall"};
  for (int k = 0; k < 2; k++) {
    check_ok(*state, weir_exact_create(*state, names[k], 2, 3, box, &e));
    check_fails(*state, weir_exact_cell_average(*state, e, m2, 0.1, q), WEIR_EARG, "the mesh spans [-1, 1] on axis 0");
    check_fails(*state, weir_exact_cell_average(*state, e, m2, -1.0, q), WEIR_EARG, "expected t >= 0");
    weir_exact_destroy(&e);
  }
  weir_free(q);
  weir_mesh_destroy(&m1), weir_mesh_destroy(&m2);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      TEST(gaussian_averages_agree_with_quadrature),
      TEST(averages_keep_their_digits_in_the_tails),
      TEST(narrow_cells_keep_their_digits),
      TEST(coarse_cells_hold_the_sum_of_fine_ones),
      TEST(both_ways_to_average_agree),
      TEST(masses_and_moments_are_those_of_the_cells),
      TEST(box_averages_agree_with_quadrature_and_sum_to_the_mass),
      TEST(a_wrapped_gaussian_is_the_sum_of_its_images),
      TEST(an_indicator_covers_cells_by_their_exact_fractions),
      TEST(averages_have_the_same_bits_on_any_number_of_threads),
      TEST(averages_refuse_what_cannot_be),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
