/* Laws on whole runs: constants, mass, positivity; and how a law starts a run. */
#include "laws/law.h"
#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- a run */
void weir_trial_box(weir_trial *t, int dim, const ptrdiff_t *n, bool periodic, double grade)
{
  t->spec.dim = dim;
  for (int a = 0; a < dim; a++)
    t->spec.axis[a] = (weir_axis_spec){.n = n[a],
                                       .lo = 0,
                                       .hi = 1,
                                       .grading = grade > 0 ? WEIR_SINE : WEIR_UNIFORM,
                                       .grade = grade,
                                       .periodic = periodic};
  t->o.threads = 1;
}

weir_status weir_trial_mesh(weir_ctx *ctx, weir_trial *t)
{
  WEIR_TRY(weir_problem_ghost(ctx, WEIR_TRANSPORT, &t->o, &t->spec.ghost));
  WEIR_TRY(weir_mesh_create(ctx, &t->spec, &t->mesh));
  return weir_mesh_array(ctx, t->mesh, "density of a law", &t->rho0);
}

weir_status weir_trial_start(weir_ctx *ctx, weir_trial *t)
{
  if (t->mesh == NULL) WEIR_TRY(weir_trial_mesh(ctx, t));
  if (t->rho != NULL)
    WEIR_TRY(weir_cell_average(ctx, t->mesh, t->rho, t->rho_user, t->p.time, t->quad > 0 ? t->quad : 2, t->rho0));
  t->p.equation = WEIR_TRANSPORT;
  t->p.mesh = t->mesh;
  t->p.rho0 = t->rho0;
  return weir_run_create(ctx, &t->p, &t->o, &t->run);
}

weir_status weir_trial_advance(weir_ctx *ctx, weir_trial *t, double time, weir_offence *o)
{
  const weir_status s = weir_run_advance(ctx, t->run, time);
  if (s != WEIR_ENUMERIC) return s;
  weir_run_stats st;
  weir_run_stats_get(t->run, &st);
  weir_offend(o, st.time, time, "the run stopped before its end: %s", weir_message(ctx));
  return WEIR_OK;
}

void weir_trial_end(weir_trial *t)
{
  weir_run_destroy(&t->run);
  weir_free(t->rho0);
  t->rho0 = NULL;
  weir_mesh_destroy(&t->mesh);
}

/* ---------------------------------------------------------------- flows and densities */
/* A component of a sheared, compressible, periodic flow that is not 0 at walls and changes sign. */
typedef struct shear {
  int axis, dim;
} shear;

static void shear_flow(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const shear *s = user;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    double v = 0.3;
    for (int b = 0; b < s->dim; b++) v += (b == s->axis ? 0.4 : 0.7) * sin(2 * WEIR_PI * x[b][i] + (s->axis + 2 * b));
    out[i] = v;
  }
}

static void set_shear(weir_trial *t, shear *s)
{
  for (int a = 0; a < t->spec.dim; a++) {
    s[a] = (shear){a, t->spec.dim};
    t->p.velocity.component[a] = shear_flow;
    t->p.velocity.user[a] = &s[a];
    t->p.velocity.steady[a] = true;
  }
}

static void stream(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = sin(2 * WEIR_PI * x[0][i]) * cos(2 * WEIR_PI * x[1][i]) / (2 * WEIR_PI);
}

static void speed(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  static const double v[WEIR_MAXDIM] = {1.0, -0.5, 0.25};
  (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = v[*(const int *)user];
}

static void seven_tenths(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 0.7;
}

/* 1 in [.2,.5]^dim, 1e-200 in a corner, else 0. */
static void blocks(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const int dim = *(const int *)user;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    bool in = true, corner = true;
    for (int a = 0; a < dim; a++) {
      in = in && x[a][i] > 0.2 && x[a][i] < 0.5;
      corner = corner && x[a][i] > 0.7;
    }
    out[i] = in ? 1.0 : corner ? 1e-200 : 0.0;
  }
}

static void humps(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const int dim = *(const int *)user;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    double p = 0.5;
    for (int a = 0; a < dim; a++) p *= sin(2 * WEIR_PI * x[a][i] - 0.3 * (a + 1));
    out[i] = 1.0 + p;
  }
}

/* ---------------------------------------------------------------- laws */
static const ptrdiff_t cells[WEIR_MAXDIM + 1][WEIR_MAXDIM] = {{0}, {80}, {24, 20}, {12, 11, 10}};

static weir_status constant_in(weir_ctx *ctx, const weir_recon *s, int dim, double grade, weir_offence *o)
{
  static int axis[WEIR_MAXDIM] = {0, 1, 2};
  weir_trial t = {.rho = seven_tenths, .o = {.scheme = s->name}};
  weir_status st = WEIR_OK;
  weir_trial_box(&t, dim, cells[dim], true, grade);
  for (int a = 0; a < dim; a++) {
    t.p.velocity.component[a] = speed;
    t.p.velocity.user[a] = &axis[a];
    t.p.velocity.steady[a] = true;
  }
  if (dim == 2) t.p.velocity.stream = stream;
  WEIR_TRY_GOTO(st, end, weir_trial_start(ctx, &t));
  WEIR_TRY_GOTO(st, end, weir_trial_advance(ctx, &t, 0.3, o));
  double lo, hi;
  ptrdiff_t lo_at[3], hi_at[3];
  weir_mesh_range(t.mesh, weir_run_density(t.run), &lo, &hi, lo_at, hi_at);
  const double worst = hi - 0.7 > 0.7 - lo ? hi : lo;
  const ptrdiff_t *at = worst == hi ? hi_at : lo_at;
  if (!(fabs(worst - 0.7) <= 1e-13)) /* derived: some 50 stages, a few roundings each */
    weir_offend(o, worst, 0.7, "cell (%td,%td,%td) of a constant in a divergence-free %dD flow", at[0], at[1], at[2],
                dim);
end:
  weir_trial_end(&t);
  return st;
}

weir_status weir_law_constant_run(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  for (int dim = 1; dim <= 3; dim++)
    for (int graded = 0; graded < 2; graded++) WEIR_TRY(constant_in(ctx, s, dim, graded ? 0.4 : 0, o));
  return WEIR_OK;
}

static weir_status mass_of(weir_ctx *ctx, const char *scheme, const char *stepper, int dim, bool periodic,
                           weir_offence *o)
{
  shear v[WEIR_MAXDIM];
  weir_trial t = {.rho = humps, .rho_user = &dim, .o = {.scheme = scheme, .stepper = stepper}};
  weir_status st = WEIR_OK;
  weir_trial_box(&t, dim, cells[dim], periodic, periodic ? 0.4 : 0);
  set_shear(&t, v);
  for (int a = 0; a < dim && !periodic; a++) {
    t.p.boundary.side[a][0] = a == 1 ? WEIR_OUTFLOW : WEIR_NOFLUX;
    t.p.boundary.side[a][1] = a == 0 ? WEIR_INFLOW : WEIR_NOFLUX;
    t.p.boundary.density[a][1] = a == 0 ? seven_tenths : NULL;
    t.p.boundary.steady[a][1] = true;
  }
  WEIR_TRY_GOTO(st, end, weir_trial_start(ctx, &t));
  WEIR_TRY_GOTO(st, end, weir_trial_advance(ctx, &t, 0.4, o));
  weir_ledger l;
  weir_run_ledger(t.run, &l);
  if (!(fabs(l.defect) <= 1e-13 * fmax(fabs(l.mass), l.turnover))) /* measured 3e-16, with margin */
    weir_offend(o, l.defect, 0, "mass defect of a %dD run between %s sides", dim,
                periodic ? "periodic" : "open and closed");
end:
  weir_trial_end(&t);
  return st;
}

weir_status weir_law_mass(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  for (int dim = 1; dim <= 3; dim++)
    for (int periodic = 0; periodic < 2; periodic++) WEIR_TRY(mass_of(ctx, s->name, NULL, dim, periodic, o));
  return WEIR_OK;
}

weir_status weir_law_stepper_mass(weir_ctx *ctx, const weir_stepper *s, weir_offence *o)
{
  for (int dim = 1; dim <= 2; dim++)
    for (int periodic = 0; periodic < 2; periodic++)
      WEIR_TRY(mass_of(ctx, weir_law_partner(ctx, s), s->name, dim, periodic, o));
  return WEIR_OK;
}

/* Not by one bit, at the largest cfl. */
static weir_status positive(weir_ctx *ctx, const weir_recon *r, const weir_stepper *k, int dim, bool graded,
                            weir_offence *o)
{
  shear v[WEIR_MAXDIM];
  weir_trial t = {.rho = blocks, .rho_user = &dim, .o = {.scheme = r->name, .stepper = k->name}};
  weir_status st = WEIR_OK;
  weir_trial_box(&t, dim, cells[dim], false, 0);
  for (int a = 0; a < dim; a++) {
    if (graded) t.spec.axis[a].grading = WEIR_TANH, t.spec.axis[a].grade = 2;
    t.p.boundary.side[a][0] = a == 1 ? WEIR_OUTFLOW : WEIR_NOFLUX;
    t.p.boundary.side[a][1] = a == 0 ? WEIR_INFLOW : WEIR_NOFLUX;
  }
  t.o.cfl = r->cfl * k->ssp;
  set_shear(&t, v);
  WEIR_TRY_GOTO(st, end, weir_trial_start(ctx, &t));
  WEIR_TRY_GOTO(st, end, weir_trial_advance(ctx, &t, 0.4, o));
  weir_run_stats a;
  weir_run_stats_get(t.run, &a);
  if (!(a.min_rho >= 0))
    weir_offend(o, a.min_rho, 0, "cell (%td,%td,%td) of a %dD run with %s and %s at t = %g and CFL number %g",
                a.min_at[0], a.min_at[1], a.min_at[2], dim, r->name, k->name, a.min_time, t.o.cfl);
end:
  weir_trial_end(&t);
  return st;
}

weir_status weir_law_positive(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  const weir_stepper *k = NULL;
  for (int j = 0; (k = weir_item(ctx, WEIR_KIND_STEPPER, j)) != NULL; j++)
    for (int dim = 1; dim <= (j == 0 ? 3 : 2) && weir_stepper_fits(s, k); dim++)
      for (int graded = 0; graded < 2; graded++) WEIR_TRY(positive(ctx, s, k, dim, graded, o));
  return WEIR_OK;
}

weir_status weir_law_stepper_positive(weir_ctx *ctx, const weir_stepper *s, weir_offence *o)
{
  const weir_recon *r = NULL;
  for (int j = 0; (r = weir_item(ctx, WEIR_KIND_RECON, j)) != NULL; j++)
    for (int dim = 1; dim <= 2 && (r->claims & WEIR_POSITIVE) && weir_stepper_fits(r, s); dim++)
      WEIR_TRY(positive(ctx, r, s, dim, dim == 1, o));
  return WEIR_OK;
}
