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

static void linear_features(const countstats *s, const double *restrict q, bool modulus, double *restrict f)
{
  const int n = s->nlin;
  for (int a = 0; a < n; a++) f[a] = 0;
  for (ptrdiff_t b = 0; b < s->g->blocks; b++) {
    if (q[b] == 0) continue;
    const double *row = s->lin + b * n;
    for (int a = 0; a < n; a++) f[a] += q[b] * (modulus ? fabs(row[a]) : row[a]);
  }
}

/* Cumulated shares times the gap to the next bin. */
static void projected_features(const countstats *s, const double *restrict q, double *restrict f)
{
  const ptrdiff_t blocks = s->g->blocks;
  for (int k = 0; k < s->directions; k++, f += s->bins) {
    const int32_t *bin = s->bin + k * blocks;
    const double *gap = s->gap + (ptrdiff_t)k * s->bins;
    for (int i = 0; i < s->bins; i++) f[i] = 0;
    for (ptrdiff_t b = 0; b < blocks; b++)
      if (q[b] != 0) f[bin[b]] += q[b];
    double sum = 0;
    for (int i = 0; i < s->bins; i++) {
      sum += f[i];
      f[i] = sum * gap[i];
    }
  }
}

static void group_features(const countstats *s, const double *restrict q, double *restrict f)
{
  for (int i = 0; i < s->groups; i++) f[i] = 0;
  for (ptrdiff_t b = 0; b < s->g->blocks; b++)
    if (q[b] != 0) f[s->leaf[b]] += q[b];
  for (int i = 0; i < s->groups; i++) f[i] *= s->leaf_scale[i];
}

void countstats_features(const countstats *s, const double *q, bool modulus, double *scratch, double *f)
{
  linear_features(s, q, modulus, f + s->first[WEIR_STAT_MEAN]);
  projected_features(s, q, f + s->first[WEIR_STAT_SW1]);
  group_features(s, q, f + s->first[WEIR_STAT_CHI2]);
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
      r = fmax(r, fabs(v));
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
    lo = fmax(lo, fmin(a, b)), hi = fmin(hi, fmax(a, b));
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
