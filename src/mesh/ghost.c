/* Boundary kinds and ghost cells. Axis by axis, each pass covering the ghost range of the axes done before, so that edges and
 * corners are filled too. */
#include <weir/mesh.h>

const char *weir_side_name(weir_side_kind k)
{
  static const char *const name[] = {"periodic", "no-flux", "inflow", "outflow"};
  return (int)k >= 0 && (size_t)k < sizeof name / sizeof *name ? name[k] : "?";
}

weir_status weir_boundary_check(weir_ctx *ctx, const weir_mesh *m, const weir_boundary *b)
{
  for (int a = 0; a < m->dim; a++) {
    const bool lo = b->side[a][0] == WEIR_PERIODIC, hi = b->side[a][1] == WEIR_PERIODIC;
    WEIR_REQUIRE(lo == hi, ctx, WEIR_EARG, "boundary %c: one side is periodic, the other %s; both or none expected",
                 "xyz"[a], weir_side_name(b->side[a][lo ? 1 : 0]));
    WEIR_REQUIRE(lo == m->axis[a].periodic, ctx, WEIR_EARG, "boundary %c is %s, but the mesh's axis is %s", "xyz"[a],
                 lo ? "periodic" : "not periodic", m->axis[a].periodic ? "periodic" : "not periodic");
  }
  return WEIR_OK;
}

/* Linear extrapolation through the two cells next to the side, 0 where it would change sign (an odd function of the data). */
static inline double extrapolate(double q0, double q1, double ratio)
{
  const double e = q0 + ratio * (q0 - q1);
  return (q0 > 0 && e > 0) || (q0 < 0 && e < 0) ? e : 0.0;
}

/* Fill the g ghosts at both ends of the line of cells q[0], q[s], ..., q[(n-1)s]. */
static void fill_line(const weir_axis *ax, int g, const weir_side_kind side[2], ptrdiff_t s, double *q)
{
  const ptrdiff_t n = ax->n;
  for (int end = 0; end < 2; end++)
    for (int m = 0; m < g; m++) {
      const ptrdiff_t ghost = end == 0 ? -1 - m : n + m, mirror = end == 0 ? m : n - 1 - m;
      if (side[end] == WEIR_PERIODIC)
        q[ghost * s] = q[(end == 0 ? n - 1 - m : m) * s];
      else if (side[end] == WEIR_NOFLUX || n == 1)
        q[ghost * s] = q[mirror * s];
      else {
        const ptrdiff_t i0 = end == 0 ? 0 : n - 1, i1 = end == 0 ? 1 : n - 2;
        const double ratio = (ax->centre[ghost] - ax->centre[i0]) / (ax->centre[i0] - ax->centre[i1]);
        q[ghost * s] = extrapolate(q[i0 * s], q[i1 * s], ratio);
      }
    }
}

/* All lines along axis a whose other indices run over the ranges filled so far. */
static void fill_axis(const weir_mesh *m, const weir_boundary *b, int a, double *q)
{
  ptrdiff_t lo[WEIR_MAXDIM] = {0, 0, 0}, hi[WEIR_MAXDIM];
  for (int c = 0; c < WEIR_MAXDIM; c++) {
    const ptrdiff_t wide = c < a ? m->ghost : 0;
    lo[c] = -wide, hi[c] = m->axis[c].n + wide;
  }
  lo[a] = 0, hi[a] = 1;
  for (ptrdiff_t k = lo[2]; k < hi[2]; k++)
    for (ptrdiff_t j = lo[1]; j < hi[1]; j++)
      for (ptrdiff_t i = lo[0]; i < hi[0]; i++)
        fill_line(&m->axis[a], m->ghost, b->side[a], m->stride[a], q + weir_mesh_index(m, i, j, k));
}

void weir_ghost_fill(const weir_mesh *m, const weir_boundary *b, double *q)
{
  for (int a = 0; a < m->dim; a++) fill_axis(m, b, a, q);
}
