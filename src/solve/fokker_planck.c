/* The Fokker-Planck engine:  d_t rho = div(rho grad V) - div(rho b) + D lap rho,
 * Scharfetter-Gummel fluxes (fv/sg.h) between cells, uniformisation (time/uniformise.h) in time.
 *
 *   Unknowns inside a step are the masses m = |C| rho. The matrix does not depend on time, so it is made once. A step (chunk)
 *   covers Lambda dt <= 2^14 matrix products; longer ones would only cost memory for weights, shorter ones waste products: the
 *   Poisson window reaches about 8.5 sqrt(Lambda dt) beyond Lambda dt.
 *
 *   Another integrator would be another pair of step functions behind `advance`: it needs weir_sg_step(), i.e. products P m, only. */
#include "solve/engine.h"
#include "solve/potential.h"
#include "solve/velocity.h"
#include "fv/sg.h"
#include "time/uniformise.h"
#include <math.h>

enum { density_points = 8 }; /* Gauss points a direction for densities on walls */
static const double products_a_step = 16384, steps_limit = 1e15;

typedef struct fp {
  weir_sg *op;
  weir_run *run;
  double *m, *spare, *acc; /* masses and the new state; ghosts of m and spare hold what open walls prescribe */
  double *flux;            /* fluxes through one side, packed */
  bool open;               /* is any side open? */
} fp;

/* ---------------------------------------------------------------- checks */
static weir_status check(weir_ctx *ctx, const weir_run *run)
{
  const weir_problem *p = &run->problem;
  const weir_mesh *m = run->mesh;
  WEIR_REQUIRE(p->diffusion > 0 && isfinite(p->diffusion), ctx, WEIR_EARG,
               "Fokker-Planck: diffusion %g, a finite number > 0 expected", p->diffusion);
  WEIR_REQUIRE(p->source == NULL, ctx, WEIR_EUNSUPPORTED, "Fokker-Planck: a source is not supported");
  WEIR_TRY(weir_velocity_check(ctx, m, &p->velocity, run->stats.time));
  for (int a = 0; a < m->dim; a++) {
    WEIR_REQUIRE(weir_velocity_steady(&p->velocity, a), ctx, WEIR_EUNSUPPORTED,
                 "Fokker-Planck: the %c component of the drift depends on time; only a steady drift is supported",
                 "xyz"[a]);
    for (int side = 0; side < 2; side++)
      WEIR_REQUIRE(p->boundary.side[a][side] != WEIR_INFLOW || p->boundary.density[a][side] == NULL ||
                       p->boundary.steady[a][side],
                   ctx, WEIR_EUNSUPPORTED,
                   "Fokker-Planck: the boundary density at %c-%s depends on time; only a steady one is supported",
                   "xyz"[a], side == 0 ? "low" : "high");
  }
  return WEIR_OK;
}

static weir_status ghost(weir_ctx *ctx, const weir_run_options *opt, int *layers)
{
  (void)ctx, (void)opt;
  *layers = 1;
  return WEIR_OK;
}

/* ---------------------------------------------------------------- exponents */
/* right[a] holds the drift's face averages u on entry, the exponents q = (Phi_i - Phi_{i-1})/D - u d/D on return; `wall` holds Phi
 * on open walls at face places. On a periodic axis V must be periodic: face 0 pairs cells n-1 and 0. */
static void exponents(fp *f, int a, double D, const double *phi, const double *wall)
{
  const weir_mesh *m = f->run->mesh;
  const ptrdiff_t n = m->axis[a].n, s = m->stride[a];
  const bool periodic = m->axis[a].periodic;
  double *q = f->op->right[a];
  ptrdiff_t faces[WEIR_MAXDIM];
  for (int b = 0; b < WEIR_MAXDIM; b++) faces[b] = m->axis[b].n + (b == a);
  for (ptrdiff_t k = 0; k < faces[2]; k++)
    for (ptrdiff_t j = 0; j < faces[1]; j++)
      for (ptrdiff_t i = 0; i < faces[0]; i++) {
        const ptrdiff_t at = weir_mesh_index(m, i, j, k), face = a == 0 ? i : a == 1 ? j : k;
        const double lo = face > 0 ? phi[at - s] : periodic ? phi[at + (n - 1) * s] : wall[at];
        const double hi = face < n ? phi[at] : periodic ? phi[at - n * s] : wall[at];
        q[at] = ((hi - lo) - q[at] * weir_sg_distance(f->op, a, face)) / D;
      }
}

static weir_status build_rates(weir_ctx *ctx, fp *f)
{
  weir_run *run = f->run;
  const weir_problem *p = &run->problem;
  const weir_mesh *m = run->mesh;
  const weir_potential pot = {.mesh = m,
                              .fn = p->potential,
                              .user = p->potential_user,
                              .diffusion = p->diffusion,
                              .point = run->options.point_potential,
                              .threads = run->options.threads};
  double *phi = f->acc, *wall = f->spare; /* not yet in use, zero */
  WEIR_TRY(weir_potential_cells(ctx, &pot, wall, phi));
  for (int a = 0; a < m->dim; a++) {
    for (int side = 0; side < 2; side++)
      if (weir_sg_open(f->op, a, side)) WEIR_TRY(weir_potential_wall(ctx, &pot, a, side, wall));
    WEIR_TRY(weir_velocity_faces(ctx, m, &p->velocity, a, run->stats.time, f->op->right[a]));
    exponents(f, a, p->diffusion, phi, wall);
    run->stats.peclet = fmax(run->stats.peclet, weir_sg_rates(f->op, a, p->diffusion));
  }
  const double rate = weir_sg_scale(f->op);
  WEIR_REQUIRE(
      isfinite(rate), ctx, WEIR_ENUMERIC,
      "Fokker-Planck: the largest exchange rate of a cell is %g, a finite number expected (cell Peclet number %g)",
      rate, run->stats.peclet);
  return WEIR_OK;
}

/* ---------------------------------------------------------------- walls */
/* Ghosts of m and spare behind an open side: density on the wall (face averages in acc) times |C| of the wall's cell. */
static weir_status prescribe(weir_ctx *ctx, fp *f, int a, int side)
{
  const weir_mesh *m = f->run->mesh;
  const weir_boundary *b = &f->run->problem.boundary;
  const bool given = b->side[a][side] == WEIR_INFLOW && b->density[a][side] != NULL;
  if (given)
    WEIR_TRY(weir_face_average(ctx, m, a, 0, b->density[a][side], b->user[a][side], f->run->stats.time, density_points,
                               f->acc));
  ptrdiff_t lo[WEIR_MAXDIM] = {0, 0, 0}, hi[WEIR_MAXDIM] = {m->axis[0].n, m->axis[1].n, m->axis[2].n};
  lo[a] = side == 0 ? 0 : m->axis[a].n - 1, hi[a] = lo[a] + 1;
  const ptrdiff_t face = side == 0 ? 0 : m->stride[a], out = side == 0 ? -m->stride[a] : m->stride[a];
  for (ptrdiff_t k = lo[2]; k < hi[2]; k++)
    for (ptrdiff_t j = lo[1]; j < hi[1]; j++)
      for (ptrdiff_t i = lo[0]; i < hi[0]; i++) {
        const ptrdiff_t at = weir_mesh_index(m, i, j, k);
        const double mass = given ? f->acc[at + face] * weir_mesh_cell_volume(m, i, j, k) : 0.0;
        f->m[at + out] = f->spare[at + out] = mass;
      }
  return WEIR_OK;
}

static weir_status build_walls(weir_ctx *ctx, fp *f)
{
  const weir_mesh *m = f->run->mesh;
  ptrdiff_t most = 0;
  for (ptrdiff_t p = 0; p < m->len; p++) f->spare[p] = 0; /* held values of V */
  for (int a = 0; a < m->dim; a++)
    for (int side = 0; side < 2; side++) {
      if (!weir_sg_open(f->op, a, side)) continue;
      f->open = true;
      WEIR_TRY(prescribe(ctx, f, a, side));
      const ptrdiff_t faces = m->cells / m->axis[a].n;
      most = faces > most ? faces : most;
    }
  return weir_alloc_doubles(ctx, (size_t)most, "wall fluxes", &f->flux);
}

/* ---------------------------------------------------------------- create, destroy */
static void destroy(void *self)
{
  fp *f = self;
  if (f == NULL) return;
  weir_sg_destroy(&f->op);
  weir_free(f->m);
  weir_free(f->spare);
  weir_free(f->acc);
  weir_free(f->flux);
  weir_free(f);
}

static weir_status create(weir_ctx *ctx, weir_run *run, void **self)
{
  *self = NULL;
  WEIR_TRY(check(ctx, run));
  void *mem;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(fp), "Fokker-Planck engine", &mem));
  fp *f = mem;
  f->run = run;
  weir_status s;
  WEIR_TRY_GOTO(s, fail, weir_mesh_array(ctx, run->mesh, "cell masses", &f->m));
  WEIR_TRY_GOTO(s, fail, weir_mesh_array(ctx, run->mesh, "cell masses", &f->spare));
  WEIR_TRY_GOTO(s, fail, weir_mesh_array(ctx, run->mesh, "new cell averages", &f->acc));
  WEIR_TRY_GOTO(s, fail, weir_sg_create(ctx, run->mesh, &run->problem.boundary, run->options.threads, &f->op));
  WEIR_TRY_GOTO(s, fail, build_rates(ctx, f));
  WEIR_TRY_GOTO(s, fail, build_walls(ctx, f));
  *self = f;
  return WEIR_OK;
fail:
  destroy(f);
  return s;
}

/* ---------------------------------------------------------------- steps */
static void chain_step(void *user, double share, const double *r, double *next, double *acc)
{
  const fp *f = user;
  weir_sg_step(f->op, share, r, next, acc);
}

static void chain_note(void *user, double tail, const double *r)
{
  const fp *f = user;
  const weir_mesh *m = f->run->mesh;
  for (int a = 0; a < m->dim; a++)
    for (int side = 0; side < 2; side++) {
      if (!weir_sg_open(f->op, a, side)) continue;
      weir_sg_side_flux(f->op, a, side, r, f->flux);
      weir_run_flux_row(f->run, a, side, m->cells / m->axis[a].n, 1, f->flux, NULL, tail);
    }
}

static bool chain_stop(void *user)
{
  const fp *f = user;
  const weir_run_options *o = &f->run->options;
  return o->interrupted != NULL && o->interrupted(o->interrupted_user);
}

/* to[C] = from[C] * |C|, or / |C|. */
static void weigh(const weir_mesh *m, bool times, const double *from, double *to)
{
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++) {
      const ptrdiff_t at = weir_mesh_index(m, 0, j, k);
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const double v = weir_mesh_cell_volume(m, i, j, k);
        to[at + i] = times ? from[at + i] * v : from[at + i] / v;
      }
    }
}

static weir_status step(weir_ctx *ctx, fp *f, const weir_poisson *weights, double time)
{
  weir_run *run = f->run;
  const weir_chain chain = {chain_step, f->open ? chain_note : NULL, chain_stop, f};
  WEIR_TRY(weir_run_step_begin(ctx, run));
  weigh(run->mesh, true, run->q, f->m);
  weir_sg_wrap(f->op, f->m);
  WEIR_TRY(weir_uniformise(ctx, weights, &chain, run->mesh->len, f->m, f->spare, f->acc));
  weigh(run->mesh, false, f->acc, f->acc);
  WEIR_TRY(weir_run_scan(ctx, run, f->acc, time));
  double *const old = run->q;
  run->q = f->acc, f->acc = old;
  weir_run_step_end(run, time, time - run->stats.time, weights->last);
  return WEIR_OK;
}

static weir_status advance(weir_ctx *ctx, void *self, weir_run *run, double time)
{
  fp *f = self;
  const double from = run->stats.time, mean = (time - from) * f->op->rate;
  double steps = fmax(1, ceil(mean / products_a_step));
  if (run->options.dt > 0) steps = fmax(steps, ceil((time - from) / run->options.dt));
  WEIR_REQUIRE(steps <= steps_limit, ctx, WEIR_ENUMERIC,
               "Fokker-Planck: to advance by %g takes %g matrix-vector products (exchange rate %g): too many",
               time - from, mean, f->op->rate);
  weir_poisson *weights;
  WEIR_TRY(weir_poisson_create(ctx, mean / steps, &weights));
  weir_status s = WEIR_OK;
  for (double k = 1; k <= steps && s == WEIR_OK; k++)
    s = step(ctx, f, weights, k < steps ? from + (time - from) * (k / steps) : time);
  weir_poisson_destroy(&weights);
  return s;
}

const weir_engine weir_engine_fokker_planck = {
    .equation = WEIR_FOKKER_PLANCK,
    .name = "Fokker-Planck",
    .ghost = ghost,
    .create = create,
    .destroy = destroy,
    .advance = advance,
};
