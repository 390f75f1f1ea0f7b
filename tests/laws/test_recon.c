/* Every reconstruction in the registry against the laws of weir/laws.h, which say what each law is; and how the laws are called. */
#include "../support/flow.h"
#include <weir/laws.h>
#include <math.h>
#include <string.h>

static const weir_check *find(const weir_verdict *v, const char *law)
{
  for (int i = 0; i < v->n; i++)
    if (strcmp(v->check[i].check, law) == 0) return &v->check[i];
  return NULL;
}

static void every_reconstruction_obeys_every_law(void **state)
{
  const weir_recon *s = NULL;
  weir_verdict *v = NULL;
  check_ok(*state, weir_verdict_create(*state, &v));
  for (int k = 0; (s = weir_item(*state, WEIR_KIND_RECON, k)) != NULL; k++)
    check_ok(*state, weir_laws_recon(*state, s, v));
  for (int i = 0; i < v->n; i++)
    if (v->check[i].outcome == WEIR_FAILED)
      fail_msg("%s, %s: %s", v->check[i].statistic, v->check[i].check, v->check[i].text);
  check_ge(v->n, 3 * 21);
  assert_true(weir_lookup(*state, WEIR_KIND_RECON, "donor") != NULL);
  assert_true(weir_lookup(*state, WEIR_KIND_RECON, "muscl-vanleer") != NULL);
  assert_true(weir_lookup(*state, WEIR_KIND_RECON, "muscl-mc") != NULL);
  weir_verdict_destroy(&v);
}

/* The published weights of equal widths, as differences of the averages. */
static void upwind_weights_are_the_rational_numbers(void **state)
{
  enum { G = WEIR_RECON_MAXGHOST };
  static const struct {
    const char *name;
    int k;
    double common, c[9];
  } known[] = {{"u5", 5, 60, {2, -13, 47, 27, -3}},
               {"u7", 7, 420, {-3, 25, -101, 319, 214, -38, 4}},
               {"u9", 9, 2520, {4, -41, 199, -641, 1879, 1375, -305, 55, -5}}};
  for (int r = 0; r < 3; r++) {
    const weir_recon *s = weir_lookup(*state, WEIR_KIND_RECON, known[r].name);
    double h[2 * G], w[WEIR_RECON_MAXCOEF];
    for (int i = 0; i < 2 * G; i++) h[i] = 0.1;
    s->coef(h + G, w);
    for (int way = 0; way < 2;
         way++) /* unit averages: the weight of cell m is w_{m-1} - w_m, and 1 more for the upwind cell */
      for (int m = 0; m < known[r].k; m++) {
        const double *v = w + way * (known[r].k - 1), left = m > 0 ? v[m - 1] : 0,
                     right = m < known[r].k - 1 ? v[m] : 0;
        check_close(left - right + (m == (known[r].k - 1) / 2), known[r].c[m] / known[r].common, 4 * 0x1p-53);
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

/* ------------------------------------------------------------------ the laws' interface; mutants: tests/cli/test_selftest.sh */
static void unlimited(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                      const weir_stencil *st, double *restrict face)
{
  (void)u, (void)st;
  for (ptrdiff_t i = 0; i < n; i++) face[i] = 0.5 * (q[i - s] + q[i]);
}

static const weir_recon broken = {.abi = WEIR_SCHEME_ABI,
                                  .name = "unlimited",
                                  .order = 2,
                                  .ghost = 2,
                                  .cfl = 0.5,
                                  .claims = WEIR_TVD | WEIR_NONNEG_ONLY,
                                  .row = unlimited};

static void a_broken_law_is_a_failed_check_with_both_numbers(void **state)
{
  weir_verdict *v = NULL;
  check_ok(*state, weir_verdict_create(*state, &v));
  check_ok(*state, weir_register(*state, WEIR_KIND_RECON, broken.name, &broken));
  check_ok(*state, weir_laws_recon(*state, &broken, v));
  weir_verdict_conclude(v);
  assert_int_equal(v->outcome, WEIR_FAILED);
  const weir_check *tvd = find(v, "tvd");
  assert_non_null(tvd);
  assert_int_equal(tvd->outcome, WEIR_FAILED);
  assert_string_equal(tvd->statistic, "unlimited");
  check_ge(tvd->value, tvd->expected);
  assert_non_null(strstr(tvd->text, ", expected "));
  assert_int_equal(find(v, "scale")->outcome, WEIR_PASS);
  assert_null(find(v, "positive")); /* not claimed */
  weir_verdict_destroy(&v);
}

static void a_waived_law_is_said_to_be_waived(void **state)
{
  weir_verdict *v = NULL;
  check_ok(*state, weir_verdict_create(*state, &v));
  check_ok(*state, weir_register(*state, WEIR_KIND_RECON, broken.name, &broken));
  check_ok(*state, weir_laws_recon(*state, &broken, v));
  assert_int_equal(find(v, "odd")->outcome, WEIR_NOT_TESTED);
  assert_non_null(strstr(find(v, "odd-run")->text, "waived"));
  weir_verdict_destroy(&v);
}

static void a_table_that_cannot_be_run_is_refused(void **state)
{
  weir_verdict *v = NULL;
  weir_recon s = broken;
  check_ok(*state, weir_verdict_create(*state, &v));
  check_fails(*state, weir_laws_recon(*state, &s, v), WEIR_ENOTFOUND, "not registered");
  s = broken, s.abi = 7;
  check_fails(*state, weir_laws_recon_table(*state, &s), WEIR_EARG, "abi 7");
  check_fails(*state, weir_laws_recon(*state, &s, v), WEIR_EARG, "abi 7");
  s = broken, s.name = "";
  check_fails(*state, weir_laws_recon_table(*state, &s), WEIR_EARG, "no name");
  s = broken, s.name = "a-name-that-is-too-long-.";
  check_fails(*state, weir_laws_recon_table(*state, &s), WEIR_EARG, "1 to 23 characters");
  s = broken, s.row = NULL;
  check_fails(*state, weir_laws_recon_table(*state, &s), WEIR_EARG, "no kernel");
  s = broken, s.order = 0;
  check_fails(*state, weir_laws_recon_table(*state, &s), WEIR_EARG, "order 0");
  s = broken, s.ghost = 0;
  check_fails(*state, weir_laws_recon_table(*state, &s), WEIR_EARG, "ghost 0");
  s = broken, s.cfl = (double)NAN;
  check_fails(*state, weir_laws_recon_table(*state, &s), WEIR_EARG, "cfl");
  s = broken, s.ncoef = WEIR_RECON_MAXCOEF + 1;
  check_fails(*state, weir_laws_recon_table(*state, &s), WEIR_EARG, "ncoef 81");
  s = broken, s.ncoef = 1;
  check_fails(*state, weir_laws_recon_table(*state, &s), WEIR_EARG, "no function for them");
  s = broken, s.product = 5;
  check_fails(*state, weir_laws_recon_table(*state, &s), WEIR_EARG, "product = 5");
  s = broken, s.product = 4, s.ghost = 1;
  check_fails(*state, weir_laws_recon_table(*state, &s), WEIR_EARG, "2 layers at least");
  assert_int_equal(v->n, 0);
  weir_verdict_destroy(&v);
}

static void the_claimed_order_in_2d_is_the_smaller_of_two(void **state)
{
  static const struct {
    int order, product, want;
  } known[] = {{1, 0, 1}, {2, 0, 2}, {5, 0, 2}, {5, 4, 4}, {3, 4, 3}, {9, 6, 6}, {5, 6, 5}};
  (void)state;
  for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
    weir_recon s = broken;
    s.order = known[k].order, s.product = known[k].product;
    assert_int_equal(weir_laws_order(&s, 1), known[k].order);
    assert_int_equal(weir_laws_order(&s, 2), known[k].want);
    assert_int_equal(weir_laws_order(&s, 3), known[k].want);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(every_reconstruction_obeys_every_law, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(upwind_weights_are_the_rational_numbers, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(emptying_a_cell_leaves_nothing_or_more, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(a_broken_law_is_a_failed_check_with_both_numbers, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(a_waived_law_is_said_to_be_waived, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(a_table_that_cannot_be_run_is_refused, flow_setup, ctx_teardown),
      cmocka_unit_test(the_claimed_order_in_2d_is_the_smaller_of_two),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
