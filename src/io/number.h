/* io/number.h - scanning numbers with a locale made once. Internal to src/io. */
#ifndef WEIR_IO_NUMBER_H
#define WEIR_IO_NUMBER_H

#include <locale.h>
#include <stdbool.h>

/* [s, end) as a number in locale c; the byte at `end` must be readable and no part of a number. */
bool weir_number_scan(locale_t c, const char *s, const char *end, double *x);

#endif
