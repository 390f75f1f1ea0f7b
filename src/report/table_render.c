/* Tables as aligned text, Markdown, CSV. */
#include "report/table.h"
#include <stdlib.h>
#include <string.h>

/* A number of a fact or a header, cleaned, into its own text. */
void weir_table_fact_value(weir_text *t, const fact *f, int digits)
{
  if (f->value.text != NULL)
    weir_text_clean(t, f->value.text);
  else
    weir_text_number(t, digits, f->value.x);
}

static void header(weir_text *t, const column *c)
{
  weir_text_clean(t, c->name);
  if (c->unit[0] == '\0') return;
  weir_text_append(t, " [");
  weir_text_clean(t, c->unit);
  weir_text_append(t, "]");
}

/* Markdown cells end at '|'. */
static void put(weir_text *out, const char *s, bool markdown)
{
  for (; s != NULL && *s; s++) {
    if (markdown && strchr("|\\`*_<>[]", *s) != NULL) weir_text_append(out, "\\");
    weir_text_append_bytes(out, 1, s);
  }
}

/* The text of row r (-1: the header) in column c. */
static void cell_text(weir_text *t, const weir_table *table, ptrdiff_t r, size_t c, bool markdown)
{
  weir_text raw = {0};
  if (r < 0)
    header(&raw, &table->columns[c]);
  else
    weir_table_cell(&raw, table, (size_t)r * table->ncolumns + c, table->columns[c].digits);
  put(t, raw.s, markdown);
  if (raw.failed) t->failed = true;
  weir_text_release(&raw);
}

static int width_of(const weir_table *t, size_t c, bool markdown, weir_text *out)
{
  const ptrdiff_t rows = (ptrdiff_t)(t->ncells / t->ncolumns);
  int w = markdown ? 3 : 1;
  for (ptrdiff_t r = -1; r < rows; r++) {
    weir_text s = {0};
    cell_text(&s, t, r, c, markdown);
    const int n = s.s == NULL ? 0 : weir_text_columns(s.s);
    if (n > w) w = n;
    if (s.failed) out->failed = true;
    weir_text_release(&s);
  }
  return w;
}

static void aligned_row(const weir_table *t, ptrdiff_t r, const int *width, bool markdown, weir_text *out)
{
  weir_text_append(out, markdown ? "|" : "");
  for (size_t c = 0; c < t->ncolumns; c++) {
    weir_text s = {0};
    cell_text(&s, t, r, c, markdown);
    const char *shown = s.s == NULL ? "" : s.s;
    const int pad = width[c] - weir_text_columns(shown);
    const bool left = t->columns[c].kind == WEIR_COLUMN_TEXT, last = c + 1 == t->ncolumns && !markdown;
    weir_text_append(out, markdown ? " " : c > 0 ? "  " : "");
    if (!left) weir_text_appendf(out, "%*s", pad, "");
    weir_text_append(out, shown);
    if (left && !last) weir_text_appendf(out, "%*s", pad, "");
    weir_text_append(out, markdown ? " |" : "");
    if (s.failed) out->failed = true;
    weir_text_release(&s);
  }
  while (!out->failed && out->len > 0 && out->s[out->len - 1] == ' ') out->s[--out->len] = '\0';
  weir_text_append(out, "\n");
}

static void facts(const weir_table *t, bool markdown, weir_text *out)
{
  int w = 0;
  for (size_t i = 0; i < t->nfacts; i++) {
    const int n = weir_text_columns(t->facts[i].name);
    if (n > w) w = n;
  }
  for (size_t i = 0; i < t->nfacts; i++) {
    const fact *f = &t->facts[i];
    weir_text s = {0};
    weir_text_clean(&s, f->name);
    weir_text_append(out, markdown ? "- " : "");
    put(out, s.s, markdown);
    weir_text_appendf(out, "%*s", markdown ? 0 : w - weir_text_columns(s.s == NULL ? "" : s.s), "");
    weir_text_append(out, markdown ? ": " : "  ");
    weir_text_release(&s);
    weir_table_fact_value(&s, f, f->digits);
    if (f->unit[0] != '\0') weir_text_append(&s, " ");
    weir_text_clean(&s, f->unit);
    put(out, s.s, markdown);
    if (s.failed) out->failed = true;
    weir_text_release(&s);
    weir_text_append(out, "\n");
  }
  if (t->nfacts > 0 && t->ncolumns > 0) weir_text_append(out, "\n");
}

void weir_table_aligned(const weir_table *t, bool markdown, weir_text *out)
{
  if (t->title != NULL) {
    weir_text clean = {0};
    weir_text_clean(&clean, t->title);
    weir_text_append(out, markdown ? "### " : "== ");
    put(out, clean.s, markdown);
    weir_text_append(out, markdown ? "\n\n" : "\n");
    if (clean.failed) out->failed = true;
    weir_text_release(&clean);
  }
  facts(t, markdown, out);
  if (t->ncolumns == 0) return;
  int *width = malloc(t->ncolumns * sizeof *width);
  if (width == NULL) {
    out->failed = true;
    return;
  }
  for (size_t c = 0; c < t->ncolumns; c++) width[c] = width_of(t, c, markdown, out);
  aligned_row(t, -1, width, markdown, out);
  if (markdown) {
    weir_text_append(out, "|");
    for (size_t c = 0; c < t->ncolumns; c++) {
      const bool left = t->columns[c].kind == WEIR_COLUMN_TEXT;
      weir_text_append(out, left ? " :" : " ");
      for (int i = 0; i < width[c] - 1; i++) weir_text_append(out, "-");
      weir_text_append(out, left ? " |" : ": |");
    }
    weir_text_append(out, "\n");
  }
  for (size_t r = 0; r < t->ncells / t->ncolumns; r++) aligned_row(t, (ptrdiff_t)r, width, markdown, out);
  free(width);
}

/* RFC 4180: a field with a comma, a quote or an edge blank is quoted, quotes doubled. Line breaks are gone already. */
static void csv_field(weir_text *out, const weir_text *s)
{
  if (s->failed) out->failed = true;
  if (s->len == 0) return;
  const bool bare = strpbrk(s->s, ",\"#") == NULL && s->s[0] != ' ' && s->s[s->len - 1] != ' ';
  weir_text_append(out, bare ? "" : "\"");
  for (const char *p = s->s; *p; p++) weir_text_append_bytes(out, *p == '"' ? 2 : 1, *p == '"' ? "\"\"" : p);
  weir_text_append(out, bare ? "" : "\"");
}

void weir_table_csv(const weir_table *t, weir_text *out)
{
  if (t->title != NULL) {
    weir_text_append(out, "# ");
    weir_text_clean(out, t->title);
    weir_text_append(out, "\n");
  }
  for (size_t i = 0; i < t->nfacts; i++) {
    weir_text_append(out, "# ");
    weir_text_clean(out, t->facts[i].name);
    weir_text_append(out, " = ");
    weir_table_fact_value(out, &t->facts[i], 17);
    if (t->facts[i].unit[0] != '\0') weir_text_append(out, " ");
    weir_text_clean(out, t->facts[i].unit);
    weir_text_append(out, "\n");
  }
  if (t->ncolumns == 0) return;
  for (ptrdiff_t r = -1; r < (ptrdiff_t)(t->ncells / t->ncolumns); r++)
    for (size_t c = 0; c < t->ncolumns; c++) {
      weir_text s = {0};
      if (r < 0)
        header(&s, &t->columns[c]);
      else
        weir_table_cell(&s, t, (size_t)r * t->ncolumns + c, 17);
      csv_field(out, &s);
      weir_text_release(&s);
      weir_text_append(out, c + 1 < t->ncolumns ? "," : "\n");
    }
}
