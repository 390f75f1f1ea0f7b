/* Velocities and sources of case files: vector potentials, files of samples, manufactured sources; every refusal. */
#include "../support/check.h"
#include "../support/files.h"
#include "study/setup.h"
#include <weir/array.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static int setup(void **state)
{
  weir_ctx *ctx = NULL;
  if (weir_ctx_create(&ctx) != WEIR_OK || weir_register_all(ctx) != WEIR_OK) return -1;
  *state = ctx;
  return 0;
}

enum { TEXT = 4096 };

/* A case in the plane, periodic, with these lines besides. */
static char *plane(char text[TEXT], const char *lines)
{
  (void)snprintf(text, TEXT,
                 "weir: 1\nequation: transport\nmesh: {box: [[0, 1], [0, 1]], cells: 12}\nboundary: periodic\n"
                 "time: {end: 0.5}\n%s\n",
                 lines);
  return text;
}
static char *space(char text[TEXT], const char *lines)
{
  (void)snprintf(text, TEXT,
                 "weir: 1\nequation: transport\nmesh: {box: [[0, 1], [0, 1], [0, 1]], cells: 8}\nboundary: periodic\n"
                 "time: {end: 0.1}\n%s\n",
                 lines);
  return text;
}

static weir_case *parse(weir_ctx *ctx, const char *file, const char *text)
{
  weir_case *c = NULL;
  check_ok(ctx, weir_case_parse(ctx, file, text, strlen(text), NULL, 0, &c));
  return c;
}

static void refused(weir_ctx *ctx, const char *text, const char *part)
{
  weir_case *c = NULL;
  check_fails(ctx, weir_case_parse(ctx, "my.yaml", text, strlen(text), NULL, 0, &c), WEIR_EFORMAT, part);
}

/* ------------------------------------------------------------------ manufactured sources */
/* Largest |source - want| over a lattice of points and times. */
static double off(const weir_case *c, double (*want)(double t, const double *x))
{
  double worst = 0;
  for (int k = 0; k < 5; k++)
    for (int i = 0; i < 7 * 7 * 7; i++) {
      const double t = 0.23 * k, x[3] = {0.13 * (i % 7) + 0.01, 0.11 * (i / 7 % 7) + 0.07, 0.17 * (i / 49) - 0.2};
      worst = fmax(worst, fabs(weir_case_value(c->source, t, c->dim, x) - want(t, x)));
    }
  return worst;
}

#define C10                                                                                                            \
  "initial: exact\nexact: {expression: 2 + sin(2*pi*(x - t))*cos(2*pi*y)}\n"                                           \
  "velocity: [1 + 0.3*sin(2*pi*y)*cos(t), 1/2 + 0.3*sin(2*pi*x)]\nsource: manufactured"

static double c10(double t, const double *x)
{
  const double p = 2 * WEIR_PI, s = sin(p * (x[0] - t)), c = cos(p * (x[0] - t));
  const double u = 1 + 0.3 * sin(p * x[1]) * cos(t), v = 0.5 + 0.3 * sin(p * x[0]);
  return (u - 1) * p * c * cos(p * x[1]) - v * p * s * sin(p * x[1]); /* div v = 0 */
}

/* rho = 2 + x y e^-t in v = ((1+t) x^2, sin y - x): s = -x y e^-t + (1+t) x^2 y e^-t + (sin y - x) x e^-t + rho (2 (1+t) x + cos y) */
static double compressed(double t, const double *x)
{
  const double e = exp(-t), rho = 2 + x[0] * x[1] * e;
  return -x[0] * x[1] * e + (1 + t) * x[0] * x[0] * x[1] * e + (sin(x[1]) - x[0]) * x[0] * e +
         rho * (2 * (1 + t) * x[0] + cos(x[1]));
}

/* psi = sin(x) y^2 (1+t): v = (2 y sin x, -y^2 cos x)(1+t); rho = x + t y. */
static double streamed(double t, const double *x)
{
  return x[1] + (1 + t) * (2 * x[1] * sin(x[0]) - x[1] * x[1] * cos(x[0]) * t);
}

/* A = (y z, t x, x y^2): v = (2 x y - 0, y - y^2, t - z); rho = x y + z t^2. */
static double curled(double t, const double *x)
{
  return 2 * t * x[2] + 2 * x[0] * x[1] * x[1] + (x[1] - x[1] * x[1]) * x[0] + (t - x[2]) * t * t;
}

static double nothing(double t, const double *x)
{
  (void)t, (void)x;
  return 0;
}

static void the_source_is_what_one_derives_by_hand(void **state)
{
  static const struct {
    bool three;
    const char *lines;
    double (*want)(double t, const double *x);
  } row[] = {
      {false, C10, c10},
      {false,
       "initial: exact\nexact: {expression: 2 + x*y*exp(-t)}\nvelocity: [(1 + t)*x^2, sin(y) - x]\nsource: "
       "manufactured",
       compressed},
      {false,
       "initial: exact\nexact: {expression: x + t*y}\nvelocity: {stream: sin(x)*y^2*(1+t)}\nsource: manufactured",
       streamed},
      {true,
       "initial: exact\nexact: {expression: x*y + z*t^2}\nvelocity: {vector-potential: [y*z, t*x, x*y^2]}\n"
       "source: manufactured",
       curled},
      {false, "initial: exact\nexact: {expression: 3}\nvelocity: [y, 1]\nsource: manufactured", nothing},
  };
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
    char text[TEXT];
    weir_case *c = parse(*state, "my.yaml", row[k].three ? space(text, row[k].lines) : plane(text, row[k].lines));
    assert_true(c->manufactured);
    check_le(off(c, row[k].want), 1e-14 * 20); /* values up to 20 */
    weir_case_destroy(&c);
  }
}

static void formulas_that_a_source_cannot_be_made_from_are_refused(void **state)
{
  static const struct {
    const char *lines, *part;
  } row[] = {
      {"velocity: [1, 1]\ninitial: 1\nsource: manufactured",
       "my.yaml:8:9: source: 'manufactured' needs the density as a formula, exact: {expression: RHO}"},
      {"velocity: [1, 1]\ninitial: exact\nexact: {solution: advection}\nsource: manufactured",
       "'manufactured' needs the density as a formula"},
      {"velocity: [1, 1]\ninitial: exact\nexact: {expression: x, at: [0, 0.5]}\nsource: manufactured",
       "'manufactured' needs the density at all times, and exact.at names some only"},
      {"velocity: {file: v.npz}\ninitial: exact\nexact: {expression: x}\nsource: manufactured",
       "'manufactured' needs the velocity as formulas, and it is a file"},
      {"velocity: [1, 1]\ninitial: exact\nexact: {expression: abs(x - t)}\nsource: manufactured",
       "'manufactured' needs differentiable formulas, and exact.expression uses 'abs'; write the source out"},
      {"velocity: [1, \"max(x, y)\"]\ninitial: exact\nexact: {expression: x}\nsource: manufactured",
       "and velocity uses 'max'"},
      {"velocity: {stream: \"if(x < t, x, y)\"}\ninitial: exact\nexact: {expression: x}\nsource: manufactured",
       "and velocity.stream uses '<'"},
  };
  char text[TEXT];
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) refused(*state, plane(text, row[k].lines), row[k].part);
  refused(*state,
          space(text, "velocity: {vector-potential: [0, 0, \"mod(x, y)\"]}\ninitial: exact\nexact: {expression: x}\n"
                      "source: manufactured"),
          "and velocity.vector-potential uses 'mod'");
  refused(*state,
          "weir: 1\nequation: fokker-planck\nmesh: {box: [0, 1], cells: 8}\nboundary: no-flux\ndiffusion: 1\n"
          "initial: exact\nexact: {expression: x}\ntime: {end: 1}\nsource: manufactured\n",
          "my.yaml:9:1: key 'source' does not belong to this equation: fokker-planck has no source");
}

static void every_corner_and_jump_of_a_formula_is_seen(void **state)
{
  static const char *const kinked[] = {"abs(x)",    "sign(x)",   "step(x)",     "floor(x)", "ceil(x)", "mod(x, 2)",
                                       "min(x, 2)", "max(x, 2)", "if(x, x, 2)", "x < 1",    "x <= 1",  "x > 1",
                                       "x >= 1",    "x == 1",    "x != 1",      "x && 1",   "x || 1",  "!x"};
  static const char *const smooth[] = {"abs(-2)*x", "sin(x)^3 + sqrt(x)*hypot(x, 1)", "min(1, 2) + x", "atan2(x, 2)"};
  weir_expr_env *env = NULL;
  weir_expr *e = NULL;
  check_ok(*state, weir_expr_env_create(*state, &env));
  check_ok(*state, weir_expr_env_variable(*state, env, "x", 1));
  for (size_t k = 0; k < sizeof kinked / sizeof *kinked; k++) {
    check_ok(*state, weir_expr_parse(*state, kinked[k], NULL, env, &e));
    if (weir_expr_kink(e) == NULL || strstr(kinked[k], weir_expr_kink(e)) == NULL) fail_msg("%s", kinked[k]);
    weir_expr_destroy(&e);
  }
  for (size_t k = 0; k < sizeof smooth / sizeof *smooth; k++) {
    check_ok(*state, weir_expr_parse(*state, smooth[k], NULL, env, &e));
    if (weir_expr_kink(e) != NULL) fail_msg("%s", smooth[k]);
    weir_expr_destroy(&e);
  }
  weir_expr_env_destroy(&env);
}

/* ------------------------------------------------------------------ factors of time */
static weir_setup *bound(weir_ctx *ctx, const weir_case *c)
{
  weir_setup *s = NULL;
  check_ok(ctx, weir_setup_create(ctx, c, 1, 1, NULL, &s));
  return s;
}

static void a_vector_potential_separates_if_one_factor_serves_all(void **state)
{
  static const struct {
    const char *lines;
    bool steady, scaled;
  } row[] = {
      {"velocity: {vector-potential: [y, z, x]}\ninitial: 1", true, false},
      {"velocity: {vector-potential: [y*cos(t), -2*z*cos(t), 0]}\ninitial: 1", false, true},
      {"velocity: {vector-potential: [y*cos(t), z*sin(t), 0]}\ninitial: 1", false, false},
      {"velocity: {vector-potential: [y*cos(t), z, 0]}\ninitial: 1", false, false},
      {"velocity: {vector-potential: [0, 0, sin(x - t)]}\ninitial: 1", false, false},
  };
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
    char text[TEXT];
    weir_case *c = parse(*state, "my.yaml", space(text, row[k].lines));
    weir_setup *s = bound(*state, c);
    const weir_velocity *v = &s->problem.velocity;
    assert_int_equal(v->steady[0], row[k].steady);
    assert_int_equal(v->factor[0] != NULL, row[k].scaled);
    for (int a = 0; a < 3 && row[k].scaled; a++) { /* g(t) A(x) is A(t,x) */
      const double x[3] = {0.3, 0.2, 0.7}, A = weir_case_value(v->user[a], 0, 3, x);
      check_close(v->factor[0](v->factor_user[0], 0.4) * A, weir_case_value(c->vector_potential[a], 0.4, 3, x), 1e-15);
    }
    assert_int_equal(v->quad, row[k].steady || row[k].scaled ? 4 : 3); /* u9: of sixth order */
    weir_setup_destroy(&s);
    weir_case_destroy(&c);
  }
}

/* The same source, once as g(t) u(x) and once so that it is not seen: the same run. */
static void a_source_that_separates_is_averaged_once(void **state)
{
  static const char *const source[] = {"cos(3*t)*sin(2*pi*x)*exp(y)", "(sin(2*pi*x)*exp(y) + 0*sin(x*t))*cos(3*t)"};
  double *q[2];
  for (int k = 0; k < 2; k++) {
    char text[TEXT], lines[TEXT / 2];
    (void)snprintf(lines, sizeof lines, "velocity: [1, y - y]\ninitial: 3\nsource: %s\nscheme: {quadrature: 3}",
                   source[k]);
    weir_case *c = parse(*state, "my.yaml", plane(text, lines));
    weir_setup *s = bound(*state, c);
    weir_run *run = NULL;
    assert_int_equal(s->problem.source_factor != NULL, k == 0);
    check_ok(*state, weir_setup_start(*state, s, &run));
    check_ok(*state, weir_run_advance(*state, run, 0.5));
    check_ok(*state, weir_mesh_array(*state, s->mesh, "result", &q[k]));
    memcpy(q[k], weir_run_density(run), (size_t)s->mesh->len * sizeof **q);
    if (k == 1) {
      for (ptrdiff_t j = 0; j < 12; j++)
        for (ptrdiff_t i = 0; i < 12; i++)
          check_close(q[0][weir_mesh_index(s->mesh, i, j, 0)], q[1][weir_mesh_index(s->mesh, i, j, 0)], 1e-13);
    }
    weir_run_destroy(&run);
    weir_setup_destroy(&s);
    weir_case_destroy(&c);
  }
  weir_free(q[0]), weir_free(q[1]);
}

/* ------------------------------------------------------------------ files of samples */
enum { NT = 3, N = 12 };

static double component(int a, double t, double x, double y)
{
  return a == 0 ? 1 + t * sin(2 * WEIR_PI * y) : 0.5 * cos(2 * WEIR_PI * x) - t * t;
}

typedef struct data {
  double t[NT], x[N], y[N + 1], v[NT * N * (N + 1) * 2];
} data;

/* x without its seam, y with it. */
static data sampled(void)
{
  data d;
  for (int k = 0; k < NT; k++) d.t[k] = 0.25 * k;
  for (int i = 0; i < N; i++) d.x[i] = (double)i / N;
  for (int j = 0; j <= N; j++) d.y[j] = (double)j / N;
  for (int k = 0; k < NT; k++)
    for (int i = 0; i < N; i++)
      for (int j = 0; j <= N; j++)
        for (int a = 0; a < 2; a++)
          d.v[((k * N + i) * (N + 1) + j) * 2 + a] = component(a, d.t[k], d.x[i], j < N ? d.y[j] : d.y[0]);
  return d;
}

static void save(weir_ctx *ctx, const char *path, const bytes *b)
{
  check_ok(ctx, weir_text_write(ctx, path, (const char *)b->b, b->n));
}

/* DIR/NAME as an .npz of these entries, which are freed. */
static void save_npz(weir_ctx *ctx, const char *dir, const char *name, int n, const char *const *entry, bytes *content)
{
  char path[4096];
  bytes z = zip_bytes(n, entry, content, true);
  save(ctx, path_in(path, dir, name), &z);
  bytes_free(&z);
  for (int k = 0; k < n; k++) bytes_free(&content[k]);
}

static void write_good(weir_ctx *ctx, const char *dir, const char *name)
{
  static const char *const entry[] = {"t.npy", "x.npy", "y.npy", "v.npy", "loss.npy"};
  const data d = sampled();
  const double loss = 0.1;
  bytes content[] = {
      npy_bytes("<f8", false, "(3,)", d.t, sizeof d.t), npy_bytes("<f8", false, "(12,)", d.x, sizeof d.x),
      npy_bytes("<f8", false, "(13,)", d.y, sizeof d.y), npy_bytes("<f8", false, "(3, 12, 13, 2)", d.v, sizeof d.v),
      npy_bytes("<f8", false, "()", &loss, sizeof loss)};
  save_npz(ctx, dir, name, 5, entry, content);
}

/* The density at the end, packed, of the case in DIR with this velocity. */
static double *solved(weir_ctx *ctx, const char *dir, const char *velocity)
{
  char text[TEXT], lines[TEXT / 2], file[4096];
  (void)snprintf(lines, sizeof lines,
                 "velocity: %s\ninitial: 1 + sin(2*pi*x)/2\nscheme: {reconstruction: u7, stepper: ssprk54}", velocity);
  weir_case *c = parse(ctx, path_in(file, dir, "my.yaml"), plane(text, lines));
  weir_setup *s = bound(ctx, c);
  weir_run *run = NULL;
  double *q = NULL;
  check_ok(ctx, weir_setup_start(ctx, s, &run));
  check_ok(ctx, weir_run_advance(ctx, run, 0.5));
  check_ok(ctx, weir_alloc_doubles(ctx, N * N, "density", &q));
  weir_mesh_pack(s->mesh, weir_run_density(run), q);
  weir_run_destroy(&run);
  weir_setup_destroy(&s);
  weir_case_destroy(&c);
  return q;
}

static double farthest(double *p, double *q)
{
  double worst = 0;
  for (int i = 0; i < N * N; i++) worst = fmax(worst, fabs(p[i] - q[i]));
  weir_free(q);
  return worst;
}

static void a_file_of_samples_gives_the_flow_it_was_made_from(void **state)
{
  weir_ctx *ctx = *state;
  char dir[4096], path[4096];
  test_dir(dir, sizeof dir);
  write_good(ctx, dir, "v.npz");
  double *p = solved(ctx, dir, "{file: v.npz}");
  /* 12 samples a wave, quadratic in time, as the samples are: measured 1.4e-6 */
  check_le(farthest(p, solved(ctx, dir, "[1 + t*sin(2*pi*y), 0.5*cos(2*pi*x) - t^2]")), 4e-6);

  /* the same numbers in single precision, Fortran order, the other byte order: the same but for rounding */
  static const char *const entry[] = {"t.npy", "x.npy", "y.npy", "v.npy"};
  const data d = sampled();
  static float f[NT * N * (N + 1) * 2];
  for (int k = 0; k < NT; k++)
    for (int i = 0; i < N * (N + 1); i++)
      for (int a = 0; a < 2; a++) {
        const int C = (k * N * (N + 1) + i) * 2 + a, F = k + NT * (i / (N + 1) + N * (i % (N + 1) + (N + 1) * a));
        union {
          float f;
          unsigned char b[4];
        } from = {(float)d.v[C]}, to;
        for (int j = 0; j < 4; j++) to.b[j] = from.b[3 - j];
        f[F] = to.f;
      }
  bytes content[] = {
      npy_bytes("<f8", false, "(3,)", d.t, sizeof d.t), npy_bytes("<f8", false, "(12,)", d.x, sizeof d.x),
      npy_bytes("<f8", false, "(13,)", d.y, sizeof d.y), npy_bytes(">f4", true, "(3, 12, 13, 2)", f, sizeof f)};
  save_npz(ctx, dir, "f.npz", 4, entry, content);
  check_le(farthest(p, solved(ctx, dir, "{file: f.npz}")), 1e-5);

  /* v alone, its places in the case */
  bytes v = npy_bytes("<f8", false, "(3, 12, 13, 2)", d.v, sizeof d.v);
  save(ctx, path_in(path, dir, "v.npy"), &v);
  bytes_free(&v);
  check_le(farthest(p, solved(ctx, dir, "{file: v.npy, box: [[0, 11/12], [0, 1]], times: [0, 1/2]}")), 1e-13);

  /* the first time alone: a steady field */
  bytes one[] = {npy_bytes("<f8", false, "(12,)", d.x, sizeof d.x), npy_bytes("<f8", false, "(13,)", d.y, sizeof d.y),
                 npy_bytes("<f8", false, "(12, 13, 2)", d.v, sizeof d.v / NT)};
  save_npz(ctx, dir, "steady.npz", 3, entry + 1, one);
  double *still = solved(ctx, dir, "[1, 0.5*cos(2*pi*x)]");
  check_le(farthest(still, solved(ctx, dir, "{file: steady.npz}")), 3e-4);
  weir_free(still);
  weir_free(p);
}

static void no_file(weir_ctx *ctx, const char *dir, const char *velocity, weir_status code, const char *part)
{
  char text[TEXT], lines[TEXT / 2], file[4096];
  (void)snprintf(lines, sizeof lines, "velocity: %s\ninitial: 1", velocity);
  weir_case *c = parse(ctx, path_in(file, dir, "my.yaml"), plane(text, lines));
  weir_setup *s = NULL;
  check_fails(ctx, weir_setup_create(ctx, c, 1, 1, NULL, &s), code, part);
  assert_null(s);
  weir_case_destroy(&c);
}

static void a_file_that_does_not_fit_is_refused_in_a_sentence(void **state)
{
  weir_ctx *ctx = *state;
  char dir[4096], path[4096];
  const data d = sampled();
  test_dir(dir, sizeof dir);
  write_good(ctx, dir, "v.npz");
  no_file(ctx, dir, "{file: w.npz}", WEIR_EIO, "my.yaml:6:18: velocity.file: ");
  no_file(ctx, dir, "{file: v.npz, box: [[0, 1], [0, 1]]}", WEIR_EFORMAT,
          "v.npz: an .npz has its own x, y, z and t; `box` and `times` are for an .npy");
  check_ok(ctx, weir_text_write(ctx, path_in(path, dir, "v.csv"), "x,y\n1,2\n", 8));
  no_file(ctx, dir, "{file: v.csv}", WEIR_EFORMAT, "v.csv: is a text table, .npz or .npy expected");

  bytes v = npy_bytes("<f8", false, "(3, 12, 13, 2)", d.v, sizeof d.v);
  save(ctx, path_in(path, dir, "v.npy"), &v);
  no_file(ctx, dir, "{file: v.npy}", WEIR_EFORMAT, "v.npy: an .npy has no coordinates, so the case must give `box`");
  no_file(ctx, dir, "{file: v.npy, box: [[0, 1], [0, 1]]}", WEIR_EFORMAT,
          "v.npy: v has shape (3, 12, 13, 2), (3, 12, 2) expected: x, y, components");
  no_file(ctx, dir, "{file: v.npy, box: [[0, 11/12], [0, 1]], times: [0, 0.4]}", WEIR_EFORMAT,
          "v.npy: t covers [0, 0.4], [0, 0.5] expected");
  no_file(ctx, dir, "{file: v.npy, box: [[0, 0.5], [0, 1]], times: [0, 0.5]}", WEIR_EFORMAT,
          "v.npy: x covers [0, 0.5], one period of 1 expected");
  bytes_free(&v);
  v = npy_bytes("<f8", false, "(1, 3, 12, 2)", d.v, 72 * sizeof *d.v);
  save(ctx, path_in(path, dir, "1.npy"), &v);
  no_file(ctx, dir, "{file: 1.npy, box: [[0, 1], [0, 1]], times: [0, 1]}", WEIR_EFORMAT,
          "1.npy: v has 1 times, 2 or more expected because the case gives `times`");
  bytes_free(&v);
  v = npy_bytes("<f8", false, "(1, 12, 2)", d.v, 24 * sizeof *d.v);
  save(ctx, path_in(path, dir, "1.npy"), &v);
  no_file(ctx, dir, "{file: 1.npy, box: [[0, 1], [0, 1]]}", WEIR_EFORMAT, "v has 1 points along x, 2 or more expected");
  bytes_free(&v);

  static const char *const entry[] = {"v.npy", "x.npy", "y.npy", "t.npy"};
  bytes alone[] = {npy_bytes("<f8", false, "(3, 12, 13, 2)", d.v, sizeof d.v)};
  save_npz(ctx, dir, "a.npz", 1, entry, alone);
  no_file(ctx, dir, "{file: a.npz}", WEIR_EFORMAT, "a.npz: array x is missing");
  bytes two[] = {npy_bytes("<f8", false, "(12,)", d.x, sizeof d.x)};
  save_npz(ctx, dir, "b.npz", 1, entry + 1, two);
  no_file(ctx, dir, "{file: b.npz}", WEIR_EFORMAT, "b.npz: array v is missing");
  bytes grid[] = {npy_bytes("<f8", false, "(3, 12, 13, 2)", d.v, sizeof d.v),
                  npy_bytes("<f8", false, "(3, 4)", d.x, sizeof d.x),
                  npy_bytes("<f8", false, "(13,)", d.y, sizeof d.y)};
  save_npz(ctx, dir, "c.npz", 3, entry, grid);
  no_file(ctx, dir, "{file: c.npz}", WEIR_EFORMAT, "c.npz: x has shape (3, 4), one axis expected");
  bytes order[] = {npy_bytes("<f8", false, "(3, 13, 12, 2)", d.v, sizeof d.v),
                   npy_bytes("<f8", false, "(12,)", d.x, sizeof d.x), npy_bytes("<f8", false, "(13,)", d.y, sizeof d.y),
                   npy_bytes("<f8", false, "(3,)", d.t, sizeof d.t)};
  save_npz(ctx, dir, "d.npz", 4, entry, order);
  no_file(ctx, dir, "{file: d.npz}", WEIR_EFORMAT,
          "d.npz: v has shape (3, 13, 12, 2), (3, 12, 13, 2) expected: times, x, y, components");
  bytes never[] = {npy_bytes("<f8", false, "(3, 12, 13, 2)", d.v, sizeof d.v),
                   npy_bytes("<f8", false, "(12,)", d.x, sizeof d.x), npy_bytes("<f8", false, "(13,)", d.y, sizeof d.y),
                   npy_bytes("<f8", false, "(0,)", NULL, 0)};
  save_npz(ctx, dir, "e.npz", 4, entry, never);
  no_file(ctx, dir, "{file: e.npz}", WEIR_EFORMAT, "e.npz: t is empty, one time or more expected");
  bytes object[] = {npy_bytes("|O", false, "(1,)", d.v, 8), npy_bytes("<f8", false, "(12,)", d.x, sizeof d.x)};
  save_npz(ctx, dir, "o.npz", 2, entry, object);
  no_file(ctx, dir, "{file: o.npz}", WEIR_EFORMAT, "o.npz: v");
}

static void values_that_do_not_fit_are_refused_with_file_and_array(void **state)
{
  weir_ctx *ctx = *state;
  static const char *const entry[] = {"v.npy", "x.npy", "y.npy", "t.npy"};
  char dir[4096];
  test_dir(dir, sizeof dir);
  for (int k = 0; k < 3; k++) {
    static const char *const part[] = {"my.yaml:6:18: ", "x[4] = 0.1 after 0.25, increasing numbers expected",
                                       "v[1, 0, 0, 0] is "};
    data d = sampled();
    if (k == 1) d.x[4] = 0.1;
    if (k == 0 || k == 2) d.v[N * (N + 1) * 2] = (double)NAN;
    bytes content[] = {
        npy_bytes("<f8", false, "(3, 12, 13, 2)", d.v, sizeof d.v), npy_bytes("<f8", false, "(12,)", d.x, sizeof d.x),
        npy_bytes("<f8", false, "(13,)", d.y, sizeof d.y), npy_bytes("<f8", false, "(3,)", d.t, sizeof d.t)};
    save_npz(ctx, dir, "v.npz", 4, entry, content);
    no_file(ctx, dir, "{file: v.npz}", WEIR_EFORMAT, part[k]);
  }
}

/* A drift of the Fokker-Planck equation from a file: steady only. In 1D v may lack the last axis. */
static void a_drift_from_a_file_must_be_steady(void **state)
{
  weir_ctx *ctx = *state;
  static const char *const entry[] = {"v.npy", "x.npy", "t.npy"};
  static const char text[] =
      "weir: 1\nequation: fokker-planck\nmesh: {box: [0, 1], cells: 8}\nboundary: no-flux\ndiffusion: 1\n"
      "initial: 1\ntime: {end: 0.5}\nvelocity: {file: v.npz}\n";
  const data d = sampled();
  char dir[4096], file[4096];
  test_dir(dir, sizeof dir);
  for (int k = 0; k < 2; k++) {
    double x[2] = {0, 1};
    bytes content[] = {npy_bytes("<f8", false, k == 0 ? "(2,)" : "(3, 2)", d.v, (k == 0 ? 2 : 6) * sizeof *d.v),
                       npy_bytes("<f8", false, "(2,)", x, sizeof x), npy_bytes("<f8", false, "(3,)", d.t, sizeof d.t)};
    save_npz(ctx, dir, "v.npz", 2 + k, entry, content);
    if (k == 0) bytes_free(&content[2]);
    weir_case *c = parse(ctx, path_in(file, dir, "my.yaml"), text);
    weir_setup *s = NULL;
    if (k == 0) {
      weir_run *run = NULL;
      check_ok(ctx, weir_setup_create(ctx, c, 1, 1, NULL, &s));
      check_ok(ctx, weir_setup_start(ctx, s, &run));
      weir_run_destroy(&run);
      weir_setup_destroy(&s);
    } else {
      check_fails(ctx, weir_setup_create(ctx, c, 1, 1, NULL, &s), WEIR_EFORMAT,
                  "v.npz: fokker-planck takes a steady drift, and this one is given at 3 times");
    }
    weir_case_destroy(&c);
  }
}

/* ------------------------------------------------------------------ the schema */
static void a_velocity_that_says_it_wrongly_is_refused(void **state)
{
  static const struct {
    bool three;
    const char *lines, *part;
  } row[] = {
      {false, "velocity: {vector-potential: [0, 0, x]}\ninitial: 1",
       "velocity: a vector potential needs 3 dimensions, this case has 2"},
      {true, "velocity: {stream: x}\ninitial: 1", "velocity: a stream function needs 2 dimensions, this case has 3"},
      {true, "velocity: {vector-potential: [0, x]}\ninitial: 1",
       "velocity.vector-potential: expected a list of 3 formulas, the components of A, found a list of 2"},
      {true, "velocity: {vector-potential: [0, 0, x], stream: x}\ninitial: 1",
       "velocity: expected one of the keys stream, vector-potential and file"},
      {false, "velocity: {}\ninitial: 1", "expected one of the keys stream, vector-potential and file"},
      {false, "velocity: {steam: x}\ninitial: 1", "did you mean 'stream'?"},
      {false, "velocity: {file: v.npz, stream: x}\ninitial: 1",
       "velocity: key 'stream' is not known here; known keys: file, box, times"},
      {false, "velocity: {file: v.npy, times: [0, 1]}\ninitial: 1",
       "velocity.times: 'times' goes with 'box', for an .npy without"},
      {false, "velocity: {file: v.npy, box: [0, 1]}\ninitial: 1", "velocity.box[0]: expected"},
      {false, "velocity: {file: v.npy, box: [[0, 1]]}\ninitial: 1",
       "velocity.box: expected 2 pairs [[lo, hi], ...], one a direction"},
      {false, "velocity: {file: v.npy, box: [[0, 1], [1, 0]]}\ninitial: 1",
       "velocity.box[1]: expected [lo, hi] with lo < hi, found [1, 0]"},
      {false, "velocity: {file: v.npy, box: [[0, 1], [0, 1]], times: [1, 1]}\ninitial: 1",
       "velocity.times: expected [lo, hi] with lo < hi, found [1, 1]"},
      {true, "velocity: [1, 2]\ninitial: 1",
       "velocity: expected a list of 3 formulas or {vector-potential: [A1, A2, A3]} or {file: v.npz}, found a list of "
       "2"},
  };
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
    char text[TEXT];
    refused(*state, row[k].three ? space(text, row[k].lines) : plane(text, row[k].lines), row[k].part);
  }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(the_source_is_what_one_derives_by_hand),
      T(formulas_that_a_source_cannot_be_made_from_are_refused),
      T(every_corner_and_jump_of_a_formula_is_seen),
      T(a_vector_potential_separates_if_one_factor_serves_all),
      T(a_source_that_separates_is_averaged_once),
      T(a_file_of_samples_gives_the_flow_it_was_made_from),
      T(a_file_that_does_not_fit_is_refused_in_a_sentence),
      T(values_that_do_not_fit_are_refused_with_file_and_array),
      T(a_drift_from_a_file_must_be_steady),
      T(a_velocity_that_says_it_wrongly_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
