/* Not a function of its arguments: every 50th row is of first order. */
#include "mutant.h"

static int row_number(ptrdiff_t i)
{
  static int rows; /* on purpose */
  if (i == 0) rows++;
  return rows;
}

ROW(c.C + (row_number(i) % 50 != 0 ? keep(harmonic(c.A, c.B), c.a, c.b) : 0))
SCHEME("remembers", 2, 2, 0.5, WEIR_TVD | WEIR_POSITIVE)
