/* JUnit XML, by hand: the strict subset of junit-10.xsd (no attribute beyond those it names, no <properties>). */
#include "report/write.h"
#include <math.h>
#include <string.h>

static void escape(weir_text *out, const char *s)
{
  weir_text t = {0};
  weir_text_clean(&t, s);
  for (const char *p = t.s; p != NULL && *p; p++) {
    switch (*p) {
    case '&': weir_text_append(out, "&amp;"); break;
    case '<': weir_text_append(out, "&lt;"); break;
    case '>': weir_text_append(out, "&gt;"); break;
    case '"': weir_text_append(out, "&quot;"); break;
    case '\'': weir_text_append(out, "&apos;"); break;
    default: weir_text_append_bytes(out, 1, p);
    }
  }
  if (t.failed) out->failed = true;
  weir_text_release(&t);
}

/* How often this check, statistic and step occurred before check i. */
static int occurrence(const weir_verdict *v, int i)
{
  const weir_check *k = &v->check[i];
  int n = 0;
  for (int j = i - 1; j >= 0 && v->check[j].step == k->step; j--)
    n += strcmp(v->check[j].check, k->check) == 0 && strcmp(v->check[j].statistic, k->statistic) == 0;
  return n;
}

static void open_case(weir_text *out, const weir_report *r, const weir_verdict *v, int i)
{
  const weir_check *k = &v->check[i];
  weir_text_append(out, "    <testcase classname=\"");
  escape(out, r->subject);
  weir_text_append(out, "\" name=\"");
  escape(out, k->check);
  weir_text_append(out, "/");
  escape(out, k->statistic);
  if (k->step < 0)
    weir_text_append(out, " @ run");
  else
    weir_text_appendf(out, " @ step %d", k->step);
  const int n = occurrence(v, i);
  if (n > 0) weir_text_appendf(out, " #%d", n + 1);
  weir_text_append(out, "\" time=\"0\"");
}

static void pair(weir_text *out, const char *name, double x)
{
  if (isnan(x)) return;
  weir_text_appendf(out, "%s ", name);
  weir_text_number(out, 6, x);
  weir_text_append(out, "\n");
}

static void failure(weir_text *out, const weir_check *k)
{
  weir_text_append(out, ">\n      <failure type=\"");
  escape(out, k->check);
  weir_text_append(out, "\" message=\"");
  escape(out, k->text);
  weir_text_append(out, "\">");
  escape(out, k->text);
  weir_text_append(out, "\nvalue ");
  weir_text_number(out, 6, k->value);
  weir_text_append(out, "\n");
  pair(out, "tolerance", k->tolerance);
  pair(out, "noise", k->noise);
  pair(out, "lower", k->lower);
  pair(out, "upper", k->upper);
  pair(out, "p", k->p);
  pair(out, "level", k->level);
  pair(out, "time", k->time);
  weir_text_append(out, "</failure>\n    </testcase>\n");
}

static void one(weir_text *out, const weir_report *r, const weir_verdict *v, int i)
{
  open_case(out, r, v, i);
  switch (v->check[i].outcome) {
  case WEIR_FAILED: failure(out, &v->check[i]); break;
  case WEIR_NOT_TESTED: weir_text_append(out, ">\n      <skipped/>\n    </testcase>\n"); break;
  case WEIR_REPORTED: break; /* left out by the caller: no test */
  case WEIR_PASS:
  case WEIR_CERTIFIED: weir_text_append(out, "/>\n"); break;
  }
}

/* The run as a test of its own: an <error>, or the certificate that was asked for and not given. */
static void whole_run(weir_text *out, const weir_report *r, const char *element)
{
  const char *said = "undecided where a certificate was required", *type = "undecided";
  if (r->exit_code == 5) said = "nothing to test", type = "nothing-to-test";
  if (r->exit_code >= 2 && r->exit_code != 5) said = "the run ended early", type = "error";
  if (r->error != NULL) said = r->error, type = weir_status_name(r->status);
  weir_text_append(out, "    <testcase classname=\"");
  escape(out, r->subject);
  weir_text_appendf(out, "\" name=\"run\" time=\"0\">\n      <%s type=\"%s\" message=\"", element, type);
  escape(out, said);
  weir_text_append(out, "\">");
  escape(out, said);
  weir_text_appendf(out, "</%s>\n    </testcase>\n", element);
}

typedef struct totals {
  int tests, failures, errors, skipped;
} totals;

static void counts(weir_text *out, const weir_report *r, const totals *n)
{
  weir_text_append(out, " name=\"weir ");
  escape(out, r->command);
  weir_text_appendf(out, "\" tests=\"%d\" failures=\"%d\" errors=\"%d\"", n->tests, n->failures, n->errors);
}

weir_status weir_report_junit(weir_ctx *ctx, const weir_report *r, weir_text *out)
{
  const weir_verdict *v = r->verdict;
  totals n = {0};
  for (int i = 0; v != NULL && i < v->n; i++) {
    n.failures += v->check[i].outcome == WEIR_FAILED;
    n.skipped += v->check[i].outcome == WEIR_NOT_TESTED;
    n.tests += v->check[i].outcome != WEIR_REPORTED;
  }
  n.errors = r->exit_code >= 2;
  const bool undecided = r->exit_code == 1 && n.failures == 0;
  n.failures += undecided;
  n.tests += n.errors + undecided;
  weir_text_append(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
  counts(out, r, &n);
  weir_text_append(out, ">\n  <testsuite");
  counts(out, r, &n);
  weir_text_appendf(out, " skipped=\"%d\" time=\"", n.skipped);
  weir_text_number(out, 6, r->has_seconds ? r->seconds : 0);
  weir_text_append(out, "\">\n");
  for (int i = 0; v != NULL && i < v->n; i++)
    if (v->check[i].outcome != WEIR_REPORTED) one(out, r, v, i);
  if (n.errors > 0) whole_run(out, r, "error");
  if (undecided) whole_run(out, r, "failure");
  weir_text_append(out, "  </testsuite>\n</testsuites>\n");
  return weir_text_check(ctx, out);
}
