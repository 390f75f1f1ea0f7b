/* Text tables. Two passes over the text: the first counts columns and rows and finds what is ragged, the second scans
 * the numbers, so memory is taken once and only for rows that are there. */
#include "io/arrays.h"
#include "io/number.h"
#include <string.h>

enum { COLUMNS_MAX = 64, LINE_MAX_BYTES = 1 << 20 };

typedef struct table {
  weir_ctx *ctx;
  const char *path;
  const char *text;    /* all of it, without byte order mark */
  const char *p, *end; /* what is left of it */
  ptrdiff_t line;      /* number of the line last taken, from 1 */
  char sep;            /* ';' '\t' ',' or ' ' for blanks */
  const char *cell[COLUMNS_MAX], *stop[COLUMNS_MAX];
  int ncell;
  locale_t c;
} table;

static bool blank(char c)
{
  return c == ' ' || c == '\t';
}

/* The next line with content as [*b, *e): without comment, line end and outer blanks. False at the end. */
static weir_status next_line(table *t, const char **b, const char **e, bool *found)
{
  *found = false;
  while (!*found && t->p < t->end) {
    const char *nl = memchr(t->p, '\n', (size_t)(t->end - t->p));
    const char *stop = nl ? nl : t->end;
    t->line++;
    WEIR_REQUIRE(stop - t->p <= LINE_MAX_BYTES, t->ctx, WEIR_ELIMIT, "%s:%td: a line of more than 1 MiB", t->path,
                 t->line);
    WEIR_REQUIRE(!memchr(t->p, '\0', (size_t)(stop - t->p)), t->ctx, WEIR_EFORMAT,
                 "%s:%td: a zero byte: this is neither text nor .npy nor .npz", t->path, t->line);
    const char *hash = memchr(t->p, '#', (size_t)(stop - t->p));
    *b = t->p;
    *e = hash ? hash : stop;
    t->p = nl ? nl + 1 : t->end;
    /* A tab may be a separator with an empty cell before it: only blanks go. */
    while (*b < *e && **b == ' ') ++*b;
    while (*e > *b && ((*e)[-1] == ' ' || (*e)[-1] == '\r')) --*e;
    for (const char *q = *b; q < *e && !*found; q++) *found = !blank(*q);
  }
  return WEIR_OK;
}

static char separator(const char *b, const char *e)
{
  static const char order[] = ";\t,";
  for (const char *s = order; *s; s++)
    if (memchr(b, *s, (size_t)(e - b))) return *s;
  return ' ';
}

static weir_status split(table *t, const char *b, const char *e)
{
  t->ncell = 0;
  for (const char *p = b;;) {
    WEIR_REQUIRE(t->ncell < COLUMNS_MAX, t->ctx, WEIR_ELIMIT, "%s:%td: more than %d columns", t->path, t->line,
                 COLUMNS_MAX);
    const char *q = p;
    if (t->sep == ' ')
      while (q < e && !blank(*q)) q++;
    else
      while (q < e && *q != t->sep) q++;
    const char *cb = p, *ce = q;
    while (cb < ce && blank(*cb)) cb++;
    while (ce > cb && blank(ce[-1])) ce--;
    t->cell[t->ncell] = cb;
    t->stop[t->ncell++] = ce;
    if (t->sep == ' ')
      while (q < e && blank(*q)) q++;
    if (q == e) return WEIR_OK;
    p = t->sep == ' ' ? q : q + 1;
  }
}

static weir_status bad_cell(const table *t, int k, const char *content)
{
  /* Columns are counted in bytes from the line's first, which the blanks before the content belong to. */
  const char *line_begin = content;
  while (line_begin > t->text && line_begin[-1] != '\n') line_begin--;
  char q[WEIR_QUOTE_SIZE];
  const char *hint = "";
  if (t->sep == ';' && memchr(t->cell[k], ',', (size_t)(t->stop[k] - t->cell[k]))) hint = " (decimals take a '.')";
  const ptrdiff_t at = t->cell[k] - line_begin + 1;
  if (t->cell[k] == t->stop[k])
    return WEIR_FAIL(t->ctx, WEIR_EFORMAT, "%s:%td:%td: column %d is empty, a number was expected", t->path, t->line,
                     at, k + 1);
  return WEIR_FAIL(t->ctx, WEIR_EFORMAT, "%s:%td:%td: column %d: '%s' is not a number%s", t->path, t->line, at, k + 1,
                   weir_quote(q, t->cell[k], (size_t)(t->stop[k] - t->cell[k])), hint);
}

/* Counts what follows; every row must have ncol cells. */
static weir_status count_rows(table *t, int ncol, ptrdiff_t *rows)
{
  const char *b, *e;
  bool found;
  for (;;) {
    WEIR_TRY(next_line(t, &b, &e, &found));
    if (!found) return WEIR_OK;
    WEIR_TRY(split(t, b, e));
    WEIR_REQUIRE(t->ncell == ncol, t->ctx, WEIR_EFORMAT, "%s:%td: %d column%s found, %d expected as in the first line",
                 t->path, t->line, t->ncell, t->ncell == 1 ? "" : "s", ncol);
    ++*rows;
  }
}

/* Row r, column k goes to data[k*col_stride + r*row_stride]. */
static weir_status scan_rows(table *t, double *data, ptrdiff_t row_stride, ptrdiff_t col_stride)
{
  const char *b, *e;
  bool found;
  for (ptrdiff_t r = 0;; r++) {
    WEIR_TRY(next_line(t, &b, &e, &found));
    if (!found) return WEIR_OK;
    WEIR_TRY(split(t, b, e));
    for (int k = 0; k < t->ncell; k++)
      if (!weir_number_scan(t->c, t->cell[k], t->stop[k], &data[k * col_stride + r * row_stride])) {
        return bad_cell(t, k, b);
      }
  }
}

static weir_status name_columns(table *t, weir_arrays *set)
{
  for (; set->n < t->ncell; set->n++) {
    const char *b = t->cell[set->n], *e = t->stop[set->n];
    if (e - b >= 2 && (*b == '"' || *b == '\'') && e[-1] == *b) b++, e--;
    char q[WEIR_QUOTE_SIZE];
    weir_quote(q, b, (size_t)(e - b));
    WEIR_REQUIRE(weir_arrays_name_ok(b, (size_t)(e - b)), t->ctx, WEIR_EFORMAT,
                 "%s:%td: column %d has no proper name ('%s')", t->path, t->line, set->n + 1, q);
    void *s = NULL;
    WEIR_TRY(weir_alloc(t->ctx, (size_t)(e - b) + 1, 1, "column name", &s));
    memcpy(s, b, (size_t)(e - b));
    set->array[set->n].name = s;
    WEIR_REQUIRE(!weir_arrays_find(set, s), t->ctx, WEIR_EFORMAT, "%s:%td: two columns are called '%s'", t->path,
                 t->line, q);
  }
  return WEIR_OK;
}

static weir_status named(table *t, weir_arrays *set, ptrdiff_t rows)
{
  double *all = NULL;
  const int ncol = set->n;
  weir_status st = weir_alloc_doubles(t->ctx, (size_t)rows * (size_t)ncol, "table", &all);
  if (st == WEIR_OK) st = scan_rows(t, all, 1, rows);
  for (int k = 0; k < ncol && st == WEIR_OK; k++) {
    weir_array *a = &set->array[k];
    a->ndim = 1;
    a->shape[0] = a->size = rows;
    for (int b = 1; b < WEIR_ARRAY_MAXDIM; b++) a->shape[b] = 1;
    st = weir_alloc_doubles(t->ctx, (size_t)rows, "column", &a->data);
    if (st == WEIR_OK && rows > 0) memcpy(a->data, all + k * rows, (size_t)rows * sizeof *all);
  }
  weir_free(all);
  return st;
}

static weir_status anonymous(table *t, weir_arrays *set, ptrdiff_t rows, int ncol)
{
  weir_array *a = &set->array[0];
  WEIR_TRY(weir_strdup(t->ctx, "data", &a->name));
  WEIR_TRY(weir_alloc_doubles(t->ctx, (size_t)rows * (size_t)ncol, "table", &a->data));
  a->ndim = 2;
  a->shape[0] = rows;
  a->shape[1] = ncol;
  for (int b = 2; b < WEIR_ARRAY_MAXDIM; b++) a->shape[b] = 1;
  a->size = rows * ncol;
  set->n = 1;
  return scan_rows(t, a->data, ncol, 1);
}

/* Whether the cells of the first line name columns. A mixture is a bad token, found when the rows are scanned. */
static bool is_header(const table *t)
{
  double x;
  for (int k = 0; k < t->ncell; k++)
    if (weir_number_scan(t->c, t->cell[k], t->stop[k], &x)) return false;
  return true;
}

static weir_status parse(table *t, const weir_read_limits *limits, weir_arrays **out)
{
  const char *b, *e, *first = t->p;
  bool found;
  WEIR_TRY(next_line(t, &b, &e, &found));
  WEIR_REQUIRE(found, t->ctx, WEIR_EFORMAT, "%s: empty: no line with numbers", t->path);
  t->sep = separator(b, e);
  WEIR_TRY(split(t, b, e));
  const int ncol = t->ncell;
  const bool header = is_header(t);
  weir_arrays *set = NULL;
  const ptrdiff_t line0 = header ? t->line : 0;
  const char *data0 = header ? t->p : first;
  ptrdiff_t rows = header ? 0 : 1;
  WEIR_TRY(weir_arrays_create(t->ctx, t->path, header ? WEIR_FORMAT_TABLE_NAMED : WEIR_FORMAT_TABLE, ncol, &set));
  weir_status st = header ? name_columns(t, set) : WEIR_OK;
  if (st == WEIR_OK) st = count_rows(t, ncol, &rows);
  if (st == WEIR_OK && (uint64_t)rows * (uint64_t)ncol * sizeof(double) > limits->max_bytes)
    st = WEIR_FAIL(t->ctx, WEIR_ELIMIT, "%s: %td rows of %d numbers need more than the limit of %llu bytes", t->path,
                   rows, ncol, (unsigned long long)limits->max_bytes);
  t->p = data0;
  t->line = line0;
  if (st == WEIR_OK) st = header ? named(t, set, rows) : anonymous(t, set, rows, ncol);
  if (st == WEIR_OK)
    *out = set;
  else
    weir_arrays_destroy(&set);
  return st;
}

weir_status weir_table_parse(weir_ctx *ctx, const char *path, const char *text, size_t n,
                             const weir_read_limits *limits, weir_arrays **out)
{
  table t = {.ctx = ctx, .path = path, .text = text, .end = text + n, .c = newlocale(LC_ALL_MASK, "C", (locale_t)0)};
  WEIR_REQUIRE(t.c != (locale_t)0, ctx, WEIR_ENOMEM, "%s: no memory for a locale", path);
  if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) t.text += 3;
  t.p = t.text;
  const weir_status st = parse(&t, limits, out);
  freelocale(t.c);
  return st;
}
