/* Positivity and bounds of limited transport runs. */
#include "../support/flow.h"
#include <float.h>
#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------ data */
/* Zalesak's slotted disc (JCP 31 (1979) 335) on the unit square: radius .15 about (.5, .75), slot .05 wide up to y = .85. */
static void slotted(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double dx = x[0][i] - 0.5, dy = x[1][i] - 0.75;
    out[i] = dx * dx + dy * dy < 0.15 * 0.15 && !(fabs(dx) < 0.025 && x[1][i] < 0.85) ? 1.0 : 0.0;
  }
}

static void turning(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++)
    out[i] = WEIR_PI * ((x[0][i] - 0.5) * (x[0][i] - 0.5) + (x[1][i] - 0.5) * (x[1][i] - 0.5));
}

/* Smooth, positive, down to 1e-12. */
static void hill(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const int dim = *(int *)user;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    double s = 0.0;
    for (int a = 0; a < dim; a++) s += cos(2 * WEIR_PI * (x[a][i] - 0.3 - 0.1 * a)) - 1.0;
    out[i] = exp(s * 13.8 / dim);
  }
}

/* Noise in [0, 1], a third of it exactly 0, some of it near the smallest numbers. */
static void rough(weir_ctx *ctx, flow *f)
{
  uint64_t seed = 11;
  flow_mesh(ctx, f);
  for (ptrdiff_t i = 0; i < f->mesh->len; i++) {
    const double x = noise(&seed), y = noise(&seed);
    f->rho0[i] = x < -0.3 ? 0.0 : y > 0.7 ? fabs(x) * 1e-300 : y < -0.8 ? fabs(x) * 5e-324 * 1e3 : fabs(x);
  }
}

static void swirl(flow *f)
{
  f->p.velocity = (weir_velocity){.stream = flow_roll, .factor = {flow_roll_factor}};
}

static weir_run_stats go(weir_ctx *ctx, flow *f, double t)
{
  weir_run_stats s;
  if (f->run == NULL) flow_start(ctx, f);
  check_ok(ctx, weir_run_advance(ctx, f->run, t));
  weir_run_stats_get(f->run, &s);
  return s;
}

static void same_bits(const flow *f, const flow *g, const char *what)
{
  const weir_mesh *m = f->mesh;
  const double *x = weir_run_density(f->run), *y = weir_run_density(g->run);
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const ptrdiff_t c = weir_mesh_index(m, i, j, k);
        if (memcmp(&x[c], &y[c], sizeof *x) != 0)
          fail_msg("%s: cell (%td, %td, %td): %.17g, %.17g", what, i, j, k, x[c], y[c]);
      }
}

static const char *const high[] = {"u5", "u7", "u9", "weno5-z"};
enum { HIGH = sizeof high / sizeof high[0] };

/* A pair that a run takes, and with a limiter. */
static bool limits(const weir_recon *r, const weir_stepper *s)
{
  return weir_stepper_fits(r, s) && (r->claims & WEIR_ONE_STEP) == 0 && weir_stable_cfl(r, s) >= 0.1;
}

/* ------------------------------------------------------------------ rho >= 0 */
static void a_slotted_disc_stays_nonnegative_to_the_last_bit(void **state)
{
  static const char *const stepper[HIGH] = {"ssprk3", "ssprk54", "ssprk104", "ssprk3"};
  for (int k = 0; k < HIGH; k++)
    for (int turn = 0; turn < 2; turn++) {
      flow f = {.dim = 2, .n = {64, 64}, .rho = slotted};
      f.o = (weir_run_options){.scheme = high[k], .stepper = stepper[k], .threads = 1};
      for (int a = 0; a < 2; a++) f.side[a][0] = f.side[a][1] = turn ? WEIR_OUTFLOW : WEIR_NOFLUX;
      swirl(&f);
      if (turn) f.p.velocity = (weir_velocity){.stream = turning, .steady = {true}};
      const weir_run_stats s = go(*state, &f, turn ? 0.25 : 0.5);
      assert_int_equal(s.limiter, WEIR_LIMITER_POSITIVE);
      check_ge(s.min_rho, 0.0);
      assert_false(signbit(s.min_rho));
      assert_true(s.limited > 0 && s.theta < 1.0);
      check_le(flow_drift(&f), 1e-13); /* measured 1e-14 */
      flow_end(&f);
      f.o.limiter = WEIR_LIMITER_NONE; /* and without? the limiter has work to do */
      const weir_run_stats u = go(*state, &f, turn ? 0.25 : 0.5);
      check_le(u.min_rho, -1e-3);
      assert_true(u.limited == 0 && u.theta == 1.0 && u.limiter == WEIR_LIMITER_NONE);
      flow_end(&f);
    }
}

/* Every scheme, stepper, dimension, kind of side and mesh; compressible flow, tiny numbers, a source. */
static void ones(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = x[0][i] > 0.7 ? 1e-3 : 0.0;
}

static void rough_data_stay_nonnegative_with_every_pair(void **state)
{
  static const weir_side_kind kinds[] = {WEIR_PERIODIC, WEIR_NOFLUX, WEIR_INFLOW, WEIR_OUTFLOW};
  const weir_recon *r = NULL;
  const weir_stepper *s = NULL;
  int runs = 0;
  for (int k = 0; (r = weir_item(*state, WEIR_KIND_RECON, k)) != NULL; k++)
    for (int l = 0; (s = weir_item(*state, WEIR_KIND_STEPPER, l)) != NULL; l++)
      for (int c = 0; c < 12; c++) {
        if (!limits(r, s) || (c / 4 == 2 && (k + l + c) % 3 != 0)) continue;
        flow f = {.dim = 1 + c / 4, .n = {c < 4 ? 60 : 20, 13, 11}, .grading = (k + l) % 2 ? WEIR_TANH : WEIR_UNIFORM};
        f.grade = 1.2;
        f.o = (weir_run_options){.scheme = r->name, .stepper = s->name, .threads = 1, .limiter = WEIR_LIMITER_POSITIVE};
        if (r->linear > 0) f.o.cfl = fmin(weir_stable_cfl(r, s), 2.0);
        flow_set_shear(&f, kinds[c % 4]);
        if (c % 2) f.p.source = ones, f.p.source_steady = true;
        rough(*state, &f);
        const weir_run_stats st = go(*state, &f, 0.1);
        if (!(st.min_rho >= 0.0) || !(flow_drift(&f) <= 1e-13))
          fail_msg("%s, %s, %dD, %s: min %g, drift %g", r->name, s->name, f.dim, weir_side_name(kinds[c % 4]),
                   st.min_rho, flow_drift(&f));
        runs++;
        flow_end(&f);
      }
  assert_true(runs > 100);
}

static void a_constant_is_not_limited_at_the_default_cfl(void **state)
{
  const weir_recon *r = NULL;
  const weir_stepper *s = NULL;
  for (int k = 0; (r = weir_item(*state, WEIR_KIND_RECON, k)) != NULL; k++)
    for (int l = 0; (s = weir_item(*state, WEIR_KIND_STEPPER, l)) != NULL; l++) {
      if (!limits(r, s)) continue;
      flow f = {.dim = 2, .n = {32, 16}, .rho = flow_one};
      f.o = (weir_run_options){.scheme = r->name, .stepper = s->name, .threads = 1, .limiter = WEIR_LIMITER_POSITIVE};
      swirl(&f);
      for (int a = 0; a < 2; a++) f.side[a][0] = f.side[a][1] = WEIR_NOFLUX;
      const weir_run_stats st = go(*state, &f, 0.3);
      if (st.limited != 0) fail_msg("%s, %s: %lld cells, %g", r->name, s->name, (long long)st.limited, st.theta);
      flow_end(&f);
    }
}

/* ------------------------------------------------------------------ cost: none */
static void smooth_positive_data_keep_every_bit(void **state)
{
  for (int k = 0; k < HIGH; k++)
    for (int dim = 1; dim <= 3; dim++)
      for (int c = 0; c < 4; c++) {
        static const char *const stepper[] = {"ssprk3", "ssprk54", "ssprk104"};
        flow f = {.dim = dim,
                  .n = {dim == 1   ? 256
                        : dim == 2 ? 96
                                   : 40,
                        dim == 3 ? 44 : 100, 48},
                  .rho = hill,
                  .rho_user = &dim},
             g;
        f.grading = c % 2 ? WEIR_SINE : WEIR_UNIFORM, f.grade = 0.2;
        f.o = (weir_run_options){.scheme = high[k], .stepper = stepper[(k + c) % 3], .threads = 1};
        if (c >= 2 && dim != 2) continue; /* a roll between walls */
        flow_set_shear(&f, WEIR_PERIODIC);
        for (int a = 0; a < 2 && c >= 2; a++) f.side[a][0] = f.side[a][1] = WEIR_NOFLUX;
        if (c >= 2) swirl(&f);
        if (dim == 3 && (k + c) % 4 != 0) continue;
        g = f;
        g.o.limiter = WEIR_LIMITER_NONE;
        const weir_run_stats s = go(*state, &f, 0.05);
        (void)go(*state, &g, 0.05);
        assert_int_equal(s.limiter, WEIR_LIMITER_POSITIVE);
        if (s.limited != 0)
          fail_msg("%s, %dD, %d: %lld cells limited, %g", high[k], dim, c, (long long)s.limited, s.theta);
        same_bits(&f, &g, high[k]);
        flow_end(&f), flow_end(&g);
      }
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
  static const weir_side_kind kinds[] = {WEIR_PERIODIC, WEIR_NOFLUX, WEIR_INFLOW, WEIR_OUTFLOW};
  for (int dim = 1; dim <= 3; dim++)
    for (int c = 0; c < 8; c++) {
      flow f = {.dim = dim, .n = {dim == 1 ? 9000 : dim == 2 ? 150 : 40, dim == 2 ? 90 : 20, 24}}, g;
      f.o = (weir_run_options){.scheme = high[c % 4], .stepper = "ssprk3", .threads = 1, .dt = 2e-5};
      f.o.limiter = c < 4 ? WEIR_LIMITER_POSITIVE : WEIR_LIMITER_BOUNDS;
      flow_set_shear(&f, kinds[c % 4]);
      g = f, g.o.threads = 3;
      rough(*state, &f), rough(*state, &g);
      const weir_run_stats s = go(*state, &f, 1e-4), t = go(*state, &g, 1e-4);
      assert_true(s.limited > 0 && s.limited == t.limited && s.theta == t.theta && s.min_rho == t.min_rho);
      same_bits(&f, &g, "threads");
      weir_ledger x, y;
      weir_run_ledger(f.run, &x), weir_run_ledger(g.run, &y);
      assert_true(memcmp(x.outflow, y.outflow, sizeof x.outflow) == 0 && x.defect == y.defect);
      flow_end(&f), flow_end(&g);
    }
}

/* ------------------------------------------------------------------ bounds */
static void bounds_keep_a_slotted_disc_between_0_and_1(void **state)
{
  for (int k = 0; k < HIGH; k++)
    for (int stretched = 0; stretched < 2; stretched++) {
      flow f = {.dim = 2, .n = {64, 64}, .rho = slotted, .grading = stretched ? WEIR_SINE : WEIR_UNIFORM, .grade = 0.2};
      f.o = (weir_run_options){.scheme = high[k], .stepper = "ssprk54", .threads = 1, .limiter = WEIR_LIMITER_BOUNDS};
      for (int a = 0; a < 2; a++) f.side[a][0] = f.side[a][1] = WEIR_NOFLUX;
      swirl(&f);
      const weir_run_stats s = go(*state, &f, 0.5);
      double lo, hi;
      weir_mesh_range(f.mesh, weir_run_density(f.run), &lo, &hi, NULL, NULL);
      check_ge(s.min_rho, 0.0);
      check_le(hi, 1.0 + 1e-13); /* derived: a rounding or two a stage, 300 stages */
      check_ge(hi, 0.9);
      check_le(flow_drift(&f), 1e-13);
      assert_int_equal(s.limiter, WEIR_LIMITER_BOUNDS);
      flow_end(&f);
    }
}

/* Data of both signs: no clipping at 0, but within [-1, 1]; an inflow density widens the bounds. */
static void wave(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)t;
  const int dim = *(int *)user;
  for (ptrdiff_t i = 0; i < n; i++) {
    double s = 1.0;
    for (int a = 0; a < dim; a++) s *= sin(2 * WEIR_PI * 2 * x[a][i]) > 0.0 ? 1.0 : -1.0;
    out[i] = s;
  }
}

static void two(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 2.0;
}

static void bounds_hold_for_data_of_both_signs_and_at_sides(void **state)
{
  for (int dim = 1; dim <= 3; dim++)
    for (int open = 0; open < 2; open++) {
      flow f = {.dim = dim, .n = {dim == 3 ? 24 : 48, dim == 3 ? 20 : 48, 18}, .rho = wave, .rho_user = &dim};
      f.o = (weir_run_options){.scheme = "u9", .stepper = "ssprk54", .threads = 1, .limiter = WEIR_LIMITER_BOUNDS};
      flow_set_constant(&f);
      for (int a = 0; a < dim && open; a++)
        for (int s = 0; s < 2; s++) f.side[a][s] = WEIR_INFLOW, f.p.boundary.density[a][s] = two;
      (void)go(*state, &f, 0.2);
      double lo, hi;
      weir_mesh_range(f.mesh, weir_run_density(f.run), &lo, &hi, NULL, NULL);
      check_ge(lo, -1.0 - 1e-13), check_le(lo, open ? 0.0 : -0.3);
      check_le(hi, (open ? 2.0 : 1.0) + 1e-13), check_ge(hi, open ? 1.9 : 0.3);
      weir_ledger l;
      weir_run_ledger(f.run, &l);
      check_le(fabs(l.defect), 1e-13);
      flow_end(&f);
    }
}

/* ------------------------------------------------------------------ which limiter */
static void minus_one(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = t > 0.05 ? -1.0 : 0.0;
}

static void auto_goes_by_scheme_data_and_what_it_sees(void **state)
{
  for (int c = 0; c < 6; c++) {
    flow f = {.dim = 2, .n = {20, 20}, .rho = flow_one};
    f.o = (weir_run_options){.scheme = c == 1 ? "koren" : "u7", .threads = 1};
    flow_set_shear(&f, c >= 3 ? WEIR_INFLOW : WEIR_PERIODIC);
    if (c == 4) f.p.source = minus_one;
    if (c == 5) f.p.boundary.density[0][0] = minus_one, f.p.boundary.steady[0][0] = false;
    flow_mesh(*state, &f);
    if (c == 2) f.rho0[weir_mesh_index(f.mesh, 3, 4, 0)] = -1e-30;
    weir_run_stats s = go(*state, &f, 0.02);
    assert_int_equal(s.limiter, c == 1 || c == 2 ? WEIR_LIMITER_NONE : WEIR_LIMITER_POSITIVE);
    s = go(*state, &f, 0.1);
    assert_int_equal(s.limiter, c == 0 || c == 3 ? WEIR_LIMITER_POSITIVE : WEIR_LIMITER_NONE);
    flow_end(&f);
  }
}

static void limiters_have_names_and_refuse_what_they_cannot_keep(void **state)
{
  weir_limiter l = WEIR_LIMITER_AUTO;
  for (int k = 0; k < 4; k++) {
    check_ok(*state, weir_limiter_find(*state, weir_limiter_name((weir_limiter)k), &l));
    assert_int_equal(l, k);
  }
  check_fails(*state, weir_limiter_find(*state, "clip", &l), WEIR_ENOTFOUND, "auto, none, positive or bounds expected");
  flow f = {.dim = 2, .n = {20, 20}, .rho = flow_one};
  f.o = (weir_run_options){.scheme = "u5", .stepper = "ssprk3", .limiter = WEIR_LIMITER_BOUNDS, .cfl = 1.2};
  flow_set_constant(&f);
  flow_mesh(*state, &f);
  f.p.mesh = f.mesh, f.p.rho0 = f.rho0;
  check_fails(*state, weir_run_create(*state, &f.p, &f.o, &f.run), WEIR_EARG, "donor-cell step in it needs 1 at most");
  f.o.limiter = WEIR_LIMITER_POSITIVE;
  f.rho0[weir_mesh_index(f.mesh, 3, 4, 0)] = -1.0;
  check_fails(*state, weir_run_create(*state, &f.p, &f.o, &f.run), WEIR_EARG,
              "initial density is -1 in cell (3, 4, 0)");
  f.o.limiter = (weir_limiter)7;
  check_fails(*state, weir_run_create(*state, &f.p, &f.o, &f.run), WEIR_EARG, "limiter 7; 0 to 3 expected");
  flow c = {.dim = 2, .n = {20, 20}, .rho = flow_one, .o = {.scheme = "ctu-mc", .limiter = WEIR_LIMITER_POSITIVE}};
  flow_set_constant(&c);
  flow_mesh(*state, &c);
  c.p.mesh = c.mesh, c.p.rho0 = c.rho0;
  check_fails(*state, weir_run_create(*state, &c.p, &c.o, &c.run), WEIR_EUNSUPPORTED, "takes whole steps");
  c.o.limiter = WEIR_LIMITER_AUTO;
  check_ok(*state, weir_run_create(*state, &c.p, &c.o, &c.run));
  flow_end(&c);
  weir_stepper midpoint = {.name = "midpoint", .stages = 2, .order = 2, .ssp = 1e-9};
  midpoint.stage[0] = (weir_rk_stage){.s = 1, .e = 0.5}, midpoint.stage[1] = (weir_rk_stage){.time = 0.5, .e = 1};
  check_ok(*state, weir_register(*state, WEIR_KIND_STEPPER, "midpoint", &midpoint));
  double euler[WEIR_RK_MAXSTAGE];
  assert_false(weir_stepper_euler(&midpoint, euler));
  f.rho0[weir_mesh_index(f.mesh, 3, 4, 0)] = 1.0;
  f.o.stepper = "midpoint", f.o.scheme = "donor", f.o.limiter = WEIR_LIMITER_POSITIVE, f.o.cfl = 0;
  check_fails(*state, weir_run_create(*state, &f.p, &f.o, &f.run), WEIR_EARG, "no combinations of Euler steps");
  flow_end(&f);
}

/* The largest Euler factor of a table with optimal SSP coefficient is its inverse. */
static void euler_factors_agree_with_the_ssp_coefficients(void **state)
{
  const weir_stepper *s = NULL;
  for (int l = 0; (s = weir_item(*state, WEIR_KIND_STEPPER, l)) != NULL; l++) {
    double euler[WEIR_RK_MAXSTAGE], most = 0.0;
    if (strcmp(s->name, "midpoint") == 0 || weir_stepper_is_one_step(s)) continue;
    assert_true(weir_stepper_euler(s, euler));
    for (int k = 0; k < s->stages; k++) most = fmax(most, euler[k]);
    check_close(most * s->ssp, 1.0, 1e-12); /* printed digits */
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_slotted_disc_stays_nonnegative_to_the_last_bit, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(rough_data_stay_nonnegative_with_every_pair, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(a_constant_is_not_limited_at_the_default_cfl, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(smooth_positive_data_keep_every_bit, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(any_number_of_threads_gives_the_same_bits, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(bounds_keep_a_slotted_disc_between_0_and_1, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(bounds_hold_for_data_of_both_signs_and_at_sides, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(auto_goes_by_scheme_data_and_what_it_sees, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(limiters_have_names_and_refuse_what_they_cannot_keep, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(euler_factors_agree_with_the_ssp_coefficients, flow_setup, ctx_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
