/* The one-step corner-transport scheme: corners, steppers, CFL number, sides, data in time, threads, and the figures of the rotating bump. */
#include "../support/flow.h"
#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------ corners */
static void diagonal(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = *(const double *)user;
}

/* At CFL number 1 along every axis at once a step is a move by one cell along the diagonal: face states are then products of
 * one-dimensional moves, whose every corner term counts. Rough data, all signs of the velocity. 1 - 2^-46 is the nearest the solver goes. */
static void cfl_number_one_on_all_axes_moves_data_along_the_diagonal(void **state)
{
  enum { N = 9, STEPS = 5 };
  for (int dim = 1; dim <= 3; dim++)
    for (int signs = 0; signs < 1 << dim; signs++) {
      double v[WEIR_MAXDIM];
      ptrdiff_t move[WEIR_MAXDIM] = {0};
      flow f = {.dim = dim, .n = {N, N, N}, .o = {.scheme = "ctu-mc", .cfl = 1, .threads = 1}};
      for (int a = 0; a < dim; a++) {
        v[a] = signs >> a & 1 ? -1 : 1, move[a] = (ptrdiff_t)v[a] * STEPS;
        f.p.velocity.component[a] = diagonal, f.p.velocity.user[a] = &v[a], f.p.velocity.steady[a] = true;
      }
      flow_mesh(*state, &f);
      const ptrdiff_t hi[WEIR_MAXDIM] = {N, dim > 1 ? N : 1, dim > 2 ? N : 1};
      for (ptrdiff_t k = 0; k < hi[2]; k++)
        for (ptrdiff_t j = 0; j < hi[1]; j++)
          for (ptrdiff_t i = 0; i < hi[0]; i++)
            f.rho0[weir_mesh_index(f.mesh, i, j, k)] = (double)((i * 7 + j * 5 + k * 11 + i * j * k) % 13);
      flow_start(*state, &f);
      check_ok(*state, weir_run_advance(*state, f.run, (double)STEPS / N * (1 - 0x1p-45)));
      weir_run_stats s;
      weir_run_stats_get(f.run, &s);
      assert_int_equal(s.steps, STEPS);
      const double *q = weir_run_density(f.run);
      for (ptrdiff_t k = 0; k < hi[2]; k++)
        for (ptrdiff_t j = 0; j < hi[1]; j++)
          for (ptrdiff_t i = 0; i < hi[0]; i++) {
            const ptrdiff_t at =
                weir_mesh_index(f.mesh, (i - move[0] + 2 * N) % N, dim > 1 ? (j - move[1] + 2 * N) % N : 0,
                                dim > 2 ? (k - move[2] + 2 * N) % N : 0);
            check_close(q[weir_mesh_index(f.mesh, i, j, k)], f.rho0[at], 1e-11);
          }
      flow_end(&f);
    }
}

/* Noise at .99 of the limit on all axes: without the corner terms of 3D this grows by orders of magnitude. */
static void noise_does_not_grow_next_to_the_limit(void **state)
{
  for (int dim = 2; dim <= 3; dim++) {
    flow f = {.dim = dim, .n = {16, 16, 16}, .o = {.scheme = "ctu-mc", .cfl = 0.99, .threads = 1}};
    double one = 1;
    for (int a = 0; a < dim; a++)
      f.p.velocity.component[a] = diagonal, f.p.velocity.user[a] = &one, f.p.velocity.steady[a] = true;
    flow_mesh(*state, &f);
    for (ptrdiff_t k = 0; k < f.mesh->len; k++) f.rho0[k] = (double)(k * k * 31 % 101) / 101;
    flow_start(*state, &f);
    check_ok(*state, weir_run_advance(*state, f.run, 10));
    double lo, hi;
    weir_mesh_range(f.mesh, weir_run_density(f.run), &lo, &hi, NULL, NULL);
    check_ge(lo, -0.1), check_le(hi, 1.1); /* measured -.01, 1.01 at the most */
    flow_end(&f);
  }
}

/* ------------------------------------------------------------------ steppers, CFL number */
static void one_step_schemes_and_their_stepper_go_together_only(void **state)
{
  flow f = {.dim = 2, .n = {20, 20}, .rho = flow_one, .o = {.scheme = "ctu-mc"}};
  flow_set_constant(&f);
  flow_start(*state, &f);
  weir_run *run = NULL;
  weir_run_options o = {.scheme = "ctu-mc", .stepper = "ssprk3"};
  check_fails(*state, weir_run_create(*state, &f.p, &o, &run), WEIR_EARG,
              "stepper ssprk3 does not fit, onestep expected");
  o = (weir_run_options){.scheme = "koren", .stepper = "onestep"};
  check_fails(*state, weir_run_create(*state, &f.p, &o, &run), WEIR_EARG, "stepper onestep does not fit, ssprk3 or");
  o = (weir_run_options){.scheme = "ctu-mc", .stepper = "onestep"};
  check_ok(*state, weir_run_create(*state, &f.p, &o, &run));
  weir_run_destroy(&run);
  o = (weir_run_options){.scheme = "ctu-mc", .cfl = 1.01};
  check_fails(*state, weir_run_create(*state, &f.p, &o, &run), WEIR_EARG, "up to 1");
  const weir_recon *ctu = weir_lookup(*state, WEIR_KIND_RECON, "ctu-mc");
  assert_string_equal(weir_default_stepper(ctu), "onestep");
  assert_string_equal(weir_default_stepper(weir_lookup(*state, WEIR_KIND_RECON, "u7")), "ssprk54");
  assert_string_equal(weir_default_stepper(weir_lookup(*state, WEIR_KIND_RECON, "koren")), "ssprk3");
  static weir_recon mine;
  mine = *(const weir_recon *)weir_lookup(*state, WEIR_KIND_RECON, "donor");
  mine.name = "mine", mine.claims |= WEIR_ONE_STEP;
  check_ok(*state, weir_register(*state, WEIR_KIND_RECON, mine.name, &mine));
  o = (weir_run_options){.scheme = "mine"};
  check_fails(*state, weir_run_create(*state, &f.p, &o, &run), WEIR_EARG, "only built-in schemes");
  assert_null(run);
  flow_end(&f);
}

/* Speeds 1, -.5, .25: the sum is 1.75, the maximum 1. */
static void the_cfl_number_is_the_largest_of_the_axes(void **state)
{
  flow f = {.dim = 3, .n = {10, 10, 10}, .rho = flow_one, .o = {.scheme = "ctu-mc", .cfl = 0.5, .threads = 1}};
  flow_set_constant(&f);
  flow_start(*state, &f);
  check_ok(*state, weir_run_advance(*state, f.run, 1));
  weir_run_stats s;
  weir_run_stats_get(f.run, &s);
  assert_true(s.steps == 20 || s.steps == 21); /* room for rounding */
  flow_end(&f);
}

/* ------------------------------------------------------------------ sides, mass, threads */
static void run_sheared(weir_ctx *ctx, flow *f, int *dim, weir_side_kind kind, bool mixed, bool stretched, int threads)
{
  *f = (flow){.dim = *dim, .n = {*dim == 2 ? 130 : 27, *dim == 2 ? 110 : 26, 25}, .rho = flow_waves, .rho_user = dim};
  if (*dim == 1) f->n[0] = 9000;
  f->grading = stretched ? WEIR_SINE : WEIR_UNIFORM, f->grade = 0.3;
  f->o = (weir_run_options){.scheme = "ctu-mc", .threads = threads};
  flow_set_shear(f, kind);
  for (int a = 1; a < *dim && mixed; a++) f->side[a][0] = f->side[a][1] = WEIR_PERIODIC;
  flow_start(ctx, f);
  check_ok(ctx, weir_run_advance(ctx, f->run, *dim == 1 ? 0.001 : 0.1));
}

static void mass_is_kept_and_threads_change_no_bit(void **state)
{
  static const weir_side_kind kind[] = {WEIR_PERIODIC, WEIR_NOFLUX, WEIR_INFLOW, WEIR_OUTFLOW};
  for (int dim = 1; dim <= 3; dim++)
    for (int k = 0; k < 4; k++)
      for (int c = 0; c < 3; c++) {
        double *end[2] = {NULL, NULL};
        ptrdiff_t cells = 0;
        for (int r = 0; r < 2; r++) {
          flow f;
          run_sheared(*state, &f, &dim, kind[k], c == 2, c == 1, r == 0 ? 1 : 3);
          check_le(flow_drift(&f), 1e-14); /* measured 1e-15 */
          cells = f.mesh->cells;
          check_ok(*state, weir_alloc_doubles(*state, (size_t)cells, "result", &end[r]));
          weir_mesh_pack(f.mesh, weir_run_density(f.run), end[r]);
          flow_end(&f);
        }
        assert_memory_equal(end[0], end[1], (size_t)cells * sizeof(double));
        weir_free(end[0]), weir_free(end[1]);
      }
}

static void a_constant_stays_in_a_flow_that_turns_round(void **state)
{
  flow f = {.dim = 2, .n = {40, 30}, .rho = flow_one, .o = {.scheme = "ctu-mc", .threads = 1}};
  f.grading = WEIR_SINE, f.grade = 0.3;
  f.p.velocity.stream = flow_roll, f.p.velocity.factor[0] = flow_roll_factor;
  f.side[0][0] = f.side[0][1] = WEIR_NOFLUX;
  flow_start(*state, &f);
  check_ok(*state, weir_run_advance(*state, f.run, 1));
  double lo, hi;
  weir_mesh_range(f.mesh, weir_run_density(f.run), &lo, &hi, NULL, NULL);
  check_ge(lo, 1 - 1e-13), check_le(hi, 1 + 1e-13); /* derived: 1e2 steps of some roundings */
  flow_end(&f);
}

/* ------------------------------------------------------------------ all data in time, all terms */
/* rho = 2 + sin(2 pi (x - y) + t) + t/2 in the compressible, unsteady v_a = 1 + .4 sin(2 pi x_a + 2 t + a), dim = 2:
 * s = rho_t + v.grad rho + rho div v. Inflow on axis 0 and periodic axis 1. */
static double rho_at(double t, double x, double y)
{
  return 2 + sin(2 * WEIR_PI * (x - y) + t) + 0.5 * t;
}
static double v_at(int a, double t, double x)
{
  return 1 + 0.4 * sin(2 * WEIR_PI * x + 2 * t + a);
}
static void made_rho(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = rho_at(t, x[0][i], x[1][i]);
}
static void made_v(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const int a = *(const int *)user;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = v_at(a, t, x[a][i]);
}
static void made_source(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double wave = cos(2 * WEIR_PI * (x[0][i] - x[1][i]) + t), two_pi = 2 * WEIR_PI;
    out[i] = wave + 0.5 + two_pi * wave * (v_at(0, t, x[0][i]) - v_at(1, t, x[1][i])) +
             rho_at(t, x[0][i], x[1][i]) * two_pi * 0.4 *
                 (cos(two_pi * x[0][i] + 2 * t) + cos(two_pi * x[1][i] + 2 * t + 1));
  }
}

static double made_error(weir_ctx *ctx, int n, bool stretched, weir_side_kind kind)
{
  int axis[2] = {0, 1};
  flow f = {.dim = 2, .n = {n, n}, .rho = made_rho, .o = {.scheme = "ctu-mc", .threads = 1}};
  f.grading = stretched ? WEIR_SINE : WEIR_UNIFORM, f.grade = 0.3;
  for (int a = 0; a < 2; a++) f.p.velocity.component[a] = made_v, f.p.velocity.user[a] = &axis[a];
  f.p.source = made_source;
  for (int s = 0; s < 2; s++) f.side[0][s] = kind, f.p.boundary.density[0][s] = made_rho;
  flow_start(ctx, &f);
  check_ok(ctx, weir_run_advance(ctx, f.run, 0.4));
  check_le(flow_drift(&f), 1e-14);
  const double e = flow_l1(ctx, &f, made_rho, NULL, 0.4, 3);
  flow_end(&f);
  return e;
}

static void a_made_solution_with_all_terms_converges(void **state)
{
  for (int c = 0; c < 4; c++) {
    const weir_side_kind kind = c < 2 ? WEIR_PERIODIC : WEIR_INFLOW;
    const double e1 = made_error(*state, 32, c % 2, kind), e2 = made_error(*state, 64, c % 2, kind);
    print_message("# made: %.3e %.3f\n", e2, flow_order(e1, e2));
    check_ge(flow_order(e1, e2), 1.85);
  }
}

/* ------------------------------------------------------------------ the rotating bump (problem R of tests/bench) */
static void rotation(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++)
    out[i] = -WEIR_PI * ((x[0][i] - 0.5) * (x[0][i] - 0.5) + (x[1][i] - 0.5) * (x[1][i] - 0.5));
}

static double integral(double from, double to)
{
  const double s = 0.05 * sqrt(2.0);
  return 0.5 * sqrt(WEIR_PI) * s * (erf(to / s) - erf(from / s));
}

/* Cell averages of 1 + a Gaussian, or 1 + a disc by 16 x 16 points, about (.5,.7). */
static double bump(bool disc, double x, double y, double h)
{
  if (!disc) return 1 + integral(x - 0.5, x + h - 0.5) * integral(y - 0.7, y + h - 0.7) / (h * h);
  int in = 0;
  for (int a = 0; a < 256; a++) {
    const double X = x + (a % 16 + 0.5) * h / 16 - 0.5, Y = y + (a / 16 + 0.5) * h / 16 - 0.7;
    in += X * X + Y * Y < 0.15 * 0.15;
  }
  return 1 + in / 256.0;
}

/* One turn, per-axis CFL number .9; sum |rho - exact| / sum (exact - 1). */
static double turn(weir_ctx *ctx, int n, bool disc)
{
  flow f = {.dim = 2, .n = {n, n}, .o = {.scheme = "ctu-mc", .threads = 1, .dt = 1 / ceil(WEIR_PI * n / 0.9)}};
  f.p.velocity.stream = rotation, f.p.velocity.steady[0] = true;
  for (int a = 0; a < 2; a++)
    for (int s = 0; s < 2; s++) f.side[a][s] = WEIR_INFLOW, f.p.boundary.density[a][s] = flow_one;
  flow_mesh(ctx, &f);
  for (ptrdiff_t j = 0; j < n; j++)
    for (ptrdiff_t i = 0; i < n; i++)
      f.rho0[weir_mesh_index(f.mesh, i, j, 0)] = bump(disc, (double)i / n, (double)j / n, 1.0 / n);
  flow_start(ctx, &f);
  check_ok(ctx, weir_run_advance(ctx, f.run, 1));
  const double *q = weir_run_density(f.run);
  double e = 0, all = 0;
  for (ptrdiff_t k = 0; k < f.mesh->cells; k++) {
    const ptrdiff_t at = weir_mesh_index(f.mesh, k % n, k / n, 0);
    const double want = bump(disc, (double)(k % n) / n, (double)(k / n) / n, 1.0 / n);
    e += fabs(q[at] - want), all += want - 1;
  }
  flow_end(&f);
  return e / all;
}

/* An independent code of the scheme has 5.023e-3 and 7.984e-2 on 256^2; on 128^2 order 2 and a bit less are lost. */
static void a_bump_and_a_disc_after_one_turn_have_the_known_errors(void **state)
{
  check_close(turn(*state, 256, false), 5.023e-3, 1e-5);
  check_close(turn(*state, 256, true), 7.984e-2, 1e-4);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, flow_setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(cfl_number_one_on_all_axes_moves_data_along_the_diagonal),
      T(noise_does_not_grow_next_to_the_limit),
      T(one_step_schemes_and_their_stepper_go_together_only),
      T(the_cfl_number_is_the_largest_of_the_axes),
      T(mass_is_kept_and_threads_change_no_bit),
      T(a_constant_stays_in_a_flow_that_turns_round),
      T(a_made_solution_with_all_terms_converges),
      T(a_bump_and_a_disc_after_one_turn_have_the_known_errors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
