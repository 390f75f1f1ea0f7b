/* Fromm's centred slope, unlimited, yet said to be positive. */
#include "mutant.h"

ROW(c.C + 0.25 * (c.A + c.B))
SCHEME("not-positive", 2, 2, 0.5, WEIR_POSITIVE)
