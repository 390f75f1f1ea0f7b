/* The JKO chain of a Gaussian in a quadratic energy, at finite step tau.
 *
 *   x^{k+1} = argmin over rho of  E(rho) + W2^2(rho, rho^k)/(2 tau),
 *   E = int D rho log rho + (x-b)'A(x-b)/2 rho + kappa/4 int int |x-y|^2 rho rho,      A symmetric, mass 1.
 *   Gaussians stay Gaussians. From N(m, S), with B = I + tau (A + kappa I), e = tau D, R = B^{-1/2},
 *       m' = (I + tau A)^{-1} (m + tau A b)                        (kappa does not move the centre of mass)
 *       S' = R P diag(y) P' R,   where R S R = P diag(s) P',   y = (s + 2e + sqrt(s^2 + 4 e s))/2 .
 *   Derivation: the optimality condition of the step says that the optimal map S' -> S is y -> y + tau grad dE/drho'(y), affine with
 *   matrix M = B - e S'^{-1}, and it carries S' to S: M S' M = S. With S' = R Y R this reads (I - e Y^{-1}) Y (I - e Y^{-1}) = R S R, so Y
 *   commutes with R S R and (y - e)^2 = s y with y > e, the larger root. Then M = R^{-1} P diag((y-e)/y) P' R^{-1}, where
 *   y - e = (s + sqrt(s^2 + 4es))/2 has no cancellation, and the map of the step is T(x) = m' + M^{-1} (x - m).
 *   Equilibrium: S = D (A + kappa I)^{-1} is a fixed point for every tau.  (Jordan, Kinderlehrer, Otto, SIAM J. Math. Anal. 29 (1998) 1.)
 *
 *   One step more than asked for is kept, so that the velocity (T(x) - x)/tau exists at the last state too. */
#include "exact/classes.h"
#include "exact/dense.h"
#include "exact/mixture.h"
#include <math.h>
#include <string.h>

enum { A_MATRIX, B_CENTRE, DIFFUSION, KAPPA, TAU, STEPS, MEAN, COVARIANCE, NPARAM };

static const weir_exact_param params[] = {
    [A_MATRIX] = {"A", WEIR_EXACT_MATRIX, WEIR_EXACT_REQUIRED, 0.0, NULL,
                  "symmetric matrix of V = (x-b)'A(x-b)/2 [1/time]"},
    [B_CENTRE] = {"b", WEIR_EXACT_VECTOR, WEIR_EXACT_DEFAULT, 0.0, NULL, "centre of V [length]"},
    [DIFFUSION] = {"diffusion", WEIR_EXACT_SCALAR, WEIR_EXACT_REQUIRED, 0.0, NULL,
                   "D >= 0 of D rho log rho [length^2/time]"},
    [KAPPA] = {"kappa", WEIR_EXACT_SCALAR, WEIR_EXACT_DEFAULT, 0.0, NULL, "interaction W = kappa |x|^2/2 [1/time]"},
    [TAU] = {"tau", WEIR_EXACT_SCALAR, WEIR_EXACT_REQUIRED, 0.0, NULL, "JKO step > 0 [time]"},
    [STEPS] = {"steps", WEIR_EXACT_COUNT, WEIR_EXACT_DEFAULT, 100.0, NULL,
               "length of the chain: states t = 0, tau, .., steps tau"},
    [MEAN] = {"mean", WEIR_EXACT_VECTOR, WEIR_EXACT_DEFAULT, 0.0, NULL, "mean at t = 0 [length]"},
    [COVARIANCE] = {"covariance", WEIR_EXACT_MATRIX, WEIR_EXACT_DEFAULT, 1.0, NULL, "covariance at t = 0 [length^2]"},
};

typedef struct chain {
  int d, steps;
  double tau;
  double *mean, *cov, *map; /* states 0 .. steps+1; map[k] = M^{-1} of step k, 0 .. steps */
} chain;

static const char who[] = "gaussian-jko";

static double *state_mean(const chain *s, int k)
{
  return s->mean + (ptrdiff_t)k * s->d;
}

static double *state_cov(const chain *s, int k)
{
  return s->cov + (ptrdiff_t)k * s->d * s->d;
}

/* What does not change from step to step. */
typedef struct stepper {
  double *R, *Rinv;          /* B^{-1/2}, B^{1/2} */
  double *resolvent;         /* (I + tau A)^{-1} */
  double *push;              /* tau A b */
  double *X, *P, *Y, *w, *f; /* work */
  double e;
} stepper;

static weir_status step_create(weir_ctx *ctx, int d, const weir_exact_arg *arg, double *mem, stepper *g)
{
  const size_t n = (size_t)d, nn = n * n;
  g->R = mem, g->Rinv = g->R + nn, g->resolvent = g->Rinv + nn, g->X = g->resolvent + nn, g->P = g->X + nn;
  g->Y = g->P + nn, g->push = g->Y + nn, g->w = g->push + n, g->f = g->w + n;
  const double tau = arg[TAU].value[0], kappa = arg[KAPPA].value[0];
  g->e = tau * arg[DIFFUSION].value[0];
  memcpy(g->X, arg[A_MATRIX].value, nn * sizeof(double));
  dense_symmetrise(d, g->X);
  dense_eigen(d, g->X, g->w, g->P);
  for (int a = 0; a < d; a++)
    WEIR_REQUIRE(1.0 + tau * g->w[a] > 0.0 && 1.0 + tau * (g->w[a] + kappa) > 0.0, ctx, WEIR_EARG,
                 "%s: the step tau = %.6g has no minimiser: A has the eigenvalue %.6g and kappa = %.6g, expected "
                 "1 + tau A > 0 and 1 + tau (A + kappa) > 0",
                 who, tau, g->w[a], kappa);
  for (int a = 0; a < d; a++) g->f[a] = 1.0 / (1.0 + tau * g->w[a]);
  dense_from_eigen(d, g->f, g->P, g->resolvent);
  for (int a = 0; a < d; a++) g->f[a] = sqrt(1.0 + tau * (g->w[a] + kappa));
  dense_from_eigen(d, g->f, g->P, g->Rinv);
  for (int a = 0; a < d; a++) g->f[a] = 1.0 / g->f[a];
  dense_from_eigen(d, g->f, g->P, g->R);
  dense_apply(d, arg[A_MATRIX].value, arg[B_CENTRE].value, g->push);
  for (int a = 0; a < d; a++) g->push[a] *= tau;
  return WEIR_OK;
}

/* C = R diag-form R for the symmetric matrix with eigenvalues f and vectors P. */
static void sandwich(int d, const double *R, const double *f, stepper *g, double *C)
{
  dense_from_eigen(d, f, g->P, g->X);
  dense_mul(d, R, g->X, g->Y);
  dense_mul(d, g->Y, R, C);
  dense_symmetrise(d, C);
}

static void step(const chain *s, int k, stepper *g)
{
  const int d = s->d;
  const double e = g->e;
  double *m = state_mean(s, k), *next = state_mean(s, k + 1);
  for (int a = 0; a < d; a++) g->f[a] = m[a] + g->push[a];
  dense_apply(d, g->resolvent, g->f, next);
  dense_mul(d, g->R, state_cov(s, k), g->Y);
  dense_mul(d, g->Y, g->R, g->X);
  dense_symmetrise(d, g->X);
  dense_eigen(d, g->X, g->w, g->P);
  for (int a = 0; a < d; a++) {
    const double v = g->w[a] > 0.0 ? g->w[a] : 0.0;
    g->f[a] = 0.5 * (v + sqrt(v * (v + 4.0 * e))); /* y - e */
    g->w[a] = g->f[a] + e;                         /* y */
    g->f[a] = g->w[a] / g->f[a];
  }
  sandwich(d, g->R, g->w, g, state_cov(s, k + 1));
  sandwich(d, g->R, g->f, g, s->map + (ptrdiff_t)k * d * d);
}

static weir_status check(weir_ctx *ctx, int d, const weir_exact_arg *arg, double *work)
{
  const double D = arg[DIFFUSION].value[0], tau = arg[TAU].value[0];
  WEIR_REQUIRE(D >= 0.0, ctx, WEIR_EARG, "%s: parameter 'diffusion' is %.17g, expected >= 0", who, D);
  WEIR_REQUIRE(tau > 0.0, ctx, WEIR_EARG, "%s: parameter 'tau' is %.17g, expected > 0", who, tau);
  WEIR_REQUIRE(dense_is_symmetric(d, arg[A_MATRIX].value, 1e-12), ctx, WEIR_EARG,
               "%s: parameter 'A' is not symmetric: then the drift is no gradient and there is no JKO scheme", who);
  WEIR_REQUIRE(dense_is_symmetric(d, arg[COVARIANCE].value, 1e-12) && dense_cholesky(d, arg[COVARIANCE].value, work),
               ctx, WEIR_EARG, "%s: parameter 'covariance' is not symmetric and positive definite", who);
  return WEIR_OK;
}

static void destroy(void *self)
{
  chain *s = self;
  weir_free(s->mean);
  weir_free(s);
}

static weir_status fill_chain(weir_ctx *ctx, chain *s, const weir_exact_arg *arg)
{
  const size_t n = (size_t)s->d, nn = n * n, states = (size_t)s->steps + 2;
  WEIR_TRY(weir_alloc_doubles(ctx, states * (n + 2 * nn), "JKO chain", &s->mean));
  s->cov = s->mean + states * n, s->map = s->cov + states * nn;
  double *work = NULL;
  WEIR_TRY(weir_alloc_doubles(ctx, 6 * nn + 3 * n, "JKO step", &work));
  stepper g = {0};
  weir_status status = check(ctx, s->d, arg, work);
  if (status == WEIR_OK) status = step_create(ctx, s->d, arg, work, &g);
  if (status == WEIR_OK) {
    memcpy(s->mean, arg[MEAN].value, n * sizeof(double));
    memcpy(s->cov, arg[COVARIANCE].value, nn * sizeof(double));
    dense_symmetrise(s->d, s->cov);
    for (int k = 0; k <= s->steps; k++) step(s, k, &g);
  }
  weir_free(work);
  return status;
}

static weir_status create(weir_ctx *ctx, int d, const weir_exact_arg *arg, void **self)
{
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(chain), "JKO chain", &p));
  chain *s = p;
  s->d = d, s->steps = (int)arg[STEPS].value[0], s->tau = arg[TAU].value[0];
  const weir_status status = fill_chain(ctx, s, arg);
  if (status != WEIR_OK)
    destroy(s);
  else
    *self = s;
  return status;
}

/* The state k with t = k tau (to 1e-9 of max(1,k) steps), or -1. */
static int state_at(const chain *s, double t)
{
  const double k = round(t / s->tau);
  if (!(k >= 0.0 && k <= s->steps && fabs(t / s->tau - k) <= 1e-9 * fmax(1.0, k))) return -1;
  return (int)k;
}

static weir_status exists(weir_ctx *ctx, const void *self, double t)
{
  const chain *s = self;
  WEIR_REQUIRE(state_at(s, t) >= 0, ctx, WEIR_EARG,
               "%s: no state at t = %.17g, expected a multiple of tau = %.17g from 0 to %d tau", who, t, s->tau,
               s->steps);
  return WEIR_OK;
}

static weir_status state(weir_ctx *ctx, const chain *s, double t, mixture **out)
{
  *out = NULL;
  WEIR_TRY(exists(ctx, s, t));
  const int k = state_at(s, t);
  const size_t n = (size_t)s->d;
  WEIR_TRY(mixture_create(ctx, s->d, 1, 1, out));
  (*out)->weight[0] = 1.0;
  memcpy((*out)->mean, state_mean(s, k), n * sizeof(double));
  memcpy((*out)->cov, state_cov(s, k), n * n * sizeof(double));
  const weir_status status = mixture_factor(ctx, *out, who, t);
  if (status != WEIR_OK) mixture_destroy(out);
  return status;
}

static void log_density(const void *self, double t, ptrdiff_t n, const double *x, double *out)
{
  mixture *m = NULL;
  if (state(NULL, self, t, &m) != WEIR_OK) {
    for (ptrdiff_t p = 0; p < n; p++) out[p] = NAN;
    return;
  }
  mixture_log_density(m, n, x, out);
  mixture_destroy(&m);
}

static weir_status average(weir_ctx *ctx, const void *self, const weir_mesh *mesh, double t, double *cells)
{
  mixture *m = NULL;
  WEIR_TRY(state(ctx, self, t, &m));
  const weir_status status = mixture_average(ctx, m, mesh, cells);
  mixture_destroy(&m);
  return status;
}

/* y = m' + M^{-1} (x - m) of step k. */
static void push_point(const chain *s, int k, const double *x, double *y)
{
  double u[WEIR_EXACT_MAXDIM], z[WEIR_EXACT_MAXDIM];
  const double *m = state_mean(s, k), *next = state_mean(s, k + 1);
  for (int a = 0; a < s->d; a++) u[a] = x[a] - m[a];
  dense_apply(s->d, s->map + (ptrdiff_t)k * s->d * s->d, u, z);
  for (int a = 0; a < s->d; a++) y[a] = next[a] + z[a];
}

static bool velocity(const void *self, double t, ptrdiff_t n, const double *x, double *v)
{
  const chain *s = self;
  const int k = state_at(s, t);
  for (ptrdiff_t p = 0; p < n; p++) {
    double y[WEIR_EXACT_MAXDIM];
    if (k >= 0) push_point(s, k, x + p * s->d, y);
    for (int a = 0; a < s->d; a++) v[p * s->d + a] = k >= 0 ? (y[a] - x[p * s->d + a]) / s->tau : (double)NAN;
  }
  return true;
}

static double mass(const void *self, double t)
{
  return state_at(self, t) >= 0 ? 1.0 : (double)NAN;
}

static bool moments(const void *self, double t, double *mean, double *cov)
{
  const chain *s = self;
  const int k = state_at(s, t);
  if (k < 0) return false;
  memcpy(mean, state_mean(s, k), (size_t)s->d * sizeof *mean);
  memcpy(cov, state_cov(s, k), (size_t)s->d * (size_t)s->d * sizeof *cov);
  return true;
}

bool exact_jko_map(const void *self, int k, ptrdiff_t n, const double *x, double *y)
{
  const chain *s = self;
  if (k < 0 || k >= s->steps) return false;
  for (ptrdiff_t p = 0; p < n; p++) push_point(s, k, x + p * s->d, y + p * s->d);
  return true;
}

const weir_exact_class weir_exact_gaussian_jko = {
    .abi = WEIR_EXACT_ABI,
    .name = "gaussian-jko",
    .formula =
        "rho^{k+1} = argmin E + W2^2(., rho^k)/(2 tau), E = int D rho log rho + (x-b)'A(x-b)/2 rho + kappa |x-y|^2/4",
    .cite =
        "Jordan, Kinderlehrer, Otto, SIAM J. Math. Anal. 29 (1998) 1; closed form derived in src/exact/gaussian_jko.c",
    .flags = WEIR_EXACT_HAS_VELOCITY | WEIR_EXACT_HAS_MOMENTS | WEIR_EXACT_SMOOTH | WEIR_EXACT_MASS_ONE |
             WEIR_EXACT_DISCRETE,
    .maxdim = WEIR_EXACT_MAXDIM,
    .nparam = NPARAM,
    .param = params,
    .create = create,
    .destroy = destroy,
    .exists = exists,
    .log_density = log_density,
    .average = average,
    .velocity = velocity,
    .mass = mass,
    .moments = moments,
};
