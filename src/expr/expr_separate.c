/* e = g * u, g of one slot alone, u without it: one forward pass that gives each node its pair (g, u), if it has one.
 *
 *   without the slot        (1, v)
 *   a b, a/b, -a, a^n, |a|  from the pairs of a and b, since (g1 u1)(g2 u2) = (g1 g2)(u1 u2), ...
 *   a + b                   same g: (g, u1 + u2);  same u: (g1 + g2, u)       ("same" = one node, by hash consing)
 *   if(c, a, b)             same g and c without the slot: (g, if(c, u1, u2)); same u and c of the slot alone:
 *                           (if(c, g1, g2), u)
 *   else, of the slot alone (v, 1)
 *   else                    none
 * Products come before "of the slot alone", so constant factors always end in u and equal g meet. */
#include "expr/expr_graph.h"

typedef struct pair {
  int g, u; /* g < 0: none */
} pair;

typedef struct search {
  xgraph *x;
  pair *pair;     /* [nodes] */
  unsigned *uses; /* [nodes]: slots below the node */
  unsigned bit;   /* the slot */
} search;

static bool without(const search *s, int i)
{
  return (s->uses[i] & s->bit) == 0;
}

static bool alone(const search *s, int i)
{
  return (s->uses[i] & ~s->bit) == 0;
}

static pair apply(xgraph *x, int op, pair a, pair b)
{
  return (pair){weir_xg_binary(x, op, a.g, b.g), weir_xg_binary(x, op, a.u, b.u)};
}

static pair sum(xgraph *x, int op, pair a, pair b)
{
  if (a.g == b.g) return (pair){a.g, weir_xg_binary(x, op, a.u, b.u)};
  if (a.u == b.u) return (pair){weir_xg_binary(x, op, a.g, b.g), a.u};
  return (pair){-1, -1};
}

static pair branches(const search *s, int c, pair a, pair b)
{
  if (a.g == b.g && without(s, c)) return (pair){a.g, weir_xg_if(s->x, c, a.u, b.u)};
  if (a.u == b.u && alone(s, c)) return (pair){weir_xg_if(s->x, c, a.g, b.g), a.u};
  return (pair){-1, -1};
}

/* By the structure of the node, or none. */
static pair structural(const search *s, const xnode *v)
{
  const pair no = {-1, -1};
  xgraph *x = s->x;
  const int arity = expr_operands(v->op);
  const pair a = arity > 0 ? s->pair[v->a] : no, b = arity > 1 ? s->pair[v->b] : no;
  if (v->op == OP_IF) return b.g < 0 || s->pair[v->c].g < 0 ? no : branches(s, v->a, b, s->pair[v->c]);
  if (a.g < 0 || (arity > 1 && b.g < 0)) return no;
  switch (v->op) {
  case OP_MUL:
  case OP_DIV: return apply(x, v->op, a, b);
  case OP_ADD:
  case OP_SUB: return sum(x, v->op, a, b);
  case OP_NEG: return (pair){a.g, weir_xg_unary(x, OP_NEG, a.u)};
  case OP_ABS: return (pair){weir_xg_unary(x, OP_ABS, a.g), weir_xg_unary(x, OP_ABS, a.u)};
  case OP_POWI: return (pair){weir_xg_powi(x, a.g, v->b), weir_xg_powi(x, a.u, v->b)};
  default: return no;
  }
}

static void visit(search *s, int i)
{
  const xnode v = s->x->node[i]; /* a copy: the array may move */
  const int arity = expr_operands(v.op);
  s->uses[i] = v.op == OP_VAR ? 1u << v.a : 0;
  if (arity > 0) s->uses[i] |= s->uses[v.a];
  if (arity > 1) s->uses[i] |= s->uses[v.b];
  if (arity > 2) s->uses[i] |= s->uses[v.c];
  const int one = weir_xg_number(s->x, 1.0);
  if (without(s, i)) {
    s->pair[i] = (pair){one, i};
    return;
  }
  s->pair[i] = structural(s, &v);
  if (s->pair[i].g < 0 && alone(s, i)) s->pair[i] = (pair){i, one};
}

static weir_status finish(xgraph *x, pair r, bool *ok, weir_expr **g, weir_expr **u)
{
  weir_expr *first = NULL;
  WEIR_TRY(x->status);
  if (r.g < 0) return WEIR_OK;
  WEIR_TRY(weir_xg_finish(x, r.g, &first));
  const weir_status s = weir_xg_finish(x, r.u, u);
  if (s != WEIR_OK) {
    weir_expr_destroy(&first);
    return s;
  }
  *g = first, *ok = true;
  return WEIR_OK;
}

weir_status weir_expr_separate(weir_ctx *ctx, const weir_expr *e, int slot, bool *ok, weir_expr **g, weir_expr **u)
{
  void *pairs = NULL, *uses = NULL;
  xgraph x;
  *g = *u = NULL, *ok = false;
  WEIR_REQUIRE(slot >= 0 && slot < WEIR_EXPR_SLOTS, ctx, WEIR_EARG, "slot %d of an expression, expected 0..%d", slot,
               WEIR_EXPR_SLOTS - 1);
  weir_xg_begin(&x, ctx);
  const int root = weir_xg_import(&x, e, NULL), n = root + 1;
  weir_status s = x.status;
  if (s == WEIR_OK) s = weir_alloc(ctx, (size_t)n, sizeof(pair), "separation", &pairs);
  if (s == WEIR_OK) s = weir_alloc(ctx, (size_t)n, sizeof(unsigned), "separation", &uses);
  if (s == WEIR_OK) {
    search f = {.x = &x, .pair = pairs, .uses = uses, .bit = 1u << slot};
    for (int i = 0; i < n && x.status == WEIR_OK; i++) visit(&f, i);
    s = finish(&x, f.pair[root], ok, g, u);
  }
  weir_free(pairs);
  weir_free(uses);
  weir_xg_end(&x);
  return s;
}
