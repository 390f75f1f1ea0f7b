/* The count grid: boxes of mesh cells in which particles are counted.
 *
 *   An axis with few cells keeps them. Otherwise its groups have equal shares of the monitor
 *       M(x) = F(x)/2 + G(x)/2,   F the truth's marginal distribution function, G uniform on [q_1e-4, q_(1-1e-4)],
 *   so that neither a narrow mode nor a wide tail is left with one group; group bounds are mesh nodes. Block masses are sums of cell
 *   masses: nothing is assumed inside a cell. Moments use the blocks' centres of mass, for counts and truth alike. */
#include "cmp/judging.h"
#include <math.h>

static const ptrdiff_t groups_max[WEIR_MAXDIM + 1] = {0, 512, 64, 20};

/* ---------------------------------------------------------------- groups */
/* marginal[i]: mass of slab i of the axis. */
static void marginal_masses(const weir_mesh *m, const double *rho, int axis, double *marginal)
{
  for (ptrdiff_t i = 0; i < m->axis[axis].n; i++) marginal[i] = 0;
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const ptrdiff_t at[3] = {i, j, k};
        marginal[at[axis]] += weir_mesh_cell_volume(m, i, j, k) * rho[weir_mesh_index(m, i, j, k)];
      }
}

/* Core of the axis: nodes between which all but 1e-4 of the mass lies on either side. */
static void core(const weir_axis *x, const double *marginal, double total, double *lo, double *hi)
{
  double f = 0;
  *lo = x->node[0], *hi = x->node[x->n];
  for (ptrdiff_t i = 0; i < x->n; i++) {
    if (f <= 1e-4 * total) *lo = x->node[i];
    f += marginal[i];
    if (f < (1 - 1e-4) * total && i + 2 <= x->n) *hi = x->node[i + 2];
  }
  if (!(*hi > *lo)) *lo = x->node[0], *hi = x->node[x->n];
}

/* group[i] of every cell; returns the number of groups. */
static ptrdiff_t make_groups(const weir_axis *x, const double *marginal, ptrdiff_t most, int32_t *group)
{
  if (x->n <= most) {
    for (ptrdiff_t i = 0; i < x->n; i++) group[i] = (int32_t)i;
    return x->n;
  }
  double total = 0, lo, hi, f = 0;
  for (ptrdiff_t i = 0; i < x->n; i++) total += marginal[i];
  core(x, marginal, total, &lo, &hi);
  int32_t g = 0;
  for (ptrdiff_t i = 0; i < x->n; i++) {
    group[i] = g;
    f += marginal[i];
    const double u = fmin(fmax((x->node[i + 1] - lo) / (hi - lo), 0), 1);
    const double monitor = 0.5 * (f / total + u);
    if (i + 1 < x->n && monitor * (double)most >= g + 1 - 1e-9)
      g++; /* a cell can cross several shares: one new group all the same */
    if (g > most - 1) g = (int32_t)most - 1;
  }
  return g + 1;
}

static weir_status set_axis(weir_ctx *ctx, const weir_truth *t, int a, countgrid *g)
{
  const weir_axis *x = &t->mesh->axis[a];
  void *group = NULL;
  double *marginal = NULL;
  WEIR_TRY(weir_alloc(ctx, (size_t)x->n, sizeof(int32_t), "groups of cells", &group));
  g->group[a] = group;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)x->n, "marginal", &marginal));
  marginal_masses(t->mesh, t->rho, a, marginal);
  g->n[a] = make_groups(x, marginal, groups_max[t->mesh->dim], g->group[a]);
  weir_free(marginal);
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)g->n[a] + 1, "group bounds", &g->edge[a]));
  for (ptrdiff_t i = x->n - 1; i >= 0; i--) g->edge[a][g->group[a][i]] = x->node[i];
  g->edge[a][g->n[a]] = x->node[x->n];
  return WEIR_OK;
}

/* ---------------------------------------------------------------- masses and centres */
static void add_cells(const weir_truth *t, countgrid *g)
{
  const weir_mesh *m = t->mesh;
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const ptrdiff_t c = weir_mesh_index(m, i, j, k), at[3] = {i, j, k};
        const ptrdiff_t b = g->group[0][i] + g->n[0] * (g->group[1][j] + g->n[1] * g->group[2][k]);
        const double volume = weir_mesh_cell_volume(m, i, j, k), mass = volume * t->rho[c];
        g->m[b] += mass;
        for (int a = 0; a < g->dim; a++) g->centre[a][b] += mass * m->axis[a].centre[at[a]];
        if (t->error != NULL) g->error[b] += volume * (t->error_signed ? t->error[c] : fabs(t->error[c]));
      }
}

static void set_centres(countgrid *g, double total)
{
  for (ptrdiff_t b = 0; b < g->blocks; b++) {
    const ptrdiff_t at[3] = {b % g->n[0], b / g->n[0] % g->n[1], b / (g->n[0] * g->n[1])};
    for (int a = 0; a < g->dim && a < WEIR_MAXDIM; a++) {
      const double lo = g->edge[a][at[a]], hi = g->edge[a][at[a] + 1];
      const double c = g->centre[a][b] / g->m[b];
      g->centre[a][b] = c >= lo && c <= hi ? c : 0.5 * (lo + hi);
    }
    g->m[b] /= total;
    if (g->error != NULL) g->error[b] /= total;
  }
}

/* Mean, covariance S = L L^T of the blocks and L^-1; S gets 1e-12 tr S on the diagonal so that a flat truth has an L. */
static void set_moments(countgrid *g)
{
  const int d = g->dim;
  double S[3][3] = {{0}}, L[3][3] = {{0}}, trace = 0;
  for (int a = 0; a < d; a++)
    for (ptrdiff_t b = 0; b < g->blocks; b++) g->mean[a] += g->m[b] * g->centre[a][b];
  for (int a = 0; a < d; a++)
    for (int c = 0; c <= a; c++)
      for (ptrdiff_t b = 0; b < g->blocks; b++)
        S[a][c] += g->m[b] * (g->centre[a][b] - g->mean[a]) * (g->centre[c][b] - g->mean[c]);
  for (int a = 0; a < d; a++) g->sd[a] = sqrt(S[a][a]), trace += S[a][a];
  const bool point = !(trace > 0);
  g->sigma = point ? 1 : sqrt(trace / d);
  for (int a = 0; a < d; a++)
    for (int c = 0; c <= a; c++) {
      double s = S[a][c] + (a == c ? (point ? 1 : 1e-12 * trace) : 0);
      for (int e = 0; e < c; e++) s -= L[a][e] * L[c][e];
      L[a][c] = a == c ? sqrt(fmax(s, 1e-13 * g->sigma * g->sigma)) : s / L[c][c];
    }
  for (int c = 0; c < d; c++)
    for (int a = c; a < d; a++) {
      double s = a == c ? 1 : 0;
      for (int e = c; e < a; e++) s -= L[a][e] * g->whiten[e][c];
      g->whiten[a][c] = s / L[a][a];
    }
}

weir_status countgrid_make(weir_ctx *ctx, const weir_truth *t, countgrid *g)
{
  *g = (countgrid){.dim = t->mesh->dim, .blocks = 1, .error_signed = t->error_signed};
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    WEIR_TRY(set_axis(ctx, t, a, g));
    g->blocks *= g->n[a];
  }
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)g->blocks, "block masses", &g->m));
  for (int a = 0; a < g->dim; a++) WEIR_TRY(weir_alloc_doubles(ctx, (size_t)g->blocks, "block centres", &g->centre[a]));
  if (t->error != NULL) WEIR_TRY(weir_alloc_doubles(ctx, (size_t)g->blocks, "block errors", &g->error));
  add_cells(t, g);
  weir_sum total;
  weir_sum_clear(&total);
  weir_sum_add_array(&total, g->blocks, g->m);
  const double mass = weir_sum_value(&total);
  g->inside = mass / t->mass;
  set_centres(g, mass);
  set_moments(g);
  return WEIR_OK;
}

void countgrid_clear(countgrid *g)
{
  for (int a = 0; a < WEIR_MAXDIM; a++) weir_free(g->group[a]), weir_free(g->edge[a]), weir_free(g->centre[a]);
  weir_free(g->m), weir_free(g->error);
  *g = (countgrid){0};
}

int32_t countgrid_find(const countgrid *g, const weir_mesh *m, const double *x)
{
  int32_t b = 0;
  for (int a = g->dim - 1; a >= 0; a--) {
    const ptrdiff_t i = weir_axis_find(&m->axis[a], x[a]);
    if (i < 0 || i >= m->axis[a].n) return -1;
    b = b * (int32_t)g->n[a] + g->group[a][i];
  }
  return b;
}

void countgrid_bounds(const countgrid *g, const ptrdiff_t lo[3], const ptrdiff_t hi[3], double *from, double *to)
{
  for (int a = 0; a < g->dim; a++) from[a] = g->edge[a][lo[a]], to[a] = g->edge[a][hi[a]];
}
