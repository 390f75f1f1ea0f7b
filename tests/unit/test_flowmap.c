/* The flow map: against closed forms, against other integrators, masses and averages, sides, refusals. */
#include "../support/check.h"
#include <weir/exact.h>
#include <weir/flowmap.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <math.h>
#include <omp.h>
#include <string.h>

#define FIELD(name, formula)                                                                                           \
  static void name(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)                 \
  {                                                                                                                    \
    (void)user, (void)t, (void)x;                                                                                      \
    for (ptrdiff_t i = 0; i < n; i++) out[i] = (formula);                                                              \
  }
#define X  x[0][i]
#define Y  x[1][i]
#define Z  x[2][i]
#define PI WEIR_PI

FIELD(sine, sin(X))
FIELD(cosine, cos(X))
FIELD(logistic, X *(1 - X))
FIELD(logistic_div, 1 - 2 * X)
FIELD(cubic, -X *X *X)
FIELD(cubic_div, -3 * X * X)
FIELD(square, X *X)
FIELD(square_div, 2 * X)
FIELD(unsteady, cos(t) * X + sin(t))
FIELD(unsteady_div, cos(t))
FIELD(one, 1.0)
FIELD(grow, 1 + X)
FIELD(wave, 2 + sin(3 * t))
FIELD(hump, exp(-X *X) + 0.1)
FIELD(root, sqrt(X - 0.5))
FIELD(spiral_x, -0.25 * X - 1.5 * Y)
FIELD(spiral_y, 1.5 * X - 0.25 * Y)
FIELD(spiral_div, -0.5)
FIELD(swirl_x, 2 * sin(PI * X) * sin(PI * X) * sin(PI * Y) * cos(PI * Y))
FIELD(swirl_y, -2 * sin(PI * Y) * sin(PI * Y) * sin(PI * X) * cos(PI * X))
FIELD(swirl_t_x, cos(PI *t / 1.5) * 2 * sin(PI * X) * sin(PI * X) * sin(PI * Y) * cos(PI * Y))
FIELD(swirl_t_y, cos(PI *t / 1.5) * -2 * sin(PI * Y) * sin(PI * Y) * sin(PI * X) * cos(PI * X))
FIELD(bump, exp(-((X - 0.5) * (X - 0.5) + (Y - 0.75) * (Y - 0.75)) / 0.02))
FIELD(roll_x, sin(X) * cos(Y))
FIELD(roll_y, cos(X) * sin(Y))
FIELD(roll_div, 2 * cos(X) * cos(Y))
FIELD(waves, 2 + sin(X + 2 * Y) + 0.3 * cos(3 * X))
FIELD(deform_x, 2 * sin(PI * X) * sin(PI * X) * sin(2 * PI * Y) * sin(2 * PI * Z))
FIELD(deform_y, -sin(2 * PI * X) * sin(PI * Y) * sin(PI * Y) * sin(2 * PI * Z))
FIELD(deform_z, -sin(2 * PI * X) * sin(2 * PI * Y) * sin(PI * Z) * sin(PI * Z))
FIELD(waves3, 1.5 + cos(X + 2 * Y - Z))
FIELD(dent, -exp(-((X - 0.5) * (X - 0.5) + (Y - 0.75) * (Y - 0.75)) / 0.02))
FIELD(disc, (X - 0.5) * (X - 0.5) + (Y - 0.75) * (Y - 0.75) < 0.15 * 0.15 ? 1.0 : 0.0)

static double reversing(void *user, double t)
{
  (void)user;
  return cos(PI * t / 1.5);
}

static double reversing3(void *user, double t)
{
  (void)user;
  return cos(PI * t / 3);
}

static weir_flowmap box(int dim, double lo, double hi, weir_side_kind side)
{
  weir_flowmap f = {.dim = dim, .boxed = true};
  for (int a = 0; a < dim; a++) f.lo[a] = lo, f.hi[a] = hi, f.boundary.side[a][0] = f.boundary.side[a][1] = side;
  return f;
}

static weir_flowmap swirl_with_factor(void)
{
  weir_flowmap f = box(2, 0, 1, WEIR_NOFLUX);
  f.velocity[0] = swirl_x, f.velocity[1] = swirl_y, f.factor = reversing, f.initial = bump;
  return f;
}

static weir_flowmap roll(void)
{
  weir_flowmap f = box(2, -PI, PI, WEIR_PERIODIC);
  f.velocity[0] = roll_x, f.velocity[1] = roll_y, f.divergence = roll_div, f.initial = waves;
  return f;
}

static weir_flowmap deform(void)
{
  weir_flowmap f = box(3, 0, 1, WEIR_NOFLUX);
  f.velocity[0] = deform_x, f.velocity[1] = deform_y, f.velocity[2] = deform_z, f.factor = reversing3;
  f.initial = waves3, f.tolerance = 1e-6;
  return f;
}

static double density_at(weir_ctx *ctx, const weir_flowmap *f, double t, double a, double b)
{
  const double *const x[WEIR_MAXDIM] = {&a, &b, NULL};
  double rho = (double)NAN;
  check_ok(ctx, weir_flowmap_density(ctx, f, t, 1, x, &rho));
  return rho;
}

/* ------------------------------------------------------------------ closed forms */
static void one_dimensional_flows_have_their_closed_forms(void **state)
{
  weir_ctx *ctx = *state;
  weir_flowmap s = box(1, -PI, PI, WEIR_PERIODIC), l = box(1, 0, 1, WEIR_NOFLUX);
  weir_flowmap c = {.dim = 1, .velocity = {cubic}, .divergence = cubic_div, .initial = hump};
  weir_flowmap u = {.dim = 1, .velocity = {unsteady}, .divergence = unsteady_div, .initial = hump, .start = 0.25};
  s.velocity[0] = sine, s.divergence = cosine, s.initial = hump;
  l.velocity[0] = logistic, l.divergence = logistic_div, l.initial = hump;
  for (int k = 1; k < 40; k++)
    for (double t = 0.5; t <= 2; t += 0.5) {
      const double x = -PI + 2 * PI * k / 40, y = 2 * atan(exp(-t) * tan(x / 2));
      check_rel(density_at(ctx, &s, t, x, 0), (exp(-y * y) + 0.1) / (cosh(t) + sinh(t) * cos(x)), 1e-12);
      const double p = k / 40.0, d = p + (1 - p) * exp(t), q = p / d;
      check_rel(density_at(ctx, &l, t, p, 0), (exp(-q * q) + 0.1) * exp(t) / (d * d), 1e-12);
      const double r = 0.95 * (k / 20.0 - 1) / sqrt(2 * t), w = 1 - 2 * t * r * r, z = r / sqrt(w);
      check_rel(density_at(ctx, &c, t, r, 0), (exp(-z * z) + 0.1) * pow(w, -1.5), 2e-12); /* w >= .1 magnifies */
    }
  /* v = cos(t) x + sin(t): Y = e^{-(sin t - sin t0)} x - int_{t0}^t e^{-(sin s - sin t0)} sin s ds, by Simpson's rule */
  for (int k = -5; k <= 5; k++) {
    enum { N = 20000 };
    const double t = 3, t0 = 0.25, A = sin(t) - sin(t0), h = (t - t0) / N;
    double sum = 0;
    for (int i = 0; i <= N; i++) {
      const double v = t0 + i * h;
      sum += (i == 0 || i == N ? 1 : i % 2 ? 4 : 2) * exp(-(sin(v) - sin(t0))) * sin(v);
    }
    const double x = 0.3 * k, y = exp(-A) * x - sum * h / 3;
    check_rel(density_at(ctx, &u, t, x, 0), (exp(-y * y) + 0.1) * exp(-A), 1e-12);
  }
}

static void the_linear_spiral_has_its_closed_form(void **state)
{
  weir_ctx *ctx = *state;
  const weir_flowmap f = {
      .dim = 2, .velocity = {spiral_x, spiral_y}, .divergence = spiral_div, .initial = bump, .tolerance = 1e-14};
  for (int k = 0; k < 20; k++) {
    const double t = 1.75, x = cos(k) * 0.8, y = sin(k) * 0.7, g = exp(0.25 * t), c = cos(1.5 * t), s = sin(1.5 * t);
    const double u = g * (c * x + s * y) - 0.5, v = g * (-s * x + c * y) - 0.75;
    const double want = exp(-(u * u + v * v) / 0.02) * g * g;
    check_rel(density_at(ctx, &f, t, x, y), want, 1e-12 * (1 + 100 * (fabs(u) + fabs(v)))); /* |grad log rho| */
  }
}

/* ------------------------------------------------------------------ other integrators */
/* Backward by classical Runge-Kutta steps; state (x, y, integral). */
static void runge_kutta(const weir_flowmap *f, double t, int steps, double y[3])
{
  static const double part[4] = {0, 0.5, 0.5, 1}, weight[4] = {1 / 6., 1 / 3., 1 / 3., 1 / 6.};
  const double h = -(t - f->start) / steps;
  for (int k = 0; k < steps; k++) {
    double v[3] = {0}, sum[3] = {0};
    for (int r = 0; r < 4; r++) {
      const double at[2] = {y[0] + part[r] * h * v[0], y[1] + part[r] * h * v[1]};
      const double *const x[WEIR_MAXDIM] = {&at[0], &at[1], NULL};
      const double now = t + (k + part[r]) * h;
      f->velocity[0](NULL, now, 1, x, &v[0]), f->velocity[1](NULL, now, 1, x, &v[1]);
      if (f->divergence != NULL) f->divergence(NULL, now, 1, x, &v[2]);
      for (int a = 0; a < 3; a++) sum[a] += weight[r] * v[a];
    }
    for (int a = 0; a < 3; a++) y[a] += h * sum[a];
  }
}

static void the_swirl_at_half_time_is_what_many_runge_kutta_steps_give(void **state)
{
  weir_ctx *ctx = *state;
  const weir_flowmap f = swirl_with_factor();
  weir_flowmap slow = f; /* in time, not in pseudo-time */
  slow.factor = NULL, slow.velocity[0] = swirl_t_x, slow.velocity[1] = swirl_t_y;
  for (int k = 0; k < 12; k++) {
    double y[3] = {0.5 + 0.4 * cos(k), 0.5 + 0.45 * sin(2 * k), 0}, out[2], other[2], integral = 0, when = 0;
    const double *const x[WEIR_MAXDIM] = {&y[0], &y[1], NULL};
    int side = 0;
    const weir_flowmap_origin o = {{&out[0], &out[1], NULL}, &integral, &when, &side},
                              p = {{&other[0], &other[1], NULL}, &integral, &when, &side};
    check_ok(ctx, weir_flowmap_trace(ctx, &f, 0.75, 1, x, &o));
    check_ok(ctx, weir_flowmap_trace(ctx, &slow, 0.75, 1, x, &p));
    runge_kutta(&slow, 0.75, 4000, y);
    for (int a = 0; a < 2; a++) {
      check_close(out[a], y[a], 1e-12); /* (3/16000)^4 and the rounding of 4000 steps */
      check_close(other[a], out[a], 1e-12);
    }
    assert_true(side == -1 && when == 0);
  }
}

static int gsl_slope(double s, const double y[], double dy[], void *user)
{
  const weir_flowmap *f = user;
  const double *const x[WEIR_MAXDIM] = {&y[0], &y[1], NULL};
  for (int a = 0; a < 2; a++) f->velocity[a](NULL, s, 1, x, &dy[a]), dy[a] = -dy[a];
  f->divergence(NULL, s, 1, x, &dy[2]);
  return GSL_SUCCESS;
}

static void places_and_divergence_agree_with_prince_and_dormands_method_of_gsl(void **state)
{
  weir_ctx *ctx = *state;
  weir_flowmap f = roll();
  gsl_odeiv2_system sys = {gsl_slope, NULL, 3, &f};
  gsl_odeiv2_driver *d = gsl_odeiv2_driver_alloc_y_new(&sys, gsl_odeiv2_step_rk8pd, 1e-3, 1e-14, 1e-13);
  enum { N = 300 }; /* more than two batches */
  static double x[2][N], y[2][N], integral[N], when[N];
  static int side[N];
  for (int k = 0; k < N; k++) x[0][k] = 3.1 * sin(k), x[1][k] = 3.1 * cos(1.7 * k);
  const double *const at[WEIR_MAXDIM] = {x[0], x[1], NULL};
  const weir_flowmap_origin o = {{y[0], y[1], NULL}, integral, when, side};
  check_ok(ctx, weir_flowmap_trace(ctx, &f, 1.5, N, at, &o));
  for (int k = 0; k < N; k++) {
    double s = 0, want[3] = {x[0][k], x[1][k], 0};
    gsl_odeiv2_driver_reset(d);
    assert_int_equal(gsl_odeiv2_driver_apply(d, &s, 1.5, want), GSL_SUCCESS);
    for (int a = 0; a < 2; a++) check_close(sin(y[a][k] - want[a]), 0, 2e-12); /* a period apart is the same place */
    check_close(integral[k], want[2], 2e-12);
  }
  gsl_odeiv2_driver_free(d);
}

/* ------------------------------------------------------------------ averages */
static weir_mesh *mesh_of(weir_ctx *ctx, const weir_flowmap *f, ptrdiff_t n, weir_grading grading)
{
  weir_mesh_spec spec = {.dim = f->dim, .ghost = 2};
  for (int a = 0; a < f->dim; a++)
    spec.axis[a] = (weir_axis_spec){.n = n + a,
                                    .lo = f->lo[a],
                                    .hi = f->hi[a],
                                    .grading = grading,
                                    .grade = 0.3,
                                    .periodic = f->boundary.side[a][0] == WEIR_PERIODIC};
  weir_mesh *m = NULL;
  check_ok(ctx, weir_mesh_create(ctx, &spec, &m));
  return m;
}

static double *averages(weir_ctx *ctx, const weir_flowmap *f, const weir_mesh *m, double t, weir_flowmap_error *e)
{
  double *q = NULL;
  check_ok(ctx, weir_mesh_array(ctx, m, "averages", &q));
  weir_fill_nan((size_t)m->len, q);
  check_ok(ctx, weir_flowmap_average(ctx, f, m, t, q, e));
  return q;
}

typedef struct pointwise {
  weir_ctx *ctx;
  const weir_flowmap *f;
} pointwise;

static void density(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const pointwise *p = user;
  if (weir_flowmap_density(NULL, p->f, t, n, x, out) != WEIR_OK) out[0] = (double)NAN;
}

static double largest_gap(const weir_mesh *m, const double *a, const double *b)
{
  double worst = 0;
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const double e = fabs(a[weir_mesh_index(m, i, j, k)] - b[weir_mesh_index(m, i, j, k)]);
        if (!(e <= worst)) worst = e;
      }
  return worst;
}

static void from_a_finer_mesh(weir_ctx *ctx, const weir_flowmap *f, const weir_mesh *m, double t, double *q)
{
  weir_mesh_spec spec = {.dim = m->dim};
  for (int a = 0; a < m->dim; a++)
    spec.axis[a] = (weir_axis_spec){.n = 2 * m->axis[a].n, .lo = m->axis[a].lo, .hi = m->axis[a].hi};
  weir_mesh *fine = NULL;
  check_ok(ctx, weir_mesh_create(ctx, &spec, &fine));
  double *qf = averages(ctx, f, fine, t, NULL);
  check_ok(ctx, weir_mesh_restrict(ctx, fine, qf, m, q));
  weir_free(qf);
  weir_mesh_destroy(&fine);
}

static void averages_are_those_of_fine_quadrature_and_keep_the_mass(void **state)
{
  weir_ctx *ctx = *state;
  const weir_flowmap one_d = {.dim = 1,
                              .boxed = true,
                              .lo = {-PI},
                              .hi = {PI},
                              .velocity = {sine},
                              .divergence = cosine,
                              .initial = hump,
                              .boundary = {.side = {{WEIR_PERIODIC}}}};
  const weir_flowmap flow[] = {one_d, swirl_with_factor(), roll(), deform()};
  const double time[] = {1.5, 0.75, 1, 0.2};
  const ptrdiff_t n[] = {40, 20, 20, 4};
  const int points[] = {14, 10, 12, 0}; /* 0: by blocks of another mesh */
  const double bound[] = {2e-12, 2e-12, 5e-12, 1e-4};
  for (int k = 0; k < 4; k++) {
    weir_mesh *m = mesh_of(ctx, &flow[k], n[k], k == 2 ? WEIR_SINE : WEIR_UNIFORM);
    weir_flowmap_error e;
    pointwise p = {ctx, &flow[k]};
    double *got = averages(ctx, &flow[k], m, time[k], &e), *want = NULL, *start = NULL;
    check_ok(ctx, weir_mesh_array(ctx, m, "quadrature", &want));
    check_ok(ctx, weir_mesh_array(ctx, m, "start", &start));
    if (points[k] > 0)
      check_ok(ctx, weir_cell_average(ctx, m, density, &p, time[k], points[k], want));
    else
      from_a_finer_mesh(ctx, &flow[k], m, time[k], want);
    check_ok(ctx, weir_cell_average(ctx, m, flow[k].initial, NULL, 0, 12, start));
    check_le(largest_gap(m, got, want), bound[k]);
    check_le(e.linf, k < 3 ? 1e-9 : 1e-2);
    check_ge(e.linf, e.l1);
    const double mass = weir_mesh_integral(m, start);
    check_rel(weir_mesh_integral(m, got), mass, k < 3 ? 1e-11 : 1e-6);
    weir_free(got), weir_free(want), weir_free(start);
    weir_mesh_destroy(&m);
  }
}

static void a_flow_that_has_returned_gives_back_the_start(void **state)
{
  weir_ctx *ctx = *state;
  const weir_flowmap f = swirl_with_factor();
  weir_mesh *m = mesh_of(ctx, &f, 32, WEIR_UNIFORM);
  double *got = averages(ctx, &f, m, 1.5, NULL), *want = averages(ctx, &f, m, 0, NULL);
  check_le(largest_gap(m, got, want), 1e-14);
  weir_free(got), weir_free(want);
  weir_mesh_destroy(&m);
}

static void gaussians_in_linear_flow_have_the_averages_of_the_closed_form(void **state)
{
  weir_ctx *ctx = *state;
  weir_flowmap f = {.dim = 2,
                    .lo = {-2, -2},
                    .hi = {2, 2},
                    .velocity = {spiral_x, spiral_y},
                    .divergence = spiral_div,
                    .initial = bump};
  const double B[] = {-0.25, -1.5, 1.5, -0.25}, mean[] = {0.5, 0.75}, cov = 0.01, weight = 2 * PI * 0.01;
  const weir_param param[] = {{.name = "B", .rows = 2, .cols = 2, .value = B},
                              {.name = "mean", .rows = 2, .cols = 1, .value = mean},
                              {.name = "covariance", .rows = 1, .cols = 1, .value = &cov},
                              {.name = "weight", .rows = 1, .cols = 1, .value = &weight}};
  weir_exact *e = NULL;
  check_ok(ctx, weir_exact_create(ctx, "linear-flow", 2, 4, param, &e));
  weir_mesh *m = mesh_of(ctx, &f, 40, WEIR_UNIFORM);
  double *got = averages(ctx, &f, m, 1, NULL), *want = NULL;
  check_ok(ctx, weir_mesh_array(ctx, m, "closed form", &want));
  check_ok(ctx, weir_exact_cell_average(ctx, e, m, 1, want));
  check_le(largest_gap(m, got, want), 2e-12);
  weir_free(got), weir_free(want);
  weir_exact_destroy(&e);
  weir_mesh_destroy(&m);
}

static void a_jump_has_a_stated_error(void **state)
{
  weir_ctx *ctx = *state;
  weir_flowmap f = swirl_with_factor();
  f.initial = disc;
  weir_mesh *m = mesh_of(ctx, &f, 16, WEIR_UNIFORM);
  weir_flowmap_error e;
  double *q = averages(ctx, &f, m, 0.75, &e);
  const double off = fabs(weir_mesh_integral(m, q) - PI * 0.15 * 0.15);
  check_le(off, e.l1);
  check_le(e.l1, 0.05 * PI * 0.15 * 0.15);
  check_ge(e.linf, 0.01);
  weir_free(q);
  weir_mesh_destroy(&m);
}

/* The expansion of a hump undershoots in its tails, by less than its error; a density that is itself negative keeps its sign. */
static void averages_of_what_is_nowhere_negative_are_not_negative(void **state)
{
  weir_ctx *ctx = *state;
  for (int k = 0; k < 3; k++) {
    weir_flowmap f = swirl_with_factor();
    if (k > 0) f.initial = k == 1 ? disc : dent;
    weir_mesh *m = mesh_of(ctx, &f, 24, WEIR_UNIFORM);
    double *q = averages(ctx, &f, m, 0.75, NULL);
    double lo, hi;
    weir_mesh_range(m, q, &lo, &hi, NULL, NULL);
    if (k < 2)
      check_ge(lo, 0);
    else
      check_le(lo, -0.1);
    weir_free(q);
    weir_mesh_destroy(&m);
  }
}

static void threads_do_not_change_a_bit(void **state)
{
  weir_ctx *ctx = *state;
  const weir_flowmap f = roll();
  weir_mesh *m = mesh_of(ctx, &f, 20, WEIR_UNIFORM);
  const int threads = omp_get_max_threads();
  weir_flowmap_error e[2];
  omp_set_num_threads(1);
  double *a = averages(ctx, &f, m, 0.7, &e[0]);
  omp_set_num_threads(3);
  double *b = averages(ctx, &f, m, 0.7, &e[1]);
  omp_set_num_threads(threads);
  for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
    assert_memory_equal(a + weir_mesh_index(m, 0, j, 0), b + weir_mesh_index(m, 0, j, 0),
                        (size_t)m->axis[0].n * sizeof *a);
  assert_true(e[0].l1 == e[1].l1 && e[0].linf == e[1].linf && e[0].points == e[1].points);
  weir_free(a), weir_free(b);
  weir_mesh_destroy(&m);
}

/* ------------------------------------------------------------------ sides */
/* v = 1 + x on [0, 1]: what is at x at time t entered at t - log(1 + x), and is diluted by 1 + x. */
static void what_enters_is_what_was_at_the_side_then(void **state)
{
  weir_ctx *ctx = *state;
  weir_flowmap f = box(1, 0, 1, WEIR_OUTFLOW);
  f.velocity[0] = grow, f.divergence = one, f.initial = hump;
  for (int pass = 0; pass < 2; pass++) {
    f.boundary.side[0][0] = pass == 0 ? WEIR_INFLOW : WEIR_OUTFLOW;
    f.boundary.density[0][0] = wave;
    for (int k = 1; k < 20; k++) {
      const double x = k / 20.0, t = 0.5, since = log(1 + x), y = (1 + x) * exp(-t) - 1;
      double want = (exp(-y * y) + 0.1) * exp(-t);
      if (since < t) want = pass == 0 ? (2 + sin(3 * (t - since))) / (1 + x) : 0.0;
      check_close(density_at(ctx, &f, t, x, 0), want, 2e-12);
    }
  }
  double x = 0.25, y = 0, integral = 0, when = 0;
  int side = -2;
  const double *const at[WEIR_MAXDIM] = {&x, NULL, NULL};
  const weir_flowmap_origin o = {{&y, NULL, NULL}, &integral, &when, &side};
  check_ok(ctx, weir_flowmap_trace(ctx, &f, 2, 1, at, &o));
  assert_int_equal(side, 0);
  check_close(y, 0, 1e-14);
  check_close(when, 2 - log(1.25), 1e-13);
  check_close(integral, log(1.25), 1e-13);
}

/* ------------------------------------------------------------------ refusals */
static void what_cannot_be_followed_is_said(void **state)
{
  weir_ctx *ctx = *state;
  const double x = -1, p = 0.9;
  const double *const at[WEIR_MAXDIM] = {&x, NULL, NULL}, *const inside[WEIR_MAXDIM] = {&p, NULL, NULL};
  double rho = 0;
  weir_flowmap f = {.dim = 1, .velocity = {square}, .divergence = square_div, .initial = hump};
  check_ok(ctx, weir_flowmap_density(ctx, &f, 0.5, 1, at, &rho));
  check_close(rho, (exp(-4.0) + 0.1) * 4, 1e-11); /* Y = x/(1 + t x) = -2, dY/dx = 1/(1 + t x)^2 */
  check_fails(ctx, weir_flowmap_density(ctx, &f, 1.5, 1, at, &rho), WEIR_ENUMERIC,
              "comes from infinity in finite time");
  weir_flowmap wall = box(1, 0, 1, WEIR_NOFLUX);
  wall.velocity[0] = one, wall.initial = hump;
  check_fails(ctx, weir_flowmap_density(ctx, &wall, 2, 1, inside, &rho), WEIR_ENUMERIC,
              "the characteristic through (0.9, 0, 0) at t = 2");
  wall.velocity[0] = root, wall.boundary.side[0][0] = WEIR_OUTFLOW;
  check_fails(ctx, weir_flowmap_density(ctx, &wall, 5, 1, at, &rho), WEIR_ENUMERIC,
              "velocity or its divergence is not");
  wall.velocity[0] = NULL, wall.initial = root;
  const double low = 0.1, *const below[WEIR_MAXDIM] = {&low, NULL, NULL};
  check_fails(ctx, weir_flowmap_density(ctx, &wall, 5, 1, below, &rho), WEIR_ENUMERIC, "the density it carries");
  weir_mesh *m = mesh_of(ctx, &wall, 16, WEIR_UNIFORM);
  double *q = NULL;
  check_ok(ctx, weir_mesh_array(ctx, m, "averages", &q));
  check_fails(ctx, weir_flowmap_average(ctx, &wall, m, 1, q, NULL), WEIR_ENUMERIC, "the density it carries");
  wall.hi[0] = 0.5;
  check_fails(ctx, weir_flowmap_average(ctx, &wall, m, 1, q, NULL), WEIR_EARG, "the mesh reaches from 0 to 1");
  wall.dim = 2;
  check_fails(ctx, weir_flowmap_average(ctx, &wall, m, 1, q, NULL), WEIR_EARG, "dimension 2, the mesh has 1");
  weir_free(q);
  weir_mesh_destroy(&m);
  f.start = 1;
  check_fails(ctx, weir_flowmap_density(ctx, &f, 0, 1, at, &rho), WEIR_EARG, "a time from the start 1 on expected");
  f.start = 0, f.tolerance = 1;
  check_fails(ctx, weir_flowmap_density(ctx, &f, 1, 1, at, &rho), WEIR_EARG, "tolerance 1, 1e-15 .. 1e-3 expected");
  f.tolerance = 0, f.dim = 4;
  check_fails(ctx, weir_flowmap_density(ctx, &f, 1, 1, at, &rho), WEIR_EARG, "dimension 4");
  f = box(1, 1, 1, WEIR_NOFLUX);
  check_fails(ctx, weir_flowmap_density(ctx, &f, 1, 1, at, &rho), WEIR_EARG, "lo < hi expected");
}

static int setup(void **state)
{
  if (ctx_setup(state) != 0) return -1;
  return weir_exact_register(*state) == WEIR_OK ? 0 : -1;
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(one_dimensional_flows_have_their_closed_forms),
      T(the_linear_spiral_has_its_closed_form),
      T(the_swirl_at_half_time_is_what_many_runge_kutta_steps_give),
      T(places_and_divergence_agree_with_prince_and_dormands_method_of_gsl),
      T(averages_are_those_of_fine_quadrature_and_keep_the_mass),
      T(a_flow_that_has_returned_gives_back_the_start),
      T(gaussians_in_linear_flow_have_the_averages_of_the_closed_form),
      T(a_jump_has_a_stated_error),
      T(averages_of_what_is_nowhere_negative_are_not_negative),
      T(threads_do_not_change_a_bit),
      T(what_enters_is_what_was_at_the_side_then),
      T(what_cannot_be_followed_is_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
