#include "flow.h"
#include <math.h>
#include <string.h>

int flow_setup(void **state)
{
  if (ctx_setup(state) != 0) return -1;
  if (weir_fv_register(*state) != WEIR_OK || weir_time_register(*state) != WEIR_OK) return -1;
  return 0;
}

void flow_mesh(weir_ctx *ctx, flow *f)
{
  weir_mesh_spec spec = {.dim = f->dim};
  if (f->o.scheme == NULL) f->o.scheme = "muscl-mc"; /* claims the most: TVD, positive; needs few cells */
  check_ok(ctx, weir_problem_ghost(ctx, WEIR_TRANSPORT, &f->o, &spec.ghost));
  for (int a = 0; a < f->dim; a++)
    spec.axis[a] = (weir_axis_spec){.n = f->n[a],
                                    .lo = 0,
                                    .hi = 1,
                                    .grading = f->grading,
                                    .grade = f->grade,
                                    .periodic = f->side[a][0] == WEIR_PERIODIC};
  check_ok(ctx, weir_mesh_create(ctx, &spec, &f->mesh));
  check_ok(ctx, weir_mesh_array(ctx, f->mesh, "test density", &f->rho0));
  if (f->rho != NULL)
    check_ok(ctx, weir_cell_average(ctx, f->mesh, f->rho, f->rho_user, f->p.time, f->dim < 3 ? 4 : 3, f->rho0));
}

void flow_start(weir_ctx *ctx, flow *f)
{
  if (f->mesh == NULL) flow_mesh(ctx, f);
  f->p.equation = WEIR_TRANSPORT;
  f->p.mesh = f->mesh;
  f->p.rho0 = f->rho0;
  memcpy(f->p.boundary.side, f->side, sizeof f->side);
  check_ok(ctx, weir_run_create(ctx, &f->p, &f->o, &f->run));
}

void flow_end(flow *f)
{
  weir_run_destroy(&f->run);
  weir_free(f->rho0);
  f->rho0 = NULL;
  weir_mesh_destroy(&f->mesh);
}

double flow_l1(weir_ctx *ctx, const flow *f, weir_point_fn *fn, void *user, double t, int points)
{
  const weir_mesh *m = f->mesh;
  const double *q = weir_run_density(f->run);
  double *want = NULL;
  check_ok(ctx, weir_mesh_array(ctx, m, "exact averages", &want));
  check_ok(ctx, weir_cell_average(ctx, m, fn, user, t, points, want));
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const ptrdiff_t at = weir_mesh_index(m, i, j, k);
        want[at] = fabs(want[at] - q[at]);
      }
  const double sum = weir_mesh_integral(m, want);
  weir_free(want);
  return sum;
}

double flow_drift(const flow *f)
{
  weir_ledger l;
  weir_run_ledger(f->run, &l);
  return fabs(l.relative);
}

double flow_order(double e1, double e2)
{
  return log2(e1 / e2);
}

static const double speed[WEIR_MAXDIM] = {1.0, -0.5, 0.25};

void flow_waves(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const int dim = *(const int *)user;
  for (ptrdiff_t i = 0; i < n; i++) {
    double p = 0.5;
    for (int a = 0; a < dim; a++) p *= sin(2 * WEIR_PI * (x[a][i] - speed[a] * t) - 0.3 * (a + 1));
    out[i] = 1.0 + p;
  }
}

void flow_blocks(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const int dim = *(const int *)user;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    bool in = true, corner = true;
    for (int a = 0; a < dim; a++) in &= x[a][i] > 0.2 && x[a][i]<0.5, corner &= x[a][i]> 0.7;
    out[i] = in ? 1.0 : corner ? 1e-200 : 0.0;
  }
}

void flow_one(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 1.0;
}

void flow_speed(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = speed[*(const int *)user];
}

void flow_roll(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double sx = sin(WEIR_PI * x[0][i]), sy = sin(WEIR_PI * x[1][i]);
    out[i] = sx * sx * sy * sy / WEIR_PI;
  }
}

void flow_shear(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const flow_shear_user *s = user;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    double v = 0.3;
    for (int b = 0; b < s->dim; b++) v += (b == s->axis ? 0.4 : 0.7) * sin(2 * WEIR_PI * x[b][i] + (s->axis + 2 * b));
    out[i] = v;
  }
}

void flow_set_shear(flow *f, weir_side_kind kind)
{
  static flow_shear_user user[WEIR_MAXDIM + 1][WEIR_MAXDIM];
  for (int a = 0; a < f->dim; a++) {
    user[f->dim][a] = (flow_shear_user){a, f->dim};
    f->p.velocity.component[a] = flow_shear;
    f->p.velocity.user[a] = &user[f->dim][a];
    f->p.velocity.steady[a] = true;
    for (int side = 0; side < 2; side++) {
      f->side[a][side] = kind;
      f->p.boundary.density[a][side] = kind == WEIR_INFLOW ? flow_one : NULL;
      f->p.boundary.steady[a][side] = true;
    }
  }
}

void flow_set_constant(flow *f)
{
  static int axis[WEIR_MAXDIM] = {0, 1, 2};
  for (int a = 0; a < f->dim; a++) {
    f->p.velocity.component[a] = flow_speed;
    f->p.velocity.user[a] = &axis[a];
    f->p.velocity.steady[a] = true;
  }
}

double flow_roll_factor(void *user, double t)
{
  (void)user;
  return cos(WEIR_PI * t);
}

static void roll_velocity(const double x[2], double v[2])
{
  const double sx = sin(WEIR_PI * x[0]), sy = sin(WEIR_PI * x[1]);
  v[0] = 2 * sx * sx * sy * cos(WEIR_PI * x[1]);
  v[1] = -2 * sx * cos(WEIR_PI * x[0]) * sy * sy;
}

/* One classical Runge-Kutta step of dX/ds = v(X). */
static void roll_step(double h, double X[2])
{
  static const double part[4] = {0, 0.5, 0.5, 1}, weight[4] = {1 / 6., 1 / 3., 1 / 3., 1 / 6.};
  double v[2] = {0, 0}, sum[2] = {0, 0};
  for (int r = 0; r < 4; r++) {
    const double Y[2] = {X[0] + part[r] * h * v[0], X[1] + part[r] * h * v[1]};
    roll_velocity(Y, v);
    sum[0] += weight[r] * v[0], sum[1] += weight[r] * v[1];
  }
  X[0] += h * sum[0], X[1] += h * sum[1];
}

void flow_roll_density(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const flow_roll_user plain = {20, 1.0}, *set = user != NULL ? user : &plain;
  const int steps = t > 0 ? set->steps : 0;
  const double pseudo = sin(WEIR_PI * t) / WEIR_PI;
  for (ptrdiff_t i = 0; i < n; i++) {
    double X[2] = {x[0][i], x[1][i]};
    for (int k = 0; k < steps; k++) roll_step(-pseudo / steps, X);
    out[i] = 1 + 0.5 * sin(2 * WEIR_PI * X[0] + 0.5) * cos(set->waves * WEIR_PI * X[1] - 0.3);
  }
}

double flow_roll_error(weir_ctx *ctx, const char *scheme, int n, bool stretched)
{
  flow f = {.dim = 2, .n = {n, n}, .rho = flow_roll_density};
  f.grading = stretched ? WEIR_SINE : WEIR_UNIFORM, f.grade = 0.3;
  f.o.scheme = scheme, f.o.threads = 1;
  f.p.velocity.stream = flow_roll, f.p.velocity.factor[0] = flow_roll_factor;
  for (int a = 0; a < 2; a++) f.side[a][0] = f.side[a][1] = WEIR_NOFLUX;
  flow_start(ctx, &f);
  check_ok(ctx, weir_run_advance(ctx, f.run, 0.5));
  const double e = flow_l1(ctx, &f, flow_roll_density, NULL, 0.5, 2);
  flow_end(&f);
  return e;
}
