/* Tokens of a formula, and messages with their place in the user's file. */
#include "expr/expr_parse.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Lines and columns of the user's file. Before the first error all is ASCII, so bytes are characters. */
static void locate(const xlexer *l, const char *at, int *line, int *column)
{
  const weir_expr_where *w = l->where;
  *line = w != NULL && w->line > 0 ? w->line : 1;
  *column = w != NULL && w->column > 0 ? w->column : 1;
  for (const char *p = l->text; p < at; p++) {
    if (*p == '\n')
      (*line)++, *column = 1;
    else
      (*column)++;
  }
}

weir_status weir_xl_fail(const xlexer *l, weir_status s, const char *at, const char *fmt, ...)
{
  char what[512];
  int line, column;
  va_list args;
  va_start(args, fmt);
  (void)vsnprintf(what, sizeof what, fmt, args);
  va_end(args);
  locate(l, at, &line, &column);
  const char *file = l->where != NULL && l->where->file != NULL ? l->where->file : "expression";
  return WEIR_FAIL(l->ctx, s, "%s:%d:%d: %s", file, line, column, what);
}

static bool digit(char c)
{
  return c >= '0' && c <= '9';
}

static bool letter(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* digits [. digits] [e [sign] digits], or . digits ...; an e without digits is not part of the number */
static weir_status number(xlexer *l)
{
  const char *p = l->p;
  bool nonzero = false;
  for (; digit(*p) || *p == '.'; p++) {
    if (*p == '.' && memchr(l->p, '.', (size_t)(p - l->p)) != NULL) break;
    if (*p >= '1' && *p <= '9') nonzero = true;
  }
  if (*p == 'e' || *p == 'E') {
    const char *q = p + 1;
    if (*q == '+' || *q == '-') q++;
    if (digit(*q)) {
      while (digit(*q)) q++;
      p = q;
    }
  }
  const ptrdiff_t len = p - l->p;
  if (len > EXPR_MAXNUMBER)
    return weir_xl_fail(l, WEIR_ELIMIT, l->p, "a number of %td characters, at most %d are allowed", len,
                        EXPR_MAXNUMBER);
  char buf[EXPR_MAXNUMBER + 1];
  memcpy(buf, l->p, (size_t)len);
  buf[len] = '\0';
  WEIR_TRY(weir_xn_read(l->ctx, buf, &l->tok.value));
  if (isinf(l->tok.value)) return weir_xl_fail(l, WEIR_EFORMAT, l->p, "number %s is too large for a double", buf);
  if (nonzero && l->tok.value == 0.0)
    return weir_xl_fail(l, WEIR_EFORMAT, l->p, "number %s is too small for a double", buf);
  l->tok.kind = T_NUMBER, l->tok.len = (int)len;
  return WEIR_OK;
}

static const struct {
  char text[3];
  int op;
} operators[] = {
    {"**", OP_POW}, {"<=", OP_LE}, {">=", OP_GE}, {"==", OP_EQ}, {"!=", OP_NE},
    {"&&", OP_AND}, {"||", OP_OR}, {"+", OP_ADD}, {"-", OP_SUB}, {"*", OP_MUL},
    {"/", OP_DIV},  {"^", OP_POW}, {"<", OP_LT},  {">", OP_GT},  {"!", OP_NOT},
};

static weir_status stray(const xlexer *l)
{
  const unsigned char c = (unsigned char)*l->p;
  if (c == '=') return weir_xl_fail(l, WEIR_EFORMAT, l->p, "'=' has no meaning here, equality is '=='");
  if (c == '&' || c == '|')
    return weir_xl_fail(l, WEIR_EFORMAT, l->p, "'%c' has no meaning here, write '%c%c'", c, c, c);
  if (c > ' ' && c < 0x7F) return weir_xl_fail(l, WEIR_EFORMAT, l->p, "character '%c' has no meaning here", c);
  return weir_xl_fail(l, WEIR_EFORMAT, l->p, "byte 0x%02X has no meaning here, expected ASCII text", c);
}

weir_status weir_xl_next(xlexer *l)
{
  while (*l->p == ' ' || *l->p == '\t' || *l->p == '\n' || *l->p == '\r') l->p++;
  const char c = *l->p;
  l->tok = (xtoken){.kind = T_END, .at = l->p, .len = 0};
  if (c == '\0') return WEIR_OK;
  l->tok.len = 1;
  if (digit(c) || (c == '.' && digit(l->p[1]))) {
    WEIR_TRY(number(l));
  } else if (letter(c)) {
    const char *q = l->p;
    while (letter(*q) || digit(*q)) q++;
    l->tok.kind = T_NAME, l->tok.len = (int)(q - l->p);
  } else if (c == '(' || c == ')' || c == ',') {
    l->tok.kind = c == '(' ? T_OPEN : c == ')' ? T_CLOSE : T_COMMA;
  } else {
    size_t k = 0;
    const size_t count = sizeof operators / sizeof operators[0];
    while (k < count && strncmp(l->p, operators[k].text, strlen(operators[k].text)) != 0) k++;
    if (k == count) return stray(l);
    l->tok.kind = T_OPERATOR, l->tok.op = operators[k].op, l->tok.len = (int)strlen(operators[k].text);
  }
  l->p += l->tok.len;
  return WEIR_OK;
}
