/* mutant.h - a sound MUSCL scheme in parts; each mutant breaks one of them. */
#ifndef WEIR_TESTS_MUTANT_H
#define WEIR_TESTS_MUTANT_H

#include <weir/scheme.h>
#include <math.h>

/* As in ../plugin_template: h_C/dl, h_C/dr, for flow to the right and to the left. */
static inline void sound_coef(const double *h, double *w)
{
  w[0] = h[-1] / (0.5 * (h[-2] + h[-1])), w[1] = h[-1] / (0.5 * (h[-1] + h[0]));
  w[2] = h[0] / (0.5 * (h[0] + h[1])), w[3] = h[0] / (0.5 * (h[-1] + h[0]));
}

/* What one face is made of: average C of the cell the flow leaves, a = C - B, b = D - C, and both as slopes times h_C. */
typedef struct upwind {
  double C, a, b, A, B;
} upwind;

static inline upwind look(const double *q, ptrdiff_t s, double u, const weir_stencil *st, ptrdiff_t i)
{
  const ptrdiff_t k = i * st->inc;
  const double *p = q + i;
  const int right = u > 0;
  const double B = right ? p[-2 * s] : p[s], C = right ? p[-s] : p[0], D = right ? p[0] : p[-s];
  const double wa = right ? st->w[0][k] : st->w[2][k], wb = right ? st->w[1][k] : st->w[3][k];
  return (upwind){C, C - B, D - C, (C - B) * wa, (D - C) * wb};
}

/* minmod (Roe 1986): half the smaller slope. */
static inline double minmod(double A, double B)
{
  return (A > 0) != (B > 0) || A == 0 || B == 0 ? 0 : 0.5 * (fabs(A) < fabs(B) ? A : B);
}
/* Harmonic mean (van Leer 1974), halved. */
static inline double harmonic(double A, double B)
{
  return (A > 0) != (B > 0) || A == 0 || B == 0 ? 0 : A * (B / (A + B));
}
/* Between 0 and the smaller of a and b. */
static inline double keep(double m, double a, double b)
{
  const double most = fabs(a) < fabs(b) ? a : b;
  return fabs(m) < fabs(most) ? m : m == 0 ? 0 : most;
}

/* A row kernel out of one expression in `c` (an upwind), `i`, `n`, `s`, `u`. */
#define ROW(expression)                                                                                                \
  static void row(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u,                        \
                  const weir_stencil *st, double *restrict face)                                                       \
  {                                                                                                                    \
    for (ptrdiff_t i = 0; i < n; i++) {                                                                                \
      const upwind c = look(q, s, u[i], st, i);                                                                        \
      face[i] = (expression);                                                                                          \
    }                                                                                                                  \
  }

#define EXTRA        /* more members of the table */
#define COEFFICIENTS 4
/* A table of claimed order o, ghost layers g, CFL number c. */
#define SCHEME(id, o, g, c, claim)                                                                                     \
  static const weir_recon mutant = {.abi = WEIR_SCHEME_ABI,                                                            \
                                    .name = id,                                                                        \
                                    .formula = "broken on purpose",                                                    \
                                    .cite = "none",                                                                    \
                                    .order = o,                                                                        \
                                    .ghost = g,                                                                        \
                                    .cfl = c,                                                                          \
                                    .claims = claim,                                                                   \
                                    .ncoef = COEFFICIENTS,                                                             \
                                    .coef = sound_coef,                                                                \
                                    EXTRA.row = row};                                                                  \
  extern const weir_recon *const weir_plugin_recons[];                                                                 \
  const weir_recon *const weir_plugin_recons[] = {&mutant, NULL};

#define STEPPER(id, ...)                                                                                               \
  static const weir_stepper mutant = {.name = id, .formula = "broken on purpose", .cite = "none", __VA_ARGS__};        \
  extern const weir_stepper *const weir_plugin_steppers[];                                                             \
  const weir_stepper *const weir_plugin_steppers[] = {&mutant, NULL};                                                  \
  extern const uint32_t weir_plugin_abi;                                                                               \
  const uint32_t weir_plugin_abi = WEIR_SCHEME_ABI;

#endif
