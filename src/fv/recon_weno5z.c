/* WENO5-Z (Borges, Carmona, Costa, Don, JCP 227 (2008) 3191; candidates and smoothness: Jiang, Shu, JCP 126 (1996) 202), on any
 * widths.
 *
 *   Cells in flow order A B C D E, the flow leaves C through the face C|D. Three parabolas, through ABC, BCD, CDE; in cell C, with xi from
 *   -1/2 to 1/2, each is  q_C + g xi + c (xi^2 - 1/12),  g and c linear in two differences of averages:
 *       value at the face  q_C + g/2 + c/6,      smoothness  beta = h int p'^2 + h^3 int p''^2 = g^2 + 13/3 c^2
 *       (uniform, BCD: g = (q_D - q_B)/2, c = (q_D - 2 q_C + q_B)/2)
 *   weights  w_k = d_k (1 + (tau/beta_k)^2),  tau = |beta_0 - beta_2|,  d: those with which the parabolas add up to the quartic
 *   (uniform 1/10, 6/10, 3/10; else from the weights of fv/upwind.h: only ABC has A, only CDE has E).
 *
 *   Multiplied out there is one division: w_0 ~ d_0 (beta_0^2 + tau^2) beta_1^2 beta_2^2. Twelve factors of q would over- and underflow,
 *   so the betas are first divided by the power of 2 next to their sum: exact, and the result does not depend on the scale of q,
 *   nor does the 1e-40 added to them. On rough widths d may be negative; then the linear weights are not convex, and the scheme is
 *   refused no mesh: it is u5 there where the data are smooth. Not TVD, not positive. */
#include "fv/weno.h"

enum { CELLS = 5, PER_WAY = 14 };
static const double curvature = 13.0 / 3.0, least = 1e-40;

/* g and c of the parabola through cells first .. first+2 of five with nodes X (cell C from X_2 = 0 to X_3 = 1) as weights of its
 * two differences, by its values at the ends and in the middle of C: g = p_+ - p_-, c = 2 (p_+ + p_- - 2 p_0). */
static void parabola(const double *X, int first, double *w)
{
  double plus[3], minus[3], middle[3], g[3], c[3];
  weir_stencil_weights(3, X + first, 1.0, plus);
  weir_stencil_weights(3, X + first, 0.0, minus);
  weir_stencil_weights(3, X + first, 0.5, middle);
  for (int m = 0; m < 3; m++) g[m] = plus[m] - minus[m], c[m] = 2.0 * (plus[m] + minus[m] - 2.0 * middle[m]);
  w[0] = -g[0], w[1] = g[2], w[2] = -c[0], w[3] = c[2];
}

/* Four entries for each parabola, then d_0 and d_2. */
static void one_way(const double *h, ptrdiff_t step, double *w)
{
  double X[CELLS + 1], c[CELLS], left[3], right[3];
  weno_nodes(CELLS, 2, h, step, X);
  for (int k = 0; k < 3; k++) parabola(X, k, w + 4 * k);
  weir_stencil_weights(CELLS, X, 1.0, c);
  weir_stencil_weights(3, X, 1.0, left);
  weir_stencil_weights(3, X + 2, 1.0, right);
  w[12] = c[0] / left[0], w[13] = c[4] / right[2];
}

static void coef(const double *h, double *w)
{
  one_way(h - 3, 1, w);
  one_way(h + 2, -1, w + PER_WAY);
}

WEIR_INLINE double face_value(const double *y, const double *w)
{
  const double d0 = y[1] - y[0], d1 = y[2] - y[1], d2 = y[3] - y[2], d3 = y[4] - y[3];
  const double g0 = w[0] * d0 + w[1] * d1, c0 = w[2] * d0 + w[3] * d1;
  const double g1 = w[4] * d1 + w[5] * d2, c1 = w[6] * d1 + w[7] * d2;
  const double g2 = w[8] * d2 + w[9] * d3, c2 = w[10] * d2 + w[11] * d3;
  double b0 = g0 * g0 + curvature * (c0 * c0), b1 = g1 * g1 + curvature * (c1 * c1),
         b2 = g2 * g2 + curvature * (c2 * c2);
  const double unit = weno_scale((b0 + b2) + (b1 + 0x1p-1000));
  b0 = b0 * unit + least, b1 = b1 * unit + least, b2 = b2 * unit + least;
  double t = b0 - b2;
  t *= t, b0 *= b0, b1 *= b1, b2 *= b2;
  const double a0 = w[12] * ((b0 + t) * (b1 * b2)), a2 = w[13] * ((b2 + t) * (b0 * b1)),
               a1 = (1.0 - w[12] - w[13]) * ((b1 + t) * (b0 * b2));
  const double v0 = 0.5 * g0 + (1.0 / 6.0) * c0, v1 = 0.5 * g1 + (1.0 / 6.0) * c1, v2 = 0.5 * g2 + (1.0 / 6.0) * c2;
  return y[2] + ((a0 * v0 + a2 * v2) + a1 * v1) / ((a0 + a2) + a1);
}

/* inc and same are known when this is compiled. */
WEIR_INLINE void faces(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                       const weir_stencil *st, double *restrict face, ptrdiff_t inc, bool same)
{
  const double *w[2 * PER_WAY];
  double fixed[2 * PER_WAY];
#pragma GCC unroll 32
  for (int m = 0; m < 2 * PER_WAY; m++) w[m] = st->w[m], fixed[m] = st->w[m][0];
  for (ptrdiff_t i = 0; i < n; i++) {
    const bool right = u[i] > 0.0;
    double x[CELLS + 1], y[CELLS], z[PER_WAY];
#pragma GCC unroll 16
    for (int m = 0; m <= CELLS; m++) x[m] = q[i + (m - 3) * s];
#pragma GCC unroll 16
    for (int m = 0; m < CELLS; m++) y[m] = right ? x[m] : x[CELLS - m];
#pragma GCC unroll 16
    for (int m = 0; m < PER_WAY; m++) {
      const double up = inc == 0 ? fixed[m] : w[m][i], down = inc == 0 ? fixed[m + PER_WAY] : w[m + PER_WAY][i];
      z[m] = same || right ? up : down;
    }
    face[i] = face_value(y, z);
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

extern const weir_recon weir_recon_weno5z;
const weir_recon weir_recon_weno5z = {
    .abi = WEIR_SCHEME_ABI,
    .name = "weno5-z",
    .formula = "three parabolas with weights d_k (1 + (tau/beta_k)^2), tau = |beta_0 - beta_2|; by widths if stretched",
    .cite = "Borges, Carmona, Costa, Don, JCP 227 (2008) 3191",
    .order = 5,
    .ghost = 3,
    .linear = 5,
    .product = 4,
    .ncoef = 2 * PER_WAY,
    .coef = coef,
    .row = row,
};
