/* flow.h - transport problems for tests: a mesh, smooth flows and densities with their exact solutions, a run. */
#ifndef WEIR_TESTS_FLOW_H
#define WEIR_TESTS_FLOW_H

#include "check.h"
#include <weir/solve.h>

/* A context with all schemes and steppers; torn down by ctx_teardown. */
int flow_setup(void **state);

/* Everything a run borrows, in one place. Zero it, set what matters, flow_start(), flow_end(). */
typedef struct flow {
  int dim;
  ptrdiff_t n[WEIR_MAXDIM];
  weir_grading grading; /* of all axes */
  double grade;
  weir_side_kind side[WEIR_MAXDIM][2];
  weir_point_fn *rho; /* initial density, averaged with 4 points a direction, 3 in 3D; NULL = 0 */
  void *rho_user;
  weir_problem p; /* velocity, source, boundary densities; the rest is filled in */
  weir_run_options o;
  weir_mesh *mesh;
  double *rho0;
  weir_run *run;
} flow;

/* Mesh and initial averages (into rho0, to be changed if wanted). */
void flow_mesh(weir_ctx *ctx, flow *f);
/* flow_mesh() unless done, then weir_run_create(), which must work. */
void flow_start(weir_ctx *ctx, flow *f);
void flow_end(flow *f);
/* Sum over cells |C| |q - want|, want = averages of fn at t with `points` a direction. */
double flow_l1(weir_ctx *ctx, const flow *f, weir_point_fn *fn, void *user, double t, int points);
/* |relative defect| of the ledger now. */
double flow_drift(const flow *f);
/* log2(e1/e2) */
double flow_order(double e1, double e2);

/* Densities. user: int dim. */
weir_point_fn flow_waves;  /* 1 + 0.5 prod_a sin(2 pi x_a - 0.3 (a+1)), moving with velocity (1, -.5, .25) */
weir_point_fn flow_blocks; /* 1 in [.2,.5]^dim, 1e-200 in a corner, else 0 */
weir_point_fn flow_one;    /* 1 */
weir_point_fn flow_speed;  /* component *(int *)user of the constant velocity above */
weir_point_fn flow_roll;   /* 2D stream function (1/pi) sin^2(pi x) sin^2(pi y): a roll between walls */
/* cos(pi t): turns the roll round at t = 1/2, so that t = 1 would hide what it does; compare at 1/2. */
double flow_roll_factor(void *user, double t);
/* 20 steps and waves = 1 if user is NULL; waves = 2 makes the density periodic. */
typedef struct flow_roll_user {
  int steps;
  double waves;
} flow_roll_user;
/* Density in the roll times that factor, by tracing back: Runge-Kutta steps in the pseudo-time int_0^t cos(pi s) ds. Shares
 * nothing with the solver. At t = 0 the initial density 1 + sin(2 pi x + .5) cos(waves pi y - .3)/2. */
weir_point_fn flow_roll_density;
/* L1 error in that flow at t = 1/2 on n x n cells between walls. */
double flow_roll_error(weir_ctx *ctx, const char *scheme, int n, bool stretched);
/* Component `axis` of a periodic, sheared, compressible flow that is not 0 at walls and changes sign. */
typedef struct flow_shear_user {
  int axis, dim;
} flow_shear_user;
weir_point_fn flow_shear;
/* Give f that steady flow on all axes, and sides of kind `kind` (inflow carries density 1). */
void flow_set_shear(flow *f, weir_side_kind kind);
/* The constant velocity above on a periodic box. */
void flow_set_constant(flow *f);

#endif
