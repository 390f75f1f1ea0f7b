/* Exact summation: the small superaccumulator of R. M. Neal, "Fast exact summation using small and large
 * superaccumulators", arXiv:1505.05571 (2015), sec. 2, with our own word layout.
 *
 *   A finite double is s * m * 2^(e-1075), m < 2^53, e = max(biased exponent, 1) in 1..2046. Word k weighs
 *   2^(32 k - 1075): with k = e/32, r = e%32 the value is m*2^r split into three 32-bit pieces for words k, k+1, k+2.
 *   A piece is below 2^32, so a word takes 2^30 additions before |word| could reach 2^62; `room` counts down to
 *   the pass that hands carries up. Rounding happens once, in weir_sum_value(). */
#include <weir/sum.h>
#include <math.h>
#include <string.h>

enum { ROOM = 1 << 29 };

void weir_sum_clear(weir_sum *s)
{
  memset(s, 0, sizeof *s);
  s->room = ROOM;
}

/* Bring every word but the last into [0, 2^32). */
static void carry(weir_sum *s)
{
  int64_t up = 0;
  for (int k = 0; k < WEIR_SUM_WORDS - 1; k++) {
    const int64_t w = s->word[k] + up;
    up = w >> 32; /* arithmetic shift: floor(w / 2^32) (gcc, clang) */
    s->word[k] = w - up * ((int64_t)1 << 32);
  }
  s->word[WEIR_SUM_WORDS - 1] += up;
  s->room = ROOM;
}

static void note_special(weir_sum *s, double x)
{
  if (isnan(x))
    s->nan = 1;
  else if (x > 0)
    s->pinf = 1;
  else
    s->ninf = 1;
}

static inline void add(weir_sum *s, double x)
{
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  const unsigned biased = (unsigned)(bits >> 52) & 0x7ff;
  if (biased == 0x7ff) {
    note_special(s, x);
    return;
  }
  const uint64_t m = (bits & 0xfffffffffffffu) | (biased != 0 ? (uint64_t)1 << 52 : 0);
  const unsigned e = biased != 0 ? biased : 1, k = e >> 5, r = e & 31;
  const uint64_t low = m << r;                      /* bits 0..63 of m 2^r */
  const uint64_t high = r != 0 ? m >> (64 - r) : 0; /* bits 64.. */
  const int64_t p0 = (int64_t)(low & 0xffffffffu), p1 = (int64_t)(low >> 32), p2 = (int64_t)high;
  const int64_t sign = -(int64_t)(bits >> 63); /* 0 or -1: (p ^ sign) - sign negates */
  s->word[k] += (p0 ^ sign) - sign;
  s->word[k + 1] += (p1 ^ sign) - sign;
  s->word[k + 2] += (p2 ^ sign) - sign;
  if (--s->room <= 0) carry(s);
}

void weir_sum_add(weir_sum *s, double x)
{
  add(s, x);
}

void weir_sum_add_array(weir_sum *s, ptrdiff_t n, const double *x)
{
  for (ptrdiff_t i = 0; i < n; i++) add(s, x[i]);
}

void weir_sum_add_dot(weir_sum *s, ptrdiff_t n, const double *x, const double *y)
{
  for (ptrdiff_t i = 0; i < n; i++) add(s, x[i] * y[i]);
}

void weir_sum_merge(weir_sum *s, const weir_sum *t)
{
  weir_sum copy = *t;
  carry(s);
  carry(&copy);
  for (int k = 0; k < WEIR_SUM_WORDS; k++) s->word[k] += copy.word[k];
  s->nan |= t->nan;
  s->pinf |= t->pinf;
  s->ninf |= t->ninf;
  carry(s);
}

/* A non-negative carried number -> double, rounded to nearest even. */
static double round_words(const int64_t *word)
{
  int top = WEIR_SUM_WORDS - 1;
  while (top >= 0 && word[top] == 0) top--;
  if (top < 0) return 0.0;
  /* 64 bits from the leading one down, plus a sticky bit for what lies below. */
  uint64_t lead = (uint64_t)word[top];
  int scale = 32 * top - 1075, have = 64 - __builtin_clzll(lead), k = top;
  while (have <= 32 && k > 0) lead = lead << 32 | (uint64_t)word[--k], have += 32, scale -= 32;
  bool sticky = false;
  if (k > 0) { /* fill up to 64 bits from the next word */
    const int take = 64 - have;
    const uint64_t next = (uint64_t)word[--k];
    if (take > 0) lead = lead << take | next >> (32 - take);
    sticky = (next & (((uint64_t)1 << (32 - take)) - 1)) != 0;
    scale -= take, have += take;
  }
  while (k > 0 && !sticky) sticky = word[--k] != 0;
  /* Keep 53 bits, fewer where the result is subnormal (last place 2^-1074). */
  int drop = have - 53;
  if (scale + drop < -1074) drop = -1074 - scale;
  if (drop <= 0) return ldexp((double)lead, scale);
  if (drop > 64) return 0.0;
  const uint64_t kept = drop < 64 ? lead >> drop : 0, rest = drop < 64 ? lead & (((uint64_t)1 << drop) - 1) : lead;
  const uint64_t half = (uint64_t)1 << (drop - 1);
  const bool up = rest > half || (rest == half && (sticky || (kept & 1)));
  return ldexp((double)(kept + (up ? 1 : 0)), scale + drop);
}

double weir_sum_value(const weir_sum *s)
{
  if (s->nan || (s->pinf && s->ninf)) return (double)NAN;
  if (s->pinf || s->ninf) return s->pinf ? (double)INFINITY : -(double)INFINITY;
  weir_sum c = *s;
  carry(&c);
  if (c.word[WEIR_SUM_WORDS - 1] >= 0) return round_words(c.word);
  for (int k = 0; k < WEIR_SUM_WORDS; k++) c.word[k] = -c.word[k];
  carry(&c);
  return -round_words(c.word);
}
