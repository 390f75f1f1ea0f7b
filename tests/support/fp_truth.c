#include "fp_truth.h"
#include "check.h"
#include <math.h>
#include <stdlib.h>

/* d/dt of (m, S) */
static void slope(const ou *p, double dm[3], double dS[3][3])
{
  for (int i = 0; i < p->dim; i++) {
    dm[i] = 0;
    for (int k = 0; k < p->dim; k++) dm[i] -= p->a[i][k] * p->mean[k];
    for (int j = 0; j < p->dim; j++) {
      dS[i][j] = i == j ? 2 * p->D : 0;
      for (int k = 0; k < p->dim; k++) dS[i][j] -= p->a[i][k] * p->cov[k][j] + p->cov[i][k] * p->a[j][k];
    }
  }
}

static ou moved(const ou *p, double h, double dm[3], double dS[3][3])
{
  ou q = *p;
  for (int i = 0; i < p->dim; i++) {
    q.mean[i] += h * dm[i];
    for (int j = 0; j < p->dim; j++) q.cov[i][j] += h * dS[i][j];
  }
  return q;
}

void ou_moments(ou *p, double t)
{
  enum { STEPS = 4000 };
  const double h = t / STEPS;
  for (int s = 0; s < STEPS; s++) {
    double m[4][3], S[4][3][3];
    slope(p, m[0], S[0]);
    ou q = moved(p, h / 2, m[0], S[0]);
    slope(&q, m[1], S[1]);
    q = moved(p, h / 2, m[1], S[1]);
    slope(&q, m[2], S[2]);
    q = moved(p, h, m[2], S[2]);
    slope(&q, m[3], S[3]);
    const double w[4] = {h / 6, h / 3, h / 3, h / 6};
    for (int k = 0; k < 4; k++) *p = moved(p, w[k], m[k], S[k]);
  }
}

void ou_potential(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  const ou *p = user;
  (void)t;
  for (ptrdiff_t k = 0; k < n; k++) {
    out[k] = 0;
    for (int i = 0; i < p->dim; i++)
      for (int j = 0; j < p->dim; j++) out[k] += 0.25 * (p->a[i][j] + p->a[j][i]) * x[i][k] * x[j][k];
  }
}

static void drift(const ou *p, int i, ptrdiff_t n, const double *const x[3], double *out)
{
  for (ptrdiff_t k = 0; k < n; k++) {
    out[k] = 0;
    for (int j = 0; j < p->dim; j++) out[k] -= 0.5 * (p->a[i][j] - p->a[j][i]) * x[j][k];
  }
}

void ou_drift_x(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  (void)t;
  drift(user, 0, n, x, out);
}

void ou_drift_y(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  (void)t;
  drift(user, 1, n, x, out);
}

void ou_drift_z(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  (void)t;
  drift(user, 2, n, x, out);
}

void ou_density(void *user, double t, ptrdiff_t n, const double *const x[3], double *out)
{
  const ou *p = user;
  (void)t;
  /* Cholesky of the covariance. */
  double l[3][3] = {{0}}, det = 1;
  for (int i = 0; i < p->dim; i++)
    for (int j = 0; j <= i; j++) {
      double s = p->cov[i][j];
      for (int k = 0; k < j; k++) s -= l[i][k] * l[j][k];
      l[i][j] = i == j ? sqrt(s) : s / l[j][j];
      if (i == j) det *= l[i][i];
    }
  for (ptrdiff_t k = 0; k < n; k++) {
    double y[3], e = 0;
    for (int i = 0; i < p->dim; i++) {
      y[i] = x[i][k] - p->mean[i];
      for (int j = 0; j < i; j++) y[i] -= l[i][j] * y[j];
      y[i] /= l[i][i];
      e += y[i] * y[i];
    }
    out[k] = exp(-0.5 * e) / (pow(2 * WEIR_PI, 0.5 * p->dim) * det);
  }
}

/* Mass of N(m, s^2) in (a, b), without cancellation in either tail. */
static double slice(double a, double b, double m, double s)
{
  const double u = (a - m) / (s * sqrt(2.0)), v = (b - m) / (s * sqrt(2.0));
  return u > 0 ? 0.5 * (erfc(u) - erfc(v)) : v < 0 ? 0.5 * (erfc(-v) - erfc(-u)) : 0.5 * (erf(v) - erf(u));
}

void ou_averages(weir_ctx *ctx, const ou *p, const weir_mesh *m, double *out)
{
  bool diagonal = true;
  for (int i = 0; i < p->dim; i++)
    for (int j = 0; j < i; j++) diagonal = diagonal && p->cov[i][j] == 0;
  if (!diagonal) {
    check_ok(ctx, weir_cell_average(ctx, m, ou_density, (void *)p, 0, 6, out));
    return;
  }
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const ptrdiff_t at[3] = {i, j, k};
        double v = 1;
        for (int a = 0; a < m->dim; a++) {
          const weir_axis *ax = &m->axis[a];
          v *= slice(ax->node[at[a]], ax->node[at[a] + 1], p->mean[a], sqrt(p->cov[a][a])) / ax->width[at[a]];
        }
        out[weir_mesh_index(m, i, j, k)] = v;
      }
}

double l1_distance(const weir_mesh *m, const double *a, const double *b)
{
  weir_sum s;
  weir_sum_clear(&s);
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const ptrdiff_t at = weir_mesh_index(m, i, j, k);
        weir_sum_add(&s, weir_mesh_cell_volume(m, i, j, k) * fabs(a[at] - b[at]));
      }
  return weir_sum_value(&s);
}

weir_run *run_to(weir_ctx *ctx, const weir_problem *p, const weir_run_options *o, double time)
{
  weir_run *run;
  check_ok(ctx, weir_run_create(ctx, p, o, &run));
  check_ok(ctx, weir_run_advance(ctx, run, time));
  return run;
}

double ou_error(weir_ctx *ctx, const ou *p, const weir_mesh *m, const weir_run_options *o, double T,
                weir_run_stats *stats)
{
  static weir_point_fn *const drifts[] = {ou_drift_x, ou_drift_y, ou_drift_z};
  double *rho, *want;
  ou now = *p;
  check_ok(ctx, weir_mesh_array(ctx, m, "rho0", &rho));
  check_ok(ctx, weir_mesh_array(ctx, m, "truth", &want));
  ou_averages(ctx, p, m, rho);
  weir_problem problem = {.equation = WEIR_FOKKER_PLANCK,
                          .mesh = m,
                          .boundary = sides_of(m->dim, WEIR_NOFLUX),
                          .potential = ou_potential,
                          .potential_user = &now,
                          .diffusion = p->D,
                          .rho0 = rho};
  bool reversible = true;
  for (int a = 0; a < m->dim; a++)
    for (int b = 0; b < a; b++) reversible = reversible && p->a[a][b] == p->a[b][a];
  for (int a = 0; a < m->dim && !reversible; a++) {
    problem.velocity.component[a] = drifts[a];
    problem.velocity.user[a] = &now;
    problem.velocity.steady[a] = true;
  }
  weir_run *run = run_to(ctx, &problem, o, T);
  ou_moments(&now, T);
  ou_averages(ctx, &now, m, want);
  const double error = l1_distance(m, weir_run_density(run), want);
  weir_run_stats s;
  weir_run_stats_get(run, &s);
  check_ge(s.min_rho, 0.0);
  weir_ledger l;
  weir_run_ledger(run, &l);
  check_le(fabs(l.defect), 1e-13 * l.mass0);
  if (stats != NULL) *stats = s;
  weir_run_destroy(&run);
  weir_free(rho), weir_free(want);
  return error;
}

weir_mesh *box_mesh(weir_ctx *ctx, int dim, ptrdiff_t n, double lo, double hi, double stretch)
{
  weir_mesh_spec spec = {.dim = dim, .ghost = 1};
  double *node = malloc((size_t)(n + 1) * sizeof *node);
  assert_non_null(node);
  for (ptrdiff_t i = 0; i <= n; i++) {
    const double s = 2 * (double)i / (double)n - 1;
    node[i] = 0.5 * (lo + hi) + 0.5 * (hi - lo) * (s + stretch * s * s * s) / (1 + stretch);
  }
  for (int a = 0; a < dim; a++) {
    spec.axis[a] = (weir_axis_spec){.n = n, .lo = lo, .hi = hi};
    if (stretch != 0) spec.axis[a].grading = WEIR_LISTED, spec.axis[a].node = node;
  }
  weir_mesh *m;
  check_ok(ctx, weir_mesh_create(ctx, &spec, &m));
  free(node);
  return m;
}

weir_boundary sides_of(int dim, weir_side_kind kind)
{
  weir_boundary b = {.side = {{WEIR_NOFLUX, WEIR_NOFLUX}, {WEIR_NOFLUX, WEIR_NOFLUX}, {WEIR_NOFLUX, WEIR_NOFLUX}}};
  for (int a = 0; a < dim; a++) b.side[a][0] = b.side[a][1] = kind;
  return b;
}
