/* Every row of ssprk.def: the Butcher coefficients it stands for, its order, its stage times, its SSP coefficient. */
#include "../support/flow.h"
#include <math.h>
#include <string.h>

enum { S = WEIR_RK_MAXSTAGE };

/* a[k] = coefficients of the state stage k starts from (rows of the Butcher matrix), a[stages] = weights of the step.
 * Found by running the stage formulas on unit vectors r_j = e_j: what the solver does, seen as a linear map. */
static void butcher(const weir_stepper *m, double a[S + 1][S])
{
  double D[S] = {0};
  memset(a, 0, (S + 1) * sizeof a[0]);
  for (int k = 0; k < m->stages; k++) {
    const weir_rk_stage *st = &m->stage[k];
    for (int j = 0; j < m->stages; j++) {
      const double y = a[k][j], r = j == k;
      D[j] = st->A * D[j] + st->g * y + st->c * r;
      a[k + 1][j] = st->s * y + st->e * r + st->B * D[j];
    }
  }
}

/* Largest defect of the order conditions up to order p (Butcher 1963: one per rooted tree). */
static double order_defect(const weir_stepper *m, int p)
{
  const int n = m->stages;
  double a[S + 1][S], c[S], worst = 0;
  butcher(m, a);
  const double *b = a[n];
  double t[8] = {-1, -1. / 2, -1. / 3, -1. / 6, -1. / 4, -1. / 8, -1. / 12, -1. / 24};
  for (int i = 0; i < n; i++) c[i] = 0;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) c[i] += a[i][j];
  for (int i = 0; i < n; i++) {
    double ac = 0, ac2 = 0, aac = 0;
    for (int j = 0; j < n; j++) {
      ac += a[i][j] * c[j], ac2 += a[i][j] * c[j] * c[j];
      for (int k = 0; k < n; k++) aac += a[i][j] * a[j][k] * c[k];
    }
    t[0] += b[i], t[1] += b[i] * c[i], t[2] += b[i] * c[i] * c[i], t[3] += b[i] * ac;
    t[4] += b[i] * c[i] * c[i] * c[i], t[5] += b[i] * c[i] * ac, t[6] += b[i] * ac2, t[7] += b[i] * aac;
  }
  static const int count[] = {0, 1, 2, 4, 8};
  for (int k = 0; k < count[p]; k++) worst = fmax(worst, fabs(t[k]));
  return worst;
}

/* Is r a radius of absolute monotonicity (Kraaijevanger, BIT 31 (1991) 482): with K the matrix of all rows of a,
 * (I + rK)^-1 (1,..,1) >= 0 and rK (I + rK)^-1 >= 0. K is strictly lower triangular: forward substitution. */
static bool monotone(const weir_stepper *m, double r)
{
  const int n = m->stages + 1;
  double a[S + 1][S], x[S + 1], P[S + 1][S + 1];
  butcher(m, a);
  for (int i = 0; i < n; i++) {
    x[i] = 1;
    for (int j = 0; j < i; j++) x[i] -= r * a[i][j] * x[j];
    if (x[i] < -1e-13) return false;
    for (int c = 0; c < n; c++) { /* column c of P = rK (I+rK)^-1 = rK - P rK, from P (I + rK) = rK */
      P[i][c] = 0;
    }
    for (int c = n - 1; c >= 0; c--) {
      double v = c < i ? r * a[i][c] : 0;
      for (int k = c + 1; k < n; k++) v -= k < i ? P[i][k] * r * a[k][c] : 0;
      P[i][c] = v;
      if (v < -1e-13) return false;
    }
  }
  return true;
}

static double ssp_of(const weir_stepper *m)
{
  double lo = 0, hi = 20;
  for (int k = 0; k < 60; k++) {
    const double mid = 0.5 * (lo + hi);
    if (monotone(m, mid))
      lo = mid;
    else
      hi = mid;
  }
  return lo;
}

static void every_stepper_has_its_claimed_order_and_no_more(void **state)
{
  const weir_stepper *m = NULL;
  for (int k = 0; (m = weir_item(*state, WEIR_KIND_STEPPER, k)) != NULL; k++) {
    check_le(order_defect(m, m->order), 1e-15); /* derived: a handful of roundings of numbers below 1 */
    if (m->order < 4) check_ge(order_defect(m, m->order + 1), 1e-3);
  }
}

static void every_stage_time_is_the_row_sum(void **state)
{
  const weir_stepper *m = NULL;
  for (int k = 0; (m = weir_item(*state, WEIR_KIND_STEPPER, k)) != NULL; k++) {
    double a[S + 1][S];
    butcher(m, a);
    for (int i = 0; i < m->stages; i++) {
      double c = 0;
      for (int j = 0; j < m->stages; j++) c += a[i][j];
      check_close(m->stage[i].time, c, 4 * 0x1p-53);
    }
  }
}

static void every_ssp_coefficient_is_the_largest_possible(void **state)
{
  const weir_stepper *m = NULL;
  for (int k = 0; (m = weir_item(*state, WEIR_KIND_STEPPER, k)) != NULL; k++) check_close(m->ssp, ssp_of(m), 1e-9);
}

static void weights_are_those_of_the_whole_step(void **state)
{
  const weir_stepper *m = NULL;
  double b[S], a[S + 1][S];
  for (int k = 0; (m = weir_item(*state, WEIR_KIND_STEPPER, k)) != NULL; k++) {
    butcher(m, a);
    weir_stepper_weights(m, b);
    for (int j = 0; j < S; j++) check_close(b[j], j < m->stages ? a[m->stages][j] : 0.0, 0.0);
  }
  weir_stepper_weights(weir_lookup(*state, WEIR_KIND_STEPPER, "ssprk3"), b);
  check_close(b[0], 1. / 6, 0x1p-53);
  check_close(b[1], 1. / 6, 0x1p-53);
  check_close(b[2], 2. / 3, 0x1p-53);
}

/* Heun's method written with the register: out = q0 + D, D = r_0/2 + r_1/2. A = 1 at once: the register starts at zero. */
static const weir_stepper heun = {
    .name = "heun-register",
    .formula = "SSPRK(2,2) with the register",
    .cite = "",
    .order = 2,
    .stages = 2,
    .ssp = 1,
    .stage = {{.time = 0, .s = 1, .e = 1, .A = 1, .c = 0.5}, {.time = 1, .A = 1, .c = 0.5, .B = 1}}};

static void the_register_gives_the_same_method(void **state)
{
  double a[S + 1][S], b[S + 1][S];
  butcher(&heun, a), butcher(weir_lookup(*state, WEIR_KIND_STEPPER, "ssprk2"), b);
  for (int i = 0; i <= 2; i++)
    for (int j = 0; j < 2; j++) check_close(a[i][j], b[i][j], 0.0);
  check_ok(*state, weir_register(*state, WEIR_KIND_STEPPER, heun.name, &heun));
  int dim = 1, axis = 0;
  double end[2][40];
  for (int k = 0; k < 2; k++) {
    flow f = {.dim = 1, .n = {40}, .rho = flow_waves, .rho_user = &dim};
    f.p.velocity.component[0] = flow_speed, f.p.velocity.user[0] = &axis, f.p.velocity.steady[0] = true;
    f.o.stepper = k == 0 ? "heun-register" : "ssprk2";
    flow_start(*state, &f);
    check_ok(*state, weir_run_advance(*state, f.run, 0.3));
    weir_mesh_pack(f.mesh, weir_run_density(f.run), end[k]);
    check_le(flow_drift(&f), 1e-15);
    flow_end(&f);
  }
  for (int i = 0; i < 40; i++) check_close(end[0][i], end[1][i], 1e-13); /* measured 4e-16 */
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(every_stepper_has_its_claimed_order_and_no_more, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(every_stage_time_is_the_row_sum, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(every_ssp_coefficient_is_the_largest_possible, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(weights_are_those_of_the_whole_step, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(the_register_gives_the_same_method, flow_setup, ctx_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
