/* law.h - what the laws share: an offence, random numbers, a row of cells, a run. */
#ifndef WEIR_LAWS_LAW_H
#define WEIR_LAWS_LAW_H

#include <weir/laws.h>
#include <weir/rng.h>
#include <weir/solve.h>

/* The first offence against a law; later ones are dropped. */
typedef struct weir_offence {
  bool broken;
  double got, want;
  char text[200];
} weir_offence;
/* printf format for what and where: "face 12 of mirrored data"; the two numbers are added. */
__attribute__((format(printf, 4, 5))) void weir_offend(weir_offence *o, double got, double want, const char *fmt, ...);

typedef weir_status weir_recon_law(weir_ctx *ctx, const weir_recon *s, weir_offence *o);
typedef weir_status weir_stepper_law(weir_ctx *ctx, const weir_stepper *s, weir_offence *o);

/* law_row.c */
weir_recon_law weir_law_reach, weir_law_constants, weir_law_odd, weir_law_scale, weir_law_mirror, weir_law_shift,
    weir_law_upwind, weir_law_flux, weir_law_axis, weir_law_uniform, weir_law_linear;
/* law_accuracy.c */
weir_recon_law weir_law_linear_data, weir_law_order, weir_law_bounds, weir_law_tvd;
/* law_run.c, law_symmetry.c, law_order.c */
weir_recon_law weir_law_mass, weir_law_constant_run, weir_law_positive, weir_law_odd_run, weir_law_mirror_run,
    weir_law_shift_run, weir_law_axis_run, weir_law_embedding, weir_law_order_2d, weir_law_order_compressible,
    weir_law_order_3d;
weir_stepper_law weir_law_stepper_mass, weir_law_stepper_positive;
/* The first registered scheme that goes with a stepper. */
const char *weir_law_partner(weir_ctx *ctx, const weir_stepper *s);
/* law_stepper.c, law_trees.c */
weir_stepper_law weir_law_weights, weir_law_times, weir_law_trees, weir_law_ssp, weir_law_order_run;

/* ---------------------------------------------------------------- a row of cells (law_row.c) */
enum { LINE_N = 61, LINE_G = WEIR_RECON_MAXGHOST, LINE_LEN = LINE_N + 2 * LINE_G, LINE_FACES = LINE_N + 1 };

/* Widths, data, velocities; cell i at [LINE_G + i], face i (left of cell i) at [i], faces 0..LINE_N. */
typedef struct weir_line {
  double h[LINE_LEN], q[LINE_LEN], u[LINE_FACES];
} weir_line;

/* Uniform in (-1,1). */
double weir_law_noise(weir_rng *r);
/* Rough positive data, rough widths (up to 1:5) or equal ones, velocities of both signs. */
void weir_line_random(weir_rng *r, bool uniform, weir_line *l);
/* Faces [first, first+n) by one call of the kernel; inc as in weir_stencil. */
void weir_line_faces_of(const weir_recon *s, const weir_line *l, ptrdiff_t first, ptrdiff_t n, ptrdiff_t inc,
                        double *face);
/* All faces. */
void weir_line_faces(const weir_recon *s, const weir_line *l, double *face);

/* ---------------------------------------------------------------- a run (law_run.c) */
/* Everything a run borrows. Zero it, set what matters, weir_trial_start(), weir_trial_end() (also after a failure). */
typedef struct weir_trial {
  weir_mesh_spec spec; /* ghost is filled in */
  weir_problem p;      /* mesh, rho0 are filled in; boundary: periodic axes follow spec */
  weir_run_options o;
  weir_point_fn *rho; /* initial density; NULL: fill rho0 after weir_trial_mesh() */
  void *rho_user;
  int quad; /* points a direction of its averages, 0 = 2 */
  weir_mesh *mesh;
  double *rho0;
  weir_run *run;
} weir_trial;

/* dim axes of n cells on [0,1], periodic or not; grade 0 = uniform, else sine. */
void weir_trial_box(weir_trial *t, int dim, const ptrdiff_t *n, bool periodic, double grade);
weir_status weir_trial_mesh(weir_ctx *ctx, weir_trial *t);
weir_status weir_trial_start(weir_ctx *ctx, weir_trial *t);
/* Advance; a run that fails numerically (not finite, no progress) is an offence and not an error. */
weir_status weir_trial_advance(weir_ctx *ctx, weir_trial *t, double time, weir_offence *o);
void weir_trial_end(weir_trial *t);

#endif
