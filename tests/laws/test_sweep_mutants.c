/* The laws against a broken solver: faults that no table can bring in, put around functions of the sweep by the linker (--wrap, see the
 * Makefile). Each must be found by the law that is meant for it. */
#include "../support/check.h"
#include "fv/advect_row.h"
#include "fv/face_product.h"
#include "laws/law.h"
#include <weir/weir.h>
#include <string.h>

static enum fault { NONE, NO_MIXED, FOURTH_ONLY, UNIFORM_MOMENTS, ONE_SIDED_FLUX, NO_PRODUCT_Z } fault;

void __real_weir_product_mixed(ptrdiff_t n, const double *u, ptrdiff_t ub, ptrdiff_t uc, const double *const q[3][3],
                               const double *const sb[2], ptrdiff_t incb, const double *const sc[2], ptrdiff_t incc,
                               double *flux);
void __wrap_weir_product_mixed(ptrdiff_t n, const double *u, ptrdiff_t ub, ptrdiff_t uc, const double *const q[3][3],
                               const double *const sb[2], ptrdiff_t incb, const double *const sc[2], ptrdiff_t incc,
                               double *flux);
void __real_weir_product_along(ptrdiff_t n, int order, const double *u, ptrdiff_t us, const double *const q[5],
                               const double *moments, ptrdiff_t pitch, ptrdiff_t inc, double *flux);
void __wrap_weir_product_along(ptrdiff_t n, int order, const double *u, ptrdiff_t us, const double *const q[5],
                               const double *moments, ptrdiff_t pitch, ptrdiff_t inc, double *flux);
void __real_weir_product_begin(ptrdiff_t n, int order, const double *u, ptrdiff_t us, const double *const q[5],
                               const double *moments, ptrdiff_t pitch, ptrdiff_t inc, double *flux);
void __wrap_weir_product_begin(ptrdiff_t n, int order, const double *u, ptrdiff_t us, const double *const q[5],
                               const double *moments, ptrdiff_t pitch, ptrdiff_t inc, double *flux);
void __real_weir_product_moments(const weir_axis *ax, ptrdiff_t i, double m[PRODUCT_MOMENTS]);
void __wrap_weir_product_moments(const weir_axis *ax, ptrdiff_t i, double m[PRODUCT_MOMENTS]);
void __real_weir_row_update(ptrdiff_t n, ptrdiff_t inc, const weir_row_state *s, const weir_rk_stage *rk, double dt);
void __wrap_weir_row_update(ptrdiff_t n, ptrdiff_t inc, const weir_row_state *s, const weir_rk_stage *rk, double dt);

/* 3D without the mixed moment. */
void __wrap_weir_product_mixed(ptrdiff_t n, const double *u, ptrdiff_t ub, ptrdiff_t uc, const double *const q[3][3],
                               const double *const sb[2], ptrdiff_t incb, const double *const sc[2], ptrdiff_t incc,
                               double *flux)
{
  if (fault != NO_MIXED) __real_weir_product_mixed(n, u, ub, uc, q, sb, incb, sc, incc, flux);
}

/* Sold as sixth order, but fourth; or none at all for the faces whose neighbours are a plane apart. */
void __wrap_weir_product_along(ptrdiff_t n, int order, const double *u, ptrdiff_t us, const double *const q[5],
                               const double *moments, ptrdiff_t pitch, ptrdiff_t inc, double *flux)
{
  if (fault == NO_PRODUCT_Z && us > 100) return;
  __real_weir_product_along(n, fault == FOURTH_ONLY ? 4 : order, u, us, q, moments, pitch, inc, flux);
}

void __wrap_weir_product_begin(ptrdiff_t n, int order, const double *u, ptrdiff_t us, const double *const q[5],
                               const double *moments, ptrdiff_t pitch, ptrdiff_t inc, double *flux)
{
  __real_weir_product_begin(n, fault == FOURTH_ONLY ? 4 : order, u, us, q, moments, pitch, inc, flux);
}

/* The moments of equal widths on any. */
void __wrap_weir_product_moments(const weir_axis *ax, ptrdiff_t i, double m[PRODUCT_MOMENTS])
{
  static const double equal[PRODUCT_MOMENTS] = {-11 / 120., 71 / 120., 71 / 120., -11 / 120., 0, -0.5, 0.5, 0};
  __real_weir_product_moments(ax, i, m);
  if (fault == UNIFORM_MOMENTS) memcpy(m, equal, sizeof equal);
}

/* The middle cell of each row loses a billionth more through a face than its neighbour gets. */
void __wrap_weir_row_update(ptrdiff_t n, ptrdiff_t inc, const weir_row_state *s, const weir_rk_stage *rk, double dt)
{
  __real_weir_row_update(n, inc, s, rk, dt);
  if (fault == ONE_SIDED_FLUX) s->out[n / 2] -= 1e-9 * dt * rk->e * s->x[n / 2] * s->inverse[n / 2 * inc];
}

/* Is the law broken under the fault, with this word in what it says? That it holds without is seen in test_recon.c. */
static void caught(weir_ctx *ctx, const char *scheme, enum fault f, weir_recon_law *law, const char *word)
{
  weir_offence found = {.broken = false};
  fault = f;
  check_ok(ctx, law(ctx, weir_lookup(ctx, WEIR_KIND_RECON, scheme), &found));
  fault = NONE;
  if (!found.broken || strstr(found.text, word) == NULL)
    fail_msg("%s, fault %d: '%s' expected, found '%s' (%g, %g)", scheme, (int)f, word, found.text, found.got,
             found.want);
}

static void a_lost_mixed_moment_is_seen_in_3d(void **state)
{
  caught(*state, "u7", NO_MIXED, weir_law_order_3d, "24^3 equal cells in a shear");
}

static void a_product_of_fourth_order_sold_as_sixth_is_seen_in_2d(void **state)
{
  caught(*state, "u7", FOURTH_ONLY, weir_law_order_2d, "equal cells in a roll");
}

static void a_product_that_misses_one_axis_is_seen_in_3d(void **state)
{
  caught(*state, "u5", NO_PRODUCT_Z, weir_law_order_3d, "equal cells in a shear");
}

static void moments_of_equal_widths_are_seen_on_stretched_meshes(void **state)
{
  caught(*state, "u7", UNIFORM_MOMENTS, weir_law_order_2d, "sine-graded cells in a roll");
}

static void a_flux_with_two_values_loses_mass(void **state)
{
  caught(*state, "muscl-mc", ONE_SIDED_FLUX, weir_law_mass, "mass defect");
}

static int start(void **state)
{
  weir_ctx *ctx = NULL;
  if (weir_ctx_create(&ctx) != WEIR_OK || weir_register_all(ctx) != WEIR_OK) return -1;
  *state = ctx;
  return 0;
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, start, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(a_lost_mixed_moment_is_seen_in_3d),
      T(a_product_of_fourth_order_sold_as_sixth_is_seen_in_2d),
      T(a_product_that_misses_one_axis_is_seen_in_3d),
      T(moments_of_equal_widths_are_seen_on_stretched_meshes),
      T(a_flux_with_two_values_loses_mass),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
