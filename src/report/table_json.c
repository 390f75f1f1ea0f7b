/* Tables as JSON (reference/table.schema.json). */
#include "report/json.h"
#include "report/table.h"

static json_t *value(const cell *c, weir_column_kind kind)
{
  if (c->text != NULL) return c->text[0] == '\0' && kind != WEIR_COLUMN_TEXT ? json_null() : weir_json_text(c->text);
  return kind == WEIR_COLUMN_INTEGER ? json_integer((json_int_t)c->x) : weir_json_number(c->x);
}

static json_t *json_rows(bool *ok, const weir_table *t)
{
  json_t *rows = json_array();
  for (size_t i = 0; t->ncolumns > 0 && i < t->ncells;) {
    json_t *row = json_array();
    for (size_t c = 0; c < t->ncolumns; c++, i++) weir_json_push(ok, row, value(&t->cells[i], t->columns[c].kind));
    weir_json_push(ok, rows, row);
  }
  return rows;
}

/* The keys of a table, in the document or in its list of further ones. */
static void put_table(bool *ok, json_t *doc, const weir_table *t)
{
  json_t *list = json_array(), *columns = json_array();
  for (size_t i = 0; i < t->nfacts; i++) {
    const fact *f = &t->facts[i];
    json_t *o = json_object();
    weir_json_set(ok, o, "name", weir_json_text(f->name));
    weir_json_set(ok, o, "value", value(&f->value, WEIR_COLUMN_TEXT));
    weir_json_set(ok, o, "unit", weir_json_text(f->unit));
    weir_json_push(ok, list, o);
  }
  for (size_t i = 0; i < t->ncolumns; i++) {
    json_t *o = json_object();
    weir_json_set(ok, o, "name", weir_json_text(t->columns[i].name));
    weir_json_set(ok, o, "unit", weir_json_text(t->columns[i].unit));
    weir_json_push(ok, columns, o);
  }
  if (t->title != NULL) weir_json_set(ok, doc, "title", weir_json_text(t->title));
  weir_json_set(ok, doc, "facts", list);
  weir_json_set(ok, doc, "columns", columns);
  weir_json_set(ok, doc, "rows", json_rows(ok, t));
}

weir_status weir_tables_json(weir_ctx *ctx, int n, const weir_table *const *t, weir_text *out)
{
  bool ok = true;
  json_t *doc = json_object(), *list = json_array();
  weir_json_set(&ok, doc, "schema", json_string("weir-table-1"));
  weir_json_set(&ok, doc, "tool", json_string("weir"));
  weir_json_set(&ok, doc, "version", json_string(weir_version()));
  weir_json_set(&ok, doc, "command", weir_json_text(t[0]->command));
  put_table(&ok, doc, t[0]);
  for (int k = 1; k < n; k++) {
    json_t *o = json_object();
    put_table(&ok, o, t[k]);
    weir_json_push(&ok, list, o);
  }
  if (n > 1)
    weir_json_set(&ok, doc, "tables", list);
  else
    json_decref(list);
  return weir_json_finish(ctx, ok, doc, out);
}
