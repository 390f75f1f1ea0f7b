/* What a stage of the transport equation needs besides the density: face velocities A u, their CFL rate, sources, and the
 * density that enters. Steady parts are computed once; a separable velocity only changes its factor. */
#include "solve/transport.h"
#include "mesh/average.h"
#include <math.h>

/* ------------------------------------------------------------------ velocities */
static weir_status average_velocity(weir_ctx *ctx, weir_run *run, weir_transport *tr, int a, double t)
{
  const weir_mesh *m = run->mesh;
  const weir_axis *ax = &m->axis[a];
  double *w = tr->w[a];
  tr->wall[a] = 0.0;
  WEIR_TRY(weir_faces_at(ctx, tr->faces, a, t, w));
  /* A separable flow may turn round: its outflow sides are cut by the entering density 0 instead. */
  weir_boundary walls = run->problem.boundary;
  for (int side = 0; tr->scaled && side < 2; side++)
    if (walls.side[a][side] == WEIR_OUTFLOW) walls.side[a][side] = WEIR_INFLOW;
  weir_velocity_walls(m, &walls, a, w, &tr->wall[a]);
  const ptrdiff_t hi[WEIR_MAXDIM] = {m->axis[0].n + (a == 0), m->axis[1].n + (a == 1), m->axis[2].n + (a == 2)};
  for (ptrdiff_t k = 0; k < hi[2]; k++)
    for (ptrdiff_t j = 0; j < hi[1]; j++) {
      double *row = w + weir_mesh_index(m, 0, j, k);
      for (ptrdiff_t i = 0; i < hi[0]; i++) row[i] *= ax->area[a == 0 ? i : a == 1 ? j : k];
    }
  if (tr->wide > 0) weir_extend_faces(m, &tr->extension, a, tr->wide, w);
  if (tr->ctu != NULL) weir_ctu_faces(m, &tr->extension, a, w);
  return WEIR_OK;
}

static weir_status factors_at(weir_ctx *ctx, weir_run *run, weir_transport *tr, double t)
{
  const weir_velocity *v = &run->problem.velocity;
  for (int a = 0; a < run->mesh->dim; a++) {
    const int e = weir_velocity_entry(v, a);
    if (!weir_velocity_scaled(v, a)) continue;
    tr->factor[a] = v->factor[e](v->factor_user[e], t);
    WEIR_REQUIRE(isfinite(tr->factor[a]), ctx, WEIR_ENUMERIC, "velocity factor of axis %d is %g at t = %.17g", a,
                 tr->factor[a], t);
  }
  return WEIR_OK;
}

static double rate_with(weir_transport *tr, const double factor[WEIR_MAXDIM])
{
  const double *const w[WEIR_MAXDIM] = {tr->w[0], tr->w[1], tr->w[2]};
  return tr->ctu != NULL ? weir_ctu_rate(tr->ctu, w, factor) : weir_advect_rate(tr->adv, w, factor);
}

static double common_rate(const weir_transport *tr, double factor)
{
  return fabs(factor) * tr->rate_of[factor < 0.0];
}

double weir_transport_rate_ahead(const weir_run *run, const weir_transport *tr, double t)
{
  const weir_velocity *v = &run->problem.velocity;
  const int e = weir_velocity_entry(v, 0);
  if (!tr->common || !weir_velocity_scaled(v, 0)) return tr->rate;
  return common_rate(tr, v->factor[e](v->factor_user[e], t));
}

static void rate_now(weir_transport *tr)
{
  if (tr->scaled && tr->common)
    tr->rate = common_rate(tr, tr->factor[0]);
  else
    tr->rate = rate_with(tr, tr->factor);
}

static weir_status velocity_create(weir_ctx *ctx, weir_run *run, weir_transport *tr)
{
  const weir_velocity *v = &run->problem.velocity;
  const double forth[WEIR_MAXDIM] = {1, 1, 1}, back[WEIR_MAXDIM] = {-1, -1, -1};
  const int dim = run->mesh->dim;
  bool any_whole = false;
  tr->common = true;
  WEIR_TRY(weir_velocity_check(ctx, run->mesh, v, run->stats.time));
  WEIR_TRY(weir_faces_create(ctx, run->mesh, v, run->options.threads, &tr->faces));
  for (int a = 0; a < dim; a++) {
    const int e = weir_velocity_entry(v, a), first = weir_velocity_entry(v, 0);
    WEIR_TRY(weir_mesh_array(ctx, run->mesh, "face velocities", &tr->w[a]));
    tr->factor[a] = 1.0;
    if (!weir_velocity_given(v, a)) continue;
    tr->whole[a] = weir_velocity_whole(v, a);
    tr->scaled |= weir_velocity_scaled(v, a);
    any_whole |= tr->whole[a];
    tr->unsteady |= !weir_velocity_steady(v, a);
    tr->common &= v->factor[e] == v->factor[first] && v->factor_user[e] == v->factor_user[first];
  }
  tr->common &= !any_whole && weir_velocity_given(v, 0);
  for (int a = 0; a < dim; a++)
    if (!tr->whole[a]) WEIR_TRY(average_velocity(ctx, run, tr, a, run->stats.time));
  if (any_whole) return WEIR_OK; /* rates follow at each stage */
  tr->rate_of[0] = tr->rate = rate_with(tr, forth);
  tr->rate_of[1] = rate_with(tr, back);
  return WEIR_OK;
}

static weir_status velocity_at(weir_ctx *ctx, weir_run *run, weir_transport *tr, double t)
{
  bool changed = false;
  for (int a = 0; a < run->mesh->dim; a++) {
    if (!tr->whole[a]) continue;
    WEIR_TRY(average_velocity(ctx, run, tr, a, t));
    changed = true;
  }
  if (tr->scaled) WEIR_TRY(factors_at(ctx, run, tr, t));
  if (tr->scaled || changed) rate_now(tr);
  WEIR_REQUIRE(isfinite(tr->rate), ctx, WEIR_ENUMERIC, "the CFL rate is %g at t = %.17g", tr->rate, t);
  for (int a = 0; a < run->mesh->dim; a++)
    run->stats.wall_speed = fmax(run->stats.wall_speed, fabs(tr->factor[a]) * tr->wall[a]);
  return WEIR_OK;
}

/* ------------------------------------------------------------------ sources */
/* Averages of the source given, at time t; with a factor, of the part that does not depend on t. */
static weir_status average_source(weir_ctx *ctx, weir_run *run, double t, double *out)
{
  const weir_problem *p = &run->problem;
  return weir_cell_average_on(ctx, run->mesh, p->source, p->source_user, t, weir_velocity_quad(&p->velocity),
                              run->options.threads, out);
}

static weir_status scale_source(weir_ctx *ctx, weir_run *run, weir_transport *tr, double t)
{
  const double g = run->problem.source_factor(run->problem.source_factor_user, t);
  WEIR_REQUIRE(isfinite(g), ctx, WEIR_ENUMERIC, "the factor of the source is %g at t = %.17g", g, t);
  for (ptrdiff_t i = 0; i < run->mesh->len; i++) tr->source[i] = g * tr->shape[i];
  return WEIR_OK;
}

static weir_status source_at(weir_ctx *ctx, weir_run *run, weir_transport *tr, double t)
{
  const weir_mesh *m = run->mesh;
  weir_sum made, lost;
  WEIR_TRY(tr->shape != NULL ? scale_source(ctx, run, tr, t) : average_source(ctx, run, t, tr->source));
  weir_sum_clear(&made), weir_sum_clear(&lost);
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const double mass = weir_mesh_cell_volume(m, i, j, k) * tr->source[weir_mesh_index(m, i, j, k)];
        weir_sum_add(mass > 0 ? &made : &lost, mass);
      }
  tr->made = weir_sum_value(&made), tr->lost = weir_sum_value(&lost);
  return WEIR_OK;
}

static bool source_steady(const weir_problem *p)
{
  return p->source_steady && p->source_factor == NULL;
}

static weir_status source_create(weir_ctx *ctx, weir_run *run, weir_transport *tr)
{
  const weir_problem *p = &run->problem;
  if (p->source == NULL) return WEIR_OK;
  tr->unsteady |= !source_steady(p);
  WEIR_TRY(weir_mesh_array(ctx, run->mesh, "sources", &tr->source));
  if (p->source_factor != NULL) {
    WEIR_TRY(weir_mesh_array(ctx, run->mesh, "sources", &tr->shape));
    return average_source(ctx, run, run->stats.time, tr->shape);
  }
  return p->source_steady ? source_at(ctx, run, tr, run->stats.time) : WEIR_OK;
}

/* ------------------------------------------------------------------ sides */
static weir_status area_create(weir_ctx *ctx, const weir_mesh *m, int a, double **out)
{
  const weir_axis *one = &m->axis[a == 0 ? 1 : 0], *two = &m->axis[a == 2 ? 1 : 2];
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)weir_side_len(m, a), "face areas", out));
  for (ptrdiff_t p = 0; p < weir_side_len(m, a); p++) (*out)[p] = one->measure[p % one->n] * two->measure[p / one->n];
  return WEIR_OK;
}

/* ------------------------------------------------------------------ together */
weir_status weir_transport_data_create(weir_ctx *ctx, weir_run *run, weir_transport *tr)
{
  tr->time = (double)NAN;
  WEIR_TRY(velocity_create(ctx, run, tr));
  for (int a = 0; a < run->mesh->dim; a++) {
    WEIR_TRY(area_create(ctx, run->mesh, a, &tr->area[a]));
    for (int side = 0; side < 2; side++) WEIR_TRY(weir_entering_create(ctx, run, tr, a, side));
  }
  return source_create(ctx, run, tr);
}

void weir_transport_data_free(weir_transport *tr)
{
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    for (int side = 0; side < 2; side++) weir_entering_free(tr, a, side);
    weir_free(tr->w[a]);
    weir_free(tr->area[a]);
  }
  weir_free(tr->source);
  weir_free(tr->shape);
  weir_faces_destroy(&tr->faces);
}

weir_status weir_transport_data_at(weir_ctx *ctx, weir_run *run, weir_transport *tr, double t)
{
  if (tr->time == t) return WEIR_OK;
  tr->time = (double)NAN; /* until all is there */
  WEIR_TRY(velocity_at(ctx, run, tr, t));
  if (tr->source != NULL && !source_steady(&run->problem)) WEIR_TRY(source_at(ctx, run, tr, t));
  WEIR_TRY(weir_entering_at(ctx, run, tr, t));
  tr->time = t;
  return WEIR_OK;
}
