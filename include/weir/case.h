/* weir/case.h - case files: one problem, its exact solution, times, scheme and tolerances, read and checked.
 *
 *   A case file is YAML (what is accepted: weir/yaml.h). Every key, with its default; (*) = required:
 *
 *     weir: 1                        (*) version of this schema
 *     name: ou2d                     [a-z0-9-]+; default: the file's name without directory and .yaml
 *     title: one line                what it is
 *     equation: fokker-planck        (*) transport      d_t rho + div(rho v) = s
 *                                        fokker-planck  d_t rho = div(rho grad V) - div(rho b) + D lap rho
 *     parameters: {D: 1, a: "2*D"}   names for formulas; later ones may use earlier ones. A parameter that depends on
 *                                    t, x, y, z is a function put in wherever its name stands
 *     mesh: FILE                     (*) a mesh file, relative to this file; or its keys; or {file: FILE, keys that
 *                                    replace the file's}:
 *       box: [[-6, 6], [-6, 6]]      (*) one [lo, hi] a direction; this sets the dimension, 1..3. 1D: also [lo, hi]
 *       cells: [128, 128]            (*) one number a direction, or one for all
 *       grading: [uniform, {tanh: 1.5}]   uniform | {geometric: g} | {tanh: g} | {sine: g} (weir/mesh.h), one a
 *                                    direction or one for all; default uniform
 *       nodes: {x: [0, 0.1, 0.3]}    nodes of a direction, increasing. Its box, cells and grading are then `listed` (or
 *                                    left out, if every direction is listed)
 *     boundary: no-flux              (*) one word for all sides: periodic | no-flux | outflow | {inflow: RHO}; or a
 *                                    direction each: {x: periodic, y: [{inflow: RHO}, outflow]} (low side, high side).
 *                                    RHO: a formula of t, x, y, z, the density that enters; `exact`: the exact solution's
 *     velocity: ["-y", "x"]          transport (*): v; fokker-planck: the extra drift b, steady. A formula a
 *                                    direction; 1D: also without the list; 2D also {stream: PSI}: v = (dPSI/dy, -dPSI/dx);
 *                                    3D also {vector-potential: [A1, A2, A3]}: v = curl A. Both have no divergence on the mesh
 *                                    either, to rounding. Or samples from a file, {file: v.npz} (below)
 *     source: FORMULA                transport only: s. The word `manufactured`: s = d_t RHO + div(RHO v), derived from
 *                                    exact.expression and the velocity's formulas, which then must be differentiable: no
 *                                    abs, sign, step, floor, ceil, mod, min, max, if, comparison or logic in them
 *     potential: FORMULA             fokker-planck only: V, steady; default 0
 *     diffusion: 1                   fokker-planck (*): D > 0, a constant formula
 *     initial: exact                 (*) the exact solution at the start; or a formula of x, y, z; or
 *                                    {gaussian: {mean: [..], covariance: [[..]], weight: 1}}; or {mixture: [{mean: ..}, ..]}
 *                                    (covariance: a number s stands for s times the unit matrix); or {shape: disc, centre: ..},
 *                                    a shape and its parameters as in `weir/exact.h`, moving-shape
 *     exact: {solution: NAME, ...}   a solution of weir/exact.h, the other keys are its parameters: numbers, lists,
 *                                    matrices (lists of rows), words; or {expression: FORMULA} of t, x, y, z. With
 *                                    `at: [0, 1.5]` it holds at these times only.  Or
 *            flow-map                transport without source: the initial data carried back along characteristics of `velocity`,
 *                                    which must be smooth (weir/flowmap.h); {solution: flow-map, tolerance: 1e-13}
 *     time:
 *       start: 0
 *       end: 1                       (*) > start
 *       outputs: 1                   that many equal intervals, the last ends at `end`; or an increasing list within
 *                                    [start, end]
 *     scheme:
 *       reconstruction: u9           transport only; names: weir/scheme.h
 *       stepper: ssprk54             transport only; default: ssprk3 for schemes of order below 4, onestep for ctu-mc
 *       cfl: 0.45                    transport only; default: 0.9 of what scheme and stepper allow
 *       dt: 0.001                    transport only: fixed step; default: from cfl
 *       limiter: auto                transport only: auto | none | positive | bounds (weir/solve.h); auto keeps rho >= 0 where schemes of
 *                                    high order would not, if the initial density is >= 0 and nothing takes mass away
 *       quadrature: 4                Gauss points a direction for cell and face averages, 1..16; default 4, but where v or
 *                                    s must be averaged anew at every stage 3, for schemes of second order 2
 *       potential: averaged          fokker-planck only: averaged | point (weir/solve.h)
 *     jko: {tau: 0.05}               fokker-planck with a Gaussian exact solution of a drift -A(x-b), A symmetric: also
 *                                    compare with the JKO scheme of step tau, from its closed form; end - start must be a
 *                                    whole number of steps
 *     converge:
 *       levels: [32, 64, 128]        (*) cells in x, increasing, at least 2; the other directions keep the ratios of
 *                                    mesh.cells
 *       scheme: muscl-mc             transport only: of the study, if `scheme` names no reconstruction
 *       order: 2                     expected order; default: what scheme, stepper and steps promise in this
 *                                    dimension (weir/study.h)
 *       delta: 0.1                   observed order may fall short by this
 *       norm: L1                     L1 | L2 | Linf
 *     judge:
 *       eps: 0.05                    relative tolerance of the density, (0, 1)
 *       alpha: 0.01                  level of the whole verdict, (0, 0.5)
 *       seed: 1                      of the bootstrap
 *       tolerances: {mean: 0.02}     of single statistics, > 0, in their own units; names: weir/judge.h
 *
 *   Samples     velocity: {file: v.npz}, arrays
 *                   v          (nt, nx, ny, nz, dim), fewer n in fewer dimensions: v[k, i, j, l, a] = component a of the
 *                              velocity at time t[k] in the point (x[i], y[j], z[l]). In 1D the last axis may be left out
 *                   x, y, z    (nx,), (ny,), (nz,), increasing, uniform or not, as many as the case has directions
 *                   t          (nt,), increasing. Without t the field is steady and v has no first axis
 *               Other arrays are ignored. Or velocity: {file: v.npy, box: [[0, 1], [0, 1]], times: [0, 2]}: the array v
 *               alone, uniform in space from end to end of `box` (as mesh.box) and in time from the first to the last of
 *               `times` (left out: steady). Byte order, float32 or float64, C or Fortran order: any (weir/array.h). The path is
 *               relative to the case's file, in a built-in case to the working directory. The samples must cover the mesh and the case's
 *               times; interpolation, periodic axes and tolerances: weir_samples in weir/solve.h.
 *
 *   A mesh file has `weir-mesh: 1`, optionally `title`, and the keys of `mesh` above except `file`.
 *
 *   Formulas    weir/expr.h. They may use t, x, y, z (only the case's directions), r = sqrt(x^2 + y^2 + z^2), pi, e and
 *               the parameters. Wherever a number is wanted a constant formula will do (parameters included), except in
 *               mesh files, which know pi and e only. YAML wants quotes around a formula that starts with one of
 *               ! & * - [ { or holds ": " or " #"; in lists [..] and maps {..} also around one with a comma.
 *
 *   Messages    start with the place: "my.yaml:12:9: mesh.cells[1]: expected a whole number >= 1, found '3.5'". */
#ifndef WEIR_CASE_H
#define WEIR_CASE_H

#include <weir/expr.h>
#include <weir/mesh.h>

/** Slots of the variables in every formula of a case. */
enum { WEIR_CASE_T = 0, WEIR_CASE_X = 1, WEIR_CASE_Y = 2, WEIR_CASE_Z = 3 };

typedef enum weir_case_equation { WEIR_CASE_TRANSPORT, WEIR_CASE_FOKKER_PLANCK } weir_case_equation;

typedef enum weir_case_initial {
  WEIR_CASE_INITIAL_EXACT,      /**< the named exact solution at start */
  WEIR_CASE_INITIAL_EXPRESSION, /**< initial_expr(x); also for `exact` if that is an expression, taken at t = start */
  WEIR_CASE_INITIAL_MIXTURE,    /**< sum of weighted Gaussians: mixture[] */
  WEIR_CASE_INITIAL_SHAPE       /**< a moving-shape of weir/exact.h with shape_param[], at t = 0 */
} weir_case_initial;

/** weight * N(mean, covariance); rows of the covariance are packed: cov[i*dim + j]. Symmetric positive definite. */
typedef struct weir_case_gaussian {
  double weight;
  double mean[WEIR_MAXDIM], cov[WEIR_MAXDIM * WEIR_MAXDIM];
} weir_case_gaussian;

/** A parameter of an exact solution: members as in weir_param of weir/exact.h. A number is 1 x 1, a list rows x 1. */
typedef struct weir_case_param {
  const char *name;
  int rows, cols;
  const double *value; /**< value[row*cols + col]; NULL for a word */
  const char *text;    /**< the word; NULL for numbers */
} weir_case_param;

/** `velocity: {file: ...}`. */
typedef struct weir_case_samples {
  const char *file;           /**< path, ready to be opened */
  bool boxed;                 /**< an .npy whose coordinates are these */
  double box[WEIR_MAXDIM][2]; /**< [lo, hi] of each direction */
  bool timed;                 /**< boxed: times are given */
  double time[2];             /**< first, last */
} weir_case_samples;

typedef struct weir_case_tolerance {
  const char *name;
  double value;
} weir_case_tolerance;

/** Everything a case says, defaults filled in. Read any member, write none; all pointers are owned by the case. */
typedef struct weir_case {
  const char *name, *title; /**< title "" if there is none */
  const char *file;         /**< path it was read from; "reference/ou2d.yaml" for a built-in case */
  weir_case_equation equation;
  int dim;

  weir_mesh_spec mesh; /**< ghost = 0: set what the scheme needs in a copy */
  weir_side_kind side[WEIR_MAXDIM][2];
  weir_expr *inflow[WEIR_MAXDIM][2]; /**< density on inflow sides, else NULL */
  bool inflow_exact[WEIR_MAXDIM][2]; /**< inflow of the named exact solution's density; then inflow is NULL */

  weir_expr *velocity[WEIR_MAXDIM];         /**< v or b; all NULL: none, or given in one of the next three ways */
  weir_expr *stream;                        /**< NULL if there is none */
  weir_expr *vector_potential[WEIR_MAXDIM]; /**< A; all NULL if there is none */
  weir_case_samples *samples;               /**< NULL if there are none */
  weir_expr *source, *potential;            /**< NULL if there is none */
  bool manufactured;                        /**< `source: manufactured`; source holds what was derived */
  double diffusion;                         /**< 0 for transport */

  weir_case_initial initial;
  weir_expr *initial_expr;
  bool initial_exact; /**< `initial: exact`, whatever the kind */
  int mixture_count;
  weir_case_gaussian *mixture;
  int shape_count;
  struct weir_case_param *shape_param;

  const char *exact; /**< name of the solution; NULL if there is none or it is an expression */
  int exact_count;
  weir_case_param *exact_param;
  weir_expr *exact_expr; /**< of t, x, y, z; NULL if there is none */
  int exact_times;       /**< 0: the exact solution holds at all times; else ask weir_case_has_exact() */
  double *exact_time;
  bool flow_map;         /**< by characteristics; then exact and exact_expr are NULL */
  double flow_tolerance; /**< 0: the default of weir/flowmap.h */

  double start, end;
  int outputs; /**< times in output[], increasing, within [start, end] */
  double *output;

  const char *reconstruction, *stepper; /**< NULL: default ("u9", weir_default_stepper()) */
  const char *limiter;                  /**< NULL: default ("auto"); a constant */
  double cfl, dt;                       /**< 0: default */
  int quadrature;                       /**< 4 by default */
  bool quadrature_given;                /**< the file says it; else a setup may take fewer */
  bool point_potential;

  double jko_tau; /**< 0: no JKO reference */
  int jko_steps;  /**< (end - start) / tau */

  int levels;               /**< 0: no `converge` */
  const char *study_scheme; /**< transport: the study's reconstruction if `reconstruction` is NULL; may be NULL too */
  ptrdiff_t *level;         /**< cells in x */
  double order;             /**< 0: what the scheme claims */
  double delta;             /**< 0.1 by default */
  const char *norm;         /**< "L1", "L2" or "Linf" */

  double eps, alpha; /**< 0.05, 0.01 by default */
  uint64_t seed;     /**< 1 by default */
  int tolerances;
  weir_case_tolerance *tolerance;

  struct weir_case_private *private_; /**< the documents behind it */
} weir_case;

/** Read and check a case.
 *  @param which      a path if it contains '/' or ends in .yaml or .yml, else the name of a built-in case
 *  @param overrides  n_overrides assignments "mesh.cells=[64, 64]" (weir_yaml_set), applied in order before anything
 *                    is checked; NULL if there are none
 *  @param[out] out   owned by the caller, free with weir_case_destroy(); NULL after a failure
 *  @retval WEIR_ENOTFOUND no built-in case of that name (message: the nearest one)
 *  @retval WEIR_EIO       a file (the case's or its mesh's) could not be read
 *  @retval WEIR_EFORMAT   not YAML, or against the schema: place, what was found, what was expected
 *  @retval WEIR_ELIMIT    beyond a limit of weir/yaml.h or weir/expr.h   @retval WEIR_ENOMEM */
weir_status weir_case_read(weir_ctx *ctx, const char *which, const char *const *overrides, int n_overrides,
                           weir_case **out);
/** The same for a text; `file` stands for its path in messages and for the directory of its mesh file. */
weir_status weir_case_parse(weir_ctx *ctx, const char *file, const char *text, size_t length,
                            const char *const *overrides, int n_overrides, weir_case **out);
/** Free *c and set it to NULL. NULL and a pointer to NULL are allowed. */
void weir_case_destroy(weir_case **c);

/** Place "FILE:LINE:COLUMN" of "scheme.reconstruction", "exact.A", "mesh.cells[1]", for messages; if it is not in the file, of
 *  the nearest thing around it that is (at last of the whole file). Cut to size; returns buf. */
const char *weir_case_where(const weir_case *c, const char *path, char *buf, size_t size);

/** Formulas as point functions: user is a (const) weir_expr * of a case; dim of x is what the formula uses. Thread-safe. */
void weir_case_point(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out);
/** At one point; x[a] for a < dim. */
double weir_case_value(const weir_expr *e, double t, int dim, const double *x);
/** Does the case know the exact solution (named or a formula) at time t? A named one may still say no (weir_exact_exists()). */
bool weir_case_has_exact(const weir_case *c, double t);
/** Does the formula not depend on t? NULL: it does not. */
bool weir_case_steady(const weir_expr *e);
/** The case's boundary with weir_case_point() on its inflow formulas; borrows from the case. Sides with inflow_exact have
 *  density NULL: the caller fills them in. */
void weir_case_boundary(const weir_case *c, weir_boundary *out);

/** Built-in cases, k = 0 .. count-1 in order of name; NULL past the end. Titles are read from the files' `title:` lines. */
int weir_case_builtin_count(void);
const char *weir_case_builtin_name(int k);
/** @retval WEIR_ENOTFOUND k out of range. *title is owned by the caller, free with weir_free(). */
weir_status weir_case_builtin_title(weir_ctx *ctx, int k, char **title);
/** The file's text (borrowed, static) for `weir cases NAME` to print. @retval WEIR_ENOTFOUND (message: the nearest name) */
weir_status weir_case_builtin_text(weir_ctx *ctx, const char *name, const char **path, const char **text,
                                   size_t *length);

#endif
