/* A cloud in words, for `weir info`. */
#include <weir/cloud.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROOM = 1024, NAME_ROOM = 16 };

static void sizes(const weir_cloud *c, char *s, size_t size)
{
  ptrdiff_t lo = c->count[0], hi = c->count[0];
  for (int k = 1; k < c->steps; k++) {
    if (c->count[k] < lo) lo = c->count[k];
    if (c->count[k] > hi) hi = c->count[k];
  }
  char n[64];
  if (lo == hi)
    snprintf(n, sizeof n, "%td", lo);
  else
    snprintf(n, sizeof n, "%td to %td", lo, hi);
  const char *who = c->steps == 1 ? ""
                    : c->paired   ? ", the same particles at every step"
                                  : ", not followed from step to step";
  snprintf(s, size, "particles   %s%s; %td at the start%s\ndimension   %d\nsteps       %d\nprecision   %s\n", n, who,
           c->n0, c->has_n0 ? " (stated)" : "", c->dim, c->steps, c->bits == 24 ? "single" : "double");
}

static void times(const weir_cloud *c, char *s, size_t size)
{
  char tau[48] = "";
  if (!isnan(c->tau)) snprintf(tau, sizeof tau, "; time step tau = %.10g", c->tau);
  if (!c->has_time)
    snprintf(s, size, "times       not in the file%s\n", tau);
  else if (c->steps == 1)
    snprintf(s, size, "times       %.10g%s\n", c->time[0], tau);
  else
    snprintf(s, size, "times       %.10g to %.10g%s\n", c->time[0], c->time[c->steps - 1], tau);
}

static void fields(const weir_cloud *c, char *s, size_t size)
{
  const bool have[WEIR_CLOUD_FIELDS] = {
      [WEIR_CLOUD_LOGRHO] = c->logrho != NULL, [WEIR_CLOUD_W] = c->w != NULL,
      [WEIR_CLOUD_V] = c->v != NULL,           [WEIR_CLOUD_V_START] = c->v_start != NULL,
      [WEIR_CLOUD_V_END] = c->v_end != NULL,   [WEIR_CLOUD_LOGDET] = c->logdet != NULL,
      [WEIR_CLOUD_DIVV] = c->divv != NULL,
  };
  int n = snprintf(s, size, "carries    ");
  for (int f = 0; f < WEIR_CLOUD_FIELDS; f++)
    if (have[f]) n += snprintf(s + n, size - (size_t)n, " %s", weir_cloud_field_name((weir_cloud_field)f));
  if (!c->w)
    n += snprintf(s + n, size - (size_t)n, "%s",
                  c->logrho || c->v || c->v_start || c->logdet ? "; equal weights" : " positions only; equal weights");
  snprintf(s + n, size - (size_t)n, "\n");
}

weir_status weir_cloud_describe(weir_ctx *ctx, const weir_cloud *cloud, char **text)
{
  size_t len = ROOM + strlen(cloud->source);
  for (int k = 0; k < cloud->notes; k++) len += strlen(cloud->note[k]) + NAME_ROOM;
  void *p = NULL;
  *text = NULL;
  WEIR_TRY(weir_alloc(ctx, len, 1, "description", &p));
  char *s = p;
  snprintf(s, len, "file        %s\n", cloud->source);
  sizes(cloud, s + strlen(s), len - strlen(s));
  times(cloud, s + strlen(s), len - strlen(s));
  fields(cloud, s + strlen(s), len - strlen(s));
  for (int k = 0; k < cloud->notes; k++) {
    const size_t n = strlen(s);
    snprintf(s + n, len - n, "%s%s\n", k == 0 ? "read as     " : "            ", cloud->note[k]);
  }
  *text = s;
  return WEIR_OK;
}
