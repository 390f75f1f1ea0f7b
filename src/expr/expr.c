/* Expressions: the small calls. */
#include "expr/expr_graph.h"
#include <string.h>

weir_status weir_expr_number(weir_ctx *ctx, double value, weir_expr **out)
{
  xgraph g;
  *out = NULL;
  weir_xg_begin(&g, ctx);
  const weir_status s = weir_xg_finish(&g, weir_xg_number(&g, value), out);
  weir_xg_end(&g);
  return s;
}

static weir_status check_slot(weir_ctx *ctx, int slot)
{
  WEIR_REQUIRE(slot >= 0 && slot < WEIR_EXPR_SLOTS, ctx, WEIR_EARG, "slot %d of an expression, expected 0..%d", slot,
               WEIR_EXPR_SLOTS - 1);
  return WEIR_OK;
}

weir_status weir_expr_variable(weir_ctx *ctx, int slot, weir_expr **out)
{
  xgraph g;
  *out = NULL;
  WEIR_TRY(check_slot(ctx, slot));
  weir_xg_begin(&g, ctx);
  const weir_status s = weir_xg_finish(&g, weir_xg_variable(&g, slot), out);
  weir_xg_end(&g);
  return s;
}

weir_status weir_expr_copy(weir_ctx *ctx, const weir_expr *e, weir_expr **out)
{
  void *block = NULL;
  *out = NULL;
  WEIR_TRY(weir_alloc(ctx, e->bytes, 1, "expression", &block));
  memcpy(block, e, e->bytes);
  weir_expr *c = block;
  c->node = (xnode *)(void *)((char *)block + ((const char *)e->node - (const char *)e));
  c->code = (xinstr *)(void *)((char *)block + ((const char *)e->code - (const char *)e));
  *out = c;
  return WEIR_OK;
}

void weir_expr_destroy(weir_expr **e)
{
  if (e == NULL) return;
  weir_free(*e);
  *e = NULL;
}

weir_status weir_expr_combine(weir_ctx *ctx, char op, const weir_expr *a, const weir_expr *b, weir_expr **out)
{
  static const char ops[] = "+-*/^";
  static const int code[] = {OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_POW};
  *out = NULL;
  const char *found = op != '\0' ? strchr(ops, op) : NULL;
  WEIR_REQUIRE(found != NULL, ctx, WEIR_EARG, "operator %d (a character code), expected one of %s", op, ops);
  xgraph g;
  weir_xg_begin(&g, ctx);
  const int ia = weir_xg_import(&g, a, NULL), ib = weir_xg_import(&g, b, NULL);
  const weir_status s = weir_xg_finish(&g, weir_xg_binary(&g, code[found - ops], ia, ib), out);
  weir_xg_end(&g);
  return s;
}

bool weir_expr_uses(const weir_expr *e, int slot)
{
  return slot >= 0 && slot < WEIR_EXPR_SLOTS && (e->uses >> slot & 1u) != 0;
}

bool weir_expr_is_constant(const weir_expr *e, double *value)
{
  const xnode *root = &e->node[e->nodes - 1];
  if (root->op != OP_CONST) return false;
  if (value != NULL) *value = root->value;
  return true;
}

const char *weir_expr_kink(const weir_expr *e)
{
#define ROW(name, text, value) [OP_##name] = text,
  static const char *const text[OP_END] = {[OP_IF] = "if", EXPR_UNARY(ROW) EXPR_BINARY(ROW)};
#undef ROW
  for (int i = 0; i < e->nodes; i++) switch (e->node[i].op) {
    case OP_ABS:
    case OP_SIGN:
    case OP_STEP:
    case OP_FLOOR:
    case OP_CEIL:
    case OP_MOD:
    case OP_MIN:
    case OP_MAX:
    case OP_IF:
    case OP_NOT:
    case OP_AND:
    case OP_OR:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
    case OP_EQ:
    case OP_NE: return text[e->node[i].op];
    default: break;
    }
  return NULL;
}

int weir_expr_size(const weir_expr *e)
{
  return e->nodes;
}
