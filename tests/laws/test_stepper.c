/* Every row of ssprk.def against the laws of weir/laws.h: weights, stage times, order, SSP coefficient, runs. Here also the other half of
 * the claims: order and SSP coefficient are not understated. */
#include "../support/flow.h"
#include <weir/laws.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { S = WEIR_RK_MAXSTAGE };

static const weir_check *find(const weir_verdict *v, const char *law, const char *name)
{
  for (int i = 0; i < v->n; i++)
    if (strcmp(v->check[i].check, law) == 0 && strcmp(v->check[i].statistic, name) == 0) return &v->check[i];
  return NULL;
}

static void every_stepper_obeys_every_law(void **state)
{
  const weir_stepper *m = NULL;
  weir_verdict *v = NULL;
  check_ok(*state, weir_verdict_create(*state, &v));
  for (int k = 0; (m = weir_item(*state, WEIR_KIND_STEPPER, k)) != NULL; k++) {
    check_ok(*state, weir_laws_stepper(*state, m, v));
    const weir_check *ssp = find(v, "ssp", m->name);
    check_close(ssp->value, ssp->expected, 1e-9); /* the largest possible */
  }
  for (int i = 0; i < v->n; i++)
    if (v->check[i].outcome != WEIR_PASS)
      fail_msg("%s, %s: %s", v->check[i].statistic, v->check[i].check, v->check[i].text);
  check_ge(v->n, 5 * 7);
  weir_verdict_destroy(&v);
}

/* The same table claiming one order more breaks `order`, and not before it: no claim is too modest. */
static void no_stepper_has_a_higher_order_than_it_claims(void **state)
{
  enum { MOST = 20 };
  weir_stepper more[MOST];
  char name[MOST][24];
  const weir_stepper *m = NULL;
  weir_verdict *v = NULL;
  int n = 0; /* of built-ins: the registry grows below */
  check_ok(*state, weir_verdict_create(*state, &v));
  for (; n < MOST && (m = weir_item(*state, WEIR_KIND_STEPPER, n)) != NULL; n++) more[n] = *m;
  for (int k = 0; k < n; k++) {
    (void)snprintf(name[k], sizeof name[k], "more-%d", k);
    more[k].order++, more[k].name = name[k];
    check_ok(*state, weir_register(*state, WEIR_KIND_STEPPER, more[k].name, &more[k]));
    check_ok(*state, weir_laws_stepper(*state, &more[k], v));
    const weir_check *c = find(v, "order", more[k].name);
    assert_int_equal(c->outcome, WEIR_FAILED);
    check_ge(fabs(c->value - c->expected), 1e-5); /* far from rounding */
  }
  weir_verdict_destroy(&v);
}

static void weights_are_those_of_the_whole_step(void **state)
{
  double b[S];
  weir_stepper_weights(weir_lookup(*state, WEIR_KIND_STEPPER, "ssprk3"), b);
  check_close(b[0], 1. / 6, 0x1p-53);
  check_close(b[1], 1. / 6, 0x1p-53);
  check_close(b[2], 2. / 3, 0x1p-53);
  for (int k = 3; k < S; k++) check_close(b[k], 0.0, 0.0);
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
  double b[S];
  weir_stepper_weights(&heun, b);
  check_close(b[0], 0.5, 0.0);
  check_close(b[1], 0.5, 0.0);
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

static void a_table_that_cannot_be_run_is_refused(void **state)
{
  weir_verdict *v = NULL;
  weir_stepper s = heun;
  check_ok(*state, weir_verdict_create(*state, &v));
  check_fails(*state, weir_laws_stepper(*state, &s, v), WEIR_ENOTFOUND, "not registered");
  s = heun, s.stages = S + 1;
  check_fails(*state, weir_laws_stepper_table(*state, &s), WEIR_EARG, "11 stages");
  check_fails(*state, weir_laws_stepper(*state, &s, v), WEIR_EARG, "11 stages");
  s = heun, s.order = 0;
  check_fails(*state, weir_laws_stepper_table(*state, &s), WEIR_EARG, "order 0");
  s = heun, s.ssp = 0;
  check_fails(*state, weir_laws_stepper_table(*state, &s), WEIR_EARG, "SSP coefficient 0");
  s = heun, s.stage[1].B = (double)INFINITY;
  check_fails(*state, weir_laws_stepper_table(*state, &s), WEIR_EARG, "stage 1 holds a number that is not finite");
  s = heun, s.name = NULL;
  check_fails(*state, weir_laws_stepper_table(*state, &s), WEIR_EARG, "no name");
  weir_verdict_destroy(&v);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(every_stepper_obeys_every_law, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(no_stepper_has_a_higher_order_than_it_claims, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(weights_are_those_of_the_whole_step, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(the_register_gives_the_same_method, flow_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(a_table_that_cannot_be_run_is_refused, flow_setup, ctx_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
