/* Tables: facts, columns and cells, filled in order. */
#include "report/table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

weir_status weir_table_create(weir_ctx *ctx, const char *command, weir_table **t)
{
  void *p = NULL;
  *t = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof **t, "table", &p));
  weir_table *x = p;
  const weir_status s = weir_strdup(ctx, command, &x->command);
  if (s != WEIR_OK) {
    weir_free(x);
    return s;
  }
  *t = x;
  return WEIR_OK;
}

void weir_table_destroy(weir_table **t)
{
  if (t == NULL || *t == NULL) return;
  weir_table *x = *t;
  for (size_t i = 0; i < x->nfacts; i++) {
    free(x->facts[i].name);
    free(x->facts[i].unit);
    free(x->facts[i].value.text);
  }
  for (size_t i = 0; i < x->ncolumns; i++) {
    free(x->columns[i].name);
    free(x->columns[i].unit);
  }
  for (size_t i = 0; i < x->ncells; i++) free(x->cells[i].text);
  free(x->facts);
  free(x->columns);
  free(x->cells);
  weir_free(x->command);
  free(x->title);
  weir_free(x);
  *t = NULL;
}

static void misuse(weir_table *t, const char *what)
{
  if (t->misuse == NULL) t->misuse = what;
}

/* One more object of `size` bytes in an array of n with that room; NULL and nomem when memory is short. */
static void *grow(weir_table *t, void *array, size_t n, size_t *room, size_t size)
{
  if (n < *room) return array;
  const size_t want = *room == 0 ? 16 : 2 * *room;
  void *p = want > SIZE_MAX / 4 / size ? NULL : realloc(array, want * size);
  if (p == NULL)
    t->nomem = true;
  else
    *room = want;
  return p;
}

static char *copy(weir_table *t, const char *s)
{
  if (s == NULL) s = "";
  char *c = malloc(strlen(s) + 1);
  if (c == NULL)
    t->nomem = true;
  else
    memcpy(c, s, strlen(s) + 1);
  return c;
}

static void add_fact(weir_table *t, const char *name, const char *unit, const char *text, double x, int digits)
{
  if (t->nomem) return;
  fact *f = grow(t, t->facts, t->nfacts, &t->fact_room, sizeof *f);
  if (f == NULL) return;
  t->facts = f;
  f[t->nfacts++] = (fact){.name = copy(t, name),
                          .unit = copy(t, unit),
                          .value = {.text = text == NULL ? NULL : copy(t, text), .x = x},
                          .digits = digits};
}

void weir_table_title(weir_table *t, const char *title)
{
  free(t->title);
  t->title = copy(t, title);
}

void weir_table_fact(weir_table *t, const char *name, const char *unit, double value, int digits)
{
  add_fact(t, name, unit, NULL, value, digits);
}

void weir_table_fact_text(weir_table *t, const char *name, const char *value)
{
  add_fact(t, name, "", value == NULL ? "" : value, (double)NAN, 0);
}

void weir_table_column(weir_table *t, const char *name, const char *unit, weir_column_kind kind, int digits)
{
  if (t->ncells > 0) misuse(t, "a column was added after the first cell");
  if (t->nomem || t->misuse != NULL) return;
  column *c = grow(t, t->columns, t->ncolumns, &t->column_room, sizeof *c);
  if (c == NULL) return;
  t->columns = c;
  c[t->ncolumns++] = (column){.name = copy(t, name), .unit = copy(t, unit), .kind = kind, .digits = digits};
}

static void add_cell(weir_table *t, const char *text, double x)
{
  if (t->ncolumns == 0) misuse(t, "a cell was added before the first column");
  if (t->nomem || t->misuse != NULL) return;
  cell *c = grow(t, t->cells, t->ncells, &t->cell_room, sizeof *c);
  if (c == NULL) return;
  t->cells = c;
  c[t->ncells++] = (cell){.text = text == NULL ? NULL : copy(t, text), .x = x};
}

void weir_table_number(weir_table *t, double x)
{
  const weir_column_kind kind = t->ncolumns == 0 ? WEIR_COLUMN_NUMBER : t->columns[t->ncells % t->ncolumns].kind;
  if (kind == WEIR_COLUMN_TEXT) misuse(t, "a number was added to a column of texts");
  if (kind == WEIR_COLUMN_INTEGER && !(fabs(x) <= 0x1p53 && x == floor(x)))
    misuse(t, "a number that is no integer was added to a column of integers");
  add_cell(t, NULL, x);
}

void weir_table_text(weir_table *t, const char *s)
{
  add_cell(t, s == NULL ? "" : s, (double)NAN);
}

void weir_table_cell(weir_text *t, const weir_table *table, size_t i, int digits)
{
  const cell *c = &table->cells[i];
  if (c->text != NULL)
    weir_text_clean(t, c->text);
  else if (table->columns[i % table->ncolumns].kind == WEIR_COLUMN_INTEGER)
    weir_text_appendf(t, "%.0f", c->x);
  else
    weir_text_number(t, digits, c->x);
}

bool weir_table_format_find(const char *name, weir_table_format *out)
{
  static const char *const known[] = {"text", "csv", "json", "markdown", "latex"};
  for (size_t k = 0; k < sizeof known / sizeof *known; k++)
    if (strcmp(name, known[k]) == 0) {
      *out = (weir_table_format)k;
      return true;
    }
  return false;
}

static weir_status check(weir_ctx *ctx, const weir_table *t)
{
  WEIR_REQUIRE(!t->nomem, ctx, WEIR_ENOMEM, "table of %s: no memory", t->command);
  WEIR_REQUIRE(t->misuse == NULL, ctx, WEIR_EARG, "table of %s: %s", t->command, t->misuse);
  WEIR_REQUIRE(t->ncells == 0 || t->ncells % t->ncolumns == 0, ctx, WEIR_EARG,
               "table of %s: the last row has %zu cells, %zu expected", t->command, t->ncells % t->ncolumns,
               t->ncolumns);
  return WEIR_OK;
}

weir_status weir_table_render(weir_ctx *ctx, const weir_table *t, weir_table_format f, weir_text *out)
{
  WEIR_TRY(check(ctx, t));
  switch (f) {
  case WEIR_TABLE_TEXT: weir_table_aligned(t, false, out); break;
  case WEIR_TABLE_MARKDOWN: weir_table_aligned(t, true, out); break;
  case WEIR_TABLE_CSV: weir_table_csv(t, out); break;
  case WEIR_TABLE_LATEX: weir_table_latex(t, out); break;
  case WEIR_TABLE_JSON: return weir_tables_json(ctx, 1, &t, out);
  }
  return weir_text_check(ctx, out);
}

weir_status weir_tables_render(weir_ctx *ctx, int n, const weir_table *const *t, weir_table_format f, weir_text *out)
{
  WEIR_REQUIRE(n >= 1, ctx, WEIR_EARG, "%d tables, at least 1 expected", n);
  for (int k = 0; k < n; k++) WEIR_TRY(check(ctx, t[k]));
  if (f == WEIR_TABLE_JSON) return weir_tables_json(ctx, n, t, out);
  for (int k = 0; k < n; k++) {
    if (k > 0) weir_text_append(out, "\n");
    WEIR_TRY(weir_table_render(ctx, t[k], f, out));
  }
  return weir_text_check(ctx, out);
}
