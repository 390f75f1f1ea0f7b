/* Reading a case: the document, the order of the sections, and what callers do with formulas. */
#include "case/builtin.h"
#include "case/case_parts.h"
#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK_HEAD = 64 }; /* keeps the data behind it on a cache line */

weir_status case_alloc(case_reader *r, size_t count, size_t size, void **out)
{
  void *p = NULL;
  size_t bytes = 0;
  WEIR_REQUIRE(!__builtin_mul_overflow(count, size, &bytes) && bytes <= SIZE_MAX / 4, r->ctx, WEIR_ENOMEM,
               "case: %zu objects of %zu bytes", count, size);
  WEIR_TRY(weir_alloc(r->ctx, bytes + BLOCK_HEAD, 1, "case", &p));
  case_block *b = p;
  b->next = r->c->private_->blocks;
  r->c->private_->blocks = b;
  *out = (char *)p + BLOCK_HEAD;
  return WEIR_OK;
}

void weir_case_destroy(weir_case **c)
{
  if (c == NULL || *c == NULL) return;
  weir_case *k = *c;
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    weir_expr_destroy(&k->velocity[a]);
    weir_expr_destroy(&k->vector_potential[a]);
    weir_expr_destroy(&k->inflow[a][0]);
    weir_expr_destroy(&k->inflow[a][1]);
  }
  weir_expr_destroy(&k->stream);
  weir_expr_destroy(&k->source);
  weir_expr_destroy(&k->potential);
  weir_expr_destroy(&k->initial_expr);
  weir_expr_destroy(&k->exact_expr);
  for (case_block *b = k->private_->blocks; b != NULL;) {
    case_block *next = b->next;
    weir_free(b);
    b = next;
  }
  weir_yaml_destroy(&k->private_->doc);
  weir_yaml_destroy(&k->private_->mesh_doc);
  weir_free(k->private_);
  weir_free(k);
  *c = NULL;
}

/* ------------------------------------------------------------------ sections */
/* The file's name without directory and ending, in the characters of a name. */
static weir_status default_name(case_reader *r)
{
  const char *slash = strrchr(r->c->file, '/'), *base = slash != NULL ? slash + 1 : r->c->file;
  const size_t length = strcspn(base, ".");
  void *p = NULL;
  WEIR_TRY(case_alloc(r, length + 5, 1, &p));
  char *name = p;
  for (size_t i = 0; i < length; i++) {
    const int ch = tolower((unsigned char)base[i]);
    name[i] = (char)(isalnum(ch) && ch < 128 ? ch : '-');
  }
  if (length == 0) memcpy(name, "case", 5);
  r->c->name = name;
  return WEIR_OK;
}

static weir_status head(case_reader *r)
{
  static const char *const equations[] = {"transport", "fokker-planck", NULL};
  enum { NAME_MAX_ = 64, TITLE_MAX = 200 };
  weir_case *c = r->c;
  weir_yaml_node *equation = NULL, *name = weir_yaml_get(r->root, "name"), *title = weir_yaml_get(r->root, "title");
  c->title = "";
  WEIR_TRY(default_name(r));
  if (name != NULL) {
    WEIR_TRY(weir_yaml_text(r->ctx, name, &c->name));
    if (strspn(c->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(c->name) || strlen(c->name) > NAME_MAX_)
      return weir_yaml_expected(r->ctx, name, "a name of at most 64 lower-case letters, digits and '-'");
  }
  if (title != NULL) {
    WEIR_TRY(weir_yaml_text(r->ctx, title, &c->title));
    bool plain = strlen(c->title) <= TITLE_MAX;
    for (const char *p = c->title; *p != '\0'; p++) plain = plain && (unsigned char)*p >= ' ';
    if (!plain) return weir_yaml_expected(r->ctx, title, "one line of at most 200 bytes");
  }
  int k = 0;
  WEIR_TRY(weir_yaml_need(r->ctx, r->root, "equation", &equation));
  WEIR_TRY(weir_yaml_word(r->ctx, equation, equations, &k));
  c->equation = k == 0 ? WEIR_CASE_TRANSPORT : WEIR_CASE_FOKKER_PLANCK;
  return WEIR_OK;
}

static weir_status sections(case_reader *r)
{
  static const char *const known[] = {"weir",     "name",   "title",     "equation",  "parameters", "mesh",  "boundary",
                                      "velocity", "source", "potential", "diffusion", "initial",    "exact", "time",
                                      "scheme",   "jko",    "converge",  "judge",     NULL};
  weir_yaml_node *version = NULL;
  int64_t v = 0;
  if (r->root->kind != WEIR_YAML_MAP) return weir_yaml_expected(r->ctx, r->root, "a case, a map with 'weir: 1'");
  if (weir_yaml_find(r->root, "weir-mesh") != NULL)
    return weir_yaml_fail(r->ctx, r->root, WEIR_EFORMAT, "this is a mesh file, a case with 'weir: 1' expected");
  WEIR_TRY(weir_yaml_need(r->ctx, r->root, "weir", &version));
  WEIR_TRY(weir_yaml_integer(r->ctx, version, 1, 1, &v));
  WEIR_TRY(weir_yaml_keys(r->ctx, r->root, known));
  WEIR_TRY(head(r));
  WEIR_TRY(case_mesh_open(r));
  WEIR_TRY(case_names(r));
  WEIR_TRY(case_mesh(r));
  WEIR_TRY(case_exact(r));
  WEIR_TRY(case_boundary(r));
  WEIR_TRY(case_equation(r));
  WEIR_TRY(case_initial(r));
  WEIR_TRY(case_time(r));
  WEIR_TRY(case_scheme(r));
  WEIR_TRY(case_jko(r));
  WEIR_TRY(case_converge(r));
  WEIR_TRY(case_judge(r));
  return weir_yaml_all_read(r->ctx, r->root);
}

/* ------------------------------------------------------------------ documents */
static weir_status create(weir_ctx *ctx, weir_case **out)
{
  void *p = NULL, *q = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof **out, "case", &p));
  const weir_status s = weir_alloc(ctx, 1, sizeof(struct weir_case_private), "case", &q);
  if (s != WEIR_OK) {
    weir_free(p);
    return s;
  }
  *out = p;
  (*out)->private_ = q;
  return WEIR_OK;
}

/* Takes doc, whatever happens. */
static weir_status from_document(weir_ctx *ctx, weir_yaml *doc, const char *file, bool builtin,
                                 const char *const *overrides, int n_overrides, weir_case **out)
{
  weir_case *c = NULL;
  weir_expr_env *env = NULL;
  weir_status s = create(ctx, &c);
  if (s != WEIR_OK) {
    weir_yaml_destroy(&doc);
    return s;
  }
  c->private_->doc = doc;
  case_reader r = {.ctx = ctx, .c = c, .root = weir_yaml_root(doc), .builtin = builtin};
  void *copy = NULL;
  WEIR_TRY_GOTO(s, end, case_alloc(&r, strlen(file) + 1, 1, &copy));
  assert(copy != NULL);
  memcpy(copy, file, strlen(file) + 1);
  c->file = copy;
  for (int k = 0; k < n_overrides; k++) WEIR_TRY_GOTO(s, end, weir_yaml_set(ctx, doc, overrides[k]));
  WEIR_TRY_GOTO(s, end, weir_expr_env_create(ctx, &env));
  r.env = env;
  weir_yaml_set_eval(doc, case_eval, &r);
  s = sections(&r);
  weir_yaml_set_eval(doc, NULL, NULL);
end:
  weir_expr_env_destroy(&env);
  if (s != WEIR_OK) weir_case_destroy(&c);
  *out = c;
  return s;
}

weir_status weir_case_parse(weir_ctx *ctx, const char *file, const char *text, size_t length,
                            const char *const *overrides, int n_overrides, weir_case **out)
{
  weir_yaml *doc = NULL;
  *out = NULL;
  WEIR_TRY(weir_yaml_parse(ctx, file, text, length, &doc));
  return from_document(ctx, doc, file, false, overrides, n_overrides, out);
}

static bool is_path(const char *which)
{
  const size_t n = strlen(which);
  return strchr(which, '/') != NULL || (n >= 5 && strcmp(which + n - 5, ".yaml") == 0) ||
         (n >= 4 && strcmp(which + n - 4, ".yml") == 0);
}

weir_status weir_case_read(weir_ctx *ctx, const char *which, const char *const *overrides, int n_overrides,
                           weir_case **out)
{
  weir_yaml *doc = NULL;
  *out = NULL;
  if (is_path(which)) {
    WEIR_TRY(weir_yaml_read(ctx, which, &doc));
    return from_document(ctx, doc, which, false, overrides, n_overrides, out);
  }
  const char *path = NULL, *text = NULL;
  size_t length = 0;
  WEIR_TRY(weir_case_builtin_text(ctx, which, &path, &text, &length));
  WEIR_TRY(weir_yaml_parse(ctx, path, text, length, &doc));
  return from_document(ctx, doc, path, true, overrides, n_overrides, out);
}

/* ------------------------------------------------------------------ what callers ask */
const char *weir_case_where(const weir_case *c, const char *path, char *buf, size_t size)
{
  char part[400];
  (void)snprintf(part, sizeof part, "%s", path);
  for (;;) {
    const weir_yaml_node *root = weir_yaml_root(c->private_->doc), *n = weir_yaml_find(root, part);
    if (n == NULL && strncmp(part, "mesh.", 5) == 0) n = weir_yaml_find(c->private_->mesh, part + 5);
    if (n != NULL) return weir_yaml_where(n, buf, size);
    char *dot = strrchr(part, '.'), *bracket = strrchr(part, '[');
    char *cut = dot == NULL || (bracket != NULL && bracket > dot) ? bracket : dot;
    *(cut != NULL ? cut : part) = '\0';
  }
}

bool weir_case_has_exact(const weir_case *c, double t)
{
  if (c->exact_expr == NULL && c->exact == NULL) return c->flow_map;
  bool holds = c->exact_times == 0;
  for (int k = 0; k < c->exact_times; k++) holds = holds || fabs(t - c->exact_time[k]) <= 1e-12 * (1.0 + fabs(t));
  return holds;
}

bool weir_case_steady(const weir_expr *e)
{
  return e == NULL || !weir_expr_uses(e, WEIR_CASE_T);
}

void weir_case_point(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const weir_expr *e = user;
  const double *var[WEIR_EXPR_SLOTS] = {&t};
  ptrdiff_t inc[WEIR_EXPR_SLOTS] = {0};
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    if (!weir_expr_uses(e, WEIR_CASE_X + a)) continue;
    ptrdiff_t i = 1;
    while (i < n && x[a][i] == x[a][0])
      i++; /* the same at all points, as across a row: given once, its part computed once */
    var[WEIR_CASE_X + a] = x[a];
    inc[WEIR_CASE_X + a] = i < n ? 1 : 0;
  }
  weir_expr_eval(e, n, var, inc, out);
}

double weir_case_value(const weir_expr *e, double t, int dim, const double *x)
{
  double value[WEIR_EXPR_SLOTS] = {t};
  for (int a = 0; a < dim; a++) value[WEIR_CASE_X + a] = x[a];
  return weir_expr_at(e, value);
}

void weir_case_boundary(const weir_case *c, weir_boundary *out)
{
  *out = (weir_boundary){0};
  for (int a = 0; a < c->dim; a++) {
    for (int side = 0; side < 2; side++) {
      weir_expr *e = c->inflow[a][side];
      out->side[a][side] = c->side[a][side];
      if (e == NULL) continue;
      out->density[a][side] = weir_case_point;
      out->user[a][side] = e;
      out->steady[a][side] = weir_case_steady(e);
    }
  }
}
