/* expr_graph.h - the graph under construction and the finished expression.
 *
 * Nodes lie in one array, operands before the operations that use them, so every pass is a plain loop over the array
 * and none recurses. A node is made once: an equal one is found again by hashing (hash consing).
 *
 * Failure while building is sticky: after it weir_xg_* return node 0, which always exists, and weir_xg_finish()
 * returns the status; its message stands in the context. Derivatives read as formulas that way. */
#ifndef WEIR_EXPR_GRAPH_H
#define WEIR_EXPR_GRAPH_H

#include <weir/expr.h>
#include "expr/expr_ops.h"

typedef struct xnode {
  double value;    /* OP_CONST */
  int32_t a, b, c; /* operands; OP_VAR: a = slot; OP_POWI: b = exponent; unused: 0 */
  int32_t op;
} xnode;

typedef struct xgraph {
  weir_ctx *ctx;
  xnode *node;
  int32_t *table; /* node + 1 by hash, open addressing; 0 = empty */
  int n, room, mask;
  bool loose; /* derivative's rules: 0*x -> 0, ... */
  weir_status status;
} xgraph;

/* One instruction: reg[dst] = op(a, b, c). Operand >= 0: register; < 0: the leaf node ~operand. */
typedef struct xinstr {
  int32_t op, dst, a, b, c;
} xinstr;

/* One block of memory: this head, nodes, code. The last node is the root, the last instruction computes it. */
struct weir_expr {
  size_t bytes;
  int nodes, instrs;
  unsigned uses; /* bit s: slot s */
  xnode *node;
  xinstr *code;
};

/* -------- expr_graph.c */
void weir_xg_begin(xgraph *g, weir_ctx *ctx);
void weir_xg_end(xgraph *g);
/* The node with these members, found or made. No simplification. */
int weir_xg_intern(xgraph *g, xnode v);
int weir_xg_number(xgraph *g, double value);
int weir_xg_variable(xgraph *g, int slot);
/* The nodes of e; returns the root. map may be NULL, else [e->nodes] receives the node of each. */
int weir_xg_import(xgraph *g, const weir_expr *e, int *map);

/* -------- expr_fold.c: operations, simplified */
int weir_xg_unary(xgraph *g, int op, int a);
int weir_xg_binary(xgraph *g, int op, int a, int b);
int weir_xg_power(xgraph *g, int a, int b);
int weir_xg_powi(xgraph *g, int a, int n);
int weir_xg_if(xgraph *g, int c, int a, int b);

/* -------- expr_compile.c: what `root` needs, scheduled and compiled */
weir_status weir_xg_finish(xgraph *g, int root, weir_expr **out);

/* -------- expr_eval.c */
typedef struct xoperand {
  const double *p;
  bool full; /* an array; else one number */
} xoperand;
/* d[0,m) = op(...); m = 1 unless an operand is full. d overlaps no operand. */
void weir_xg_kernel(int op, ptrdiff_t m, xoperand a, xoperand b, xoperand c, int n, double *restrict d);

#endif
