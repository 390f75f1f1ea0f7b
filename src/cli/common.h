/* common.h - what all sub-commands share: options, messages, exit codes, output files. */
#ifndef WEIR_CLI_COMMON_H
#define WEIR_CLI_COMMON_H

#include <weir/case.h>
#include <weir/report.h>
#include <weir/study.h>
#include <argp.h>

/* Exit codes: README and `weir --help` list them. */
enum { EXIT_PASSED = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_NUMERIC = 3, EXIT_INTERNAL = 4, EXIT_NOTHING = 5 };

enum { SET_MAX = 128 };

typedef struct cli {
  weir_ctx *ctx;
  const char *command; /* "verify" */
  int argc;            /* the whole command line, argv[0] = "weir" */
  char **argv;
  /* options of every command */
  bool quiet, json_stdout, progress, no_progress;
  int verbose, threads;
  const char *json, *junit; /* files, NULL = none */
  /* case overrides, in order: --set and the short forms --cells, --scheme, ... */
  char *set[SET_MAX];
  int sets;
  void *own; /* the command's own options */
} cli;

/* Options of every command; keys >= 1000 are the commands' own. */
extern const struct argp_child common_children[];
/* Also --set, --cells, --scheme, --stepper, --cfl, --limiter, --end, --outputs, for commands that take a case. */
extern const struct argp_child case_children[];
/* Also --junit, for commands that judge. */
extern const struct argp_child judged_children[];
/* The same without --cells, --scheme and --stepper, for a command that takes lists of them. */
extern const struct argp_child swept_children[];
/* The whole number in `text`, or exit with a message that names the option. */
int cli_whole(struct argp_state *state, const char *name, const char *text, long lo, long hi);

/* Add the override KEY=VALUE. Exits with a message if there are too many. */
void cli_set(cli *c, struct argp_state *state, const char *key, const char *value);
/* Read the case with the overrides; refuses a --json that cannot be written. */
weir_status cli_read_case(cli *c, const char *which, weir_case **out);
void cli_study_options(const cli *c, weir_study_options *opt);

/* Exit code of a library status. */
int cli_exit_code(weir_status s);
/* The more severe of two exit codes. */
int cli_worse(int a, int b);
/* Print "weir: MESSAGE" to stderr and return the exit code. */
int cli_error(const cli *c, weir_status s);
/* A note on stderr, unless --quiet. */
__attribute__((format(printf, 2, 3))) void cli_note(const cli *c, const char *fmt, ...);
/* A progress line on stderr, only on a terminal and outside CI; NULL erases it. */
void cli_progress(const cli *c, const char *line);
/* Text to stdout. */
void cli_print(const weir_text *t);
/* Table as text to stdout, or as JSON to stdout or file, as the options say. */
weir_status cli_table(const cli *c, const weir_table *t);
/* JUnit (if asked for) of a verdict; v = NULL after an error s. Returns the exit code: `code`, or that of a file that cannot be written. */
int cli_junit(const cli *c, const char *subject, const weir_verdict *v, weir_status s, int code);
/* Can a file be written there? To be asked before the work; path = NULL: nothing is wanted. */
weir_status cli_check_output(const cli *c, const char *path);
/* Can a picture be drawn there, of so many dimensions? To be asked before the work; path = NULL: nothing is wanted. */
weir_status cli_check_plot(const cli *c, const char *path, int dim);
/* "dir/stem.png" -> options of a plot. @retval WEIR_EARG the suffix is not .png, .svg or .pdf */
typedef struct cli_plot {
  char dir[400], stem[80];
  weir_plot_options opt;
} cli_plot;
weir_status cli_plot_options(const cli *c, const char *path, const char *title, cli_plot *out);

/* Was there a SIGINT or SIGTERM? Which? */
bool cli_interrupted(void *unused);
int cli_signal(void);

/* Sub-commands: parse argv (argv[0] = "weir COMMAND") and do it; the exit code is returned. */
int cmd_solve(cli *c, int argc, char **argv);
int cmd_converge(cli *c, int argc, char **argv);
int cmd_verify(cli *c, int argc, char **argv);
int cmd_selftest(cli *c, int argc, char **argv);
int cmd_schemes(cli *c, int argc, char **argv);
int cmd_cases(cli *c, int argc, char **argv);
int cmd_info(cli *c, int argc, char **argv);

#endif
