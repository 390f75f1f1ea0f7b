/* The laws in order, and how their outcomes become checks. */
#include "laws/law.h"
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct recon_entry {
  const char *name;
  weir_recon_law *law;
  unsigned claim;  /* 0 = of every scheme; else of those that claim it */
  unsigned waiver; /* claims that waive it */
  int order;       /* of schemes of at least this order */
} recon_law[] = {
    {"reach", weir_law_reach, 0, 0, 0},
    {"constants", weir_law_constants, 0, 0, 0},
    {"odd", weir_law_odd, 0, WEIR_NONNEG_ONLY, 0},
    {"scale", weir_law_scale, 0, 0, 0},
    {"mirror", weir_law_mirror, 0, 0, 0},
    {"shift", weir_law_shift, 0, 0, 0},
    {"upwind", weir_law_upwind, 0, 0, 0},
    {"flux", weir_law_flux, 0, 0, 0},
    {"axis", weir_law_axis, 0, 0, 0},
    {"uniform", weir_law_uniform, 0, 0, 0},
    {"linear-data", weir_law_linear_data, 0, 0, 2},
    {"order", weir_law_order, 0, 0, 0},
    {"linear", weir_law_linear, WEIR_LINEAR, 0, 0},
    {"bounds", weir_law_bounds, WEIR_TVD, 0, 0},
    {"tvd", weir_law_tvd, WEIR_TVD, 0, 0},
    {"positive", weir_law_positive, WEIR_POSITIVE, 0, 0},
    {"constant-run", weir_law_constant_run, 0, 0, 0},
    {"mass", weir_law_mass, 0, 0, 0},
    {"odd-run", weir_law_odd_run, 0, WEIR_NONNEG_ONLY, 0},
    {"mirror-run", weir_law_mirror_run, 0, 0, 0},
    {"shift-run", weir_law_shift_run, 0, 0, 0},
    {"axis-run", weir_law_axis_run, 0, 0, 0},
    {"embedding", weir_law_embedding, 0, 0, 0},
    {"order-2d", weir_law_order_2d, 0, 0, 0},
    {"order-compressible", weir_law_order_compressible, 0, 0, 0},
    {"order-3d", weir_law_order_3d, 0, 0, 0},
};

static const struct stepper_entry {
  const char *name;
  weir_stepper_law *law;
} stepper_law[] = {
    {"weights", weir_law_weights},
    {"times", weir_law_times},
    {"order", weir_law_trees},
    {"ssp", weir_law_ssp},
    {"order-run", weir_law_order_run},
    {"mass", weir_law_stepper_mass},
    {"positive", weir_law_stepper_positive},
};

void weir_offend(weir_offence *o, double got, double want, const char *fmt, ...)
{
  if (o->broken) return;
  o->broken = true;
  o->got = got, o->want = want;
  va_list ap;
  va_start(ap, fmt);
  (void)vsnprintf(o->text, sizeof o->text, fmt, ap);
  va_end(ap);
}

static weir_status enter(weir_ctx *ctx, weir_verdict *v, const char *law, const char *scheme, const weir_offence *o)
{
  weir_check *c = NULL;
  WEIR_TRY(weir_verdict_add(ctx, v, law, scheme, -1, (double)NAN, &c));
  c->outcome = o->broken ? WEIR_FAILED : WEIR_PASS;
  c->value = o->got, c->expected = o->want;
  if (!o->broken) return WEIR_OK;
  (void)snprintf(c->text, sizeof c->text, "%.170s: %.17g, expected %.17g", o->text, o->got, o->want);
  return WEIR_OK;
}

weir_status weir_laws_recon(weir_ctx *ctx, const weir_recon *s, weir_verdict *v)
{
  WEIR_TRY(weir_laws_recon_table(ctx, s));
  WEIR_REQUIRE(weir_lookup(ctx, WEIR_KIND_RECON, s->name) == s, ctx, WEIR_ENOTFOUND, "scheme %s is not registered",
               s->name);
  for (size_t k = 0; k < sizeof recon_law / sizeof recon_law[0]; k++) {
    const struct recon_entry *e = &recon_law[k];
    weir_offence o = {.got = (double)NAN, .want = (double)NAN};
    weir_check *c = NULL;
    if ((e->claim != 0 && !(s->claims & e->claim)) || s->order < e->order) continue;
    if (e->law == weir_law_flux && s->flux == NULL) continue;
    if (s->claims & e->waiver) {
      WEIR_TRY(weir_verdict_add(ctx, v, e->name, s->name, -1, (double)NAN, &c));
      (void)snprintf(c->text, sizeof c->text, "waived: the scheme is declared for q >= 0 only");
      continue;
    }
    WEIR_TRY(e->law(ctx, s, &o));
    WEIR_TRY(enter(ctx, v, e->name, s->name, &o));
    if (o.broken && e->law == weir_law_reach) break; /* to run it on would read and write foreign memory */
  }
  return WEIR_OK;
}

weir_status weir_laws_stepper(weir_ctx *ctx, const weir_stepper *s, weir_verdict *v)
{
  WEIR_TRY(weir_laws_stepper_table(ctx, s));
  WEIR_REQUIRE(weir_lookup(ctx, WEIR_KIND_STEPPER, s->name) == s, ctx, WEIR_ENOTFOUND, "stepper %s is not registered",
               s->name);
  for (size_t k = 0; k < sizeof stepper_law / sizeof stepper_law[0]; k++) {
    weir_offence o = {.got = (double)NAN, .want = (double)NAN};
    WEIR_TRY(stepper_law[k].law(ctx, s, &o));
    WEIR_TRY(enter(ctx, v, stepper_law[k].name, s->name, &o));
  }
  return WEIR_OK;
}

/* ---------------------------------------------------------------- tables from outside */
static weir_status name_of(weir_ctx *ctx, const char *name)
{
  enum { MOST = 23 };
  WEIR_REQUIRE(name != NULL && name[0] != '\0', ctx, WEIR_EARG, "a table has no name");
  const size_t good = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-");
  WEIR_REQUIRE(good == strnlen(name, MOST + 1) && good <= MOST, ctx, WEIR_EARG,
               "scheme '%.40s': a name of 1 to %d characters of a-z, 0-9, '.' and '-' expected", name, MOST);
  return WEIR_OK;
}

weir_status weir_laws_recon_table(weir_ctx *ctx, const weir_recon *s)
{
  WEIR_REQUIRE(s->abi == WEIR_SCHEME_ABI, ctx, WEIR_EARG,
               "a scheme table has abi %u, %d expected: compile it with this weir's headers", (unsigned)s->abi,
               (int)WEIR_SCHEME_ABI);
  WEIR_TRY(name_of(ctx, s->name));
  WEIR_REQUIRE(s->row != NULL, ctx, WEIR_EARG, "scheme %s has no kernel (row)", s->name);
  WEIR_REQUIRE(s->order >= 1, ctx, WEIR_EARG, "scheme %s: order %d, at least 1 expected", s->name, s->order);
  WEIR_REQUIRE(s->ghost >= 1 && s->ghost <= WEIR_RECON_MAXGHOST, ctx, WEIR_EARG,
               "scheme %s: ghost %d, 1 to %d expected", s->name, s->ghost, (int)WEIR_RECON_MAXGHOST);
  WEIR_REQUIRE(s->linear == 0 || s->linear == 4 || s->linear == 5 || s->linear == 7 || s->linear == 9, ctx, WEIR_EARG,
               "scheme %s: linear = %d, 0, 4, 5, 7 or 9 expected", s->name, s->linear);
  WEIR_REQUIRE(s->product == 0 || ((s->product == 4 || s->product == 6) && s->ghost >= 2), ctx, WEIR_EARG,
               "scheme %s: product = %d with %d ghost layers; 0, or 4 or 6 with 2 layers at least expected", s->name,
               s->product, s->ghost);
  WEIR_REQUIRE(s->linear == 0 || (s->claims & (WEIR_TVD | WEIR_POSITIVE)) == 0, ctx, WEIR_EARG,
               "scheme %s: TVD and positivity are claimed up to a CFL number, which linear = %d leaves out", s->name,
               s->linear);
  WEIR_REQUIRE((s->cfl > 0 || s->linear > 0) && isfinite(s->cfl), ctx, WEIR_EARG,
               "scheme %s: cfl %g, a positive number expected", s->name, s->cfl);
  WEIR_REQUIRE(s->ncoef >= 0 && s->ncoef <= WEIR_RECON_MAXCOEF, ctx, WEIR_EARG, "scheme %s: ncoef %d, 0 to %d expected",
               s->name, s->ncoef, (int)WEIR_RECON_MAXCOEF);
  WEIR_REQUIRE(s->ncoef == 0 || s->coef != NULL, ctx, WEIR_EARG,
               "scheme %s has %d coefficients and no function for them (coef)", s->name, s->ncoef);
  return WEIR_OK;
}

weir_status weir_laws_stepper_table(weir_ctx *ctx, const weir_stepper *s)
{
  WEIR_TRY(name_of(ctx, s->name));
  WEIR_REQUIRE(s->stages >= 1 && s->stages <= WEIR_RK_MAXSTAGE, ctx, WEIR_EARG,
               "stepper %s: %d stages, 1 to %d expected", s->name, s->stages, (int)WEIR_RK_MAXSTAGE);
  WEIR_REQUIRE(s->order >= 1, ctx, WEIR_EARG, "stepper %s: order %d, at least 1 expected", s->name, s->order);
  WEIR_REQUIRE(s->ssp > 0 && isfinite(s->ssp), ctx, WEIR_EARG,
               "stepper %s: SSP coefficient %g, a positive number expected", s->name, s->ssp);
  for (int k = 0; k < s->stages; k++) {
    const weir_rk_stage *g = &s->stage[k];
    WEIR_REQUIRE(isfinite(g->time + g->s + g->e + g->B + g->A + g->g + g->c), ctx, WEIR_EARG,
                 "stepper %s: stage %d holds a number that is not finite", s->name, k);
  }
  return WEIR_OK;
}
