/* gridded.h - the samples of a velocity, read from the file that a case names. */
#ifndef WEIR_STUDY_GRIDDED_H
#define WEIR_STUDY_GRIDDED_H

#include <weir/array.h>
#include <weir/case.h>
#include <weir/solve.h>

typedef struct weir_gridded {
  weir_samples samples; /* points into the two below, and into the case for its name */
  weir_arrays *set;
  double *made; /* coordinates made from box and times */
} weir_gridded;

/** Read c->samples (not NULL). Shapes are checked here, values and ranges by weir_samples_check(). *out must be zero; free with
 *  weir_gridded_free(), also after a failure.
 *  @retval WEIR_EFORMAT an array is missing, of a kind that is not read, or of another shape than expected; the file is no .npz or .npy
 *  @retval as weir_arrays_read() */
weir_status weir_gridded_read(weir_ctx *ctx, const weir_case *c, weir_gridded *out);
void weir_gridded_free(weir_gridded *g);

#endif
