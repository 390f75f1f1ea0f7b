/* A limiter cannot be linear. */
#include "mutant.h"

ROW(c.C + keep(harmonic(c.A, c.B), c.a, c.b))
SCHEME("not-linear", 2, 2, 0.5, WEIR_LINEAR)
