/* roll.h - a roll between walls in 2D that turns back: a stream function times cos(pi t). */
#ifndef WEIR_LAWS_ROLL_H
#define WEIR_LAWS_ROLL_H

#include <weir/mesh.h>

weir_point_fn weir_roll_stream;                /* psi(x), t is not looked at */
double weir_roll_factor(void *user, double t); /* cos(pi t) */
/* The density in that flow, which was e^(2x+2y) at t = 0. user: the number of parts of the path back, NULL = 1. */
weir_point_fn weir_roll_density;

#endif
