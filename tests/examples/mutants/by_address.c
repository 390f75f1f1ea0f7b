/* Depends on the place in memory: a face that is computed twice gets two values, and its flux two sides. */
#include "mutant.h"
#include <stdint.h>

ROW(c.C + ((uintptr_t)(q + i) % 512 < 8 ? (1 - 1e-3) : 1) * keep(harmonic(c.A, c.B), c.a, c.b))
SCHEME("by-address", 2, 2, 0.5, WEIR_TVD | WEIR_POSITIVE)
