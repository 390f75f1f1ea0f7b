/* shapes.h - integrals of simple densities over polygons and boxes, in closed form or to rounding. */
#ifndef WEIR_EXACT_SHAPES_H
#define WEIR_EXACT_SHAPES_H

#include <stdbool.h>

/** f(r) on a disc of radius R about the origin, 0 outside:
 *  disc 1; cone 1 - r/R; hump (1 + cos(pi r/R))/4 */
typedef enum radial_kind { RADIAL_DISC, RADIAL_CONE, RADIAL_HUMP } radial_kind;

enum { POLYGON_MAX = 16 };
typedef struct polygon {
  int n; /**< corners, counter-clockwise, convex */
  double p[POLYGON_MAX][2];
} polygon;

/** Value at distance r. */
double radial_at(radial_kind kind, double R, double r);
/** Integral of f over the whole disc. */
double radial_mass(radial_kind kind, double R);
/** Integral of f over the polygon (empty: n < 3). Relative error about 1e-15 R/(size of the polygon). */
double radial_polygon(radial_kind kind, double R, const polygon *p);
/** Keep the part where a x + b y <= c. */
void polygon_clip(polygon *p, double a, double b, double c);
/** Area. */
double polygon_area(const polygon *p);
/** Volume of the part of the box [lo, hi] in the ball of radius R about the origin. */
double ball_box(double R, const double lo[3], const double hi[3]);
/** Integral of the composite profile of Jiang and Shu over [a,b], and its value; it lives on [-0.8, 0.6]. */
double composite_integral(double a, double b);
double composite_at(double x);

#endif
