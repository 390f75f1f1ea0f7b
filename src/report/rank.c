/* Which of two checks is further from passing. */
#include "report/write.h"
#include <math.h>

double weir_check_ratio(const weir_check *c)
{
  if (c->tolerance == 0.0) return c->value == 0.0 ? 0.0 : isnan(c->value) ? c->value : (double)INFINITY;
  return fabs(c->value) / c->tolerance;
}

static int severity(weir_outcome o)
{
  switch (o) {
  case WEIR_FAILED: return 4;
  case WEIR_PASS: return 3;
  case WEIR_CERTIFIED: return 2;
  case WEIR_REPORTED: return 1;
  case WEIR_NOT_TESTED: break;
  }
  return 0;
}

bool weir_check_worse(const weir_check *a, const weir_check *b)
{
  const int sa = severity(a->outcome), sb = severity(b->outcome);
  if (sa != sb) return sa > sb;
  const double ra = weir_check_ratio(a), rb = weir_check_ratio(b);
  if (isnan(ra) || isnan(rb)) return a->outcome == WEIR_FAILED ? isnan(ra) && !isnan(rb) : isnan(rb) && !isnan(ra);
  return ra > rb;
}

const char *weir_outcome_word(weir_outcome o)
{
  switch (o) {
  case WEIR_FAILED: return "fail";
  case WEIR_PASS: return "pass";
  case WEIR_REPORTED: return "reported";
  case WEIR_CERTIFIED: return "certified";
  case WEIR_NOT_TESTED: break;
  }
  return "not tested";
}
