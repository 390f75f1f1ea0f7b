/* Boundary kinds and ghost cells. Axis by axis, each pass covering the ghost range of the axes done before, so that edges and
 * corners are filled too. */
#include <weir/mesh.h>
#include <string.h>

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

/* Ghost layer m = 0, 1, .. at one end of an axis for n lines that lie side by side in memory, cell i of the axis at q + i*s:
 * the cells it is made from are the same for all lines, so each layer is one contiguous pass. */
static void fill_layer(const weir_axis *ax, weir_side_kind kind, int end, int m, ptrdiff_t s, ptrdiff_t n, double *q)
{
  const ptrdiff_t last = ax->n - 1, at = end == 0 ? -1 - m : ax->n + m;
  double *restrict ghost = q + at * s;
  if (kind == WEIR_PERIODIC || kind == WEIR_NOFLUX || ax->n == 1) {
    const ptrdiff_t image = kind == WEIR_PERIODIC ? (end == 0 ? last - m : m) : (end == 0 ? m : last - m);
    memcpy(ghost, q + image * s, (size_t)n * sizeof *q);
    return;
  }
  const ptrdiff_t i0 = end == 0 ? 0 : last, i1 = end == 0 ? 1 : last - 1;
  /* on a uniform axis a whole number: centres differ in the last bit from one end to the other, mirrored data must not */
  const double ratio = ax->uniform ? 1.0 + m : (ax->centre[at] - ax->centre[i0]) / (ax->centre[i0] - ax->centre[i1]);
  const double *restrict q0 = q + i0 * s, *restrict q1 = q + i1 * s;
  for (ptrdiff_t i = 0; i < n; i++) ghost[i] = extrapolate(q0[i], q1[i], ratio);
}

/* All lines along axis a whose other indices run over the ranges filled so far. Along axis 0 a "pass" is one line. */
static void fill_axis(const weir_mesh *m, const weir_boundary *b, int a, double *q)
{
  ptrdiff_t lo[WEIR_MAXDIM] = {0, 0, 0}, hi[WEIR_MAXDIM];
  for (int c = 0; c < WEIR_MAXDIM; c++) {
    const ptrdiff_t wide = c < a ? m->ghost : 0;
    lo[c] = -wide, hi[c] = m->axis[c].n + wide;
  }
  const ptrdiff_t side_by_side = a == 0 ? 1 : hi[0] - lo[0];
  if (a == 0) lo[0] = 0;
  lo[a] = 0, hi[a] = 1;
  for (ptrdiff_t k = lo[2]; k < hi[2]; k++)
    for (ptrdiff_t j = lo[1]; j < hi[1]; j++) {
      double *first = q + weir_mesh_index(m, lo[0], j, k);
      for (int end = 0; end < 2; end++)
        for (int layer = 0; layer < m->ghost; layer++)
          fill_layer(&m->axis[a], b->side[a][end], end, layer, m->stride[a], side_by_side, first);
    }
}

void weir_ghost_fill(const weir_mesh *m, const weir_boundary *b, double *q)
{
  for (int a = 0; a < m->dim; a++) fill_axis(m, b, a, q);
}
