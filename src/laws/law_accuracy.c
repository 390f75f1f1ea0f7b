/* Laws on what a kernel claims: order, bounds, total variation. */
#include "laws/law.h"
#include <math.h>
#include <string.h>

weir_status weir_law_linear_data(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  (void)ctx;
  weir_rng r;
  weir_line l;
  double f[LINE_FACES], node[LINE_LEN + 1], x = 0;
  weir_rng_seed(&r, 1, 17);
  weir_line_random(&r, false, &l);
  for (int i = 0; i < LINE_LEN; i++) node[i] = x, l.q[i] = 3 + 2 * (x + 0.5 * l.h[i]), x += l.h[i];
  weir_line_faces(s, &l, f);
  for (int i = 0; i <= LINE_N; i++) { /* derived: ~10 roundings of values below 60 */
    const double want = 3 + 2 * node[LINE_G + i];
    if (!(fabs(f[i] - want) <= 20 * 60 * 0x1p-53))
      weir_offend(o, f[i], want, "face %d of linear data on uneven widths", i);
  }
  return WEIR_OK;
}

/* q = exp(K x): monotone, so that no limiter has an extremum to clip, and rough enough that order 9 is above rounding on 32 cells. */
static const double K = 4;

static double place(int n, double grade, int i)
{
  const double t = (double)i / n;
  return t + grade / (2 * WEIR_PI) * sin(2 * WEIR_PI * t);
}

/* Largest error of the face values with n cells in [0,1] placed by a smooth map; both flow directions. NaN if any is. */
static double smooth_error(const weir_recon *s, int n, double grade)
{
  double worst = 0, w[WEIR_RECON_MAXCOEF], h[2 * LINE_G], q[2 * LINE_G];
  for (int i = 0; i <= n; i++) {
    for (int k = 0; k < 2 * LINE_G; k++) {
      const double a = place(n, grade, i - LINE_G + k), b = place(n, grade, i - LINE_G + k + 1);
      h[k] = b - a, q[k] = exp(K * a) * expm1(K * h[k]) / (K * h[k]);
    }
    for (int way = -1; way <= 1; way += 2) {
      const double u = way;
      double face = 0;
      weir_stencil st = {.inc = 0};
      if (s->ncoef > 0) s->coef(h + LINE_G, w);
      for (int k = 0; k < s->ncoef; k++) st.w[k] = &w[k];
      s->row(1, 1, q + LINE_G, &u, &st, &face);
      const double e = fabs(face - exp(K * place(n, grade, i)));
      if (!(e <= worst)) worst = e;
    }
  }
  return worst;
}

/* The three finest of the meshes of 8 .. 512 cells whose error is well above rounding. */
weir_status weir_law_order(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  (void)ctx;
  for (int stretched = 0; stretched < 2; stretched++) {
    const double grade = stretched ? 0.4 : 0.0, floor = 1e-11; /* values up to e^4, some 30 roundings: 2e-13 */
    double e[3] = {0};
    int n = 8, levels = 0;
    for (; n <= 512; n *= 2) {
      const double next = smooth_error(s, n, grade);
      if (next <= floor && levels >= 3) break;
      e[0] = e[1], e[1] = e[2], e[2] = next, levels++;
    }
    n /= 2;
    for (int k = 0; k < 2; k++) {
      const double p = log2(e[k] / e[k + 1]);
      /* high orders have few cells before they meet rounding, on which graded widths are not asymptotic: u9 measures 8.50 */
      if (!(p >= s->order - (s->order > 5 ? 0.6 : 0.1)))
        weir_offend(o, p, s->order, "order of face values of exp(4x) from %d to %d %s cells", k == 0 ? n / 4 : n / 2,
                    k == 0 ? n / 2 : n, stretched ? "sine-graded" : "equal");
    }
  }
  return WEIR_OK;
}

/* But for one rounding of q_C + m. Data over 260 decades, with vacuum. */
weir_status weir_law_bounds(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  (void)ctx;
  weir_rng r;
  weir_line l;
  double f[LINE_FACES];
  weir_rng_seed(&r, 1, 19);
  for (int round = 0; round < 50; round++) {
    weir_line_random(&r, false, &l);
    for (int i = 0; i < LINE_LEN; i++)
      if (weir_law_noise(&r) > 0.3) l.q[i] = weir_law_noise(&r) > 0 ? 0.0 : exp(300 * weir_law_noise(&r));
    weir_line_faces(s, &l, f);
    for (int i = 0; i <= LINE_N; i++) {
      const double a = l.q[LINE_G + i - 1], b = l.q[LINE_G + i], lo = fmin(a, b), hi = fmax(a, b);
      if (!(f[i] >= lo - hi * 0x1p-53 && f[i] >= 0))
        weir_offend(o, f[i], lo, "face %d below the lower of its two averages", i);
      if (!(f[i] <= hi * (1 + 0x1p-52))) weir_offend(o, f[i], hi, "face %d above the higher of its two averages", i);
    }
  }
  return WEIR_OK;
}

static void wrap(weir_line *l)
{
  for (int i = 0; i < LINE_G; i++) l->q[i] = l->q[LINE_N + i], l->q[LINE_G + LINE_N + i] = l->q[LINE_G + i];
}

static double variation(const double *q)
{
  double tv = 0;
  for (int i = 0; i < LINE_N; i++) tv += fabs(q[(i + 1) % LINE_N] - q[i]);
  return tv;
}

/* Whole steps in a run: rough data on a periodic line, u = 1 or -1, at the largest CFL number, equal widths and graded ones. */
static void steady_flow(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = *(const double *)user;
}

static double variation_of(const weir_trial *t)
{
  const double *q = weir_run_density(t->run) + weir_mesh_index(t->mesh, 0, 0, 0);
  return variation(q);
}

static weir_status tvd_run(weir_ctx *ctx, const weir_recon *s, weir_rng *r, double u, double grade, weir_offence *o)
{
  weir_trial t = {.o = {.scheme = s->name, .cfl = s->cfl}};
  weir_status st = WEIR_OK;
  weir_trial_box(&t, 1, (const ptrdiff_t[]){LINE_N}, true, grade);
  t.p.velocity.component[0] = steady_flow, t.p.velocity.user[0] = &u, t.p.velocity.steady[0] = true;
  WEIR_TRY_GOTO(st, end, weir_trial_mesh(ctx, &t));
  for (ptrdiff_t i = 0; i < LINE_N; i++) t.rho0[weir_mesh_index(t.mesh, i, 0, 0)] = 1.1 + weir_law_noise(r);
  WEIR_TRY_GOTO(st, end, weir_trial_start(ctx, &t));
  for (int k = 1; k <= 8 && !o->broken; k++) {
    const double before = variation_of(&t);
    WEIR_TRY_GOTO(st, end, weir_trial_advance(ctx, &t, k * 0.99 / LINE_N, o));
    if (!(variation_of(&t) <= before * (1 + 1e-14))) /* derived: LINE_N roundings */
      weir_offend(o, variation_of(&t), before, "total variation at t = %g at CFL number %g, %s cells",
                  k * 0.99 / LINE_N, s->cfl, grade > 0 ? "sine-graded" : "equal");
  }
end:
  weir_trial_end(&t);
  return st;
}

static weir_status tvd_runs(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  weir_rng r;
  weir_rng_seed(&r, 1, 20);
  for (int round = 0; round < 40; round++)
    WEIR_TRY(tvd_run(ctx, s, &r, round % 2 ? 1 : -1, round % 4 < 2 ? 0 : 0.5, o));
  return WEIR_OK;
}

/* Forward Euler steps of u q_x on a periodic uniform line, u = 1 or -1, at the largest CFL number. */
weir_status weir_law_tvd(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  weir_rng r;
  weir_line l;
  double out[LINE_N], f[LINE_FACES];
  if (s->claims & WEIR_ONE_STEP) return tvd_runs(ctx, s, o);
  weir_rng_seed(&r, 1, 20);
  for (int round = 0; round < 200; round++) {
    weir_line_random(&r, true, &l);
    for (int i = 0; i <= LINE_N; i++) l.u[i] = round % 2 ? 1 : -1;
    for (int k = 0; k < 4; k++) {
      wrap(&l);
      const double before = variation(l.q + LINE_G);
      weir_line_faces_of(s, &l, 0, LINE_FACES, 0, f);
      for (int i = 0; i < LINE_N; i++) out[i] = l.q[LINE_G + i] - s->cfl * (l.u[i + 1] * f[i + 1] - l.u[i] * f[i]);
      if (!(variation(out) <= before * (1 + 1e-14))) /* derived: LINE_N roundings */
        weir_offend(o, variation(out), before, "total variation after Euler step %d of round %d at CFL number %g",
                    k + 1, round, s->cfl);
      memcpy(l.q + LINE_G, out, sizeof out);
    }
  }
  return WEIR_OK;
}
