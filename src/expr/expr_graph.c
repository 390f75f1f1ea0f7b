/* Hash consing: the graph's nodes, each made once. */
#include "expr/expr_graph.h"
#include <string.h>

/* Nodes that building may make before those that the result does not need are dropped. */
enum { MAXWORK = 4 * WEIR_EXPR_MAXNODES };

void weir_xg_begin(xgraph *g, weir_ctx *ctx)
{
  memset(g, 0, sizeof *g);
  g->ctx = ctx;
  (void)weir_xg_number(g, 0.0); /* node 0, the answer after a failure */
}

void weir_xg_end(xgraph *g)
{
  weir_free(g->node);
  weir_free(g->table);
  memset(g, 0, sizeof *g);
}

static uint64_t bits(double x)
{
  uint64_t b;
  memcpy(&b, &x, sizeof b);
  return b;
}

static uint32_t hash(const xnode *v)
{
  uint64_t h = (uint64_t)v->op;
  const uint64_t part[4] = {bits(v->value), (uint64_t)(uint32_t)v->a, (uint64_t)(uint32_t)v->b,
                            (uint64_t)(uint32_t)v->c};
  for (int k = 0; k < 4; k++) {
    h = (h ^ part[k]) * UINT64_C(0x9E3779B97F4A7C15);
    h ^= h >> 29;
  }
  return (uint32_t)(h >> 20);
}

/* By bits: +0 and -0 differ, a NaN equals itself. */
static bool same(const xnode *u, const xnode *v)
{
  return u->op == v->op && u->a == v->a && u->b == v->b && u->c == v->c && bits(u->value) == bits(v->value);
}

/* Where v stands in the table, or the empty place where it would. */
static int place(const xgraph *g, const xnode *v)
{
  int k = (int)(hash(v) & (uint32_t)g->mask);
  while (g->table[k] != 0 && !same(&g->node[g->table[k] - 1], v)) k = (k + 1) & g->mask;
  return k;
}

static weir_status grow(xgraph *g)
{
  const int room = g->room == 0 ? 64 : 2 * g->room;
  void *node = NULL, *table = NULL;
  WEIR_TRY(weir_alloc(g->ctx, (size_t)room, sizeof *g->node, "expression", &node));
  const weir_status s = weir_alloc(g->ctx, 2 * (size_t)room, sizeof *g->table, "expression", &table);
  if (s != WEIR_OK) {
    weir_free(node);
    return s;
  }
  if (g->n > 0) memcpy(node, g->node, (size_t)g->n * sizeof *g->node);
  weir_free(g->node);
  weir_free(g->table);
  g->node = node, g->table = table, g->room = room, g->mask = 2 * room - 1;
  for (int i = 0; i < g->n; i++) g->table[place(g, &g->node[i])] = i + 1;
  return WEIR_OK;
}

static bool commutes(int op)
{
  return op == OP_ADD || op == OP_MUL || op == OP_EQ || op == OP_NE || op == OP_AND || op == OP_OR;
}

int weir_xg_intern(xgraph *g, xnode v)
{
  if (g->status != WEIR_OK) return 0;
  if (g->n == g->room && (g->status = grow(g)) != WEIR_OK) return 0;
  const int k = place(g, &v);
  if (g->table[k] != 0) return g->table[k] - 1;
  if (commutes(v.op)) { /* the same bits in either order, so one node will do */
    xnode w = v;
    w.a = v.b, w.b = v.a;
    const int j = place(g, &w);
    if (g->table[j] != 0) return g->table[j] - 1;
  }
  if (g->n >= MAXWORK) {
    g->status = WEIR_FAIL(g->ctx, WEIR_ELIMIT, "the expression needs more than %d nodes", WEIR_EXPR_MAXNODES);
    return 0;
  }
  g->node[g->n] = v;
  g->table[k] = ++g->n;
  return g->n - 1;
}

int weir_xg_number(xgraph *g, double value)
{
  return weir_xg_intern(g, (xnode){.op = OP_CONST, .value = value});
}

int weir_xg_variable(xgraph *g, int slot)
{
  return weir_xg_intern(g, (xnode){.op = OP_VAR, .a = slot});
}

int weir_xg_import(xgraph *g, const weir_expr *e, int *map)
{
  void *own = NULL;
  if (g->status != WEIR_OK) return 0;
  if (map == NULL) {
    g->status = weir_alloc(g->ctx, (size_t)e->nodes, sizeof *map, "expression", &own);
    if (g->status != WEIR_OK) return 0;
    map = own;
  }
  for (int i = 0; i < e->nodes; i++) {
    xnode v = e->node[i];
    const int arity = expr_operands(v.op);
    if (arity > 0) v.a = map[v.a];
    if (arity > 1) v.b = map[v.b];
    if (arity > 2) v.c = map[v.c];
    map[i] = weir_xg_intern(g, v);
  }
  const int root = map[e->nodes - 1];
  weir_free(own);
  return root;
}
