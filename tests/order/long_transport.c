/* Long runs of the transport solver: mass over 10 000 steps, orders in 3D and on fine meshes. Minutes. */
#include "../support/flow.h"
#include <math.h>
#include <stdio.h>

static double swing(void *user, double t)
{
  (void)user;
  return 1 + 0.5 * sin(3 * t);
}

static void made(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 0.1 + 0.1 * sin(9 * x[0][i]);
}

/* 10 000 steps in 1D, 2D, 3D, uniform and stretched, every kind of side, with a source in the open ones: the ledger closes to
 * 1e-13 of the larger of mass and turnover. Measured: at most 3.4e-14 (the shear gathers the mass in few cells). */
static void mass_is_kept_over_ten_thousand_steps(void **state)
{
  static const weir_side_kind kinds[] = {WEIR_PERIODIC, WEIR_NOFLUX, WEIR_INFLOW, WEIR_OUTFLOW};
  double worst = 0;
  for (int dim = 1; dim <= 3; dim++)
    for (int g = 0; g < 3; g++)
      for (int k = 0; k < 4; k++) {
        static const weir_grading gradings[] = {WEIR_UNIFORM, WEIR_SINE, WEIR_TANH};
        flow f = {.dim = dim, .n = {dim == 1 ? 200 : 20, 18, 16}, .rho = flow_waves, .rho_user = &dim};
        f.grading = gradings[g], f.grade = 0.6;
        flow_set_shear(&f, kinds[k]);
        f.p.velocity.factor[dim - 1] = swing;
        if (kinds[k] == WEIR_INFLOW) f.p.source = made, f.p.source_steady = true;
        f.o.threads = 1, f.o.max_steps = 10000;
        flow_start(*state, &f);
        check_fails(*state, weir_run_advance(*state, f.run, 1e6), WEIR_ENUMERIC, "max_steps = 10000");
        weir_run_stats s;
        weir_run_stats_get(f.run, &s);
        assert_int_equal(s.steps, 10000);
        check_ge(s.min_rho, 0);
        const double drift = flow_drift(&f);
        check_le(drift, 1e-13);
        worst = fmax(worst, drift);
        flow_end(&f);
      }
  print_message("largest drift in 10 000 steps: %.2e\n", worst);
}

static void waves_in_space_converge_with_the_claimed_order(void **state)
{
  static const char *const name[] = {"muscl-vanleer", "muscl-mc"};
  int dim = 3;
  for (int k = 0; k < 2; k++)
    for (int stretched = 0; stretched < 2; stretched++) {
      double e[3];
      for (int m = 0, n = 48; m < 3; m++, n *= 2) {
        flow f = {.dim = 3, .n = {n, n, n}, .rho = flow_waves, .rho_user = &dim};
        f.grading = stretched ? WEIR_SINE : WEIR_UNIFORM, f.grade = 0.3;
        f.o.scheme = name[k];
        flow_set_constant(&f);
        flow_start(*state, &f);
        check_ok(*state, weir_run_advance(*state, f.run, 0.05));
        e[m] = flow_l1(*state, &f, flow_waves, &dim, 0.05, 2);
        flow_end(&f);
      }
      print_message("%s 3D %s: %.3e %.3e %.3e, orders %.3f %.3f\n", name[k], stretched ? "stretched" : "uniform", e[0],
                    e[1], e[2], flow_order(e[0], e[1]), flow_order(e[1], e[2]));
      check_ge(flow_order(e[0], e[2]) / 2, 1.9); /* over all three */
      check_ge(flow_order(e[1], e[2]), 1.9);
      check_ge(flow_order(e[0], e[1]), 1.85); /* measured 1.898 (van Leer, stretched) to 2.17 */
    }
}

static void a_deforming_flow_converges_at_half_period(void **state)
{
  static const char *const name[] = {"muscl-vanleer", "muscl-mc"};
  for (int k = 0; k < 2; k++)
    for (int stretched = 0; stretched < 2; stretched++) {
      double e[3];
      for (int m = 0, n = 64; m < 3; m++, n *= 2) e[m] = flow_roll_error(*state, name[k], n, stretched);
      print_message("%s roll %s: %.3e %.3e %.3e, orders %.3f %.3f\n", name[k], stretched ? "stretched" : "uniform",
                    e[0], e[1], e[2], flow_order(e[0], e[1]), flow_order(e[1], e[2]));
      check_ge(flow_order(e[0], e[1]), 1.9);
      check_ge(flow_order(e[1], e[2]), 1.9);
    }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(mass_is_kept_over_ten_thousand_steps, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(a_deforming_flow_converges_at_half_period, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(waves_in_space_converge_with_the_claimed_order, flow_setup, ctx_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
