/* Evaluation of the count statistics: the hot part of the calibration (once per draw).
 *
 *   Features of statistic k lie at f[first[k] ..); |f| is their l2 norm (mean, spread, cov, chi2), l1 norm (sw1, gaps included in f)
 *   or maximum (scan). Everything is linear in q, so draws, truth and errors share one function. */
#include "cmp/judging.h"
#include <math.h>

static norm_kind kind_of(int k)
{
  return k == WEIR_STAT_SW1 ? NORM_L1 : k == WEIR_STAT_SCAN ? NORM_MAX : NORM_L2;
}

ptrdiff_t countstats_scratch(const countstats *s)
{
  return prefix_len(s->g);
}

/* One pass over the blocks that hold something: moments, bins of every direction, groups. */
static void scatter(const countstats *s, const double *restrict q, bool modulus, double *restrict linear,
                    double *restrict binned, double *restrict group)
{
  const int n = s->nlin, K = s->directions, bins = s->bins;
  for (ptrdiff_t b = 0; b < s->g->blocks; b++) {
    const double v = q[b];
    if (v == 0) continue;
    const double *restrict row = s->lin + b * n;
    for (int a = 0; a < n; a++) linear[a] += v * (modulus ? fabs(row[a]) : row[a]);
    const int32_t *restrict bin = s->bin + b * K;
    for (int k = 0; k < K; k++) binned[k * bins + bin[k]] += v;
    group[s->leaf[b]] += v;
  }
}

/* Cumulated shares times the gap to the next bin. */
static void cumulate(const countstats *s, double *restrict f)
{
  for (int k = 0; k < s->directions; k++) {
    double sum = 0;
    for (int i = k * s->bins; i < (k + 1) * s->bins; i++) {
      sum += f[i];
      f[i] = sum * s->gap[i];
    }
  }
}

void countstats_features(const countstats *s, const double *q, bool modulus, double *scratch, double *f)
{
  for (ptrdiff_t i = 0; i < s->first[WEIR_STAT_SCAN]; i++) f[i] = 0;
  double *binned = f + s->first[WEIR_STAT_SW1], *group = f + s->first[WEIR_STAT_CHI2];
  scatter(s, q, modulus, f, binned, group);
  cumulate(s, binned);
  for (int i = 0; i < s->groups; i++) group[i] *= s->leaf_scale[i];
  prefix_fill(s->g, q, scratch);
  double *restrict scan = f + s->first[WEIR_STAT_SCAN];
  for (ptrdiff_t b = 0; b < s->boxes; b++) scan[b] = prefix_sum(s->g, scratch, &s->box[b]) * s->box_scale[b];
}

double countstats_norm(const countstats *s, int k, const double *f)
{
  return countstats_norm_at(s, k, f, f, 0);
}

double countstats_norm_at(const countstats *s, int k, const double *f, const double *u, double e)
{
  double r = 0;
  const norm_kind kind = kind_of(k);
  for (ptrdiff_t i = s->first[k]; i < s->first[k + 1]; i++) {
    const double v = f[i] + e * u[i];
    if (kind == NORM_L2)
      r += v * v;
    else if (kind == NORM_L1)
      r += fabs(v);
    else
      r = fabs(v) > r || isnan(v) ? fabs(v) : r;
  }
  return kind == NORM_L2 ? sqrt(r) : r;
}

/* |f + e u|^2 = T^2: the larger root. */
static double crossing_l2(ptrdiff_t n, const double *f, const double *u, double T)
{
  double uu = 0, fu = 0, ff = 0;
  for (ptrdiff_t i = 0; i < n; i++) uu += u[i] * u[i], fu += f[i] * u[i], ff += f[i] * f[i];
  const double disc = fu * fu - uu * (ff - T * T);
  return uu > 0 && disc >= 0 ? (-fu + sqrt(disc)) / uu : -1;
}

/* Each |f_i + e u_i| <= T is an interval of e: the end of their intersection. */
static double crossing_max(ptrdiff_t n, const double *f, const double *u, double T)
{
  double lo = 0, hi = (double)INFINITY;
  for (ptrdiff_t i = 0; i < n; i++) {
    if (u[i] == 0) {
      if (fabs(f[i]) > T) return -1;
      continue;
    }
    const double a = (-T - f[i]) / u[i], b = (T - f[i]) / u[i];
    const double near = a < b ? a : b, far = a < b ? b : a;
    lo = near > lo ? near : lo, hi = far < hi ? far : hi;
  }
  return hi >= lo ? hi : -1;
}

static double slope_l1(ptrdiff_t n, const double *f, const double *u, double e, double *value)
{
  double v = 0, d = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double g = f[i] + e * u[i];
    v += fabs(g);
    d += g > 0 ? u[i] : g < 0 ? -u[i] : fabs(u[i]);
  }
  *value = v;
  return d;
}

/* Convex and piecewise linear: Newton from the right, where |f + e u| >= e - |f| >= T, falls to the larger root. */
static double crossing_l1(ptrdiff_t n, const double *f, const double *u, double T)
{
  double v, e = 0;
  (void)slope_l1(n, f, u, 0, &v);
  e = T + v;
  for (int it = 0; it < 60; it++) {
    const double d = slope_l1(n, f, u, e, &v);
    if (!(v > T * (1 + 1e-12))) return e;
    if (!(d > 0)) return -1; /* past the minimum and still above T */
    const double next = e - (v - T) / d;
    if (!(next < e)) return e;
    if (next < 0) return -1;
    e = next;
  }
  return e;
}

double countstats_crossing(const countstats *s, int k, const double *f, const double *u, double T)
{
  const ptrdiff_t n = s->first[k + 1] - s->first[k];
  f += s->first[k], u += s->first[k];
  double e;
  switch (kind_of(k)) {
  case NORM_L1: e = crossing_l1(n, f, u, T); break;
  case NORM_MAX: e = crossing_max(n, f, u, T); break;
  case NORM_L2:
  default: e = crossing_l2(n, f, u, T); break;
  }
  return e >= 0 && e < (double)INFINITY ? e : -1;
}
