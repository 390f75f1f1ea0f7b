/* From libyaml's events to the tree. The limits are checked at each event: libyaml needs quadratic time for deeply
 * nested input ("[[[[..."), and never gets that far. */
#include "io/yaml_tree.h"
#include <assert.h>
#include <string.h>
#include <yaml.h>

enum { KEY_MAX = 200 };

typedef struct builder {
  weir_ctx *ctx;
  weir_yaml *doc;
  const char *file, *text;
  size_t length;
  int column0; /* of text[0] on line 1 */
  weir_yaml_node *open[WEIR_YAML_MAXDEPTH];
  int depth;
  weir_yaml_node *root;
  const char *key; /* read, its value is still to come */
  int key_line, key_column;
  bool document, end;
  int cursor_line; /* block scalars: where the line cursor_line starts, moves forward only */
  size_t cursor;
} builder;

static int line_of(yaml_mark_t m)
{
  return (int)m.line + 1;
}

static int column_of(const builder *b, yaml_mark_t m)
{
  return (int)m.column + (m.line == 0 ? b->column0 : 1);
}

/* Three arguments for "%s:%d:%d". */
#define AT(b, mark) (b)->file, line_of(mark), column_of((b), (mark))

static size_t next_line(const builder *b, size_t i)
{
  while (i < b->length && b->text[i] != '\n' && b->text[i] != '\r') i++;
  if (i < b->length) i += b->text[i] == '\r' && i + 1 < b->length && b->text[i + 1] == '\n' ? 2 : 1;
  return i;
}

/* The first character of a block scalar's text: behind the blanks of the first line with anything on it. */
static void block_text_place(builder *b, yaml_mark_t m, weir_yaml_node *n)
{
  while (b->cursor_line <= line_of(m) && b->cursor < b->length) {
    b->cursor = next_line(b, b->cursor);
    b->cursor_line++;
  }
  size_t i = b->cursor;
  int line = b->cursor_line;
  for (;;) {
    size_t k = i;
    while (k < b->length && b->text[k] == ' ') k++;
    if (k >= b->length || (b->text[k] != '\n' && b->text[k] != '\r')) {
      n->text_line = line, n->text_column = (int)(k - i) + 1;
      return;
    }
    i = next_line(b, k), line++;
  }
}

static weir_status new_node(builder *b, weir_yaml_kind kind, yaml_mark_t m, weir_yaml_node **out)
{
  weir_yaml *d = b->doc;
  WEIR_REQUIRE(++d->nodes <= WEIR_YAML_MAXNODES, b->ctx, WEIR_ELIMIT, "%s:%d:%d: more than %d scalars, lists and maps",
               AT(b, m), (int)WEIR_YAML_MAXNODES);
  void *p = NULL;
  WEIR_TRY(weir_yaml_arena(b->ctx, d, sizeof **out, &p));
  weir_yaml_node *n = p;
  n->kind = kind, n->file = b->file, n->doc = d;
  n->line = n->text_line = n->key_line = line_of(m);
  n->column = n->text_column = n->key_column = column_of(b, m);
  if (b->key != NULL) {
    n->key = b->key, n->key_line = b->key_line, n->key_column = b->key_column;
    b->key = NULL;
  }
  if (b->depth > 0)
    weir_yaml_append(b->open[b->depth - 1], n);
  else
    b->root = n;
  *out = n;
  return WEIR_OK;
}

static weir_status refuse_extras(builder *b, yaml_mark_t m, const yaml_char_t *anchor, const yaml_char_t *tag)
{
  WEIR_REQUIRE(anchor == NULL, b->ctx, WEIR_EFORMAT, "%s:%d:%d: anchors (&%.40s) are not accepted; write the value out",
               AT(b, m), (const char *)anchor);
  WEIR_REQUIRE(tag == NULL, b->ctx, WEIR_EFORMAT,
               "%s:%d:%d: tags (%.40s) are not accepted; a formula that starts with ! needs quotes", AT(b, m),
               (const char *)tag);
  return WEIR_OK;
}

/* Is the next scalar a key of the innermost map? */
static bool wants_key(const builder *b)
{
  return b->depth > 0 && b->open[b->depth - 1]->kind == WEIR_YAML_MAP && b->key == NULL;
}

static weir_status take_key(builder *b, yaml_mark_t m, const char *text, size_t length)
{
  WEIR_REQUIRE(length > 0 && length <= KEY_MAX, b->ctx, WEIR_EFORMAT,
               "%s:%d:%d: a key of %zu characters, 1 to %d expected", AT(b, m), length, (int)KEY_MAX);
  for (size_t i = 0; i < length; i++)
    WEIR_REQUIRE((unsigned char)text[i] >= ' ' && text[i] != '.', b->ctx, WEIR_EFORMAT,
                 "%s:%d:%d: a key must not hold control characters or '.'", AT(b, m));
  for (const weir_yaml_node *c = b->open[b->depth - 1]->first; c != NULL; c = c->next)
    WEIR_REQUIRE(strcmp(c->key, text) != 0, b->ctx, WEIR_EFORMAT, "%s:%d:%d: key '%s' is given twice, first in line %d",
                 AT(b, m), text, c->key_line);
  b->key_line = line_of(m), b->key_column = column_of(b, m);
  return weir_yaml_arena_text(b->ctx, b->doc, text, length, &b->key);
}

static weir_status on_scalar(builder *b, const yaml_event_t *e)
{
  const char *text = (const char *)e->data.scalar.value;
  const size_t length = e->data.scalar.length;
  const yaml_mark_t m = e->start_mark;
  WEIR_TRY(refuse_extras(b, m, e->data.scalar.anchor, e->data.scalar.tag));
  WEIR_REQUIRE(memchr(text, '\0', length) == NULL, b->ctx, WEIR_EFORMAT, "%s:%d:%d: a text must not hold \\0",
               AT(b, m));
  if (wants_key(b)) return take_key(b, m, text, length);
  weir_yaml_node *n = NULL;
  WEIR_TRY(new_node(b, WEIR_YAML_SCALAR, m, &n));
  assert(n != NULL);
  const yaml_scalar_style_t style = e->data.scalar.style;
  n->quoted = style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
  if (n->quoted) n->text_column++;
  if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE) block_text_place(b, m, n);
  return weir_yaml_arena_text(b->ctx, b->doc, text, length, &n->text);
}

static weir_status on_open(builder *b, weir_yaml_kind kind, yaml_mark_t m, const yaml_char_t *anchor,
                           const yaml_char_t *tag)
{
  WEIR_TRY(refuse_extras(b, m, anchor, tag));
  WEIR_REQUIRE(!wants_key(b), b->ctx, WEIR_EFORMAT, "%s:%d:%d: a list or map cannot be a key", AT(b, m));
  WEIR_REQUIRE(b->depth < WEIR_YAML_MAXDEPTH, b->ctx, WEIR_ELIMIT,
               "%s:%d:%d: more than %d lists and maps inside each other", AT(b, m), (int)WEIR_YAML_MAXDEPTH);
  weir_yaml_node *n = NULL;
  WEIR_TRY(new_node(b, kind, m, &n));
  assert(n != NULL);
  b->open[b->depth++] = n;
  return WEIR_OK;
}

static weir_status on_document(builder *b, const yaml_event_t *e)
{
  const yaml_mark_t m = e->start_mark;
  WEIR_REQUIRE(!b->document, b->ctx, WEIR_EFORMAT, "%s:%d:%d: a second document starts here, only one is accepted",
               AT(b, m));
  WEIR_REQUIRE(e->data.document_start.version_directive == NULL &&
                   e->data.document_start.tag_directives.start == e->data.document_start.tag_directives.end,
               b->ctx, WEIR_EFORMAT, "%s:%d:%d: %% directives are not accepted", AT(b, m));
  b->document = true;
  return WEIR_OK;
}

static weir_status on_event(builder *b, const yaml_event_t *e)
{
  switch (e->type) {
  case YAML_SCALAR_EVENT: return on_scalar(b, e);
  case YAML_SEQUENCE_START_EVENT:
    return on_open(b, WEIR_YAML_LIST, e->start_mark, e->data.sequence_start.anchor, e->data.sequence_start.tag);
  case YAML_MAPPING_START_EVENT:
    return on_open(b, WEIR_YAML_MAP, e->start_mark, e->data.mapping_start.anchor, e->data.mapping_start.tag);
  case YAML_SEQUENCE_END_EVENT:
  case YAML_MAPPING_END_EVENT: b->depth--; return WEIR_OK;
  case YAML_DOCUMENT_START_EVENT: return on_document(b, e);
  case YAML_ALIAS_EVENT:
    return WEIR_FAIL(b->ctx, WEIR_EFORMAT,
                     "%s:%d:%d: aliases (*%.40s) are not accepted; a formula that starts with * needs quotes",
                     AT(b, e->start_mark), (const char *)e->data.alias.anchor);
  case YAML_STREAM_END_EVENT: b->end = true; return WEIR_OK;
  default: return WEIR_OK;
  }
}

/* The byte before which libyaml's reader gave up, as a mark (it has none for such errors). */
static yaml_mark_t offset_mark(const builder *b, size_t offset)
{
  yaml_mark_t m = {0, 0, 0};
  for (size_t i = 0; i < offset && i < b->length; i++) {
    if (b->text[i] == '\n')
      m.line++, m.column = 0;
    else if (((unsigned char)b->text[i] & 0xC0) != 0x80)
      m.column++;
  }
  return m;
}

/* Is there a tab among the blanks in front of column m of its line? */
static bool tab_at(const builder *b, yaml_mark_t m)
{
  size_t i = 0;
  for (size_t line = 0; line < m.line && i < b->length; line++) i = next_line(b, i);
  for (size_t c = 0; c <= m.column && i + c < b->length; c++) {
    if (b->text[i + c] == '\t') return true;
    if (b->text[i + c] != ' ') return false;
  }
  return false;
}

static weir_status parser_failure(builder *b, const yaml_parser_t *p)
{
  WEIR_REQUIRE(p->error != YAML_MEMORY_ERROR, b->ctx, WEIR_ENOMEM, "%s: no memory to parse it", b->file);
  const bool reader = p->error == YAML_READER_ERROR;
  const yaml_mark_t m = reader ? offset_mark(b, p->problem_offset) : p->problem_mark;
  const char *problem = p->problem != NULL ? p->problem : "syntax error";
  if (!reader && tab_at(b, m))
    return WEIR_FAIL(b->ctx, WEIR_EFORMAT, "%s:%d:%d: a tab cannot indent in YAML, use spaces", AT(b, m));
  if (p->context == NULL) return WEIR_FAIL(b->ctx, WEIR_EFORMAT, "%s:%d:%d: not valid YAML: %s", AT(b, m), problem);
  return WEIR_FAIL(b->ctx, WEIR_EFORMAT, "%s:%d:%d: not valid YAML: %s %s that starts in line %d", AT(b, m), problem,
                   p->context, line_of(p->context_mark));
}

static weir_status run(builder *b, yaml_parser_t *p)
{
  while (!b->end) {
    yaml_event_t e;
    if (!yaml_parser_parse(p, &e)) return parser_failure(b, p);
    const weir_status s = on_event(b, &e);
    yaml_event_delete(&e);
    if (s != WEIR_OK) return s;
  }
  WEIR_REQUIRE(b->root != NULL, b->ctx, WEIR_EFORMAT, "%s:1:%d: nothing in here, a value expected", b->file,
               b->column0);
  return WEIR_OK;
}

weir_status weir_yaml_build(weir_ctx *ctx, weir_yaml *doc, const char *file, const char *text, size_t length,
                            int column, weir_yaml_node **root)
{
  WEIR_REQUIRE(length <= WEIR_YAML_MAXBYTES, ctx, WEIR_ELIMIT, "%s: %zu bytes, at most %d are read", file, length,
               (int)WEIR_YAML_MAXBYTES);
  if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3, length -= 3;
  builder b = {.ctx = ctx, .doc = doc, .file = file, .text = text, .length = length, .column0 = column};
  b.cursor_line = 1;
  yaml_parser_t p;
  WEIR_REQUIRE(yaml_parser_initialize(&p), ctx, WEIR_ENOMEM, "%s: no memory to parse it", file);
  yaml_parser_set_encoding(&p, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&p, (const unsigned char *)text, length);
  const weir_status s = run(&b, &p);
  yaml_parser_delete(&p);
  if (s == WEIR_OK) *root = b.root;
  return s;
}
