/* weir/judge.h - is this cloud of particles the solution of the continuity equation? Exit: a weir_verdict (weir/verdict.h).
 *
 *   The judge knows a cloud (weir/cloud.h) and, for each of its steps, a truth: cell averages rho_j on a mesh (any, per step), with an
 *   error bar if it has one. It shares no code with solvers. Checks, per step, in this order:
 *
 *   check           statistic   value                                                    decided by
 *   integrity       finite      coordinates, weights, densities that are not finite,     > 0 fails
 *                               weights < 0; N = 0
 *                   distinct    particles that coincide with an earlier one              all of them fails; in a paired cloud
 *                                                                                        tenfold those of step 0 and over 1 %;
 *                                                                                        else reported
 *   mass            total       |W/W0 - 1| (conserved) or |W/W0 - M| (absorbing)         tolerance; Clopper-Pearson
 *                   outside     share of particles outside the mesh's box                binomial bound above m_out + tolerance
 *   counts          mean        |sum_j d_j y_j|                    standard deviations   Monte Carlo, see below
 *                   spread      |sum_j d_j (|y_j|^2/dim - 1)| sqrt(dim/2)
 *                   cov         |(y_a^2 - 1)/sqrt2, y_a y_b| of d
 *                   sw1         mean over directions of W1 of the projections, in standard deviations (1D: W1)
 *                   chi2        sqrt(sum_g d_g^2/m_g)              relative density error, L2(1/rho)
 *                   scan        max over blocks |d_b|/sqrt(m_b (1 - m_b))
 *   density         rms         (mean lam_i^2)^1/2                                       lower bound > tolerance fails; so do more
 *                                                                                        far outliers than it leaves room for
 *                   mean        mean lam_i, an estimate of KL(cloud | truth)             reported
 *                   l1          mean |1 - exp(-lam_i)|                                   reported
 *                   q90         90 % quantile of |lam_i|                                 reported
 *   normalisation   integral    |mean exp(-lam_i) / m_A - 1|                             lower bound > tolerance fails
 *
 *   d_j = nu_j - m_j: share of the particles in count cell j (a box of mesh cells, at most 64 an axis in 2D, chosen from the truth
 *   alone) minus the truth's mass in it, both scaled to 1 inside the box; y = L^-1 (c - mu) with the truth's mean and covariance L L^T.
 *   lam_i = log rho_i - log rho_R(x_i): carried against true density at the particle.
 *
 *   Tolerance. ONE number eps for all counts: a density with sqrt(int (rho - rho_R)^2/rho_R) <= eps moves statistic k by at most
 *   c_k eps (Cauchy-Schwarz), so a solver inside eps is inside for every k. The truth's own error adds e_ref,k.
 *   Calibration. Counts of an exact cloud are Multinomial(N, m) whatever the equation, mesh or dimension; B draws give every p-value
 *   its exact level. The six are joined by their smallest p, ranked against the same of the draws (Westfall & Young 1993); steps are
 *   joined by Holm (1979). So P(an exact cloud fails counts at any step) <= alpha; the same holds for each other check.
 *   A cloud that is worse than eps can only go from PASS to FAIL as particles are added, a better one only from PASS to CERTIFIED.
 *
 *   The same files, options and seed give the same verdict, bit for bit, for any number of threads. */
#ifndef WEIR_JUDGE_H
#define WEIR_JUDGE_H

#include <weir/mesh.h>
#include <weir/verdict.h>

typedef struct weir_cloud weir_cloud; /* weir/cloud.h */

/** The truth at one step. Everything is borrowed from whoever filled it. */
typedef struct weir_truth {
  double time;           /**< must be the time asked for, to 1e-9 of max(1, |time|) */
  const weir_mesh *mesh; /**< dim = the cloud's */
  const double *rho;     /**< cell averages >= 0, cell array, per unit of initial mass: int rho <= mass */
  const double *error;   /**< estimated error of each average (safety factor included), cell array; NULL = exact */
  bool error_signed; /**< `error` has a sign (weir_richardson_error): e_ref,k = T_k(error). Else its modulus is used and
                              e_ref,k bounds T_k over all signs, which is much larger. */
  double mass;       /**< of the whole truth now, inside the box and out, per unit of initial mass */
  double
      unit; /**< initial mass in the problem's own unit; 0 = 1. A cloud may carry densities per unit of mass or in that unit:
                          what is nearer at step 0 (median of lam against 0 and log unit) holds for all its steps. */
  /** log rho at n points (particle-major, dim each). NULL: reconstructed from rho, error O(h^3) in log rho. Thread-safe. */
  void (*log_density)(void *user, ptrdiff_t n, int dim, const double *x, double *out);
  void *user;
  double log_error; /**< error bar (rms over the mass) of what log_density gives; 0 = exact */
} weir_truth;

/** Fill *out (zeroed by the caller) for step `step` at `time`. What it points to must stay until the next call or the judge's return.
 *  `time` is NaN if the cloud has none. A failure stops the judge and is returned by it. */
typedef weir_status weir_truth_fn(void *user, weir_ctx *ctx, int step, double time, weir_truth *out);

typedef enum weir_mass_mode {
  WEIR_MASS_CONSERVED, /**< N = N0 and W = W0 at every step */
  WEIR_MASS_ABSORBING, /**< survivors ~ Binomial(N0, M) */
  WEIR_MASS_UNKNOWN    /**< the total is not in the file: not tested */
} weir_mass_mode;

typedef enum weir_sampling {
  WEIR_SAMPLING_IID, /**< particles were drawn independently at the start (equal weights, or importance weights) */
  WEIR_SAMPLING_DETERMINISTIC /**< a lattice or quadrature: no p-values; FAIL if T_k > e_k + growth * T_k(step 0) */
} weir_sampling;

/** The six statistics of `counts`, in the order they are reported. */
typedef enum weir_count_stat {
  WEIR_STAT_MEAN,
  WEIR_STAT_SPREAD,
  WEIR_STAT_COV,
  WEIR_STAT_SW1,
  WEIR_STAT_CHI2,
  WEIR_STAT_SCAN,
  WEIR_STAT_COUNT
} weir_count_stat;
const char *weir_count_stat_name(weir_count_stat k); /* "mean", ... */

/** Start from weir_judge_defaults(); a zero in eps* means zero tolerance. */
typedef struct weir_judge_options {
  double alpha;                      /**< chance that an exact cloud fails a check at any step; 0.01 */
  double eps;                        /**< counts: relative density error allowed, L2(1/rho); 0.05 */
  double eps_density;                /**< rms error of the carried log-density allowed; 0.1 */
  double eps_normalisation;          /**< relative error of the carried density's integral allowed; 0.1 */
  double eps_mass;                   /**< absorbing: error of the surviving share allowed; 0.01 */
  double tolerance[WEIR_STAT_COUNT]; /**< counts: own tolerance in the statistic's unit; NaN = c_k eps */
  int draws;     /**< B; 0 = max(1999, 4 steps/alpha), 399 for steps that are nowhere near failing */
  uint64_t seed; /**< of the draws; 1 */
  weir_mass_mode mass;
  weir_sampling sampling;
  double growth;          /**< deterministic sampling; 2 */
  bool require_certified; /**< what is not certified fails */
  int threads;            /**< 0 = OpenMP's choice */
  const char *reference;  /**< copied into the verdict; NULL = "exact" */
} weir_judge_options;

void weir_judge_defaults(weir_judge_options *opt);

/** Judge a cloud. A wrong cloud is a FAILED verdict, not a failed call.
 *  @param truth    called once per step, in order
 *  @param opt      NULL = defaults
 *  @param[out] out owned by the caller, free with weir_verdict_destroy(); NULL after any failure
 *  @retval WEIR_EARG   the cloud's dimension is not the truth's or > 3, no steps, an option out of range, a truth that is negative,
 *                      not finite, has no mass, more than its stated mass, or another time (message: step and value)
 *  @retval WEIR_ELIMIT more than 2^31 - 2 particles in a step
 *  @retval WEIR_ENOMEM
 *  @retval others      whatever `truth` returned */
weir_status weir_judge(weir_ctx *ctx, const weir_cloud *cloud, weir_truth_fn *truth, void *user,
                       const weir_judge_options *opt, weir_verdict **out);

#endif
