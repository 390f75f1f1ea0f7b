/* extend.h - ghost layers by polynomials, for schemes of high order: a mirror image has a kink at the wall. */
#ifndef WEIR_FV_EXTEND_H
#define WEIR_FV_EXTEND_H

#include <weir/mesh.h>

enum { EXTEND_CELLS = 5 };

/** The polynomials' weights, made once for a mesh: weight[a][side][g][m] of the m-th cell from the side in ghost layer g. */
typedef struct weir_extension {
  double weight[WEIR_MAXDIM][2][WEIR_MESH_MAXGHOST][EXTEND_CELLS];
} weir_extension;

void weir_extension_make(const weir_mesh *m, weir_extension *e);
/** Ghost cells of q as weir_ghost_fill(), but beyond no-flux walls the averages of the polynomial of degree 4 (less on axes of fewer
 *  than 5 cells) through the 5 nearest cells. */
void weir_extend_cells(const weir_mesh *m, const weir_extension *e, const weir_boundary *b, double *q);
/** The first `wide` layers beyond the interior of the axes other than a, for a face array w of axis a: copies on periodic axes, else
 *  polynomials as above, whatever the kind of side. Edges too. */
void weir_extend_faces(const weir_mesh *m, const weir_extension *e, int a, int wide, double *w);

#endif
