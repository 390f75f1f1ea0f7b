/* Symmetries of whole runs, to the last bit.
 *
 *   One rough problem (random densities and face velocities, by index) and its image under a map of indices: axis a of the image
 *   lies along axis from[a] of the original, flipped or shifted; an axis with from = -1 is idle, nothing varies along
 *   it and nothing flows. Solver and scheme commute with the map, so the final densities must agree bit by bit. */
#include "laws/law.h"
#include <math.h>
#include <string.h>

typedef struct image {
  int dim, from[WEIR_MAXDIM];
  bool flip[WEIR_MAXDIM];
  ptrdiff_t shift[WEIR_MAXDIM];
  double sign; /* of the density */
} image;

typedef struct original {
  int dim;
  ptrdiff_t n[WEIR_MAXDIM];
  bool periodic, graded;
} original;

enum { IDLE = 6, MOST = 40 };
enum { DENSITY = 0, VELOCITY = 1 };

/* A number in (-1,1) for a place of the original. */
static double value(int what, const ptrdiff_t at[WEIR_MAXDIM])
{
  const uint32_t counter[4] = {(uint32_t)at[0], (uint32_t)at[1], (uint32_t)at[2], (uint32_t)what}, key[2] = {7, 30};
  uint32_t w[4];
  weir_philox(counter, key, w);
  return ldexp((double)w[0], -31) - 1;
}

/* Index of the original for index i of the image along image axis a. Faces: 0..n, cells: 0..n-1. */
static ptrdiff_t back(const image *m, ptrdiff_t n, int a, ptrdiff_t i, bool face, bool periodic)
{
  ptrdiff_t k = m->flip[a] ? n - (face ? 0 : 1) - i : i;
  k -= m->shift[a];
  return periodic ? ((k % n) + n) % n : k;
}

/* ---------------------------------------------------------------- callbacks */
typedef struct component {
  const original *p;
  const image *m;
  const weir_mesh *const *mesh;
  int axis;
} component;

/* The node nearest to x, or the cell that holds it. */
static ptrdiff_t locate(const weir_axis *a, double x, bool face)
{
  ptrdiff_t i = 0;
  while (i < a->n - 1 && a->node[i + 1] <= x) i++;
  return face && x - a->node[i] > a->node[i + 1] - x ? i + 1 : i;
}

/* With one Gauss point a face, every point is a face's centre. */
static void rough_flow(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  const component *c = user;
  (void)t;
  for (ptrdiff_t i = 0; i < n; i++) {
    ptrdiff_t at[WEIR_MAXDIM] = {0};
    for (int a = 0; a < c->m->dim; a++) {
      const int b = c->m->from[a];
      if (b < 0) continue;
      const bool face = a == c->axis;
      at[b] = back(c->m, c->p->n[b], a, locate(&(*c->mesh)->axis[a], x[a][i], face), face, c->p->periodic);
    }
    const int own = c->m->from[c->axis];
    out[i] = own < 0 ? 0.0 : (c->m->flip[c->axis] ? -1.0 : 1.0) * value(VELOCITY + own, at);
  }
}

static void one(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = *(const double *)user;
}

/* ---------------------------------------------------------------- a run of the image */
/* Sine-graded nodes about 0, so that the mirror image of a node is its negative, exactly; multiples of 2^-20, so that widths and the
 * nodes of periodic ghost cells are exact too. */
static void nodes(const original *p, int b, bool flip, double *node)
{
  const ptrdiff_t n = p->n[b];
  for (ptrdiff_t i = 0; i <= n; i++) {
    const double s = (double)(flip ? n - i : i) / (double)n, g = p->graded ? 0.5 : 0;
    const double x = ldexp(nearbyint(ldexp(s - 0.5 + g / (2 * WEIR_PI) * sin(2 * WEIR_PI * s), 20)), -20);
    node[i] = flip ? -x : x;
  }
}

static void axes(weir_trial *t, const original *p, const image *m, double (*node)[MOST + 1], double *density)
{
  t->spec.dim = m->dim;
  for (int a = 0; a < m->dim; a++) {
    const int b = m->from[a];
    weir_axis_spec *x = &t->spec.axis[a];
    *x = (weir_axis_spec){.n = b < 0 ? IDLE : p->n[b], .lo = -0.5, .hi = 0.5, .periodic = b < 0 || p->periodic};
    if (b >= 0 && p->graded) {
      nodes(p, b, m->flip[a], node[a]);
      x->grading = WEIR_LISTED, x->node = node[a];
    }
    for (int side = 0; side < 2 && !x->periodic; side++) {
      const int was = m->flip[a] ? 1 - side : side;
      const weir_side_kind kind = b == 1 ? WEIR_NOFLUX : was == 0 ? WEIR_INFLOW : WEIR_OUTFLOW;
      t->p.boundary.side[a][side] = kind;
      t->p.boundary.density[a][side] = kind == WEIR_INFLOW ? one : NULL;
      t->p.boundary.user[a][side] = density;
      t->p.boundary.steady[a][side] = true;
    }
  }
}

/* Place in the packed original of cell (i,j,k) of the image. */
static ptrdiff_t packed(const original *p, const image *m, const ptrdiff_t cell[WEIR_MAXDIM], ptrdiff_t at[WEIR_MAXDIM])
{
  at[0] = at[1] = at[2] = 0;
  for (int a = 0; a < WEIR_MAXDIM; a++)
    if (a < m->dim && m->from[a] >= 0) at[m->from[a]] = back(m, p->n[m->from[a]], a, cell[a], false, p->periodic);
  return at[0] + p->n[0] * (at[1] + (p->dim > 1 ? p->n[1] : 1) * at[2]);
}

typedef void visit(const weir_trial *t, ptrdiff_t to, const ptrdiff_t cell[WEIR_MAXDIM],
                   const ptrdiff_t at[WEIR_MAXDIM], ptrdiff_t from, void *user);

static void each_cell(const weir_trial *t, const original *p, const image *m, visit *fn, void *user)
{
  ptrdiff_t at[WEIR_MAXDIM];
  for (ptrdiff_t k = 0; k < t->mesh->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < t->mesh->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < t->mesh->axis[0].n; i++) {
        const ptrdiff_t cell[WEIR_MAXDIM] = {i, j, k}, from = packed(p, m, cell, at);
        fn(t, weir_mesh_index(t->mesh, i, j, k), cell, at, from, user);
      }
}

static void fill(const weir_trial *t, ptrdiff_t to, const ptrdiff_t cell[WEIR_MAXDIM], const ptrdiff_t at[WEIR_MAXDIM],
                 ptrdiff_t from, void *user)
{
  (void)cell, (void)from;
  t->rho0[to] = *(const double *)user * (1.1 + value(DENSITY, at));
}

typedef struct compare {
  double *first, sign; /* final density of the original, to be filled or compared with */
  bool fill;
  const char *what;
  weir_offence *o;
} compare;

static void judge(const weir_trial *t, ptrdiff_t to, const ptrdiff_t cell[WEIR_MAXDIM], const ptrdiff_t at[WEIR_MAXDIM],
                  ptrdiff_t from, void *user)
{
  compare *c = user;
  const double q = weir_run_density(t->run)[to];
  (void)at;
  if (c->fill)
    c->first[from] = q;
  else if (!(q == c->sign * c->first[from]))
    weir_offend(c->o, q, c->sign * c->first[from], "cell (%td,%td,%td) of a run, %s", cell[0], cell[1], cell[2],
                c->what);
}

static weir_status run_image(weir_ctx *ctx, const weir_recon *s, const original *p, const image *m, compare *c)
{
  double node[WEIR_MAXDIM][MOST + 1] = {{0}}, sign = m->sign;
  weir_trial t = {.o = {.scheme = s->name, .threads = 1, .limiter = WEIR_LIMITER_NONE}};
  component v[WEIR_MAXDIM];
  weir_status st = WEIR_OK;
  const weir_mesh *mesh = NULL;
  axes(&t, p, m, node, &sign);
  for (int a = 0; a < m->dim; a++) {
    v[a] = (component){p, m, &mesh, a};
    t.p.velocity.component[a] = rough_flow;
    t.p.velocity.user[a] = &v[a];
    t.p.velocity.steady[a] = true;
  }
  t.p.velocity.quad = 1;
  WEIR_TRY_GOTO(st, end, weir_trial_mesh(ctx, &t));
  mesh = t.mesh;
  each_cell(&t, p, m, fill, &sign);
  WEIR_TRY_GOTO(st, end, weir_trial_start(ctx, &t));
  WEIR_TRY_GOTO(st, end, weir_trial_advance(ctx, &t, 0.1, c->o));
  c->sign = sign;
  if (!c->o->broken) each_cell(&t, p, m, judge, c);
end:
  weir_trial_end(&t);
  return st;
}

/* The original, then each image of it. */
static weir_status commute(weir_ctx *ctx, const weir_recon *s, const original *p, int images, const image *m,
                           const char *what, weir_offence *o)
{
  double first[MOST * MOST];
  const image same = {.dim = p->dim, .from = {0, 1, 2}, .sign = 1};
  compare c = {.first = first, .fill = true, .what = what, .o = o};
  weir_fill_nan(MOST * MOST, first);
  WEIR_TRY(run_image(ctx, s, p, &same, &c));
  c.fill = false;
  for (int k = 0; k < images && !o->broken; k++) WEIR_TRY(run_image(ctx, s, p, &m[k], &c));
  return WEIR_OK;
}

/* ---------------------------------------------------------------- laws */
/* 1D and 2D, periodic and open, uniform and graded. 16 cells between open sides: centres are exact, and with them the extrapolation
 * weights of ghost cells, which are quotients of their differences. */
static weir_status everywhere(weir_ctx *ctx, const weir_recon *s, int images, const image *m, const char *what,
                              weir_offence *o)
{
  for (int k = 0; k < 4; k++) {
    const original p = {.dim = m[0].dim, .n = {16, m[0].dim > 1 ? 13 : 1, 1}, .periodic = k % 2 == 0, .graded = k >= 2};
    WEIR_TRY(commute(ctx, s, &p, images, m, what, o));
  }
  return WEIR_OK;
}

weir_status weir_law_odd_run(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  const image m[] = {{.dim = 2, .from = {0, 1, -1}, .sign = -1}};
  return everywhere(ctx, s, 1, m, "negated", o);
}

weir_status weir_law_mirror_run(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  const image one_d[] = {{.dim = 1, .from = {0, -1, -1}, .flip = {true}, .sign = 1}};
  const image two_d[] = {{.dim = 2, .from = {0, 1, -1}, .flip = {true}, .sign = 1},
                         {.dim = 2, .from = {0, 1, -1}, .flip = {false, true}, .sign = 1}};
  WEIR_TRY(everywhere(ctx, s, 1, one_d, "mirrored", o));
  return everywhere(ctx, s, 2, two_d, "mirrored", o);
}

weir_status weir_law_shift_run(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  const image m[] = {{.dim = 2, .from = {0, 1, -1}, .shift = {1, 0}, .sign = 1},
                     {.dim = 2, .from = {0, 1, -1}, .shift = {0, 1}, .sign = 1},
                     {.dim = 2, .from = {0, 1, -1}, .shift = {5, 7}, .sign = 1}};
  const original p = {.dim = 2, .n = {19, 16, 1}, .periodic = true};
  return commute(ctx, s, &p, 3, m, "moved by whole cells", o);
}

weir_status weir_law_axis_run(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  const image m[] = {{.dim = 2, .from = {1, 0, -1}, .sign = 1}};
  return everywhere(ctx, s, 1, m, "x and y exchanged", o);
}

weir_status weir_law_embedding(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  const image m[] = {{.dim = 2, .from = {0, -1, -1}, .sign = 1},
                     {.dim = 2, .from = {-1, 0, -1}, .sign = 1},
                     {.dim = 3, .from = {0, -1, -1}, .sign = 1},
                     {.dim = 3, .from = {-1, 0, -1}, .sign = 1},
                     {.dim = 3, .from = {-1, -1, 0}, .sign = 1}};
  for (int k = 0; k < 4; k++) {
    const original p = {.dim = 1, .n = {33, 1, 1}, .periodic = k % 2 == 0, .graded = k >= 2};
    WEIR_TRY(commute(ctx, s, &p, 5, m, "1D laid along an axis of 2D or 3D", o));
  }
  return WEIR_OK;
}
