/* weir/expr.h - formulas in case files: read, differentiated, evaluated over arrays.
 *
 *   text --Pratt parser--> hash-consed graph --fold--> graph --d/ds--> graph ...
 *                                              \--schedule--> register code --> values, 128 points at a time
 *
 *   Language    A formula is one expression over real numbers.
 *
 *     numbers      2  2.5  .5  1e-3  (decimal point '.', whatever the locale; no hexadecimal, no suffix)
 *     names        [A-Za-z_][A-Za-z0-9_]*, at most 63 characters: the variables, constants and parameters of the
 *                  environment, and the built-in constants  pi  e
 *     operators    tightest first; ^ associates to the right, the other binary ones to the left
 *                    ( )   f(a, ...)
 *                    ^  **              power: -x^2 = -(x^2), 2^-x = 2^(-x), a^b^c = a^(b^c)
 *                    -  +  !            unary
 *                    *  /
 *                    +  -
 *                    <  <=  >  >=  ==  !=     1 or 0; do not chain: a < b < c is refused, write a < b && b < c
 *                    &&                 1 or 0; truth is "not equal to 0", so NaN is true, as in C
 *                    ||
 *     piecewise    if(c, a, b) = a where c is true, else b
 *     functions    sin cos tan asin acos atan atan2(y,x) sinh cosh tanh exp expm1 log log1p log10 sqrt cbrt erf erfc
 *                  hypot(a,b) pow(a,b) floor ceil: libm's.   And:
 *                    abs(x)         |x|
 *                    sign(x)        1, -1; x itself if x is 0 or NaN
 *                    step(x)        1 for x >= 0, 0 for x < 0, NaN for NaN
 *                    min(a,b,...)   2 or more arguments, folded from the left; of equal arguments the later one;
 *                    max(a,b,...)   NaN if an argument is NaN (fmin and fmax would hide it)
 *                    mod(a,b)       floored remainder: fmod(a,b), plus b if it is not 0 and has the sign opposite to b
 *
 *     Both branches of `if` and both sides of && and || are always computed, then one is chosen: a NaN or an infinity
 *     in the branch not taken does no harm, but may raise floating-point exception flags.
 *
 *   Powers      a^b, a**b and pow(a,b) are the same. With a constant exponent (after folding):
 *     integer n, 1 <= |n| <= 32    repeated multiplication: x^1 = x, x^(2m) = x^m * x^m, x^(2m+1) = x^(2m) * x,
 *                                  x^-n = 1 / x^n. Relative error at most (|n|-1) * 2^-53 and one rounding more for 1/;
 *     0                            1, also for x = NaN, as in C
 *     0.5, -0.5                    sqrt(x), 1 / sqrt(x)   (pow differs from sqrt for x = -0 and x = -infinity only)
 *     Otherwise pow(a,b); and e^b, with the built-in constant e (or a number of its value), is exp(b).
 *
 *   Bits        A value has exactly the bits of the same formula in C, operation by operation in the order that the
 *     operators bind, with the libm in use, in round to nearest. No operation is contracted, reassociated or replaced
 *     by an approximation; constants are folded with the same functions. What is simplified changes no bit (a NaN's
 *     sign and payload excepted):
 *       x*1  1*x  x/1  x-0  x+(-0) -> x      x*-1  x/-1 -> -x      -(-x) -> x      a+(-b) -> a-b      a-(-b) -> a+b
 *       if(constant,a,b)  if(c,a,a)  min(a,a)  max(a,a)      equal subexpressions are one node, computed once
 *     (a+b and b+a count as equal). x+0 stays: it turns -0 into +0. 0*x stays: it is NaN for x = infinity.
 *     Derivatives assume more, see weir_expr_diff().
 *
 *   Slots       A variable is a number 0..15, the index of its array at evaluation; its name lives in the
 *     environment only. By convention of the case files 0 is the time and 1..3 are the coordinates; nothing here
 *     depends on it.
 *
 *   Limits      text 65536 bytes, nesting (parentheses, calls, powers, signs) 200, graph 20000 nodes, 64 values alive
 *     at once in the register code. Beyond one: WEIR_ELIMIT and a message. No input makes the C stack deeper than
 *     the nesting limit allows; evaluation uses about 66 KiB of stack.
 *
 *   Messages    "FILE:LINE:COLUMN: unknown name 'sinn' (did you mean 'sin'?)". One sentence. Columns count from 1.
 *
 *   Threads     A weir_expr never changes: share it freely. An environment may be shared while nobody adds to it.
 *
 *   Sources     V. R. Pratt, Top down operator precedence, POPL 1973 (parser). A. P. Ershov, On programming of
 *     arithmetic operations, CACM 1 (8), 1958 (equal subexpressions by hashing). R. Sethi and J. D. Ullman, The
 *     generation of optimal code for arithmetic expressions, J. ACM 17 (1970) 715 (which operand first). */
#ifndef WEIR_EXPR_H
#define WEIR_EXPR_H

#include <weir/base.h>

enum {
  WEIR_EXPR_SLOTS = 16,       /* variables of an expression: slots 0..15 */
  WEIR_EXPR_MAXTEXT = 65536,  /* bytes of a text */
  WEIR_EXPR_MAXDEPTH = 200,   /* nesting of parentheses, calls, powers and signs */
  WEIR_EXPR_MAXNODES = 20000, /* nodes of a graph */
  WEIR_EXPR_MAXLIVE = 64,     /* values alive at once */
  WEIR_EXPR_MAXNAME = 63      /* characters of a name in an environment */
};

/** A formula. Immutable; share freely between threads. */
typedef struct weir_expr weir_expr;
/** The names that a formula may use besides the built-in ones. */
typedef struct weir_expr_env weir_expr_env;
/** Where a text starts, for messages: of a file of the user's, line and column from 1. */
typedef struct weir_expr_where {
  const char *file; /**< borrowed for the call; NULL prints as "expression" */
  int line, column; /**< of the text's first character; a value < 1 counts as 1 */
} weir_expr_where;

/* ------------------------------------------------------------------ names */
/** An environment without names.
 *  @param[out] env  owned by the caller, free with weir_expr_env_destroy(); NULL after a failure
 *  @retval WEIR_ENOMEM no memory */
weir_status weir_expr_env_create(weir_ctx *ctx, weir_expr_env **env);
/** Free *env and set it to NULL. NULL and a pointer to NULL are allowed. Expressions made with it stay valid. */
void weir_expr_env_destroy(weir_expr_env **env);

/** The three ways to add a name (copied). After a failure the environment is as it was.
 *  variable: the array in slot `slot` at evaluation. Two names may share a slot.
 *  constant: a number, any double.
 *  define:   a parameter: wherever the name stands, `e` (copied) is put, as if in parentheses.
 *  @retval WEIR_EARG   no name, too long, a built-in name, already defined; slot outside 0..15
 *  @retval WEIR_ENOMEM no memory */
weir_status weir_expr_env_variable(weir_ctx *ctx, weir_expr_env *env, const char *name, int slot);
weir_status weir_expr_env_constant(weir_ctx *ctx, weir_expr_env *env, const char *name, double value);
weir_status weir_expr_env_define(weir_ctx *ctx, weir_expr_env *env, const char *name, const weir_expr *e);

/* ------------------------------------------------------------------ making expressions
 * In all of them *out is owned by the caller, free with weir_expr_destroy(); NULL after a failure. */

/** Read a formula.
 *  @param text   NUL-terminated; blanks, tabs and line ends separate; borrowed for the call
 *  @param where  where the text starts, for messages; NULL: "expression:1:1"
 *  @param env    borrowed for the call; NULL: built-in names only
 *  @retval WEIR_EFORMAT empty text; unknown name; a function without arguments or with the wrong number of them;
 *                       parentheses that do not match; a missing operand or operator; a chain of comparisons; a
 *                       character of no meaning; a number out of the range of double
 *  @retval WEIR_ELIMIT  one of the limits above; or a number of more than 127 characters
 *  @retval WEIR_ENOMEM  no memory */
weir_status weir_expr_parse(weir_ctx *ctx, const char *text, const weir_expr_where *where, const weir_expr_env *env,
                            weir_expr **out);
/** The constant `value`, any double.  @retval WEIR_ENOMEM no memory */
weir_status weir_expr_number(weir_ctx *ctx, double value, weir_expr **out);
/** The variable in `slot`.  @retval WEIR_EARG slot outside 0..15  @retval WEIR_ENOMEM no memory */
weir_status weir_expr_variable(weir_ctx *ctx, int slot, weir_expr **out);
/** A copy that does not depend on `e`.  @retval WEIR_ENOMEM no memory */
weir_status weir_expr_copy(weir_ctx *ctx, const weir_expr *e, weir_expr **out);
/** Free *e and set it to NULL. NULL and a pointer to NULL are allowed. */
void weir_expr_destroy(weir_expr **e);

/** a op b, op one of + - * / ^, simplified as a text is (so 0*x stays).
 *  @retval WEIR_EARG   another op
 *  @retval WEIR_ELIMIT more than 20000 nodes or 64 live values  @retval WEIR_ENOMEM no memory */
weir_status weir_expr_combine(weir_ctx *ctx, char op, const weir_expr *a, const weir_expr *b, weir_expr **out);

/** The partial derivative of e by the variable in `slot`, by the rules of calculus: exact but for the rounding of
 *  its own evaluation. The cost is a small multiple of e's: subexpressions of e and of the derivative are shared.
 *
 *  Almost everywhere means: the rule holds except on the set where the function jumps or has a corner; there the
 *  value is what the rule gives.
 *     abs' = sign;  sign' = step' = floor' = ceil' = comparisons' = logic' = 0 (jumps are not seen);
 *     min(a,b)' = if(a < b, a', b');  max(a,b)' = if(a > b, a', b');  if(c,a,b)' = if(c, a', b');
 *     mod(a,b)' = a' - floor(a/b) b'.
 *  Where a factor is infinite, as in (sqrt(x^2))' at 0, the result is NaN or an infinity.
 *  In what is built for the derivative, zeros that follow from the rules vanish: 0*x -> 0, 0/x -> 0, x+0 -> x,
 *  0-x -> -x. This assumes x finite, and for 0/x not zero, and does not keep the sign of a zero.
 *  @retval WEIR_EARG   slot outside 0..15
 *  @retval WEIR_ELIMIT more than 20000 nodes or 64 live values  @retval WEIR_ENOMEM no memory */
weir_status weir_expr_diff(weir_ctx *ctx, const weir_expr *e, int slot, weir_expr **out);

/** Try to write e = g * u, g a function of `slot` alone and u free of it, so that v(t,x) = g(t) u(x) is evaluated
 *  over an array once and scaled afterwards. Constant factors go to u. Seen are products, quotients, signs, integer
 *  powers, abs, sums with a common factor g or u, if() with such branches; not seen, for instance, exp(t + x).
 *  g * u equals e as a function of real numbers, not bit by bit.
 *  @param[out] ok  false if no such form was seen; then *g = *u = NULL and the call succeeds
 *  @param[out] g, u  owned by the caller; without `slot` in e: g = 1, u = e
 *  @retval WEIR_EARG   slot outside 0..15
 *  @retval WEIR_ELIMIT more than 20000 nodes or 64 live values  @retval WEIR_ENOMEM no memory */
weir_status weir_expr_separate(weir_ctx *ctx, const weir_expr *e, int slot, bool *ok, weir_expr **g, weir_expr **u);

/* ------------------------------------------------------------------ asking */
/** Does the value depend on the array of `slot`? (After simplification: "x*0" does, "if(0, x, 1)" does not.) */
bool weir_expr_uses(const weir_expr *e, int slot);
/** Is it a number? Then it is stored in *value (value may be NULL). */
bool weir_expr_is_constant(const weir_expr *e, double *value);
/** The name of an operation in e that has a corner or a jump (abs sign step floor ceil mod min max if, comparisons, logic), so that a
 *  derivative of e holds almost everywhere only; NULL if there is none. Static storage. */
const char *weir_expr_kink(const weir_expr *e);
/** Nodes of the graph: numbers, variables and operations, each counted once however often it is used. */
int weir_expr_size(const weir_expr *e);
/** The formula as text in the language above, for reports, numbers with as few digits as give them back exactly.
 *  Read again with the same slots it has the same values, bit by bit, unless the text goes beyond a limit. An
 *  infinity prints as (1/0), NaN as (0/0).
 *  @param slot_names  [slot], borrowed for the call; NULL, or NULL at a slot: "x0", "x1", ...
 *  @param[out] text   owned by the caller, free with weir_free(); NULL after a failure
 *  @retval WEIR_ELIMIT the text is longer than 65536 bytes (a graph may be exponentially longer as text)
 *  @retval WEIR_ENOMEM no memory */
weir_status weir_expr_print(weir_ctx *ctx, const weir_expr *e, const char *const slot_names[], char **text);

/* ------------------------------------------------------------------ values */
/** out[i] = e(var[s][i*inc[s]], ...) for 0 <= i < n. Cannot fail, allocates nothing, may run in many threads.
 *  What depends on broadcast variables only is computed once per 128 points.
 *  @param var  [slot]; read at the slots that e uses, the others may be NULL; var itself may be NULL for a constant
 *  @param inc  [slot]; 1: an array of n, 0: one number for all points (broadcast)
 *  @param out  n numbers, not overlapping any var */
void weir_expr_eval(const weir_expr *e, ptrdiff_t n, const double *const var[], const ptrdiff_t inc[], double *out);
/** e at one point: value[slot], read at the slots that e uses. The same bits as weir_expr_eval(). */
double weir_expr_at(const weir_expr *e, const double *value);

#endif
