/* Error bars by least squares over four or more meshes (rules and source: weir/order.h).
 *
 *   Each model is linear in its coefficients: phi = c_0 + sum_k c_k g_k(h), at most three of them, g_k = h^e_k. With h measured in
 *   units of the coarsest one and phi from the finest value, the weighted normal equations are solved by Cholesky. The free exponent is
 *   the minimum of the residual sum over log p: a scan, then golden section. */
#include <weir/order.h>
#include <math.h>

enum { TERMS = 3, SCAN = 400, GOLDEN = 90 };
static const double p_least = 0.01, p_most = 20;

typedef struct data {
  int n;
  double phi[WEIR_ORDER_MAXLEVEL], h[WEIR_ORDER_MAXLEVEL], w[WEIR_ORDER_MAXLEVEL]; /* scaled; sum of w = n */
} data;

typedef struct fit {
  int terms;              /* with the constant */
  double e[TERMS];        /* exponents, e[0] = 0 */
  double c[TERMS], sigma; /* scaled; infinite if it cannot be solved */
  bool weighted;
} fit;

const char *weir_gci_model_name(weir_gci_model m)
{
  static const char *const name[] = {"constant", "power", "first", "formal", "mixed"};
  return m >= WEIR_GCI_CONSTANT && m <= WEIR_GCI_MIXED ? name[m] : "?";
}

static double value(const fit *f, double h)
{
  double y = f->c[0];
  for (int k = 1; k < f->terms; k++) y += f->c[k] * pow(h, f->e[k]);
  return y;
}

/* Lower triangle of A <- its Cholesky factor, y <- solution; false if A is singular to rounding. */
static bool cholesky(int n, double A[TERMS][TERMS], double y[TERMS])
{
  for (int j = 0; j < n; j++)
    for (int i = j; i < n; i++) {
      double s = A[i][j];
      for (int k = 0; k < j; k++) s -= A[i][k] * A[j][k];
      if (i > j)
        A[i][j] = s / A[j][j];
      else if (s > 1e-14 * A[j][j])
        A[j][j] = sqrt(s);
      else
        return false;
    }
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < i; k++) y[i] -= A[i][k] * y[k];
    y[i] /= A[i][i];
  }
  for (int i = n - 1; i >= 0; i--) {
    for (int k = i + 1; k < n; k++) y[i] -= A[k][i] * y[k];
    y[i] /= A[i][i];
  }
  return true;
}

/* Coefficients and sigma for the exponents in f; one step of refinement takes the rounding of the normal equations away. */
static void solve(const data *d, fit *f)
{
  f->sigma = (double)INFINITY;
  for (int k = 0; k < TERMS; k++) f->c[k] = 0;
  for (int pass = 0; pass < 3; pass++) {
    double A[TERMS][TERMS] = {{0}}, y[TERMS] = {0};
    for (int i = 0; i < d->n; i++) {
      double g[TERMS];
      const double r = d->phi[i] - value(f, d->h[i]);
      for (int k = 0; k < f->terms; k++) g[k] = k > 0 ? pow(d->h[i], f->e[k]) : 1;
      for (int k = 0; k < f->terms; k++) {
        y[k] += d->w[i] * g[k] * r;
        for (int l = 0; l <= k; l++) A[k][l] += d->w[i] * g[k] * g[l];
      }
    }
    if (!cholesky(f->terms, A, y)) return;
    for (int k = 0; k < f->terms; k++) f->c[k] += y[k];
  }
  double sum = 0;
  for (int i = 0; i < d->n; i++) sum += d->w[i] * pow(d->phi[i] - value(f, d->h[i]), 2);
  f->sigma = sqrt(sum / (d->n - f->terms));
}

static double residual(const data *d, fit *f, double log_p)
{
  f->e[1] = exp(log_p);
  solve(d, f);
  return f->sigma;
}

/* The free power law; false if its minimum lies at an end of the range. */
static bool power_law(const data *d, fit *f)
{
  const double lo = log(p_least), step = (log(p_most) - lo) / SCAN, golden = 0.5 * (sqrt(5.0) - 1.0);
  int best = 0;
  double least = (double)INFINITY;
  f->terms = 2;
  for (int k = 0; k <= SCAN; k++) {
    const double r = residual(d, f, lo + k * step);
    if (r < least) least = r, best = k;
  }
  if (best == 0 || best == SCAN) return false;
  double a = lo + (best - 1) * step, b = lo + (best + 1) * step;
  for (int k = 0; k < GOLDEN; k++) {
    const double x = b - golden * (b - a), y = a + golden * (b - a);
    if (residual(d, f, x) < residual(d, f, y))
      b = y;
    else
      a = x;
  }
  /* the exponent is a coefficient, too */
  f->sigma = residual(d, f, 0.5 * (a + b)) * sqrt((double)(d->n - 2) / (d->n - 3));
  return true;
}

/* Equal weights, or ~ 1/h. */
static void weigh(data *d, bool weighted)
{
  double sum = 0;
  for (int i = 0; i < d->n; i++) sum += weighted ? 1 / d->h[i] : 1;
  for (int i = 0; i < d->n; i++) d->w[i] = d->n * (weighted ? 1 / d->h[i] : 1) / sum;
}

/* The fit of a model, of both weightings the one of smaller sigma; sigma infinite if there is none. */
static fit best_fit(data *d, weir_gci_model m, double q)
{
  fit best = {.sigma = (double)INFINITY};
  for (int weighted = 0; weighted < 2; weighted++) {
    fit f = {.terms = m == WEIR_GCI_MIXED ? 3 : 2, .weighted = weighted == 1};
    f.e[1] = m == WEIR_GCI_FORMAL ? q : 1, f.e[2] = q;
    weigh(d, f.weighted);
    if (m != WEIR_GCI_POWER)
      solve(d, &f);
    else if (!power_law(d, &f))
      continue;
    if (f.sigma < best.sigma) best = f;
  }
  return best;
}

static fit choose(data *d, double q, weir_gci_fit *out)
{
  fit f = best_fit(d, WEIR_GCI_POWER, q);
  out->p = isfinite(f.sigma) ? f.e[1] : (double)NAN;
  out->model = WEIR_GCI_POWER;
  if (out->p >= 0.5 && out->p <= q * (1 + 1e-6)) return f;
  const weir_gci_model last = out->p > q ? WEIR_GCI_FORMAL : WEIR_GCI_MIXED;
  f.sigma = (double)INFINITY;
  for (weir_gci_model m = WEIR_GCI_FIRST; m <= last; m++) {
    const fit g = best_fit(d, m, q);
    if (g.sigma < f.sigma) f = g, out->model = m;
  }
  return f;
}

static void bars(const data *d, const fit *f, double q, weir_gci_fit *out)
{
  const double D = out->spread, sigma = f->sigma;
  const bool good = sigma < D;
  out->fs = good && out->p >= 0.5 && out->p < q + 0.1 ? 1.25 : 3;
  for (int i = 0; i < d->n; i++) {
    const double eps = fabs(d->phi[i] - f->c[0]), miss = fabs(d->phi[i] - value(f, d->h[i]));
    out->error[i] = good ? out->fs * eps + sigma + miss : 3 * (sigma / D) * (eps + sigma + miss);
  }
}

static weir_status check(weir_ctx *ctx, int n, const double *phi, const double *h, double formal)
{
  WEIR_REQUIRE(n >= 4 && n <= WEIR_ORDER_MAXLEVEL, ctx, WEIR_EARG, "error bar: %d meshes, 4..%d expected", n,
               (int)WEIR_ORDER_MAXLEVEL);
  for (int i = 0; i < n; i++) {
    WEIR_REQUIRE(h[i] > (i > 0 ? h[i - 1] : 0) && isfinite(h[i]), ctx, WEIR_EARG,
                 "error bar: size h[%d] = %g, sizes must be positive and increase", i, h[i]);
    WEIR_REQUIRE(isfinite(phi[i]), ctx, WEIR_EARG, "error bar: value[%d] = %g must be finite", i, phi[i]);
  }
  WEIR_REQUIRE(formal > 0 && isfinite(formal), ctx, WEIR_EARG, "error bar: formal order %g, > 0 expected", formal);
  return WEIR_OK;
}

weir_status weir_gci_least_squares(weir_ctx *ctx, int n, const double *phi, const double *h, double formal,
                                   weir_gci_fit *out)
{
  WEIR_TRY(check(ctx, n, phi, h, formal));
  *out = (weir_gci_fit){.model = WEIR_GCI_CONSTANT, .p = (double)NAN, .phi0 = phi[0], .fs = 1.25};
  double lo = phi[0], hi = phi[0];
  for (int i = 1; i < n; i++) lo = fmin(lo, phi[i]), hi = fmax(hi, phi[i]);
  if (lo == hi) return WEIR_OK;
  data d = {.n = n};
  const double q = formal == 1 ? 2 : formal, unit = h[n - 1], scale = hi - lo; /* no exponent falls below rounding */
  for (int i = 0; i < n; i++) d.h[i] = h[i] / unit, d.phi[i] = (phi[i] - phi[0]) / scale;
  out->spread = 1.0 / (n - 1);
  const fit f = choose(&d, q, out);
  bars(&d, &f, q, out);
  for (int i = 0; i < n; i++) out->error[i] *= scale;
  out->weighted = f.weighted;
  out->phi0 = phi[0] + scale * f.c[0];
  out->sigma = scale * f.sigma, out->spread *= scale;
  out->a = scale * f.c[1] / pow(unit, f.e[1]);
  if (out->model == WEIR_GCI_MIXED) out->b = scale * f.c[2] / pow(unit, f.e[2]);
  return WEIR_OK;
}
