/* Observed order with an uncertainty: the rules of weir/order.h, one function each. */
#include <weir/order.h>
#include <float.h>
#include <math.h>
#include <stdio.h>

static const double slope_range = 0.10; /* slopes of an asymptotic window differ by no more */

const char *weir_order_outcome_name(weir_order_outcome o)
{
  static const char *const name[] = {"PASS", "FAIL", "PREASYMPTOTIC", "ROUNDOFF"};
  return o >= WEIR_ORDER_PASS && o <= WEIR_ORDER_ROUNDOFF ? name[o] : "?";
}

static weir_status check_input(weir_ctx *ctx, int n, const double *h, const weir_order_options *o)
{
  WEIR_REQUIRE(n >= 2 && n <= WEIR_ORDER_MAXLEVEL, ctx, WEIR_EARG, "order: %d levels, 2..%d expected", n,
               (int)WEIR_ORDER_MAXLEVEL);
  for (int l = 0; l < n; l++)
    WEIR_REQUIRE(h[l] > 0 && h[l] < (l > 0 ? h[l - 1] : (double)INFINITY), ctx, WEIR_EARG,
                 "order: size h[%d] = %g, sizes must be positive and decrease", l, h[l]);
  WEIR_REQUIRE(o->formal > 0 && isfinite(o->formal), ctx, WEIR_EARG, "order: formal order %g, > 0 expected", o->formal);
  WEIR_REQUIRE(o->delta >= 0 && o->floor >= 0 && o->norm >= 0 && o->steps >= 0, ctx, WEIR_EARG,
               "order: delta %g, floor %g, norm %g and steps %g must not be negative", o->delta, o->floor, o->norm,
               o->steps);
  return WEIR_OK;
}

static double rounding_floor(const weir_order_options *o)
{
  const double norm = o->norm > 0 ? o->norm : 1, steps = o->steps > 0 ? o->steps : 1;
  return fmax(o->floor, 50 * DBL_EPSILON * sqrt(steps) * norm);
}

/* slope[first+1 .. last]: largest minus smallest. */
static double range(const double *slope, int first, int last)
{
  double lo = slope[last], hi = slope[last];
  for (int l = first + 1; l < last; l++) lo = fmin(lo, slope[l]), hi = fmax(hi, slope[l]);
  return hi - lo;
}

/* Levels start..usable-1 may be used. */
static bool find_window(weir_order *r, int start)
{
  r->last = r->usable - 1;
  r->first = r->last;
  for (int f = r->last - 1; f >= start && range(r->slope, f, r->last) <= slope_range; f--) r->first = f;
  if (r->last - r->first >= 2) return true;
  r->first = r->last - 2 > start ? r->last - 2 : start;
  return false;
}

static double fit(const weir_order *r, const double *h, const double *error)
{
  double sx = 0, sy = 0, sxx = 0, sxy = 0, n = r->last - r->first + 1;
  for (int l = r->first; l <= r->last; l++) {
    const double x = log(h[l] / h[r->last]), y = log(error[l] / error[r->last]);
    sx += x, sy += y, sxx += x * x, sxy += x * y;
  }
  return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

/* Richardson on slopes, gated: noise makes it worse than the fit, and noise does not shrink steadily. */
static double richardson(const weir_order *r, const double *h)
{
  const double *p = r->slope;
  const int m = r->last;
  if (m - r->first < 3) return (double)NAN; /* two differences need three slopes */
  for (int l = r->first + 3; l <= m; l++) {
    const double shrink = (p[l] - p[l - 1]) / (p[l - 1] - p[l - 2]);
    if (!(shrink >= 0.2 && shrink <= 0.8)) return (double)NAN;
  }
  return p[m] + (p[m] - p[m - 1]) / (h[m - 1] / h[m] - 1);
}

static double uncertainty(const weir_order *r)
{
  const double *p = r->slope;
  const int m = r->last;
  double u = fabs(r->p - p[m]);
  if (m - r->first >= 2) u = fmax(u, fabs(p[m] - p[m - 1]));
  if (!isnan(r->p_richardson)) u = fmax(u, fmax(fabs(r->p_richardson - p[m]), fabs(r->p_richardson - r->p)));
  return 1.25 * u + 0.01;
}

static void measure(weir_order *r, int start, const double *h, const double *error, const weir_order_options *o)
{
  const bool asymptotic = find_window(r, start);
  r->p = fit(r, h, error);
  r->p_fine = r->slope[r->last];
  r->p_richardson = asymptotic ? richardson(r, h) : (double)NAN;
  r->uncertainty = uncertainty(r);
  r->superconvergent = r->p > o->formal + 0.5;
  if (!(r->p > 0) || !(error[r->last] < error[r->last - 1]))
    r->outcome = WEIR_ORDER_FAIL;
  else if (!asymptotic)
    r->outcome = r->usable < 3 && r->roundoff ? WEIR_ORDER_ROUNDOFF : WEIR_ORDER_PREASYMPTOTIC;
  else
    r->outcome =
        r->p + r->uncertainty >= o->formal - (o->delta > 0 ? o->delta : 0.1) ? WEIR_ORDER_PASS : WEIR_ORDER_FAIL;
}

static void describe(weir_order *r, const double *h, const double *error, const weir_order_options *o)
{
  const char *more = r->superconvergent ? ", higher than formal: is the test too symmetric?" : "";
  if (r->exact)
    snprintf(r->text, sizeof r->text, "exact to rounding: every error is below %.2g", 30 * r->floor);
  else if (isnan(r->p))
    snprintf(r->text, sizeof r->text, "only one level is above the rounding floor %.2g", r->floor);
  else if (r->outcome == WEIR_ORDER_FAIL && !(error[r->last] < error[r->last - 1]))
    snprintf(r->text, sizeof r->text, "the error does not fall: %.4g at h = %.4g, %.4g at h = %.4g", error[r->last - 1],
             h[r->last - 1], error[r->last], h[r->last]);
  else
    snprintf(r->text, sizeof r->text, "order %.3f +- %.3f over %d levels (formal %g): %s%s%s", r->p, r->uncertainty,
             r->last - r->first + 1, o->formal, weir_order_outcome_name(r->outcome),
             r->roundoff ? ", finest levels left out for rounding" : "", more);
}

weir_status weir_order_judge(weir_ctx *ctx, int n, const double *h, const double *error, const weir_order_options *opt,
                             weir_order *out)
{
  WEIR_TRY(check_input(ctx, n, h, opt));
  weir_order r = {.p = (double)NAN, .uncertainty = (double)NAN, .p_fine = (double)NAN, .p_richardson = (double)NAN};
  r.floor = rounding_floor(opt);
  for (int l = 0; l < n; l++) {
    r.slope[l] =
        l > 0 && error[l] > 0 && error[l - 1] > 0 ? log(error[l - 1] / error[l]) / log(h[l - 1] / h[l]) : (double)NAN;
    if (error[l] >= 0 && error[l] < (double)INFINITY) continue;
    r.outcome = WEIR_ORDER_FAIL, r.usable = l;
    snprintf(r.text, sizeof r.text, "the error at h = %.4g is %g", h[l], error[l]);
    *out = r;
    return WEIR_OK;
  }
  r.usable = n;
  while (r.usable > 0 && !(error[r.usable - 1] >= 30 * r.floor)) r.usable--;
  r.roundoff = r.usable < n;
  r.exact = r.usable == 0;
  /* A level below the floor with larger ones after it is an accident of sign: no slope can be taken across it. */
  int start = r.usable;
  while (start > 0 && error[start - 1] >= 30 * r.floor) start--;
  if (r.exact)
    r.outcome = WEIR_ORDER_PASS;
  else if (r.usable - start < 2)
    r.outcome = r.roundoff && start == 0 ? WEIR_ORDER_ROUNDOFF : WEIR_ORDER_PREASYMPTOTIC;
  else
    measure(&r, start, h, error, opt);
  describe(&r, h, error, opt);
  *out = r;
  return WEIR_OK;
}
