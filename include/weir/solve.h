/* weir/solve.h - a run: the conservative finite-volume solution of one problem, with its mass ledger.
 *
 *   transport      d_t rho + div(rho v) = s                       v, s given functions of (t,x)
 *   Fokker-Planck  d_t rho = div(rho grad V) - div(rho b) + D lap rho   V, b functions of x, D > 0 constant
 *
 *   Unknowns are cell averages. Every face flux is computed once and used by both its cells, so
 *       mass(t) - mass(0) + outflow(0,t) - sources(0,t) = 0
 *   holds up to the rounding of the updates; the ledger sums the fluxes and sources the scheme actually used, exactly.
 *
 *   CFL number. rate = max over cells of sum_a max( |w_i|, |w_{i+1}|, max(w_{i+1},0) - min(w_i,0) ) / H_i with w = A u the
 *   face velocities; a transport step obeys dt * rate <= cfl (1 - 2^-47) at every stage (a step whose later stages violate it is
 *   redone with a smaller dt; the 2^-47 are room for rounding: rho >= 0 holds to the last bit at the largest cfl, sinks
 *   apart). If anything given depends on time, there are at least 17 steps from one target of weir_run_advance() to the next,
 *   whatever the CFL number; a shorter pulse of a flow at rest can still be missed: give dt or more targets. One-step schemes
 *   (ctu-mc) take the MAX over the axes a instead of the sum, and their data at t + dt/2. Donor cell is
 *   positive for cfl <= 1, MUSCL for cfl <= 1/2 (each times the stepper's SSP coefficient). Schemes without such a bound are held to
 *   linear stability instead (weir_stable_cfl).
 *
 *   Fokker-Planck runs. Scharfetter-Gummel fluxes, second order while stats.peclet <= 1; in time exact to rounding (uniformisation),
 *   whatever the intervals between outputs; rho0 >= 0 gives rho >= 0 to the last bit. An outflow side absorbs: density 0 ON the wall.
 *   An inflow side prescribes the density on the wall, whichever way mass then flows. On a periodic axis V must be periodic
 *   (a mean force goes into the drift). Work: about T * max_i |Q_ii| ~ 2 dim D T / h^2 matrix-vector products.
 *
 *   Threads: a run is used by one thread at a time; inside, loops run on `threads` threads with the same bits for any number. */
#ifndef WEIR_SOLVE_H
#define WEIR_SOLVE_H

#include <weir/mesh.h>
#include <weir/scheme.h>

/** The scheme of a transport run that names none: the least work for a given error where the solution is smooth, and the least L1 error of all at
 *  jumps too, with the limiter that keeps rho >= 0. It may overshoot there: take `bounds`, koren or muscl-mc if that matters. */
#define WEIR_DEFAULT_SCHEME "u9"

typedef enum weir_equation { WEIR_TRANSPORT, WEIR_FOKKER_PLANCK } weir_equation;

/** A velocity known at points and times only, v_a at (t_k, x_i, y_j, z_l): what a neural solver exports. All borrowed.
 *
 *  In between stands the interpolant: in each direction the polynomial through the 8 samples around the point (degree 7; nearer
 *  than 4 samples to an end the first or last 8; all of them where there are fewer than 8), in time through 6 samples likewise. For
 *  smooth v and spacings H, dt_s of the samples it is off by O(H^8) + O(dt_s^6), its divergence by O(H^7): more than the 6 of the
 *  schemes of highest order. At the samples it is exact. Continuous, not differentiable there.
 *  Face averages are those of the interpolant, exactly: its tensor product form makes them weighted sums of samples, direction by
 *  direction. Time interpolation commutes with averaging: each sample time is averaged once, a stage is a sum of 6 face arrays (7 are
 *  kept). No discrete divergence vanishes by itself: a field without divergence gets O(H^7).
 *  Noise of size e in the samples gives noise of up to 1.5e a direction inside, 11e in the outermost intervals (sums of |weights| of 8
 *  equidistant samples); its divergence is that over h.
 *
 *  Axes: on a periodic axis of period L the samples may start anywhere; either x[n-1] = x[0] + L (both ends given: they must hold the
 *  same values, to 1e-5 of the largest) or x[n-1] < x[0] + L (the seam is not repeated, the gap at most twice the widest spacing).
 *  Otherwise x[0] <= lo and hi <= x[n-1]. Times: t[0] <= time <= t[times-1]. All to 1e-6 of the range, for coordinates in
 *  single precision; nothing is extrapolated further.
 *  Fornberg, Math. Comp. 51 (1988) 699 discusses such stencils; Lagrange's formula is all that is used. */
typedef struct weir_samples {
  const char *name; /**< what messages call it, e.g. the file; NULL = "samples" */
  int dim;
  ptrdiff_t times;              /**< >= 1; 1: a steady field */
  const double *t;              /**< [times], increasing; NULL if times = 1 */
  ptrdiff_t n[WEIR_MAXDIM];     /**< samples along each axis, >= 2; axes >= dim are ignored */
  const double *x[WEIR_MAXDIM]; /**< [n[a]], increasing */
  const double *v; /**< v_a(t_k, x_i, y_j, z_l) = v[(((k*n0 + i)*n1 + j)*n2 + l)*dim + a], n_a = 1 for a >= dim */
} weir_samples;

/** Can the mesh take its velocity from these samples, from t0 to t1? One sentence: name, array, what was found, what was expected.
 *  @retval WEIR_EARG a dimension or count out of range; a coordinate, time or value that is not finite; coordinates or times that do not
 *  increase; a box or a span of times that they do not cover; periodic ends that differ */
weir_status weir_samples_check(weir_ctx *ctx, const weir_samples *s, const weir_mesh *m, double t0, double t1);

/** A vector field in one of four ways: samples; a vector potential A in 3D, v = curl A; a stream function psi in 2D,
 *  v = (d psi/dy, -d psi/dx); components. Of those that are not NULL the first in this order is taken. All borrowed.
 *
 *  psi: face averages are exact differences of its values at corners. A: by Stokes they are the circulation of A around the face by its
 *  area, e.g.  u = (<A_z>_{j+1} - <A_z>_j)/dy - (<A_y>_{k+1} - <A_y>_k)/dz,  <.> Gauss averages over edges. Each corner and edge is
 *  computed once, and cancels in the sum over the faces of a cell: the discrete divergence vanishes to rounding (of A/h^2) whatever the
 *  quadrature, and constants stay. On periodic axes curl A must be periodic, A need not be (A_z = y is the mean flow (1,0,0)). */
typedef struct weir_velocity {
  weir_point_fn *component[WEIR_MAXDIM]; /**< v_a(t,x); with `factor`, the part that does not depend on t */
  weir_point_fn *stream;                 /**< psi(t,x); dim must be 2 */
  weir_point_fn *potential[WEIR_MAXDIM]; /**< A_a(t,x), NULL = 0; dim must be 3 */
  const weir_samples *samples;           /**< `steady` and `factor` are ignored */
  void *user[WEIR_MAXDIM];               /**< user of component a or A_a; stream uses user[0] */
  /** v_a(t,x) = factor_a(t) * component_a(x). NULL with steady = true means factor 1; NULL with steady = false means that
   *  component depends on t as a whole and is averaged anew at every stage. stream and potential use entry 0. */
  double (*factor[WEIR_MAXDIM])(void *factor_user, double t);
  void *factor_user[WEIR_MAXDIM];
  bool steady[WEIR_MAXDIM];
  int quad; /**< Gauss points a direction of a face or edge, and of a cell for the source, 1..16; 0 = 4; 2 do for second order */
} weir_velocity;

/** What to solve. Callbacks, mesh and boundary are borrowed and must outlive the run; rho0 is copied. */
typedef struct weir_problem {
  weir_equation equation;
  const weir_mesh *mesh;  /**< with at least the ghost layers weir_problem_ghost() asks for */
  weir_boundary boundary; /**< copied */
  weir_velocity velocity; /**< transport: v; Fokker-Planck: the extra drift b (all NULL: none) */
  weir_point_fn *source;  /**< transport only; NULL = none */
  void *source_user;
  bool source_steady;
  /** s(t,x) = source_factor(t) * source(x): averaged once. NULL: none; then source_steady says whether s depends on t. */
  double (*source_factor)(void *source_factor_user, double t);
  void *source_factor_user;
  weir_point_fn *potential; /**< Fokker-Planck: V(x), t is passed as 0; NULL = none */
  void *potential_user;
  double diffusion;   /**< Fokker-Planck: D > 0 */
  double time;        /**< start time */
  const double *rho0; /**< cell averages at `time`, a cell array */
} weir_problem;

/** How a transport run keeps its density in bounds (src/fv/README.md, "Limiters"). Each multiplies face fluxes by factors <= 1, so mass
 *  is kept and the ledger holds; where nothing is out of bounds the result is that without it, bit for bit (POSITIVE). */
typedef enum weir_limiter {
  WEIR_LIMITER_AUTO, /**< POSITIVE for schemes without the claim WEIR_POSITIVE if rho0 >= 0 everywhere, for as long as no sink (source
                          average < 0) and no entering density < 0 has been seen; else, and for one-step schemes, NONE */
  WEIR_LIMITER_NONE,
  WEIR_LIMITER_POSITIVE, /**< no cell gives away more than it holds: rho >= 0 to the last bit if rho0 >= 0, sinks apart */
  WEIR_LIMITER_BOUNDS /**< Zalesak: the transport part of every stage keeps within the least and most that the stage's old state and its
                              donor-cell step take in the cell and its neighbours across faces (and the entering density), to rounding;
                              and POSITIVE under the conditions of AUTO. Clips smooth maxima to second order; about 4 times the work */
} weir_limiter;

typedef struct weir_run_options {
  const char *scheme;   /**< transport: reconstruction's name, NULL = WEIR_DEFAULT_SCHEME */
  const char *stepper;  /**< transport: NULL = weir_default_stepper() */
  weir_limiter limiter; /**< transport */
  double cfl;           /**< 0 = 0.9 * weir_stable_cfl(), 0.6 * it where linear stability sets it (accuracy in time) */
  double cfl_scale; /**< in (0,1]: the CFL number, given or default, times this (a study with dt ~ h^P, P > 1); 0 = 1 */
  /** Transport: > 0 is a fixed step (the last one to a target is shortened, or longer by up to 1e-12 of it); where the CFL
   *  number forbids it, equal steps as if 0. Sources alone do not limit dt: give it then.
   *  Fokker-Planck: a bound, which changes the answer by rounding only. */
  double dt;
  int threads;          /**< 0 = all */
  int64_t max_steps;    /**< 0 = 10^9 */
  bool point_potential; /**< Fokker-Planck: V at cell centres instead of the default -D log(mean exp(-V/D)), whose
                                    discrete Gibbs state has the exact cell averages */
  bool (*interrupted)(void *user);
  void *interrupted_user; /**< asked once a step (Fokker-Planck: once a product); true ends with WEIR_EINTERRUPTED */
} weir_run_options;

/** The mass ledger, exact sums. Everything in units of mass. */
typedef struct weir_ledger {
  double mass0, mass;             /**< at the start, now */
  double outflow[WEIR_MAXDIM][2]; /**< net mass that left through each side since the start (negative: came in) */
  double source;                  /**< mass made by s since the start */
  double defect;                  /**< mass - mass0 + sum outflow - source: 0 but for rounding */
  double turnover;                /**< sum of |flux| through boundaries and |source| */
  double relative; /**< defect / max(turnover, integral of |density| at the start); 0 if nothing was there and came */
} weir_ledger;

typedef struct weir_run_stats {
  double time;
  int64_t steps, stages, rejected; /**< Fokker-Planck: matrix-vector products count as stages, chunks of them as steps;
                                        transport: stages of accepted steps */
  double dt_min, dt_max;
  double min_rho; /**< over all cells, the start and all steps (stages excluded), and where it was first */
  ptrdiff_t min_at[WEIR_MAXDIM];
  double min_time;
  weir_limiter limiter; /**< transport: what acts now; AUTO is resolved */
  int64_t limited;      /**< cells whose outgoing fluxes were reduced, summed over the stages of accepted steps */
  double theta;         /**< smallest factor used so far; 1: none */
  double wall_speed;    /**< largest |v.n| dropped at no-flux walls (v.n should be 0 there) */
  double peclet;        /**< Fokker-Planck: largest |q| over faces; second order needs about <= 1 */
} weir_run_stats;

typedef struct weir_run weir_run;

/** The stepper of a scheme when none is named: "onestep" for WEIR_ONE_STEP schemes, "ssprk54" for order 4 and more, else "ssprk3" (also
 *  for NULL). */
const char *weir_default_stepper(const weir_recon *recon);
/** One-step schemes go with the one-step stepper, all others with Runge-Kutta methods. A run refuses other pairs. */
bool weir_stepper_fits(const weir_recon *recon, const weir_stepper *stepper);
/** Largest CFL number of a scheme with a stepper, 0 if they do not go together: recon->cfl * stepper->ssp, within which the scheme's claims hold; or, for
 *  recon->linear > 0, the largest at which no Fourier mode on a uniform periodic mesh grows by more than 1e-12 a step. For example
 *  u7: ssprk3 1.24, ssprk54 1.91, ssprk104 2.84. A run refuses a pair below 0.1 (forward Euler, ssprk2). */
double weir_stable_cfl(const weir_recon *recon, const weir_stepper *stepper);
/** "auto", "none", "positive", "bounds". */
const char *weir_limiter_name(weir_limiter l);
/** @retval WEIR_ENOTFOUND no limiter of that name, and which there are */
weir_status weir_limiter_find(weir_ctx *ctx, const char *name, weir_limiter *out);
/** Ghost layers a mesh needs for this problem and these options. @retval WEIR_ENOTFOUND unknown scheme */
weir_status weir_problem_ghost(weir_ctx *ctx, weir_equation eq, const weir_run_options *opt, int *ghost);
/** Prepare a run.
 *  @retval WEIR_EARG (diffusion <= 0, too few ghost layers, cfl beyond what the scheme allows, rho0 not finite, samples that do not
 *  fit (weir_samples_check), a limiter asked for that the data, the stepper or the CFL number rule out, ...)
 *  @retval WEIR_EUNSUPPORTED (Fokker-Planck with a source or with a time-dependent drift or boundary density; a
 *  limiter with a one-step scheme)
 *  @retval WEIR_ENOTFOUND scheme or stepper  @retval WEIR_ENUMERIC a velocity or potential is not finite, and where  @retval WEIR_ENOMEM */
weir_status weir_run_create(weir_ctx *ctx, const weir_problem *p, const weir_run_options *opt, weir_run **run);
void weir_run_destroy(weir_run **run);
/** Advance to exactly `time` (>= the current time).
 *  @retval WEIR_EARG time < current time, or beyond the samples of the velocity  @retval WEIR_ENUMERIC density, velocity, source or boundary density not finite, or
 *  max_steps reached: the run stays at the last good step  @retval WEIR_EINTERRUPTED likewise */
weir_status weir_run_advance(weir_ctx *ctx, weir_run *run, double time);
/** Cell averages now; borrowed, valid until the next advance; ghosts unspecified. */
const double *weir_run_density(const weir_run *run);
void weir_run_ledger(const weir_run *run, weir_ledger *out);
void weir_run_stats_get(const weir_run *run, weir_run_stats *out);

#endif
