/* sg.h - Scharfetter-Gummel fluxes of a drift-diffusion equation, as an exchange of mass between neighbouring cells.
 *
 *   Face i of an axis lies between cells i-1 and i, at distance d between their centres. With the exponent
 *       q = (Phi_i - Phi_{i-1})/D - b.n d/D
 *   the flux per area from cell i-1 to cell i is (Scharfetter, Gummel 1969, eq. (24); Chang, Cooper 1970)
 *       F = (D/d) [ B(q) rho_{i-1} - B(-q) rho_i ],        B(z) = z/(e^z - 1).
 *   In the masses m = |C| rho this is  right_i m_{i-1} - left_i m_i  with rates [1/time]
 *       right_i = A_i D B(q) / (d H_{i-1}),      left_i = A_i D B(-q) / (d H_i).
 *
 *   Walls. No-flux: both rates 0. Outflow, inflow: the density is prescribed ON the wall (0, or the given one), d is half the
 *   width of the wall's cell, and the ghost cell holds (density on the wall) * |C| of the wall's cell. Periodic: face n_a is face 0. */
#ifndef WEIR_FV_SG_H
#define WEIR_FV_SG_H

#include <weir/mesh.h>

/** B(z) = z/(e^z - 1) to 4 ulp for every finite z; 0 for z > 709.8 (then B < 1e-305). */
double weir_bernoulli(double z);
/** B(z) and B(-z) = B(z) + z at the price of one. */
void weir_bernoulli_pair(double z, double *plus, double *minus);

/** One step of the chain: in it, the fraction `right` of a cell's mass crosses a face to the right, `left` to the left. */
typedef struct weir_sg {
  const weir_mesh *mesh;
  weir_side_kind side[WEIR_MAXDIM][2];
  double *right[WEIR_MAXDIM], *left[WEIR_MAXDIM]; /* face arrays, owned; after weir_sg_scale() divided by `rate` */
  double rate;                                    /* Lambda [1/time]; 0: nothing moves */
  int threads;
} weir_sg;

/** Arrays for a mesh with at least one ghost layer (borrowed). Fill right[a] with the exponents q, then call
 *  weir_sg_rates() for each axis and weir_sg_scale(). @retval WEIR_ENOMEM */
weir_status weir_sg_create(weir_ctx *ctx, const weir_mesh *m, const weir_boundary *b, int threads, weir_sg **op);
void weir_sg_destroy(weir_sg **op);

/** Is face 0 (side 0) or n (side 1) of axis a a wall through which mass can pass? */
bool weir_sg_open(const weir_sg *op, int a, int side);
/** Distance d of face i, 0 <= i <= n_a; half a width at an open wall. */
double weir_sg_distance(const weir_sg *op, int a, ptrdiff_t i);
/** From the exponents in right[a] to the rates in right[a], left[a]. Returns the largest |q| of faces that are not no-flux walls. */
double weir_sg_rates(weir_sg *op, int a, double diffusion);
/** rate = (1 + 1e-12) * the largest outgoing rate of a cell; divides right and left by it. Returns the rate,
 *  which is NaN or infinite if a rate is. */
double weir_sg_scale(weir_sg *op);

/** next = r + (flux differences of r) = P r + inflow, for masses r with ghosts set; interior of `next` and its periodic ghosts are
 *  written. If share > 0 also acc += share * (r - acc), else acc may be NULL. No aliasing. Same bits for any number of threads.
 *  r >= 0 gives next >= 0; values below 1e-289 in size become 0. */
void weir_sg_step(const weir_sg *op, double share, const double *restrict r, double *restrict next,
                  double *restrict acc);
/** Copy the periodic ghosts that weir_sg_step() reads. */
void weir_sg_wrap(const weir_sg *op, double *r);
/** The very numbers weir_sg_step(r) moves through an open side in one step, outwards > 0, packed, lower axis fastest. */
void weir_sg_side_flux(const weir_sg *op, int a, int side, const double *r, double *out);

#endif
