/* The flow of twist.h.
 *
 *   M_A(x) = (2/pi) atan(e^A tan(pi x/2)) maps [0,1] onto itself and is the flow, for the time A, of x' = sin(pi x)/pi:
 *       M_A M_B = M_{A+B},   M_A'(x) = e^A / (cos^2(pi x/2) + e^{2A} sin^2(pi x/2)).
 *   Twisted coordinates, each map along one axis by an amount that depends on the others, so that the inverse is explicit:
 *       zeta = M_{-c q(x,y)}(z),   eta = M_{-b r(x,zeta)}(y),   xi = M_{-a s(eta,zeta)}(x).
 *   In them the flow is xi' = alpha sin(pi xi)/pi, likewise eta (beta), zeta (gamma). Back in x, since M commutes with its own flow:
 *       w_x = (alpha + a (s_eta g_eta + s_zeta g_zeta)) sin(pi x)/pi,     g_eta = beta sin(pi eta)/pi, g_zeta = gamma sin(pi zeta)/pi
 *       w_y = (beta  + b (r_x w_x + r_zeta g_zeta)) sin(pi y)/pi
 *       w_z = (gamma + c (q_x w_x + q_y w_y)) sin(pi z)/pi.
 *   A density is carried along with the determinants of the maps, a product of factors M'. Times cos(pi t): pseudo-time sin(pi t)/pi.
 *   In 2D zeta = 1/2 and gamma = 0. rho(0) grows along every axis, and so does rho(1/2): limiters have no extremum to clip. */
#include "laws/twist.h"
#include <weir/base.h>
#include <math.h>

static const double A = 0.3, B = -0.25, C = 0.3, rate[WEIR_MAXDIM] = {0.6, -0.5, 0.4}, GROWTH = 1.6;

/* s(eta,zeta), r(x,zeta), q(x,y) and their slopes in both arguments. */
static double wave(double x, double y, double *by_x, double *by_y)
{
  const double f = 1.7 * x + 0.3, g = 2.1 * y - 0.4;
  *by_x = 1.7 * cos(f) * cos(g), *by_y = -2.1 * sin(f) * sin(g);
  return sin(f) * cos(g);
}

/* M_by(x); *volume is multiplied by its slope. */
static double move(double by, double x, double *volume)
{
  const double k = exp(by), s = sin(0.5 * WEIR_PI * x), c = cos(0.5 * WEIR_PI * x);
  *volume *= k / (c * c + k * k * (s * s));
  return 2 / WEIR_PI * atan2(k * s, c);
}

/* Twisted coordinates X of the point x. */
static void twisted(const double *x, int dim, double *X, double *volume)
{
  double unused[2];
  X[2] = 0.5;
  if (dim == 3) X[2] = move(-C * wave(x[0], x[1], &unused[0], &unused[1]), x[2], volume);
  X[1] = move(-B * wave(x[0], X[2], &unused[0], &unused[1]), x[1], volume);
  X[0] = move(-A * wave(X[1], X[2], &unused[0], &unused[1]), x[0], volume);
}

static double component(const double *x, const weir_twist *t)
{
  double X[WEIR_MAXDIM], w[WEIR_MAXDIM], d[2], volume = 1;
  twisted(x, t->dim, X, &volume);
  const double g1 = rate[1] * sin(WEIR_PI * X[1]) / WEIR_PI,
               g2 = t->dim == 3 ? rate[2] * sin(WEIR_PI * X[2]) / WEIR_PI : 0;
  (void)wave(X[1], X[2], &d[0], &d[1]);
  w[0] = (rate[0] + A * (d[0] * g1 + d[1] * g2)) * sin(WEIR_PI * x[0]) / WEIR_PI;
  if (t->axis == 0) return w[0];
  (void)wave(x[0], X[2], &d[0], &d[1]);
  w[1] = (rate[1] + B * (d[0] * w[0] + d[1] * g2)) * sin(WEIR_PI * x[1]) / WEIR_PI;
  if (t->axis == 1) return w[1];
  (void)wave(x[0], x[1], &d[0], &d[1]);
  return (rate[2] + C * (d[0] * w[0] + d[1] * w[1])) * sin(WEIR_PI * x[2]) / WEIR_PI;
}

double weir_twist_factor(void *user, double t)
{
  (void)user;
  return cos(WEIR_PI * t);
}

void weir_twist_velocity(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const weir_twist *w = user;
  const double f = w->whole ? weir_twist_factor(NULL, t) : 1;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double at[WEIR_MAXDIM] = {x[0][i], x[1][i], w->dim == 3 ? x[2][i] : 0.5};
    out[i] = f * component(at, w);
  }
}

void weir_twist_density(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const weir_twist *w = user;
  const double pseudo = sin(WEIR_PI * t) / WEIR_PI;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double at[WEIR_MAXDIM] = {x[0][i], x[1][i], w->dim == 3 ? x[2][i] : 0.5};
    double X[WEIR_MAXDIM], volume = 1, sum = 0;
    twisted(at, w->dim, X, &volume);
    for (int a = 0; a < WEIR_MAXDIM && a < w->dim; a++) sum += move(-pseudo * rate[a], X[a], &volume);
    out[i] = exp(GROWTH * sum) * volume;
  }
}
