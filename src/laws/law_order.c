/* The order of whole runs in 2D and 3D, where every way to lose it shows: v and rho vary along the faces, v turns with time, and the
 * flow is looked at when it has gone furthest. Truth: backward characteristics, in closed form or traced, with nothing of the solver. */
#include "laws/law.h"
#include "laws/roll.h"
#include "laws/shear.h"
#include "laws/twist.h"
#include <math.h>

enum { LEVELS = 3 };
static const double END = 0.5, /* of a period of 1, after which errors of v x rho would have cancelled */
    GRADE = 0.3;

int weir_laws_order(const weir_recon *s, int dim)
{
  const int product = s->product > 0 ? s->product : 2;
  return dim == 1 || s->order < product ? s->order : product;
}

/* One sequence of meshes. */
typedef struct course {
  const char *what;
  weir_point_fn *density;
  void *user; /* of the density: a weir_twist or weir_shear */
  int dim;
  bool periodic, weighted, graded; /* box; norm; mesh */
  void (*flow)(weir_velocity *v, const struct course *c, weir_twist *user);
  ptrdiff_t cells[LEVELS]; /* on each axis; 0 ends the list */
  double room;             /* by which the last slope may fall short */
} course;

/* ---------------------------------------------------------------- flows */
static void still(void *user, double t, ptrdiff_t n, const double *const x[WEIR_MAXDIM], double *out)
{
  (void)user, (void)t, (void)x;
  for (ptrdiff_t i = 0; i < n; i++) out[i] = 0;
}

static void roll_flow(weir_velocity *v, const course *c, weir_twist *unused)
{
  (void)c, (void)unused;
  v->stream = weir_roll_stream, v->factor[0] = weir_roll_factor;
}

static void twist_flow(weir_velocity *v, const course *c, weir_twist *user)
{
  for (int a = 0; a < c->dim; a++) {
    user[a] = *(const weir_twist *)c->user, user[a].axis = a;
    v->component[a] = weir_twist_velocity, v->user[a] = &user[a];
    v->factor[a] = user[a].whole ? NULL : weir_twist_factor;
  }
}

static void shear_flow(weir_velocity *v, const course *c, weir_twist *unused)
{
  const int a = ((const weir_shear *)c->user)->axis;
  (void)unused;
  for (int b = 0; b < WEIR_MAXDIM; b++)
    v->component[b] = b == a ? weir_shear_speed : still, v->factor[b] = weir_shear_factor;
  v->user[a] = c->user;
}

/* ---------------------------------------------------------------- errors */
/* Weight of a cell in the norm: falls to 0 at walls as the 4th power of the distance. The few cells there have an error of their own,
 * of fifth order in size, which would hide the rest; it is in the norm of the roll. */
static double weight(const weir_mesh *m, const ptrdiff_t cell[WEIR_MAXDIM])
{
  double w = 1;
  for (int a = 0; a < m->dim; a++) {
    const double s = sin(WEIR_PI * m->axis[a].centre[cell[a]]);
    w *= s * s * (s * s);
  }
  return w;
}

/* |want - q| into want. */
static void differ(const weir_trial *t, bool weighted, double *want)
{
  const double *q = weir_run_density(t->run);
  for (ptrdiff_t k = 0; k < t->mesh->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < t->mesh->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < t->mesh->axis[0].n; i++) {
        const ptrdiff_t cell[WEIR_MAXDIM] = {i, j, k}, at = weir_mesh_index(t->mesh, i, j, k);
        want[at] = fabs(want[at] - q[at]) * (weighted ? weight(t->mesh, cell) : 1);
      }
}

/* The L1 error at END on n^dim cells. dt ~ h, or so that time, of order 4, keeps pace with 6. Averages over faces and cells are of
 * order 4, 6, 8. */
static weir_status error_of(weir_ctx *ctx, const weir_recon *s, const course *c, ptrdiff_t n, weir_offence *o,
                            double *error)
{
  const int order = weir_laws_order(s, c->dim), quad = order > 4 ? 4 : order > 2 ? 3 : 2;
  const double steps = order > 4 ? ceil(pow((double)n, 1.5) / 6) : (double)n;
  weir_twist twist[WEIR_MAXDIM];
  weir_trial t = {.rho = c->density, .rho_user = c->user, .quad = quad};
  weir_status st = WEIR_OK;
  double *want = NULL;
  t.o = (weir_run_options){
      .scheme = s->name, .stepper = order > 2 || s->linear > 0 ? "ssprk54" : NULL, .dt = END / steps};
  t.p.velocity.quad = quad;
  weir_trial_box(&t, c->dim, (const ptrdiff_t[]){n, n, n}, c->periodic, c->graded ? GRADE : 0);
  for (int a = 0; a < c->dim; a++)
    t.p.boundary.side[a][0] = t.p.boundary.side[a][1] = c->periodic ? WEIR_PERIODIC : WEIR_NOFLUX;
  c->flow(&t.p.velocity, c, twist);
  WEIR_TRY_GOTO(st, end, weir_trial_start(ctx, &t));
  WEIR_TRY_GOTO(st, end, weir_trial_advance(ctx, &t, END, o));
  WEIR_TRY_GOTO(st, end, weir_mesh_array(ctx, t.mesh, "averages of the truth", &want));
  WEIR_TRY_GOTO(st, end, weir_cell_average(ctx, t.mesh, c->density, c->user, END, quad, want));
  differ(&t, c->weighted, want);
  *error = weir_mesh_integral(t.mesh, want);
end:
  weir_free(want);
  weir_trial_end(&t);
  return st;
}

static weir_status climb(weir_ctx *ctx, const weir_recon *s, const course *c, weir_offence *o)
{
  const int order = weir_laws_order(s, c->dim);
  double last = 0, e = 0;
  int k = 0;
  for (; k < LEVELS && c->cells[k] > 0; k++) {
    last = e;
    WEIR_TRY(error_of(ctx, s, c, c->cells[k], o, &e));
  }
  const double p = log2(last / e);
  if (!(p >= order - c->room))
    weir_offend(o, p, order, "L1 order from %td^%d to %td^%d %s cells in %s at half its period (errors %.3g, %.3g)",
                c->cells[k - 2], c->dim, c->cells[k - 1], c->dim, c->graded ? "sine-graded" : "equal", c->what, last,
                e);
  return WEIR_OK;
}

/* ---------------------------------------------------------------- laws */
enum { COARSE = 12 };

/* Slopes measured on equal / graded cells: donor .98/.99, MUSCL and Koren 2.15-2.26/2.21-2.35, u5 and weno5-z 4.06/5.35, u7 and u9
 * 6.36/6.18. */
weir_status weir_law_order_2d(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  course c = {.what = "a roll between walls", .density = weir_roll_density, .dim = 2, .flow = roll_flow, .room = 0.15};
  for (int k = 0; k < LEVELS; k++) c.cells[k] = COARSE << k;
  WEIR_TRY(climb(ctx, s, &c, o));
  c.graded = true;
  return climb(ctx, s, &c, o);
}

/* In the graded runs the velocity is averaged anew at every stage, so they are coarser. Measured: donor .97/.92, MUSCL 1.85-2.05/1.82-2.42,
 * Koren 3.0/4.0, u5 and weno5-z 4.92/5.02, u7 and u9 7.1-7.8/7.3-7.6: here the face value's error stands above the product's. */
weir_status weir_law_order_compressible(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  weir_twist separable = {.dim = 2}, whole = {.dim = 2, .whole = true};
  const bool high = weir_laws_order(s, 2) > 2;
  course c = {.what = "a compressible flow between walls", .density = weir_twist_density, .user = &separable, .dim = 2};
  c.flow = twist_flow, c.weighted = true, c.room = 0.2;
  for (int k = 0; k < LEVELS; k++) c.cells[k] = COARSE << k;
  WEIR_TRY(climb(ctx, s, &c, o));
  c.user = &whole, c.graded = true, c.cells[0] = high ? 12 : 16, c.cells[1] = 2 * c.cells[0], c.cells[2] = 0;
  return climb(ctx, s, &c, o);
}

/* Limiters would clip the waves of the shear: what is TVD, or of second order, goes through the flow between walls, donor .90/.82, MUSCL
 * 1.83-2.41/1.73-3.21, Koren 3.5/4.0. The rest through the shear along each axis: u5 and weno5-z 3.8/4.6, u7 and u9 5.6/5.5; without the
 * mixed moment these are at 4.4/4.6. */
weir_status weir_law_order_3d(weir_ctx *ctx, const weir_recon *s, weir_offence *o)
{
  weir_twist twist = {.dim = 3};
  weir_shear shear[WEIR_MAXDIM] = {{0}, {1}, {2}};
  course c = {.dim = 3, .cells = {8, 16}, .room = 0.3};
  if ((s->claims & WEIR_TVD) != 0 || weir_laws_order(s, 3) <= 2) {
    c.what = "a compressible flow between walls", c.density = weir_twist_density, c.user = &twist, c.flow = twist_flow;
    c.weighted = true;
    WEIR_TRY(climb(ctx, s, &c, o));
    c.graded = true;
    return climb(ctx, s, &c, o);
  }
  c.what = "a shear", c.density = weir_shear_density, c.flow = shear_flow, c.periodic = true;
  c.cells[0] = COARSE, c.cells[1] = 2 * COARSE;
  if (weir_laws_order(s, 3) > 4) c.room = 0.6;
  for (int k = 0; k <= WEIR_MAXDIM; k++) { /* three axes on equal cells, one on graded ones */
    c.user = &shear[k % WEIR_MAXDIM], c.graded = k == WEIR_MAXDIM;
    WEIR_TRY(climb(ctx, s, &c, o));
  }
  return WEIR_OK;
}
