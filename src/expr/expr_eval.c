/* Values: the register code over blocks of points.
 *
 * A register holds one value for each point of a block, or a single one if it depends on numbers and broadcast
 * variables only. An instruction is one loop over the block, so the cost of decoding it is spread over 128 points, the
 * registers in use stay in the first-level cache, and the loops of cheap operations vectorise. */
#include "expr/expr_graph.h"
#include <assert.h>
#include <math.h>
#include <string.h>

enum { BLOCK = 128 };

/* The remainder with the sign of y (D. E. Knuth, TAOCP 1, 1.2.4), by fmod, which is exact. */
static inline double floored_mod(double x, double y)
{
  const double r = fmod(x, y);
  return (r != 0.0 && (r < 0.0) != (y < 0.0)) ? r + y : r;
}

/* x^|n| by its binary digits from the left: square, and times x where the digit is 1. So x^(2m) = x^m * x^m and
 * x^(2m+1) = x^(2m) * x. */
static void powi(ptrdiff_t m, const double *restrict x, int n, double *restrict d)
{
  const int k = n < 0 ? -n : n;
  int bit = 1;
  while (2 * bit <= k) bit *= 2;
  memcpy(d, x, (size_t)m * sizeof *d);
  for (bit /= 2; bit > 0; bit /= 2) {
    if ((k & bit) != 0)
      for (ptrdiff_t i = 0; i < m; i++) d[i] = d[i] * d[i] * x[i];
    else
      for (ptrdiff_t i = 0; i < m; i++) d[i] = d[i] * d[i];
  }
  if (n < 0)
    for (ptrdiff_t i = 0; i < m; i++) d[i] = 1.0 / d[i];
}

static void choose(ptrdiff_t m, xoperand c, xoperand a, xoperand b, double *restrict d)
{
  const double *restrict pc = c.p, *restrict pa = a.p, *restrict pb = b.p;
  const ptrdiff_t ic = c.full, ia = a.full, ib = b.full;
  if (ic & ia & ib)
    for (ptrdiff_t i = 0; i < m; i++) d[i] = pc[i] != 0.0 ? pa[i] : pb[i];
  else
    for (ptrdiff_t i = 0; i < m; i++) d[i] = pc[i * ic] != 0.0 ? pa[i * ia] : pb[i * ib];
}

#define UNARY_LOOP(name, text, f)                                                                                      \
  case OP_##name:                                                                                                      \
    for (ptrdiff_t i = 0; i < m; i++) {                                                                                \
      const double x = pa[i];                                                                                          \
      d[i] = (f);                                                                                                      \
    }                                                                                                                  \
    break;

/* One loop each for array-array (or both single: m = 1), array-number, number-array. */
#define BINARY_LOOP(name, text, f)                                                                                     \
  case OP_##name:                                                                                                      \
    if (a.full == b.full) {                                                                                            \
      for (ptrdiff_t i = 0; i < m; i++) {                                                                              \
        const double x = pa[i], y = pb[i];                                                                             \
        d[i] = (f);                                                                                                    \
      }                                                                                                                \
    } else if (a.full) {                                                                                               \
      const double y = pb[0];                                                                                          \
      for (ptrdiff_t i = 0; i < m; i++) {                                                                              \
        const double x = pa[i];                                                                                        \
        d[i] = (f);                                                                                                    \
      }                                                                                                                \
    } else {                                                                                                           \
      const double x = pa[0];                                                                                          \
      for (ptrdiff_t i = 0; i < m; i++) {                                                                              \
        const double y = pb[i];                                                                                        \
        d[i] = (f);                                                                                                    \
      }                                                                                                                \
    }                                                                                                                  \
    break;

static void unary(int op, ptrdiff_t m, const double *restrict pa, double *restrict d)
{
  switch (op) {
    EXPR_UNARY(UNARY_LOOP)
  default: assert(!"an operation of one operand");
  }
}

static void binary(int op, ptrdiff_t m, xoperand a, xoperand b, double *restrict d)
{
  const double *restrict pa = a.p, *restrict pb = b.p;
  switch (op) {
    EXPR_BINARY(BINARY_LOOP)
  default: assert(!"an operation of two operands");
  }
}

void weir_xg_kernel(int op, ptrdiff_t m, xoperand a, xoperand b, xoperand c, int n, double *restrict d)
{
  if (op >= OP_FIRST_BINARY)
    binary(op, m, a, b, d);
  else if (op >= OP_FIRST_UNARY)
    unary(op, m, a.p, d);
  else if (op == OP_POWI)
    powi(m, a.p, n, d);
  else
    choose(m, a, b, c, d);
}

/* ------------------------------------------------------------------ blocks */
typedef struct block {
  const weir_expr *e;
  const double *const *var;
  const ptrdiff_t *inc;
  ptrdiff_t base;               /* first point */
  bool full[WEIR_EXPR_MAXLIVE]; /* does the register hold an array? */
  double reg[WEIR_EXPR_MAXLIVE][BLOCK];
} block;

static xoperand leaf(const block *k, int i)
{
  const xnode *v = &k->e->node[i];
  if (v->op == OP_CONST) return (xoperand){&v->value, false};
  assert(k->var[v->a] != NULL && (k->inc[v->a] == 0 || k->inc[v->a] == 1));
  const bool array = k->inc[v->a] != 0;
  return (xoperand){k->var[v->a] + (array ? k->base : 0), array};
}

static xoperand fetch(const block *k, int32_t o)
{
  return o < 0 ? leaf(k, ~o) : (xoperand){k->reg[o], k->full[o]};
}

/* The root at m <= BLOCK points from k->base on: an array, or one number for all. */
static xoperand run(block *k, ptrdiff_t m)
{
  static const double nothing = 0.0;
  const xoperand none = {&nothing, false};
  const weir_expr *e = k->e;
  if (e->instrs == 0) return leaf(k, e->nodes - 1);
  for (int j = 0; j < e->instrs; j++) {
    const xinstr *q = &e->code[j];
    const int arity = expr_operands(q->op);
    const xoperand a = fetch(k, q->a);
    const xoperand b = arity > 1 ? fetch(k, q->b) : none;
    const xoperand c = arity > 2 ? fetch(k, q->c) : none;
    const bool full = a.full || b.full || c.full;
    k->full[q->dst] = full;
    weir_xg_kernel(q->op, full ? m : 1, a, b, c, q->b, k->reg[q->dst]);
  }
  const int root = e->code[e->instrs - 1].dst;
  return (xoperand){k->reg[root], k->full[root]};
}

void weir_expr_eval(const weir_expr *e, ptrdiff_t n, const double *const var[], const ptrdiff_t inc[], double *out)
{
  block k;
  k.e = e, k.var = var, k.inc = inc;
  for (k.base = 0; k.base < n; k.base += BLOCK) {
    const ptrdiff_t m = n - k.base < BLOCK ? n - k.base : BLOCK;
    const xoperand r = run(&k, m);
    if (r.full)
      memcpy(out + k.base, r.p, (size_t)m * sizeof *out);
    else
      for (ptrdiff_t i = 0; i < m; i++) out[k.base + i] = *r.p;
  }
}

double weir_expr_at(const weir_expr *e, const double *value)
{
  static const ptrdiff_t inc[WEIR_EXPR_SLOTS] = {0};
  const double *var[WEIR_EXPR_SLOTS];
  for (int s = 0; s < WEIR_EXPR_SLOTS; s++) var[s] = (e->uses >> s & 1u) != 0 ? value + s : NULL;
  block k;
  k.e = e, k.var = var, k.inc = inc, k.base = 0;
  return *run(&k, 1).p;
}
