/* Zalesak's slotted disc, one turn of solid rotation and one period of a swirl, 128^2 and 256^2: min rho >= 0 to the last bit, hard bounds, mass,
 * and the errors of 128^2 that an independent program gives (src/fv/README.md). */
#include "../support/flow.h"
#include <math.h>
#include <string.h>

static const double period = 1.5;

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

static double there_and_back(void *user, double t)
{
  (void)user;
  return cos(WEIR_PI * t / period);
}

typedef struct result {
  double error, min, max, drift;
} result;

static result run(weir_ctx *ctx, const char *scheme, bool swirl, ptrdiff_t n, weir_limiter limiter)
{
  flow f = {.dim = 2, .n = {n, n}, .rho = slotted};
  f.o = (weir_run_options){.scheme = scheme, .stepper = swirl ? "ssprk54" : "ssprk3", .limiter = limiter};
  f.o.cfl = swirl ? 0.79 : 0.9;
  if (strcmp(scheme, "koren") == 0) f.o.cfl = 0;
  f.p.velocity = swirl ? (weir_velocity){.stream = flow_roll, .factor = {there_and_back}}
                       : (weir_velocity){.stream = turning, .steady = {true}};
  for (int a = 0; a < 2; a++) f.side[a][0] = f.side[a][1] = swirl ? WEIR_NOFLUX : WEIR_OUTFLOW;
  flow_start(ctx, &f);
  const double mass = weir_mesh_integral(f.mesh, f.rho0);
  check_ok(ctx, weir_run_advance(ctx, f.run, swirl ? period : 1.0));
  weir_run_stats s;
  weir_run_stats_get(f.run, &s);
  result r = {.error = flow_l1(ctx, &f, slotted, NULL, 0, 4) / mass, .min = s.min_rho, .drift = flow_drift(&f)};
  double lo;
  weir_mesh_range(f.mesh, weir_run_density(f.run), &lo, &r.max, NULL, NULL);
  flow_end(&f);
  return r;
}

static void slotted_discs_stay_in_bounds(void **state)
{
  static const char *const scheme[] = {"u5", "u7", "u9", "weno5-z", "koren"};
  for (size_t k = 0; k < sizeof scheme / sizeof *scheme; k++)
    for (int swirl = 0; swirl < 2; swirl++)
      for (ptrdiff_t n = 128; n <= 256; n *= 2)
        for (int bounds = 0; bounds < 2; bounds++) {
          const result r = run(*state, scheme[k], swirl, n, bounds ? WEIR_LIMITER_BOUNDS : WEIR_LIMITER_POSITIVE);
          print_message("%-8s %s %3td^2 %s: error %.4f min %g max %.5f drift %.1e\n", scheme[k],
                        swirl ? "swirl   " : "rotation", n, bounds ? "bounds  " : "positive", r.error, r.min, r.max,
                        r.drift);
          if (!(r.min >= 0.0 && !signbit(r.min) && r.drift <= 1e-13 && (!bounds || r.max <= 1.0 + 1e-13)))
            fail_msg("%s, swirl %d, %td: min %g max %.17g drift %g", scheme[k], swirl, n, r.min, r.max, r.drift);
        }
}

/* Prototype, start by points in the swirl: .134, .201; .205, .283; bounds .156. */
static void errors_agree_with_an_independent_program(void **state)
{
  check_close(run(*state, "u9", false, 128, WEIR_LIMITER_AUTO).error, 0.135, 0.003);
  check_close(run(*state, "weno5-z", false, 128, WEIR_LIMITER_AUTO).error, 0.202, 0.003);
  check_close(run(*state, "u9", false, 128, WEIR_LIMITER_BOUNDS).error, 0.157, 0.003);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(slotted_discs_stay_in_bounds, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(errors_agree_with_an_independent_program, flow_setup, ctx_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
