/* The particle cloud as a data structure. */
#include <weir/cloud.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* One row per optional field: where its pointer is, how many numbers per particle, which steps it has. */
typedef enum span { EVERY_STEP, AT_START, AT_END } span;
static const struct {
  const char *name;
  size_t offset;
  bool vector;
  span span;
} field[WEIR_CLOUD_FIELDS] = {
    [WEIR_CLOUD_LOGRHO] = {"logrho", offsetof(weir_cloud, logrho), false, EVERY_STEP},
    [WEIR_CLOUD_W] = {"w", offsetof(weir_cloud, w), false, EVERY_STEP},
    [WEIR_CLOUD_V] = {"v", offsetof(weir_cloud, v), true, EVERY_STEP},
    [WEIR_CLOUD_V_START] = {"v_start", offsetof(weir_cloud, v_start), true, AT_START},
    [WEIR_CLOUD_V_END] = {"v_end", offsetof(weir_cloud, v_end), true, AT_END},
    [WEIR_CLOUD_LOGDET] = {"logdet", offsetof(weir_cloud, logdet), false, EVERY_STEP},
    [WEIR_CLOUD_DIVV] = {"divv", offsetof(weir_cloud, divv), false, EVERY_STEP},
};

static double ***slot(weir_cloud *c, weir_cloud_field f)
{
  return (double ***)(void *)((char *)c + field[f].offset);
}

const char *weir_cloud_field_name(weir_cloud_field f)
{
  return (unsigned)f < WEIR_CLOUD_FIELDS ? field[f].name : "?";
}

static void free_steps(double **p, int steps)
{
  for (int k = 0; p && k < steps; k++) weir_free(p[k]);
  weir_free(p);
}

/* Steps k of the field hold count[k] (count[k+1] at the end of a step) times ncomp numbers. */
static weir_status alloc_steps(weir_ctx *ctx, const weir_cloud *c, ptrdiff_t ncomp, span s, const char *what,
                               double ***out)
{
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, (size_t)c->steps, sizeof(double *), what, &p));
  double **q = p;
  const int last = s == EVERY_STEP ? c->steps : c->steps - 1;
  for (int k = 0; k < last; k++) {
    size_t n = 0;
    const ptrdiff_t count = c->count[s == AT_END ? k + 1 : k];
    const bool over = __builtin_mul_overflow((size_t)count, (size_t)ncomp, &n);
    const weir_status st = over ? WEIR_FAIL(ctx, WEIR_ENOMEM, "%s: %td particles are too many", what, count)
                                : weir_alloc_doubles(ctx, n, what, &q[k]);
    if (st != WEIR_OK) {
      free_steps(q, c->steps);
      return st;
    }
  }
  *out = q;
  return WEIR_OK;
}

static weir_status fill_new(weir_ctx *ctx, weir_cloud *c, const ptrdiff_t *count)
{
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, (size_t)c->steps, sizeof *c->count, "particle counts", &p));
  c->count = p;
  memcpy(c->count, count, (size_t)c->steps * sizeof *count);
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)c->steps, "times", &c->time));
  weir_fill_nan((size_t)c->steps, c->time);
  WEIR_TRY(weir_strdup(ctx, "", &c->source));
  return alloc_steps(ctx, c, c->dim, EVERY_STEP, "particle positions", &c->x);
}

weir_status weir_cloud_create(weir_ctx *ctx, int dim, int steps, const ptrdiff_t *count, weir_cloud **cloud)
{
  *cloud = NULL;
  WEIR_REQUIRE(dim >= 1 && dim <= WEIR_CLOUD_MAXDIM, ctx, WEIR_EARG, "cloud: dimension %d, 1 to %d expected", dim,
               WEIR_CLOUD_MAXDIM);
  WEIR_REQUIRE(steps >= 1, ctx, WEIR_EARG, "cloud: %d steps, at least 1 expected", steps);
  bool equal = true;
  for (int k = 0; k < steps; k++) {
    WEIR_REQUIRE(count[k] >= 0, ctx, WEIR_EARG, "cloud: %td particles at step %d", count[k], k);
    equal = equal && count[k] == count[0];
  }
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_cloud), "cloud", &p));
  weir_cloud *c = p;
  c->dim = dim;
  c->steps = steps;
  c->tau = (double)NAN;
  c->n0 = count[0];
  c->paired = equal;
  c->bits = 53;
  const weir_status st = fill_new(ctx, c, count);
  if (st != WEIR_OK) weir_cloud_destroy(&c);
  *cloud = c;
  return st;
}

weir_status weir_cloud_add(weir_ctx *ctx, weir_cloud *cloud, weir_cloud_field f)
{
  WEIR_REQUIRE((unsigned)f < WEIR_CLOUD_FIELDS, ctx, WEIR_EARG, "cloud: no field number %d", (int)f);
  double ***p = slot(cloud, f);
  WEIR_REQUIRE(!*p, ctx, WEIR_EARG, "cloud: field %s is there already", field[f].name);
  WEIR_REQUIRE(field[f].span == EVERY_STEP || cloud->steps > 1, ctx, WEIR_EARG, "cloud: %s needs two steps or more",
               field[f].name);
  return alloc_steps(ctx, cloud, field[f].vector ? cloud->dim : 1, field[f].span, field[f].name, p);
}

weir_status weir_cloud_note(weir_ctx *ctx, weir_cloud *cloud, const char *fmt, ...)
{
  char line[400];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(line, sizeof line, fmt, ap);
  va_end(ap);
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, (size_t)cloud->notes + 1, sizeof *cloud->note, "notes", &p));
  char **list = p;
  const weir_status st = weir_strdup(ctx, line, &list[cloud->notes]);
  if (st != WEIR_OK) {
    weir_free(p);
    return st;
  }
  for (int k = 0; k < cloud->notes; k++) list[k] = cloud->note[k];
  weir_free(cloud->note);
  cloud->note = list;
  cloud->notes++;
  return WEIR_OK;
}

weir_status weir_cloud_set_source(weir_ctx *ctx, weir_cloud *cloud, const char *source)
{
  char *s = NULL;
  WEIR_TRY(weir_strdup(ctx, source, &s));
  weir_free(cloud->source);
  cloud->source = s;
  return WEIR_OK;
}

void weir_cloud_destroy(weir_cloud **cloud)
{
  if (!cloud || !*cloud) return;
  weir_cloud *c = *cloud;
  free_steps(c->x, c->steps);
  for (int f = 0; f < WEIR_CLOUD_FIELDS; f++) free_steps(*slot(c, (weir_cloud_field)f), c->steps);
  for (int k = 0; k < c->notes; k++) weir_free(c->note[k]);
  weir_free(c->note);
  weir_free(c->count);
  weir_free(c->time);
  weir_free(c->source);
  weir_free(c);
  *cloud = NULL;
}

weir_status weir_cloud_validate(weir_ctx *ctx, const weir_cloud *c)
{
  const char *src = *c->source ? c->source : "cloud";
  for (int k = 0; k < c->steps; k++) {
    WEIR_REQUIRE(c->x[k], ctx, WEIR_EFORMAT, "%s: step %d has no positions", src, k);
    WEIR_REQUIRE(!c->paired || c->count[k] == c->count[0], ctx, WEIR_EFORMAT,
                 "%s: %td particles at step %d, %td at step 0: they cannot be the same ones", src, c->count[k], k,
                 c->count[0]);
    if (!c->has_time) continue;
    WEIR_REQUIRE(isfinite(c->time[k]), ctx, WEIR_EFORMAT, "%s: time of step %d is %g", src, k, c->time[k]);
    WEIR_REQUIRE(k == 0 || c->time[k] > c->time[k - 1], ctx, WEIR_EFORMAT,
                 "%s: times must increase, but step %d is at %.15g and step %d at %.15g", src, k - 1, c->time[k - 1], k,
                 c->time[k]);
  }
  return WEIR_OK;
}
