/* The upwind side by u/|u|: no number where the flow is at rest. */
#include "mutant.h"

static double from(double u, const double *q, ptrdiff_t s, const weir_stencil *st, ptrdiff_t i)
{
  const upwind c = look(q, s, u, st, i);
  return c.C + keep(harmonic(c.A, c.B), c.a, c.b);
}

static double blend(double sign, double left, double right)
{
  return 0.5 * ((1 + sign) * left + (1 - sign) * right);
}

ROW(((void)c, blend(u[i] / fabs(u[i]), from(1, q, s, st, i), from(-1, q, s, st, i))))
SCHEME("nan-at-rest", 2, 2, 0.5, WEIR_TVD | WEIR_POSITIVE)
