/* The registry's row of the corner-transport scheme (fv/ctu.h): a one-step scheme, whose step is ctu.c and not this kernel. The kernel gives
 * its face values for dt -> 0, those of muscl-mc, for the laws on face values. */
#include "fv/ctu.h"
#include "fv/muscl.h"

MUSCL_ROWS(muscl_mc)

extern const weir_recon weir_recon_ctu_mc;
const weir_recon weir_recon_ctu_mc = {
    .abi = WEIR_SCHEME_ABI,
    .name = "ctu-mc",
    .formula = "one step: rho_face = (state of C predicted at t + dt/2 with the flow across its other faces) +- MC "
               "half-slope (1 - nu)",
    .cite = "Colella, JCP 87 (1990) 171; 3D: Saltzman, JCP 115 (1994) 153",
    .order = 2,
    .ghost = CTU_GHOST,
    .cfl = 1,
    .claims = WEIR_TVD | WEIR_ONE_STEP,
    .ncoef = 4,
    .coef = muscl_mc_coef,
    .row = row,
    .flux = flux,
};
