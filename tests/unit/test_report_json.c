/* JSON reports against their schema, JUnit XML against a strict reader, tables in their five formats. */
#include "report_fixture.h"
#include <jansson.h>

/* ------------------------------------------------------------------ a validator for the part of JSON Schema we use */
static bool valid(const json_t *root, const json_t *schema, const json_t *x);

static bool is_type(const char *type, const json_t *x)
{
  return (strcmp(type, "object") == 0 && json_is_object(x)) || (strcmp(type, "array") == 0 && json_is_array(x)) ||
         (strcmp(type, "string") == 0 && json_is_string(x)) || (strcmp(type, "integer") == 0 && json_is_integer(x)) ||
         (strcmp(type, "number") == 0 && json_is_number(x)) || (strcmp(type, "null") == 0 && json_is_null(x));
}

static bool one_of(const json_t *list, const json_t *x)
{
  for (size_t i = 0; i < json_array_size(list); i++)
    if (json_equal(json_array_get(list, i), x)) return true;
  return false;
}

static bool any_of(const json_t *root, const json_t *list, const json_t *x)
{
  for (size_t i = 0; i < json_array_size(list); i++)
    if (valid(root, json_array_get(list, i), x)) return true;
  return false;
}

/* The keys of the schema, in its order and no others; those of `required` must be there. */
static bool object_valid(const json_t *root, const json_t *schema, json_t *x)
{
  json_t *properties = json_object_get(schema, "properties");
  if (properties == NULL) return true;
  assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
  void *q = json_object_iter(x);
  for (void *p = json_object_iter(properties); p != NULL; p = json_object_iter_next(properties, p)) {
    json_t *name = json_string(json_object_iter_key(p));
    const bool required = one_of(json_object_get(schema, "required"), name);
    json_decref(name);
    if (q == NULL || strcmp(json_object_iter_key(p), json_object_iter_key(q)) != 0) {
      if (required) return false;
      continue;
    }
    if (!valid(root, json_object_iter_value(p), json_object_iter_value(q))) return false;
    q = json_object_iter_next(x, q);
  }
  return q == NULL;
}

static bool valid(const json_t *root, const json_t *schema, const json_t *x)
{
  const char *ref = json_string_value(json_object_get(schema, "$ref"));
  if (ref != NULL) {
    assert_memory_equal(ref, "#/$defs/", 8);
    schema = json_object_get(json_object_get(root, "$defs"), ref + 8);
    assert_non_null(schema);
  }
  const char *type = json_string_value(json_object_get(schema, "type"));
  const json_t *list = json_object_get(schema, "enum"), *any = json_object_get(schema, "anyOf");
  const json_t *items = json_object_get(schema, "items");
  assert_true(type != NULL || list != NULL || any != NULL);
  if (type != NULL && !is_type(type, x)) return false;
  if (list != NULL && !one_of(list, x)) return false;
  if (any != NULL && !any_of(root, any, x)) return false;
  if (json_is_object(x) && !object_valid(root, schema, (json_t *)(uintptr_t)x)) return false;
  for (size_t i = 0; items != NULL && i < json_array_size(x); i++)
    if (!valid(root, items, json_array_get(x, i))) return false;
  return true;
}

static json_t *parsed(const weir_text *t)
{
  json_error_t e;
  json_t *doc = json_loadb(t->s, t->len, JSON_REJECT_DUPLICATES, &e);
  if (doc == NULL) fail_msg("line %d: %s in\n%s", e.line, e.text, t->s);
  return doc;
}

static json_t *report_of(weir_ctx *ctx, const weir_report *r)
{
  weir_text *t = fixture_text(ctx);
  check_ok(ctx, weir_report_json(ctx, r, t));
  json_t *doc = parsed(t);
  weir_text_destroy(&t);
  return doc;
}

static json_t *schema_file(const char *path)
{
  json_error_t e;
  json_t *schema = json_load_file(path, 0, &e);
  if (schema == NULL) fail_msg("%s: %s", path, e.text);
  return schema;
}

static void json_report_has_exactly_the_keys_of_its_schema(void **state)
{
  weir_ctx *ctx = *state;
  json_t *schema = schema_file("reference/report.schema.json");
  fixture *f = fixture_failed();
  const weir_input in = {.role = "cloud", .path = "a.npz", .bytes = 7, .hash = 0xabc};
  weir_report r = fixture_report(f);
  r.inputs = 1;
  r.input = &in;
  json_t *doc = report_of(ctx, &r);
  assert_true(valid(schema, schema, doc));
  json_t *first = json_array_get(json_object_get(json_object_get(doc, "verdict"), "checks"), 0);
  assert_int_equal(json_object_del(first, "sd"), 0); /* the validator itself can say no */
  assert_false(valid(schema, schema, doc));
  json_decref(doc);
  r = (weir_report){
      .command = "verify", .exit_code = 3, .status = WEIR_ENUMERIC, .error = "no", .has_seconds = true, .seconds = 1.5};
  doc = report_of(ctx, &r);
  assert_true(valid(schema, schema, doc));
  assert_true(json_is_null(json_object_get(doc, "verdict")));
  json_decref(doc);
  json_decref(schema);
  free(f);
}

static double number_at(const json_t *doc, size_t check, const char *key)
{
  const json_t *checks = json_object_get(json_object_get(doc, "verdict"), "checks");
  return json_number_value(json_object_get(json_array_get(checks, check), key));
}

static void json_numbers_read_back_bit_for_bit(void **state)
{
  weir_ctx *ctx = *state;
  fixture *f = calloc(1, sizeof *f);
  assert_non_null(f);
  uint64_t seed = 5;
  double want[50];
  f->v = (weir_verdict){.outcome = WEIR_PASS, .dim = 1, .check = f->check};
  for (int i = 0; i < 50; i++) {
    want[i] = ldexp(noise(&seed), i * 20 - 500);
    (void)fixture_add(f, "counts", "mean", i, WEIR_PASS, want[i], "");
  }
  const weir_report r = fixture_report(f);
  json_t *doc = report_of(ctx, &r);
  for (size_t i = 0; i < 50; i++) assert_true(number_at(doc, i, "value") == want[i]);
  json_decref(doc);
  free(f);
}

static const char *string_at(const json_t *doc, size_t check, const char *key)
{
  const json_t *checks = json_object_get(json_object_get(doc, "verdict"), "checks");
  const char *s = json_string_value(json_object_get(json_array_get(checks, check), key));
  return s == NULL ? "(no string)" : s;
}

static void json_writes_non_finite_numbers_and_large_integers_as_strings(void **state)
{
  weir_ctx *ctx = *state;
  fixture *f = fixture_failed();
  f->check[0].value = (double)NAN;
  f->check[0].upper = (double)INFINITY;
  f->check[0].lower = -(double)INFINITY;
  const weir_input in = {.role = "cloud", .path = "a.npz", .bytes = 7, .hash = UINT64_C(0xfedcba9876543210)};
  weir_report r = fixture_report(f);
  r.inputs = 1;
  r.input = &in;
  json_t *doc = report_of(ctx, &r);
  assert_string_equal(string_at(doc, 0, "value"), "nan");
  assert_string_equal(string_at(doc, 0, "upper"), "inf");
  assert_string_equal(string_at(doc, 0, "lower"), "-inf");
  assert_string_equal(string_at(doc, 0, "outcome"), "certified");
  const json_t *v = json_object_get(doc, "verdict"), *first = json_array_get(json_object_get(doc, "inputs"), 0);
  assert_string_equal(json_string_value(json_object_get(v, "seed")), "18446744073709551615");
  assert_string_equal(json_string_value(json_object_get(first, "fnv1a64")), "fedcba9876543210");
  json_decref(doc);
  free(f);
}

static void json_survives_hostile_text_and_repeats_itself(void **state)
{
  weir_ctx *ctx = *state;
  fixture *f = fixture_failed();
  (void)snprintf(f->check[0].text, sizeof f->check[0].text, "quote \" backslash \\ bell \007 bad \xff\xc3");
  weir_report r = fixture_report(f);
  r.subject = "\xed\xa0\x80\"";
  weir_text *a = fixture_text(ctx), *b = fixture_text(ctx);
  check_ok(ctx, weir_report_json(ctx, &r, a));
  check_ok(ctx, weir_report_json(ctx, &r, b));
  assert_string_equal(a->s, b->s);
  json_t *doc = parsed(a);
  assert_string_equal(string_at(doc, 0, "text"), "quote \" backslash \\ bell ? bad ??");
  assert_string_equal(json_string_value(json_object_get(doc, "subject")), "???\"");
  json_decref(doc);
  weir_text_destroy(&a);
  weir_text_destroy(&b);
  free(f);
}

/* ------------------------------------------------------------------ a strict reader of the XML we write
 * Elements, attributes in double quotes, text, the five entities; nothing else. Counts elements by name. */
typedef struct xml {
  const char *p;
  int depth, testcases, failures, errors, skipped;
  char open[8][16];
} xml;

static bool xml_text(xml *x, const char *stop)
{
  while (*x->p && strchr(stop, *x->p) == NULL) {
    const unsigned char c = (unsigned char)*x->p;
    if ((c < 0x20 && c != '\n') || c == '<' || c == '>') return false;
    if (c == '&') {
      static const char *const entity[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
      size_t k = 0;
      while (k < 5 && strncmp(x->p, entity[k], strlen(entity[k])) != 0) k++;
      if (k == 5) return false;
      x->p += strlen(entity[k]);
    } else {
      x->p++;
    }
  }
  return *x->p != '\0';
}

static bool xml_name(xml *x, char name[16])
{
  size_t n = 0;
  while (*x->p >= 'a' && *x->p <= 'z' && n < 15) name[n++] = *x->p++;
  name[n] = '\0';
  return n > 0;
}

static bool xml_attributes(xml *x, const char *allowed)
{
  char name[16], padded[20];
  while (*x->p == ' ') {
    x->p++;
    if (!xml_name(x, name)) return false;
    (void)snprintf(padded, sizeof padded, " %s ", name);
    if (strstr(allowed, padded) == NULL || strncmp(x->p, "=\"", 2) != 0) return false;
    x->p += 2;
    if (!xml_text(x, "\"")) return false;
    x->p++;
  }
  return true;
}

static const char *xml_allowed(const char *name)
{
  if (strcmp(name, "testsuites") == 0) return " name tests failures errors time ";
  if (strcmp(name, "testsuite") == 0) return " name tests failures errors skipped time ";
  if (strcmp(name, "testcase") == 0) return " classname name time ";
  if (strcmp(name, "failure") == 0 || strcmp(name, "error") == 0) return " type message ";
  return strcmp(name, "skipped") == 0 ? " " : NULL;
}

static bool xml_element(xml *x)
{
  char name[16];
  if (*x->p++ != '<') return false;
  if (*x->p == '/') {
    x->p++;
    if (!xml_name(x, name) || *x->p++ != '>') return false;
    return x->depth > 0 && strcmp(name, x->open[--x->depth]) == 0;
  }
  if (!xml_name(x, name) || xml_allowed(name) == NULL || !xml_attributes(x, xml_allowed(name))) return false;
  x->testcases += strcmp(name, "testcase") == 0;
  x->failures += strcmp(name, "failure") == 0;
  x->errors += strcmp(name, "error") == 0;
  x->skipped += strcmp(name, "skipped") == 0;
  if (*x->p == '/')
    x->p++;
  else {
    if (x->depth == 8) return false;
    (void)snprintf(x->open[x->depth++], 16, "%s", name);
  }
  return *x->p++ == '>';
}

static bool xml_document(xml *x, const char *s)
{
  static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  *x = (xml){.p = s};
  if (strncmp(s, head, sizeof head - 1) != 0) return false;
  x->p += sizeof head - 1;
  do {
    if (!xml_element(x)) return false;
    if (x->depth > 0 && !xml_text(x, "<")) return false;
  } while (x->depth > 0);
  return strcmp(x->p, "\n") == 0;
}

static void junit_is_well_formed_and_counts_right(void **state)
{
  weir_ctx *ctx = *state;
  fixture *f = fixture_failed();
  const weir_report r = fixture_report(f);
  weir_text *t = fixture_text(ctx);
  check_ok(ctx, weir_report_junit(ctx, &r, t));
  xml x;
  if (!xml_document(&x, t->s)) fail_msg("not well-formed at: %.60s", x.p);
  assert_int_equal(x.testcases, 45); /* 9 steps, 6 checks, one of them a number for the reader */
  assert_int_equal(x.failures, 14);
  assert_int_equal(x.skipped, 9);
  assert_int_equal(x.errors, 0);
  expect(t->s, "tests=\"45\" failures=\"14\" errors=\"0\" skipped=\"9\" time=\"0\"");
  expect(t->s,
         "<testcase classname=\"ou2d\" name=\"density/rms @ step 3\" time=\"0\">\n      <failure type=\"density\"");
  weir_text_destroy(&t);
  free(f);
}

static void junit_escapes_and_drops_what_xml_forbids(void **state)
{
  weir_ctx *ctx = *state;
  fixture *f = fixture_failed();
  char every[200] = "<&>\"' ]]> ";
  size_t n = strlen(every);
  for (char c = 1; c < 0x20; c++) every[n++] = c;
  (void)snprintf(every + n, sizeof every - n, "\x7f\xc2\x85\xff\xef\xbf\xbf end");
  (void)fixture_add(f, "a<b", "c\"d", 8, WEIR_FAILED, (double)NAN, every);
  weir_report r = fixture_report(f);
  r.subject = "<script>&\"\001";
  weir_text *t = fixture_text(ctx);
  check_ok(ctx, weir_report_junit(ctx, &r, t));
  xml x;
  if (!xml_document(&x, t->s)) fail_msg("not well-formed at: %.60s", x.p);
  expect(t->s, "classname=\"&lt;script&gt;&amp;&quot;?\" name=\"a&lt;b/c&quot;d @ step 8\"");
  expect(t->s, "&lt;&amp;&gt;&quot;&apos; ]]&gt; ???????????????????????????????");
  expect(t->s, "value nan");
  weir_text_destroy(&t);
  free(f);
}

static void junit_names_do_not_repeat_and_errors_are_errors(void **state)
{
  weir_ctx *ctx = *state;
  fixture *f = fixture_failed();
  (void)fixture_add(f, "mass", "total", -1, WEIR_PASS, 0.5, "");
  (void)fixture_add(f, "mass", "total", -1, WEIR_PASS, 0.25, "");
  weir_report r = fixture_report(f);
  weir_text *t = fixture_text(ctx);
  check_ok(ctx, weir_report_junit(ctx, &r, t));
  expect(t->s, "name=\"mass/total @ run\"");
  expect(t->s, "name=\"mass/total @ run #2\"");
  xml x;
  for (int code = 2; code <= 5; code++) {
    r = (weir_report){.command = "verify",
                      .subject = "ou2d",
                      .exit_code = code,
                      .status = WEIR_EFORMAT,
                      .error = code == 5 ? NULL : "line 3: <nothing>"};
    t->len = 0;
    check_ok(ctx, weir_report_junit(ctx, &r, t));
    assert_true(xml_document(&x, t->s));
    assert_int_equal(x.errors, 1);
    expect(t->s, code == 5 ? "type=\"nothing-to-test\"" : "type=\"WEIR_EFORMAT\" message=\"line 3: &lt;nothing&gt;\"");
  }
  weir_verdict v = {.outcome = WEIR_PASS};
  r = (weir_report){.command = "verify", .subject = "ou2d", .exit_code = 1, .verdict = &v};
  t->len = 0;
  check_ok(ctx, weir_report_junit(ctx, &r, t)); /* undecided, a certificate was required */
  assert_true(xml_document(&x, t->s) && x.failures == 1);
  weir_text_destroy(&t);
  free(f);
}

/* ------------------------------------------------------------------ tables */
static weir_table *orders_table(weir_ctx *ctx)
{
  weir_table *t = NULL;
  check_ok(ctx, weir_table_create(ctx, "converge", &t));
  weir_table_fact(t, "order", "", 1.98, 4);
  weir_table_fact(t, "time", "s", 0.1, 3);
  weir_table_fact_text(t, "scheme", "muscl-mc");
  weir_table_column(t, "n", "", WEIR_COLUMN_INTEGER, 0);
  weir_table_column(t, "L1", "mass", WEIR_COLUMN_NUMBER, 3);
  weir_table_column(t, "note", "", WEIR_COLUMN_TEXT, 0);
  weir_table_number(t, 64);
  weir_table_number(t, 0.1);
  weir_table_text(t, "a, \"b\" | c");
  weir_table_number(t, 1024);
  weir_table_number(t, (double)NAN);
  weir_table_text(t, NULL);
  return t;
}

static void table_renders_in_four_formats(void **state)
{
  weir_ctx *ctx = *state;
  weir_table *t = orders_table(ctx);
  weir_text *s = fixture_text(ctx);
  check_ok(ctx, weir_table_render(ctx, t, WEIR_TABLE_TEXT, s));
  assert_string_equal(s->s, "order   1.98\ntime    0.1 s\nscheme  muscl-mc\n\n"
                            "   n  L1 [mass]  note\n  64        0.1  a, \"b\" | c\n1024        nan\n");
  s->len = 0;
  check_ok(ctx, weir_table_render(ctx, t, WEIR_TABLE_CSV, s));
  assert_string_equal(s->s, "# order = 1.98\n# time = 0.10000000000000001 s\n# scheme = muscl-mc\n"
                            "n,L1 [mass],note\n64,0.10000000000000001,\"a, \"\"b\"\" | c\"\n1024,nan,\n");
  s->len = 0;
  check_ok(ctx, weir_table_render(ctx, t, WEIR_TABLE_MARKDOWN, s));
  expect(s->s, "|    n | L1 \\[mass\\] | note        |\n| ---: | ----------: | :---------- |\n");
  expect(s->s, "|   64 |         0.1 | a, \"b\" \\| c |\n");
  s->len = 0;
  check_ok(ctx, weir_table_render(ctx, t, WEIR_TABLE_JSON, s));
  json_t *doc = parsed(s);
  const json_t *row = json_array_get(json_object_get(doc, "rows"), 0);
  assert_int_equal(json_integer_value(json_array_get(row, 0)), 64);
  assert_true(json_real_value(json_array_get(row, 1)) == 0.1);
  assert_string_equal(json_string_value(json_array_get(row, 2)), "a, \"b\" | c");
  row = json_array_get(json_object_get(doc, "rows"), 1);
  assert_string_equal(json_string_value(json_array_get(row, 1)), "nan");
  assert_string_equal(json_string_value(json_object_get(doc, "schema")), "weir-table-1");
  assert_int_equal(json_array_size(json_object_get(doc, "facts")), 3);
  json_decref(doc);
  weir_text_destroy(&s);
  weir_table_destroy(&t);
  assert_null(t);
  weir_table_destroy(&t);
  weir_table_destroy(NULL);
}

static void tables_follow_their_schema_alone_and_together(void **state)
{
  weir_ctx *ctx = *state;
  weir_table *t[3];
  for (int k = 0; k < 3; k++) t[k] = orders_table(ctx);
  weir_table_title(t[1], "second");
  weir_table_title(t[2], "third");
  json_t *schema = schema_file("reference/table.schema.json");
  weir_text *s = fixture_text(ctx);
  for (int n = 1; n <= 3; n += 2) {
    s->len = 0;
    check_ok(ctx, weir_tables_render(ctx, n, (const weir_table *const *)t, WEIR_TABLE_JSON, s));
    json_t *doc = parsed(s), *more = json_object_get(doc, "tables");
    assert_true(valid(schema, schema, doc));
    assert_int_equal(json_array_size(more), n - 1);
    if (n == 3) assert_string_equal(json_string_value(json_object_get(json_array_get(more, 1), "title")), "third");
    assert_int_equal(json_object_del(doc, "facts"), 0);
    assert_false(valid(schema, schema, doc));
    json_decref(doc);
  }
  s->len = 0;
  check_ok(ctx, weir_tables_render(ctx, 3, (const weir_table *const *)t, WEIR_TABLE_TEXT, s));
  expect(s->s, "1024        nan\n\n== third\norder   1.98\n");
  s->len = 0;
  check_ok(ctx, weir_tables_render(ctx, 2, (const weir_table *const *)t, WEIR_TABLE_MARKDOWN, s));
  expect(s->s, "### second\n\n- order");
  check_fails(ctx, weir_tables_render(ctx, 0, NULL, WEIR_TABLE_TEXT, s), WEIR_EARG, "0 tables");
  weir_table_number(t[2], 1); /* half a row in the last: nothing is written, not even the first */
  s->len = 0;
  check_fails(ctx, weir_tables_render(ctx, 3, (const weir_table *const *)t, WEIR_TABLE_CSV, s), WEIR_EARG, "1 cells");
  assert_int_equal(s->len, 0);
  for (int k = 0; k < 3; k++) weir_table_destroy(&t[k]);
  json_decref(schema);
  weir_text_destroy(&s);
}

/* Braces and dollars pair up, no special character stands bare, no row begins with what \\ would take for its argument. */
static void check_latex(const char *s)
{
  int braces = 0;
  bool math = false;
  for (const char *p = s; *p != '\0'; p++) {
    assert_true((unsigned char)*p < 0x80);
    if (*p == '\\' && strchr("#$%&_{}\\", p[1]) != NULL) {
      if (p[1] == '\\') assert_true(p[2] == '\n' && p[3] != '[' && p[3] != '*');
      p++;
      continue;
    }
    braces += *p == '{' ? 1 : *p == '}' ? -1 : 0;
    assert_true(braces >= 0 && strchr("#%~\"", *p) == NULL);
    if (*p == '$') math = !math;
    if (*p == '^' || *p == '<' || *p == '>' || *p == '|') assert_true(math);
    if (*p == '_') fail_msg("bare underscore in %s", s);
  }
  assert_true(braces == 0 && !math);
}

static void latex_compiles_whatever_the_text(void **state)
{
  weir_ctx *ctx = *state;
  weir_table *t = orders_table(ctx);
  weir_text *s = fixture_text(ctx);
  weir_table_title(t, "50 % of A_1 & {B} #2 ~x^2 \\input{x}");
  weir_table_fact_text(t, "[first]", "<a> | \"b\" \xc3\xa9 $5");
  weir_table_fact(t, "small", "m_s", -1.25e-300, 3);
  check_ok(ctx, weir_table_render(ctx, t, WEIR_TABLE_LATEX, s));
  check_latex(s->s);
  expect(s->s,
         "50 \\% of A\\_1 \\& \\{B\\} \\#2 \\textasciitilde{}x\\textasciicircum{}2 \\textbackslash{}input\\{x\\}");
  expect(s->s, "{[}first] & $<$a$>$ $|$ ''b'' ? \\$5 \\\\\n");
  expect(s->s, "$-1.25\\cdot 10^{-300}$ m\\_s");
  expect(s->s,
         "\\begin{tabular}{rrl}\n\\hline\nn & L1 (mass) & note \\\\\n\\hline\n$64$ & $0.1$ & a, ''b'' $|$ c \\\\\n");
  expect(s->s, "$1024$ & -- & ");
  weir_text_destroy(&s);
  weir_table_destroy(&t);
  weir_table_format f;
  assert_true(weir_table_format_find("latex", &f) && f == WEIR_TABLE_LATEX);
  assert_true(weir_table_format_find("text", &f) && f == WEIR_TABLE_TEXT);
  assert_true(weir_table_format_find("json", &f) && f == WEIR_TABLE_JSON);
  assert_false(weir_table_format_find("html", &f));
}

static void table_refuses_misuse_and_says_so(void **state)
{
  weir_ctx *ctx = *state;
  weir_text *s = fixture_text(ctx);
  static const char *const says[] = {"the last row has 1 cells, 3 expected",
                                     "a column was added after the first cell",
                                     "a number was added to a column of texts",
                                     "a number that is no integer",
                                     "before the first column",
                                     "a number that is no integer"};
  for (int k = 0; k < 6; k++) {
    weir_table *t = orders_table(ctx);
    if (k == 4) weir_table_destroy(&t);
    if (k == 4) check_ok(ctx, weir_table_create(ctx, "solve", &t));
    if (k == 0 || k == 2 || k == 4) weir_table_number(t, 1);
    if (k == 1) weir_table_column(t, "late", "", WEIR_COLUMN_TEXT, 0);
    if (k == 2) weir_table_number(t, 1);
    if (k == 2) weir_table_number(t, 1);
    if (k == 3) weir_table_number(t, 0.5);
    if (k == 5) weir_table_number(t, (double)NAN);
    check_fails(ctx, weir_table_render(ctx, t, WEIR_TABLE_TEXT, s), WEIR_EARG, says[k]);
    weir_table_destroy(&t);
  }
  assert_int_equal(s->len, 0);
  weir_text_destroy(&s);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(json_report_has_exactly_the_keys_of_its_schema, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(json_numbers_read_back_bit_for_bit, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(json_writes_non_finite_numbers_and_large_integers_as_strings, ctx_setup,
                                      ctx_teardown),
      cmocka_unit_test_setup_teardown(json_survives_hostile_text_and_repeats_itself, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(junit_is_well_formed_and_counts_right, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(junit_escapes_and_drops_what_xml_forbids, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(junit_names_do_not_repeat_and_errors_are_errors, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(table_renders_in_four_formats, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(tables_follow_their_schema_alone_and_together, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(latex_compiles_whatever_the_text, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(table_refuses_misuse_and_says_so, ctx_setup, ctx_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
