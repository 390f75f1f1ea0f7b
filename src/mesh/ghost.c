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

/* Where a ghost layer comes from: a copy of cell `one`, or (ratio != 0) extrapolated from cells `one` and `two`. */
typedef struct origin {
  ptrdiff_t ghost, one, two;
  double ratio;
} origin;

static origin layer_origin(const weir_axis *ax, weir_side_kind kind, int end, int m)
{
  const ptrdiff_t last = ax->n - 1;
  origin o = {.ghost = end == 0 ? -1 - m : ax->n + m};
  if (kind == WEIR_PERIODIC || kind == WEIR_NOFLUX || ax->n == 1) {
    o.one = kind == WEIR_PERIODIC ? (end == 0 ? last - m : m) : (end == 0 ? m : last - m);
    return o;
  }
  o.one = end == 0 ? 0 : last, o.two = end == 0 ? 1 : last - 1;
  /* on a uniform axis a whole number: centres differ in the last bit from one end to the other, mirrored data must not */
  o.ratio = ax->uniform ? 1.0 + m : (ax->centre[o.ghost] - ax->centre[o.one]) / (ax->centre[o.one] - ax->centre[o.two]);
  return o;
}

/* A ghost layer of n lines that lie side by side in memory, cell i of the axis at q + i*s: one contiguous pass. */
static void fill_layer(const origin *o, ptrdiff_t s, ptrdiff_t n, double *q)
{
  double *restrict ghost = q + o->ghost * s;
  const double *restrict q0 = q + o->one * s, *restrict q1 = q + o->two * s;
  if (o->ratio == 0.0)
    memcpy(ghost, q0, (size_t)n * sizeof *q);
  else
    for (ptrdiff_t i = 0; i < n; i++) ghost[i] = extrapolate(q0[i], q1[i], o->ratio);
}

/* The ghosts of one line along axis 0. */
static void fill_line(int count, const origin *from, double *q)
{
  for (int l = 0; l < count; l++) {
    const origin *o = &from[l];
    q[o->ghost] = o->ratio == 0.0 ? q[o->one] : extrapolate(q[o->one], q[o->two], o->ratio);
  }
}

/* All lines along axis a whose other indices run over the ranges filled so far. */
static void fill_axis(const weir_mesh *m, const weir_boundary *b, int a, double *q)
{
  origin from[2 * WEIR_MESH_MAXGHOST];
  ptrdiff_t lo[WEIR_MAXDIM] = {0, 0, 0}, hi[WEIR_MAXDIM];
  const int count = 2 * m->ghost;
  for (int c = 0; c < WEIR_MAXDIM; c++) {
    const ptrdiff_t wide = c < a ? m->ghost : 0;
    lo[c] = -wide, hi[c] = m->axis[c].n + wide;
  }
  for (int l = 0; l < count; l++)
    from[l] = layer_origin(&m->axis[a], b->side[a][l / m->ghost], l / m->ghost, l % m->ghost);
  lo[a] = 0, hi[a] = 1;
  for (ptrdiff_t k = lo[2]; k < hi[2]; k++)
    for (ptrdiff_t j = lo[1]; j < hi[1]; j++) {
      double *const first = q + weir_mesh_index(m, lo[0], j, k);
      if (a == 0)
        fill_line(count, from, first);
      else
        for (int l = 0; l < count; l++) fill_layer(&from[l], m->stride[a], hi[0] - lo[0], first);
    }
}

void weir_ghost_fill(const weir_mesh *m, const weir_boundary *b, double *q)
{
  for (int a = 0; a < m->dim; a++) fill_axis(m, b, a, q);
}
