/* Text tables: what is read, what is refused and where, in any locale; and what is written. */
#include "../support/check.h"
#include "../support/files.h"
#include <weir/array.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static weir_status parse(weir_ctx *ctx, const char *text, weir_arrays **out)
{
  return weir_arrays_parse(ctx, "t.csv", text, strlen(text), NULL, out);
}

static void refuse(weir_ctx *ctx, const char *text, weir_status code, const char *words)
{
  weir_arrays *a = (weir_arrays *)1;
  check_fails(ctx, parse(ctx, text, &a), code, words);
  assert_null(a);
}

static void csv_reads_every_separator_line_end_and_comment(void **state)
{
  weir_ctx *ctx = *state;
  static const char *form[] = {
      "1,2.5,-3e-1\n4,5,6\n",
      "1;2.5;-3e-1\r\n4;5;6\r\n",
      "1\t2.5\t-3e-1\n4\t5\t6",
      "  1 2.5   -3e-1  \n\n# comment\n4 5 6 # more\n",
      "\xef\xbb\xbf# saved by numpy\n1, 2.5, -3e-1\n \n4 ,5 , 6\n",
      "1 \t 2.5\t-3e-1\n4\t5 \t6",
  };
  const double want[6] = {1, 2.5, -0.3, 4, 5, 6};
  for (size_t k = 0; k < sizeof form / sizeof *form; k++) {
    weir_arrays *a = NULL;
    check_ok(ctx, parse(ctx, form[k], &a));
    assert_int_equal(a->n, 1);
    assert_int_equal(a->format, WEIR_FORMAT_TABLE);
    assert_string_equal(a->array[0].name, "data");
    assert_true(a->array[0].ndim == 2 && a->array[0].shape[0] == 2 && a->array[0].shape[1] == 3);
    assert_memory_equal(a->array[0].data, want, sizeof want);
    weir_arrays_destroy(&a);
  }
}

static void csv_with_a_header_gives_one_array_per_column(void **state)
{
  weir_ctx *ctx = *state;
  weir_arrays *a = NULL;
  check_ok(ctx, parse(ctx, "\"x\", y ,'log rho'\n1,2,3\n4,5,nan\n", &a));
  assert_int_equal(a->n, 3);
  assert_int_equal(a->format, WEIR_FORMAT_TABLE_NAMED);
  assert_string_equal(a->array[0].name, "x");
  assert_string_equal(a->array[2].name, "log rho");
  assert_true(weir_arrays_find(a, "y")->data[1] == 5);
  assert_true(a->array[1].ndim == 1 && a->array[1].size == 2);
  assert_true(isnan(a->array[2].data[1]));
  weir_arrays_destroy(&a);
  check_ok(ctx, parse(ctx, "\xcf\x81,\xe2\x88\x82t\n1,2\n", &a)); /* Greek rho, del t */
  assert_string_equal(a->array[0].name, "\xcf\x81");
  weir_arrays_destroy(&a);
  check_ok(ctx, parse(ctx, "x,y\n", &a)); /* an empty cloud */
  assert_int_equal(a->array[0].size, 0);
  weir_arrays_destroy(&a);
}

static void csv_keeps_nan_and_infinity_as_data(void **state)
{
  weir_ctx *ctx = *state;
  weir_arrays *a = NULL;
  check_ok(ctx, parse(ctx, "1,nan\n-inf,NaN\ninf,0x1p-3\n", &a));
  const double *x = a->array[0].data;
  assert_true(isnan(x[1]) && x[2] == -(double)INFINITY && isnan(x[3]) && x[4] == (double)INFINITY && x[5] == 0.125);
  weir_arrays_destroy(&a);
}

static void csv_refuses_ragged_rows_and_bad_tokens_and_says_where(void **state)
{
  weir_ctx *ctx = *state;
  refuse(ctx, "1,2\n3,4\n5\n", WEIR_EFORMAT, "t.csv:3: 1 column found, 2 expected as in the first line");
  refuse(ctx, "1,2\n\n#\n3,4,5\n", WEIR_EFORMAT, "t.csv:4: 3 columns found, 2 expected");
  refuse(ctx, "1,2\n3,4x\n", WEIR_EFORMAT, "t.csv:2:3: column 2: '4x' is not a number");
  refuse(ctx, "x,y\n1,2\n  3 , abc\n", WEIR_EFORMAT, "t.csv:3:7: column 2: 'abc' is not a number");
  refuse(ctx,
         "\xef\xbb\xbf"
         "1,zwei\n",
         WEIR_EFORMAT, "t.csv:1:3: column 2: 'zwei'");
  refuse(ctx, "1,,2\n", WEIR_EFORMAT, "t.csv:1:3: column 2 is empty, a number was expected");
  refuse(ctx, "1;2,5\n", WEIR_EFORMAT, "column 2: '2,5' is not a number (decimals take a '.')");
  refuse(ctx, "1,1e999\n", WEIR_EFORMAT, "'1e999' is not a number");
  refuse(ctx, "1,nan(7)\n", WEIR_EFORMAT, "'nan(7)' is not a number");
  refuse(ctx, "1,\033[31m\n", WEIR_EFORMAT, "'?[31m' is not a number");
  refuse(ctx, "x,x\n1,2\n", WEIR_EFORMAT, "t.csv:1: two columns are called 'x'");
  refuse(ctx, "x,\n1,2\n", WEIR_EFORMAT, "column 2 has no proper name");
  refuse(ctx, "x,a\033[2J\n1,2\n", WEIR_EFORMAT, "column 2 has no proper name ('a?[2J')");
  static const char *const no_utf8[] = {"\xff", "\xc0\xaf",    "\xe2\x82", "\xed\xa0\x80", "\xf5\x80\x80\x80",
                                        "\x80", "\xe0\x9f\xbf"};
  for (size_t k = 0; k < sizeof no_utf8 / sizeof *no_utf8; k++) {
    char text[32];
    snprintf(text, sizeof text, "x,%s\n1,2\n", no_utf8[k]);
    refuse(ctx, text, WEIR_EFORMAT, "column 2 has no proper name");
  }
  refuse(ctx, "", WEIR_EFORMAT, "empty");
  refuse(ctx, "# nothing\n\n", WEIR_EFORMAT, "no line with numbers");
  weir_arrays *a = NULL;
  check_fails(ctx, weir_arrays_parse(ctx, "t.csv", "1,2\n3\0,4\n", 9, NULL, &a), WEIR_EFORMAT, "t.csv:2: a zero byte");
  check_fails(ctx, weir_arrays_parse(ctx, "t.h5", "\x89HDF\r\n\x1a\n", 8, NULL, &a), WEIR_EUNSUPPORTED, "an HDF5 file");
}

static void csv_limits_columns_lines_and_memory(void **state)
{
  weir_ctx *ctx = *state;
  weir_arrays *a = NULL;
  bytes s = {0};
  for (int k = 0; k < 64; k++) bytes_add(&s, "1,", 2);
  s.n--;
  check_ok(ctx, weir_arrays_parse(ctx, "t.csv", s.b, s.n, NULL, &a));
  weir_arrays_destroy(&a);
  bytes_add(&s, ",1", 2);
  check_fails(ctx, weir_arrays_parse(ctx, "t.csv", s.b, s.n, NULL, &a), WEIR_ELIMIT, "t.csv:1: more than 64 columns");
  s.n = 0;
  bytes_add(&s, "1\n", 2);
  while (s.n <= (1 << 20) + 2) bytes_add(&s, "          ", 10);
  check_fails(ctx, weir_arrays_parse(ctx, "t.csv", s.b, s.n, NULL, &a), WEIR_ELIMIT,
              "t.csv:2: a line of more than 1 MiB");
  bytes_free(&s);
  const weir_read_limits l = {.max_bytes = 31};
  check_fails(ctx, weir_arrays_parse(ctx, "t.csv", "1,2\n3,4\n", 8, &l, &a), WEIR_ELIMIT, "2 rows of 2 numbers");
  check_fails(ctx, weir_arrays_parse(ctx, "t.csv", "1111111111111111111111111111111111", 34, &l, &a), WEIR_ELIMIT,
              "34 bytes, at most 31");
}

static void csv_written_reads_back_bit_for_bit(void **state)
{
  weir_ctx *ctx = *state;
  char dir[4096], path[4096];
  const double x[4] = {0.1, -1e-310, 1.7976931348623157e308, (double)NAN}, y[4] = {-0.0, (double)INFINITY, 1.0 / 3, -2};
  const double *column[2] = {x, y};
  const char *const name[2] = {"x", "y y"}, *const bad[2] = {"x", "a,b"};
  weir_arrays *a = NULL;
  test_dir(dir, sizeof dir);
  path_in(path, dir, "t.csv");
  check_ok(ctx, weir_table_write(ctx, path, 2, name, 4, column));
  check_ok(ctx, weir_arrays_read(ctx, path, NULL, &a));
  assert_memory_equal(weir_arrays_find(a, "x")->data, x, 3 * sizeof *x);
  assert_true(isnan(a->array[0].data[3]));
  assert_memory_equal(weir_arrays_find(a, "y y")->data, y, sizeof y);
  weir_arrays_destroy(&a);
  check_fails(ctx, weir_table_write(ctx, path, 0, name, 4, column), WEIR_EARG, "0 columns");
  check_fails(ctx, weir_table_write(ctx, path, 65, name, 4, column), WEIR_EARG, "65 columns");
  check_fails(ctx, weir_table_write(ctx, path, 2, name, -1, column), WEIR_EARG, "-1 rows");
  check_fails(ctx, weir_table_write(ctx, path, 2, bad, 1, column), WEIR_EARG, "'a,b' cannot name a column");
  check_fails(ctx, weir_table_write(ctx, dir, 2, name, 1, column), WEIR_EIO, "not a regular file");
}

static void numbers_keep_their_point_in_any_locale(void **state)
{
  weir_ctx *ctx = *state;
  weir_arrays *a = NULL;
  char buf[32];
  double x = 0;
  static const char *const comma[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "de_DE.utf8", "ps_AF.UTF-8"};
  bool set = false;
  for (size_t k = 0; k < sizeof comma / sizeof *comma && !set; k++) set = setlocale(LC_NUMERIC, comma[k]) != NULL;
  (void)set; /* the checks hold in "C" too; where such a locale is installed they mean more */
  assert_int_equal(weir_number_format(buf, -0.5), 4);
  assert_string_equal(buf, "-0.5");
  weir_number_format(buf, -(double)INFINITY);
  assert_string_equal(buf, "-inf");
  assert_true(weir_number_parse("2.5", &x) && x == 2.5);
  assert_false(weir_number_parse("2,5", &x));
  assert_false(weir_number_parse(" 2", &x));
  assert_false(weir_number_parse("", &x));
  assert_false(weir_number_parse("1e999", &x));
  assert_true(weir_number_parse("1e-999", &x) && x == 0);
  check_ok(ctx, parse(ctx, "1.5,2.5\n", &a));
  assert_true(a->array[0].data[0] == 1.5);
  weir_arrays_destroy(&a);
  setlocale(LC_NUMERIC, "C");
}

static void csv_survives_mutations(void **state)
{
  weir_ctx *ctx = *state;
  static const char good[] = "x,y,logrho\n1,2.5,-3\n# c\n4e2,5,nan\n6,7,8\n",
                    sign[] = "0123456789.,;\t\n\r# e+-xnainf\"";
  uint64_t seed = 99;
  int read = 0, refused = 0;
  for (int round = 0; round < 4000; round++) {
    char s[sizeof good];
    const int shift = round & 1 ? 11 : 0; /* without the header */
    strcpy(s, good + shift);
    for (int k = 0; k < 1 + round % 4; k++) {
      const size_t at = (size_t)((noise(&seed) + 1) / 2 * (double)strlen(s));
      s[at] = round % 3 ? sign[(size_t)((noise(&seed) + 1) / 2 * (sizeof sign - 1))]
                        : (char)(1 + (int)((noise(&seed) + 1) * 127));
    }
    weir_arrays *a = NULL;
    if (parse(ctx, s, &a) == WEIR_OK)
      read++;
    else
      refused += a == NULL;
    weir_arrays_destroy(&a);
  }
  assert_int_equal(read + refused, 4000);
  assert_true(read > 200 && refused > 1000);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
      T(csv_reads_every_separator_line_end_and_comment),
      T(csv_with_a_header_gives_one_array_per_column),
      T(csv_keeps_nan_and_infinity_as_data),
      T(csv_refuses_ragged_rows_and_bad_tokens_and_says_where),
      T(csv_limits_columns_lines_and_memory),
      T(csv_written_reads_back_bit_for_bit),
      T(numbers_keep_their_point_in_any_locale),
      T(csv_survives_mutations),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
