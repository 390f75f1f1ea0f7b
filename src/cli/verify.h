/* verify.h - the inside of `weir verify`: options (verify_options.c), judgement (verify_judge.c), reports and picture
 * (cmd_verify.c). */
#ifndef WEIR_CLI_VERIFY_H
#define WEIR_CLI_VERIFY_H

#include "cli/common.h"
#include <weir/cloud_io.h>
#include <weir/judge.h>

enum { VERIFY_FILES_MAX = 16 };

/* What the command line says. */
typedef struct verify_options {
  const char *which, *plot;
  const char *file[VERIFY_FILES_MAX], *map[VERIFY_FILES_MAX];
  int files, step;
  weir_cloud_map cloud;
  weir_reference_kind kind;
  weir_judge_options judge; /* NaN, 0: not given on the command line */
  bool has_seed;
} verify_options;

/* One judgement under way. Zero but for c and o at the start. */
typedef struct verify_work {
  cli *c;
  verify_options *o;
  weir_case *cs;
  weir_cloud *cloud;
  weir_reference *reference;
  weir_verdict *verdict;
  weir_reference_info *info; /* [steps] */
  double **kept;             /* [steps] truths, only for a plot */
} verify_work;

/* Parse; c->own is set to o. Exits on a usage error. */
void verify_parse(cli *c, verify_options *o, int argc, char **argv);
/* Read case and cloud, compute the truth, judge: fills w->verdict, w->info and, for a picture, w->kept. */
weir_status verify_judge(verify_work *w);
/* Free what verify_judge() made. */
void verify_clear(verify_work *w);

#endif
