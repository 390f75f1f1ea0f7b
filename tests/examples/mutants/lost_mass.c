/* Every flux a millionth too small. */
#include "mutant.h"

ROW((1 - 1e-6) * (c.C + keep(harmonic(c.A, c.B), c.a, c.b)))
SCHEME("lost-mass", 2, 2, 0.5, WEIR_POSITIVE)
