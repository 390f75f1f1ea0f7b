/* Blocks of failed checks, and what stayed open. Failures of one statistic at several steps are one block. */
#include "report/screen.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All failures of one (check, statistic). */
typedef struct group {
  const weir_check *worst;
  int first, count; /* index of the first failure in the verdict, number of failures */
  int rank;         /* groups of the same check that are worse */
} group;

static bool same(const weir_check *a, const weir_check *b)
{
  return strcmp(a->check, b->check) == 0 && strcmp(a->statistic, b->statistic) == 0;
}

static int gather(const weir_verdict *v, group *g)
{
  int n = 0;
  for (int i = 0; i < v->n; i++) {
    const weir_check *k = &v->check[i];
    if (k->outcome != WEIR_FAILED) continue;
    int j = 0;
    while (j < n && !same(g[j].worst, k)) j++;
    if (j == n)
      g[n++] = (group){.worst = k, .first = i, .count = 1};
    else {
      if (weir_check_worse(k, g[j].worst)) g[j].worst = k;
      g[j].count++;
    }
  }
  return n;
}

static int by_distance(const void *pa, const void *pb)
{
  const group *a = pa, *b = pb;
  if (weir_check_worse(a->worst, b->worst)) return -1;
  if (weir_check_worse(b->worst, a->worst)) return 1;
  return (a->first > b->first) - (a->first < b->first);
}

/* Every check is heard once before one is heard twice. */
static int by_rank(const void *pa, const void *pb)
{
  const group *a = pa, *b = pb;
  return a->rank != b->rank ? (a->rank > b->rank) - (a->rank < b->rank) : by_distance(pa, pb);
}

static void labelled(weir_text *t, const char *label, double x, int digits)
{
  if (isnan(x)) return;
  weir_text_append(t, label);
  weir_text_number(t, digits, x);
}

/* "fails at steps 1-4, 7" */
static void steps(weir_text *t, const weir_verdict *v, const group *g)
{
  if (g->count < 2) return;
  weir_text_append(t, ", fails at steps ");
  const char *comma = "";
  for (int i = g->first, from = -2, to = -2; i <= v->n; i++) {
    const bool end = i == v->n;
    if (!end && (v->check[i].outcome != WEIR_FAILED || !same(&v->check[i], g->worst))) continue;
    const int k = end ? -2 : v->check[i].step;
    if (!end && from != -2 && (k == to || k == to + 1)) {
      to = k;
      continue;
    }
    if (from != -2) {
      weir_text_appendf(t, from == to ? "%s%d" : "%s%d-%d", comma, from, to);
      comma = ", ";
    }
    from = to = k;
  }
}

static void numbers(weir_text *t, const weir_check *k)
{
  weir_text_append(t, "value ");
  weir_text_number(t, 4, k->value);
  if (!isnan(k->lower) || !isnan(k->upper)) {
    weir_text_append(t, " [");
    weir_text_number(t, 3, k->lower);
    weir_text_append(t, ", ");
    weir_text_number(t, 3, k->upper);
    weir_text_append(t, "]");
  }
  labelled(t, ", tolerance ", k->tolerance, 4);
  if (k->noise == 0.0) weir_text_append(t, ", no sampling noise");
  if (k->noise > 0.0) labelled(t, ", noise alone gives ", k->noise, 3);
  if (k->noise > 0.0) labelled(t, " (1 in 20: ", k->noise95, 3);
  if (k->noise > 0.0 && !isnan(k->noise95)) weir_text_append(t, ")");
  labelled(t, ", p=", k->p, 2);
  if (!isnan(k->p)) labelled(t, " (fails below ", k->level, 2);
  if (!isnan(k->p) && !isnan(k->level)) weir_text_append(t, ")");
}

static void point(weir_text *t, const weir_check *k, int dim)
{
  weir_text_append(t, " at (");
  for (int a = 0; a < dim; a++) {
    weir_text_append(t, a > 0 ? ", " : "");
    weir_text_number(t, 4, k->place_lo[a]);
  }
  weir_text_append(t, ")");
}

/* Is the place one point? */
static bool is_point(const weir_check *k, int dim)
{
  for (int a = 0; a < dim; a++)
    if (k->place_lo[a] != k->place_hi[a]) return false;
  return true;
}

static void place(weir_text *t, const weir_check *k, int dim)
{
  const bool box = k->has_place && !is_point(k, dim);
  if (box) weir_text_append(t, "worst block:");
  for (int a = 0; box && a < dim; a++) {
    weir_text_appendf(t, "%s %c in [", a > 0 ? "," : "", "xyz"[a]);
    weir_text_number(t, 4, k->place_lo[a]);
    weir_text_append(t, ", ");
    weir_text_number(t, 4, k->place_hi[a]);
    weir_text_append(t, "]");
  }
  if (!box && k->particle >= 0) weir_text_appendf(t, "worst: particle %lld", (long long)k->particle);
  if (!box && k->particle < 0 && k->has_place) weir_text_append(t, "worst:");
  if (!box && k->has_place) point(t, k, dim);
  if (t->len == 0) return;
  const bool particles = strcmp(k->check, "counts") == 0 || strcmp(k->check, "mass") == 0;
  const bool density = strcmp(k->check, "density") == 0;
  labelled(t, particles ? ": particles " : density ? ": mean log(carried/truth) " : ": found ", k->observed, 6);
  labelled(t, isnan(k->observed) ? ": expected " : ", expected ", k->expected, 4);
  labelled(t, " (sd ", k->sd, 3);
  if (!isnan(k->sd)) weir_text_append(t, ")");
  if (box && k->particle >= 0) weir_text_appendf(t, "; worst particle %lld", (long long)k->particle);
}

typedef void writer(weir_text *t, const weir_check *k, int dim);
static void write_numbers(weir_text *t, const weir_check *k, int dim)
{
  (void)dim;
  numbers(t, k);
}

static void line(const weir_screen *s, weir_text *out, writer *w, const weir_check *k, int dim)
{
  weir_text t = {0};
  w(&t, k, dim);
  if (t.failed) out->failed = true;
  if (t.len > 0) weir_screen_say(s, out, 2, t.s);
  weir_text_release(&t);
}

static void block(const weir_screen *s, const weir_verdict *v, const group *g, weir_text *out)
{
  const weir_check *k = g->worst;
  const int dim = v->dim > WEIR_MAXDIM ? WEIR_MAXDIM : v->dim;
  weir_text t = {0};
  weir_text_clean(&t, k->check);
  weir_text_append(&t, "/");
  weir_text_clean(&t, k->statistic);
  if (k->step >= 0) weir_text_appendf(&t, " at step %d", k->step);
  if (k->step >= 0) labelled(&t, ", t=", k->time, 4);
  if (k->step < 0) weir_text_append(&t, " of the whole run");
  steps(&t, v, g);
  weir_text_append(out, "\n");
  weir_screen_word(s, out, WEIR_FAILED, "FAIL");
  weir_text_append(out, " ");
  if (t.failed)
    out->failed = true;
  else
    weir_text_wrap(out, s->width, 5, 5, t.s);
  weir_text_release(&t);
  if (k->text[0] != '\0') weir_screen_say(s, out, 2, k->text);
  line(s, out, write_numbers, k, dim);
  line(s, out, place, k, dim);
}

weir_status weir_screen_failures(weir_ctx *ctx, const weir_screen *s, const weir_verdict *v, weir_text *out)
{
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, (size_t)v->n, sizeof(group), "failed checks", &p));
  group *g = p;
  const int n = gather(v, g);
  qsort(g, (size_t)n, sizeof *g, by_distance);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++) g[i].rank += strcmp(g[j].worst->check, g[i].worst->check) == 0;
  qsort(g, (size_t)n, sizeof *g, by_rank);
  for (int i = 0; i < n && i < s->max_failures; i++) block(s, v, &g[i], out);
  if (n > s->max_failures) {
    weir_text t = {0};
    weir_text_appendf(&t, "%d more failed check%s in %s", n - s->max_failures, n - s->max_failures == 1 ? "" : "s",
                      s->report_path == NULL ? "the JSON report" : s->report_path);
    weir_text_append(out, "\n");
    weir_screen_say(s, out, 0, t.s == NULL ? "" : t.s);
    weir_text_release(&t);
  }
  weir_free(g);
  return WEIR_OK;
}

/* One line per (check, statistic, reason), at most `most`. */
static void untested(const weir_screen *s, const weir_verdict *v, int most, weir_text *out)
{
  int more = 0;
  for (int i = 0; i < v->n; i++) {
    const weir_check *k = &v->check[i];
    if (k->outcome != WEIR_NOT_TESTED) continue;
    int j = 0;
    while (j < i &&
           !(v->check[j].outcome == WEIR_NOT_TESTED && same(k, &v->check[j]) && strcmp(k->text, v->check[j].text) == 0))
      j++;
    if (j < i) continue;
    if (most-- <= 0) {
      more++;
      continue;
    }
    static const char said[] = "not tested: "; /* the judge's own words may begin with it */
    const char *why = strncmp(k->text, said, sizeof said - 1) == 0 ? k->text + sizeof said - 1 : k->text;
    weir_text t = {0};
    weir_text_appendf(&t, "not tested: %s/%s%s%s", k->check, k->statistic, why[0] ? ": " : "", why);
    weir_screen_say(s, out, 0, t.s == NULL ? "" : t.s);
    if (t.failed) out->failed = true;
    weir_text_release(&t);
  }
  if (more > 0) weir_text_appendf(out, "not tested: %d more\n", more);
}

weir_status weir_screen_open_ends(weir_ctx *ctx, const weir_screen *s, const weir_verdict *v, weir_text *out)
{
  (void)ctx;
  weir_text_append(out, "\n");
  const weir_check *hardest = NULL;
  int undecided = 0, tested = 0;
  for (int i = 0; i < v->n; i++) {
    const weir_check *k = &v->check[i];
    tested += k->outcome != WEIR_NOT_TESTED && k->outcome != WEIR_REPORTED;
    if (k->outcome != WEIR_PASS) continue;
    undecided++;
    if (isfinite(k->n_needed) && (hardest == NULL || k->n_needed > hardest->n_needed)) hardest = k;
  }
  untested(s, v, 4, out);
  if (undecided == 0) return WEIR_OK;
  weir_text t = {0};
  weir_text_appendf(&t, "undecided: %d of %d checks pass without proof", undecided, tested);
  if (hardest != NULL) {
    weir_text_append(&t, "; about ");
    const double unit = pow(10, floor(log10(fmax(hardest->n_needed, 1))) - 1); /* two digits, rounded up */
    weir_text_appendf(&t, "%.0f", ceil(hardest->n_needed / unit) * unit);
    weir_text_appendf(&t, " particles would decide the hardest (%s/%s at step %d)", hardest->check, hardest->statistic,
                      hardest->step);
  }
  weir_screen_say(s, out, 0, t.s == NULL ? "" : t.s);
  if (t.failed) out->failed = true;
  weir_text_release(&t);
  return WEIR_OK;
}
