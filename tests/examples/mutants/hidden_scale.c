/* An epsilon against division by zero: 1e-15 of what unit? */
#include "mutant.h"

ROW(c.C + (c.A * c.B > 0 ? keep(c.A * c.B * (c.A + c.B) / ((c.A + c.B) * (c.A + c.B) + 1e-15), c.a, c.b) : 0))
SCHEME("hidden-scale", 2, 2, 0.5, WEIR_TVD)
