/* WENO7-Z (Balsara, Shu, JCP 160 (2000) 405; weights: Castro, Costa, Don, JCP 230 (2011) 1766), on any widths.
 *
 *   Seven cells in flow order, the flow leaves the middle one, C, through the face behind it. Four cubics, each through four
 *   averages, the last of them first in the lists below; in cell C, with xi from -1/2 to 1/2,
 *       p = q_C + a1 xi + a2 (xi^2 - 1/12) + a3 (xi^3 - 3/20 xi),        g = a1 + a3/10 = p(1/2) - p(-1/2)
 *       value at the face  q_C + g/2 + a2/6
 *       smoothness  beta = sum_l h^(2l-1) int (d^l p/dx^l)^2 = g^2 + 13/3 a2^2 + 781/20 a3^2        (Jiang, Shu 1996)
 *   g, a2, a3 are linear in three differences of averages. Weights
 *       w_k = d_k (1 + (tau/beta_k)^2),   tau = |beta_0 + 3 beta_1 - 3 beta_2 - beta_3|
 *   d: those with which the cubics add up to the polynomial of degree 6 (uniform 1/35, 12/35, 18/35, 4/35; else from the weights
 *   of fv/upwind.h: only the first cubic has cell 0, only the last has cell 6, only two have cell 1).
 *
 *   Order 7 on any widths: a_l of a cubic differ from those of q by O(h^4), so tau = O(h^5), and beta = O(h^2) where q' != 0: weights
 *   differ from d by O(h^6), the cubics from each other by O(h^4). At a simple extremum the weights differ by O(h^4): order 8 - 1.
 *   Multiplied out there is one division; the betas are first scaled by a power of 2 (recon_weno5z.c). d may be negative on rough
 *   widths; the scheme is u7 there where the data are smooth. Not TVD, not positive. */
#include "fv/weno.h"
#include <math.h>

enum { CELLS = 7, MIDDLE = 3, CUBICS = 4, NEED = 4, DIFFERENCES = NEED - 1, EACH = 3 * DIFFERENCES };
enum { PER_WAY = CUBICS * EACH + CUBICS - 1 };
static const double least = 1e-30;
/* 1/6 less the factor sqrt(13/3) that the table gives a2, which makes beta a plain sum of squares */
static const double sixth = 0.0800640769025435660;

/* g, sqrt(13/3) a2 and sqrt(781/20) a3 of the cubic through cells first .. first+3 with nodes X (cell C from 0 to 1) as weights of its
 * differences, from its values p at 0, 1/4, 1/2, 3/4, 1: a2 = 2 (p_1 + p_0 - 2 p_1/2), a3 = 32/3 (g/2 - (p_3/4 - p_1/4)). */
static void cubic(const double *X, int first, double *w)
{
  double p[5][NEED];
  for (int k = 0; k < 5; k++) weir_stencil_weights(NEED, X + first, 0.25 * k, p[k]);
  double g = 0.0, a2 = 0.0, a3 = 0.0;
  for (int m = NEED - 1; m > 0; m--) {
    const double rise = p[4][m] - p[0][m];
    g += rise;
    a2 += 2.0 * (p[4][m] + p[0][m] - 2.0 * p[2][m]);
    a3 += 32.0 / 3.0 * (0.5 * rise - (p[3][m] - p[1][m]));
    w[m - 1] = g;
    w[DIFFERENCES + m - 1] = sqrt(13.0 / 3.0) * a2;
    w[2 * DIFFERENCES + m - 1] = sqrt(781.0 / 20.0) * a3;
  }
}

/* The cubics, then d_0, d_1, d_3. */
static void one_way(const double *h, ptrdiff_t step, double *w)
{
  double X[CELLS + 1], all[CELLS], part[CUBICS][NEED];
  weno_nodes(CELLS, MIDDLE, h, step, X);
  weir_stencil_weights(CELLS, X, 1.0, all);
  for (int k = 0; k < CUBICS; k++) {
    cubic(X, k, w + k * EACH);
    weir_stencil_weights(NEED, X + k, 1.0, part[k]);
  }
  double *const d = w + CUBICS * EACH;
  d[0] = all[0] / part[0][0];
  d[1] = (all[1] - d[0] * part[0][1]) / part[1][0];
  d[2] = all[CELLS - 1] / part[CUBICS - 1][NEED - 1];
}

static void coef(const double *h, double *w)
{
  one_way(h - 4, 1, w);
  one_way(h + 3, -1, w + PER_WAY);
}

WEIR_INLINE double three(const double *w, const double *d)
{
  return (w[0] * d[0] + w[2] * d[2]) + w[1] * d[1];
}

WEIR_INLINE double face_value(const double *y, const double *w)
{
  double d[CELLS - 1], v[CUBICS], b[CUBICS];
#pragma GCC unroll 8
  for (int m = 0; m < CELLS - 1; m++) d[m] = y[m + 1] - y[m];
#pragma GCC unroll 8
  for (int k = 0; k < CUBICS; k++) {
    const double g = three(w + k * EACH, d + k), c = three(w + k * EACH + DIFFERENCES, d + k),
                 e = three(w + k * EACH + 2 * DIFFERENCES, d + k);
    v[k] = 0.5 * g + sixth * c;
    b[k] = g * g + (c * c + e * e);
  }
  const double unit = weno_scale((b[0] + b[3]) + (b[1] + b[2]) + 0x1p-1000), *linear = w + CUBICS * EACH;
#pragma GCC unroll 8
  for (int k = 0; k < CUBICS; k++) b[k] = b[k] * unit + least;
  double t = (b[0] - b[3]) + 3.0 * (b[1] - b[2]);
  t *= t;
#pragma GCC unroll 8
  for (int k = 0; k < CUBICS; k++) b[k] *= b[k];
  const double front = b[0] * b[1], back = b[2] * b[3];
  const double a0 = linear[0] * ((b[0] + t) * (b[1] * back)), a1 = linear[1] * ((b[1] + t) * (b[0] * back)),
               a2 = (1.0 - linear[0] - linear[1] - linear[2]) * ((b[2] + t) * (front * b[3])),
               a3 = linear[2] * ((b[3] + t) * (front * b[2]));
  return y[MIDDLE] + ((a0 * v[0] + a3 * v[3]) + (a1 * v[1] + a2 * v[2])) / ((a0 + a3) + (a1 + a2));
}

/* inc and same are known when this is compiled. */
WEIR_INLINE void faces(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                       const weir_stencil *st, double *restrict face, ptrdiff_t inc, bool same)
{
  const double *w[2 * PER_WAY];
  double fixed[2 * PER_WAY];
#pragma GCC unroll 80
  for (int m = 0; m < 2 * PER_WAY; m++) w[m] = st->w[m], fixed[m] = st->w[m][0];
  for (ptrdiff_t i = 0; i < n; i++) {
    const bool right = u[i] > 0.0;
    double x[CELLS + 1], y[CELLS], z[PER_WAY];
#pragma GCC unroll 16
    for (int m = 0; m <= CELLS; m++) x[m] = q[i + (m - MIDDLE - 1) * s];
#pragma GCC unroll 16
    for (int m = 0; m < CELLS; m++) y[m] = right ? x[m] : x[CELLS - m];
#pragma GCC unroll 40
    for (int m = 0; m < PER_WAY; m++) {
      const double up = inc == 0 ? fixed[m] : w[m][i], down = inc == 0 ? fixed[m + PER_WAY] : w[m + PER_WAY][i];
      z[m] = same || right ? up : down;
    }
    face[i] = face_value(y, z);
  }
}

/* Reads q[-4s .. n-1+3s]; writes face[0,n). */
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

extern const weir_recon weir_recon_weno7z;
const weir_recon weir_recon_weno7z = {
    .abi = WEIR_SCHEME_ABI,
    .name = "weno7-z",
    .formula = "four cubics with weights d_k (1 + (tau/beta_k)^2), tau = |beta_0 + 3 beta_1 - 3 beta_2 - beta_3|; by "
               "widths if "
               "stretched",
    .cite = "Balsara, Shu, JCP 160 (2000) 405; Castro, Costa, Don, JCP 230 (2011) 1766",
    .order = 7,
    .ghost = 4,
    .linear = 7,
    .product = 6,
    .ncoef = 2 * PER_WAY,
    .coef = coef,
    .row = row,
};
