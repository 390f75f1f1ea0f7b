/* Which axis is what. Every arrangement that is possible for the shape of x is a hypothesis; the other arrays that have
 * a role are its witnesses. One hypothesis without a conflict is taken; with two, the user must say. */
#include "io/cloud_parts.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 1000000, SHAPE_TEXT = 96 };

static char *shape_of(const weir_array *a, char buf[SHAPE_TEXT])
{
  return weir_shape_text(a->ndim, a->shape, buf, SHAPE_TEXT);
}

bool weir_view(const weir_array *a, bool particle_first, ptrdiff_t steps, ptrdiff_t n, ptrdiff_t c, view *v)
{
  for (int drop = 0; drop < 4; drop++) { /* bit 0: no axis for steps, bit 1: none for components */
    if (((drop & 1) && steps != 1) || ((drop & 2) && c != 1)) continue;
    ptrdiff_t len[3], *stride[3];
    ptrdiff_t *const axis[3] = {particle_first ? &v->sn : &v->st, particle_first ? &v->st : &v->sn, &v->sc};
    const ptrdiff_t length[3] = {particle_first ? n : steps, particle_first ? steps : n, c};
    int ndim = 0;
    for (int k = 0; k < 3; k++) {
      if (((drop & 1) && axis[k] == &v->st) || ((drop & 2) && k == 2)) continue;
      len[ndim] = length[k];
      stride[ndim++] = axis[k];
    }
    bool fits = a->ndim == ndim;
    for (int k = 0; k < ndim && fits; k++) fits = a->shape[k] == len[k];
    if (!fits) continue;
    *v = (view){0, 0, 0};
    ptrdiff_t s = 1;
    for (int k = ndim; k-- > 0; s *= len[k]) *stride[k] = s;
    return true;
  }
  return false;
}

/* ------------------------------------------------------------------ stacked arrays */
typedef struct guess {
  bool possible, particle_first, one_step;
  ptrdiff_t steps, n, dim;
  int conflicts;
  const char *name;
} guess;

/* Whether the array of that role has a shape that this arrangement admits. */
static bool admits(const pool *p, const guess *g, role r)
{
  const weir_array *a = p->of[r];
  view v;
  switch (r) {
  case ROLE_LOGRHO:
  case ROLE_RHO:
  case ROLE_DIVV: return weir_view(a, g->particle_first, g->steps, g->n, 1, &v);
  case ROLE_LOGDET:
    return weir_view(a, g->particle_first, g->steps, g->n, 1, &v) ||
           weir_view(a, g->particle_first, g->steps - 1, g->n, 1, &v);
  case ROLE_V: return weir_view(a, g->particle_first, g->steps, g->n, g->dim, &v);
  case ROLE_V_START:
  case ROLE_V_END: return weir_view(a, g->particle_first, g->steps - 1, g->n, g->dim, &v);
  case ROLE_W:
    return a->size == 1 || (a->ndim == 1 && a->size == g->n) || weir_view(a, g->particle_first, g->steps, g->n, 1, &v);
  case ROLE_T: return a->size == 1 || a->size == g->steps;
  case ROLE_TAU: return a->size == 1 || a->size == g->steps - 1;
  /* A count need not be that of the particles that are left, but it is not the number of steps. */
  case ROLE_N0: return a->data[0] == (double)g->n || a->data[0] != (double)g->steps;
  default: return true;
  }
}

static void examine(const pool *p, guess *g)
{
  g->conflicts = 0;
  for (int r = 0; r < ROLES; r++)
    if (p->of[r] && !admits(p, g, (role)r)) g->conflicts++;
}

/* What a misfit should have looked like. */
static weir_status misfit(const pool *p, const guess *g, role r)
{
  const weir_array *a = p->of[r], *x = p->of[ROLE_X];
  char sa[SHAPE_TEXT], sx[SHAPE_TEXT], want[SHAPE_TEXT];
  const bool vector = r == ROLE_V || r == ROLE_V_START || r == ROLE_V_END;
  const ptrdiff_t T = r == ROLE_V_START || r == ROLE_V_END ? g->steps - 1 : g->steps;
  const ptrdiff_t s[3] = {g->particle_first ? g->n : T, g->particle_first ? T : g->n, g->dim};
  if (r == ROLE_T || r == ROLE_TAU)
    return WEIR_FAIL(p->ctx, WEIR_EFORMAT, "%s: '%s' has %td values, x ('%s') has shape %s: %td expected", p->name,
                     a->name, a->size, x->name, shape_of(x, sx), r == ROLE_T ? g->steps : g->steps - 1);
  if (g->one_step)
    weir_shape_text(vector ? 2 : 1, (ptrdiff_t[]){g->n, g->dim}, want, sizeof want);
  else
    weir_shape_text(vector ? 3 : 2, s, want, sizeof want);
  const char *hint = "";
  if (r == ROLE_V && !g->one_step && weir_view(a, g->particle_first, g->steps - 1, g->n, g->dim, &(view){0}))
    hint = "; one per step taken is --map v_start=... or v_end=...";
  return WEIR_FAIL(p->ctx, WEIR_EFORMAT, "%s: '%s' has shape %s, x ('%s') has shape %s: %s expected%s", p->name,
                   a->name, shape_of(a, sa), x->name, shape_of(x, sx), want, hint);
}

static weir_status accept(const pool *p, const guess *g, plan *l)
{
  for (int r = 0; r < ROLES; r++)
    if (p->of[r] && !admits(p, g, (role)r)) return misfit(p, g, (role)r);
  WEIR_REQUIRE(g->dim >= 1 && g->dim <= WEIR_CLOUD_MAXDIM, p->ctx, WEIR_ELIMIT,
               "%s: x ('%s') has %td coordinates per particle, 1 to %d are read", p->name, p->of[ROLE_X]->name, g->dim,
               WEIR_CLOUD_MAXDIM);
  WEIR_REQUIRE(g->steps >= 1 && g->steps <= STEPS_MAX, p->ctx, WEIR_ELIMIT, "%s: %td steps, 1 to %d are read", p->name,
               g->steps, STEPS_MAX);
  void *q = NULL;
  WEIR_TRY(weir_alloc(p->ctx, (size_t)g->steps, sizeof *l->count, "counts", &q));
  l->kind = LAYOUT_STACK;
  l->particle_first = g->particle_first;
  l->one_step = g->one_step;
  l->steps = (int)g->steps;
  l->dim = (int)g->dim;
  l->count = q;
  for (int k = 0; k < l->steps; k++) l->count[k] = g->n;
  return WEIR_OK;
}

enum { TN, NT, ND, GUESSES };
enum { FAR_MORE = 20 }; /* particles a step */

static void hypotheses(const pool *p, guess g[GUESSES])
{
  const weir_array *x = p->of[ROLE_X];
  const ptrdiff_t A = x->shape[0], B = x->shape[1], d = x->ndim == 3 ? x->shape[2] : 1;
  g[TN] = (guess){true, false, false, A, B, d, 0, "TNd"};
  g[NT] = (guess){true, true, false, B, A, d, 0, "NTd"};
  g[ND] = (guess){x->ndim == 2, false, true, 1, A, B, 0, "Nd"};
  /* One particle followed through time is no cloud unless the user says so; (N,1) is one step of one coordinate. */
  if (x->ndim == 2) {
    g[TN].possible = B > 1;
    g[NT].possible = A > 1 && B > 1;
    g[ND].possible = B <= WEIR_CLOUD_MAXDIM && (A != 1 || B == 1);
    if (p->map->dim == 1) g[ND].possible = g[ND].possible && B == 1;
    if (p->map->dim > 1) g[TN].possible = g[NT].possible = false;
  } else if (A == 1) {
    g[NT].possible = false;
  } else if (B == 1) {
    g[TN].possible = false;
  }
  for (int k = 0; k < GUESSES; k++) examine(p, &g[k]);
}

/* Both orders fit and nothing tells them apart: a cloud has far more particles than steps, or this is no decision. */
static const guess *by_size(const weir_array *x, const guess g[GUESSES])
{
  const ptrdiff_t A = x->shape[0], B = x->shape[1];
  if (x->ndim != 3 || g[TN].conflicts > 0 || g[NT].conflicts > 0) return NULL;
  return B / FAR_MORE >= A ? &g[TN] : A / FAR_MORE >= B ? &g[NT] : NULL;
}

static weir_status decide(const pool *p, plan *l)
{
  const weir_array *x = p->of[ROLE_X];
  guess g[GUESSES];
  char s[SHAPE_TEXT];
  int clean = 0, best = -1;
  hypotheses(p, g);
  for (int k = 0; k < GUESSES; k++) {
    if (!g[k].possible) continue;
    clean += g[k].conflicts == 0;
    if (best < 0 || g[k].conflicts < g[best].conflicts) best = k;
  }
  WEIR_REQUIRE(best >= 0, p->ctx, WEIR_EFORMAT,
               "%s: x ('%s') has shape %s, which is no (T,N,d), (N,T,d) or (N,d) cloud: say which with --layout",
               p->name, x->name, shape_of(x, s));
  if (clean > 1 && g[ND].possible && g[ND].conflicts == 0) return accept(p, &g[ND], l);
  const guess *larger = clean > 1 ? by_size(x, g) : NULL;
  if (larger != NULL) {
    l->assumed = larger->name;
    return accept(p, larger, l);
  }
  WEIR_REQUIRE(clean <= 1, p->ctx, WEIR_EFORMAT,
               "%s: x ('%s') has shape %s and nothing tells whether steps or particles come first: say --layout TNd or "
               "--layout NTd",
               p->name, x->name, shape_of(x, s));
  return accept(p, &g[best], l);
}

static weir_status as_told(const pool *p, const char *layout, plan *l)
{
  const weir_array *x = p->of[ROLE_X];
  guess g[GUESSES];
  char s[SHAPE_TEXT];
  hypotheses(p, g);
  for (int k = 0; k < GUESSES; k++)
    if (strcmp(g[k].name, layout) == 0 && x->ndim == (k == ND ? 2 : x->ndim)) return accept(p, &g[k], l);
  return WEIR_FAIL(p->ctx, WEIR_EFORMAT, "%s: x ('%s') has shape %s, which cannot be --layout %s", p->name, x->name,
                   shape_of(x, s), layout);
}

/* ------------------------------------------------------------------ long */
typedef struct key {
  double label;
  ptrdiff_t row;
} key;

static int by_label(const void *a, const void *b)
{
  const key *p = a, *q = b;
  if (p->label != q->label) return p->label < q->label ? -1 : 1;
  return p->row < q->row ? -1 : 1;
}

static weir_status group(const pool *p, const weir_array *by, const key *k, ptrdiff_t rows, plan *l)
{
  ptrdiff_t steps = 0;
  for (ptrdiff_t i = 0; i < rows; i++) steps += i == 0 || k[i].label != k[i - 1].label;
  WEIR_REQUIRE(steps >= 1 && steps <= STEPS_MAX, p->ctx, WEIR_ELIMIT,
               "%s: '%s' has %td different values, 1 to %d are "
               "read",
               p->name, by->name, steps, STEPS_MAX);
  void *c = NULL, *r = NULL, *f = NULL;
  l->steps = (int)steps;
  WEIR_TRY(weir_alloc(p->ctx, (size_t)steps, sizeof *l->count, "counts", &c));
  l->count = c;
  WEIR_TRY(weir_alloc(p->ctx, (size_t)rows, sizeof *l->row, "rows", &r));
  l->row = r;
  WEIR_TRY(weir_alloc(p->ctx, (size_t)steps + 1, sizeof *l->first, "rows", &f));
  l->first = f;
  WEIR_TRY(weir_alloc_doubles(p->ctx, (size_t)steps, "labels", &l->label));
  ptrdiff_t s = -1;
  for (ptrdiff_t i = 0; i < rows; i++) {
    if (i == 0 || k[i].label != k[i - 1].label) {
      l->label[++s] = k[i].label;
      l->first[s] = i;
    }
    l->count[s]++;
    l->row[i] = k[i].row;
  }
  l->first[steps] = rows;
  return WEIR_OK;
}

static weir_status make_long(const pool *p, const weir_array *by, plan *l)
{
  const weir_array *x = p->of[ROLE_X];
  char s[SHAPE_TEXT];
  WEIR_REQUIRE(x->ndim <= 2, p->ctx, WEIR_EFORMAT, "%s: x ('%s') has shape %s, (rows, d) expected with labels '%s'",
               p->name, x->name, shape_of(x, s), by->name);
  WEIR_REQUIRE(by->size == x->shape[0], p->ctx, WEIR_EFORMAT,
               "%s: '%s' has %td values, x ('%s') has shape %s: one label per row expected", p->name, by->name,
               by->size, x->name, shape_of(x, s));
  const ptrdiff_t dim = x->ndim == 2 ? x->shape[1] : 1, rows = by->size;
  WEIR_REQUIRE(dim >= 1 && dim <= WEIR_CLOUD_MAXDIM, p->ctx, WEIR_ELIMIT,
               "%s: x ('%s') has %td coordinates per particle, 1 to %d are read", p->name, x->name, dim,
               WEIR_CLOUD_MAXDIM);
  l->kind = LAYOUT_LONG;
  l->dim = (int)dim;
  l->labels_are_times = by == p->of[ROLE_T];
  void *q = NULL;
  WEIR_TRY(weir_alloc(p->ctx, (size_t)rows, sizeof(key), "labels", &q));
  key *k = q;
  weir_status st = WEIR_OK;
  for (ptrdiff_t i = 0; i < rows && st == WEIR_OK; i++) {
    k[i] = (key){by->data[i], i};
    if (!isfinite(k[i].label))
      st = WEIR_FAIL(p->ctx, WEIR_EFORMAT, "%s: label '%s' of row %td is %g", p->name, by->name, i, k[i].label);
    else if (k[i].label != floor(k[i].label))
      l->labels_are_times = true;
  }
  if (st == WEIR_OK) qsort(k, (size_t)rows, sizeof *k, by_label);
  if (st == WEIR_OK) st = group(p, by, k, rows, l);
  weir_free(k);
  return st;
}

/* Times of steps increase; times of rows do not. */
static bool increases(const weir_array *t)
{
  for (ptrdiff_t i = 1; i < t->size; i++)
    if (!(t->data[i] > t->data[i - 1])) return false;
  return true;
}

/* What says which step a row belongs to; NULL: nothing. */
static const weir_array *row_labels(const pool *p)
{
  const weir_array *x = p->of[ROLE_X], *t = p->of[ROLE_T];
  if (p->of[ROLE_LABELS]) return p->of[ROLE_LABELS];
  if (!t || x->ndim > 2 || t->size != x->shape[0] || t->size < 2) return NULL;
  return increases(t) ? NULL : t;
}

/* ------------------------------------------------------------------ ragged */
static int by_number(const void *a, const void *b)
{
  const long p = *(const long *)a, q = *(const long *)b;
  return (p > q) - (p < q);
}

weir_array *weir_ragged_array(const pool *p, const char *prefix, long number)
{
  long k;
  for (int i = 0; i < p->n; i++)
    if (weir_ragged_number(&p->item[i], prefix, &k) && k == number) return p->item[i].a;
  return NULL;
}

static weir_status ragged_fill(const pool *p, const long *found, int n, plan *l)
{
  const char *prefix = p->prefix[ROLE_X];
  char s[SHAPE_TEXT];
  for (int k = 0; k < n; k++) {
    WEIR_REQUIRE(k == 0 || found[k] == found[k - 1] + 1, p->ctx, WEIR_EFORMAT,
                 "%s: after '%s' number %ld comes number %ld: one is missing or there twice", p->name, prefix,
                 found[k > 0 ? k - 1 : 0], found[k]);
    const weir_array *a = weir_ragged_array(p, prefix, found[k]);
    WEIR_REQUIRE(a->dtype != WEIR_DTYPE_OTHER, p->ctx, WEIR_EUNSUPPORTED, "%s", a->why);
    WEIR_REQUIRE(a->ndim == 1 || a->ndim == 2, p->ctx, WEIR_EFORMAT, "%s: '%s' has shape %s, (N, d) expected", p->name,
                 a->name, shape_of(a, s));
    const ptrdiff_t d = a->ndim == 2 ? a->shape[1] : 1;
    WEIR_REQUIRE(d >= 1 && d <= WEIR_CLOUD_MAXDIM, p->ctx, WEIR_ELIMIT,
                 "%s: '%s' has %td coordinates per particle, 1 to %d are read", p->name, a->name, d, WEIR_CLOUD_MAXDIM);
    if (k == 0) l->dim = (int)d;
    WEIR_REQUIRE(d == l->dim, p->ctx, WEIR_EFORMAT, "%s: '%s' has shape %s, the step before has %d coordinates",
                 p->name, a->name, shape_of(a, s), l->dim);
    l->count[k] = a->shape[0];
    l->label[k] = (double)found[k];
  }
  return WEIR_OK;
}

static weir_status make_ragged(const pool *p, plan *l)
{
  void *q = NULL, *c = NULL;
  int n = 0;
  l->kind = LAYOUT_RAGGED;
  WEIR_TRY(weir_alloc(p->ctx, (size_t)p->n, sizeof(long), "steps", &q));
  long *found = q;
  for (int i = 0; i < p->n; i++)
    if (weir_ragged_number(&p->item[i], p->prefix[ROLE_X], &found[n])) n++;
  qsort(found, (size_t)n, sizeof *found, by_number);
  l->steps = n;
  weir_status st = weir_alloc(p->ctx, (size_t)n, sizeof *l->count, "counts", &c);
  l->count = c;
  if (st == WEIR_OK) st = weir_alloc_doubles(p->ctx, (size_t)n, "steps", &l->label);
  if (st == WEIR_OK) st = ragged_fill(p, found, n, l);
  weir_free(found);
  return st;
}

/* ------------------------------------------------------------------ */
static weir_status no_positions(const pool *p)
{
  char list[400];
  return WEIR_FAIL(p->ctx, WEIR_EFORMAT,
                   "%s: no array is known as the positions; name it with --map x=NAME; there are: %s", p->name,
                   weir_pool_list(p, list, sizeof list));
}

weir_status weir_plan_make(pool *p, plan *l)
{
  const char *layout = p->map->layout ? p->map->layout : "auto";
  weir_array *x = p->of[ROLE_X];
  char s[SHAPE_TEXT];
  const bool free_choice = strcmp(layout, "auto") == 0 || strcmp(layout, "z") == 0;
  WEIR_REQUIRE(free_choice || strcmp(layout, "TNd") == 0 || strcmp(layout, "NTd") == 0 || strcmp(layout, "Nd") == 0 ||
                   strcmp(layout, "long") == 0,
               p->ctx, WEIR_EARG, "layout '%s': auto, TNd, NTd, Nd, long or z expected", layout);
  if (!x && p->prefix[ROLE_X]) return make_ragged(p, l);
  if (!x) return no_positions(p);
  WEIR_REQUIRE(x->ndim >= 1 && x->ndim <= 3, p->ctx, WEIR_EFORMAT,
               "%s: x ('%s') has shape %s, (T,N,d), (N,T,d) or (N,d) expected", p->name, x->name, shape_of(x, s));
  if (strcmp(layout, "long") == 0) {
    const weir_array *by = p->of[ROLE_LABELS] ? p->of[ROLE_LABELS] : p->of[ROLE_T];
    WEIR_REQUIRE(by, p->ctx, WEIR_EFORMAT, "%s: --layout long needs labels or times, one per row", p->name);
    return make_long(p, by, l);
  }
  if (x->ndim == 1) x->ndim = 2; /* (N,) is (N,1): shape[1] is 1 */
  const weir_array *by = free_choice ? row_labels(p) : NULL;
  if (by && x->ndim == 2) return make_long(p, by, l);
  return free_choice ? decide(p, l) : as_told(p, layout, l);
}

void weir_plan_free(plan *l)
{
  weir_free(l->count);
  weir_free(l->row);
  weir_free(l->first);
  weir_free(l->label);
}
