/* Exact solutions: the registry's rows and the instances' common entry points. The work is in one file for each class. */
#include <weir/exact.h>
#include "exact/classes.h"
#include <math.h>

struct weir_exact {
  const weir_exact_class *class;
  int dim;
  void *self;
};

weir_status weir_exact_register(weir_ctx *ctx)
{
  static const weir_exact_class *const table[] = {
#define WEIR_EXACT(t) &(t),
#include "exact/exact.def"
#undef WEIR_EXACT
      NULL,
  };
  for (int k = 0; table[k] != NULL; k++) WEIR_TRY(weir_register(ctx, WEIR_KIND_EXACT, table[k]->name, table[k]));
  return WEIR_OK;
}

weir_status weir_exact_create(weir_ctx *ctx, const char *name, int dim, int nparam, const weir_param *param,
                              weir_exact **out)
{
  *out = NULL;
  const void *item = NULL;
  WEIR_TRY(weir_find(ctx, WEIR_KIND_EXACT, name, &item));
  const weir_exact_class *c = item;
  WEIR_REQUIRE(c->abi == WEIR_EXACT_ABI && c->nparam <= WEIR_EXACT_MAXPARAM, ctx, WEIR_EARG,
               "the exact solution '%s' was built for another version of weir", c->name);
  WEIR_REQUIRE(dim >= 1 && dim <= c->maxdim, ctx, WEIR_EARG, "%s: dimension %d, expected 1 .. %d", c->name, dim,
               c->maxdim);
  weir_exact_arg arg[WEIR_EXACT_MAXPARAM];
  double *store = NULL;
  void *p = NULL;
  WEIR_TRY(exact_bind(ctx, c, dim, nparam, param, arg, &store));
  weir_status s = weir_alloc(ctx, 1, sizeof(weir_exact), "exact solution", &p);
  weir_exact *e = p;
  if (s == WEIR_OK) s = c->create(ctx, dim, arg, &e->self);
  weir_free(store);
  if (s != WEIR_OK) {
    weir_free(e);
    return s;
  }
  e->class = c, e->dim = dim;
  *out = e;
  return WEIR_OK;
}

void weir_exact_destroy(weir_exact **e)
{
  if (e == NULL || *e == NULL) return;
  (*e)->class->destroy((*e)->self);
  weir_free(*e);
  *e = NULL;
}

const weir_exact_class *weir_exact_class_of(const weir_exact *e)
{
  return e->class;
}

int weir_exact_dim(const weir_exact *e)
{
  return e->dim;
}

weir_status weir_exact_exists(weir_ctx *ctx, const weir_exact *e, double t)
{
  return e->class->exists(ctx, e->self, t);
}

void weir_exact_log_density(const weir_exact *e, double t, ptrdiff_t n, const double *x, double *out)
{
  e->class->log_density(e->self, t, n, x, out);
}

weir_status weir_exact_cell_average(weir_ctx *ctx, const weir_exact *e, const weir_mesh *m, double t, double *cells)
{
  WEIR_REQUIRE(m->dim == e->dim, ctx, WEIR_EARG, "%s: the solution has dimension %d, the mesh %d", e->class->name,
               e->dim, m->dim);
  WEIR_TRY(e->class->exists(ctx, e->self, t));
  return e->class->average(ctx, e->self, m, t, cells);
}

bool weir_exact_velocity(const weir_exact *e, double t, ptrdiff_t n, const double *x, double *v)
{
  return e->class->velocity != NULL && e->class->velocity(e->self, t, n, x, v);
}

double weir_exact_mass(const weir_exact *e, double t)
{
  return e->class->exists(NULL, e->self, t) == WEIR_OK ? e->class->mass(e->self, t) : (double)NAN;
}

bool weir_exact_moments(const weir_exact *e, double t, double *mean, double *cov)
{
  return e->class->moments != NULL && e->class->exists(NULL, e->self, t) == WEIR_OK &&
         e->class->moments(e->self, t, mean, cov);
}

bool weir_exact_jko_map(const weir_exact *e, int k, ptrdiff_t n, const double *x, double *y)
{
  return e->class == &weir_exact_gaussian_jko && exact_jko_map(e->self, k, n, x, y);
}
