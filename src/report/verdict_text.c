/* The verdict on one screen. */
#include "report/screen.h"
#include <stdio.h>
#include <string.h>

static void defaults(weir_screen *s, const weir_report_style *style)
{
  const weir_report_style none = {0};
  if (style == NULL) style = &none;
  s->colour = style->colour;
  s->width = style->width == 0 ? 100 : style->width;
  s->max_failures = style->max_failures == 0 ? 6 : style->max_failures;
  s->max_rows = style->max_rows == 0 ? 12 : style->max_rows;
  s->report_path = style->report_path;
}

void weir_screen_word(const weir_screen *s, weir_text *out, weir_outcome o, const char *word)
{
  const char *on = o == WEIR_FAILED ? "\033[1;31m" : o == WEIR_CERTIFIED ? "\033[32m" : o == WEIR_PASS ? "" : "\033[2m";
  const bool paint = s->colour && on[0] != '\0';
  if (paint) weir_text_append(out, on);
  weir_text_append(out, word);
  if (paint) weir_text_append(out, "\033[0m");
}

static const char *headline_word(const weir_report *r, weir_outcome *o)
{
  *o = r->verdict != NULL ? r->verdict->outcome : WEIR_NOT_TESTED;
  if (r->exit_code == 5) return "NOTHING TO TEST";
  if (r->exit_code >= 2) {
    *o = WEIR_FAILED;
    return "ERROR";
  }
  if (r->exit_code == 1) *o = WEIR_FAILED; /* also: undecided where a certificate was required */
  switch (*o) {
  case WEIR_FAILED: return "FAIL";
  case WEIR_CERTIFIED: return "CERTIFIED";
  case WEIR_PASS: return "PASS";
  case WEIR_REPORTED:
  case WEIR_NOT_TESTED: break;
  }
  return "NOT TESTED";
}

static void headline(const weir_screen *s, const weir_report *r, weir_text *out)
{
  weir_text words = {0}, *const line = &words;
  weir_outcome o = WEIR_NOT_TESTED;
  const char *word = headline_word(r, &o);
  const weir_verdict *v = r->verdict;
  weir_screen_word(s, out, o, word);
  weir_text_append(out, " ");
  weir_text_clean(line, r->command);
  weir_text_append(line, " ");
  weir_text_clean(line, r->subject);
  if (v != NULL) {
    weir_text_append(line, " (reference ");
    weir_text_clean(line, v->reference);
    weir_text_appendf(line, ") N=%lld, %d step%s, eps=", (long long)v->particles, v->steps, v->steps == 1 ? "" : "s");
    weir_text_number(line, 4, v->eps);
    weir_text_append(line, ", alpha=");
    weir_text_number(line, 4, v->alpha);
  }
  if (r->has_seconds) {
    weir_text_append(line, ", ");
    weir_text_number(line, 3, r->seconds);
    weir_text_append(line, " s");
  }
  if (line->failed)
    out->failed = true;
  else
    weir_text_wrap(out, s->width, (int)strlen(word) + 1, 5, line->s);
  weir_text_release(line);
  if (r->error != NULL) weir_screen_say(s, out, 2, r->error);
  if (v != NULL && r->exit_code == 1 && v->outcome != WEIR_FAILED)
    weir_screen_say(s, out, 2, "No check failed, but nothing less than a certificate was asked for.");
}

void weir_screen_say(const weir_screen *s, weir_text *out, int indent, const char *sentence)
{
  weir_text t = {0};
  weir_text_clean(&t, sentence);
  weir_text_appendf(out, "%*s", indent, "");
  if (t.failed)
    out->failed = true;
  else
    weir_text_wrap(out, s->width, indent, indent, t.s == NULL ? "" : t.s);
  weir_text_release(&t);
}

/* Bytes a POSIX shell takes as they are. */
static bool plain(const char *a)
{
  return *a != '\0' && a[strspn(a, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=,+%@-")] == '\0';
}

static void quote(weir_text *t, const char *a)
{
  if (plain(a)) {
    weir_text_append(t, a);
    return;
  }
  weir_text clean = {0};
  weir_text_clean(&clean, a);
  if (clean.s != NULL && strcmp(clean.s, a) != 0) { /* bytes that no terminal should see: $'..' with octal escapes */
    weir_text_append(t, "$'");
    for (const unsigned char *p = (const unsigned char *)a; *p; p++)
      weir_text_appendf(t, *p < 0x20 || *p >= 0x7f || *p == '\'' || *p == '\\' ? "\\%03o" : "%c", *p);
    weir_text_append(t, "'");
    if (clean.failed) t->failed = true;
    weir_text_release(&clean);
    return;
  }
  weir_text_append(t, "'");
  for (const char *p = clean.s; p != NULL && *p; p++)
    if (*p == '\'')
      weir_text_append(t, "'\\''");
    else
      weir_text_append_bytes(t, 1, p);
  weir_text_append(t, "'");
  if (clean.failed) t->failed = true;
  weir_text_release(&clean);
}

/* One argument of the command line, on a new line (after a backslash) if it does not fit. */
static int argument(const weir_screen *s, weir_text *out, int at, const char *a)
{
  weir_text q = {0};
  quote(&q, a);
  const int n = q.s == NULL ? 0 : weir_text_columns(q.s);
  if (at > 10 && at + 1 + n + 2 > s->width) {
    weir_text_append(out, " \\\n        ");
    at = 8;
  }
  weir_text_append(out, at == 8 ? "" : " ");
  at += n + (at == 8 ? 0 : 1);
  weir_text_append(out, q.s);
  if (q.failed) out->failed = true;
  weir_text_release(&q);
  return at;
}

static void rerun(const weir_screen *s, const weir_report *r, weir_text *out)
{
  if (r->argc < 1 || r->argv == NULL) return;
  weir_text_append(out, "rerun:");
  int at = 6;
  bool seeded = false;
  for (int i = 0; i < r->argc; i++)
    seeded = seeded || strcmp(r->argv[i], "--seed") == 0 || strncmp(r->argv[i], "--seed=", 7) == 0;
  seeded = seeded || r->verdict == NULL;
  char seed[32] = "";
  if (!seeded) (void)snprintf(seed, sizeof seed, "--seed=%llu", (unsigned long long)r->verdict->seed);
  for (int i = 0; i < r->argc; i++) {
    if (!seeded && strcmp(r->argv[i], "--") == 0) { /* what follows is no option */
      at = argument(s, out, at, seed);
      seeded = true;
    }
    at = argument(s, out, at, r->argv[i]);
  }
  if (!seeded) (void)argument(s, out, at, seed);
  weir_text_append(out, "\n");
}

weir_status weir_report_text(weir_ctx *ctx, const weir_report *r, const weir_report_style *style, weir_text *out)
{
  weir_screen s;
  defaults(&s, style);
  WEIR_REQUIRE(s.width >= 60 && s.width <= 200, ctx, WEIR_EARG, "width = %d: 60 to 200 columns expected", s.width);
  headline(&s, r, out);
  if (r->verdict != NULL && r->verdict->n > 0) {
    WEIR_TRY(weir_screen_steps(ctx, &s, r->verdict, out));
    WEIR_TRY(weir_screen_failures(ctx, &s, r->verdict, out));
    WEIR_TRY(weir_screen_open_ends(ctx, &s, r->verdict, out));
  }
  rerun(&s, r, out);
  return weir_text_check(ctx, out);
}
