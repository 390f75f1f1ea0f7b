/* Particle clouds: the same cloud in every layout, what is ambiguous, what does not fit, times, weights, names. */
#include "../support/check.h"
#include "../support/files.h"
#include <weir/cloud_io.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { T = 4, N = 6, D = 2 };

static double pos(int k, int i, int a)
{
  return 100 * k + i + a / 8.0;
}
static double lrho(int k, int i)
{
  return -(k + i / 16.0);
}

/* A test's directory, context and the archive it is writing. */
typedef struct bench {
  weir_ctx *ctx;
  char dir[4096], path[4096];
  weir_npz *z;
  weir_cloud *c;
} bench;

static int setup(void **state)
{
  bench *b = calloc(1, sizeof *b);
  if (!b || weir_ctx_create(&b->ctx) != WEIR_OK) return -1;
  test_dir(b->dir, sizeof b->dir);
  path_in(b->path, b->dir, "c.npz");
  *state = b;
  return 0;
}

static int teardown(void **state)
{
  bench *b = *state;
  weir_npz_discard(&b->z);
  weir_cloud_destroy(&b->c);
  weir_ctx_destroy(&b->ctx);
  free(b);
  return 0;
}

static void begin(bench *b)
{
  check_ok(b->ctx, weir_npz_create(b->ctx, b->path, &b->z));
}
static void end(bench *b)
{
  check_ok(b->ctx, weir_npz_close(b->ctx, &b->z));
}

/* n0 = -1: a scalar; n1, n2 = -1: no such axis. */
static void put(bench *b, const char *name, const double *data, int n0, int n1, int n2)
{
  weir_array_out o = {0, {0}, data, false};
  const int n[3] = {n0, n1, n2};
  for (int k = 0; k < 3 && n[k] >= 0; k++) o.shape[o.ndim++] = n[k];
  check_ok(b->ctx, weir_npz_add(b->ctx, b->z, name, &o));
}

typedef double array_x[T * N * D];
typedef double array_s[T * N];

static void stack_tn(array_x x, array_s s)
{
  for (int k = 0; k < T; k++)
    for (int i = 0; i < N; i++) {
      s[k * N + i] = lrho(k, i);
      for (int a = 0; a < D; a++) x[(k * N + i) * D + a] = pos(k, i, a);
    }
}

static void stack_nt(array_x x, array_s s)
{
  for (int k = 0; k < T; k++)
    for (int i = 0; i < N; i++) {
      s[i * T + k] = lrho(k, i);
      for (int a = 0; a < D; a++) x[(i * T + k) * D + a] = pos(k, i, a);
    }
}

static const double times[T + 1] = {0, 0.5, 1, 1.5, 2};

static weir_status read_map(bench *b, const weir_cloud_map *map)
{
  const char *path = b->path;
  weir_cloud_destroy(&b->c);
  return weir_cloud_read(b->ctx, 1, &path, map, &b->c);
}

static weir_status read_one(bench *b, const char *map, const char *layout)
{
  const weir_cloud_map m = {.name = &map, .nname = map != NULL, .layout = layout};
  return read_map(b, &m);
}

/* The whole cloud is as pos() and lrho() say. */
static void check_cloud(const bench *b, bool density, bool timed)
{
  const weir_cloud *c = b->c;
  assert_int_equal(c->steps, T);
  assert_int_equal(c->dim, D);
  assert_true(c->paired);
  assert_int_equal(c->has_time, timed);
  assert_int_equal(c->logrho != NULL, density);
  for (int k = 0; k < T; k++) {
    assert_int_equal(c->count[k], N);
    if (timed) assert_true(c->time[k] == times[k]);
    for (int i = 0; i < N; i++) {
      if (density) assert_true(c->logrho[k][i] == lrho(k, i));
      for (int a = 0; a < D; a++) assert_true(c->x[k][i * D + a] == pos(k, i, a));
    }
  }
}

/* ------------------------------------------------------------------ layouts */
static void the_same_cloud_is_read_from_both_stackings(void **state)
{
  bench *b = *state;
  array_x x;
  array_s s;
  for (int nt = 0; nt < 2; nt++) {
    for (int with_t = 0; with_t < 2; with_t++) {
      if (nt)
        stack_nt(x, s);
      else
        stack_tn(x, s);
      begin(b);
      put(b, "x", x, nt ? N : T, nt ? T : N, D);
      put(b, "logrho", s, nt ? N : T, nt ? T : N, -1);
      if (with_t) put(b, "t", times, T, -1, -1);
      end(b);
      if (with_t) {
        check_ok(b->ctx, read_one(b, NULL, NULL));
        check_cloud(b, true, true);
        continue;
      }
      check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EFORMAT, "say --layout TNd or --layout NTd");
      check_fails(b->ctx, read_one(b, NULL, "auto"), WEIR_EFORMAT,
                  nt ? "x ('x') has shape (6, 4, 2) and nothing tells"
                     : "x ('x') has shape (4, 6, 2) and nothing tells");
      check_ok(b->ctx, read_one(b, NULL, nt ? "NTd" : "TNd"));
      check_cloud(b, true, false);
    }
  }
}

static void other_arrays_tell_the_stacking_when_times_are_missing(void **state)
{
  bench *b = *state;
  array_x x, v;
  array_s s;
  const double w[N] = {1, 2, 3, 4, 5, 6}, n0 = N;
  memset(v, 0, sizeof v);
  for (int witness = 0; witness < 3; witness++) {
    stack_nt(x, s);
    begin(b);
    put(b, "x", x, N, T, D);
    if (witness == 0) put(b, "v_start", v, N, T - 1, D);
    if (witness == 1) put(b, "weights", w, N, -1, -1);
    if (witness == 2) put(b, "N0", &n0, -1, -1, -1);
    end(b);
    check_ok(b->ctx, read_one(b, NULL, NULL));
    check_cloud(b, false, false);
    assert_true(witness != 1 || (b->c->w[0][3] == 4 && b->c->w[T - 1][5] == 6));
  }
}

static void ragged_steps_may_lose_particles(void **state)
{
  bench *b = *state;
  array_x x;
  array_s s;
  const double n0 = N, w = 1.0 / N;
  stack_tn(x, s);
  begin(b);
  for (int k = 0; k < T; k++) { /* the last two steps have lost one */
    char name[32];
    const int n = k < 2 ? N : N - 1;
    snprintf(name, sizeof name, "x_%03d", k);
    put(b, name, x + k * N * D, n, D, -1);
    snprintf(name, sizeof name, "logrho_%03d", k);
    put(b, name, s + k * N, n, -1, -1);
  }
  put(b, "t", times, T, -1, -1);
  put(b, "N0", &n0, -1, -1, -1);
  put(b, "w", &w, -1, -1, -1);
  end(b);
  check_ok(b->ctx, read_one(b, NULL, NULL));
  assert_false(b->c->paired);
  assert_true(b->c->has_n0 && b->c->n0 == N);
  assert_true(b->c->count[1] == N && b->c->count[3] == N - 1);
  assert_true(b->c->x[3][(N - 2) * D + 1] == pos(3, N - 2, 1));
  assert_true(b->c->logrho[3][N - 2] == lrho(3, N - 2));
  assert_true(b->c->w[2][0] == w && b->c->w[2][N - 2] == w);
  assert_true(b->c->time[3] == times[3]);
}

static void ragged_steps_must_be_complete_and_fit(void **state)
{
  bench *b = *state;
  array_x x;
  array_s s;
  stack_tn(x, s);
  begin(b);
  put(b, "pos_0", x, N, D, -1);
  put(b, "pos_2", x, N, D, -1);
  end(b);
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EFORMAT, "after 'pos' number 0 comes number 2");
  begin(b);
  put(b, "q_0", x, N, D, -1);
  put(b, "q_1", x, N - 1, D, -1);
  put(b, "logrho_0", s, N, -1, -1);
  put(b, "logrho_1", s, N, -1, -1);
  end(b);
  check_fails(b->ctx, read_one(b, "x=q", NULL), WEIR_EFORMAT,
              "'logrho_1' has shape (6,), the positions of that step are 5: (5,) expected");
  begin(b);
  put(b, "x_0", x, N, D, -1);
  put(b, "x_1", x, N, D, -1);
  put(b, "logrho_0", s, N, -1, -1);
  end(b);
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EFORMAT, "'logrho_...' has no array of number 1");
  begin(b);
  put(b, "x_0", x, N, D, -1);
  put(b, "x_1", x, N, D + 1, -1);
  end(b);
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EFORMAT, "'x_1' has shape (6, 3), the step before has 2");
}

/* Rows in a scrambled order; labels in a second file, in the same one, or times in every row. */
static void long_rows_are_sorted_by_their_label(void **state)
{
  bench *b = *state;
  double x[T * N * D], label[T * N], t[T * N], s[T * N];
  for (int r = 0; r < T * N; r++) { /* step runs fastest, particles keep their order within a step */
    const int k = r % T, i = r / T;
    label[r] = k;
    t[r] = times[k];
    s[r] = lrho(k, i);
    for (int a = 0; a < D; a++) x[r * D + a] = pos(k, i, a);
  }
  begin(b);
  put(b, "samples", x, T * N, D, -1);
  put(b, "sample_labels", label, T * N, -1, -1);
  put(b, "log_prob", s, T * N, 1, -1);
  end(b);
  check_ok(b->ctx, read_one(b, NULL, NULL));
  check_cloud(b, true, false);
  const weir_cloud_map tau = {.tau = 0.5};
  check_ok(b->ctx, read_map(b, &tau));
  check_cloud(b, true, true);
  begin(b);
  put(b, "x", x, T * N, D, -1);
  put(b, "t", t, T * N, -1, -1);
  put(b, "logrho", s, T * N, -1, -1);
  end(b);
  check_ok(b->ctx, read_one(b, NULL, NULL));
  check_cloud(b, true, true);
  /* two files, as jkonet-star keeps them */
  char px[4096], pl[4096];
  const char *const two[2] = {path_in(px, b->dir, "data.npy"), path_in(pl, b->dir, "sample_labels.npy")};
  const weir_array_out ax = {2, {T * N, D}, x, false}, al = {1, {T * N}, label, false},
                       short_l = {1, {T * N - 1}, label, false};
  check_ok(b->ctx, weir_npy_write(b->ctx, px, &ax));
  check_ok(b->ctx, weir_npy_write(b->ctx, pl, &al));
  weir_cloud_destroy(&b->c);
  check_ok(b->ctx, weir_cloud_read(b->ctx, 2, two, &tau, &b->c));
  check_cloud(b, false, true);
  weir_cloud_destroy(&b->c);
  check_ok(b->ctx, weir_npy_write(b->ctx, pl, &short_l));
  check_fails(b->ctx, weir_cloud_read(b->ctx, 2, two, &tau, &b->c), WEIR_EFORMAT,
              "'sample_labels' has 23 values, x ('data') has shape (24, 2): one label per row expected");
  const char *const same[2] = {px, px};
  check_fails(b->ctx, weir_cloud_read(b->ctx, 2, same, &tau, &b->c), WEIR_EFORMAT, "array 'data' is in both");
}

static void long_rows_of_one_step_must_share_a_time(void **state)
{
  bench *b = *state;
  const double x[4] = {1, 2, 3, 4}, label[4] = {0, 0, 1, 1}, t[4] = {0, 0, 1, 2}, nan_label[4] = {0, 0, 1, (double)NAN};
  begin(b);
  put(b, "x", x, 4, 1, -1);
  put(b, "labels", label, 4, -1, -1);
  put(b, "t", t, 4, -1, -1);
  end(b);
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EFORMAT, "step 1 has rows at times 1 and 2");
  begin(b);
  put(b, "x", x, 4, 1, -1);
  put(b, "labels", nan_label, 4, -1, -1);
  end(b);
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EFORMAT, "label 'labels' of row 3 is nan");
  begin(b);
  put(b, "x", x, 4, 1, -1);
  end(b);
  check_fails(b->ctx, read_one(b, NULL, "long"), WEIR_EFORMAT, "needs labels or times");
}

static void a_missing_label_keeps_its_time(void **state)
{
  bench *b = *state;
  const double x[4] = {1, 2, 3, 4}, label[4] = {0, 0, 3, 3}, t[4] = {0, 0.1, 0.2, 0.7};
  begin(b);
  put(b, "x", x, 4, 1, -1);
  put(b, "labels", label, 4, -1, -1);
  put(b, "ts", t, 4, -1, -1); /* as long as x has rows: but not one per row */
  end(b);
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EFORMAT, "rows at times");
  begin(b);
  put(b, "x", x, 4, 1, -1);
  put(b, "labels", label, 4, -1, -1);
  put(b, "ts", (const double[]){0, 0.1, 0.2, 0.7, 0.9}, 5, -1, -1);
  end(b);
  check_ok(b->ctx, read_one(b, NULL, NULL));
  assert_true(b->c->steps == 2 && b->c->time[0] == 0 && b->c->time[1] == 0.7);
}

static void a_state_with_logdet_and_cost_is_cut_into_parts(void **state)
{
  bench *b = *state;
  double z[T * N * (D + 2)];
  for (int k = 0; k < T; k++)
    for (int i = 0; i < N; i++) {
      double *p = z + (k * N + i) * (D + 2);
      for (int a = 0; a < D; a++) p[a] = pos(k, i, a);
      p[D] = lrho(k, i);
      p[D + 1] = 77;
    }
  begin(b);
  put(b, "z", z, T, N, D + 2);
  put(b, "t", times, T, -1, -1);
  end(b);
  check_ok(b->ctx, read_one(b, NULL, NULL));
  check_cloud(b, false, true);
  for (int k = 0; k < T; k++)
    for (int i = 0; i < N; i++) assert_true(b->c->logdet[k][i] == lrho(k, i));
  check_ok(b->ctx, read_one(b, "z=x,logrho,-", NULL));
  check_cloud(b, true, true);
  check_ok(b->ctx, read_one(b, "columns=x,x,logrho,cost", NULL));
  check_cloud(b, true, true);
  check_fails(b->ctx, read_one(b, "z=x,x,x,logrho,cost", NULL), WEIR_EFORMAT,
              "(4, 6, 4): 4 values per particle, 5 are");
  check_fails(b->ctx, read_one(b, "z=x,logrho,x", NULL), WEIR_EARG, "one run of x");
  check_fails(b->ctx, read_one(b, "columns=x,what", NULL), WEIR_EARG, "map columns");
  begin(b);
  put(b, "z", z, T, N * (D + 2), 1);
  end(b);
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EFORMAT, "1 values per particle, 3 are named");
}

static void one_coordinate_needs_no_axis_of_its_own(void **state)
{
  bench *b = *state;
  double x[T * N];
  for (int r = 0; r < T * N; r++) x[r] = pos(r / N, r % N, 0);
  begin(b);
  put(b, "x", x, T, N, -1);
  put(b, "logrho", x, T, N, -1);
  put(b, "t", times, T, -1, -1);
  end(b);
  check_ok(b->ctx, read_one(b, NULL, NULL));
  assert_true(b->c->dim == 1 && b->c->steps == T && b->c->count[0] == N);
  assert_true(b->c->x[2][5] == pos(2, 5, 0) && b->c->logrho[3][1] == pos(3, 1, 0));
  begin(b);
  put(b, "x", x, T, N, -1);
  put(b, "logrho", x, T, N, -1);
  end(b);
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EFORMAT, "--layout TNd");
  check_ok(b->ctx, read_one(b, NULL, "NTd"));
  assert_true(b->c->dim == 1 && b->c->steps == N && b->c->x[1][2] == pos(2, 1, 0));
  begin(b);
  put(b, "x", x, N, -1, -1);
  put(b, "logrho", x, N, -1, -1);
  end(b);
  check_ok(b->ctx, read_one(b, NULL, NULL));
  assert_true(b->c->dim == 1 && b->c->steps == 1 && b->c->count[0] == N && b->c->x[0][5] == 5);
}

static void a_single_array_of_any_name_is_one_step(void **state)
{
  bench *b = *state;
  array_x x;
  array_s s;
  stack_tn(x, s);
  begin(b);
  put(b, "whatever", x, T * N, D, -1);
  end(b);
  check_ok(b->ctx, read_one(b, NULL, NULL));
  assert_true(b->c->steps == 1 && b->c->count[0] == T * N && b->c->dim == D && !b->c->has_time);
  const weir_cloud_map tau = {.tau = 0.5}, three = {.dim = 3}, one = {.dim = 1};
  check_ok(b->ctx, read_map(b, &tau)); /* a lone snapshot need not be the start */
  assert_true(!b->c->has_time && b->c->tau == 0.5);
  check_fails(b->ctx, read_map(b, &three), WEIR_EFORMAT, "2 coordinates per particle, 3 expected");
  check_fails(b->ctx, read_map(b, &one), WEIR_EFORMAT, "--layout");
}

static void tables_give_clouds_with_and_without_names(void **state)
{
  bench *b = *state;
  static const char named[] = "step,x,y,logrho,w\n0,1,2,-1,3\n1,3,4,-2,4\n0,5,6,-3,5\n1,7,8,-4,6\n";
  static const char numbered[] = "x1 x2 x3 x4 v1 v2 v3 v4\n1 2 3 4 5 6 7 8\n9 10 11 12 13 14 15 16\n";
  static const char bare[] = "1,2,-5\n3,4,-6\n";
  path_in(b->path, b->dir, "c.csv");
  check_ok(b->ctx, weir_text_write(b->ctx, b->path, named, sizeof named - 1));
  check_ok(b->ctx, read_one(b, NULL, NULL));
  assert_true(b->c->steps == 2 && b->c->dim == 2 && b->c->count[1] == 2);
  assert_true(b->c->x[1][2] == 7 && b->c->x[0][3] == 6 && b->c->logrho[0][1] == -3 && b->c->w[1][0] == 4);
  check_ok(b->ctx, weir_text_write(b->ctx, b->path, numbered, sizeof numbered - 1));
  check_ok(b->ctx, read_one(b, NULL, NULL));
  assert_true(b->c->steps == 1 && b->c->dim == 4 && b->c->x[0][7] == 12 && b->c->v[0][4] == 13);
  check_ok(b->ctx, read_one(b, "x=x3,x1,v=v1,v2", NULL));
  assert_true(b->c->dim == 2 && b->c->x[0][2] == 11 && b->c->x[0][3] == 9 && b->c->v[0][3] == 14);
  check_fails(b->ctx, read_one(b, "x=x3,y7", NULL), WEIR_ENOTFOUND, "no array 'y7' for x; there are: x1 (2,)");
  check_ok(b->ctx, weir_text_write(b->ctx, b->path, bare, sizeof bare - 1));
  check_ok(b->ctx, read_one(b, NULL, NULL));
  assert_int_equal(b->c->dim, 3);
  check_ok(b->ctx, read_one(b, "columns=x,logrho", NULL));
  assert_true(b->c->dim == 2 && b->c->logrho[0][1] == -6 && b->c->x[0][3] == 4);
  const weir_cloud_map two = {.dim = 2};
  check_ok(b->ctx, read_map(b, &two)); /* negative values in a case of two dimensions: it can only be logrho */
  assert_true(b->c->dim == 2 && b->c->logrho[0][1] == -6 && strncmp(b->c->note[b->c->notes - 1], "assumed:", 8) == 0);
  static const char positive[] = "1,2,5\n3,4,6\n";
  check_ok(b->ctx, weir_text_write(b->ctx, b->path, positive, sizeof positive - 1));
  check_fails(b->ctx, read_map(b, &two), WEIR_EFORMAT, "name them: --map columns=x,logrho");
}

static void without_a_witness_the_far_larger_axis_holds_the_particles(void **state)
{
  bench *b = *state;
  static double x[3 * 60 * 2];
  const struct {
    ptrdiff_t first, second;
    int steps;
  } row[] = {{3, 60, 3}, {60, 3, 3}, {6, 30, 0}};
  path_in(b->path, b->dir, "bare.npy");
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
    const weir_array_out out = {.ndim = 3, .shape = {row[k].first, row[k].second, 2}, .data = x};
    check_ok(b->ctx, weir_npy_write(b->ctx, b->path, &out));
    if (row[k].steps == 0) {
      check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EFORMAT, "--layout");
      continue;
    }
    check_ok(b->ctx, read_one(b, NULL, NULL));
    assert_true(b->c->steps == 3 && b->c->count[0] == 60);
    bool said = false;
    for (int n = 0; n < b->c->notes; n++) said = said || strncmp(b->c->note[n], "assumed: layout", 15) == 0;
    assert_true(said);
  }
}

/* ------------------------------------------------------------------ fields */
static void velocities_and_densities_land_at_their_step(void **state)
{
  bench *b = *state;
  array_x x, v;
  array_s s, rho;
  stack_tn(x, s);
  for (int r = 0; r < T * N; r++) rho[r] = exp(s[r]);
  rho[0] = 0;
  rho[1] = -1;
  for (int r = 0; r < T * N * D; r++) v[r] = r;
  begin(b);
  put(b, "X", x, T, N, D);
  put(b, "density", rho, T, N, -1);
  put(b, "velocity", v, T, N, D);
  put(b, "v_start", v, T - 1, N, D);
  put(b, "v_end", v + N * D, T - 1, N, D);
  put(b, "log_det", s, T - 1, N, -1);
  put(b, "divergence", s, T, N, 1);
  put(b, "w", s, T, N, -1);
  put(b, "t", times, T, -1, -1);
  put(b, "objective", times, T, -1, -1);
  end(b);
  check_ok(b->ctx, read_one(b, NULL, NULL));
  const weir_cloud *c = b->c;
  assert_true(c->logrho[0][0] == -(double)INFINITY && isnan(c->logrho[0][1]));
  check_close(c->logrho[2][3], lrho(2, 3), 4e-15); /* log(exp(x)): a few ulp of 2.2 */
  assert_true(c->v[1][3] == N * D + 3 && c->v_start[1][3] == N * D + 3 && c->v_end[1][3] == 2 * N * D + 3);
  assert_null(c->v_start[T - 1]);
  assert_true(c->logdet[0][2] == 0 && c->logdet[1][2] == lrho(0, 2));
  check_close(c->logdet[3][2], lrho(0, 2) + lrho(1, 2) + lrho(2, 2), 0);
  assert_true(c->divv[3][1] == lrho(3, 1) && c->w[2][5] == lrho(2, 5));
  char *text = NULL;
  check_ok(b->ctx, weir_cloud_describe(b->ctx, c, &text));
  assert_non_null(strstr(text, "particles   6, the same particles at every step"));
  assert_non_null(strstr(text, "times       0 to 1.5\n"));
  assert_non_null(strstr(text, "x = array X (4, 6, 2) f8, (steps, particles, coordinates)"));
  assert_non_null(strstr(text, "not used: objective (4,) f8"));
  weir_free(text);
}

static void single_precision_is_noticed(void **state)
{
  bench *b = *state;
  float x[T * N * D];
  const char *const name[] = {"x.npy", "note.npy"};
  for (int r = 0; r < T * N * D; r++) x[r] = (float)r; /* Fortran order: x[k + T*(i + N*a)] */
  bytes e[2] = {npy_bytes("<f4", true, "(4, 6, 2)", x, sizeof x), npy_bytes("<U3", false, "()", "abcdabcdabcd", 12)};
  bytes z = zip_bytes(2, name, e, true);
  check_ok(b->ctx, weir_text_write(b->ctx, b->path, (const char *)z.b, z.n));
  check_ok(b->ctx, read_one(b, NULL, "TNd"));
  assert_true(b->c->bits == 24 && b->c->x[3][2 * D + 1] == 3 + T * (2 + N * 1));
  char *text = NULL;
  check_ok(b->ctx, weir_cloud_describe(b->ctx, b->c, &text));
  assert_non_null(strstr(text, "precision   single"));
  assert_non_null(strstr(text, "note: type '<U3' holds strings"));
  weir_free(text);
  for (int k = 0; k < 2; k++) bytes_free(&e[k]);
  bytes_free(&z);
}

static void values_are_left_to_the_judge(void **state)
{
  bench *b = *state;
  array_x x;
  array_s s;
  stack_tn(x, s);
  x[3] = (double)NAN;
  s[5] = (double)INFINITY;
  begin(b);
  put(b, "x", x, T, N, D);
  put(b, "logrho", s, T, N, -1);
  put(b, "t", times, T, -1, -1);
  end(b);
  check_ok(b->ctx, read_one(b, NULL, NULL));
  assert_true(isnan(b->c->x[0][3]) && isinf(b->c->logrho[0][5]));
  begin(b);
  put(b, "x", x, 0, D, -1);
  end(b);
  check_ok(b->ctx, read_one(b, NULL, NULL));
  assert_int_equal(b->c->count[0], 0);
}

/* ------------------------------------------------------------------ refusals */
static void shapes_that_do_not_fit_are_told_together(void **state)
{
  bench *b = *state;
  double x[T * N * D + 80] = {0};
  static const struct {
    const char *name;
    int n0, n1, n2;
    bool with_t;
    const char *words;
  } t[] = {
      {"logrho", T, N - 1, -1, true, "'logrho' has shape (4, 5), x ('x') has shape (4, 6, 2): (4, 6) expected"},
      {"logrho", N, T, -1, true, "'logrho' has shape (6, 4), x ('x') has shape (4, 6, 2): (4, 6) expected"},
      {"logrho", T, N - 1, -1, false, "'logrho' has shape (4, 5)"},
      {"v", T, N, 3, true, "'v' has shape (4, 6, 3), x ('x') has shape (4, 6, 2): (4, 6, 2) expected"},
      {"v", T - 1, N, D, true, "(4, 6, 2) expected; one per step taken is --map v_start=... or v_end=..."},
      {"v_end", T, N, D, true, "'v_end' has shape (4, 6, 2), x ('x') has shape (4, 6, 2): (3, 6, 2) expected"},
      {"w", N + 1, -1, -1, true, "'w' has shape (7,), x ('x') has shape (4, 6, 2): (4, 6) expected"},
      {"times", 5, -1, -1, false, "'times' has 5 values, x ('x') has shape (4, 6, 2): 4 expected"},
      {"dt", 2, -1, -1, true, "'dt' has 2 values, x ('x') has shape (4, 6, 2): 3 expected"},
  };
  for (size_t k = 0; k < sizeof t / sizeof *t; k++) {
    begin(b);
    put(b, "x", x, T, N, D);
    put(b, t[k].name, x, t[k].n0, t[k].n1, t[k].n2);
    if (t[k].with_t) put(b, "t", times, T, -1, -1);
    end(b);
    check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EFORMAT, t[k].words);
    assert_null(b->c);
  }
  begin(b);
  put(b, "x", x, 1, 1, 65);
  end(b);
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_ELIMIT, "65 coordinates per particle, 1 to 64");
  begin(b);
  put(b, "x", x, -1, -1, -1);
  end(b);
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EFORMAT, "has shape (), (T,N,d), (N,T,d) or (N,d) expected");
  begin(b);
  put(b, "x", x, 4, 2, 2);
  end(b);
  check_fails(b->ctx, read_one(b, NULL, "Nd"), WEIR_EFORMAT, "shape (4, 2, 2), which cannot be --layout Nd");
}

static void unknown_positions_are_listed(void **state)
{
  bench *b = *state;
  const double x[4] = {0};
  begin(b);
  put(b, "a", x, 2, 2, -1);
  put(b, "b", x, 2, 2, -1);
  end(b);
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EFORMAT,
              "name it with --map x=NAME; there are: a (2, 2), b (2, 2)");
  check_ok(b->ctx, read_one(b, "x=b", NULL));
  check_fails(b->ctx, read_one(b, "x=c", NULL), WEIR_ENOTFOUND, "no array 'c' for x; there are: a (2, 2), b (2, 2)");
  begin(b);
  put(b, "samples", x, 2, 2, -1);
  put(b, "particles", x, 2, 2, -1);
  end(b);
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EFORMAT, "both 'particles' and 'samples' could be the positions");
  const char *const name[] = {"x.npy", "t.npy"};
  bytes e[2] = {npy_bytes("|O", false, "()", "\x80\x03", 2), npy_bytes("<f8", false, "(1,)", x, 8)};
  bytes z = zip_bytes(2, name, e, false);
  check_ok(b->ctx, weir_text_write(b->ctx, b->path, (const char *)z.b, z.n));
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EUNSUPPORTED, "x: type '|O' holds Python objects (a pickle)");
  for (int k = 0; k < 2; k++) bytes_free(&e[k]);
  bytes_free(&z);
}

static void malformed_maps_are_refused(void **state)
{
  bench *b = *state;
  const double x[4] = {0};
  begin(b);
  put(b, "x", x, 2, 2, -1);
  end(b);
  check_fails(b->ctx, read_one(b, "x", NULL), WEIR_EARG, "ours=theirs expected");
  check_fails(b->ctx, read_one(b, "=x", NULL), WEIR_EARG, "ours=theirs expected");
  check_fails(b->ctx, read_one(b, "x=", NULL), WEIR_EARG, "the name of an array is missing");
  check_fails(b->ctx, read_one(b, "position=x", NULL), WEIR_EARG, "map 'position': weir knows x logrho");
  check_fails(b->ctx, read_one(b, "x=x,x=x", NULL), WEIR_EARG, "'x' is given twice");
  check_fails(b->ctx, read_one(b, "t=a,b", NULL), WEIR_EARG, "one array expected");
  check_fails(b->ctx, read_one(b, NULL, "NdT"), WEIR_EARG, "layout 'NdT'");
  check_fails(b->ctx, weir_cloud_read(b->ctx, 0, NULL, NULL, &b->c), WEIR_EARG, "no file");
  path_in(b->path, b->dir, "none.npz");
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EIO, "none.npz: cannot be opened");
}

static void times_come_from_t_or_from_tau(void **state)
{
  bench *b = *state;
  array_x x;
  array_s s;
  const double tau = 0.25, steps[T - 1] = {0.5, 1, 2}, down[T] = {0, 1, 1, 2}, wall = 12.5;
  stack_tn(x, s);
  begin(b);
  put(b, "x", x, T, N, D);
  put(b, "tau", &tau, -1, -1, -1);
  put(b, "time", &wall, -1, -1, -1); /* how long the run took: not one per step */
  end(b);
  check_ok(b->ctx, read_one(b, NULL, "TNd"));
  assert_true(b->c->has_time && b->c->tau == 0.25 && b->c->time[3] == 0.75);
  const weir_cloud_map given = {.tau = 0.5, .layout = "TNd", .independent = true};
  check_ok(b->ctx, read_map(b, &given));
  assert_true(b->c->tau == 0.5 && b->c->time[3] == 1.5 && !b->c->paired);
  begin(b);
  put(b, "x", x, T, N, D);
  put(b, "dt", steps, T - 1, -1, -1);
  end(b);
  check_ok(b->ctx, read_one(b, NULL, NULL)); /* dt also tells the stacking */
  assert_true(isnan(b->c->tau) && b->c->time[1] == 0.5 && b->c->time[2] == 1.5 && b->c->time[3] == 3.5);
  begin(b);
  put(b, "x", x, T, N, D);
  put(b, "t", down, T, -1, -1);
  end(b);
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EFORMAT, "times must increase, but step 1 is at 1 and step 2 at 1");
  begin(b);
  put(b, "x", x, T, N, D);
  put(b, "n0", steps, 1, -1, -1);
  end(b);
  check_fails(b->ctx, read_one(b, NULL, "TNd"), WEIR_EFORMAT, "'n0' is 0.5, a number of particles expected");
}

/* ------------------------------------------------------------------ the structure itself */
static void clouds_refuse_impossible_sizes(void **state)
{
  bench *b = *state;
  const ptrdiff_t n[2] = {3, 4}, negative[1] = {-1}, huge[1] = {PTRDIFF_MAX / 2};
  check_fails(b->ctx, weir_cloud_create(b->ctx, 0, 1, n, &b->c), WEIR_EARG, "dimension 0");
  check_fails(b->ctx, weir_cloud_create(b->ctx, 65, 1, n, &b->c), WEIR_EARG, "dimension 65");
  check_fails(b->ctx, weir_cloud_create(b->ctx, 2, 0, n, &b->c), WEIR_EARG, "0 steps");
  check_fails(b->ctx, weir_cloud_create(b->ctx, 2, 1, negative, &b->c), WEIR_EARG, "-1 particles");
  check_fails(b->ctx, weir_cloud_create(b->ctx, 64, 1, huge, &b->c), WEIR_ENOMEM, "particle");
  check_ok(b->ctx, weir_cloud_create(b->ctx, 2, 2, n, &b->c));
  assert_true(!b->c->paired && b->c->n0 == 3 && isnan(b->c->time[1]) && isnan(b->c->tau) && !b->c->has_time);
  check_ok(b->ctx, weir_cloud_validate(b->ctx, b->c));
  check_ok(b->ctx, weir_cloud_add(b->ctx, b->c, WEIR_CLOUD_V_END));
  b->c->v_end[0][2 * 4 - 1] = 1; /* as many as step 1 has particles */
  check_fails(b->ctx, weir_cloud_add(b->ctx, b->c, WEIR_CLOUD_V_END), WEIR_EARG, "field v_end is there already");
  check_fails(b->ctx, weir_cloud_add(b->ctx, b->c, WEIR_CLOUD_FIELDS), WEIR_EARG, "no field number");
  b->c->paired = true;
  check_fails(b->ctx, weir_cloud_validate(b->ctx, b->c), WEIR_EFORMAT, "4 particles at step 1, 3 at step 0");
  b->c->paired = false;
  b->c->has_time = true;
  check_fails(b->ctx, weir_cloud_validate(b->ctx, b->c), WEIR_EFORMAT, "time of step 0 is nan");
  weir_cloud_destroy(&b->c);
  assert_null(b->c);
  weir_cloud_destroy(&b->c);
  weir_cloud_destroy(NULL);
  check_ok(b->ctx, weir_cloud_create(b->ctx, 2, 1, n, &b->c));
  check_fails(b->ctx, weir_cloud_add(b->ctx, b->c, WEIR_CLOUD_V_START), WEIR_EARG, "needs two steps");
  assert_string_equal(weir_cloud_field_name(WEIR_CLOUD_DIVV), "divv");
  assert_string_equal(weir_cloud_field_name(WEIR_CLOUD_FIELDS), "?");
}

/* Labelled outputs of neural codes; not part of the repository, hence skipped where they are not. */
static void labelled_outputs_are_read_in_every_layout(void **state)
{
  static const char root[] = "../shared/data/ou2d";
  bench *b = *state;
  weir_cloud *good = NULL;
  if (!file_exists(root)) skip();
  const char *path = "../shared/data/ou2d/good.npz";
  check_ok(b->ctx, weir_cloud_read(b->ctx, 1, &path, NULL, &good));
  assert_true(good->steps == 9 && good->count[0] == 4000 && good->dim == 2 && good->v_end && good->tau == 0.05);
  static const char *const form[] = {"f4_fortran.npz", "layout_NTd.npz", "bigendian.npz", "z_hidden_state.npz"};
  for (size_t f = 0; f < sizeof form / sizeof *form; f++) {
    const double tol = f == 0 ? 0x1p-21 : 0; /* half an ulp of a float below 16 */
    snprintf(b->path, sizeof b->path, "%s/formats/%s", root, form[f]);
    check_ok(b->ctx, read_one(b, NULL, NULL));
    assert_true(b->c->steps == 9 && b->c->count[0] == 1000 && b->c->dim == 2);
    for (int k = 0; k < 9; k++)
      for (int i = 0; i < 1000; i++) {
        check_close(b->c->x[k][2 * i], good->x[k][2 * i], tol);
        check_close(b->c->x[k][2 * i + 1], good->x[k][2 * i + 1], tol);
        if (b->c->logdet)
          check_close(good->logrho[0][i] - b->c->logdet[k][i], good->logrho[k][i], 1e-14);
        else
          check_close(b->c->logrho[k][i], good->logrho[k][i], tol);
      }
  }
  snprintf(b->path, sizeof b->path, "%s/bad_mass_loss2pct.npz", root);
  check_ok(b->ctx, read_one(b, NULL, NULL));
  assert_true(!b->c->paired && b->c->n0 == 4000 && b->c->count[8] == 3920);
  snprintf(b->path, sizeof b->path, "%s/formats/object_list.npy", root);
  check_fails(b->ctx, read_one(b, NULL, NULL), WEIR_EUNSUPPORTED, "holds Python objects (a pickle)");
  weir_cloud_destroy(&good);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
      TEST(without_a_witness_the_far_larger_axis_holds_the_particles),
      TEST(the_same_cloud_is_read_from_both_stackings),
      TEST(other_arrays_tell_the_stacking_when_times_are_missing),
      TEST(ragged_steps_may_lose_particles),
      TEST(ragged_steps_must_be_complete_and_fit),
      TEST(long_rows_are_sorted_by_their_label),
      TEST(long_rows_of_one_step_must_share_a_time),
      TEST(a_missing_label_keeps_its_time),
      TEST(a_state_with_logdet_and_cost_is_cut_into_parts),
      TEST(one_coordinate_needs_no_axis_of_its_own),
      TEST(a_single_array_of_any_name_is_one_step),
      TEST(tables_give_clouds_with_and_without_names),
      TEST(velocities_and_densities_land_at_their_step),
      TEST(single_precision_is_noticed),
      TEST(values_are_left_to_the_judge),
      TEST(shapes_that_do_not_fit_are_told_together),
      TEST(unknown_positions_are_listed),
      TEST(malformed_maps_are_refused),
      TEST(times_come_from_t_or_from_tau),
      TEST(clouds_refuse_impossible_sizes),
      TEST(labelled_outputs_are_read_in_every_layout),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
