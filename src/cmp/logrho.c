/* log rho at points from cell averages.
 *
 *   With l = log rho and L the log of the average over a cell of widths h_a,
 *       L = l + sum_a h_a^2/24 (l_aa + l_a^2) + O(h^4)        (average of exp(l), expanded)
 *   so differences of L are those of l up to h^2/12 terms, which are taken out:
 *       s_ab = L_ab - sum_c h_c^2/12 L_ac L_bc,   g_a = L_a - sum_b h_b^2/12 L_b L_ab   (third derivatives of l left out),
 *       l(x) = L - sum_a h_a^2/24 (s_aa + g_a^2) + g.(x-c) + (x-c).s (x-c)/2.
 *   L_a, L_aa: parabola through three centres (any spacing; shifted inwards at the box's ends); L_ab: mixed difference.
 *   Error O(h^3 l'''), for a Gaussian (l quadratic) O(h^4). The mean of exp(l(x)) over the cell is rho_C up to O(h^4).
 *
 *   Limits. Where a neighbour is empty, or neighbours differ by more than a curvature of 1 per cell, log rho is no parabola:
 *   the slope becomes the smaller one-sided difference (0 across an extremum or beside an empty cell) and the bar is 1: unresolved. */
#include "cmp/judging.h"
#include <math.h>

weir_status logrho_make(weir_ctx *ctx, const weir_mesh *m, const double *rho, logrho *r)
{
  *r = (logrho){.mesh = m};
  WEIR_TRY(weir_mesh_array(ctx, m, "log of the truth", &r->log_average));
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        const ptrdiff_t c = weir_mesh_index(m, i, j, k);
        r->log_average[c] = rho[c] > 0 ? log(rho[c]) : -(double)INFINITY;
      }
  return WEIR_OK;
}

void logrho_clear(logrho *r)
{
  weir_free(r->log_average);
  *r = (logrho){0};
}

/* Cell `offset` away along an axis and the distance of its centre; false outside the box. */
static bool neighbour(const weir_axis *x, ptrdiff_t i, ptrdiff_t offset, ptrdiff_t *j, double *distance)
{
  double shift = 0;
  *j = i + offset;
  if (x->periodic) {
    const double L = x->hi - x->lo;
    while (*j < 0) *j += x->n, shift -= L;
    while (*j >= x->n) *j -= x->n, shift += L;
  }
  if (*j < 0 || *j >= x->n) return false;
  *distance = x->centre[*j] + shift - x->centre[i];
  return true;
}

static double at_offset(const logrho *r, const ptrdiff_t at[3], int a, ptrdiff_t j)
{
  ptrdiff_t p[3] = {at[0], at[1], at[2]};
  p[a] = j;
  return r->log_average[weir_mesh_index(r->mesh, p[0], p[1], p[2])];
}

/* Third divided difference of the parabola's points and the one `offset` away, as an error at half a cell: h^3 |L'''|/16. */
static double third(const logrho *r, const ptrdiff_t at[3], int a, ptrdiff_t offset, const double *X, double d01,
                    double d012, double L0)
{
  const weir_axis *x = &r->mesh->axis[a];
  ptrdiff_t j;
  double z;
  if (!neighbour(x, at[a], offset, &j, &z)) return 0;
  const double L = at_offset(r, at, a, j), h = x->width[at[a]];
  const double parabola = L0 + d01 * (z - X[0]) + d012 * (z - X[0]) * (z - X[1]);
  const double d = (L - parabola) / ((z - X[0]) * (z - X[1]) * (z - X[2]));
  return isfinite(d) ? fabs(d) * 6 * h * h * h / 16 : 1;
}

/* Steeper than a parabola can follow: one-sided slope, flagged. */
static void limit(double left, double right, double *g, double *s, double *bar)
{
  const bool usable = isfinite(left) && isfinite(right) && left * right > 0;
  *g = usable ? (fabs(left) < fabs(right) ? left : right) : 0;
  *s = 0;
  *bar = 1;
}

static void fit_axis(const logrho *r, const ptrdiff_t at[3], int a, double *g, double *s, double *bar)
{
  const weir_axis *x = &r->mesh->axis[a];
  const ptrdiff_t n = x->n, i = at[a];
  *g = *s = *bar = 0;
  if (n < 3) {
    *bar = 1;
    return;
  }
  const ptrdiff_t first = x->periodic ? -1 : i == 0 ? 0 : i == n - 1 ? -2 : -1;
  double X[3], L[3];
  for (int p = 0; p < 3; p++) {
    ptrdiff_t j = i;
    X[p] = 0;
    (void)neighbour(x, i, first + p, &j, &X[p]);
    L[p] = at_offset(r, at, a, j);
  }
  const double d01 = (L[1] - L[0]) / (X[1] - X[0]), d12 = (L[2] - L[1]) / (X[2] - X[1]);
  const double d012 = (d12 - d01) / (X[2] - X[0]), h = x->width[i];
  *g = d01 - d012 * (X[0] + X[1]);
  *s = 2 * d012;
  if (!(fabs(*s) * h * h <= 1)) {
    limit(d01, d12, g, s, bar);
    return;
  }
  *bar = fmax(third(r, at, a, first - 1, X, d01, d012, L[0]), third(r, at, a, first + 3, X, d01, d012, L[0]));
}

static double mixed(const logrho *r, const ptrdiff_t at[3], int a, int b)
{
  ptrdiff_t i[2] = {at[a], at[a]}, j[2] = {at[b], at[b]};
  double x[2] = {0, 0}, y[2] = {0, 0};
  for (int side = 0; side < 2; side++) {
    if (!neighbour(&r->mesh->axis[a], at[a], 2 * side - 1, &i[side], &x[side])) i[side] = at[a];
    if (!neighbour(&r->mesh->axis[b], at[b], 2 * side - 1, &j[side], &y[side])) j[side] = at[b];
  }
  double L[2][2];
  for (int p = 0; p < 2; p++)
    for (int q = 0; q < 2; q++) {
      ptrdiff_t c[3] = {at[0], at[1], at[2]};
      c[a] = i[p], c[b] = j[q];
      L[p][q] = r->log_average[weir_mesh_index(r->mesh, c[0], c[1], c[2])];
    }
  const double d = ((L[1][1] - L[1][0]) - (L[0][1] - L[0][0])) / ((x[1] - x[0]) * (y[1] - y[0]));
  return isfinite(d) ? d : 0;
}

void logrho_fit(const logrho *r, const ptrdiff_t at[WEIR_MAXDIM], logrho_cell *c)
{
  const weir_mesh *m = r->mesh;
  const int d = m->dim;
  double g[3] = {0}, s[3][3] = {{0}}, w[3] = {0}; /* derivatives of L; h^2/12 */
  *c = (logrho_cell){.value = r->log_average[weir_mesh_index(m, at[0], at[1], at[2])]};
  for (int a = 0; a < d; a++) {
    double bar;
    fit_axis(r, at, a, &g[a], &s[a][a], &bar);
    c->bar += bar;
    w[a] = m->axis[a].width[at[a]] * m->axis[a].width[at[a]] / 12;
  }
  if (!(c->bar < 1)) c->bar = 1;
  for (int a = 0; a < d && c->bar < 1; a++)
    for (int b = 0; b < a; b++) s[a][b] = s[b][a] = mixed(r, at, a, b);
  for (int a = 0; a < d; a++) {
    c->g[a] = g[a];
    for (int b = 0; b < d; b++) {
      c->g[a] -= w[b] * g[b] * s[a][b];
      c->s[a][b] = s[a][b];
      for (int e = 0; e < d; e++) c->s[a][b] -= w[e] * s[a][e] * s[b][e];
    }
  }
  for (int a = 0; a < d; a++) c->value -= 0.5 * w[a] * (c->s[a][a] + c->g[a] * c->g[a]);
}

double logrho_eval(const logrho *r, const ptrdiff_t at[WEIR_MAXDIM], const logrho_cell *c, const double *x)
{
  double dx[3], v = c->value;
  const int d = r->mesh->dim;
  for (int a = 0; a < d; a++) {
    const weir_axis *ax = &r->mesh->axis[a];
    dx[a] = x[a] - ax->centre[at[a]];
    if (ax->periodic) dx[a] -= (ax->hi - ax->lo) * round(dx[a] / (ax->hi - ax->lo));
  }
  for (int a = 0; a < d; a++) {
    v += c->g[a] * dx[a];
    for (int b = 0; b < d; b++) v += 0.5 * c->s[a][b] * dx[a] * dx[b];
  }
  return v;
}
