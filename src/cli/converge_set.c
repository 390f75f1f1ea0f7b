/* weir converge: from lists of schemes, steppers and gradings to the members of the set. */
#include "cli/converge.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void converge_parse_levels(struct argp_state *state, converge *w, const char *name, const char *arg)
{
  long a = 0, b = 0;
  char rest = 0;
  w->levels = 0;
  if (sscanf(arg, "%ld:%ld%c", &a, &b, &rest) == 2 && a >= 1 && b > a && b <= 1 << 24) {
    for (; a <= b && w->levels < LEVELS_MAX; a *= 2) w->level[w->levels++] = a;
    return;
  }
  for (const char *p = arg; *p != '\0' && w->levels < LEVELS_MAX;) {
    char *end = NULL;
    const long n = strtol(p, &end, 10);
    if (end == p || n < 1 || n > 1 << 24 || (*end != ',' && *end != '\0')) break;
    w->level[w->levels++] = n;
    if (*end == '\0') return;
    p = end + 1;
  }
  argp_failure(state, EXIT_USAGE, 0, "--%s: a list of whole numbers such as 32,64,128 or 32:128 expected, found '%s'",
               name, arg);
}

/* auto | h | h^N | h^N/M | h^(N/M) */
void converge_parse_dt(struct argp_state *state, converge *w, const char *arg)
{
  int num = 1, den = 1, end = -1;
  if (strcmp(arg, "auto") == 0) {
    w->dt_num = w->dt_den = 0;
    return;
  }
  if (strcmp(arg, "h") == 0)
    end = 1;
  else if (sscanf(arg, "h^(%6d/%6d)%n", &num, &den, &end) != 2 || end < 0) {
    num = den = 1, end = -1;
    if (sscanf(arg, "h^%6d/%6d%n", &num, &den, &end) != 2) {
      den = 1, end = -1;
      (void)sscanf(arg, "h^%6d%n", &num, &end);
    }
  }
  if (end < 0 || arg[end] != '\0' || den < 1 || num < den || num > 100 * den)
    argp_failure(state, EXIT_USAGE, 0,
                 "--dt: auto, h, or h^P with a whole number or fraction P from 1 to 100, such as h^2 or h^5/3, "
                 "expected, found '%s'",
                 arg);
  w->dt_num = num, w->dt_den = den;
}

void converge_parse_goals(struct argp_state *state, converge *w, const char *arg)
{
  w->goals = 0;
  for (const char *p = arg;;) {
    char *end = NULL;
    const double e = strtod(p, &end);
    if (end == p || !(e > 0 && e < 1) || (*end != ',' && *end != '\0') || w->goals >= GOALS_MAX) break;
    w->goal[w->goals++] = e;
    if (*end == '\0') return;
    p = end + 1;
  }
  argp_failure(state, EXIT_USAGE, 0,
               "--to-error: up to %d numbers between 0 and 1 such as 1e-3,1e-5 expected, found '%s'", (int)GOALS_MAX,
               arg);
}

/* ------------------------------------------------------------------ members */
/* Word k of a list divided by commas into buf; false past the end. A missing list is one empty word. */
static bool word(const char *list, int k, char buf[WORD], bool *fits)
{
  if (list == NULL) {
    buf[0] = '\0';
    return k == 0;
  }
  for (; k > 0; k--) {
    list = strchr(list, ',');
    if (list == NULL) return false;
    list++;
  }
  const size_t n = strcspn(list, ",");
  *fits = *fits && n > 0 && n < WORD;
  (void)snprintf(buf, WORD, "%.*s", (int)n, list);
  return true;
}

static weir_status add(converge *w, const char *scheme, const char *stepper, const char *grading)
{
  WEIR_REQUIRE(w->members < MEMBERS_MAX, w->c->ctx, WEIR_EARG, "more than %d combinations of schemes and meshes",
               (int)MEMBERS_MAX);
  member *m = &w->m[w->members++];
  const char *plus = strchr(scheme, '+');
  (void)snprintf(m->scheme, WORD, "%.*s", (int)(plus != NULL ? plus - scheme : (ptrdiff_t)strlen(scheme)), scheme);
  (void)snprintf(m->stepper, WORD, "%s", plus != NULL ? plus + 1 : stepper);
  (void)snprintf(m->grading, WORD, "%s", grading);
  WEIR_REQUIRE(plus == NULL || (m->scheme[0] != '\0' && m->stepper[0] != '\0'), w->c->ctx, WEIR_EARG,
               "--scheme: SCHEME or SCHEME+STEPPER expected, found '%s'", scheme);
  return WEIR_OK;
}

weir_status converge_members(converge *w)
{
  char scheme[WORD], stepper[WORD], grading[WORD];
  bool fits = true;
  for (int g = 0; word(w->gradings, g, grading, &fits); g++)
    for (int k = 0; word(w->schemes, k, scheme, &fits); k++)
      for (int s = 0; word(strchr(scheme, '+') != NULL ? NULL : w->steppers, s, stepper, &fits); s++)
        WEIR_TRY(add(w, scheme, stepper, grading));
  WEIR_REQUIRE(fits, w->c->ctx, WEIR_EARG,
               "--scheme, --stepper, --grading: names divided by commas expected, each of 1 to %d letters", WORD - 1);
  return WEIR_OK;
}

/* "sine:0.5" is {sine: 0.5} in the case. */
static void grading_value(const char *grading, char *buf, size_t size)
{
  const char *colon = strchr(grading, ':');
  if (colon == NULL)
    (void)snprintf(buf, size, "mesh.grading=%s", grading);
  else
    (void)snprintf(buf, size, "mesh.grading={%.*s: %s}", (int)(colon - grading), grading, colon + 1);
}

static weir_status read_member(converge *w, member *m)
{
  char text[3][WORD + 40];
  const char *set[SET_MAX + 3];
  int n = 0, own = 0;
  for (; n < w->c->sets; n++) set[n] = w->c->set[n];
  if (m->scheme[0] != '\0') (void)snprintf(text[own++], sizeof *text, "scheme.reconstruction=%s", m->scheme);
  if (m->stepper[0] != '\0') (void)snprintf(text[own++], sizeof *text, "scheme.stepper=%s", m->stepper);
  if (m->grading[0] != '\0') grading_value(m->grading, text[own++], sizeof *text);
  for (int k = 0; k < own; k++) set[n++] = text[k];
  WEIR_TRY(weir_case_read(w->c->ctx, w->which, set, n, &m->cs));
  if (m->cs->reconstruction == NULL) m->cs->reconstruction = m->cs->study_scheme;
  return WEIR_OK;
}

static void name_member(weir_ctx *ctx, member *m)
{
  const weir_case *cs = m->cs;
  const bool transport = cs->equation == WEIR_CASE_TRANSPORT, graded = m->grading[0] != '\0';
  const char *const scheme = cs->reconstruction != NULL ? cs->reconstruction : WEIR_DEFAULT_SCHEME;
  char mesh[WORD];
  (void)snprintf(mesh, sizeof mesh, "%s", m->grading);
  if (!transport)
    (void)snprintf(m->label, sizeof m->label, "%.60s", graded ? mesh : cs->name);
  else
    (void)snprintf(m->label, sizeof m->label, "%.60s+%.60s%s%s", scheme,
                   cs->stepper != NULL ? cs->stepper : weir_default_stepper(weir_lookup(ctx, WEIR_KIND_RECON, scheme)),
                   graded ? " " : "", mesh);
}

weir_status converge_prepare(converge *w)
{
  weir_ctx *ctx = w->c->ctx;
  weir_study_options opt;
  cli_study_options(w->c, &opt);
  for (int k = 0; k < w->members; k++) {
    member *m = &w->m[k];
    WEIR_TRY(read_member(w, m));
    name_member(w->c->ctx, m);
    const int levels = w->levels > 0 ? w->levels : m->cs->levels;
    if (levels < 2 || w->members == 1) continue; /* the study says so, or is the first to run anyway */
    weir_setup *s = NULL;
    weir_run *run = NULL;
    weir_status st =
        weir_setup_create(ctx, m->cs, w->levels > 0 ? w->level[0] : m->cs->level[0], m->cs->mesh.axis[0].n, &opt, &s);
    if (st == WEIR_OK) st = weir_setup_start(ctx, s, &run);
    weir_run_destroy(&run);
    weir_setup_destroy(&s);
    WEIR_TRY(st);
  }
  return WEIR_OK;
}
