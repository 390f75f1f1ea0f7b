/* Heat equation on the whole space: d_t rho = D lap rho, Gaussian mixture data: N(m, S) -> N(m, S + 2Dt I).
 *
 *   As a transport equation v = -D grad log rho. Covariances may be singular at t = 0 (a zero one is the heat kernel of a Dirac
 *   mass); then the solution starts at t > 0. */
#include "exact/affine.h"
#include "exact/classes.h"

static const weir_exact_param params[] = {
    {.name = "diffusion", .shape = WEIR_EXACT_SCALAR, .need = WEIR_EXACT_REQUIRED, .doc = "D > 0 [length^2/time]"},
    AFFINE_PARAMS,
};

static weir_status create(weir_ctx *ctx, int d, const weir_exact_arg *arg, void **self)
{
  affine *g = NULL;
  WEIR_REQUIRE(arg[0].value[0] > 0.0, ctx, WEIR_EARG, "heat: parameter 'diffusion' is %.17g, expected > 0",
               arg[0].value[0]);
  WEIR_TRY(affine_create(ctx, "heat", d, arg[0].value[0], arg + 1, &g));
  *self = g;
  return WEIR_OK;
}

const weir_exact_class weir_exact_heat = {
    .abi = WEIR_EXACT_ABI,
    .name = "heat",
    .formula = "d_t rho = D lap rho;  N(m, S) -> N(m, S + 2 D t I)",
    .cite = "Fourier 1822",
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
