/* Shapes with edges, corners and jumps, carried by v = B x + c.
 *
 *   The characteristic through (t,x) starts at Y = E x + k, E = e^{-Bt}, k = -int_0^t e^{-Bs} c ds, and rho(t,x) = rho0(Y) det E. A cell's
 *   average is the average of rho0 over the parallelogram that the cell comes from, times det E:
 *       (1/|C|) int_C rho0(Y(x)) det E dx = (1/|C|) int_{Y(C)} rho0 dy ,
 *   which shapes.c has in closed form. Balls (3D) stay balls if B is a rotation and a multiple of 1; the composite profile is a product
 *   over axes, so its B is diagonal. */
#include "exact/classes.h"
#include "exact/dense.h"
#include "exact/shapes.h"
#include <math.h>
#include <string.h>

enum { SHAPE, MATRIX, OFFSET, CENTRE, RADIUS, SLOT, TOP, SCALE, LEVEL, LO, HI, NPARAM };

static const weir_exact_param params[] = {
    [SHAPE] = {"shape", WEIR_EXACT_WORD, WEIR_EXACT_REQUIRED, 0.0, NULL,
               "disc, slotted-disc, cone, hump, leveque (2D), ball (3D) or jiang-shu"},
    [MATRIX] = {"B", WEIR_EXACT_MATRIX, WEIR_EXACT_DEFAULT, 0.0, NULL, "velocity gradient B [1/time]"},
    [OFFSET] = {"c", WEIR_EXACT_VECTOR, WEIR_EXACT_DEFAULT, 0.0, NULL, "velocity at the origin [length/time]"},
    [CENTRE] = {"centre", WEIR_EXACT_VECTOR, WEIR_EXACT_OPTIONAL, 0.0, NULL, "centre at t = 0; absent: the origin"},
    [RADIUS] = {"radius", WEIR_EXACT_SCALAR, WEIR_EXACT_OPTIONAL, 0.15, NULL, "radius R > 0 [length]; absent: 0.15"},
    [SLOT] = {"slot", WEIR_EXACT_SCALAR, WEIR_EXACT_OPTIONAL, 0.0, NULL, "slotted-disc: its width; absent: R/3"},
    [TOP] = {"top", WEIR_EXACT_SCALAR, WEIR_EXACT_OPTIONAL, 0.0, NULL,
             "slotted-disc: height of the slot's end above the centre; absent: 2R/3"},
    [SCALE] = {"scale", WEIR_EXACT_SCALAR, WEIR_EXACT_OPTIONAL, 1.0, NULL,
               "jiang-shu: its unit of length, > 0; absent: 1"},
    [LEVEL] = {"level", WEIR_EXACT_SCALAR, WEIR_EXACT_OPTIONAL, 1.0, NULL, "density scale > 0; absent: 1"},
    [LO] = {"lo", WEIR_EXACT_VECTOR, WEIR_EXACT_OPTIONAL, 0.0, NULL,
            "lower corner of the periodic box (B = 0); absent: whole space"},
    [HI] = {"hi", WEIR_EXACT_VECTOR, WEIR_EXACT_OPTIONAL, 0.0, NULL, "upper corner of the periodic box"},
};

static const char who[] = "moving-shape";

typedef enum shape_kind { DISC, SLOTTED, CONE, HUMP, LEVEQUE, BALL, COMPOSITE, KINDS } shape_kind;
static const char *const kind_name[KINDS] = {"disc", "slotted-disc", "cone", "hump", "leveque", "ball", "jiang-shu"};

#define BIT(k) (1U << (k))
static const unsigned takes[KINDS] = {
    [DISC] = BIT(CENTRE) | BIT(RADIUS),
    [SLOTTED] = BIT(CENTRE) | BIT(RADIUS) | BIT(SLOT) | BIT(TOP),
    [CONE] = BIT(CENTRE) | BIT(RADIUS),
    [HUMP] = BIT(CENTRE) | BIT(RADIUS),
    [LEVEQUE] = 0,
    [BALL] = BIT(CENTRE) | BIT(RADIUS),
    [COMPOSITE] = BIT(CENTRE) | BIT(SCALE),
};

typedef struct piece {
  shape_kind kind;
  double centre[WEIR_MAXDIM], R, slot, top;
} piece;

typedef struct moving {
  int d, pieces;
  piece piece[3];
  double level, scale, B[WEIR_MAXDIM * WEIR_MAXDIM], c[WEIR_MAXDIM];
  bool wrap;
  double lo[WEIR_MAXDIM], len[WEIR_MAXDIM];
} moving;

/* Y = E x + k */
typedef struct origin_map {
  double E[WEIR_MAXDIM * WEIR_MAXDIM], k[WEIR_MAXDIM], det;
} origin_map;

static double determinant(int d, const double *E)
{
  if (d == 1) return E[0];
  if (d == 2) return E[0] * E[3] - E[1] * E[2];
  return E[0] * (E[4] * E[8] - E[5] * E[7]) - E[1] * (E[3] * E[8] - E[5] * E[6]) + E[2] * (E[3] * E[7] - E[4] * E[6]);
}

static void map_at(const moving *s, double t, origin_map *m)
{
  double back[WEIR_MAXDIM * WEIR_MAXDIM], c[WEIR_MAXDIM], Q[WEIR_MAXDIM * WEIR_MAXDIM], work[48];
  for (int i = 0; i < s->d * s->d; i++) back[i] = -s->B[i];
  for (int a = 0; a < s->d; a++) c[a] = -s->c[a];
  dense_flow(s->d, back, c, 0.0, t, m->E, m->k, Q, work);
  m->det = determinant(s->d, m->E);
  for (int a = 0; a < s->d && s->wrap; a++) m->k[a] -= s->len[a] * nearbyint(m->k[a] / s->len[a]);
}

/* ---------------------------------------------------------------- create */
static bool plain(const moving *s)
{
  for (int i = 0; i < s->d * s->d; i++)
    if (s->B[i] != 0.0) return false;
  return true;
}

static weir_status check_matrix(weir_ctx *ctx, const moving *s)
{
  const int d = s->d;
  const shape_kind kind = s->piece[0].kind;
  for (int i = 0; i < d; i++)
    for (int j = 0; j < d; j++) {
      WEIR_REQUIRE(kind != COMPOSITE || i == j || s->B[i * d + j] == 0.0, ctx, WEIR_EARG,
                   "%s: B[%d][%d] = %g; a diagonal B expected for jiang-shu", who, i, j, s->B[i * d + j]);
      WEIR_REQUIRE(kind != BALL || (i == j ? s->B[i * d + i] == s->B[0] : s->B[i * d + j] == -s->B[j * d + i]), ctx,
                   WEIR_EARG, "%s: B[%d][%d] = %g; for a ball B must be antisymmetric and a multiple of 1", who, i, j,
                   s->B[i * d + j]);
    }
  WEIR_REQUIRE(!s->wrap || plain(s), ctx, WEIR_EARG, "%s: a periodic box (lo, hi) needs B = 0", who);
  return WEIR_OK;
}

static weir_status check_given(weir_ctx *ctx, shape_kind kind, int d, const weir_exact_arg *arg)
{
  for (int k = CENTRE; k <= SCALE; k++)
    WEIR_REQUIRE(arg[k].value == NULL || (takes[kind] & BIT(k)) != 0, ctx, WEIR_EARG,
                 "%s: parameter '%s' has no meaning for shape '%s'", who, params[k].name, kind_name[kind]);
  const int want = kind == BALL ? 3 : kind == COMPOSITE ? d : 2;
  WEIR_REQUIRE(d == want, ctx, WEIR_EARG, "%s: shape '%s' in %d dimension%s, %d expected", who, kind_name[kind], d,
               d > 1 ? "s" : "", want);
  WEIR_REQUIRE((arg[LO].value == NULL) == (arg[HI].value == NULL), ctx, WEIR_EARG,
               "%s: parameter '%s' is missing: a periodic box has both lo and hi", who,
               arg[LO].value == NULL ? "lo" : "hi");
  return WEIR_OK;
}

static double number(const weir_exact_arg *arg, int k, double fallback)
{
  return arg[k].value != NULL ? arg[k].value[0] : fallback;
}

static void place(moving *s, shape_kind kind, const weir_exact_arg *arg)
{
  static const struct {
    shape_kind kind;
    double x, y;
  } three[3] = {{SLOTTED, 0.5, 0.75}, {CONE, 0.5, 0.25}, {HUMP, 0.25, 0.5}};
  s->pieces = kind == LEVEQUE ? 3 : 1;
  for (int k = 0; k < s->pieces; k++) {
    piece *p = &s->piece[k];
    p->kind = kind == LEVEQUE ? three[k].kind : kind;
    if (kind == LEVEQUE) p->centre[0] = three[k].x, p->centre[1] = three[k].y;
    for (int a = 0; a < s->d && arg[CENTRE].value != NULL; a++) p->centre[a] = arg[CENTRE].value[a];
    p->R = number(arg, RADIUS, params[RADIUS].fallback);
    p->slot = number(arg, SLOT, p->R / 3.0), p->top = number(arg, TOP, 2.0 * p->R / 3.0);
  }
}

static weir_status bind(weir_ctx *ctx, moving *s, const weir_exact_arg *arg)
{
  int kind = 0;
  while (kind < KINDS && strcmp(kind_name[kind], arg[SHAPE].text) != 0) kind++;
  WEIR_REQUIRE(kind < KINDS, ctx, WEIR_EARG, "%s: parameter 'shape' is '%.40s'; expected %s", who, arg[SHAPE].text,
               params[SHAPE].doc);
  WEIR_TRY(check_given(ctx, (shape_kind)kind, s->d, arg));
  place(s, (shape_kind)kind, arg);
  s->level = number(arg, LEVEL, 1.0), s->scale = number(arg, SCALE, 1.0);
  const piece *p = &s->piece[0];
  WEIR_REQUIRE(s->level > 0.0 && s->scale > 0.0 && p->R > 0.0, ctx, WEIR_EARG,
               "%s: level %g, scale %g, radius %g: each must be > 0", who, s->level, s->scale, p->R);
  WEIR_REQUIRE(p->slot > 0.0 && p->slot < 2.0 * p->R && fabs(p->top) < p->R, ctx, WEIR_EARG,
               "%s: slot %g, top %g in a disc of radius %g: 0 < slot < 2R and |top| < R expected", who, p->slot, p->top,
               p->R);
  memcpy(s->B, arg[MATRIX].value, (size_t)(s->d * s->d) * sizeof(double));
  memcpy(s->c, arg[OFFSET].value, (size_t)s->d * sizeof(double));
  s->wrap = arg[LO].value != NULL;
  if (s->wrap) WEIR_TRY(box_check(ctx, who, s->d, arg[LO].value, arg[HI].value));
  for (int a = 0; a < s->d && s->wrap; a++) s->lo[a] = arg[LO].value[a], s->len[a] = arg[HI].value[a] - s->lo[a];
  return check_matrix(ctx, s);
}

static weir_status create(weir_ctx *ctx, int d, const weir_exact_arg *arg, void **self)
{
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(moving), who, &p));
  ((moving *)p)->d = d;
  const weir_status s = bind(ctx, p, arg);
  if (s != WEIR_OK)
    weir_free(p);
  else
    *self = p;
  return s;
}

static weir_status exists(weir_ctx *ctx, const void *self, double t)
{
  (void)self;
  WEIR_REQUIRE(isfinite(t), ctx, WEIR_EARG, "%s: no solution at t = %g", who, t);
  return WEIR_OK;
}

/* ---------------------------------------------------------------- points */
static bool in_slot(const piece *p, const double *y)
{
  return fabs(y[0]) < 0.5 * p->slot && y[1] < p->top;
}

static radial_kind radial_of(shape_kind k)
{
  return k == CONE ? RADIAL_CONE : k == HUMP ? RADIAL_HUMP : RADIAL_DISC;
}

static double value_at(const moving *s, const double *y)
{
  double sum = 0.0;
  for (int k = 0; k < s->pieces; k++) {
    const piece *p = &s->piece[k];
    double z[WEIR_MAXDIM] = {0.0}, r2 = 0.0, product = 1.0;
    for (int a = 0; a < s->d; a++) {
      z[a] = y[a] - p->centre[a];
      r2 += z[a] * z[a];
      if (p->kind == COMPOSITE) product *= composite_at(z[a] / s->scale);
    }
    if (p->kind == COMPOSITE)
      sum += product;
    else if (p->kind != SLOTTED || !in_slot(p, z))
      sum += radial_at(radial_of(p->kind), p->R, sqrt(r2));
  }
  return sum;
}

static void log_density(const void *self, double t, ptrdiff_t n, const double *x, double *out)
{
  const moving *s = self;
  origin_map m;
  map_at(s, t, &m);
  for (ptrdiff_t i = 0; i < n; i++) {
    double y[WEIR_MAXDIM];
    dense_apply(s->d, m.E, x + i * s->d, y);
    for (int a = 0; a < s->d; a++) {
      y[a] += m.k[a];
      if (s->wrap) y[a] -= s->len[a] * floor((y[a] - s->lo[a]) / s->len[a]);
    }
    out[i] = isfinite(t) ? log(s->level * m.det * value_at(s, y)) : (double)NAN;
  }
}

/* ---------------------------------------------------------------- averages */
/* Integral of a 2D piece over a polygon, in units of the level. */
static double over_polygon(const piece *p, const polygon *q)
{
  const double whole = radial_polygon(radial_of(p->kind), p->R, q);
  if (p->kind != SLOTTED || whole == 0.0) return whole;
  polygon cut = *q;
  polygon_clip(&cut, 1.0, 0.0, 0.5 * p->slot);
  polygon_clip(&cut, -1.0, 0.0, 0.5 * p->slot);
  polygon_clip(&cut, 0.0, 1.0, p->top);
  return fmax(whole - radial_polygon(RADIAL_DISC, p->R, &cut), 0.0);
}

/* Integral of rho0 over what the cell [lo,hi] comes from, moved by `shift`. */
static double plane_cell(const moving *s, const origin_map *m, const double *lo, const double *hi, const double *shift)
{
  double sum = 0.0;
  for (int k = 0; k < s->pieces; k++) {
    const piece *p = &s->piece[k];
    polygon q = {4, {{lo[0], lo[1]}, {hi[0], lo[1]}, {hi[0], hi[1]}, {lo[0], hi[1]}}};
    for (int c = 0; c < 4; c++) {
      double y[2];
      dense_apply(2, m->E, q.p[c], y);
      for (int a = 0; a < 2; a++) q.p[c][a] = y[a] + m->k[a] + shift[a] - p->centre[a];
    }
    sum += over_polygon(p, &q);
  }
  return sum;
}

/* The ball goes forward instead: where its centre is now, E^-1 (centre - k), by E' = s^2 E^-1; the radius grows by 1/s, s^3 = det E. */
static double ball_cell(const moving *s, const origin_map *m, const double *lo, const double *hi, const double *shift)
{
  const piece *p = &s->piece[0];
  const double shrink = cbrt(m->det);
  double at[WEIR_MAXDIM], from[WEIR_MAXDIM], a0[WEIR_MAXDIM], a1[WEIR_MAXDIM];
  for (int a = 0; a < 3; a++) from[a] = p->centre[a] - m->k[a] - shift[a];
  for (int a = 0; a < 3; a++) {
    at[a] = 0.0;
    for (int b = 0; b < 3; b++) at[a] += m->E[b * 3 + a] * from[b] / (shrink * shrink);
    a0[a] = lo[a] - at[a], a1[a] = hi[a] - at[a];
  }
  return m->det * ball_box(p->R / shrink, a0, a1);
}

static double composite_cell(const moving *s, const origin_map *m, const double *lo, const double *hi,
                             const double *shift)
{
  double product = 1.0;
  for (int a = 0; a < s->d; a++) {
    const double off = m->k[a] + shift[a] - s->piece[0].centre[a], e = m->E[a * s->d + a];
    product *= s->scale * composite_integral((e * lo[a] + off) / s->scale, (e * hi[a] + off) / s->scale);
  }
  return product;
}

/* All periodic images that can matter: after the shift was brought to half a period, one each way. */
static double cell(const moving *s, const origin_map *m, const double *lo, const double *hi)
{
  const int images = s->wrap ? 1 : 0;
  double sum = 0.0, volume = 1.0;
  for (int a = 0; a < s->d; a++) volume *= hi[a] - lo[a];
  for (int k = s->d > 2 ? -images : 0; k <= (s->d > 2 ? images : 0); k++)
    for (int j = s->d > 1 ? -images : 0; j <= (s->d > 1 ? images : 0); j++)
      for (int i = -images; i <= images; i++) {
        const double shift[WEIR_MAXDIM] = {i * s->len[0], j * s->len[1], k * s->len[2]};
        switch (s->piece[0].kind) {
        case COMPOSITE: sum += composite_cell(s, m, lo, hi, shift); break;
        case BALL: sum += ball_cell(s, m, lo, hi, shift); break;
        default: sum += plane_cell(s, m, lo, hi, shift); break;
        }
      }
  return s->level * sum / volume;
}

static weir_status average(weir_ctx *ctx, const void *self, const weir_mesh *mesh, double t, double *cells)
{
  const moving *s = self;
  const weir_axis *x = mesh->axis;
  origin_map m;
  (void)ctx;
  map_at(s, t, &m);
#pragma omp parallel for schedule(static) collapse(2)
  for (ptrdiff_t k = 0; k < x[2].n; k++)
    for (ptrdiff_t j = 0; j < x[1].n; j++)
      for (ptrdiff_t i = 0; i < x[0].n; i++) {
        const ptrdiff_t at[WEIR_MAXDIM] = {i, j, k};
        double lo[WEIR_MAXDIM], hi[WEIR_MAXDIM];
        for (int a = 0; a < WEIR_MAXDIM; a++) lo[a] = x[a].node[at[a]], hi[a] = x[a].node[at[a] + 1];
        cells[weir_mesh_index(mesh, i, j, k)] = cell(s, &m, lo, hi);
      }
  return WEIR_OK;
}

static bool velocity(const void *self, double t, ptrdiff_t n, const double *x, double *v)
{
  const moving *s = self;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    dense_apply(s->d, s->B, x + i * s->d, v + i * s->d);
    for (int a = 0; a < s->d; a++) v[i * s->d + a] += s->c[a];
  }
  return true;
}

static double mass(const void *self, double t)
{
  const moving *s = self;
  double sum = 0.0;
  (void)t;
  for (int k = 0; k < s->pieces; k++) {
    const piece *p = &s->piece[k];
    const double b = 0.5 * p->slot, R2 = p->R * p->R;
    if (p->kind == BALL) sum += 4.0 / 3.0 * WEIR_PI * R2 * p->R;
    if (p->kind == COMPOSITE) sum += pow(s->scale * composite_integral(-1.0, 1.0), s->d);
    if (p->kind != BALL && p->kind != COMPOSITE) sum += radial_mass(radial_of(p->kind), p->R);
    if (p->kind != SLOTTED) continue;
    /* the slot's part of the disc: int_{-b}^{b} (sqrt(R^2 - x^2) + min(top, sqrt(R^2 - x^2))) dx; where the top corners lie outside, clip */
    polygon cut = {4, {{-b, -2.0 * p->R}, {b, -2.0 * p->R}, {b, p->top}, {-b, p->top}}};
    sum -= radial_polygon(RADIAL_DISC, p->R, &cut);
  }
  return s->level * sum;
}

const weir_exact_class weir_exact_moving_shape = {
    .abi = WEIR_EXACT_ABI,
    .name = "moving-shape",
    .formula = "v = B x + c;  rho(t,x) = rho0(Y) det E, Y = E x - int e^{-Bs} c ds, E = e^{-Bt}",
    .cite =
        "Zalesak, J. Comput. Phys. 31 (1979) 335; LeVeque, SIAM J. Numer. Anal. 33 (1996) 627; Jiang, Shu, J. Comput. "
        "Phys. 126 (1996) 202",
    .flags = WEIR_EXACT_HAS_VELOCITY,
    .maxdim = WEIR_MAXDIM,
    .nparam = NPARAM,
    .param = params,
    .create = create,
    .destroy = weir_free,
    .exists = exists,
    .log_density = log_density,
    .average = average,
    .velocity = velocity,
    .mass = mass,
};
