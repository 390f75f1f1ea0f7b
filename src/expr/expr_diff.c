/* The derivative: one forward pass over the nodes, dot[i] = d node_i / d slot.
 *
 * Notation of the rules: a, b operands, da, db their derivatives, v the node itself.
 *   (a+b)' = da + db      (ab)' = da b + a db      (a/b)' = (da - v db) / b
 *   (a^b)' = b a^(b-1) da + v log(a) db            (each term only where da, db are not 0)
 *   f(a)' = f'(a) da:
 *     tan: 1 + v^2        asin: 1/sqrt((1-a)(1+a))    acos: -asin'     atan: 1/(1+a^2)
 *     tanh: 1/cosh(a)^2   expm1: exp(a)               log1p: 1/(1+a)   log10: 1/(a log 10)
 *     sqrt: 0.5/v         cbrt: 1/(3 v^2)             erf: 2/sqrt(pi) exp(-a^2) = -erfc'
 *   atan2(a,b)' = (b da - a db)/(a^2 + b^2)           hypot(a,b)' = (a da + b db)/v
 * asin' with (1-a)(1+a) keeps its digits near |a| = 1, where 1 - a^2 cancels; tanh' with cosh where 1 - v^2 would. */
#include "expr/expr_graph.h"
#include <math.h>

/* Short names, for this file reads as formulas. */
static int num(xgraph *g, double v)
{
  return weir_xg_number(g, v);
}
static int add(xgraph *g, int a, int b)
{
  return weir_xg_binary(g, OP_ADD, a, b);
}
static int sub(xgraph *g, int a, int b)
{
  return weir_xg_binary(g, OP_SUB, a, b);
}
static int mul(xgraph *g, int a, int b)
{
  return weir_xg_binary(g, OP_MUL, a, b);
}
static int quo(xgraph *g, int a, int b)
{
  return weir_xg_binary(g, OP_DIV, a, b);
}
static int fun(xgraph *g, int op, int a)
{
  return weir_xg_unary(g, op, a);
}
static int square(xgraph *g, int a)
{
  return weir_xg_powi(g, a, 2);
}

static int asin_slope(xgraph *g, int numerator, int a)
{
  const int one = num(g, 1.0);
  return quo(g, numerator, fun(g, OP_SQRT, mul(g, sub(g, one, a), add(g, one, a))));
}

static int erf_slope(xgraph *g, double factor, int a, int da)
{
  const int bell = fun(g, OP_EXP, fun(g, OP_NEG, square(g, a)));
  return mul(g, mul(g, num(g, factor), bell), da);
}

/* f(a)' for v = f(a), da not 0. */
static int chain(xgraph *g, int op, int v, int a, int da)
{
  const double two_over_sqrt_pi = 1.12837916709551257390;
  const int one = num(g, 1.0);
  switch (op) {
  case OP_NEG: return fun(g, OP_NEG, da);
  case OP_SIN: return mul(g, fun(g, OP_COS, a), da);
  case OP_COS: return fun(g, OP_NEG, mul(g, fun(g, OP_SIN, a), da));
  case OP_TAN: return mul(g, add(g, one, square(g, v)), da);
  case OP_ASIN: return asin_slope(g, da, a);
  case OP_ACOS: return fun(g, OP_NEG, asin_slope(g, da, a));
  case OP_ATAN: return quo(g, da, add(g, one, square(g, a)));
  case OP_SINH: return mul(g, fun(g, OP_COSH, a), da);
  case OP_COSH: return mul(g, fun(g, OP_SINH, a), da);
  case OP_TANH: return quo(g, da, square(g, fun(g, OP_COSH, a)));
  case OP_EXP: return mul(g, v, da);
  case OP_EXPM1: return mul(g, fun(g, OP_EXP, a), da);
  case OP_LOG: return quo(g, da, a);
  case OP_LOG1P: return quo(g, da, add(g, one, a));
  case OP_LOG10: return quo(g, da, mul(g, a, num(g, log(10.0))));
  case OP_SQRT: return mul(g, quo(g, num(g, 0.5), v), da);
  case OP_CBRT: return quo(g, da, mul(g, num(g, 3.0), square(g, v)));
  case OP_ERF: return erf_slope(g, two_over_sqrt_pi, a, da);
  case OP_ERFC: return erf_slope(g, -two_over_sqrt_pi, a, da);
  case OP_ABS: return mul(g, fun(g, OP_SIGN, a), da);
  default: return num(g, 0.0); /* NOT, FLOOR, CEIL, SIGN, STEP: flat almost everywhere */
  }
}

static bool vanishes(const xgraph *g, int d)
{
  return g->node[d].op == OP_CONST && g->node[d].value == 0.0;
}

static int power_slope(xgraph *g, int v, int a, int b, int da, int db)
{
  int sum = num(g, 0.0);
  if (!vanishes(g, da)) sum = mul(g, mul(g, b, weir_xg_power(g, a, sub(g, b, num(g, 1.0)))), da);
  if (!vanishes(g, db)) sum = add(g, sum, mul(g, mul(g, v, fun(g, OP_LOG, a)), db));
  return sum;
}

static int choose(xgraph *g, int op, int a, int b, int da, int db)
{
  return weir_xg_if(g, weir_xg_binary(g, op, a, b), da, db);
}

static int two(xgraph *g, int op, int v, int a, int b, int da, int db)
{
  switch (op) {
  case OP_ADD: return add(g, da, db);
  case OP_SUB: return sub(g, da, db);
  case OP_MUL: return add(g, mul(g, da, b), mul(g, a, db));
  case OP_DIV: return quo(g, sub(g, da, mul(g, v, db)), b);
  case OP_POW: return power_slope(g, v, a, b, da, db);
  case OP_ATAN2: return quo(g, sub(g, mul(g, b, da), mul(g, a, db)), add(g, square(g, a), square(g, b)));
  case OP_HYPOT: return quo(g, add(g, mul(g, a, da), mul(g, b, db)), v);
  case OP_MOD: return sub(g, da, mul(g, fun(g, OP_FLOOR, quo(g, a, b)), db));
  case OP_MIN: return choose(g, OP_LT, a, b, da, db);
  case OP_MAX: return choose(g, OP_GT, a, b, da, db);
  default: return num(g, 0.0); /* comparisons, logic */
  }
}

/* The derivative of node i, whose operands' derivatives are in dot. Copies, for g->node may move. */
static int slope(xgraph *g, const int *dot, int i, int slot)
{
  const xnode v = g->node[i];
  const int arity = expr_operands(v.op);
  bool flat = true;
  if (v.op == OP_VAR) return num(g, v.a == slot ? 1.0 : 0.0);
  if (arity > 0) flat = flat && vanishes(g, dot[v.a]);
  if (arity > 1) flat = flat && vanishes(g, dot[v.b]);
  if (arity > 2) flat = flat && vanishes(g, dot[v.c]);
  if (flat) return num(g, 0.0);
  if (v.op == OP_POWI) return mul(g, mul(g, num(g, v.b), weir_xg_powi(g, v.a, v.b - 1)), dot[v.a]);
  if (v.op == OP_IF) return weir_xg_if(g, v.a, dot[v.b], dot[v.c]);
  return arity == 1 ? chain(g, v.op, i, v.a, dot[v.a]) : two(g, v.op, i, v.a, v.b, dot[v.a], dot[v.b]);
}

weir_status weir_expr_diff(weir_ctx *ctx, const weir_expr *e, int slot, weir_expr **out)
{
  void *work = NULL;
  xgraph g;
  *out = NULL;
  WEIR_REQUIRE(slot >= 0 && slot < WEIR_EXPR_SLOTS, ctx, WEIR_EARG, "slot %d of an expression, expected 0..%d", slot,
               WEIR_EXPR_SLOTS - 1);
  weir_xg_begin(&g, ctx);
  const int root = weir_xg_import(&g, e, NULL), n = root + 1;
  weir_status s = g.status;
  if (s == WEIR_OK) s = weir_alloc(ctx, (size_t)n, sizeof(int), "derivative", &work);
  if (s == WEIR_OK) {
    int *dot = work;
    g.loose = true;
    for (int i = 0; i < n && g.status == WEIR_OK; i++) dot[i] = slope(&g, dot, i, slot);
    s = weir_xg_finish(&g, dot[root], out);
  }
  weir_free(work);
  weir_xg_end(&g);
  return s;
}
