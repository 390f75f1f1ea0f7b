/* Second order, sold as third. */
#include "mutant.h"

STEPPER("stepper-order", .order = 3, .stages = 2, .ssp = 1,
        .stage = {{.time = 0, .s = 1, .e = 1}, {.time = 1, .s = 0.5, .e = 0.5}})
