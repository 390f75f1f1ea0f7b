/* Depends on the place in memory: a face that is computed twice gets two values, and its flux two sides. Not along axis 0, where `reach` would
 * see it or not by where the stack lies. Every third line of 64 bytes: wherever an array begins, its first and last rows differ. */
#include "mutant.h"
#include <stdint.h>

ROW(c.C + (s != 1 && (uintptr_t)(q + i) / 64 % 3 == 0 ? (1 - 1e-3) : 1) * keep(harmonic(c.A, c.B), c.a, c.b))
SCHEME("by-address", 2, 2, 0.5, WEIR_TVD | WEIR_POSITIVE)
