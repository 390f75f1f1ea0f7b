/* shear.h - periodic shears in 3D: speed and density vary along the faces in both directions, mixed slopes included. */
#ifndef WEIR_LAWS_SHEAR_H
#define WEIR_LAWS_SHEAR_H

#include <weir/mesh.h>

/* user: the axis the flow runs along. */
typedef struct weir_shear {
  int axis;
} weir_shear;

weir_point_fn weir_shear_speed;                 /* its component of w */
weir_point_fn weir_shear_density;               /* at the time t */
double weir_shear_factor(void *user, double t); /* cos(pi t) */

#endif
