/* A run that knows its error: three meshes of ratio 2 in step (formulas: weir/study.h).
 *
 *   If rho_h = rho + a h^p, then rho_2h - R rho_h = a (2^p - 1) h^p: the signs are kept, cell by cell. The order is measured from the same
 *   densities, at the same time. The two coarser runs cost 1/2^(dim+1) and 1/4^(dim+1) of the fine one. */
#include <weir/norms.h>
#include <weir/study.h>
#include "study/formal.h"
#include "study/setup.h"
#include <math.h>

enum { MESHES = 3, CELLS_LEAST = 8 }; /* ghost layers are 8 at most */
static const double order_least = 0.5;

struct weir_estimate {
  weir_setup *setup[MESHES]; /* h, 2h, 4h */
  weir_run *run[MESHES];
  double *down[MESHES]; /* on mesh k: the density of mesh k - 1 restricted (k > 0); down[0] is the error */
  weir_estimate_info info;
};

ptrdiff_t weir_estimate_start(const weir_case *c)
{
  ptrdiff_t start = 1;
  for (int a = 0; a < c->dim; a++)
    while (c->mesh.axis[a].n * start % 4 != 0 || c->mesh.axis[a].n * start / 4 < CELLS_LEAST) start *= 2;
  return start;
}

static weir_status fill(weir_ctx *ctx, const weir_case *c, ptrdiff_t num, ptrdiff_t den, const weir_study_options *opt,
                        weir_estimate *e)
{
  weir_convergence formal = {0};
  const int fixed_cfl = c->equation == WEIR_CASE_TRANSPORT && !(c->dt > 0) ? 1 : 0;
  WEIR_TRY(weir_study_formal(ctx, c, fixed_cfl, fixed_cfl, &formal));
  e->info = (weir_estimate_info){.formal = formal.formal, .order = formal.formal, .fs = 3, .observed = (double)NAN};
  for (int k = 0; k < MESHES; k++) {
    WEIR_TRY(weir_setup_create(ctx, c, num, den << k, opt, &e->setup[k]));
    const weir_mesh *m = e->setup[k]->mesh;
    for (int a = 0; a < m->dim; a++)
      WEIR_REQUIRE(
          m->axis[a].n >= CELLS_LEAST, ctx, WEIR_EFORMAT,
          "%s: an error bar needs three meshes; the coarsest would have %td cells along %c, at least %d expected",
          c->file, m->axis[a].n, "xyz"[a], (int)CELLS_LEAST);
    WEIR_TRY(weir_setup_start(ctx, e->setup[k], &e->run[k]));
    WEIR_TRY(weir_mesh_array(ctx, m, k > 0 ? "restricted density" : "estimated error", &e->down[k]));
  }
  return weir_estimate_advance(ctx, e, c->start);
}

weir_status weir_estimate_create(weir_ctx *ctx, const weir_case *c, ptrdiff_t num, ptrdiff_t den,
                                 const weir_study_options *opt, weir_estimate **out)
{
  void *block = NULL;
  *out = NULL;
  WEIR_REQUIRE(den >= 1 && den < 1 << 24, ctx, WEIR_EARG, "error bar: mesh refinement by %td/%td", num, den);
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_estimate), "error bar", &block));
  weir_estimate *e = block;
  const weir_status s = fill(ctx, c, num, den, opt, e);
  if (s == WEIR_OK)
    *out = e;
  else
    weir_estimate_destroy(&e);
  return s;
}

void weir_estimate_destroy(weir_estimate **e)
{
  if (e == NULL || *e == NULL) return;
  for (int k = 0; k < MESHES; k++) {
    weir_run_destroy(&(*e)->run[k]);
    weir_setup_destroy(&(*e)->setup[k]);
    weir_free((*e)->down[k]);
  }
  weir_free(*e);
  *e = NULL;
}

/* The order that three fields show, and how far it is trusted. */
static void observe(weir_estimate_info *info, double d21, double d32)
{
  const double p = d21 > 0 && d32 > 0 ? log2(d32 / d21) : (double)NAN, formal = info->formal;
  info->observed = p;
  info->fs = fabs(p - formal) <= 0.1 * formal ? 1.25 : 3; /* NaN: 3 */
  info->order = isnan(p) ? formal : fmin(fmax(order_least, p), fmax(formal, order_least));
}

weir_status weir_estimate_advance(weir_ctx *ctx, weir_estimate *e, double time)
{
  double d[MESHES];
  weir_norms n;
  for (int k = 0; k < MESHES; k++) WEIR_TRY(weir_run_advance(ctx, e->run[k], time));
  for (int k = 1; k < MESHES; k++) {
    WEIR_TRY(
        weir_mesh_restrict(ctx, e->setup[k - 1]->mesh, weir_run_density(e->run[k - 1]), e->setup[k]->mesh, e->down[k]));
    weir_norms_of(e->setup[k]->mesh, weir_run_density(e->run[k]), e->down[k], &n);
    d[k] = n.l1;
  }
  e->info.time = time;
  observe(&e->info, d[1], d[2]);
  const weir_mesh *m = e->setup[0]->mesh;
  const double *q = weir_run_density(e->run[0]);
  WEIR_TRY(weir_richardson_error(ctx, m, q, e->setup[1]->mesh, weir_run_density(e->run[1]), e->info.order, e->info.fs,
                                 e->down[0]));
  /* the injected error has on every coarse cell the factor times the difference there, so its norm is that of the difference */
  e->info.relative = d[1] * e->info.fs / (pow(2, e->info.order) - 1);
  weir_norms_of(m, q, q, &n);
  e->info.relative /= n.ref_l1;
  return WEIR_OK;
}

void weir_estimate_get(const weir_estimate *e, weir_estimate_info *out)
{
  *out = e->info;
}

const double *weir_estimate_error(const weir_estimate *e)
{
  return e->down[0];
}

const weir_setup *weir_estimate_setup(const weir_estimate *e)
{
  return e->setup[0];
}

const weir_run *weir_estimate_run(const weir_estimate *e)
{
  return e->run[0];
}
