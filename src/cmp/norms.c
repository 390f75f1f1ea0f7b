/* Norms of a difference of two fields of cell averages, and the table of metrics (metric.def). */
#include <weir/norms.h>
#include <math.h>

/* The terms of one cell go into exact sums, so the result is a function of the set of cells only. */
typedef struct tally {
  weir_sum l1, l2, mass, ref1, ref2;
  double worst, ref_max;
  bool bad, ref_bad; /* a NaN was seen */
} tally;

static void tally_clear(tally *t)
{
  weir_sum_clear(&t->l1), weir_sum_clear(&t->l2), weir_sum_clear(&t->mass);
  weir_sum_clear(&t->ref1), weir_sum_clear(&t->ref2);
  t->worst = -1, t->ref_max = 0;
  t->bad = t->ref_bad = false;
}

/* True if this cell is the worst so far. */
static bool tally_add(tally *t, double volume, double a, double b)
{
  const double e = a - b, m = fabs(e), r = fabs(b);
  weir_sum_add(&t->l1, volume * m);
  weir_sum_add(&t->l2, volume * (e * e));
  weir_sum_add(&t->mass, volume * e);
  weir_sum_add(&t->ref1, volume * r);
  weir_sum_add(&t->ref2, volume * (b * b));
  if (isnan(r)) t->ref_bad = true;
  if (r > t->ref_max) t->ref_max = r;
  if (t->bad || !(isnan(e) || m > t->worst)) return false;
  t->bad = isnan(e);
  t->worst = m;
  return true;
}

static double share(double e, double ref)
{
  return ref > 0 ? e / ref : (double)NAN;
}

static void set_worst(weir_norms *out, const weir_mesh *m, const ptrdiff_t at[3], double a, double b)
{
  for (int d = 0; d < WEIR_MAXDIM; d++) {
    out->worst[d] = at[d];
    out->worst_at[d] = d < m->dim ? m->axis[d].centre[at[d]] : 0;
  }
  out->worst_value = a, out->worst_expect = b;
}

void weir_norms_of(const weir_mesh *mesh, const double *a, const double *b, weir_norms *out)
{
  tally t;
  tally_clear(&t);
  *out = (weir_norms){0};
  for (ptrdiff_t k = 0; k < mesh->axis[2].n; k++)
    for (ptrdiff_t j = 0; j < mesh->axis[1].n; j++)
      for (ptrdiff_t i = 0; i < mesh->axis[0].n; i++) {
        const ptrdiff_t c = weir_mesh_index(mesh, i, j, k);
        if (tally_add(&t, weir_mesh_cell_volume(mesh, i, j, k), a[c], b[c]))
          set_worst(out, mesh, (const ptrdiff_t[3]){i, j, k}, a[c], b[c]);
      }
  const double none = (double)NAN;
  out->l1 = weir_sum_value(&t.l1), out->l2 = sqrt(weir_sum_value(&t.l2)), out->mass = weir_sum_value(&t.mass);
  out->linf = t.bad ? none : t.worst;
  out->ref_l1 = weir_sum_value(&t.ref1), out->ref_l2 = sqrt(weir_sum_value(&t.ref2));
  out->ref_linf = t.ref_bad ? none : t.ref_max;
  out->rel_l1 = share(out->l1, out->ref_l1);
  out->rel_l2 = share(out->l2, out->ref_l2);
  out->rel_linf = share(out->linf, out->ref_linf);
}

/* ---------------------------------------------------------------- table */
/* One function per row of metric.def that reads a member of weir_norms. */
#define NORM_METRIC(id, member)                                                                                        \
  static weir_status value_##id(weir_ctx *ctx, const weir_mesh *mesh, const double *a, const double *b, double *out)   \
  {                                                                                                                    \
    (void)ctx;                                                                                                         \
    weir_norms n;                                                                                                      \
    weir_norms_of(mesh, a, b, &n);                                                                                     \
    *out = n.member;                                                                                                   \
    return WEIR_OK;                                                                                                    \
  }
NORM_METRIC(l1, l1)
NORM_METRIC(l2, l2)
NORM_METRIC(linf, linf)
NORM_METRIC(rel_l1, rel_l1)
NORM_METRIC(rel_l2, rel_l2)
NORM_METRIC(rel_linf, rel_linf)
NORM_METRIC(mass, mass)
#define value_w1 weir_w1

static const weir_metric metric_table[] = {
#define WEIR_METRIC(id, name_, dims, formula_, cite_)                                                                  \
  {.abi = WEIR_METRIC_ABI, .name = name_, .formula = formula_, .cite = cite_, .maxdim = dims, .value = value_##id},
#include "cmp/metric.def"
#undef WEIR_METRIC
};

weir_status weir_cmp_register(weir_ctx *ctx)
{
  for (size_t i = 0; i < sizeof metric_table / sizeof metric_table[0]; i++)
    WEIR_TRY(weir_register(ctx, WEIR_KIND_METRIC, metric_table[i].name, &metric_table[i]));
  return WEIR_OK;
}
