/* The flow of roll.h.
 *
 *   v = cos(pi t) w(x),  w = curl of S sin^2(pi x) sin^2(pi y): at t = 1 everything is back where it was and errors of v x rho have
 *   cancelled, so t = 1/2 is compared. div v = 0: the density is constant along characteristics, which are those of w in the
 *   pseudo-time sin(pi t)/pi. S is so small that rho(1/2) still grows along both axes everywhere (d log rho/dx from 1.1 to 2.8): limiters
 *   have no extremum to clip, so that compressive ones, which square waves off, have an order to measure too.
 *
 *   Back along a characteristic by the midpoint rule with 2, 4, 6, 8, 10 steps, extrapolated (Gragg, SIAM J. Numer. Anal. 2 (1965) 384):
 *   order 10. One part in place of eight changes rho by 1e-13 of it (tests/laws). */
#include "laws/roll.h"
#include <weir/base.h>
#include <math.h>

enum { COLUMNS = 5 };
static const double STRENGTH = 0.06;

void weir_roll_stream(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double sx = sin(WEIR_PI * x[0][i]), sy = sin(WEIR_PI * x[1][i]);
    out[i] = STRENGTH * sx * sx * sy * sy;
  }
}

double weir_roll_factor(void *user, double t)
{
  (void)user;
  return cos(WEIR_PI * t);
}

static void slope(const double X[2], double v[2])
{
  const double sx = sin(WEIR_PI * X[0]), sy = sin(WEIR_PI * X[1]), c = 2 * WEIR_PI * STRENGTH;
  v[0] = c * sx * sx * sy * cos(WEIR_PI * X[1]);
  v[1] = -c * sx * cos(WEIR_PI * X[0]) * sy * sy;
}

/* X after the pseudo-time `by`, in n midpoint steps. */
static void midpoint(int n, double by, const double X[2], double out[2])
{
  const double h = by / n;
  double last[2] = {X[0], X[1]}, v[2];
  slope(X, v);
  out[0] = X[0] + h * v[0], out[1] = X[1] + h * v[1];
  for (int k = 1; k < n; k++) {
    slope(out, v);
    for (int a = 0; a < 2; a++) {
      const double next = last[a] + 2 * h * v[a];
      last[a] = out[a], out[a] = next;
    }
  }
}

static void trace(double by, double X[2])
{
  double row[COLUMNS][2];
  for (int j = 0; j < COLUMNS; j++) {
    midpoint(2 * (j + 1), by, X, row[j]);
    for (int k = j - 1; k >= 0; k--) { /* row[k] with steps 2(k+1) .. 2(j+1) */
      const double q = (double)(j + 1) / (k + 1), f = 1 / (q * q - 1);
      for (int a = 0; a < 2; a++) row[k][a] = row[k + 1][a] + (row[k + 1][a] - row[k][a]) * f;
    }
  }
  X[0] = row[0][0], X[1] = row[0][1];
}

void weir_roll_density(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const int parts = user == NULL ? 1 : *(const int *)user;
  const double pseudo = sin(WEIR_PI * t) / WEIR_PI;
  for (ptrdiff_t i = 0; i < n; i++) {
    double X[2] = {x[0][i], x[1][i]};
    for (int k = 0; k < parts && t > 0; k++) trace(-pseudo / parts, X);
    out[i] = exp(2 * X[0] + 2 * X[1]);
  }
}
