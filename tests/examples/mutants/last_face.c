/* The last face of a row is first order: what leaves a periodic row is not what enters it. */
#include "mutant.h"

ROW(c.C + (i < n - 1 ? keep(harmonic(c.A, c.B), c.a, c.b) : 0))
SCHEME("last-face", 2, 2, 0.5, WEIR_TVD | WEIR_POSITIVE)
