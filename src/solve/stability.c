/* Which steppers go with a scheme, and the largest CFL number of the pair (weir/solve.h).
 *
 *   Linear upwind (or centred) with weights c_m on cells m - p (fv/upwind.h), constant speed, Fourier mode e^{i j theta}:
 *       dt L  has the eigenvalue  -C lambda(theta),  lambda = sum_m c_m e^{i (m-p) theta} (1 - e^{-i theta}),
 *   and one step multiplies the mode by the stepper's polynomial R(-C lambda). Several axes give weighted means of lambda at several
 *   angles; means of two were tried with all weights in quarters and never lowered the limit by more than .001. */
#include <weir/solve.h>
#include "fv/upwind.h"
#include <complex.h>
#include <math.h>

static const double growth_room = 1e-12; /* a step */
enum { ANGLES = 256, BISECTIONS = 40 };

static double complex eigenvalue(int k, const double *w, double theta)
{
  const int p = (k - 1) / 2;
  const double complex turn = cos(theta) + sin(theta) * (double complex)I;
  double complex sum = 1.0, power = 1.0;
  for (int m = p; m < k - 1; m++) sum += w[m] * (turn - 1.0) * power, power *= turn;
  power = 1.0;
  for (int m = p - 1; m >= 0; m--) power *= conj(turn), sum += w[m] * (turn - 1.0) * power;
  return sum * (1.0 - conj(turn));
}

/* |R(z)|: the stage formulas of weir/scheme.h with r = z q, q0 = 1. */
static double amplification(const weir_stepper *s, double complex z)
{
  double complex y = 0.0, D = 0.0;
  for (int k = 0; k < s->stages; k++) {
    const weir_rk_stage *st = &s->stage[k];
    const double complex r = z * (1.0 + y);
    D = st->A * D + st->g * y + st->c * r;
    y = st->s * y + st->e * r + st->B * D;
  }
  return cabs(1.0 + y);
}

static bool stable(const weir_stepper *s, const double complex lambda[ANGLES], double cfl)
{
  for (int a = 0; a < ANGLES; a++)
    if (!(amplification(s, -cfl * lambda[a]) <= 1.0 + growth_room)) return false;
  return true;
}

const char *weir_default_stepper(const weir_recon *recon)
{
  if (recon == NULL) return "ssprk3";
  if ((recon->claims & WEIR_ONE_STEP) != 0) return "onestep";
  return recon->order > 3 ? "ssprk54" : "ssprk3";
}

bool weir_stepper_fits(const weir_recon *recon, const weir_stepper *stepper)
{
  return ((recon->claims & WEIR_ONE_STEP) != 0) == weir_stepper_is_one_step(stepper);
}

double weir_stable_cfl(const weir_recon *recon, const weir_stepper *stepper)
{
  if (!weir_stepper_fits(recon, stepper)) return 0.0;
  if (recon->linear == 0) return recon->cfl * stepper->ssp;
  const int k = recon->linear;
  double h[UPWIND_MAX], w[UPWIND_MAX], lo = 0.0, hi = 2.0 * stepper->stages;
  double complex lambda[ANGLES];
  for (int m = 0; m < k; m++) h[m] = 1.0;
  weir_upwind_weights(k, h, 1, w);
  for (int a = 0; a < ANGLES; a++) lambda[a] = eigenvalue(k, w, WEIR_PI * (a + 1) / ANGLES);
  for (int b = 0; b < BISECTIONS; b++) {
    const double mid = 0.5 * (lo + hi);
    if (stable(stepper, lambda, mid))
      lo = mid;
    else
      hi = mid;
  }
  return lo;
}
