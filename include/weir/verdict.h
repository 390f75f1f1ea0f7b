/* weir/verdict.h - what a judgement is made of: a list of checks, each with value, noise, tolerance, outcome and place.
 *
 *   The judge (weir/judge.h) fills it, reports (weir/report.h) print it; nothing here computes.
 *   All numbers of a check are in the check's own unit. NaN = "not applicable"; a check with a NaN value never passes. */
#ifndef WEIR_VERDICT_H
#define WEIR_VERDICT_H

#include <weir/base.h>

typedef enum weir_outcome {
  WEIR_NOT_TESTED, /**< the data needed are not there; `text` says which */
  WEIR_REPORTED,   /**< a number for the reader; decides nothing */
  WEIR_PASS,       /**< not distinguishable from right within the tolerance; proves nothing by itself */
  WEIR_CERTIFIED,  /**< the confidence bound lies inside the tolerance: proven right, at level alpha */
  WEIR_FAILED      /**< proven worse than the tolerance, at level alpha (or, for deterministic checks, found wrong) */
} weir_outcome;

const char *weir_outcome_name(weir_outcome o); /* "not tested", "reported", "pass", "certified", "FAIL" */

/** One check at one step. */
typedef struct weir_check {
  char check[24];     /**< "integrity", "mass", "counts", "density", "normalisation", ... : stable names */
  char statistic[24]; /**< "chi2", "mean", "rms", ... : stable names */
  int step;           /**< index into the cloud's steps, -1 = the whole run */
  double time;
  weir_outcome outcome;
  double value;        /**< the statistic */
  double noise;        /**< its median for an exact cloud of this size (0: no sampling noise) */
  double noise95;      /**< its 95 % quantile for an exact cloud */
  double tolerance;    /**< FAIL needs proof that the true value is above it */
  double lower, upper; /**< confidence bounds of the true value */
  double p;            /**< p-value of "true value <= tolerance", joint over the check's statistics */
  double level;        /**< FAIL if p <= level (after correction over steps) */
  double n_needed;     /**< particles that would decide, NaN if unknown */
  bool has_place;      /**< worst misfit: a box in space ... */
  double place_lo[WEIR_MAXDIM], place_hi[WEIR_MAXDIM];
  double observed, expected,
      sd;           /**< ... with what was found in it, what was expected, and its noise: particles (mass, counts),
                                      mean of lam (density) */
  int64_t particle; /**< worst particle, -1 if none; its position is place_lo == place_hi */
  char text[240];   /**< one plain sentence: what was found, against what */
} weir_check;

/** A whole judgement. Grow with weir_verdict_add(); free with weir_verdict_destroy(). */
typedef struct weir_verdict {
  weir_outcome outcome; /**< worst of the decisive checks */
  int n, capacity;
  weir_check *check; /**< in order of step, then of check */
  int dim, steps;
  int64_t particles; /**< at step 0 */
  double alpha, eps;
  uint64_t seed;
  char reference[24]; /**< "pde", "jko", "exact" */
} weir_verdict;

weir_status weir_verdict_create(weir_ctx *ctx, weir_verdict **out);
void weir_verdict_destroy(weir_verdict **v);
/** A new check appended to v, all numbers NaN, particle -1, outcome NOT_TESTED; borrowed, valid until the next add. @retval WEIR_ENOMEM */
weir_status weir_verdict_add(weir_ctx *ctx, weir_verdict *v, const char *check, const char *statistic, int step,
                             double time, weir_check **out);
/** Set v->outcome from the checks: FAILED if any failed; else CERTIFIED if every tested check is certified; else PASS; NOT_TESTED
 *  if nothing was tested. REPORTED and NOT_TESTED rows do not count. */
void weir_verdict_conclude(weir_verdict *v);
/** The failed check with the largest lower/tolerance (value/tolerance without a lower bound; no number counts as infinite), the first
 *  of equals; NULL if none failed. Borrowed. */
const weir_check *weir_verdict_worst(const weir_verdict *v);

#endif
