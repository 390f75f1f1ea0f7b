/* Heun's method, sold with twice its SSP coefficient. */
#include "mutant.h"

STEPPER("stepper-ssp", .order = 2, .stages = 2, .ssp = 2,
        .stage = {{.time = 0, .s = 1, .e = 1}, {.time = 1, .s = 0.5, .e = 0.5}})
