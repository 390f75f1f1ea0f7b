/* weir selftest: the laws of weir/laws.h over every scheme and stepper, or over those of plug-ins. */
#include "cli/common.h"
#include "cli/plugin.h"
#include <weir/array.h>
#include <weir/laws.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char doc[] =
    "Hold every reconstruction and stepper to the laws it must obey: constants, symmetries, order, mass, and what it "
    "claims.\v"
    "With --plugin only the schemes of the plug-ins are tested. A plug-in is a shared object with the list "
    "`weir_plugin_recons` (weir/scheme.h; template: tests/examples/plugin_template); its code runs with your rights. "
    "Exit 0 if all laws hold, 1 if one is broken, 2 if a plug-in cannot be used.";

enum { KEY_PLUGIN = 1000, KEY_ONLY, KEY_JUNIT_FILE, PLUGIN_MAX = 32, ONLY_MAX = 32 };

typedef struct own {
  const char *plugin[PLUGIN_MAX], *only[ONLY_MAX];
  int plugins, onlys;
  int first[WEIR_KIND_COUNT]; /* of the entries to be tested */
  int schemes;                /* tested */
} own;

static const struct argp_option options[] = {
    {"plugin", KEY_PLUGIN, "FILE.so", 0, "test the schemes of this shared object; may be repeated", 1},
    {"only", KEY_ONLY, "NAME", 0, "test only the scheme or stepper of that name; may be repeated", 1},
    {"junit", KEY_JUNIT_FILE, "FILE", 0, "JUnit XML to FILE", 80},
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
  case KEY_ONLY:
    if (o->onlys >= ONLY_MAX) argp_error(state, "more than %d names", (int)ONLY_MAX);
    o->only[o->onlys++] = arg;
    return 0;
  case KEY_JUNIT_FILE: c->junit = arg; return 0;
  case ARGP_KEY_ARG: argp_error(state, "no argument expected, found '%s'", arg); return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

/* Load the plug-ins; then, unless names are given, what they brought is tested. */
static weir_status load(cli *c, own *o)
{
  if (o->plugins > 0)
    for (int kind = 0; kind < WEIR_KIND_COUNT; kind++)
      while (weir_item(c->ctx, (weir_kind)kind, o->first[kind]) != NULL) o->first[kind]++;
  for (int k = 0; k < o->plugins; k++) WEIR_TRY(cli_plugin_load(c->ctx, o->plugin[k]));
  for (int k = 0; k < o->onlys; k++) {
    const void *item = NULL;
    o->first[WEIR_KIND_RECON] = o->first[WEIR_KIND_STEPPER] = 0;
    if (weir_lookup(c->ctx, WEIR_KIND_STEPPER, o->only[k]) == NULL)
      WEIR_TRY(weir_find(c->ctx, WEIR_KIND_RECON, o->only[k], &item));
  }
  return WEIR_OK;
}

static bool wanted(const own *o, const char *name)
{
  for (int k = 0; k < o->onlys; k++)
    if (strcmp(o->only[k], name) == 0) return true;
  return o->onlys == 0;
}

static weir_status next(cli *c, own *o, const char *name)
{
  char line[80];
  WEIR_REQUIRE(!cli_interrupted(NULL), c->ctx, WEIR_EINTERRUPTED, "interrupted before scheme %s", name);
  (void)snprintf(line, sizeof line, "%d done, now %s", o->schemes, name);
  cli_progress(c, line);
  o->schemes++;
  return WEIR_OK;
}

static weir_status judge(cli *c, own *o, weir_verdict *v)
{
  const weir_recon *r = NULL;
  for (int k = o->first[WEIR_KIND_RECON]; (r = weir_item(c->ctx, WEIR_KIND_RECON, k)) != NULL; k++) {
    if (!wanted(o, r->name)) continue;
    WEIR_TRY(next(c, o, r->name));
    WEIR_TRY(weir_laws_recon(c->ctx, r, v));
  }
  const weir_stepper *s = NULL;
  for (int k = o->first[WEIR_KIND_STEPPER]; (s = weir_item(c->ctx, WEIR_KIND_STEPPER, k)) != NULL; k++) {
    if (!wanted(o, s->name)) continue;
    WEIR_TRY(next(c, o, s->name));
    WEIR_TRY(weir_laws_stepper(c->ctx, s, v));
  }
  weir_verdict_conclude(v);
  return WEIR_OK;
}

/* ---------------------------------------------------------------- output */
/* One line a scheme; below it the laws that are broken or waived (all with --verbose). */
static weir_status tell(cli *c, const own *o, const weir_verdict *v)
{
  weir_text *t = NULL;
  int broken = 0, held = 0;
  WEIR_TRY(weir_text_create(c->ctx, &t));
  for (int i = 0; i < v->n;) {
    int end = i, bad = 0, good = 0;
    for (; end < v->n && strcmp(v->check[end].statistic, v->check[i].statistic) == 0; end++) {
      bad += v->check[end].outcome == WEIR_FAILED;
      good += v->check[end].outcome == WEIR_PASS;
    }
    weir_text_appendf(t, "%-24s %s  %d of %d laws hold\n", v->check[i].statistic, bad > 0 ? "FAIL" : "pass", good,
                      good + bad);
    for (; i < end; i++) {
      const weir_check *k = &v->check[i];
      if (k->outcome == WEIR_PASS && c->verbose == 0) continue;
      weir_text_appendf(t, "  %-14s %s", k->check,
                        k->outcome == WEIR_FAILED ? "FAIL  "
                        : k->outcome == WEIR_PASS ? "pass"
                                                  : "");
      weir_text_clean(t, k->text);
      weir_text_append(t, "\n");
    }
    broken += bad, held += good;
  }
  weir_text_appendf(t, "schemes and steppers: %d; laws that hold: %d, broken: %d\n", o->schemes, held, broken);
  const weir_status s = weir_text_check(c->ctx, t);
  if (s == WEIR_OK) cli_print(t);
  weir_text_destroy(&t);
  return s;
}

static weir_status json(cli *c, const weir_verdict *v, int code)
{
  if (!c->json_stdout && c->json == NULL) return WEIR_OK;
  const weir_report r = {.command = c->command,
                         .subject = "selftest",
                         .argc = c->argc,
                         .argv = (const char *const *)c->argv,
                         .verdict = v,
                         .exit_code = code};
  weir_text *t = NULL;
  WEIR_TRY(weir_text_create(c->ctx, &t));
  weir_status s = weir_report_json(c->ctx, &r, t);
  if (s == WEIR_OK && c->json != NULL) s = weir_text_write(c->ctx, c->json, t->s, t->len);
  if (s == WEIR_OK && c->json_stdout) cli_print(t);
  weir_text_destroy(&t);
  return s;
}

int cmd_selftest(cli *c, int argc, char **argv)
{
  own o = {.plugins = 0};
  c->own = &o;
  const struct argp argp = {options, parse, "", doc, common_children, NULL, NULL};
  (void)argp_parse(&argp, argc, argv, 0, NULL, c);
  weir_verdict *v = NULL;
  weir_status s = weir_verdict_create(c->ctx, &v);
  if (s == WEIR_OK) s = load(c, &o);
  if (s == WEIR_OK) s = judge(c, &o, v);
  cli_progress(c, NULL);
  int code = EXIT_PASSED;
  if (s == WEIR_OK)
    code = v->outcome == WEIR_PASS ? EXIT_PASSED : v->outcome == WEIR_FAILED ? EXIT_FAILED : EXIT_NOTHING;
  if (s == WEIR_OK) s = json(c, v, code);
  if (s == WEIR_OK && !c->json_stdout) s = tell(c, &o, v);
  if (s != WEIR_OK) code = cli_error(c, s);
  code = cli_junit(c, "selftest", v, s, code);
  weir_verdict_destroy(&v);
  return code;
}
