/* Meshes: node placement, ghost continuation, memory layout, integrals over cells.
 *
 *   Ghost nodes (g layers): periodic axis X_{-m} = X_{n-m} - L, X_{n+m} = X_m + L; else mirrored in the wall,
 *   X_{-m} = 2 lo - X_m, X_{n+m} = 2 hi - X_{n-m}. Widths of a uniform axis are one double, (hi-lo)/n, everywhere. */
#include <weir/mesh.h>
#include <math.h>
#include <string.h>

enum { ALIGN = 8 }; /* 8 doubles = 64 bytes */
static const ptrdiff_t axis_max = (ptrdiff_t)1 << 24, cells_max = (ptrdiff_t)1 << 31;

static ptrdiff_t round_up(ptrdiff_t n)
{
  return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static const char axis_letter[] = "xyz";

/* ---------------------------------------------------------------- nodes */
static weir_status check_axis(weir_ctx *ctx, const weir_axis_spec *s, int a, int ghost)
{
  const char c = axis_letter[a];
  WEIR_REQUIRE(s->n >= 1, ctx, WEIR_EARG, "mesh axis %c: %td cells, at least 1 expected", c, s->n);
  WEIR_REQUIRE(s->n <= axis_max, ctx, WEIR_ELIMIT, "mesh axis %c: %td cells, at most %td allowed", c, s->n, axis_max);
  WEIR_REQUIRE(s->n >= ghost, ctx, WEIR_EARG,
               "mesh axis %c: %td cells, but the scheme reads %d ghost layers and needs as many cells", c, s->n, ghost);
  if (s->grading == WEIR_LISTED) {
    WEIR_REQUIRE(s->node != NULL, ctx, WEIR_EARG, "mesh axis %c: listed nodes are missing", c);
    for (ptrdiff_t i = 0; i <= s->n; i++) {
      WEIR_REQUIRE(isfinite(s->node[i]), ctx, WEIR_EARG, "mesh axis %c: node %td is %g, a finite number expected", c, i,
                   s->node[i]);
      WEIR_REQUIRE(i == 0 || s->node[i] > s->node[i - 1], ctx, WEIR_EARG,
                   "mesh axis %c: node %td = %.17g is not above node %td = %.17g", c, i, s->node[i], i - 1,
                   s->node[i - 1]);
    }
    return WEIR_OK;
  }
  WEIR_REQUIRE(isfinite(s->lo) && isfinite(s->hi) && s->hi > s->lo, ctx, WEIR_EARG,
               "mesh axis %c: box [%g, %g], an increasing pair of finite numbers expected", c, s->lo, s->hi);
  const double g = s->grade;
  if (s->grading == WEIR_GEOMETRIC)
    WEIR_REQUIRE(g > 0 && isfinite(g), ctx, WEIR_EARG, "mesh axis %c: geometric grading %g, a number > 0 expected", c,
                 g);
  if (s->grading == WEIR_TANH)
    WEIR_REQUIRE(g > 0 && g <= 20, ctx, WEIR_EARG, "mesh axis %c: tanh grading %g, a number in (0, 20] expected", c, g);
  if (s->grading == WEIR_SINE)
    WEIR_REQUIRE(fabs(g) < 1, ctx, WEIR_EARG, "mesh axis %c: sine grading %g, a number in (-1, 1) expected", c, g);
  return WEIR_OK;
}

/* Position in (0,1) of node i of n by the grading rule. */
static double graded(weir_grading rule, double g, ptrdiff_t i, ptrdiff_t n)
{
  const double s = (double)i / (double)n;
  switch (rule) {
  case WEIR_GEOMETRIC: return fabs(log(g)) < 1e-12 ? s : expm1(s * log(g)) / expm1(log(g));
  case WEIR_TANH: return 0.5 * (1.0 + tanh(g * (2.0 * s - 1.0)) / tanh(g));
  case WEIR_SINE: return s + g / (2.0 * WEIR_PI) * sin(2.0 * WEIR_PI * s);
  case WEIR_UNIFORM:
  case WEIR_LISTED: break;
  }
  return s;
}

/* The tanh and sine rules are antisymmetric about the middle: take the right half from the left one, so that mirror
 * symmetry of the mesh is exact up to the rounding of lo + hi. */
static double place(const weir_axis_spec *s, ptrdiff_t i)
{
  const ptrdiff_t n = s->n;
  if (s->grading == WEIR_LISTED) return s->node[i];
  if (i == 0) return s->lo;
  if (i == n) return s->hi;
  const double L = s->hi - s->lo;
  if (s->grading == WEIR_UNIFORM) return s->lo + L * (double)i / (double)n;
  if (s->grading == WEIR_GEOMETRIC) return s->lo + L * graded(s->grading, s->grade, i, n);
  return 2 * i <= n ? s->lo + L * graded(s->grading, s->grade, i, n)
                    : s->hi - L * graded(s->grading, s->grade, n - i, n);
}

/* ---------------------------------------------------------------- one axis */
/* The arrays of an axis share one block: node, centre, width, measure, area, each of n + 2g + 1 doubles. */
static void fill_ghost_nodes(double *X, ptrdiff_t n, int g, bool periodic)
{
  const double lo = X[0], hi = X[n], L = hi - lo;
  for (int m = 1; m <= g; m++) {
    X[-m] = periodic ? X[n - m] - L : 2 * lo - X[m];
    X[n + m] = periodic ? X[m] + L : 2 * hi - X[n - m];
  }
}

static weir_status make_axis(weir_ctx *ctx, const weir_axis_spec *s, int a, int g, weir_axis *out)
{
  const ptrdiff_t n = s->n, span = n + 2 * g + 1;
  double *block = NULL;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(5 * span), "mesh axis", &block));
  double *X = block + g, *centre = X + span, *width = centre + span, *measure = width + span, *area = measure + span;
  *out = (weir_axis){.n = n, .node = X, .centre = centre, .width = width, .measure = measure, .area = area};
  for (ptrdiff_t i = 0; i <= n; i++) X[i] = place(s, i);
  out->lo = X[0], out->hi = X[n], out->periodic = s->periodic, out->uniform = s->grading == WEIR_UNIFORM || n == 1;
  fill_ghost_nodes(X, n, g, s->periodic);
  const double h = (out->hi - out->lo) / (double)n;
  for (ptrdiff_t i = -g; i < n + g; i++) {
    /* a periodic image has its original's width to the last bit: the seam must not show */
    const ptrdiff_t o = !s->periodic || (i >= 0 && i < n) ? i : (i + n) % n;
    width[i] = out->uniform ? h : X[o + 1] - X[o];
    centre[i] = 0.5 * (X[i] + X[i + 1]);
    measure[i] = width[i];
  }
  if (!s->periodic) /* mirror images likewise */
    for (int m = 0; m < g; m++)
      width[-1 - m] = measure[-1 - m] = width[m], width[n + m] = measure[n + m] = width[n - 1 - m];
  for (ptrdiff_t i = -g; i <= n + g; i++) area[i] = 1.0;
  for (ptrdiff_t i = 0; i < n; i++)
    if (!(width[i] > 0) || !(X[i + 1] > X[i]) || !isfinite(X[i]))
      return WEIR_FAIL(ctx, WEIR_EARG, "mesh axis %c: cell %td has width %g: too many cells or too strong a grading",
                       axis_letter[a], i, X[i + 1] - X[i]);
  return WEIR_OK;
}

static void free_axis(const weir_axis *a, int g)
{
  union {
    const double *in;
    double *out;
  } drop = {.in = a->node};
  if (drop.out != NULL) weir_free(drop.out - g);
}

/* ---------------------------------------------------------------- mesh */
static void lay_out(weir_mesh *m)
{
  const ptrdiff_t g = m->ghost;
  const ptrdiff_t left = round_up(g), row = round_up(left + m->axis[0].n + g + 1);
  ptrdiff_t rows[WEIR_MAXDIM] = {1, 1, 1};
  for (int a = 1; a < m->dim; a++) rows[a] = m->axis[a].n + 2 * g + 1; /* + 1: face arrays hold face n + g too */
  m->stride[0] = 1, m->stride[1] = row, m->stride[2] = row * rows[1];
  m->origin = left + (m->dim > 1 ? g * m->stride[1] : 0) + (m->dim > 2 ? g * m->stride[2] : 0);
  m->len = m->stride[2] * rows[2];
  m->cells = m->axis[0].n * m->axis[1].n * m->axis[2].n;
}

static double box_volume(const weir_mesh *m)
{
  weir_sum s;
  weir_sum_clear(&s);
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) weir_sum_add(&s, weir_mesh_cell_volume(m, i, j, k));
  return weir_sum_value(&s);
}

weir_status weir_mesh_create(weir_ctx *ctx, const weir_mesh_spec *spec, weir_mesh **mesh)
{
  *mesh = NULL;
  WEIR_REQUIRE(spec->dim >= 1 && spec->dim <= WEIR_MAXDIM, ctx, WEIR_EARG, "mesh: dim = %d, 1, 2 or 3 expected",
               spec->dim);
  WEIR_REQUIRE(spec->ghost >= 0 && spec->ghost <= WEIR_MESH_MAXGHOST, ctx, WEIR_EARG,
               "mesh: %d ghost layers, 0..%d expected", spec->ghost, (int)WEIR_MESH_MAXGHOST);
  ptrdiff_t cells = 1;
  for (int a = 0; a < spec->dim; a++) {
    WEIR_TRY(check_axis(ctx, &spec->axis[a], a, spec->ghost));
    WEIR_REQUIRE(!__builtin_mul_overflow(cells, spec->axis[a].n, &cells) && cells <= cells_max, ctx, WEIR_ELIMIT,
                 "mesh: more than %td cells", cells_max);
  }
  void *block = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_mesh), "mesh", &block));
  weir_mesh *m = block;
  m->dim = spec->dim, m->ghost = spec->ghost;
  const weir_axis_spec unused = {.n = 1, .lo = 0, .hi = 1};
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    const bool used = a < spec->dim;
    const weir_status s = make_axis(ctx, used ? &spec->axis[a] : &unused, a, used ? spec->ghost : 0, &m->axis[a]);
    if (s != WEIR_OK) {
      weir_mesh_destroy(&m);
      return s;
    }
  }
  lay_out(m);
  m->volume = box_volume(m);
  *mesh = m;
  return WEIR_OK;
}

void weir_mesh_destroy(weir_mesh **mesh)
{
  if (mesh == NULL || *mesh == NULL) return;
  for (int a = 0; a < WEIR_MAXDIM; a++) free_axis(&(*mesh)->axis[a], a < (*mesh)->dim ? (*mesh)->ghost : 0);
  weir_free(*mesh);
  *mesh = NULL;
}

/* ---------------------------------------------------------------- cell arrays */
weir_status weir_mesh_array(weir_ctx *ctx, const weir_mesh *m, const char *what, double **out)
{
  return weir_alloc_doubles(ctx, (size_t)m->len, what, out);
}

void weir_mesh_integral_add(const weir_mesh *m, const double *q, weir_sum *s)
{
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++) {
      const double across = m->axis[1].measure[j] * m->axis[2].measure[k];
      const double *row = q + weir_mesh_index(m, 0, j, k);
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) weir_sum_add(s, m->axis[0].measure[i] * across * row[i]);
    }
}

double weir_mesh_integral(const weir_mesh *m, const double *q)
{
  weir_sum s;
  weir_sum_clear(&s);
  weir_mesh_integral_add(m, q, &s);
  return weir_sum_value(&s);
}

static void set_place(ptrdiff_t at[3], ptrdiff_t i, ptrdiff_t j, ptrdiff_t k)
{
  if (at != NULL) at[0] = i, at[1] = j, at[2] = k;
}

void weir_mesh_range(const weir_mesh *m, const double *q, double *lo, double *hi, ptrdiff_t lo_at[3],
                     ptrdiff_t hi_at[3])
{
  double least = (double)INFINITY, most = -(double)INFINITY;
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++) {
      const double *row = q + weir_mesh_index(m, 0, j, k);
      for (ptrdiff_t i = 0; i < m->axis[0].n; i++) {
        if (isnan(row[i])) {
          *lo = *hi = row[i];
          set_place(lo_at, i, j, k), set_place(hi_at, i, j, k);
          return;
        }
        if (row[i] < least) least = row[i], set_place(lo_at, i, j, k);
        if (row[i] > most) most = row[i], set_place(hi_at, i, j, k);
      }
    }
  *lo = least, *hi = most;
}

void weir_mesh_pack(const weir_mesh *m, const double *q, double *packed)
{
  const ptrdiff_t n = m->axis[0].n;
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++, packed += n)
      memcpy(packed, q + weir_mesh_index(m, 0, j, k), (size_t)n * sizeof *q);
}

void weir_mesh_unpack(const weir_mesh *m, const double *packed, double *q)
{
  const ptrdiff_t n = m->axis[0].n;
  for (ptrdiff_t k = 0; k < m->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < m->axis[1].n; j++, packed += n)
      memcpy(q + weir_mesh_index(m, 0, j, k), packed, (size_t)n * sizeof *q);
}

ptrdiff_t weir_axis_find(const weir_axis *a, double x)
{
  const double L = a->hi - a->lo;
  if (a->periodic && !(x >= a->lo && x <= a->hi)) {
    x -= L * floor((x - a->lo) / L);
    if (x >= a->hi) x = a->lo; /* rounding of the wrap */
  }
  if (!(x >= a->lo)) return -1;
  if (x > a->hi) return a->n;
  if (x == a->hi) return a->n - 1;
  ptrdiff_t l, r; /* X_l <= x < X_r */
  if (a->uniform) {
    l = (ptrdiff_t)((x - a->lo) / L * (double)a->n); /* right but for rounding */
    if (l > a->n - 1) l = a->n - 1;
    while (a->node[l] > x) l--;
    while (a->node[l + 1] <= x) l++;
    return l;
  }
  for (l = 0, r = a->n; r - l > 1;) {
    const ptrdiff_t mid = l + (r - l) / 2;
    if (a->node[mid] <= x)
      l = mid;
    else
      r = mid;
  }
  return l;
}

bool weir_mesh_at_boundary(const weir_mesh *m, int a, int side)
{
  (void)side; /* one block is the whole domain: both of its ends lie on the boundary */
  return a < m->dim && !m->axis[a].periodic;
}
