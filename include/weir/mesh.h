/* weir/mesh.h - structured box meshes in 1, 2 or 3 dimensions: geometry, memory layout, quadrature, ghost cells.
 *
 *   A mesh is the product of `dim` axes. Axis a has nodes X_0 < X_1 < ... < X_n; cell i lies between faces i and i+1:
 *
 *        ghost             interior               ghost
 *     | -2 | -1 |  0 |  1 |   ...   | n-1 |  n | n+1 |        one axis, g = 2
 *     -2   -1    0    1    2       n-1    n   n+1  n+2        face (= node) indices; node 0 = lo, node n = hi
 *
 *   "Face i" means i-1/2: the left face of cell i. Ghost nodes continue periodically on a periodic axis, else as the
 *   mirror image of the interior in the wall.
 *
 *   Metric. Every axis carries a cell measure H_i and a face factor A_i, so that for cell (i,j,k)
 *       volume |C| = H^0_i H^1_j H^2_k,      area of its left face on axis 0 = A^0_i H^1_j H^2_k,
 *       (1/|C|) * (flux difference) = (A^0_{i+1} F_{i+1} - A^0_i F_i) / H^0_i + ...
 *   Cartesian: H = width, A = 1. (A radial axis has A = r^(d-1), H = (r_+^d - r_-^d)/d.) Schemes must use H and A,
 *   never a width in their place.
 *
 *   Storage. A cell array has mesh->len doubles; axis 0 is the fastest:
 *       cell (i,j,k) = origin + i*stride[0] + j*stride[1] + k*stride[2],  stride[0] = 1,
 *   interior rows start on 64-byte boundaries. Unused axes have one cell, no ghosts, H = 1.
 *   A face array of axis a is a cell array in which face i (left of cell i) sits at cell i's place, i = 0..n_a.
 *
 *   Blocks. first[a] is the index of this mesh's cell 0 in the whole domain (0 here; a block of a distributed
 *   mesh will differ), so loops over boundaries ask weir_mesh_at_boundary(), not i == 0.
 *
 *   Threads: a mesh never changes after creation; share it freely. */
#ifndef WEIR_MESH_H
#define WEIR_MESH_H

#include <weir/base.h>
#include <weir/sum.h>

enum { WEIR_MESH_MAXGHOST = 16 };

/** One axis. Arrays are valid for indices -ghost .. n+ghost-1 (node: .. n+ghost). Read any member, write none. */
typedef struct weir_axis {
  ptrdiff_t n;           /**< interior cells */
  double lo, hi;         /**< node[0], node[n] [length] */
  bool periodic;         /**< side lo is glued to side hi */
  bool uniform;          /**< all widths are the same double */
  const double *node;    /**< X_i [length] */
  const double *centre;  /**< (X_i + X_{i+1})/2 [length] */
  const double *width;   /**< X_{i+1} - X_i [length]; on a uniform axis (hi-lo)/n exactly */
  const double *measure; /**< H_i */
  const double *area;    /**< A_i of face i, i = -ghost .. n+ghost */
} weir_axis;

typedef struct weir_mesh {
  int dim;                       /**< 1, 2 or 3 */
  int ghost;                     /**< ghost layers g, 0..WEIR_MESH_MAXGHOST, on each used axis */
  weir_axis axis[WEIR_MAXDIM];   /**< unused axes: n = 1, [0,1] */
  ptrdiff_t stride[WEIR_MAXDIM]; /**< doubles from a cell to the next one */
  ptrdiff_t first[WEIR_MAXDIM];  /**< index of cell 0 in the whole domain */
  ptrdiff_t origin;              /**< index of interior cell (0,0,0) */
  ptrdiff_t len;                 /**< doubles in a cell array, ghosts included */
  ptrdiff_t cells;               /**< interior cells */
  double volume;                 /**< of the whole box: exact sum of |C| */
} weir_mesh;

/** How nodes are placed on an axis. */
typedef enum weir_grading {
  WEIR_UNIFORM, /**< X_i = lo + (hi-lo) i/n */
  WEIR_GEOMETRIC, /**< widths in geometric progression: X = lo + L (g^s - 1)/(g - 1), s = i/n; h_{i+1}/h_i = g^(1/n), g > 0 */
  WEIR_TANH, /**< finer at both ends: X = mid + (hi-lo)/2 tanh(grade xi)/tanh(grade), xi in [-1,1], grade > 0 (Vinokur 1983) */
  WEIR_SINE, /**< smooth periodic: X = lo + L (s + grade/(2 pi) sin(2 pi s)), s = i/n, |grade| < 1; finest at lo and hi if grade < 0 */
  WEIR_LISTED /**< node[0..n] are given */
} weir_grading;

typedef struct weir_axis_spec {
  ptrdiff_t n;   /**< cells, 1 .. 2^24 */
  double lo, hi; /**< ignored if listed */
  weir_grading grading;
  double grade;
  const double *node; /**< n+1 increasing nodes if listed; copied */
  bool periodic;
} weir_axis_spec;

/** What weir_mesh_create() needs. Fill by name; the rest is zero. */
typedef struct weir_mesh_spec {
  int dim, ghost;
  weir_axis_spec axis[WEIR_MAXDIM];
} weir_mesh_spec;

/** Build a mesh.
 *  @param[in]  spec  copied; axes >= spec->dim are ignored
 *  @param[out] mesh  owned by the caller, free with weir_mesh_destroy(); NULL after any failure
 *  @retval WEIR_EARG   dim not in 1..3, ghost not in 0..16, n_a < 1, n_a < ghost, hi_a <= lo_a, a bound or node not finite, nodes
 *                      not increasing, grade out of its range, widths that vanish in rounding
 *  @retval WEIR_ELIMIT n_a > 2^24 or more than 2^31 cells   @retval WEIR_ENOMEM */
weir_status weir_mesh_create(weir_ctx *ctx, const weir_mesh_spec *spec, weir_mesh **mesh);
void weir_mesh_destroy(weir_mesh **mesh);

/** A spec of the same domain with n_a num/den cells on every axis a. Graded axes keep their rule. num/den is brought to lowest terms; listed axes then: den = 1 and num a
 *  power of 2 halves every cell (a new node is the cubic through the four nodes around it, one-sided at walls, periodic on periodic
 *  axes; the middle where that lies outside the central half of the cell), so that the refined axis stays as smooth as its nodes
 *  are; num = 1 keeps every den-th node. Old nodes stay nodes in both.
 *  @param[out] out   node lists are owned by it: free with weir_mesh_spec_clear(); empty after a failure
 *  @retval WEIR_EARG num or den < 1, n_a num/den is no whole number >= 1, a listed axis with another ratio
 *  @retval WEIR_ELIMIT more than 2^24 cells on an axis  @retval WEIR_ENOMEM */
weir_status weir_mesh_spec_refine(weir_ctx *ctx, const weir_mesh_spec *spec, ptrdiff_t num, ptrdiff_t den,
                                  weir_mesh_spec *out);
void weir_mesh_spec_clear(weir_mesh_spec *spec);

/** |C| of cell (i,j,k). */
static inline double weir_mesh_cell_volume(const weir_mesh *m, ptrdiff_t i, ptrdiff_t j, ptrdiff_t k)
{
  return m->axis[0].measure[i] * (m->axis[1].measure[j] * m->axis[2].measure[k]);
}
/** Place of cell (i,j,k) in a cell array. */
static inline ptrdiff_t weir_mesh_index(const weir_mesh *m, ptrdiff_t i, ptrdiff_t j, ptrdiff_t k)
{
  return m->origin + i + j * m->stride[1] + k * m->stride[2];
}
/** A cell array of this mesh, zero. Free with weir_free(). */
weir_status weir_mesh_array(weir_ctx *ctx, const weir_mesh *m, const char *what, double **out);
/** sum_C |C| q_C over interior cells: each product rounded once, the sum exact (weir/sum.h). */
double weir_mesh_integral(const weir_mesh *m, const double *q);
/** The same, added to *s: for blocks. */
void weir_mesh_integral_add(const weir_mesh *m, const double *q, weir_sum *s);
/** Smallest and largest interior value and the cell where each is first found (at may be NULL). NaN if any cell is NaN. */
void weir_mesh_range(const weir_mesh *m, const double *q, double *lo, double *hi, ptrdiff_t lo_at[3],
                     ptrdiff_t hi_at[3]);
/** Interior cells, packed without ghosts, axis 0 fastest; and back. */
void weir_mesh_pack(const weir_mesh *m, const double *q, double *packed);
void weir_mesh_unpack(const weir_mesh *m, const double *packed, double *q);
/** Cell i of an axis with X_i <= x < X_{i+1}, -1 left of lo, n right of hi (x = hi belongs to cell n-1). On a periodic axis x is
 *  first wrapped. NaN gives -1. */
ptrdiff_t weir_axis_find(const weir_axis *a, double x);
/** Does face 0 (side = 0) or n (side = 1) of axis a lie on the boundary of the domain and not on a periodic seam? */
bool weir_mesh_at_boundary(const weir_mesh *m, int a, int side);
/** Conservative restriction: coarse cell average = sum |C_f| q_f / |C_c| over the fine cells inside.
 *  @retval WEIR_EARG the nodes of `coarse` are not among those of `fine` (to 1e-9 of a cell), or the dimensions differ */
weir_status weir_mesh_restrict(weir_ctx *ctx, const weir_mesh *fine, const double *qf, const weir_mesh *coarse,
                               double *qc);

/* ------------------------------------------------------------------ quadrature
 * Point functions are evaluated in batches. x[a] has n coordinates for a < dim. Must be thread-safe. */
typedef void weir_point_fn(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out);

enum { WEIR_QUAD_MAX = 16 };
/** Gauss-Legendre nodes in (-1,1) and weights (sum 2) for q = 1..16 points: exact for degree 2q-1. Newton on P_q, to rounding. */
void weir_gauss(int q, double *node, double *weight);
/** Averages of fn over every interior cell by tensor Gauss-Legendre with q points a direction (error O(h^{2q})).
 *  @retval WEIR_EARG q not in 1..16  @retval WEIR_ENUMERIC a value is not finite (message: where)  @retval WEIR_ENOMEM */
weir_status weir_cell_average(weir_ctx *ctx, const weir_mesh *m, weir_point_fn *fn, void *user, double t, int q,
                              double *out);
/** Averages of fn over every face i = 0..n_a of axis a (q points in each of the dim-1 directions) at face places, for the
 *  interior range of the other axes widened by `wide` <= ghost layers on each side. Values multiply by nothing: A is not included. */
weir_status weir_face_average(weir_ctx *ctx, const weir_mesh *m, int a, int wide, weir_point_fn *fn, void *user,
                              double t, int q, double *out);

/* ------------------------------------------------------------------ boundaries and ghost cells */
typedef enum weir_side_kind {
  WEIR_PERIODIC, /**< both sides of an axis or none; must agree with the mesh's axis */
  WEIR_NOFLUX,   /**< nothing crosses: the face flux is exactly 0 */
  WEIR_INFLOW,   /**< where the flow enters it carries the given density; where it leaves, it leaves freely */
  WEIR_OUTFLOW   /**< what leaves leaves freely, nothing enters (as WEIR_INFLOW with density 0) */
} weir_side_kind;

/** Boundary of a run. For WEIR_INFLOW sides `density` gives the entering density at points of the face. */
typedef struct weir_boundary {
  weir_side_kind side[WEIR_MAXDIM][2];
  weir_point_fn *density[WEIR_MAXDIM][2]; /**< borrowed; NULL = 0; used on WEIR_INFLOW sides only */
  void *user[WEIR_MAXDIM][2];
  bool steady[WEIR_MAXDIM][2]; /**< density does not depend on t */
} weir_boundary;

const char *weir_side_name(weir_side_kind k); /* "periodic", "no-flux", "inflow", "outflow" */
/** @retval WEIR_EARG periodic sides that do not come in pairs or disagree with the mesh */
weir_status weir_boundary_check(weir_ctx *ctx, const weir_mesh *m, const weir_boundary *b);

/** Fill all ghost cells of q (edges and corners too), axis by axis. Periodic: copies. No-flux: mirror image.
 *  Inflow, outflow: linear extrapolation from the two nearest cells, set to 0 where it would change sign, so
 *  that data of one sign keep it. The one place where ghosts are filled: block exchange will happen here too. */
void weir_ghost_fill(const weir_mesh *m, const weir_boundary *b, double *q);

#endif
