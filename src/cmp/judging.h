/* cmp/judging.h - what the parts of the judge share. Private to src/cmp.
 *
 *   One step of a cloud is judged in one pass:  truth -> count grid -> statistics -> observed counts -> draws -> p-values,
 *   and  truth -> log-density at the particles -> misfits. All objects of this header live for one step. */
#ifndef WEIR_CMP_JUDGING_H
#define WEIR_CMP_JUDGING_H

#include <weir/judge.h>
#include <weir/rng.h>

/* ---------------------------------------------------------------- count grid (countgrid.c)
 * Boxes of mesh cells, a tensor product of groups of neighbouring cells on each axis, chosen from the truth alone (so the law
 * of the counts of an exact cloud is Multinomial whatever the mesh). Block (i,j,k) = i + n0 (j + n1 k). */
typedef struct countgrid {
  int dim;
  ptrdiff_t n[WEIR_MAXDIM];    /* groups per axis, 1 on unused axes */
  int32_t *group[WEIR_MAXDIM]; /* mesh cell -> group */
  double *edge[WEIR_MAXDIM];   /* n+1 nodes */
  ptrdiff_t blocks;
  double *m;     /* [blocks] truth's mass, sum 1 */
  double *error; /* [blocks] truth's mass error, same scale, NULL = exact */
  bool error_signed;
  double *centre[WEIR_MAXDIM];               /* [blocks] centre of mass of each block (geometric if empty) */
  double inside;                             /* truth's mass in the box / its whole mass */
  double mean[WEIR_MAXDIM], sd[WEIR_MAXDIM]; /* of the truth, per axis */
  double sigma;                              /* (tr S / dim)^1/2, 1 if the truth is one point */
  double whiten[WEIR_MAXDIM][WEIR_MAXDIM];   /* L^-1, lower triangle */
} countgrid;

weir_status countgrid_make(weir_ctx *ctx, const weir_truth *t, countgrid *g);
void countgrid_clear(countgrid *g);
/* Block of a point, -1 outside the box or if a coordinate is NaN. */
int32_t countgrid_find(const countgrid *g, const weir_mesh *m, const double *x);
/* Bounds in space of blocks lo..hi-1 (per axis). */
void countgrid_bounds(const countgrid *g, const ptrdiff_t lo[3], const ptrdiff_t hi[3], double *from, double *to);

/* ---------------------------------------------------------------- boxes of blocks for the scan (scanboxes.c)
 * Dyadic boxes: sides n/2, n/4, .. 1, shifted by half a side. Sums over a box come from a table of prefix sums. */
typedef struct scanbox {
  ptrdiff_t lo[WEIR_MAXDIM], hi[WEIR_MAXDIM];
} scanbox;
/* Every box, in a fixed order; *box is owned by the caller (weir_free). */
weir_status scanboxes_list(weir_ctx *ctx, const countgrid *g, scanbox **box, ptrdiff_t *count);
/* Length of a prefix table, its filling from values per block, the sum over a box. */
ptrdiff_t prefix_len(const countgrid *g);
void prefix_fill(const countgrid *g, const double *value, double *table);
double prefix_sum(const countgrid *g, const double *table, const scanbox *b);

/* ---------------------------------------------------------------- statistics (countstats.c, features.c)
 * Every statistic is a norm of features linear in d = nu - m, stored one after the other: statistic k owns f[first[k] .. first[k+1]). */
typedef enum norm_kind { NORM_L2, NORM_L1, NORM_MAX } norm_kind;

typedef struct countstats {
  const countgrid *g;
  ptrdiff_t first[WEIR_STAT_COUNT + 1];
  bool used[WEIR_STAT_COUNT];
  double c[WEIR_STAT_COUNT]; /* sup of statistic k over chi2 distance 1 */
  int nlin;                  /* linear features per block: mean, spread, cov */
  double *lin;               /* [blocks][nlin] */
  int directions, bins;      /* sw1: bins per direction */
  int32_t *bin;              /* [blocks][directions] */
  double *gap;               /* [directions][bins]: distance to the next bin / (directions sigma) */
  int groups;                /* chi2 */
  int32_t *leaf;             /* [blocks] */
  double *leaf_scale;        /* [groups] 1/sqrt(m_g) */
  ptrdiff_t boxes;           /* scan */
  scanbox *box;
  double *box_mass, *box_scale; /* 1/sqrt(m_b (1 - m_b)) */
} countstats;

/* neff: effective number of particles, sets the smallest groups and boxes. */
weir_status countstats_make(weir_ctx *ctx, const countgrid *g, double neff, countstats *s);
void countstats_clear(countstats *s);
/* Doubles of scratch that countstats_features() needs. */
ptrdiff_t countstats_scratch(const countstats *s);
/* f = features of the values q[blocks] (nu, m, or an error); with modulus: of |q| with |coefficients|, an upper bound over signs. */
void countstats_features(const countstats *s, const double *q, bool modulus, double *scratch, double *f);
double countstats_norm(const countstats *s, int k, const double *f);
/* norm of f + e u. */
double countstats_norm_at(const countstats *s, int k, const double *f, const double *u, double e);
/* Largest e >= 0 with |f + e u| <= T, for |u| = 1; -1 if there is none. */
double countstats_crossing(const countstats *s, int k, const double *f, const double *u, double T);

/* ---------------------------------------------------------------- draws (draws.c) */
typedef struct
    alias_column { /* column i of the alias table: block[0] if the fraction is below `threshold`, else block[1] */
  uint64_t threshold;
  int32_t block[2];
} alias_column;

typedef struct sampler {
  ptrdiff_t blocks;
  int64_t n;
  ptrdiff_t heavy; /* blocks drawn by conditional binomials, in falling order of mass */
  int32_t *order;
  double *share;   /* of the mass not yet used, for the heavy ones */
  ptrdiff_t light; /* the others share what is left by an alias table (Walker 1977; Vose 1991) */
  alias_column *column;
} sampler;

weir_status sampler_make(weir_ctx *ctx, ptrdiff_t blocks, const double *m, int64_t n, sampler *s);
void sampler_clear(sampler *s);
/* Shares nu[blocks] (counts/n) of one Multinomial(n, m) draw. */
void sampler_draw(const sampler *s, weir_rng *rng, double *nu);

/* ---------------------------------------------------------------- calibration (calibrate.c) */
typedef struct calibration {
  double value[WEIR_STAT_COUNT], noise[WEIR_STAT_COUNT], noise95[WEIR_STAT_COUNT], noise99[WEIR_STAT_COUNT];
  double tolerance[WEIR_STAT_COUNT], reference_error[WEIR_STAT_COUNT];
  double lower[WEIR_STAT_COUNT], upper[WEIR_STAT_COUNT];
  double p[WEIR_STAT_COUNT]; /* joint over the statistics */
  double p_joint;
} calibration;

/* What the noise is made of: Multinomial draws if spread == NULL, else independent normals of sd spread[j] per block. */
typedef struct noise_model {
  int64_t n;
  double neff;
  const double *spread;
} noise_model;

weir_status calibrate(weir_ctx *ctx, const countstats *s, const double *nu, const noise_model *noise,
                      const weir_judge_options *opt, int draws, uint64_t stream, int threads, calibration *out);

/* ---------------------------------------------------------------- log-density of the truth at points (logrho.c) */
typedef struct logrho {
  const weir_mesh *mesh;
  double *log_average; /* cell array, log of the averages, -inf where 0 */
} logrho;
weir_status logrho_make(weir_ctx *ctx, const weir_mesh *m, const double *rho, logrho *r);
void logrho_clear(logrho *r);
/* Third-order polynomial of log rho in one cell, about its centre. */
typedef struct logrho_cell {
  double value, g[WEIR_MAXDIM], s[WEIR_MAXDIM][WEIR_MAXDIM];
  double bar; /* estimated error of the polynomial in the cell; 1 where the mesh does not resolve the truth */
} logrho_cell;
void logrho_fit(const logrho *r, const ptrdiff_t at[WEIR_MAXDIM], logrho_cell *c);
double logrho_eval(const logrho *r, const ptrdiff_t at[WEIR_MAXDIM], const logrho_cell *c, const double *x);

/* ---------------------------------------------------------------- one step (judge.c) */
typedef struct judged_step {
  int step, dim;
  double time;
  ptrdiff_t n, n0;
  const double *x, *logrho_carried, *w; /* w NULL = equal */
  double weight, weight0;               /* sums of w (or n, n0) now and at the start */
  int bits;
  bool paired; /* particle i is the same one at every step */
  const weir_judge_options *opt;
  int draws, steps, threads;
  weir_truth truth;
  double log_unit; /* of the carried densities: 0 or log truth.unit; found at step 0 */
  countgrid grid;
  countstats stats;
  bool have_stats;
  int32_t *block;    /* [n] */
  double *nu;        /* [blocks] share of the weight inside */
  double *spread;    /* [blocks] sd of the share, weighted clouds only */
  ptrdiff_t outside; /* particles */
  double weight_inside, weight_outside;
  double neff, neff_all; /* effective particles inside the box; anywhere */
  ptrdiff_t duplicates;
  ptrdiff_t duplicates0; /* at step 0 if the steps are paired, else -1 */
  bool weighted;         /* the noise is that of weights, not multinomial */
} judged_step;

/* Each appends its rows to v. */
weir_status check_integrity(weir_ctx *ctx, judged_step *s, weir_verdict *v, bool *sound);
weir_status check_mass(weir_ctx *ctx, const judged_step *s, weir_verdict *v);
weir_status check_counts(weir_ctx *ctx, judged_step *s, const double *baseline, double *values, weir_verdict *v);
weir_status check_density(weir_ctx *ctx, judged_step *s, weir_verdict *v);
/* Coinciding particles (duplicates.c): merged[i] = weight of the point if i is its first particle, else 0. */
weir_status find_duplicates(weir_ctx *ctx, ptrdiff_t n, int dim, const double *x, const double *w, double *merged,
                            ptrdiff_t *duplicates);

/* "x [-1.2, 0.4], y [0, 1]" into buf. */
void place_text(const weir_check *c, int dim, char *buf, size_t size);
/* probability.c */
double normal_tail(double z);                        /* P(Z >= z) */
double normal_quantile(double p);                    /* z with P(Z >= z) = p, p in (0, 1/2] */
double binomial_above(double k, double n, double p); /* P(Binomial(n, p) >= k) */
double binomial_below(double k, double n, double p); /* P(Binomial(n, p) <= k) */
/* One-sided confidence bounds of p at level alpha for k successes of n. */
double share_low(double k, double n, double alpha);
double share_high(double k, double n, double alpha);

#endif
