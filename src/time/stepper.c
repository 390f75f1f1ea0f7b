/* The table of Runge-Kutta methods and what follows from a row of it. */
#include <weir/scheme.h>

static const weir_stepper table[] = {
#define WEIR_STEPPER(id, text, source, ord, count, coefficient, ...)                                                   \
  {.name = #id,                                                                                                        \
   .formula = text,                                                                                                    \
   .cite = source,                                                                                                     \
   .order = ord,                                                                                                       \
   .stages = count,                                                                                                    \
   .ssp = coefficient,                                                                                                 \
   .stage = {__VA_ARGS__}},
#include "time/ssprk.def"
#undef WEIR_STEPPER
};

weir_status weir_time_register(weir_ctx *ctx)
{
  for (size_t k = 0; k < sizeof table / sizeof table[0]; k++)
    WEIR_TRY(weir_register(ctx, WEIR_KIND_STEPPER, table[k].name, &table[k]));
  return WEIR_OK;
}

/* With q - q0 = sum_k y_k r_k and D = sum_k d_k r_k the stage formulas are maps of the coefficients y, d. */
void weir_stepper_weights(const weir_stepper *s, double b[WEIR_RK_MAXSTAGE])
{
  double d[WEIR_RK_MAXSTAGE] = {0};
  for (int k = 0; k < WEIR_RK_MAXSTAGE; k++) b[k] = 0.0;
  for (int j = 0; j < s->stages; j++) {
    const weir_rk_stage *st = &s->stage[j];
    for (int k = 0; k < s->stages; k++) {
      const double own = k == j ? 1.0 : 0.0;
      d[k] = st->A * d[k] + st->g * b[k] + st->c * own;
      b[k] = st->s * b[k] + st->e * own + st->B * d[k];
    }
  }
}

bool weir_stepper_is_one_step(const weir_stepper *s)
{
  return s->stages == 1 && s->stage[0].time != 0.0;
}

/* Stage k adds s q + e r to the new state and g q + c r to the register: s (q + e/s r) and g (q + c/g r). `held` is the weight of states in
 * the register; what is left of 1 is q0's, which must not be negative but for rounding. In stage 0 q is q0, whatever s is. */
bool weir_stepper_euler(const weir_stepper *s, double euler[WEIR_RK_MAXSTAGE])
{
  const double rounding = 0x1p-50;
  double held = 0.0;
  for (int k = 0; k < WEIR_RK_MAXSTAGE; k++) euler[k] = 0.0;
  for (int k = 0; k < s->stages; k++) {
    const weir_rk_stage *st = &s->stage[k];
    const double keep = k == 0 ? 1.0 - st->B * (st->A * held + st->g) : st->s;
    held = st->A * held + st->g;
    const bool convex = keep >= 0.0 && st->e >= 0.0 && st->A >= 0.0 && st->B >= 0.0 && st->g >= 0.0 && st->c >= 0.0 &&
                        keep + st->B * held <= 1.0 + rounding;
    if (!convex || (st->e > 0.0 && !(keep > 0.0)) || (st->c > 0.0 && !(st->g > 0.0))) return false;
    euler[k] = st->e > 0.0 ? st->e / keep : 0.0;
    if (st->c > 0.0 && st->c / st->g > euler[k]) euler[k] = st->c / st->g;
  }
  return true;
}
