/* Normal and binomial tails and their inverses.
 *
 *   Tail of a binomial: P(Bin(n, p) >= k) = I_p(k, n - k + 1), the regularised incomplete beta function, by its continued fraction
 *   (Didonato & Morris 1992, eq. (9); modified Lentz), which takes O(sqrt(n)) terms: n = 10^6 is met here, where library versions
 *   with a fixed number of terms give up. Inverses by bisection: they are needed a few times a step. */
#include "cmp/judging.h"
#include <math.h>

double normal_tail(double z)
{
  return 0.5 * erfc(z * sqrt(0.5));
}

double normal_quantile(double p)
{
  double lo = 0, hi = 40;
  for (int it = 0; it < 80; it++) {
    const double mid = 0.5 * (lo + hi);
    if (normal_tail(mid) > p)
      lo = mid;
    else
      hi = mid;
  }
  return 0.5 * (lo + hi);
}

/* I_x(a, b) = x^a (1-x)^b / (a B(a,b)) * 1/(1 + d_1/(1 + d_2/(1 + ...))),
 * d_2m = m (b-m) x / ((a+2m-1)(a+2m)),  d_2m+1 = -(a+m)(a+b+m) x / ((a+2m)(a+2m+1));  fast for x < (a+1)/(a+b+2). */
static double beta_fraction(double x, double a, double b)
{
  const double tiny = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  d = 1 / (fabs(d) < tiny ? tiny : d);
  double value = d;
  for (int m = 1; m < 1000000; m++) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 + even * d, c = 1 + even / c;
    d = 1 / (fabs(d) < tiny ? tiny : d), c = fabs(c) < tiny ? tiny : c;
    value *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + odd * d, c = 1 + odd / c;
    d = 1 / (fabs(d) < tiny ? tiny : d), c = fabs(c) < tiny ? tiny : c;
    value *= d * c;
    if (fabs(d * c - 1) < 1e-15) break;
  }
  const double front = a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b);
  return exp(front) * value / a;
}

static double incomplete_beta(double x, double a, double b)
{
  if (!(x > 0)) return 0;
  if (x >= 1) return 1;
  return x < (a + 1) / (a + b + 2) ? beta_fraction(x, a, b) : 1 - beta_fraction(1 - x, b, a);
}

double binomial_above(double k, double n, double p)
{
  return k <= 0 ? 1 : incomplete_beta(p, k, n - k + 1);
}

double binomial_below(double k, double n, double p)
{
  return k >= n ? 1 : incomplete_beta(1 - p, n - k, k + 1);
}

/* Clopper & Pearson (1934): p with P(Bin(n, p) >= k) = alpha; with P(Bin(n, p) <= k) = alpha. */
double share_low(double k, double n, double alpha)
{
  double lo = 0, hi = k / n;
  for (int it = 0; it < 60 && k > 0; it++) {
    const double mid = 0.5 * (lo + hi);
    if (binomial_above(k, n, mid) < alpha)
      lo = mid;
    else
      hi = mid;
  }
  return lo;
}

double share_high(double k, double n, double alpha)
{
  double lo = k / n, hi = 1;
  for (int it = 0; it < 60 && k < n; it++) {
    const double mid = 0.5 * (lo + hi);
    if (binomial_below(k, n, mid) < alpha)
      hi = mid;
    else
      lo = mid;
  }
  return hi;
}
