/* CSV tables. */
#include "io/atomic.h"
#include <weir/array.h>
#include <string.h>

enum { COLUMNS_MAX = 64, ROW_ROOM = COLUMNS_MAX * 33 };

static weir_status header(weir_ctx *ctx, weir_out *o, int ncol, const char *const *name)
{
  for (int k = 0; k < ncol; k++) {
    if (k > 0) WEIR_TRY(weir_out_write(ctx, o, ",", 1));
    WEIR_TRY(weir_out_write(ctx, o, name[k], strlen(name[k])));
  }
  return weir_out_write(ctx, o, "\n", 1);
}

static weir_status rows(weir_ctx *ctx, weir_out *o, int ncol, ptrdiff_t nrow, const double *const *column)
{
  char line[ROW_ROOM];
  for (ptrdiff_t r = 0; r < nrow; r++) {
    size_t n = 0;
    for (int k = 0; k < ncol; k++) {
      n += (size_t)weir_number_format(line + n, column[k][r]);
      line[n++] = k + 1 < ncol ? ',' : '\n';
    }
    WEIR_TRY(weir_out_write(ctx, o, line, n));
  }
  return WEIR_OK;
}

weir_status weir_table_write(weir_ctx *ctx, const char *path, int ncol, const char *const *name, ptrdiff_t nrow,
                             const double *const *column)
{
  WEIR_REQUIRE(ncol >= 1 && ncol <= COLUMNS_MAX, ctx, WEIR_EARG, "%s: %d columns, 1 to %d expected", path, ncol,
               COLUMNS_MAX);
  WEIR_REQUIRE(nrow >= 0, ctx, WEIR_EARG, "%s: %td rows", path, nrow);
  for (int k = 0; k < ncol; k++) {
    bool ok = *name[k] != '\0';
    for (const char *s = name[k]; *s && ok; s++) ok = (unsigned char)*s >= ' ' && *s != 127 && !strchr(",\"#", *s);
    WEIR_REQUIRE(ok, ctx, WEIR_EARG, "%s: '%s' cannot name a column", path, name[k]);
  }
  weir_out *o = NULL;
  WEIR_TRY(weir_out_open(ctx, path, &o));
  weir_status st = header(ctx, o, ncol, name);
  if (st == WEIR_OK) st = rows(ctx, o, ncol, nrow, column);
  if (st == WEIR_OK) return weir_out_commit(ctx, &o);
  weir_out_discard(&o);
  return st;
}
