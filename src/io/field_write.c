/* Fields over time into one .npz. Cells lie with axis 0 fastest in memory; files get numpy's C order, rho[k, i, j, l]. */
#include <weir/array.h>
#include <weir/field_io.h>

struct weir_recorder {
  const weir_mesh *m;
  int room, n;
  double *rho;         /* [room][cells], C order */
  weir_record *record; /* [room] */
  int bars;            /* outputs that have an error bar */
  double *error;       /* [room][cells], as rho; NULL until the first bar */
  double *estimate;    /* [2][room]: relative L1 norms, orders; likewise */
};

weir_status weir_recorder_create(weir_ctx *ctx, const weir_mesh *m, int times, weir_recorder **r)
{
  void *block = NULL, *rows = NULL;
  *r = NULL;
  WEIR_REQUIRE(times >= 1, ctx, WEIR_EARG, "recorder of %d output times, at least 1 expected", times);
  WEIR_TRY(weir_alloc(ctx, 1, sizeof **r, "recorder", &block));
  weir_recorder *made = block;
  *made = (weir_recorder){.m = m, .room = times};
  weir_status s = weir_alloc_doubles(ctx, (size_t)times * (size_t)m->cells, "recorded density", &made->rho);
  if (s == WEIR_OK) s = weir_alloc(ctx, (size_t)times, sizeof(weir_record), "recorded ledger", &rows);
  made->record = rows;
  if (s == WEIR_OK)
    *r = made;
  else
    weir_recorder_destroy(&made);
  return s;
}

void weir_recorder_destroy(weir_recorder **r)
{
  if (r == NULL || *r == NULL) return;
  weir_free((*r)->rho), weir_free((*r)->record);
  weir_free((*r)->error), weir_free((*r)->estimate);
  weir_free(*r);
  *r = NULL;
}

/* The interior of cell array q in C order. */
static void to_c_order(const weir_mesh *m, const double *q, double *out)
{
  for (ptrdiff_t i = 0; i < m->axis[0].n; i++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t k = 0; k < m->axis[2].n; k++) *out++ = q[weir_mesh_index(m, i, j, k)];
}

weir_status weir_recorder_add(weir_ctx *ctx, weir_recorder *r, const double *q, const weir_record *scalars)
{
  WEIR_REQUIRE(r->n < r->room, ctx, WEIR_EARG, "recorder: more than the %d output times there is room for", r->room);
  to_c_order(r->m, q, r->rho + (ptrdiff_t)r->n * r->m->cells);
  r->record[r->n++] = *scalars;
  return WEIR_OK;
}

weir_status weir_recorder_add_error(weir_ctx *ctx, weir_recorder *r, const double *error, double estimate, double order)
{
  WEIR_REQUIRE(r->n == r->bars + 1, ctx, WEIR_EARG, "recorder: an error bar after %d outputs and %d error bars", r->n,
               r->bars);
  if (r->error == NULL)
    WEIR_TRY(weir_alloc_doubles(ctx, (size_t)r->room * (size_t)r->m->cells, "recorded error", &r->error));
  if (r->estimate == NULL) WEIR_TRY(weir_alloc_doubles(ctx, 2 * (size_t)r->room, "recorded error norms", &r->estimate));
  to_c_order(r->m, error, r->error + (ptrdiff_t)r->bars * r->m->cells);
  r->estimate[r->bars] = estimate, r->estimate[r->room + r->bars] = order;
  r->bars++;
  return WEIR_OK;
}

static weir_status add_field(weir_ctx *ctx, weir_npz *z, const weir_recorder *r, const char *name, const double *data)
{
  const weir_mesh *m = r->m;
  weir_array_out out = {.ndim = 1 + m->dim, .shape = {r->n}, .data = data};
  for (int a = 0; a < m->dim; a++) out.shape[1 + a] = m->axis[a].n;
  return weir_npz_add(ctx, z, name, &out);
}

static weir_status add_bars(weir_ctx *ctx, weir_npz *z, const weir_recorder *r)
{
  if (r->bars == 0) return WEIR_OK;
  WEIR_TRY(add_field(ctx, z, r, "error", r->error));
  WEIR_TRY(weir_npz_add(ctx, z, "estimate", &(weir_array_out){.ndim = 1, .shape = {r->n}, .data = r->estimate}));
  return weir_npz_add(ctx, z, "order", &(weir_array_out){.ndim = 1, .shape = {r->n}, .data = r->estimate + r->room});
}

static weir_status add_scalar(weir_ctx *ctx, weir_npz *z, const weir_recorder *r, const char *name, size_t member,
                              double *scratch)
{
  for (int k = 0; k < r->n; k++) scratch[k] = *(const double *)(const void *)((const char *)&r->record[k] + member);
  return weir_npz_add(ctx, z, name, &(weir_array_out){.ndim = 1, .shape = {r->n}, .data = scratch});
}

static weir_status add_all(weir_ctx *ctx, weir_npz *z, const weir_recorder *r, double *scratch)
{
  const weir_mesh *m = r->m;
  WEIR_TRY(add_field(ctx, z, r, "rho", r->rho));
  WEIR_TRY(add_bars(ctx, z, r));
  static const struct {
    const char *name;
    size_t member;
  } scalar[] = {{"t", offsetof(weir_record, time)},
                {"mass", offsetof(weir_record, mass)},
                {"min_rho", offsetof(weir_record, min_rho)},
                {"source", offsetof(weir_record, source)},
                {"defect", offsetof(weir_record, defect)}};
  for (size_t k = 0; k < sizeof scalar / sizeof *scalar; k++)
    WEIR_TRY(add_scalar(ctx, z, r, scalar[k].name, scalar[k].member, scratch));
  ptrdiff_t n = 0;
  for (int k = 0; k < r->n; k++)
    for (int a = 0; a < m->dim; a++)
      for (int side = 0; side < 2; side++) scratch[n++] = r->record[k].outflow[a][side];
  WEIR_TRY(weir_npz_add(ctx, z, "outflow", &(weir_array_out){.ndim = 3, .shape = {r->n, m->dim, 2}, .data = scratch}));
  static const char *const axis[] = {"x", "y", "z"};
  for (int a = 0; a < m->dim; a++)
    WEIR_TRY(weir_npz_add(ctx, z, axis[a],
                          &(weir_array_out){.ndim = 1, .shape = {m->axis[a].n + 1}, .data = m->axis[a].node}));
  return WEIR_OK;
}

weir_status weir_recorder_write(weir_ctx *ctx, const weir_recorder *r, const char *path)
{
  WEIR_REQUIRE(r->n >= 1, ctx, WEIR_EARG, "recorder: nothing was added");
  WEIR_REQUIRE(r->bars == 0 || r->bars == r->n, ctx, WEIR_EARG, "recorder: %d outputs, %d of them with an error bar",
               r->n, r->bars);
  double *scratch = NULL;
  weir_npz *z = NULL;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(r->n * 2 * WEIR_MAXDIM), "recorded scalars", &scratch));
  weir_status s = weir_npz_create(ctx, path, &z);
  if (s == WEIR_OK) s = add_all(ctx, z, r, scratch);
  if (s == WEIR_OK) s = weir_npz_close(ctx, &z);
  weir_npz_discard(&z);
  weir_free(scratch);
  return s;
}
