/* Uniformisation (identity and ledger: time/uniformise.h).
 *
 *   Weights. Relative to the mode k0 = floor(mean) they follow from w_{k+1}/w_k = mean/(k+1), without e^-mean, so no
 *   mean is too large; then they are divided by their exact sum. Going up, the ratios fall, so the terms beyond k weigh less than
 *   the geometric series w_{k+1}/(1 - mean/(k+2)); going down likewise w_{k-1}/(1 - (k-1)/mean). The window ends where these bounds
 *   fall below 1e-18 of the mode's weight; as the mode weighs less than 1, each side drops less than 1e-18. */
#include "time/uniformise.h"
#include <weir/sum.h>
#include <math.h>
#include <string.h>

static const double drop = 1e-18, mean_max = 0x1p40;

static int64_t window_end(double mean, int64_t mode)
{
  int64_t k = mode;
  for (double w = 1;; k++) {
    const double ratio = mean / (double)(k + 1), next = mean / (double)(k + 2);
    w *= ratio; /* w_{k+1} */
    if (next < 1 && w <= drop * (1 - next)) return k;
  }
}

static int64_t window_begin(double mean, int64_t mode)
{
  int64_t k = mode;
  for (double w = 1; k > 0; k--) {
    w *= (double)k / mean; /* w_{k-1} */
    if (w <= drop * (1 - (double)(k - 1) / mean)) return k;
  }
  return k;
}

static void fill_weights(weir_poisson *p, int64_t mode)
{
  double *w = p->weight - p->first;
  w[mode] = 1;
  for (int64_t k = mode; k < p->last; k++) w[k + 1] = w[k] * (p->mean / (double)(k + 1));
  for (int64_t k = mode; k > p->first; k--) w[k - 1] = w[k] * ((double)k / p->mean);
  const ptrdiff_t count = (ptrdiff_t)(p->last - p->first + 1);
  weir_sum sum;
  weir_sum_clear(&sum);
  weir_sum_add_array(&sum, count, p->weight);
  const double total = weir_sum_value(&sum);
  for (ptrdiff_t i = 0; i < count; i++) p->weight[i] /= total;
  /* The quotients' rounding errors add up to less than an ulp of 1; the mode takes the exact rest. */
  weir_sum_clear(&sum);
  weir_sum_add(&sum, -1.0);
  weir_sum_add_array(&sum, count, p->weight);
  w[mode] -= weir_sum_value(&sum);
  /* Tails from the far end, smallest first, each the exact sum rounded once. */
  weir_sum_clear(&sum);
  for (ptrdiff_t i = count - 1; i >= 0; i--) {
    p->tail[i] = weir_sum_value(&sum);
    weir_sum_add(&sum, p->weight[i]);
  }
  weir_sum_clear(&sum);
  for (ptrdiff_t i = 0; i < count; i++) {
    weir_sum_add(&sum, p->weight[i]);
    p->share[i] = p->weight[i] / weir_sum_value(&sum);
  }
}

weir_status weir_poisson_create(weir_ctx *ctx, double mean, weir_poisson **out)
{
  *out = NULL;
  WEIR_REQUIRE(mean >= 0 && mean <= mean_max, ctx, WEIR_EARG, "Poisson mean %g, a number in [0, 2^40] expected", mean);
  const int64_t mode = (int64_t)mean;
  void *mem = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_poisson), "Poisson weights", &mem));
  weir_poisson *p = mem;
  p->mean = mean;
  p->first = window_begin(mean, mode);
  p->last = window_end(mean, mode);
  const size_t count = (size_t)(p->last - p->first + 1);
  weir_status s = weir_alloc_doubles(ctx, count, "Poisson weights", &p->weight);
  if (s == WEIR_OK) s = weir_alloc_doubles(ctx, count, "Poisson tails", &p->tail);
  if (s == WEIR_OK) s = weir_alloc_doubles(ctx, count, "Poisson shares", &p->share);
  if (s != WEIR_OK) {
    weir_poisson_destroy(&p);
    return s;
  }
  fill_weights(p, mode);
  *out = p;
  return WEIR_OK;
}

void weir_poisson_destroy(weir_poisson **p)
{
  if (p == NULL || *p == NULL) return;
  weir_free((*p)->weight);
  weir_free((*p)->tail);
  weir_free((*p)->share);
  weir_free(*p);
  *p = NULL;
}

weir_status weir_uniformise(weir_ctx *ctx, const weir_poisson *p, const weir_chain *chain, ptrdiff_t len, double *r,
                            double *spare, double *acc)
{
  memset(acc, 0, (size_t)len * sizeof *acc);
  for (int64_t k = 0; k < p->last; k++) {
    if (chain->stop != NULL && chain->stop(chain->user))
      return WEIR_FAIL(ctx, WEIR_EINTERRUPTED, "interrupted after %lld of %lld matrix-vector products", (long long)k,
                       (long long)p->last);
    const bool inside = k >= p->first;
    if (chain->note != NULL) chain->note(chain->user, inside ? p->tail[k - p->first] : 1.0, r);
    chain->step(chain->user, inside ? p->share[k - p->first] : 0.0, r, spare, acc);
    double *const t = r;
    r = spare, spare = t;
  }
  const double share = p->share[p->last - p->first];
  for (ptrdiff_t i = 0; i < len; i++) acc[i] += share * (r[i] - acc[i]);
  return WEIR_OK;
}
