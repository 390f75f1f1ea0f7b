/* setup.h - the inside of a setup, for the modules of src/study. */
#ifndef WEIR_STUDY_SETUP_H
#define WEIR_STUDY_SETUP_H

#include <weir/study.h>

struct weir_setup {
  const weir_case *c;
  weir_exact *exact;
  weir_mesh *mesh;
  double *rho0;
  weir_expr *factor[WEIR_MAXDIM], *field[WEIR_MAXDIM]; /* v_a = factor_a(t) field_a(x), where it separates */
  weir_problem problem;
  weir_run_options options;
};

#endif
