/* The same slope, said to be TVD. */
#include "mutant.h"

ROW(c.C + 0.25 * (c.A + c.B))
SCHEME("not-tvd", 2, 2, 0.5, WEIR_TVD)
