/* Two limiters, one a direction. */
#include "mutant.h"

ROW(c.C + (u[i] > 0 ? keep(harmonic(c.A, c.B), c.a, c.b) : keep(minmod(c.A, c.B), c.a, c.b)))
SCHEME("asymmetric", 2, 2, 0.5, WEIR_TVD | WEIR_POSITIVE)
