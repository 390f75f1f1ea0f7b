/* Linear flow: v = B x + c, any constant matrix B; Gaussian mixture data.
 *
 *   X(t, x0) = e^{Bt} x0 + int_0^t e^{Bs} c ds, so a Gaussian stays one: mean and covariance follow the map,
 *       m(t) = e^{Bt} m0 + int_0^t e^{Bs} c ds,    S(t) = e^{Bt} S0 e^{B't},
 *   and rho(t, X) = rho0(x0) e^{-t tr B}. Translation, shear, rotation, spiral and hyperbolic flow are choices of B. */
#include "exact/affine.h"
#include "exact/classes.h"
#include <string.h>

static const weir_exact_param params[] = {
    {.name = "B", .shape = WEIR_EXACT_MATRIX, .need = WEIR_EXACT_REQUIRED, .doc = "velocity gradient B [1/time]"},
    {.name = "c",
     .shape = WEIR_EXACT_VECTOR,
     .need = WEIR_EXACT_DEFAULT,
     .fallback = 0.0,
     .doc = "velocity at the origin [length/time]"},
    AFFINE_PARAMS,
};

static weir_status create(weir_ctx *ctx, int d, const weir_exact_arg *arg, void **self)
{
  affine *g = NULL;
  WEIR_TRY(affine_create(ctx, "linear-flow", d, 0.0, arg + 2, &g));
  memcpy(g->B, arg[0].value, (size_t)d * (size_t)d * sizeof *g->B);
  memcpy(g->c, arg[1].value, (size_t)d * sizeof *g->c);
  *self = g;
  return WEIR_OK;
}

const weir_exact_class weir_exact_linear_flow = {
    .abi = WEIR_EXACT_ABI,
    .name = "linear-flow",
    .formula = "v = B x + c;  N(m, S) -> N(e^{Bt} m + int e^{Bs} c ds, e^{Bt} S e^{B't})",
    .cite = "Liouville 1838; integrals: Van Loan, IEEE TAC 23 (1978) 395",
    .flags = WEIR_EXACT_HAS_VELOCITY | WEIR_EXACT_HAS_MOMENTS | WEIR_EXACT_SMOOTH | WEIR_EXACT_MASS_ONE,
    .maxdim = WEIR_EXACT_MAXDIM,
    .nparam = sizeof params / sizeof *params,
    .param = params,
    .create = create,
    .destroy = affine_destroy,
    .exists = affine_exists,
    .log_density = affine_log_density,
    .average = affine_average,
    .velocity = affine_velocity,
    .mass = affine_mass,
    .moments = affine_moments,
};
