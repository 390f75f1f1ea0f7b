/* One step of the equation of characteristics, by extrapolation of the explicit midpoint rule.
 *
 *   With n_j = 2j substeps of size h/n_j from y the midpoint rule gives y + d_j, whose error is a series in (h/n_j)^2 (Gragg 1965;
 *   for even n_j without the smoothing step). Aitken-Neville in (h/n_j)^2,
 *       T_{j,1} = d_j,   T_{j,k} = T_{j,k-1} + (T_{j,k-1} - T_{j-1,k-1}) / ((n_j/n_{j-k+1})^2 - 1),
 *   gives T_{j,j} of order 2j; |T_{j,j} - T_{j,j-1}| estimates the error of the latter. Rows 1..8 take 65 slopes. Increments d,
 *   not values, are extrapolated, so that rounding is relative to the step: its weights sum to about 100 in magnitude. */
#include "exact/path.h"
#include <math.h>
#include <string.h>

enum { LEAST = 4 }; /* rows before an agreement is believed */

static double wrapped(double x, double lo, double hi)
{
  return x >= lo && x <= hi ? x : x - (hi - lo) * floor((x - lo) / (hi - lo));
}

bool path_slope(const path *p, double s, ptrdiff_t n, const path_state *y, path_state *slope, ptrdiff_t *lane)
{
  const weir_flowmap *f = p->f;
  const double time = p->t - s, at = f->factor != NULL ? 0.0 : time;
  const double g = f->factor != NULL && !p->pseudo ? f->factor(f->factor_user, time) : 1.0;
  double place[WEIR_MAXDIM][PATH_LANES];
  const double *x[WEIR_MAXDIM] = {NULL};
  for (int a = 0; a < f->dim; a++) {
    x[a] = y->part[a];
    if (!f->boxed || f->boundary.side[a][0] != WEIR_PERIODIC) continue;
    for (ptrdiff_t i = 0; i < n; i++) place[a][i] = wrapped(y->part[a][i], f->lo[a], f->hi[a]);
    x[a] = place[a];
  }
  for (int k = 0; k < p->parts; k++) {
    const int a = p->part[k];
    weir_point_fn *fn = a == PATH_DIV ? f->divergence : f->velocity[a];
    double *restrict out = slope->part[a];
    fn(a == PATH_DIV ? f->divergence_user : f->velocity_user[a], at, n, x, out);
    const double sign = a == PATH_DIV ? g : -g;
    for (ptrdiff_t i = 0; i < n; i++) out[i] *= sign;
    for (ptrdiff_t i = 0; i < n; i++)
      if (!isfinite(out[i])) {
        *lane = i;
        return false;
      }
  }
  return true;
}

/* d = increment after `count` midpoint substeps. */
static bool midpoint(const path *p, double s, double h, int count, ptrdiff_t n, const path_state *y,
                     const path_state *first, path_state *d, ptrdiff_t *lane)
{
  path_state before, at, slope;
  const double k = h / count;
  for (int q = 0; q < p->parts; q++)
    for (ptrdiff_t i = 0; i < n; i++)
      before.part[p->part[q]][i] = 0.0, d->part[p->part[q]][i] = k * first->part[p->part[q]][i];
  for (int a = 0; a < p->f->dim; a++) memcpy(at.part[a], y->part[a], (size_t)n * sizeof(double));
  for (int m = 1; m < count; m++) {
    for (int q = 0; q < p->parts; q++) {
      const int a = p->part[q];
      for (ptrdiff_t i = 0; i < n; i++) at.part[a][i] = y->part[a][i] + d->part[a][i];
    }
    if (!path_slope(p, s + m * k, n, &at, &slope, lane)) return false;
    for (int q = 0; q < p->parts; q++) {
      double *restrict old = before.part[p->part[q]], *restrict now = d->part[p->part[q]];
      const double *restrict v = slope.part[p->part[q]];
      for (ptrdiff_t i = 0; i < n; i++) {
        const double next = old[i] + 2.0 * k * v[i];
        old[i] = now[i], now[i] = next;
      }
    }
  }
  return true;
}

/* Row j (from 0) of the table: row[0..j-1] holds the row before in, this row out. Returns the error estimate over the tolerance. */
static double extrapolate(const path *p, int j, ptrdiff_t n, const path_state *y, const path_state *d, path_state *row,
                          ptrdiff_t *lane)
{
  double worst = 0.0;
  for (int q = 0; q < p->parts; q++) {
    const int a = p->part[q];
    for (ptrdiff_t i = 0; i < n; i++) {
      double now = d->part[a][i], less = now;
      for (int k = 0; k < j; k++) {
        const double r = (j + 1.0) / (j - k), old = row[k].part[a][i];
        row[k].part[a][i] = now;
        less = now;
        now += (now - old) / (r * r - 1.0);
      }
      row[j].part[a][i] = now;
      const double unit = a == PATH_DIV || p->f->boxed ? 1.0 : fmax(1.0, fabs(y->part[a][i]));
      const double e = fabs(now - less) / (unit * p->scale[a] * p->tolerance);
      if (!(e <= worst)) worst = e, *lane = i;
    }
  }
  return worst;
}

int path_step(const path *p, double s, double h, ptrdiff_t n, const path_state *y, path_state *y1, double *error,
              ptrdiff_t *lane)
{
  path_state first, d, row[PATH_ROWS];
  *error = (double)INFINITY;
  if (!path_slope(p, s, n, y, &first, lane)) return 0;
  for (int j = 0; j < PATH_ROWS; j++) {
    if (!midpoint(p, s, h, 2 * (j + 1), n, y, &first, &d, lane)) return 0;
    *error = extrapolate(p, j, n, y, &d, row, lane);
    if (!isfinite(*error)) {
      *error = (double)INFINITY;
      return 0;
    }
    if (j + 1 < LEAST || !(*error <= 1.0)) continue;
    for (int a = 0; a < PATH_PARTS; a++) {
      const bool moves = (a < p->f->dim && p->f->velocity[a] != NULL) || (a == PATH_DIV && p->f->divergence != NULL);
      for (ptrdiff_t i = 0; i < n; i++) y1->part[a][i] = y->part[a][i] + (moves ? row[j].part[a][i] : 0.0);
    }
    return j + 1;
  }
  return 0;
}
