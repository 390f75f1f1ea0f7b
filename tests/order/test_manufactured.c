/* Observed order in flows that depend on time as a whole, against manufactured solutions whose source weir derives: 2D with divergence, 3D by
 * a vector potential. dt ~ h^(3/2), so that a stepper of order 4 does not hide the order 6 of space. */
#include "../support/check.h"
#include <weir/norms.h>
#include <weir/study.h>
#include <math.h>
#include <stdio.h>

static int setup(void **state)
{
  weir_ctx *ctx = NULL;
  if (weir_ctx_create(&ctx) != WEIR_OK || weir_register_all(ctx) != WEIR_OK) return -1;
  *state = ctx;
  return 0;
}

/* L1 error of a built-in case at its end with n cells a direction and this many steps. */
static double error(weir_ctx *ctx, const char *name, const char *scheme, const char *stepper, int n, double steps,
                    double end)
{
  char cells[64], scheme_is[200], last[64];
  (void)snprintf(cells, sizeof cells, "mesh.cells=%d", n);
  (void)snprintf(scheme_is, sizeof scheme_is, "scheme={reconstruction: %s, stepper: %s, dt: %.17g}", scheme, stepper,
                 end / ceil(steps));
  (void)snprintf(last, sizeof last, "time={end: %.17g}", end);
  const char *const set[] = {cells, scheme_is, last};
  weir_case *c = NULL;
  weir_setup *s = NULL;
  weir_run *run = NULL;
  double *truth = NULL, e = 0;
  check_ok(ctx, weir_case_read(ctx, name, set, 3, &c));
  check_ok(ctx, weir_setup_create(ctx, c, 1, 1, NULL, &s));
  check_ok(ctx, weir_setup_start(ctx, s, &run));
  check_ok(ctx, weir_run_advance(ctx, run, end));
  const weir_mesh *m = weir_setup_mesh(s);
  check_ok(ctx, weir_mesh_array(ctx, m, "truth", &truth));
  check_ok(ctx, weir_setup_truth(ctx, s, end, truth));
  const double *q = weir_run_density(run);
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const ptrdiff_t at = weir_mesh_index(m, i, j, k);
        e += fabs(q[at] - truth[at]) / (double)m->cells;
      }
  weir_run_stats st;
  weir_run_stats_get(run, &st);
  assert_true((double)st.steps == ceil(steps)); /* the CFL number did not change them */
  weir_free(truth);
  weir_run_destroy(&run);
  weir_setup_destroy(&s);
  weir_case_destroy(&c);
  return e;
}

/* Measured: muscl-mc 1.93, u5 4.53, u7 6.58, u9 6.02. */
static void in_the_plane_with_divergence(void **state)
{
  static const struct {
    const char *scheme, *stepper;
    double order;
  } known[] = {{"muscl-mc", "ssprk2", 1.85}, {"u5", "ssprk54", 4.2}, {"u7", "ssprk54", 5.5}, {"u9", "ssprk54", 5.5}};
  for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
    const bool second = k == 0;
    const int n = second ? 24 : 12;
    const double steps = second ? 60 : 16, more = second ? 2 : sqrt(8);
    const double e1 = error(*state, "mms2d-compressible", known[k].scheme, known[k].stepper, n, steps, 0.5),
                 e2 = error(*state, "mms2d-compressible", known[k].scheme, known[k].stepper, 2 * n, steps * more, 0.5);
    if (!(log2(e1 / e2) >= known[k].order))
      fail_msg("%s: errors %.3e, %.3e, order %.3f", known[k].scheme, e1, e2, log2(e1 / e2));
  }
}

/* Measured: 5.99. */
static void in_space_by_a_vector_potential(void **state)
{
  const double e1 = error(*state, "mms3d", "u7", "ssprk54", 7, 4, 0.1),
               e2 = error(*state, "mms3d", "u7", "ssprk54", 14, 4 * sqrt(8), 0.1);
  if (!(log2(e1 / e2) >= 5)) fail_msg("errors %.3e, %.3e, order %.3f", e1, e2, log2(e1 / e2));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, ctx_teardown)
  const struct CMUnitTest tests[] = {T(in_the_plane_with_divergence), T(in_space_by_a_vector_potential)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
