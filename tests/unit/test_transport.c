#include "../support/flow.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void run_to(weir_ctx *ctx, flow *f, double t)
{
  if (f->run == NULL) flow_start(ctx, f);
  check_ok(ctx, weir_run_advance(ctx, f->run, t));
}

static weir_run_stats stats_of(const flow *f)
{
  weir_run_stats s;
  weir_run_stats_get(f->run, &s);
  return s;
}

static weir_ledger ledger_of(const flow *f)
{
  weir_ledger l;
  weir_run_ledger(f->run, &l);
  return l;
}

static double *packed(weir_ctx *ctx, const flow *f)
{
  double *x = NULL;
  check_ok(ctx, weir_alloc_doubles(ctx, (size_t)f->mesh->cells, "packed", &x));
  weir_mesh_pack(f->mesh, weir_run_density(f->run), x);
  return x;
}

static void set_noise(weir_ctx *ctx, flow *f, double base)
{
  uint64_t seed = 5;
  flow_mesh(ctx, f);
  for (ptrdiff_t i = 0; i < f->mesh->len; i++) f->rho0[i] = base + noise(&seed);
}

/* ------------------------------------------------------------------ laws of the whole solver */
static void a_constant_stays_in_a_flow_without_divergence(void **state)
{
  for (int g = 0; g < 2; g++) {
    flow f = {.dim = 2, .n = {40, 30}, .grading = g ? WEIR_TANH : WEIR_UNIFORM, .grade = 1.5, .rho = flow_one};
    f.p.velocity = (weir_velocity){.stream = flow_roll, .steady = {true}};
    for (int a = 0; a < 2; a++) f.side[a][0] = f.side[a][1] = WEIR_NOFLUX;
    run_to(*state, &f, 2.0);
    double lo = 0, hi = 0;
    weir_mesh_range(f.mesh, weir_run_density(f.run), &lo, &hi, NULL, NULL);
    check_close(lo, 1, 3e-12), check_close(hi, 1, 3e-12); /* derived: T eps |psi| / (dx dy) of the narrowest cell, x8 */
    check_le(stats_of(&f).wall_speed, 1e-15);
    flow_end(&f);
  }
}

static void minus_the_density_gives_minus_the_result(void **state)
{
  for (int dim = 1; dim <= 3; dim++) {
    flow f = {.dim = dim, .n = {23, 11, 9}, .grading = WEIR_TANH, .grade = 1}, g = f;
    flow_set_shear(&f, WEIR_OUTFLOW), flow_set_shear(&g, WEIR_OUTFLOW);
    set_noise(*state, &f, 0.5), set_noise(*state, &g, 0.5);
    for (ptrdiff_t i = 0; i < g.mesh->len; i++) g.rho0[i] = -g.rho0[i];
    run_to(*state, &f, 0.3), run_to(*state, &g, 0.3);
    double *x = packed(*state, &f), *y = packed(*state, &g);
    for (ptrdiff_t i = 0; i < f.mesh->cells; i++) assert_true(x[i] == -y[i]);
    weir_free(x), weir_free(y);
    flow_end(&f), flow_end(&g);
  }
}

/* Odd, even in x about 1/2, to the bit on the dyadic mesh used below and with one Gauss point (the order of a sum is not mirrored). */
static void odd_x(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = *(double *)user * sin(3 * (x[0][i] - 0.5)) * (1 + 0.5 * x[1][i]) + 0.0;
}
static void even_x(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = cos(5 * (x[0][i] - 0.5)) - 0.4 * x[1][i];
}

static void mirrored_data_give_the_mirrored_result(void **state)
{
  double one = 1;
  enum { NX = 32, NY = 16 };
  flow f = {.dim = 2, .n = {NX, NY}}, g = {0};
  f.p.velocity = (weir_velocity){.component = {odd_x, even_x}, .user = {&one}, .steady = {true, true}, .quad = 1};
  f.side[0][0] = f.side[0][1] = WEIR_NOFLUX, f.side[1][0] = WEIR_INFLOW, f.side[1][1] = WEIR_OUTFLOW;
  g = f;
  set_noise(*state, &f, 1.5), set_noise(*state, &g, 1.5);
  for (int j = 0; j < NY; j++)
    for (int i = 0; i < NX; i++)
      g.rho0[weir_mesh_index(g.mesh, i, j, 0)] = f.rho0[weir_mesh_index(f.mesh, NX - 1 - i, j, 0)];
  run_to(*state, &f, 0.5), run_to(*state, &g, 0.5);
  double *x = packed(*state, &f), *y = packed(*state, &g);
  for (int j = 0; j < NY; j++)
    for (int i = 0; i < NX; i++) assert_true(x[i + NX * j] == y[NX - 1 - i + NX * j]);
  weir_free(x), weir_free(y);
  flow_end(&f), flow_end(&g);
}

/* v(x,y) with the axes exchanged: component a of the flow at (y,x). */
static void exchanged(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const double *const y[WEIR_MAXDIM] = {x[1], x[0], x[2]};
  flow_shear(user, t, n, y, out);
}

static void exchanged_axes_give_the_exchanged_result(void **state)
{
  enum { NX = 33, NY = 21 };
  flow f = {.dim = 2, .n = {NX, NY}, .grading = WEIR_TANH, .grade = 1}, g = {0};
  flow_set_shear(&f, WEIR_OUTFLOW);
  g = f;
  g.n[0] = NY, g.n[1] = NX;
  g.p.velocity.component[0] = g.p.velocity.component[1] = exchanged;
  g.p.velocity.user[0] = f.p.velocity.user[1], g.p.velocity.user[1] = f.p.velocity.user[0];
  set_noise(*state, &f, 1.5), set_noise(*state, &g, 1.5);
  for (int j = 0; j < NY; j++)
    for (int i = 0; i < NX; i++) g.rho0[weir_mesh_index(g.mesh, j, i, 0)] = f.rho0[weir_mesh_index(f.mesh, i, j, 0)];
  run_to(*state, &f, 0.3), run_to(*state, &g, 0.3);
  double *x = packed(*state, &f), *y = packed(*state, &g);
  for (int j = 0; j < NY; j++)
    for (int i = 0; i < NX; i++) assert_true(x[i + NX * j] == y[j + NY * i]);
  weir_free(x), weir_free(y);
  flow_end(&f), flow_end(&g);
}

static void along(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  static flow_shear_user line = {0, 1};
  const double *const y[WEIR_MAXDIM] = {x[*(int *)user], NULL, NULL};
  flow_shear(&line, t, n, y, out);
}

/* A flow along one axis of a box is the 1D flow on every line, whatever the axis, to the bit. */
static void one_dimension_in_three_is_one_dimension(void **state)
{
  enum { N = 40 };
  static int axis[WEIR_MAXDIM] = {0, 1, 2};
  flow f = {.dim = 1, .n = {N}, .grading = WEIR_SINE, .grade = 0.4};
  f.p.velocity = (weir_velocity){.component = {along}, .user = {&axis[0]}, .steady = {true}, .quad = 1};
  set_noise(*state, &f, 1.5);
  run_to(*state, &f, 0.4);
  double *want = packed(*state, &f);
  for (int dim = 2; dim <= 3; dim++)
    for (int a = 0; a < dim; a++) {
      flow g = {.dim = dim, .n = {4, 5, 3}, .grading = WEIR_SINE, .grade = 0.4};
      g.n[a] = N;
      g.p.velocity.quad = 1; /* more points would average equal numbers, with rounding */
      g.p.velocity.component[a] = along, g.p.velocity.user[a] = &axis[a];
      for (int b = 0; b < dim; b++) g.p.velocity.steady[b] = true;
      flow_mesh(*state, &g);
      for (ptrdiff_t k = 0; k < g.mesh->axis[2].n; k++)
        for (ptrdiff_t j = 0; j < g.mesh->axis[1].n; j++)
          for (ptrdiff_t i = 0; i < g.mesh->axis[0].n; i++)
            g.rho0[weir_mesh_index(g.mesh, i, j, k)] = f.rho0[weir_mesh_index(f.mesh,
                                                                              a == 0   ? i
                                                                              : a == 1 ? j
                                                                                       : k,
                                                                              0, 0)];
      run_to(*state, &g, 0.4);
      for (ptrdiff_t k = 0; k < g.mesh->axis[2].n; k++)
        for (ptrdiff_t j = 0; j < g.mesh->axis[1].n; j++)
          for (ptrdiff_t i = 0; i < g.mesh->axis[0].n; i++)
            assert_true(weir_run_density(g.run)[weir_mesh_index(g.mesh, i, j, k)] == want[a == 0 ? i : a == 1 ? j : k]);
      flow_end(&g);
    }
  weir_free(want);
  flow_end(&f);
}

static double swing(void *user, double t)
{
  (void)user;
  return cos(7 * t);
}

static void swinging(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = swing(user, t);
}

static void made(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = sin(9 * x[0][i] + t);
}

static void pulse(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 2 + sin(t);
}

static void the_number_of_threads_changes_no_bit(void **state)
{
  for (int dim = 1; dim <= 3; dim++) {
    double *first = NULL;
    weir_ledger l1 = {0};
    for (int threads = 1; threads <= 3; threads++) {
      flow f = {.dim = dim, .n = {dim == 1 ? 20000 : dim == 2 ? 150 : 31, dim == 2 ? 140 : 29, 28}};
      f.grading = WEIR_TANH, f.grade = 0.5, f.rho = flow_waves, f.rho_user = &dim, f.o.threads = threads;
      flow_set_shear(&f, WEIR_INFLOW);
      f.side[dim - 1][1] = WEIR_OUTFLOW;
      f.p.boundary.density[0][0] = pulse, f.p.boundary.steady[0][0] = false;
      f.p.velocity.factor[0] = swing;
      f.p.source = made;
      run_to(*state, &f, dim == 1 ? 3e-5 : 1.5e-3);
      double *x = packed(*state, &f);
      const weir_ledger l = ledger_of(&f);
      if (threads == 1) {
        first = x, l1 = l;
      } else {
        assert_memory_equal(x, first, (size_t)f.mesh->cells * sizeof *x);
        assert_memory_equal(&l, &l1, sizeof l);
        weir_free(x);
      }
      flow_end(&f);
    }
    weir_free(first);
  }
}

/* The reduced version of order/long_transport.c. */
static void mass_is_kept_with_every_kind_of_side(void **state)
{
  static const weir_side_kind kinds[] = {WEIR_PERIODIC, WEIR_NOFLUX, WEIR_INFLOW, WEIR_OUTFLOW};
  for (int dim = 1; dim <= 3; dim++)
    for (int g = 0; g < 2; g++)
      for (size_t k = 0; k < 4; k++) {
        flow f = {.dim = dim, .n = {dim == 1 ? 100 : 16, 14, 12}, .rho = flow_waves, .rho_user = &dim};
        f.grading = g ? WEIR_SINE : WEIR_UNIFORM, f.grade = 0.5;
        flow_set_shear(&f, kinds[k]);
        run_to(*state, &f, 1.0);
        check_le(flow_drift(&f), 2e-15); /* measured at most 3e-16 */
        const weir_ledger l = ledger_of(&f);
        if (kinds[k] == WEIR_PERIODIC || kinds[k] == WEIR_NOFLUX) check_close(l.turnover, 0, 0);
        if (kinds[k] == WEIR_NOFLUX) check_ge(stats_of(&f).wall_speed, 0.3);
        flow_end(&f);
      }
}

/* ------------------------------------------------------------------ boundaries, sources, ledger */
static void what_flows_in_is_what_was_given(void **state)
{
  flow f = {.dim = 1, .n = {200}, .rho = pulse};
  flow_set_constant(&f);
  f.side[0][0] = WEIR_INFLOW, f.side[0][1] = WEIR_OUTFLOW;
  f.p.boundary.density[0][0] = pulse;
  run_to(*state, &f, 3.0);
  const weir_ledger l = ledger_of(&f);
  check_close(l.outflow[0][0], -(3 * 2 + 1 - cos(3.0)), 1e-9); /* measured 3e-13: the third order of the time steps */
  check_close(l.mass0, 2.0, 1e-15);
  /* At t = 3 the box holds what came in during [2,3]; left: all else. Measured 1e-5: the scheme's own error. */
  check_close(l.mass, 2 + cos(2.0) - cos(3.0), 1e-4);
  check_close(l.outflow[0][1], 2 + (6 + 1 - cos(3.0)) - l.mass, 1e-9);
  check_le(flow_drift(&f), 1e-14);
  check_close(l.turnover, fabs(l.outflow[0][0]) + l.outflow[0][1], 1e-12);
  flow_end(&f);
}

static double minus_one(void *user, double t)
{
  (void)user, (void)t;
  return -1;
}

/* Speed 1 or -1 along one axis of a full box, density 2 + sin t enters: Euler steps at t = 0 and 0.01 count it by hand. */
static void sides_are_told_apart_in_three_dimensions(void **state)
{
  for (int a = 0; a < 3; a++)
    for (int in = 0; in < 2; in++) {
      flow f = {.dim = 3, .n = {6, 7, 8}, .rho = flow_one};
      flow_set_shear(&f, WEIR_INFLOW);
      for (int b = 0; b < 3; b++) f.p.velocity.component[b] = b == a ? flow_one : NULL;
      if (in == 1) f.p.velocity.factor[a] = minus_one;
      f.p.boundary.density[a][in] = pulse, f.p.boundary.steady[a][in] = false;
      f.o = (weir_run_options){.scheme = "donor", .stepper = "euler", .dt = 0.01};
      run_to(*state, &f, 0.02);
      const weir_ledger l = ledger_of(&f);
      check_close(l.outflow[a][in], -0.01 * (2 + 2 + sin(0.01)), 1e-15);
      check_close(l.outflow[a][1 - in], 0.02, 1e-15);
      for (int b = 0; b < 3; b++)
        if (b != a) check_close(fabs(l.outflow[b][0]) + fabs(l.outflow[b][1]), 0, 0);
      check_le(fabs(l.defect), 1e-15);
      flow_end(&f);
    }
}

static void nothing_enters_through_an_outflow_side_when_the_flow_turns_round(void **state)
{
  for (int whole = 0; whole < 2; whole++) {
    flow f = {.dim = 1, .n = {64}, .rho = flow_one};
    f.side[0][0] = f.side[0][1] = WEIR_OUTFLOW;
    f.p.velocity.component[0] = whole ? swinging : flow_one;
    f.p.velocity.factor[0] = whole ? NULL : swing;
    run_to(*state, &f, 0.2), run_to(*state, &f, 0.65);
    const weir_ledger l = ledger_of(&f);
    check_ge(l.outflow[0][0], 0.05), check_ge(l.outflow[0][1], 0.05);
    check_le(l.mass, 1 - 0.1);
    check_ge(stats_of(&f).min_rho, 0);
    check_le(flow_drift(&f), 1e-14);
    flow_end(&f);
  }
}

static void sources_make_the_mass_they_say(void **state)
{
  flow f = {.dim = 2, .n = {20, 10}, .rho = flow_one};
  f.p.source = pulse;
  f.o.dt = 0.05;
  f.p.velocity.steady[0] = f.p.velocity.steady[1] = true;
  run_to(*state, &f, 1.0);
  weir_ledger l = ledger_of(&f);
  check_close(l.source, 2 + 1 - cos(1.0), 1e-6); /* SSPRK3 is Simpson's rule here: measured 2e-10 */
  check_close(l.mass, 1 + l.source, 1e-14);
  check_le(flow_drift(&f), 1e-15);
  flow_end(&f);

  flow g = {.dim = 1, .n = {50}, .rho = flow_one};
  g.p.source = made, g.p.source_steady = true;
  g.o.dt = 0.1;
  run_to(*state, &g, 0.5);
  l = ledger_of(&g);
  check_close(l.source, 0.5 * (1 - cos(9.0)) / 9, 1e-9); /* Gauss 4: measured 1e-15 */
  check_ge(l.turnover, 0.5 * 0.5);                       /* source and sink count, not their difference */
  flow_end(&g);

  double want = 0;
  flow h = {.dim = 1, .n = {3}, .rho = flow_one};
  h.p.source = made, h.p.source_steady = true, h.p.velocity.quad = 1;
  run_to(*state, &h, 0.5);
  for (int i = 0; i < 3; i++) want += 0.5 / 3 * sin(9 * (i + 0.5) / 3);
  check_rel(ledger_of(&h).source, want, 1e-14); /* one point means the centre */
  flow_end(&h);
}

/* ------------------------------------------------------------------ time */
static void a_steady_flow_takes_equal_steps_that_land_on_the_target(void **state)
{
  int dim = 1;
  flow f = {.dim = 1, .n = {37}, .rho = flow_waves, .rho_user = &dim};
  flow_set_constant(&f);
  f.o.cfl = 0.5;
  run_to(*state, &f, 0.7);
  const weir_run_stats s = stats_of(&f);
  assert_true(s.time == 0.7);
  assert_int_equal(s.steps, (int64_t)ceil(0.7 * 37 / 0.5));
  check_close(s.dt_min, s.dt_max, 1e-12 * s.dt_max);
  check_le(s.dt_max * 37, 0.5 * (1 + 1e-12));
  assert_int_equal(s.stages, 3 * s.steps);
  assert_int_equal(s.rejected, 0);
  run_to(*state, &f, 0.7); /* to now: nothing to do */
  assert_int_equal(stats_of(&f).steps, s.steps);
  flow_end(&f);
}

static void a_fixed_step_is_kept_and_only_the_last_one_shortened(void **state)
{
  int dim = 1;
  flow f = {.dim = 1, .n = {20}, .rho = flow_waves, .rho_user = &dim};
  flow_set_constant(&f);
  f.o.dt = 0.01;
  run_to(*state, &f, 1.0);
  assert_int_equal(stats_of(&f).steps, 100); /* 100 * 0.01 is not 1 in binary: no step of 1e-16 is added */
  assert_true(stats_of(&f).time == 1.0);
  run_to(*state, &f, 1.025);
  assert_int_equal(stats_of(&f).steps, 103);
  check_close(stats_of(&f).dt_min, 0.005, 1e-12);
  check_close(stats_of(&f).dt_max, 0.01, 1e-12);
  flow_end(&f);

  flow g = {.dim = 1, .n = {20}, .rho = flow_waves, .rho_user = &dim};
  flow_set_constant(&g);
  g.o.dt = 0.1; /* CFL number 2: not allowed, so the CFL number decides */
  run_to(*state, &g, 1.0);
  check_le(stats_of(&g).dt_max, 0.45 / 20 * (1 + 1e-12));
  flow_end(&g);
}

static void sudden(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = (1 + 400 * t * t) * sin(2 * WEIR_PI * x[0][i]);
}

static double sudden_factor(void *user, double t)
{
  (void)user;
  return 1 + 400 * t * t;
}
static void sine(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = sin(2 * WEIR_PI * x[0][i]);
}

static void a_step_that_breaks_the_cfl_number_later_is_redone(void **state)
{
  int dim = 1;
  double *end[2];
  for (int k = 0; k < 2; k++) {
    flow f = {.dim = 1, .n = {8}, .rho = flow_waves, .rho_user = &dim};
    f.side[0][0] = f.side[0][1] = WEIR_OUTFLOW;
    f.p.velocity.component[0] = k ? sine : sudden;
    f.p.velocity.factor[0] = k ? sudden_factor : NULL;
    run_to(*state, &f, 0.3);
    const weir_run_stats s = stats_of(&f);
    assert_true(k == 0 ? s.rejected > 0
                       : s.rejected == 0); /* one factor for all axes: the end of the step is looked at first */
    assert_true(s.time == 0.3);
    assert_int_equal(s.stages, 3 * s.steps);
    check_ge(s.min_rho, 0);
    check_le(flow_drift(&f), 1e-14); /* a rejected step is not in the ledger */
    end[k] = packed(*state, &f);
    flow_end(&f);
  }
  for (int i = 0; i < 8; i++) check_rel(end[0][i], end[1][i], 0.02); /* the same flow in other steps */
  weir_free(end[0]), weir_free(end[1]);
}

static double jump(void *user, double t)
{
  return t > 0.3 * *(double *)user && t < 0.8 * *(double *)user ? 3 : 1;
}

/* A pulse that only the stage of SSPRK3 at half time sees. */
static void every_stage_is_held_to_the_cfl_number(void **state)
{
  int dim = 1;
  double target = 0.4 / 20;
  flow f = {.dim = 1, .n = {20}, .rho = flow_waves, .rho_user = &dim};
  flow_set_constant(&f);
  f.p.velocity.factor[0] = jump, f.p.velocity.factor_user[0] = &target;
  f.o.dt = target; /* else a flow that depends on time takes 17 steps */
  run_to(*state, &f, target);
  assert_true(stats_of(&f).rejected > 0);
  check_le(3 * stats_of(&f).dt_min * 20, 0.5);
  flow_end(&f);
}

/* At rest at t = 0, 1/2 and 1, where the stages of one long step would look; 1/2 between 0 and 1. */
static double twice(void *user, double t)
{
  (void)user;
  return pow(sin(2 * WEIR_PI * t), 2);
}

static void twice_whole(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = twice(user, t);
}

static void shifted_wave(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 1 + 0.5 * sin(2 * WEIR_PI * (x[0][i] - 0.5) - 0.3);
}

static void a_flow_at_rest_where_the_stages_look_is_seen(void **state)
{
  int dim = 1;
  for (int k = 0; k < 2; k++) {
    flow f = {.dim = 1, .n = {64}, .rho = flow_waves, .rho_user = &dim};
    f.p.velocity.component[0] = k ? flow_one : twice_whole;
    f.p.velocity.factor[0] = k ? twice : NULL;
    run_to(*state, &f, 1.0);
    check_le(flow_l1(*state, &f, shifted_wave, NULL, 1, 4), 2.5e-3); /* measured 1.7e-3; unmoved: 0.6 */
    flow_end(&f);
  }
  flow g = {.dim = 1, .n = {8}, .rho = flow_one};
  g.p.source = twice_whole;
  run_to(*state, &g, 1.0);
  check_close(ledger_of(&g).source, 0.5, 1e-9); /* Simpson's rule at 17 equal steps is exact for two periods */
  flow_end(&g);
}

/* ------------------------------------------------------------------ statistics */
static void the_smallest_density_is_tracked_with_place_and_time(void **state)
{
  flow f = {.dim = 2, .n = {10, 12}, .rho = flow_one};
  flow_mesh(*state, &f);
  f.rho0[weir_mesh_index(f.mesh, 7, 4, 0)] = 0.25;
  f.p.velocity.steady[0] = f.p.velocity.steady[1] = true;
  f.o.dt = 0.125;
  flow_start(*state, &f);
  weir_run_stats s = stats_of(&f);
  assert_true(s.min_rho == 0.25 && s.min_at[0] == 7 && s.min_at[1] == 4 && s.min_at[2] == 0 && s.min_time == 0);
  flow_end(&f);

  flow g = {.dim = 3, .n = {5, 6, 7}, .rho = flow_one};
  g.p.source = made; /* sin(9x + t), no flow: a sink somewhere */
  g.o.dt = 0.125;
  run_to(*state, &g, 0.5);
  s = stats_of(&g);
  assert_true(s.min_time == 0.5 && s.min_rho < 1);
  assert_true(weir_run_density(g.run)[weir_mesh_index(g.mesh, s.min_at[0], s.min_at[1], s.min_at[2])] == s.min_rho);
  flow_end(&g);
}

/* ------------------------------------------------------------------ failures */
/* Limits of |R(-C lambda)| <= 1, found independently to three digits for u5, u7, u9 (rows) and three steppers. */
static void linear_schemes_are_held_to_linear_stability(void **state)
{
  static const char *const scheme[] = {"u5", "u7", "u9"}, *const stepper[] = {"ssprk3", "ssprk54", "ssprk104"};
  static const double limit[3][3] = {{1.435, 1.989, 3.086}, {1.244, 1.913, 2.841}, {1.127, 1.822, 2.688}};
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 3; c++)
      check_close(weir_stable_cfl(weir_lookup(*state, WEIR_KIND_RECON, scheme[r]),
                                  weir_lookup(*state, WEIR_KIND_STEPPER, stepper[c])),
                  limit[r][c], 2e-3);
  check_close(weir_stable_cfl(weir_lookup(*state, WEIR_KIND_RECON, "muscl-mc"),
                              weir_lookup(*state, WEIR_KIND_STEPPER, "ssprk104")),
              3.0, 0);
  flow f = {.dim = 1, .n = {20}, .rho = flow_one, .o = {.scheme = "u7"}};
  flow_set_constant(&f);
  flow_start(*state, &f);
  weir_run *run = NULL;
  weir_run_options o = {.scheme = "u7", .stepper = "ssprk3", .cfl = 1.3};
  check_fails(*state, weir_run_create(*state, &f.p, &o, &run), WEIR_EARG, "is stable up to 1.24");
  o = (weir_run_options){.scheme = "u7", .stepper = "ssprk2"};
  check_fails(*state, weir_run_create(*state, &f.p, &o, &run), WEIR_EARG, "is stable up to CFL number 0.019");
  assert_null(run);
  flow_end(&f);
}

static void bad_problems_are_refused(void **state)
{
  flow f = {.dim = 1, .n = {20}, .rho = flow_one};
  flow_set_constant(&f);
  flow_start(*state, &f);
  weir_problem p = f.p;
  weir_run *run = NULL;
  int ghost = 0;
#define REFUSED(code, part, ...)                                                                                       \
  do {                                                                                                                 \
    const weir_run_options o = {__VA_ARGS__};                                                                          \
    check_fails(*state, weir_run_create(*state, &p, &o, &run), code, part);                                            \
    assert_null(run);                                                                                                  \
  } while (0)
  REFUSED(WEIR_ENOTFOUND, "muscl-vanleer", .scheme = "muscl-vanler");
  REFUSED(WEIR_ENOTFOUND, "ssprk3", .stepper = "ssprk4");
  REFUSED(WEIR_EARG, "up to 0.5", .scheme = "muscl-mc", .cfl = 0.51);
  REFUSED(WEIR_EARG, "cfl = -1", .scheme = "muscl-mc", .cfl = -1);
  REFUSED(WEIR_EARG, "cfl = nan", .scheme = "muscl-mc", .cfl = (double)NAN);
  REFUSED(WEIR_EARG, "cfl_scale = 2", .scheme = "muscl-mc", .cfl_scale = 2);
  REFUSED(WEIR_EARG, "cfl_scale = nan", .scheme = "muscl-mc", .cfl_scale = (double)NAN);
  REFUSED(WEIR_EARG, "dt = -1", .scheme = "muscl-mc", .dt = -1);
  REFUSED(WEIR_EARG, "threads = -2", .scheme = "muscl-mc", .threads = -2);
  REFUSED(WEIR_EARG, "max_steps = -2", .scheme = "muscl-mc", .max_steps = -2);
  p.equation = (weir_equation)77;
  REFUSED(WEIR_EARG, "equation 77", .scheme = "muscl-mc", .cfl = 0);
  check_fails(*state, weir_problem_ghost(*state, (weir_equation)77, NULL, &ghost), WEIR_EARG, "equation 77");
  p = f.p, p.time = (double)INFINITY;
  REFUSED(WEIR_EARG, "start time", .scheme = "muscl-mc", .cfl = 0);
  p = f.p, p.mesh = NULL;
  REFUSED(WEIR_EARG, "needs a mesh", .scheme = "muscl-mc", .cfl = 0);
  p = f.p, p.boundary.side[0][1] = WEIR_NOFLUX;
  REFUSED(WEIR_EARG, "periodic", .scheme = "muscl-mc", .cfl = 0);
  p = f.p, p.velocity.stream = flow_roll;
  REFUSED(WEIR_EARG, "stream function in 1", .scheme = "muscl-mc", .cfl = 0);
  p = f.p, f.rho0[f.mesh->origin + 3] = (double)NAN;
  REFUSED(WEIR_EARG, "cell (3, 0, 0)", .scheme = "muscl-mc", .cfl = 0);
  f.rho0[f.mesh->origin + 3] = 1;
  weir_mesh_spec spec = {.dim = 1, .ghost = 1, .axis = {{.n = 20, .hi = 1, .periodic = true}}};
  weir_mesh *thin = NULL;
  check_ok(*state, weir_mesh_create(*state, &spec, &thin));
  p = f.p, p.mesh = thin;
  REFUSED(WEIR_EARG, "2 ghost layers, the mesh has 1", .scheme = "muscl-mc", .cfl = 0);
  weir_mesh_destroy(&thin);
  const weir_run_options donor = {.scheme = "donor"}, none = {.scheme = "?"};
  check_ok(*state, weir_problem_ghost(*state, WEIR_TRANSPORT, &donor, &ghost));
  assert_int_equal(ghost, 1);
  check_ok(*state, weir_problem_ghost(*state, WEIR_TRANSPORT, NULL, &ghost));
  assert_int_equal(ghost, 5); /* u9 */
  check_fails(*state, weir_problem_ghost(*state, WEIR_TRANSPORT, &none, &ghost), WEIR_ENOTFOUND, "?");
  check_fails(*state, weir_run_advance(*state, f.run, -0.5), WEIR_EARG, "the run is at 0");
  check_fails(*state, weir_run_advance(*state, f.run, (double)NAN), WEIR_EARG, "nan");
  flow_end(&f);
}

static void a_broken_scheme_or_stepper_table_is_refused(void **state)
{
  const weir_recon old = {.abi = 0, .name = "old"},
                   empty = {.abi = WEIR_SCHEME_ABI, .name = "empty", .ghost = 1, .cfl = 1};
  const weir_stepper none = {.name = "none"};
  check_ok(*state, weir_register(*state, WEIR_KIND_RECON, old.name, &old));
  check_ok(*state, weir_register(*state, WEIR_KIND_RECON, empty.name, &empty));
  check_ok(*state, weir_register(*state, WEIR_KIND_STEPPER, none.name, &none));
  flow f = {.dim = 1, .n = {20}, .rho = flow_one};
  flow_mesh(*state, &f);
  weir_problem p = {.mesh = f.mesh, .rho0 = f.rho0};
  weir_run *run = NULL;
  const weir_run_options a = {.scheme = "old"}, b = {.scheme = "empty"}, c = {.scheme = "koren", .stepper = "none"};
  check_fails(*state, weir_run_create(*state, &p, &a, &run), WEIR_EARG, "ABI 0");
  check_fails(*state, weir_run_create(*state, &p, &b, &run), WEIR_EARG, "no kernel");
  check_fails(*state, weir_run_create(*state, &p, &c, &run), WEIR_EARG, "0 stages");
  flow_end(&f);
}

/* Velocity, source and entering density that fail after t = 0.5 each. */
static void late(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = t > 0.5 ? (double)NAN : 1.0;
}
static double late_factor(void *user, double t)
{
  (void)user;
  return t > 0.5 ? (double)NAN : 1.0;
}

static void a_failure_leaves_the_run_at_its_last_good_step(void **state)
{
  for (int k = 0; k < 4; k++) {
    flow f = {.dim = 1, .n = {20}, .rho = flow_one};
    flow_set_constant(&f);
    f.side[0][0] = WEIR_INFLOW, f.side[0][1] = WEIR_OUTFLOW;
    f.p.boundary.density[0][0] = flow_one;
    if (k == 0) f.p.velocity.component[0] = late, f.p.velocity.steady[0] = false;
    if (k == 1) f.p.velocity.factor[0] = late_factor;
    if (k == 2) f.p.source = late;
    if (k == 3) f.p.boundary.density[0][0] = late;
    flow_start(*state, &f);
    check_fails(*state, weir_run_advance(*state, f.run, 1.0), WEIR_ENUMERIC, "t = 0.5");
    const weir_run_stats s = stats_of(&f);
    assert_true(s.time <= 0.5 && s.time > 0.4);
    check_le(flow_drift(&f), 1e-14);
    check_ok(*state, weir_run_advance(*state, f.run, 0.5)); /* and goes on from there */
    assert_true(stats_of(&f).time == 0.5);
    flow_end(&f);
  }
}

static void a_density_that_overflows_is_reported_with_its_cell(void **state)
{
  flow f = {.dim = 1, .n = {64}};
  f.side[0][0] = f.side[0][1] = WEIR_NOFLUX;
  flow_mesh(*state, &f);
  for (ptrdiff_t i = 0; i < f.mesh->len; i++) f.rho0[i] = 1e307;
  f.p.velocity = (weir_velocity){.component = {sine}, .steady = {true}}; /* all gathers at x = 1/2 */
  flow_start(*state, &f);
  check_fails(*state, weir_run_advance(*state, f.run, 20), WEIR_ENUMERIC, "in cell (");
  assert_true(stats_of(&f).steps > 0 && isfinite(ledger_of(&f).mass));
  flow_end(&f);
}

static bool after_ten(void *user)
{
  return ++*(int *)user > 10;
}

static void a_run_can_be_interrupted_and_limited(void **state)
{
  int calls = 0, dim = 1;
  flow f = {.dim = 1, .n = {40}, .rho = flow_waves, .rho_user = &dim};
  flow_set_constant(&f);
  f.o.interrupted = after_ten, f.o.interrupted_user = &calls;
  flow_start(*state, &f);
  check_fails(*state, weir_run_advance(*state, f.run, 1), WEIR_EINTERRUPTED, "after 10 steps");
  assert_int_equal(stats_of(&f).steps, 10);
  flow_end(&f);
  flow g = {.dim = 1, .n = {40}, .rho = flow_waves, .rho_user = &dim};
  flow_set_constant(&g);
  g.o.max_steps = 7;
  flow_start(*state, &g);
  check_fails(*state, weir_run_advance(*state, g.run, 1), WEIR_ENUMERIC, "max_steps = 7");
  assert_int_equal(stats_of(&g).steps, 7);
  flow_end(&g);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, flow_setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(a_constant_stays_in_a_flow_without_divergence),
      T(minus_the_density_gives_minus_the_result),
      T(mirrored_data_give_the_mirrored_result),
      T(exchanged_axes_give_the_exchanged_result),
      T(one_dimension_in_three_is_one_dimension),
      T(the_number_of_threads_changes_no_bit),
      T(mass_is_kept_with_every_kind_of_side),
      T(what_flows_in_is_what_was_given),
      T(sides_are_told_apart_in_three_dimensions),
      T(nothing_enters_through_an_outflow_side_when_the_flow_turns_round),
      T(sources_make_the_mass_they_say),
      T(a_steady_flow_takes_equal_steps_that_land_on_the_target),
      T(a_fixed_step_is_kept_and_only_the_last_one_shortened),
      T(a_step_that_breaks_the_cfl_number_later_is_redone),
      T(every_stage_is_held_to_the_cfl_number),
      T(a_flow_at_rest_where_the_stages_look_is_seen),
      T(the_smallest_density_is_tracked_with_place_and_time),
      T(linear_schemes_are_held_to_linear_stability),
      T(bad_problems_are_refused),
      T(a_broken_scheme_or_stepper_table_is_refused),
      T(a_failure_leaves_the_run_at_its_last_good_step),
      T(a_density_that_overflows_is_reported_with_its_cell),
      T(a_run_can_be_interrupted_and_limited),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
