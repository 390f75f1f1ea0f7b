/* The fused kernel leaves out the limiter. */
#include "mutant.h"

ROW(c.C + keep(harmonic(c.A, c.B), c.a, c.b))

static void flux(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u, const weir_stencil *st,
                 double *restrict f)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const upwind c = look(q, s, u[i], st, i);
    f[i] = u[i] * (c.C + 0.25 * (c.A + c.B));
  }
}

#undef EXTRA
#define EXTRA .flux = flux,
SCHEME("flux-differs", 2, 2, 0.5, 0)
