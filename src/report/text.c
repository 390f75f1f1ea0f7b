/* A growing text. Failure is sticky, so that writers need no status after every word. */
#include <weir/report.h>
#include "report/write.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

weir_status weir_text_create(weir_ctx *ctx, weir_text **t)
{
  void *p = NULL;
  *t = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof **t, "text", &p));
  weir_text *x = p;
  x->room = 256;
  x->s = malloc(x->room);
  if (x->s == NULL) {
    weir_free(x);
    return WEIR_FAIL(ctx, WEIR_ENOMEM, "text: no memory");
  }
  x->s[0] = '\0';
  *t = x;
  return WEIR_OK;
}

void weir_text_destroy(weir_text **t)
{
  if (t == NULL || *t == NULL) return;
  free((*t)->s);
  weir_free(*t);
  *t = NULL;
}

void weir_text_release(weir_text *t)
{
  free(t->s);
  *t = (weir_text){0};
}

weir_status weir_text_check(weir_ctx *ctx, const weir_text *t)
{
  WEIR_REQUIRE(!t->failed, ctx, WEIR_ENOMEM, "text: no memory after %zu bytes", t->len);
  return WEIR_OK;
}

/* Room for n more bytes and the NUL. */
static bool reserve(weir_text *t, size_t n)
{
  if (t->failed) return false;
  if (n < t->room - t->len) return true;
  size_t want = 0;
  if (__builtin_add_overflow(t->len, n, &want) || want > SIZE_MAX / 4) {
    t->failed = true;
    return false;
  }
  const size_t room = want + want / 2 + 64;
  char *s = realloc(t->s, room);
  if (s == NULL) {
    t->failed = true;
    return false;
  }
  t->s = s;
  t->room = room;
  return true;
}

void weir_text_append_bytes(weir_text *t, size_t len, const char *s)
{
  if (!reserve(t, len)) return;
  if (len > 0) memcpy(t->s + t->len, s, len);
  t->len += len;
  t->s[t->len] = '\0';
}

void weir_text_append(weir_text *t, const char *s)
{
  if (s != NULL) weir_text_append_bytes(t, strlen(s), s);
}

void weir_text_appendf(weir_text *t, const char *fmt, ...)
{
  va_list ap;
  va_start(ap, fmt);
  const int n = vsnprintf(NULL, 0, fmt, ap);
  va_end(ap);
  if (n < 0) {
    t->failed = true;
    return;
  }
  if (!reserve(t, (size_t)n)) return;
  va_start(ap, fmt);
  (void)vsnprintf(t->s + t->len, (size_t)n + 1, fmt, ap);
  va_end(ap);
  t->len += (size_t)n;
}

/* The decimal point of a locale may be any bytes: whatever is no part of a C number is it. */
char *weir_number_text(char buf[WEIR_NUMBER_ROOM], int digits, double x)
{
  if (!isfinite(x)) {
    (void)snprintf(buf, WEIR_NUMBER_ROOM, "%s", isnan(x) ? "nan" : x > 0 ? "inf" : "-inf");
    return buf;
  }
  char raw[WEIR_NUMBER_ROOM];
  (void)snprintf(raw, sizeof raw, "%.*g", digits < 1 ? 1 : digits > 17 ? 17 : digits, x);
  char *out = buf;
  for (const char *p = raw; *p; p++) {
    if (strchr("0123456789+-e", *p) != NULL)
      *out++ = *p;
    else if (out == buf || out[-1] != '.')
      *out++ = '.';
  }
  *out = '\0';
  return buf;
}

void weir_text_number(weir_text *t, int digits, double x)
{
  char buf[WEIR_NUMBER_ROOM];
  weir_text_append(t, weir_number_text(buf, digits, x));
}

/* Length of the well-formed UTF-8 sequence at s, 0 if malformed (Unicode 15, table 3-7). */
static size_t utf8_length(const unsigned char *s)
{
  if (s[0] < 0x80) return 1;
  if (s[0] < 0xc2 || s[0] > 0xf4) return 0;
  const size_t n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
  const unsigned char lo = s[0] == 0xe0 ? 0xa0 : s[0] == 0xf0 ? 0x90 : 0x80;
  const unsigned char hi = s[0] == 0xed ? 0x9f : s[0] == 0xf4 ? 0x8f : 0xbf;
  if (s[1] < lo || s[1] > hi) return 0;
  for (size_t i = 2; i < n; i++)
    if ((s[i] & 0xc0) != 0x80) return 0;
  return n;
}

void weir_text_clean(weir_text *t, const char *s)
{
  if (s == NULL) return;
  const unsigned char *p = (const unsigned char *)s;
  while (*p) {
    const size_t n = utf8_length(p);
    /* C0, DEL, C1 (U+0080..9F: some terminals obey them), U+FFFE and U+FFFF (no XML characters) */
    const bool control = (n == 1 && (*p < 0x20 || *p == 0x7f)) || (n == 2 && p[0] == 0xc2 && p[1] < 0xa0) ||
                         (n == 3 && p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe);
    if (n == 0 || control)
      weir_text_append_bytes(t, 1, "?");
    else
      weir_text_append_bytes(t, n, (const char *)p);
    p += n == 0 ? 1 : n;
  }
}

int weir_text_columns(const char *s)
{
  int n = 0;
  for (; *s; s++) n += ((unsigned char)*s & 0xc0) != 0x80;
  return n;
}

/* Bytes of the first `columns` code points of s. */
static size_t prefix(const char *s, size_t len, int columns)
{
  size_t i = 0;
  while (i < len) {
    if (((unsigned char)s[i] & 0xc0) != 0x80 && columns-- == 0) break;
    i++;
  }
  return i;
}

static int columns_of(const char *s, size_t len)
{
  int n = 0;
  for (size_t i = 0; i < len; i++) n += ((unsigned char)s[i] & 0xc0) != 0x80;
  return n;
}

void weir_text_wrap(weir_text *t, int width, int at, int indent, const char *s)
{
  bool fresh = true; /* nothing but indentation on this line */
  while (*s) {
    if (*s == ' ') {
      s++;
      continue;
    }
    size_t len = strcspn(s, " ");
    const int blank = fresh ? 0 : 1;
    if (at + blank + columns_of(s, len) > width && !(fresh && at <= indent)) {
      weir_text_appendf(t, "\n%*s", indent, "");
      at = indent;
      fresh = true;
      continue;
    }
    if (!fresh) weir_text_append(t, " ");
    if (at + blank + columns_of(s, len) > width) len = prefix(s, len, width - at - blank);
    weir_text_append_bytes(t, len, s);
    at += blank + columns_of(s, len);
    s += len;
    fresh = false;
  }
  weir_text_append(t, "\n");
}
