/* Right along memory; across it (axes 1 and 2) the slope is dropped. */
#include "mutant.h"

ROW(c.C + (s == 1 ? keep(harmonic(c.A, c.B), c.a, c.b) : 0))
SCHEME("order-loss-2d", 2, 2, 0.5, WEIR_TVD | WEIR_POSITIVE)
