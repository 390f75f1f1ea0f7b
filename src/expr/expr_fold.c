/* Operations, simplified as they are made.
 *
 * Constants fold with the kernels of evaluation. The other rules change no bit of a value (a NaN's sign and payload
 * excepted), in round to nearest:
 *   x*1, x/1      exact.               x*-1, x/-1    the sign bit flips.
 *   x - (+0)      x: -0 - (+0) = -0.   x + (-0)      x: +0 + (-0) = +0.    (x + (+0) is not x for x = -0)
 *   a + (-b)      IEEE 754 defines a - b as that.
 * With g->loose, for derivatives, also: 0*x -> 0, 0/x -> 0, x+0 -> x, 0-x -> -x. */
#include "expr/expr_graph.h"
#include <math.h>

static const double nothing = 0.0;
static const xoperand none = {&nothing, false}; /* the operand that is not there */

static const xnode *at(const xgraph *g, int i)
{
  return &g->node[i];
}

static bool constant(const xgraph *g, int i)
{
  return at(g, i)->op == OP_CONST;
}

/* The constant with just this value; -0 is not 0. */
static bool is(const xgraph *g, int i, double value)
{
  const double v = at(g, i)->value;
  return constant(g, i) && v == value && signbit(v) == signbit(value);
}

static bool zero(const xgraph *g, int i)
{
  return constant(g, i) && at(g, i)->value == 0.0;
}

static xoperand number(const xgraph *g, int i)
{
  return (xoperand){&at(g, i)->value, false};
}

int weir_xg_unary(xgraph *g, int op, int a)
{
  if (g->status != WEIR_OK) return 0;
  if (constant(g, a)) {
    double v;
    weir_xg_kernel(op, 1, number(g, a), none, none, 0, &v);
    return weir_xg_number(g, v);
  }
  if (op == OP_NEG && at(g, a)->op == OP_NEG) return at(g, a)->a;
  return weir_xg_intern(g, (xnode){.op = op, .a = a});
}

static int negative(xgraph *g, int a)
{
  return weir_xg_unary(g, OP_NEG, a);
}

/* Each returns a node, or -1: no rule applies. */
static int fold_add(xgraph *g, int a, int b)
{
  if (is(g, b, -0.0) || (g->loose && zero(g, b))) return a;
  if (is(g, a, -0.0) || (g->loose && zero(g, a))) return b;
  if (at(g, b)->op == OP_NEG) return weir_xg_binary(g, OP_SUB, a, at(g, b)->a);
  if (at(g, a)->op == OP_NEG) return weir_xg_binary(g, OP_SUB, b, at(g, a)->a);
  return -1;
}

static int fold_sub(xgraph *g, int a, int b)
{
  if (is(g, b, 0.0) || (g->loose && zero(g, b))) return a;
  if (g->loose && zero(g, a)) return negative(g, b);
  if (at(g, b)->op == OP_NEG) return weir_xg_binary(g, OP_ADD, a, at(g, b)->a);
  return -1;
}

static int fold_mul(xgraph *g, int a, int b)
{
  if (g->loose && (zero(g, a) || zero(g, b))) return weir_xg_number(g, 0.0);
  if (is(g, b, 1.0)) return a;
  if (is(g, a, 1.0)) return b;
  if (is(g, b, -1.0)) return negative(g, a);
  if (is(g, a, -1.0)) return negative(g, b);
  return -1;
}

static int fold_div(xgraph *g, int a, int b)
{
  if (g->loose && zero(g, a)) return weir_xg_number(g, 0.0);
  if (is(g, b, 1.0)) return a;
  if (is(g, b, -1.0)) return negative(g, a);
  return -1;
}

int weir_xg_binary(xgraph *g, int op, int a, int b)
{
  if (g->status != WEIR_OK) return 0;
  if (op == OP_POW) return weir_xg_power(g, a, b);
  if (constant(g, a) && constant(g, b)) {
    double v;
    weir_xg_kernel(op, 1, number(g, a), number(g, b), none, 0, &v);
    return weir_xg_number(g, v);
  }
  int r = -1;
  switch (op) {
  case OP_ADD: r = fold_add(g, a, b); break;
  case OP_SUB: r = fold_sub(g, a, b); break;
  case OP_MUL: r = fold_mul(g, a, b); break;
  case OP_DIV: r = fold_div(g, a, b); break;
  case OP_MIN:
  case OP_MAX: r = a == b ? a : -1; break;
  default: break;
  }
  return r >= 0 ? r : weir_xg_intern(g, (xnode){.op = op, .a = a, .b = b});
}

int weir_xg_powi(xgraph *g, int a, int n)
{
  if (g->status != WEIR_OK) return 0;
  if (n == 0) return weir_xg_number(g, 1.0);
  if (n == 1) return a;
  if (n == -1) return weir_xg_binary(g, OP_DIV, weir_xg_number(g, 1.0), a);
  if (n < -EXPR_MAXPOWER || n > EXPR_MAXPOWER) return weir_xg_power(g, a, weir_xg_number(g, n));
  if (constant(g, a)) {
    double v;
    weir_xg_kernel(OP_POWI, 1, number(g, a), none, none, n, &v);
    return weir_xg_number(g, v);
  }
  return weir_xg_intern(g, (xnode){.op = OP_POWI, .a = a, .b = n});
}

int weir_xg_power(xgraph *g, int a, int b)
{
  if (g->status != WEIR_OK) return 0;
  if (constant(g, b)) {
    const double n = at(g, b)->value;
    if (fabs(n) <= EXPR_MAXPOWER && floor(n) == n) return weir_xg_powi(g, a, (int)n);
    if (n == 0.5) return weir_xg_unary(g, OP_SQRT, a);
    if (n == -0.5) return weir_xg_binary(g, OP_DIV, weir_xg_number(g, 1.0), weir_xg_unary(g, OP_SQRT, a));
  }
  if (is(g, a, EXPR_E)) return weir_xg_unary(g, OP_EXP, b);
  if (constant(g, a) && constant(g, b)) {
    double v;
    weir_xg_kernel(OP_POW, 1, number(g, a), number(g, b), none, 0, &v);
    return weir_xg_number(g, v);
  }
  return weir_xg_intern(g, (xnode){.op = OP_POW, .a = a, .b = b});
}

int weir_xg_if(xgraph *g, int c, int a, int b)
{
  if (g->status != WEIR_OK) return 0;
  if (constant(g, c)) return at(g, c)->value != 0.0 ? a : b;
  if (a == b) return a;
  return weir_xg_intern(g, (xnode){.op = OP_IF, .a = c, .b = a, .c = b});
}
