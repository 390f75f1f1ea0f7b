/* SSPRK(3,3) with 2/3 printed to three digits: the weights sum to .999. */
#include "mutant.h"

STEPPER("stepper-weights", .order = 3, .stages = 3, .ssp = 1,
        .stage = {
            {.time = 0, .s = 1, .e = 1}, {.time = 1, .s = 0.25, .e = 0.25}, {.time = 0.5, .s = 0.666, .e = 0.666}})
