/* The last faces of a row, those that do not fill a vector of four, are first order. */
#include "mutant.h"

ROW(c.C + (i < n / 4 * 4 ? keep(harmonic(c.A, c.B), c.a, c.b) : 0))
SCHEME("row-remainder", 2, 2, 0.5, WEIR_TVD | WEIR_POSITIVE)
