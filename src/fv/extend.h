/* extend.h - ghost layers by polynomials, for schemes of high order: a mirror image has a kink at the wall, a line is of second order. */
#ifndef WEIR_FV_EXTEND_H
#define WEIR_FV_EXTEND_H

#include <weir/mesh.h>

enum { EXTEND_CELLS = 5, ENTER_CELLS = 4 };

/** The polynomials' weights, made once for a mesh. weight[a][side][g][m]: of the m-th cell from the side in ghost layer g, from cells alone.
 *  enter[a][side][g]: from the density on the side itself ([0]) and the m-th cell ([m], m >= 1), both in differences to cell 0. */
typedef struct weir_extension {
  double weight[WEIR_MAXDIM][2][WEIR_MESH_MAXGHOST][EXTEND_CELLS];
  double enter[WEIR_MAXDIM][2][WEIR_MESH_MAXGHOST][ENTER_CELLS];
} weir_extension;

/** Densities on one side of axis a for the faces of its ghost rows too, m->ghost more at either end of the other axes; NaN where the flow
 *  does not enter. Entries; position of the face in line with cell (i,j,k), i contiguous unless a = 0. */
ptrdiff_t weir_entry_len(const weir_mesh *m, int a);
ptrdiff_t weir_entry_at(const weir_mesh *m, int a, ptrdiff_t i, ptrdiff_t j, ptrdiff_t k);
/** Fill them from the packed side array `entering` (fv/advect.h) and the flow factor * w: copies on periodic axes, else polynomials. */
void weir_entry_fill(const weir_mesh *m, const weir_extension *e, int a, int side, const double *entering,
                     const double *w, double factor, double *entry);

void weir_extension_make(const weir_mesh *m, weir_extension *e);
/** Ghost cells of q: copies on periodic axes; beyond open sides (entry[a][side] != NULL, what enters or NaN) the averages of the polynomial
 *  of degree 4 through the density that enters and the 4 nearest cells, or through the 5 nearest cells where none does, or, if these are of
 *  another sign than the cells or 4 times larger, as weir_ghost_fill(); beyond no-flux walls the 5 nearest cells. Lower degrees on axes of
 *  fewer cells. */
void weir_extend_cells(const weir_mesh *m, const weir_extension *e, const weir_boundary *b,
                       const double *entry[WEIR_MAXDIM][2], double *q);
/** The first `wide` layers beyond the interior of the axes other than a, for a face array w of axis a: copies on periodic axes, else
 *  polynomials of cells alone, whatever the kind of side. Edges too. */
void weir_extend_faces(const weir_mesh *m, const weir_extension *e, int a, int wide, double *w);

#endif
