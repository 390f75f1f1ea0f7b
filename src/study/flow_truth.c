/* The flow map of a case: velocities and divergence out of its formulas by symbolic differentiation, the factor of time taken out
 * where all components share it, the initial density as a function of points. */
#include "study/setup.h"
#include <weir/flowmap.h>
#include <math.h>

struct weir_flow_truth {
  weir_flowmap map;
  weir_expr *v[WEIR_MAXDIM], *factor, *divergence;
  const weir_case *c;
  weir_exact *start; /* initial data that are no formula; NULL if they are */
};

static double factor_at(void *user, double t)
{
  return weir_case_value(user, t, 0, NULL);
}

void weir_setup_exact_point(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  enum { CHUNK = 256 };
  const weir_exact *e = user;
  const int dim = weir_exact_dim(e);
  double p[CHUNK * WEIR_MAXDIM];
  for (ptrdiff_t i0 = 0; i0 < n; i0 += CHUNK) {
    const ptrdiff_t m = n - i0 < CHUNK ? n - i0 : CHUNK;
    for (ptrdiff_t i = 0; i < m; i++)
      for (int a = 0; a < dim; a++) p[i * dim + a] = x[a][i0 + i];
    weir_exact_log_density(e, t, m, p, out + i0);
    for (ptrdiff_t i = 0; i < m; i++) out[i0 + i] = exp(out[i0 + i]);
  }
}

static void start_point(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)t;
  weir_setup_exact_point(user, 0.0, n, x, out);
}

/* out = d_i f - d_j g; NULL functions are 0, both NULL never. */
static weir_status difference(weir_ctx *ctx, const weir_expr *f, int i, const weir_expr *g, int j, weir_expr **out)
{
  weir_expr *one = NULL, *two = NULL;
  weir_status s = f != NULL ? weir_expr_diff(ctx, f, i, &one) : weir_expr_number(ctx, 0.0, &one);
  if (s == WEIR_OK) s = g != NULL ? weir_expr_diff(ctx, g, j, &two) : weir_expr_number(ctx, 0.0, &two);
  if (s == WEIR_OK) s = weir_expr_combine(ctx, '-', one, two, out);
  weir_expr_destroy(&one);
  weir_expr_destroy(&two);
  return s;
}

/* v = (dPSI/dy, -dPSI/dx), v = curl A, or as given. */
static weir_status velocities(weir_ctx *ctx, weir_flow_truth *f)
{
  const weir_case *c = f->c;
  weir_expr *const *A = c->vector_potential;
  WEIR_REQUIRE(c->samples == NULL, ctx, WEIR_EARG,
               "flow-map needs the velocity as formulas, this case takes it from a file");
  if (c->stream != NULL) {
    WEIR_TRY(weir_expr_diff(ctx, c->stream, WEIR_CASE_Y, &f->v[0]));
    return difference(ctx, NULL, 0, c->stream, WEIR_CASE_X, &f->v[1]);
  }
  for (int a = 0; a < c->dim; a++) {
    const int b = (a + 1) % 3, d = (a + 2) % 3;
    if (A[0] != NULL)
      WEIR_TRY(difference(ctx, A[d], WEIR_CASE_X + b, A[b], WEIR_CASE_X + d, &f->v[a]));
    else if (c->velocity[a] != NULL)
      WEIR_TRY(weir_expr_copy(ctx, c->velocity[a], &f->v[a]));
  }
  return WEIR_OK;
}

static weir_status diverge(weir_ctx *ctx, weir_flow_truth *f)
{
  if (f->c->stream != NULL || f->c->vector_potential[0] != NULL) return WEIR_OK;
  for (int a = 0; a < f->c->dim; a++) {
    weir_expr *d = NULL, *sum = NULL;
    if (f->v[a] == NULL) continue;
    WEIR_TRY(weir_expr_diff(ctx, f->v[a], WEIR_CASE_X + a, &d));
    if (f->divergence == NULL) {
      f->divergence = d;
      continue;
    }
    const weir_status s = weir_expr_combine(ctx, '+', f->divergence, d, &sum);
    weir_expr_destroy(&d);
    WEIR_TRY(s);
    weir_expr_destroy(&f->divergence);
    f->divergence = sum;
  }
  double value = 1.0;
  if (f->divergence != NULL && weir_expr_is_constant(f->divergence, &value) && value == 0.0)
    weir_expr_destroy(&f->divergence);
  return WEIR_OK;
}

/* v_a = g(t) w_a(x) with one g for all: then v becomes w. */
static weir_status take_out_factor(weir_ctx *ctx, weir_flow_truth *f)
{
  weir_expr *g[WEIR_MAXDIM] = {NULL}, *w[WEIR_MAXDIM] = {NULL};
  bool ok = true;
  weir_status s = WEIR_OK;
  int first = -1;
  for (int a = 0; a < f->c->dim && s == WEIR_OK && ok; a++) {
    if (f->v[a] == NULL) continue;
    s = weir_expr_separate(ctx, f->v[a], WEIR_CASE_T, &ok, &g[a], &w[a]);
    if (s == WEIR_OK && ok && first >= 0) s = weir_setup_same_formula(ctx, g[first], g[a], &ok);
    if (first < 0) first = a;
  }
  if (s == WEIR_OK && ok && first >= 0 && !weir_case_steady(g[first])) {
    f->factor = g[first], g[first] = NULL;
    for (int a = 0; a < f->c->dim; a++) {
      if (w[a] == NULL) continue;
      weir_expr_destroy(&f->v[a]);
      f->v[a] = w[a], w[a] = NULL;
    }
  }
  for (int a = 0; a < WEIR_MAXDIM; a++) weir_expr_destroy(&g[a]), weir_expr_destroy(&w[a]);
  return s;
}

static weir_status bind_start(weir_ctx *ctx, weir_flow_truth *f)
{
  if (f->c->initial == WEIR_CASE_INITIAL_EXPRESSION) {
    f->map.initial = weir_case_point, f->map.initial_user = f->c->initial_expr;
    return WEIR_OK;
  }
  WEIR_TRY(weir_setup_initial_exact(ctx, f->c, &f->start));
  f->map.initial = start_point, f->map.initial_user = f->start;
  return WEIR_OK;
}

static weir_status fill(weir_ctx *ctx, weir_flow_truth *f)
{
  const weir_case *c = f->c;
  weir_flowmap *m = &f->map;
  WEIR_TRY(velocities(ctx, f));
  WEIR_TRY(take_out_factor(ctx, f));
  WEIR_TRY(diverge(ctx, f));
  WEIR_TRY(bind_start(ctx, f));
  m->dim = c->dim, m->start = c->start, m->boxed = true, m->tolerance = c->flow_tolerance;
  for (int a = 0; a < c->dim; a++) {
    if (f->v[a] != NULL) m->velocity[a] = weir_case_point, m->velocity_user[a] = f->v[a];
    m->lo[a] = c->mesh.axis[a].lo, m->hi[a] = c->mesh.axis[a].hi;
    if (c->mesh.axis[a].grading == WEIR_LISTED)
      m->lo[a] = c->mesh.axis[a].node[0], m->hi[a] = c->mesh.axis[a].node[c->mesh.axis[a].n];
  }
  if (f->divergence != NULL) m->divergence = weir_case_point, m->divergence_user = f->divergence;
  if (f->factor != NULL) m->factor = factor_at, m->factor_user = f->factor;
  weir_case_boundary(c, &m->boundary);
  return WEIR_OK;
}

weir_status weir_flow_truth_create(weir_ctx *ctx, const weir_case *c, weir_flow_truth **out)
{
  void *block = NULL;
  *out = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_flow_truth), "flow map", &block));
  weir_flow_truth *f = block;
  f->c = c;
  const weir_status s = fill(ctx, f);
  if (s == WEIR_OK)
    *out = f;
  else
    weir_flow_truth_destroy(&f);
  return s;
}

void weir_flow_truth_destroy(weir_flow_truth **f)
{
  if (*f == NULL) return;
  for (int a = 0; a < WEIR_MAXDIM; a++) weir_expr_destroy(&(*f)->v[a]);
  weir_expr_destroy(&(*f)->factor);
  weir_expr_destroy(&(*f)->divergence);
  weir_exact_destroy(&(*f)->start);
  weir_free(*f);
  *f = NULL;
}

const weir_flowmap *weir_flow_truth_map(const weir_flow_truth *f)
{
  return &f->map;
}
