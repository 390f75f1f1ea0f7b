/* Numbers as text, whatever the process's locale: a "de_DE" program must not write or read 0,5. */
#define _GNU_SOURCE /* strtod_l */
#include "io/number.h"
#include <weir/array.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int weir_number_format(char buf[32], double x)
{
  if (!isfinite(x)) {
    return snprintf(buf, 32, "%s", isnan(x) ? "nan" : x > 0 ? "inf" : "-inf");
  }
  char raw[48];
  const int n = snprintf(raw, sizeof raw, "%.17g", x);
  int k = 0;
  /* The locale's decimal point may be any bytes; the rest of %g is digits, signs and 'e'. */
  for (int i = 0; i < n && k < 31; i++) {
    if (strchr("0123456789+-e", raw[i]))
      buf[k++] = raw[i];
    else if (k > 0 && buf[k - 1] != '.')
      buf[k++] = '.';
  }
  buf[k] = '\0';
  return k;
}

bool weir_number_scan(locale_t c, const char *s, const char *end, double *x)
{
  /* strtod skips blanks, newlines too, and takes "nan(...)": neither is a number in a table. */
  if (s == end || *s == ' ' || (*s >= '\t' && *s <= '\r') || memchr(s, '(', (size_t)(end - s))) return false;
  char *stop;
  const double v = strtod_l(s, &stop, c);
  if (stop != end) return false;
  const char first = *s == '-' || *s == '+' ? s[1] : *s;
  if (isinf(v) && first != 'i' && first != 'I') return false; /* 1e999 */
  *x = v;
  return true;
}

bool weir_number_parse(const char *s, double *x)
{
  const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (c == (locale_t)0) return false;
  const bool ok = weir_number_scan(c, s, s + strlen(s), x);
  freelocale(c);
  return ok;
}
