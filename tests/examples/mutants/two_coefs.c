/* A coefficient formula for equal widths (inc = 0), and another one for listed widths. */
#include "mutant.h"

ROW(c.C + keep(harmonic(c.A, c.B), c.a, c.b) * (st->inc == 0 ? 1 - 1e-9 : 1))
SCHEME("two-coefs", 2, 2, 0.5, WEIR_TVD | WEIR_POSITIVE)
