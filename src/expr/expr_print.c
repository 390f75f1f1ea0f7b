/* The formula as text, with the parentheses that reading it back needs and no others.
 *
 * A stack of pieces still to be written takes the place of recursion. Shared nodes are written wherever they are used,
 * so the text may be exponentially longer than the graph: its length is capped. */
#include "expr/expr_parse.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* How tightly a text binds; as in expr_parse.c. */
enum { OR = 1, AND, COMPARE, SUM, PRODUCT, UNARY, POWER, ATOM };

static const char *const texts[] = {[OP_CONST] = "",
                                    [OP_VAR] = "",
                                    [OP_POWI] = "^",
                                    [OP_IF] = "if",
#define TEXT(name, text, value) [OP_##name] = (text),
                                    EXPR_UNARY(TEXT) EXPR_BINARY(TEXT)
#undef TEXT
};

typedef struct piece {
  const char *text; /* or NULL: */
  int exponent;     /* "^n"; or 0: */
  int node, min;    /* the node, in parentheses if it binds less tightly than min */
} piece;

typedef struct printer {
  const weir_expr *e;
  const char *const *names;
  piece *stack;
  int top;
  char *buf;
  size_t len;
  bool full;
} printer;

static int binding(const xnode *v)
{
  switch (v->op) {
  case OP_CONST: return isfinite(v->value) && signbit(v->value) ? UNARY : ATOM;
  case OP_OR: return OR;
  case OP_AND: return AND;
  case OP_LT:
  case OP_LE:
  case OP_GT:
  case OP_GE:
  case OP_EQ:
  case OP_NE: return COMPARE;
  case OP_ADD:
  case OP_SUB: return SUM;
  case OP_MUL:
  case OP_DIV: return PRODUCT;
  case OP_NEG:
  case OP_NOT: return UNARY;
  case OP_POW:
  case OP_POWI: return POWER;
  default: return ATOM;
  }
}

static void put(printer *p, const char *s)
{
  const size_t n = strlen(s);
  if (p->len + n > WEIR_EXPR_MAXTEXT) {
    p->full = true;
    return;
  }
  memcpy(p->buf + p->len, s, n + 1);
  p->len += n;
}

static void push_text(printer *p, const char *s)
{
  p->stack[p->top++] = (piece){.text = s};
}

static void push_node(printer *p, int node, int min)
{
  p->stack[p->top++] = (piece){.node = node, .min = min};
}

static weir_status leaf(printer *p, weir_ctx *ctx, const xnode *v)
{
  char buf[32];
  if (v->op == OP_CONST) {
    if (isnan(v->value))
      (void)snprintf(buf, sizeof buf, "(0/0)");
    else if (isinf(v->value))
      (void)snprintf(buf, sizeof buf, v->value > 0.0 ? "(1/0)" : "(-1/0)");
    else
      WEIR_TRY(weir_xn_write(ctx, v->value, buf));
    put(p, buf);
    return WEIR_OK;
  }
  const char *name = p->names != NULL ? p->names[v->a] : NULL;
  (void)snprintf(buf, sizeof buf, "x%d", v->a);
  put(p, name != NULL ? name : buf);
  return WEIR_OK;
}

/* Pieces go on the stack last first. */
static void call(printer *p, const xnode *v, int arity)
{
  const int kid[3] = {v->a, v->b, v->c};
  push_text(p, ")");
  for (int k = arity - 1; k >= 0; k--) {
    push_node(p, kid[k], 0);
    if (k > 0) push_text(p, ", ");
  }
  push_text(p, "(");
  push_text(p, texts[v->op]);
}

static void infix(printer *p, const xnode *v, int level)
{
  const bool right = v->op == OP_POW; /* associates to the right; its right operand may be signed */
  push_node(p, v->b, right ? UNARY : level + 1);
  if (level < PRODUCT) push_text(p, " ");
  push_text(p, texts[v->op]);
  if (level < PRODUCT) push_text(p, " ");
  push_node(p, v->a, right || level == COMPARE ? level + 1 : level);
}

static weir_status node(printer *p, weir_ctx *ctx, piece t)
{
  const xnode *v = &p->e->node[t.node];
  const int level = binding(v), arity = expr_operands(v->op);
  if (level < t.min) {
    push_text(p, ")");
    push_node(p, t.node, 0);
    push_text(p, "(");
    return WEIR_OK;
  }
  if (arity == 0) return leaf(p, ctx, v);
  if (v->op == OP_POWI) {
    p->stack[p->top++] = (piece){.exponent = v->b};
    push_node(p, v->a, ATOM);
    return WEIR_OK;
  }
  if (level == ATOM) {
    call(p, v, arity);
  } else if (arity == 1) {
    push_node(p, v->a, UNARY);
    push_text(p, texts[v->op]);
  } else {
    infix(p, v, level);
  }
  return WEIR_OK;
}

static weir_status write_all(printer *p, weir_ctx *ctx)
{
  push_node(p, p->e->nodes - 1, 0);
  while (p->top > 0) {
    const piece t = p->stack[--p->top];
    if (t.text != NULL) {
      put(p, t.text);
    } else if (t.exponent != 0) {
      char buf[16];
      (void)snprintf(buf, sizeof buf, "^%d", t.exponent);
      put(p, buf);
    } else {
      WEIR_TRY(node(p, ctx, t));
    }
    WEIR_REQUIRE(!p->full, ctx, WEIR_ELIMIT, "the expression is longer than %d bytes as text", WEIR_EXPR_MAXTEXT);
  }
  return WEIR_OK;
}

weir_status weir_expr_print(weir_ctx *ctx, const weir_expr *e, const char *const slot_names[], char **text)
{
  void *stack = NULL, *buf = NULL;
  *text = NULL;
  /* A node leaves at most 8 pieces behind, on a path no longer than the graph: f(a, b, c), in parentheses 2 more. */
  weir_status s = weir_alloc(ctx, 10 * (size_t)e->nodes, sizeof(piece), "printed expression", &stack);
  if (s == WEIR_OK) s = weir_alloc(ctx, WEIR_EXPR_MAXTEXT + 1, 1, "printed expression", &buf);
  if (s == WEIR_OK) {
    printer p = {.e = e, .names = slot_names, .stack = stack, .buf = buf};
    s = write_all(&p, ctx);
  }
  if (s == WEIR_OK) s = weir_strdup(ctx, buf, text);
  weir_free(stack);
  weir_free(buf);
  return s;
}
