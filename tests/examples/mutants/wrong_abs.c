/* A limiter that was published so: max(a,0) where |a| is meant. Falling data get no slope. */
#include "mutant.h"

#define PLUS(x) ((x) > 0 ? (x) : 0)
ROW(c.C +
    keep(PLUS(c.A) + PLUS(c.B) > 0 ? (c.A * PLUS(c.B) + PLUS(c.A) * c.B) / (2 * (PLUS(c.A) + PLUS(c.B))) : 0, c.a, c.b))
SCHEME("wrong-abs", 2, 2, 0.5, WEIR_TVD)
