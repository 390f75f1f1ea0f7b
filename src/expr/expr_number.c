/* Decimal numbers in the "C" locale of this thread only: a library must not change the locale of the process, and
 * strtod and snprintf follow it. */
#include "expr/expr_parse.h"
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

static weir_status enter(weir_ctx *ctx, locale_t *c, locale_t *old)
{
  *c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  WEIR_REQUIRE(*c != (locale_t)0, ctx, WEIR_ENOMEM, "no memory for the \"C\" locale");
  *old = uselocale(*c);
  return WEIR_OK;
}

static void leave(locale_t c, locale_t old)
{
  (void)uselocale(old);
  freelocale(c);
}

weir_status weir_xn_read(weir_ctx *ctx, const char *s, double *value)
{
  locale_t c = (locale_t)0, old = (locale_t)0;
  WEIR_TRY(enter(ctx, &c, &old));
  *value = strtod(s, NULL);
  leave(c, old);
  return WEIR_OK;
}

weir_status weir_xn_write(weir_ctx *ctx, double v, char buf[32])
{
  locale_t c = (locale_t)0, old = (locale_t)0;
  WEIR_TRY(enter(ctx, &c, &old));
  for (int digits = 1; digits <= 17; digits++) {
    (void)snprintf(buf, 32, "%.*g", digits, v);
    if (strtod(buf, NULL) == v) break;
  }
  leave(c, old);
  return WEIR_OK;
}
