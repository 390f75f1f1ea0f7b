/* setup.h - the inside of a setup, for the modules of src/study. */
#ifndef WEIR_STUDY_SETUP_H
#define WEIR_STUDY_SETUP_H

#include "study/gridded.h"
#include <weir/flowmap.h>
#include <weir/study.h>

/** The flow map of a case with `exact: flow-map`, made of its formulas; borrows the case. */
typedef struct weir_flow_truth weir_flow_truth;
weir_status weir_flow_truth_create(weir_ctx *ctx, const weir_case *c, weir_flow_truth **out);
void weir_flow_truth_destroy(weir_flow_truth **f);
const weir_flowmap *weir_flow_truth_map(const weir_flow_truth *f);

/** Initial data that are no formula (shape, Gaussians) as an exact solution at t = 0. @retval WEIR_EFORMAT with the place */
weir_status weir_setup_initial_exact(weir_ctx *ctx, const weir_case *c, weir_exact **out);
/** Density of a named exact solution (user) as a point function. */
weir_point_fn weir_setup_exact_point;

struct weir_setup {
  const weir_case *c;
  weir_exact *exact;
  weir_flow_truth *flow; /* NULL: none */
  weir_mesh *mesh;
  double *rho0;
  weir_expr *factor[WEIR_MAXDIM], *field[WEIR_MAXDIM]; /* v_a = factor_a(t) field_a(x), where it separates */
  weir_expr *source_factor, *source_field;             /* the source likewise */
  weir_gridded gridded;                                /* a velocity from a file */
  weir_problem problem;
  weir_run_options options;
};

/** A failure of a callee that is the case file's fault: put the place of `item` in front. */
weir_status weir_setup_blame(weir_ctx *ctx, const weir_case *c, const char *item, weir_status s);
/** Do g and h say the same? Equal texts do. */
weir_status weir_setup_same_formula(weir_ctx *ctx, const weir_expr *g, const weir_expr *h, bool *same);
/** Velocity and source of s->c into s->problem; afterwards, with the mesh: do samples fit? */
weir_status weir_setup_bind_velocity(weir_ctx *ctx, weir_setup *s);
weir_status weir_setup_check_samples(weir_ctx *ctx, const weir_setup *s);

#endif
