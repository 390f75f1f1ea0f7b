/* average.h - the averages of weir/mesh.h on a given number of threads (0: all), and averages over edges. The bits do not depend on
 * the number of threads. */
#ifndef WEIR_MESH_AVERAGE_H
#define WEIR_MESH_AVERAGE_H

#include <weir/mesh.h>

/** As weir_cell_average() and weir_face_average(). */
weir_status weir_cell_average_on(weir_ctx *ctx, const weir_mesh *m, weir_point_fn *fn, void *user, double t, int q,
                                 int threads, double *out);
weir_status weir_face_average_on(weir_ctx *ctx, const weir_mesh *m, int a, int wide, weir_point_fn *fn, void *user,
                                 double t, int q, int threads, double *out);
/** Averages of fn over the edges along axis a, from node to node, q points each; a = -1: values at the corners. Edge (i,j,k) starts at
 *  the low corner of cell (i,j,k) and sits at its place in a cell array; across the edge indices run 0..n. Of unused axes only index 0.
 *  @retval WEIR_EARG axis, q, or a mesh without ghost layers (there is no room for index n)  @retval WEIR_ENUMERIC as the others */
weir_status weir_edge_average(weir_ctx *ctx, const weir_mesh *m, int a, weir_point_fn *fn, void *user, double t, int q,
                              int threads, double *out);

#endif
