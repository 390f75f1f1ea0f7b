/* .npz archives: reading by libzip with bounds, hostile archives, writing. */
#include "../support/check.h"
#include "../support/files.h"
#include <weir/array.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N = 1000 };

static bytes one_array(double first)
{
  double x[N];
  for (int i = 0; i < N; i++) x[i] = first + sin(i);
  return npy_bytes("<f8", false, "(10, 100)", x, sizeof x);
}

/* An archive of one entry, x.npy. */
static bytes archive(bool deflate)
{
  bytes e = one_array(1.0);
  const char *const name[] = {"x.npy"};
  bytes z = zip_bytes(1, name, &e, deflate);
  bytes_free(&e);
  return z;
}

static weir_status parse(weir_ctx *ctx, const bytes *s, weir_arrays **out)
{
  return weir_arrays_parse(ctx, "a.npz", s->b, s->n, NULL, out);
}

static void refuse(weir_ctx *ctx, bytes s, weir_status code, const char *words)
{
  weir_arrays *a = (weir_arrays *)1;
  check_fails(ctx, parse(ctx, &s, &a), code, words);
  assert_null(a);
  bytes_free(&s);
}

/* Overwrite `size` bytes, little-endian, `at` bytes behind the local and the central header's signature. */
static void patch(bytes *s, size_t local_at, size_t central_at, uint32_t value, int size)
{
  const size_t at[2] = {find_bytes(s, "PK\3\4", 4, 0) + local_at, find_bytes(s, "PK\1\2", 4, 0) + central_at};
  for (int h = 0; h < 2; h++)
    for (int k = 0; k < size; k++) s->b[at[h] + (size_t)k] = (unsigned char)(value >> 8 * k);
}

static void npz_reads_stored_and_deflated_entries_in_order(void **state)
{
  weir_ctx *ctx = *state;
  const char *const name[] = {"x.npy", "b-2.npy", "empty.npy"};
  for (int deflate = 0; deflate < 2; deflate++) {
    bytes e[3] = {one_array(1.0), one_array(2.0), npy_bytes("<f8", false, "(0,)", "", 0)};
    weir_arrays *a = NULL;
    bytes z = zip_bytes(3, name, e, deflate != 0);
    check_ok(ctx, parse(ctx, &z, &a));
    assert_int_equal(a->n, 3);
    assert_int_equal(a->format, WEIR_FORMAT_NPZ);
    assert_string_equal(a->array[1].name, "b-2");
    assert_true(weir_arrays_find(a, "x")->data[999] == 1.0 + sin(999));
    assert_true(weir_arrays_find(a, "b-2")->data[999] == 2.0 + sin(999));
    assert_int_equal(weir_arrays_find(a, "empty")->size, 0);
    assert_null(weir_arrays_find(a, "none"));
    weir_arrays_destroy(&a);
    for (int k = 0; k < 3; k++) bytes_free(&e[k]);
    bytes_free(&z);
  }
}

static void npz_lists_a_pickle_beside_numbers_and_refuses_it_alone(void **state)
{
  weir_ctx *ctx = *state;
  const char *const name[] = {"config.npy", "x.npy"};
  bytes e[2] = {npy_bytes("|O", false, "()", "\x80\x03", 2), one_array(1.0)};
  bytes z = zip_bytes(2, name, e, false);
  weir_arrays *a = NULL;
  check_ok(ctx, parse(ctx, &z, &a));
  const weir_array *c = weir_arrays_find(a, "config");
  assert_int_equal(c->dtype, WEIR_DTYPE_OTHER);
  assert_null(c->data);
  assert_non_null(strstr(c->why, "a.npz: config: type '|O' holds Python objects (a pickle)"));
  assert_string_equal(weir_message(ctx), "");
  weir_arrays_destroy(&a);
  bytes_free(&z);
  refuse(ctx, zip_bytes(1, name, e, false), WEIR_EUNSUPPORTED, "a.npz: config: type '|O' holds Python objects");
  bytes_free(&e[0]);
  bytes_free(&e[1]);
}

static void npz_refuses_names_that_are_no_plain_arrays(void **state)
{
  weir_ctx *ctx = *state;
  static const struct {
    const char *name, *words;
    weir_status code;
  } t[] = {
      {"../x.npy", "'../x.npy' is not the plain name", WEIR_EFORMAT},
      {"/etc/x.npy", "is not the plain name", WEIR_EFORMAT},
      {"a\\b.npy", "is not the plain name", WEIR_EFORMAT},
      {"readme.txt", "'readme.txt' is not an .npy array", WEIR_EFORMAT},
      {".npy", "'.npy' is not an .npy array", WEIR_EFORMAT},
      {"archive/data.pkl", "contains the pickle 'archive/data.pkl' (a PyTorch file?)", WEIR_EUNSUPPORTED},
  };
  bytes e = one_array(0);
  for (size_t k = 0; k < sizeof t / sizeof *t; k++)
    refuse(ctx, zip_bytes(1, &t[k].name, &e, false), t[k].code, t[k].words);
  const char *const twice[] = {"aa.npy", "ab.npy"}; /* libzip would not write the same name twice */
  const bytes both[2] = {e, e};
  bytes z = zip_bytes(2, twice, both, false);
  for (size_t i = 0; i + 6 <= z.n; i++)
    if (memcmp(z.b + i, "ab.npy", 6) == 0) z.b[i + 1] = 'a';
  refuse(ctx, z, WEIR_EFORMAT, "two entries have the same name");
  bytes_free(&e);
}

static void npz_refuses_damaged_archives(void **state)
{
  weir_ctx *ctx = *state;
  bytes z = archive(false);
  for (size_t n = 4; n < z.n; n += n < 100 || n + 150 > z.n ? 1 : 97) { /* truncations */
    weir_arrays *a = NULL;
    check_fails(ctx, weir_arrays_parse(ctx, "a.npz", z.b, n, NULL, &a), WEIR_EFORMAT, "truncated?");
  }
  z.b[find_bytes(&z, "NUMPY", 5, 0) + 500] ^= 1;
  refuse(ctx, z, WEIR_EFORMAT, "a.npz: x: the archive is damaged: CRC error");
  z = archive(true);
  z.b[z.n / 2] ^= 0x55; /* another length, a bad code or a bad CRC, whichever comes first */
  refuse(ctx, z, WEIR_EFORMAT, "a.npz: x:");
  z = (bytes){0};
  bytes_add(&z, "PK\3\4garbage and more garbage", 26);
  refuse(ctx, z, WEIR_EFORMAT, "begins as a zip archive (.npz) but is not a whole one");
  z = (bytes){0};
  bytes_add(&z, "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
  refuse(ctx, z, WEIR_EFORMAT, "without arrays");
}

/* Header fields: flags at 6/8, method 8/10, compressed size 18/20, size 22/24. */
static void npz_refuses_encryption_odd_methods_and_bombs(void **state)
{
  weir_ctx *ctx = *state;
  bytes z = archive(false);
  patch(&z, 6, 8, 1, 2);
  refuse(ctx, z, WEIR_EUNSUPPORTED, "entry 'x' is encrypted");
  z = archive(false);
  patch(&z, 8, 10, 12, 2);
  refuse(ctx, z, WEIR_EUNSUPPORTED, "compressed by method 12; stored and deflated entries are read");
  z = archive(true);
  patch(&z, 22, 24, 2000000000, 4);
  refuse(ctx, z, WEIR_ELIMIT, "to 2000000000 bytes, more than 1100-fold");
  z = archive(true); /* 1 MB claimed: allowed to look, and then the header disagrees */
  patch(&z, 22, 24, 1000000, 4);
  refuse(ctx, z, WEIR_EFORMAT, "needs 8000 bytes of data");
  /* A real bomb: 40 MB of zeros, deflated about 1000-fold, stops at the limit of memory. */
  static double zeros[5000000];
  const char *const name[] = {"x.npy"};
  bytes e = npy_bytes("<f8", false, "(5000000,)", zeros, sizeof zeros);
  weir_arrays *a = NULL;
  z = zip_bytes(1, name, &e, true);
  const weir_read_limits l = {.max_bytes = 1000000};
  check_fails(ctx, weir_arrays_parse(ctx, "a.npz", z.b, z.n, &l, &a), WEIR_ELIMIT,
              "needs 40000000 bytes of memory, 1000000 are left of the limit");
  check_ok(ctx, parse(ctx, &z, &a)); /* honest deflate never exceeds the ratio */
  weir_arrays_destroy(&a);
  bytes_free(&e);
  bytes_free(&z);
}

static void npz_limits_the_total_and_the_number_of_entries(void **state)
{
  weir_ctx *ctx = *state;
  const char *const name[] = {"a.npy", "b.npy"};
  bytes e[2] = {one_array(1), one_array(2)}, z = zip_bytes(2, name, e, false);
  weir_arrays *a = NULL;
  weir_read_limits l = {.max_bytes = 15999};
  check_fails(ctx, weir_arrays_parse(ctx, "a.npz", z.b, z.n, &l, &a), WEIR_ELIMIT, "a.npz: b: needs 8000 bytes");
  l = (weir_read_limits){.max_entries = 1};
  check_fails(ctx, weir_arrays_parse(ctx, "a.npz", z.b, z.n, &l, &a), WEIR_ELIMIT, "2 entries, at most 1");
  for (int k = 0; k < 2; k++) bytes_free(&e[k]);
  bytes_free(&z);
}

static void npz_written_reads_back_and_is_the_same_every_time(void **state)
{
  weir_ctx *ctx = *state;
  char dir[4096], path[4096];
  double x[N];
  weir_arrays *a = NULL;
  bytes first = {0};
  test_dir(dir, sizeof dir);
  path_in(path, dir, "out.npz");
  for (int i = 0; i < N; i++) x[i] = cos(i);
  const weir_array_out flat = {1, {N}, x, false}, mesh = {3, {10, 20, 5}, x, true}, scalar = {0, {0}, x, false};
  for (int run = 0; run < 2; run++) {
    weir_npz *z = NULL;
    check_ok(ctx, weir_npz_create(ctx, path, &z));
    check_ok(ctx, weir_npz_add(ctx, z, "flat", &flat));
    check_ok(ctx, weir_npz_add(ctx, z, "mesh", &mesh));
    check_ok(ctx, weir_npz_add(ctx, z, "scalar", &scalar));
    check_ok(ctx, weir_npz_close(ctx, &z));
    bytes s = file_bytes(path);
    if (run == 1) {
      assert_int_equal(s.n, first.n);
      assert_memory_equal(s.b, first.b, s.n);
    }
    bytes_free(&first);
    first = s;
  }
  bytes_free(&first);
  assert_int_equal(dir_count(dir), 1);
  check_ok(ctx, weir_arrays_read(ctx, path, NULL, &a)); /* libzip compares our CRCs */
  assert_memory_equal(weir_arrays_find(a, "flat")->data, x, sizeof x);
  const weir_array *m = weir_arrays_find(a, "mesh");
  assert_true(m->shape[0] == 10 && m->shape[1] == 20 && m->shape[2] == 5);
  for (int i = 0; i < 10; i++)
    for (int j = 0; j < 20; j++)
      for (int k = 0; k < 5; k++) assert_true(m->data[(i * 20 + j) * 5 + k] == x[i + 10 * (j + 20 * k)]);
  assert_int_equal(weir_arrays_find(a, "scalar")->ndim, 0);
  weir_arrays_destroy(&a);
}

static void npz_writer_refuses_names_that_would_not_read_back(void **state)
{
  weir_ctx *ctx = *state;
  char dir[4096], path[4096], longest[300];
  const double x = 1;
  const weir_array_out o = {0, {0}, &x, false};
  weir_npz *z = NULL;
  test_dir(dir, sizeof dir);
  check_fails(ctx, weir_npz_create(ctx, dir, &z), WEIR_EIO, "not a regular file");
  assert_null(z);
  check_ok(ctx, weir_npz_create(ctx, path_in(path, dir, "o.npz"), &z));
  memset(longest, 'a', sizeof longest);
  longest[201] = '\0';
  check_fails(ctx, weir_npz_add(ctx, z, longest, &o), WEIR_EARG, "201 bytes");
  check_fails(ctx, weir_npz_add(ctx, z, "", &o), WEIR_EARG, "0 bytes");
  check_fails(ctx, weir_npz_add(ctx, z, "a/b", &o), WEIR_EARG, "cannot name an array");
  check_fails(ctx, weir_npz_add(ctx, z, "..", &o), WEIR_EARG, "cannot name an array");
  check_ok(ctx, weir_npz_add(ctx, z, "a", &o));
  check_fails(ctx, weir_npz_add(ctx, z, "a", &o), WEIR_EARG, "an array 'a' already");
  for (int k = 1; k < 1024; k++) {
    char name[16];
    snprintf(name, sizeof name, "n%d", k);
    check_ok(ctx, weir_npz_add(ctx, z, name, &o));
  }
  check_fails(ctx, weir_npz_add(ctx, z, "b", &o), WEIR_ELIMIT, "more than 1024");
  weir_npz_discard(&z);
  assert_null(z);
  assert_int_equal(dir_count(dir), 0);
}

static void npz_survives_mutations(void **state)
{
  weir_ctx *ctx = *state;
  bytes good[2] = {archive(false), archive(true)};
  uint64_t seed = 777;
  int read = 0, refused = 0;
  for (int round = 0; round < 3000; round++) {
    const bytes *g = &good[round & 1];
    bytes s = {0};
    bytes_add(&s, g->b, g->n);
    for (int k = 0; k < 1 + round % 4; k++) { /* mostly in the headers, at both ends */
      const double u = (noise(&seed) + 1) / 2;
      const size_t at = round % 3 == 0   ? (size_t)(u * (double)s.n)
                        : round % 3 == 1 ? (size_t)(u * 150)
                                         : s.n - 1 - (size_t)(u * 90);
      s.b[at] = (unsigned char)((noise(&seed) + 1) * 128);
    }
    weir_arrays *a = NULL;
    if (parse(ctx, &s, &a) == WEIR_OK)
      read++;
    else
      refused += a == NULL;
    weir_arrays_destroy(&a);
    bytes_free(&s);
  }
  assert_int_equal(read + refused, 3000);
  assert_true(read > 20 && refused > 1000);
  bytes_free(&good[0]);
  bytes_free(&good[1]);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
      T(npz_reads_stored_and_deflated_entries_in_order),
      T(npz_lists_a_pickle_beside_numbers_and_refuses_it_alone),
      T(npz_refuses_names_that_are_no_plain_arrays),
      T(npz_refuses_damaged_archives),
      T(npz_refuses_encryption_odd_methods_and_bombs),
      T(npz_limits_the_total_and_the_number_of_entries),
      T(npz_written_reads_back_and_is_the_same_every_time),
      T(npz_writer_refuses_names_that_would_not_read_back),
      T(npz_survives_mutations),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
