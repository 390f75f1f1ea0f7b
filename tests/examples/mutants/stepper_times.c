/* SSPRK(3,3) whose last stage takes L at the end of the step: right for steady flows only. */
#include "mutant.h"

STEPPER("stepper-times", .order = 3, .stages = 3, .ssp = 1,
        .stage = {
            {.time = 0, .s = 1, .e = 1}, {.time = 1, .s = 0.25, .e = 0.25}, {.time = 1, .s = 2. / 3, .e = 2. / 3}})
