/* A run's own error bar against the true error; expected orders and step rules of studies; error bars of functionals. */
#include "../support/check.h"
#include <weir/norms.h>
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

/* Transport by muscl-mc unless `set` says otherwise. */
static weir_case *built_in(weir_ctx *ctx, const char *name, int n, const char *const *set)
{
  const char *all[4] = {"scheme.reconstruction=muscl-mc"};
  weir_case *c = NULL;
  assert_true(n < 4);
  for (int k = 0; k < n; k++) all[k + 1] = set[k];
  check_ok(ctx, weir_case_read(ctx, name, set, n, &c));
  if (c->equation != WEIR_CASE_TRANSPORT || c->reconstruction != NULL) return c;
  weir_case_destroy(&c);
  check_ok(ctx, weir_case_read(ctx, name, all, n + 1, &c));
  return c;
}

/* Estimate over true relative L1 error at the case's end, its mesh refined by num/den. */
static double effectivity(weir_ctx *ctx, const weir_case *c, ptrdiff_t num, ptrdiff_t den, weir_estimate_info *info)
{
  weir_estimate *e = NULL;
  check_ok(ctx, weir_estimate_create(ctx, c, num, den, NULL, &e));
  for (int k = 0; k < c->outputs; k++) check_ok(ctx, weir_estimate_advance(ctx, e, c->output[k]));
  weir_estimate_get(e, info);
  const weir_mesh *m = weir_setup_mesh(weir_estimate_setup(e));
  double *truth = NULL, *zero = NULL;
  weir_norms n, of_error;
  check_ok(ctx, weir_mesh_array(ctx, m, "t", &truth));
  check_ok(ctx, weir_mesh_array(ctx, m, "t", &zero));
  check_ok(ctx, weir_setup_truth(ctx, weir_estimate_setup(e), c->end, truth));
  weir_norms_of(m, weir_run_density(weir_estimate_run(e)), truth, &n);
  weir_norms_of(m, weir_estimate_error(e), zero,
                &of_error); /* the estimate is the norm of what is given cell by cell */
  const double ratio = info->relative / n.rel_l1;
  weir_norms own;
  weir_norms_of(m, weir_run_density(weir_estimate_run(e)), zero, &own);
  check_close(info->relative, of_error.l1 / own.l1, 1e-13 + 1e-12 * info->relative);
  weir_free(truth), weir_free(zero);
  weir_estimate_destroy(&e);
  return ratio;
}

#define JUMP                                                                                                           \
  "exact={solution: advection, profile: indicator, velocity: [1], lo: [0], hi: [1], from: [0.213], to: [0.6]}"

/* Measured: smooth 1.1 to 5.0, jumps 2.9 to 6.0. Fs = 1.25 in the asymptotic range, 3 outside of it. */
static void the_estimate_covers_the_true_error(void **state)
{
  static const struct {
    const char *name, *set[2];
    int sets, num;
    double least, most;
  } row[] = {
      {"advect1d", {NULL}, 0, 1, 1, 10},
      {"advect1d", {NULL}, 0, 4, 1.2, 1.6},
      {"advect1d", {"scheme.reconstruction=u5", "scheme.stepper=ssprk54"}, 2, 1, 1.1, 1.5},
      {"advect1d-sine", {NULL}, 0, 4, 1, 10},
      {"inflow1d", {NULL}, 0, 4, 1, 10},
      {"vortex2d", {"mesh.cells=64"}, 1, 1, 1, 10},
      {"vortex2d", {"mesh.cells=96", "scheme.reconstruction=u9"}, 2, 1, 1, 40}, /* far steeper than the order seen */
      {"mms2d", {"mesh.cells=32"}, 1, 1, 1, 10},
      {"ou1d", {NULL}, 0, 1, 1.2, 1.3},
      {"wall1d", {NULL}, 0, 1, 1.2, 1.3},
      {"ou2d", {"mesh.cells=64"}, 1, 1, 1.2, 1.4},
      {"advect1d", {JUMP}, 1, 1, 1, 10},
      {"advect1d", {JUMP}, 1, 4, 1, 10},
      {"advect1d", {JUMP, "scheme.reconstruction=donor"}, 2, 2, 1, 10},
      {"advect1d", {JUMP, "scheme.reconstruction=muscl-superbee"}, 2, 2, 1, 10},
      {"advect1d", {JUMP, "scheme.reconstruction=koren"}, 2, 2, 1, 10},
      {"advect1d", {JUMP, "scheme.reconstruction=weno5-z"}, 2, 2, 1, 10},
  };
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
    weir_estimate_info info;
    weir_case *c = built_in(*state, row[k].name, row[k].sets, row[k].set);
    const double ratio = effectivity(*state, c, row[k].num, 1, &info);
    print_message("# %s x %d %s: %.2f (p %.2f, used %.2f, Fs %g)\n", row[k].name, row[k].num,
                  row[k].sets > 0 ? row[k].set[row[k].sets - 1] : "", ratio, info.observed, info.order, info.fs);
    check_ge(ratio, row[k].least);
    check_le(ratio, row[k].most);
    weir_case_destroy(&c);
  }
}

static void no_order_is_trusted_that_is_not_seen(void **state)
{
  weir_estimate_info info;
  static const char *const jump[] = {JUMP, "scheme.reconstruction=donor"}, *const high[] = {"scheme.reconstruction=u9",
                                                                                            "scheme.stepper=ssprk3"};
  weir_case *c = built_in(*state, "advect1d", 2, jump); /* L1 order 1/2 at a jump, .44 on few cells */
  (void)effectivity(*state, c, 1, 1, &info);
  assert_true(info.observed < 0.5 && info.order == 0.5 && info.fs == 3 && info.formal == 1);
  weir_case_destroy(&c);
  c = built_in(*state, "advect1d", 2,
               high); /* ssprk3 at fixed CFL number: formal 3, more is seen while space dominates */
  (void)effectivity(*state, c, 1, 4, &info);
  assert_true(info.formal == 3 && info.order <= 3);
  weir_case_destroy(&c);
}

/* Sums of the error over the coarse cells are those of the difference: nothing is smoothed, the sign is kept. */
static void rho_minus_error_is_the_better_guess(void **state)
{
  weir_ctx *ctx = *state;
  weir_case *c = built_in(ctx, "ou1d", 0, NULL);
  weir_estimate *e = NULL;
  double *truth = NULL, *guess = NULL;
  weir_norms before, after;
  check_ok(ctx, weir_estimate_create(ctx, c, 1, 1, NULL, &e));
  check_ok(ctx, weir_estimate_advance(ctx, e, c->end));
  const weir_mesh *m = weir_setup_mesh(weir_estimate_setup(e));
  check_ok(ctx, weir_mesh_array(ctx, m, "t", &truth));
  check_ok(ctx, weir_mesh_array(ctx, m, "t", &guess));
  check_ok(ctx, weir_setup_truth(ctx, weir_estimate_setup(e), c->end, truth));
  const double *q = weir_run_density(weir_estimate_run(e)), *bar = weir_estimate_error(e);
  for (ptrdiff_t i = 0; i < m->len; i++) guess[i] = q[i] - bar[i] / 1.25;
  weir_norms_of(m, q, truth, &before);
  weir_norms_of(m, guess, truth, &after);
  check_le(after.l1, 0.1 * before.l1); /* measured .03: injection leaves the error's slope inside the pairs */
  weir_free(truth), weir_free(guess);
  weir_estimate_destroy(&e);
  check_fails(ctx, weir_estimate_create(ctx, c, 1, 25, NULL, &e), WEIR_EFORMAT, "");
  assert_null(e);
  static const char *const few[] = {"mesh.cells=[24]"};
  weir_case_destroy(&c);
  c = built_in(ctx, "ou1d", 1, few);
  assert_int_equal(weir_estimate_start(c), 2);
  check_fails(ctx, weir_estimate_create(ctx, c, 1, 1, NULL, &e), WEIR_EFORMAT, "6 cells along x, at least 8");
  check_fails(ctx, weir_estimate_create(ctx, c, 1, 0, NULL, &e), WEIR_EARG, "1/0");
  weir_case_destroy(&c);
}

/* ---------------------------------------------------------------- studies */
static weir_convergence *study(weir_ctx *ctx, const char *name, int sets, const char *const *set, int levels,
                               const ptrdiff_t *level, int num, int den)
{
  weir_case *c = built_in(ctx, name, sets, set);
  const weir_study_options opt = {.dt_num = num, .dt_den = den, .error_bars = true};
  weir_convergence *r = NULL;
  check_ok(ctx, weir_converge(ctx, c, levels, level, &opt, NULL, NULL, &r));
  weir_case_destroy(&c);
  return r;
}

static void steps_follow_the_mesh_so_that_the_order_in_space_is_seen(void **state)
{
  static const char *const u9[] = {"scheme.reconstruction=u9", "scheme.stepper=ssprk54"};
  static const ptrdiff_t level[] = {16, 32, 64};
  weir_convergence *r = study(*state, "advect1d", 2, u9, 3, level, 0, 0);
  assert_true(r->dt_num == 9 && r->dt_den == 4 && r->formal == 9);
  assert_non_null(strstr(r->why, "dt ~ h^(9/4): min(9, 9)"));
  check_ge(r->verdict[0].slope[2], 8.9); /* measured 8.98 */
  /* steps grow by 2^(9/4) = 4.76, rounded up to a whole number */
  check_close((double)r->level[2].steps / (double)r->level[1].steps, pow(2, 2.25), 0.15);
  weir_convergence_destroy(&r);
  r = study(*state, "advect1d", 2, u9, 3, level, 1, 1);
  assert_true(r->formal == 4);
  check_close((double)r->level[2].steps / (double)r->level[1].steps, 2, 0.1);
  weir_convergence_destroy(&r);
  static const char *const step[] = {"scheme.dt=0.01", "scheme.stepper=ssprk2"};
  r = study(*state, "advect1d", 2, step, 3, level, 2, 1); /* the case's own step is that of the coarsest level */
  for (int l = 0; l < 3; l++) check_close((double)r->level[l].steps, 100 * pow(4, l), 1); /* a last, tiny one */
  weir_convergence_destroy(&r);
  r = study(*state, "advect1d", 1, step, 3, level, 0, 0);
  assert_true(r->dt_den == 0 && r->level[0].steps == 100 && r->level[1].steps == 100);
  weir_convergence_destroy(&r);
}

static void the_expected_order_depends_on_the_dimension(void **state)
{
  static const struct {
    const char *name, *scheme;
    double formal;
  } row[] = {{"advect1d", "scheme.reconstruction=u7", 7},
             {"advect2d", "scheme.reconstruction=u7", 6},
             {"advect2d", "scheme.reconstruction=weno5-z", 4},
             {"advect2d", "scheme.reconstruction=koren", 2},
             {"advect2d", "scheme.reconstruction=donor", 1}};
  static const ptrdiff_t level[] = {8, 16, 32};
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
    weir_convergence *r = study(*state, row[k].name, 1, &row[k].scheme, 3, level, 0, 0);
    check_close(r->formal, row[k].formal, 0);
    weir_convergence_destroy(&r);
  }
}

static void bars_cover_fields_and_functionals_of_real_runs(void **state)
{
  static const ptrdiff_t level[] = {25, 50, 100, 200, 400}, plane[] = {16, 32, 64, 128};
  for (int k = 0; k < 2; k++) {
    weir_convergence *r =
        study(*state, k == 0 ? "ou1d" : "ou2d", 0, NULL, k == 0 ? 5 : 4, k == 0 ? level : plane, 0, 0);
    assert_true(r->error_bars && r->against_exact && r->functionals == (k == 0 ? 4 : 5));
    for (int n = 0; n < 3; n++) check_le(r->level[r->levels - 1].error[n], r->field[n].error);
    for (int f = 0; f < r->functionals; f++) {
      const weir_functional *q = &r->functional[f];
      const double error = fabs(q->value[r->runs - 1] - q->truth);
      assert_true(q->usable);
      if (strcmp(q->name, "max") != 0) check_le(error, q->bar.error); /* the maximum jumps from cell to cell */
      check_le(error, q->fit.error[0]);
      check_le(q->fit.error[0], 50 * error); /* and is no empty promise */
    }
    weir_convergence_destroy(&r);
  }
}

static void functionals_are_the_moments_of_the_exact_solution(void **state)
{
  static const ptrdiff_t level[] = {100, 200, 400};
  weir_convergence *r = study(*state, "ou1d", 0, NULL, 3, level, 0, 0);
  /* mean 1.5 e^-t, variance 1 - .75 e^-2t, L2^2 = 1/(2 sqrt(pi) sd), max = 1/(sqrt(2 pi) sd) at t = 1 */
  const double mean = 1.5 * exp(-1), var = 1 - 0.75 * exp(-2), sd = sqrt(var);
  const double want[] = {mean, var, sqrt(1 / (2 * sqrt(WEIR_PI) * sd)), 1 / (sqrt(2 * WEIR_PI) * sd)};
  static const char *const name[] = {"mean x", "second moment", "L2 norm", "max"};
  for (int k = 0; k < 4; k++) {
    assert_string_equal(r->functional[k].name, name[k]);
    check_close(r->functional[k].truth, want[k], k < 3 ? 1e-6 : 1e-4); /* the maximum lies between two cells */
  }
  weir_convergence_destroy(&r);
}

static void cost_is_interpolated_and_never_extrapolated(void **state)
{
  (void)state;
  weir_level level[3] = {
      {.relative = {1e-1}, .seconds = 1}, {.relative = {1e-2}, .seconds = 10}, {.relative = {1e-4}, .seconds = 100}};
  const weir_convergence r = {.levels = 3, .level = level};
  check_close(weir_convergence_cost(&r, 0, 1e-3), sqrt(1000), 1e-12);
  check_close(weir_convergence_cost(&r, 0, 1e-1), 1, 1e-12);
  check_close(weir_convergence_cost(&r, 0, 1e-4), 100, 1e-11);
  assert_true(isnan(weir_convergence_cost(&r, 0, 0.2)) && isnan(weir_convergence_cost(&r, 0, 1e-5)));
}

static void bad_step_rules_are_refused(void **state)
{
  static const ptrdiff_t level[] = {16, 32, 64};
  weir_convergence *r = NULL;
  weir_case *c = built_in(*state, "advect1d", 0, NULL), *d = built_in(*state, "ou1d", 0, NULL);
  check_fails(*state,
              weir_converge(*state, c, 3, level, &(weir_study_options){.dt_num = 1, .dt_den = 2}, NULL, NULL, &r),
              WEIR_EARG, "an exponent from 1");
  check_fails(*state,
              weir_converge(*state, d, 3, level, &(weir_study_options){.dt_num = 2, .dt_den = 1}, NULL, NULL, &r),
              WEIR_EARG, "exact in time");
  check_fails(*state, weir_converge(*state, c, 2, level, &(weir_study_options){.error_bars = true}, NULL, NULL, &r),
              WEIR_EFORMAT, "for error bars three levels");
  assert_null(r);
  weir_case_destroy(&c), weir_case_destroy(&d);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      TEST(the_estimate_covers_the_true_error),
      TEST(no_order_is_trusted_that_is_not_seen),
      TEST(rho_minus_error_is_the_better_guess),
      TEST(steps_follow_the_mesh_so_that_the_order_in_space_is_seen),
      TEST(the_expected_order_depends_on_the_dimension),
      TEST(bars_cover_fields_and_functionals_of_real_runs),
      TEST(functionals_are_the_moments_of_the_exact_solution),
      TEST(cost_is_interpolated_and_never_extrapolated),
      TEST(bad_step_rules_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
