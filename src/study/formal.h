/* formal.h - the order a case's schemes promise, and how its time steps follow the mesh. */
#ifndef WEIR_STUDY_FORMAL_H
#define WEIR_STUDY_FORMAL_H

#include <weir/study.h>

/* Fill scheme, stepper, dt_num, dt_den, formal, why of `out` (rules: weir/study.h). num/den: dt ~ h^(num/den); den = 0: chosen.
 * @retval WEIR_EARG, WEIR_ENOTFOUND */
weir_status weir_study_formal(weir_ctx *ctx, const weir_case *c, int num, int den, weir_convergence *out);

#endif
