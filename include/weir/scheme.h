/* weir/scheme.h - what a reconstruction and a time stepper are: const tables, chosen by name.
 *
 *   A transport scheme is  reconstruction x stepper. The reconstruction gives, from cell averages along one axis, the average of
 *   the density on each face, seen from the cell the flow LEAVES; the flux is F = A u rho_face, computed once per face and used by both
 *   its cells. One kernel serves every axis and dimension: a row always runs along axis 0, only `s`, the distance between cells
 *   ALONG the sweep axis, changes (s = 1 for axis 0).
 *
 *   Choosing the upwind side before reconstructing costs one reconstruction a face instead of two and a blend on sign(u). */
#ifndef WEIR_SCHEME_H
#define WEIR_SCHEME_H

#include <weir/mesh.h>

enum { WEIR_SCHEME_ABI = 2, WEIR_RECON_MAXGHOST = 8, WEIR_RECON_MAXCOEF = 80 };

/** What a reconstruction claims; the laws in tests/laws (and `weir selftest`) hold it to each. */
enum {
  WEIR_LINEAR = 1 << 0,      /**< linear in q for fixed u */
  WEIR_TVD = 1 << 1,         /**< 1D, constant u, forward Euler within .cfl: total variation does not grow */
  WEIR_POSITIVE = 1 << 2,    /**< forward Euler within .cfl keeps q >= 0, to the last bit */
  WEIR_NONNEG_ONLY = 1 << 3, /**< defined for q >= 0 only (waives q -> -q) */
  /** The scheme brings the density to t + dt/2 itself and takes a step in one sweep of its own (ctu-mc; plug-ins cannot). Its stepper is
   *  `onestep` and no other; its CFL rate is the MAX over the axes instead of the sum; .cfl and the claims are those of
   *  whole steps; .row gives the face values for dt -> 0. */
  WEIR_ONE_STEP = 1 << 4
};

/** Stencil coefficients for the faces of one row. Coefficient c of face i is w[c][i*inc]:
 *  inc = 1 when the sweep axis is axis 0 of a stretched mesh, else 0 (one set for the whole row). */
typedef struct weir_stencil {
  const double *w[WEIR_RECON_MAXCOEF];
  ptrdiff_t inc;
} weir_stencil;

/** Faces [0,n) of a row, contiguous in memory. q points at the cell on the + side of face 0: face i lies between
 *  q[i-s] and q[i]. u[i] > 0: the flow leaves q[i-s]; else it leaves q[i].
 *  Reads q[-ghost*s .. n-1+(ghost-1)*s], u[0,n); writes face[0,n). No aliasing. */
typedef void weir_recon_row(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,
                            const weir_stencil *st, double *restrict face);

/** Coefficients of one face from the widths h[-ghost .. ghost-1] of the cells around it (h[-1] left of it, h[0] right of it): fill w[0..ncoef). */
typedef void weir_recon_coef(const double *h, double *w);

typedef struct weir_recon {
  uint32_t abi;               /**< WEIR_SCHEME_ABI */
  const char *name;           /**< what the user types: "muscl-vanleer" */
  const char *formula, *cite; /**< shown by lists */
  int order, ghost;           /**< claimed order on smooth data; layers read */
  double cfl; /**< the claims hold with forward Euler up to this CFL number (weir/solve.h); 0 if `linear` */
  int linear; /**< 5, 7, 9: on smooth data this is the linear upwind scheme of that many cells, 4: the centred one of four, whose
                   stability with the stepper limits the CFL number (weir_stable_cfl); 0: `cfl` does */
  /** 0: the flux takes the product of the face averages of u and rho, second order if both vary along the face. 4, 6: moments along
   *  the face make it fourth, sixth order (src/fv/README.md); the order in 2D and 3D is then the smaller of this and `order`. If not 0, inflow
   *  and outflow sides are of order 5 in space and 4 in time too; second order else. */
  int product;
  unsigned claims;
  int ncoef;             /**< coefficients a face, 0..WEIR_RECON_MAXCOEF */
  weir_recon_coef *coef; /**< NULL if ncoef = 0 */
  weir_recon_row *row;
  /** Optional: as `row`, but writes the product u * face, rounded once as that product is; saves a pass over the row where no moments
   *  along the face are wanted. NULL: the sweep multiplies. */
  weir_recon_row *flux;
} weir_recon;

/* ------------------------------------------------------------------ time steppers
 * Strong-stability-preserving Runge-Kutta methods in increment form. With r = dt L(q) at the stage's input q, the state q0 at
 * the start of the step and a register D (zero at the start; holds an increment, not a state):
 *     D   <- A D + g (q - q0) + c r
 *     out  = q0 + s (q - q0) + e r + B D
 * Every stage is q0 plus increments, so weights that do not sum to 1 in binary cannot make mass: a printed 1/3, 2/3 pair
 * loses 5.6e-17 of the mass a step, 5e-13 in 10 000 steps. */
enum { WEIR_RK_MAXSTAGE = 10 };

typedef struct weir_rk_stage {
  double time; /**< the stage's L is taken at t + time*dt. Not 0 in stage 0: the stepper of one-step schemes */
  double s, e, B;
  double A, g, c; /**< all 0: the register is not touched */
} weir_rk_stage;

typedef struct weir_stepper {
  const char *name; /**< "ssprk3" */
  const char *formula, *cite;
  int order, stages;
  double ssp; /**< SSP coefficient: dt <= ssp * dt_FE keeps what forward Euler keeps (Gottlieb, Shu, Tadmor 2001) */
  weir_rk_stage stage[WEIR_RK_MAXSTAGE];
} weir_stepper;

/** Is this the stepper of one-step schemes (WEIR_ONE_STEP), one stage with data at t + dt/2, and not a Runge-Kutta method? */
bool weir_stepper_is_one_step(const weir_stepper *s);
/** b_k: the weight of r_k in the whole step, q_new = q_old + sum_k b_k r_k. What a ledger must use. */
void weir_stepper_weights(const weir_stepper *s, double b[WEIR_RK_MAXSTAGE]);

/** euler[k]: the Euler factor of stage k, the largest mu for which a limiter of q + mu dt L(q) is needed: the new state and the register are
 *  convex combinations of q0, earlier Euler steps and this one (src/time/README.md). 1/ssp at most if the table is optimal.
 *  false: some stage is not of that form (a weight is negative, or L comes without its q). */
bool weir_stepper_euler(const weir_stepper *s, double euler[WEIR_RK_MAXSTAGE]);

weir_status weir_fv_register(weir_ctx *ctx);   /* all built-in reconstructions */
weir_status weir_time_register(weir_ctx *ctx); /* all built-in steppers */
/** Instructions the row kernels of the sweep use on this processor: "avx512f", "avx2", "sse2", or "portable" off x86-64. They change
 *  the speed and no bit of a result. Static text. */
const char *weir_fv_vector(void);

#endif
