/* PPM face values (Colella, Woodward, JCP 54 (1984) 174) for Runge-Kutta steppers, on any widths, extrema kept (Colella, Sekora, JCP 227
 * (2008) 7069; McCorquodale, Colella, CAMCoS 6 (2011) 1).
 *
 *   Five cells in flow order A B C D E, the flow leaves C. Edge values by the cubic through four averages, two on either side (uniform
 *   (7 (q_C + q_D) - q_B - q_E)/12):      R = edge C|D - q_C,   L = q_C - edge B|C,   a = q_C - q_B,   b = q_D - q_C
 *   Monotone, that is a, b, q_C - q_A, q_E - q_C, R and L of one sign: rho_face = q_C + m, m = R kept between 0 and the smaller of b and 2 L',
 *       L' = L kept between 0 and a. Then the parabola with average q_C and its limited edges is monotone in C (1984, eq. 1.10).
 *       The 1984 paper limits slopes to keep edges between averages; clamping the edge leaves the cubic more often alone.
 *   Else an extremum is near: rho_face = q_C + R c'/c. c = 3 (R - L) is the curvature (a2 of p = .. + a1 xi + a2 xi^2, xi in
 *       widths of C) of the parabola in C, c' the one nearest to 0 of c and 5/4 the curvatures of the parabolas through ABC, BCD,
 *       CDE, 0 if their signs differ. At a smooth extremum c' = c; beside a jump one of them is 0 or of the other sign.
 *
 *   Measured on the problem of tests/order (rotation, 256^2, Gaussian bump, relative L1): 1.46e-4, and 4.4e-3 with the limiter of 1984,
 *   which flattens extrema, at equal errors of the disc (.066): so this one. Its price: TVD and positivity are not claimed. The disc
 *   stayed within its bounds to 1e-5.
 *   Where nothing is limited this is the centred scheme on four cells, which the CFL number of `linear` = 4 keeps stable. */
#include "fv/muscl.h"
#include "fv/upwind.h"
#include "fv/weno.h"
#include <float.h>
#include <math.h>

static const double room = 1.25;
enum { NEED = 4, DIFFERENCES = NEED - 1, PER_WAY = 2 * DIFFERENCES + 6 };

/* a2 of the parabola p = .. + a1 xi + a2 xi^2 through three averages with nodes X, xi in widths of cell C, as weights of its two
 * differences: a2 = 2 (p_1 + p_0 - 2 p_1/2). */
static void curvature(const double *X, double *w)
{
  double plus[3], minus[3], middle[3];
  weir_stencil_weights(3, X, 1.0, plus);
  weir_stencil_weights(3, X, 0.0, minus);
  weir_stencil_weights(3, X, 0.5, middle);
  w[0] = -2.0 * (plus[0] + minus[0] - 2.0 * middle[0]);
  w[1] = 2.0 * (plus[2] + minus[2] - 2.0 * middle[2]);
}

/* R from q_C-q_B, q_D-q_C, q_E-q_D; L from q_B-q_A, q_C-q_B, q_D-q_C. h: widths of A .. E. */
static void one_way(const double *h, ptrdiff_t step, double *w)
{
  double X[NEED + 1], c[NEED];
  weno_nodes(NEED, 1, h + step, step, X); /* B C D E, C from 0 to 1 */
  weir_stencil_weights(NEED, X, 1.0, c);
  w[0] = -c[0], w[1] = c[2] + c[3], w[2] = c[3];
  weno_nodes(NEED, 2, h, step, X); /* A B C D */
  weir_stencil_weights(NEED, X, 0.0, c);
  w[3] = c[0], w[4] = c[0] + c[1], w[5] = -c[3];
  double Y[6];
  weno_nodes(5, 2, h, step, Y);
  for (int k = 0; k < 3; k++) curvature(Y + k, w + 6 + 2 * k);
}

static void coef(const double *h, double *w)
{
  one_way(h - 3, 1, w);
  one_way(h + 2, -1, w + PER_WAY);
}

WEIR_INLINE double three(const double *w, double a, double b, double c)
{
  return (w[0] * a + w[2] * c) + w[1] * b;
}

/* rho_face - q_C. Selects between values that are costly to compute would become branches, so they are sums here. */
WEIR_INLINE double rise(const double *z, double far, double a, double b, double next)
{
  const double R = three(z, a, b, next), L = three(z + DIFFERENCES, far, a, b);
  const double A = a + far, E = b + next;
  const double lo = weir_min(weir_min(weir_min(a, b), weir_min(A, E)), weir_min(R, L)),
               hi = weir_max(weir_max(weir_max(a, b), weir_max(A, E)), weir_max(R, L));
  const double c = 3.0 * (R - L), c0 = room * (z[6] * far + z[7] * a), c1 = room * (z[8] * a + z[9] * b),
               c2 = room * (z[10] * b + z[11] * next);
  const double least = weir_min(weir_min(c0, c1), weir_min(c2, c)), most = weir_max(weir_max(c0, c1), weir_max(c2, c));
  const double kept = weir_max(least, 0.0) - weir_min(most, 0.0), over = fabs(c) + DBL_MIN;
  const double on = (lo > 0.0 ? 1.0 : 0.0) + (hi < 0.0 ? 1.0 : 0.0), off = 1.0 - on;
  const double part = R * ((on * over + off * kept) / over), edge = 2.0 * muscl_bound(L, a, a);
  return muscl_bound(part, on * edge + off * part, on * b + off * part);
}

/* inc and same are known when this is compiled. */
WEIR_INLINE void faces(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                       const weir_stencil *st, double *restrict face, ptrdiff_t inc, bool same)
{
  const double *w[2 * PER_WAY];
  double fixed[2 * PER_WAY];
#pragma GCC unroll 16
  for (int m = 0; m < 2 * PER_WAY; m++) w[m] = st->w[m], fixed[m] = st->w[m][0];
  for (ptrdiff_t i = 0; i < n; i++) {
    const bool right = u[i] > 0.0;
    double x[6], y[5], z[PER_WAY];
#pragma GCC unroll 16
    for (int m = 0; m < 6; m++) x[m] = q[i + (m - 3) * s];
#pragma GCC unroll 16
    for (int m = 0; m < 5; m++) y[m] = right ? x[m] : x[5 - m];
#pragma GCC unroll 16
    for (int m = 0; m < PER_WAY; m++) {
      const double up = inc == 0 ? fixed[m] : w[m][i], down = inc == 0 ? fixed[m + PER_WAY] : w[m + PER_WAY][i];
      z[m] = same || right ? up : down;
    }
    const double far = y[1] - y[0], a = y[2] - y[1], b = y[3] - y[2], next = y[4] - y[3];
    face[i] = y[2] + rise(z, far, a, b, next);
  }
}

/* Reads q[-3s .. n-1+2s]; writes face[0,n). */
WEIR_CLONES static void row(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                            const weir_stencil *st, double *restrict face)
{
  bool same = st->inc == 0;
  for (int m = 0; m < PER_WAY; m++) same = same && st->w[m][0] == st->w[m + PER_WAY][0];
  if (st->inc != 0)
    faces(n, s, q, u, st, face, 1, false);
  else if (same)
    faces(n, s, q, u, st, face, 0, true);
  else
    faces(n, s, q, u, st, face, 0, false);
}

extern const weir_recon weir_recon_ppm;
const weir_recon weir_recon_ppm = {
    .abi = WEIR_SCHEME_ABI,
    .name = "ppm",
    .formula =
        "cubic edges q_C + R, q_C - L; R kept between 0 and the smaller of q_D-q_C and 2 L, at extrema by curvature",
    .cite = "Colella, Woodward, JCP 54 (1984) 174; Colella, Sekora, JCP 227 (2008) 7069",
    .order = 4,
    .ghost = 3,
    .linear = 4,
    .product = 4,
    .ncoef = 2 * PER_WAY,
    .coef = coef,
    .row = row,
};
