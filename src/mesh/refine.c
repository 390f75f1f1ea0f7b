/* Finer and coarser meshes of the same domain, and the conservative restriction between them. */
#include <weir/mesh.h>
#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- specs */
void weir_mesh_spec_clear(weir_mesh_spec *spec)
{
  for (int a = 0; a < WEIR_MAXDIM; a++) {
    union {
      const double *in;
      double *out;
    } drop = {.in = spec->axis[a].node};
    weir_free(drop.out);
    spec->axis[a].node = NULL;
  }
}

/* Node "i + 1/2" of an axis: cubic interpolation of the map index -> X. */
static double halfway(const double *X, ptrdiff_t n, bool periodic, ptrdiff_t i)
{
  const double middle = 0.5 * (X[i] + X[i + 1]), L = X[n] - X[0];
  double x = middle;
  if (n >= 3 && (periodic || (i > 0 && i < n - 1))) {
    const double before = i > 0 ? X[i - 1] : X[n - 1] - L, after = i < n - 1 ? X[i + 2] : X[1] + L;
    x = (9.0 * (X[i] + X[i + 1]) - (before + after)) / 16.0;
  } else if (n >= 3) {
    x = i == 0 ? (5.0 * X[0] + 15.0 * X[1] - 5.0 * X[2] + X[3]) / 16.0
               : (5.0 * X[n] + 15.0 * X[n - 1] - 5.0 * X[n - 2] + X[n - 3]) / 16.0;
  }
  return fabs(x - middle) <= 0.25 * (X[i + 1] - X[i]) ? x : middle;
}

static weir_status copy_nodes(weir_ctx *ctx, const weir_axis_spec *in, ptrdiff_t keep_every, weir_axis_spec *out)
{
  double *X = NULL;
  out->n = in->n / keep_every;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)out->n + 1, "mesh nodes", &X));
  for (ptrdiff_t i = 0; i <= out->n; i++) X[i] = in->node[i * keep_every];
  out->node = X;
  return WEIR_OK;
}

static weir_status halve(weir_ctx *ctx, weir_axis_spec *axis)
{
  const ptrdiff_t n = axis->n;
  double *X = NULL;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(2 * n) + 1, "mesh nodes", &X));
  for (ptrdiff_t i = 0; i <= n; i++) X[2 * i] = axis->node[i];
  for (ptrdiff_t i = 0; i < n; i++) X[2 * i + 1] = halfway(axis->node, n, axis->periodic, i);
  union {
    const double *in;
    double *out;
  } drop = {.in = axis->node};
  weir_free(drop.out);
  axis->node = X, axis->n = 2 * n;
  return WEIR_OK;
}

static weir_status refine_axis(weir_ctx *ctx, const weir_axis_spec *in, int a, ptrdiff_t num, ptrdiff_t den,
                               weir_axis_spec *out)
{
  ptrdiff_t n = 0;
  WEIR_REQUIRE(!__builtin_mul_overflow(in->n, num, &n) && n / den <= (ptrdiff_t)1 << 24, ctx, WEIR_ELIMIT,
               "mesh axis %c: %td cells times %td/%td are too many", "xyz"[a], in -> n, num, den);
  WEIR_REQUIRE(n % den == 0 && n / den >= 1, ctx, WEIR_EARG,
               "mesh axis %c: %td cells times %td/%td is no whole number of cells", "xyz"[a], in -> n, num, den);
  *out = *in;
  out->node = NULL;
  out->n = n / den;
  if (in->grading != WEIR_LISTED) return WEIR_OK;
  WEIR_REQUIRE(num == 1 || (den == 1 && (num & (num - 1)) == 0), ctx, WEIR_EARG,
               "mesh axis %c: listed nodes can be halved or joined, not refined by %td/%td", "xyz"[a], num, den);
  WEIR_TRY(copy_nodes(ctx, in, den, out));
  for (ptrdiff_t r = num; r > 1; r /= 2) WEIR_TRY(halve(ctx, out));
  return WEIR_OK;
}

static ptrdiff_t gcd(ptrdiff_t a, ptrdiff_t b)
{
  while (b != 0) {
    const ptrdiff_t r = a % b;
    a = b, b = r;
  }
  return a;
}

weir_status weir_mesh_spec_refine(weir_ctx *ctx, const weir_mesh_spec *spec, ptrdiff_t num, ptrdiff_t den,
                                  weir_mesh_spec *out)
{
  memset(out, 0, sizeof *out);
  WEIR_REQUIRE(num >= 1 && den >= 1, ctx, WEIR_EARG, "mesh refinement by %td/%td, whole numbers >= 1 expected", num,
               den);
  out->dim = spec->dim, out->ghost = spec->ghost;
  const ptrdiff_t common = gcd(num, den);
  num /= common, den /= common;
  for (int a = 0; a < spec->dim; a++) {
    const weir_status s = refine_axis(ctx, &spec->axis[a], a, num, den, &out->axis[a]);
    if (s != WEIR_OK) {
      weir_mesh_spec_clear(out);
      return s;
    }
  }
  return WEIR_OK;
}

/* ---------------------------------------------------------------- restriction */
/* start[i] = first fine cell of coarse cell i, i = 0..n (owned by the caller). */
static weir_status match_axis(weir_ctx *ctx, const weir_axis *fine, const weir_axis *coarse, int a, ptrdiff_t **start)
{
  void *block = NULL;
  *start = NULL;
  WEIR_TRY(weir_alloc(ctx, (size_t)coarse->n + 1, sizeof **start, "restriction", &block));
  ptrdiff_t *s = block, f = 0;
  for (ptrdiff_t i = 0; i <= coarse->n; i++) {
    const double X = coarse->node[i];
    while (f < fine->n && fine->node[f] < X && fabs(fine->node[f] - X) > 1e-9 * fine->width[f]) f++;
    const double h = fine->width[f < fine->n ? f : fine->n - 1];
    if (!(fabs(fine->node[f] - X) <= 1e-9 * h)) {
      weir_free(block);
      return WEIR_FAIL(ctx, WEIR_EARG,
                       "restriction: node %td of axis %c of the coarse mesh, %.17g, is no node of the fine mesh", i,
                       "xyz"[a], X);
    }
    s[i] = f;
  }
  *start = s;
  return WEIR_OK;
}

static double gather(const weir_mesh *fine, const double *qf, const ptrdiff_t lo[3], const ptrdiff_t hi[3])
{
  weir_sum mass, volume;
  weir_sum_clear(&mass);
  weir_sum_clear(&volume);
  for (ptrdiff_t k = lo[2]; k < hi[2]; k++)
    for (ptrdiff_t j = lo[1]; j < hi[1]; j++)
      for (ptrdiff_t i = lo[0]; i < hi[0]; i++) {
        const double v = weir_mesh_cell_volume(fine, i, j, k);
        weir_sum_add(&mass, v * qf[weir_mesh_index(fine, i, j, k)]);
        weir_sum_add(&volume, v);
      }
  return weir_sum_value(&mass) / weir_sum_value(&volume);
}

weir_status weir_mesh_restrict(weir_ctx *ctx, const weir_mesh *fine, const double *qf, const weir_mesh *coarse,
                               double *qc)
{
  WEIR_REQUIRE(fine->dim == coarse->dim, ctx, WEIR_EARG, "restriction from a mesh of dimension %d to one of %d",
               fine->dim, coarse->dim);
  ptrdiff_t *start[WEIR_MAXDIM] = {NULL, NULL, NULL};
  weir_status s = WEIR_OK;
  for (int a = 0; a < WEIR_MAXDIM && s == WEIR_OK; a++)
    s = match_axis(ctx, &fine->axis[a], &coarse->axis[a], a, &start[a]);
  for (ptrdiff_t k = 0; s == WEIR_OK && k < coarse->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < coarse->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < coarse->axis[0].n; i++) {
        const ptrdiff_t lo[3] = {start[0][i], start[1][j], start[2][k]},
                        hi[3] = {start[0][i + 1], start[1][j + 1], start[2][k + 1]};
        qc[weir_mesh_index(coarse, i, j, k)] = gather(fine, qf, lo, hi);
      }
  for (int a = 0; a < WEIR_MAXDIM; a++) weir_free(start[a]);
  return s;
}
