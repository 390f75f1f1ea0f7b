/* twist.h - a compressible, deforming flow between walls whose characteristics are known in closed form, in 2D and 3D. */
#ifndef WEIR_LAWS_TWIST_H
#define WEIR_LAWS_TWIST_H

#include <weir/mesh.h>

/* v = cos(pi t) w(x) (twist.c); user of the density and of each component. v.n = 0 on the sides of [0,1]^dim. */
typedef struct weir_twist {
  int dim, axis; /* 2 or 3; of the component */
  bool whole;    /* the component includes cos(pi t) */
} weir_twist;

weir_point_fn weir_twist_velocity, weir_twist_density;
double weir_twist_factor(void *user, double t); /* cos(pi t) */

#endif
