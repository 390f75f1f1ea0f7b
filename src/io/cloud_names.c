/* Which array is what: aliases and the user's map. */
#include "io/cloud_parts.h"
#include "io/arrays.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIASES = 12 };

/* First the name of the role, which is also what --map takes; then the aliases in order of preference. */
static const char *const alias[ROLES][ALIASES] = {
    [ROLE_X] = {"x", "X", "particles", "positions", "samples", "traj", "trajectory", "trajectories", "points", "pos",
                "data"},
    [ROLE_LOGRHO] = {"logrho", "log_rho", "logp", "log_p", "log_prob", "logprob", "logdensity", "log_density"},
    [ROLE_RHO] = {"rho", "density", "p", "prob"},
    [ROLE_W] = {"w", "weights", "weight"},
    [ROLE_T] = {"t", "time", "times", "ts"},
    [ROLE_TAU] = {"tau", "dt", "step"},
    [ROLE_N0] = {"n0", "N0"},
    [ROLE_LABELS] = {"labels", "label", "sample_labels"},
    [ROLE_V] = {"v", "velocity", "velocities", "vel"},
    [ROLE_V_START] = {"v_start"},
    [ROLE_V_END] = {"v_end"},
    [ROLE_LOGDET] = {"logdet", "log_det", "logabsdet"},
    [ROLE_DIVV] = {"divv", "div_v", "divergence"},
    [ROLE_Z] = {"z", "states", "z_states"},
};

const char *weir_role_name(role r)
{
  return alias[r][0];
}

role weir_role_find(const char *name, size_t n)
{
  for (int r = 0; r < ROLES; r++)
    if (strlen(alias[r][0]) == n && memcmp(alias[r][0], name, n) == 0) return (role)r;
  return ROLES;
}

char *weir_pool_list(const pool *p, char *buf, size_t size)
{
  size_t k = 0;
  buf[0] = '\0';
  for (int i = 0; i < p->n && k + 8 < size; i++) {
    char s[96];
    const weir_array *a = p->item[i].a;
    const int n =
        snprintf(buf + k, size - k, "%s%s %s", i == 0 ? "" : ", ", a->name,
                 a->dtype == WEIR_DTYPE_OTHER ? "(not numbers)" : weir_shape_text(a->ndim, a->shape, s, sizeof s));
    k += (size_t)n;
  }
  if (k + 8 >= size) memcpy(buf + size - 5, "...", 4);
  return buf;
}

/* ------------------------------------------------------------------ files */
static weir_status add_set(pool *p, weir_arrays *set, bool several)
{
  void *q = NULL;
  if (set->format == WEIR_FORMAT_TABLE && several) { /* "data" would not tell them apart */
    char *stem = NULL;
    WEIR_TRY(weir_arrays_stem(p->ctx, set->path, &stem));
    weir_free(set->array[0].name);
    set->array[0].name = stem;
  }
  WEIR_TRY(weir_alloc(p->ctx, (size_t)(p->n + set->n), sizeof(item), "list of arrays", &q));
  item *list = q;
  if (p->n > 0) memcpy(list, p->item, (size_t)p->n * sizeof *list);
  weir_free(p->item);
  p->item = list;
  for (int k = 0; k < set->n; k++) {
    weir_array *a = &set->array[k];
    for (int i = 0; i < p->n; i++)
      WEIR_REQUIRE(strcmp(list[i].a->name, a->name) != 0, p->ctx, WEIR_EFORMAT, "array '%s' is in both %s and %s",
                   a->name, list[i].file, set->path);
    list[p->n++] = (item){a, set->format == WEIR_FORMAT_TABLE_NAMED, false, set->path};
  }
  return WEIR_OK;
}

weir_status weir_pool_load(pool *p, int npath, const char *const *path)
{
  void *q = NULL, *m = NULL;
  WEIR_TRY(weir_alloc(p->ctx, (size_t)npath, sizeof(weir_arrays *), "files", &q));
  p->set = q;
  WEIR_TRY(weir_alloc(p->ctx, ROLES, sizeof *p->made, "arrays", &m));
  p->made = m;
  if (npath == 1)
    snprintf(p->name, sizeof p->name, "%s", path[0]);
  else
    snprintf(p->name, sizeof p->name, "%.200s and %d more", path[0], npath - 1);
  for (int k = 0; k < npath; k++) {
    WEIR_TRY(weir_arrays_read(p->ctx, path[k], &p->map->limits, &p->set[k]));
    p->nset = k + 1;
    WEIR_TRY(add_set(p, p->set[k], npath > 1));
  }
  return WEIR_OK;
}

void weir_pool_free(pool *p)
{
  for (int k = 0; k < p->nset; k++) weir_arrays_destroy(&p->set[k]);
  for (int k = 0; k < p->nmade; k++) {
    weir_free(p->made[k].name);
    weir_free(p->made[k].data);
  }
  weir_free(p->set);
  weir_free(p->made);
  weir_free(p->item);
  weir_free(p->words);
}

weir_status weir_pool_make(pool *p, const char *name, int ndim, const ptrdiff_t *shape, weir_array **out)
{
  WEIR_REQUIRE(p->nmade < ROLES, p->ctx, WEIR_EARG, "%s: too many parts", p->name);
  weir_array *a = &p->made[p->nmade];
  a->size = 1;
  a->ndim = ndim;
  for (int k = 0; k < WEIR_ARRAY_MAXDIM; k++) {
    a->shape[k] = k < ndim ? shape[k] : 1;
    a->size *= a->shape[k];
  }
  p->nmade++;
  WEIR_TRY(weir_strdup(p->ctx, name, &a->name));
  WEIR_TRY(weir_alloc_doubles(p->ctx, (size_t)a->size, "part of an array", &a->data));
  *out = a;
  return WEIR_OK;
}

/* ------------------------------------------------------------------ the user's map */
static bool is_column_word(const char *s)
{
  static const role can[] = {ROLE_X, ROLE_LOGRHO, ROLE_RHO, ROLE_LOGDET, ROLE_W, ROLE_DIVV, ROLE_T, ROLE_LABELS};
  const role r = weir_role_find(s, strlen(s));
  for (size_t k = 0; k < sizeof can / sizeof *can; k++)
    if (r == can[k]) return true;
  return strcmp(s, "-") == 0 || strcmp(s, "cost") == 0;
}

static bool all_column_words(const char *list)
{
  for (; *list; list += strlen(list) + 1)
    if (!is_column_word(list)) return false;
  return true;
}

/* One "ours=theirs" whose theirs is already a list. */
static weir_status map_one(pool *p, const char *ours, size_t n, const char *theirs)
{
  const bool columns = n == 7 && memcmp(ours, "columns", 7) == 0;
  const role r = weir_role_find(ours, n);
  WEIR_REQUIRE(columns || r != ROLES, p->ctx, WEIR_EARG,
               "map '%.*s': weir knows x logrho rho w t tau n0 labels v v_start v_end logdet divv z columns",
               (int)(n < 40 ? n : 40), ours);
  WEIR_REQUIRE(*theirs, p->ctx, WEIR_EARG, "map '%s=': the name of an array is missing", ours);
  if (columns || (r == ROLE_Z && all_column_words(theirs))) {
    WEIR_REQUIRE(all_column_words(theirs), p->ctx, WEIR_EARG,
                 "map columns: x logrho rho logdet w divv t labels cost and - (leave out) were expected");
    p->columns = theirs;
    return WEIR_OK;
  }
  WEIR_REQUIRE(!p->theirs[r], p->ctx, WEIR_EARG, "map: '%s' is given twice", weir_role_name(r));
  WEIR_REQUIRE(r == ROLE_X || r == ROLE_V || theirs[strlen(theirs) + 1] == '\0', p->ctx, WEIR_EARG,
               "map '%s': one array expected, only x and v can be put together from several", weir_role_name(r));
  p->theirs[r] = theirs;
  return WEIR_OK;
}

/* "x=a,b,logrho=c": a word without '=' belongs to the name before it. The words are copied to p->words, where every
 * list ends with an empty word. */
weir_status weir_pool_map(pool *p)
{
  const weir_cloud_map *m = p->map;
  size_t room = 1;
  for (int k = 0; k < m->nname; k++) room += 2 * strlen(m->name[k]) + 4;
  void *q = NULL;
  WEIR_TRY(weir_alloc(p->ctx, room, 1, "map", &q));
  p->words = q;
  char *w = q;
  for (int k = 0; k < m->nname; k++) {
    const char *s = m->name[k];
    while (*s) {
      const char *eq = strchr(s, '=');
      const size_t n = eq ? (size_t)(eq - s) : 0;
      WEIR_REQUIRE(eq && n > 0 && !memchr(s, ',', n), p->ctx, WEIR_EARG, "map '%.80s': ours=theirs expected", s);
      const char *list = w;
      const char *b = eq + 1;
      for (;;) { /* words up to the next one with '=' */
        const size_t len = strcspn(b, ",");
        memcpy(w, b, len);
        w[len] = '\0';
        w += len + (len > 0);
        b += len;
        if (*b == '\0') break;
        b++;
        const size_t next = strcspn(b, ",");
        if (memchr(b, '=', next)) break;
      }
      *w++ = '\0';
      WEIR_TRY(map_one(p, s, n, list));
      s = b;
    }
  }
  return WEIR_OK;
}

/* ------------------------------------------------------------------ roles */
bool weir_ragged_number(const item *it, const char *prefix, long *number)
{
  enum { DIGITS_MAX = 9 };
  const size_t n = strlen(prefix);
  const char *s = it->a->name;
  if (it->table || strncmp(s, prefix, n) != 0 || s[n] != '_') return false;
  const char *digits = s + n + 1;
  const size_t m = strspn(digits, "0123456789");
  if (m == 0 || m > DIGITS_MAX || digits[m] != '\0') return false;
  *number = strtol(digits, NULL, 10);
  return true;
}

static bool has_ragged(const pool *p, const char *prefix)
{
  long number;
  for (int i = 0; i < p->n; i++)
    if (weir_ragged_number(&p->item[i], prefix, &number)) return true;
  return false;
}

static item *find(const pool *p, const char *name)
{
  for (int i = 0; i < p->n; i++)
    if (strcmp(p->item[i].a->name, name) == 0) return &p->item[i];
  return NULL;
}

static weir_status take(pool *p, role r, item *it)
{
  WEIR_REQUIRE(it->a->dtype != WEIR_DTYPE_OTHER, p->ctx, WEIR_EUNSUPPORTED, "%s", it->a->why);
  p->of[r] = it->a;
  it->used = true;
  return WEIR_OK;
}

static weir_status by_map(pool *p, role r)
{
  const char *name = p->theirs[r];
  item *it = find(p, name);
  if (name[strlen(name) + 1] != '\0') return WEIR_OK; /* several columns: weir_pool_columns() */
  if (it) return take(p, r, it);
  if (has_ragged(p, name)) {
    p->prefix[r] = name;
    return WEIR_OK;
  }
  char list[400];
  return WEIR_FAIL(p->ctx, WEIR_ENOTFOUND, "%s: no array '%s' for %s; there are: %s", p->name, name, weir_role_name(r),
                   weir_pool_list(p, list, sizeof list));
}

/* Whether an array found by its name only can be meant: a scalar `p` is no density, an integer `step` no time step. */
static bool plausible(role r, const item *it)
{
  const weir_array *a = it->a;
  if (it->used || (a->dtype == WEIR_DTYPE_OTHER && r != ROLE_X)) return false;
  if (r == ROLE_W || r == ROLE_T || r == ROLE_N0) return r != ROLE_N0 || a->size == 1;
  if (r == ROLE_TAU) return !it->table && a->dtype != WEIR_DTYPE_INT && a->dtype != WEIR_DTYPE_BOOL && a->ndim <= 1;
  return a->ndim > 0 || a->dtype == WEIR_DTYPE_OTHER;
}

static weir_status by_alias(pool *p, role r)
{
  for (int k = 0; k < ALIASES && alias[r][k]; k++) {
    item *it = find(p, alias[r][k]);
    if (!it || !plausible(r, it)) continue;
    if (it->table && r == ROLE_Z) continue; /* a third coordinate */
    if (!p->of[r]) {
      WEIR_TRY(take(p, r, it));
      if (r != ROLE_X || k <= 1) break; /* x and X mean it */
    } else {
      return WEIR_FAIL(p->ctx, WEIR_EFORMAT, "%s: both '%s' and '%s' could be the positions: say which with --map x=%s",
                       p->name, p->of[r]->name, it->a->name, p->of[r]->name);
    }
  }
  for (int k = 0; k < ALIASES && alias[r][k] && !p->of[r]; k++)
    if (has_ragged(p, alias[r][k])) {
      p->prefix[r] = alias[r][k];
      break;
    }
  return WEIR_OK;
}

/* No x by name: the only array at all, or the only nameless one with two axes or more. */
static weir_status by_elimination(pool *p)
{
  item *only = NULL;
  int n = 0;
  for (int i = 0; i < p->n; i++) {
    item *it = &p->item[i];
    long number;
    bool ragged = false;
    for (int r = 0; r < ROLES; r++) ragged = ragged || (p->prefix[r] && weir_ragged_number(it, p->prefix[r], &number));
    if (it->used || ragged || (it->a->ndim < 2 && p->n > 1)) continue;
    only = it;
    n++;
  }
  if (n == 1) return take(p, ROLE_X, only);
  return WEIR_OK;
}

weir_status weir_pool_assign(pool *p)
{
  for (int r = 0; r < ROLES; r++)
    if (p->theirs[r]) WEIR_TRY(by_map(p, (role)r));
  for (int r = 0; r < ROLES; r++)
    if (!p->theirs[r]) WEIR_TRY(by_alias(p, (role)r));
  for (int i = 0; i < p->n; i++) { /* the row's step in a table */
    item *it = &p->item[i];
    if (it->table && !p->of[ROLE_LABELS] && !it->used &&
        (strcmp(it->a->name, "step") == 0 || strcmp(it->a->name, "steps") == 0))
      WEIR_TRY(take(p, ROLE_LABELS, it));
  }
  if (p->of[ROLE_X] || p->prefix[ROLE_X])
    p->of[ROLE_Z] = p->theirs[ROLE_Z] ? p->of[ROLE_Z] : NULL;
  else if (!p->of[ROLE_Z] && !p->theirs[ROLE_X])
    WEIR_TRY(by_elimination(p));
  return WEIR_OK;
}
