/* The velocity and the source of a case as what weir_problem takes: callbacks, factors of time, samples from a file. */
#include "study/setup.h"
#include <string.h>

enum { PLACE = 512 };

static double time_factor(void *user, double t)
{
  return weir_case_value(user, t, 0, NULL);
}

/* One velocity component or the stream function: steady, g(t) u(x), or general. */
static weir_status bind_field(weir_ctx *ctx, weir_setup *s, int a, weir_expr *e, weir_point_fn **fn)
{
  weir_velocity *v = &s->problem.velocity;
  *fn = weir_case_point;
  v->user[a] = e;
  v->steady[a] = weir_case_steady(e);
  if (v->steady[a]) return WEIR_OK;
  bool ok = false;
  WEIR_TRY(weir_expr_separate(ctx, e, WEIR_CASE_T, &ok, &s->factor[a], &s->field[a]));
  if (!ok) return WEIR_OK;
  v->user[a] = s->field[a];
  v->factor[a] = time_factor;
  v->factor_user[a] = s->factor[a];
  return WEIR_OK;
}

weir_status weir_setup_same_formula(weir_ctx *ctx, const weir_expr *g, const weir_expr *h, bool *same)
{
  char *one = NULL, *two = NULL;
  weir_status st = weir_expr_print(ctx, g, NULL, &one);
  if (st == WEIR_OK) st = weir_expr_print(ctx, h, NULL, &two);
  *same = st == WEIR_OK && strcmp(one, two) == 0;
  weir_free(one);
  weir_free(two);
  return st;
}

/* A vector potential: steady, g(t) A(x) with one g for all components, or general. */
static weir_status bind_potential(weir_ctx *ctx, weir_setup *s)
{
  const weir_case *c = s->c;
  weir_velocity *v = &s->problem.velocity;
  bool separates = true;
  v->steady[0] = true;
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    v->potential[a] = weir_case_point, v->user[a] = c->vector_potential[a];
    v->steady[0] = v->steady[0] && weir_case_steady(c->vector_potential[a]);
  }
  int first = -1;
  for (int a = 0; a < WEIR_MAXDIM && separates && !v->steady[0]; a++) {
    double value = 1;
    if (weir_expr_is_constant(c->vector_potential[a], &value) && value == 0) continue;
    WEIR_TRY(weir_expr_separate(ctx, c->vector_potential[a], WEIR_CASE_T, &separates, &s->factor[a], &s->field[a]));
    if (separates && first >= 0) WEIR_TRY(weir_setup_same_formula(ctx, s->factor[first], s->factor[a], &separates));
    if (first < 0) first = a;
  }
  if (v->steady[0] || !separates) return WEIR_OK;
  for (int a = 0; a < WEIR_MAXDIM; a++)
    if (s->field[a] != NULL) v->user[a] = s->field[a];
  v->factor[0] = time_factor, v->factor_user[0] = s->factor[first];
  return WEIR_OK;
}

static weir_status bind_samples(weir_ctx *ctx, weir_setup *s)
{
  const weir_case *c = s->c;
  const weir_status st = weir_gridded_read(ctx, c, &s->gridded);
  char place[PLACE];
  if (st == WEIR_EIO)
    return WEIR_FAIL(ctx, st, "%s: velocity.file: %s", weir_case_where(c, "velocity.file", place, sizeof place),
                     weir_message(ctx));
  WEIR_TRY(weir_setup_blame(ctx, c, "velocity.file", st));
  WEIR_REQUIRE(c->equation == WEIR_CASE_TRANSPORT || s->gridded.samples.times == 1, ctx, WEIR_EFORMAT,
               "%s: %s: fokker-planck takes a steady drift, and this one is given at %td times",
               weir_case_where(c, "velocity.file", place, sizeof place), c->samples->file, s->gridded.samples.times);
  s->problem.velocity.samples = &s->gridded.samples;
  return WEIR_OK;
}

/* What depends on t as a whole is averaged at every stage: with no more points than the scheme's order asks for. The error of 3
 * points, h^6 f^(6)/2016000, is far below that of any scheme of order 6. */
static int choose_quadrature(weir_ctx *ctx, const weir_setup *s)
{
  const weir_problem *p = &s->problem;
  const weir_velocity *v = &p->velocity;
  const weir_case *c = s->c;
  const char *name = c->reconstruction != NULL ? c->reconstruction : WEIR_DEFAULT_SCHEME;
  const weir_recon *recon = weir_lookup(ctx, WEIR_KIND_RECON, name);
  if (c->quadrature_given || c->equation != WEIR_CASE_TRANSPORT || recon == NULL) return c->quadrature;
  const bool one = v->stream != NULL || v->potential[0] != NULL;
  bool whole = p->source != NULL && !p->source_steady && p->source_factor == NULL;
  for (int a = 0; a < (one ? 1 : c->dim); a++)
    whole = whole || (v->samples == NULL && !v->steady[a] && v->factor[a] == NULL);
  return !whole ? c->quadrature : recon->product > 0 ? 3 : 2;
}

static weir_status bind_fields(weir_ctx *ctx, weir_setup *s)
{
  const weir_case *c = s->c;
  weir_velocity *v = &s->problem.velocity;
  if (c->samples != NULL) return bind_samples(ctx, s);
  if (c->vector_potential[0] != NULL) return bind_potential(ctx, s);
  if (c->stream != NULL) return bind_field(ctx, s, 0, c->stream, &v->stream);
  for (int a = 0; a < c->dim; a++)
    if (c->velocity[a] != NULL)
      WEIR_TRY(bind_field(ctx, s, a, c->velocity[a], &v->component[a]));
    else
      v->steady[a] = true;
  return WEIR_OK;
}

static weir_status bind_source(weir_ctx *ctx, weir_setup *s)
{
  weir_problem *p = &s->problem;
  weir_expr *e = s->c->source;
  bool ok = false;
  if (e == NULL) return WEIR_OK;
  p->source = weir_case_point, p->source_user = e, p->source_steady = weir_case_steady(e);
  if (p->source_steady) return WEIR_OK;
  WEIR_TRY(weir_expr_separate(ctx, e, WEIR_CASE_T, &ok, &s->source_factor, &s->source_field));
  if (!ok) return WEIR_OK;
  p->source_user = s->source_field, p->source_factor = time_factor, p->source_factor_user = s->source_factor;
  return WEIR_OK;
}

weir_status weir_setup_bind_velocity(weir_ctx *ctx, weir_setup *s)
{
  WEIR_TRY(bind_fields(ctx, s));
  WEIR_TRY(bind_source(ctx, s));
  s->problem.velocity.quad = choose_quadrature(ctx, s);
  return WEIR_OK;
}

weir_status weir_setup_check_samples(weir_ctx *ctx, const weir_setup *s)
{
  const weir_case *c = s->c;
  if (c->samples == NULL) return WEIR_OK;
  const weir_status st = weir_samples_check(ctx, &s->gridded.samples, s->mesh, c->start, c->end);
  return weir_setup_blame(ctx, c, "velocity.file", st);
}
