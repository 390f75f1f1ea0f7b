/* weir/order.h - the observed order of accuracy with an uncertainty and a verdict; error bars by Richardson extrapolation.
 *
 *   Levels l = 0..n-1 from coarse to fine with sizes h_l (any ratios) and errors E_l > 0.
 *   Pairwise slope   p_l = log(E_{l-1}/E_l) / log(h_{l-1}/h_l).
 *     1 floor     E_floor = max(given, 50 eps sqrt(steps) norm); levels from the fine side with E < 30 E_floor are left out: ROUNDOFF.
 *     2 window    the longest run of levels that ends at the finest usable one and whose slopes differ by at most 0.10 (at least 3
 *                 levels); if there is none, the last 3 levels and PREASYMPTOTIC.
 *     3 p         least-squares slope of log E on log h in the window.
 *     4 p_R       p_m + (p_m - p_{m-1})/(r-1), r the last ratio: Richardson on slopes for a leading correction O(h); used only if there
 *                 are two or more differences of slopes in the window and each is 0.2 to 0.8 of the one before.
 *     5 U         1.25 max(|p - p_m|, |p_m - p_{m-1}|, |p_R - p_m| and |p_R - p| if used) + 0.01.
 *     6 verdict   PASS if p + U >= formal - delta. An error that is not finite, that does not fall from the last but one usable
 *                 level to the last, or p <= 0: FAIL. Everything at the floor: PASS, "exact to rounding".
 *   Coverage of [p-U, p+U] is measured in tests/unit/test_order.c.
 *
 *   The grid convergence index follows Celik et al., J. Fluids Eng. 130 (2008) 078001, and Oberkampf & Roy, Verification and
 *   Validation in Scientific Computing (2010), sec. 8.6 (from memory of the texts; the tests check the algebra on exact power laws). */
#ifndef WEIR_ORDER_H
#define WEIR_ORDER_H

#include <weir/mesh.h>

typedef enum weir_order_outcome {
  WEIR_ORDER_PASS,
  WEIR_ORDER_FAIL,
  WEIR_ORDER_PREASYMPTOTIC, /**< slopes still change by more than 0.10, or too few levels: refine, or start finer */
  WEIR_ORDER_ROUNDOFF       /**< fewer than 3 levels above the rounding floor: nothing to measure */
} weir_order_outcome;

const char *weir_order_outcome_name(weir_order_outcome o); /* "PASS", "FAIL", "PREASYMPTOTIC", "ROUNDOFF" */

enum { WEIR_ORDER_MAXLEVEL = 32 };

typedef struct weir_order_options {
  double formal; /**< order claimed, > 0 */
  double delta;  /**< shortfall forgiven; 0 = default 0.1 */
  double floor;  /**< errors the caller knows to be unavoidable; 0 = none */
  double norm;   /**< norm of the solution in which E is measured; 0 = 1 */
  double steps;  /**< time steps behind the finest error; 0 = 1 */
} weir_order_options;

typedef struct weir_order {
  weir_order_outcome outcome;
  double p, uncertainty; /**< p_hat, U; NaN if there are fewer than 2 usable levels */
  double p_fine;         /**< slope of the finest usable pair */
  double p_richardson;   /**< NaN unless used */
  double floor;          /**< E_floor */
  int first, last;       /**< window: levels first..last */
  int usable;            /**< levels 0..usable-1 are above the floor */
  bool roundoff;         /**< levels were left out for rounding */
  bool superconvergent;  /**< p > formal + 0.5: a warning, often a test too symmetric to see the scheme's error */
  bool exact;            /**< every error is at the floor */
  double slope[WEIR_ORDER_MAXLEVEL]; /**< slope[l] of levels l-1, l; NaN for l = 0 and where it is not defined */
  char text[200];                    /**< one sentence: "order 1.98 +- 0.02 over 4 levels (formal 2): pass" */
} weir_order;

/** @param n      levels, 2..WEIR_ORDER_MAXLEVEL
 *  @param h      strictly decreasing, positive
 *  @param error  >= 0; NaN, infinite or negative values are a FAIL of what is judged, not an error of the call
 *  @retval WEIR_EARG n, h or an option outside its range */
weir_status weir_order_judge(weir_ctx *ctx, int n, const double *h, const double *error, const weir_order_options *opt,
                             weir_order *out);

/* ------------------------------------------------------------------ error bars without an exact solution */
/** The estimated error of the fine field, cell by cell and SIGNED (fine - exact):
 *      error_f = Fs (q_c - R q_f) / (r^p - 1) in every fine cell of a coarse cell,   r = (cells_f / cells_c)^(1/dim),
 *  R the conservative restriction. If q_h = q + a h^p, then q_c - R q_f = a (r^p - 1) h_f^p, so error_f is Fs times
 *  the mean of a h_f^p over the coarse cell. Injection keeps sum |C| error on every coarse cell.
 *  @param p   order of both solutions, > 0;  @param fs safety factor >= 1 (1.25 with an order that was observed, else 3)
 *  @param[out] error  cell array of `fine`
 *  @retval WEIR_EARG  the nodes of `coarse` are not among those of `fine`, p or fs out of range, equal meshes
 *  @retval WEIR_ENOMEM */
weir_status weir_richardson_error(weir_ctx *ctx, const weir_mesh *fine, const double *qf, const weir_mesh *coarse,
                                  const double *qc, double p, double fs, double *error);

typedef struct weir_gci {
  double p;            /**< observed order; NaN unless monotone */
  double extrapolated; /**< (r21^p phi1 - phi2)/(r21^p - 1) */
  double error;        /**< Fs |phi2 - phi1| / (r21^p' - 1), absolute, p' = min(max(1/2, p), formal) */
  double fs;           /**< 1.25 if p is within 10 % of formal, else 3 */
  double asymptotic;   /**< GCI_32 / (r21^p GCI_21): 1 in the asymptotic range */
  double ratio;        /**< R = (phi2 - phi1)/(phi3 - phi2): 0 < R < 1 monotone, < 0 oscillating, >= 1 diverging */
} weir_gci;

/** Error bar of a scalar computed on three meshes: phi[0] on the finest h[0] < h[1] < h[2].
 *  Equal values give error 0. Oscillating or diverging values give p = NaN and error = 3 max |difference|.
 *  @retval WEIR_EARG sizes not increasing and positive, a value not finite, formal <= 0 */
weir_status weir_gci_scalar(weir_ctx *ctx, const double phi[3], const double h[3], double formal, weir_gci *out);

/** What was fitted to phi(h). */
typedef enum weir_gci_model {
  WEIR_GCI_CONSTANT, /**< all values equal: nothing to fit */
  WEIR_GCI_POWER,    /**< phi0 + a h^p, p free */
  WEIR_GCI_FIRST,    /**< phi0 + a h */
  WEIR_GCI_FORMAL,   /**< phi0 + a h^q */
  WEIR_GCI_MIXED     /**< phi0 + a h + b h^q */
} weir_gci_model;

typedef struct weir_gci_fit {
  weir_gci_model model;
  bool weighted; /**< weights 1/h_i beat equal ones */
  double p;      /**< of the free power law, whichever model was taken; NaN if there is none in [0.01, 20] */
  double phi0;   /**< the fit at h = 0 */
  double a, b;   /**< coefficients of the model; b = 0 but for WEIR_GCI_MIXED */
  double sigma;  /**< standard deviation of the fit, (sum n w_i residual_i^2 / (n - coefficients))^1/2, sum w_i = 1 */
  double spread; /**< D = (max phi - min phi)/(n - 1) */
  double fs;     /**< 1.25 if sigma < D and 1/2 <= p < q + 0.1, else 3 */
  double error[WEIR_ORDER_MAXLEVEL]; /**< U_i, the error bar of phi[i] */
} weir_gci_fit;

/** Error bars of a scalar computed on n >= 4 meshes, phi[0] on the finest: least squares, so noise of single meshes is averaged and
 *  shown (Eca & Hoekstra, J. Comput. Phys. 262 (2014) 104; from memory of the text, formulas as follows).
 *  q is the formal order, 2 if that is 1 (then `first` and `formal` would be one model).
 *    1 each model is fitted with equal weights and with w_i ~ 1/h_i; the fit of smaller sigma is kept;
 *    2 1/2 <= p <= q: `power`;  p > q: the better of `first`, `formal`;  p < 1/2 or none: the best of `first`, `formal`, `mixed`;
 *    3 U_i = fs |phi_i - phi0| + sigma + |phi_i - fit(h_i)|                          if sigma < D
 *          = 3 (sigma/D) (|phi_i - phi0| + sigma + |phi_i - fit(h_i)|)               otherwise.
 *  An exact power law with p in [1/2, q] gives phi0, p and U_i = 1.25 |phi_i - phi0|.
 *  @retval WEIR_EARG n not in 4..WEIR_ORDER_MAXLEVEL, sizes not increasing and positive, a value not finite, formal <= 0 */
weir_status weir_gci_least_squares(weir_ctx *ctx, int n, const double *phi, const double *h, double formal,
                                   weir_gci_fit *out);
const char *weir_gci_model_name(weir_gci_model m); /* "constant", "power", "first", "formal", "mixed" */

#endif
