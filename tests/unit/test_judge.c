/* The judge on purpose-made defects: each must be found by its check, at its step, and nothing else may be blamed. */
#include "../support/check.h"
#include "../support/gauss.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 4000, STEPS = 3, BAD = 1 }; /* the defect sits at step 1 of 0, 1, 2 */

typedef struct bench {
  weir_ctx *ctx;
  gauss g;
  weir_cloud *c;
  weir_judge_options opt;
  weir_verdict *v;
} bench;

/* Tests of other checks than counts make do with 99 draws, for which counts cannot fail. */
static bench set_up(weir_ctx *ctx, int dim, ptrdiff_t cells, ptrdiff_t n)
{
  bench b = {.ctx = ctx, .g = gauss_make(dim)};
  gauss_mesh(ctx, &b.g, cells, 5, WEIR_UNIFORM, 0);
  b.c = gauss_cloud(ctx, &b.g, STEPS, n, 3, true);
  weir_judge_defaults(&b.opt);
  b.opt.draws = 399; /* the smallest p, 1/400, is below .01/3 */
  return b;
}

static void judge(bench *b)
{
  weir_verdict_destroy(&b->v);
  check_ok(b->ctx, weir_judge(b->ctx, b->c, gauss_truth, &b->g, &b->opt, &b->v));
}

static void tear_down(bench *b)
{
  weir_verdict_destroy(&b->v);
  weir_cloud_destroy(&b->c);
  gauss_clear(&b->g);
}

static void show(const weir_verdict *v)
{
  for (int i = 0; i < v->n; i++)
    if (v->check[i].outcome == WEIR_FAILED)
      print_message("#   step %d %s/%s value %g tolerance %g p %g: %s\n", v->check[i].step, v->check[i].check,
                    v->check[i].statistic, v->check[i].value, v->check[i].tolerance, v->check[i].p, v->check[i].text);
}

/* The row failed, at step BAD; failures are at that step only and in checks named in `allowed`. */
static const weir_check *only_fails(const bench *b, const char *check, const char *statistic, const char *allowed)
{
  const weir_check *c = find_check(b->v, check, statistic, BAD);
  if (c == NULL || c->outcome != WEIR_FAILED) show(b->v);
  assert_non_null(c);
  assert_int_equal(c->outcome, WEIR_FAILED);
  assert_int_equal(b->v->outcome, WEIR_FAILED);
  assert_true(strlen(c->text) > 15);
  for (int i = 0; i < b->v->n; i++) {
    const weir_check *o = &b->v->check[i];
    if (o->outcome != WEIR_FAILED) continue;
    if (o->step != BAD || strstr(allowed, o->check) == NULL) show(b->v);
    assert_int_equal(o->step, BAD);
    assert_non_null(strstr(allowed, o->check));
  }
  return c;
}

static double *at(bench *b, ptrdiff_t i)
{
  return b->c->x[BAD] + i * b->c->dim;
}

static void carry_truth(bench *b)
{
  for (ptrdiff_t i = 0; i < b->c->count[BAD]; i++) b->c->logrho[BAD][i] = gauss_log(&b->g, at(b, i));
}

/* ---------------------------------------------------------------- right clouds */
static void an_exact_cloud_passes_in_every_dimension(void **state)
{
  for (int dim = 1; dim <= 3; dim++) {
    bench b = set_up(*state, dim, dim == 1 ? 400 : dim == 2 ? 64 : 24, N);
    judge(&b);
    if (b.v->outcome == WEIR_FAILED) show(b.v);
    assert_true(b.v->outcome == WEIR_PASS);
    for (int i = 0; i < b.v->n; i++) {
      const weir_check *c = &b.v->check[i];
      assert_true(c->outcome != WEIR_NOT_TESTED);
      assert_true(strlen(c->text) > 5 && c->step >= 0 && c->step < STEPS);
      if (strcmp(c->check, "counts") == 0)
        assert_true(c->noise > 0 && c->noise95 > c->noise && c->tolerance > 0 && c->upper >= c->lower &&
                    c->p > c->level);
    }
    assert_int_equal(find_check(b.v, "density", "rms", 0)->outcome, WEIR_CERTIFIED);
    check_le(find_check(b.v, "density", "rms", 0)->value,
             0.02); /* the reconstruction's own error, worst in 3D (h = .42) */
    assert_int_equal(find_check(b.v, "normalisation", "integral", 0)->outcome, WEIR_CERTIFIED);
    assert_int_equal(find_check(b.v, "mass", "total", 0)->outcome, WEIR_CERTIFIED);
    assert_true((find_check(b.v, "counts", "cov", 0) != NULL) == (dim > 1)); /* in 1D it is spread */
    tear_down(&b);
  }
}

static void enough_particles_certify_a_right_cloud(void **state)
{
  bench b = set_up(*state, 2, 64, 60000);
  b.c->steps = 1;
  judge(&b);
  assert_int_equal(b.v->outcome, WEIR_CERTIFIED);
  b.c->steps = STEPS;
  tear_down(&b);
}

static void a_release_gate_fails_what_is_not_certified_and_says_how_many_particles_may_do(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.require_certified = true;
  judge(&b);
  assert_int_equal(b.v->outcome, WEIR_FAILED);
  const weir_check *c = find_check(b.v, "counts", "scan", 0);
  assert_int_equal(c->outcome, WEIR_FAILED);
  assert_non_null(strstr(c->text, "not certified"));
  assert_true(c->n_needed > N && c->n_needed < 1e6);
  tear_down(&b);
}

static void stretched_and_fine_meshes_judge_alike(void **state)
{
  const struct {
    ptrdiff_t n;
    weir_grading rule;
    double grade;
  } mesh[] = {{200, WEIR_UNIFORM, 0}, {90, WEIR_GEOMETRIC, 4}, {80, WEIR_TANH, 1.5}};
  for (int k = 0; k < 3; k++) {
    bench b = {.ctx = *state, .g = gauss_make(2)};
    gauss_mesh(b.ctx, &b.g, mesh[k].n, 5, mesh[k].rule, mesh[k].grade);
    b.c = gauss_cloud(b.ctx, &b.g, STEPS, N, 3, true);
    weir_judge_defaults(&b.opt);
    b.opt.draws = 399;
    judge(&b);
    assert_int_equal(b.v->outcome, WEIR_PASS);
    check_le(find_check(b.v, "density", "rms", 0)->value, 0.01);
    for (ptrdiff_t i = 0; i < N; i++) at(&b, i)[0] += 0.2;
    carry_truth(&b);
    judge(&b);
    (void)only_fails(&b, "counts", "mean", "counts normalisation");
    tear_down(&b);
  }
}

/* ---------------------------------------------------------------- integrity */
static void bad_numbers_fail_and_never_pass(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
  for (int k = 0; k < 3; k++) {
    const double keep = at(&b, 123)[1];
    at(&b, 123)[1] = bad[k];
    judge(&b);
    const weir_check *c = only_fails(&b, "integrity", "finite", "integrity");
    assert_int_equal(c->particle, 123);
    assert_non_null(strstr(c->text, "particle 123"));
    assert_int_equal(find_check(b.v, "counts", "chi2", BAD)->outcome, WEIR_NOT_TESTED);
    at(&b, 123)[1] = keep;
  }
  b.c->logrho[BAD][7] = (double)NAN;
  judge(&b);
  assert_int_equal(only_fails(&b, "integrity", "finite", "integrity")->particle, 7);
  b.c->logrho[BAD][7] = (double)INFINITY;
  judge(&b);
  assert_int_equal(only_fails(&b, "integrity", "finite", "integrity")->particle, 7);
  tear_down(&b);
}

static void a_carried_density_of_zero_fails_the_density_check(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  ptrdiff_t core = 0;
  while (fabs(at(&b, core)[0] - 0.5) > 0.5 || fabs(at(&b, core)[1] + 0.3) > 0.5) core++;
  b.c->logrho[BAD][core] = -(double)INFINITY;
  judge(&b);
  const weir_check *c = only_fails(&b, "density", "rms", "density");
  assert_int_equal(c->particle, core);
  assert_true(isnan(c->value));
  tear_down(&b);
}

static void bad_weights_and_empty_steps_fail(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  check_ok(b.ctx, weir_cloud_add(b.ctx, b.c, WEIR_CLOUD_W));
  for (int k = 0; k < STEPS; k++)
    for (ptrdiff_t i = 0; i < N; i++) b.c->w[k][i] = 1.0 / N;
  judge(&b);
  assert_int_equal(b.v->outcome, WEIR_PASS);
  b.c->w[BAD][5] = -1e-3;
  judge(&b);
  assert_non_null(strstr(only_fails(&b, "integrity", "finite", "integrity")->text, "negative: 1 weights"));
  b.c->w[BAD][5] = (double)NAN;
  judge(&b);
  (void)only_fails(&b, "integrity", "finite", "integrity");
  memset(b.c->w[BAD], 0, N * sizeof(double));
  judge(&b);
  assert_non_null(strstr(only_fails(&b, "integrity", "finite", "integrity")->text, "weights sum to 0"));
  b.c->count[BAD] = 0;
  judge(&b);
  assert_non_null(strstr(only_fails(&b, "integrity", "finite", "integrity")->text, "no particles"));
  b.c->count[BAD] = N;
  tear_down(&b);
}

static void one_point_many_times_fails(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  for (ptrdiff_t i = 0; i < N; i++) at(&b, i)[0] = 0.5, at(&b, i)[1] = -0.3;
  carry_truth(&b);
  judge(&b);
  assert_non_null(strstr(only_fails(&b, "integrity", "distinct", "integrity counts normalisation")->text, "one point"));
  tear_down(&b);
}

/* ---------------------------------------------------------------- mass */
static void lost_particles_fail_with_their_number_and_place(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  ptrdiff_t kept = 0;
  for (ptrdiff_t i = 0; i < N; i++) { /* everything beyond x = 2 is dropped: 6.7 % */
    if (at(&b, i)[0] > 2) continue;
    memmove(at(&b, kept), at(&b, i), 2 * sizeof(double));
    b.c->logrho[BAD][kept++] = b.c->logrho[BAD][i];
  }
  b.c->count[BAD] = kept;
  judge(&b);
  const weir_check *c = only_fails(&b, "mass", "total", "mass counts");
  char lost[40];
  snprintf(lost, sizeof lost, "%d particles are lost", (int)(N - kept));
  assert_non_null(strstr(c->text, lost));
  assert_true(c->has_place && c->place_hi[0] > 2 && c->observed < 0.6 * c->expected);
  assert_ptr_equal(weir_verdict_worst(b.v), c);
  b.opt.mass = WEIR_MASS_UNKNOWN;
  judge(&b);
  assert_int_equal(find_check(b.v, "mass", "total", BAD)->outcome, WEIR_NOT_TESTED);
  b.c->count[BAD] = N;
  tear_down(&b);
}

static void one_lost_particle_is_enough_and_so_is_a_drifting_weight(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  b.c->count[BAD] = N - 1;
  judge(&b);
  assert_non_null(strstr(only_fails(&b, "mass", "total", "mass")->text, "1 particles are lost"));
  b.c->count[BAD] = N;
  check_ok(b.ctx, weir_cloud_add(b.ctx, b.c, WEIR_CLOUD_W));
  for (int k = 0; k < STEPS; k++)
    for (ptrdiff_t i = 0; i < N; i++) b.c->w[k][i] = (k == BAD ? 1 + 1e-9 : 1) / N;
  judge(&b);
  (void)only_fails(&b, "mass", "total", "mass");
  b.c->bits = 24; /* 1e-9 is rounding in single precision */
  judge(&b);
  assert_int_equal(find_check(b.v, "mass", "total", BAD)->outcome, WEIR_CERTIFIED);
  tear_down(&b);
}

static void absorbed_mass_is_compared_with_what_the_truth_keeps(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  const ptrdiff_t len = b.g.mesh->len;
  for (ptrdiff_t c = 0; c < len; c++) b.g.rho[c] *= 0.8;
  b.g.mass = 0.8;
  for (int k = 0; k < STEPS; k++) {
    b.c->count[k] = k == BAD ? N * 17 / 20 : N * 4 / 5; /* .85 and .8; sd of a share .0063 */
    for (ptrdiff_t i = 0; i < N; i++) b.c->logrho[k][i] += log(0.8);
  }
  b.opt.mass = WEIR_MASS_ABSORBING;
  judge(&b);
  const weir_check *c = only_fails(&b, "mass", "total", "mass");
  check_close(c->value, 0.05, 1e-12);
  check_le(c->lower, 0.05), check_ge(c->lower, 0.02);
  assert_int_equal(find_check(b.v, "mass", "total", 0)->outcome, WEIR_PASS);
  check_le(find_check(b.v, "normalisation", "integral", 0)->value, 0.02);
  b.opt.mass = WEIR_MASS_CONSERVED; /* a cloud that keeps what the truth loses */
  for (int k = 0; k < STEPS; k++) b.c->count[k] = N;
  judge(&b);
  assert_non_null(strstr(find_check(b.v, "mass", "total", 0)->text, "judge with absorbing mass"));
  assert_int_equal(find_check(b.v, "mass", "total", 0)->outcome, WEIR_FAILED);
  tear_down(&b);
}

static void particles_outside_the_box_fail(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  for (ptrdiff_t i = 0; i < N / 50; i++) at(&b, i)[0] = 5.5;
  judge(&b);
  const weir_check *c = only_fails(&b, "mass", "outside", "mass");
  assert_int_equal(c->particle, 0);
  assert_non_null(strstr(c->text, "80 of 4000"));
  tear_down(&b);
}

/* With nobody inside there is no effective number inside either: the share outside must not be ranked as that of one particle. */
static void a_cloud_that_is_wholly_outside_fails(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  for (ptrdiff_t i = 0; i < N; i++) at(&b, i)[0] += 1e6;
  judge(&b);
  const weir_check *c = only_fails(&b, "mass", "outside", "mass");
  assert_non_null(strstr(c->text, "4000 of 4000"));
  check_ge(c->lower, 0.99);
  tear_down(&b);
}

static void particles_that_merge_fail_a_paired_cloud(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  for (ptrdiff_t i = 0; i < N / 20; i++) {
    memcpy(at(&b, i), at(&b, i + N / 2), 2 * sizeof(double));
    b.c->logrho[BAD][i] = b.c->logrho[BAD][i + N / 2];
  }
  judge(&b);
  const weir_check *c = only_fails(&b, "integrity", "distinct", "integrity");
  assert_non_null(strstr(c->text, "200 of 4000"));
  b.c->paired = false; /* a resampled cloud may hold copies */
  judge(&b);
  assert_int_not_equal(b.v->outcome, WEIR_FAILED);
  tear_down(&b);
}

/* A problem of mass .06: its own density and the normalised one are both right, as long as the cloud sticks to one. */
static void densities_in_the_unit_of_the_mass_are_right_too(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  b.g.unit = 0.06;
  judge(&b);
  assert_int_not_equal(b.v->outcome, WEIR_FAILED);
  for (int k = 0; k < STEPS; k++)
    for (ptrdiff_t i = 0; i < N; i++) b.c->logrho[k][i] += log(0.06);
  judge(&b);
  assert_int_not_equal(b.v->outcome, WEIR_FAILED);
  assert_non_null(strstr(find_check(b.v, "density", "mean", 1)->text, "unit of the case's mass"));
  for (ptrdiff_t i = 0; i < N; i++) b.c->logrho[BAD][i] -= log(0.06);
  judge(&b);
  (void)only_fails(&b, "density", "rms", "density normalisation");
  tear_down(&b);
}

/* Ten of 4000 carry a density 30 nats too low: the sample's standard error of lam^2 is as large as its mean, the count is proof. */
static void a_few_wild_densities_fail(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  int wild = 0;
  for (ptrdiff_t i = 0; i < N && wild < 10; i++)
    if (fabs(at(&b, i)[0]) < 1 && fabs(at(&b, i)[1]) < 1) b.c->logrho[BAD][i] -= 30, wild++;
  judge(&b);
  const weir_check *c = only_fails(&b, "density", "rms", "density normalisation");
  assert_non_null(strstr(c->text, "10 of "));
  check_ge(c->lower, c->tolerance);
  tear_down(&b);
}

/* One particle off by 3 is no proof of an rms above .1 among 4000: 4000 (.1/3)^2 = 4 such are allowed for. */
static void one_outlier_among_densities_passes(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  b.c->logrho[BAD][0] -= 3;
  judge(&b);
  assert_int_not_equal(b.v->outcome, WEIR_FAILED);
  tear_down(&b);
}

/* ---------------------------------------------------------------- counts */
static void a_shift_fails_mean(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  for (ptrdiff_t i = 0; i < N; i++) at(&b, i)[0] += 0.2;
  carry_truth(&b);
  judge(&b);
  const weir_check *c = only_fails(&b, "counts", "mean", "counts normalisation");
  check_close(c->value, 0.2, 0.06); /* standard deviations: sd of x is 1, noise .02; whitening mixes in y */
  check_ge(c->lower, c->tolerance);
  tear_down(&b);
}

static void a_wrong_variance_fails_spread(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  for (ptrdiff_t i = 0; i < N; i++)
    for (int a = 0; a < 2; a++) at(&b, i)[a] = b.g.mean[a] + sqrt(1.2) * (at(&b, i)[a] - b.g.mean[a]);
  carry_truth(&b);
  judge(&b);
  const weir_check *c = only_fails(&b, "counts", "spread", "counts normalisation");
  check_close(c->value, 0.2, 0.06);
  assert_non_null(strstr(c->text, "too large"));
  tear_down(&b);
}

static void a_shear_fails_cov(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  for (ptrdiff_t i = 0; i < N; i++) { /* same variances, other correlation: x -> L R z with R a shear of det 1 */
    double *x = at(&b, i), z[2];
    z[0] = (x[0] - b.g.mean[0]) / b.g.L[0][0];
    z[1] = (x[1] - b.g.mean[1] - b.g.L[1][0] * z[0]) / b.g.L[1][1];
    const double r = 0.2;
    z[1] = r * z[0] + sqrt(1 - r * r) * z[1];
    x[0] = b.g.mean[0] + b.g.L[0][0] * z[0], x[1] = b.g.mean[1] + b.g.L[1][0] * z[0] + b.g.L[1][1] * z[1];
  }
  carry_truth(&b);
  judge(&b);
  (void)only_fails(&b, "counts", "cov", "counts normalisation");
  assert_true(find_check(b.v, "counts", "spread", BAD)->outcome != WEIR_FAILED);
  tear_down(&b);
}

static void a_clump_fails_scan_and_is_located(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  weir_rng rng;
  weir_rng_seed(&rng, 8, 8);
  for (ptrdiff_t i = 0; i < N / 50; i++)
    at(&b, i)[0] = 1.6 + 0.1 * weir_rng_uniform(&rng), at(&b, i)[1] = 0.7 + 0.1 * weir_rng_uniform(&rng);
  carry_truth(&b);
  judge(&b);
  const weir_check *c = only_fails(&b, "counts", "scan", "counts");
  assert_true(c->has_place && c->observed > 2 * c->expected && c->observed >= 80);
  assert_true(c->place_lo[0] <= 1.65 && c->place_hi[0] >= 1.65 && c->place_lo[1] <= 0.75 && c->place_hi[1] >= 0.75);
  assert_true(c->place_hi[0] - c->place_lo[0] < 1);
  tear_down(&b);
}

static void another_law_with_the_same_moments_fails_chi2(void **state)
{
  bench b = set_up(*state, 1, 400, 20000);
  weir_rng rng;
  weir_rng_seed(&rng, 4, 4);
  for (ptrdiff_t i = 0; i < 20000; i++) /* a scale mixture of variance 1: half .6, half 1.4 */
    at(&b, i)[0] = b.g.mean[0] + sqrt(i % 2 == 0 ? 0.5 : 1.5) * weir_rng_normal(&rng);
  carry_truth(&b);
  judge(&b);
  (void)only_fails(&b, "counts", "chi2", "counts density normalisation");
  assert_true(find_check(b.v, "counts", "mean", BAD)->outcome != WEIR_FAILED);
  tear_down(&b);
}

static void the_truths_own_error_widens_the_tolerance(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  for (ptrdiff_t i = 0; i < N; i++) at(&b, i)[0] += 0.2;
  carry_truth(&b);
  /* The truth says: my density may be off by that of a shift of .2 */
  gauss shifted = b.g;
  shifted.mean[0] += 0.2, shifted.mesh = NULL, shifted.rho = NULL;
  gauss_mesh(b.ctx, &shifted, 64, 5, WEIR_UNIFORM, 0);
  check_ok(b.ctx, weir_mesh_array(b.ctx, b.g.mesh, "error", &b.g.error));
  for (ptrdiff_t c = 0; c < b.g.mesh->len; c++) b.g.error[c] = b.g.rho[c] - shifted.rho[c];
  double wide[2];
  for (int k = 0; k < 2; k++) {
    b.g.error_signed = k == 0;
    judge(&b);
    const weir_check *c = find_check(b.v, "counts", "mean", BAD);
    assert_true(c->outcome != WEIR_FAILED && b.v->outcome != WEIR_FAILED);
    wide[k] = c->tolerance;
  }
  check_ge(wide[0], 0.05 + 0.2), check_ge(wide[1], wide[0]);
  gauss_clear(&shifted);
  tear_down(&b);
}

static void an_own_tolerance_replaces_the_common_one(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  for (ptrdiff_t i = 0; i < N; i++) at(&b, i)[0] += 0.2;
  b.opt.tolerance[WEIR_STAT_MEAN] = 0.3;
  judge(&b);
  const weir_check *c = find_check(b.v, "counts", "mean", BAD);
  check_close(c->tolerance, 0.3, 0);
  assert_true(c->outcome != WEIR_FAILED);
  tear_down(&b);
}

/* ---------------------------------------------------------------- weights and copies */
static void importance_weights_are_judged_by_their_own_noise(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  gauss wide = b.g;
  wide.L[0][0] = 1.4, wide.L[1][1] = 1.0;
  check_ok(b.ctx, weir_cloud_add(b.ctx, b.c, WEIR_CLOUD_W));
  for (int k = 0; k < STEPS; k++) {
    weir_rng rng;
    weir_rng_seed(&rng, 5, (uint64_t)k);
    double sum = 0;
    for (ptrdiff_t i = 0; i < N; i++) {
      double *x = b.c->x[k] + 2 * i;
      gauss_sample(&wide, &rng, x);
      b.c->logrho[k][i] = gauss_log(&b.g, x);
      sum += b.c->w[k][i] = exp(b.c->logrho[k][i] - gauss_log(&wide, x));
    }
    for (ptrdiff_t i = 0; i < N; i++) b.c->w[k][i] /= sum;
  }
  judge(&b);
  if (b.v->outcome == WEIR_FAILED) show(b.v);
  assert_int_equal(b.v->outcome, WEIR_PASS);
  assert_non_null(strstr(find_check(b.v, "integrity", "distinct", 0)->text, "effective"));
  for (ptrdiff_t i = 0; i < N; i++) b.c->w[BAD][i] = 1.0 / N; /* the weights forgotten */
  judge(&b);
  (void)only_fails(&b, "counts", "spread", "counts normalisation");
  tear_down(&b);
}

static void a_resampled_cloud_is_not_blamed_for_its_copies(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  weir_rng rng;
  weir_rng_seed(&rng, 6, 0);
  for (ptrdiff_t i = 0; i < N; i++)
    memcpy(at(&b, i), b.c->x[0] + 2 * (ptrdiff_t)(weir_rng_uniform(&rng) * N), 2 * sizeof(double));
  carry_truth(&b);
  b.opt.eps = 0;
  b.c->paired = false; /* followed particles cannot coincide */
  judge(&b);
  const weir_check *c = find_check(b.v, "integrity", "distinct", BAD);
  check_close(c->value, N * exp(-1), 4 * 0.1 * sqrt(N) * 4); /* distinct points: 1 - 1/e of them */
  /* half the effective particles: sqrt 2 */
  check_close(find_check(b.v, "counts", "mean", BAD)->noise / find_check(b.v, "counts", "mean", 0)->noise, sqrt(2),
              0.2);
  assert_true(b.v->outcome != WEIR_FAILED);
  tear_down(&b);
}

static void a_lattice_is_judged_without_p_values(void **state)
{
  bench b = set_up(*state, 1, 400, N);
  for (int k = 0; k < STEPS; k++)
    for (ptrdiff_t i = 0; i < N; i++) { /* quantiles of the truth, shifted by .1 at BAD */
      double lo = -40, hi = 40;
      for (int it = 0; it < 60; it++) {
        const double mid = 0.5 * (lo + hi);
        if (0.5 * erfc(-mid * sqrt(0.5)) < ((double)i + 0.5) / N)
          lo = mid;
        else
          hi = mid;
      }
      b.c->x[k][i] = b.g.mean[0] + lo + (k == BAD ? 0.1 : 0);
    }
  for (int k = 0; k < STEPS; k++)
    for (ptrdiff_t i = 0; i < N; i++) b.c->logrho[k][i] = gauss_log(&b.g, b.c->x[k] + i);
  b.opt.sampling = WEIR_SAMPLING_DETERMINISTIC;
  judge(&b);
  const weir_check *c = only_fails(&b, "counts", "mean", "counts");
  assert_true(isnan(c->p));
  check_close(c->value, 0.1, 1e-3);
  assert_int_equal(find_check(b.v, "counts", "mean", 2)->outcome, WEIR_CERTIFIED);
  tear_down(&b);
}

/* ---------------------------------------------------------------- carried densities */
static void wrong_carried_densities_fail_with_their_size(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  for (ptrdiff_t i = 0; i < N; i++) b.c->logrho[BAD][i] += log(2);
  judge(&b);
  const weir_check *c = only_fails(&b, "density", "rms", "density normalisation");
  check_close(c->value, log(2), 1e-3);
  assert_non_null(strstr(c->text, "100 % too large"));
  check_close(find_check(b.v, "normalisation", "integral", BAD)->value, 0.5, 0.01);
  assert_int_equal(find_check(b.v, "normalisation", "integral", BAD)->outcome, WEIR_FAILED);
  check_close(find_check(b.v, "density", "mean", BAD)->value, log(2), 1e-3);
  check_close(find_check(b.v, "density", "l1", BAD)->value, 0.5, 1e-3);
  check_close(find_check(b.v, "density", "q90", BAD)->value, log(2), 1e-2);
  tear_down(&b);
}

static void a_local_density_error_is_located(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  for (ptrdiff_t i = 0; i < N; i++)
    if (at(&b, i)[0] > 1 && at(&b, i)[1] > 0) b.c->logrho[BAD][i] -= 0.5;
  judge(&b);
  const weir_check *c = only_fails(&b, "density", "rms", "density normalisation");
  assert_true(c->has_place && c->place_lo[0] > 0.6 && c->place_lo[1] > -0.4);
  check_close(c->observed, -0.5, 0.1);
  assert_non_null(strstr(c->text, "too small"));
  tear_down(&b);
}

static void a_ruled_integral_is_not_tested_and_says_so(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  ptrdiff_t core = 0;
  while (fabs(at(&b, core)[0] - 0.5) > 0.5 || fabs(at(&b, core)[1] + 0.3) > 0.5) core++;
  b.c->logrho[BAD][core] -= 20;
  judge(&b);
  const weir_check *c = find_check(b.v, "normalisation", "integral", BAD);
  assert_int_equal(c->outcome, WEIR_NOT_TESTED);
  assert_non_null(strstr(c->text, "one particle"));
  assert_int_equal(find_check(b.v, "density", "rms", BAD)->particle, core);
  tear_down(&b);
}

static void a_cloud_without_densities_or_times_is_judged_by_its_counts(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  weir_cloud_destroy(&b.c);
  b.c = gauss_cloud(b.ctx, &b.g, STEPS, N, 3, false);
  b.c->has_time = false;
  judge(&b);
  assert_int_equal(b.v->outcome, WEIR_PASS);
  assert_int_equal(find_check(b.v, "density", "rms", 0)->outcome, WEIR_NOT_TESTED);
  assert_non_null(strstr(find_check(b.v, "density", "rms", 0)->text, "no densities"));
  tear_down(&b);
}

static void too_few_particles_are_not_tested(void **state)
{
  bench b = set_up(*state, 2, 64, 30);
  judge(&b);
  assert_int_equal(find_check(b.v, "counts", "chi2", 0)->outcome, WEIR_NOT_TESTED);
  assert_true(b.v->outcome != WEIR_FAILED);
  tear_down(&b);
}

/* ---------------------------------------------------------------- laws of the verdict */
static void print_verdict(const weir_verdict *v, char *buf, size_t size)
{
  size_t used = 0;
  for (int i = 0; i < v->n && used < size; i++) {
    const weir_check *c = &v->check[i];
    used += (size_t)snprintf(buf + used, size - used, "%s %s %d %d %a %a %a %a %a %a %a %a %a %s\n", c->check,
                             c->statistic, c->step, (int)c->outcome, c->value, c->noise, c->noise95, c->tolerance,
                             c->lower, c->upper, c->p, c->level, c->n_needed, c->text);
  }
  assert_true(used < size);
}

static void the_verdict_is_the_same_bit_for_bit_for_any_number_of_threads(void **state)
{
  enum { SIZE = 1 << 17 };
  bench b = set_up(*state, 2, 64, 3000);
  for (ptrdiff_t i = 0; i < 3000; i++) at(&b, i)[0] += 0.15;
  char *one = malloc(SIZE), *many = malloc(SIZE);
  b.opt.threads = 1;
  judge(&b);
  print_verdict(b.v, one, SIZE);
  const int threads[] = {2, 3, 7};
  for (int k = 0; k < 3; k++) {
    b.opt.threads = threads[k];
    judge(&b);
    print_verdict(b.v, many, SIZE);
    assert_string_equal(one, many);
  }
  b.opt.seed = 2; /* and the seed matters */
  judge(&b);
  print_verdict(b.v, many, SIZE);
  assert_true(strcmp(one, many) != 0);
  free(one), free(many);
  tear_down(&b);
}

/* Inside the tolerance (shift .02, variance +2 %: .03) more particles never fail; outside (.15) they do. */
static void more_particles_never_fail_a_good_cloud_and_always_find_a_bad_one(void **state)
{
  const ptrdiff_t count[] = {500, 5000, 100000};
  for (int k = 0; k < 3; k++)
    for (int bad = 0; bad < 2; bad++) {
      bench b = {.ctx = *state, .g = gauss_make(2)};
      gauss_mesh(b.ctx, &b.g, 64, 5, WEIR_UNIFORM, 0);
      b.c = gauss_cloud(b.ctx, &b.g, 1, count[k], 40 + (uint64_t)k, false);
      weir_judge_defaults(&b.opt);
      b.opt.draws = 199; /* one step: the smallest p, 1/200, is below .01 */
      for (ptrdiff_t i = 0; i < count[k]; i++) {
        double *x = b.c->x[0] + 2 * i;
        x[0] = b.g.mean[0] + sqrt(1.02) * (x[0] - b.g.mean[0]) + (bad ? 0.15 : 0.02);
      }
      judge(&b);
      if (!bad) assert_true(b.v->outcome != WEIR_FAILED);
      if (bad && count[k] >= 5000) assert_int_equal(b.v->outcome, WEIR_FAILED);
      if (!bad && count[k] >= 100000) assert_int_equal(find_check(b.v, "counts", "mean", 0)->outcome, WEIR_CERTIFIED);
      tear_down(&b);
    }
}

/* Levels of Holm: alpha/m for the smallest p, alpha/(m-1) for the next, ... until one is above. */
static void steps_are_joined_by_holm(void **state)
{
  bench b = set_up(*state, 2, 64, N);
  b.opt.draws = 99;
  for (ptrdiff_t i = 0; i < N; i++) b.c->logrho[0][i] += 0.3, b.c->logrho[2][i] += 0.2;
  judge(&b);
  const weir_check *c[3];
  for (int k = 0; k < 3; k++) c[k] = find_check(b.v, "density", "rms", k);
  assert_true(c[0]->outcome == WEIR_FAILED && c[1]->outcome == WEIR_CERTIFIED && c[2]->outcome == WEIR_FAILED);
  check_close(fmin(c[0]->level, c[2]->level), 0.01 / 3, 1e-15);
  check_close(fmax(c[0]->level, c[2]->level), 0.01 / 2, 1e-15);
  check_close(c[1]->level, 0.01, 1e-15);
  tear_down(&b);
}

/* ---------------------------------------------------------------- errors of the call */
static void judging_refuses_what_makes_no_sense_and_says_so(void **state)
{
  bench b = set_up(*state, 2, 32, 200);
  weir_ctx *ctx = *state;
#define REFUSED(code, part) check_fails(ctx, weir_judge(ctx, b.c, gauss_truth, &b.g, &b.opt, &b.v), code, part)
  const weir_judge_options good = b.opt;
  b.opt.alpha = 0, REFUSED(WEIR_EARG, "alpha = 0"), b.opt = good;
  b.opt.eps = (double)NAN, REFUSED(WEIR_EARG, "eps = nan"), b.opt = good;
  b.opt.eps_density = -1, REFUSED(WEIR_EARG, "density -1"), b.opt = good;
  b.opt.tolerance[WEIR_STAT_SW1] = -1, REFUSED(WEIR_EARG, "sw1"), b.opt = good;
  b.opt.draws = 5, REFUSED(WEIR_EARG, "5 draws"), b.opt = good;
  b.opt.threads = -1, REFUSED(WEIR_EARG, "-1 threads"), b.opt = good;
  b.opt.sampling = WEIR_SAMPLING_DETERMINISTIC, b.opt.growth = 0, REFUSED(WEIR_EARG, "growth"), b.opt = good;
  b.g.fail_at = 2, REFUSED(WEIR_ENUMERIC, "no truth at step 2"), b.g.fail_at = -1;
  b.g.mass = 0.5, REFUSED(WEIR_EARG, "more than its mass"), b.g.mass = 0, REFUSED(WEIR_EARG, "mass 0"), b.g.mass = 1;
  b.g.unit = -1, REFUSED(WEIR_EARG, "unit of mass is -1"), b.g.unit = 0;
  const double keep = b.g.rho[b.g.mesh->origin];
  b.g.rho[b.g.mesh->origin] = -1, REFUSED(WEIR_EARG, "density is -1 in cell (0,0,0)");
  b.g.rho[b.g.mesh->origin] = (double)NAN, REFUSED(WEIR_EARG, "nan"), b.g.rho[b.g.mesh->origin] = keep;
  check_ok(ctx, weir_mesh_array(ctx, b.g.mesh, "error", &b.g.error));
  b.g.error[b.g.mesh->origin] = (double)INFINITY, REFUSED(WEIR_EARG, "error bar is not finite");
  b.g.error[b.g.mesh->origin] = 0;
  b.c->dim = 1, REFUSED(WEIR_EARG, "the cloud has 1 dimensions, the truth 2");
  b.c->dim = 7, REFUSED(WEIR_EARG, "7 dimensions"), b.c->dim = 2;
  const int steps = b.c->steps;
  b.c->steps = 0, REFUSED(WEIR_EARG, "no steps"), b.c->steps = steps;
  const ptrdiff_t count = b.c->count[1];
  b.c->count[1] = (ptrdiff_t)1 << 31, REFUSED(WEIR_ELIMIT, "at step 1"), b.c->count[1] = count;
  assert_null(b.v);
  tear_down(&b);
}

static weir_status late_truth(void *user, weir_ctx *ctx, int step, double time, weir_truth *out)
{
  WEIR_TRY(gauss_truth(user, ctx, step, time, out));
  out->time = time + 1e-6;
  return WEIR_OK;
}

static void a_truth_at_another_time_is_refused(void **state)
{
  bench b = set_up(*state, 2, 32, 200);
  check_fails(b.ctx, weir_judge(b.ctx, b.c, late_truth, &b.g, NULL, &b.v), WEIR_EARG,
              "is at time 0, the truth at 1e-06");
  tear_down(&b);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, ctx_setup, ctx_teardown)
  const struct CMUnitTest tests[] = {
      T(an_exact_cloud_passes_in_every_dimension),
      T(enough_particles_certify_a_right_cloud),
      T(a_release_gate_fails_what_is_not_certified_and_says_how_many_particles_may_do),
      T(stretched_and_fine_meshes_judge_alike),
      T(bad_numbers_fail_and_never_pass),
      T(a_carried_density_of_zero_fails_the_density_check),
      T(bad_weights_and_empty_steps_fail),
      T(one_point_many_times_fails),
      T(lost_particles_fail_with_their_number_and_place),
      T(one_lost_particle_is_enough_and_so_is_a_drifting_weight),
      T(absorbed_mass_is_compared_with_what_the_truth_keeps),
      T(particles_outside_the_box_fail),
      T(a_cloud_that_is_wholly_outside_fails),
      T(particles_that_merge_fail_a_paired_cloud),
      T(densities_in_the_unit_of_the_mass_are_right_too),
      T(a_few_wild_densities_fail),
      T(one_outlier_among_densities_passes),
      T(a_shift_fails_mean),
      T(a_wrong_variance_fails_spread),
      T(a_shear_fails_cov),
      T(a_clump_fails_scan_and_is_located),
      T(another_law_with_the_same_moments_fails_chi2),
      T(the_truths_own_error_widens_the_tolerance),
      T(an_own_tolerance_replaces_the_common_one),
      T(importance_weights_are_judged_by_their_own_noise),
      T(a_resampled_cloud_is_not_blamed_for_its_copies),
      T(a_lattice_is_judged_without_p_values),
      T(wrong_carried_densities_fail_with_their_size),
      T(a_local_density_error_is_located),
      T(a_ruled_integral_is_not_tested_and_says_so),
      T(a_cloud_without_densities_or_times_is_judged_by_its_counts),
      T(too_few_particles_are_not_tested),
      T(the_verdict_is_the_same_bit_for_bit_for_any_number_of_threads),
      T(more_particles_never_fail_a_good_cloud_and_always_find_a_bad_one),
      T(steps_are_joined_by_holm),
      T(judging_refuses_what_makes_no_sense_and_says_so),
      T(a_truth_at_another_time_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
