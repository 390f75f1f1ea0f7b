/* The mesh of a case: in place, or in a file of its own whose keys the case may replace. */
#include "case/builtin.h"
#include "case/case_parts.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const int64_t most_cells = (int64_t)1 << 31, most_on_axis = 1 << 24;

const char *const case_axis_name[WEIR_MAXDIM + 1] = {"x", "y", "z", NULL};

/* ------------------------------------------------------------------ files */
weir_status case_path(case_reader *r, const weir_yaml_node *n, const char *what, const char *name, char path[CASE_PATH])
{
  const char *slash = strrchr(r->c->file, '/');
  const int dir = name[0] == '/' || slash == NULL ? 0 : (int)(slash - r->c->file) + 1;
  WEIR_REQUIRE(snprintf(path, CASE_PATH, "%.*s%s", dir, r->c->file, name) < CASE_PATH, r->ctx, WEIR_ELIMIT,
               "%.250s:%d:%d: %s: a path of more than %d bytes", n->file, n->line, n->column, what, (int)CASE_PATH - 1);
  return WEIR_OK;
}

static weir_status read_mesh_file(case_reader *r, const weir_yaml_node *n, const char *name, weir_yaml **doc)
{
  char path[CASE_PATH];
  WEIR_TRY(case_path(r, n, "mesh", name, path));
  if (r->builtin) {
    const weir_builtin_file *f = case_builtin_find(path);
    if (f == NULL) return weir_yaml_fail(r->ctx, n, WEIR_EIO, "no built-in mesh file '%.200s'", path);
    return weir_yaml_parse(r->ctx, f->path, f->text, f->length, doc);
  }
  const weir_status s = weir_yaml_read(r->ctx, path, doc);
  if (s == WEIR_EIO) return weir_yaml_fail(r->ctx, n, s, "mesh file %.500s", weir_message(r->ctx));
  return s;
}

static weir_status check_mesh_file(case_reader *r, weir_yaml_node *root)
{
  static const char *const known[] = {"weir-mesh", "title", "box", "cells", "grading", "nodes", NULL};
  if (root->kind != WEIR_YAML_MAP) return weir_yaml_expected(r->ctx, root, "a mesh file, a map with 'weir-mesh: 1'");
  if (weir_yaml_find(root, "weir") != NULL)
    return weir_yaml_fail(r->ctx, root, WEIR_EFORMAT, "this is a case, a mesh file with 'weir-mesh: 1' expected");
  weir_yaml_node *version = NULL, *title = weir_yaml_get(root, "title");
  const char *text = NULL;
  int64_t v = 0;
  WEIR_TRY(weir_yaml_need(r->ctx, root, "weir-mesh", &version));
  WEIR_TRY(weir_yaml_integer(r->ctx, version, 1, 1, &v));
  if (title != NULL) WEIR_TRY(weir_yaml_text(r->ctx, title, &text));
  return weir_yaml_keys(r->ctx, root, known);
}

/* Of a list, is each entry a direction (not: one direction's pair)? */
static bool by_direction(const weir_yaml_node *list)
{
  for (const weir_yaml_node *c = list->first; c != NULL; c = c->next)
    if (c->kind == WEIR_YAML_LIST || (c->kind == WEIR_YAML_SCALAR && strcmp(c->text, "listed") == 0)) return true;
  return false;
}

/* From the shape of `box`, or from the keys of `nodes`. */
static weir_status find_dimension(case_reader *r)
{
  weir_yaml_node *map = r->c->private_->mesh, *box = weir_yaml_get(map, "box"), *nodes = weir_yaml_get(map, "nodes");
  int dim = 0;
  if (nodes != NULL) {
    WEIR_TRY(weir_yaml_keys(r->ctx, nodes, case_axis_name));
    for (int a = 0; a < WEIR_MAXDIM; a++)
      if (weir_yaml_find(nodes, case_axis_name[a]) != NULL) dim = a + 1;
  }
  if (box == NULL) {
    if (dim == 0) return weir_yaml_need(r->ctx, map, "box", &box);
  } else {
    const bool pair = box->kind == WEIR_YAML_LIST && box->count == 2 && !by_direction(box);
    const int of_box = pair ? 1 : box->count;
    if (box->kind != WEIR_YAML_LIST || of_box < 1 || of_box > WEIR_MAXDIM || !(pair || by_direction(box)))
      return weir_yaml_expected(r->ctx, box, "1 to 3 pairs [[lo, hi], ...]");
    if (dim > of_box)
      return weir_yaml_fail(r->ctx, nodes, WEIR_EFORMAT, "nodes of '%s', but the box has %d dimension%s",
                            case_axis_name[dim - 1], of_box, of_box > 1 ? "s" : "");
    dim = of_box;
  }
  r->c->dim = dim;
  return WEIR_OK;
}

weir_status case_mesh_open(case_reader *r)
{
  static const char *const known[] = {"file", "box", "cells", "grading", "nodes", NULL};
  struct weir_case_private *p = r->c->private_;
  weir_yaml_node *n = NULL, *file = NULL;
  WEIR_TRY(weir_yaml_need(r->ctx, r->root, "mesh", &n));
  if (n->kind == WEIR_YAML_SCALAR) {
    file = n;
  } else {
    WEIR_TRY(weir_yaml_keys(r->ctx, n, known));
    file = weir_yaml_get(n, "file");
  }
  p->mesh = n;
  if (file != NULL) {
    const char *name = NULL;
    WEIR_TRY(weir_yaml_text(r->ctx, file, &name));
    WEIR_TRY(read_mesh_file(r, file, name, &p->mesh_doc));
    weir_yaml_node *root = weir_yaml_root(p->mesh_doc);
    WEIR_TRY(check_mesh_file(r, root));
    weir_yaml_set_eval(p->mesh_doc, case_eval, NULL);
    if (n->kind == WEIR_YAML_SCALAR)
      p->mesh = root;
    else
      weir_yaml_merge(n, root);
  }
  return find_dimension(r);
}

/* ------------------------------------------------------------------ axes */
/* What `key` says about direction a: its entry of a list, or the one value for all; NULL if the key is not there. */
static weir_status entry(case_reader *r, const char *key, int a, weir_yaml_node **out)
{
  weir_yaml_node *n = weir_yaml_get(r->c->private_->mesh, key);
  *out = n;
  if (n == NULL || n->kind != WEIR_YAML_LIST) return WEIR_OK;
  if (r->c->dim == 1 && strcmp(key, "box") == 0 && !by_direction(n)) return WEIR_OK;
  if (n->count != r->c->dim) {
    char words[80];
    (void)snprintf(words, sizeof words, "an entry for each of the %d direction%s", r->c->dim, r->c->dim > 1 ? "s" : "");
    return weir_yaml_expected(r->ctx, n, words);
  }
  *out = weir_yaml_at(n, a);
  return WEIR_OK;
}

static bool says_listed(const weir_yaml_node *n)
{
  return n->kind == WEIR_YAML_SCALAR && strcmp(n->text, "listed") == 0;
}

static weir_status grading(case_reader *r, weir_yaml_node *n, weir_axis_spec *axis)
{
  static const char *const rules[] = {"geometric", "tanh", "sine", NULL};
  static const weir_grading kind[] = {WEIR_GEOMETRIC, WEIR_TANH, WEIR_SINE};
  static const weir_yaml_range sine = {-1.0, 1.0, true, true, "a number in (-1, 1)"};
  n->read = true;
  axis->grading = WEIR_UNIFORM;
  if (n->kind == WEIR_YAML_SCALAR && strcmp(n->text, "uniform") == 0) return WEIR_OK;
  if (n->kind != WEIR_YAML_MAP || n->count != 1)
    return weir_yaml_expected(r->ctx, n, "uniform, {geometric: g}, {tanh: g} or {sine: g}");
  WEIR_TRY(weir_yaml_keys(r->ctx, n, rules));
  for (int k = 0; rules[k] != NULL; k++) {
    weir_yaml_node *v = weir_yaml_get(n, rules[k]);
    if (v == NULL) continue;
    axis->grading = kind[k];
    WEIR_TRY(weir_yaml_number(r->ctx, v, kind[k] == WEIR_SINE ? &sine : &weir_yaml_positive, &axis->grade));
  }
  return WEIR_OK;
}

static weir_status ruled_axis(case_reader *r, int a, weir_axis_spec *axis)
{
  weir_yaml_node *map = r->c->private_->mesh, *box = NULL, *cells = NULL, *rule = NULL;
  double ends[2];
  int got = 0;
  int64_t n = 0;
  WEIR_TRY(weir_yaml_need(r->ctx, map, "box", &box));
  WEIR_TRY(weir_yaml_need(r->ctx, map, "cells", &cells));
  WEIR_TRY(entry(r, "box", a, &box));
  if (box->kind != WEIR_YAML_LIST) return weir_yaml_expected(r->ctx, box, "a pair [lo, hi]");
  WEIR_TRY(weir_yaml_vector(r->ctx, box, 2, 2, ends, &got));
  if (!(ends[0] < ends[1]))
    return weir_yaml_fail(r->ctx, box, WEIR_EFORMAT, "expected [lo, hi] with lo < hi, found [%.15g, %.15g]", ends[0],
                          ends[1]);
  WEIR_TRY(entry(r, "cells", a, &cells));
  WEIR_TRY(weir_yaml_integer(r->ctx, cells, 1, most_on_axis, &n));
  WEIR_TRY(entry(r, "grading", a, &rule));
  axis->n = (ptrdiff_t)n, axis->lo = ends[0], axis->hi = ends[1];
  return rule != NULL ? grading(r, rule, axis) : WEIR_OK;
}

static weir_status listed_axis(case_reader *r, int a, weir_yaml_node *nodes, weir_axis_spec *axis)
{
  static const char *const others[] = {"box", "cells", "grading"};
  for (int k = 0; k < 3; k++) {
    weir_yaml_node *n = NULL;
    WEIR_TRY(entry(r, others[k], a, &n));
    if (n == NULL) continue;
    n->read = true;
    const bool shared = n->parent == r->c->private_->mesh && r->c->dim > 1; /* one value, for the other directions */
    if (!shared && !says_listed(n))
      return weir_yaml_expected(r->ctx, n, "'listed', because this direction's nodes are given");
  }
  if (nodes->kind != WEIR_YAML_LIST || nodes->count < 2)
    return weir_yaml_expected(r->ctx, nodes, "a list of 2 or more increasing numbers");
  void *p = NULL;
  WEIR_TRY(case_alloc(r, (size_t)nodes->count, sizeof(double), &p));
  double *x = p;
  int got = 0;
  WEIR_TRY(weir_yaml_vector(r->ctx, nodes, 2, nodes->count, x, &got));
  for (const weir_yaml_node *c = nodes->first->next; c != NULL; c = c->next)
    if (!(x[c->index - 1] < x[c->index]))
      return weir_yaml_fail(r->ctx, c, WEIR_EFORMAT, "expected a number > %.15g, the node before it, found '%.40s'",
                            x[c->index - 1], c->text);
  *axis = (weir_axis_spec){.n = got - 1, .lo = x[0], .hi = x[got - 1], .grading = WEIR_LISTED, .node = x};
  return WEIR_OK;
}

weir_status case_mesh(case_reader *r)
{
  weir_mesh_spec *m = &r->c->mesh;
  weir_yaml_node *map = r->c->private_->mesh, *nodes = weir_yaml_get(map, "nodes");
  int64_t cells = 1;
  m->dim = r->c->dim;
  for (int a = 0; a < m->dim; a++) {
    weir_yaml_node *list = weir_yaml_get(nodes, case_axis_name[a]);
    WEIR_TRY(list != NULL ? listed_axis(r, a, list, &m->axis[a]) : ruled_axis(r, a, &m->axis[a]));
    if (m->axis[a].n > most_cells / cells)
      return weir_yaml_fail(r->ctx, map, WEIR_ELIMIT, "more than %lld cells", (long long)most_cells);
    cells *= m->axis[a].n;
  }
  return WEIR_OK;
}
