/* Discs, cones, humps over polygons; balls over boxes; the composite profile.
 *
 *   Radial f with F(r) = int_0^r f(s) s ds: div(F(r)/r^2 x) = f, so over a polygon P (Green's theorem)
 *       int_P f = sum over edges of int F(min(r,R))/r^2 (x dy - y dx).
 *   On the edge from a to b x dy - y dx = (a x b) du. Outside the circle the integrand is F(R) d(angle); inside
 *       disc  F/r^2 = 1/2               cone  F/r^2 = 1/2 - r/(3R),  2 int sqrt(l^2 + d^2) dl = l r + d^2 asinh(l/d)
 *       hump  F/r^2 = 1/8 + (q sin q + cos q - 1)/(4 q^2), q = pi r/R: entire in r^2; 12 Gauss points on a chord leave (pi/2)^24/24!.
 *   A ball over a box: disc areas integrated along z between the heights at which the circle meets a side or a corner; there area is
 *   analytic in the root of the distance, which z = a + (b-a)(3u^2 - 2u^3) makes analytic in u.
 *   Sources: S. T. Zalesak, J. Comput. Phys. 31 (1979) 335; R. J. LeVeque, SIAM J. Numer. Anal. 33 (1996) 627; G.-S. Jiang and
 *   C.-W. Shu, J. Comput. Phys. 126 (1996) 202 (sec. 8.1). */
#include "exact/shapes.h"
#include <weir/mesh.h>
#include <math.h>

/* ---------------------------------------------------------------- radial profiles */
double radial_at(radial_kind kind, double R, double r)
{
  if (!(r < R)) return isnan(r) ? r : 0.0;
  switch (kind) {
  case RADIAL_DISC: return 1.0;
  case RADIAL_CONE: return 1.0 - r / R;
  case RADIAL_HUMP: return 0.25 * (1.0 + cos(WEIR_PI * r / R));
  }
  return (double)NAN;
}

/* (q sin q + cos q - 1)/q^2 = sum (-1)^k (2k+1)/(2k+2)! q^2k */
static double hump_part(double q)
{
  if (q > 0.5) return (q * sin(q) + cos(q) - 1.0) / (q * q);
  double sum = 0.0, term = 0.5; /* (-1)^k q^2k / (2k+2)! */
  for (int k = 0; k < 10; k++) {
    sum += (2 * k + 1) * term;
    term *= -q * q / ((2 * k + 3) * (2 * k + 4));
  }
  return sum;
}

/* F(r)/r^2 */
static double mean_to(radial_kind kind, double R, double r)
{
  switch (kind) {
  case RADIAL_DISC: return 0.5;
  case RADIAL_CONE: return 0.5 - r / (3.0 * R);
  case RADIAL_HUMP: return 0.125 + 0.25 * hump_part(WEIR_PI * r / R);
  }
  return (double)NAN;
}

double radial_mass(radial_kind kind, double R)
{
  return 2.0 * WEIR_PI * R * R * mean_to(kind, R, R);
}

/* int over u in [u1,u2] of F/r^2 at a + u e. */
static double chord(radial_kind kind, double R, const double a[2], const double e[2], double u1, double u2)
{
  enum { Q = 12 };
  const double A = e[0] * e[0] + e[1] * e[1], B = a[0] * e[0] + a[1] * e[1],
               d = fabs(a[0] * e[1] - a[1] * e[0]) / sqrt(A);
  if (kind == RADIAL_DISC) return 0.5 * (u2 - u1);
  if (kind == RADIAL_CONE) {
    const double l1 = (B + u1 * A) / sqrt(A), l2 = (B + u2 * A) / sqrt(A), r1 = hypot(l1, d), r2 = hypot(l2, d);
    const double angle = d > 0.0 ? d * d * (asinh(l2 / d) - asinh(l1 / d)) : 0.0;
    return 0.5 * (u2 - u1) - (l2 * r2 - l1 * r1 + angle) / (6.0 * R * sqrt(A));
  }
  double node[Q], weight[Q], sum = 0.0;
  weir_gauss(Q, node, weight);
  for (int k = 0; k < Q; k++) {
    const double u = 0.5 * (u1 + u2) + 0.5 * (u2 - u1) * node[k];
    sum += weight[k] * mean_to(kind, R, hypot(a[0] + u * e[0], a[1] + u * e[1]));
  }
  return 0.5 * (u2 - u1) * sum;
}

/* Angle seen from the origin between a + u1 e and a + u2 e. */
static double angle_between(const double a[2], const double e[2], double u1, double u2)
{
  const double p[2] = {a[0] + u1 * e[0], a[1] + u1 * e[1]}, q[2] = {a[0] + u2 * e[0], a[1] + u2 * e[1]};
  return atan2((u2 - u1) * (a[0] * e[1] - a[1] * e[0]), p[0] * q[0] + p[1] * q[1]);
}

static double edge(radial_kind kind, double R, const double a[2], const double b[2])
{
  const double e[2] = {b[0] - a[0], b[1] - a[1]}, cross = a[0] * e[1] - a[1] * e[0];
  const double A = e[0] * e[0] + e[1] * e[1], B = a[0] * e[0] + a[1] * e[1], C = a[0] * a[0] + a[1] * a[1] - R * R;
  const double whole = R * R * mean_to(kind, R, R), disc = B * B - A * C;
  if (cross == 0.0 || A == 0.0) return 0.0;
  if (!(disc > 0.0)) return whole * angle_between(a, e, 0.0, 1.0);
  const double root = sqrt(disc), u1 = fmin(fmax((-B - root) / A, 0.0), 1.0),
               u2 = fmin(fmax((-B + root) / A, 0.0), 1.0);
  double sum = 0.0;
  if (u1 > 0.0) sum += whole * angle_between(a, e, 0.0, u1);
  if (u2 > u1) sum += cross * chord(kind, R, a, e, u1, u2);
  if (u2 < 1.0) sum += whole * angle_between(a, e, u2, 1.0);
  return sum;
}

/* Beyond the disc: its bounding box keeps off. */
static bool keeps_off(const polygon *p, double R)
{
  double lo[2] = {p->p[0][0], p->p[0][1]}, hi[2] = {p->p[0][0], p->p[0][1]};
  for (int k = 1; k < p->n; k++)
    for (int a = 0; a < 2; a++) lo[a] = fmin(lo[a], p->p[k][a]), hi[a] = fmax(hi[a], p->p[k][a]);
  return hypot(fmax(fmax(lo[0], -hi[0]), 0.0), fmax(fmax(lo[1], -hi[1]), 0.0)) >= R;
}

double radial_polygon(radial_kind kind, double R, const polygon *p)
{
  if (p->n < 3 || keeps_off(p, R)) return 0.0;
  bool within = kind == RADIAL_DISC;
  for (int k = 0; k < p->n && within; k++) within = hypot(p->p[k][0], p->p[k][1]) <= R;
  if (within) return polygon_area(p);
  double sum = 0.0;
  for (int k = 0; k < p->n; k++) sum += edge(kind, R, p->p[k], p->p[(k + 1) % p->n]);
  return fmax(sum, 0.0);
}

/* ---------------------------------------------------------------- polygons */
/* Sutherland and Hodgman, CACM 17 (1974) 32. */
void polygon_clip(polygon *p, double a, double b, double c)
{
  polygon out = {0, {{0}}};
  for (int k = 0; k < p->n; k++) {
    const double *u = p->p[k], *v = p->p[(k + 1) % p->n];
    const double su = a * u[0] + b * u[1] - c, sv = a * v[0] + b * v[1] - c;
    if (su <= 0.0 && out.n < POLYGON_MAX) out.p[out.n][0] = u[0], out.p[out.n++][1] = u[1];
    if ((su < 0.0 && sv > 0.0) || (su > 0.0 && sv < 0.0)) {
      const double w = su / (su - sv);
      if (out.n < POLYGON_MAX) out.p[out.n][0] = u[0] + w * (v[0] - u[0]), out.p[out.n++][1] = u[1] + w * (v[1] - u[1]);
    }
  }
  *p = out;
}

double polygon_area(const polygon *p)
{
  double sum = 0.0;
  for (int k = 1; k + 1 < p->n; k++) {
    const double u[2] = {p->p[k][0] - p->p[0][0], p->p[k][1] - p->p[0][1]};
    const double v[2] = {p->p[k + 1][0] - p->p[0][0], p->p[k + 1][1] - p->p[0][1]};
    sum += 0.5 * (u[0] * v[1] - u[1] * v[0]);
  }
  return sum;
}

/* ---------------------------------------------------------------- ball and box */
static double slice(double R, const double lo[3], const double hi[3], double z)
{
  const double r2 = R * R - z * z;
  const polygon p = {4, {{lo[0], lo[1]}, {hi[0], lo[1]}, {hi[0], hi[1]}, {lo[0], hi[1]}}};
  return r2 > 0.0 ? radial_polygon(RADIAL_DISC, sqrt(r2), &p) : 0.0;
}

static void insert(double *cut, int *n, double z, double lo, double hi)
{
  if (!(z > lo && z < hi)) return;
  int k = (*n)++;
  for (; k > 0 && cut[k - 1] > z; k--) cut[k] = cut[k - 1];
  cut[k] = z;
}

enum { BALL_Q = 16, BALL_DEEPEST = 12 };

/* One interval of z between two cuts, its box, and the rule. */
typedef struct slab {
  double R, from, width;
  const double *lo, *hi;
  double node[BALL_Q], weight[BALL_Q], small;
} slab;

static double gauss_slab(const slab *s, double u0, double u1)
{
  double sum = 0.0;
  for (int g = 0; g < BALL_Q; g++) {
    const double u = 0.5 * (u0 + u1) + 0.5 * (u1 - u0) * s->node[g];
    sum += s->weight[g] * 6.0 * u * (1.0 - u) * slice(s->R, s->lo, s->hi, s->from + s->width * u * u * (3.0 - 2.0 * u));
  }
  return 0.5 * (u1 - u0) * s->width * sum;
}

/* Halved until it no longer changes: cuts may lie close together. */
static double halve_slab(const slab *s, double u0, double u1, double whole, int depth) // NOLINT(misc-no-recursion)
{
  const double mid = 0.5 * (u0 + u1), a = gauss_slab(s, u0, mid), b = gauss_slab(s, mid, u1);
  if (fabs(a + b - whole) <= s->small || depth == BALL_DEEPEST) return a + b;
  return halve_slab(s, u0, mid, a, depth + 1) + halve_slab(s, mid, u1, b, depth + 1);
}

double ball_box(double R, const double lo[3], const double hi[3])
{
  double near = 0.0, away = 0.0, volume = 1.0, cut[40], sum = 0.0;
  int n = 2;
  for (int a = 0; a < 3; a++) {
    const double least = fmax(fmax(lo[a], -hi[a]), 0.0), most = fmax(fabs(lo[a]), fabs(hi[a]));
    near += least * least, away += most * most, volume *= hi[a] - lo[a];
  }
  if (near >= R * R) return 0.0;
  if (away <= R * R) return volume;
  const double x2[3] = {0.0, lo[0] * lo[0], hi[0] * hi[0]}, y2[3] = {0.0, lo[1] * lo[1], hi[1] * hi[1]};
  cut[0] = fmax(lo[2], -R), cut[1] = fmin(hi[2], R);
  const double bottom = cut[0], top = cut[1];
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      const double z2 = R * R - x2[i] - y2[j];
      if (z2 > 0.0) insert(cut, &n, sqrt(z2), bottom, top), insert(cut, &n, -sqrt(z2), bottom, top);
    }
  slab s = {.R = R, .lo = lo, .hi = hi, .small = 2e-15 * fmin(volume, R * R * R)};
  weir_gauss(BALL_Q, s.node, s.weight);
  for (int k = 0; k + 1 < n; k++) {
    s.from = cut[k], s.width = cut[k + 1] - cut[k];
    if (s.width > 0.0) sum += halve_slab(&s, 0.0, 1.0, gauss_slab(&s, 0.0, 1.0), 0);
  }
  return sum;
}

/* ---------------------------------------------------------------- composite profile */
static const double half_width = 0.005, centre_gauss = -0.7, centre_ellipse = 0.5, steep = 10.0;

static double root_beta(void)
{
  return sqrt(log(2.0) / 36.0) / half_width;
}

static double ellipse_below(double s)
{
  const double q = fmin(fmax(steep * s, -1.0), 1.0);
  return 0.5 * (q * sqrt(1.0 - q * q) + asin(q)) / steep;
}

/* Antiderivative of 1 - |10 s| on [-0.1, 0.1], 0 at the middle. */
static double triangle_below(double s)
{
  return s - 0.5 * steep * s * fabs(s);
}

static double length_in(double a, double b, double lo, double hi, double *from, double *to)
{
  *from = fmax(a, lo), *to = fmin(b, hi);
  return *to - *from;
}

double composite_integral(double a, double b)
{
  static const double weight[3] = {1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0};
  const double rb = root_beta();
  double sum = 0.0, u = 0.0, v = 0.0;
  if (length_in(a, b, -0.8, -0.6, &u, &v) > 0.0)
    for (int k = 0; k < 3; k++) {
      const double z = centre_gauss + (k - 1) * half_width;
      sum += weight[k] * 0.5 * sqrt(WEIR_PI) / rb * (erf(rb * (v - z)) - erf(rb * (u - z)));
    }
  if (length_in(a, b, -0.4, -0.2, &u, &v) > 0.0) sum += v - u;
  if (length_in(a, b, 0.0, 0.2, &u, &v) > 0.0) sum += triangle_below(v - 0.1) - triangle_below(u - 0.1);
  if (length_in(a, b, 0.4, 0.6, &u, &v) > 0.0)
    for (int k = 0; k < 3; k++) {
      const double z = centre_ellipse + (k - 1) * half_width;
      sum += weight[k] * (ellipse_below(v - z) - ellipse_below(u - z));
    }
  return sum;
}

double composite_at(double x)
{
  static const double weight[3] = {1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0};
  double sum = 0.0;
  if (isnan(x)) return x;
  for (int k = 0; k < 3 && x >= -0.8 && x <= -0.6; k++) {
    const double q = root_beta() * (x - centre_gauss - (k - 1) * half_width);
    sum += weight[k] * exp(-q * q);
  }
  if (x >= -0.4 && x <= -0.2) return 1.0;
  if (x >= 0.0 && x <= 0.2) return 1.0 - fabs(steep * (x - 0.1));
  for (int k = 0; k < 3 && x >= 0.4 && x <= 0.6; k++) {
    const double q = steep * (x - centre_ellipse - (k - 1) * half_width);
    sum += weight[k] * sqrt(fmax(1.0 - q * q, 0.0));
  }
  return sum;
}
