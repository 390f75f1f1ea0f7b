/* weir/exact.h - exact solutions of the continuity equation, as point values, cell averages, masses and moments.
 *
 *       d_t rho + div(rho v) = 0,      v given, or v = drift - D grad log rho (Fokker-Planck as a transport equation)
 *
 *   A solution is a class (name, parameters, functions) and an instance of it (parameters bound). Built in:
 *       advection              v constant: sine, sin4, Gaussian mixture, box indicator; whole space or periodic box
 *       linear-flow            v = B x + c, any B: Gaussian mixture
 *       moving-shape           v = B x + c: disc, slotted-disc, cone, hump, leveque (the three together; 2D, any B), ball (3D, B a
 *                              rotation and a multiple of 1), jiang-shu (1D, products in 2D and 3D, B diagonal); B = 0: also in a
 *                              periodic box. Averages in closed form (balls to rounding), jumps included
 *       sign-flow              v = s sgn(x - x0), 1D: a Gaussian collapses into a Dirac (s < 0) or leaves a vacuum (s > 0)
 *       heat                   D lap rho: Gaussian mixture                    heat-cosine   no-flux box, one cosine mode
 *       ornstein-uhlenbeck     drift -A (x-b), diffusion D, any A: Gaussian mixture
 *       linear-potential-wall  drift g along axis 0, diffusion D, no-flux box
 *       gaussian-jko           the JKO chain of a Gaussian in a quadratic energy, at finite step tau
 *   Any other smooth velocity: weir/flowmap.h. src/exact/README.md derives them. Nothing here shares code with the schemes (src/fv, src/time, src/solve).
 *
 *   Arrays   points are particle-major: x[p*dim + a]; matrices are row-major; velocities as points.
 *   Dims     Gaussian solutions: dim 1 .. WEIR_EXACT_MAXDIM; the others 1 .. 3. Cell averages: dim <= 3.
 *   Masses   a mixture has the mass sum of its weights. Nothing is normalised behind your back.
 *   Threads  an instance never changes after creation; share it freely. Functions use OpenMP inside; same bits for any
 *            number of threads.
 *   NaN      where a solution does not exist (D > 0 and t < 0, a JKO state between two steps, a singular covariance) point
 *            functions give NaN and functions with a status say why. */
#ifndef WEIR_EXACT_H
#define WEIR_EXACT_H

#include <weir/base.h>
#include <weir/mesh.h>

enum { WEIR_EXACT_ABI = 1, WEIR_EXACT_MAXDIM = 64, WEIR_EXACT_MAXPARAM = 16 };

/** One parameter by name: numbers (rows x cols, row-major; a scalar is 1 x 1, a list n x 1) or, if text != NULL, a word. */
typedef struct weir_param {
  const char *name;
  int rows, cols;
  const double *value; /**< borrowed during the call */
  const char *text;    /**< borrowed during the call; then rows, cols, value are ignored */
} weir_param;

/* ------------------------------------------------------------------ classes */
/** What a parameter looks like; d = dim, K = any number (of Gaussians) that the solution's parameters agree upon. */
typedef enum weir_exact_shape {
  WEIR_EXACT_SCALAR,
  WEIR_EXACT_COUNT,    /**< a whole number 0 .. 10^6 */
  WEIR_EXACT_VECTOR,   /**< d numbers, d x 1 or 1 x d */
  WEIR_EXACT_MATRIX,   /**< d x d; or a scalar s for s I; or d x 1, a diagonal */
  WEIR_EXACT_WEIGHTS,  /**< K x 1 */
  WEIR_EXACT_POINTS,   /**< K x d; or d x 1, one point (K = 1) */
  WEIR_EXACT_MATRICES, /**< K d x d, K matrices below each other; or a MATRIX for all (d = 1: K x 1 or one number) */
  WEIR_EXACT_WORD      /**< text */
} weir_exact_shape;

typedef enum weir_exact_need { WEIR_EXACT_REQUIRED, WEIR_EXACT_OPTIONAL, WEIR_EXACT_DEFAULT } weir_exact_need;

typedef struct weir_exact_param {
  const char *name;
  weir_exact_shape shape;
  weir_exact_need need; /**< OPTIONAL: may be absent, `doc` says what that means */
  double fallback;      /**< DEFAULT: fills a vector or list; s I for matrices */
  const char *word;     /**< DEFAULT of a WORD */
  const char *doc;      /**< one line, starts in lower case: "drift matrix A [1/time]" */
} weir_exact_param;

/** What a class can do. */
enum {
  WEIR_EXACT_HAS_VELOCITY = 1 << 0, /**< weir_exact_velocity() answers */
  WEIR_EXACT_HAS_MOMENTS = 1 << 1,  /**< weir_exact_moments() answers (for `advection`: on the whole space) */
  WEIR_EXACT_SMOOTH = 1 << 2,       /**< C-infinity for all parameters */
  WEIR_EXACT_MASS_ONE = 1 << 3,     /**< a probability density with default weights */
  WEIR_EXACT_IN_BOX = 1 << 4,       /**< lives in a box (parameters lo, hi) with no-flux walls; density 0 outside */
  WEIR_EXACT_DISCRETE = 1 << 5      /**< exists at t = k tau only */
};

/** A parameter as create() receives it: shape checked, finite, in the full form of its shape (a MATRIX is d x d, a VECTOR d x 1,
 *  POINTS K x d, MATRICES as given), default filled in. Absent optional: value == NULL (text == NULL). */
typedef struct weir_exact_arg {
  int rows, cols;
  const double *value;
  const char *text;
} weir_exact_arg;

/** A class: one const table, one file in src/exact, one row in exact.def. `self` is what create() made. */
typedef struct weir_exact_class {
  uint32_t abi;               /**< WEIR_EXACT_ABI */
  const char *name;           /**< what the user types: "ornstein-uhlenbeck" */
  const char *formula, *cite; /**< shown by lists */
  unsigned flags;
  int maxdim;                    /**< dims 1 .. maxdim */
  int nparam;                    /**< <= WEIR_EXACT_MAXPARAM */
  const weir_exact_param *param; /**< [nparam] */
  /** arg[nparam] in the order of `param`, borrowed during the call. *self is freed with destroy. */
  weir_status (*create)(weir_ctx *ctx, int dim, const weir_exact_arg *arg, void **self);
  void (*destroy)(void *self);
  /** WEIR_EARG with a sentence if there is no solution at time t. */
  weir_status (*exists)(weir_ctx *ctx, const void *self, double t);
  void (*log_density)(const void *self, double t, ptrdiff_t n, const double *x, double *out);
  weir_status (*average)(weir_ctx *ctx, const void *self, const weir_mesh *m, double t, double *cells);
  bool (*velocity)(const void *self, double t, ptrdiff_t n, const double *x, double *v); /**< may be NULL */
  double (*mass)(const void *self, double t);
  bool (*moments)(const void *self, double t, double *mean, double *cov); /**< may be NULL */
} weir_exact_class;

/** Register the built-in classes (WEIR_KIND_EXACT). List them with weir_item(ctx, WEIR_KIND_EXACT, k).
 *  @retval WEIR_EARG a name is taken (registered twice)  @retval WEIR_ENOMEM */
weir_status weir_exact_register(weir_ctx *ctx);
/** "d x d" and so on: the shape in words, for help. Static storage. */
const char *weir_exact_shape_text(weir_exact_shape s);

/* ------------------------------------------------------------------ instances */
typedef struct weir_exact weir_exact;

/** Bind parameters.
 *  @param[in]  param  nparam parameters in any order, copied
 *  @param[out] out    owned by the caller, free with weir_exact_destroy(); NULL after any failure
 *  @retval WEIR_ENOTFOUND no solution has that name (the message lists them and the nearest)
 *  @retval WEIR_EARG  dim out of the class's range; a parameter unknown (with the nearest known), missing, given twice, of the
 *                     wrong shape, not finite, or outside its range: one sentence with what was found and expected
 *  @retval WEIR_ENOMEM */
weir_status weir_exact_create(weir_ctx *ctx, const char *name, int dim, int nparam, const weir_param *param,
                              weir_exact **out);
/** Free *e and set it to NULL. NULL and a pointer to NULL are allowed. */
void weir_exact_destroy(weir_exact **e);

const weir_exact_class *weir_exact_class_of(const weir_exact *e); /* borrowed, static */
int weir_exact_dim(const weir_exact *e);

/** Is there a solution at time t?  @retval WEIR_EARG no; the message says why */
weir_status weir_exact_exists(weir_ctx *ctx, const weir_exact *e, double t);

/** out[p] = log rho(t, x_p): -inf where the density is 0, NaN where the solution does not exist (or memory for the time's
 *  coefficients ran out). Gaussians: no underflow, however far out. */
void weir_exact_log_density(const weir_exact *e, double t, ptrdiff_t n, const double *x, double *out);

/** cells[C] = (1/|C|) int_C rho(t,x) dx for interior cells of a cell array (ghosts untouched). Relative error about 1e-13,
 *  in the tails too (down to 1e-300, in 3D to 1e-100 of the maximum; a point's own rounding costs z^2 eps at z standard
 *  deviations). Axis-aligned Gaussians:
 *  products of erfc differences taken on the side where they are small; others: erfc along axis 0 of the conditional law, Gauss-Legendre
 *  in the other directions with points and subdivisions chosen for 1e-15 from the logarithmic slope. Periodic axes of the mesh play no
 *  part: wrap the solution (advection: lo, hi) if it should be periodic.
 *  @retval WEIR_EARG mesh->dim differs from the solution's, or no solution at t
 *  @retval WEIR_ELIMIT a Gaussian so thin against the cells that it needs more than 10^6 subdivisions of one  @retval WEIR_ENOMEM */
weir_status weir_exact_cell_average(weir_ctx *ctx, const weir_exact *e, const weir_mesh *m, double t, double *cells);

/** v[p*dim+a]: the velocity that transports the density: the given field, or the probability flow  drift - D grad log rho;
 *  gaussian-jko at t = k tau: (T(x) - x)/tau of step k -> k+1. false (v untouched): the class has none. NaN where the solution does not exist. */
bool weir_exact_velocity(const weir_exact *e, double t, ptrdiff_t n, const double *x, double *v);

/** int rho(t,x) dx over the whole space, or over the box for classes that live in one. */
double weir_exact_mass(const weir_exact *e, double t);
/** mean[dim] and cov[dim*dim] of rho / mass. false (both untouched): not known in closed form, or no solution at t. */
bool weir_exact_moments(const weir_exact *e, double t, double *mean, double *cov);

/* ------------------------------------------------------------------ Gaussians and JKO */
/** Optimal map of JKO step k of a `gaussian-jko` instance, y_p = T(x_p), x^k -> x^{k+1}; k = 0 .. steps-1.
 *  false (y untouched): another class, or k out of range. x == y allowed. */
bool weir_exact_jko_map(const weir_exact *e, int k, ptrdiff_t n, const double *x, double *y);

/** W2 distance (not its square) of N(m1,S1) and N(m2,S2):  W2^2 = |m1-m2|^2 + min_U |R1 - R2 U|_F^2 over orthogonal U, R R' = S,
 *  which equals tr(S1 + S2 - 2 (S1^1/2 S2 S1^1/2)^1/2) (Dowson, Landau 1982; Olkin, Pukelsheim 1982) without its cancellation:
 *  absolute error a few eps * (|R1| + |R2|). Singular covariances are allowed.
 *  @retval WEIR_EARG d not in 1 .. WEIR_EXACT_MAXDIM, a number not finite, S not symmetric (to 1e-12) or not positive semidefinite
 *  @retval WEIR_ENOMEM */
weir_status weir_gaussian_w2(weir_ctx *ctx, int d, const double *m1, const double *S1, const double *m2,
                             const double *S2, double *w2);

#endif
