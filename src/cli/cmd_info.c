/* weir info: what a file holds, without judging it. */
#include "cli/common.h"
#include <weir/array.h>
#include <weir/cloud_io.h>
#include <weir/scheme.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

static const char doc[] = "Say what the arrays of FILE are and how they would be read as a cloud; or check a case "
                          "file. Without FILE: what this "
                          "program runs on.\v"
                          "Nothing in a file is ever executed.";

enum { KEY_MAP = 1000, KEY_LAYOUT, KEY_TAU, FILES_MAX = 16 };

typedef struct own {
  const char *file[FILES_MAX], *map[FILES_MAX];
  int files;
  weir_cloud_map cloud;
} own;

static const struct argp_option options[] = {
    {"map", KEY_MAP, "OURS=THEIRS,...", 0, "names of the arrays, as in weir verify", 1},
    {"layout", KEY_LAYOUT, "TNd|NTd|Nd|long", 0, "layout of the positions", 1},
    {"tau", KEY_TAU, "T", 0, "time step", 1},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
  cli *c = state->input;
  own *o = c->own;
  switch (key) {
  case ARGP_KEY_INIT: state->child_inputs[0] = c; return 0;
  case KEY_MAP:
    if (o->cloud.nname >= FILES_MAX) argp_error(state, "too many --map");
    o->map[o->cloud.nname++] = arg;
    return 0;
  case KEY_LAYOUT: o->cloud.layout = arg; return 0;
  case KEY_TAU:
    if (!weir_number_parse(arg, &o->cloud.tau) || !(o->cloud.tau > 0))
      argp_failure(state, EXIT_USAGE, 0, "--tau: a number > 0 expected, found '%s'", arg);
    return 0;
  case ARGP_KEY_ARG:
    if (o->files >= FILES_MAX) argp_error(state, "more than %d files", (int)FILES_MAX);
    o->file[o->files++] = arg;
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static bool is_case(const char *path)
{
  const char *dot = strrchr(path, '.');
  return dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

static weir_status show_case(cli *c, const char *path)
{
  weir_case *cs = NULL;
  weir_setup *setup = NULL;
  weir_table *t = NULL;
  weir_status s = cli_read_case(c, path, &cs);
  if (s == WEIR_OK) s = weir_setup_create(c->ctx, cs, 1, 1, NULL, &setup);
  if (s == WEIR_OK) s = weir_table_create(c->ctx, "info", &t);
  if (s == WEIR_OK) {
    weir_table_fact_text(t, "case", cs->name);
    weir_table_fact_text(t, "title", cs->title);
    weir_table_fact_text(t, "equation", cs->equation == WEIR_CASE_TRANSPORT ? "transport" : "fokker-planck");
    weir_table_fact(t, "dimension", "", cs->dim, 1);
    weir_table_fact(t, "cells", "", (double)weir_setup_mesh(setup)->cells, 10);
    weir_table_fact(t, "start", "", cs->start, 6);
    weir_table_fact(t, "end", "", cs->end, 6);
    weir_table_fact_text(t, "exact solution",
                         cs->exact != NULL        ? cs->exact
                         : cs->exact_expr != NULL ? "formula"
                         : cs->flow_map           ? "flow-map"
                                                  : "none");
    weir_table_fact(t, "initial mass", "", weir_mesh_integral(weir_setup_mesh(setup), weir_setup_initial(setup)), 15);
    s = cli_table(c, t);
  }
  weir_table_destroy(&t);
  weir_setup_destroy(&setup);
  weir_case_destroy(&cs);
  return s;
}

static weir_status show_arrays(cli *c, const char *path)
{
  weir_arrays *set = NULL;
  weir_table *t = NULL;
  WEIR_TRY(weir_arrays_read(c->ctx, path, NULL, &set));
  weir_status s = weir_table_create(c->ctx, "info", &t);
  if (s == WEIR_OK) {
    weir_table_fact_text(t, "file", path);
    weir_table_column(t, "array", "", WEIR_COLUMN_TEXT, 0);
    weir_table_column(t, "shape", "", WEIR_COLUMN_TEXT, 0);
    weir_table_column(t, "type", "", WEIR_COLUMN_TEXT, 0);
    weir_table_column(t, "note", "", WEIR_COLUMN_TEXT, 0);
    for (int k = 0; k < set->n; k++) {
      const weir_array *a = &set->array[k];
      char shape[100];
      weir_table_text(t, a->name);
      weir_table_text(t, weir_shape_text(a->ndim, a->shape, shape, sizeof shape));
      weir_table_text(t, weir_dtype_name(a->dtype));
      weir_table_text(t, a->why);
    }
    s = cli_table(c, t);
  }
  weir_table_destroy(&t);
  weir_arrays_destroy(&set);
  return s;
}

/* How the files read as a cloud. That they may be none is no failure of `info`. */
static void show_cloud(cli *c, own *o)
{
  weir_cloud *cloud = NULL;
  char *text = NULL;
  o->cloud.name = o->map;
  weir_status s = weir_cloud_read(c->ctx, o->files, o->file, &o->cloud, &cloud);
  if (s == WEIR_OK) s = weir_cloud_describe(c->ctx, cloud, &text);
  if (s == WEIR_OK)
    (void)printf("\nas a cloud:\n%s", text);
  else
    (void)printf("\nnot read as a cloud: %s\n", weir_message(c->ctx));
  weir_free(text);
  weir_cloud_destroy(&cloud);
}

/* The program and the processor: what speed depends on, and no result does. */
static weir_status show_program(cli *c)
{
  weir_table *t = NULL;
  int recons = 0, steppers = 0;
  while (weir_item(c->ctx, WEIR_KIND_RECON, recons) != NULL) recons++;
  while (weir_item(c->ctx, WEIR_KIND_STEPPER, steppers) != NULL) steppers++;
  WEIR_TRY(weir_table_create(c->ctx, "info", &t));
  weir_table_fact_text(t, "version", weir_version());
  weir_table_fact_text(t, "vector kernels", weir_fv_vector());
  weir_table_fact(t, "threads", "", c->threads > 0 ? c->threads : omp_get_max_threads(), 10);
  weir_table_fact(t, "reconstructions", "", recons, 10);
  weir_table_fact(t, "time steppers", "", steppers, 10);
  const weir_status s = cli_table(c, t);
  weir_table_destroy(&t);
  return s;
}

int cmd_info(cli *c, int argc, char **argv)
{
  own o = {.files = 0};
  c->own = &o;
  const struct argp argp = {options, parse, "[FILE...]", doc, case_children, NULL, NULL};
  (void)argp_parse(&argp, argc, argv, 0, NULL, c);
  weir_status s = WEIR_OK;
  bool arrays = false;
  if (o.files == 0) s = show_program(c);
  for (int k = 0; s == WEIR_OK && k < o.files; k++)
    if (is_case(o.file[k]))
      s = show_case(c, o.file[k]);
    else
      s = show_arrays(c, o.file[k]), arrays = true;
  if (s == WEIR_OK && arrays && !c->json_stdout) show_cloud(c, &o);
  return s == WEIR_OK ? EXIT_PASSED : cli_error(c, s);
}
