/* Ornstein-Uhlenbeck: drift -A (x-b), diffusion D, any A; Gaussian mixture data.
 *
 *   d_t rho = div(rho A (x-b)) + D lap rho, the law of dX = -A (X-b) dt + sqrt(2D) dW:
 *       m(t) = b + e^{-At} (m0 - b),    S(t) = e^{-At} S0 e^{-A't} + 2D int_0^t e^{-As} e^{-A's} ds .
 *   A may be non-symmetric (the process is then not reversible), singular or unstable: flow.c needs no Lyapunov equation.
 *   Velocity: the probability flow -A (x-b) - D grad log rho.
 *
 *   The mean is carried as b + e^{-At}(m0 - b) by taking b as the origin of the drift: c = A b. */
#include "exact/affine.h"
#include "exact/classes.h"
#include "exact/dense.h"

static const weir_exact_param params[] = {
    {.name = "A", .shape = WEIR_EXACT_MATRIX, .need = WEIR_EXACT_REQUIRED, .doc = "drift matrix A [1/time]"},
    {.name = "diffusion", .shape = WEIR_EXACT_SCALAR, .need = WEIR_EXACT_REQUIRED, .doc = "D >= 0 [length^2/time]"},
    {.name = "b",
     .shape = WEIR_EXACT_VECTOR,
     .need = WEIR_EXACT_DEFAULT,
     .fallback = 0.0,
     .doc = "centre of the drift [length]"},
    AFFINE_PARAMS,
};

static weir_status create(weir_ctx *ctx, int d, const weir_exact_arg *arg, void **self)
{
  affine *g = NULL;
  WEIR_TRY(affine_create(ctx, "ornstein-uhlenbeck", d, arg[1].value[0], arg + 3, &g));
  for (int i = 0; i < d * d; i++) g->B[i] = -arg[0].value[i];
  dense_apply(d, arg[0].value, arg[2].value, g->c);
  *self = g;
  return WEIR_OK;
}

const weir_exact_class weir_exact_ornstein_uhlenbeck = {
    .abi = WEIR_EXACT_ABI,
    .name = "ornstein-uhlenbeck",
    .formula = "d_t rho = div(rho A (x-b)) + D lap rho;  m' = -A (m-b),  S' = -A S - S A' + 2 D I",
    .cite = "Uhlenbeck, Ornstein, Phys. Rev. 36 (1930) 823; integrals: Van Loan, IEEE TAC 23 (1978) 395",
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
