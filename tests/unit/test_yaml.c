/* The YAML reader: what is accepted, what is refused and in which words, where things stand. */
#include "../support/check.h"
#include <weir/yaml.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static weir_yaml *parse(weir_ctx *ctx, const char *text)
{
  weir_yaml *doc = NULL;
  check_ok(ctx, weir_yaml_parse(ctx, "f.yaml", text, strlen(text), &doc));
  return doc;
}

static void refused(weir_ctx *ctx, const char *text, weir_status s, const char *message)
{
  weir_yaml *doc = (weir_yaml *)&doc;
  check_fails(ctx, weir_yaml_parse(ctx, "f.yaml", text, strlen(text), &doc), s, message);
  assert_null(doc);
}

static void nodes_know_their_place(void **state)
{
  weir_ctx *ctx = *state;
  weir_yaml *doc = parse(ctx, "a: 1\nmesh:\n  box: [[0, 1], [-2, x]]\n  'cells': \"12\"\nf: |\n\n   x + y\n");
  weir_yaml_node *root = weir_yaml_root(doc);
  char buf[100];
  const weir_yaml_node *n = weir_yaml_find(root, "mesh.box[1][1]");
  assert_non_null(n);
  assert_string_equal(weir_yaml_path(n, buf, sizeof buf), "mesh.box[1][1]");
  assert_string_equal(weir_yaml_where(n, buf, sizeof buf), "f.yaml:3:22");
  assert_string_equal(n->text, "x");
  n = weir_yaml_find(root, "mesh.cells");
  assert_int_equal(n->line, 4);
  assert_int_equal(n->column, 12);
  assert_int_equal(n->text_column, 13);
  assert_int_equal(n->key_column, 3);
  assert_true(n->quoted);
  n = weir_yaml_find(root, "f");
  assert_int_equal(n->text_line, 7);
  assert_int_equal(n->text_column, 4);
  assert_string_equal(weir_yaml_path(n, buf, 1), "");
  assert_null(weir_yaml_find(root, "mesh.box[2]"));
  assert_null(weir_yaml_find(root, "mesh.bo"));
  assert_null(weir_yaml_find(root, "a.b"));
  weir_yaml_destroy(&doc);
  assert_null(doc);
  weir_yaml_destroy(&doc);
  weir_yaml_destroy(NULL);
}

static void columns_count_characters_not_bytes(void **state)
{
  weir_ctx *ctx = *state;
  weir_yaml *doc = parse(ctx, "\xEF\xBB\xBFt: [\"\xC3\xA4\xE2\x82\xAC\", 7]\r\nu: 1\r\n");
  assert_int_equal(weir_yaml_find(weir_yaml_root(doc), "t[1]")->column, 11);
  assert_int_equal(weir_yaml_find(weir_yaml_root(doc), "t")->key_column, 1);
  assert_int_equal(weir_yaml_find(weir_yaml_root(doc), "u")->line, 2);
  weir_yaml_destroy(&doc);
}

static void yaml_beyond_the_subset_is_refused_with_a_sentence(void **state)
{
  weir_ctx *ctx = *state;
  refused(ctx, "a: &x 1\n", WEIR_EFORMAT, "f.yaml:1:4: anchors (&x) are not accepted");
  refused(ctx, "a: &x\n  b: 1\n", WEIR_EFORMAT, "f.yaml:1:4: anchors (&x) are not accepted");
  refused(ctx, "a: *x\n", WEIR_EFORMAT, "f.yaml:1:4: aliases (*x) are not accepted");
  refused(ctx, "a: !!int 1\n", WEIR_EFORMAT, "f.yaml:1:4: tags (tag:yaml.org,2002:int) are not accepted");
  refused(ctx, "a: !m [1]\n", WEIR_EFORMAT, "f.yaml:1:4: tags (!m) are not accepted");
  refused(ctx, "a: 1\n---\nb: 2\n", WEIR_EFORMAT, "f.yaml:2:1: a second document starts here");
  refused(ctx, "%YAML 1.1\n---\na: 1\n", WEIR_EFORMAT, "f.yaml:1:1: % directives are not accepted");
  refused(ctx, "? [a, b]\n: 1\n", WEIR_EFORMAT, "f.yaml:1:3: a list or map cannot be a key");
  refused(ctx, "a: 1\nbc: 2\na: 3\n", WEIR_EFORMAT, "f.yaml:3:1: key 'a' is given twice, first in line 1");
  refused(ctx, "a.b: 1\n", WEIR_EFORMAT, "f.yaml:1:1: a key must not hold control characters or '.'");
  refused(ctx, "\"\": 1\n", WEIR_EFORMAT, "f.yaml:1:1: a key of 0 characters, 1 to 200 expected");
  refused(ctx, "a: \"x\\0y\"\n", WEIR_EFORMAT, "f.yaml:1:4: a text must not hold \\0");
  refused(ctx, "", WEIR_EFORMAT, "f.yaml:1:1: nothing in here");
  refused(ctx, "# only a comment\n", WEIR_EFORMAT, "nothing in here");
}

static void syntax_errors_say_line_and_column(void **state)
{
  weir_ctx *ctx = *state;
  refused(ctx, "a: 1\n\tb: 2\n", WEIR_EFORMAT, "f.yaml:2:1: a tab cannot indent in YAML, use spaces");
  refused(ctx, "m:\n  a: 1\n \tb: 2\n", WEIR_EFORMAT, "a tab cannot indent in YAML, use spaces");
  refused(ctx, "a:\n  b: 1\n c: 2\n", WEIR_EFORMAT, "f.yaml:3:2: not valid YAML: ");
  refused(ctx, "a: [1, 2\nb: 3\n", WEIR_EFORMAT, "not valid YAML: ");
  refused(ctx, "a: 'x\n", WEIR_EFORMAT,
          "found unexpected end of stream while scanning a quoted scalar that starts in line 1");
  refused(ctx, "a: 1\nb: \xFFz\n", WEIR_EFORMAT, "f.yaml:2:4: not valid YAML: ");
  refused(ctx, "a: 1\nb: \x01\n", WEIR_EFORMAT, "f.yaml:2:4: not valid YAML: control characters are not allowed");
}

static char *repeat(const char *unit, size_t times, const char *end)
{
  const size_t n = strlen(unit);
  char *s = malloc(n * times + strlen(end) + 1);
  for (size_t i = 0; i < times; i++) memcpy(s + i * n, unit, n);
  strcpy(s + n * times, end);
  return s;
}

static void limits_hold_before_anything_large_is_built(void **state)
{
  weir_ctx *ctx = *state;
  char *deep = repeat("[", 500000, "");
  refused(ctx, deep, WEIR_ELIMIT, "f.yaml:1:33: more than 32 lists and maps inside each other");
  char *fits = repeat("[", 32, "");
  char *close = repeat("]", 32, "");
  char text[100];
  snprintf(text, sizeof text, "%s%s", fits, close);
  weir_yaml *doc = parse(ctx, text);
  weir_yaml_destroy(&doc);
  char *many = repeat("- 1\n", 20000, "");
  refused(ctx, many, WEIR_ELIMIT, "f.yaml:20000:3: more than 20000 scalars, lists and maps");
  many[4 * 19999] = '\0';
  doc = parse(ctx, many);
  assert_int_equal(weir_yaml_root(doc)->count, 19999);
  weir_yaml_destroy(&doc);
  char *large = repeat("#", 1 << 20, "\n");
  refused(ctx, large, WEIR_ELIMIT, "f.yaml: 1048577 bytes, at most 1048576 are read");
  free(deep), free(fits), free(close), free(many), free(large);
}

static void numbers_are_read_exactly_and_strictly(void **state)
{
  weir_ctx *ctx = *state;
  static const struct {
    const char *text;
    double value;
  } good[] = {{"0", 0.0},      {"-0.1", -0.1},          {"+2.", 2.0},
              {".5", 0.5},     {"1e-3", 1e-3},          {"1.7976931348623157e308", DBL_MAX},
              {"'2'", 2.0},    {"\"3\"", 3.0},          {"1E+2", 1e2},
              {"00012", 12.0}, {"5e-324", DBL_TRUE_MIN}};
  static const char *const bad[] = {"0x10", "inf",   ".inf", "nan", "1,5", "1e", ".",   "+",
                                    "1 2",  "1e999", "one",  "~",   "''",  "",   "[1]", "{a: 1}"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    weir_yaml *doc = parse(ctx, good[i].text);
    double x = -1.0;
    check_ok(ctx, weir_yaml_number(ctx, weir_yaml_root(doc), &weir_yaml_any, &x));
    check_close(x, good[i].value, 0.0);
    weir_yaml_destroy(&doc);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char text[40];
    snprintf(text, sizeof text, "k: %s", bad[i]);
    weir_yaml *doc = parse(ctx, text);
    double x = -1.0;
    check_fails(ctx, weir_yaml_number(ctx, weir_yaml_get(weir_yaml_root(doc), "k"), &weir_yaml_any, &x), WEIR_EFORMAT,
                bad[i][0] != '\0' ? "f.yaml:1:4: k: expected a number, found "
                                  : "f.yaml:1:3: k: expected a number, found nothing");
    assert_true(x == -1.0);
    weir_yaml_destroy(&doc);
  }
}

static void numbers_do_not_depend_on_the_locale(void **state)
{
  weir_ctx *ctx = *state;
  static const char *const comma[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8", NULL};
  bool set = false;
  for (int i = 0; comma[i] != NULL && !set; i++) set = setlocale(LC_ALL, comma[i]) != NULL;
  weir_yaml *doc = parse(ctx, "1.25");
  double x = 0.0;
  check_ok(ctx, weir_yaml_number(ctx, weir_yaml_root(doc), &weir_yaml_any, &x));
  check_close(x, 1.25, 0.0);
  weir_yaml_destroy(&doc);
  setlocale(LC_ALL, "C");
  if (!set) skip(); /* no such locale installed: nothing was shown */
}

static void typed_readers_say_what_they_expected(void **state)
{
  weir_ctx *ctx = *state;
  static const char *const words[] = {"uniform", "listed", NULL};
  weir_yaml *doc =
      parse(ctx, "n: 3.5\nb: yes\nw: unifrm\nv: [1, 2, x]\nm: [[1, 2], [3]]\nt:\np: -1\nr: 7\ne: [[1, 2], [3, 4]]");
  weir_yaml_node *root = weir_yaml_root(doc);
  int64_t k = 42;
  bool b = false;
  int w = 42, count = 42;
  double x[4] = {0};
  const char *text = NULL;
  check_fails(ctx, weir_yaml_integer(ctx, weir_yaml_get(root, "n"), 1, INT64_MAX, &k), WEIR_EFORMAT,
              "f.yaml:1:4: n: expected a whole number >= 1, found '3.5'");
  check_fails(ctx, weir_yaml_integer(ctx, weir_yaml_get(root, "r"), 1, 6, &k), WEIR_EFORMAT,
              "f.yaml:8:4: r: expected a whole number from 1 to 6, found '7'");
  check_fails(ctx, weir_yaml_bool(ctx, weir_yaml_get(root, "b"), &b), WEIR_EFORMAT,
              "f.yaml:2:4: b: expected true or false, found 'yes'");
  check_fails(ctx, weir_yaml_word(ctx, weir_yaml_get(root, "w"), words, &w), WEIR_EFORMAT,
              "f.yaml:3:4: w: expected one of uniform, listed (did you mean 'uniform'?), found 'unifrm'");
  check_fails(ctx, weir_yaml_vector(ctx, weir_yaml_get(root, "v"), 3, 3, x, &count), WEIR_EFORMAT,
              "f.yaml:4:11: v[2]: expected a number, found 'x'");
  check_fails(ctx, weir_yaml_vector(ctx, weir_yaml_get(root, "v"), 2, 2, x, &count), WEIR_EFORMAT,
              "f.yaml:4:4: v: expected a list of 2 numbers, found a list of 3");
  check_fails(ctx, weir_yaml_matrix(ctx, weir_yaml_get(root, "m"), 2, 2, x), WEIR_EFORMAT,
              "f.yaml:5:13: m[1]: expected a list of 2 numbers, found a list of 1");
  check_fails(ctx, weir_yaml_matrix(ctx, weir_yaml_get(root, "m"), 3, 2, x), WEIR_EFORMAT,
              "expected 3 rows of 2 numbers, as a list of lists, found a list of 2");
  check_fails(ctx, weir_yaml_text(ctx, weir_yaml_get(root, "t"), &text), WEIR_EFORMAT,
              "t: expected a text, found nothing");
  check_fails(ctx, weir_yaml_number(ctx, weir_yaml_get(root, "p"), &weir_yaml_positive, x), WEIR_EFORMAT,
              "f.yaml:7:4: p: expected a number > 0, found '-1'");
  assert_true(k == 42 && w == 42 && count == 42 && text == NULL);
  check_ok(ctx, weir_yaml_matrix(ctx, weir_yaml_get(root, "e"), 2, 2, x));
  assert_true(x[0] == 1 && x[1] == 2 && x[2] == 3 && x[3] == 4);
  check_ok(ctx, weir_yaml_integer(ctx, weir_yaml_get(root, "r"), 1, 7, &k));
  assert_true(k == 7);
  weir_yaml_destroy(&doc);
}

static void unknown_missing_and_unread_keys_are_named(void **state)
{
  weir_ctx *ctx = *state;
  static const char *const known[] = {"box", "cells", "grading", NULL};
  weir_yaml *doc = parse(ctx, "mesh:\n  box: 1\n  celss: 2\n");
  weir_yaml_node *root = weir_yaml_root(doc), *mesh = weir_yaml_get(root, "mesh"), *n = NULL;
  check_fails(
      ctx, weir_yaml_keys(ctx, mesh, known), WEIR_EFORMAT,
      "f.yaml:3:3: mesh: key 'celss' is not known here (did you mean 'cells'?); known keys: box, cells, grading");
  check_fails(ctx, weir_yaml_need(ctx, mesh, "cells", &n), WEIR_EFORMAT, "f.yaml:2:3: mesh: key 'cells' is missing");
  assert_null(n);
  check_ok(ctx, weir_yaml_need(ctx, mesh, "box", &n));
  check_fails(ctx, weir_yaml_need(ctx, n, "x", &n), WEIR_EFORMAT, "mesh.box: expected a map, found '1'");
  check_fails(ctx, weir_yaml_all_read(ctx, root), WEIR_EFORMAT, "f.yaml:3:3: mesh: key 'celss' has no effect here");
  (void)weir_yaml_get(mesh, "celss");
  check_ok(ctx, weir_yaml_all_read(ctx, root));
  weir_yaml_destroy(&doc);
}

static void assignments_replace_add_and_make_maps(void **state)
{
  weir_ctx *ctx = *state;
  weir_yaml *doc = parse(ctx, "mesh: {cells: 3, box: [0, 1]}\nlast: 1\n");
  weir_yaml_node *root = weir_yaml_root(doc);
  check_ok(ctx, weir_yaml_set(ctx, doc, "mesh.cells=[64, 32]"));
  check_ok(ctx, weir_yaml_set(ctx, doc, "last=2"));
  check_ok(ctx, weir_yaml_set(ctx, doc, "scheme.cfl=0.4"));
  check_ok(ctx, weir_yaml_set(ctx, doc, "more=x = y"));
  char buf[60];
  assert_string_equal(weir_yaml_find(root, "mesh.cells[1]")->text, "32");
  assert_string_equal(weir_yaml_where(weir_yaml_find(root, "mesh.cells[1]"), buf, sizeof buf), "command line:1:17");
  assert_string_equal(weir_yaml_find(root, "mesh.box[1]")->text, "1");
  assert_string_equal(weir_yaml_find(root, "scheme.cfl")->text, "0.4");
  assert_string_equal(weir_yaml_find(root, "last")->text, "2");
  assert_string_equal(weir_yaml_find(root, "more")->text, "x = y");
  assert_int_equal(root->count, 4);
  check_fails(ctx, weir_yaml_set(ctx, doc, "mesh.cells"), WEIR_EFORMAT,
              "command line: 'mesh.cells': expected KEY=VALUE");
  check_fails(ctx, weir_yaml_set(ctx, doc, ".x=1"), WEIR_EFORMAT, "a key of 1 to 200 characters expected");
  check_fails(ctx, weir_yaml_set(ctx, doc, "last.x=1"), WEIR_EFORMAT, "'last' is not a map in command line:1:6");
  check_fails(ctx, weir_yaml_set(ctx, doc, "a=[1"), WEIR_EFORMAT,
              "command line:2:1: not valid YAML: did not find expected ',' or ']'");
  check_fails(ctx, weir_yaml_set(ctx, doc, "a="), WEIR_EFORMAT, "command line:1:3: nothing in here");
  char *deep = repeat("a.", 40, "b=1");
  check_fails(ctx, weir_yaml_set(ctx, doc, deep), WEIR_ELIMIT, "command line: more than 31 keys inside each other");
  free(deep);
  weir_yaml_destroy(&doc);
  doc = parse(ctx, "[1, 2]");
  check_fails(ctx, weir_yaml_set(ctx, doc, "a=1"), WEIR_EFORMAT, "f.yaml:1:1: expected a map");
  weir_yaml_destroy(&doc);
}

static void merging_keeps_what_is_there(void **state)
{
  weir_ctx *ctx = *state;
  weir_yaml *into = parse(ctx, "a: 1\n"), *from = NULL;
  check_ok(ctx, weir_yaml_parse(ctx, "g.yaml", "a: 2\nb: 3\n", 10, &from));
  weir_yaml_merge(weir_yaml_root(into), weir_yaml_root(from));
  assert_string_equal(weir_yaml_find(weir_yaml_root(into), "a")->text, "1");
  char buf[40];
  assert_string_equal(weir_yaml_where(weir_yaml_find(weir_yaml_root(into), "b"), buf, sizeof buf), "g.yaml:2:4");
  weir_yaml_destroy(&into);
  weir_yaml_destroy(&from);
}

static void files_that_cannot_be_read_are_named(void **state)
{
  weir_ctx *ctx = *state;
  char dir[200], path[260];
  test_dir(dir, sizeof dir);
  weir_yaml *doc = NULL;
  snprintf(path, sizeof path, "%s/none.yaml", dir);
  check_fails(ctx, weir_yaml_read(ctx, path, &doc), WEIR_EIO, "none.yaml: No such file");
  check_fails(ctx, weir_yaml_read(ctx, dir, &doc), WEIR_EIO, ": not a regular file");
  snprintf(path, sizeof path, "%s/fifo", dir);
  assert_int_equal(mkfifo(path, 0600), 0);
  check_fails(ctx, weir_yaml_read(ctx, path, &doc), WEIR_EIO, "fifo: not a regular file");
  snprintf(path, sizeof path, "%s/large.yaml", dir);
  FILE *f = fopen(path, "w");
  for (int i = 0; i < (1 << 20) + 1; i++) fputc('#', f);
  fclose(f);
  check_fails(ctx, weir_yaml_read(ctx, path, &doc), WEIR_ELIMIT, "large.yaml: 1048577 bytes, at most 1048576 are read");
  assert_null(doc);
  snprintf(path, sizeof path, "%s/good.yaml", dir);
  f = fopen(path, "w");
  fputs("a: 1\n", f);
  fclose(f);
  check_ok(ctx, weir_yaml_read(ctx, path, &doc));
  assert_string_equal(weir_yaml_find(weir_yaml_root(doc), "a")->text, "1");
  weir_yaml_destroy(&doc);
}

/* Whatever bytes come: success or a message with the file's name, never a crash (run it under sanitizers). */
static void mutated_texts_never_crash_the_reader(void **state)
{
  weir_ctx *ctx = *state;
  static const char seed_text[] = "a: {b: [1, 'x', \"y\\t\"], c: |\n  lit\n  eral\nd: >\n fold\n\n - e: &f *g\n? "
                                  "[k]\n: !t v\n---\n%Z 1\n# c\n\xC3\xA4: -1.5e3\n";
  static const char bytes[] = "{}[]&*!|>'\"%@`#,:?-\t\n\r \\0.ax\xFF\x80";
  uint64_t seed = 99;
  int good = 0;
  for (int round = 0; round < 20000; round++) {
    char text[sizeof seed_text];
    size_t n = sizeof seed_text - 1;
    memcpy(text, seed_text, n);
    const size_t from = (size_t)((noise(&seed) + 1.0) * 0.5 * 60.0); /* a random part of it */
    n = from + (size_t)((noise(&seed) + 1.0) * 0.5 * (double)(n - from));
    for (int k = 0; k < 1 + round % 5; k++)
      text[(size_t)((noise(&seed) + 1.0) * 0.5 * (double)n)] =
          bytes[(size_t)((noise(&seed) + 1.0) * 0.5 * (double)(sizeof bytes - 1))];
    weir_yaml *doc = NULL;
    weir_clear(ctx);
    const weir_status s = weir_yaml_parse(ctx, "f.yaml", text + from, n - from, &doc);
    good += s == WEIR_OK;
    assert_true((s == WEIR_OK) == (doc != NULL));
    assert_true(s == WEIR_OK || s == WEIR_EFORMAT || s == WEIR_ELIMIT);
    assert_true(s == WEIR_OK || strncmp(weir_message(ctx), "f.yaml:", 7) == 0);
    weir_yaml_destroy(&doc);
  }
  assert_true(good > 100); /* measured: 2346; the loop must not be refused at the door */
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(nodes_know_their_place, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(columns_count_characters_not_bytes, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(yaml_beyond_the_subset_is_refused_with_a_sentence, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(syntax_errors_say_line_and_column, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(limits_hold_before_anything_large_is_built, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(numbers_are_read_exactly_and_strictly, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(numbers_do_not_depend_on_the_locale, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(typed_readers_say_what_they_expected, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(unknown_missing_and_unread_keys_are_named, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(assignments_replace_add_and_make_maps, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(merging_keeps_what_is_there, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(files_that_cannot_be_read_are_named, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(mutated_texts_never_crash_the_reader, ctx_setup, ctx_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
