/* weir/cloud.h - a particle cloud: positions at one or several times, with what its author carried along.
 *
 *   Particle i = 0 .. count[k]-1 of step k = 0 .. steps-1 sits at
 *       (x[k][i*dim], ..., x[k][i*dim + dim-1]),        at time[k].
 *   Optional fields are NULL when absent, else one pointer per step:
 *       logrho[k][i]           log of the density carried by particle i; natural logarithm
 *       w[k][i]                weight: the mass it stands for, as in the file (not normalised); absent: 1/n0 each
 *       v[k][i*dim + a]        velocity at (time[k], x[k])
 *       v_start[k], v_end[k]   k < steps-1: velocity at the start (x[k]) and the end (x[k+1]) of step k
 *       logdet[k][i]           log |det dx[k]/dx[0]|, accumulated from step 0:  logrho[k] = logrho[0] - logdet[k]
 *       divv[k][i]             divergence of v at (time[k], x[k])
 *   A cloud says what a file says: NaN, infinities, coincident points are the judge's business, not this module's.
 *   When `paired`, index i is the same particle at every step; v_end[k] then belongs to particle i of both steps.
 *
 *   Units: the input's. dim may exceed 3. Threads: share it once nobody writes. */
#ifndef WEIR_CLOUD_H
#define WEIR_CLOUD_H

#include <weir/base.h>

enum { WEIR_CLOUD_MAXDIM = 64 };

typedef enum weir_cloud_field {
  WEIR_CLOUD_LOGRHO,
  WEIR_CLOUD_W,
  WEIR_CLOUD_V,
  WEIR_CLOUD_V_START,
  WEIR_CLOUD_V_END,
  WEIR_CLOUD_LOGDET,
  WEIR_CLOUD_DIVV,
  WEIR_CLOUD_FIELDS
} weir_cloud_field;

/** Read any member; write values into the arrays; the rest through functions. */
typedef struct weir_cloud {
  int dim;          /**< d, 1..64 */
  int steps;        /**< T >= 1 */
  ptrdiff_t *count; /**< [steps], >= 0 */
  bool has_time;    /**< false: the file has no times and none were given */
  double *time;     /**< [steps], increasing; NaN if !has_time */
  double **x;       /**< [steps][count*dim] */
  double **logrho;  /**< [steps][count] or NULL */
  double **w;       /**< [steps][count] or NULL */
  double **v;       /**< [steps][count*dim] or NULL */
  double **v_start; /**< [steps][count*dim] or NULL; the last step's pointer is NULL */
  double **v_end;   /**< the same */
  double **logdet;  /**< [steps][count] or NULL */
  double **divv;    /**< [steps][count] or NULL */
  double tau;       /**< time step the author states, NaN if none */
  ptrdiff_t n0;     /**< particles at the start: the file's n0, else count[0] */
  bool has_n0;      /**< the file states n0 */
  bool paired;      /**< index = identity across steps: all counts equal and not declared independent */
  int bits;         /**< 24 (single) or 53 (double): precision of the positions in the file */
  char *source;     /**< file names, for messages */
  int notes;
  char **note; /**< [notes] "logrho = array logp (9, 4000) f4", "unused: objective (8,) f8", ... */
} weir_cloud;

/** Room for positions (zero), times NaN, n0 = count[0], paired if the counts are equal, 53 bits, no fields.
 *  @param[in]  count  [steps], copied
 *  @param[out] cloud  owned, free with weir_cloud_destroy(); NULL after a failure
 *  @retval WEIR_EARG dim outside 1..64, steps < 1, a negative count  @retval WEIR_ENOMEM */
weir_status weir_cloud_create(weir_ctx *ctx, int dim, int steps, const ptrdiff_t *count, weir_cloud **cloud);

/** Room (zero) for an optional field. For v_end[k] there are count[k+1] velocities, for v_start[k] count[k].
 *  @retval WEIR_EARG  the field is there, or v_start/v_end of a single step  @retval WEIR_ENOMEM */
weir_status weir_cloud_add(weir_ctx *ctx, weir_cloud *cloud, weir_cloud_field f);
/** "logrho", "w", "v", "v_start", "v_end", "logdet", "divv". Static storage. */
const char *weir_cloud_field_name(weir_cloud_field f);
/** Append a note (printf format, cut at 400 bytes). @retval WEIR_ENOMEM */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
weir_status
weir_cloud_note(weir_ctx *ctx, weir_cloud *cloud, const char *fmt, ...);
/** Set the source's name (copied). @retval WEIR_ENOMEM */
weir_status weir_cloud_set_source(weir_ctx *ctx, weir_cloud *cloud, const char *source);

/** Structure, not values: times finite and increasing, pointers there, `paired` only with equal counts.
 *  @retval WEIR_EFORMAT with one sentence */
weir_status weir_cloud_validate(weir_ctx *ctx, const weir_cloud *cloud);

/** A text for people, several lines, each ended by a newline: sizes, times, fields and the notes.
 *  @param[out] text  owned, free with weir_free()  @retval WEIR_ENOMEM */
weir_status weir_cloud_describe(weir_ctx *ctx, const weir_cloud *cloud, char **text);

/** Free *cloud and set it to NULL. NULL and a pointer to NULL are allowed. */
void weir_cloud_destroy(weir_cloud **cloud);

#endif
