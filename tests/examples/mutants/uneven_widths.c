/* Differences in place of slopes: right on equal widths only. */
#include "mutant.h"

ROW(c.C + harmonic(c.a, c.b))
SCHEME("uneven-widths", 2, 2, 0.5, WEIR_TVD | WEIR_POSITIVE)
