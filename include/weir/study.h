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
/** Exact cell averages at time t into a cell array: closed form for named solutions, Gauss (6 points) for expressions.
 *  @retval WEIR_EUNSUPPORTED the case has no exact solution, and as weir_exact_cell_average() */
weir_status weir_setup_truth(weir_ctx *ctx, const weir_setup *s, double t, double *cells);
/** A run of the case on this mesh from its start; borrows the setup. */
weir_status weir_setup_start(weir_ctx *ctx, const weir_setup *s, weir_run **run);

/* ------------------------------------------------------------------ convergence */
typedef struct weir_level {
  ptrdiff_t n[WEIR_MAXDIM];
  double h; /**< (volume/cells)^(1/dim) */
  double error
      [3]; /**< L1, L2, Linf of cell averages: against the exact solution, or against the next finer level restricted */
  double relative[3]; /**< over the same norm of the truth */
  double w1;          /**< 1D and non-negative: Wasserstein-1 distance; else NaN */
  double mass_defect; /**< ledger defect / max(mass, turnover) */
  double min_rho;
  int64_t steps, stages;
  double seconds; /**< process CPU time of the run */
} weir_level;

typedef struct weir_convergence {
  int levels; /**< rows; one fewer than runs if self-convergence */
  weir_level *level;
  bool against_exact;    /**< false: differences of successive levels (self-convergence) */
  double formal;         /**< expected order */
  int norm;              /**< 0, 1, 2: L1, L2, Linf, the one that decides */
  weir_order verdict[3]; /**< order verdict in each norm */
} weir_convergence;

/** Run the case on all its levels (or on level[0..levels) if levels > 0) and judge the order at the end time.
 *  @param progress  called after each level if not NULL
 *  @param[out] out  owned, free with weir_convergence_destroy()
 *  @retval WEIR_EFORMAT the case names no levels and none are given; fewer than two; a level that its mesh cannot take */
weir_status weir_converge(weir_ctx *ctx, const weir_case *c, int levels, const ptrdiff_t *level,
                          const weir_study_options *opt, void (*progress)(void *user, int level, int levels),
                          void *user, weir_convergence **out);
void weir_convergence_destroy(weir_convergence **c);

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
