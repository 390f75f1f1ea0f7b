/* functionals.h - numbers that every mesh has, and error bars out of them and of norms of differences. */
#ifndef WEIR_STUDY_FUNCTIONALS_H
#define WEIR_STUDY_FUNCTIONALS_H

#include <weir/study.h>

/* mean of each axis, second moment, L2 norm, max of a density into value[dim + 3]. Means are NaN without positive mass. */
void weir_functionals_of(const weir_mesh *m, const double *q, double *value);
/* Name functional k of a `dim`-dimensional density. */
void weir_functional_name(int dim, int k, char name[24]);
/* Error bars of the study: out->runs, run_h, formal, functional[].value are set, `truth` holds the functionals of the exact averages on
 * the last two meshes (NaN if there are none), difference[l][k] the norm of run l minus run l+1. */
weir_status weir_study_bars(weir_ctx *ctx, weir_convergence *out, double (*difference)[3],
                            double truth[2][WEIR_FUNCTIONALS]);

#endif
