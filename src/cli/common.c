/* Options that every command takes, messages, exit codes, output. */
#define _GNU_SOURCE
#include "cli/common.h"
#include <weir/array.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---------------------------------------------------------------- common options */
enum {
  KEY_JSON = 500,
  KEY_JUNIT,
  KEY_PROGRESS,
  KEY_THREADS,
  KEY_SET,
  KEY_CELLS,
  KEY_SCHEME,
  KEY_STEPPER,
  KEY_CFL,
  KEY_LIMITER,
  KEY_END,
  KEY_OUTPUTS
};

static const struct argp_option common_options[] = {
    {"json", KEY_JSON, "FILE", OPTION_ARG_OPTIONAL, "JSON to FILE, or instead of text to standard output", 90},
    {"threads", KEY_THREADS, "N", 0, "threads (default: all; the result does not depend on it)", 90},
    {"quiet", 'q', NULL, 0, "no notes on standard error", 90},
    {"verbose", 'v', NULL, 0, "say more; errors with their source line", 90},
    {"progress", KEY_PROGRESS, "auto|never", 0, "progress line (default auto: on a terminal, not in CI)", 90},
    {0}};

int cli_whole(struct argp_state *state, const char *name, const char *text, long lo, long hi)
{
  char *end = NULL;
  errno = 0;
  const long v = strtol(text, &end, 10);
  if (errno != 0 || end == text || *end != '\0' || v < lo || v > hi)
    argp_failure(state, EXIT_USAGE, 0, "--%s: a whole number from %ld to %ld expected, found '%s'", name, lo, hi, text);
  return (int)v;
}

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
  cli *c = state->input;
  switch (key) {
  case KEY_JSON:
    if (arg == NULL)
      c->json_stdout = true;
    else
      c->json = arg;
    return 0;
  case KEY_THREADS: c->threads = cli_whole(state, "threads", arg, 1, 4096); return 0;
  case 'q': c->quiet = true; return 0;
  case 'v': c->verbose++; return 0;
  case KEY_PROGRESS:
    if (strcmp(arg, "never") == 0)
      c->no_progress = true;
    else if (strcmp(arg, "auto") != 0)
      argp_failure(state, EXIT_USAGE, 0, "--progress: auto or never expected, found '%s'", arg);
    return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp common_argp = {common_options, parse_common, NULL, NULL, NULL, NULL, NULL};
const struct argp_child common_children[] = {{&common_argp, 0, NULL, 0}, {NULL, 0, NULL, 0}};

/* ---------------------------------------------------------------- options of a case */
static const struct argp_option case_options[] = {
    {"set", KEY_SET, "KEY=VALUE", 0, "replace a key of the case: --set parameters.D=0.5, --set mesh.cells=[64,64]", 10},
    {"cfl", KEY_CFL, "C", 0, "scheme.cfl", 10},
    {"limiter", KEY_LIMITER, "NAME", 0, "scheme.limiter: auto, none, positive or bounds", 10},
    {"end", KEY_END, "T", 0, "time.end", 10},
    {"outputs", KEY_OUTPUTS, "K", 0, "time.outputs", 10},
    {0}};

static const struct argp_option one_options[] = {{"cells", KEY_CELLS, "N[,N...]", 0, "mesh.cells", 10},
                                                 {"scheme", KEY_SCHEME, "NAME", 0, "scheme.reconstruction", 10},
                                                 {"stepper", KEY_STEPPER, "NAME", 0, "scheme.stepper", 10},
                                                 {0}};

void cli_set(cli *c, struct argp_state *state, const char *key, const char *value)
{
  char *text = NULL;
  if (c->sets >= SET_MAX)
    argp_failure(state, EXIT_USAGE, 0, "more than %d replaced keys", (int)SET_MAX);
  else if (asprintf(&text, "%s%s%s", key, key[0] != '\0' ? "=" : "", value) < 0)
    argp_failure(state, EXIT_INTERNAL, 0, "out of memory");
  else
    c->set[c->sets++] = text;
}

static error_t parse_case(int key, char *arg, struct argp_state *state)
{
  cli *c = state->input;
  switch (key) {
  case KEY_SET: cli_set(c, state, "", arg); return 0;
  case KEY_CFL: cli_set(c, state, "scheme.cfl", arg); return 0;
  case KEY_LIMITER: cli_set(c, state, "scheme.limiter", arg); return 0;
  case KEY_END: cli_set(c, state, "time.end", arg); return 0;
  case KEY_OUTPUTS: cli_set(c, state, "time.outputs", arg); return 0;
  case ARGP_KEY_INIT: state->child_inputs[0] = c; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static error_t parse_one(int key, char *arg, struct argp_state *state)
{
  cli *c = state->input;
  switch (key) {
  case KEY_CELLS: {
    char list[200];
    (void)snprintf(list, sizeof list, strchr(arg, ',') != NULL && arg[0] != '[' ? "[%s]" : "%s", arg);
    cli_set(c, state, "mesh.cells", list);
    return 0;
  }
  case KEY_SCHEME: cli_set(c, state, "scheme.reconstruction", arg); return 0;
  case KEY_STEPPER: cli_set(c, state, "scheme.stepper", arg); return 0;
  case ARGP_KEY_INIT: state->child_inputs[0] = c; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const char case_title[] = "Replacing keys of the case:";
static const struct argp case_argp = {case_options, parse_case, NULL, NULL, common_children, NULL, NULL};
static const struct argp_child swept_case[] = {{&case_argp, 0, case_title, 10}, {NULL, 0, NULL, 0}};
static const struct argp_child same_title[] = {{&case_argp, 0, NULL, 0}, {NULL, 0, NULL, 0}};
static const struct argp one_argp = {one_options, parse_one, NULL, NULL, same_title, NULL, NULL};
const struct argp_child case_children[] = {{&one_argp, 0, case_title, 10}, {NULL, 0, NULL, 0}};

static const struct argp_option junit_options[] = {{"junit", KEY_JUNIT, "FILE", 0, "JUnit XML to FILE", 80}, {0}};

/* argp wants this signature: NOLINTNEXTLINE(readability-non-const-parameter) */
static error_t parse_junit(int key, char *arg, struct argp_state *state)
{
  cli *c = state->input;
  switch (key) {
  case KEY_JUNIT: c->junit = arg; return 0;
  case ARGP_KEY_INIT: state->child_inputs[0] = c; return 0;
  default: return ARGP_ERR_UNKNOWN;
  }
}

static const struct argp junit_argp = {junit_options, parse_junit, NULL, NULL, case_children, NULL, NULL};
const struct argp_child judged_children[] = {{&junit_argp, 0, NULL, 80}, {NULL, 0, NULL, 0}};
static const struct argp swept_argp = {junit_options, parse_junit, NULL, NULL, swept_case, NULL, NULL};
const struct argp_child swept_children[] = {{&swept_argp, 0, NULL, 80}, {NULL, 0, NULL, 0}};

weir_status cli_read_case(cli *c, const char *which, weir_case **out)
{
  const char *set[SET_MAX];
  WEIR_TRY(cli_check_output(c, c->json));
  for (int k = 0; k < c->sets; k++) set[k] = c->set[k];
  return weir_case_read(c->ctx, which, set, c->sets, out);
}

void cli_study_options(const cli *c, weir_study_options *opt)
{
  *opt = (weir_study_options){.threads = c->threads, .interrupted = cli_interrupted};
}

/* ---------------------------------------------------------------- messages */
int cli_exit_code(weir_status s)
{
  switch (s) {
  case WEIR_OK: return EXIT_PASSED;
  case WEIR_EARG:
  case WEIR_EIO:
  case WEIR_EFORMAT:
  case WEIR_ELIMIT:
  case WEIR_ENOTFOUND:
  case WEIR_EUNSUPPORTED: return EXIT_USAGE;
  case WEIR_ENUMERIC: return EXIT_NUMERIC;
  case WEIR_EINTERRUPTED: return 128 + (cli_signal() != 0 ? cli_signal() : SIGINT);
  case WEIR_ENOMEM:
  case WEIR_EINTERNAL: break;
  }
  return EXIT_INTERNAL;
}

int cli_error(const cli *c, weir_status s)
{
  cli_progress(c, NULL);
  char sentence[1024];
  (void)snprintf(sentence, sizeof sentence, "%s", weir_message(c->ctx));
  for (char *p = sentence; *p != '\0'; p++) /* one line, and nothing that a terminal would obey */
    if ((unsigned char)*p < 0x20 || *p == 0x7f) *p = '?';
  (void)fprintf(stderr, "weir: %s\n", sentence[0] != '\0' ? sentence : weir_status_text(s));
  if (c->verbose > 0 || s == WEIR_EINTERNAL)
    (void)fprintf(stderr, "weir: [%s, %s]\n", weir_status_name(s), weir_where(c->ctx));
  return cli_exit_code(s);
}

void cli_note(const cli *c, const char *fmt, ...)
{
  if (c->quiet) return;
  cli_progress(c, NULL);
  va_list ap;
  va_start(ap, fmt);
  (void)vfprintf(stderr, fmt, ap);
  va_end(ap);
  (void)fputc('\n', stderr);
}

void cli_progress(const cli *c, const char *line)
{
  if (!c->progress || c->no_progress || c->quiet) return;
  (void)fprintf(stderr, "\r\033[K%s", line != NULL ? line : "");
  (void)fflush(stderr);
}

void cli_print(const weir_text *t)
{
  (void)fwrite(t->s, 1, t->len, stdout);
}

weir_status cli_table(const cli *c, const weir_table *t)
{
  weir_text *text = NULL;
  WEIR_TRY(weir_text_create(c->ctx, &text));
  weir_status s = WEIR_OK;
  if (c->json != NULL) {
    s = weir_table_render(c->ctx, t, WEIR_TABLE_JSON, text);
    if (s == WEIR_OK) s = weir_text_write(c->ctx, c->json, text->s, text->len);
    weir_text_destroy(&text);
    if (s != WEIR_OK) return s;
    WEIR_TRY(weir_text_create(c->ctx, &text));
  }
  s = weir_table_render(c->ctx, t, c->json_stdout ? WEIR_TABLE_JSON : WEIR_TABLE_TEXT, text);
  if (s == WEIR_OK) cli_print(text);
  weir_text_destroy(&text);
  return s;
}

/* "Nothing to test" is the mildest of the codes above 1. */
int cli_worse(int a, int b)
{
  if (a == EXIT_NOTHING || b == EXIT_NOTHING)
    return a == EXIT_NOTHING ? (b > EXIT_FAILED ? b : a) : (a > EXIT_FAILED ? a : b);
  return a > b ? a : b;
}

int cli_junit(const cli *c, const char *subject, const weir_verdict *v, weir_status s, int code)
{
  if (c->junit == NULL) return code;
  char sentence[1024];
  (void)snprintf(sentence, sizeof sentence, "%s", weir_message(c->ctx));
  const weir_report r = {.command = c->command,
                         .subject = subject,
                         .argc = c->argc,
                         .argv = (const char *const *)c->argv,
                         .verdict = s == WEIR_OK ? v : NULL,
                         .exit_code = code,
                         .status = s,
                         .error = s != WEIR_OK ? sentence : NULL};
  weir_text *text = NULL;
  weir_status w = weir_text_create(c->ctx, &text);
  if (w == WEIR_OK) w = weir_report_junit(c->ctx, &r, text);
  if (w == WEIR_OK) w = weir_text_write(c->ctx, c->junit, text->s, text->len);
  weir_text_destroy(&text);
  if (w == WEIR_OK) return code;
  const int trouble = cli_error(c, w);
  return cli_worse(trouble, code);
}

weir_status cli_check_output(const cli *c, const char *path)
{
  struct stat st;
  char dir[PATH_MAX];
  if (path == NULL || (lstat(path, &st) == 0 && S_ISLNK(st.st_mode)))
    return WEIR_OK; /* a link is seen to when written */
  WEIR_REQUIRE(stat(path, &st) != 0 || S_ISREG(st.st_mode), c->ctx, WEIR_EIO,
               "%s: is not a regular file, it will not be replaced", path);
  const char *slash = strrchr(path, '/');
  const int n = slash == NULL || slash == path ? 1 : (int)(slash - path);
  (void)snprintf(dir, sizeof dir, "%.*s", n, slash == NULL ? "." : path);
  WEIR_REQUIRE(access(dir, W_OK | X_OK) == 0, c->ctx, WEIR_EIO, "%s: cannot be written: %s", path, strerror(errno));
  return WEIR_OK;
}

weir_status cli_check_plot(const cli *c, const char *path, int dim)
{
  cli_plot opt;
  if (path == NULL) return WEIR_OK;
  WEIR_TRY(cli_plot_options(c, path, NULL, &opt));
  WEIR_REQUIRE(access(opt.dir, W_OK | X_OK) == 0, c->ctx, WEIR_EIO, "--plot %s: %s: %s", path, opt.dir,
               strerror(errno));
  WEIR_REQUIRE(dim <= 2, c->ctx, WEIR_EUNSUPPORTED, "--plot: pictures of %d dimensions are not drawn, only of 1 and 2",
               dim);
  return WEIR_OK;
}

weir_status cli_plot_options(const cli *c, const char *path, const char *title, cli_plot *out)
{
  *out = (cli_plot){.opt = {.title = title}};
  const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path, *dot = strrchr(base, '.');
  static const char *const suffix[] = {".png", ".svg", ".pdf"};
  int format = -1;
  for (int k = 0; k < 3; k++)
    if (dot != NULL && strcmp(dot, suffix[k]) == 0) format = k;
  WEIR_REQUIRE(format >= 0, c->ctx, WEIR_EARG, "--plot %s: a name ending in .png, .svg or .pdf expected", path);
  out->opt.format = (weir_plot_format)format;
  const char *const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  WEIR_REQUIRE(base[0] != '.' && base[0] != '-' && base[strspn(base, letters)] == '\0' && dot - base <= 64, c->ctx,
               WEIR_EARG,
               "--plot: a file name of at most 64 letters, digits, '_', '.', '-' expected (not '.' or '-' first), "
               "found '%.100s'",
               base);
  const size_t dir = slash != NULL ? (size_t)(slash - path) : 1, stem = (size_t)(dot - base);
  WEIR_REQUIRE(dir < sizeof out->dir && stem < sizeof out->stem && stem > 0, c->ctx, WEIR_EARG,
               "--plot %s: the name is too long or empty", path);
  (void)snprintf(out->dir, sizeof out->dir, "%.*s", (int)dir, slash != NULL ? (dir > 0 ? path : "/") : ".");
  if (slash == path) (void)snprintf(out->dir, sizeof out->dir, "/");
  (void)snprintf(out->stem, sizeof out->stem, "%.*s", (int)stem, base);
  out->opt.dir = out->dir, out->opt.stem = out->stem;
  return WEIR_OK;
}
