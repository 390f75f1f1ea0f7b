/* .npy files: what is read, what is refused and in which words, and what is written. */
#include "../support/check.h"
#include "../support/files.h"
#include <weir/array.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static weir_status parse(weir_ctx *ctx, const bytes *s, weir_arrays **out)
{
  return weir_arrays_parse(ctx, "dir/a.npy", s->b, s->n, NULL, out);
}

/* Refused with that code and words; frees the bytes. */
static void refuse(weir_ctx *ctx, bytes s, weir_status code, const char *words)
{
  weir_arrays *a = (weir_arrays *)1;
  check_fails(ctx, parse(ctx, &s, &a), code, words);
  assert_null(a);
  bytes_free(&s);
}

static void check_values(weir_ctx *ctx, bytes s, weir_dtype type, int n, const double *want)
{
  weir_arrays *a = NULL;
  check_ok(ctx, parse(ctx, &s, &a));
  assert_int_equal(a->n, 1);
  assert_int_equal(a->format, WEIR_FORMAT_NPY);
  assert_string_equal(a->array[0].name, "a");
  assert_int_equal(a->array[0].dtype, type);
  assert_int_equal(a->array[0].size, n);
  for (int i = 0; i < n; i++) assert_memory_equal(&a->array[0].data[i], &want[i], sizeof *want);
  weir_arrays_destroy(&a);
  assert_null(a);
  bytes_free(&s);
}

static void reverse(void *p, size_t size, int n)
{
  unsigned char *b = p;
  for (int i = 0; i < n; i++, b += size)
    for (size_t k = 0; k < size / 2; k++) {
      const unsigned char t = b[k];
      b[k] = b[size - 1 - k];
      b[size - 1 - k] = t;
    }
}

static void npy_reads_every_type_in_either_byte_order(void **state)
{
  weir_ctx *ctx = *state;
  double f8[3] = {-1.5, 1e300, 0x1p-1074};
  float f4[3] = {-1.5F, 3e38F, 0.1F};
  int8_t i1[3] = {-128, 0, 127};
  int16_t i2[3] = {-32768, 5, 32767};
  int32_t i4[3] = {INT32_MIN, 5, INT32_MAX};
  int64_t i8[3] = {-((int64_t)1 << 53), 5, (int64_t)1 << 53};
  uint8_t u1[3] = {0, 1, 255};
  uint16_t u2[3] = {0, 1, 65535};
  uint32_t u4[3] = {0, 1, UINT32_MAX};
  uint64_t u8[3] = {0, 1, (uint64_t)1 << 53};
  uint8_t b1[3] = {0, 1, 7};
  const double want_f4[3] = {-1.5, (double)3e38F, (double)0.1F}, want_i1[3] = {-128, 0, 127};
  const double want_i2[3] = {-32768, 5, 32767}, want_i4[3] = {-2147483648.0, 5, 2147483647.0};
  const double want_i8[3] = {-9007199254740992.0, 5, 9007199254740992.0}, want_u1[3] = {0, 1, 255};
  const double want_u2[3] = {0, 1, 65535}, want_u4[3] = {0, 1, 4294967295.0}, want_u8[3] = {0, 1, 9007199254740992.0};
  const double want_f8[3] = {-1.5, 1e300, 0x1p-1074}, want_b1[3] = {0, 1, 1};
  const struct {
    const char *little, *big;
    void *data;
    size_t size;
    weir_dtype type;
    const double *want;
  } t[] = {
      {"<f8", ">f8", f8, 8, WEIR_DTYPE_F8, want_f8},   {"<f4", ">f4", f4, 4, WEIR_DTYPE_F4, want_f4},
      {"|i1", ">i1", i1, 1, WEIR_DTYPE_INT, want_i1},  {"<i2", ">i2", i2, 2, WEIR_DTYPE_INT, want_i2},
      {"<i4", ">i4", i4, 4, WEIR_DTYPE_INT, want_i4},  {"<i8", ">i8", i8, 8, WEIR_DTYPE_INT, want_i8},
      {"|u1", "<u1", u1, 1, WEIR_DTYPE_INT, want_u1},  {"<u2", ">u2", u2, 2, WEIR_DTYPE_INT, want_u2},
      {"<u4", ">u4", u4, 4, WEIR_DTYPE_INT, want_u4},  {"<u8", ">u8", u8, 8, WEIR_DTYPE_INT, want_u8},
      {"|b1", "|b1", b1, 1, WEIR_DTYPE_BOOL, want_b1},
  };
  for (size_t k = 0; k < sizeof t / sizeof *t; k++) {
    check_values(ctx, npy_bytes(t[k].little, false, "(3,)", t[k].data, 3 * t[k].size), t[k].type, 3, t[k].want);
    if (t[k].size > 1) reverse(t[k].data, t[k].size, 3);
    check_values(ctx, npy_bytes(t[k].big, false, "(3,)", t[k].data, 3 * t[k].size), t[k].type, 3, t[k].want);
  }
}

static void npy_keeps_nan_and_infinity_and_marks_rounded_integers(void **state)
{
  weir_ctx *ctx = *state;
  weir_arrays *a = NULL;
  const double odd[3] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
  check_values(ctx, npy_bytes("<f8", false, "(3,)", odd, sizeof odd), WEIR_DTYPE_F8, 3, odd);
  const int64_t big[2] = {((int64_t)1 << 53) + 1, INT64_MIN};
  bytes s = npy_bytes("<i8", false, "(2,)", big, sizeof big);
  check_ok(ctx, parse(ctx, &s, &a));
  assert_true(a->array[0].rounded);
  assert_true(a->array[0].data[0] == 0x1p53 && a->array[0].data[1] == -0x1p63);
  weir_arrays_destroy(&a);
  bytes_free(&s);
}

/* Element (i,j,k) holds 100 i + 10 j + k, in Fortran order in the file. */
static void npy_puts_fortran_order_into_c_order(void **state)
{
  weir_ctx *ctx = *state;
  double f[2 * 3 * 4], c[2 * 3 * 4];
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 3; j++)
      for (int k = 0; k < 4; k++) f[i + 2 * (j + 3 * k)] = c[(i * 3 + j) * 4 + k] = 100 * i + 10 * j + k;
  check_values(ctx, npy_bytes("<f8", true, "(2, 3, 4)", f, sizeof f), WEIR_DTYPE_F8, 24, c);
  check_values(ctx, npy_bytes("<f8", true, "(1, 2, 3, 4)", f, sizeof f), WEIR_DTYPE_F8, 24, c);
  check_values(ctx, npy_bytes("<f8", true, "(2, 1, 3, 1, 4)", f, sizeof f), WEIR_DTYPE_F8, 24, c);
  reverse(f, 8, 24);
  check_values(ctx, npy_bytes(">f8", true, "(2, 3, 4)", f, sizeof f), WEIR_DTYPE_F8, 24, c);
}

static void npy_reads_headers_in_any_form_python_writes(void **state)
{
  weir_ctx *ctx = *state;
  const double x[2] = {1, 2};
  static const char *form[] = {
      "{'descr':'<f8','fortran_order':False,'shape':(2,)}",
      "{\"shape\": (2,), \"descr\": \"<f8\", \"fortran_order\": False, }\n",
      "  { 'fortran_order' : True , 'shape' : ( 2 , ) , 'descr' : '<f8' }  \n",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }",
  };
  for (size_t k = 0; k < sizeof form / sizeof *form; k++)
    check_values(ctx, npy_raw(form[k], x, sizeof x), WEIR_DTYPE_F8, 2, x);
  check_values(ctx, npy_bytes("<f8", false, "()", x, 8), WEIR_DTYPE_F8, 1, x);
  check_values(ctx, npy_bytes("<f8", false, "(0, 2)", x, 0), WEIR_DTYPE_F8, 0, x);
  bytes v2 = {0};
  bytes_add(&v2, "\x93NUMPY\x02\x00\x34\x00\x00\x00", 12);
  bytes_add(&v2, "{'descr':'<f8','fortran_order':False,'shape':(2,), }", 52);
  bytes_add(&v2, x, sizeof x);
  check_values(ctx, v2, WEIR_DTYPE_F8, 2, x);
}

static void npy_refuses_a_pickle_and_says_what_to_do(void **state)
{
  weir_ctx *ctx = *state;
  refuse(ctx, npy_bytes("|O", false, "(9,)", "\x80\x03", 2), WEIR_EUNSUPPORTED, "holds Python objects (a pickle)");
  refuse(ctx, npy_bytes("O", false, "(9,)", "", 0), WEIR_EUNSUPPORTED, "save plain arrays of numbers instead");
  bytes pickle = {0};
  bytes_add(&pickle, "\x80\x04\x95", 3);
  refuse(ctx, pickle, WEIR_EUNSUPPORTED, "Python pickle, which is never loaded");
}

static void npy_refuses_other_types_by_name(void **state)
{
  weir_ctx *ctx = *state;
  static const struct {
    const char *descr, *words;
  } t[] = {
      {"<c16", "complex"},   {"<U10", "strings"},         {"|S3", "strings"}, {"<f2", "size that is not read"},
      {"<f16", "not read"},  {"<M8[s]", "dates"},         {"<m8[s]", "time"}, {"|V8", "structured records"},
      {"<i3", "not one of"}, {"|f8", "floats of a size"}, {"=f8", "floats"},  {"<q8", "not one of"},
      {"", "not one of"},
  };
  for (size_t k = 0; k < sizeof t / sizeof *t; k++)
    refuse(ctx, npy_bytes(t[k].descr, false, "(1,)", "12345678", 8), WEIR_EUNSUPPORTED, t[k].words);
  refuse(ctx, npy_raw("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", "12345678", 8),
         WEIR_EUNSUPPORTED, "structured records or subarrays");
  refuse(ctx, npy_raw("{'descr': ('<f8', (2,)), 'fortran_order': False, 'shape': (1,)}", "12345678", 8),
         WEIR_EUNSUPPORTED, "structured records or subarrays");
}

static void npy_refuses_malformed_headers_and_says_where(void **state)
{
  weir_ctx *ctx = *state;
  static const struct {
    const char *dictionary, *words;
    weir_status code;
  } t[] = {
      {"{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", "key 'descr' twice", WEIR_EFORMAT},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}", "unknown key 'x'", WEIR_EFORMAT},
      {"{'descr': '<f8', 'shape': (1,)}", "without key 'fortran_order'", WEIR_EFORMAT},
      {"{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}", "byte 35: True or False expected, '0, 'shape'",
       WEIR_EFORMAT},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': (1)}", "in a tuple of one length", WEIR_EFORMAT},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': [1]}", "a tuple of lengths", WEIR_EFORMAT},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", "a length expected, '-1", WEIR_EFORMAT},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': (1L,)}", "',' or ')' expected, 'L", WEIR_EFORMAT},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,)", "',' or '}' expected", WEIR_EFORMAT},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} import", "nothing more expected, 'import'",
       WEIR_EFORMAT},
      {"{'descr': '<f8", "a type such as '<f8' expected, ''<f8'", WEIR_EFORMAT},
      {"", "'{' expected", WEIR_EFORMAT},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,1,1,1,1,1)}", "more than 5 axes", WEIR_ELIMIT},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': (140737488355329,)}", "longer than 2^47", WEIR_ELIMIT},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999999,)}", "longer than 2^47",
       WEIR_ELIMIT},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "more elements than memory",
       WEIR_ELIMIT},
      {"{'descr': '|u1', 'fortran_order': False, 'shape': (2147483648, 2147483648)}", "more elements than memory",
       WEIR_ELIMIT},
  };
  for (size_t k = 0; k < sizeof t / sizeof *t; k++)
    refuse(ctx, npy_raw(t[k].dictionary, "12345678", 8), t[k].code, t[k].words);
}

static void npy_refuses_lengths_that_the_file_does_not_have(void **state)
{
  weir_ctx *ctx = *state;
  char zeros[80] = {0};
  refuse(ctx, npy_bytes("<f8", false, "(2, 4)", zeros, 63), WEIR_EFORMAT,
         "shape (2, 4) of 8-byte numbers needs 64 bytes of data, 63 found");
  refuse(ctx, npy_bytes("<f8", false, "(2, 4)", zeros, 65), WEIR_EFORMAT, "needs 64 bytes of data, 65 found");
  refuse(ctx, npy_bytes("<f8", false, "(100000000000,)", zeros, 8), WEIR_EFORMAT, "needs 800000000000 bytes");
  bytes s = npy_bytes("<f8", false, "(1,)", zeros, 8);
  for (size_t n = 6; n < s.n; n++) { /* every truncation */
    weir_arrays *a = NULL;
    check_fails(ctx, weir_arrays_parse(ctx, "t.npy", s.b, n, NULL, &a), WEIR_EFORMAT, "t.npy");
  }
  s.b[8] = 0xff;
  s.b[9] = 0x26; /* 9983 */
  refuse(ctx, s, WEIR_EFORMAT, "header of 9983 bytes announced");
  s = npy_bytes("<f8", false, "(1,)", zeros, 8);
  s.b[6] = 4;
  refuse(ctx, s, WEIR_EUNSUPPORTED, "version 4.0");
  bytes long_header = {0};
  bytes_add(&long_header, "\x93NUMPY\x01\x00\x20\x4e", 10); /* 20000 */
  for (int k = 0; k < 250; k++) bytes_add(&long_header, zeros, 80);
  refuse(ctx, long_header, WEIR_ELIMIT, "header of 20000 bytes, at most 10000");
}

static void npy_respects_the_memory_limit_before_taking_memory(void **state)
{
  weir_ctx *ctx = *state;
  const weir_read_limits l = {.max_bytes = 63};
  char zeros[64] = {0};
  weir_arrays *a = NULL;
  bytes s = npy_bytes("|u1", false, "(8,)", zeros, 8); /* 8 bytes, 64 as doubles */
  check_fails(ctx, weir_arrays_parse(ctx, "a.npy", s.b, s.n, &l, &a), WEIR_ELIMIT, "needs 64 bytes of memory, 63");
  bytes_free(&s);
}

static void reading_refuses_what_is_no_regular_file(void **state)
{
  weir_ctx *ctx = *state;
  char dir[4096], path[4096];
  weir_arrays *a = NULL;
  test_dir(dir, sizeof dir);
  check_fails(ctx, weir_arrays_read(ctx, path_in(path, dir, "none.npy"), NULL, &a), WEIR_EIO, "No such file");
  check_fails(ctx, weir_arrays_read(ctx, dir, NULL, &a), WEIR_EIO, "is a directory");
  assert_int_equal(mkfifo(path_in(path, dir, "pipe"), 0600), 0);
  check_fails(ctx, weir_arrays_read(ctx, path, NULL, &a), WEIR_EIO, "a pipe, a device or a socket");
  check_fails(ctx, weir_arrays_read(ctx, "/dev/zero", NULL, &a), WEIR_EIO, "a pipe, a device or a socket");
}

static void npy_written_reads_back_bit_for_bit(void **state)
{
  weir_ctx *ctx = *state;
  char dir[4096], path[4096];
  const double x[6] = {0.1, -0.0, 1e-310, 3, 4, (double)INFINITY}, t[6] = {0.1, 3, -0.0, 4, 1e-310, (double)INFINITY};
  weir_arrays *a = NULL;
  test_dir(dir, sizeof dir);
  path_in(path, dir, "x.npy");
  for (int fortran = 0; fortran < 2; fortran++) {
    const weir_array_out o = {2, {2, 3}, fortran ? t : x, fortran};
    check_ok(ctx, weir_npy_write(ctx, path, &o));
    check_ok(ctx, weir_arrays_read(ctx, path, NULL, &a));
    assert_string_equal(a->array[0].name, "x");
    assert_int_equal(a->array[0].ndim, 2);
    assert_int_equal(a->array[0].shape[1], 3);
    assert_memory_equal(a->array[0].data, x, sizeof x);
    weir_arrays_destroy(&a);
  }
  for (int ndim = 0; ndim <= 5; ndim++) {
    const weir_array_out o = {ndim, {1, 1, 1, 1, 1}, x, false};
    check_ok(ctx, weir_npy_write(ctx, path, &o));
    bytes s = file_bytes(path);
    assert_int_equal((s.n - 8) % 64, 0); /* aligned data, as NumPy does */
    bytes_free(&s);
    check_ok(ctx, weir_arrays_read(ctx, path, NULL, &a));
    assert_int_equal(a->array[0].ndim, ndim);
    weir_arrays_destroy(&a);
  }
  const weir_array_out bad = {6, {1, 1, 1, 1, 1}, x, false}, negative = {1, {-1}, x, false};
  check_fails(ctx, weir_npy_write(ctx, path, &bad), WEIR_EARG, "6 axes");
  check_fails(ctx, weir_npy_write(ctx, path, &negative), WEIR_EARG, "length -1");
}

static void a_failed_write_leaves_the_old_file_and_nothing_else(void **state)
{
  weir_ctx *ctx = *state;
  char dir[4096], path[4096], link[4096];
  test_dir(dir, sizeof dir);
  path_in(path, dir, "report.txt");
  check_ok(ctx, weir_text_write(ctx, path, "old", 3));
  check_ok(ctx, weir_text_write(ctx, path, "new\n", 4));
  bytes s = file_bytes(path);
  assert_int_equal(s.n, 4);
  assert_memory_equal(s.b, "new\n", 4);
  bytes_free(&s);
  weir_npz *z = NULL;
  check_ok(ctx, weir_npz_create(ctx, path, &z));
  const weir_array_out bad = {9, {1}, NULL, false};
  check_fails(ctx, weir_npz_add(ctx, z, "x", &bad), WEIR_EARG, "9 axes");
  check_fails(ctx, weir_npz_close(ctx, &z), WEIR_EIO, "an array before failed");
  assert_null(z);
  check_ok(ctx, weir_npz_create(ctx, path, &z));
  weir_npz_discard(&z);
  s = file_bytes(path);
  assert_memory_equal(s.b, "new\n", 4);
  bytes_free(&s);
  assert_int_equal(dir_count(dir), 1);
  check_fails(ctx, weir_text_write(ctx, dir, "x", 1), WEIR_EIO, "not a regular file");
  check_fails(ctx, weir_text_write(ctx, "/dev/null", "x", 1), WEIR_EIO, "not a regular file");
  check_fails(ctx, weir_text_write(ctx, "", "x", 1), WEIR_EARG, "empty file name");
  check_fails(ctx, weir_text_write(ctx, path_in(link, dir, "no/such/dir"), "x", 1), WEIR_EIO, "No such file");
  path_in(link, dir, "link");
  assert_int_equal(symlink(path, link), 0);
  check_ok(ctx, weir_text_write(ctx, link, "linked", 6));
  s = file_bytes(path); /* the target was replaced, the link stays */
  assert_memory_equal(s.b, "linked", 6);
  bytes_free(&s);
  assert_int_equal(dir_count(dir), 2);
}

/* Mutants of a good file are read or refused, never more. Sanitizers see the rest. */
static void npy_survives_mutations(void **state)
{
  weir_ctx *ctx = *state;
  const double x[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  uint64_t seed = 12345;
  int read = 0, refused = 0;
  for (int round = 0; round < 4000; round++) {
    bytes s = npy_bytes(round & 1 ? "<f8" : ">i4", (round & 2) != 0, round & 1 ? "(3, 4)" : "(3, 4, 2)", x, sizeof x);
    const int changes = 1 + round % 3;
    for (int k = 0; k < changes; k++) {
      const size_t at = (size_t)((noise(&seed) + 1) / 2 * 90);
      s.b[at % s.n] = (unsigned char)(round % 5 == 0 ? "0123456789(),'{}<>|fiubO"[(int)((noise(&seed) + 1) * 12) % 24]
                                                     : (int)((noise(&seed) + 1) * 128));
    }
    if (round % 7 == 0) s.n = (size_t)((double)s.n * (noise(&seed) + 1) / 2);
    weir_arrays *a = NULL;
    if (parse(ctx, &s, &a) == WEIR_OK)
      read++;
    else
      refused += a == NULL;
    weir_arrays_destroy(&a);
    bytes_free(&s);
  }
  assert_int_equal(read + refused, 4000);
  assert_true(read > 100 && refused > 1000);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
      T(npy_reads_every_type_in_either_byte_order),
      T(npy_keeps_nan_and_infinity_and_marks_rounded_integers),
      T(npy_puts_fortran_order_into_c_order),
      T(npy_reads_headers_in_any_form_python_writes),
      T(npy_refuses_a_pickle_and_says_what_to_do),
      T(npy_refuses_other_types_by_name),
      T(npy_refuses_malformed_headers_and_says_where),
      T(npy_refuses_lengths_that_the_file_does_not_have),
      T(npy_respects_the_memory_limit_before_taking_memory),
      T(reading_refuses_what_is_no_regular_file),
      T(npy_written_reads_back_bit_for_bit),
      T(a_failed_write_leaves_the_old_file_and_nothing_else),
      T(npy_survives_mutations),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
