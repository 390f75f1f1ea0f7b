/* velocity.h - face velocities of a mesh from a weir_velocity. */
#ifndef WEIR_SOLVE_VELOCITY_H
#define WEIR_SOLVE_VELOCITY_H

#include <weir/solve.h>

/** @retval WEIR_EARG stream function not in 2D, vector potential not in 3D, quad not in 0..16, samples that do not fit the mesh or do not
 *  cover `time` */
weir_status weir_velocity_check(weir_ctx *ctx, const weir_mesh *m, const weir_velocity *v, double time);
/** @retval WEIR_EARG the velocity's samples do not reach to `time` */
weir_status weir_velocity_reaches(weir_ctx *ctx, const weir_velocity *v, double time);
/** Gauss points a direction. */
int weir_velocity_quad(const weir_velocity *v);
/** Is there a velocity along axis a at all? */
bool weir_velocity_given(const weir_velocity *v, int a);
/** The entry of factor and steady for axis a. */
int weir_velocity_entry(const weir_velocity *v, int a);
/** Does the velocity along axis a depend on t as a whole, so that a factor does not give it? Does it not depend on t? */
bool weir_velocity_whole(const weir_velocity *v, int a);
bool weir_velocity_steady(const weir_velocity *v, int a);
bool weir_velocity_scaled(const weir_velocity *v, int a);

/** A velocity bound to a mesh, with the arrays that its face averages need. Borrows both; both checked before. */
typedef struct weir_faces weir_faces;
/** `threads` as in weir_run_options. @retval WEIR_ENOMEM */
weir_status weir_faces_create(weir_ctx *ctx, const weir_mesh *m, const weir_velocity *v, int threads, weir_faces **f);
void weir_faces_destroy(weir_faces **f);
/** Face averages of v_a at time t on all faces 0..n_a of axis a (a face array; A is not included), without boundary treatment and
 *  without the factor; on a periodic axis faces 0 and n_a get the same bits. No velocity: zeros. What axes share (corners, edges, sample
 *  times) is computed once a time.
 *  @retval WEIR_ENUMERIC not finite, and where */
weir_status weir_faces_at(weir_ctx *ctx, weir_faces *f, int a, double t, double *u);
/** The same for once. @retval WEIR_ENUMERIC  @retval WEIR_ENOMEM */
weir_status weir_velocity_faces(weir_ctx *ctx, const weir_mesh *m, const weir_velocity *v, int a, double t, double *u);
/** Apply the sides to face velocities u of axis a: no-flux walls get 0 (*wall_speed grows to the largest |u| dropped), outflow
 *  sides keep the outward part. */
void weir_velocity_walls(const weir_mesh *m, const weir_boundary *b, int a, double *u, double *wall_speed);

#endif
