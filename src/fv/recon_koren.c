/* The parabola through three averages at the face, bounded (Koren, in: Numerical Methods for Advection-Diffusion Problems, Vieweg
 * (1993) 117), on any widths.
 *
 *   The parabola with the averages of B, C, D (fv/muscl.h) takes at the face between C and D the value
 *       q_C + w0 a + w1 b,   w0 = h_C h_D/((h_B + h_C) S),  w1 = h_C (h_B + h_C)/((h_C + h_D) S),  S = h_B + h_C + h_D
 *   (uniform: q_C + a/6 + b/3, the kappa = 1/3 scheme). m = w0 a + w1 b kept between 0 and the smaller of a and b.
 *
 *   On uniform widths these are Koren's bounds phi <= 2r, 2: TVD and positive for CFL <= 1/2 (README). Face values are third
 *   order where the bounds do not bite; the scheme is second order for a v that varies along the faces. */
#include "fv/muscl.h"

WEIR_INLINE void parabola(double b, double c, double d, double *wa, double *wb)
{
  const double sum = b + c + d;
  *wa = c * d / ((b + c) * sum);
  *wb = c * (b + c) / ((c + d) * sum);
}

static void coef(const double *h, double *w)
{
  parabola(h[-2], h[-1], h[0], &w[0], &w[1]);
  parabola(h[1], h[0], h[-1], &w[2], &w[3]);
}

WEIR_INLINE double part(double a, double b, double wa, double wb)
{
  return muscl_bound(wa * a + wb * b, a, b);
}

/* Reads q[-2s .. n-1+s]; writes n entries. */
MUSCL_ROWS(part)

extern const weir_recon weir_recon_koren;
const weir_recon weir_recon_koren = {
    .abi = WEIR_SCHEME_ABI,
    .name = "koren",
    .formula =
        "rho_face = q_C + (3-cell parabola at the face), kept between 0 and the smaller of a = q_C-q_B, b = q_D-q_C",
    .cite = "Koren, in: Numerical Methods for Advection-Diffusion Problems, Vieweg (1993) 117",
    .order = 2,
    .ghost = 2,
    .cfl = 0.5,
    .claims = WEIR_TVD | WEIR_POSITIVE,
    .ncoef = 4,
    .coef = coef,
    .row = row,
    .flux = flux,
};
