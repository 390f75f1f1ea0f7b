#include "gauss.h"
#include "check.h"
#include <math.h>
#include <string.h>

gauss gauss_make(int dim)
{
  gauss g = {.dim = dim, .mean = {.5, -.3, .2}, .mass = 1, .fail_at = -1};
  const double L[3][3] = {{1, 0, 0}, {.3, .7, 0}, {-.1, .2, .8}};
  memcpy(g.L, L, sizeof L);
  return g;
}

static double component(const gauss *g, const double *x, double shift)
{
  double z[3], log_rho = -0.5 * g->dim * log(2 * WEIR_PI);
  for (int a = 0; a < g->dim; a++) {
    double r = x[a] - g->mean[a] - (a == 0 ? shift : 0);
    for (int b = 0; b < a; b++) r -= g->L[a][b] * z[b];
    z[a] = r / g->L[a][a];
    log_rho -= 0.5 * z[a] * z[a] + log(g->L[a][a]);
  }
  return log_rho;
}

double gauss_log(const gauss *g, const double *x)
{
  const double first = component(g, x, 0);
  if (!(g->other > 0)) return first;
  return log((1 - g->other) * exp(first) + g->other * exp(component(g, x, g->apart)));
}

void gauss_sample(const gauss *g, weir_rng *rng, double *x)
{
  double z[3];
  const bool second = g->other > 0 && weir_rng_uniform(rng) < g->other;
  for (int a = 0; a < g->dim; a++) {
    z[a] = weir_rng_normal(rng);
    x[a] = g->mean[a] + (a == 0 && second ? g->apart : 0);
    for (int b = 0; b <= a; b++) x[a] += g->L[a][b] * z[b];
  }
}

static void density(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const gauss *g = user;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double p[3] = {x[0][i], g->dim > 1 ? x[1][i] : 0, g->dim > 2 ? x[2][i] : 0};
    out[i] = exp(gauss_log(g, p));
  }
}

void gauss_mesh(weir_ctx *ctx, gauss *g, ptrdiff_t n, double half, weir_grading rule, double grade)
{
  weir_mesh_spec s = {.dim = g->dim};
  for (int a = 0; a < g->dim; a++)
    s.axis[a] = (weir_axis_spec){.n = n, .lo = -half, .hi = half, .grading = rule, .grade = grade};
  check_ok(ctx, weir_mesh_create(ctx, &s, &g->mesh));
  check_ok(ctx, weir_mesh_array(ctx, g->mesh, "truth", &g->rho));
  check_ok(ctx, weir_cell_average(ctx, g->mesh, density, g, 0, 6, g->rho));
}

void gauss_clear(gauss *g)
{
  weir_mesh_destroy(&g->mesh);
  weir_free(g->rho), weir_free(g->error);
}

static void log_density(void *user, ptrdiff_t n, int dim, const double *x, double *out)
{
  for (ptrdiff_t i = 0; i < n; i++) out[i] = gauss_log(user, x + i * dim);
}

weir_status gauss_truth(void *user, weir_ctx *ctx, int step, double time, weir_truth *out)
{
  gauss *g = user;
  if (step == g->fail_at) return WEIR_FAIL(ctx, WEIR_ENUMERIC, "no truth at step %d", step);
  out->time = time, out->mesh = g->mesh, out->rho = g->rho, out->mass = g->mass, out->unit = g->unit;
  out->error = g->error, out->error_signed = g->error_signed;
  if (g->exact_log) out->log_density = log_density, out->user = g;
  return WEIR_OK;
}

weir_cloud *gauss_cloud(weir_ctx *ctx, const gauss *g, int steps, ptrdiff_t n, uint64_t seed, bool carried)
{
  ptrdiff_t count[64];
  weir_cloud *c = NULL;
  weir_rng rng;
  for (int k = 0; k < steps; k++) count[k] = n;
  check_ok(ctx, weir_cloud_create(ctx, g->dim, steps, count, &c));
  if (carried) check_ok(ctx, weir_cloud_add(ctx, c, WEIR_CLOUD_LOGRHO));
  c->has_time = true;
  weir_rng_seed(&rng, seed, 77);
  for (ptrdiff_t i = 0; i < n; i++) gauss_sample(g, &rng, c->x[0] + i * g->dim);
  for (int k = 0; k < steps; k++) {
    c->time[k] = 0.1 * k;
    if (k > 0) memcpy(c->x[k], c->x[0], (size_t)(n * g->dim) * sizeof(double));
    for (ptrdiff_t i = 0; carried && i < n; i++) c->logrho[k][i] = gauss_log(g, c->x[k] + i * g->dim);
  }
  return c;
}

const weir_check *find_check(const weir_verdict *v, const char *check, const char *statistic, int step)
{
  for (int i = 0; i < v->n; i++)
    if (strcmp(v->check[i].check, check) == 0 && strcmp(v->check[i].statistic, statistic) == 0 &&
        v->check[i].step == step)
      return &v->check[i];
  return NULL;
}

double counts_p(const weir_verdict *v, int step, bool *failed)
{
  double p = 1;
  *failed = false;
  for (int i = 0; i < v->n; i++) {
    const weir_check *c = &v->check[i];
    if (strcmp(c->check, "counts") != 0 || c->step != step) continue;
    *failed = *failed || c->outcome == WEIR_FAILED;
    if (c->p < p) p = c->p;
  }
  return p;
}
