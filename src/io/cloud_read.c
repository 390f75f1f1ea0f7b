/* From arrays whose roles and layout are known to a cloud. */
#include "io/cloud_parts.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SHAPE_TEXT = 96 };

/* Particle i of one step of a field: p[row[i]*sn + a*sc], row = identity if NULL. */
typedef struct piece {
  const double *p;
  ptrdiff_t sn, sc;
  const ptrdiff_t *row;
} piece;

static void copy(const piece *q, ptrdiff_t n, ptrdiff_t c, double *out)
{
  if (!q->row && q->sn == c && (q->sc == 1 || c == 1)) {
    if (n * c > 0) memcpy(out, q->p, (size_t)(n * c) * sizeof *out);
    return;
  }
  for (ptrdiff_t i = 0; i < n; i++) {
    const double *s = q->p + (q->row ? q->row[i] : i) * q->sn;
    for (ptrdiff_t a = 0; a < c; a++) *out++ = s[a * q->sc];
  }
}

/* What a role's values become. */
typedef struct target {
  role role;
  weir_cloud_field field;
  bool vector;
  int missing; /* steps fewer than positions */
  int shift;   /* 1: the values of step k belong to the particles of step k+1 */
} target;

static const target targets[] = {
    {ROLE_LOGRHO, WEIR_CLOUD_LOGRHO, false, 0, 0},
    {ROLE_W, WEIR_CLOUD_W, false, 0, 0},
    {ROLE_V, WEIR_CLOUD_V, true, 0, 0},
    {ROLE_V_START, WEIR_CLOUD_V_START, true, 1, 0},
    {ROLE_V_END, WEIR_CLOUD_V_END, true, 1, 1},
    {ROLE_LOGDET, WEIR_CLOUD_LOGDET, false, 0, 0},
    {ROLE_DIVV, WEIR_CLOUD_DIVV, false, 0, 0},
};

static double **steps_of(const weir_cloud *c, weir_cloud_field f)
{
  double **const p[WEIR_CLOUD_FIELDS] = {
      [WEIR_CLOUD_LOGRHO] = c->logrho,   [WEIR_CLOUD_W] = c->w,         [WEIR_CLOUD_V] = c->v,
      [WEIR_CLOUD_V_START] = c->v_start, [WEIR_CLOUD_V_END] = c->v_end, [WEIR_CLOUD_LOGDET] = c->logdet,
      [WEIR_CLOUD_DIVV] = c->divv,
  };
  return p[f];
}

static weir_status note_array(const pool *p, weir_cloud *c, const char *ours, const weir_array *a, const char *how)
{
  char s[SHAPE_TEXT];
  return weir_cloud_note(p->ctx, c, "%s = array %s %s %s%s%s", ours, a->name,
                         weir_shape_text(a->ndim, a->shape, s, sizeof s), weir_dtype_name(a->dtype), *how ? ", " : "",
                         how);
}

/* The array was copied; its memory is not needed any more. A scalar stays: it is read again. */
static void release(weir_array *a)
{
  if (a->size <= 1) return;
  weir_free(a->data);
  a->data = NULL;
}

/* ------------------------------------------------------------------ stacked and long */
static weir_status stack_piece(const pool *p, const plan *l, const weir_array *a, int steps, int k, ptrdiff_t c,
                               piece *q)
{
  view v;
  char s[SHAPE_TEXT];
  if (l->kind == LAYOUT_LONG) {
    const bool fits =
        a->shape[0] * c == a->size && a->shape[0] == l->first[l->steps] && a->ndim <= 2 && (a->ndim == 2 || c == 1);
    WEIR_REQUIRE(fits, p->ctx, WEIR_EFORMAT, "%s: '%s' has shape %s, x has %td rows: %s expected", p->name, a->name,
                 weir_shape_text(a->ndim, a->shape, s, sizeof s), l->first[l->steps],
                 c == 1 ? "one value per row" : "the shape of x");
    *q = (piece){a->data, c, 1, l->row + l->first[k]};
    return WEIR_OK;
  }
  WEIR_REQUIRE(weir_view(a, l->particle_first, steps, l->count[0], c, &v), p->ctx, WEIR_EFORMAT,
               "%s: '%s' has shape %s, which does not fit %d steps of %td particles", p->name, a->name,
               weir_shape_text(a->ndim, a->shape, s, sizeof s), steps, l->count[0]);
  *q = (piece){a->data + k * v.st, v.sn, v.sc, NULL};
  return WEIR_OK;
}

static weir_status ragged_piece(const pool *p, const plan *l, const char *prefix, int k, ptrdiff_t n, ptrdiff_t c,
                                const weir_array **a, piece *q)
{
  char s[SHAPE_TEXT], want[SHAPE_TEXT];
  const long number = (long)l->label[k];
  *a = weir_ragged_array(p, prefix, number);
  WEIR_REQUIRE(*a, p->ctx, WEIR_EFORMAT, "%s: '%s_...' has no array of number %ld", p->name, prefix, number);
  WEIR_REQUIRE((*a)->dtype != WEIR_DTYPE_OTHER, p->ctx, WEIR_EUNSUPPORTED, "%s", (*a)->why);
  const bool fits = (*a)->shape[0] == n && ((*a)->ndim == 2 ? (*a)->shape[1] == c : (*a)->ndim == 1 && c == 1);
  WEIR_REQUIRE(fits, p->ctx, WEIR_EFORMAT, "%s: '%s' has shape %s, the positions of that step are %td: %s expected",
               p->name, (*a)->name, weir_shape_text((*a)->ndim, (*a)->shape, s, sizeof s), n,
               weir_shape_text(c == 1 ? 1 : 2, (ptrdiff_t[]){n, c}, want, sizeof want));
  *q = (piece){(*a)->data, c, 1, NULL};
  return WEIR_OK;
}

/* A weight per particle or one for all, the same at every step. */
static bool constant_weight(const plan *l, const weir_array *a, ptrdiff_t n, piece *q)
{
  if (a->size == 1)
    *q = (piece){a->data, 0, 0, NULL};
  else if (l->kind != LAYOUT_LONG && a->ndim == 1 && a->size == n)
    *q = (piece){a->data, 1, 1, NULL};
  else
    return false;
  return true;
}

static weir_status fill_stacked(const pool *p, const plan *l, const target *t, weir_cloud *c)
{
  weir_array *a = p->of[t->role];
  double **out = steps_of(c, t->field);
  const ptrdiff_t comp = t->vector ? c->dim : 1;
  const int last = c->steps - t->missing;
  for (int k = 0; k < last; k++) {
    const ptrdiff_t n = c->count[k + t->shift];
    piece q;
    if (t->role != ROLE_W || !constant_weight(l, a, n, &q)) WEIR_TRY(stack_piece(p, l, a, last, k, comp, &q));
    copy(&q, n, comp, out[k]);
  }
  WEIR_TRY(note_array(p, c, weir_role_name(t->role), a, ""));
  release(a);
  return WEIR_OK;
}

static weir_status fill_ragged(const pool *p, const plan *l, const target *t, weir_cloud *c)
{
  double **out = steps_of(c, t->field);
  const ptrdiff_t comp = t->vector ? c->dim : 1;
  const weir_array *a = NULL;
  for (int k = 0; k < c->steps - t->missing; k++) {
    const ptrdiff_t n = c->count[k + t->shift];
    piece q;
    WEIR_TRY(ragged_piece(p, l, p->prefix[t->role], k, n, comp, &a, &q));
    copy(&q, n, comp, out[k]);
  }
  return weir_cloud_note(p->ctx, c, "%s = arrays %s_... of %d steps", weir_role_name(t->role), p->prefix[t->role],
                         c->steps - t->missing);
}

/* log|det| per step taken (T-1 of them) is summed up from step 0, where it is 0. */
static weir_status fill_logdet_steps(const pool *p, const plan *l, weir_cloud *c)
{
  weir_array *a = p->of[ROLE_LOGDET];
  for (int k = 1; k < c->steps; k++) {
    piece q;
    WEIR_TRY(stack_piece(p, l, a, c->steps - 1, k - 1, 1, &q));
    copy(&q, c->count[k], 1, c->logdet[k]);
    for (ptrdiff_t i = 0; i < c->count[k]; i++) c->logdet[k][i] += c->logdet[k - 1][i];
  }
  WEIR_TRY(note_array(p, c, "logdet", a, "one per step taken, summed"));
  release(a);
  return WEIR_OK;
}

static weir_status fill_field(const pool *p, const plan *l, const target *t, weir_cloud *c)
{
  weir_array *a = p->of[t->role];
  view v;
  if (!a && !p->prefix[t->role]) return WEIR_OK;
  if (t->missing && (c->steps == 1 || l->kind == LAYOUT_LONG))
    return weir_cloud_note(p->ctx, c, "not used: %s, which needs steps that follow the same particles",
                           weir_role_name(t->role));
  /* One scalar or per-particle weight may stand beside ragged positions; nothing else of one array can. */
  if (a && l->kind == LAYOUT_RAGGED && (t->role != ROLE_W || a->size != 1))
    return weir_cloud_note(p->ctx, c, "not used: %s, which is one array beside positions of one array per step",
                           a->name);
  if (!a && l->kind != LAYOUT_RAGGED)
    return weir_cloud_note(p->ctx, c, "not used: %s_..., which is one array per step beside positions in one",
                           p->prefix[t->role]);
  WEIR_TRY(weir_cloud_add(p->ctx, c, t->field));
  if (!a) return fill_ragged(p, l, t, c);
  if (t->role == ROLE_LOGDET && l->kind == LAYOUT_STACK &&
      !weir_view(a, l->particle_first, c->steps, l->count[0], 1, &v))
    return fill_logdet_steps(p, l, c);
  return fill_stacked(p, l, t, c);
}

/* A plain density where no logarithm is given. */
static weir_status fill_rho(pool *p, const plan *l, weir_cloud *c)
{
  static const target t = {ROLE_RHO, WEIR_CLOUD_LOGRHO, false, 0, 0};
  if (c->logrho || (!p->of[ROLE_RHO] && !p->prefix[ROLE_RHO])) return WEIR_OK;
  WEIR_TRY(fill_field(p, l, &t, c));
  for (int k = 0; k < c->steps && c->logrho; k++)
    for (ptrdiff_t i = 0; i < c->count[k]; i++) {
      const double r = c->logrho[k][i];
      c->logrho[k][i] = r < 0 ? (double)NAN : log(r);
    }
  return WEIR_OK;
}

static weir_status fill_x(const pool *p, const plan *l, weir_cloud *c)
{
  static const char *const how[] = {"(steps, particles, coordinates)", "rows of all steps", ""};
  weir_array *a = p->of[ROLE_X];
  for (int k = 0; k < c->steps; k++) {
    piece q;
    const weir_array *part = NULL;
    if (l->kind == LAYOUT_RAGGED)
      WEIR_TRY(ragged_piece(p, l, p->prefix[ROLE_X], k, c->count[k], c->dim, &part, &q));
    else
      WEIR_TRY(stack_piece(p, l, a, c->steps, k, c->dim, &q));
    if ((part ? part : a)->dtype == WEIR_DTYPE_F4) c->bits = 24;
    copy(&q, c->count[k], c->dim, c->x[k]);
  }
  if (l->kind == LAYOUT_RAGGED)
    return weir_cloud_note(p->ctx, c, "x = arrays %s_... of %d steps", p->prefix[ROLE_X], c->steps);
  WEIR_TRY(note_array(p, c, "x", a,
                      l->one_step         ? "one step"
                      : l->particle_first ? "(particles, steps, coordinates)"
                                          : how[l->kind]));
  release(a);
  return WEIR_OK;
}

/* ------------------------------------------------------------------ times, numbers, leftovers */
static weir_status fill_time_array(const pool *p, const plan *l, weir_cloud *c)
{
  weir_array *t = p->of[ROLE_T];
  if (l->kind == LAYOUT_LONG && t->size == l->first[l->steps]) { /* one per row */
    for (int k = 0; k < c->steps; k++) {
      const ptrdiff_t *row = l->row + l->first[k];
      c->time[k] = t->data[row[0]];
      for (ptrdiff_t i = 1; i < c->count[k]; i++)
        WEIR_REQUIRE(t->data[row[i]] == c->time[k], p->ctx, WEIR_EFORMAT,
                     "%s: step %d has rows at times %.17g and %.17g", p->name, k, c->time[k], t->data[row[i]]);
    }
  } else if (l->kind == LAYOUT_LONG && !l->labels_are_times) { /* t[label], so that a label may be missing */
    for (int k = 0; k < c->steps; k++) {
      const bool in = l->label[k] >= 0 && l->label[k] < (double)t->size;
      WEIR_REQUIRE(in || t->size == c->steps, p->ctx, WEIR_EFORMAT, "%s: '%s' has %td values, a label is %g", p->name,
                   t->name, t->size, l->label[k]);
      const bool shifted = t->size == c->steps && l->label[c->steps - 1] >= (double)t->size; /* labels from 1 */
      c->time[k] = t->data[shifted ? k : (ptrdiff_t)l->label[k]];
    }
  } else {
    WEIR_REQUIRE(t->size == c->steps, p->ctx, WEIR_EFORMAT, "%s: '%s' has %td values, there are %d steps", p->name,
                 t->name, t->size, c->steps);
    memcpy(c->time, t->data, (size_t)c->steps * sizeof *c->time);
  }
  c->has_time = true;
  return note_array(p, c, "t", t, "");
}

static weir_status fill_time(const pool *p, const plan *l, weir_cloud *c)
{
  const weir_array *t = p->of[ROLE_T], *tau = p->of[ROLE_TAU];
  const double given = p->map->tau;
  if (tau && tau->size == 1) c->tau = tau->data[0];
  if (given > 0) c->tau = given;
  if (t && t->size == 1 && c->steps > 1) {
    WEIR_TRY(weir_cloud_note(p->ctx, c, "not used: %s, one number beside %d steps", t->name, c->steps));
    t = NULL;
  }
  if (t) return fill_time_array(p, l, c);
  if (l->kind == LAYOUT_LONG && l->labels_are_times) {
    memcpy(c->time, l->label, (size_t)c->steps * sizeof *c->time);
    c->has_time = true;
    return WEIR_OK;
  }
  if (c->steps == 1) return WEIR_OK; /* a single snapshot need not be the start */
  if (tau && tau->size == c->steps - 1 && tau->size > 1 && !(given > 0)) {
    c->time[0] = 0;
    for (int k = 1; k < c->steps; k++) c->time[k] = c->time[k - 1] + tau->data[k - 1];
    c->has_time = true;
    return weir_cloud_note(p->ctx, c, "t = sums of %s", tau->name);
  }
  if (isnan(c->tau)) return WEIR_OK;
  for (int k = 0; k < c->steps; k++) c->time[k] = (l->label ? l->label[k] : (double)k) * c->tau;
  c->has_time = true;
  return weir_cloud_note(p->ctx, c, "t = step times tau");
}

static weir_status fill_numbers(const pool *p, weir_cloud *c)
{
  const double max = 9e15;
  if (p->of[ROLE_N0] && p->of[ROLE_N0]->size == 1) {
    const double n0 = p->of[ROLE_N0]->data[0];
    WEIR_REQUIRE(n0 >= 0 && n0 <= max && n0 == floor(n0), p->ctx, WEIR_EFORMAT,
                 "%s: '%s' is %.17g, a number of particles expected", p->name, p->of[ROLE_N0]->name, n0);
    c->n0 = (ptrdiff_t)n0;
    c->has_n0 = true;
  }
  if (p->map->independent) c->paired = false;
  return WEIR_OK;
}

static weir_status note_rest(const pool *p, weir_cloud *c)
{
  if (p->assumed)
    WEIR_TRY(
        weir_cloud_note(p->ctx, c,
                        "assumed: the last column is logrho (it has negative values and the case has %d coordinates); "
                        "--map columns=... says otherwise",
                        p->map->dim));
  for (int i = 0; i < p->n; i++) {
    const item *it = &p->item[i];
    bool part = it->used;
    char s[SHAPE_TEXT];
    long number;
    for (int r = 0; r < ROLES && !part; r++) part = p->prefix[r] && weir_ragged_number(it, p->prefix[r], &number);
    if (it->a->rounded) WEIR_TRY(weir_cloud_note(p->ctx, c, "%s has integers beyond 2^53, rounded", it->a->name));
    if (part) continue;
    if (it->a->dtype == WEIR_DTYPE_OTHER)
      WEIR_TRY(weir_cloud_note(p->ctx, c, "not read: %s", it->a->why));
    else
      WEIR_TRY(weir_cloud_note(p->ctx, c, "not used: %s %s %s", it->a->name,
                               weir_shape_text(it->a->ndim, it->a->shape, s, sizeof s), weir_dtype_name(it->a->dtype)));
  }
  return WEIR_OK;
}

/* ------------------------------------------------------------------ */
static weir_status fill(pool *p, const plan *l, weir_cloud *c)
{
  WEIR_TRY(weir_cloud_set_source(p->ctx, c, p->name));
  WEIR_TRY(fill_numbers(p, c));
  WEIR_TRY(fill_time(p, l, c));
  WEIR_TRY(fill_x(p, l, c));
  for (size_t k = 0; k < sizeof targets / sizeof *targets; k++) WEIR_TRY(fill_field(p, l, &targets[k], c));
  WEIR_TRY(fill_rho(p, l, c));
  if (l->assumed != NULL)
    WEIR_TRY(weir_cloud_note(p->ctx, c,
                             "assumed: layout %s, %d steps of %td particles (the larger axis); --layout says otherwise",
                             l->assumed, l->steps, l->count[0]));
  WEIR_TRY(note_rest(p, c));
  return weir_cloud_validate(p->ctx, c);
}

static weir_status check_dim(const pool *p, const plan *l)
{
  const int want = p->map->dim;
  if (want <= 0 || want == l->dim) return WEIR_OK;
  return WEIR_FAIL(p->ctx, WEIR_EFORMAT, "%s: %d coordinate%s per particle, %d expected%s", p->name, l->dim,
                   l->dim == 1 ? "" : "s", want,
                   l->dim > want ? "; if the last columns are something else, name them: --map columns=x,logrho" : "");
}

static weir_status build(pool *p, plan *l, weir_cloud **cloud)
{
  WEIR_TRY(weir_pool_map(p));
  WEIR_TRY(weir_pool_assign(p));
  WEIR_TRY(weir_pool_columns(p));
  WEIR_TRY(weir_plan_make(p, l));
  WEIR_TRY(check_dim(p, l));
  weir_cloud *c = NULL;
  WEIR_TRY(weir_cloud_create(p->ctx, l->dim, l->steps, l->count, &c));
  const weir_status st = fill(p, l, c);
  if (st != WEIR_OK) weir_cloud_destroy(&c);
  *cloud = c;
  return st;
}

weir_status weir_cloud_read(weir_ctx *ctx, int npath, const char *const *path, const weir_cloud_map *map,
                            weir_cloud **cloud)
{
  static const weir_cloud_map none = {0};
  *cloud = NULL;
  WEIR_REQUIRE(npath >= 1, ctx, WEIR_EARG, "cloud: no file");
  pool p = {.ctx = ctx, .map = map ? map : &none};
  plan l = {0};
  weir_status st = weir_pool_load(&p, npath, path);
  if (st == WEIR_OK) st = build(&p, &l, cloud);
  weir_plan_free(&l);
  weir_pool_free(&p);
  return st;
}
