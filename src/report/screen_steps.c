/* The table of steps: one row per step, one column per check, in it the statistic that is worst. Checks that were never
 * tested have no column: they are listed below the failures. */
#include "report/screen.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CELL = 24 };

typedef struct grid {
  const weir_screen *s;
  int rows, cols;
  int *step;               /* [rows] */
  double *time;            /* [rows] */
  const char **name;       /* [cols] */
  const weir_check **cell; /* [rows*cols], NULL: no such check */
  bool *shown;             /* [rows] */
  int *width;              /* [cols] */
} grid;

static int find_row(const grid *g, int step)
{
  for (int r = g->rows - 1; r >= 0; r--)
    if (g->step[r] == step) return r;
  return -1;
}

static int find_col(const grid *g, const char *name)
{
  for (int c = 0; c < g->cols; c++)
    if (strcmp(g->name[c], name) == 0) return c;
  return -1;
}

static weir_status grid_alloc(weir_ctx *ctx, grid *g, const weir_verdict *v)
{
  const size_t n = (size_t)v->n;
  WEIR_TRY(weir_alloc(ctx, n, sizeof *g->step, "table of steps", (void **)&g->step));
  WEIR_TRY(weir_alloc(ctx, n, sizeof *g->time, "table of steps", (void **)&g->time));
  WEIR_TRY(weir_alloc(ctx, n, sizeof *g->name, "table of steps", (void **)&g->name));
  for (int i = 0; i < v->n; i++) {
    const weir_check *k = &v->check[i];
    if (find_row(g, k->step) < 0) {
      g->step[g->rows] = k->step;
      g->time[g->rows++] = k->time;
    }
    if (k->outcome != WEIR_NOT_TESTED && find_col(g, k->check) < 0) g->name[g->cols++] = k->check;
  }
  WEIR_TRY(weir_alloc(ctx, (size_t)g->rows * (size_t)g->cols, sizeof(void *), "table of steps", (void **)&g->cell));
  WEIR_TRY(weir_alloc(ctx, (size_t)g->rows, sizeof *g->shown, "table of steps", (void **)&g->shown));
  return weir_alloc(ctx, (size_t)g->cols, sizeof *g->width, "table of steps", (void **)&g->width);
}

static void grid_free(grid *g)
{
  weir_free(g->step);
  weir_free(g->time);
  weir_free((void *)g->name);
  weir_free((void *)g->cell);
  weir_free(g->shown);
  weir_free(g->width);
}

static void cell_text(char buf[CELL], const weir_check *k)
{
  static const char *const mark[] = {[WEIR_NOT_TESTED] = "-",
                                     [WEIR_REPORTED] = "",
                                     [WEIR_PASS] = "pass ",
                                     [WEIR_CERTIFIED] = "cert ",
                                     [WEIR_FAILED] = "FAIL "};
  char number[WEIR_NUMBER_ROOM] = "";
  if (k == NULL) {
    buf[0] = '\0';
    return;
  }
  if (k->outcome != WEIR_NOT_TESTED && !isnan(k->value)) weir_number_text(number, 3, k->value);
  (void)snprintf(buf, CELL, "%s%.16s", mark[k->outcome], number);
  for (size_t n = strlen(buf); n > 0 && buf[n - 1] == ' '; n--) buf[n - 1] = '\0';
}

static bool row_fails(const grid *g, int r)
{
  for (int c = 0; c < g->cols; c++) {
    const weir_check *k = g->cell[r * g->cols + c];
    if (k != NULL && k->outcome == WEIR_FAILED) return true;
  }
  return false;
}

/* At most max_rows rows: first those that fail, then the others, both from the start; shown in order. */
static int choose_rows(grid *g)
{
  int left = g->s->max_rows;
  for (int fails = 1; fails >= 0; fails--)
    for (int r = 0; r < g->rows && left > 0; r++)
      if (row_fails(g, r) == (fails == 1)) {
        g->shown[r] = true;
        left--;
      }
  return g->s->max_rows - left;
}

static void fill(grid *g, const weir_verdict *v)
{
  char buf[CELL];
  for (int i = 0; i < v->n; i++) {
    const weir_check *k = &v->check[i];
    const int c = find_col(g, k->check);
    if (c < 0) continue;
    const weir_check **at = &g->cell[find_row(g, k->step) * g->cols + c];
    if (*at == NULL || weir_check_worse(k, *at)) *at = k;
  }
  for (int c = 0; c < g->cols; c++) {
    g->width[c] = weir_text_columns(g->name[c]);
    for (int r = 0; r < g->rows; r++) {
      cell_text(buf, g->cell[r * g->cols + c]);
      if ((int)strlen(buf) > g->width[c]) g->width[c] = (int)strlen(buf);
    }
  }
}

static void row(const grid *g, int r, int c0, int c1, weir_text *out)
{
  char buf[CELL], time[WEIR_NUMBER_ROOM];
  if (g->step[r] < 0)
    weir_text_append(out, "   run          ");
  else
    weir_text_appendf(out, "%6d  %8.12s", g->step[r], weir_number_text(time, 4, g->time[r]));
  for (int c = c0; c < c1; c++) {
    const weir_check *k = g->cell[r * g->cols + c];
    cell_text(buf, k);
    weir_text_append(out, "  ");
    weir_screen_word(g->s, out, k == NULL ? WEIR_PASS : k->outcome, buf);
    if (c + 1 < c1) weir_text_appendf(out, "%*s", g->width[c] - (int)strlen(buf), "");
  }
  while (out->len > 0 && out->s[out->len - 1] == ' ') out->s[--out->len] = '\0';
  weir_text_append(out, "\n");
}

/* As many columns as fit; the others follow in further tables. */
static void print(const grid *g, weir_text *out)
{
  for (int c0 = 0, c1 = 0; c0 < g->cols; c0 = c1) {
    int at = 16;
    for (c1 = c0; c1 < g->cols && (c1 == c0 || at + 2 + g->width[c1] <= g->s->width); c1++) at += 2 + g->width[c1];
    weir_text_append(out, "\n  step      time");
    for (int c = c0; c < c1; c++) {
      weir_text_append(out, "  ");
      weir_text_clean(out, g->name[c]); /* as wide as the name: a '?' for every byte that is replaced */
      if (c + 1 < c1) weir_text_appendf(out, "%*s", g->width[c] - weir_text_columns(g->name[c]), "");
    }
    weir_text_append(out, "\n");
    for (int r = 0; r < g->rows; r++)
      if (g->shown[r]) row(g, r, c0, c1, out);
  }
}

/* What the marks that occur mean. */
static void legend(const grid *g, weir_text *out)
{
  bool pass = false, cert = false;
  for (int i = 0; i < g->rows * g->cols; i++) {
    pass = pass || (g->cell[i] != NULL && g->cell[i]->outcome == WEIR_PASS);
    cert = cert || (g->cell[i] != NULL && g->cell[i]->outcome == WEIR_CERTIFIED);
  }
  if (!pass && !cert) return;
  weir_text t = {0};
  weir_text_appendf(&t, "(value of the worst statistic; %s%s%s)", cert ? "cert: proven inside the tolerance" : "",
                    pass && cert ? "; " : "", pass ? "pass: not distinguishable" : "");
  if (t.failed) out->failed = true;
  weir_screen_say(g->s, out, 2, t.s == NULL ? "" : t.s);
  weir_text_release(&t);
}

weir_status weir_screen_steps(weir_ctx *ctx, const weir_screen *s, const weir_verdict *v, weir_text *out)
{
  grid g = {.s = s};
  const weir_status status = grid_alloc(ctx, &g, v);
  if (status == WEIR_OK) {
    fill(&g, v);
    const int shown = choose_rows(&g);
    print(&g, out);
    const int more = g.rows - shown;
    if (more > 0) weir_text_appendf(out, "  and %d more step%s in the JSON report\n", more, more == 1 ? "" : "s");
    legend(&g, out);
  }
  grid_free(&g);
  return status;
}
