/* Shapes with jumps and corners in affine flow: averages against sums of points, masses against formulas, refusals. */
#include "../support/check.h"
#include "exact/shapes.h"
#include <weir/exact.h>
#include <math.h>
#include <string.h>

#define PI WEIR_PI

static int setup(void **state)
{
  if (ctx_setup(state) != 0) return -1;
  return weir_exact_register(*state) == WEIR_OK ? 0 : -1;
}

typedef struct given {
  const char *shape;
  int d;
  const double *B, *c, *centre, *lo, *hi;
} given;

static weir_exact *make(weir_ctx *ctx, const given *g)
{
  weir_param p[8] = {{.name = "shape", .text = g->shape}};
  int n = 1;
  if (g->B != NULL) p[n++] = (weir_param){.name = "B", .rows = g->d, .cols = g->d, .value = g->B};
  if (g->c != NULL) p[n++] = (weir_param){.name = "c", .rows = g->d, .cols = 1, .value = g->c};
  if (g->centre != NULL) p[n++] = (weir_param){.name = "centre", .rows = g->d, .cols = 1, .value = g->centre};
  if (g->lo != NULL) p[n++] = (weir_param){.name = "lo", .rows = g->d, .cols = 1, .value = g->lo};
  if (g->hi != NULL) p[n++] = (weir_param){.name = "hi", .rows = g->d, .cols = 1, .value = g->hi};
  weir_exact *e = NULL;
  check_ok(ctx, weir_exact_create(ctx, "moving-shape", g->d, n, p, &e));
  return e;
}

static weir_mesh *mesh_of(weir_ctx *ctx, int d, ptrdiff_t n, double lo, double hi)
{
  weir_mesh_spec spec = {.dim = d};
  for (int a = 0; a < d; a++) spec.axis[a] = (weir_axis_spec){.n = n + 2 * a, .lo = lo, .hi = hi};
  spec.axis[d - 1].grading = WEIR_TANH, spec.axis[d - 1].grade = 0.7;
  weir_mesh *m = NULL;
  check_ok(ctx, weir_mesh_create(ctx, &spec, &m));
  return m;
}

static double *averages(weir_ctx *ctx, const weir_exact *e, const weir_mesh *m, double t)
{
  double *q = NULL;
  check_ok(ctx, weir_mesh_array(ctx, m, "averages", &q));
  check_ok(ctx, weir_exact_cell_average(ctx, e, m, t, q));
  return q;
}

static const double unit_turn[] = {0, -2 * PI, 2 * PI, 0}, about_middle[] = {PI, -PI};
static const double spiral[] = {-0.4, -2, 2, -0.4}, drift[] = {0.3, -0.2}, saddle[] = {0.5, 0.2, 0, -0.3};

/* ------------------------------------------------------------------ pieces */
static void masses_are_the_formulas(void **state)
{
  (void)state;
  check_rel(radial_mass(RADIAL_DISC, 0.15), PI * 0.0225, 1e-15);
  check_rel(radial_mass(RADIAL_CONE, 0.15), PI * 0.0225 / 3, 1e-15);
  check_rel(radial_mass(RADIAL_HUMP, 0.15), 0.0225 * (PI / 4 - 1 / PI), 1e-15);
  check_close(radial_mass(RADIAL_HUMP, 0.15), 0.0105094862373, 1e-13); /* digits of the specification */
  /* the slot: int_{-b}^{b} (2R/3 + sqrt(R^2 - x^2)) dx with R = .15, b = .025 */
  weir_ctx *ctx = *state;
  weir_exact *e = make(ctx, &(given){.shape = "slotted-disc", .d = 2});
  const double R = 0.15, b = 0.025, slot = 2 * b * 0.1 + b * sqrt(R * R - b * b) + R * R * asin(b / R);
  check_rel(weir_exact_mass(e, 0), PI * R * R - slot, 1e-14);
  weir_exact_destroy(&e);
  e = make(ctx, &(given){.shape = "leveque", .d = 2});
  check_rel(weir_exact_mass(e, 3), PI * R * R - slot + PI * R * R / 3 + R * R * (PI / 4 - 1 / PI), 1e-14);
  weir_exact_destroy(&e);
  e = make(ctx, &(given){.shape = "ball", .d = 3});
  check_rel(weir_exact_mass(e, 3), 4 / 3. * PI * R * R * R, 1e-15);
  weir_exact_destroy(&e);
}

/* Sum over the polygon's bounding box of n x n midpoints. */
static double brute(radial_kind kind, double R, const polygon *p, int n)
{
  double lo[2] = {1e9, 1e9}, hi[2] = {-1e9, -1e9}, sum = 0;
  for (int k = 0; k < p->n; k++)
    for (int a = 0; a < 2; a++) lo[a] = fmin(lo[a], p->p[k][a]), hi[a] = fmax(hi[a], p->p[k][a]);
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++) {
      const double x = lo[0] + (hi[0] - lo[0]) * (i + 0.5) / n, y = lo[1] + (hi[1] - lo[1]) * (j + 0.5) / n;
      bool in = true;
      for (int k = 0; k < p->n && in; k++) {
        const double *u = p->p[k], *v = p->p[(k + 1) % p->n];
        in = (v[0] - u[0]) * (y - u[1]) - (v[1] - u[1]) * (x - u[0]) >= 0;
      }
      if (in) sum += radial_at(kind, R, hypot(x, y));
    }
  return sum * (hi[0] - lo[0]) * (hi[1] - lo[1]) / n / n;
}

static void clipped_polygons_agree_with_brute_force(void **state)
{
  (void)state;
  uint64_t seed = 11;
  for (int trial = 0; trial < 60; trial++) {
    const double cx = 0.8 * noise(&seed), cy = 0.8 * noise(&seed), a = 3 * noise(&seed),
                 w = 0.2 + 0.9 * fabs(noise(&seed));
    const double c = cos(a), s = sin(a);
    polygon p = {4, {{0}}};
    static const double corner[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
    for (int k = 0; k < 4; k++) {
      p.p[k][0] = cx + w * (c * corner[k][0] - 0.7 * s * corner[k][1]);
      p.p[k][1] = cy + w * (s * corner[k][0] + 0.7 * c * corner[k][1]);
    }
    polygon_clip(&p, 1, 0.5, 0.6 * (trial % 3));
    for (int kind = RADIAL_DISC; kind <= RADIAL_HUMP && p.n > 2; kind++)
      check_close(radial_polygon((radial_kind)kind, 0.9, &p), brute((radial_kind)kind, 0.9, &p, 300),
                  4e-3); /* edges/n */
  }
  /* to rounding: a polygon in two halves, and one that holds the disc */
  for (int kind = RADIAL_DISC; kind <= RADIAL_HUMP; kind++) {
    const polygon whole = {4, {{-0.3, -0.8}, {1.1, -0.2}, {0.7, 0.9}, {-0.6, 0.4}}};
    polygon left = whole, right = whole;
    polygon_clip(&left, 1, 0.3, 0.2), polygon_clip(&right, -1, -0.3, -0.2);
    const double sum = radial_polygon((radial_kind)kind, 0.75, &left) + radial_polygon((radial_kind)kind, 0.75, &right);
    check_rel(sum, radial_polygon((radial_kind)kind, 0.75, &whole), 1e-14);
    const polygon big = {4, {{-2, -1}, {3, -1}, {3, 2}, {-2, 2}}};
    check_rel(radial_polygon((radial_kind)kind, 0.75, &big), radial_mass((radial_kind)kind, 0.75), 1e-14);
  }
}

static void balls_in_boxes_add_up_and_agree_with_caps(void **state)
{
  (void)state;
  const double R = 0.8;
  /* a cap of height h: pi h^2 (3R - h)/3; an octant; a box without the ball */
  for (double h = 0.1; h < 1.6; h += 0.25)
    check_rel(ball_box(R, (double[]){-1, -1, R - h}, (double[]){1, 1, 1}), PI * h * h * (3 * R - h) / 3, 1e-13);
  for (double h = 0.1; h < 1.6; h += 0.25)
    check_rel(ball_box(R, (double[]){-1, R - h, -1}, (double[]){1, 1, 1}), PI * h * h * (3 * R - h) / 3, 1e-12);
  check_rel(ball_box(R, (double[]){0, 0, 0}, (double[]){1, 1, 1}), PI * R * R * R / 6, 1e-13);
  assert_true(ball_box(R, (double[]){0.5, 0.5, 0.5}, (double[]){1, 1, 1}) == 0.0);
  /* 5 x 5 x 5 uneven boxes */
  static const double x[6] = {-1, -0.53, -0.11, 0.24, 0.61, 1};
  double sum = 0;
  for (int c = 0; c < 125; c++) {
    const int i = c % 5, j = c / 5 % 5, k = c / 25;
    sum += ball_box(R, (double[]){x[i], x[j], x[k]}, (double[]){x[i + 1], x[j + 1], x[k + 1]});
  }
  check_rel(sum, 4 / 3. * PI * R * R * R, 1e-13);
}

static void the_composite_profile_is_its_own_antiderivative(void **state)
{
  (void)state;
  /* cell by cell against 4000 midpoints; jumps and corners lie on multiples of .1 or at .4 +- .005 */
  for (int k = -10; k < 10; k++) {
    enum { N = 4000 };
    double sum = 0;
    for (int i = 0; i < N; i++) sum += composite_at(0.1 * k + 0.1 * (i + 0.5) / N) * 0.1 / N;
    check_close(composite_integral(0.1 * k, 0.1 * (k + 1)), sum, 2e-7); /* the ellipse's ends: (1/N)^1.5 */
  }
  double parts = 0;
  for (int i = 0; i < 317; i++) parts += composite_integral(-1 + 2 * i / 317., -1 + 2 * (i + 1) / 317.);
  check_close(parts, composite_integral(-1, 1), 1e-15 * 317);
  check_close(composite_at(0.1), 1, 1e-15);
  check_close(composite_at(-0.3), 1, 0);
  assert_true(composite_at(-0.5) == 0 && composite_at(0.3) == 0 && composite_at(0.7) == 0);
}

/* ------------------------------------------------------------------ averages */
/* Averages by n^d midpoints of the density, on cells of the mesh; the worst difference. */
static double misfit(const weir_exact *e, const weir_mesh *m, const double *q, double t, int n)
{
  double worst = 0;
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const ptrdiff_t at[3] = {i, j, k};
        const int n1 = m->dim > 1 ? n : 1, n2 = m->dim > 2 ? n : 1;
        double sum = 0;
        for (int g = 0; g < n * n1 * n2; g++) {
          const int part[3] = {g % n, g / n % n1, g / n / n1};
          double x[3], log_rho = 0;
          for (int a = 0; a < m->dim; a++)
            x[a] = m->axis[a].node[at[a]] + m->axis[a].width[at[a]] * (part[a] + 0.5) / n;
          weir_exact_log_density(e, t, 1, x, &log_rho);
          sum += exp(log_rho);
        }
        worst = fmax(worst, fabs(q[weir_mesh_index(m, i, j, k)] - sum / (n * n1 * n2)));
      }
  return worst;
}

static void averages_agree_with_points_and_keep_the_mass_in_every_affine_flow(void **state)
{
  weir_ctx *ctx = *state;
  static const double at[] = {0.5, 0.75}, at3[] = {0.5, 0.3, 0.7}, middle[] = {0, 0}, one = 0.7, stretch = 0.3;
  static const double w = 2 * PI / 1.7320508075688772, axis[9] = {0, -w, w, w, 0, -w, -w, w, 0};
  static const double plane[4] = {0.2, 0, 0, -0.1}, zero2[2] = {-1, -1}, one2[2] = {1, 1}, speed2[2] = {1, 0.5};
  const struct {
    given g;
    double t, lo, hi, points;
    ptrdiff_t n;
  } row[] = {
      {{"disc", 2, unit_turn, about_middle, at, NULL, NULL}, 0.3, 0, 1, 0.08, 20},
      {{"slotted-disc", 2, unit_turn, about_middle, at, NULL, NULL}, 0.37, 0, 1, 0.08, 20},
      {{"slotted-disc", 2, unit_turn, about_middle, at, NULL, NULL}, 1, 0, 1, 0.08, 20},
      {{"slotted-disc", 2, spiral, drift, at, NULL, NULL}, 0.7, -1.5, 1.5, 0.1, 30},
      {{"cone", 2, saddle, drift, at, NULL, NULL}, 0.9, -1, 2, 0.01, 24},
      {{"hump", 2, saddle, drift, at, NULL, NULL}, 0.9, -1, 2, 0.01, 24},
      {{"leveque", 2, unit_turn, about_middle, NULL, NULL, NULL}, 0.61, 0, 1, 0.08, 24},
      {{"ball", 3, axis, NULL, at3, NULL, NULL}, 0.3, -1, 1.2, 0.15, 9},
      {{"jiang-shu", 1, &stretch, &one, NULL, NULL, NULL}, 0.5, -2, 2, 0.1, 50},
      {{"jiang-shu", 1, NULL, &one, NULL, zero2, one2}, 7.3, -1, 1, 0.1, 64},
      {{"jiang-shu", 2, plane, speed2, NULL, NULL, NULL}, 0.4, -2, 2, 0.1, 24},
      {{"jiang-shu", 2, NULL, speed2, NULL, zero2, one2}, 5.1, -1, 1, 0.1, 24},
      {{"disc", 2, NULL, speed2, middle, zero2, one2}, 0.9, -1, 1, 0.08, 20},
  };
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
    const given g = row[k].g;
    weir_exact *e = make(ctx, &g);
    weir_mesh *m = mesh_of(ctx, g.d, row[k].n, row[k].lo, row[k].hi);
    double *q = averages(ctx, e, m, row[k].t);
    check_le(misfit(e, m, q, row[k].t, g.d == 3 ? 6 : g.d == 2 ? 12 : 200), row[k].points);
    check_rel(weir_mesh_integral(m, q), weir_exact_mass(e, row[k].t), 1e-12);
    double lo = 0, hi = 0;
    weir_mesh_range(m, q, &lo, &hi, NULL, NULL);
    check_ge(lo, 0);
    weir_free(q);
    weir_mesh_destroy(&m);
    weir_exact_destroy(&e);
  }
}

static void after_a_turn_the_averages_are_those_of_the_start(void **state)
{
  weir_ctx *ctx = *state;
  weir_exact *e = make(ctx, &(given){.shape = "leveque", .d = 2, .B = unit_turn, .c = about_middle});
  weir_mesh *m = mesh_of(ctx, 2, 64, 0, 1);
  double *a = averages(ctx, e, m, 0), *b = averages(ctx, e, m, 1), worst = 0;
  for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
    for (ptrdiff_t i = 0; i < m->axis[0].n; i++)
      worst = fmax(worst, fabs(a[weir_mesh_index(m, i, j, 0)] - b[weir_mesh_index(m, i, j, 0)]));
  check_le(worst, 1e-12);
  double v[2];
  const double x[2] = {0.5, 0.75};
  assert_true(weir_exact_velocity(e, 0, 1, x, v));
  check_close(v[0], -PI / 2, 1e-14);
  check_close(v[1], 0, 1e-14);
  weir_free(a), weir_free(b);
  weir_mesh_destroy(&m);
  weir_exact_destroy(&e);
}

/* Each of N equal parts of the start, at the middle of its share of the mass, moves with v and stops where v vanishes. */
static void collapse_and_vacuum_are_where_the_parts_of_the_mass_go(void **state)
{
  weir_ctx *ctx = *state;
  enum { N = 20000, CELLS = 40 };
  static const double speed[] = {-0.8, 1.3}, mean = 0.2, variance = 0.3, x0 = 0.1;
  for (int k = 0; k < 2; k++) {
    const weir_param p[] = {{.name = "s", .rows = 1, .cols = 1, .value = &speed[k]},
                            {.name = "x0", .rows = 1, .cols = 1, .value = &x0},
                            {.name = "mean", .rows = 1, .cols = 1, .value = &mean},
                            {.name = "covariance", .rows = 1, .cols = 1, .value = &variance}};
    weir_exact *e = NULL;
    check_ok(ctx, weir_exact_create(ctx, "sign-flow", 1, 4, p, &e));
    weir_mesh *m = mesh_of(ctx, 1, CELLS, -4, 4);
    const double t = 0.7;
    double *q = averages(ctx, e, m, t), parts[CELLS] = {0}, worst = 0;
    for (int i = 0; i < N; i++) {
      double a = -10, b = 10; /* the place below which (i + 1/2)/N of the mass lies, by halving */
      while (b - a > 1e-13) {
        const double c = 0.5 * (a + b);
        *(0.5 * erfc(-(c - mean) / sqrt(2 * variance)) < (i + 0.5) / N ? &a : &b) = c;
      }
      const double y = a - x0, d = speed[k] * t, to = y + (y > 0 ? d : -d), x = x0 + (to * y <= 0 ? 0.0 : to);
      parts[weir_axis_find(&m->axis[0], x)] += 1.0 / N;
    }
    for (int i = 0; i < CELLS; i++)
      worst = fmax(worst, fabs(parts[i] - q[weir_mesh_index(m, i, 0, 0)] * m->axis[0].width[i]));
    check_le(worst, 2.0 / N);
    check_rel(weir_mesh_integral(m, q), 1, 1e-7); /* 5.3 standard deviations to the nearer end, less the way */
    double v = 0, log_rho = 0;
    assert_true(weir_exact_velocity(e, t, 1, &x0, &v));
    assert_true(v == 0);
    const double at = 2.2, from = at - speed[k] * t;
    weir_exact_log_density(e, t, 1, &at, &log_rho);
    check_close(log_rho, -0.5 * (from - mean) * (from - mean) / variance - 0.5 * log(2 * PI * variance), 1e-14);
    weir_exact_log_density(e, t, 1, &x0, &log_rho);
    assert_true(isinf(log_rho) && (log_rho > 0) == (speed[k] < 0));
    check_fails(ctx, weir_exact_exists(ctx, e, -1), WEIR_EARG, "only from 0 on");
    weir_free(q);
    weir_mesh_destroy(&m);
    weir_exact_destroy(&e);
  }
  const double zero = 0, one = 1;
  weir_exact *e = NULL;
  const weir_param bad[] = {{.name = "s", .rows = 1, .cols = 1, .value = &zero}},
                   flat[] = {{.name = "s", .rows = 1, .cols = 1, .value = &one},
                             {.name = "covariance", .rows = 1, .cols = 1, .value = &zero}};
  check_fails(ctx, weir_exact_create(ctx, "sign-flow", 1, 1, bad, &e), WEIR_EARG, "'s' is 0");
  check_fails(ctx, weir_exact_create(ctx, "sign-flow", 1, 2, flat, &e), WEIR_EARG, "'covariance' is 0");
  check_fails(ctx, weir_exact_create(ctx, "sign-flow", 2, 2, flat, &e), WEIR_EARG, "dimension 2");
}

static void what_makes_no_sense_is_refused(void **state)
{
  weir_ctx *ctx = *state;
  static const double two[2] = {0, 0}, bad[4] = {0, 1, 1, 0}, bad3[9] = {0, 1, 0, 1, 0, 0, 0, 0, 0}, one = 1, big = 0.4;
  static const double minus = -1;
  const struct {
    int d, n;
    weir_param p[4];
    const char *part;
  } row[] = {
      {2, 1, {{.name = "shape", .text = "dics"}}, "'dics'; expected disc, slotted-disc"},
      {3, 1, {{.name = "shape", .text = "disc"}}, "shape 'disc' in 3 dimensions, 2 expected"},
      {2, 1, {{.name = "shape", .text = "ball"}}, "3 expected"},
      {2,
       2,
       {{.name = "shape", .text = "leveque"}, {.name = "centre", .rows = 2, .cols = 1, .value = two}},
       "'centre' has no meaning for shape 'leveque'"},
      {2, 2, {{.name = "shape", .text = "jiang-shu"}, {.name = "B", .rows = 2, .cols = 2, .value = bad}}, "diagonal"},
      {3, 2, {{.name = "shape", .text = "ball"}, {.name = "B", .rows = 3, .cols = 3, .value = bad3}}, "antisymmetric"},
      {2,
       2,
       {{.name = "shape", .text = "disc"}, {.name = "lo", .rows = 2, .cols = 1, .value = two}},
       "'hi' is missing"},
      {2,
       2,
       {{.name = "shape", .text = "disc"}, {.name = "radius", .rows = 1, .cols = 1, .value = &minus}},
       "radius -1"},
      {2,
       2,
       {{.name = "shape", .text = "slotted-disc"}, {.name = "slot", .rows = 1, .cols = 1, .value = &big}},
       "slot"},
      {1,
       4,
       {{.name = "shape", .text = "jiang-shu"},
        {.name = "B", .rows = 1, .cols = 1, .value = &one},
        {.name = "lo", .rows = 1, .cols = 1, .value = &minus},
        {.name = "hi", .rows = 1, .cols = 1, .value = &one}},
       "needs B = 0"},
  };
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
    weir_exact *e = NULL;
    check_fails(ctx, weir_exact_create(ctx, "moving-shape", row[k].d, row[k].n, row[k].p, &e), WEIR_EARG, row[k].part);
    assert_null(e);
  }
  weir_exact *e = make(ctx, &(given){.shape = "disc", .d = 2});
  check_fails(ctx, weir_exact_exists(ctx, e, (double)NAN), WEIR_EARG, "no solution at t = ");
  weir_exact_destroy(&e);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(masses_are_the_formulas),
      T(clipped_polygons_agree_with_brute_force),
      T(balls_in_boxes_add_up_and_agree_with_caps),
      T(the_composite_profile_is_its_own_antiderivative),
      T(averages_agree_with_points_and_keep_the_mass_in_every_affine_flow),
      T(after_a_turn_the_averages_are_those_of_the_start),
      T(collapse_and_vacuum_are_where_the_parts_of_the_mass_go),
      T(what_makes_no_sense_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
