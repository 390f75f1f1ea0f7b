/* The parser: top down operator precedence (Pratt 1973), straight into the graph.
 *
 *   expression(min) = operand { operator expression(...) }   while the operator binds at least as tightly as min
 *   operand         = number | name | name ( arguments ) | ( expression ) | sign expression(UNARY)
 *
 * Between two levels of nesting, which are counted and capped, expression() calls itself at most once per row of the
 * table of precedences; so the depth of the C stack is bounded whatever the text. */
#include "expr/expr_parse.h"
#include <string.h>

enum { OR = 1, AND, COMPARE, SUM, PRODUCT, UNARY, POWER };

typedef struct parser {
  xlexer l;
  xgraph g;
  const weir_expr_env *env;
  int *known; /* [env->n]: node + 1 of a parameter already put in */
  int depth;
} parser;

static weir_status expression(parser *p, int min, int *out);

static int binding(const xtoken *t)
{
  if (t->kind != T_OPERATOR) return 0;
  switch (t->op) {
  case OP_OR: return OR;
  case OP_AND: return AND;
  case OP_ADD:
  case OP_SUB: return SUM;
  case OP_MUL:
  case OP_DIV: return PRODUCT;
  case OP_POW: return POWER;
  case OP_NOT: return 0;
  default: return COMPARE;
  }
}

/* What the graph refused, with its place. */
static weir_status checked(const parser *p, weir_status s, const char *at)
{
  if (s != WEIR_ELIMIT) return s;
  return weir_xl_fail(&p->l, s, at, "%s", weir_message(p->l.ctx));
}

static weir_status deeper(parser *p)
{
  if (++p->depth > WEIR_EXPR_MAXDEPTH)
    return weir_xl_fail(&p->l, WEIR_ELIMIT, p->l.tok.at, "nested more than %d deep", WEIR_EXPR_MAXDEPTH);
  return WEIR_OK;
}

static weir_status missing_operand(const parser *p)
{
  const xtoken *t = &p->l.tok;
  if (t->kind != T_END)
    return weir_xl_fail(&p->l, WEIR_EFORMAT, t->at, "operand expected before '%.*s'", t->len, t->at);
  if (p->l.text[strspn(p->l.text, " \t\r\n")] == '\0')
    return weir_xl_fail(&p->l, WEIR_EFORMAT, p->l.text, "the expression is empty");
  return weir_xl_fail(&p->l, WEIR_EFORMAT, t->at, "operand expected, but the expression ends");
}

/* ")" that belongs to the "(" at `open`. */
static weir_status closing(parser *p, const char *open, const char *instead)
{
  const xtoken *t = &p->l.tok;
  if (t->kind == T_CLOSE) return weir_xl_next(&p->l);
  if (t->kind == T_END) return weir_xl_fail(&p->l, WEIR_EFORMAT, open, "'(' is not closed");
  return weir_xl_fail(&p->l, WEIR_EFORMAT, t->at, "%s or ')' expected before '%.*s'", instead,
                      t->len < 60 ? t->len : 60, t->at);
}

/* ------------------------------------------------------------------ names and calls */
typedef struct call {
  int arg[3], count;
} call;

static weir_status arguments(parser *p, int op, call *c)
{
  const char *open = p->l.tok.at;
  const bool any = op == OP_MIN || op == OP_MAX;
  WEIR_TRY(weir_xl_next(&p->l));
  if (p->l.tok.kind == T_CLOSE) return weir_xl_next(&p->l);
  for (;;) {
    int node = 0;
    WEIR_TRY(expression(p, 0, &node));
    if (any && c->count >= 2)
      c->arg[0] = weir_xg_binary(&p->g, op, c->arg[0], node);
    else if (c->count < 3)
      c->arg[c->count] = node;
    c->count++;
    if (any && c->count == 2) c->arg[0] = weir_xg_binary(&p->g, op, c->arg[0], c->arg[1]);
    if (p->l.tok.kind != T_COMMA) break;
    WEIR_TRY(weir_xl_next(&p->l));
  }
  return closing(p, open, "operator, ','");
}

static weir_status function(parser *p, const char *name, int op, const char *at, int *out)
{
  call c = {.count = 0};
  const int want = op == OP_MIN || op == OP_MAX ? 2 : expr_operands(op);
  if (p->l.tok.kind != T_OPEN)
    return weir_xl_fail(&p->l, WEIR_EFORMAT, at, "'%s' is a function, '(' expected after it", name);
  WEIR_TRY(deeper(p));
  WEIR_TRY(arguments(p, op, &c));
  p->depth--;
  if (op == OP_MIN || op == OP_MAX) {
    if (c.count < 2)
      return weir_xl_fail(&p->l, WEIR_EFORMAT, at, "%s takes 2 or more arguments, %d given", name, c.count);
    *out = c.arg[0];
    return checked(p, p->g.status, at);
  }
  if (c.count != want)
    return weir_xl_fail(&p->l, WEIR_EFORMAT, at, "%s takes %d argument%s, %d given", name, want, want == 1 ? "" : "s",
                        c.count);
  *out = want == 3   ? weir_xg_if(&p->g, c.arg[0], c.arg[1], c.arg[2])
         : want == 2 ? weir_xg_binary(&p->g, op, c.arg[0], c.arg[1])
                     : weir_xg_unary(&p->g, op, c.arg[0]);
  return checked(p, p->g.status, at);
}

static weir_status unknown(const parser *p, const char *name, const char *at)
{
  char best[WEIR_EXPR_MAXNAME + 1];
  weir_xe_nearest(p->env, name, best);
  if (best[0] == '\0') return weir_xl_fail(&p->l, WEIR_EFORMAT, at, "unknown name '%s'", name);
  return weir_xl_fail(&p->l, WEIR_EFORMAT, at, "unknown name '%s' (did you mean '%s'?)", name, best);
}

static int inlined(parser *p, const xname *v, int index)
{
  if (p->known[index] == 0) p->known[index] = weir_xg_import(&p->g, v->e, NULL) + 1;
  return p->known[index] - 1;
}

static weir_status named(parser *p, int *out)
{
  char name[WEIR_EXPR_MAXNAME + 1];
  int index;
  const xtoken t = p->l.tok;
  if (t.len > WEIR_EXPR_MAXNAME) return weir_xl_fail(&p->l, WEIR_EFORMAT, t.at, "unknown name '%.60s...'", t.at);
  memcpy(name, t.at, (size_t)t.len);
  name[t.len] = '\0';
  const xname v = weir_xe_look(p->env, name, &index);
  if (v.kind == NAME_NONE) return unknown(p, name, t.at);
  WEIR_TRY(weir_xl_next(&p->l));
  if (v.kind == NAME_FUNCTION) return function(p, name, v.op, t.at, out);
  if (p->l.tok.kind == T_OPEN)
    return weir_xl_fail(&p->l, WEIR_EFORMAT, t.at, "'%s' is not a function (a product needs '*')", name);
  *out = v.kind == NAME_VARIABLE   ? weir_xg_variable(&p->g, v.slot)
         : v.kind == NAME_CONSTANT ? weir_xg_number(&p->g, v.value)
                                   : inlined(p, &v, index);
  return checked(p, p->g.status, t.at);
}

/* ------------------------------------------------------------------ operands and operators */
static weir_status prefixed(parser *p, int *out)
{
  const xtoken t = p->l.tok;
  WEIR_TRY(deeper(p));
  WEIR_TRY(weir_xl_next(&p->l));
  WEIR_TRY(expression(p, UNARY, out));
  p->depth--;
  if (t.op != OP_ADD) *out = weir_xg_unary(&p->g, t.op == OP_SUB ? OP_NEG : OP_NOT, *out);
  return checked(p, p->g.status, t.at);
}

static weir_status operand(parser *p, int *out)
{
  const xtoken t = p->l.tok;
  switch (t.kind) {
  case T_NUMBER:
    *out = weir_xg_number(&p->g, t.value);
    WEIR_TRY(checked(p, p->g.status, t.at));
    return weir_xl_next(&p->l);
  case T_NAME: return named(p, out);
  case T_OPEN:
    WEIR_TRY(deeper(p));
    WEIR_TRY(weir_xl_next(&p->l));
    WEIR_TRY(expression(p, 0, out));
    p->depth--;
    return closing(p, t.at, "operator");
  case T_OPERATOR:
    if (t.op == OP_SUB || t.op == OP_ADD || t.op == OP_NOT) return prefixed(p, out);
    return missing_operand(p);
  default: return missing_operand(p);
  }
}

static weir_status expression(parser *p, int min, int *out)
{
  bool compared = false;
  WEIR_TRY(operand(p, out));
  for (;;) {
    const xtoken t = p->l.tok;
    const int level = binding(&t);
    int right = 0;
    if (level == 0 || level < min) return WEIR_OK;
    if (level == COMPARE && compared)
      return weir_xl_fail(&p->l, WEIR_EFORMAT, t.at,
                          "comparisons do not chain, join them with '&&' or use parentheses");
    compared = level == COMPARE;
    WEIR_TRY(weir_xl_next(&p->l));
    if (level == POWER) WEIR_TRY(deeper(p));
    WEIR_TRY(expression(p, level == POWER ? POWER : level + 1, &right));
    if (level == POWER) p->depth--;
    *out = weir_xg_binary(&p->g, t.op, *out, right);
    WEIR_TRY(checked(p, p->g.status, t.at));
  }
}

static weir_status whole(parser *p, weir_expr **out)
{
  int root = 0;
  WEIR_TRY(weir_xl_next(&p->l));
  WEIR_TRY(expression(p, 0, &root));
  const xtoken *t = &p->l.tok;
  const int len = t->len < 60 ? t->len : 60;
  if (t->kind == T_CLOSE) return weir_xl_fail(&p->l, WEIR_EFORMAT, t->at, "')' without a '('");
  if (t->kind == T_COMMA) return weir_xl_fail(&p->l, WEIR_EFORMAT, t->at, "',' outside the arguments of a function");
  if (t->kind != T_END) return weir_xl_fail(&p->l, WEIR_EFORMAT, t->at, "operator expected before '%.*s'", len, t->at);
  return checked(p, weir_xg_finish(&p->g, root, out), p->l.text);
}

weir_status weir_expr_parse(weir_ctx *ctx, const char *text, const weir_expr_where *where, const weir_expr_env *env,
                            weir_expr **out)
{
  parser p = {.l = {.ctx = ctx, .text = text, .p = text, .where = where}, .env = env};
  void *known = NULL;
  *out = NULL;
  if (strnlen(text, WEIR_EXPR_MAXTEXT + 1) > WEIR_EXPR_MAXTEXT)
    return weir_xl_fail(&p.l, WEIR_ELIMIT, text, "the expression has more than %d bytes", WEIR_EXPR_MAXTEXT);
  WEIR_TRY(weir_alloc(ctx, env != NULL ? (size_t)env->n : 0, sizeof(int), "names of an expression", &known));
  p.known = known;
  weir_xg_begin(&p.g, ctx);
  const weir_status s = p.g.status != WEIR_OK ? p.g.status : whole(&p, out);
  weir_xg_end(&p.g);
  weir_free(known);
  return s;
}
