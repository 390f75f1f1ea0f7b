/* weir cases: the built-in cases. */
#include "cli/common.h"
#include <stdio.h>
#include <string.h>

static const char doc[] = "List the built-in cases, or print the file of one: the start of a case of your own.\v"
                          "Example: weir cases ou2d > mine.yaml; weir solve mine.yaml";

typedef struct own {
  const char *name;
} own;

static error_t parse(int key, char *arg, struct argp_state *state)
{
  cli *c = state->input;
  own *o = c->own;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = c; return 0;
  case ARGP_KEY_ARG:
    if (o->name != NULL) argp_error(state, "one case at a time: '%s'", arg);
    o->name = arg;
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static weir_status list(cli *c)
{
  weir_table *t = NULL;
  WEIR_TRY(weir_table_create(c->ctx, "cases", &t));
  weir_table_column(t, "case", "", WEIR_COLUMN_TEXT, 0);
  weir_table_column(t, "dim", "", WEIR_COLUMN_INTEGER, 0);
  weir_table_column(t, "equation", "", WEIR_COLUMN_TEXT, 0);
  weir_table_column(t, "exact", "", WEIR_COLUMN_TEXT, 0);
  weir_table_column(t, "title", "", WEIR_COLUMN_TEXT, 0);
  weir_status s = WEIR_OK;
  for (int k = 0; s == WEIR_OK && k < weir_case_builtin_count(); k++) {
    weir_case *one = NULL;
    s = weir_case_read(c->ctx, weir_case_builtin_name(k), NULL, 0, &one);
    if (s != WEIR_OK) break;
    weir_table_text(t, one->name);
    weir_table_number(t, one->dim);
    weir_table_text(t, one->equation == WEIR_CASE_TRANSPORT ? "transport" : "fokker-planck");
    weir_table_text(t, one->exact != NULL        ? one->exact
                       : one->exact_expr != NULL ? "formula"
                       : one->flow_map           ? "flow-map"
                                                 : "-");
    weir_table_text(t, one->title);
    weir_case_destroy(&one);
  }
  if (s == WEIR_OK) s = cli_table(c, t);
  weir_table_destroy(&t);
  return s;
}

int cmd_cases(cli *c, int argc, char **argv)
{
  own o = {NULL};
  c->own = &o;
  const struct argp argp = {NULL, parse, "[CASE]", doc, common_children, NULL, NULL};
  (void)argp_parse(&argp, argc, argv, 0, NULL, c);
  weir_status s;
  if (o.name == NULL)
    s = list(c);
  else {
    const char *path = NULL, *text = NULL;
    size_t length = 0;
    s = weir_case_builtin_text(c->ctx, o.name, &path, &text, &length);
    if (s == WEIR_OK) (void)fwrite(text, 1, length, stdout);
  }
  return s == WEIR_OK ? EXIT_PASSED : cli_error(c, s);
}
