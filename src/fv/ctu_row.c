/* Row kernels of the corner-transport sweep. Loops only: no call, no branch that depends on data. What is true of a whole row (uniform
 * or stretched, number of axes) is a constant when the inner loops are compiled. */
#include "fv/ctu_row.h"
#include "fv/kernel.h"
#include <stddef.h>

/* ------------------------------------------------------------------ slopes */
/* Half of the central slope, kept between 0 and the smaller of a and b. */
WEIR_INLINE double limited(double h, double a, double b)
{
  const double lo = weir_min(a, b), hi = weir_max(a, b);
  return weir_min(weir_max(h, weir_min(hi, 0.0)), weir_max(lo, 0.0));
}

WEIR_INLINE double half_slope(double a, double b, double l, double r, bool uniform)
{
  return limited(uniform ? 0.25 * (a + b) : l * a + r * b, a, b);
}

WEIR_INLINE void slope(ptrdiff_t n, const double *restrict qm, const double *restrict q, const double *restrict qp,
                       const double *restrict left, const double *restrict right, double *restrict s, ptrdiff_t inc,
                       bool uniform)
{
  for (ptrdiff_t i = 0; i < n; i++)
    s[i] = half_slope(q[i] - qm[i], qp[i] - q[i], left[i * inc], right[i * inc], uniform);
}

WEIR_CLONES void weir_ctu_slope(ptrdiff_t n, const weir_ctu_axis *x, const double *restrict q, double *restrict s)
{
  if (x->inc != 0)
    slope(n, q - x->up, q, q + x->up, x->left, x->right, s, 1, false);
  else if (x->uniform)
    slope(n, q - x->up, q, q + x->up, x->left, x->right, s, 0, true);
  else
    slope(n, q - x->up, q, q + x->up, x->left, x->right, s, 0, false);
}

/* ------------------------------------------------------------------ centre */
WEIR_INLINE void centre(ptrdiff_t n, int dim, const double *restrict q, const double *restrict u0,
                        const double *restrict u1, const double *restrict v0, const double *restrict v1,
                        const double *restrict w0, const double *restrict w1, double g, const double *restrict inverse,
                        double gy, double gz, double *restrict c, ptrdiff_t inc)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const double h = g * inverse[i * inc];
    double div = h * u1[i] - h * u0[i];
    if (dim > 1) div += gy * v1[i] - gy * v0[i];
    if (dim > 2) div += gz * w1[i] - gz * w0[i];
    c[i] = q[i] - q[i] * div;
  }
}

WEIR_CLONES void weir_ctu_centre(ptrdiff_t n, int dim, const weir_ctu_axis *x, const double *restrict q,
                                 double *restrict c)
{
  const double *w[WEIR_MAXDIM][2];
  double g[WEIR_MAXDIM];
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    const weir_ctu_axis *const b = &x[a < dim ? a : 0]; /* those beyond dim are not used */
    w[a][0] = b->w, w[a][1] = b->w + b->up, g[a] = 0.5 * b->g;
  }
  for (int a = 1; a < WEIR_MAXDIM && a < dim; a++) g[a] *= x[a].inverse[0];
#define CENTRE(d, inc)                                                                                                 \
  centre(n, d, q, w[0][0], w[0][1], w[1][0], w[1][1], w[2][0], w[2][1], g[0], x[0].inverse, g[1], g[2], c, inc)
  if (dim == 1 && x[0].inc == 0)
    CENTRE(1, 0);
  else if (dim == 1)
    CENTRE(1, 1);
  else if (x[0].inc == 0)
    CENTRE(3, 0);
  else
    CENTRE(3, 1);
#undef CENTRE
}

WEIR_CLONES void weir_ctu_add(ptrdiff_t n, double f, const double *restrict x, double *restrict y)
{
  for (ptrdiff_t i = 0; i < n; i++) y[i] += f * x[i];
}

/* ------------------------------------------------------------------ transverse terms */
/* l, r: dt/2 w/H of the lower and the upper face; a, b: differences to the cells there. */
WEIR_INLINE double transverse(double l, double r, double a, double b)
{
  return weir_max(l, 0.0) * a + weir_min(r, 0.0) * b;
}

WEIR_INLINE void first(ptrdiff_t n, const double *restrict qm, const double *restrict q, const double *restrict qp,
                       const double *restrict w0, const double *restrict w1, double g, const double *restrict inverse,
                       double *restrict p, ptrdiff_t inc)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const double h = g * inverse[i * inc];
    p[i] = q[i] - (2.0 / 3.0) * transverse(h * w0[i], h * w1[i], q[i] - qm[i], qp[i] - q[i]);
  }
}

WEIR_CLONES void weir_ctu_first(ptrdiff_t n, const weir_ctu_axis *x, const double *restrict q, double *restrict p)
{
  if (x->inc != 0)
    first(n, q - x->up, q, q + x->up, x->w, x->w + x->up, 0.5 * x->g, x->inverse, p, 1);
  else
    first(n, q - x->up, q, q + x->up, x->w, x->w + x->up, 0.5 * x->g, x->inverse, p, 0);
}

WEIR_INLINE void corner(ptrdiff_t n, const double *restrict c, const double *restrict bm, const double *restrict b,
                        const double *restrict bp, const double *restrict v0, const double *restrict v1, double g,
                        const double *restrict inverse, const double *restrict dm, const double *restrict d,
                        const double *restrict dp, const double *restrict w0, const double *restrict w1, double h,
                        double *restrict e, ptrdiff_t inc)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const double f = g * inverse[i * inc];
    e[i] = c[i] - (transverse(f * v0[i], f * v1[i], b[i] - bm[i], bp[i] - b[i]) +
                   transverse(h * w0[i], h * w1[i], d[i] - dm[i], dp[i] - d[i]));
  }
}

WEIR_CLONES void weir_ctu_corner(ptrdiff_t n, const double *restrict c, const weir_ctu_axis *x,
                                 const double *const b[3], const weir_ctu_axis *y, const double *const d[3],
                                 double *restrict e)
{
  const double h = 0.5 * y->g * y->inverse[0];
  if (x->inc != 0)
    corner(n, c, b[0], b[1], b[2], x->w, x->w + x->up, 0.5 * x->g, x->inverse, d[0], d[1], d[2], y->w, y->w + y->up, h,
           e, 1);
  else
    corner(n, c, b[0], b[1], b[2], x->w, x->w + x->up, 0.5 * x->g, x->inverse, d[0], d[1], d[2], y->w, y->w + y->up, h,
           e, 0);
}

/* ------------------------------------------------------------------ 2D at once */
typedef struct rates {
  double g, h, left, right; /* of axis 0: dt/2; of axis 1: dt/2 /H, slope weights */
  const double *inverse, *weight[2];
} rates;

WEIR_INLINE void plane(ptrdiff_t n, const double *restrict q, const double *restrict below,
                       const double *restrict above, const double *restrict u, const double *restrict v0,
                       const double *restrict v1, const double *restrict inverse, const double *restrict left,
                       const double *restrict right, rates r, double *restrict ex, double *restrict sx,
                       double *restrict ey, double *restrict sy, ptrdiff_t inc, bool uniform)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const double h = r.g * inverse[i * inc];
    const double a = q[i] - q[i - 1], b = q[i + 1] - q[i], c = q[i] - below[i], d = above[i] - q[i];
    const double u0 = h * u[i], u1 = h * u[i + 1], w0 = r.h * v0[i], w1 = r.h * v1[i];
    const double centre_ = q[i] - q[i] * ((u1 - u0) + (w1 - w0));
    sx[i] = half_slope(a, b, left[i * inc], right[i * inc], inc == 0);
    sy[i] = half_slope(c, d, r.left, r.right, uniform);
    ex[i] = centre_ - transverse(w0, w1, c, d);
    ey[i] = centre_ - transverse(u0, u1, a, b);
  }
}

WEIR_CLONES void weir_ctu_plane(ptrdiff_t n, const weir_ctu_axis x[2], const double *q, weir_ctu_edge to[2])
{
  const ptrdiff_t s = x[1].up;
  const rates r = {
      .g = 0.5 * x[0].g, .h = 0.5 * x[1].g * x[1].inverse[0], .left = x[1].left[0], .right = x[1].right[0]};
#define PLANE(inc, uniform)                                                                                            \
  plane(n, q, q - s, q + s, x[0].w, x[1].w, x[1].w + s, x[0].inverse, x[0].left, x[0].right, r, to[0].e, to[0].s,      \
        to[1].e, to[1].s, inc, uniform)
  if (x[0].inc == 0 && x[1].uniform)
    PLANE(0, true);
  else if (x[0].inc == 0)
    PLANE(0, false);
  else if (x[1].uniform)
    PLANE(1, true);
  else
    PLANE(1, false);
#undef PLANE
}

/* ------------------------------------------------------------------ fluxes */
/* The side the flow leaves is chosen before the face value is computed. h, k: 1/H below and above. */
WEIR_INLINE double flux_of(double w, double g, double h, double k, double below, double sb, double above, double sa)
{
  const bool right = g * w > 0.0;
  const double e = right ? below : above, s = right ? sb : sa, one = right ? 1.0 : -1.0;
  return w * (e + s * (one - (g * (right ? h : k)) * w));
}

WEIR_INLINE void flux(ptrdiff_t n, const double *restrict w, double g, const double *restrict h,
                      const double *restrict k, const double *restrict below, const double *restrict sb,
                      const double *restrict above, const double *restrict sa, double *restrict F, ptrdiff_t inc)
{
  for (ptrdiff_t i = 0; i < n; i++) F[i] = flux_of(w[i], g, h[i * inc], k[i * inc], below[i], sb[i], above[i], sa[i]);
}

WEIR_CLONES void weir_ctu_flux(ptrdiff_t n, const weir_ctu_axis *x, const double *inverse_below,
                               const weir_ctu_edge *below, const weir_ctu_edge *above, double *restrict F)
{
  const double *const k = x->inverse;
  if (x->inc != 0)
    flux(n, x->w, x->g, inverse_below, k, below->e, below->s, above->e, above->s, F, 1);
  else if (x->uniform)
    flux(n, x->w, x->g, k, k, below->e, below->s, above->e, above->s, F, 0);
  else
    flux(n, x->w, x->g, inverse_below, k, below->e, below->s, above->e, above->s, F, 0);
}

/* ------------------------------------------------------------------ update */
WEIR_INLINE void update(ptrdiff_t n, int dim, const double *restrict q, const double *restrict x, double g,
                        const double *restrict inverse, const double *restrict low, const double *restrict top,
                        double f, const double *restrict low2, const double *restrict top2, double f2,
                        const double *restrict source, double dt, double *restrict out, ptrdiff_t inc, bool made)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    double L = (x[i] - x[i + 1]) * (g * inverse[i * inc]);
    if (dim > 1) L += (low[i] - top[i]) * f;
    if (dim > 2) L += (low2[i] - top2[i]) * f2;
    if (made) L += dt * source[i];
    out[i] = q[i] + L;
  }
}

WEIR_INLINE void update_dim(ptrdiff_t n, int dim, ptrdiff_t inc, const weir_ctu_state *s)
{
#define UPDATE(d, inc, made)                                                                                           \
  update(n, d, s->q, s->x, s->g, s->inverse, s->low[0], s->top[0], s->f[0], s->low[1], s->top[1], s->f[1], s->source,  \
         s->dt, s->out, inc, made)
  if (s->source != NULL && inc == 0)
    UPDATE(dim, 0, true);
  else if (s->source != NULL)
    UPDATE(dim, 1, true);
  else if (inc == 0)
    UPDATE(dim, 0, false);
  else
    UPDATE(dim, 1, false);
#undef UPDATE
}

WEIR_CLONES void weir_ctu_update(ptrdiff_t n, int dim, ptrdiff_t inc, const weir_ctu_state *s)
{
  if (dim == 1)
    update_dim(n, 1, inc, s);
  else if (dim == 2)
    update_dim(n, 2, inc, s);
  else
    update_dim(n, 3, inc, s);
}

WEIR_INLINE void flux_update(ptrdiff_t n, const double *restrict w, double g1, double h, double k,
                             const double *restrict below, const double *restrict sb, const double *restrict above,
                             const double *restrict sa, const double *restrict q, const double *restrict x, double g,
                             const double *restrict inverse, double f, double *restrict low, double *restrict out,
                             ptrdiff_t inc)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const double F = flux_of(w[i], g1, h, k, below[i], sb[i], above[i], sa[i]);
    double L = (x[i] - x[i + 1]) * (g * inverse[i * inc]);
    L += (low[i] - F) * f;
    out[i] = q[i] + L;
    low[i] = F;
  }
}

WEIR_CLONES void weir_ctu_flux_update(ptrdiff_t n, ptrdiff_t inc, const weir_ctu_axis *x, double inverse_below,
                                      const weir_ctu_edge *below, const weir_ctu_edge *above, const weir_ctu_state *s,
                                      double *restrict low)
{
  const double k = x->inverse[0];
#define BOTH(h, inc)                                                                                                   \
  flux_update(n, x->w, x->g, h, k, below->e, below->s, above->e, above->s, s->q, s->x, s->g, s->inverse, s->f[0], low, \
              s->out, inc)
  if (inc != 0)
    BOTH(inverse_below, 1);
  else if (x->uniform)
    BOTH(k, 0);
  else
    BOTH(inverse_below, 0);
#undef BOTH
}
