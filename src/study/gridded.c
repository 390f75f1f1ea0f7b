/* Samples of a velocity from .npz (v, x, y, z, t) or .npy (v; the case says where). */
#include "study/gridded.h"
#include <stdio.h>
#include <string.h>

enum { SHAPE = 96, MOST = 2 + WEIR_MAXDIM };

static const char *const coordinate[WEIR_MAXDIM] = {"x", "y", "z"};

void weir_gridded_free(weir_gridded *g)
{
  weir_arrays_destroy(&g->set);
  weir_free(g->made);
  *g = (weir_gridded){0};
}

static weir_status need(weir_ctx *ctx, const weir_arrays *set, const char *name, const weir_array **out)
{
  *out = weir_arrays_find(set, name);
  WEIR_REQUIRE(*out != NULL, ctx, WEIR_EFORMAT, "%s: array %s is missing", set->path, name);
  WEIR_REQUIRE((*out)->data != NULL, ctx, WEIR_EFORMAT, "%s", (*out)->why);
  return WEIR_OK;
}

static weir_status need_line(weir_ctx *ctx, const weir_arrays *set, const char *name, const weir_array **out)
{
  char shape[SHAPE];
  WEIR_TRY(need(ctx, set, name, out));
  WEIR_REQUIRE((*out)->ndim == 1, ctx, WEIR_EFORMAT, "%s: %s has shape %s, one axis expected", set->path, name,
               weir_shape_text((*out)->ndim, (*out)->shape, shape, sizeof shape));
  return WEIR_OK;
}

/* Does v have the shape ([times,] n..., dim)? In 1D the last axis may be missing. */
static weir_status check_shape(weir_ctx *ctx, const weir_gridded *g, const weir_array *v, bool timed)
{
  const weir_samples *s = &g->samples;
  char found[SHAPE], expected[SHAPE];
  ptrdiff_t want[MOST] = {0};
  int axes = 0;
  if (timed) want[axes++] = s->times;
  for (int a = 0; a < s->dim; a++) want[axes++] = s->n[a];
  want[axes++] = s->dim;
  const int least = s->dim == 1 ? axes - 1 : axes;
  bool fits = v->ndim >= least && v->ndim <= axes;
  for (int k = 0; k < axes && k < v->ndim; k++) fits = fits && v->shape[k] == want[k];
  WEIR_REQUIRE(fits, ctx, WEIR_EFORMAT, "%s: v has shape %s, %s expected: %s%s, components", g->set->path,
               weir_shape_text(v->ndim, v->shape, found, sizeof found),
               weir_shape_text(axes, want, expected, sizeof expected), timed ? "times, " : "",
               s->dim == 1   ? "x"
               : s->dim == 2 ? "x, y"
                             : "x, y, z");
  return WEIR_OK;
}

static weir_status from_npz(weir_ctx *ctx, weir_gridded *g)
{
  const weir_arrays *set = g->set;
  const bool timed = weir_arrays_find(set, "t") != NULL;
  const weir_array *v = NULL, *line = NULL;
  weir_samples *s = &g->samples;
  WEIR_TRY(need(ctx, set, "v", &v));
  s->times = 1;
  if (timed) {
    WEIR_TRY(need_line(ctx, set, "t", &line));
    WEIR_REQUIRE(line->size >= 1, ctx, WEIR_EFORMAT, "%s: t is empty, one time or more expected", set->path);
    s->times = line->size, s->t = line->data;
  }
  for (int a = 0; a < s->dim && a < WEIR_MAXDIM; a++) {
    WEIR_TRY(need_line(ctx, set, coordinate[a], &line));
    s->n[a] = line->size, s->x[a] = line->data;
  }
  s->v = v->data;
  return check_shape(ctx, g, v, timed);
}

static void equal(double lo, double hi, ptrdiff_t n, double *x)
{
  for (ptrdiff_t i = 0; i < n; i++) x[i] = i < n - 1 ? lo + (hi - lo) * (double)i / (double)(n - 1) : hi;
}

static weir_status from_npy(weir_ctx *ctx, const weir_case_samples *of, weir_gridded *g)
{
  const weir_array *v = &g->set->array[0];
  weir_samples *s = &g->samples;
  const int skip = of->timed ? 1 : 0;
  ptrdiff_t room = 0;
  s->times = of->timed ? v->shape[0] : 1;
  for (int a = 0; a < s->dim; a++) s->n[a] = skip + a < v->ndim ? v->shape[skip + a] : 0;
  WEIR_TRY(check_shape(ctx, g, v, of->timed));
  WEIR_REQUIRE(!of->timed || s->times >= 2, ctx, WEIR_EFORMAT,
               "%s: v has %td times, 2 or more expected because the case gives `times`", g->set->path, s->times);
  for (int a = 0; a < s->dim; a++)
    WEIR_REQUIRE(s->n[a] >= 2, ctx, WEIR_EFORMAT, "%s: v has %td points along %s, 2 or more expected", g->set->path,
                 s->n[a], coordinate[a]);
  for (int a = 0; a < s->dim; a++) room += s->n[a];
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(room + s->times), "coordinates of samples", &g->made));
  double *at = g->made;
  for (int a = 0; a < s->dim; a++) {
    equal(of->box[a][0], of->box[a][1], s->n[a], at);
    s->x[a] = at, at += s->n[a];
  }
  if (of->timed) equal(of->time[0], of->time[1], s->times, at), s->t = at;
  s->v = v->data;
  return WEIR_OK;
}

weir_status weir_gridded_read(weir_ctx *ctx, const weir_case *c, weir_gridded *g)
{
  const weir_case_samples *of = c->samples;
  WEIR_TRY(weir_arrays_read(ctx, of->file, NULL, &g->set));
  g->samples.name = of->file, g->samples.dim = c->dim;
  const weir_format format = g->set->format;
  WEIR_REQUIRE(format == WEIR_FORMAT_NPZ || format == WEIR_FORMAT_NPY, ctx, WEIR_EFORMAT,
               "%s: is a text table, .npz or .npy expected", of->file);
  WEIR_REQUIRE(format == WEIR_FORMAT_NPY || !of->boxed, ctx, WEIR_EFORMAT,
               "%s: an .npz has its own x, y, z and t; `box` and `times` are for an .npy", of->file);
  WEIR_REQUIRE(format == WEIR_FORMAT_NPZ || of->boxed, ctx, WEIR_EFORMAT,
               "%s: an .npy has no coordinates, so the case must give `box` (and `times`)", of->file);
  return format == WEIR_FORMAT_NPZ ? from_npz(ctx, g) : from_npy(ctx, of, g);
}
