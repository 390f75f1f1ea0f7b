/* Row kernels and tables of the product rule. All corrections are products of differences: they vanish, to the last bit, where u
 * or rho is constant. */
#include "fv/face_product.h"
#include "fv/kernel.h"
#include "fv/upwind.h"

enum { GAUSS = 5 };

/* The weights of the two differences on the left: with widths h[0], h[step], .. of five cells, the middle one the third. */
static void left_moments(const double *h, ptrdiff_t step, double f1[2], double f2[2])
{
  double node[GAUSS], part[GAUSS], X[6], c[5], one[2] = {0}, two[2] = {0};
  weir_gauss(GAUSS, node, part);
  X[2] = 0.0, X[3] = 1.0;
  X[4] = 1.0 + h[3 * step] / h[2 * step], X[5] = X[4] + h[4 * step] / h[2 * step];
  X[1] = -h[step] / h[2 * step], X[0] = X[1] - h[0] / h[2 * step];
  for (int g = 0; g < GAUSS; g++) {
    const double xi = 0.5 * node[g];
    weir_stencil_weights(5, X, 0.5 + xi, c);
    for (int r = 0; r < 2; r++) {
      one[r] += 12.0 * 0.5 * part[g] * xi * c[r];
      two[r] += 180.0 * 0.5 * part[g] * (xi * xi - 1.0 / 12.0) * c[r];
    }
  }
  f1[0] = -one[0], f1[1] = -(one[0] + one[1]);
  f2[0] = -two[0], f2[1] = -(two[0] + two[1]);
}

/* Legendre moments over the middle one of five cells of their quartic p: f1 = 12 <p xi>, f2 = 180 <p (xi^2 - 1/12)>, in
 * differences: sum_r f[r] q_r with sum f = 0 gives q_{r+1} - q_r minus the sum of the weights up to r. The right half is the mirror image
 * of the left one, in which f1 and the differences change sign. */
void weir_product_moments(const weir_axis *ax, ptrdiff_t i, double m[PRODUCT_MOMENTS])
{
  double f1[2], f2[2];
  left_moments(ax->width + i - 2, 1, f1, f2);
  m[0] = f1[0], m[1] = f1[1], m[4] = f2[0], m[5] = f2[1];
  left_moments(ax->width + i + 2, -1, f1, f2);
  m[3] = f1[0], m[2] = f1[1], m[7] = -f2[0], m[6] = -f2[1];
}

/* first: flux = u q + .., else flux += ..; known when the kernels below are compiled, as in all that follow. */
WEIR_INLINE void along4(ptrdiff_t n, const double *restrict u, ptrdiff_t us, const double *restrict q1,
                        const double *restrict q2, const double *restrict q3, double *restrict flux, bool first)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const double before = first ? u[i] * q2[i] : flux[i];
    flux[i] = before + (1.0 / 48.0) * ((u[i + us] - u[i - us]) * (q3[i] - q1[i]));
  }
}

/* f1 = (82 (f_1 - f_{-1}) - 11 (f_2 - f_{-2}))/120, f2 = (f_1 - 2 f_0 + f_{-1})/2;  u1 q1/12 + u2 q2/180. */
WEIR_INLINE void along6(ptrdiff_t n, const double *restrict u, ptrdiff_t us, const double *restrict q0,
                        const double *restrict q1, const double *restrict q2, const double *restrict q3,
                        const double *restrict q4, double *restrict flux, bool first)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const double ul = u[i] - u[i - us], ur = u[i + us] - u[i], ql = q2[i] - q1[i], qr = q3[i] - q2[i];
    const double u1 = 82.0 * (ul + ur) - 11.0 * (u[i + 2 * us] - u[i - 2 * us]);
    const double f1 = 82.0 * (ql + qr) - 11.0 * (q4[i] - q0[i]);
    const double before = first ? u[i] * q2[i] : flux[i];
    flux[i] = before + ((1.0 / 172800.0) * (u1 * f1) + (1.0 / 720.0) * ((ur - ul) * (qr - ql)));
  }
}

WEIR_INLINE void along_any(ptrdiff_t n, const double *restrict u, ptrdiff_t us, const double *restrict q0,
                           const double *restrict q1, const double *restrict q2, const double *restrict q3,
                           const double *restrict q4, const double *restrict moments, ptrdiff_t pitch, ptrdiff_t inc,
                           double *restrict flux, bool first)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const double *restrict m = moments + i * inc;
    const double a = u[i - us] - u[i - 2 * us], b = u[i] - u[i - us], c = u[i + us] - u[i],
                 d = u[i + 2 * us] - u[i + us];
    const double e = q1[i] - q0[i], f = q2[i] - q1[i], g = q3[i] - q2[i], h = q4[i] - q3[i];
    const double m0 = m[0], m1 = m[pitch], m2 = m[2 * pitch], m3 = m[3 * pitch], m4 = m[4 * pitch], m5 = m[5 * pitch],
                 m6 = m[6 * pitch], m7 = m[7 * pitch];
    const double u1 = (m0 * a + m1 * b) + (m2 * c + m3 * d), u2 = (m4 * a + m5 * b) + (m6 * c + m7 * d);
    const double f1 = (m0 * e + m1 * f) + (m2 * g + m3 * h), f2 = (m4 * e + m5 * f) + (m6 * g + m7 * h);
    const double before = first ? u[i] * q2[i] : flux[i];
    flux[i] = before + ((1.0 / 12.0) * (u1 * f1) + (1.0 / 180.0) * (u2 * f2));
  }
}

WEIR_INLINE void along(ptrdiff_t n, int order, const double *u, ptrdiff_t us, const double *const q[5],
                       const double *moments, ptrdiff_t pitch, ptrdiff_t inc, double *flux, bool first)
{
  if (moments != NULL)
    along_any(n, u, us, q[0], q[1], q[2], q[3], q[4], moments, pitch, inc, flux, first);
  else if (order == 4)
    along4(n, u, us, q[1], q[2], q[3], flux, first);
  else
    along6(n, u, us, q[0], q[1], q[2], q[3], q[4], flux, first);
}

WEIR_CLONES void weir_product_begin(ptrdiff_t n, int order, const double *u, ptrdiff_t us, const double *const q[5],
                                    const double *moments, ptrdiff_t pitch, ptrdiff_t inc, double *flux)
{
  along(n, order, u, us, q, moments, pitch, inc, flux, true);
}

WEIR_CLONES void weir_product_along(ptrdiff_t n, int order, const double *u, ptrdiff_t us, const double *const q[5],
                                    const double *moments, ptrdiff_t pitch, ptrdiff_t inc, double *flux)
{
  along(n, order, u, us, q, moments, pitch, inc, flux, false);
}

/* f_bc = (f_{++} - f_{+-} - f_{-+} + f_{--})/4;  u_bc q_bc/144. */
WEIR_CLONES static void mixed_equal(ptrdiff_t n, const double *restrict u, ptrdiff_t ub, ptrdiff_t uc,
                                    const double *restrict mm, const double *restrict mp, const double *restrict pm,
                                    const double *restrict pp, double *restrict flux)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const double v = (u[i + ub + uc] - u[i + ub - uc]) - (u[i - ub + uc] - u[i - ub - uc]);
    const double f = (pp[i] - pm[i]) - (mp[i] - mm[i]);
    flux[i] += (1.0 / 2304.0) * (v * f);
  }
}

WEIR_INLINE double slope(double l, double m, double r, double wl, double wr)
{
  return wl * (m - l) + wr * (r - m);
}

WEIR_CLONES static void mixed_any(ptrdiff_t n, const double *u, ptrdiff_t ub, ptrdiff_t uc, const double *const q[3][3],
                                  const double *const sb[2], ptrdiff_t incb, const double *const sc[2], ptrdiff_t incc,
                                  double *flux)
{
  double *restrict out = flux; /* nothing else is written */
  for (ptrdiff_t i = 0; i < n; i++) {
    double um[3], qm[3];
    const double bl = sb[0][i * incb], br = sb[1][i * incb], cl = sc[0][i * incc], cr = sc[1][i * incc];
    for (int c = 0; c < 3; c++) {
      const double *v = u + i + (c - 1) * uc;
      um[c] = slope(v[-ub], v[0], v[ub], bl, br);
      qm[c] = slope(q[0][c][i], q[1][c][i], q[2][c][i], bl, br);
    }
    out[i] += (1.0 / 144.0) * (slope(um[0], um[1], um[2], cl, cr) * slope(qm[0], qm[1], qm[2], cl, cr));
  }
}

void weir_product_mixed(ptrdiff_t n, const double *u, ptrdiff_t ub, ptrdiff_t uc, const double *const q[3][3],
                        const double *const sb[2], ptrdiff_t incb, const double *const sc[2], ptrdiff_t incc,
                        double *flux)
{
  if (sb == NULL)
    mixed_equal(n, u, ub, uc, q[0][0], q[0][2], q[2][0], q[2][2], flux);
  else
    mixed_any(n, u, ub, uc, q, sb, incb, sc, incc, flux);
}
