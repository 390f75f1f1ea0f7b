/* weir: the program. Finds the sub-command, sets up what is the process's (signals, GSL's error handler, progress), runs it. */
#define _GNU_SOURCE
#include "cli/common.h"
#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command {
  const char *name, *brief;
  int (*run)(cli *c, int argc, char **argv);
} command[] = {
    {"solve", "solve a case and print its mass ledger; write the density", cmd_solve},
    {"converge", "solve a case on several meshes and judge the observed order", cmd_converge},
    {"verify", "judge a cloud of particles: is this density right?", cmd_verify},
    {"selftest", "hold every scheme, or a plug-in of yours, to the laws it must obey", cmd_selftest},
    {"schemes", "list the schemes with order, CFL number, claims and source; or tell all about one", cmd_schemes},
    {"cases", "list the built-in cases, or print one", cmd_cases},
    {"info", "say what a cloud, array or case file holds, or what the program runs on", cmd_info},
};
enum { COMMANDS = sizeof command / sizeof *command };

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
  if (caught != 0) _exit(128 + number); /* asked twice: at once */
  caught = number;
}

bool cli_interrupted(void *unused)
{
  (void)unused;
  return caught != 0;
}

int cli_signal(void)
{
  return caught;
}

/* The last word on standard output, also after argp's own exit: what could not be written is an error. */
static void check_stdout(int status, void *unused)
{
  (void)unused;
  if (fflush(stdout) == 0 && ferror(stdout) == 0) return;
  (void)fputs("weir: standard output could not be written\n", stderr);
  _exit(status < EXIT_USAGE ? EXIT_USAGE : status);
}

static void help(FILE *to)
{
  (void)fprintf(to, "Usage: weir COMMAND [OPTION...] ...\n"
                    "Finite-volume truth for the continuity equation, and verdicts on particle clouds.\n\n");
  for (int k = 0; k < COMMANDS; k++) (void)fprintf(to, "  %-10s %s\n", command[k].name, command[k].brief);
  (void)fprintf(to, "\n`weir COMMAND --help` lists a command's options. `weir --version` prints the version.\n\n"
                    "Exit codes: 0 all verdicts pass; 1 a verdict fails; 2 wrong usage or input; 3 the solve failed;\n"
                    "            4 internal error or out of memory; 5 nothing to test; 130, 143 interrupted.\n");
}

static int unknown(const char *name)
{
  const char *near = NULL;
  int least = 3;
  for (int k = 0; k < COMMANDS; k++) {
    const int d = weir_edit_distance(name, command[k].name);
    if (d < least) least = d, near = command[k].name;
  }
  if (near != NULL)
    (void)fprintf(stderr, "weir: no command is called '%s' (did you mean '%s'?); see `weir --help`\n", name, near);
  else
    (void)fprintf(stderr, "weir: no command is called '%s'; see `weir --help`\n", name);
  return EXIT_USAGE;
}

static int run(cli *c, const struct command *cmd, int argc, char **argv)
{
  char name[40];
  (void)snprintf(name, sizeof name, "weir %s", cmd->name);
  char **given = malloc((size_t)argc * sizeof *given); /* argp permutes, and wants its own name in its messages */
  if (given == NULL) return EXIT_INTERNAL;
  memcpy(given, argv, (size_t)argc * sizeof *given);
  c->argv = given;
  argv[1] = name;
  c->command = cmd->name;
  weir_status s = weir_ctx_create(&c->ctx);
  if (s == WEIR_OK) s = weir_register_all(c->ctx);
  const int code = s == WEIR_OK ? cmd->run(c, argc - 1, argv + 1) : cli_error(c, s);
  cli_progress(c, NULL);
  for (int k = 0; k < c->sets; k++) free(c->set[k]);
  weir_ctx_destroy(&c->ctx);
  free(given);
  return code;
}

/* OpenMP's waiting threads spin unless its runtime is told otherwise before it starts, which is before main(): so set the variable and
 * start once more. Two processes that spin on the same cores take a hundred times as long; threads that sleep cost nothing measurable. */
static void wait_politely(char **argv)
{
  char self[4096];
  if (getenv("OMP_WAIT_POLICY") != NULL || getenv("GOMP_SPINCOUNT") != NULL) return;
  const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  if (n <= 0 || (size_t)n >= sizeof self - 1 || setenv("OMP_WAIT_POLICY", "passive", 1) != 0) return;
  self[n] = '\0';
  (void)execv(self, argv); /* if it cannot: slower, not wrong */
}

int main(int argc, char **argv)
{
  wait_politely(argv);
  argp_err_exit_status = EXIT_USAGE;
  gsl_set_error_handler_off();
  struct sigaction action = {.sa_handler = on_signal};
  (void)sigaction(SIGINT, &action, NULL);
  (void)sigaction(SIGTERM, &action, NULL);
  (void)on_exit(check_stdout, NULL);
  (void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error, not a death without exit code */
  if (argc < 2) {
    help(stderr);
    return EXIT_USAGE;
  }
  if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
    (void)printf("weir %s\n", weir_version());
    return EXIT_PASSED;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
    help(stdout);
    return EXIT_PASSED;
  }
  const char *ci = getenv("CI");
  cli c = {.argc = argc, .argv = argv, .progress = isatty(STDERR_FILENO) && (ci == NULL || ci[0] == '\0')};
  for (int k = 0; k < COMMANDS; k++)
    if (strcmp(argv[1], command[k].name) == 0) return run(&c, &command[k], argc, argv);
  return unknown(argv[1]);
}
