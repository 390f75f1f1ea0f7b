/* weir/cloud_io.h - particle clouds from files (.npz, .npy, CSV), in the layouts that codes use.
 *
 *   Names. An array is recognised by its name (or `--map ours=theirs` says it); capital X too:
 *     x        x X particles positions samples traj trajectory trajectories points pos data
 *     logrho   logrho log_rho logp log_p log_prob logprob logdensity log_density
 *     rho      rho density p prob         (logrho = log rho; 0 gives -inf and a negative density NaN, for the judge)
 *     w        w weights weight           one number, or one per particle, or one per particle and step
 *     t        t time times ts            one number per step
 *     tau      tau dt step                one number, or one per step taken (then times are summed from 0)
 *     n0       n0 N0                      particles at the start
 *     labels   labels label sample_labels one per row: the row's step (long layout)
 *     v v_start v_end                     v velocity velocities vel
 *     logdet   logdet log_det logabsdet   T values per particle: accumulated from step 0;  T-1: per step, summed here
 *     divv     divv div_v divergence
 *     z        z states z_states          a state [x, logdet, cost] in one array, split along its last axis
 *   A single array of any name is x. Others (objective, seed, ...) are listed in the notes, never an error.
 *   A name in several files or an unknown map is an error; in an alias list the first name that is there wins, and a
 *   file with two of x's aliases other than x itself is an error that names the option.
 *
 *   Layouts, T steps, N particles, d coordinates:
 *     TNd    x (T,N,d); for d = 1 also (T,N)        w, logrho, ... (T,N)
 *     NTd    x (N,T,d); for d = 1 also (N,T)        (N,T)
 *     Nd     x (N,d) or (N,): one step              (N,)
 *     long   x (M,d) with labels (M,), or t (M,) with repeated values, or a step column: rows of all steps stacked
 *     ragged x_000 (N_0,d), x_001 (N_1,d), ...      logrho_000, ...; steps may differ in size
 *     z      as TNd, NTd or Nd with d + 2 columns
 *   Between TNd and NTd decide the lengths of t, logrho, w, v, v_start, n0; when everything fits both, the axis that is at
 *   least 20 times the other holds the particles (a note starting with "assumed:" says so), else it is an error
 *   that names the option. Times of labels: t[label] if t has as many values as there are labels, else label * tau.
 *   Tables with a header: columns x y z, or x0 x1 .., x_1 x_2 .. are coordinates, vx vy vz or v0 v1 .. the velocity;
 *   logrho, w, t, labels, step as above. A table without header is one array of coordinates; if the dimension is given
 *   (weir_cloud_map.dim) and there is one column more with negative values in it, that is taken for logrho (no
 *   coordinate, density or weight could be), and a note starting with "assumed:" says so.
 *
 *   Identity: with equal counts index i is taken for the same particle at every step, unless `independent`. */
#ifndef WEIR_CLOUD_IO_H
#define WEIR_CLOUD_IO_H

#include <weir/array.h>
#include <weir/cloud.h>

/** Everything zero or NULL: decide by the files. Borrowed. */
typedef struct weir_cloud_map {
  /** What --map gave: "ours=theirs", several separated by commas. `theirs` is the name of an array, for x and v also a
   *  list of 1-D arrays, one per coordinate ("x=px,py"). "columns=x,logrho" (or "z=...") says what the last axis of x
   *  (or z) holds, in order: one of x logrho rho logdet w divv t labels, or '-' to leave out; x takes what is left. */
  const char *const *name;
  int nname;
  const char *layout; /**< NULL, "auto", "TNd", "NTd", "Nd", "long" */
  double tau;         /**< > 0: time step, used for times when the files have none */
  int dim;            /**< > 0: dimension expected (the case's); another one is an error */
  bool independent;   /**< the samples of different steps are not the same particles */
  weir_read_limits limits;
} weir_cloud_map;

/** Read a cloud from one or several files together (e.g. data.npy and sample_labels.npy).
 *  @param[in]  map    NULL for the defaults
 *  @param[out] cloud  owned by the caller, free with weir_cloud_destroy(); NULL after a failure
 *  @retval WEIR_EARG         npath < 1, a malformed map or layout
 *  @retval WEIR_EFORMAT      no positions, shapes that do not fit together (both are told), an ambiguous layout, times
 *                            that do not increase
 *  @retval WEIR_ENOTFOUND    a name of the map is in no file
 *  @retval WEIR_EUNSUPPORTED an array that is needed is of a kind that is not read
 *  @retval WEIR_ELIMIT       more than 64 coordinates, or a limit of weir_arrays_read()
 *  @retval WEIR_EIO, WEIR_ENOMEM */
weir_status weir_cloud_read(weir_ctx *ctx, int npath, const char *const *path, const weir_cloud_map *map,
                            weir_cloud **cloud);

#endif
