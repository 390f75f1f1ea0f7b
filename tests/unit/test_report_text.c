/* The growing text, and the verdict on one screen. */
#include "report_fixture.h"
#include <locale.h>

static void text_grows_and_numbers_read_back(void **state)
{
  weir_ctx *ctx = *state;
  weir_text *t = fixture_text(ctx);
  assert_string_equal(t->s, "");
  for (int i = 0; i < 1000; i++) weir_text_appendf(t, "%04d", i);
  assert_int_equal(t->len, 4000);
  assert_memory_equal(t->s + 3996, "0999", 5);
  const double x[] = {0.1, -1.0 / 3, 1e-310, 1.7976931348623157e308, 12345678, -0.0};
  for (int i = 0; i < 6; i++) {
    t->len = 0;
    weir_text_number(t, 17, x[i]);
    assert_true(strtod(t->s, NULL) == x[i]);
  }
  t->len = 0;
  weir_text_number(t, 3, (double)NAN);
  weir_text_number(t, 3, -(double)INFINITY);
  weir_text_number(t, 3, (double)INFINITY);
  assert_string_equal(t->s, "nan-infinf");
  check_ok(ctx, weir_text_check(ctx, t));
  weir_text_destroy(&t);
  assert_null(t);
  weir_text_destroy(&t);
  weir_text_destroy(NULL);
}

static void text_remembers_that_memory_ran_out(void **state)
{
  weir_ctx *ctx = *state;
  weir_text *t = fixture_text(ctx);
  weir_text_append(t, "before");
  weir_text_append_bytes(t, SIZE_MAX / 2, "x"); /* refused before it is read */
  weir_text_append(t, "after");
  assert_string_equal(t->s, "before");
  check_fails(ctx, weir_text_check(ctx, t), WEIR_ENOMEM, "no memory");
  fixture *f = fixture_failed();
  const weir_report r = fixture_report(f);
  check_fails(ctx, weir_report_text(ctx, &r, NULL, t), WEIR_ENOMEM, "no memory");
  check_fails(ctx, weir_report_json(ctx, &r, t), WEIR_ENOMEM, "no memory");
  check_fails(ctx, weir_report_junit(ctx, &r, t), WEIR_ENOMEM, "no memory");
  free(f);
  weir_text_destroy(&t);
}

static void numbers_have_a_point_in_every_locale(void **state)
{
  weir_ctx *ctx = *state;
  if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL && setlocale(LC_NUMERIC, "fr_FR.UTF-8") == NULL) skip();
  weir_text *t = fixture_text(ctx);
  weir_text_number(t, 5, 1234.5);
  (void)setlocale(LC_NUMERIC, "C");
  assert_string_equal(t->s, "1234.5");
  weir_text_destroy(&t);
}

static void clean_text_has_no_controls_and_is_utf8(void **state)
{
  weir_ctx *ctx = *state;
  weir_text *t = fixture_text(ctx);
  weir_text_clean(t, "a\033[31mb\n\t\x7f");
  assert_string_equal(t->s, "a?[31mb???");
  t->len = 0;
  weir_text_clean(t, "\xc3\xbc \xe2\x82\xac \xf0\x9f\x8c\x8a"); /* ü € and a wave: kept */
  assert_string_equal(t->s, "\xc3\xbc \xe2\x82\xac \xf0\x9f\x8c\x8a");
  t->len = 0;
  /* cut sequence, overlong slash, surrogate, beyond U+10FFFF, C1 control, U+FFFE, NUL at the end of a cut one */
  weir_text_clean(t, "\xc3(\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xc2\x9b\xef\xbf\xbe\xe2\x82");
  for (const char *p = t->s; *p; p++) assert_true(*p == '?' || *p == '(');
  weir_text_clean(t, NULL);
  weir_text_destroy(&t);
}

static void screen_says_what_failed_when_where_and_how_to_rerun(void **state)
{
  weir_ctx *ctx = *state;
  fixture *f = fixture_failed();
  const weir_report r = fixture_report(f);
  weir_text *t = fixture_text(ctx);
  check_ok(ctx, weir_report_text(ctx, &r, NULL, t));
  assert_memory_equal(t->s, "FAIL verify ou2d (reference jko) N=4000, 9 steps, eps=0.05, alpha=0.01\n", 70);
  expect(t->s, "FAIL density/rms at step 8, t=0.4, fails at steps 1-8\n");
  expect(t->s, "FAIL counts/scan at step 8, t=0.4, fails at steps 2-4, 6-8\n");
  assert_true(strstr(t->s, "FAIL density") < strstr(t->s, "FAIL counts")); /* 32 times its tolerance, 3.2 times */
  expect(t->s, "the sign of the log-determinant would explain it");
  expect(t->s, "worst: particle 1234 at (0.5, -0.4)");
  expect(t->s, "worst block: x in [0.31, 0.94], y in [-0.62, 0]: particles 212, expected 148 (sd 12)");
  expect(t->s, "tolerance 0.05, noise alone gives 0.012 (1 in 20: 0.02), p=0.0002");
  expect(t->s, "not tested: velocity/rms: no velocities in the file\n");
  expect(t->s, "undecided: 13 of 36 checks pass without proof; about 52000 particles");
  expect(t->s, "rerun: weir verify cloud.npz --case ou2d --seed=18446744073709551615\n");
  check_le(widest(t->s), 100);
  expect_not(t->s, "\033");
  weir_text_destroy(&t);
  free(f);
}

static void screen_shows_the_statistic_nearest_to_failing(void **state)
{
  weir_ctx *ctx = *state;
  fixture *f = fixture_failed();
  const weir_report r = fixture_report(f);
  weir_text *t = fixture_text(ctx);
  check_ok(ctx, weir_report_text(ctx, &r, NULL, t));
  expect(t->s, "  step      time  integrity  counts     density\n");
  expect(t->s, "     0         0  cert 0     pass 0.02  pass 0\n");   /* mean .02, not scan .01 */
  expect(t->s, "     4       0.2  cert 0     FAIL 0.12  FAIL 0.8\n"); /* scan .12, not mean .02 */
  weir_text_destroy(&t);
  free(f);
}

static void screen_fits_every_width_and_colours_only_when_asked(void **state)
{
  weir_ctx *ctx = *state;
  fixture *f = fixture_failed();
  const weir_report r = fixture_report(f);
  weir_text *t = fixture_text(ctx), *plain = fixture_text(ctx);
  for (int width = 60; width <= 200; width += 7) {
    const weir_report_style style = {.width = width};
    t->len = 0;
    check_ok(ctx, weir_report_text(ctx, &r, &style, t));
    check_le(widest(t->s), width);
  }
  const weir_report_style colour = {.colour = true};
  t->len = 0;
  check_ok(ctx, weir_report_text(ctx, &r, &colour, t));
  check_ok(ctx, weir_report_text(ctx, &r, NULL, plain));
  expect(t->s, "\033[1;31mFAIL\033[0m verify");
  char *out = t->s; /* without its escapes it is the plain text */
  for (const char *p = t->s; *p; p++) {
    if (*p == '\033')
      while (*p != 'm') p++;
    else
      *out++ = *p;
  }
  *out = '\0';
  assert_string_equal(t->s, plain->s);
  const weir_report_style narrow = {.width = 59}, wide = {.width = 201};
  check_fails(ctx, weir_report_text(ctx, &r, &narrow, t), WEIR_EARG, "width = 59");
  check_fails(ctx, weir_report_text(ctx, &r, &wide, t), WEIR_EARG, "width = 201");
  weir_text_destroy(&plain);
  weir_text_destroy(&t);
  free(f);
}

static void screen_counts_what_it_leaves_out(void **state)
{
  weir_ctx *ctx = *state;
  fixture *f = fixture_failed();
  for (int k = 0; k < 9; k++) {
    char name[24];
    (void)snprintf(name, sizeof name, "extra%d", k);
    (void)fixture_add(f, "density", name, 8, WEIR_FAILED, 1 + k, "one more");
  }
  const weir_report r = fixture_report(f);
  const weir_report_style style = {.max_rows = 3, .max_failures = 4, .report_path = "build/r.json"};
  weir_text *t = fixture_text(ctx);
  check_ok(ctx, weir_report_text(ctx, &r, &style, t));
  expect(t->s, "7 more failed checks in build/r.json\n"); /* 11 kinds of failure, 4 shown */
  expect(t->s, "and 6 more steps in the JSON report\n");
  expect(t->s, "FAIL density/extra8 at step 8");
  expect_not(t->s, "\n     0         0"); /* rows that fail come first: steps 1, 2, 3 */
  expect(t->s, "\n     3      0.15");
  assert_true(strstr(t->s, "FAIL counts/scan") <
              strstr(t->s, "FAIL density/extra7")); /* every check is heard once first */
  weir_text_destroy(&t);
  free(f);
}

static void screen_ranks_a_failure_without_a_number_first(void **state)
{
  weir_ctx *ctx = *state;
  fixture *f = fixture_failed();
  (void)fixture_add(f, "integrity", "distinct", -1, WEIR_FAILED, (double)NAN, "17 numbers are not finite");
  const weir_report r = fixture_report(f);
  weir_text *t = fixture_text(ctx);
  check_ok(ctx, weir_report_text(ctx, &r, NULL, t));
  expect(t->s, "FAIL integrity/distinct of the whole run\n  17 numbers are not finite\n  value nan");
  assert_true(strstr(t->s, "FAIL integrity") < strstr(t->s, "FAIL density"));
  expect(t->s, "\n   run            FAIL\n");
  weir_text_destroy(&t);
  free(f);
}

static void screen_reports_errors_and_missing_certificates(void **state)
{
  weir_ctx *ctx = *state;
  weir_text *t = fixture_text(ctx);
  weir_report r = {.command = "verify",
                   .subject = "ou2d",
                   .argc = 5,
                   .argv = fixture_argv,
                   .exit_code = 2,
                   .status = WEIR_EFORMAT,
                   .error = "cloud.npz: 3 columns, 2 expected"};
  check_ok(ctx, weir_report_text(ctx, &r, NULL, t));
  assert_string_equal(t->s, "ERROR verify ou2d\n  cloud.npz: 3 columns, 2 expected\n"
                            "rerun: weir verify cloud.npz --case ou2d\n");
  r.exit_code = 5;
  r.error = NULL;
  t->len = 0;
  check_ok(ctx, weir_report_text(ctx, &r, NULL, t));
  expect(t->s, "NOTHING TO TEST verify ou2d\n");
  fixture *f = calloc(1, sizeof *f);
  assert_non_null(f);
  f->v = (weir_verdict){.outcome = WEIR_PASS, .dim = 1, .steps = 1, .particles = 10, .check = f->check};
  (void)fixture_add(f, "counts", "mean", 0, WEIR_PASS, 0.01, "");
  r = fixture_report(f);
  t->len = 0;
  check_ok(ctx, weir_report_text(ctx, &r, NULL, t));
  expect(t->s, "FAIL verify ou2d");
  expect(t->s, "nothing less than a certificate was asked for");
  r.exit_code = 0;
  t->len = 0;
  check_ok(ctx, weir_report_text(ctx, &r, NULL, t));
  expect(t->s, "PASS verify ou2d");
  free(f);
  weir_text_destroy(&t);
}

static void rerun_line_is_one_command_of_a_shell(void **state)
{
  weir_ctx *ctx = *state;
  weir_text *t = fixture_text(ctx);
  static const char *const argv[] = {"printf", "%s\\n", "a b", "it's", "$HOME", "`x`", "", "--seed", "7"};
  fixture *f = fixture_failed();
  weir_report r = fixture_report(f);
  r.argc = 9;
  r.argv = argv;
  check_ok(ctx, weir_report_text(ctx, &r, NULL, t));
  expect(t->s, "rerun: printf '%s\\n' 'a b' 'it'\\''s' '$HOME' '`x`' '' --seed 7\n"); /* no second --seed */
  weir_text_destroy(&t);
  free(f);
}

static void hostile_names_cannot_steer_a_terminal(void **state)
{
  weir_ctx *ctx = *state;
  weir_text *t = fixture_text(ctx);
  fixture *f = fixture_failed();
  (void)fixture_add(f, "evil\033[2J", "a\nb", 8, WEIR_FAILED, 1e9, "\033]0;title\007 text\r\n");
  weir_report r = fixture_report(f);
  r.subject = "case\033[2J\n";
  check_ok(ctx, weir_report_text(ctx, &r, NULL, t));
  expect_not(t->s, "\033");
  expect_not(t->s, "\r");
  expect(t->s, "FAIL evil?[2J/a?b at step 8");
  weir_text_destroy(&t);
  free(f);
}

static void input_scan_hashes_the_file(void **state)
{
  weir_ctx *ctx = *state;
  char dir[256], path[300];
  test_dir(dir, sizeof dir);
  (void)snprintf(path, sizeof path, "%s/foobar", dir);
  FILE *out = fopen(path, "w");
  assert_non_null(out);
  assert_int_equal(fputs("foobar", out) >= 0, 1);
  (void)fclose(out);
  weir_input in = {0};
  check_ok(ctx, weir_input_scan(ctx, "cloud", path, &in));
  assert_true(in.bytes == 6);
  assert_true(in.hash == UINT64_C(0x85944171f73967e8)); /* the authors' test vector for "foobar" */
  assert_true(weir_fnv1a(WEIR_FNV1A_START, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
  check_fails(ctx, weir_input_scan(ctx, "cloud", dir, &in), WEIR_EIO, "not a regular file");
  check_fails(ctx, weir_input_scan(ctx, "cloud", "/no/such/file", &in), WEIR_EIO, "cannot be opened");
  assert_true(in.bytes == 6);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(text_grows_and_numbers_read_back, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(text_remembers_that_memory_ran_out, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(numbers_have_a_point_in_every_locale, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(clean_text_has_no_controls_and_is_utf8, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(screen_says_what_failed_when_where_and_how_to_rerun, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(screen_shows_the_statistic_nearest_to_failing, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(screen_fits_every_width_and_colours_only_when_asked, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(screen_counts_what_it_leaves_out, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(screen_ranks_a_failure_without_a_number_first, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(screen_reports_errors_and_missing_certificates, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(rerun_line_is_one_command_of_a_shell, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(hostile_names_cannot_steer_a_terminal, ctx_setup, ctx_teardown),
      cmocka_unit_test_setup_teardown(input_scan_hashes_the_file, ctx_setup, ctx_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
