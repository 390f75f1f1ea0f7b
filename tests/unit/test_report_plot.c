#define _XOPEN_SOURCE 700 /* realpath */
/* Plots: what is in the scripts, and what happens when gnuplot is missing, slow, broken or there. */
#include "report_fixture.h"
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PARTICLES = 3000 };

typedef struct scene {
  weir_ctx *ctx;
  char dir[256];
  weir_mesh *mesh[2];
  double *rho[2];
  double x[2 * PARTICLES], misfit[PARTICLES], carried[PARTICLES];
  fixture *f;
} scene;

static int scene_setup(void **state)
{
  scene *s = calloc(1, sizeof *s);
  assert_non_null(s);
  assert_int_equal(weir_ctx_create(&s->ctx), WEIR_OK);
  test_dir(s->dir, sizeof s->dir);
  char *full = realpath(s->dir, NULL); /* programs in it are given by absolute paths */
  assert_non_null(full);
  (void)snprintf(s->dir, sizeof s->dir, "%s", full);
  free(full);
  for (int dim = 1; dim <= 2; dim++) {
    weir_mesh_spec spec = {.dim = dim, .ghost = 2};
    for (int a = 0; a < dim; a++) spec.axis[a] = (weir_axis_spec){.n = 40, .lo = -4, .hi = 4};
    weir_mesh **m = &s->mesh[dim - 1];
    check_ok(s->ctx, weir_mesh_create(s->ctx, &spec, m));
    check_ok(s->ctx, weir_mesh_array(s->ctx, *m, "rho", &s->rho[dim - 1]));
    for (ptrdiff_t j = 0; j < (*m)->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < (*m)->axis[0].n; i++) {
        const double x = (*m)->axis[0].centre[i], y = dim == 2 ? (*m)->axis[1].centre[j] : 0;
        s->rho[dim - 1][weir_mesh_index(*m, i, j, 0)] = exp(-x * x - y * y);
      }
  }
  uint64_t seed = 3;
  for (int i = 0; i < 2 * PARTICLES; i++) s->x[i] = noise(&seed) + noise(&seed);
  for (int i = 0; i < PARTICLES; i++) {
    s->misfit[i] = 0.1 * noise(&seed);
    s->carried[i] = 0.5;
  }
  s->f = fixture_failed();
  *state = s;
  return 0;
}

static int scene_teardown(void **state)
{
  scene *s = *state;
  for (int k = 0; k < 2; k++) {
    weir_free(s->rho[k]);
    weir_mesh_destroy(&s->mesh[k]);
  }
  weir_ctx_destroy(&s->ctx);
  free(s->f);
  free(s);
  return 0;
}

static weir_plot_judged judged(const scene *s, int dim)
{
  return (weir_plot_judged){.mesh = s->mesh[dim - 1],
                            .truth = s->rho[dim - 1],
                            .step = 4,
                            .time = 0.2,
                            .n = PARTICLES,
                            .x = s->x,
                            .rho = s->carried,
                            .misfit = s->misfit,
                            .verdict = &s->f->v};
}

static char *slurp(const scene *s, const char *name)
{
  char path[400];
  (void)snprintf(path, sizeof path, "%s/%s", s->dir, name);
  FILE *in = fopen(path, "r");
  if (in == NULL) fail_msg("%s is not there", path);
  char *text = calloc(1, 1 << 20);
  assert_non_null(text);
  const size_t n = fread(text, 1, (1 << 20) - 1, in);
  assert_true(n > 0);
  (void)fclose(in);
  return text;
}

static bool is_there(const scene *s, const char *name)
{
  char path[400];
  struct stat st;
  (void)snprintf(path, sizeof path, "%s/%s", s->dir, name);
  return stat(path, &st) == 0 && st.st_size > 0;
}

/* An executable shell script; its absolute path in buf. */
static const char *program(const scene *s, const char *body, char buf[400])
{
  (void)snprintf(buf, 400, "%s/fake.sh", s->dir);
  FILE *out = fopen(buf, "w");
  assert_non_null(out);
  (void)fprintf(out, "#!/bin/sh\n%s\n", body);
  (void)fclose(out);
  assert_int_equal(chmod(buf, 0755), 0);
  return buf;
}

static const double widths[] = {0.25, 0.125, 0.0625, 0.03125}, errors[] = {4e-2, 1e-2, 2.5e-3, 6.25e-4};
static const bool in_fit[] = {false, true, true, true};
static const weir_plot_curve curve = {
    .name = "L1", .n = 4, .h = widths, .error = errors, .used = in_fit, .order = 2, .spread = 0.02};
static const weir_plot_orders orders = {.n = 1, .curve = &curve, .formal = 2, .floor = 1e-9};

static void script_holds_no_foreign_text(void **state)
{
  scene *s = *state;
  static const char hostile[] = "'; system(\"touch x\") `touch x` $HOME @u \\ {/Bold x} \n!touch x\033";
  (void)snprintf(s->f->check[0].check, sizeof s->f->check[0].check, "'`\"$(\\\n!touch x");
  const weir_plot_options opt = {.dir = s->dir,
                                 .stem = "h",
                                 .script_only = true,
                                 .title = hostile,
                                 .axis_name = {hostile, hostile},
                                 .time_name = hostile};
  const weir_plot_judged p = judged(s, 2);
  check_ok(s->ctx, weir_plot_verdict(s->ctx, &p, &opt));
  char *script = slurp(s, "h.gp");
  expect_not(script, "`t");
  expect_not(script, "\"");
  expect_not(script, "$H");
  expect_not(script, "$(");
  expect_not(script, "{/");
  expect_not(script, "\033");
  expect_not(script, "\n!");
  expect(script, "set xlabel '; system(touch x) touch x HOME u  /Bold x ?!touch x?' offset"); /* inside its quotes */
  /* quotes are balanced on every line, so nothing can leave its string */
  int quotes = 0;
  for (const char *c = script; *c; c++) {
    quotes += *c == '\'';
    if (*c == '\n') assert_int_equal(quotes % 2, 0);
  }
  free(script);
}

static void script_names_only_its_own_files(void **state)
{
  scene *s = *state;
  static const char *const bad[] = {"", ".x", "-x", "a/b", "a b", "a'b", "../x", NULL};
  weir_plot_options opt = {.dir = s->dir, .script_only = true};
  for (int k = 0; k < 8; k++) {
    opt.stem = bad[k];
    check_fails(s->ctx, weir_plot_convergence(s->ctx, &orders, &opt), WEIR_EARG, "letters, digits");
  }
  opt.stem = "o_1.x-y";
  check_ok(s->ctx, weir_plot_convergence(s->ctx, &orders, &opt));
  char *script = slurp(s, "o_1.x-y.gp");
  expect_not(script, s->dir);
  expect(script, "'o_1.x-y-curve0.dat'");
  free(script);
  opt.dir = "/no/such/directory";
  check_fails(s->ctx, weir_plot_convergence(s->ctx, &orders, &opt), WEIR_EIO, "/no/such/directory");
}

static void missing_gnuplot_leaves_data_and_script(void **state)
{
  scene *s = *state;
  const weir_plot_options opt = {.dir = s->dir, .stem = "m", .program = "no-such-gnuplot-anywhere"};
  check_fails(s->ctx, weir_plot_convergence(s->ctx, &orders, &opt), WEIR_ENOTFOUND, "no-such-gnuplot-anywhere");
  assert_true(is_there(s, "m.gp") && is_there(s, "m-curve0.dat"));
  assert_false(is_there(s, "m.png"));
}

static double now(void)
{
  struct timespec t;
  assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &t), 0);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void slow_gnuplot_is_stopped_with_its_children(void **state)
{
  scene *s = *state;
  char path[400];
  const weir_plot_options opt = {.dir = s->dir,
                                 .stem = "s",
                                 .timeout = 0.3,
                                 .program = program(s, "echo half >s.part.png; sleep 60 & echo $! >pid; wait", path)};
  const double begin = now();
  check_fails(s->ctx, weir_plot_convergence(s->ctx, &orders, &opt), WEIR_EIO, "took more than 0.3 s");
  check_le(now() - begin, 5); /* not 60 */
  assert_false(is_there(s, "s.png") || is_there(s, "s.part.png"));
  char *pid = slurp(s, "pid");
  const pid_t child = (pid_t)strtol(pid, NULL, 10);
  free(pid);
  assert_true(child > 1);
  /* gone, or a zombie that init has not collected yet */
  char stat_path[64], line[256] = "";
  (void)snprintf(stat_path, sizeof stat_path, "/proc/%d/stat", (int)child);
  for (int k = 0; k < 100 && kill(child, 0) == 0; k++) {
    FILE *in = fopen(stat_path, "r");
    if (in == NULL || fgets(line, sizeof line, in) == NULL) line[0] = '\0';
    if (in != NULL) (void)fclose(in);
    if (strstr(line, ") Z") != NULL) break;
    (void)nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    if (k == 99) fail_msg("process %d still runs: %s", (int)child, line);
  }
}

static void broken_gnuplot_is_an_error_with_its_words(void **state)
{
  scene *s = *state;
  char path[400];
  weir_plot_options opt = {.dir = s->dir, .stem = "b"};
  opt.program = program(s, "echo 'line 3: undefined variable' >&2; exit 1", path);
  check_fails(s->ctx, weir_plot_convergence(s->ctx, &orders, &opt), WEIR_EIO,
              "exit code 1: line 3: undefined variable");
  opt.program = program(s, "exit 0", path);
  check_fails(s->ctx, weir_plot_convergence(s->ctx, &orders, &opt), WEIR_EIO, "drew nothing");
  opt.program = program(s, "kill -9 $$", path);
  check_fails(s->ctx, weir_plot_convergence(s->ctx, &orders, &opt), WEIR_EIO, "signal 9");
  opt.program =
      program(s,
              "i=0; while [ $i -lt 20000 ]; do echo 'warning: a long and useless line' >&2; i=$((i+1)); done; "
              "echo drawn >b.part.png",
              path); /* more than a pipe holds */
  check_ok(s->ctx, weir_plot_convergence(s->ctx, &orders, &opt));
  char *image = slurp(s, "b.png");
  assert_string_equal(image, "drawn\n");
  free(image);
  assert_false(is_there(s, "b.part.png"));
}

static void gnuplot_gets_no_input_and_no_shell(void **state)
{
  scene *s = *state;
  char path[400];
  const weir_plot_options opt = {
      .dir = s->dir, .stem = "a", .program = program(s, "cat >got; printf '%s\\n' \"$@\" >a.part.png", path)};
  check_ok(s->ctx, weir_plot_convergence(s->ctx, &orders, &opt));
  assert_false(is_there(s, "got")); /* there, but empty */
  char *args = slurp(s, "a.png");
  assert_string_equal(args, "-d\n-e\nout='a.part.png'\na.gp\n");
  free(args);
}

/* Draw with the real gnuplot if it is there; the file must begin as its format does. */
static bool drawn(scene *s, weir_status st, const char *file, const char *magic)
{
  if (st == WEIR_ENOTFOUND) return false;
  if (st != WEIR_OK) fail_msg("%s: %s", file, weir_message(s->ctx));
  char *image = slurp(s, file);
  assert_memory_equal(image, magic, strlen(magic));
  free(image);
  return true;
}

/* Twelve curves of the same points: every one has its data, its mark and its name; against cost there is no fit and no triangle. */
static void twelve_curves_are_drawn_against_width_and_against_cost(void **state)
{
  scene *s = *state;
  weir_plot_curve many[12];
  char name[12][24];
  for (int k = 0; k < 12; k++) {
    many[k] = curve;
    (void)snprintf(name[k], sizeof name[k], "scheme-%d", k);
    many[k].name = name[k];
  }
  const weir_plot_orders set = {.n = 12, .curve = many, .formal = 2, .floor = (double)NAN, .error_name = "L1 error"};
  for (int work = 0; work < 2; work++) {
    const weir_plot_options opt = {.dir = s->dir, .stem = work == 1 ? "work" : "set", .script_only = true};
    check_ok(s->ctx, work == 1 ? weir_plot_work(s->ctx, &set, &opt) : weir_plot_convergence(s->ctx, &set, &opt));
    char *script = slurp(s, work == 1 ? "work.gp" : "set.gp"),
         *last = slurp(s, work == 1 ? "work-curve11.dat" : "set-curve11.dat");
    assert_non_null(strstr(script, "scheme-11"));
    assert_non_null(strstr(script, work == 1 ? "CPU s" : "'h'"));
    assert_true((strstr(script, "polygon") != NULL) == (work == 0) &&
                (strstr(script, "$fit11") != NULL) == (work == 0));
    assert_non_null(strstr(script, "set key at graph 1.03")); /* beside the panel */
    assert_non_null(strstr(last, "0.03125 0.000625"));
    free(script), free(last);
  }
  const weir_plot_options opt = {.dir = s->dir, .stem = "none", .script_only = true};
  check_fails(s->ctx, weir_plot_work(s->ctx, &(weir_plot_orders){.n = 0}, &opt), WEIR_EARG, "0 curves");
}

static void gnuplot_draws_every_kind_in_every_format(void **state)
{
  scene *s = *state;
  static const char *const magic[] = {"\x89PNG", "<?xml", "%PDF"}, *const ext[] = {"png", "svg", "pdf"};
  const double t[] = {0, 0.1, 0.2}, defect[] = {0, 1e-16, -2e-16}, least[] = {1e-9, 1e-8, 2e-8};
  for (int k = 0; k < 3; k++) {
    char file[32];
    const weir_plot_options opt = {.dir = s->dir, .stem = "g", .format = (weir_plot_format)k, .title = "it's 100 %"};
    (void)snprintf(file, sizeof file, "g.%s", ext[k]);
    if (!drawn(s, weir_plot_convergence(s->ctx, &orders, &opt), file, magic[k])) skip();
    for (int dim = 1; dim <= 2; dim++) {
      if (k > 0 && dim == 2) continue; /* the scripts are the same but for the terminal */
      const weir_plot_judged p = judged(s, dim);
      const weir_plot_solved q = {.mesh = s->mesh[dim - 1],
                                  .rho = s->rho[dim - 1],
                                  .exact = s->rho[dim - 1],
                                  .time = 0.2,
                                  .n = 3,
                                  .t = t,
                                  .defect = defect,
                                  .min_rho = least};
      assert_true(drawn(s, weir_plot_verdict(s->ctx, &p, &opt), file, magic[k]));
      assert_true(drawn(s, weir_plot_field(s->ctx, &q, &opt), file, magic[k]));
    }
  }
}

/* Nothing to warn about, or nothing at all to show: still a picture, not a gnuplot error. */
static void gnuplot_draws_degenerate_data(void **state)
{
  scene *s = *state;
  const weir_plot_options opt = {.dir = s->dir, .stem = "d"};
  for (int dim = 1; dim <= 2; dim++) {
    double *zero = NULL;
    check_ok(s->ctx, weir_mesh_array(s->ctx, s->mesh[dim - 1], "zero", &zero));
    const weir_plot_judged p = {.mesh = s->mesh[dim - 1], .truth = zero};
    const weir_plot_solved q = {.mesh = s->mesh[dim - 1], .rho = zero};
    if (!drawn(s, weir_plot_verdict(s->ctx, &p, &opt), "d.png", "\x89PNG")) skip();
    assert_true(drawn(s, weir_plot_field(s->ctx, &q, &opt), "d.png", "\x89PNG"));
    for (int i = 0; i < PARTICLES; i++) s->misfit[i] = i % 2 ? (double)NAN : 0; /* nothing finite but 0 */
    s->x[0] = (double)NAN, s->x[1] = (double)INFINITY, s->x[4] = 1e300;
    weir_plot_judged b = judged(s, dim);
    assert_true(drawn(s, weir_plot_verdict(s->ctx, &b, &opt), "d.png", "\x89PNG"));
    for (int i = 0; i < PARTICLES; i++) s->misfit[i] = (double)NAN;
    assert_true(drawn(s, weir_plot_verdict(s->ctx, &b, &opt), "d.png", "\x89PNG"));
    for (ptrdiff_t i = 0; i < s->mesh[dim - 1]->len; i++) zero[i] = 0.25; /* no contour, no range of values */
    b.truth = zero;
    assert_true(drawn(s, weir_plot_verdict(s->ctx, &b, &opt), "d.png", "\x89PNG"));
    assert_true(drawn(s, weir_plot_field(s->ctx, &q, &opt), "d.png", "\x89PNG"));
    weir_free(zero);
  }
}

static void plots_refuse_what_they_cannot_draw(void **state)
{
  scene *s = *state;
  const weir_plot_options opt = {.dir = s->dir, .stem = "r", .script_only = true};
  weir_mesh_spec spec = {.dim = 3};
  for (int a = 0; a < 3; a++) spec.axis[a] = (weir_axis_spec){.n = 2, .lo = 0, .hi = 1};
  weir_mesh *m = NULL;
  check_ok(s->ctx, weir_mesh_create(s->ctx, &spec, &m));
  weir_plot_judged p = judged(s, 2);
  p.mesh = m;
  weir_plot_solved q = {.mesh = m, .rho = s->rho[0]};
  check_fails(s->ctx, weir_plot_verdict(s->ctx, &p, &opt), WEIR_EUNSUPPORTED, "3 dimensions");
  check_fails(s->ctx, weir_plot_field(s->ctx, &q, &opt), WEIR_EUNSUPPORTED, "3 dimensions");
  weir_mesh_destroy(&m);
  p = judged(s, 2);
  p.n = -1;
  check_fails(s->ctx, weir_plot_verdict(s->ctx, &p, &opt), WEIR_EARG, "-1 particles");
  q = (weir_plot_solved){.mesh = s->mesh[0], .rho = s->rho[0], .n = 3};
  check_fails(s->ctx, weir_plot_field(s->ctx, &q, &opt), WEIR_EARG, "history");
  const double bad_h[] = {0.1, -0.1}, zero[] = {0, (double)NAN};
  weir_plot_curve c = {.name = "L1", .n = 2, .h = bad_h, .error = errors};
  weir_plot_orders o = {.n = 1, .curve = &c};
  check_fails(s->ctx, weir_plot_convergence(s->ctx, &o, &opt), WEIR_EARG, "h[1] = -0.1");
  c = (weir_plot_curve){.name = "L1", .n = 2, .h = widths, .error = zero};
  check_fails(s->ctx, weir_plot_convergence(s->ctx, &o, &opt), WEIR_EARG, "no error above 0");
  o.n = 13;
  check_fails(s->ctx, weir_plot_convergence(s->ctx, &o, &opt), WEIR_EARG, "13 curves");
}

static void at_most_two_thousand_dots_are_drawn(void **state)
{
  scene *s = *state;
  const weir_plot_options opt = {.dir = s->dir, .stem = "n", .script_only = true};
  const weir_plot_judged p = judged(s, 2);
  check_ok(s->ctx, weir_plot_verdict(s->ctx, &p, &opt));
  char *dots = slurp(s, "n-misfit.dat");
  int lines = 0;
  double before = 0;
  for (char *c = strtok(dots, "\n"); c != NULL; c = strtok(NULL, "\n"), lines++) {
    const double size = fabs(strtod(strrchr(c, ' ') + 1, NULL));
    check_ge(size, before); /* the largest last, on top */
    before = size;
  }
  assert_int_equal(lines, 2000);
  free(dots);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(script_holds_no_foreign_text, scene_setup, scene_teardown),
      cmocka_unit_test_setup_teardown(script_names_only_its_own_files, scene_setup, scene_teardown),
      cmocka_unit_test_setup_teardown(missing_gnuplot_leaves_data_and_script, scene_setup, scene_teardown),
      cmocka_unit_test_setup_teardown(slow_gnuplot_is_stopped_with_its_children, scene_setup, scene_teardown),
      cmocka_unit_test_setup_teardown(broken_gnuplot_is_an_error_with_its_words, scene_setup, scene_teardown),
      cmocka_unit_test_setup_teardown(gnuplot_gets_no_input_and_no_shell, scene_setup, scene_teardown),
      cmocka_unit_test_setup_teardown(gnuplot_draws_every_kind_in_every_format, scene_setup, scene_teardown),
      cmocka_unit_test_setup_teardown(gnuplot_draws_degenerate_data, scene_setup, scene_teardown),
      cmocka_unit_test_setup_teardown(twelve_curves_are_drawn_against_width_and_against_cost, scene_setup,
                                      scene_teardown),
      cmocka_unit_test_setup_teardown(plots_refuse_what_they_cannot_draw, scene_setup, scene_teardown),
      cmocka_unit_test_setup_teardown(at_most_two_thousand_dots_are_drawn, scene_setup, scene_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
