/* weir/flowmap.h - the exact density of transport by any smooth velocity, by backward characteristics.
 *
 *       d_t rho + div(rho v) = 0,   rho(start, x) = rho0(x),      dX/dt = v(t, X)
 *
 *   Along a characteristic d_t log rho = -div v. With Y the place at `start` of the characteristic through (t, x),
 *       rho(t, x) = rho0(Y) exp(-int_start^t div v ds)        (the integral is log det of the flow map; Liouville 1838).
 *   Characteristics and integral are followed backwards by extrapolated midpoint steps of order 16 (Gragg 1965, Bulirsch and
 *   Stoer 1966; Hairer, Norsett, Wanner, Solving ODEs I, II.9), 128 points with a common step, each step to `tolerance` of the
 *   box (of max(1,|x|) without one) and of 1 in the integral. Shares nothing with the schemes (src/fv, src/time, src/solve).
 *
 *   Separable flows v = g(t) w(x) are followed in the pseudo-time s = int g, which is 0 after a flow that has returned, where no side
 *   is open: there the factor's work is one quadrature.
 *
 *   Sides      periodic: places are wrapped before v is asked for. no-flux: v.n must vanish there; a characteristic that leaves through
 *              one is refused. inflow, outflow: where a characteristic entered the box at time t_e through place x_e, the
 *              density is (entering density at t_e, x_e) exp(-int_{t_e}^t div v), 0 for outflow; t_e by Newton's method on the steps.
 *              A visit outside shorter than a step (a quarter of the box at most) is not seen.
 *   No box     `boxed` false: v and rho0 hold everywhere; a characteristic that comes from infinity in finite time is refused.
 *
 *   Cell averages. The mesh is cut into blocks of 8 cells an axis. On a block rho is expanded in Legendre polynomials from q
 *   Gauss points an axis (12, in 3D 8), and the expansion is averaged over the cells in closed form: 2.25 characteristics a cell in
 *   2D, 1 in 3D. The block's error is estimated from the decay of its highest coefficients; above 100 tolerance max|rho| the
 *   block is halved along its worst axis, down to a quarter of a cell (unless halving stopped to help and it is below 1000 tolerance
 *   max|rho|). Smooth densities end below 1e-11 of max|rho|, mostly by much;
 *   a jump ends with the stated error in the cells it cuts. A block where no density followed is negative adds nothing negative: rho0 >= 0
 *   has averages >= 0. In 3D a tolerance of 1e-8 saves most of the work.
 *
 *   Threads    everything given is only read and the callbacks must be thread-safe; same bits for any number of threads. */
#ifndef WEIR_FLOWMAP_H
#define WEIR_FLOWMAP_H

#include <weir/mesh.h>

/** The problem; all pointers borrowed. Fill by name; the rest is zero. */
typedef struct weir_flowmap {
  int dim;                              /**< 1..3 */
  weir_point_fn *velocity[WEIR_MAXDIM]; /**< v_a(t,x), smooth, also a little outside the box; NULL: 0 */
  void *velocity_user[WEIR_MAXDIM];
  weir_point_fn *divergence; /**< div v(t,x); NULL: 0 */
  void *divergence_user;
  double (*factor)(void *user,
                   double t); /**< not NULL: v = factor(t) velocity(x), div v = factor(t) divergence(x); these two are
                                               then asked at t = 0 */
  void *factor_user;
  weir_point_fn *initial; /**< rho0(x), asked at t = start */
  void *initial_user;
  double start;
  bool boxed;
  double lo[WEIR_MAXDIM], hi[WEIR_MAXDIM]; /**< the box, if boxed */
  weir_boundary boundary;                  /**< its sides, if boxed */
  double tolerance;                        /**< 0 = 1e-13; 1e-15 .. 1e-3 */
} weir_flowmap;

/** Where characteristics come from: at out->y[a][p] at time when[p]; y, integral, when and side are arrays of the caller's. */
typedef struct weir_flowmap_origin {
  double *y[WEIR_MAXDIM];
  double *integral; /**< int_when^t div v */
  double *when;     /**< start, or the time of entry */
  int *side;        /**< -1: inside at the start; else 2 a + (0 low, 1 high), the side it entered through */
} weir_flowmap_origin;

/** Follow the characteristics through n points x[a][p] at time t back.
 *  @retval WEIR_EARG t < start, dim not in 1..3, tolerance outside its range, lo >= hi, something not finite
 *  @retval WEIR_ENUMERIC a characteristic cannot be followed: from where and how far, and why (v not finite, comes from infinity, leaves
 *          through a no-flux side, step too small: v is not smooth)  @retval WEIR_ENOMEM */
weir_status weir_flowmap_trace(weir_ctx *ctx, const weir_flowmap *f, double t, ptrdiff_t n,
                               const double *const x[WEIR_MAXDIM], const weir_flowmap_origin *out);
/** rho[p] = rho(t, x_p).  @retval as weir_flowmap_trace(), and WEIR_ENUMERIC if a density is not finite */
weir_status weir_flowmap_density(weir_ctx *ctx, const weir_flowmap *f, double t, ptrdiff_t n,
                                 const double *const x[WEIR_MAXDIM], double *rho);

/** Error of cell averages, in units of the density, as explained above: an estimate, on the safe side for smooth data. */
typedef struct weir_flowmap_error {
  double linf;    /**< largest over blocks */
  double l1;      /**< mean over the box */
  int64_t points; /**< characteristics followed */
} weir_flowmap_error;

/** Averages of rho(t,.) over the interior cells of a cell array (ghosts untouched).
 *  @param[out] error  may be NULL
 *  @retval WEIR_EARG the mesh has another dimension, or reaches out of the box; and as weir_flowmap_density() */
weir_status weir_flowmap_average(weir_ctx *ctx, const weir_flowmap *f, const weir_mesh *m, double t, double *cells,
                                 weir_flowmap_error *error);

#endif
