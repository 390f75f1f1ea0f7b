/* velocity.h - face velocities of a mesh from a weir_velocity. */
#ifndef WEIR_SOLVE_VELOCITY_H
#define WEIR_SOLVE_VELOCITY_H

#include <weir/solve.h>

/** @retval WEIR_EARG stream function not in 2D, quad not in 0..16 */
weir_status weir_velocity_check(weir_ctx *ctx, const weir_mesh *m, const weir_velocity *v);
/** Gauss points a direction. */
int weir_velocity_quad(const weir_velocity *v);
/** Is there a velocity along axis a at all? */
bool weir_velocity_given(const weir_velocity *v, int a);
/** Face averages of v_a at time t on all faces 0..n_a of axis a (a face array; A is not included), without boundary treatment and
 *  without the factor; on a periodic axis faces 0 and n_a get the same bits. No velocity: zeros.
 *  @retval WEIR_ENUMERIC not finite, and where  @retval WEIR_ENOMEM */
weir_status weir_velocity_faces(weir_ctx *ctx, const weir_mesh *m, const weir_velocity *v, int a, double t, double *u);
/** Apply the sides to face velocities u of axis a: no-flux walls get 0 (*wall_speed grows to the largest |u| dropped), outflow
 *  sides keep the outward part. */
void weir_velocity_walls(const weir_mesh *m, const weir_boundary *b, int a, double *u, double *wall_speed);

#endif
