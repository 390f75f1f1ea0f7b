/* The density that enters through sides: averages over the faces at the stages' times, and what a stage of high order takes instead
 * (solve/README.md, "Sides"). */
#include "solve/transport.h"
#include <math.h>

enum { QUAD = 4 };

/* Averages over the faces of one side only, by tensor Gauss: face p of axis a's side has the indices (p % n1, p / n1) on the other
 * axes. */
static weir_status average(weir_ctx *ctx, const weir_run *run, int a, int side, double t, double *out)
{
  const weir_mesh *m = run->mesh;
  const weir_boundary *b = &run->problem.boundary;
  const int c1 = a == 0 ? 1 : 0, c2 = a == 2 ? 1 : 2, q1 = c1 < m->dim ? QUAD : 1, q2 = c2 < m->dim ? QUAD : 1;
  double node[QUAD], weight[QUAD], x[WEIR_MAXDIM][QUAD * QUAD], value[QUAD * QUAD];
  const double *const point[WEIR_MAXDIM] = {x[0], x[1], x[2]};
  weir_gauss(QUAD, node, weight);
  for (ptrdiff_t p = 0; p < weir_side_len(m, a); p++) {
    const ptrdiff_t i1 = p % m->axis[c1].n, i2 = p / m->axis[c1].n;
    double sum = 0.0;
    for (int g = 0; g < q1 * q2; g++) {
      x[a][g] = m->axis[a].node[side == 0 ? 0 : m->axis[a].n];
      x[c1][g] = m->axis[c1].centre[i1] + (q1 > 1 ? 0.5 * m->axis[c1].width[i1] * node[g % q1] : 0.0);
      x[c2][g] = m->axis[c2].centre[i2] + (q2 > 1 ? 0.5 * m->axis[c2].width[i2] * node[g / q1] : 0.0);
      value[g] = (double)NAN;
    }
    b->density[a][side](b->user[a][side], t, q1 * q2, point, value);
    for (int g = 0; g < q1 * q2; g++)
      sum += (q1 > 1 ? 0.5 * weight[g % q1] : 1.0) * (q2 > 1 ? 0.5 * weight[g / q1] : 1.0) * value[g];
    WEIR_REQUIRE(isfinite(sum), ctx, WEIR_ENUMERIC,
                 "the density entering through side %d of axis %d near x = (%g, %g, %g), t = %.17g is %g", side, a,
                 x[0][0], x[1][0], x[2][0], t, sum);
    out[p] = sum;
  }
  return WEIR_OK;
}

static bool has_density(const weir_run *run, int a, int side)
{
  const weir_boundary *b = &run->problem.boundary;
  return b->side[a][side] == WEIR_INFLOW && b->density[a][side] != NULL;
}

static bool changes(const weir_run *run, int a, int side)
{
  return has_density(run, a, side) && !run->problem.boundary.steady[a][side];
}

weir_status weir_entering_create(weir_ctx *ctx, weir_run *run, weir_transport *tr, int a, int side)
{
  const weir_boundary *b = &run->problem.boundary;
  const size_t n = (size_t)weir_side_len(run->mesh, a);
  if (b->side[a][side] != WEIR_INFLOW && b->side[a][side] != WEIR_OUTFLOW) return WEIR_OK;
  WEIR_TRY(weir_alloc_doubles(ctx, n, "entering density", &tr->entering[a][side]));
  WEIR_TRY(weir_alloc_doubles(ctx, n, "boundary fluxes", &tr->through[a][side]));
  if (tr->wide > 0)
    WEIR_TRY(weir_alloc_doubles(ctx, (size_t)weir_entry_len(run->mesh, a), "entering density", &tr->entry[a][side]));
  if (!has_density(run, a, side)) return WEIR_OK;
  tr->unsteady |= changes(run, a, side);
  if (!changes(run, a, side)) return average(ctx, run, a, side, run->stats.time, tr->entering[a][side]);
  if (tr->wide == 0) return WEIR_OK;
  WEIR_TRY(weir_alloc_doubles(ctx, n, "entering density", &tr->staged[a][side]));
  return weir_alloc_doubles(ctx, 3 * n, "entering density", &tr->bend[a][side]);
}

void weir_entering_free(weir_transport *tr, int a, int side)
{
  weir_free(tr->entering[a][side]), weir_free(tr->through[a][side]), weir_free(tr->entry[a][side]);
  weir_free(tr->staged[a][side]), weir_free(tr->bend[a][side]);
}

weir_status weir_entering_at(weir_ctx *ctx, weir_run *run, weir_transport *tr, double t)
{
  for (int a = 0; a < run->mesh->dim; a++)
    for (int side = 0; side < 2; side++)
      if (changes(run, a, side)) WEIR_TRY(average(ctx, run, a, side, t, tr->entering[a][side]));
  return WEIR_OK;
}

/* Second differences over the step: dt^2 d_tt rho_in. */
weir_status weir_entering_step(weir_ctx *ctx, weir_run *run, weir_transport *tr, double t, double dt)
{
  for (int a = 0; a < run->mesh->dim; a++)
    for (int side = 0; side < 2; side++) {
      double *const bend = tr->bend[a][side];
      const ptrdiff_t n = weir_side_len(run->mesh, a);
      if (bend == NULL) continue;
      for (int k = 0; k < 3; k++) WEIR_TRY(average(ctx, run, a, side, t + 0.5 * k * dt, bend + k * n));
      for (ptrdiff_t p = 0; p < n; p++) bend[p] = 4.0 * ((bend[p] - bend[n + p]) + (bend[2 * n + p] - bend[n + p]));
    }
  return WEIR_OK;
}

void weir_entering_stage(const weir_run *run, weir_transport *tr, double lag)
{
  for (int a = 0; a < run->mesh->dim; a++)
    for (int side = 0; side < 2; side++) {
      if (tr->bend[a][side] == NULL) continue;
      for (ptrdiff_t p = 0; p < weir_side_len(run->mesh, a); p++) {
        const double given = tr->entering[a][side][p], seen = given + lag * tr->bend[a][side][p];
        tr->staged[a][side][p] = given >= 0.0 ? fmax(seen, 0.0) : seen;
      }
    }
}

/* A Runge-Kutta stage holds q + c dt q' + (A c) dt^2 q'' + .., which for q' = t is (A c). */
void weir_entering_lags(const weir_stepper *s, double lag[WEIR_RK_MAXSTAGE])
{
  double q = 0.0, D = 0.0;
  for (int k = 0; k < s->stages; k++) {
    const weir_rk_stage *st = &s->stage[k];
    lag[k] = q - 0.5 * st->time * st->time;
    D = st->A * D + st->g * q + st->c * st->time;
    q = st->s * q + st->e * st->time + st->B * D;
  }
}
