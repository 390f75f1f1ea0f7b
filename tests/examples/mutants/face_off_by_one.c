/* The value of the next face upwind. */
#include "mutant.h"

static double upwind_face(const double *q, ptrdiff_t s, double u, const weir_stencil *st, ptrdiff_t i)
{
  const upwind c = look(q + (u > 0 ? -s : s), s, u, st, i);
  return c.C + keep(harmonic(c.A, c.B), c.a, c.b);
}

ROW(((void)c, upwind_face(q, s, u[i], st, i)))
SCHEME("face-off-by-one", 2, 3, 0.5, 0)
