/* Sound, but for the CFL number it claims. */
#include "mutant.h"

ROW(c.C + keep(harmonic(c.A, c.B), c.a, c.b))
SCHEME("cfl-too-large", 2, 2, 0.6, WEIR_POSITIVE)
