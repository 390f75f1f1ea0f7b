/* Setups, convergence studies and references: what a case file asks for is what is solved, judged and said. */
#include "../support/check.h"
#include <weir/study.h>
#include <math.h>
#include <string.h>

static int setup(void **state)
{
  weir_ctx *ctx = NULL;
  if (weir_ctx_create(&ctx) != WEIR_OK || weir_register_all(ctx) != WEIR_OK) return -1;
  *state = ctx;
  return 0;
}

static weir_case *parse(weir_ctx *ctx, const char *text)
{
  weir_case *c = NULL;
  check_ok(ctx, weir_case_parse(ctx, "my.yaml", text, strlen(text), NULL, 0, &c));
  return c;
}

#define OU                                                                                                             \
  "weir: 1\nequation: fokker-planck\nmesh: {box: [-7, 7], cells: 64}\nboundary: no-flux\npotential: x^2/2\n"           \
  "diffusion: 1\ninitial: exact\n"                                                                                     \
  "exact: {solution: ornstein-uhlenbeck, A: 1, diffusion: 1, mean: 1.5, covariance: 0.25}\n"                           \
  "time: {end: 0.4}\n"

static void what_the_case_gets_wrong_is_told_with_its_place(void **state)
{
  weir_ctx *ctx = *state;
  static const struct {
    const char *text, *part;
  } row[] = {
      {"weir: 1\nequation: transport\nmesh: {box: [0, 1], cells: 8}\nboundary: periodic\nvelocity: 1\ninitial: "
       "1+x*(1-x)\n"
       "time: {end: 1}\nscheme: {reconstruction: muscl-mcc}\n",
       "my.yaml:8:26: no reconstruction is called 'muscl-mcc' (did you mean 'muscl-mc'?)"},
      {"weir: 1\nequation: transport\nmesh: {box: [0, 1], cells: 8}\nboundary: periodic\nvelocity: 1\ninitial: 1\n"
       "time: {end: 1}\nscheme: {stepper: ssprk4}\n",
       "my.yaml:8:19: no time stepper is called 'ssprk4'"},
      {"weir: 1\nequation: transport\nmesh: {box: [0, 1], cells: 1}\nboundary: periodic\nvelocity: 1\ninitial: 1\n"
       "time: {end: 1}\n",
       "my.yaml:3:7: mesh axis x: 1 cells"},
      {"weir: 1\nequation: fokker-planck\nmesh: {box: [-7, 7], cells: 64}\nboundary: no-flux\ndiffusion: 1\n"
       "initial: exact\nexact: {solution: heat, difusion: 1}\ntime: {end: 1}\n",
       "my.yaml:7:8: heat: no parameter is called 'difusion' (did you mean 'diffusion'?)"},
      {"weir: 1\nequation: fokker-planck\nmesh: {box: [-7, 7], cells: 64}\nboundary: no-flux\ndiffusion: 1\n"
       "initial: {gaussian: {mean: [0], covariance: [[1]], weight: 1}}\nexact: {solution: heet}\ntime: {end: 1}\n",
       "did you mean 'heat'?"},
  };
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
    weir_case *c = parse(ctx, row[k].text);
    weir_setup *s = NULL;
    check_fails(ctx, weir_setup_create(ctx, c, 1, 1, NULL, &s), WEIR_EFORMAT, row[k].part);
    assert_null(s);
    weir_case_destroy(&c);
  }
}

/* A Gaussian given as a mixture, as a formula and by the exact solution: three ways to the same averages. */
static void initial_data_agree_however_they_are_given(void **state)
{
  weir_ctx *ctx = *state;
  static const char *const text[] = {
      OU,
      "weir: 1\nequation: fokker-planck\nmesh: {box: [-7, 7], cells: 64}\nboundary: no-flux\ndiffusion: 1\n"
      "initial: {gaussian: {mean: [1.5], covariance: [[0.25]]}}\ntime: {end: 1}\n",
      "weir: 1\nequation: fokker-planck\nmesh: {box: [-7, 7], cells: 64}\nboundary: no-flux\ndiffusion: 1\n"
      "initial: exp(-2*(x-1.5)^2)*sqrt(2/pi)\ntime: {end: 1}\n"};
  weir_case *c[3];
  weir_setup *s[3];
  for (int k = 0; k < 3; k++) {
    c[k] = parse(ctx, text[k]);
    check_ok(ctx, weir_setup_create(ctx, c[k], 1, 1, NULL, &s[k]));
  }
  const weir_mesh *m = weir_setup_mesh(s[0]);
  for (ptrdiff_t i = 0; i < 64; i++) {
    const double x0 = m->axis[0].node[i], x1 = m->axis[0].node[i + 1];
    const double want = 0.5 * (erf((x1 - 1.5) * sqrt(2)) - erf((x0 - 1.5) * sqrt(2))) / (x1 - x0);
    for (int k = 0; k < 3; k++) /* 6 Gauss points on a cell of .44 standard deviations: error h^12 f^(12)/.. < 1e-9 */
      check_close(weir_setup_initial(s[k])[weir_mesh_index(weir_setup_mesh(s[k]), i, 0, 0)], want,
                  k < 2 ? 1e-15 : 1e-9);
  }
  for (int k = 0; k < 3; k++) weir_setup_destroy(&s[k]), weir_case_destroy(&c[k]);
}

/* v = (1 + sin t) and v = 1/(2 + x t) : one separates, one does not; both carry the mass and agree with their characteristics. */
static void velocities_that_separate_and_that_do_not_are_both_transported(void **state)
{
  weir_ctx *ctx = *state;
  weir_case *c = parse(ctx, "weir: 1\nequation: transport\nmesh: {box: [0, 1], cells: 400}\nboundary: periodic\n"
                            "velocity: 1 + sin(t)\ninitial: 1 + 0.5*sin(2*pi*x)\n"
                            "exact: {expression: \"1 + 0.5*sin(2*pi*(x - t - 1 + cos(t)))\"}\ntime: {end: 0.5}\n");
  weir_case *d =
      parse(ctx, "weir: 1\nequation: transport\nmesh: {box: [0, 1], cells: 400}\nboundary: periodic\n"
                 "velocity: cos(2*pi*x - t)/10 + 1/(2*pi)\n" /* q = 2 pi x - t: dq/dt = 2 pi v - 1 = .2 pi cos q */
                 "initial: 1\ntime: {end: 0.5}\n");
  for (int k = 0; k < 2; k++) {
    weir_setup *s = NULL;
    weir_run *run = NULL;
    double error = 0;
    check_ok(ctx, weir_setup_create(ctx, k == 0 ? c : d, 1, 1, NULL, &s));
    check_ok(ctx, weir_setup_start(ctx, s, &run));
    check_ok(ctx, weir_run_advance(ctx, run, 0.5));
    const weir_mesh *m = weir_setup_mesh(s);
    for (ptrdiff_t i = 0; i < 400; i++) {
      const double x = m->axis[0].centre[i], q = 2 * WEIR_PI * x - 0.5, a = 0.2 * WEIR_PI * 0.5;
      /* back along dq/dt = w cos q: gd(q) shifts by w t; rho = dq0/dq = cos q0 / cos q = 1/(cosh a - sinh a sin q) */
      const double want =
          k == 0 ? 1 + .5 * sin(2 * WEIR_PI * (x - .5 - 1 + cos(.5))) : 1 / (cosh(a) - sinh(a) * sin(q));
      error = fmax(error, fabs(weir_run_density(run)[weir_mesh_index(m, i, 0, 0)] - want));
    }
    check_le(error, 2e-3); /* measured 4e-4 and 3e-4 at 400 cells, clipped extrema included */
    weir_run_destroy(&run);
    weir_setup_destroy(&s);
  }
  weir_case_destroy(&c), weir_case_destroy(&d);
}

static void convergence_passes_what_is_second_order_and_fails_what_is_not(void **state)
{
  weir_ctx *ctx = *state;
  static const ptrdiff_t level[] = {32, 64, 128, 256};
  weir_case *c = parse(ctx, OU "converge: {levels: [32, 64]}\n");
  weir_convergence *r = NULL;
  check_ok(ctx, weir_converge(ctx, c, 4, level, NULL, NULL, NULL, &r));
  assert_true(r->against_exact && r->levels == 4 && r->verdict[0].outcome == WEIR_ORDER_PASS);
  check_close(r->verdict[0].p, 2, .05);
  check_le(fabs(r->level[3].mass_defect), 1e-13);
  weir_convergence_destroy(&r);
  weir_case_destroy(&c);
  c = parse(ctx, "weir: 1\nequation: transport\nmesh: {box: [0, 1], cells: 64}\nboundary: periodic\nvelocity: 1\n"
                 "initial: 1 + 0.5*sin(2*pi*x)\nexact: {expression: 1 + 0.5*sin(2*pi*(x-t))}\ntime: {end: 1}\n"
                 "scheme: {reconstruction: donor}\nconverge: {levels: [64, 128, 256], order: 2}\n");
  check_ok(ctx, weir_converge(ctx, c, 0, NULL, NULL, NULL, NULL, &r));
  assert_true(r->verdict[0].outcome != WEIR_ORDER_PASS && r->verdict[0].p < 1.2);
  weir_convergence_destroy(&r);
  weir_case_destroy(&c);
}

/* Without an exact solution the slopes of successive differences are those of the errors. */
static void self_convergence_sees_the_same_order(void **state)
{
  weir_ctx *ctx = *state;
  static const ptrdiff_t level[] = {32, 64, 128, 256, 512};
  weir_case *c = parse(ctx, "weir: 1\nequation: fokker-planck\nmesh: {box: [-7, 7], cells: 64}\nboundary: no-flux\n"
                            "potential: x^2/2\ndiffusion: 1\ninitial: {gaussian: {mean: [1.5], covariance: [[0.25]]}}\n"
                            "time: {end: 0.4}\n");
  weir_convergence *r = NULL;
  check_ok(ctx, weir_converge(ctx, c, 5, level, NULL, NULL, NULL, &r));
  assert_true(!r->against_exact && r->levels == 4 && r->verdict[0].outcome == WEIR_ORDER_PASS);
  check_close(r->verdict[0].p, 2, .06);
  weir_convergence_destroy(&r);
  check_fails(ctx, weir_converge(ctx, c, 2, level, NULL, NULL, NULL, &r), WEIR_EFORMAT, "three levels are needed");
  static const ptrdiff_t odd[] = {32, 48, 64};
  check_fails(ctx, weir_converge(ctx, c, 3, odd, NULL, NULL, NULL, &r), WEIR_EFORMAT, "levels that divide each other");
  check_fails(ctx, weir_converge(ctx, c, 0, NULL, NULL, NULL, NULL, &r), WEIR_EFORMAT, "names no levels");
  weir_case_destroy(&c);
}

static weir_reference *refer(weir_ctx *ctx, const weir_case *c, weir_reference_kind kind, double tau, int steps,
                             const double *t)
{
  weir_reference *r = NULL;
  check_ok(ctx, weir_reference_create(ctx, c, kind, tau, steps, t, NULL, &r));
  return r;
}

static void the_reference_follows_the_clouds_own_step(void **state)
{
  weir_ctx *ctx = *state;
  static const double on[] = {0, .1, .2}, off[] = {0, .15, .2};
  weir_case *with = parse(ctx, OU "jko: {tau: 0.1}\n"), *without = parse(ctx, OU);
  weir_reference *r = refer(ctx, with, WEIR_REFERENCE_AUTO, .1, 3, on);
  assert_int_equal(weir_reference_kind_of(r), WEIR_REFERENCE_JKO);
  weir_reference_destroy(&r);
  r = refer(ctx, with, WEIR_REFERENCE_AUTO, .1, 3, off);
  assert_int_equal(weir_reference_kind_of(r), WEIR_REFERENCE_PDE);
  weir_reference_destroy(&r);
  r = refer(ctx, without, WEIR_REFERENCE_AUTO, .1, 3, on);
  assert_int_equal(weir_reference_kind_of(r), WEIR_REFERENCE_PDE);
  weir_reference_destroy(&r);
  check_fails(ctx, weir_reference_create(ctx, without, WEIR_REFERENCE_JKO, (double)NAN, 3, on, NULL, &r),
              WEIR_EUNSUPPORTED, "--tau");
  check_fails(ctx, weir_reference_create(ctx, with, WEIR_REFERENCE_JKO, .1, 3, off, NULL, &r), WEIR_EFORMAT,
              "t = 0.15");
  weir_case_destroy(&with), weir_case_destroy(&without);
}

/* Each truth against the closed form, computed here: PDE mean 1.5 e^-t; JKO mean 1.5/(1+tau)^k; and the O(tau) between them. */
static void truths_have_the_moments_they_should(void **state)
{
  weir_ctx *ctx = *state;
  static const double t[] = {0, .1, .2};
  static const weir_reference_kind kind[] = {WEIR_REFERENCE_PDE, WEIR_REFERENCE_EXACT, WEIR_REFERENCE_JKO};
  weir_case *c = parse(ctx, OU "jko: {tau: 0.1}\n");
  for (int k = 0; k < 3; k++) {
    weir_reference *r = refer(ctx, c, kind[k], .1, 3, t);
    for (int step = 0; step < 3; step++) {
      weir_truth truth = {0};
      weir_reference_info info;
      check_ok(ctx, weir_reference_truth(r, ctx, step, t[step], &truth));
      weir_reference_info_get(r, &info);
      const weir_axis *ax = &truth.mesh->axis[0];
      double mass = 0, mean = 0;
      for (ptrdiff_t i = 0; i < ax->n; i++) {
        const double p = truth.rho[weir_mesh_index(truth.mesh, i, 0, 0)] * ax->width[i];
        mass += p, mean += p * ax->centre[i];
      }
      const double want = kind[k] == WEIR_REFERENCE_JKO ? 1.5 / pow(1.1, step) : 1.5 * exp(-t[step]);
      check_close(mass, 1, 1e-8);                                           /* what lies outside the box */
      check_close(mean, want, kind[k] == WEIR_REFERENCE_PDE ? 3e-3 : 1e-8); /* FV with h = .22: measured 1.6e-3 */
      check_close(truth.mass, 1, 1e-12);
      assert_true((truth.error != NULL) == (kind[k] == WEIR_REFERENCE_PDE));
      if (step > 0) { /* the estimate is of the size of the true error: within a factor 3 */
        check_le(info.fv_exact, 3 * info.fv_error);
        check_le(info.fv_error, 3 * info.fv_exact);
        if (kind[k] == WEIR_REFERENCE_JKO) check_ge(info.to_pde, 3 * info.fv_error); /* tau = .1 is far from the PDE */
      }
    }
    weir_reference_destroy(&r);
  }
  weir_case_destroy(&c);
}

static void a_time_that_cannot_be_is_refused(void **state)
{
  weir_ctx *ctx = *state;
  static const double t[] = {0};
  weir_case *c = parse(ctx, OU);
  weir_reference *r = refer(ctx, c, WEIR_REFERENCE_PDE, (double)NAN, 1, t);
  weir_truth truth = {0};
  check_fails(ctx, weir_reference_truth(r, ctx, 0, -1, &truth), WEIR_EFORMAT, "before the case's start");
  check_fails(ctx, weir_reference_truth(r, ctx, 0, (double)NAN, &truth), WEIR_EFORMAT, "has no time");
  weir_reference_destroy(&r);
  weir_case_destroy(&c);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      TEST(what_the_case_gets_wrong_is_told_with_its_place),
      TEST(initial_data_agree_however_they_are_given),
      TEST(velocities_that_separate_and_that_do_not_are_both_transported),
      TEST(convergence_passes_what_is_second_order_and_fails_what_is_not),
      TEST(self_convergence_sees_the_same_order),
      TEST(the_reference_follows_the_clouds_own_step),
      TEST(truths_have_the_moments_they_should),
      TEST(a_time_that_cannot_be_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
