/* Face velocities.
 *
 *   Components: Gauss averages over the faces (weir_face_average).
 *   Stream function, 2D, corners (X_i, Y_j):
 *       u_{i,j} =  (psi(X_i, Y_{j+1}) - psi(X_i, Y_j)) / (Y_{j+1} - Y_j)      = average of  d psi/dy over the face, exactly
 *       v_{i,j} = -(psi(X_{i+1}, Y_j) - psi(X_i, Y_j)) / (X_{i+1} - X_i)
 *   so that (u_{i+1} - u_i)/dx + (v_{j+1} - v_j)/dy is a sum of four corner values that cancel in pairs. */
#include "solve/velocity.h"
#include <math.h>
#include <string.h>

enum { CHUNK = 256, DEFAULT_QUAD = 4 };

bool weir_velocity_given(const weir_velocity *v, int a)
{
  return v->stream != NULL || v->component[a] != NULL;
}

weir_status weir_velocity_check(weir_ctx *ctx, const weir_mesh *m, const weir_velocity *v)
{
  WEIR_REQUIRE(v->stream == NULL || m->dim == 2, ctx, WEIR_EARG, "a stream function in %d dimensions, 2 expected",
               m->dim);
  WEIR_REQUIRE(v->quad >= 0 && v->quad <= WEIR_QUAD_MAX, ctx, WEIR_EARG, "velocity: quad = %d, 0..%d expected", v->quad,
               WEIR_QUAD_MAX);
  return WEIR_OK;
}

int weir_velocity_quad(const weir_velocity *v)
{
  return v->quad > 0 ? v->quad : DEFAULT_QUAD;
}

/* psi at n <= CHUNK + 1 corners from corner (i,j) on. */
static weir_status corners(weir_ctx *ctx, const weir_mesh *m, const weir_velocity *v, double t, ptrdiff_t n,
                           ptrdiff_t i, ptrdiff_t j, double *psi)
{
  double y[CHUNK + 1];
  const double *x[WEIR_MAXDIM] = {m->axis[0].node + i, y, NULL};
  for (ptrdiff_t k = 0; k < n; k++) y[k] = m->axis[1].node[j], psi[k] = (double)NAN;
  v->stream(v->user[0], t, n, x, psi);
  for (ptrdiff_t k = 0; k < n; k++)
    WEIR_REQUIRE(isfinite(psi[k]), ctx, WEIR_ENUMERIC, "stream function is %g at x = %.17g, y = %.17g, t = %.17g",
                 psi[k], x[0][k], y[k], t);
  return WEIR_OK;
}

static weir_status stream_x(weir_ctx *ctx, const weir_mesh *m, const weir_velocity *v, double t, double *u)
{
  double one[CHUNK + 1], two[CHUNK + 1], *low = one, *top = two;
  const ptrdiff_t faces = m->axis[0].n + 1;
  for (ptrdiff_t i = 0; i < faces; i += CHUNK) {
    const ptrdiff_t n = faces - i < CHUNK ? faces - i : CHUNK;
    WEIR_TRY(corners(ctx, m, v, t, n, i, 0, low));
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++) {
      double *const row = u + weir_mesh_index(m, i, j, 0), *const used = low;
      WEIR_TRY(corners(ctx, m, v, t, n, i, j + 1, top));
      for (ptrdiff_t k = 0; k < n; k++) row[k] = (top[k] - low[k]) / m->axis[1].width[j];
      low = top, top = used;
    }
  }
  return WEIR_OK;
}

static weir_status stream_y(weir_ctx *ctx, const weir_mesh *m, const weir_velocity *v, double t, double *u)
{
  double psi[CHUNK + 1];
  const ptrdiff_t cells = m->axis[0].n;
  for (ptrdiff_t j = 0; j <= m->axis[1].n; j++)
    for (ptrdiff_t i = 0; i < cells; i += CHUNK) {
      const ptrdiff_t n = cells - i < CHUNK ? cells - i : CHUNK;
      double *const row = u + weir_mesh_index(m, i, j, 0);
      WEIR_TRY(corners(ctx, m, v, t, n + 1, i, j, psi));
      for (ptrdiff_t k = 0; k < n; k++) row[k] = (psi[k] - psi[k + 1]) / m->axis[0].width[i + k];
    }
  return WEIR_OK;
}

/* Rows in a layer of faces (one index along axis a). */
static ptrdiff_t layer_rows(const weir_mesh *m, int a)
{
  return (a == 0 ? m->axis[1].n : 1) * (a == 2 ? m->axis[1].n : m->axis[2].n);
}

/* The r-th row of the layer of faces f of axis a: its first face and its length (1 for axis 0). */
static double *layer_row(const weir_mesh *m, int a, ptrdiff_t f, ptrdiff_t r, double *u, ptrdiff_t *n)
{
  *n = a == 0 ? 1 : m->axis[0].n;
  if (a == 0) return u + weir_mesh_index(m, f, r % m->axis[1].n, r / m->axis[1].n);
  return u + (a == 1 ? weir_mesh_index(m, 0, f, r) : weir_mesh_index(m, 0, r, f));
}

static void close_seam(const weir_mesh *m, int a, double *u)
{
  const ptrdiff_t over = m->axis[a].n * m->stride[a];
  ptrdiff_t n = 0;
  for (ptrdiff_t r = 0; r < layer_rows(m, a); r++) {
    double *row = layer_row(m, a, 0, r, u, &n);
    for (ptrdiff_t i = 0; i < n; i++) row[i + over] = row[i];
  }
}

weir_status weir_velocity_faces(weir_ctx *ctx, const weir_mesh *m, const weir_velocity *v, int a, double t, double *u)
{
  if (v->stream != NULL)
    WEIR_TRY(a == 0 ? stream_x(ctx, m, v, t, u) : stream_y(ctx, m, v, t, u));
  else if (v->component[a] != NULL)
    WEIR_TRY(weir_face_average(ctx, m, a, 0, v->component[a], v->user[a], t, weir_velocity_quad(v), u));
  else
    memset(u, 0, (size_t)m->len * sizeof *u);
  if (m->axis[a].periodic) close_seam(m, a, u);
  return WEIR_OK;
}

void weir_velocity_walls(const weir_mesh *m, const weir_boundary *b, int a, double *u, double *wall_speed)
{
  for (int side = 0; side < 2; side++) {
    const weir_side_kind kind = b->side[a][side];
    if (!weir_mesh_at_boundary(m, a, side) || (kind != WEIR_NOFLUX && kind != WEIR_OUTFLOW)) continue;
    for (ptrdiff_t r = 0; r < layer_rows(m, a); r++) {
      ptrdiff_t n = 0;
      double *row = layer_row(m, a, side == 0 ? 0 : m->axis[a].n, r, u, &n);
      for (ptrdiff_t i = 0; i < n; i++) {
        if (kind == WEIR_NOFLUX && fabs(row[i]) > *wall_speed) *wall_speed = fabs(row[i]);
        if (kind == WEIR_NOFLUX || (side == 0 ? row[i] > 0.0 : row[i] < 0.0)) row[i] = 0.0;
      }
    }
  }
}
