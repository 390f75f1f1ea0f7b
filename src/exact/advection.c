/* Constant advection: v constant, rho(t,x) = rho0(x - v t), on the whole space or wrapped into a periodic box.
 * The profiles rho0 are in advection_profile.c. */
#include "exact/advection.h"
#include "exact/classes.h"
#include <math.h>
#include <string.h>

static const weir_exact_param params[] = {
    [PROFILE] = {"profile", WEIR_EXACT_WORD, WEIR_EXACT_REQUIRED, 0.0, NULL, "sine, sin4, gaussian or indicator"},
    [VELOCITY] = {"velocity", WEIR_EXACT_VECTOR, WEIR_EXACT_REQUIRED, 0.0, NULL, "v [length/time]"},
    [LO] = {"lo", WEIR_EXACT_VECTOR, WEIR_EXACT_OPTIONAL, 0.0, NULL,
            "lower corner of the periodic box; absent: whole space"},
    [HI] = {"hi", WEIR_EXACT_VECTOR, WEIR_EXACT_OPTIONAL, 0.0, NULL, "upper corner of the periodic box"},
    [LEVEL] = {"level", WEIR_EXACT_SCALAR, WEIR_EXACT_OPTIONAL, 1.0, NULL,
               "sine, sin4, indicator: density scale > 0; absent: 1"},
    [AMPLITUDE] = {"amplitude", WEIR_EXACT_SCALAR, WEIR_EXACT_OPTIONAL, 0.5, NULL, "sine: a, |a| <= 1; absent: 0.5"},
    [WAVE] = {"wave", WEIR_EXACT_VECTOR, WEIR_EXACT_OPTIONAL, 1.0, NULL,
              "sine, sin4: whole wave numbers k; absent: 1 on every axis"},
    [PHASE] = {"phase", WEIR_EXACT_SCALAR, WEIR_EXACT_OPTIONAL, 0.0, NULL, "sine: phase [radian]; absent: 0"},
    [FROM] = {"from", WEIR_EXACT_VECTOR, WEIR_EXACT_OPTIONAL, 0.0, NULL, "indicator: lower corner at t = 0"},
    [TO] = {"to", WEIR_EXACT_VECTOR, WEIR_EXACT_OPTIONAL, 0.0, NULL, "indicator: upper corner at t = 0"},
    [MEAN] = {"mean", WEIR_EXACT_POINTS, WEIR_EXACT_OPTIONAL, 0.0, NULL, "gaussian: means at t = 0 [length]"},
    [COVARIANCE] = {"covariance", WEIR_EXACT_MATRICES, WEIR_EXACT_OPTIONAL, 1.0, NULL,
                    "gaussian: covariances [length^2], one for each mean or one for all"},
    [WEIGHT] = {"weight", WEIR_EXACT_WEIGHTS, WEIR_EXACT_OPTIONAL, 0.0, NULL, "gaussian: masses; absent: equal, sum 1"},
};

static const char who[] = "advection";

/* ------------------------------------------------------------------ the class */
#define BIT(k) (1U << (k))

static weir_status find_profile(weir_ctx *ctx, const char *name, const profile **out)
{
  for (size_t k = 0; k < advection_profile_count; k++)
    if (strcmp(advection_profiles[k].name, name) == 0) {
      *out = &advection_profiles[k];
      return WEIR_OK;
    }
  return WEIR_FAIL(ctx, WEIR_EARG, "%s: parameter 'profile' is '%.40s', expected sine, sin4, gaussian or indicator",
                   who, name);
}

static weir_status check_given(weir_ctx *ctx, const profile *p, const weir_exact_arg *arg)
{
  for (int k = LO; k < NPARAM; k++) {
    const bool given = arg[k].value != NULL, takes = k == LO || k == HI || (p->takes & BIT(k)) != 0;
    WEIR_REQUIRE(!given || takes, ctx, WEIR_EARG, "%s: parameter '%s' has no meaning for profile '%s'", who,
                 params[k].name, p->name);
  }
  for (int k = LO; k < NPARAM; k++)
    WEIR_REQUIRE(arg[k].value != NULL || (p->needs & BIT(k)) == 0, ctx, WEIR_EARG,
                 "%s: profile '%s' needs parameter '%s'", who, p->name, params[k].name);
  WEIR_REQUIRE((arg[LO].value == NULL) == (arg[HI].value == NULL), ctx, WEIR_EARG,
               "%s: parameter '%s' is missing: a periodic box has both lo and hi", who,
               arg[LO].value == NULL ? "lo" : "hi");
  return WEIR_OK;
}

static weir_status bind(weir_ctx *ctx, advection *s, const weir_exact_arg *arg)
{
  WEIR_TRY(find_profile(ctx, arg[PROFILE].text, &s->p));
  WEIR_TRY(check_given(ctx, s->p, arg));
  s->wrap = arg[LO].value != NULL;
  if (s->wrap) WEIR_TRY(box_check(ctx, who, s->d, arg[LO].value, arg[HI].value));
  for (int a = 0; a < WEIR_MAXDIM; a++) s->len[a] = 1.0;
  for (int a = 0; a < s->d; a++) {
    s->v[a] = arg[VELOCITY].value[a];
    s->lo[a] = s->wrap ? arg[LO].value[a] : 0.0;
    s->len[a] = s->wrap ? arg[HI].value[a] - arg[LO].value[a] : 1.0;
    s->wave[a] = arg[WAVE].value != NULL ? arg[WAVE].value[a] : params[WAVE].fallback;
  }
  s->level = arg[LEVEL].value != NULL ? arg[LEVEL].value[0] : params[LEVEL].fallback;
  s->amplitude = arg[AMPLITUDE].value != NULL ? arg[AMPLITUDE].value[0] : params[AMPLITUDE].fallback;
  s->phase = arg[PHASE].value != NULL ? arg[PHASE].value[0] : params[PHASE].fallback;
  WEIR_REQUIRE(s->level > 0.0, ctx, WEIR_EARG, "%s: parameter 'level' is %.17g, expected > 0", who, s->level);
  WEIR_TRY(whole_check(ctx, who, "wave", s->d, s->wave));
  return s->p->bind(ctx, s, arg);
}

static void destroy(void *self)
{
  advection *s = self;
  affine_destroy(s->g);
  weir_free(s);
}

static weir_status create(weir_ctx *ctx, int d, const weir_exact_arg *arg, void **self)
{
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(advection), "advection", &p));
  advection *s = p;
  s->d = d;
  const weir_status status = bind(ctx, s, arg);
  if (status != WEIR_OK)
    destroy(s);
  else
    *self = s;
  return status;
}

static weir_status exists(weir_ctx *ctx, const void *self, double t)
{
  (void)self;
  WEIR_REQUIRE(isfinite(t), ctx, WEIR_EARG, "%s: no solution at t = %g", who, t);
  return WEIR_OK;
}

static void log_density(const void *self, double t, ptrdiff_t n, const double *x, double *out)
{
  const advection *s = self;
  s->p->log_density(s, t, n, x, out);
}

static weir_status average(weir_ctx *ctx, const void *self, const weir_mesh *m, double t, double *cells)
{
  const advection *s = self;
  return s->p->average(ctx, s, m, t, cells);
}

static bool velocity(const void *self, double t, ptrdiff_t n, const double *x, double *v)
{
  const advection *s = self;
  (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n * s->d; i++) v[i] = s->v[i % s->d];
  return true;
}

static double mass(const void *self, double t)
{
  const advection *s = self;
  return isfinite(t) ? s->p->mass(s) : (double)NAN;
}

static bool moments(const void *self, double t, double *mean, double *cov)
{
  const advection *s = self;
  return s->p->moments != NULL && s->p->moments(s, t, mean, cov);
}

const weir_exact_class weir_exact_advection = {
    .abi = WEIR_EXACT_ABI,
    .name = "advection",
    .formula = "d_t rho + v.grad rho = 0;  rho(t,x) = rho0(x - v t)",
    .cite = "d'Alembert 1747",
    .flags = WEIR_EXACT_HAS_VELOCITY | WEIR_EXACT_HAS_MOMENTS,
    .maxdim = WEIR_MAXDIM,
    .nparam = NPARAM,
    .param = params,
    .create = create,
    .destroy = destroy,
    .exists = exists,
    .log_density = log_density,
    .average = average,
    .velocity = velocity,
    .mass = mass,
    .moments = moments,
};
