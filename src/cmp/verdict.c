/* Verdicts: a growing list of checks and the rules that sum it up. */
#include <weir/verdict.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *weir_outcome_name(weir_outcome o)
{
  static const char *const name[] = {"not tested", "reported", "pass", "certified", "FAIL"};
  return o >= WEIR_NOT_TESTED && o <= WEIR_FAILED ? name[o] : "?";
}

weir_status weir_verdict_create(weir_ctx *ctx, weir_verdict **out)
{
  *out = NULL;
  void *v = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_verdict), "verdict", &v));
  *out = v;
  return WEIR_OK;
}

void weir_verdict_destroy(weir_verdict **v)
{
  if (v == NULL || *v == NULL) return;
  weir_free((*v)->check);
  weir_free(*v);
  *v = NULL;
}

weir_status weir_verdict_add(weir_ctx *ctx, weir_verdict *v, const char *check, const char *statistic, int step,
                             double time, weir_check **out)
{
  *out = NULL;
  if (v->n == v->capacity) {
    const int capacity = v->capacity > 0 ? 2 * v->capacity : 64;
    void *grown = NULL;
    WEIR_TRY(weir_alloc(ctx, (size_t)capacity, sizeof(weir_check), "verdict's checks", &grown));
    if (v->n > 0) memcpy(grown, v->check, (size_t)v->n * sizeof(weir_check));
    weir_free(v->check);
    v->check = grown, v->capacity = capacity;
  }
  const double none = (double)NAN;
  weir_check *c = &v->check[v->n++];
  *c = (weir_check){.step = step,
                    .time = time,
                    .value = none,
                    .noise = none,
                    .noise95 = none,
                    .tolerance = none,
                    .lower = none,
                    .upper = none,
                    .p = none,
                    .level = none,
                    .n_needed = none,
                    .observed = none,
                    .expected = none,
                    .sd = none,
                    .particle = -1};
  for (int a = 0; a < WEIR_MAXDIM; a++) c->place_lo[a] = c->place_hi[a] = none;
  snprintf(c->check, sizeof c->check, "%s", check);
  snprintf(c->statistic, sizeof c->statistic, "%s", statistic);
  *out = c;
  return WEIR_OK;
}

void weir_verdict_conclude(weir_verdict *v)
{
  int failed = 0, passed = 0, certified = 0;
  for (int i = 0; i < v->n; i++) {
    failed += v->check[i].outcome == WEIR_FAILED;
    passed += v->check[i].outcome == WEIR_PASS;
    certified += v->check[i].outcome == WEIR_CERTIFIED;
  }
  if (failed > 0)
    v->outcome = WEIR_FAILED;
  else if (passed > 0)
    v->outcome = WEIR_PASS;
  else
    v->outcome = certified > 0 ? WEIR_CERTIFIED : WEIR_NOT_TESTED;
}

/* How far the proven misfit is beyond the tolerance; infinite where that is no number (0/0 too: nothing excuses a failure without a scale). */
static double excess(const weir_check *c)
{
  const double r = (isnan(c->lower) ? c->value : c->lower) / c->tolerance;
  return isnan(r) ? (double)INFINITY : r;
}

const weir_check *weir_verdict_worst(const weir_verdict *v)
{
  const weir_check *worst = NULL;
  for (int i = 0; i < v->n; i++) {
    const weir_check *c = &v->check[i];
    if (c->outcome == WEIR_FAILED && (worst == NULL || excess(c) > excess(worst))) worst = c;
  }
  return worst;
}
