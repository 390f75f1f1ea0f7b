/* setup.h - the inside of a setup, for the modules of src/study. */
#ifndef WEIR_STUDY_SETUP_H
#define WEIR_STUDY_SETUP_H

#include "study/gridded.h"
#include <weir/study.h>

struct weir_setup {
  const weir_case *c;
  weir_exact *exact;
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
/** Velocity and source of s->c into s->problem; afterwards, with the mesh: do samples fit? */
weir_status weir_setup_bind_velocity(weir_ctx *ctx, weir_setup *s);
weir_status weir_setup_check_samples(weir_ctx *ctx, const weir_setup *s);

#endif
