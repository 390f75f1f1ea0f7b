/* path.h - what the files of the flow map share: lanes of characteristics, the slope of their equation, one step of it. */
#ifndef WEIR_EXACT_PATH_H
#define WEIR_EXACT_PATH_H

#include <weir/flowmap.h>

enum { PATH_LANES = 128, PATH_DIV = WEIR_MAXDIM, PATH_PARTS = WEIR_MAXDIM + 1, PATH_ROWS = 8 };

/** Places part[0 .. dim-1] and the integral of div v, part[PATH_DIV], of up to PATH_LANES characteristics. */
typedef struct path_state {
  double part[PATH_PARTS][PATH_LANES];
} path_state;

/** A problem at one time t, ready to be followed back. The independent variable is s = t - (time), or with `pseudo`
 *  s = int_time^t factor; it runs from 0 to `span`. */
typedef struct path {
  const weir_flowmap *f;
  double t, span;
  bool pseudo, open; /* open: some side lets characteristics in */
  int parts, part[PATH_PARTS];
  double scale[PATH_PARTS]; /* of errors; without a box, times max(1,|x|) */
  double tolerance;
} path;

typedef enum path_trouble {
  PATH_FINE,
  PATH_VELOCITY, /* v or div v not finite */
  PATH_FAR,      /* beyond every bound */
  PATH_STEP,     /* step too small, or too many */
  PATH_WALL,     /* through a no-flux side */
  PATH_DENSITY   /* density not finite */
} path_trouble;

/** The first characteristic that could not be followed: from x at t, down to `when`. */
typedef struct path_failure {
  path_trouble trouble;
  double x[WEIR_MAXDIM], when;
} path_failure;

/** @retval WEIR_EARG as weir_flowmap_trace() */
weir_status path_create(weir_ctx *ctx, const weir_flowmap *f, double t, path *p);
/** d(state)/ds at s; false: not finite, in lane *lane. */
bool path_slope(const path *p, double s, ptrdiff_t n, const path_state *y, path_state *slope, ptrdiff_t *lane);
/** One extrapolated step: y1 after h. Row in which it came below the tolerance, 0 if it did not; *error is the last estimate over the
 *  tolerance, infinity if something was not finite (in lane *lane). y1 == y allowed. */
int path_step(const path *p, double s, double h, ptrdiff_t n, const path_state *y, path_state *y1, double *error,
              ptrdiff_t *lane);

/** Where n <= PATH_LANES characteristics come from. false: *bad says why. */
bool path_origin(const path *p, ptrdiff_t n, const double *const x[WEIR_MAXDIM], path_state *y, double *when, int *side,
                 path_failure *bad);
/** Densities of n <= PATH_LANES points. */
bool path_density(const path *p, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *rho, path_failure *bad);
/** The failure as a message. */
weir_status path_complain(weir_ctx *ctx, const path *p, const path_failure *bad);

#endif
