/* The recorder: what a run writes, in the shape that is promised, with and without error bars. */
#include "../support/check.h"
#include "../support/files.h"
#include <weir/array.h>
#include <weir/field_io.h>
#include <string.h>

enum { NX = 2, NY = 3 };

static weir_mesh *rectangle(weir_ctx *ctx)
{
  weir_mesh_spec s = {.dim = 2, .ghost = 1};
  for (int a = 0; a < 2; a++) s.axis[a] = (weir_axis_spec){.n = a == 0 ? NX : NY, .lo = 0, .hi = 1};
  weir_mesh *m = NULL;
  check_ok(ctx, weir_mesh_create(ctx, &s, &m));
  return m;
}

/* Cell (i,j) holds base + 10 i + j. */
static void fill(const weir_mesh *m, double base, double *q)
{
  for (ptrdiff_t j = 0; j < NY; j++)
    for (ptrdiff_t i = 0; i < NX; i++) q[weir_mesh_index(m, i, j, 0)] = base + 10 * (double)i + (double)j;
}

static const weir_array *find(const weir_arrays *a, const char *name)
{
  for (int k = 0; k < a->n; k++)
    if (strcmp(a->array[k].name, name) == 0) return &a->array[k];
  return NULL;
}

static void check_field(const weir_array *a, double step)
{
  assert_non_null(a);
  assert_true(a->ndim == 3 && a->shape[0] == 2 && a->shape[1] == NX && a->shape[2] == NY);
  for (int k = 0; k < 2; k++)
    for (int i = 0; i < NX; i++)
      for (int j = 0; j < NY; j++) check_close(a->data[(k * NX + i) * NY + j], step * k + 10 * i + j, 0);
}

static void error_bars_lie_beside_the_density(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = rectangle(ctx);
  weir_recorder *r = NULL;
  weir_arrays *a = NULL;
  double *q = NULL;
  char dir[4096], path[4096];
  test_dir(dir, sizeof dir);
  check_ok(ctx, weir_mesh_array(ctx, m, "t", &q));
  for (int bars = 0; bars < 2; bars++) {
    check_ok(ctx, weir_recorder_create(ctx, m, 2, &r));
    for (int k = 0; k < 2; k++) {
      fill(m, 100 * k, q);
      check_ok(ctx, weir_recorder_add(ctx, r, q, &(weir_record){.time = k}));
      fill(m, 7 * k, q);
      if (bars == 1) check_ok(ctx, weir_recorder_add_error(ctx, r, q, 0.25 * k, 2 - k));
    }
    path_in(path, dir, bars == 1 ? "b.npz" : "a.npz");
    check_ok(ctx, weir_recorder_write(ctx, r, path));
    weir_recorder_destroy(&r);
    check_ok(ctx, weir_arrays_read(ctx, path, NULL, &a));
    check_field(find(a, "rho"), 100);
    assert_true((find(a, "error") != NULL) == (bars == 1));
    if (bars == 1) {
      check_field(find(a, "error"), 7);
      check_close(find(a, "estimate")->data[1], 0.25, 0);
      check_close(find(a, "order")->data[1], 1, 0);
    }
    weir_arrays_destroy(&a);
  }
  weir_free(q);
  weir_mesh_destroy(&m);
}

static void a_recorder_refuses_what_would_be_half_a_file(void **state)
{
  weir_ctx *ctx = *state;
  weir_mesh *m = rectangle(ctx);
  weir_recorder *r = NULL;
  double *q = NULL;
  check_ok(ctx, weir_mesh_array(ctx, m, "t", &q));
  check_fails(ctx, weir_recorder_create(ctx, m, 0, &r), WEIR_EARG, "0 output times");
  check_ok(ctx, weir_recorder_create(ctx, m, 2, &r));
  check_fails(ctx, weir_recorder_write(ctx, r, "x.npz"), WEIR_EARG, "nothing was added");
  check_fails(ctx, weir_recorder_add_error(ctx, r, q, 0, 1), WEIR_EARG, "after 0 outputs");
  check_ok(ctx, weir_recorder_add(ctx, r, q, &(weir_record){.time = 0}));
  check_ok(ctx, weir_recorder_add_error(ctx, r, q, 0, 1));
  check_fails(ctx, weir_recorder_add_error(ctx, r, q, 0, 1), WEIR_EARG, "1 error bars");
  check_ok(ctx, weir_recorder_add(ctx, r, q, &(weir_record){.time = 1}));
  check_fails(ctx, weir_recorder_write(ctx, r, "x.npz"), WEIR_EARG, "2 outputs, 1 of them with an error bar");
  assert_false(file_exists("x.npz"));
  check_fails(ctx, weir_recorder_add(ctx, r, q, &(weir_record){.time = 2}), WEIR_EARG, "more than the 2");
  weir_recorder_destroy(&r);
  weir_free(q);
  weir_mesh_destroy(&m);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(error_bars_lie_beside_the_density),
      T(a_recorder_refuses_what_would_be_half_a_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
