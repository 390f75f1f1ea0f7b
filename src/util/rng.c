/* Philox4x32-10 and the laws drawn from it. J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3", SC'11, sec. 4.3: ten rounds of
 *   (c0,c1,c2,c3) <- (hi(M1 c2) ^ c1 ^ k0, lo(M1 c2), hi(M0 c0) ^ c3 ^ k1, lo(M0 c0)),  k += (W0, W1) between rounds. */
#include <weir/rng.h>
#include <math.h>

void weir_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
  const uint64_t M0 = 0xD2511F53, M1 = 0xCD9E8D57;
  const uint32_t W0 = 0x9E3779B9, W1 = 0xBB67AE85;
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3], k0 = key[0], k1 = key[1];
  for (int r = 0; r < 10; r++) {
    const uint64_t p0 = M0 * c0, p1 = M1 * c2;
    const uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1, c3 = (uint32_t)p0, c0 = n0, c2 = n2;
    k0 += W0, k1 += W1;
  }
  out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

void weir_rng_seed(weir_rng *r, uint64_t seed, uint64_t stream)
{
  *r = (weir_rng){.seed = seed, .stream = stream};
}

uint32_t weir_rng_u32(weir_rng *r)
{
  if (r->left == 0) {
    const uint32_t counter[4] = {(uint32_t)r->block, (uint32_t)(r->block >> 32), (uint32_t)r->stream,
                                 (uint32_t)(r->stream >> 32)};
    const uint32_t key[2] = {(uint32_t)r->seed, (uint32_t)(r->seed >> 32)};
    weir_philox(counter, key, r->word);
    r->block++;
    r->left = 4;
  }
  return r->word[4 - r->left--];
}

double weir_rng_uniform(weir_rng *r)
{
  const uint64_t hi = weir_rng_u32(r), lo = weir_rng_u32(r);
  return ldexp((double)((hi << 32 | lo) >> 11), -53);
}

double weir_rng_normal(weir_rng *r)
{
  const double u = 1.0 - weir_rng_uniform(r), v = weir_rng_uniform(r); /* u in (0,1] */
  return sqrt(-2.0 * log(u)) * cos(2.0 * WEIR_PI * v);
}

/* Inversion by sequential search, p <= 1/2, n p small: P(0) = (1-p)^n, P(k) = P(k-1) (n-k+1)/k p/(1-p). */
static int64_t binomial_inversion(weir_rng *r, int64_t n, double p)
{
  const double ratio = p / (1.0 - p), start = exp((double)n * log1p(-p));
  for (;;) {
    double u = weir_rng_uniform(r), prob = start;
    int64_t k = 0;
    while (u > prob && k < n) {
      u -= prob;
      k++;
      prob *= (double)(n - k + 1) / (double)k * ratio;
    }
    if (k < n || u <= prob) return k; /* else the tail was lost to rounding: draw again */
  }
}

/* log(k!) - Stirling's leading part (Hormann 1993, eq. (4)): table below 10, series above. */
static double stirling_rest(double k)
{
  static const double table[10] = {0.08106146679532726,  0.04134069595540929, 0.02767792568499834, 0.02079067210376509,
                                   0.01664469118982119,  0.01387612882307075, 0.01189670994589177, 0.01041126526197209,
                                   0.009255462182712733, 0.008330563433362871};
  if (k < 10) return table[(int)k];
  const double a = 1.0 / (k + 1.0), b = a * a;
  return (1.0 / 12 - (1.0 / 360 - b / 1260) * b) * a;
}

/* BTRS, transformed rejection with squeeze: W. Hormann, J. Stat. Comput. Simul. 46 (1993) 101, for n p >= 10, p <= 1/2. */
static int64_t binomial_btrs(weir_rng *r, int64_t n, double p)
{
  const double nn = (double)n, spq = sqrt(nn * p * (1 - p));
  const double b = 1.15 + 2.53 * spq, a = -0.0873 + 0.0248 * b + 0.01 * p, c = nn * p + 0.5;
  const double vr = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * spq, m = floor((nn + 1) * p);
  for (;;) {
    const double u = weir_rng_uniform(r) - 0.5;
    double v = 1.0 - weir_rng_uniform(r);
    const double us = 0.5 - fabs(u), k = floor((2 * a / us + b) * u + c);
    if (!(k >= 0 && k <= nn)) continue;
    if (us >= 0.07 && v <= vr) return (int64_t)k;
    v = log(v * alpha / (a / (us * us) + b));
    const double odds = p / (1 - p);
    const double bound = (m + 0.5) * log((m + 1) / (odds * (nn - m + 1))) + stirling_rest(m) + stirling_rest(nn - m) +
                         (nn + 1) * log((nn - m + 1) / (nn - k + 1)) + (k + 0.5) * log(odds * (nn - k + 1) / (k + 1)) -
                         stirling_rest(k) - stirling_rest(nn - k);
    if (v <= bound) return (int64_t)k;
  }
}

int64_t weir_rng_binomial(weir_rng *r, int64_t n, double p)
{
  if (n <= 0 || !(p > 0)) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - weir_rng_binomial(r, n, 1 - p);
  return (double)n * p < 10 ? binomial_inversion(r, n, p) : binomial_btrs(r, n, p);
}

void weir_rng_multinomial(weir_rng *r, int64_t n, ptrdiff_t m, const double *p, double total, int64_t *k)
{
  for (ptrdiff_t j = 0; j < m; j++) {
    const double share = total > 0 ? p[j] / total : 0;
    k[j] = n > 0 ? weir_rng_binomial(r, n, share < 1 ? share : 1) : 0;
    n -= k[j];
    total -= p[j];
  }
}
