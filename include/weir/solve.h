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
 *   whatever the CFL number; a shorter pulse of a flow at rest can still be missed: give dt or more targets. Donor cell is
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

typedef enum weir_equation { WEIR_TRANSPORT, WEIR_FOKKER_PLANCK } weir_equation;

/** A vector field by components or, in 2D, by stream function psi: v = (d psi/dy, -d psi/dx), whose face averages are
 *  exact differences of psi at the corners, so that the discrete divergence vanishes to rounding. All borrowed. */
typedef struct weir_velocity {
  weir_point_fn *component[WEIR_MAXDIM]; /**< v_a(t,x); with `factor`, the part that does not depend on t */
  weir_point_fn *stream;                 /**< psi(t,x); then components are ignored; dim must be 2 */
  void *user[WEIR_MAXDIM];               /**< user of component a; stream uses user[0] */
  /** v_a(t,x) = factor_a(t) * component_a(x). NULL with steady = true means factor 1; NULL with steady = false means that
   *  component depends on t as a whole and is averaged anew at every stage. stream uses entry 0. */
  double (*factor[WEIR_MAXDIM])(void *factor_user, double t);
  void *factor_user[WEIR_MAXDIM];
  bool steady[WEIR_MAXDIM];
  int quad; /**< Gauss points a direction of a face, and of a cell for the source, 1..16; 0 = 4; 2 do for second order */
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
  weir_point_fn *potential; /**< Fokker-Planck: V(x), t is passed as 0; NULL = none */
  void *potential_user;
  double diffusion;   /**< Fokker-Planck: D > 0 */
  double time;        /**< start time */
  const double *rho0; /**< cell averages at `time`, a cell array */
} weir_problem;

typedef struct weir_run_options {
  const char *scheme;  /**< transport: reconstruction's name, NULL = "muscl-mc" */
  const char *stepper; /**< transport: NULL = "ssprk3" */
  double cfl;          /**< 0 = 0.9 * weir_stable_cfl(), 0.6 * it where linear stability sets it (accuracy in time) */
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
  double turnover; /**< sum of |flux| through boundaries and |source|, the scale of the ledger besides mass0 */
} weir_ledger;

typedef struct weir_run_stats {
  double time;
  int64_t steps, stages, rejected; /**< Fokker-Planck: matrix-vector products count as stages, chunks of them as steps;
                                        transport: stages of accepted steps */
  double dt_min, dt_max;
  double min_rho; /**< over all cells, the start and all steps (stages excluded), and where it was first */
  ptrdiff_t min_at[WEIR_MAXDIM];
  double min_time;
  double wall_speed; /**< largest |v.n| dropped at no-flux walls (v.n should be 0 there) */
  double peclet;     /**< Fokker-Planck: largest |q| over faces; second order needs about <= 1 */
} weir_run_stats;

typedef struct weir_run weir_run;

/** Largest CFL number of a scheme with a stepper: recon->cfl * stepper->ssp, within which the scheme's claims hold; or, for
 *  recon->linear > 0, the largest at which no Fourier mode on a uniform periodic mesh grows by more than 1e-12 a step. For example
 *  u7: ssprk3 1.24, ssprk54 1.91, ssprk104 2.84. A run refuses a pair below 0.1 (forward Euler, ssprk2). */
double weir_stable_cfl(const weir_recon *recon, const weir_stepper *stepper);
/** Ghost layers a mesh needs for this problem and these options. @retval WEIR_ENOTFOUND unknown scheme */
weir_status weir_problem_ghost(weir_ctx *ctx, weir_equation eq, const weir_run_options *opt, int *ghost);
/** Prepare a run.
 *  @retval WEIR_EARG (diffusion <= 0, too few ghost layers, cfl beyond what the scheme allows, rho0 not finite, ...)
 *  @retval WEIR_EUNSUPPORTED (Fokker-Planck with a source or with a time-dependent drift or boundary density)
 *  @retval WEIR_ENOTFOUND scheme or stepper  @retval WEIR_ENUMERIC a velocity or potential is not finite, and where  @retval WEIR_ENOMEM */
weir_status weir_run_create(weir_ctx *ctx, const weir_problem *p, const weir_run_options *opt, weir_run **run);
void weir_run_destroy(weir_run **run);
/** Advance to exactly `time` (>= the current time).
 *  @retval WEIR_EARG time < current time  @retval WEIR_ENUMERIC density, velocity, source or boundary density not finite, or
 *  max_steps reached: the run stays at the last good step  @retval WEIR_EINTERRUPTED likewise */
weir_status weir_run_advance(weir_ctx *ctx, weir_run *run, double time);
/** Cell averages now; borrowed, valid until the next advance; ghosts unspecified. */
const double *weir_run_density(const weir_run *run);
void weir_run_ledger(const weir_run *run, weir_ledger *out);
void weir_run_stats_get(const weir_run *run, weir_run_stats *out);

#endif
