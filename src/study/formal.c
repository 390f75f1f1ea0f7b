/* The order that schemes promise for a case (rules: weir/study.h). */
#include "study/formal.h"
#include <stdio.h>

static int least(int a, int b)
{
  return a < b ? a : b;
}

static int divisor(int a, int b)
{
  while (b != 0) {
    const int r = a % b;
    a = b, b = r;
  }
  return a;
}

static int space_order(const weir_case *c, const weir_recon *r)
{
  return c->dim > 1 ? least(r->order, r->product > 0 ? r->product : 2) : r->order;
}

static void rule_text(char *buf, size_t size, int num, int den)
{
  if (den == 1 && num == 1)
    (void)snprintf(buf, size, "dt ~ h");
  else
    (void)snprintf(buf, size, den == 1 ? "dt ~ h^%d" : "dt ~ h^(%d/%d)", num, den);
}

static weir_status transport(weir_ctx *ctx, const weir_case *c, int num, int den, weir_convergence *out)
{
  const void *item = NULL;
  WEIR_TRY(weir_find(ctx, WEIR_KIND_RECON, c->reconstruction != NULL ? c->reconstruction : WEIR_DEFAULT_SCHEME, &item));
  const weir_recon *recon = item;
  WEIR_TRY(weir_find(ctx, WEIR_KIND_STEPPER, c->stepper != NULL ? c->stepper : weir_default_stepper(recon), &item));
  const weir_stepper *stepper = item;
  const int space = space_order(c, recon), time = stepper->order;
  const bool fixed = den == 0 && c->dt > 0;
  if (den == 0) num = space > time ? space : time, den = time;
  const int common = divisor(num, den);
  num /= common, den /= common;
  out->scheme = recon->name, out->stepper = stepper->name;
  out->dt_num = fixed ? 0 : num, out->dt_den = fixed ? 0 : den;
  const double in_time = fixed ? time : (double)time * num / den;
  out->formal = in_time < space ? in_time : space;
  char rule[40] = "dt as the case says", in_dim[64] = "";
  if (!fixed) rule_text(rule, sizeof rule, num, den);
  if (space < recon->order)
    (void)snprintf(in_dim, sizeof in_dim, " of order %d, across its faces %d", recon->order, space);
  (void)snprintf(out->why, sizeof out->why, "space %d (%s%s), time %d (%s), %s: min(%d, %.4g)", space, recon->name,
                 in_dim, time, stepper->name, rule, space, in_time);
  return WEIR_OK;
}

weir_status weir_study_formal(weir_ctx *ctx, const weir_case *c, int num, int den, weir_convergence *out)
{
  WEIR_REQUIRE(den == 0 || (den > 0 && num >= den && num <= 100 * den), ctx, WEIR_EARG,
               "dt ~ h^(%d/%d): an exponent from 1 to 100 expected (below 1 the CFL number would grow on finer meshes)",
               num, den);
  if (c->equation == WEIR_CASE_TRANSPORT) {
    WEIR_TRY(transport(ctx, c, num, den, out));
  } else {
    WEIR_REQUIRE(den == 0, ctx, WEIR_EARG,
                 "dt ~ h^(%d/%d): a Fokker-Planck run is exact in time and has no step to choose", num, den);
    out->scheme = "scharfetter-gummel", out->stepper = NULL;
    out->dt_num = out->dt_den = 0;
    out->formal = 2;
    (void)snprintf(out->why, sizeof out->why, "space 2 (Scharfetter-Gummel), exact in time");
  }
  if (!(c->order > 0)) return WEIR_OK;
  const double schemes = out->formal;
  out->formal = c->order;
  (void)snprintf(out->why, sizeof out->why, "asked for (converge.order); the schemes promise %.4g", schemes);
  return WEIR_OK;
}
