/* Which limiter a transport run gets (weir/solve.h), and when AUTO gives it up. */
#include "solve/transport.h"
#include <math.h>
#include <string.h>

static const char *const names[] = {[WEIR_LIMITER_AUTO] = "auto",
                                    [WEIR_LIMITER_NONE] = "none",
                                    [WEIR_LIMITER_POSITIVE] = "positive",
                                    [WEIR_LIMITER_BOUNDS] = "bounds"};
enum { COUNT = sizeof names / sizeof names[0] };

const char *weir_limiter_name(weir_limiter l)
{
  return (int)l >= 0 && (int)l < COUNT ? names[l] : "?";
}

weir_status weir_limiter_find(weir_ctx *ctx, const char *name, weir_limiter *out)
{
  for (int k = 0; k < COUNT; k++) {
    if (strcmp(name, names[k]) != 0) continue;
    *out = (weir_limiter)k;
    return WEIR_OK;
  }
  return WEIR_FAIL(ctx, WEIR_ENOTFOUND, "no limiter '%s'; auto, none, positive or bounds expected", name);
}

/* No sink and no entering density below 0 at the time of the data. */
static bool keeps_sign(const weir_run *run, const weir_transport *tr)
{
  if (tr->source != NULL && tr->lost < 0.0) return false;
  for (int a = 0; a < run->mesh->dim; a++)
    for (int side = 0; side < 2; side++) {
      const double *enter = tr->entering[a][side];
      for (ptrdiff_t i = 0; enter != NULL && i < weir_side_len(run->mesh, a); i++)
        if (enter[i] < 0.0) return false;
    }
  return true;
}

static void report(weir_run *run, const weir_transport *tr)
{
  run->stats.limiter = tr->bounds ? WEIR_LIMITER_BOUNDS : tr->positive ? WEIR_LIMITER_POSITIVE : WEIR_LIMITER_NONE;
}

void weir_transport_limiter_see(weir_run *run, weir_transport *tr)
{
  if (!tr->positive || run->options.limiter == WEIR_LIMITER_POSITIVE || keeps_sign(run, tr)) return;
  tr->positive = false;
  report(run, tr);
}

weir_status weir_transport_limiter_create(weir_ctx *ctx, weir_run *run, const weir_recon *recon, weir_transport *tr)
{
  const weir_limiter asked = run->options.limiter;
  const bool nonnegative = run->stats.min_rho >= 0.0, fits = weir_stepper_euler(tr->stepper, tr->euler);
  double most = 0.0;
  WEIR_REQUIRE((int)asked >= 0 && (int)asked < COUNT, ctx, WEIR_EARG, "limiter %d; 0 to %d expected", (int)asked,
               COUNT - 1);
  run->stats.theta = 1.0;
  if (tr->adv == NULL) { /* whole steps: the limiters need the fluxes of Euler steps */
    WEIR_REQUIRE(asked <= WEIR_LIMITER_NONE, ctx, WEIR_EUNSUPPORTED,
                 "limiter %s with scheme %s, which takes whole steps", names[asked], recon->name);
    report(run, tr);
    return WEIR_OK;
  }
  for (int k = 0; k < tr->stepper->stages; k++) most = fmax(most, tr->euler[k]);
  if (asked == WEIR_LIMITER_POSITIVE || asked == WEIR_LIMITER_BOUNDS)
    WEIR_REQUIRE(fits, ctx, WEIR_EARG, "limiter %s: the stages of stepper %s are no combinations of Euler steps",
                 names[asked], tr->stepper->name);
  WEIR_REQUIRE(asked != WEIR_LIMITER_POSITIVE || nonnegative, ctx, WEIR_EARG,
               "limiter positive: the initial density is %g in cell (%td, %td, %td)", run->stats.min_rho,
               run->stats.min_at[0], run->stats.min_at[1], run->stats.min_at[2]);
  WEIR_REQUIRE(asked != WEIR_LIMITER_BOUNDS || tr->cfl * most <= 1.0, ctx, WEIR_EARG,
               "limiter bounds: cfl = %g, but the donor-cell step in it needs %g at most with stepper %s", tr->cfl,
               1.0 / most, tr->stepper->name);
  tr->bounds = asked == WEIR_LIMITER_BOUNDS;
  tr->positive = asked == WEIR_LIMITER_POSITIVE || (tr->bounds && nonnegative) ||
                 (asked == WEIR_LIMITER_AUTO && nonnegative && fits && (recon->claims & WEIR_POSITIVE) == 0);
  report(run, tr);
  return tr->bounds || tr->positive ? weir_advect_limiter(ctx, tr->adv, tr->bounds) : WEIR_OK;
}
