/* converge.h - what the files of `weir converge` share: the set of studies, its tables. */
#ifndef WEIR_CLI_CONVERGE_H
#define WEIR_CLI_CONVERGE_H

#include "cli/common.h"

enum { LEVELS_MAX = WEIR_ORDER_MAXLEVEL, MEMBERS_MAX = 64, GOALS_MAX = 8, WORD = 64 };

/* One combination: what is replaced in the case ("" = left as it is), and what came out. */
typedef struct member {
  char scheme[WORD], stepper[WORD], grading[WORD];
  char label[3 * WORD]; /* "u9+ssprk54 sine:0.5", from the names that were used */
  weir_case *cs;
  weir_convergence *r;
} member;

typedef struct converge {
  cli *c;
  const char *which, *plot;
  const char *schemes, *steppers, *gradings; /* lists as given, NULL = none */
  int levels;
  ptrdiff_t level[LEVELS_MAX];
  int dt_num, dt_den; /* den = 0: chosen */
  bool error_bars;
  int goals;
  double goal[GOALS_MAX]; /* --to-error */
  weir_table_format format;
  int members;
  member m[MEMBERS_MAX];
} converge;

extern const char *const converge_norm[3]; /* "L1", "L2", "Linf" */

/* --levels, --dt, --to-error; they leave with a message that names the option. */
void converge_parse_levels(struct argp_state *state, converge *w, const char *name, const char *arg);
void converge_parse_dt(struct argp_state *state, converge *w, const char *arg);
void converge_parse_goals(struct argp_state *state, converge *w, const char *arg);
/* The members out of the lists: schemes (each with its own stepper or with all of --stepper) times gradings.
 * @retval WEIR_EARG an empty or too long word, too many members */
weir_status converge_members(converge *w);
/* Read every member's case and let its coarsest level begin, so that what cannot be run is refused before anything is. */
weir_status converge_prepare(converge *w);

/* All tables to standard output or file, as the options say. */
weir_status converge_report(const converge *w);
/* The orders as checks: of the deciding norm PASS or FAILED, of the others reported. */
weir_status converge_verdict(const converge *w, weir_verdict **out);
weir_status converge_plot(const converge *w);

#endif
