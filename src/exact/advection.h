/* advection.h - what advection.c (the class) and advection_profile.c (its profiles) share. */
#ifndef WEIR_EXACT_ADVECTION_H
#define WEIR_EXACT_ADVECTION_H

#include "exact/affine.h"

/* The class's parameters. */
enum { PROFILE, VELOCITY, LO, HI, LEVEL, AMPLITUDE, WAVE, PHASE, FROM, TO, MEAN, COVARIANCE, WEIGHT, NPARAM };

typedef struct profile profile;

typedef struct advection {
  const profile *p;
  int d;
  bool wrap;
  double v[WEIR_MAXDIM], lo[WEIR_MAXDIM], len[WEIR_MAXDIM]; /* len 1 if there is no box */
  double level, amplitude, phase, wave[WEIR_MAXDIM];
  double from[WEIR_MAXDIM], to[WEIR_MAXDIM];
  affine *g;
} advection;

struct profile {
  const char *name;
  unsigned takes, needs; /* bit k: parameter k (besides profile, velocity, lo, hi) */
  weir_status (*bind)(weir_ctx *ctx, advection *s, const weir_exact_arg *arg);
  void (*log_density)(const advection *s, double t, ptrdiff_t n, const double *x, double *out);
  weir_status (*average)(weir_ctx *ctx, const advection *s, const weir_mesh *m, double t, double *cells);
  double (*mass)(const advection *s);
  bool (*moments)(const advection *s, double t, double *mean, double *cov);
};

extern const profile advection_profiles[];
extern const size_t advection_profile_count;

#endif
