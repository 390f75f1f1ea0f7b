/* Fluxes to the left a billionth too small: what enters a cell of a uniform flow no longer leaves it. */
#include "mutant.h"

ROW((u[i] > 0 ? 1 : 1 - 1e-9) * (c.C + keep(harmonic(c.A, c.B), c.a, c.b)))
SCHEME("leak-one-way", 2, 2, 0.5, 0)
