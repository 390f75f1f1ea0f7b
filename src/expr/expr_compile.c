/* From the graph to code: keep what the root needs, choose an order, give registers.
 *
 * Order. Of two operands the one that needs more registers is computed first (Sethi and Ullman 1970): with
 *   need(leaf) = 0,  need(op) = max_k (need_k + k), k = 0, 1, ... over the operands by falling need
 * (a value held while the others are computed costs one register), a tree of m operations takes O(log m) registers,
 * however it leans. On a graph with shared nodes this is a heuristic: a shared value lives from first to last use.
 *
 * Registers. Linear scan over the schedule; a register is free after the last use of its value. The result of an
 * instruction never takes the register of one of its own operands, so kernels may use `restrict`. */
#include "expr/expr_graph.h"
#include <string.h>

typedef struct plan {
  xgraph *g;
  int root, count; /* nodes kept */
  int *need;       /* [g->n]; -1: not needed by the root */
  int *where;      /* [g->n]: place in the schedule, -1 before */
  int *order;      /* [count]: the schedule, nodes of g */
  int *stack;      /* [g->n] */
  int *last, *reg; /* [count]: last use, register (leaf: -1) */
} plan;

static int child(const xnode *v, int k)
{
  return k == 0 ? v->a : k == 1 ? v->b : v->c;
}

/* Operands of v by falling need; returns their number. */
static int by_need(const plan *p, const xnode *v, int kid[3])
{
  const int arity = expr_operands(v->op);
  for (int k = 0; k < arity; k++) {
    int j = k;
    for (; j > 0 && p->need[kid[j - 1]] < p->need[child(v, k)]; j--) kid[j] = kid[j - 1];
    kid[j] = child(v, k);
  }
  return arity;
}

static void label(plan *p)
{
  const xnode *node = p->g->node;
  for (int i = 0; i <= p->root; i++) p->need[i] = -1;
  p->need[p->root] = 0;
  for (int i = p->root; i >= 0; i--) {
    if (p->need[i] < 0) continue;
    p->count++;
    for (int k = 0; k < expr_operands(node[i].op); k++) p->need[child(&node[i], k)] = 0;
  }
  for (int i = 0; i <= p->root; i++) {
    if (p->need[i] < 0) continue;
    int kid[3], most = 0;
    const int arity = by_need(p, &node[i], kid);
    for (int k = 0; k < arity; k++)
      if (p->need[kid[k]] + k > most) most = p->need[kid[k]] + k;
    p->need[i] = arity > 0 && most < 1 ? 1 : most;
  }
}

/* Depth first with a stack of our own: an expression may be 20000 nodes deep. A node waits on the stack while its
 * operands are computed, so the stack holds one path and is never longer than the graph. */
static void schedule(plan *p)
{
  int top = 0, done = 0;
  for (int i = 0; i <= p->root; i++) p->where[i] = -1;
  p->stack[top++] = p->root;
  while (top > 0) {
    const int i = p->stack[top - 1];
    int kid[3], next = -1;
    const int arity = by_need(p, &p->g->node[i], kid);
    for (int k = 0; k < arity && next < 0; k++)
      if (p->where[kid[k]] < 0) next = kid[k];
    if (next >= 0) {
      p->stack[top++] = next;
      continue;
    }
    p->where[i] = done, p->order[done++] = i, top--;
  }
}

static void copy_nodes(const plan *p, weir_expr *e)
{
  for (int i = 0; i < p->count; i++) {
    xnode v = p->g->node[p->order[i]];
    const int arity = expr_operands(v.op);
    if (arity > 0) v.a = p->where[v.a];
    if (arity > 1) v.b = p->where[v.b];
    if (arity > 2) v.c = p->where[v.c];
    if (v.op == OP_VAR) e->uses |= 1u << v.a;
    e->node[i] = v;
    for (int k = 0; k < arity; k++) p->last[child(&v, k)] = i;
  }
}

static int32_t operand(const plan *p, int i)
{
  return p->reg[i] >= 0 ? p->reg[i] : ~i;
}

static weir_status emit(const plan *p, weir_expr *e)
{
  bool busy[WEIR_EXPR_MAXLIVE] = {false};
  for (int i = 0; i < p->count; i++) {
    const xnode *v = &e->node[i];
    const int arity = expr_operands(v->op);
    p->reg[i] = -1;
    if (arity == 0) continue;
    int r = 0;
    while (r < WEIR_EXPR_MAXLIVE && busy[r]) r++;
    if (r == WEIR_EXPR_MAXLIVE)
      return WEIR_FAIL(p->g->ctx, WEIR_ELIMIT, "the expression keeps more than %d values alive at once",
                       WEIR_EXPR_MAXLIVE);
    busy[r] = true, p->reg[i] = r;
    e->code[e->instrs++] = (xinstr){.op = v->op,
                                    .dst = r,
                                    .a = operand(p, v->a),
                                    .b = arity > 1 ? operand(p, v->b) : v->b, /* OP_POWI: the exponent */
                                    .c = arity > 2 ? operand(p, v->c) : 0};
    for (int k = 0; k < arity; k++) {
      const int q = child(v, k);
      if (p->last[q] == i && p->reg[q] >= 0) busy[p->reg[q]] = false;
    }
  }
  return WEIR_OK;
}

static weir_status build(plan *p, weir_expr **out)
{
  const size_t head = (sizeof(weir_expr) + 15) / 16 * 16, nodes = (size_t)p->count;
  const size_t bytes = head + nodes * sizeof(xnode) + nodes * sizeof(xinstr);
  void *block = NULL;
  WEIR_TRY(weir_alloc(p->g->ctx, bytes, 1, "expression", &block));
  weir_expr *e = block;
  e->bytes = bytes, e->nodes = p->count;
  e->node = (xnode *)(void *)((char *)block + head);
  e->code = (xinstr *)(void *)(e->node + nodes);
  copy_nodes(p, e);
  const weir_status s = emit(p, e);
  if (s == WEIR_OK)
    *out = e;
  else
    weir_free(block);
  return s;
}

weir_status weir_xg_finish(xgraph *g, int root, weir_expr **out)
{
  *out = NULL;
  if (g->status != WEIR_OK) return g->status;
  const size_t n = (size_t)root + 1;
  void *work = NULL;
  WEIR_TRY(weir_alloc(g->ctx, 6 * n, sizeof(int), "expression", &work));
  int *w = work;
  plan p = {.g = g,
            .root = root,
            .need = w,
            .where = w + n,
            .order = w + 2 * n,
            .stack = w + 3 * n,
            .last = w + 4 * n,
            .reg = w + 5 * n};
  weir_status s = WEIR_OK;
  label(&p);
  if (p.count > WEIR_EXPR_MAXNODES)
    s = WEIR_FAIL(g->ctx, WEIR_ELIMIT, "the expression needs %d nodes, at most %d are allowed", p.count,
                  WEIR_EXPR_MAXNODES);
  if (s == WEIR_OK) {
    schedule(&p);
    s = build(&p, out);
  }
  weir_free(work);
  return s;
}
