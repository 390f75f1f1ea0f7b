/* MUSCL with the monotonised central slope (van Leer, JCP 23 (1977) 276), on any widths.
 *
 *   Along the flow: B far upwind, C the cell it leaves, D downwind;  a = q_C - q_B,  b = q_D - q_C.
 *   Half of the central slope is half the difference, over cell C, of the parabola with the three averages (Colella, Woodward,
 *   JCP 54 (1984) 174, eq. 1.7):
 *       h = w0 a + w1 b,   w0 = h_C (h_C + 2 h_D) / (2 S (h_B + h_C)),  w1 = h_C (2 h_B + h_C) / (2 S (h_C + h_D)),
 *       S = h_B + h_C + h_D                                                                    (uniform: (a + b)/4)
 *       m = h kept between 0 and the smaller of a, b (0 if their signs differ),   rho_face = q_C + m
 *
 *   0 <= m/a, m/b <= 1, hence TVD and rho_face between q_C and q_D and at most 2 q_C for q >= 0: positive for CFL <= 1/2.
 *   Second order away from extrema. The bound is the smaller of a and b and not of their multiples on wider
 *   neighbours, because the face value may not leave [q_C, q_D]. */
#include "fv/muscl.h"

/* Reads q[-2s .. n-1+s]; writes n entries. */
MUSCL_ROWS(muscl_mc)

extern const weir_recon weir_recon_mc;
const weir_recon weir_recon_mc = {
    .abi = WEIR_SCHEME_ABI,
    .name = "muscl-mc",
    .formula = "rho_face = q_C + central half-slope, kept between 0 and the smaller of a = q_C-q_B, b = q_D-q_C",
    .cite = "van Leer, JCP 23 (1977) 276; Colella, Woodward, JCP 54 (1984) 174, eq. 1.7",
    .order = 2,
    .ghost = 2,
    .cfl = 0.5,
    .claims = WEIR_TVD | WEIR_POSITIVE,
    .ncoef = 4,
    .coef = muscl_mc_coef,
    .row = row,
    .flux = flux,
};
