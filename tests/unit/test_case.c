/* Case files: every key, every refusal with its place, and that the built-in cases mean what they say. */
#include "../support/check.h"
#include <weir/case.h>
#include <weir/exact.h>
#include <weir/yaml.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char transport[] = "weir: 1\n"                             /* 1 */
                                "equation: transport\n"                 /* 2 */
                                "parameters: {U: 2, w: \"U/4\"}\n"      /* 3 */
                                "mesh:\n"                               /* 4 */
                                "  box: [[0, 1], [0, 2*pi]]\n"          /* 5 */
                                "  cells: [16, 32]\n"                   /* 6 */
                                "boundary: {x: periodic, y: no-flux}\n" /* 7 */
                                "velocity: [U, \"w*sin(x)*cos(t)\"]\n"  /* 8 */
                                "source: t*r\n"                         /* 9 */
                                "initial: 1 + x^2\n"                    /* 10 */
                                "time: {end: 1, outputs: [0.5, 1]}\n";  /* 11 */

static const char diffusive[] = "weir: 1\n"                                                              /* 1 */
                                "equation: fokker-planck\n"                                              /* 2 */
                                "parameters: {D: 1/2}\n"                                                 /* 3 */
                                "mesh: {box: [-4, 4], cells: 40}\n"                                      /* 4 */
                                "boundary: no-flux\n"                                                    /* 5 */
                                "potential: x^2/2\n"                                                     /* 6 */
                                "diffusion: D\n"                                                         /* 7 */
                                "initial: exact\n"                                                       /* 8 */
                                "exact: {solution: ornstein-uhlenbeck, A: 1, diffusion: D, mean: [1]}\n" /* 9 */
                                "time: {end: 0.4, outputs: 4}\n"                                         /* 10 */
                                "jko: {tau: 0.1}\n";                                                     /* 11 */

static weir_status parse(weir_ctx *ctx, const char *text, weir_case **c)
{
  return weir_case_parse(ctx, "my.yaml", text, strlen(text), NULL, 0, c);
}

/* `base` with the first `old` replaced; free(). */
static char *with(const char *base, const char *old, const char *new)
{
  const char *at = strstr(base, old);
  assert_non_null(at);
  char *s = malloc(strlen(base) + strlen(new) + 1);
  memcpy(s, base, (size_t)(at - base));
  strcpy(s + (at - base), new);
  strcat(s, at + strlen(old));
  return s;
}

typedef struct bad_case {
  const char *old, *new, *message;
} bad_case;

static void all_refused(weir_ctx *ctx, const char *base, const bad_case *bad)
{
  for (; bad->old != NULL; bad++) {
    char *text = with(base, bad->old, bad->new);
    weir_case *c = (weir_case *)&c;
    check_fails(ctx, parse(ctx, text, &c), WEIR_EFORMAT, bad->message);
    assert_null(c);
    free(text);
  }
}

/* ------------------------------------------------------------------ what is read */
static void a_transport_case_is_read_whole(void **state)
{
  weir_ctx *ctx = *state;
  weir_case *c = NULL;
  check_ok(ctx, parse(ctx, transport, &c));
  assert_string_equal(c->name, "my");
  assert_string_equal(c->title, "");
  assert_int_equal(c->equation, WEIR_CASE_TRANSPORT);
  assert_int_equal(c->dim, 2);
  assert_int_equal(c->mesh.axis[1].n, 32);
  check_close(c->mesh.axis[1].hi, 2 * WEIR_PI, 0.0);
  assert_true(c->mesh.axis[0].periodic && !c->mesh.axis[1].periodic);
  assert_int_equal(c->side[0][1], WEIR_PERIODIC);
  assert_int_equal(c->side[1][0], WEIR_NOFLUX);
  const double x[2] = {0.5, 0.25};
  check_close(weir_case_value(c->velocity[0], 0.0, 2, x), 2.0, 0.0);
  check_close(weir_case_value(c->velocity[1], 0.3, 2, x), 0.5 * sin(0.5) * cos(0.3), DBL_EPSILON);
  check_close(weir_case_value(c->source, 2.0, 2, x), 2.0 * hypot(0.5, 0.25), 4 * DBL_EPSILON);
  check_close(weir_case_value(c->initial_expr, 0.0, 2, x), 1.25, 0.0);
  assert_true(weir_case_steady(c->velocity[0]) && !weir_case_steady(c->velocity[1]) && weir_case_steady(NULL));
  assert_int_equal(c->outputs, 2);
  check_close(c->output[0], 0.5, 0.0);
  assert_null(c->reconstruction);
  assert_int_equal(c->quadrature, 4);
  assert_true(!weir_case_has_exact(c, 0.0) && c->levels == 0 && c->jko_tau == 0.0);
  check_close(c->eps, 0.05, 0.0);
  check_close(c->alpha, 0.01, 0.0);
  weir_case_destroy(&c);
  assert_null(c);
  weir_case_destroy(&c);
  weir_case_destroy(NULL);
}

static void a_fokker_planck_case_is_read_whole(void **state)
{
  weir_ctx *ctx = *state;
  weir_case *c = NULL;
  char *text = with(diffusive, "jko:",
                    "scheme: {quadrature: 6, potential: point}\n"
                    "converge: {levels: [20, 40], order: 2, delta: 0.2, norm: L2}\n"
                    "judge: {eps: 0.1, alpha: 0.05, seed: 7, tolerances: {mean: D/10}}\njko:");
  check_ok(ctx, parse(ctx, text, &c));
  free(text);
  check_close(c->diffusion, 0.5, 0.0);
  assert_int_equal(c->initial, WEIR_CASE_INITIAL_EXACT);
  assert_true(c->initial_exact && weir_case_has_exact(c, 0.123));
  assert_string_equal(c->exact, "ornstein-uhlenbeck");
  assert_int_equal(c->exact_count, 3);
  assert_string_equal(c->exact_param[1].name, "diffusion");
  check_close(c->exact_param[1].value[0], 0.5, 0.0);
  assert_int_equal(c->exact_param[2].rows, 1);
  assert_int_equal(c->outputs, 4);
  check_close(c->output[2], 0.4 * 3 / 4, 0.0);
  check_close(c->output[3], 0.4, 0.0);
  assert_int_equal(c->jko_steps, 4);
  assert_true(c->point_potential && c->quadrature == 6);
  assert_int_equal(c->levels, 2);
  assert_int_equal(c->level[1], 40);
  assert_true(c->order == 2.0 && c->delta == 0.2 && strcmp(c->norm, "L2") == 0);
  assert_true(c->eps == 0.1 && c->alpha == 0.05 && c->seed == 7);
  assert_string_equal(c->tolerance[0].name, "mean");
  check_close(c->tolerance[0].value, 0.05, 0.0);
  weir_case_destroy(&c);
}

static void meshes_take_every_form(void **state)
{
  weir_ctx *ctx = *state;
  weir_case *c = NULL;
  char *text =
      with(transport, "  box: [[0, 1], [0, 2*pi]]\n  cells: [16, 32]\n",
           "  box: [[0, 1], listed]\n  cells: 8\n  grading: [{sine: U/10}, listed]\n  nodes: {y: [0, 0.1, 0.5, w]}\n");
  check_fails(ctx, parse(ctx, text, &c), WEIR_EFORMAT, "my.yaml:8:28: mesh.nodes.y[3]: expected a number > 0.5");
  free(text);
  text =
      with(transport, "  box: [[0, 1], [0, 2*pi]]\n  cells: [16, 32]\n",
           "  box: [[0, 1], listed]\n  cells: 8\n  grading: [{sine: U/10}, listed]\n  nodes: {y: [0, 0.1, 0.4, w]}\n");
  check_ok(ctx, parse(ctx, text, &c));
  assert_int_equal(c->mesh.axis[0].n, 8);
  assert_int_equal(c->mesh.axis[0].grading, WEIR_SINE);
  check_close(c->mesh.axis[0].grade, 0.2, 0.0);
  assert_int_equal(c->mesh.axis[1].grading, WEIR_LISTED);
  assert_int_equal(c->mesh.axis[1].n, 3);
  check_close(c->mesh.axis[1].node[3], 0.5, 0.0);
  weir_case_destroy(&c);
  free(text);
  text = with(diffusive, "mesh: {box: [-4, 4], cells: 40}", "mesh: {nodes: {x: [-1, 0, 2]}}");
  check_ok(ctx, parse(ctx, text, &c));
  assert_int_equal(c->dim, 1);
  assert_int_equal(c->mesh.axis[0].n, 2);
  weir_case_destroy(&c);
  free(text);
  text = with(diffusive, "mesh: {box: [-4, 4], cells: 40}", "mesh: {box: [[-4, 4]], cells: [40], grading: {tanh: 2}}");
  check_ok(ctx, parse(ctx, text, &c));
  assert_int_equal(c->mesh.axis[0].grading, WEIR_TANH);
  weir_case_destroy(&c);
  free(text);
}

static void gaussian_and_mixture_data_are_read(void **state)
{
  weir_ctx *ctx = *state;
  weir_case *c = NULL;
  char *text = with(
      transport, "initial: 1 + x^2",
      "initial: {mixture: [{mean: [0, 1], covariance: w}, {weight: 3, mean: [1, 1], covariance: [[2, 1], [1, 2]]}]}");
  check_ok(ctx, parse(ctx, text, &c));
  assert_int_equal(c->initial, WEIR_CASE_INITIAL_MIXTURE);
  assert_int_equal(c->mixture_count, 2);
  assert_true(c->mixture[0].weight == 1.0 && c->mixture[0].cov[0] == 0.5 && c->mixture[0].cov[1] == 0.0 &&
              c->mixture[0].cov[3] == 0.5);
  assert_true(c->mixture[1].weight == 3.0 && c->mixture[1].cov[1] == 1.0 && c->mixture[1].mean[0] == 1.0);
  weir_case_destroy(&c);
  free(text);
}

static void a_flow_map_and_a_shape_are_read(void **state)
{
  weir_ctx *ctx = *state;
  weir_case *c = NULL;
  char *text =
      with(transport, "source: t*r\ninitial: 1 + x^2", "initial: {shape: disc, centre: [w, 1]}\nexact: flow-map");
  check_ok(ctx, parse(ctx, text, &c));
  assert_true(c->flow_map && c->exact == NULL && c->exact_expr == NULL && weir_case_has_exact(c, 0.7));
  assert_int_equal(c->initial, WEIR_CASE_INITIAL_SHAPE);
  assert_int_equal(c->shape_count, 2);
  assert_string_equal(c->shape_param[0].text, "disc");
  assert_true(c->shape_param[1].rows == 2 && c->shape_param[1].value[0] == 0.5);
  weir_case_destroy(&c);
  char *loose = with(text, "exact: flow-map", "exact: {solution: flow-map, tolerance: 1e-9}");
  check_ok(ctx, parse(ctx, loose, &c));
  assert_true(c->flow_map && c->flow_tolerance == 1e-9);
  weir_case_destroy(&c);
  char *times = with(text, "exact: flow-map", "exact: {solution: moving-shape, shape: disc, at: [0, 1]}");
  check_ok(ctx, parse(ctx, times, &c));
  assert_true(!c->flow_map && c->exact_count == 1 && c->exact_times == 2);
  assert_true(weir_case_has_exact(c, 1) && !weir_case_has_exact(c, 0.5));
  weir_case_destroy(&c);
  free(text), free(loose), free(times);
}

static void the_point_function_evaluates_arrays(void **state)
{
  weir_ctx *ctx = *state;
  weir_case *c = NULL;
  char *text = with(transport, "y: no-flux", "y: [{inflow: \"1 + x*t\"}, outflow]");
  check_ok(ctx, parse(ctx, text, &c));
  free(text);
  weir_boundary b;
  weir_case_boundary(c, &b);
  assert_int_equal(b.side[1][0], WEIR_INFLOW);
  assert_int_equal(b.side[1][1], WEIR_OUTFLOW);
  assert_true(b.density[1][1] == NULL && b.density[0][0] == NULL && !b.steady[1][0]);
  const double x[3] = {1, 2, 3}, y[3] = {0, 0, 0};
  const double *const at[WEIR_MAXDIM] = {x, y, NULL};
  double out[3];
  b.density[1][0](b.user[1][0], 0.5, 3, at, out);
  for (int i = 0; i < 3; i++) check_close(out[i], 1 + x[i] * 0.5, 0.0);
  weir_case_destroy(&c);
}

static void an_exact_formula_serves_initial_and_inflow(void **state)
{
  weir_ctx *ctx = *state;
  weir_case *c = NULL;
  char *text = with(transport, "initial: 1 + x^2", "initial: exact\nexact: {expression: x + t, at: [0, 2]}");
  check_ok(ctx, parse(ctx, text, &c));
  assert_int_equal(c->initial, WEIR_CASE_INITIAL_EXPRESSION);
  assert_true(c->initial_exact && weir_case_has_exact(c, 2.0) && !weir_case_has_exact(c, 1.0));
  const double x[2] = {0.25, 0};
  check_close(weir_case_value(c->initial_expr, 1.0, 2, x), 1.25, 0.0);
  weir_case_destroy(&c);
  free(text);
  text = with(transport, "initial: 1 + x^2", "initial: exact\nexact: {expression: x + t}");
  char *open = with(text, "y: no-flux", "y: {inflow: exact}");
  check_ok(ctx, parse(ctx, open, &c));
  check_close(weir_case_value(c->inflow[1][1], 1.0, 2, x), 1.25, 0.0);
  assert_false(c->inflow_exact[1][1]);
  weir_case_destroy(&c);
  free(text), free(open);
  text = with(transport, "initial: 1 + x^2",
              "initial: exact\nexact: {solution: advection, profile: sine, wave: [[1, 2]]}");
  open = with(text, "y: no-flux", "y: {inflow: exact}");
  check_ok(ctx, parse(ctx, open, &c));
  assert_true(c->inflow_exact[1][0] && c->inflow[1][0] == NULL);
  assert_string_equal(c->exact_param[0].text, "sine");
  assert_null(c->exact_param[0].value);
  assert_true(c->exact_param[1].rows == 1 && c->exact_param[1].cols == 2 && c->exact_param[1].value[1] == 2.0);
  weir_case_destroy(&c);
  free(text), free(open);
}

/* ------------------------------------------------------------------ what is refused */
static void bad_keys_and_values_are_refused_at_their_place(void **state)
{
  static const bad_case bad[] = {
      {"weir: 1", "weir: 2", "my.yaml:1:7: weir: expected 1, found '2'"},
      {"weir: 1\n", "", "my.yaml:1:1: key 'weir' is missing"},
      {"weir: 1", "weir-mesh: 1", "this is a mesh file, a case with 'weir: 1' expected"},
      {"velocity", "velocty",
       "my.yaml:8:1: key 'velocty' is not known here (did you mean 'velocity'?); known keys: weir"},
      {"  cells", "  celss", "my.yaml:6:3: mesh: key 'celss' is not known here (did you mean 'cells'?)"},
      {"  cells: [16, 32]\n", "", "my.yaml:5:3: mesh: key 'cells' is missing"},
      {"  cells: [16, 32]\n", "  cells: [16, 32]\n  cells: 3\n",
       "my.yaml:7:3: key 'cells' is given twice, first in line 6"},
      {"[16, 32]", "[16, 3.5]", "my.yaml:6:15: mesh.cells[1]: expected a whole number from 1 to 16777216, found '3.5'"},
      {"[16, 32]", "[16, 0]", "mesh.cells[1]: expected a whole number from 1 to 16777216, found '0'"},
      {"[16, 32]", "[16, w]", "mesh.cells[1]: expected a whole number from 1 to 16777216, found 'w' = 0.5"},
      {"[16, 32]", "[16, x]",
       "mesh.cells[1]: expected a number or a formula that depends on parameters only, found 'x'"},
      {"[16, 32]", "[16]",
       "my.yaml:6:10: mesh.cells: expected an entry for each of the 2 directions, found a list of 1"},
      {"[0, 2*pi]", "[1, 0]", "my.yaml:5:17: mesh.box[1]: expected [lo, hi] with lo < hi, found [1, 0]"},
      {"[[0, 1], [0, 2*pi]]", "7", "mesh.box: expected 1 to 3 pairs [[lo, hi], ...], found '7'"},
      {"[[0, 1], [0, 2*pi]]", "[[0, 1], [0, 1], [0, 1], [0, 1]]", "mesh.box: expected 1 to 3 pairs"},
      {"[0, 2*pi]]", "[0, 1]]\n  grading: {tan: 1}",
       "my.yaml:6:13: mesh.grading: key 'tan' is not known here (did you mean 'tanh'?)"},
      {"[0, 2*pi]]", "[0, 1]]\n  grading: {tanh: -1}", "mesh.grading.tanh: expected a number > 0, found '-1'"},
      {"[0, 2*pi]]", "[0, 1]]\n  grading: {sine: 1}", "mesh.grading.sine: expected a number in (-1, 1), found '1'"},
      {"[0, 2*pi]]", "[0, 1]]\n  grading: linear", "mesh.grading: expected uniform, {geometric: g}"},
      {"[0, 2*pi]]", "[0, 1]]\n  nodes: {z: [0, 1]}", "mesh.nodes: nodes of 'z', but the box has 2 dimensions"},
      {"[0, 2*pi]]", "[0, 1]]\n  nodes: {y: [0, 1]}",
       "mesh.box[1]: expected 'listed', because this direction's nodes are given"},
      {"[0, 2*pi]]", "[0, 1]]\n  file: ''", "mesh.file: expected a text, found ''"},
      {"mesh:\n", "mesh: 1\nmash:\n", "my.yaml:5:1: key 'mash' is not known here (did you mean 'mesh'?)"},
      {"equation: transport", "equation: transprot",
       "my.yaml:2:11: equation: expected one of transport, fokker-planck (did you mean 'transport'?), found "
       "'transprot'"},
      {"equation: transport", "equation: transport\nname: Up", "my.yaml:3:7: name: expected a name of at most 64"},
      {"equation: transport", "equation: transport\ntitle: \"a\\nb\"", "my.yaml:3:8: title: expected one line"},
      {"U: 2", "sin: 2", "my.yaml:3:19: parameters.sin: "},
      {"U: 2", "x: 2", "my.yaml:3:17: parameters.x: "},
      {"U: 2", "2b: 2", "my.yaml:3:18: parameters.2b: "},
      {"{U: 2,", "{U: V, V: 1,", "my.yaml:3:17: unknown name 'V'"},
      {"{U: 2, w: \"U/4\"}", "[1]",
       "my.yaml:3:13: parameters: expected a map of names and formulas, found a list of 1"},
      {NULL, NULL, NULL}};
  all_refused(*state, transport, bad);
}

static void bad_formulas_are_refused_at_the_right_column(void **state)
{
  static const bad_case bad[] = {
      {"\"w*sin(x)*cos(t)\"", "\"w*sinn(x)\"", "my.yaml:8:18: unknown name 'sinn' (did you mean 'sin'?)"},
      {"\"w*sin(x)*cos(t)\"", "w*sinn(x)", "my.yaml:8:17: unknown name 'sinn'"},
      {"\"w*sin(x)*cos(t)\"", "x + z",
       "my.yaml:8:19: velocity[1]: 'z' is used, but this case has 2 dimensions (mesh.box)"},
      {"w: \"U/4\"", "w: z", "my.yaml:3:23: parameters.w: 'z' is used, but this case has 2 dimensions"},
      {"source: t*r", "source: |\n  t*r +\n  + foo", "my.yaml:11:5: unknown name 'foo'"},
      {"initial: 1 + x^2", "initial: 1 + x^t", "my.yaml:10:16: initial: 't' is used, but this must not depend on time"},
      {"source: t*r", "source:", "my.yaml:9:8: source: expected a formula, found nothing"},
      {"source: t*r", "source: [t]", "my.yaml:9:9: source: expected a formula, found a list of 1"},
      {"source: t*r", "source: 'x +'", "my.yaml:9:13: "},
      {NULL, NULL, NULL}};
  all_refused(*state, transport, bad);
  weir_ctx *ctx = *state;
  char *text = with(transport, "w: \"U/4\"", "w: t"), *twice = with(text, "initial: 1 + x^2", "initial: 1 + w");
  weir_case *c = NULL;
  check_fails(ctx, parse(ctx, twice, &c), WEIR_EFORMAT, "my.yaml:10:10: initial: 't' is used through a parameter, but");
  free(text), free(twice);
}

static void terms_that_do_not_fit_the_equation_are_refused(void **state)
{
  static const bad_case for_transport[] = {
      {"velocity: [U, \"w*sin(x)*cos(t)\"]\n", "", "my.yaml:1:1: key 'velocity' is missing"},
      {"velocity: [U, \"w*sin(x)*cos(t)\"]", "velocity: [U]",
       "my.yaml:8:11: velocity: expected a list of 2 formulas or {stream: FORMULA} or {file: v.npz}, found a list of "
       "1"},
      {"velocity: [U, \"w*sin(x)*cos(t)\"]", "velocity: U",
       "velocity: expected a list of 2 formulas or {stream: FORMULA} or {file: v.npz}, found 'U'"},
      {"velocity: [U, \"w*sin(x)*cos(t)\"]", "velocity: {strem: x}",
       "velocity: key 'strem' is not known here (did you mean 'stream'?)"},
      {"source: t*r", "potential: x", "my.yaml:9:1: key 'potential' does not belong to this equation"},
      {"source: t*r", "diffusion: 1",
       "my.yaml:9:1: key 'diffusion' does not belong to this equation: transport has none"},
      {"source: t*r", "scheme: {potential: point}",
       "my.yaml:9:10: scheme: key 'potential' is for equation: fokker-planck only"},
      {"source: t*r", "scheme: {cfl: 0}", "scheme.cfl: expected a number > 0, found '0'"},
      {"source: t*r", "scheme: {limiter: clip}",
       "scheme.limiter: expected one of auto, none, positive, bounds, found 'clip'"},
      {"source: t*r", "scheme: {dt: -1}", "scheme.dt: expected a number > 0, found '-1'"},
      {"source: t*r", "scheme: {quadrature: 17}",
       "scheme.quadrature: expected a whole number from 1 to 16, found '17'"},
      {"source: t*r", "scheme: {stepper: [a]}", "scheme.stepper: expected a text, found a list of 1"},
      {"source: t*r", "jko: {tau: 0.1}", "my.yaml:9:6: jko: is for equation: fokker-planck only"},
      {NULL, NULL, NULL}};
  static const bad_case for_diffusive[] = {
      {"diffusion: D\n", "", "my.yaml:1:1: key 'diffusion' is missing"},
      {"diffusion: D\n", "diffusion: -D\n", "my.yaml:7:12: diffusion: expected a number > 0, found '-D' = -0.5"},
      {"diffusion: D\n", "diffusion: x\n", "diffusion: expected a number or a formula that depends on parameters only"},
      {"diffusion: D\n", "diffusion: D\nsource: 1\n", "my.yaml:8:1: key 'source' does not belong to this equation"},
      {"potential: x^2/2", "potential: x^2*t",
       "my.yaml:6:16: potential: 't' is used, but this must not depend on time"},
      {"potential: x^2/2", "velocity: x*t", "velocity: 't' is used, but this must not depend on time"},
      {"potential: x^2/2", "velocity: {stream: x}", "velocity: a stream function needs 2 dimensions, this case has 1"},
      {"diffusion: D\n", "diffusion: D\nscheme: {cfl: 0.5}\n",
       "my.yaml:8:10: scheme: key 'cfl' is for equation: transport only"},
      {"diffusion: D\n", "diffusion: D\nscheme: {potential: pint}\n",
       "expected one of averaged, point (did you mean 'point'?)"},
      {"boundary: no-flux", "boundary: {inflow: t}", "boundary.inflow: 't' is used, but this must not depend on time"},
      {"boundary: no-flux", "boundary: {inflow: exact}", "boundary.inflow: fokker-planck takes a steady density only"},
      {"A: 1,", "", "my.yaml:11:6: jko: needs an exact solution with a drift matrix 'A'"},
      {"A: 1,", "A: [[1, 2], [3, 4]],", "jko: needs a symmetric drift, and exact.A has [1][0] = 3, [0][1] = 2"},
      {"initial: exact", "initial: x", "jko: needs a Gaussian initial density"},
      {"tau: 0.1", "tau: 0.3", "jko.tau: expected a step that divides end - start = 0.4 into"},
      {"tau: 0.1", "tau: 0", "jko.tau: expected a number > 0, found '0'"},
      {"outputs: 4", "outputs: [0.15]", "jko: output time 0.15 is not a whole number of steps"},
      {"jko:", "jok:", "my.yaml:11:1: key 'jok' is not known here (did you mean 'jko'?)"},
      {NULL, NULL, NULL}};
  all_refused(*state, transport, for_transport);
  all_refused(*state, diffusive, for_diffusive);
}

static void boundaries_that_make_no_sense_are_refused(void **state)
{
  static const bad_case bad[] = {
      {"x: periodic", "x: [periodic, outflow]",
       "my.yaml:7:15: boundary.x: one side is periodic, the other outflow: periodic sides come in pairs"},
      {"x: periodic", "x: [no-flux, periodic]", "one side is periodic, the other no-flux"},
      {"x: periodic, ", "", "my.yaml:7:11: boundary: key 'x' is missing"},
      {"x: periodic", "z: periodic", "my.yaml:7:12: boundary: key 'z' is not known here"},
      {"x: periodic", "x: peridic",
       "boundary.x: expected one of periodic, no-flux, outflow (did you mean 'periodic'?)"},
      {"x: periodic", "x: inflow", "boundary.x: expected the density that enters, {inflow: FORMULA}, found 'inflow'"},
      {"x: periodic", "x: {inflow: exact}",
       "boundary.x.inflow: 'exact' needs the exact solution, and this case has no key 'exact'"},
      {"x: periodic", "x: [outflow]", "boundary.x: expected one side for both ends, or two, [low, high]"},
      {"x: periodic", "x: {in: 1}", "boundary.x: key 'in' is not known here"},
      {"{x: periodic, y: no-flux}", "[periodic, no-flux]", "boundary: expected one word for all sides or a map"},
      {NULL, NULL, NULL}};
  all_refused(*state, transport, bad);
}

static void bad_times_data_and_studies_are_refused(void **state)
{
  static const bad_case bad[] = {
      {"time: {end: 1, outputs: [0.5, 1]}", "", "my.yaml:1:1: key 'time' is missing"},
      {"end: 1", "end: 0", "my.yaml:11:13: time.end: expected a time > start = 0, found '0'"},
      {"end: 1", "end: w - w", "time.end: expected a time > start = 0, found 'w - w'"},
      {"[0.5, 1]", "[0.5, 2]", "my.yaml:11:31: time.outputs[1]: expected a time from start = 0 to end = 1, found '2'"},
      {"[0.5, 1]", "[0.5, 0.5]", "time.outputs[1]: expected a time > 0.5, the one before it, found '0.5'"},
      {"[0.5, 1]", "[]", "time.outputs: expected at least one time, found a list of 0"},
      {"[0.5, 1]", "0", "time.outputs: expected a whole number from 1 to 100000, found '0'"},
      {"outputs:", "output:", "time: key 'output' is not known here (did you mean 'outputs'?)"},
      {"initial: 1 + x^2", "initial: exact",
       "my.yaml:10:10: initial: 'exact' needs the exact solution, and this case has no key 'exact'"},
      {"initial: 1 + x^2", "initial: [1]",
       "initial: expected exact, a formula, {gaussian: {...}}, {mixture: [...]} or {shape: ...}"},
      {"initial: 1 + x^2", "initial: {gaussian: {mean: [0], covariance: 1}}",
       "initial.gaussian.mean: expected a list of 2 numbers"},
      {"initial: 1 + x^2", "initial: {gaussian: {mean: [0, 0]}}", "initial.gaussian: key 'covariance' is missing"},
      {"initial: 1 + x^2", "initial: {gaussian: {mean: [0, 0], covariance: [[1, 2], [2, 1]]}}",
       "initial.gaussian.covariance: not positive definite"},
      {"initial: 1 + x^2", "initial: {gaussian: {mean: [0, 0], covariance: [[1, 2], [3, 9]]}}",
       "covariance: not symmetric: entry [1][0] = 3, [0][1] = 2"},
      {"initial: 1 + x^2", "initial: {gaussian: {mean: [0, 0], covariance: 1, weight: 0}}",
       "initial.gaussian.weight: expected a number > 0"},
      {"initial: 1 + x^2", "initial: {mixture: []}", "initial.mixture: expected a list of {weight, mean, covariance}"},
      {"initial: 1 + x^2", "initial: exact\nexact: {expression: x, at: [1]}",
       "time: the exact solution does not hold at the start 0 (exact.at)"},
      {"initial: 1 + x^2", "initial: 1\nexact: x",
       "exact: expected a map, {solution: NAME, ...} or {expression: FORMULA}"},
      {"initial: 1 + x^2", "initial: 1\nexact: flow-map",
       "exact: 'flow-map' is for equation: transport without a source"},
      {"source: t*r\ninitial: 1 + x^2", "initial: exact\nexact: flow-map",
       "initial: 'exact: flow-map' starts from the initial data: give a formula or a shape"},
      {"source: t*r\ninitial: 1 + x^2", "initial: 1\nexact: {solution: flow-map, mean: 1}",
       "exact: key 'mean' is not known here; known keys: solution, tolerance"},
      {"source: t*r\ninitial: 1 + x^2", "initial: 1\nexact: {solution: flow-map, tolerance: 0}",
       "exact.tolerance: expected a number > 0, found '0'"},
      {"initial: 1 + x^2", "initial: exact\nexact: {solution: a, at: [1]}",
       "time: the exact solution does not hold at the start 0 (exact.at)"},
      {"initial: 1 + x^2", "initial: {shape: {disc: 1}}",
       "initial.shape: expected a number, a list, a matrix (list of rows) or a word"},
      {"initial: 1 + x^2", "initial: 1\nexact: {mean: 1}", "exact: key 'solution' is missing"},
      {"initial: 1 + x^2", "initial: 1\nexact: {expression: x, solution: a}",
       "exact: key 'solution' is not known here; known keys: expression, at"},
      {"initial: 1 + x^2", "initial: 1\nexact: {solution: a, b: {c: 1}}",
       "exact.b: expected a number, a list, a matrix (list of rows) or a word"},
      {"initial: 1 + x^2", "initial: 1\nexact: {solution: a, b: [[1, 2], [3]]}",
       "exact.b[1]: expected a list of 2 numbers"},
      {"initial: 1 + x^2", "initial: 1\nexact: {solution: a, b: 1 + q}", "unknown name 'q'"},
      {"source: t*r", "converge: {levels: [8]}",
       "converge.levels: expected a list of 2 to 24 increasing numbers of cells"},
      {"source: t*r", "converge: {levels: [16, 8]}",
       "converge.levels[1]: expected a number > 16, the level before it, found '8'"},
      {"source: t*r", "converge: {order: 2}", "converge: key 'levels' is missing"},
      {"source: t*r", "converge: {levels: [8, 16], norm: L3}", "converge.norm: expected one of L1, L2, Linf"},
      {"source: t*r", "judge: {eps: 1}", "judge.eps: expected a number in (0, 1), found '1'"},
      {"source: t*r", "judge: {alpha: 0.5}", "judge.alpha: expected a number in (0, 0.5), found '0.5'"},
      {"source: t*r", "judge: {seed: -1}", "judge.seed: expected a whole number >= 0, found '-1'"},
      {"source: t*r", "judge: {tolerances: {mean: 0}}", "judge.tolerances.mean: expected a number > 0, found '0'"},
      {NULL, NULL, NULL}};
  all_refused(*state, transport, bad);
  weir_ctx *ctx = *state;
  weir_case *c = NULL;
  char *text = with(transport, "[16, 32]", "[16, 24]"),
       *levels = with(text, "source: t*r", "converge: {levels: [6, 16]}");
  check_ok(ctx, parse(ctx, levels, &c)); /* 6 * 24 / 16 = 9 */
  weir_case_destroy(&c);
  free(levels);
  levels = with(text, "source: t*r", "converge: {levels: [5, 16]}");
  check_fails(ctx, parse(ctx, levels, &c), WEIR_EFORMAT,
              "converge.levels[0]: 5 cells in x leave no whole number in y: the mesh has 16 and 24");
  free(text), free(levels);
}

static void limits_are_limits(void **state)
{
  weir_ctx *ctx = *state;
  weir_case *c = NULL;
  char *text = with(transport, "[16, 32]", "[2^20, 2^20]");
  check_fails(ctx, parse(ctx, text, &c), WEIR_ELIMIT, "mesh: more than 2147483648 cells");
  free(text);
  char parens[700];
  memset(parens, '(', sizeof parens);
  memcpy(parens, "source: ", 8);
  parens[sizeof parens - 1] = '\0';
  text = with(transport, "source: t*r", parens);
  check_fails(ctx, parse(ctx, text, &c), WEIR_ELIMIT, "my.yaml:9:");
  free(text);
  char lists[100];
  memset(lists, '[', sizeof lists);
  memcpy(lists, "source: ", 8);
  lists[sizeof lists - 1] = '\0';
  text = with(transport, "source: t*r", lists);
  check_fails(ctx, parse(ctx, text, &c), WEIR_ELIMIT, "my.yaml:9:40: more than 32 lists and maps inside each other");
  free(text);
}

/* ------------------------------------------------------------------ files */
static void write_file(const char *dir, const char *name, const char *text)
{
  char path[300];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  fputs(text, f);
  fclose(f);
}

static void mesh_files_are_found_beside_the_case(void **state)
{
  weir_ctx *ctx = *state;
  char dir[200], path[260], where[300];
  test_dir(dir, sizeof dir);
  char *text = with(diffusive, "mesh: {box: [-4, 4], cells: 40}", "mesh: m.yaml");
  write_file(dir, "c.yaml", text);
  snprintf(path, sizeof path, "%s/c.yaml", dir);
  weir_case *c = NULL;
  check_fails(ctx, weir_case_read(ctx, path, NULL, 0, &c), WEIR_EIO, "c.yaml:4:7: mesh: mesh file ");
  assert_non_null(strstr(weir_message(ctx), "m.yaml: No such file"));
  write_file(dir, "m.yaml", diffusive);
  check_fails(ctx, weir_case_read(ctx, path, NULL, 0, &c), WEIR_EFORMAT,
              "m.yaml:1:1: this is a case, a mesh file with 'weir-mesh: 1' expected");
  write_file(dir, "m.yaml", "box: [-4, 4]\ncells: 40\n");
  check_fails(ctx, weir_case_read(ctx, path, NULL, 0, &c), WEIR_EFORMAT, "m.yaml:1:1: key 'weir-mesh' is missing");
  write_file(dir, "m.yaml", "weir-mesh: 1\nbox: [-4, 4]\ncels: 40\n");
  check_fails(ctx, weir_case_read(ctx, path, NULL, 0, &c), WEIR_EFORMAT,
              "m.yaml:3:1: key 'cels' is not known here (did you mean 'cells'?)");
  write_file(dir, "m.yaml", "weir-mesh: 1\nbox: [-4, D]\ncells: 40\n");
  check_fails(ctx, weir_case_read(ctx, path, NULL, 0, &c), WEIR_EFORMAT, "m.yaml:2:11: unknown name 'D'");
  write_file(dir, "m.yaml", "weir-mesh: 1\ntitle: t\nbox: [-4, 4*pi]\ncells: 40\n");
  check_ok(ctx, weir_case_read(ctx, path, NULL, 0, &c));
  assert_int_equal(c->mesh.axis[0].n, 40);
  (void)weir_case_where(c, "mesh.cells", where, sizeof where);
  assert_non_null(strstr(where, "m.yaml:4:8"));
  weir_case_destroy(&c);
  free(text);
  text = with(diffusive, "mesh: {box: [-4, 4], cells: 40}", "mesh: {file: m.yaml, cells: 50}");
  write_file(dir, "c.yaml", text);
  check_ok(ctx, weir_case_read(ctx, path, NULL, 0, &c));
  assert_int_equal(c->mesh.axis[0].n, 50);
  check_close(c->mesh.axis[0].hi, 4 * WEIR_PI, 0.0);
  weir_case_destroy(&c);
  free(text);
}

static void missing_files_and_names_are_said(void **state)
{
  weir_ctx *ctx = *state;
  weir_case *c = (weir_case *)&c;
  check_fails(ctx, weir_case_read(ctx, "no/such", NULL, 0, &c), WEIR_EIO, "no/such: No such file");
  assert_null(c);
  check_fails(ctx, weir_case_read(ctx, "such.yml", NULL, 0, &c), WEIR_EIO, "such.yml: No such file");
  check_fails(ctx, weir_case_read(ctx, "uo2d", NULL, 0, &c), WEIR_ENOTFOUND,
              "no built-in case 'uo2d' (did you mean 'ou2d'?)");
  char *title = NULL;
  check_fails(ctx, weir_case_builtin_title(ctx, 9999, &title), WEIR_ENOTFOUND, "built-in case 9999: there are ");
  assert_null(weir_case_builtin_name(-1));
  assert_null(weir_case_builtin_name(weir_case_builtin_count()));
  char *text = with(diffusive, "mesh: {box: [-4, 4], cells: 40}", "mesh: {file: ../meshes/unit-square.yaml}");
  check_fails(ctx, parse(ctx, text, &c), WEIR_EIO, "my.yaml:4:14: mesh.file: mesh file ");
  free(text);
}

static void overrides_come_before_every_check(void **state)
{
  weir_ctx *ctx = *state;
  static const char *const good[] = {"mesh.cells=[8, 12]", "parameters.U=4", "scheme.reconstruction=donor"};
  static const char *const bad[] = {"mesh.cels=3"}, *const range[] = {"mesh.cells=0"},
                           *const formula[] = {"source=x*(y"};
  static const char *const file[] = {"mesh.cells=20"};
  weir_case *c = NULL;
  char where[100];
  const double x[2] = {0, 0};
  check_ok(ctx, weir_case_parse(ctx, "my.yaml", transport, strlen(transport), good, 3, &c));
  assert_int_equal(c->mesh.axis[1].n, 12);
  check_close(weir_case_value(c->velocity[0], 0, 2, x), 4.0, 0.0);
  assert_string_equal(c->reconstruction, "donor");
  assert_string_equal(weir_case_where(c, "scheme.reconstruction", where, sizeof where), "command line:1:23");
  assert_string_equal(weir_case_where(c, "mesh.box[1][0]", where, sizeof where), "my.yaml:5:18");
  assert_string_equal(weir_case_where(c, "time.start", where, sizeof where), "my.yaml:11:7");
  assert_string_equal(weir_case_where(c, "judge.eps", where, sizeof where), "my.yaml:1:1");
  assert_string_equal(weir_case_where(c, "time.outputs[9]", where, sizeof where), "my.yaml:11:25");
  weir_case_destroy(&c);
  check_fails(ctx, weir_case_parse(ctx, "my.yaml", transport, strlen(transport), bad, 1, &c), WEIR_EFORMAT,
              "command line:1:6: mesh: key 'cels' is not known here");
  check_fails(ctx, weir_case_parse(ctx, "my.yaml", transport, strlen(transport), range, 1, &c), WEIR_EFORMAT,
              "command line:1:12: mesh.cells: expected a whole number from 1 to 16777216, found '0'");
  check_fails(ctx, weir_case_parse(ctx, "my.yaml", transport, strlen(transport), formula, 1, &c), WEIR_EFORMAT,
              "command line:1:10: ");
  check_ok(ctx, weir_case_read(ctx, "wall1d-tanh", file, 1, &c));
  assert_int_equal(c->mesh.axis[0].n, 20);
  assert_int_equal(c->mesh.axis[0].grading, WEIR_TANH);
  weir_case_destroy(&c);
}

/* ------------------------------------------------------------------ built-in cases */
static weir_case *builtin(weir_ctx *ctx, int k)
{
  weir_case *c = NULL;
  check_ok(ctx, weir_case_read(ctx, weir_case_builtin_name(k), NULL, 0, &c));
  return c;
}

static ptrdiff_t divisor(ptrdiff_t a, ptrdiff_t b)
{
  return b == 0 ? a : divisor(b, a % b);
}

static void every_built_in_case_is_read_and_has_a_mesh_at_every_level(void **state)
{
  weir_ctx *ctx = *state;
  assert_true(weir_case_builtin_count() >= 20);
  for (int k = 0; k < weir_case_builtin_count(); k++) {
    weir_case *c = builtin(ctx, k);
    char *title = NULL;
    assert_string_equal(c->name, weir_case_builtin_name(k));
    check_ok(ctx, weir_case_builtin_title(ctx, k, &title));
    assert_string_equal(title, c->title);
    assert_true(strlen(title) > 10);
    weir_free(title);
    for (int l = 0; l < c->levels && c->dim < 3; l++) {
      weir_mesh_spec fine = {0};
      weir_mesh *mesh = NULL;
      const ptrdiff_t g = divisor(c->level[l], c->mesh.axis[0].n);
      check_ok(ctx, weir_mesh_spec_refine(ctx, &c->mesh, c->level[l] / g, c->mesh.axis[0].n / g, &fine));
      assert_int_equal(fine.axis[0].n, c->level[l]);
      check_ok(ctx, weir_mesh_create(ctx, &fine, &mesh));
      weir_mesh_destroy(&mesh);
      weir_mesh_spec_clear(&fine);
    }
    weir_case_destroy(&c);
  }
}

static double derivative(weir_ctx *ctx, const weir_expr *e, int slot, double t, int dim, const double *x)
{
  weir_expr *d = NULL;
  check_ok(ctx, weir_expr_diff(ctx, e, slot, &d));
  const double v = weir_case_value(d, t, dim, x);
  weir_expr_destroy(&d);
  return v;
}

static double second(weir_ctx *ctx, const weir_expr *e, int slot, double t, int dim, const double *x)
{
  weir_expr *d = NULL;
  check_ok(ctx, weir_expr_diff(ctx, e, slot, &d));
  const double v = derivative(ctx, d, slot, t, dim, x);
  weir_expr_destroy(&d);
  return v;
}

/* Component a of the drift v (transport) or b - grad V (Fokker-Planck). */
static double drift(weir_ctx *ctx, const weir_case *c, int a, double t, const double *x)
{
  double v = 0.0;
  if (c->stream != NULL)
    v = a == 0 ? derivative(ctx, c->stream, WEIR_CASE_Y, t, 2, x) : -derivative(ctx, c->stream, WEIR_CASE_X, t, 2, x);
  else if (c->vector_potential[0] != NULL)
    v = derivative(ctx, c->vector_potential[(a + 2) % 3], WEIR_CASE_X + (a + 1) % 3, t, 3, x) -
        derivative(ctx, c->vector_potential[(a + 1) % 3], WEIR_CASE_X + (a + 2) % 3, t, 3, x);
  else if (c->velocity[a] != NULL)
    v = weir_case_value(c->velocity[a], t, c->dim, x);
  return c->potential != NULL ? v - derivative(ctx, c->potential, WEIR_CASE_X + a, t, c->dim, x) : v;
}

static double divergence(weir_ctx *ctx, const weir_case *c, double t, const double *x)
{
  double s = 0.0;
  for (int a = 0; a < c->dim; a++) {
    if (c->velocity[a] != NULL) s += derivative(ctx, c->velocity[a], WEIR_CASE_X + a, t, c->dim, x);
    if (c->potential != NULL) s -= second(ctx, c->potential, WEIR_CASE_X + a, t, c->dim, x);
  }
  return s;
}

static void random_point(const weir_case *c, uint64_t *seed, double *x)
{
  for (int a = 0; a < c->dim; a++) {
    const weir_axis_spec *s = &c->mesh.axis[a];
    x[a] = s->lo + (s->hi - s->lo) * 0.5 * (noise(seed) + 1.0);
  }
}

static void exact_formulas_of_built_in_cases_solve_their_equation(void **state)
{
  weir_ctx *ctx = *state;
  uint64_t seed = 5;
  int tried = 0;
  for (int k = 0; k < weir_case_builtin_count(); k++) {
    weir_case *c = builtin(ctx, k);
    const weir_expr *rho = c->exact_expr;
    for (int i = 0; i < 20 && rho != NULL && c->exact_times == 0; i++, tried++) {
      double x[3] = {0}, scale = 0.0;
      const double t = c->start + (c->end - c->start) * 0.5 * (noise(&seed) + 1.0);
      random_point(c, &seed, x);
      const double value = weir_case_value(rho, t, c->dim, x);
      double residual = derivative(ctx, rho, WEIR_CASE_T, t, c->dim, x) + value * divergence(ctx, c, t, x);
      scale = fabs(residual) + fabs(value);
      for (int a = 0; a < c->dim; a++) {
        const double advect = drift(ctx, c, a, t, x) * derivative(ctx, rho, WEIR_CASE_X + a, t, c->dim, x);
        const double diffuse = c->diffusion * second(ctx, rho, WEIR_CASE_X + a, t, c->dim, x);
        residual += advect - diffuse;
        scale += fabs(advect) + fabs(diffuse);
      }
      if (c->source != NULL) residual -= weir_case_value(c->source, t, c->dim, x);
      check_le(fabs(residual), 1e-13 * scale); /* rounding of some dozen operations */
      check_ge(value, 0.0);
    }
    weir_case_destroy(&c);
  }
  assert_true(tried >= 60);
}

static const weir_case_param *param(const weir_case *c, const char *name)
{
  for (int k = 0; k < c->exact_count; k++)
    if (strcmp(c->exact_param[k].name, name) == 0) return &c->exact_param[k];
  return NULL;
}

/* (M (x - b))_a + c_a with missing parameters 0, M a matrix or a number. */
static double affine(const weir_case *c, const char *matrix, const char *centre, const char *offset, int a,
                     const double *x)
{
  const weir_case_param *m = param(c, matrix), *b = param(c, centre), *o = param(c, offset);
  assert_true(m->rows == c->dim && m->cols == c->dim);
  double s = o != NULL ? o->value[a] : 0.0;
  for (int j = 0; j < c->dim; j++) s += m->value[a * c->dim + j] * (x[j] - (b != NULL ? b->value[j] : 0.0));
  return s;
}

/* The drift that the named solution is told of must be the drift of the case. */
static double named_drift(const weir_case *c, int a, const double *x)
{
  if (strcmp(c->exact, "advection") == 0) return param(c, "velocity")->value[a];
  if (strcmp(c->exact, "linear-flow") == 0) return affine(c, "B", "none", "c", a, x);
  if (strcmp(c->exact, "moving-shape") == 0 && param(c, "B") != NULL) return affine(c, "B", "none", "c", a, x);
  if (strcmp(c->exact, "sign-flow") == 0) return param(c, "s")->value[0] * ((x[a] > 0) - (x[a] < 0));
  if (strcmp(c->exact, "moving-shape") == 0) return param(c, "c")->value[a];
  if (strcmp(c->exact, "ornstein-uhlenbeck") == 0) return -affine(c, "A", "b", "none", a, x);
  if (strcmp(c->exact, "linear-potential-wall") == 0) return a == 0 ? param(c, "g")->value[0] : 0.0;
  assert_true(strncmp(c->exact, "heat", 4) == 0);
  return 0.0;
}

static void named_solutions_of_built_in_cases_fit_the_case(void **state)
{
  weir_ctx *ctx = *state;
  uint64_t seed = 6;
  int tried = 0;
  for (int k = 0; k < weir_case_builtin_count(); k++) {
    weir_case *c = builtin(ctx, k);
    for (int i = 0; i < 5 && c->exact != NULL && c->exact_times == 0; i++, tried++) {
      double x[3] = {0};
      random_point(c, &seed, x);
      for (int a = 0; a < c->dim; a++)
        check_close(drift(ctx, c, a, c->start, x), named_drift(c, a, x), 1e-13 * (1.0 + 30.0 * fabs(x[a]) + 30.0));
    }
    const weir_case_param *d = c->exact != NULL ? param(c, "diffusion") : NULL;
    if (d != NULL) check_close(d->value[0], c->diffusion, 0.0);
    if (c->exact != NULL && c->equation == WEIR_CASE_FOKKER_PLANCK) assert_non_null(d);
    const weir_case_param *lo = c->exact != NULL ? param(c, "lo") : NULL, *hi = lo != NULL ? param(c, "hi") : NULL;
    for (int a = 0; a < c->dim && lo != NULL; a++) {
      check_close(lo->value[a], c->mesh.axis[a].lo, 0.0);
      check_close(hi->value[a], c->mesh.axis[a].hi, 0.0);
    }
    weir_case_destroy(&c);
  }
  assert_true(tried >= 100);
}

static weir_exact *exact_of(weir_ctx *ctx, const weir_case *c)
{
  weir_param p[WEIR_EXACT_MAXPARAM];
  weir_exact *e = NULL;
  for (int i = 0; i < c->exact_count; i++) {
    const weir_case_param *q = &c->exact_param[i];
    p[i] = (weir_param){q->name, q->rows, q->cols, q->value, q->text};
  }
  check_ok(ctx, weir_exact_create(ctx, c->exact, c->dim, c->exact_count, p, &e));
  return e;
}

/* Whole-space solutions leave less than 1e-8 of their mass outside the box, at the start and at every output. */
static void named_solutions_of_built_in_cases_exist_and_stay_in_the_box(void **state)
{
  weir_ctx *ctx = *state;
  check_ok(ctx, weir_exact_register(ctx));
  for (int k = 0; k < weir_case_builtin_count(); k++) {
    weir_case *c = builtin(ctx, k);
    weir_exact *e = c->exact != NULL ? exact_of(ctx, c) : NULL;
    for (int i = -1; i < c->outputs && e != NULL; i += c->outputs) { /* the start and the last output */
      const double t = i < 0 ? c->start : c->output[i], whole = weir_exact_mass(e, t);
      check_ok(ctx, weir_exact_exists(ctx, e, t));
      weir_mesh_spec spec = c->mesh;
      for (int a = 0; a < c->dim; a++)
        if (spec.axis[a].grading != WEIR_LISTED) spec.axis[a].n = 24;
      weir_mesh *mesh = NULL;
      double *rho = NULL;
      check_ok(ctx, weir_mesh_create(ctx, &spec, &mesh));
      check_ok(ctx, weir_mesh_array(ctx, mesh, "test", &rho));
      check_ok(ctx, weir_exact_cell_average(ctx, e, mesh, t, rho));
      const double inside = weir_mesh_integral(mesh, rho);
      if (!(fabs(inside - whole) <= 1e-8 * whole))
        fail_msg("%s: t = %g: mass %.12g of %.12g", c->name, t, inside, whole);
      weir_free(rho);
      weir_mesh_destroy(&mesh);
    }
    weir_exact_destroy(&e);
    weir_case_destroy(&c);
  }
}

/* Z of the double wells: the exact density has mass 1, by the trapezoidal rule, which is exact to rounding for such decay. */
static void equilibria_have_mass_one(void **state)
{
  weir_ctx *ctx = *state;
  static const char *const names[] = {"doublewell1d", "doublewell2d"};
  for (int k = 0; k < 2; k++) {
    weir_case *c = NULL;
    check_ok(ctx, weir_case_read(ctx, names[k], NULL, 0, &c));
    enum { N = 400 };
    const weir_axis_spec *s = c->mesh.axis;
    double mass = 0.0, h = 1.0;
    for (int a = 0; a < c->dim; a++) h *= (s[a].hi - s[a].lo) / N;
    for (int j = 0; j < (c->dim > 1 ? N : 1); j++)
      for (int i = 0; i < N; i++) {
        const double x[2] = {s[0].lo + (s[0].hi - s[0].lo) * i / N, s[1].lo + (s[1].hi - s[1].lo) * j / N};
        mass += weir_case_value(c->exact_expr, 0.0, c->dim, x) * h;
      }
    check_close(mass, 1.0, 1e-12); /* rounding, and 1e-15 of the mass outside the box */
    weir_case_destroy(&c);
  }
}

static void the_data_sets_problems_are_the_data_sets_problems(void **state)
{
  weir_ctx *ctx = *state;
  weir_case *c = NULL;
  check_ok(ctx, weir_case_read(ctx, "ou2d", NULL, 0, &c));
  assert_int_equal(c->jko_steps, 8);
  check_close(c->jko_tau, 0.05, 0.0);
  assert_int_equal(c->outputs, 8);
  for (int k = 0; k < 8; k++) check_close(c->output[k], 0.05 * (k + 1), 1e-15);
  const double *m = param(c, "mean")->value, *s = param(c, "covariance")->value;
  assert_true(m[0] == 1 && m[1] == -0.5 && s[0] == 0.5 && s[1] == 0.2 && s[2] == 0.2 && s[3] == 0.3);
  assert_true(c->diffusion == 1.0);
  weir_case_destroy(&c);
  check_ok(ctx, weir_case_read(ctx, "ou1d-icnn", NULL, 0, &c));
  assert_true(c->jko_steps == 6 && c->jko_tau == 0.1 && c->diffusion == 1.0);
  assert_true(param(c, "A")->value[0] == 1 / 1.7081478226181048 && param(c, "b")->value[0] == 1.7886284734303186);
  assert_true(param(c, "mean")->value[0] == 0.0 && param(c, "covariance")->value[0] == 1.0);
  weir_case_destroy(&c);
}

/* The example in the module's README is a case. */
static void the_readme_example_is_read(void **state)
{
  weir_ctx *ctx = *state;
  FILE *f = fopen("src/case/README.md", "r");
  if (f == NULL) skip(); /* not run from the top of the tree */
  static const char fence[] = "```yaml\n";
  char text[20000];
  text[fread(text, 1, sizeof text - 1, f)] = '\0';
  fclose(f);
  char *from = strstr(text, fence);
  assert_non_null(from);
  from += strlen(fence);
  *strstr(from, "```") = '\0';
  weir_case *c = NULL;
  check_ok(ctx, parse(ctx, from, &c));
  assert_string_equal(c->name, "tilted-well");
  weir_case_destroy(&c);
}

/* ------------------------------------------------------------------ hostile input */
static void mutated_cases_never_crash(void **state)
{
  weir_ctx *ctx = *state;
  static const char bytes[] = "{}[]&*!|>'\"%@`#,:?-\t\n ()+^/=.e019xyztDr\\\x80\xFF";
  const char *const bases[] = {transport, diffusive};
  uint64_t seed = 2024;
  int good = 0, deep = 0;
  for (int round = 0; round < 6000; round++) {
    char text[1000];
    const char *base = bases[round & 1];
    size_t n = strlen(base);
    memcpy(text, base, n);
    for (int k = 0; k < 1 + round % 3; k++) {
      const size_t at = (size_t)((noise(&seed) + 1.0) * 0.5 * (double)n), kind = (size_t)((noise(&seed) + 1.0) * 1.5);
      const char byte = bytes[(size_t)((noise(&seed) + 1.0) * 0.5 * (double)(sizeof bytes - 1))];
      if (kind == 0) text[at] = byte;
      if (kind == 1) memmove(text + at, text + at + 1, n - at - 1), n--;
      if (kind == 2) memmove(text + at + 1, text + at, n - at), n++, text[at] = byte;
    }
    weir_case *c = NULL;
    const weir_status s = weir_case_parse(ctx, "my.yaml", text, n, NULL, 0, &c);
    good += s == WEIR_OK;
    deep += s != WEIR_OK && strstr(weir_message(ctx), "not valid YAML") == NULL;
    assert_true((s == WEIR_OK) == (c != NULL));
    if (s != WEIR_OK) {
      assert_true(s == WEIR_EFORMAT || s == WEIR_ELIMIT || s == WEIR_EIO);
      if (strncmp(weir_message(ctx), "my.yaml:", 8) != 0) fail_msg("no place: %s", weir_message(ctx));
    }
    weir_case_destroy(&c);
  }
  assert_true(good > 100 && deep > 1500); /* measured 188 and 3092: the loop must reach the schema */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
int main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(a_transport_case_is_read_whole),
      TEST(a_fokker_planck_case_is_read_whole),
      TEST(meshes_take_every_form),
      TEST(gaussian_and_mixture_data_are_read),
      TEST(a_flow_map_and_a_shape_are_read),
      TEST(the_point_function_evaluates_arrays),
      TEST(an_exact_formula_serves_initial_and_inflow),
      TEST(bad_keys_and_values_are_refused_at_their_place),
      TEST(bad_formulas_are_refused_at_the_right_column),
      TEST(terms_that_do_not_fit_the_equation_are_refused),
      TEST(boundaries_that_make_no_sense_are_refused),
      TEST(bad_times_data_and_studies_are_refused),
      TEST(limits_are_limits),
      TEST(mesh_files_are_found_beside_the_case),
      TEST(missing_files_and_names_are_said),
      TEST(overrides_come_before_every_check),
      TEST(every_built_in_case_is_read_and_has_a_mesh_at_every_level),
      TEST(exact_formulas_of_built_in_cases_solve_their_equation),
      TEST(named_solutions_of_built_in_cases_fit_the_case),
      TEST(named_solutions_of_built_in_cases_exist_and_stay_in_the_box),
      TEST(equilibria_have_mass_one),
      TEST(the_data_sets_problems_are_the_data_sets_problems),
      TEST(the_readme_example_is_read),
      TEST(mutated_cases_never_crash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
