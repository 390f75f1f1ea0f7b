/* weir schemes: what is in the registry, and what it claims. */
#include "cli/common.h"
#include "cli/plugin.h"
#include <weir/array.h>
#include <weir/laws.h>
#include <weir/solve.h>
#include <stdio.h>
#include <string.h>

static const char doc[] =
    "List the reconstructions and time steppers with order, CFL number and claims; or tell all about one.\v"
    "A transport scheme is a reconstruction and a stepper: weir solve CASE --scheme NAME --stepper NAME. The order in "
    "2D and 3D is the "
    "one for a velocity that varies along the faces. CFL number: of the sum over the axes (weir/solve.h); within it "
    "the claims hold, "
    "or, without such claims, the scheme is stable; '-': not stable at a number that would be of use. `weir selftest` "
    "holds every "
    "scheme to its claims.";

enum { KEY_PLUGIN = 1000, KEY_MARKDOWN, PLUGIN_MAX = 32, STEPPERS_SHOWN = 5, WIDTH = 100, INDENT = 16, WORDS = 400 };
static const double useful_cfl = 0.1; /* a run refuses less (weir_stable_cfl) */

typedef struct own {
  const char *name, *plugin[PLUGIN_MAX];
  int plugins;
  bool markdown;
} own;

static const struct argp_option options[] = {
    {"plugin", KEY_PLUGIN, "FILE.so", 0, "with the schemes of this shared object (its code is loaded); may be repeated",
     1},
    {"markdown", KEY_MARKDOWN, NULL, 0, "tables in Markdown, with formulas and citations", 1},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
  cli *c = state->input;
  own *o = c->own;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = c; return 0;
  case KEY_PLUGIN:
    if (o->plugins >= PLUGIN_MAX) argp_error(state, "more than %d plug-ins", (int)PLUGIN_MAX);
    o->plugin[o->plugins++] = arg;
    return 0;
  case KEY_MARKDOWN: o->markdown = true; return 0;
  case ARGP_KEY_ARG:
    if (o->name != NULL) argp_error(state, "one scheme at a time: '%s'", arg);
    o->name = arg;
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* ---------------------------------------------------------------- what a scheme claims, in words */
typedef struct claim {
  unsigned bit;
  const char *brief, *words;
} claim;

static const claim claims[] = {
    {WEIR_LINEAR, "linear", "linear in the density"},
    {WEIR_TVD, "TVD", "total variation does not grow (1D, constant velocity), face values lie between their cells"},
    {WEIR_POSITIVE, "rho >= 0", "a density >= 0 stays so, to the last bit"},
    {WEIR_NONNEG_ONLY, "for rho >= 0", "defined for densities >= 0 only"},
    {WEIR_ONE_STEP, "whole steps",
     "takes whole steps itself, stepper onestep; its CFL number is the largest of the axes instead of their sum"},
};

/* All claims of r in one line; none: "-". */
static const char *claims_of(const weir_recon *r, bool brief, char text[WORDS])
{
  int used = 0;
  (void)snprintf(text, WORDS, "-");
  for (size_t k = 0; k < sizeof claims / sizeof claims[0]; k++)
    if ((r->claims & claims[k].bit) != 0)
      used += snprintf(text + used, WORDS - (size_t)used, "%s%s",
                       used == 0 ? ""
                       : brief   ? ", "
                                 : "; ",
                       brief ? claims[k].brief : claims[k].words);
  return text;
}

static const char *said(const char *s)
{
  return s != NULL && s[0] != '\0' ? s : "-";
}

static const char *cfl_text(double cfl, char text[16])
{
  if (cfl >= useful_cfl)
    (void)snprintf(text, 16, "%.3g", cfl);
  else
    (void)snprintf(text, 16, "-");
  return text;
}

/* ---------------------------------------------------------------- lists */
/* The steppers that have a column of their own: all in JSON, as many as fit the width in text. */
static int shown(const cli *c, bool all)
{
  int n = 0;
  while (weir_item(c->ctx, WEIR_KIND_STEPPER, n) != NULL && (all || n < STEPPERS_SHOWN)) n++;
  return n;
}

static void stepper_columns(const cli *c, bool all, weir_table *t)
{
  for (int k = 0; k < shown(c, all); k++)
    weir_table_column(t, ((const weir_stepper *)weir_item(c->ctx, WEIR_KIND_STEPPER, k))->name, "",
                      all ? WEIR_COLUMN_NUMBER : WEIR_COLUMN_TEXT, 3);
}

static void stepper_cells(const cli *c, const weir_recon *r, bool all, weir_table *t)
{
  char text[16];
  for (int k = 0; k < shown(c, all); k++) {
    const double cfl = weir_stable_cfl(r, weir_item(c->ctx, WEIR_KIND_STEPPER, k));
    if (!all)
      weir_table_text(t, cfl_text(cfl, text));
    else if (cfl >= useful_cfl)
      weir_table_number(t, cfl);
    else
      weir_table_text(t, NULL);
  }
}

/* `full`: with formula and citation. */
static weir_status recon_table(const cli *c, bool full, weir_table **out)
{
  char text[WORDS];
  const weir_recon *r = NULL;
  WEIR_TRY(weir_table_create(c->ctx, "schemes", out));
  weir_table *t = *out;
  weir_table_column(t, "scheme", "", WEIR_COLUMN_TEXT, 0);
  weir_table_column(t, "order", "", WEIR_COLUMN_INTEGER, 0);
  weir_table_column(t, "2D,3D", "", WEIR_COLUMN_INTEGER, 0);
  weir_table_column(t, "ghost", "", WEIR_COLUMN_INTEGER, 0);
  stepper_columns(c, false, t);
  weir_table_column(t, "claims", "", WEIR_COLUMN_TEXT, 0);
  if (full) weir_table_column(t, "face value", "", WEIR_COLUMN_TEXT, 0);
  if (full) weir_table_column(t, "source", "", WEIR_COLUMN_TEXT, 0);
  for (int k = 0; (r = weir_item(c->ctx, WEIR_KIND_RECON, k)) != NULL; k++) {
    weir_table_text(t, r->name);
    weir_table_number(t, r->order);
    weir_table_number(t, weir_laws_order(r, 2));
    weir_table_number(t, r->ghost);
    stepper_cells(c, r, false, t);
    weir_table_text(t, claims_of(r, true, text));
    if (full) weir_table_text(t, said(r->formula)), weir_table_text(t, said(r->cite));
  }
  return WEIR_OK;
}

static weir_status stepper_table(const cli *c, bool full, weir_table **out)
{
  const weir_stepper *s = NULL;
  WEIR_TRY(weir_table_create(c->ctx, "schemes", out));
  weir_table *t = *out;
  weir_table_column(t, "stepper", "", WEIR_COLUMN_TEXT, 0);
  weir_table_column(t, "order", "", WEIR_COLUMN_INTEGER, 0);
  weir_table_column(t, "stages", "", WEIR_COLUMN_INTEGER, 0);
  weir_table_column(t, "SSP", "", WEIR_COLUMN_NUMBER, 4);
  weir_table_column(t, "SSP/stages", "", WEIR_COLUMN_NUMBER, 3);
  if (full) weir_table_column(t, "step", "", WEIR_COLUMN_TEXT, 0);
  if (full) weir_table_column(t, "source", "", WEIR_COLUMN_TEXT, 0);
  for (int k = 0; (s = weir_item(c->ctx, WEIR_KIND_STEPPER, k)) != NULL; k++) {
    weir_table_text(t, s->name);
    weir_table_number(t, s->order);
    weir_table_number(t, s->stages);
    weir_table_number(t, s->ssp);
    weir_table_number(t, s->ssp / s->stages);
    if (full) weir_table_text(t, said(s->formula)), weir_table_text(t, said(s->cite));
  }
  return WEIR_OK;
}

static weir_status print(const cli *c, const own *o, weir_table *t, const char *heading, weir_text *out)
{
  weir_text_append(out, heading);
  return weir_table_render(c->ctx, t, o->markdown ? WEIR_TABLE_MARKDOWN : WEIR_TABLE_TEXT, out);
}

/* Words from column INDENT on, in lines of at most WIDTH columns; the first line stands after `label`. */
static void wrapped(weir_text *out, const char *label, const char *words)
{
  int column = INDENT;
  weir_text_appendf(out, "%-*s", INDENT - 1, label);
  for (const char *p = words; *p != '\0';) {
    const int n = (int)strcspn(p, " ");
    if (column > INDENT && column + 1 + n > WIDTH) {
      weir_text_appendf(out, "\n%*s", INDENT - 1, "");
      column = INDENT;
    }
    weir_text_appendf(out, " %.*s", n, p);
    column += 1 + n;
    p += n + (p[n] == ' ');
  }
  weir_text_append(out, "\n");
}

/* Formula and source of each scheme. */
static void notes(const cli *c, weir_text *out)
{
  const weir_recon *r = NULL;
  const weir_stepper *s = NULL;
  weir_text_append(out, "\nFormulas and sources\n\n");
  for (int k = 0; (r = weir_item(c->ctx, WEIR_KIND_RECON, k)) != NULL; k++)
    wrapped(out, r->name, said(r->formula)), wrapped(out, "", said(r->cite));
  for (int k = 0; (s = weir_item(c->ctx, WEIR_KIND_STEPPER, k)) != NULL; k++)
    wrapped(out, s->name, said(s->formula)), wrapped(out, "", said(s->cite));
}

static weir_status list_text(const cli *c, const own *o)
{
  weir_table *recons = NULL, *steppers = NULL;
  weir_text *out = NULL;
  weir_status s = weir_text_create(c->ctx, &out);
  if (s == WEIR_OK) s = recon_table(c, o->markdown, &recons);
  if (s == WEIR_OK) s = stepper_table(c, o->markdown, &steppers);
  if (s == WEIR_OK)
    s = print(c, o, recons, o->markdown ? "" : "Reconstructions, and the largest CFL number with each stepper\n\n",
              out);
  if (s == WEIR_OK) s = print(c, o, steppers, o->markdown ? "\n" : "\nTime steppers\n\n", out);
  if (s == WEIR_OK && !o->markdown) notes(c, out);
  if (s == WEIR_OK) s = weir_text_check(c->ctx, out);
  if (s == WEIR_OK) cli_print(out);
  weir_text_destroy(&out);
  weir_table_destroy(&recons);
  weir_table_destroy(&steppers);
  return s;
}

/* One table for both kinds, with all there is to know. */
static weir_status list_json(const cli *c, weir_table **out)
{
  static const char *const name[] = {"formula", "source", "claims"};
  char text[WORDS];
  const weir_recon *r = NULL;
  const weir_stepper *s = NULL;
  WEIR_TRY(weir_table_create(c->ctx, "schemes", out));
  weir_table *t = *out;
  weir_table_column(t, "kind", "", WEIR_COLUMN_TEXT, 0);
  weir_table_column(t, "name", "", WEIR_COLUMN_TEXT, 0);
  weir_table_column(t, "order", "", WEIR_COLUMN_INTEGER, 0);
  weir_table_column(t, "order_2d_3d", "", WEIR_COLUMN_INTEGER, 0);
  weir_table_column(t, "ghost", "", WEIR_COLUMN_INTEGER, 0);
  weir_table_column(t, "stages", "", WEIR_COLUMN_INTEGER, 0);
  weir_table_column(t, "ssp", "", WEIR_COLUMN_NUMBER, 17);
  for (int k = 0; k < 3; k++) weir_table_column(t, name[k], "", WEIR_COLUMN_TEXT, 0);
  stepper_columns(c, true, t);
  for (int k = 0; (r = weir_item(c->ctx, WEIR_KIND_RECON, k)) != NULL; k++) {
    weir_table_text(t, "reconstruction"), weir_table_text(t, r->name);
    weir_table_number(t, r->order), weir_table_number(t, weir_laws_order(r, 2)), weir_table_number(t, r->ghost);
    weir_table_text(t, NULL), weir_table_text(t, NULL);
    weir_table_text(t, r->formula), weir_table_text(t, r->cite), weir_table_text(t, claims_of(r, false, text));
    stepper_cells(c, r, true, t);
  }
  for (int k = 0; (s = weir_item(c->ctx, WEIR_KIND_STEPPER, k)) != NULL; k++) {
    weir_table_text(t, "stepper"), weir_table_text(t, s->name);
    weir_table_number(t, s->order), weir_table_text(t, NULL), weir_table_text(t, NULL);
    weir_table_number(t, s->stages), weir_table_number(t, s->ssp);
    weir_table_text(t, s->formula), weir_table_text(t, s->cite), weir_table_text(t, NULL);
    for (int n = shown(c, true); n > 0; n--) weir_table_text(t, NULL);
  }
  return WEIR_OK;
}

/* ---------------------------------------------------------------- one in full */
static void recon_facts(const cli *c, const weir_recon *r, weir_table *t)
{
  char text[WORDS], cfl[16];
  const weir_stepper *s = NULL;
  int used = 0;
  weir_table_fact_text(t, "scheme", r->name);
  weir_table_fact_text(t, "kind", "reconstruction");
  weir_table_fact_text(t, "face value", said(r->formula));
  weir_table_fact_text(t, "source", said(r->cite));
  weir_table_fact(t, "order", "", r->order, 3);
  weir_table_fact(t, "in 2D and 3D", "", weir_laws_order(r, 2), 3);
  weir_table_fact_text(t, "flux",
                       r->product == 0 ? "product of the face averages of velocity and density, which is second order"
                       : r->product == 4
                           ? "face average of the product, by slopes along the face, to fourth order"
                           : "face average of the product, by slopes and curvatures along the face, to sixth order");
  weir_table_fact(t, "ghost layers", "", r->ghost, 3);
  weir_table_fact_text(t, "claims", claims_of(r, false, text));
  weir_table_fact_text(t, "step limit",
                       r->linear > 0 ? "linear stability of Fourier modes; no bound at jumps"
                       : (r->claims & WEIR_ONE_STEP) != 0
                           ? "the claims hold for whole steps up to the CFL number"
                           : "the claims hold with forward Euler, and so with SSP steppers, up to the CFL number");
  for (int k = 0; (s = weir_item(c->ctx, WEIR_KIND_STEPPER, k)) != NULL && used < WORDS - 60; k++)
    used += snprintf(text + used, WORDS - (size_t)used, "%s%s %s", used > 0 ? ", " : "", s->name,
                     cfl_text(weir_stable_cfl(r, s), cfl));
  weir_table_fact_text(t, "CFL number", text);
}

static void stepper_facts(const weir_stepper *s, weir_table *t)
{
  weir_table_fact_text(t, "scheme", s->name);
  weir_table_fact_text(t, "kind", "time stepper");
  weir_table_fact_text(t, "step", said(s->formula));
  weir_table_fact_text(t, "source", said(s->cite));
  weir_table_fact(t, "order", "", s->order, 3);
  weir_table_fact(t, "stages", "", s->stages, 3);
  weir_table_fact(t, "SSP coefficient", "", s->ssp, 10);
  weir_table_fact(t, "per stage", "", s->ssp / s->stages, 3);
}

static weir_status one(const cli *c, const own *o, weir_table **out)
{
  const void *item = NULL;
  const weir_stepper *s = weir_lookup(c->ctx, WEIR_KIND_STEPPER, o->name);
  if (s == NULL && weir_lookup(c->ctx, WEIR_KIND_RECON, o->name) == NULL) {
    /* The nearer kind's message: its names are the ones that were meant. */
    int least[2] = {99, 99};
    for (int kind = 0; kind < 2; kind++)
      for (int k = 0; (item = weir_item(c->ctx, kind == 0 ? WEIR_KIND_RECON : WEIR_KIND_STEPPER, k)) != NULL; k++) {
        const char *name = kind == 0 ? ((const weir_recon *)item)->name : ((const weir_stepper *)item)->name;
        const int d = weir_edit_distance(o->name, name);
        if (d < least[kind]) least[kind] = d;
      }
    return weir_find(c->ctx, least[1] < least[0] ? WEIR_KIND_STEPPER : WEIR_KIND_RECON, o->name, &item);
  }
  WEIR_TRY(weir_table_create(c->ctx, "schemes", out));
  if (s != NULL)
    stepper_facts(s, *out);
  else
    recon_facts(c, weir_lookup(c->ctx, WEIR_KIND_RECON, o->name), *out);
  return WEIR_OK;
}

/* ---------------------------------------------------------------- */
static weir_status write_json(const cli *c, const weir_table *t)
{
  weir_text *text = NULL;
  if (c->json == NULL) return WEIR_OK;
  WEIR_TRY(weir_text_create(c->ctx, &text));
  weir_status s = weir_table_render(c->ctx, t, WEIR_TABLE_JSON, text);
  if (s == WEIR_OK) s = weir_text_write(c->ctx, c->json, text->s, text->len);
  weir_text_destroy(&text);
  return s;
}

static weir_status show(cli *c, const own *o)
{
  weir_table *t = NULL;
  weir_text *out = NULL;
  for (int k = 0; k < o->plugins; k++) WEIR_TRY(cli_plugin_load(c->ctx, o->plugin[k]));
  WEIR_TRY(weir_text_create(c->ctx, &out));
  weir_status s = o->name != NULL ? one(c, o, &t) : list_json(c, &t);
  if (s == WEIR_OK) s = write_json(c, t);
  if (s == WEIR_OK && o->name == NULL && !c->json_stdout)
    s = list_text(c, o);
  else if (s == WEIR_OK) {
    const weir_table_format f = c->json_stdout ? WEIR_TABLE_JSON : o->markdown ? WEIR_TABLE_MARKDOWN : WEIR_TABLE_TEXT;
    s = weir_table_render(c->ctx, t, f, out);
    if (s == WEIR_OK) cli_print(out);
  }
  weir_text_destroy(&out);
  weir_table_destroy(&t);
  return s;
}

int cmd_schemes(cli *c, int argc, char **argv)
{
  own o = {NULL};
  c->own = &o;
  const struct argp argp = {options, parse, "[NAME]", doc, common_children, NULL, NULL};
  (void)argp_parse(&argp, argc, argv, 0, NULL, c);
  const weir_status s = show(c, &o);
  return s == WEIR_OK ? EXIT_PASSED : cli_error(c, s);
}
