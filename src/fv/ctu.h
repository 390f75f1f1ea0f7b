/* ctu.h - a whole step of the transport equation in one pass: unsplit corner-transport upwind with MC slopes.
 *
 *   With all data (velocities, source, entering densities) at t + dt/2:
 *       q_new = q - dt sum_a (F_{i+1} - F_i)/H_i + dt s,      F = w rho_face,  w = A u
 *       rho_face = e_C +- S_C (1 -+ dt w/H_C)                 C: the cell the flow leaves
 *       e_C = q - dt/2 q div - (transverse terms) + dt/2 s    S_C: MC half-slope along the axis of the face
 *   The transverse terms and why constants stay: README. e and S of a row are computed once and used by both its faces; nothing but rows
 *   (3D: some planes) of them is kept, each thread its own. Threads split the outermost axis; what two slabs both need is computed by both,
 *   the same bits.
 *
 *   Threads: one weir_ctu is used by one thread at a time; it makes its own team inside. */
#ifndef WEIR_FV_CTU_H
#define WEIR_FV_CTU_H

#include "fv/advect.h"
#include "fv/extend.h"

typedef struct weir_ctu weir_ctu;

enum { CTU_GHOST = 2 };

/** Tables and buffers for a mesh, borrowed, and a scheme, whose sweep this must be.
 *  @retval WEIR_EARG the scheme is another, or fewer than CTU_GHOST ghost layers  @retval WEIR_ENOMEM */
weir_status weir_ctu_create(weir_ctx *ctx, const weir_mesh *m, const weir_recon *recon, int threads, weir_ctu **ctu);
void weir_ctu_destroy(weir_ctu **ctu);
/** One layer of face velocities beyond all sides, and the faces -1 and n+1 of a periodic axis a, for a face array w of axis a. */
void weir_ctu_faces(const weir_mesh *m, const weir_extension *e, int a, double *w);
/** Where mass enters through a side, the first ghost cell of q becomes 2 rho_in - q_0 (straight through rho_in on the side): the transverse
 *  terms look upwind there. Call after filling ghosts. */
void weir_ctu_enter(const weir_mesh *m, const weir_advect_stage *s, double *q);
/** One step (s->rk and s->D are not used). q, w (weir_ctu_faces) and the source have one ghost layer filled at least, q has two. */
void weir_ctu_run(weir_ctu *ctu, const weir_advect_stage *s, weir_advect_found *found);
/** As weir_advect_rate(), but the MAX over the axes instead of their sum. */
double weir_ctu_rate(weir_ctu *ctu, const double *const w[WEIR_MAXDIM], const double factor[WEIR_MAXDIM]);

#endif
