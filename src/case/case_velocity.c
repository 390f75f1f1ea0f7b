/* The velocity: components, stream function, vector potential, or a file of samples. */
#include "case/case_parts.h"
#include <stdio.h>
#include <string.h>

static weir_status formulas(case_reader *r, weir_yaml_node *n, bool steady, const char *or_else, weir_expr **out)
{
  if (n->kind != WEIR_YAML_LIST || n->count != r->c->dim) {
    char words[120];
    (void)snprintf(words, sizeof words, "a list of %d formula%s%s", r->c->dim, r->c->dim > 1 ? "s" : "", or_else);
    return weir_yaml_expected(r->ctx, n, words);
  }
  n->read = true;
  for (int a = 0; a < r->c->dim; a++) WEIR_TRY(case_formula(r, weir_yaml_at(n, a), steady, &out[a]));
  return WEIR_OK;
}

static weir_status interval(case_reader *r, weir_yaml_node *n, double *ends)
{
  int got = 0;
  WEIR_TRY(weir_yaml_vector(r->ctx, n, 2, 2, ends, &got));
  if (!(ends[0] < ends[1]))
    return weir_yaml_fail(r->ctx, n, WEIR_EFORMAT, "expected [lo, hi] with lo < hi, found [%.15g, %.15g]", ends[0],
                          ends[1]);
  return WEIR_OK;
}

static weir_status samples_box(case_reader *r, weir_yaml_node *box, weir_case_samples *s)
{
  const int dim = r->c->dim;
  const bool pair = box->kind == WEIR_YAML_LIST && dim == 1 && box->count == 2 && box->first->kind == WEIR_YAML_SCALAR;
  if (pair) return interval(r, box, s->box[0]);
  if (box->kind != WEIR_YAML_LIST || box->count != dim) {
    char words[80];
    (void)snprintf(words, sizeof words, "%d pair%s [[lo, hi], ...], one a direction", dim, dim > 1 ? "s" : "");
    return weir_yaml_expected(r->ctx, box, words);
  }
  box->read = true;
  for (int a = 0; a < dim; a++) WEIR_TRY(interval(r, weir_yaml_at(box, a), s->box[a]));
  return WEIR_OK;
}

static weir_status samples(case_reader *r, weir_yaml_node *map, weir_yaml_node *file)
{
  static const char *const keys[] = {"file", "box", "times", NULL};
  weir_yaml_node *box = weir_yaml_get(map, "box"), *times = weir_yaml_get(map, "times");
  const char *name = NULL;
  char path[CASE_PATH];
  void *p = NULL, *text = NULL;
  WEIR_TRY(weir_yaml_keys(r->ctx, map, keys));
  WEIR_TRY(weir_yaml_text(r->ctx, file, &name));
  if (r->builtin)
    (void)snprintf(path, sizeof path, "%s", name);
  else
    WEIR_TRY(case_path(r, file, "velocity.file", name, path));
  WEIR_TRY(case_alloc(r, 1, sizeof(weir_case_samples), &p));
  WEIR_TRY(case_alloc(r, strlen(path) + 1, 1, &text));
  memcpy(text, path, strlen(path) + 1);
  weir_case_samples *s = r->c->samples = p;
  s->file = text, s->boxed = box != NULL, s->timed = times != NULL;
  if (times != NULL && box == NULL)
    return weir_yaml_fail(r->ctx, times, WEIR_EFORMAT,
                          "'times' goes with 'box', for an .npy without coordinates of its own");
  if (box != NULL) WEIR_TRY(samples_box(r, box, s));
  return times != NULL ? interval(r, times, s->time) : WEIR_OK;
}

/* A map: which of its forms is it? */
static weir_status special(case_reader *r, weir_yaml_node *map, bool steady)
{
  static const char *const keys[] = {"stream", "vector-potential", "file", NULL};
  weir_yaml_node *psi = weir_yaml_get(map, "stream"), *A = weir_yaml_get(map, "vector-potential"),
                 *file = weir_yaml_get(map, "file");
  const int dim = r->c->dim;
  if (file != NULL) return samples(r, map, file);
  WEIR_TRY(weir_yaml_keys(r->ctx, map, keys));
  if ((psi != NULL) == (A != NULL))
    return weir_yaml_fail(r->ctx, map, WEIR_EFORMAT, "expected one of the keys stream, vector-potential and file");
  if (psi != NULL && dim != 2)
    return weir_yaml_fail(r->ctx, map, WEIR_EFORMAT, "a stream function needs 2 dimensions, this case has %d", dim);
  if (A != NULL && dim != 3)
    return weir_yaml_fail(r->ctx, map, WEIR_EFORMAT, "a vector potential needs 3 dimensions, this case has %d", dim);
  return psi != NULL ? case_formula(r, psi, steady, &r->c->stream)
                     : formulas(r, A, steady, ", the components of A", r->c->vector_potential);
}

weir_status case_velocity(case_reader *r, weir_yaml_node *n)
{
  static const char *const or_else[] = {" or {file: v.npz}", " or {stream: FORMULA} or {file: v.npz}",
                                        " or {vector-potential: [A1, A2, A3]} or {file: v.npz}"};
  const bool steady = r->c->equation == WEIR_CASE_FOKKER_PLANCK;
  n->read = true;
  if (n->kind == WEIR_YAML_MAP) return special(r, n, steady);
  if (n->kind == WEIR_YAML_SCALAR && r->c->dim == 1) return case_formula(r, n, steady, &r->c->velocity[0]);
  return formulas(r, n, steady, or_else[r->c->dim - 1], r->c->velocity);
}
