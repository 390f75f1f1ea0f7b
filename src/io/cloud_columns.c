/* Positions that are spread over columns (tables), or share an array with other things (z = [x, logdet, cost]). */
#include "io/cloud_parts.h"
#include <stdio.h>
#include <string.h>

enum { NAME_ROOM = 40 };

static item *column(const pool *p, const char *name)
{
  for (int i = 0; i < p->n; i++)
    if (p->item[i].table && strcmp(p->item[i].a->name, name) == 0) return &p->item[i];
  return NULL;
}

/* (N,) arrays side by side into (N,n). */
static weir_status join(pool *p, role r, int n, item *const *part)
{
  if (n < 1) return WEIR_OK;
  const ptrdiff_t rows = part[0]->a->size;
  char name[2 * NAME_ROOM + 8];
  for (int k = 0; k < n; k++) {
    const weir_array *a = part[k]->a;
    WEIR_REQUIRE(a->dtype != WEIR_DTYPE_OTHER, p->ctx, WEIR_EUNSUPPORTED, "%s", a->why);
    WEIR_REQUIRE(a->ndim == 1 && a->size == rows, p->ctx, WEIR_EFORMAT,
                 "%s: '%s' has %td values in %d axes, '%s' has %td: coordinates must be columns of one length", p->name,
                 a->name, a->size, a->ndim, part[0]->a->name, rows);
  }
  if (n == 1)
    snprintf(name, sizeof name, "%.40s", part[0]->a->name);
  else
    snprintf(name, sizeof name, "%.40s to %.40s", part[0]->a->name, part[n - 1]->a->name);
  weir_array *out = NULL;
  WEIR_TRY(weir_pool_make(p, name, 2, (ptrdiff_t[]){rows, n}, &out));
  out->dtype = part[0]->a->dtype;
  for (int k = 0; k < n; k++) {
    for (ptrdiff_t i = 0; i < rows; i++) out->data[i * n + k] = part[k]->a->data[i];
    part[k]->used = true;
  }
  p->of[r] = out;
  return WEIR_OK;
}

/* Columns PREFIX0 PREFIX1 .. or PREFIX1 PREFIX2 .., with or without '_'. */
static int numbered(const pool *p, const char *prefix, item **part)
{
  for (int form = 0; form < 4; form++) {
    int n = 0;
    for (; n < WEIR_CLOUD_MAXDIM; n++) {
      char name[NAME_ROOM];
      snprintf(name, sizeof name, "%s%s%d", prefix, form & 2 ? "_" : "", n + (form & 1));
      part[n] = column(p, name);
      if (!part[n]) break;
    }
    if (n > 0) return n;
  }
  return 0;
}

static int lettered(const pool *p, const char *prefix, item **part)
{
  int n = 0;
  for (; n < 3; n++) {
    char name[NAME_ROOM];
    snprintf(name, sizeof name, "%s%c", prefix, "xyz"[n]);
    part[n] = column(p, name);
    if (!part[n]) break;
  }
  return n;
}

static weir_status from_table(pool *p)
{
  item *part[WEIR_CLOUD_MAXDIM];
  int n = lettered(p, "", part);
  if (n == 0) n = numbered(p, "x", part);
  if (n > 0 && !p->theirs[ROLE_X]) WEIR_TRY(join(p, ROLE_X, n, part));
  int nv = lettered(p, "v", part);
  if (nv == 0) nv = numbered(p, "v", part);
  if (nv > 0 && !p->theirs[ROLE_V]) WEIR_TRY(join(p, ROLE_V, nv, part));
  return WEIR_OK;
}

/* --map x=px,py */
static weir_status from_list(pool *p, role r)
{
  item *part[WEIR_CLOUD_MAXDIM];
  int n = 0;
  const char *list = p->theirs[r];
  if (!list || list[strlen(list) + 1] == '\0') return WEIR_OK;
  for (; *list; list += strlen(list) + 1) {
    char all[400];
    WEIR_REQUIRE(n < WEIR_CLOUD_MAXDIM, p->ctx, WEIR_ELIMIT, "map: more than %d coordinates", WEIR_CLOUD_MAXDIM);
    part[n] = NULL;
    for (int i = 0; i < p->n; i++)
      if (strcmp(p->item[i].a->name, list) == 0) part[n] = &p->item[i];
    WEIR_REQUIRE(part[n], p->ctx, WEIR_ENOTFOUND, "%s: no array '%s' for %s; there are: %s", p->name, list,
                 weir_role_name(r), weir_pool_list(p, all, sizeof all));
    n++;
  }
  return join(p, r, n, part);
}

/* Columns [at, at+n) of the last axis of a become an array of role r; a single one loses the axis unless it is x. */
static weir_status cut(pool *p, const weir_array *a, role r, ptrdiff_t at, ptrdiff_t n)
{
  char name[4 * NAME_ROOM];
  ptrdiff_t shape[WEIR_ARRAY_MAXDIM];
  const ptrdiff_t D = a->shape[a->ndim - 1], rows = D > 0 ? a->size / D : 0;
  weir_array *out = NULL;
  memcpy(shape, a->shape, sizeof shape);
  shape[a->ndim - 1] = n;
  if (n == 1)
    snprintf(name, sizeof name, "%.40s[..., %td]", a->name, at);
  else
    snprintf(name, sizeof name, "%.40s[..., %td:%td]", a->name, at, at + n);
  WEIR_REQUIRE(!p->of[r] || p->of[r] == a, p->ctx, WEIR_EARG, "map columns: %s is an array of its own, '%s'",
               weir_role_name(r), p->of[r] ? p->of[r]->name : "");
  WEIR_TRY(weir_pool_make(p, name, r == ROLE_X ? a->ndim : a->ndim - 1, shape, &out));
  out->dtype = a->dtype;
  for (ptrdiff_t i = 0; i < rows; i++) memcpy(out->data + i * n, a->data + i * D + at, (size_t)n * sizeof(double));
  p->of[r] = out;
  return WEIR_OK;
}

static weir_status cut_all(pool *p, weir_array *a, const char *columns)
{
  int words = 0, nx = 0, last_x = -1;
  bool together = true;
  ptrdiff_t at = 0;
  char s[96];
  /* Lists end with an empty word, which the analyser does not see in a literal with zeros inside. */
  for (const char *w = columns; *w; w += strlen(w) + 1, words++) /* NOLINT(clang-analyzer-core.uninitialized.Branch) */
    if (strcmp(w, "x") == 0) {
      together = together && (last_x < 0 || last_x == words - 1);
      last_x = words;
      nx++;
    }
  WEIR_REQUIRE(nx >= 1 && together, p->ctx, WEIR_EARG, "map columns: one run of x expected");
  WEIR_REQUIRE(a->ndim >= 2, p->ctx, WEIR_EFORMAT, "%s: '%s' has shape %s, columns need a last axis", p->name, a->name,
               weir_shape_text(a->ndim, a->shape, s, sizeof s));
  const ptrdiff_t D = a->shape[a->ndim - 1];
  const ptrdiff_t d = nx == 1 ? D - (words - 1) : nx; /* a single x takes what the others leave */
  WEIR_REQUIRE(d >= 1 && d + words - nx == D, p->ctx, WEIR_EFORMAT,
               "%s: '%s' has shape %s: %td values per particle, %d are named (--map columns=...)", p->name, a->name,
               weir_shape_text(a->ndim, a->shape, s, sizeof s), D, words);
  bool x_done = false;
  for (const char *w = columns; *w; w += strlen(w) + 1) {
    const role r = weir_role_find(w, strlen(w));
    if (r == ROLE_X && x_done) continue;
    const ptrdiff_t n = r == ROLE_X ? d : 1;
    if (r != ROLES) WEIR_TRY(cut(p, a, r, at, n));
    x_done = x_done || r == ROLE_X;
    at += n;
  }
  return WEIR_OK;
}

/* A table of d + 1 columns without names, in a case of d dimensions: the last one is the log density if it can be nothing
 * else. It is no coordinate, since the case has d; no density and no weight, since it has negative values. */
static bool last_is_logrho(const pool *p)
{
  const weir_array *x = p->of[ROLE_X];
  if (p->map->dim <= 0 || x == NULL || x->ndim != 2 || x->shape[1] != p->map->dim + 1) return false;
  if (p->of[ROLE_LOGRHO] != NULL || p->of[ROLE_RHO] != NULL || p->prefix[ROLE_LOGRHO] != NULL) return false;
  for (ptrdiff_t i = 0; i < x->shape[0]; i++)
    if (x->data[i * x->shape[1] + p->map->dim] < 0) return true;
  return false;
}

weir_status weir_pool_columns(pool *p)
{
  static const char state[] = "x\0logdet\0cost\0";
  WEIR_TRY(from_list(p, ROLE_X));
  WEIR_TRY(from_list(p, ROLE_V));
  WEIR_TRY(from_table(p));
  if (p->of[ROLE_Z]) {
    WEIR_TRY(cut_all(p, p->of[ROLE_Z], p->columns ? p->columns : state));
  } else if (p->columns) {
    WEIR_REQUIRE(p->of[ROLE_X], p->ctx, WEIR_EARG, "%s: map columns: there is no x or z to take them from", p->name);
    WEIR_TRY(cut_all(p, p->of[ROLE_X], p->columns));
  } else if (last_is_logrho(p)) {
    static const char point[] = "x\0logrho\0";
    WEIR_TRY(cut_all(p, p->of[ROLE_X], point));
    p->assumed = true;
  }
  return WEIR_OK;
}
