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

/* Rooted trees of order <= 5. A tree is a root with the trees child[0..count) on it, in falling order of their numbers, so that
 * each is made once. */
enum { TREES = 17, MAX_ORDER = 5 };
typedef struct tree {
  int order, count, child[MAX_ORDER - 1];
} tree;

/* All ways to hang trees with numbers <= most and orders summing to `rest` on t. */
static void grow(tree *table, int *n, tree t, int rest, int most)
{
  if (rest == 0) table[(*n)++] = t;
  for (int k = most; k >= 0 && rest > 0; k--) {
    if (table[k].order > rest) continue;
    tree bigger = t;
    bigger.child[bigger.count++] = k;
    grow(table, n, bigger, rest - table[k].order, k);
  }
}

static void trees(tree table[TREES])
{
  int n = 0;
  for (int order = 1; order <= MAX_ORDER; order++) grow(table, &n, (tree){.order = order}, order - 1, n - 1);
  assert_int_equal(n, TREES); /* 1 + 1 + 2 + 4 + 9 */
}

/* Largest defect of the conditions of order p exactly: sum_i b_i prod_children (a g_child)_i = 1/density (Butcher 1963), where
 * g of a tree is the product over its children, and density the order times the densities of the children. */
static double order_defect(const weir_stepper *m, int p)
{
  const int n = m->stages;
  tree table[TREES];
  double a[S + 1][S], g[TREES][S], density[TREES], worst = 0;
  butcher(m, a), trees(table);
  for (int k = 0; k < TREES; k++) {
    double sum = 0;
    density[k] = table[k].order;
    for (int c = 0; c < table[k].count; c++) density[k] *= density[table[k].child[c]];
    for (int i = 0; i < n; i++) {
      g[k][i] = 1;
      for (int c = 0; c < table[k].count; c++) {
        double inner = 0;
        for (int j = 0; j < n; j++) inner += a[i][j] * g[table[k].child[c]][j];
        g[k][i] *= inner;
      }
      sum += a[n][i] * g[k][i];
    }
    if (table[k].order == p) worst = fmax(worst, fabs(sum - 1 / density[k]));
  }
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
    for (int p = 1; p <= m->order; p++)
      check_le(order_defect(m, p), 1e-15);         /* derived: a handful of roundings of numbers below 1 */
    check_ge(order_defect(m, m->order + 1), 1e-4); /* measured 2.9e-4 (SSPRK(10,4)) and more */
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
