/* Face velocities.
 *
 *   Components: Gauss averages over the faces.
 *   Stream function, 2D, corners (X_i, Y_j):
 *       u_{i,j} =  (psi(X_i, Y_{j+1}) - psi(X_i, Y_j)) / (Y_{j+1} - Y_j)      = average of  d psi/dy over the face, exactly
 *       v_{i,j} = -(psi(X_{i+1}, Y_j) - psi(X_i, Y_j)) / (X_{i+1} - X_i)
 *   so that (u_{i+1} - u_i)/dx + (v_{j+1} - v_j)/dy is a sum of four corner values that cancel in pairs.
 *   Vector potential, 3D, E_c = average of A_c over an edge: with (a,b,c) a cyclic permutation of the axes,
 *       u_a = (E_c(b+1) - E_c) / dX_b - (E_b(c+1) - E_b) / dX_c                 = circulation / area
 *   and in the divergence of a cell each of its 12 edges stands twice, E_c / (dX_a dX_b), with opposite signs.
 *   Samples: samples.h. */
#include "solve/velocity.h"
#include "mesh/average.h"
#include "solve/samples.h"
#include "util/threads.h"
#include <math.h>
#include <string.h>

enum { DEFAULT_QUAD = 4, SHARE = 4096 }; /* cells from which threads pay */

struct weir_faces {
  const weir_mesh *mesh;
  const weir_velocity *v;
  int threads;
  double *edge[WEIR_MAXDIM]; /* averages of A_a; [0]: psi at corners */
  double edge_time;          /* NaN: none yet */
  weir_sampled *sampled;
};

/* ------------------------------------------------------------------ what it is */
static bool has_potential(const weir_velocity *v)
{
  return v->samples == NULL && (v->potential[0] != NULL || v->potential[1] != NULL || v->potential[2] != NULL);
}

static bool has_stream(const weir_velocity *v)
{
  return v->samples == NULL && !has_potential(v) && v->stream != NULL;
}

bool weir_velocity_given(const weir_velocity *v, int a)
{
  return v->samples != NULL || has_potential(v) || v->stream != NULL || v->component[a] != NULL;
}

int weir_velocity_entry(const weir_velocity *v, int a)
{
  return has_stream(v) || has_potential(v) ? 0 : a;
}

bool weir_velocity_scaled(const weir_velocity *v, int a)
{
  return weir_velocity_given(v, a) && v->samples == NULL && v->factor[weir_velocity_entry(v, a)] != NULL;
}

bool weir_velocity_steady(const weir_velocity *v, int a)
{
  if (v->samples != NULL) return v->samples->times <= 1;
  return !weir_velocity_given(v, a) || (!weir_velocity_scaled(v, a) && v->steady[weir_velocity_entry(v, a)]);
}

bool weir_velocity_whole(const weir_velocity *v, int a)
{
  return !weir_velocity_steady(v, a) && !weir_velocity_scaled(v, a);
}

int weir_velocity_quad(const weir_velocity *v)
{
  return v->quad > 0 ? v->quad : DEFAULT_QUAD;
}

weir_status weir_velocity_check(weir_ctx *ctx, const weir_mesh *m, const weir_velocity *v, double time)
{
  WEIR_REQUIRE(!has_stream(v) || m->dim == 2, ctx, WEIR_EARG, "a stream function in %d dimensions, 2 expected", m->dim);
  WEIR_REQUIRE(!has_potential(v) || m->dim == 3, ctx, WEIR_EARG, "a vector potential in %d dimensions, 3 expected",
               m->dim);
  WEIR_REQUIRE(v->quad >= 0 && v->quad <= WEIR_QUAD_MAX, ctx, WEIR_EARG, "velocity: quad = %d, 0..%d expected", v->quad,
               WEIR_QUAD_MAX);
  return v->samples != NULL ? weir_samples_check(ctx, v->samples, m, time, time) : WEIR_OK;
}

weir_status weir_velocity_reaches(weir_ctx *ctx, const weir_velocity *v, double time)
{
  const weir_samples *s = v->samples;
  WEIR_REQUIRE(s == NULL || weir_samples_has_time(s, time), ctx, WEIR_EARG,
               "%s: the velocity is given for t in [%g, %g], asked for at %g", s->name != NULL ? s->name : "samples",
               s->t[0], s->t[s->times - 1], time);
  return WEIR_OK;
}

/* ------------------------------------------------------------------ rows of faces */
/* The faces of axis a and of index f on that axis are runs along axis 0, one for each r of the remaining axes; for a = 0
 * they are single. */
static ptrdiff_t layer_rows(const weir_mesh *m, int a)
{
  if (a == 0) return m->axis[1].n * m->axis[2].n;
  return a == 1 ? m->axis[2].n : m->axis[1].n;
}

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

/* ------------------------------------------------------------------ corners and edges */
static weir_status edges_at(weir_ctx *ctx, weir_faces *f, double t)
{
  const weir_velocity *v = f->v;
  if (f->edge_time == t) return WEIR_OK;
  f->edge_time = (double)NAN; /* until all are there */
  if (has_stream(v)) {
    WEIR_TRY(weir_edge_average(ctx, f->mesh, -1, v->stream, v->user[0], t, 1, f->threads, f->edge[0]));
  } else {
    for (int a = 0; a < f->mesh->dim; a++)
      if (v->potential[a] != NULL)
        WEIR_TRY(weir_edge_average(ctx, f->mesh, a, v->potential[a], v->user[a], t, weir_velocity_quad(v), f->threads,
                                   f->edge[a]));
  }
  f->edge_time = t;
  return WEIR_OK;
}

/* row[i] (+)= (hi[i] - lo[i]) / width along axis b, for the n faces of a row that starts at cell (0, at[1], at[2]). */
static void difference(const weir_mesh *m, int b, ptrdiff_t n, const ptrdiff_t at[WEIR_MAXDIM], bool add,
                       const double *hi, const double *lo, double *restrict row)
{
  const double *const width = m->axis[b].width;
  if (b == 0)
    for (ptrdiff_t i = 0; i < n; i++) row[i] = (add ? row[i] : 0.0) + (hi[i] - lo[i]) / width[i];
  else
    for (ptrdiff_t i = 0; i < n; i++) row[i] = (add ? row[i] : 0.0) + (hi[i] - lo[i]) / width[at[b]];
}

static void differences(const weir_faces *f, int a, double *u)
{
  const weir_mesh *m = f->mesh;
  const ptrdiff_t n0 = m->axis[0].n + (a == 0), n1 = m->axis[1].n + (a == 1), n2 = m->axis[2].n + (a == 2);
  const bool stream = has_stream(f->v);
  const int b = (a + 1) % 3, c = (a + 2) % 3, along = a == 0 ? 1 : 0;
#pragma omp parallel for schedule(static) num_threads(f->threads) if (n0 * n1 * n2 >= SHARE)
  for (ptrdiff_t r = 0; r < n1 * n2; r++) {
    const ptrdiff_t at[WEIR_MAXDIM] = {0, r % n1, r / n1}, first = weir_mesh_index(m, 0, at[1], at[2]);
    if (stream) {
      const double *lo = f->edge[0] + first, *hi = lo + m->stride[along];
      difference(m, along, n0, at, false, a == 0 ? hi : lo, a == 0 ? lo : hi, u + first);
    } else {
      const double *of_b = f->edge[b] + first, *of_c = f->edge[c] + first;
      difference(m, b, n0, at, false, of_c + m->stride[b], of_c, u + first);
      difference(m, c, n0, at, true, of_b, of_b + m->stride[c], u + first);
    }
  }
}

/* ------------------------------------------------------------------ faces */
weir_status weir_faces_create(weir_ctx *ctx, const weir_mesh *m, const weir_velocity *v, int threads, weir_faces **out)
{
  void *memory = NULL;
  weir_status st = WEIR_OK;
  *out = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_faces), "face velocities", &memory));
  weir_faces *f = memory;
  *f = (weir_faces){.mesh = m, .v = v, .threads = threads > 0 ? threads : weir_threads_max(), .edge_time = (double)NAN};
  const int edges = has_potential(v) ? WEIR_MAXDIM : has_stream(v) ? 1 : 0;
  for (int a = 0; a < edges; a++) WEIR_TRY_GOTO(st, fail, weir_mesh_array(ctx, m, "edges", &f->edge[a]));
  if (v->samples != NULL) WEIR_TRY_GOTO(st, fail, weir_sampled_create(ctx, v->samples, m, threads, &f->sampled));
  *out = f;
  return WEIR_OK;
fail:
  weir_faces_destroy(&f);
  return st;
}

void weir_faces_destroy(weir_faces **f)
{
  if (f == NULL || *f == NULL) return;
  for (int a = 0; a < WEIR_MAXDIM; a++) weir_free((*f)->edge[a]);
  weir_sampled_destroy(&(*f)->sampled);
  weir_free(*f);
  *f = NULL;
}

weir_status weir_faces_at(weir_ctx *ctx, weir_faces *f, int a, double t, double *u)
{
  const weir_mesh *m = f->mesh;
  const weir_velocity *v = f->v;
  if (f->sampled != NULL) {
    weir_sampled_faces(f->sampled, a, t, u);
  } else if (has_stream(v) || has_potential(v)) {
    WEIR_TRY(edges_at(ctx, f, t));
    differences(f, a, u);
  } else if (v->component[a] != NULL) {
    WEIR_TRY(weir_face_average_on(ctx, m, a, 0, v->component[a], v->user[a], t, weir_velocity_quad(v), f->threads, u));
  } else {
    memset(u, 0, (size_t)m->len * sizeof *u);
  }
  if (m->axis[a].periodic) close_seam(m, a, u);
  return WEIR_OK;
}

weir_status weir_velocity_faces(weir_ctx *ctx, const weir_mesh *m, const weir_velocity *v, int a, double t, double *u)
{
  weir_faces *f = NULL;
  WEIR_TRY(weir_faces_create(ctx, m, v, 0, &f));
  const weir_status st = weir_faces_at(ctx, f, a, t, u);
  weir_faces_destroy(&f);
  return st;
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
