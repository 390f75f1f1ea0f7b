/* Exact solutions: parameters and their messages, Gaussian moments, the JKO chain, distances, high dimension. */
#include "../support/check.h"
#include <weir/exact.h>
#include <float.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_matrix.h>
#include <math.h>
#include <string.h>

static int setup(void **state)
{
  if (ctx_setup(state) != 0) return -1;
  return weir_exact_register(*state) == WEIR_OK ? 0 : -1;
}

static weir_param num(const char *name, int rows, int cols, const double *v)
{
  return (weir_param){.name = name, .rows = rows, .cols = cols, .value = v};
}

static weir_param word(const char *name, const char *text)
{
  return (weir_param){.name = name, .text = text};
}

/* ------------------------------------------------------------------ parameters */
static void every_class_is_registered_once_and_documented(void **state)
{
  int n = 0;
  for (const weir_exact_class *c; (c = weir_item(*state, WEIR_KIND_EXACT, n)) != NULL; n++) {
    assert_true(c->abi == WEIR_EXACT_ABI && c->nparam <= WEIR_EXACT_MAXPARAM && c->maxdim >= 1);
    assert_true(strlen(c->formula) > 10 && strlen(c->cite) > 3);
    assert_true((c->velocity != NULL) == ((c->flags & WEIR_EXACT_HAS_VELOCITY) != 0));
    assert_true((c->moments != NULL) == ((c->flags & WEIR_EXACT_HAS_MOMENTS) != 0));
    for (int k = 0; k < c->nparam; k++) {
      assert_true(strlen(c->param[k].doc) > 5);
      assert_true(strlen(weir_exact_shape_text(c->param[k].shape)) > 3);
    }
  }
  assert_int_equal(n, 9);
  check_fails(*state, weir_exact_register(*state), WEIR_EARG, "is taken");
}

static void bad_parameters_get_a_sentence(void **state)
{
  weir_ctx *ctx = *state;
  weir_exact *e = (weir_exact *)state;
  const double one = 1.0, minus = -1.0, half = 1.5, nan = (double)NAN, four[] = {1, 0, 0, 1}, bad[] = {1, 2, 0, 1};
  const double indefinite[] = {1, 2, 2, 1}, six[] = {1, 2, 3, 4, 5, 6}, zeros[] = {0, 0, 0};
  const weir_param D = num("diffusion", 1, 1, &one), A = num("A", 2, 2, four), tau = num("tau", 1, 1, &one);
  const weir_param lo = num("lo", 2, 1, zeros), hi = num("hi", 2, 1, six), v = num("velocity", 2, 1, six);
  const struct {
    const char *name;
    int dim, n;
    weir_param p[5];
    weir_status code;
    const char *says;
  } row[] = {
      {"heet", 1, 0, {D}, WEIR_ENOTFOUND, "did you mean 'heat'"},
      {"heat", 0, 1, {D}, WEIR_EARG, "heat: dimension 0, expected 1 .. 64"},
      {"advection", 4, 1, {D}, WEIR_EARG, "advection: dimension 4, expected 1 .. 3"},
      {"heat", 1, 0, {D}, WEIR_EARG, "parameter 'diffusion' is missing: D > 0"},
      {"heat", 1, 2, {D, num("difusion", 1, 1, &one)}, WEIR_EARG, "'difusion' (did you mean 'diffusion'?)"},
      {"heat", 1, 2, {D, num("zzzzzz", 1, 1, &one)}, WEIR_EARG, "'zzzzzz'; there are: diffusion, mean"},
      {"heat", 1, 2, {D, D}, WEIR_EARG, "'diffusion' is given twice"},
      {"heat", 1, 1, {num(NULL, 1, 1, &one)}, WEIR_EARG, "parameter 0 has no name"},
      {"heat", 1, 1, {num("diffusion", 2, 1, six)}, WEIR_EARG, "'diffusion' is 2 x 1, expected a number"},
      {"heat", 1, 1, {num("diffusion", 0, 1, six)}, WEIR_EARG, "'diffusion' holds no numbers"},
      {"heat", 1, 1, {word("diffusion", "much")}, WEIR_EARG, "'diffusion' is the word 'much', expected a number"},
      {"heat", 1, 1, {num("diffusion", 1, 1, &nan)}, WEIR_EARG, "entry 0 of parameter 'diffusion' is nan"},
      {"heat", 1, 1, {num("diffusion", 1, 1, &minus)}, WEIR_EARG, "'diffusion' is -1, expected > 0"},
      {"heat", 1, 1, {num("diffusion", 100000, 100000, six)}, WEIR_EARG, "'diffusion' is 100000 x 100000"},
      {"heat", 2, 2, {D, num("mean", 3, 1, six)}, WEIR_EARG, "'mean' is 3 x 1, expected K x d (d = 2)"},
      {"heat", 2, 2, {D, num("covariance", 3, 2, six)}, WEIR_EARG, "'covariance' is 3 x 2, expected K d x d"},
      {"heat", 1, 3, {D, num("mean", 2, 1, six), num("covariance", 3, 1, six)}, WEIR_EARG, "3 matrices for 2 means"},
      {"heat", 1, 3, {D, num("mean", 2, 1, six), num("weight", 3, 1, six)}, WEIR_EARG, "3 numbers for 2 means"},
      {"heat", 1, 2, {D, num("weight", 1, 1, &minus)}, WEIR_EARG, "weight 0 is -1, expected >= 0"},
      {"heat", 1, 2, {D, num("weight", 1, 1, zeros)}, WEIR_EARG, "the weights sum to 0"},
      {"heat", 2, 2, {D, num("covariance", 2, 2, bad)}, WEIR_EARG, "covariance 0 is not symmetric"},
      {"heat",
       2,
       2,
       {D, num("covariance", 2, 2, indefinite)},
       WEIR_EARG,
       "has the eigenvalue -1, expected a positive semidef"},
      {"linear-flow",
       2,
       2,
       {num("B", 2, 2, bad), num("covariance", 1, 1, zeros)},
       WEIR_EARG,
       "expected a positive definite"},
      {"ornstein-uhlenbeck", 2, 2, {A, num("diffusion", 1, 1, &minus)}, WEIR_EARG, "'diffusion' is -1, expected >= 0"},
      {"ornstein-uhlenbeck", 2, 2, {num("A", 2, 3, six), D}, WEIR_EARG, "'A' is 2 x 3, expected d x d, or a number"},
      {"heat-cosine", 2, 3, {D, lo, num("hi", 2, 1, zeros)}, WEIR_EARG, "the box is [0, 0] on axis 0"},
      {"heat-cosine", 1, 2, {D, num("wave", 1, 1, &half)}, WEIR_EARG, "'wave' is 1.5, expected a whole number"},
      {"heat-cosine", 1, 2, {D, num("wave", 1, 1, zeros)}, WEIR_EARG, "'wave' is zero on every axis"},
      {"heat-cosine", 1, 2, {D, num("amplitude", 1, 1, &half)}, WEIR_EARG, "'amplitude' is 1.5, expected |a| <= 1"},
      {"heat-cosine", 1, 2, {D, num("level", 1, 1, zeros)}, WEIR_EARG, "'level' is 0, expected > 0"},
      {"heat-cosine", 1, 1, {num("diffusion", 1, 1, zeros)}, WEIR_EARG, "'diffusion' is 0, expected > 0"},
      {"linear-potential-wall", 1, 1, {num("diffusion", 1, 1, zeros)}, WEIR_EARG, "'diffusion' is 0, expected > 0"},
      {"linear-potential-wall", 1, 1, {num("level", 1, 1, &minus)}, WEIR_EARG, "'level' is -1, expected > 0"},
      {"linear-potential-wall", 2, 2, {lo, num("hi", 2, 1, zeros)}, WEIR_EARG, "expected lo < hi"},
      {"linear-potential-wall", 1, 1, {num("g", 1, 1, (const double[]){1000})}, WEIR_EARG, "g L/(2 D) = 500"},
      {"gaussian-jko", 2, 3, {num("A", 2, 2, bad), D, tau}, WEIR_EARG, "'A' is not symmetric"},
      {"gaussian-jko", 2, 3, {A, D, num("tau", 1, 1, zeros)}, WEIR_EARG, "'tau' is 0, expected > 0"},
      {"gaussian-jko", 2, 3, {A, num("diffusion", 1, 1, &minus), tau}, WEIR_EARG, "'diffusion' is -1, expected >= 0"},
      {"gaussian-jko", 1, 3, {num("A", 1, 1, &minus), D, tau}, WEIR_EARG, "has no minimiser: A has the eigenvalue -1"},
      {"gaussian-jko",
       2,
       4,
       {A, D, tau, num("steps", 1, 1, &half)},
       WEIR_EARG,
       "'steps' is 1.5, expected a whole number"},
      {"gaussian-jko",
       2,
       4,
       {A, D, tau, num("covariance", 2, 2, indefinite)},
       WEIR_EARG,
       "'covariance' is not symmetric and"},
      {"advection", 2, 2, {v, word("profile", "sinus")}, WEIR_EARG, "'profile' is 'sinus', expected sine"},
      {"advection", 2, 2, {v, num("profile", 1, 1, &one)}, WEIR_EARG, "'profile' is a number, expected a word"},
      {"advection", 2, 2, {v, word("profile", "sine")}, WEIR_EARG, "profile 'sine' needs parameter 'lo'"},
      {"advection",
       2,
       3,
       {v, word("profile", "sine"), num("from", 2, 1, six)},
       WEIR_EARG,
       "'from' has no meaning for profile"},
      {"advection", 2, 4, {v, word("profile", "sin4"), lo, num("hi", 2, 1, zeros)}, WEIR_EARG, "expected lo < hi"},
      {"advection", 2, 5, {v, word("profile", "sine"), lo, hi, num("wave", 2, 1, zeros)}, WEIR_EARG, "'wave' is zero"},
      {"advection",
       2,
       5,
       {v, word("profile", "sine"), lo, hi, num("amplitude", 1, 1, &half)},
       WEIR_EARG,
       "'amplitude' is 1.5"},
      {"advection", 2, 5, {v, word("profile", "sine"), lo, hi, num("level", 1, 1, &minus)}, WEIR_EARG, "'level' is -1"},
      {"advection",
       1,
       5,
       {num("velocity", 1, 1, &one), word("profile", "gaussian"), num("mean", 1, 1, &one),
        num("covariance", 1, 1, &one), num("lo", 1, 1, &one)},
       WEIR_EARG,
       "'hi' is missing"},
      {"advection",
       2,
       4,
       {v, word("profile", "indicator"), num("from", 2, 1, six), num("to", 2, 1, six)},
       WEIR_EARG,
       "expected from < to"},
      {"advection",
       2,
       4,
       {v, word("profile", "indicator"), lo, num("from", 2, 1, six)},
       WEIR_EARG,
       "needs parameter 'to'"},
  };
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
    check_fails(ctx, weir_exact_create(ctx, row[k].name, row[k].dim, row[k].n, row[k].p, &e), row[k].code, row[k].says);
    assert_null(e);
  }
  const double wide = 1e8, box0 = 0.0, box1 = 1.0, shift = 2.0;
  const weir_param many[] = {num("velocity", 1, 1, &one),    word("profile", "gaussian"), num("mean", 1, 1, &one),
                             num("covariance", 1, 1, &wide), num("lo", 1, 1, &box0),      num("hi", 1, 1, &box1)};
  check_fails(ctx, weir_exact_create(ctx, "advection", 1, 6, many, &e), WEIR_EARG, "periodic images are needed");
  const weir_param longer[] = {
      many[0], word("profile", "indicator"), num("from", 1, 1, &box0), num("to", 1, 1, &shift), many[4], many[5]};
  check_fails(ctx, weir_exact_create(ctx, "advection", 1, 6, longer, &e), WEIR_EARG, "the periodic box only 1");
  weir_exact_destroy(&e);
  weir_exact_destroy(NULL);
}

/* A number, a diagonal and the full matrix say the same; so do one and K covariances. */
static void short_forms_of_matrices_mean_the_full_ones(void **state)
{
  const double two = 2.0, diag[] = {2, 2}, full[] = {2, 0, 0, 2}, twice[] = {2, 0, 0, 2, 2, 0, 0, 2}, D = 1.0;
  const double mean[] = {1, 2, -1, 0.5}, x[] = {0.3, -0.4};
  const weir_param form[] = {num("covariance", 1, 1, &two), num("covariance", 2, 1, diag),
                             num("covariance", 1, 2, diag), num("covariance", 2, 2, full),
                             num("covariance", 4, 2, twice)};
  double first = 0.0;
  for (int k = 0; k < 5; k++) {
    const weir_param p[] = {num("diffusion", 1, 1, &D), form[k], num("mean", 2, 2, mean)};
    weir_exact *e = NULL;
    check_ok(*state, weir_exact_create(*state, "heat", 2, 3, p, &e));
    assert_int_equal(weir_exact_dim(e), 2);
    assert_string_equal(weir_exact_class_of(e)->name, "heat");
    double l = 0.0;
    weir_exact_log_density(e, 0.5, 1, x, &l);
    if (k == 0) first = l;
    assert_true(l == first);
    weir_exact_destroy(&e);
  }
}

static void where_there_is_no_solution_there_is_nan(void **state)
{
  const double D = 1.0, x = 0.5, A = 1.0;
  const weir_param p[] = {num("diffusion", 1, 1, &D), num("A", 1, 1, &A), num("tau", 1, 1, &D)};
  const char *const name[] = {"heat", "ornstein-uhlenbeck", "heat-cosine", "linear-potential-wall", "gaussian-jko"};
  const int n[] = {1, 2, 1, 1, 3};
  for (int k = 0; k < 5; k++) {
    weir_exact *e = NULL;
    check_ok(*state, weir_exact_create(*state, name[k], 1, n[k], p, &e));
    double l = 0.0, v = 0.0, m = 7.0, c = 7.0;
    check_fails(*state, weir_exact_exists(*state, e, -0.5), WEIR_EARG, "-0.5");
    weir_exact_log_density(e, -0.5, 1, &x, &l);
    assert_true(isnan(l));
    assert_true(weir_exact_velocity(e, -0.5, 1, &x, &v));
    assert_true(isnan(v));
    assert_true(isnan(weir_exact_mass(e, -0.5)));
    assert_false(weir_exact_moments(e, -0.5, &m, &c));
    assert_true(m == 7.0 && c == 7.0);
    assert_false(k < 4 && weir_exact_jko_map(e, 0, 1, &x, &m));
    weir_exact_destroy(&e);
  }
}

/* ------------------------------------------------------------------ Ornstein-Uhlenbeck */
/* math.md C12: D = a = 1, m0 = 1.5, s0 = 0.5, t = 1: m = 1.5/e, var = 1 - 0.75 e^-2. */
static void the_scalar_process_has_its_known_moments(void **state)
{
  const double one = 1.0, m0 = 1.5, s2 = 0.25;
  const weir_param p[] = {num("A", 1, 1, &one), num("diffusion", 1, 1, &one), num("mean", 1, 1, &m0),
                          num("covariance", 1, 1, &s2)};
  weir_exact *e = NULL;
  double m = 0.0, v = 0.0;
  check_ok(*state, weir_exact_create(*state, "ornstein-uhlenbeck", 1, 4, p, &e));
  assert_true(weir_exact_moments(e, 1.0, &m, &v));
  check_close(m, 1.5 * exp(-1.0), 1e-15);
  check_close(v, 1.0 - 0.75 * exp(-2.0), 1e-15);
  assert_true(weir_exact_moments(e, 500.0, &m, &v)); /* |A| t eps = 1e-13 */
  check_close(m, 0.0, 1e-200);
  check_close(v, 1.0, 1e-13);
  weir_exact_destroy(&e);
}

static void lyapunov(int d, const double *A, const double *b, double D, const double *y, double *dy)
{
  const double *m = y, *S = y + d;
  for (int i = 0; i < d; i++) {
    dy[i] = 0.0;
    for (int k = 0; k < d; k++) dy[i] -= A[i * d + k] * (m[k] - b[k]);
    for (int j = 0; j < d; j++) {
      double s = i == j ? 2.0 * D : 0.0;
      for (int k = 0; k < d; k++) s -= A[i * d + k] * S[k * d + j] + S[i * d + k] * A[j * d + k];
      dy[d + i * d + j] = s;
    }
  }
}

/* m' = -A (m-b), S' = -A S - S A' + 2 D I by classical Runge-Kutta. */
static void runge_kutta(int d, const double *A, const double *b, double D, double t, int steps, double *y)
{
  const int n = d + d * d;
  const double h = t / steps;
  double k1[12], k2[12], k3[12], k4[12], z[12];
  for (int s = 0; s < steps; s++) {
    lyapunov(d, A, b, D, y, k1);
    for (int i = 0; i < n; i++) z[i] = y[i] + 0.5 * h * k1[i];
    lyapunov(d, A, b, D, z, k2);
    for (int i = 0; i < n; i++) z[i] = y[i] + 0.5 * h * k2[i];
    lyapunov(d, A, b, D, z, k3);
    for (int i = 0; i < n; i++) z[i] = y[i] + h * k3[i];
    lyapunov(d, A, b, D, z, k4);
    for (int i = 0; i < n; i++) y[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
  }
}

static void covariances_follow_their_equation_for_any_matrix(void **state)
{
  const double b[] = {0.3, -0.2, 0.7}, m0[] = {1.0, -0.5, 0.2}, S0[] = {0.5, -0.2, 0.1, -0.2, 0.4, 0, 0.1, 0, 0.6};
  const struct {
    int d;
    double A[9];
  } row[] = {
      {2, {1, 2, -2, 1.5}},                  /* math.md C12: not symmetric, not reversible */
      {2, {0, 1, 0, 0}},                     /* nilpotent */
      {2, {0, 0, 0, 0}},                     /* heat */
      {2, {-1, 0.5, 0.2, 0.3}},              /* unstable */
      {3, {1, 1, 0, 0, 1, 1, 0, 0, 1}},      /* a Jordan block */
      {3, {0.1, 2, 0, -2, 0.1, 0, 0, 0, 8}}, /* slow spiral, fast axis */
  };
  for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
    const int d = row[r].d;
    double S[9], y[12], mean[3], cov[9], D = 0.7;
    for (int i = 0; i < d; i++)
      for (int j = 0; j < d; j++) S[i * d + j] = S0[i * 3 + j];
    const weir_param p[] = {num("A", d, d, row[r].A), num("diffusion", 1, 1, &D), num("b", d, 1, b),
                            num("mean", d, 1, m0), num("covariance", d, d, S)};
    weir_exact *e = NULL;
    check_ok(*state, weir_exact_create(*state, "ornstein-uhlenbeck", d, 5, p, &e));
    memcpy(y, m0, (size_t)d * sizeof *y);
    memcpy(y + d, S, (size_t)(d * d) * sizeof *y);
    runge_kutta(d, row[r].A, b, D, 1.3, 4000, y); /* error (8 t/4000)^4/120 < 1e-12 */
    assert_true(weir_exact_moments(e, 1.3, mean, cov));
    for (int i = 0; i < d; i++) check_close(mean[i], y[i], 2e-12);
    for (int i = 0; i < d * d; i++) check_close(cov[i], y[d + i], 2e-11);
    weir_exact_destroy(&e);
  }
}

/* Stationary covariance of C12: A S + S A' = 2 D I. */
static void long_times_reach_the_stationary_covariance(void **state)
{
  const double A[] = {1, 2, -2, 1.5}, D = 0.7;
  const weir_param p[] = {num("A", 2, 2, A), num("diffusion", 1, 1, &D)};
  weir_exact *e = NULL;
  double m[2], S[4];
  check_ok(*state, weir_exact_create(*state, "ornstein-uhlenbeck", 2, 2, p, &e));
  assert_true(weir_exact_moments(e, 60.0, m, S));
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 2; j++) {
      double s = i == j ? -2.0 * D : 0.0;
      for (int k = 0; k < 2; k++) s += A[i * 2 + k] * S[k * 2 + j] + S[i * 2 + k] * A[j * 2 + k];
      check_close(s, 0.0, 1e-13);
    }
  weir_exact_destroy(&e);
}

/* Van Loan's augmented exponential by GSL in 10 dimensions: exp([[-B, 2DI],[0, B']] t) = [[.., G],[0, E']], Q = E G. */
static void ten_dimensions_agree_with_an_augmented_exponential(void **state)
{
  enum { D10 = 10, N = 2 * D10 };
  double B[D10 * D10], A[D10 * D10], mean[D10], cov[D10 * D10], diffusion = 0.3, t = 0.8, zero = 0.0;
  uint64_t seed = 7;
  for (int i = 0; i < D10 * D10; i++) B[i] = 0.5 * noise(&seed) - (i % (D10 + 1) == 0 ? 1.0 : 0.0), A[i] = -B[i];
  gsl_matrix *M = gsl_matrix_calloc(N, N), *X = gsl_matrix_alloc(N, N);
  for (size_t i = 0; i < D10; i++)
    for (size_t j = 0; j < D10; j++) {
      gsl_matrix_set(M, i, j, -B[i * D10 + j] * t);
      gsl_matrix_set(M, D10 + i, D10 + j, B[j * D10 + i] * t);
      if (i == j) gsl_matrix_set(M, i, D10 + j, 2.0 * diffusion * t);
    }
  assert_int_equal(gsl_linalg_exponential_ss(M, X, GSL_PREC_DOUBLE), 0);
  const weir_param p[] = {num("A", D10, D10, A), num("diffusion", 1, 1, &diffusion), num("covariance", 1, 1, &zero)};
  weir_exact *e = NULL;
  check_ok(*state, weir_exact_create(*state, "ornstein-uhlenbeck", D10, 3, p, &e));
  assert_true(weir_exact_moments(e, t, mean, cov));
  for (size_t i = 0; i < D10; i++)
    for (size_t j = 0; j < D10; j++) {
      double s = 0.0;
      for (size_t k = 0; k < D10; k++) s += gsl_matrix_get(X, D10 + k, D10 + i) * gsl_matrix_get(X, k, D10 + j);
      check_close(cov[i * D10 + j], s, 1e-13); /* entries of order 0.3; measured 4e-16 */
    }
  /* the density at a point from GSL's Cholesky factor */
  gsl_matrix *S = gsl_matrix_alloc(D10, D10);
  gsl_vector *x = gsl_vector_alloc(D10), *z = gsl_vector_alloc(D10);
  double pt[D10], l = 0.0, logdet = 0.0, square = 0.0;
  for (size_t i = 0; i < D10; i++) {
    gsl_vector_set(x, i, pt[i] = 0.3 * (double)i - 1.0);
    for (size_t j = 0; j < D10; j++) gsl_matrix_set(S, i, j, cov[i * D10 + j]);
  }
  assert_int_equal(gsl_linalg_cholesky_decomp1(S), 0);
  for (size_t i = 0; i < D10; i++) logdet += 2.0 * log(gsl_matrix_get(S, i, i));
  gsl_linalg_cholesky_solve(S, x, z);
  for (size_t i = 0; i < D10; i++) square += gsl_vector_get(x, i) * gsl_vector_get(z, i);
  weir_exact_log_density(e, t, 1, pt, &l);
  check_rel(l, -0.5 * (D10 * log(2.0 * WEIR_PI) + logdet + square), 1e-13);
  gsl_matrix_free(M), gsl_matrix_free(X), gsl_matrix_free(S), gsl_vector_free(x), gsl_vector_free(z);
  weir_exact_destroy(&e);
}

/* A mixture far from its points: logarithms do not underflow. */
static void log_densities_do_not_underflow(void **state)
{
  const double D = 0.5, mean[] = {-1, 1}, x[] = {1e6, -1e6};
  const weir_param p[] = {num("diffusion", 1, 1, &D), num("mean", 2, 1, mean)};
  weir_exact *e = NULL;
  double l[2], v[2];
  check_ok(*state, weir_exact_create(*state, "heat", 1, 2, p, &e));
  weir_exact_log_density(e, 1.0, 2, x, l); /* variance 2; the nearer Gaussian */
  for (int k = 0; k < 2; k++)
    check_rel(l[k], -0.25 * (1e6 - 1) * (1e6 - 1) - 0.5 * log(4.0 * WEIR_PI) - log(2.0), 1e-15);
  assert_true(weir_exact_velocity(e, 1.0, 2, x, v));
  for (int k = 0; k < 2; k++) check_rel(v[k], D * 0.5 * (x[k] - mean[1 - k]), 1e-14);
  weir_exact_destroy(&e);
}

/* ------------------------------------------------------------------ JKO */
typedef struct quadratic {
  int d;
  double A[9], b[3], m[3], S[9], D, kappa, tau, steps;
} quadratic;

static weir_exact *make_chain(weir_ctx *ctx, const quadratic *q)
{
  const int d = q->d;
  const weir_param p[] = {num("A", d, d, q->A),          num("b", d, 1, q->b),          num("mean", d, 1, q->m),
                          num("covariance", d, d, q->S), num("diffusion", 1, 1, &q->D), num("kappa", 1, 1, &q->kappa),
                          num("tau", 1, 1, &q->tau),     num("steps", 1, 1, &q->steps)};
  weir_exact *e = NULL;
  check_ok(ctx, weir_exact_create(ctx, "gaussian-jko", d, 8, p, &e));
  return e;
}

static void jko_steps_are_the_printed_ones(void **state)
{
  quadratic q = {.d = 2, .A = {2, .8, .8, 1}, .m = {.5, -.3}, .S = {.5, -.2, -.2, .4}, .D = 1, .tau = 0.1, .steps = 3};
  const double want[2][5] = {{0.43696711, -0.3045067, 0.5246866, -0.21863151, 0.52225414},
                             {0.23134328, -0.24253731, 0.61378655, -0.35928815, 0.95228358}};
  for (int k = 0; k < 2; k++) {
    q.tau = k == 0 ? 0.1 : 1.0;
    weir_exact *e = make_chain(*state, &q);
    double m[2], S[4];
    assert_true(weir_exact_moments(e, q.tau, m, S));
    check_close(m[0], want[k][0], 5.01e-9); /* half a unit of the last digit printed */
    check_close(m[1], want[k][1], k == 0 ? 5.01e-8 : 5.01e-9);
    check_close(S[0], want[k][2], k == 0 ? 5.01e-8 : 5.01e-9);
    check_close(S[1], want[k][3], 5.01e-9);
    check_close(S[3], want[k][4], 5.01e-9);
    assert_true(S[1] == S[2]);
    weir_exact_destroy(&e);
  }
  /* d-dimensional isotropic, sigma0 = .5, a = 1, tau = .5 */
  quadratic iso = {
      .d = 3, .A = {1, 0, 0, 0, 1, 0, 0, 0, 1}, .S = {.25, 0, 0, 0, .25, 0, 0, 0, .25}, .D = 1, .tau = .5, .steps = 1};
  weir_exact *e = make_chain(*state, &iso);
  double m[3], S[9];
  assert_true(weir_exact_moments(e, 0.5, m, S));
  for (int i = 0; i < 9; i++) check_close(sqrt(S[i]), i % 4 == 0 ? 0.76759188 : 0.0, 5.01e-9);
  weir_exact_destroy(&e);
}

static double energy(const quadratic *q, const double *m, const double *S)
{
  const int d = q->d;
  const double det = d == 1   ? S[0]
                     : d == 2 ? S[0] * S[3] - S[1] * S[2]
                              : S[0] * (S[4] * S[8] - S[5] * S[7]) - S[1] * (S[3] * S[8] - S[5] * S[6]) +
                                    S[2] * (S[3] * S[7] - S[4] * S[6]);
  double e = -0.5 * q->D * log(det);
  for (int i = 0; i < d; i++) {
    e += 0.5 * q->kappa * S[i * d + i];
    for (int j = 0; j < d; j++) e += 0.5 * q->A[i * d + j] * (S[i * d + j] + (m[i] - q->b[i]) * (m[j] - q->b[j]));
  }
  return e;
}

static const quadratic general = {.d = 3,
                                  .A = {1, .3, 0, .3, .5, -.4, 0, -.4, -.2},
                                  .b = {.5, -1, .2},
                                  .m = {1, 0, -.5},
                                  .S = {.5, -.3, .1, -.3, .4, .05, .1, .05, .6},
                                  .D = 0.7,
                                  .kappa = 0.4,
                                  .tau = 0.3,
                                  .steps = 5};

/* The step minimises E + W2^2/(2 tau): no Gaussian nearby does better, and the gain is quadratic, so the first derivative is 0:
 * (f(+d) - f(-d))/(2d) = O(d^2) with d = 1e-4, rounding eps/d = 1e-12. W2 from weir_gaussian_w2, nothing shared with the chain's formula. */
static void a_jko_step_is_a_minimum(void **state)
{
  const quadratic q = general;
  weir_exact *e = make_chain(*state, &q);
  double m0[3], S0[9], m[3], S[9];
  for (int k = 0; k < 3; k++) {
    assert_true(weir_exact_moments(e, k * q.tau, m0, S0) && weir_exact_moments(e, (k + 1) * q.tau, m, S));
    uint64_t seed = 99;
    for (int trial = 0; trial < 12; trial++) {
      double f[3], dm[3], dS[9];
      for (int i = 0; i < 3; i++) dm[i] = noise(&seed);
      for (int i = 0; i < 9; i++) dS[i] = noise(&seed);
      for (int s = -1; s <= 1; s++) {
        double mm[3], SS[9], w = 0.0;
        for (int i = 0; i < 3; i++) mm[i] = m[i] + 1e-4 * s * dm[i];
        for (int i = 0; i < 9; i++) SS[i] = S[i] + 0.5e-4 * s * (dS[i] + dS[i % 3 * 3 + i / 3]);
        check_ok(*state, weir_gaussian_w2(*state, 3, mm, SS, m0, S0, &w));
        f[s + 1] = energy(&q, mm, SS) + w * w / (2.0 * q.tau);
      }
      assert_true(f[1] < f[0] && f[1] < f[2]);
      check_close((f[2] - f[0]) / 2e-4, 0.0, 1e-6);
    }
  }
  weir_exact_destroy(&e);
}

/* The map of a step carries N(m, S) to N(m', S'): L S L' = S' for its linear part L (read off unit vectors), L symmetric; the optimality
 * condition x = y + tau grad dE/drho'(y) holds at points; and the step's W2 is the cost of the map. */
static void jko_maps_carry_each_state_to_the_next(void **state)
{
  const quadratic q = general;
  weir_exact *e = make_chain(*state, &q);
  double m[3], S[9], mn[3], Sn[9], L[9], x[12] = {0}, y[12], v[12], w2 = 0.0;
  for (int i = 0; i < 3; i++) x[3 * i + i] = 1.0; /* e_1, e_2, e_3, 0 */
  for (int k = 0; k < 5; k++) {
    assert_true(weir_exact_moments(e, k * q.tau, m, S) && weir_exact_moments(e, (k + 1) * q.tau, mn, Sn));
    assert_true(weir_exact_jko_map(e, k, 4, x, y));
    assert_true(weir_exact_velocity(e, k * q.tau, 4, x, v));
    for (int i = 0; i < 12; i++) check_close(x[i] + q.tau * v[i], y[i], 1e-14);
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++) L[i * 3 + j] = y[3 * j + i] - y[9 + i];
    double cost = 0.0;
    for (int i = 0; i < 3; i++) {
      cost += (m[i] - mn[i]) * (m[i] - mn[i]);
      double centre = y[9 + i];
      for (int j = 0; j < 3; j++) centre += L[i * 3 + j] * m[j];
      check_close(centre, mn[i], 1e-14);
      for (int j = 0; j < 3; j++) {
        check_close(L[i * 3 + j], L[j * 3 + i], 1e-14);
        double s = 0.0;
        for (int a = 0; a < 3; a++)
          for (int c = 0; c < 3; c++) {
            s += L[i * 3 + a] * S[a * 3 + c] * L[j * 3 + c];
            cost += i == j ? (L[i * 3 + a] - (i == a)) * S[a * 3 + c] * (L[i * 3 + c] - (i == c)) : 0.0;
          }
        check_close(s, Sn[i * 3 + j], 1e-14 * 4);
      }
    }
    check_ok(*state, weir_gaussian_w2(*state, 3, m, S, mn, Sn, &w2));
    check_rel(w2, sqrt(cost), 1e-13);
  }
  assert_false(weir_exact_jko_map(e, 5, 1, x, y));
  assert_false(weir_exact_jko_map(e, -1, 1, x, y));
  check_fails(*state, weir_exact_exists(*state, e, 0.31), WEIR_EARG, "expected a multiple of tau = 0.2999");
  check_fails(*state, weir_exact_exists(*state, e, 1.8), WEIR_EARG, "from 0 to 5 tau");
  check_ok(*state, weir_exact_exists(*state, e, 0.3 + 0.3 + 0.3));
  weir_exact_destroy(&e);
}

/* S = D (A + kappa I)^-1, m = b stays put for every tau; and as tau -> 0 the chain tends to the flow at first order. */
static void jko_has_the_exact_equilibrium_and_first_order(void **state)
{
  quadratic q = {
      .d = 2, .A = {2, .8, .8, 1}, .b = {.3, .4}, .m = {.3, .4}, .D = .7, .kappa = .5, .tau = 3.0, .steps = 50};
  const double det = 2.5 * 1.5 - 0.64, S0[] = {.7 * 1.5 / det, -.7 * .8 / det, -.7 * .8 / det, .7 * 2.5 / det};
  memcpy(q.S, S0, sizeof S0);
  weir_exact *e = make_chain(*state, &q);
  double m[2], S[4];
  assert_true(weir_exact_moments(e, 150.0, m, S));
  for (int i = 0; i < 4; i++) check_close(S[i], S0[i], 1e-14);
  for (int i = 0; i < 2; i++) check_close(m[i], q.b[i], 1e-14);
  weir_exact_destroy(&e);

  /* the 1D process of math.md: W2 to the flow at T = 1, K = 10, 20, 40, 80 */
  const double one = 1.0, m0 = 1.5, s2 = 0.25;
  const weir_param p[] = {num("A", 1, 1, &one), num("diffusion", 1, 1, &one), num("mean", 1, 1, &m0),
                          num("covariance", 1, 1, &s2)};
  weir_exact *flow = NULL;
  double mf = 0.0, Sf = 0.0, w = 0.0;
  check_ok(*state, weir_exact_create(*state, "ornstein-uhlenbeck", 1, 4, p, &flow));
  assert_true(weir_exact_moments(flow, 1.0, &mf, &Sf));
  const double want[] = {2.98e-2, 1.52e-2, 7.67e-3, 3.86e-3};
  for (int k = 0; k < 4; k++) {
    const int K = 10 << k;
    quadratic r = {.d = 1, .A = {1}, .m = {1.5}, .S = {.25}, .D = 1, .tau = 1.0 / K, .steps = K};
    e = make_chain(*state, &r);
    assert_true(weir_exact_moments(e, 1.0, m, S));
    check_ok(*state, weir_gaussian_w2(*state, 1, m, S, &mf, &Sf, &w));
    check_rel(w, want[k], 2e-3); /* three digits printed */
    weir_exact_destroy(&e);
  }
  weir_exact_destroy(&flow);
}

/* ------------------------------------------------------------------ distances */
static void gaussian_distances_have_their_closed_forms(void **state)
{
  const double zero[3] = {0}, m[] = {3, 4, 0}, I[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  double w = 0.0;
  check_ok(*state, weir_gaussian_w2(*state, 3, zero, I, m, I, &w));
  check_close(w, 5.0, 1e-15 * 4);
  /* commuting: sum (sqrt a - sqrt b)^2; a common rotation by the angle 0.7 */
  const double c = cos(0.7), s = sin(0.7), a[] = {4, 0.09}, b[] = {1, 0.25};
  double A[4], B[4];
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 2; j++) {
      const double R[2][2] = {{c, -s}, {s, c}};
      A[i * 2 + j] = R[i][0] * a[0] * R[j][0] + R[i][1] * a[1] * R[j][1];
      B[i * 2 + j] = R[i][0] * b[0] * R[j][0] + R[i][1] * b[1] * R[j][1];
    }
  check_ok(*state, weir_gaussian_w2(*state, 2, zero, A, zero, B, &w));
  check_rel(w, sqrt(1.0 + 0.04), 1e-14);
  /* not commuting, 2D: tr sqrt(M) = sqrt(tr M + 2 sqrt(det M)) for M = S1^1/2 S2 S1^1/2, tr M = tr S1 S2 */
  const double S1[] = {.5, -.2, -.2, .4}, S2[] = {.3, .25, .25, .9};
  const double tr = S1[0] * S2[0] + 2 * S1[1] * S2[1] + S1[3] * S2[3];
  const double det = (S1[0] * S1[3] - S1[1] * S1[1]) * (S2[0] * S2[3] - S2[1] * S2[1]);
  check_ok(*state, weir_gaussian_w2(*state, 2, zero, S1, zero, S2, &w));
  check_rel(w * w, 0.9 + 1.2 - 2.0 * sqrt(tr + 2.0 * sqrt(det)), 1e-14);
  double back = 0.0;
  check_ok(*state, weir_gaussian_w2(*state, 2, zero, S2, zero, S1, &back));
  check_rel(back, w, 1e-14);
  /* a line and a point: singular covariances */
  const double line[] = {1, 1, 1, 1}, point[4] = {0};
  check_ok(*state, weir_gaussian_w2(*state, 2, zero, line, zero, point, &w));
  check_rel(w, sqrt(2.0), 1e-15 * 4);
  check_ok(*state, weir_gaussian_w2(*state, 2, zero, line, zero, S1, &w));
  check_rel(w * w, 2.0 + 0.9 - 2.0 * sqrt(0.5 - 0.4 + 0.4), 1e-7); /* singular: sqrt(eps) of the input's rounding */
}

/* Nearly equal: a relative 1e-9 in the standard deviation is found to 6 digits (the trace formula has noise 1e-8). */
static void nearby_gaussians_have_accurate_distances(void **state)
{
  const double zero[3] = {0}, S[] = {.5, -.3, .1, -.3, .4, .05, .1, .05, .6};
  double T[9], w = 0.0;
  for (int i = 0; i < 9; i++) T[i] = S[i] * (1.0 + 1e-9) * (1.0 + 1e-9);
  check_ok(*state, weir_gaussian_w2(*state, 3, zero, S, zero, T, &w));
  check_rel(w, 1e-9 * sqrt(1.5), 1e-6);
  check_ok(*state, weir_gaussian_w2(*state, 3, zero, S, zero, S, &w));
  check_close(w, 0.0, 1e-15);
}

static void distances_refuse_what_is_no_covariance(void **state)
{
  const double m[] = {0, 0}, I[] = {1, 0, 0, 1}, skew[] = {1, 1, 0, 1}, neg[] = {1, 2, 2, 1},
               nan[] = {(double)NAN, 0, 0, 1};
  const double bad[] = {0, (double)INFINITY};
  double w = 3.0;
  check_fails(*state, weir_gaussian_w2(*state, 0, m, I, m, I, &w), WEIR_EARG, "dimension 0, expected 1 .. 64");
  check_fails(*state, weir_gaussian_w2(*state, 65, m, I, m, I, &w), WEIR_EARG, "dimension 65");
  check_fails(*state, weir_gaussian_w2(*state, 2, m, I, m, skew, &w), WEIR_EARG, "covariance 2 is not symmetric");
  check_fails(*state, weir_gaussian_w2(*state, 2, m, neg, m, I, &w), WEIR_EARG, "covariance 1 has the eigenvalue -1");
  check_fails(*state, weir_gaussian_w2(*state, 2, m, nan, m, I, &w), WEIR_EARG, "covariance 1: entry 0 is nan");
  check_fails(*state, weir_gaussian_w2(*state, 2, m, I, bad, I, &w), WEIR_EARG, "means: entry 1 is 0 and inf");
  assert_true(w == 3.0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      TEST(every_class_is_registered_once_and_documented),
      TEST(bad_parameters_get_a_sentence),
      TEST(short_forms_of_matrices_mean_the_full_ones),
      TEST(where_there_is_no_solution_there_is_nan),
      TEST(the_scalar_process_has_its_known_moments),
      TEST(covariances_follow_their_equation_for_any_matrix),
      TEST(long_times_reach_the_stationary_covariance),
      TEST(ten_dimensions_agree_with_an_augmented_exponential),
      TEST(log_densities_do_not_underflow),
      TEST(jko_steps_are_the_printed_ones),
      TEST(a_jko_step_is_a_minimum),
      TEST(jko_maps_carry_each_state_to_the_next),
      TEST(jko_has_the_exact_equilibrium_and_first_order),
      TEST(gaussian_distances_have_their_closed_forms),
      TEST(nearby_gaussians_have_accurate_distances),
      TEST(distances_refuse_what_is_no_covariance),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
