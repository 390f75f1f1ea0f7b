/* weir/field_io.h - gridded results as .npz, in the shape that Python users index.
 *
 *   A recorder collects cell averages and scalars at output times and writes one file:
 *       rho          (T, n_x[, n_y[, n_z]])  f8, C order: rho[k, i, j, l] is the average over cell (i,j,l) at t[k]
 *       t            (T,)
 *       x, y, z      (n+1,) nodes of each axis [length]
 *       mass, min_rho, source, defect   (T,)    the ledger (weir/solve.h): defect = mass - mass[0] + outflow - source
 *       outflow      (T, dim, 2)  mass that left since the start through side lo, hi of each axis
 *   and, if every output was given its error bar (weir_recorder_add_error):
 *       error        (T, n_x[, n_y[, n_z]])  estimated error of rho, cell by cell and signed: rho - error is the better guess
 *       estimate     (T,)         its L1 norm over that of rho
 *       order        (T,)         the order it was taken with (weir/study.h)
 *   The file is written atomically (weir/array.h). Threads: one recorder, one thread. */
#ifndef WEIR_FIELD_IO_H
#define WEIR_FIELD_IO_H

#include <weir/mesh.h>

typedef struct weir_recorder weir_recorder;

/** One output time's scalars. */
typedef struct weir_record {
  double time, mass, min_rho, source, defect;
  double outflow[WEIR_MAXDIM][2];
} weir_record;

/** Room for `times` outputs on mesh m (borrowed until destroy).
 *  @retval WEIR_EARG times < 1  @retval WEIR_ENOMEM */
weir_status weir_recorder_create(weir_ctx *ctx, const weir_mesh *m, int times, weir_recorder **r);
void weir_recorder_destroy(weir_recorder **r);
/** Append the interior of q (a cell array) and its scalars. @retval WEIR_EARG more outputs than there is room for */
weir_status weir_recorder_add(weir_ctx *ctx, weir_recorder *r, const double *q, const weir_record *scalars);
/** The error bar of the output added last: a cell array, its relative L1 norm, its order.
 *  @retval WEIR_EARG nothing was added, or the last output has its bar  @retval WEIR_ENOMEM */
weir_status weir_recorder_add_error(weir_ctx *ctx, weir_recorder *r, const double *error, double estimate,
                                    double order);
/** Write what was added. @retval WEIR_EARG nothing was added, or some outputs have an error bar and others have none  @retval WEIR_EIO, WEIR_ELIMIT, WEIR_ENOMEM as weir_npz_add() */
weir_status weir_recorder_write(weir_ctx *ctx, const weir_recorder *r, const char *path);

#endif
