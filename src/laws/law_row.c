/* Laws on the row kernel itself. Offences name the face: face i lies between cells i-1 and i of a row of LINE_N cells. */
#include "laws/law.h"
#include <math.h>
#include <string.h>

static const double MARK = 0x1.23456789abcdep+500; /* in faces that must not be written */

double weir_law_noise(weir_rng *r)
{
  return 2 * weir_rng_uniform(r) - 1;
}

void weir_line_random(weir_rng *r, bool uniform, weir_line *l)
{
  for (int i = 0; i < LINE_LEN; i++) {
    l->h[i] = uniform ? 0.1 : 0.3 + 0.2 * weir_law_noise(r);
    l->q[i] = 1.1 + weir_law_noise(r);
  }
  for (int i = 0; i < LINE_FACES; i++) l->u[i] = weir_law_noise(r);
}

static void coefficients(const weir_recon *s, const weir_line *l, double (*w)[LINE_FACES])
{
  double c[WEIR_RECON_MAXCOEF];
  for (ptrdiff_t i = 0; i <= LINE_N && s->ncoef > 0; i++) {
    s->coef(l->h + LINE_G + i, c);
    for (int k = 0; k < s->ncoef; k++) w[k][i] = c[k];
  }
}

void weir_line_faces_of(const weir_recon *s, const weir_line *l, ptrdiff_t first, ptrdiff_t n, ptrdiff_t inc,
                        double *face)
{
  double w[WEIR_RECON_MAXCOEF][LINE_FACES];
  weir_stencil st = {.inc = inc};
  coefficients(s, l, w);
  for (int k = 0; k < s->ncoef; k++) st.w[k] = w[k] + first;
  s->row(n, 1, l->q + LINE_G + first, l->u + first, &st, face + first);
}

void weir_line_faces(const weir_recon *s, const weir_line *l, double *face)
{
  weir_line_faces_of(s, l, 0, LINE_FACES, 1, face);
}

enum { FIRST = 12, MANY = 30 };

/* The faces FIRST .. FIRST+MANY-1 of a uniform row, with `poison` in the cells beyond the claimed layers, the velocities beyond the row
 * and all but the one set of coefficients; faces beyond the row keep their mark. */
static void poisoned(const weir_recon *s, weir_line l, double poison, double *face)
{
  double c[WEIR_RECON_MAXCOEF], w[WEIR_RECON_MAXCOEF][MANY];
  weir_stencil st = {.inc = 0};
  if (s->ncoef > 0) s->coef(l.h + LINE_G, c);
  for (int k = 0; k < s->ncoef; k++) {
    for (int i = 0; i < MANY; i++) w[k][i] = i == 0 ? c[k] : poison;
    st.w[k] = w[k];
  }
  for (int i = 0; i < LINE_LEN; i++)
    if (i < LINE_G + FIRST - s->ghost || i >= LINE_G + FIRST + MANY - 1 + s->ghost) l.q[i] = poison;
  for (int i = 0; i < LINE_FACES; i++)
    if (i < FIRST || i >= FIRST + MANY) l.u[i] = poison;
  for (int i = 0; i < LINE_FACES; i++) face[i] = MARK;
  s->row(MANY, 1, l.q + LINE_G + FIRST, l.u + FIRST, &st, face + FIRST);
}

/* NaN alone is not enough: comparisons swallow it. */
static void within(const weir_recon *s, const char *kernel, weir_offence *o)
{
  const double poison[] = {(double)NAN, 1e100, -1e100};
  weir_rng r;
  weir_line l;
  double f[LINE_FACES], g[LINE_FACES];
  weir_rng_seed(&r, 1, 10);
  weir_line_random(&r, true, &l);
  weir_line_faces_of(s, &l, FIRST, MANY, 0, f);
  for (int k = 0; k < 3; k++) {
    poisoned(s, l, poison[k], g);
    for (int i = 0; i < LINE_FACES; i++) {
      const bool inside = i >= FIRST && i < FIRST + MANY;
      if (inside && !(g[i] == f[i]))
        weir_offend(o, g[i], f[i], "face %d of a row %d..%d%s, with %g in all it may not read (ghost = %d, inc = 0)", i,
                    FIRST, FIRST + MANY - 1, kernel, poison[k], s->ghost);
      if (!inside && g[i] != MARK)
        weir_offend(o, g[i], MARK, "face %d, outside the row %d..%d%s, was written", i, FIRST, FIRST + MANY - 1,
                    kernel);
    }
  }
}

weir_status weir_law_reach(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  (void)ctx;
  within(s, "", o);
  if (s->flux == NULL) return WEIR_OK;
  weir_recon by_flux = *s;
  by_flux.row = s->flux;
  within(&by_flux, " of fluxes", o);
  return WEIR_OK;
}

weir_status weir_law_constants(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  (void)ctx;
  weir_rng r;
  weir_line l;
  double f[LINE_FACES];
  weir_rng_seed(&r, 1, 11);
  weir_line_random(&r, false, &l);
  for (int i = 0; i < LINE_LEN; i++) l.q[i] = 0.7;
  weir_line_faces(s, &l, f);
  for (int i = 0; i <= LINE_N; i++) /* derived: a few roundings of a value below 1 */
    if (!(fabs(f[i] - 0.7) <= 4 * 0x1p-52)) weir_offend(o, f[i], 0.7, "face %d of constant data", i);
  return WEIR_OK;
}

weir_status weir_law_odd(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  (void)ctx;
  weir_rng r;
  weir_line l, m;
  double f[LINE_FACES], g[LINE_FACES];
  weir_rng_seed(&r, 1, 12);
  weir_line_random(&r, false, &l);
  m = l;
  for (int i = 0; i < LINE_LEN; i++) m.q[i] = -l.q[i];
  weir_line_faces(s, &l, f), weir_line_faces(s, &m, g);
  for (int i = 0; i <= LINE_N; i++)
    if (!(f[i] == -g[i])) weir_offend(o, g[i], -f[i], "face %d of negated data", i);
  return WEIR_OK;
}

/* Powers of 2 scale without rounding: any difference is a constant hidden in the formula. */
weir_status weir_law_scale(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  (void)ctx;
  weir_rng r;
  weir_line l, m;
  double f[LINE_FACES], g[LINE_FACES];
  weir_rng_seed(&r, 1, 21);
  weir_line_random(&r, false, &l);
  weir_line_faces(s, &l, f);
  for (int k = -100; k <= 100; k += 25) {
    m = l;
    for (int i = 0; i < LINE_LEN; i++) m.q[i] = ldexp(l.q[i], k);
    weir_line_faces(s, &m, g);
    for (int i = 0; i <= LINE_N; i++)
      if (!(g[i] == ldexp(f[i], k))) weir_offend(o, g[i], ldexp(f[i], k), "face %d of data times 2^%d", i, k);
  }
  return WEIR_OK;
}

weir_status weir_law_mirror(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  (void)ctx;
  weir_rng r;
  weir_line l, m;
  double f[LINE_FACES], g[LINE_FACES];
  weir_rng_seed(&r, 1, 13);
  weir_line_random(&r, false, &l);
  for (int i = 0; i < LINE_LEN; i++) m.h[i] = l.h[LINE_LEN - 1 - i], m.q[i] = l.q[LINE_LEN - 1 - i];
  for (int i = 0; i <= LINE_N; i++) m.u[i] = -l.u[LINE_N - i];
  weir_line_faces(s, &l, f), weir_line_faces(s, &m, g);
  for (int i = 0; i <= LINE_N; i++)
    if (!(f[i] == g[LINE_N - i])) weir_offend(o, g[LINE_N - i], f[i], "face %d in the mirror", i);
  return WEIR_OK;
}

/* A face does not depend on where the row that holds it begins or ends: vector bodies and remainders agree. */
weir_status weir_law_shift(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  (void)ctx;
  weir_rng r;
  weir_line l;
  double f[LINE_FACES], g[LINE_FACES];
  weir_rng_seed(&r, 1, 14);
  weir_line_random(&r, false, &l);
  weir_line_faces(s, &l, f);
  for (ptrdiff_t first = 1; first < 20; first++) {
    weir_line_faces_of(s, &l, first, LINE_FACES - first, 1, g);
    for (ptrdiff_t i = first; i <= LINE_N; i++)
      if (!(f[i] == g[i])) weir_offend(o, g[i], f[i], "face %td of a row that begins at face %td", i, first);
    weir_line_faces_of(s, &l, 0, LINE_FACES - first, 1, g);
    for (ptrdiff_t i = 0; i < LINE_FACES - first; i++)
      if (!(f[i] == g[i])) weir_offend(o, g[i], f[i], "face %td of a row of %td faces", i, LINE_FACES - first);
  }
  return WEIR_OK;
}

/* Only the sign of a velocity counts; at rest a face is seen from its upper side. */
weir_status weir_law_upwind(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  static const double speed[] = {1, 0x1p-1074, 1e-300, 1e300};
  (void)ctx;
  weir_rng r;
  weir_line l, m;
  double f[LINE_FACES], g[LINE_FACES];
  weir_rng_seed(&r, 1, 22);
  weir_line_random(&r, false, &l);
  for (int i = 0; i <= LINE_N; i++) l.u[i] = l.u[i] > 0.3 ? 1 : l.u[i] < -0.3 ? -1 : l.u[i] > 0 ? 0.0 : -0.0;
  m = l;
  for (int i = 0; i <= LINE_N; i++) m.u[i] = l.u[i] == 0 ? -1 : l.u[i];
  weir_line_faces(s, &m, f);
  for (int k = 0; k < 4; k++) {
    for (int i = 0; i <= LINE_N; i++) m.u[i] = speed[k] * l.u[i];
    weir_line_faces(s, &m, g);
    for (int i = 0; i <= LINE_N; i++)
      if (!(g[i] == f[i]))
        weir_offend(o, g[i], f[i], "face %d with the velocity %g against one of the same sign", i, m.u[i]);
  }
  return WEIR_OK;
}

weir_status weir_law_flux(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  (void)ctx;
  weir_rng r;
  weir_line l;
  double f[LINE_FACES], g[LINE_FACES];
  weir_recon by_flux = *s;
  by_flux.row = s->flux;
  weir_rng_seed(&r, 1, 23);
  for (ptrdiff_t inc = 0; inc < 2; inc++) {
    weir_line_random(&r, inc == 0, &l);
    for (int i = 0; i <= LINE_N; i += 7) l.u[i] = 0;
    weir_line_faces_of(s, &l, 0, LINE_FACES, inc, f), weir_line_faces_of(&by_flux, &l, 0, LINE_FACES, inc, g);
    for (int i = 0; i <= LINE_N; i++)
      if (!(g[i] == l.u[i] * f[i]))
        weir_offend(o, g[i], l.u[i] * f[i], "flux %d against the product u rho_face (inc = %td)", i, inc);
  }
  return WEIR_OK;
}

enum { SIDE = 21 };
/* SIDE lines side by side, laid across memory: distance SIDE between the cells of one. */
typedef struct fabric {
  double q[LINE_LEN][SIDE], u[LINE_FACES][SIDE], along[SIDE][LINE_FACES];
} fabric;

weir_status weir_law_axis(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  (void)ctx;
  weir_rng r;
  weir_line l;
  fabric b;
  double g[SIDE], w[WEIR_RECON_MAXCOEF][LINE_FACES];
  weir_rng_seed(&r, 1, 15);
  weir_line_random(&r, false, &l);
  coefficients(s, &l, w);
  for (int j = 0; j < SIDE; j++) {
    for (int i = 0; i < LINE_LEN; i++) l.q[i] = b.q[i][j] = weir_law_noise(&r) + 1.1;
    for (int i = 0; i <= LINE_N; i++) l.u[i] = b.u[i][j] = weir_law_noise(&r);
    weir_line_faces(s, &l, b.along[j]);
  }
  for (int i = 0; i <= LINE_N; i++) {
    weir_stencil st = {.inc = 0};
    for (int k = 0; k < s->ncoef; k++) st.w[k] = &w[k][i];
    s->row(SIDE, SIDE, b.q[LINE_G + i], b.u[i], &st, g);
    for (int j = 0; j < SIDE; j++)
      if (!(g[j] == b.along[j][i]))
        weir_offend(o, g[j], b.along[j][i], "face %d across memory (s = %d) and along it", i, SIDE);
  }
  return WEIR_OK;
}

weir_status weir_law_uniform(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  (void)ctx;
  weir_rng r;
  weir_line l;
  double f[LINE_FACES], g[LINE_FACES];
  weir_rng_seed(&r, 1, 16);
  weir_line_random(&r, true, &l);
  weir_line_faces_of(s, &l, 0, LINE_FACES, 1, f), weir_line_faces_of(s, &l, 0, LINE_FACES, 0, g);
  for (int i = 0; i <= LINE_N; i++)
    if (!(f[i] == g[i])) weir_offend(o, f[i], g[i], "face %d by the stretched formula at equal widths", i);
  return WEIR_OK;
}

weir_status weir_law_linear(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  (void)ctx;
  weir_rng r;
  weir_line a, b;
  double f[LINE_FACES], g[LINE_FACES], both[LINE_FACES];
  weir_rng_seed(&r, 1, 18);
  weir_line_random(&r, false, &a);
  b = a;
  for (int i = 0; i < LINE_LEN; i++) b.q[i] = weir_law_noise(&r);
  weir_line_faces(s, &a, f), weir_line_faces(s, &b, g);
  for (int i = 0; i < LINE_LEN; i++) a.q[i] += 2 * b.q[i];
  weir_line_faces(s, &a, both);
  for (int i = 0; i <= LINE_N; i++) /* derived: roundings of values below 10 */
    if (!(fabs(both[i] - f[i] - 2 * g[i]) <= 100 * 0x1p-52))
      weir_offend(o, both[i], f[i] + 2 * g[i], "face %d of q + 2 p against the sum", i);
  return WEIR_OK;
}
