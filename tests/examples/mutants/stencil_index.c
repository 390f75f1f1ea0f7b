/* Takes coefficients by face where there is one set for the whole row (inc = 0). */
#include "mutant.h"

ROW(c.C + keep(harmonic(c.a * st->w[u[i] > 0 ? 0 : 2][i], c.b * st->w[u[i] > 0 ? 1 : 3][i]), c.a, c.b))
SCHEME("stencil-index", 2, 2, 0.5, 0)
