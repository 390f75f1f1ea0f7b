/* Claims one layer fewer than it reads. */
#include "mutant.h"

ROW(c.C + keep(harmonic(c.A, c.B), c.a, c.b))
SCHEME("ghost-off-by-one", 2, 1, 0.5, 0)
