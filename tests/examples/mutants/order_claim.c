/* Second order, sold as third. */
#include "mutant.h"

ROW(c.C + keep(harmonic(c.A, c.B), c.a, c.b))
SCHEME("order-claim", 3, 2, 0.5, WEIR_TVD)
