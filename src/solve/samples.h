/* samples.h - face averages of the interpolant of a sampled velocity (weir_samples). */
#ifndef WEIR_SOLVE_SAMPLES_H
#define WEIR_SOLVE_SAMPLES_H

#include <weir/solve.h>

enum { SAMPLES_SPACE = 8, SAMPLES_TIME = 6 }; /* points of a stencil */

/** Samples a period apart: of x[0..n) the ones that differ; n where x[n-1] does not repeat x[0]. */
ptrdiff_t weir_samples_distinct(const weir_samples *s, const weir_mesh *m, int a);
/** Is `time` among the times, but for rounding? */
bool weir_samples_has_time(const weir_samples *s, double time);

/** Rows of weights: row r is the sum of weight[e] times sample col[e], first[r] <= e < first[r+1]. */
typedef struct weir_bands {
  ptrdiff_t rows, *first, *col;
  double *weight;
} weir_bands;
/** Interpolation at the nodes of axis a (rows n+1) or averages over its cells (rows n). @retval WEIR_ENOMEM */
weir_status weir_bands_create(weir_ctx *ctx, const weir_samples *s, const weir_mesh *m, int a, bool nodes,
                              weir_bands *out);
void weir_bands_free(weir_bands *b);
/** First sample of the stencil in time at t, and its weights; returns how many. */
int weir_samples_times(const weir_samples *s, double t, ptrdiff_t *first, double weight[SAMPLES_TIME]);

/** Samples on a mesh: bands, work arrays, the sample times averaged last. */
typedef struct weir_sampled weir_sampled;
/** Borrows both, which have been checked. @retval WEIR_ENOMEM */
weir_status weir_sampled_create(weir_ctx *ctx, const weir_samples *s, const weir_mesh *m, int threads,
                                weir_sampled **out);
void weir_sampled_destroy(weir_sampled **f);
/** Face averages at time t on faces 0..n_a of axis a, at face places. Cannot fail. */
void weir_sampled_faces(weir_sampled *f, int a, double t, double *u);

#endif
