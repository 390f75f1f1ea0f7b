/* weir/study.h - from a case file to answers: a run of it, its truth, a convergence study, the reference of a judgement.
 *
 *   A setup binds a case to one mesh (the case's own or a refinement of it): mesh, exact solution, callbacks, initial cell averages.
 *   A reference gives the judge (weir/judge.h) the truth at a cloud's times, with an error bar.
 *   Threads: one thread at a time; runs use `threads` threads inside, with the same bits for any number. */
#ifndef WEIR_STUDY_H
#define WEIR_STUDY_H

#include <weir/case.h>
#include <weir/exact.h>
#include <weir/judge.h>
#include <weir/mesh.h>
#include <weir/order.h>
#include <weir/solve.h>

/** All built-in tables of all modules: reconstructions, steppers, exact solutions, metrics. @retval as weir_register() */
weir_status weir_register_all(weir_ctx *ctx);

/* ------------------------------------------------------------------ setup */
typedef struct weir_study_options {
  int threads;                     /**< 0 = all */
  bool (*interrupted)(void *user); /**< as in weir_run_options */
  void *interrupted_user;
  /** weir_converge: dt ~ h^(num/den), num/den >= 1; den = 0: chosen (see there). */
  int dt_num, dt_den;
  bool error_bars; /**< weir_converge: also where an exact solution exists (it then shows whether the bars cover) */
} weir_study_options;

typedef struct weir_setup weir_setup;

/** Bind case `c` (borrowed until destroy) to its mesh refined by num/den (weir_mesh_spec_refine).
 *  @retval WEIR_EFORMAT something in the case file cannot be carried out, with its place: unknown scheme or exact solution, parameters of
 *                       the exact solution, a mesh that cannot be built or refined or is beyond this machine's memory
 *  @retval WEIR_ENUMERIC initial averages not finite  @retval WEIR_ENOMEM, and as the callees */
weir_status weir_setup_create(weir_ctx *ctx, const weir_case *c, ptrdiff_t num, ptrdiff_t den,
                              const weir_study_options *opt, weir_setup **out);
void weir_setup_destroy(weir_setup **s);
const weir_mesh *weir_setup_mesh(const weir_setup *s);
/** The named exact solution, NULL if the case has none (or gives it as an expression). Borrowed. */
const weir_exact *weir_setup_exact(const weir_setup *s);
/** Initial cell averages, borrowed. */
const double *weir_setup_initial(const weir_setup *s);
/** Is there an exact solution (named or by expression)? */
bool weir_setup_has_truth(const weir_setup *s);
/** Likewise at time t: some formulas hold at some times only (`exact: {expression: F, at: [..]}`). */
bool weir_setup_has_truth_at(const weir_setup *s, double t);
/** Exact cell averages at time t into a cell array: closed form for named solutions, Gauss (6 points) for expressions,
 *  characteristics (weir/flowmap.h) for flow-map.
 *  @retval WEIR_EUNSUPPORTED the case has no exact solution (at t), and as weir_exact_cell_average(), weir_flowmap_average() */
weir_status weir_setup_truth(weir_ctx *ctx, const weir_setup *s, double t, double *cells);
/** A run of the case on this mesh from its start; borrows the setup. */
weir_status weir_setup_start(weir_ctx *ctx, const weir_setup *s, weir_run **run);

/* ------------------------------------------------------------------ convergence
 * Order that is expected. In space that of the reconstruction, in 2D and 3D at most that of its flux (weir_recon.product; 2 for a product
 * of face averages); Scharfetter-Gummel 2. In time that of the stepper; Fokker-Planck is exact in time. With dt ~ h^P the error is
 * a h^space + b h^(P time), so expected = min(space, P time).
 * Time steps. The coarsest level runs at the case's CFL number (or the default one); a level of width h at (h/h_0)^(P-1) times that, so
 * dt ~ h^P whatever the velocity does (coarse levels of time-dependent problems may be held to 17 steps an output, which only makes
 * their time error smaller). P = 1 is a fixed CFL number. Chosen if not given: P = space/time if that is above 1, else 1. A case with a fixed
 * step (scheme.dt) keeps it on all levels, unless P is given: then it is the step of the coarsest level. */
typedef struct weir_level {
  ptrdiff_t n[WEIR_MAXDIM];
  double h; /**< (volume/cells)^(1/dim) */
  double error
      [3]; /**< L1, L2, Linf of cell averages: against the exact solution, or against the next finer level restricted */
  double relative[3]; /**< over the same norm of the truth */
  double w1;          /**< 1D and non-negative: Wasserstein-1 distance; else NaN */
  double mass_defect; /**< the ledger's relative defect */
  double min_rho;     /**< of all steps */
  double max_rho;     /**< at the end */
  int64_t steps, stages;
  double seconds; /**< process CPU time of the run */
} weir_level;

/** A number that every mesh has, for error bars without an exact solution: sums over cell averages, as of a density that is constant on
 *  each cell, hence second order at best. On a periodic axis the box is taken as it is cut. */
typedef struct weir_functional {
  char name[24];                     /**< "mean x", "mean y", "mean z", "second moment", "L2 norm", "max" */
  double value[WEIR_ORDER_MAXLEVEL]; /**< of every mesh that was run, coarse to fine */
  double formal;                     /**< min(expected order, 2) */
  bool usable;                       /**< all values finite (a mean needs mass > 0) */
  weir_gci bar;                      /**< from the three finest meshes */
  weir_gci_fit fit;                  /**< from all, the finest first, if there are four or more */
  double
      truth; /**< from the exact averages of the two finest meshes, extrapolated with order 2; NaN without exact solution */
} weir_functional;
enum { WEIR_FUNCTIONALS = WEIR_MAXDIM + 3 };

typedef struct weir_convergence {
  int levels; /**< rows; one fewer than runs if self-convergence */
  weir_level *level;
  bool against_exact; /**< false: differences of successive levels (self-convergence) */
  double formal;      /**< expected order */
  char why[200];      /**< where it comes from: "space 6 (u9 in 2D), time 4 (ssprk54), dt ~ h^(3/2): min(6, 6)" */
  int dt_num, dt_den; /**< dt ~ h^(num/den); den = 0: the case's fixed step, or no step at all (Fokker-Planck) */
  const char *scheme, *stepper; /**< names, borrowed from the tables; stepper NULL: none (Fokker-Planck) */
  int norm;                     /**< 0, 1, 2: L1, L2, Linf, the one that decides */
  weir_order verdict[3];        /**< order verdict in each norm */

  int runs; /**< meshes that were run */
  ptrdiff_t run_n[WEIR_ORDER_MAXLEVEL];
  double run_h[WEIR_ORDER_MAXLEVEL];
  /** Error bars: without an exact solution, or if asked for; three meshes at least. */
  bool error_bars;
  weir_gci
      field[3]; /**< of the finest field in L1, L2, Linf: values are the norms of differences of successive meshes */
  int functionals;
  weir_functional functional[WEIR_FUNCTIONALS];
} weir_convergence;

/** Run the case on all its levels (or on level[0..levels) if levels > 0) and judge the order at the end time.
 *  @param progress  called after each level if not NULL
 *  @param[out] out  owned, free with weir_convergence_destroy()
 *  @retval WEIR_EFORMAT the case names no levels and none are given; fewer than two; a level that its mesh cannot take; meshes that do
 *                       not divide each other where differences are wanted
 *  @retval WEIR_EARG    dt ~ h^P with P < 1, or for Fokker-Planck, which has no step to choose */
weir_status weir_converge(weir_ctx *ctx, const weir_case *c, int levels, const ptrdiff_t *level,
                          const weir_study_options *opt, void (*progress)(void *user, int level, int levels),
                          void *user, weir_convergence **out);
void weir_convergence_destroy(weir_convergence **c);

/** CPU seconds a study needs to an error, by log-log interpolation between the two levels around it (finest such pair).
 *  @param norm 0, 1, 2; the error is relative to that norm of the truth
 *  @return NaN if no pair of levels brackets it: nothing is extrapolated */
double weir_convergence_cost(const weir_convergence *c, int norm, double relative_error);

/* ------------------------------------------------------------------ a run with its own error bar
 * The case on meshes of width h, 2h, 4h in step. With D_21 = |rho_2h - R rho_h|, D_32 = |rho_4h - R rho_2h| in L1 at an output time,
 *     p_obs = log2(D_32 / D_21),   p = min(max(1/2, p_obs), formal),   Fs = 1.25 if p_obs is within 10 % of formal, else 3,
 *     error_h = Fs (rho_2h - R rho_h)/(2^p - 1), injected: weir_richardson_error(),
 * so no order is trusted that was not observed: at a jump p is what the jump allows, and after limiters or in the preasymptotic range
 * the factor 3 of Oberkampf & Roy (2010) stands. It is an estimate, not a bound: features that all three meshes miss are missed.
 * The relative estimate is |error_h|_1 / |rho_h|_1. Formal: case's converge.order, else as above at fixed CFL number. */
typedef struct weir_estimate weir_estimate;
typedef struct weir_estimate_info {
  double time;
  double relative;  /**< the estimated relative L1 error of the finest density */
  double observed;  /**< p_obs; NaN if the meshes agree or D_32 = 0 */
  double order, fs; /**< p and Fs as used */
  double formal;
} weir_estimate_info;

/** Three runs at the case's start; `num/den` refines the case's mesh to the finest of them (weir_mesh_spec_refine).
 *  @retval WEIR_EFORMAT the mesh cannot be halved twice, or has fewer than 8 cells on an axis then  @retval as weir_setup_create() */
weir_status weir_estimate_create(weir_ctx *ctx, const weir_case *c, ptrdiff_t num, ptrdiff_t den,
                                 const weir_study_options *opt, weir_estimate **out);
void weir_estimate_destroy(weir_estimate **e);
/** All three to `time`, and the estimate there. @retval as weir_run_advance() */
weir_status weir_estimate_advance(weir_ctx *ctx, weir_estimate *e, double time);
void weir_estimate_get(const weir_estimate *e, weir_estimate_info *out);
/** The estimated error of the finest density, cell by cell and signed (density - truth); borrowed, until the next advance. */
const double *weir_estimate_error(const weir_estimate *e);
/** The finest setup and run; borrowed. */
const weir_setup *weir_estimate_setup(const weir_estimate *e);
const weir_run *weir_estimate_run(const weir_estimate *e);
/** The smallest power of 2 by which the case's mesh must be refined for an estimate. */
ptrdiff_t weir_estimate_start(const weir_case *c);

/* ------------------------------------------------------------------ reference of a judgement */
typedef enum weir_reference_kind {
  WEIR_REFERENCE_AUTO,  /**< JKO if the case has a closed form and the cloud a step tau that fits it, else PDE */
  WEIR_REFERENCE_PDE,   /**< the finite-volume solution, with its two-grid error bar */
  WEIR_REFERENCE_EXACT, /**< the case's exact solution */
  WEIR_REFERENCE_JKO    /**< the exact JKO chain at the cloud's own tau */
} weir_reference_kind;

typedef struct weir_reference weir_reference;

/** What the truth is at one step, for reports. */
typedef struct weir_reference_info {
  double time;
  double fv_error; /**< estimated relative L1 error of the finite-volume solution (two grids, Roache 1994) */
  double to_pde;   /**< relative L1 distance of the reference used to the finite-volume solution: O(tau) for JKO */
  double fv_exact; /**< true relative L1 error of the finite-volume solution where an exact solution exists, else NaN */
  double mass_defect, min_rho;
} weir_reference_info;

/** Prepare the reference for a cloud with step tau (NaN if unknown) and these times.
 *  The finite-volume solution is computed in any case, on the case's mesh and on one of half (odd cell numbers: the case's and one of
 *  twice) the cells, so that its own error and its distance to the JKO chain can be told.
 *  @retval WEIR_EUNSUPPORTED the kind asked for does not exist for this case, and why
 *  @retval WEIR_EFORMAT      fewer than 8 cells on an axis; JKO was asked for and a time is no whole number of steps after the case's start
 *  @retval as weir_setup_create() */
weir_status weir_reference_create(weir_ctx *ctx, const weir_case *c, weir_reference_kind kind, double tau, int steps,
                                  const double *time, const weir_study_options *opt, weir_reference **out);
void weir_reference_destroy(weir_reference **r);
weir_reference_kind weir_reference_kind_of(const weir_reference *r);
/** The mesh of the truth, borrowed. */
const weir_mesh *weir_reference_mesh(const weir_reference *r);
const char *weir_reference_name(weir_reference_kind k); /* "auto", "pde", "exact", "jko" */
/** A weir_truth_fn: user is the weir_reference. Times must not decrease from call to call.
 *  @retval WEIR_EFORMAT a time before the case's start, or (JKO) that is no multiple of tau  @retval as weir_run_advance() */
weir_status weir_reference_truth(void *user, weir_ctx *ctx, int step, double time, weir_truth *out);
/** Of the last call of weir_reference_truth(). */
void weir_reference_info_get(const weir_reference *r, weir_reference_info *out);

#endif
