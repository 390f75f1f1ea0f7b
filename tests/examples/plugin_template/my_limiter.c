/* A scheme of your own, to be held to weir's laws: MUSCL with the OSPRE limiter (Waterson, Deconinck 1995).
 * Copy this file, change the slope, the name and the claims. Build and test:
 *
 *     cc -std=c11 -O2 -shared -fPIC -Iinclude -o mine.so tests/examples/plugin_template/my_limiter.c
 *     weir selftest --plugin ./mine.so
 *
 * (with an installed weir: -I/usr/local/include instead of -Iinclude). Nothing of weir's is linked: a plug-in is a table.
 *
 *   Along the flow: B far upwind, C the cell it leaves, D downwind; a = q_C - q_B, b = q_D - q_C. Slopes between centres
 *       A = a/dl, dl = (h_B + h_C)/2,    B' = b/dr, dr = (h_C + h_D)/2
 *   limited slope    sigma = (3/2) A B' (A + B') / (A^2 + A B' + B'^2)   if A and B' have one sign, else 0
 *   face value       q_C + m,  m = h_C sigma/2, at most the smaller of a and b
 *
 *   Linear data: A = B' gives sigma = A: exact on any widths. Smooth data: second order. 0 <= m/a, m/b <= 1: TVD and positive for
 *   CFL numbers up to 1/2 (src/fv/README.md, "Bounds").
 *
 *   Three habits that the laws reward:
 *     predicates, no "+ 1e-15" in denominators: an epsilon gives the density a unit              (law: scale)
 *     formulas symmetric in a and b, the same code for both directions                         (law: mirror)
 *     quotients of slopes, not their products: products of small densities underflow           (laws: scale, bounds) */
#include <weir/scheme.h>
#include <math.h>

/* Coefficients of the face between the cells h[-1] and h[0]: for flow to the right (C = h[-1]) h_C/dl, h_C/dr; then for flow to the left. */
static void coef(const double *h, double *w)
{
  w[0] = h[-1] / (0.5 * (h[-2] + h[-1]));
  w[1] = h[-1] / (0.5 * (h[-1] + h[0]));
  w[2] = h[0] / (0.5 * (h[0] + h[1]));
  w[3] = h[0] / (0.5 * (h[-1] + h[0]));
}

/* Half the limited difference over cell C: A and B already times h_C. */
static double half_slope(double A, double B)
{
  if (!((A > 0 && B > 0) || (A < 0 && B < 0))) return 0;
  const double small = fabs(A) < fabs(B) ? A : B, large = fabs(A) < fabs(B) ? B : A;
  const double r = small / large; /* in (0,1] */
  return 0.75 * small * (1 + r) / (1 + r + r * r);
}

/* Face i lies between q[i-s] and q[i]; the flow leaves q[i-s] if u[i] > 0, else q[i]. Reads q[-2s .. n-1+s]. */
static void row(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u, const weir_stencil *st,
                double *restrict face)
{
  for (ptrdiff_t i = 0; i < n; i++) {
    const ptrdiff_t k = i * st->inc; /* coefficients of this face */
    const bool right = u[i] > 0;
    const double B = right ? q[i - 2 * s] : q[i + s], C = right ? q[i - s] : q[i], D = right ? q[i] : q[i - s];
    const double wa = right ? st->w[0][k] : st->w[2][k], wb = right ? st->w[1][k] : st->w[3][k];
    const double a = C - B, b = D - C, m = half_slope(a * wa, b * wb);
    /* On uneven widths m could pass the neighbour: keep it between 0 and the smaller of a and b. */
    const double most = fabs(a) < fabs(b) ? a : b;
    face[i] = C + (fabs(m) < fabs(most) ? m : (m == 0 ? 0 : most));
  }
}

static const weir_recon mine = {
    .abi = WEIR_SCHEME_ABI,
    .name = "my-ospre",
    .formula = "q_C + h_C sigma/2, sigma = (3/2) AB(A+B)/(A^2+AB+B^2)",
    .cite = "Waterson, Deconinck, in: Numerical Methods in Laminar and Turbulent Flow 9 (1995) 203",
    .order = 2,
    .ghost = 2,
    .cfl = 0.5,
    .claims = WEIR_TVD | WEIR_POSITIVE,
    .ncoef = 4,
    .coef = coef,
    .row = row,
};

/* What weir looks for: the tables, ended by NULL. */
extern const weir_recon *const weir_plugin_recons[];
const weir_recon *const weir_plugin_recons[] = {&mine, NULL};
