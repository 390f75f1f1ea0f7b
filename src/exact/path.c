/* Following characteristics back: steps, sides, entries.
 *
 *   All lanes of a batch take the same steps, so that velocities are asked for arrays. A lane that is found beyond an open side after a
 *   step has entered there: its time of entry solves x_a(s) = bound by linear interpolation and Newton's method, each
 *   iterate a step of its own; then it leaves the batch. */
#include "exact/path.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum { STEPS_MAX = 20000, NEWTON_MAX = 40, PIECES_MAX = 1 << 14, Q = 16 };
static const double far = 1e8; /* times the size of things: nothing smooth goes there and comes back to 1e-13 */

/* ---------------------------------------------------------------- pseudo-time */
static double piece(const weir_flowmap *f, double a, double b, const double *node, const double *weight)
{
  double sum = 0.0;
  for (int k = 0; k < Q; k++) sum += weight[k] * f->factor(f->factor_user, 0.5 * (a + b) + 0.5 * (b - a) * node[k]);
  return 0.5 * (b - a) * sum;
}

/* int_start^t factor on 4, 8, 16 ... pieces until two agree; false if they never do. */
static bool pseudo_time(const weir_flowmap *f, double t, double *span)
{
  double node[Q], weight[Q], last = (double)NAN;
  weir_gauss(Q, node, weight);
  for (int n = 4; n <= PIECES_MAX; n *= 2) {
    double sum = 0.0, size = 0.0;
    for (int k = 0; k < n; k++) {
      const double a = f->start + (t - f->start) * k / n, b = f->start + (t - f->start) * (k + 1) / n;
      const double one = piece(f, a, b, node, weight);
      sum += one, size += fabs(one);
    }
    *span = sum;
    if (fabs(sum - last) <= 8.0 * DBL_EPSILON * size) return isfinite(sum);
    last = sum;
  }
  return false;
}

/* ---------------------------------------------------------------- the problem at one time */
static weir_status check(weir_ctx *ctx, const weir_flowmap *f, double t)
{
  WEIR_REQUIRE(f->dim >= 1 && f->dim <= WEIR_MAXDIM, ctx, WEIR_EARG, "flow map: dimension %d, 1..3 expected", f->dim);
  WEIR_REQUIRE(isfinite(t) && t >= f->start, ctx, WEIR_EARG, "flow map: t = %g, a time from the start %g on expected",
               t, f->start);
  WEIR_REQUIRE(f->tolerance == 0.0 || (f->tolerance >= 1e-15 && f->tolerance <= 1e-3), ctx, WEIR_EARG,
               "flow map: tolerance %g, 1e-15 .. 1e-3 expected", f->tolerance);
  for (int a = 0; a < f->dim && f->boxed; a++)
    WEIR_REQUIRE(f->lo[a] < f->hi[a], ctx, WEIR_EARG, "flow map: the box is [%g, %g] on axis %d, lo < hi expected",
                 f->lo[a], f->hi[a], a);
  return WEIR_OK;
}

static bool lets_in(weir_side_kind k)
{
  return k == WEIR_INFLOW || k == WEIR_OUTFLOW;
}

weir_status path_create(weir_ctx *ctx, const weir_flowmap *f, double t, path *p)
{
  WEIR_TRY(check(ctx, f, t));
  *p = (path){.f = f, .t = t, .span = t - f->start, .tolerance = f->tolerance > 0.0 ? f->tolerance : 1e-13};
  for (int a = 0; a < f->dim; a++) {
    if (f->velocity[a] != NULL) p->part[p->parts++] = a;
    p->scale[a] = f->boxed ? f->hi[a] - f->lo[a] : 1.0;
    p->open |= f->boxed && (lets_in(f->boundary.side[a][0]) || lets_in(f->boundary.side[a][1]));
  }
  if (f->divergence != NULL) p->part[p->parts++] = PATH_DIV;
  p->scale[PATH_DIV] = 1.0;
  double span = 0.0;
  if (f->factor != NULL && !p->open && pseudo_time(f, t, &span)) p->pseudo = true, p->span = span;
  return WEIR_OK;
}

/* ---------------------------------------------------------------- a batch on its way */
typedef struct batch {
  const path *p;
  ptrdiff_t n; /* lanes under way */
  path_state y;
  ptrdiff_t home[PATH_LANES]; /* place of a lane in the caller's arrays */
  double s;
  path_state *out;
  double *when;
  int *side;
} batch;

static void arrive(batch *b, ptrdiff_t lane, const path_state *y, ptrdiff_t from, double s, int side)
{
  const ptrdiff_t to = b->home[lane];
  for (int a = 0; a < PATH_PARTS; a++) b->out->part[a][to] = y->part[a][from];
  b->when[to] = side < 0 ? b->p->f->start : b->p->t - s;
  b->side[to] = side;
}

static void drop(batch *b, ptrdiff_t lane)
{
  const ptrdiff_t last = --b->n;
  for (int a = 0; a < PATH_PARTS; a++) b->y.part[a][lane] = b->y.part[a][last];
  b->home[lane] = b->home[last];
}

/* How far beyond side `side` of axis a; negative inside. */
static double beyond(const weir_flowmap *f, int a, int side, double x)
{
  return side == 0 ? f->lo[a] - x : x - f->hi[a];
}

/* Where the lane that was inside at (s, from) and is outside after h crosses the side: *at, *sigma in (0, h]. */
static bool crossing(const path *p, double s, double h, const path_state *from, int a, int side, double guess,
                     path_state *at, double *sigma)
{
  const double small = 4.0 * DBL_EPSILON * fmax(p->scale[a], fmax(fabs(p->f->lo[a]), fabs(p->f->hi[a])));
  double error = 0.0;
  ptrdiff_t lane = 0;
  *sigma = h * guess;
  if (path_step(p, s, *sigma, 1, from, at, &error, &lane) == 0) return false;
  for (int k = 0; k < NEWTON_MAX; k++) {
    path_state slope;
    const double off = beyond(p->f, a, side, at->part[a][0]);
    if (fabs(off) <= small) return true;
    if (!path_slope(p, s + *sigma, 1, at, &slope, &lane)) return false;
    const double rate = side == 0 ? -slope.part[a][0] : slope.part[a][0];
    double step = -off / rate;
    if (!isfinite(step)) return false;
    if (*sigma + step > h || *sigma + step < 0.0) step = 0.5 * ((off > 0.0 ? 0.0 : h) - *sigma);
    if (fabs(step) <= DBL_EPSILON * (fabs(s) + h)) return true;
    if (path_step(p, s + *sigma, step, 1, at, at, &error, &lane) == 0) return false;
    *sigma += step;
  }
  return false;
}

/* Lane `lane` of `next` against the sides. 1: inside, 0: it has entered and is gone, -1: a wall or a crossing that is not found. */
static int settle(batch *b, const path_state *next, ptrdiff_t lane, double h)
{
  const weir_flowmap *f = b->p->f;
  path_state from, at, best;
  double first = (double)INFINITY;
  int through = -1;
  for (int a = 0; a < f->dim; a++)
    for (int side = 0; side < 2; side++) {
      const weir_side_kind kind = f->boundary.side[a][side];
      const double now = beyond(f, a, side, next->part[a][lane]), was = beyond(f, a, side, b->y.part[a][lane]);
      if (kind == WEIR_PERIODIC || !(now > 0.0)) continue;
      if (kind == WEIR_NOFLUX) {
        if (now > 1e-9 * b->p->scale[a]) return -1;
        continue;
      }
      double sigma = 0.0;
      for (int q = 0; q < PATH_PARTS; q++) from.part[q][0] = b->y.part[q][lane];
      if (!crossing(b->p, b->s, h, &from, a, side, fmin(fmax(was / (was - now), 0.0), 1.0), &at, &sigma)) return -1;
      if (sigma < first) first = sigma, through = 2 * a + side, best = at;
    }
  if (through < 0) return 1;
  arrive(b, lane, &best, 0, b->s + first, through);
  return 0;
}

static bool fail(const batch *b, ptrdiff_t lane, path_trouble trouble, const double *const x[WEIR_MAXDIM],
                 path_failure *bad)
{
  bad->trouble = trouble;
  for (int a = 0; a < b->p->f->dim; a++) bad->x[a] = x[a][b->home[lane]];
  bad->when = b->p->t - b->s; /* pseudo: a pseudo-time */
  return false;
}

/* The first step, and with open sides the largest at all: a quarter of the box (of the way, without a box) at the present speed. */
static double speed_limit(const batch *b, ptrdiff_t *lane, bool *fine)
{
  path_state slope;
  double top = 0.0;
  *fine = path_slope(b->p, b->s, b->n, &b->y, &slope, lane);
  for (int q = 0; q < b->p->parts && *fine; q++)
    for (ptrdiff_t i = 0; i < b->n; i++) {
      const int a = b->p->part[q];
      const double unit = a == PATH_DIV || b->p->f->boxed ? 1.0 : fmax(1.0, fabs(b->y.part[a][i]));
      top = fmax(top, fabs(slope.part[a][i]) / (unit * b->p->scale[a]));
    }
  return top > 0.0 ? 0.25 / top : (double)INFINITY;
}

static bool off_the_map(const batch *b, const path_state *y, ptrdiff_t *lane)
{
  const weir_flowmap *f = b->p->f;
  for (int a = 0; a < f->dim; a++)
    for (ptrdiff_t i = 0; i < b->n; i++)
      if (!(fabs(y->part[a][i]) <= far * (f->boxed ? fabs(f->lo[a]) + fabs(f->hi[a]) : 1.0))) {
        *lane = i;
        return true;
      }
  return false;
}

/* Take the accepted step; false: trouble in *lane. */
static bool advance(batch *b, path_state *next, double h, ptrdiff_t *lane)
{
  for (ptrdiff_t i = b->n - 1; i >= 0 && b->p->f->boxed; i--) {
    const int fate = settle(b, next, i, h);
    *lane = i;
    if (fate < 0) return false;
    if (fate > 0) continue;
    drop(b, i);
    for (int a = 0; a < PATH_PARTS; a++) next->part[a][i] = next->part[a][b->n];
  }
  for (int a = 0; a < PATH_PARTS; a++) memcpy(b->y.part[a], next->part[a], (size_t)b->n * sizeof(double));
  b->s += h;
  return true;
}

static bool march(batch *b, const double *const x[WEIR_MAXDIM], path_failure *bad)
{
  const path *p = b->p;
  path_state next;
  ptrdiff_t lane = 0;
  bool fine = true;
  double h = fmin(fabs(p->span), speed_limit(b, &lane, &fine));
  const double sign = p->span < 0.0 ? -1.0 : 1.0, least = 1e-14 * fabs(p->span);
  if (!fine) return fail(b, lane, PATH_VELOCITY, x, bad);
  for (int steps = 0; b->n > 0 && fabs(b->s) < fabs(p->span);) {
    const double left = fabs(p->span) - fabs(b->s);
    const double step = h >= left ? left : h > 0.5 * left ? 0.5 * left : h;
    double error = 0.0;
    const int row = path_step(p, b->s, sign * step, b->n, &b->y, &next, &error, &lane);
    if (row == 0) {
      h = step * (isfinite(error) ? fmax(0.1, 0.8 * pow(error, -1.0 / (2 * PATH_ROWS - 1))) : 0.25);
      if (h < least || ++steps > STEPS_MAX)
        return fail(b, lane,
                    off_the_map(b, &b->y, &lane) ? PATH_FAR
                    : isfinite(error)            ? PATH_STEP
                                                 : PATH_VELOCITY,
                    x, bad);
      continue;
    }
    if (off_the_map(b, &next, &lane)) return fail(b, lane, PATH_FAR, x, bad);
    if (!advance(b, &next, sign * step, &lane)) return fail(b, lane, PATH_WALL, x, bad);
    if (step == left) b->s = p->span;
    if (++steps > STEPS_MAX) return fail(b, lane, PATH_STEP, x, bad);
    h = step * fmin(3.0, (row < PATH_ROWS ? 1.2 : 0.8) * pow(fmax(error, 1e-15), -1.0 / (2 * row - 1)));
    if (!p->open) continue;
    h = fmin(h, speed_limit(b, &lane, &fine));
    if (!fine) return fail(b, lane, PATH_VELOCITY, x, bad);
  }
  return true;
}

bool path_origin(const path *p, ptrdiff_t n, const double *const x[WEIR_MAXDIM], path_state *y, double *when, int *side,
                 path_failure *bad)
{
  batch b = {.p = p, .n = n, .out = y};
  b.when = when, b.side = side;
  for (ptrdiff_t i = 0; i < n; i++) {
    b.home[i] = i;
    b.y.part[PATH_DIV][i] = 0.0;
    for (int a = 0; a < WEIR_MAXDIM; a++) b.y.part[a][i] = a < p->f->dim ? x[a][i] : 0.0;
  }
  for (ptrdiff_t i = 0; i < n; i++)
    for (int a = 0; a < p->f->dim; a++)
      if (!isfinite(x[a][i])) return fail(&b, i, PATH_FAR, x, bad);
  if (!march(&b, x, bad)) return false;
  const weir_flowmap *f = p->f;
  for (ptrdiff_t i = 0; i < b.n; i++)
    for (int a = 0; a < f->dim && f->boxed; a++) {
      double *q = &b.y.part[a][i];
      const double width = f->hi[a] - f->lo[a];
      if (f->boundary.side[a][0] == WEIR_PERIODIC) *q -= width * floor((*q - f->lo[a]) / width);
      *q = fmin(fmax(*q, f->lo[a]), f->hi[a]);
    }
  for (ptrdiff_t i = 0; i < b.n; i++) arrive(&b, i, &b.y, i, b.s, -1);
  return true;
}

/* ---------------------------------------------------------------- densities */
/* What came in through a side, at a single place. */
static double entering(const weir_flowmap *f, int side, double when, const path_state *y, ptrdiff_t i)
{
  const int a = side / 2, k = side % 2;
  if (f->boundary.side[a][k] != WEIR_INFLOW || f->boundary.density[a][k] == NULL) return 0.0;
  const double *const at[WEIR_MAXDIM] = {&y->part[0][i], &y->part[1][i], &y->part[2][i]};
  double rho = (double)NAN;
  f->boundary.density[a][k](f->boundary.user[a][k], when, 1, at, &rho);
  return rho;
}

bool path_density(const path *p, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *rho, path_failure *bad)
{
  path_state y;
  double when[PATH_LANES];
  int side[PATH_LANES];
  if (!path_origin(p, n, x, &y, when, side, bad)) return false;
  const double *const at[WEIR_MAXDIM] = {y.part[0], y.part[1], y.part[2]};
  p->f->initial(p->f->initial_user, p->f->start, n, at, rho);
  for (ptrdiff_t i = 0; i < n; i++) {
    if (side[i] >= 0) rho[i] = entering(p->f, side[i], when[i], &y, i);
    rho[i] *= exp(-y.part[PATH_DIV][i]);
    if (isfinite(rho[i])) continue;
    *bad = (path_failure){.trouble = PATH_DENSITY, .when = when[i]};
    for (int a = 0; a < p->f->dim; a++) bad->x[a] = x[a][i];
    return false;
  }
  return true;
}

weir_status path_complain(weir_ctx *ctx, const path *p, const path_failure *bad)
{
  static const char *const why[] = {
      [PATH_FINE] = "nothing is wrong",
      [PATH_VELOCITY] = "the velocity or its divergence is not finite there",
      [PATH_FAR] = "it comes from infinity in finite time, or the point is not finite",
      [PATH_STEP] = "the steps became too small: the velocity is not smooth there",
      [PATH_WALL] = "it comes through a no-flux side (v.n must be 0 there), or grazes an open one",
      [PATH_DENSITY] = "the density it carries is not finite",
  };
  return WEIR_FAIL(ctx, WEIR_ENUMERIC,
                   "flow map: the characteristic through (%.12g, %.12g, %.12g) at t = %.12g cannot be followed back "
                   "beyond %s %.12g: %s",
                   bad->x[0], bad->x[1], bad->x[2], p->t, p->pseudo ? "pseudo-time" : "t =", bad->when,
                   why[bad->trouble]);
}
