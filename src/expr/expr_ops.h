/* expr_ops.h - the operations of a formula: one list each for one and for two operands.
 *
 * A row is X(NAME, text, value): the value as C computes it from x, or from x and y. Folding and evaluation expand
 * the same rows, so a folded constant has the bits that evaluation would give. Text in letters is a function's name. */
#ifndef WEIR_EXPR_OPS_H
#define WEIR_EXPR_OPS_H

#define EXPR_UNARY(X)                                                                                                  \
  X(NEG, "-", -x)                                                                                                      \
  X(NOT, "!", x == 0.0 ? 1.0 : 0.0)                                                                                    \
  X(SIN, "sin", sin(x))                                                                                                \
  X(COS, "cos", cos(x))                                                                                                \
  X(TAN, "tan", tan(x))                                                                                                \
  X(ASIN, "asin", asin(x))                                                                                             \
  X(ACOS, "acos", acos(x))                                                                                             \
  X(ATAN, "atan", atan(x))                                                                                             \
  X(SINH, "sinh", sinh(x))                                                                                             \
  X(COSH, "cosh", cosh(x))                                                                                             \
  X(TANH, "tanh", tanh(x))                                                                                             \
  X(EXP, "exp", exp(x))                                                                                                \
  X(EXPM1, "expm1", expm1(x))                                                                                          \
  X(LOG, "log", log(x))                                                                                                \
  X(LOG1P, "log1p", log1p(x))                                                                                          \
  X(LOG10, "log10", log10(x))                                                                                          \
  X(SQRT, "sqrt", sqrt(x))                                                                                             \
  X(CBRT, "cbrt", cbrt(x))                                                                                             \
  X(ERF, "erf", erf(x))                                                                                                \
  X(ERFC, "erfc", erfc(x))                                                                                             \
  X(FLOOR, "floor", floor(x))                                                                                          \
  X(CEIL, "ceil", ceil(x))                                                                                             \
  X(ABS, "abs", fabs(x))                                                                                               \
  X(SIGN, "sign", x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x)                                                                  \
  X(STEP, "step", x >= 0.0 ? 1.0 : x < 0.0 ? 0.0 : x)

/* min and max choose x if it is NaN, y if y is NaN: no comparison with NaN is true. */
#define EXPR_BINARY(X)                                                                                                 \
  X(ADD, "+", x + y)                                                                                                   \
  X(SUB, "-", x - y)                                                                                                   \
  X(MUL, "*", x *y)                                                                                                    \
  X(DIV, "/", x / y)                                                                                                   \
  X(POW, "^", pow(x, y))                                                                                               \
  X(LT, "<", x < y ? 1.0 : 0.0)                                                                                        \
  X(LE, "<=", x <= y ? 1.0 : 0.0)                                                                                      \
  X(GT, ">", x > y ? 1.0 : 0.0)                                                                                        \
  X(GE, ">=", x >= y ? 1.0 : 0.0)                                                                                      \
  X(EQ, "==", x == y ? 1.0 : 0.0)                                                                                      \
  X(NE, "!=", x != y ? 1.0 : 0.0)                                                                                      \
  X(AND, "&&", ((x != 0.0) & (y != 0.0)) ? 1.0 : 0.0)                                                                  \
  X(OR, "||", ((x != 0.0) | (y != 0.0)) ? 1.0 : 0.0)                                                                   \
  X(ATAN2, "atan2", atan2(x, y))                                                                                       \
  X(HYPOT, "hypot", hypot(x, y))                                                                                       \
  X(MOD, "mod", floored_mod(x, y))                                                                                     \
  X(MIN, "min", ((x < y) | (x != x)) ? x : y)                                                                          \
  X(MAX, "max", ((x > y) | (x != x)) ? x : y)

typedef enum expr_op {
  OP_CONST, /* value */
  OP_VAR,   /* slot in a */
  OP_POWI,  /* a to the integer b, 2 <= |b| <= 32 */
  OP_IF,    /* a ? b : c */
#define EXPR_ENUM(name, text, value) OP_##name,
  EXPR_UNARY(EXPR_ENUM) EXPR_BINARY(EXPR_ENUM)
#undef EXPR_ENUM
} expr_op;

#define EXPR_E 2.71828182845904523536 /* the built-in constant e */

enum { OP_FIRST_UNARY = OP_NEG, OP_FIRST_BINARY = OP_ADD, OP_END = OP_MAX + 1, EXPR_MAXPOWER = 32 };

/* Operands that are nodes: 0, 1, 2 or 3. */
static inline int expr_operands(int op)
{
  if (op >= OP_FIRST_BINARY) return 2;
  if (op >= OP_FIRST_UNARY || op == OP_POWI) return 1;
  return op == OP_IF ? 3 : 0;
}

#endif
