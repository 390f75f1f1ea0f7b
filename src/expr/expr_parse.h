/* expr_parse.h - names, tokens and messages: what the parser is made of. */
#ifndef WEIR_EXPR_PARSE_H
#define WEIR_EXPR_PARSE_H

#include "expr/expr_graph.h"

/* -------- expr_env.c */
typedef enum xkind { NAME_NONE, NAME_VARIABLE, NAME_CONSTANT, NAME_PARAMETER, NAME_FUNCTION } xkind;

typedef struct xname {
  char name[WEIR_EXPR_MAXNAME + 1];
  xkind kind;
  int slot;     /* variable */
  double value; /* constant */
  weir_expr *e; /* parameter, owned */
  int op;       /* function */
} xname;

struct weir_expr_env {
  xname *name;
  int n, room;
};

/* What `name` is: kind NAME_NONE if nothing. *index is its place in env, -1 for a built-in name. */
xname weir_xe_look(const weir_expr_env *env, const char *name, int *index);
/* The known name nearest to `name`, if near enough to be a slip; else "". */
void weir_xe_nearest(const weir_expr_env *env, const char *name, char best[WEIR_EXPR_MAXNAME + 1]);

/* -------- expr_lex.c */
typedef enum xtoken_kind { T_END, T_NUMBER, T_NAME, T_OPERATOR, T_OPEN, T_CLOSE, T_COMMA } xtoken_kind;

typedef struct xtoken {
  xtoken_kind kind;
  const char *at;
  int len;
  double value; /* T_NUMBER */
  int op;       /* T_OPERATOR: an expr_op; '-' is OP_SUB */
} xtoken;

typedef struct xlexer {
  weir_ctx *ctx;
  const char *text, *p; /* whole text, next byte */
  const weir_expr_where *where;
  xtoken tok; /* the current token */
} xlexer;

/* Step to the next token. */
weir_status weir_xl_next(xlexer *l);
/* Fail with "FILE:LINE:COLUMN: ..." for the place `at` in the text. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
weir_status
weir_xl_fail(const xlexer *l, weir_status s, const char *at, const char *fmt, ...);

/* -------- expr_number.c: decimal numbers, whatever the locale of the process */
enum { EXPR_MAXNUMBER = 127 };
/* The double nearest to the digits in s (checked by the lexer). */
weir_status weir_xn_read(weir_ctx *ctx, const char *s, double *value);
/* The fewest digits, at most 17, that read as v again; v finite. */
weir_status weir_xn_write(weir_ctx *ctx, double v, char buf[32]);

#endif
