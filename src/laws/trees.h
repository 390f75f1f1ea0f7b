/* trees.h - the Butcher matrix of a stepper, for the laws that need it. */
#ifndef WEIR_LAWS_TREES_H
#define WEIR_LAWS_TREES_H

#include <weir/scheme.h>

/* a[k] = coefficients of the state stage k starts from (rows of the Butcher matrix), a[stages] = weights of the step. */
void weir_law_butcher(const weir_stepper *m, double a[WEIR_RK_MAXSTAGE + 1][WEIR_RK_MAXSTAGE]);

#endif
