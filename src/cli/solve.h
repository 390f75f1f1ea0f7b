/* solve.h - what the files of `weir solve` share. */
#ifndef WEIR_CLI_SOLVE_H
#define WEIR_CLI_SOLVE_H

#include "cli/common.h"
#include <weir/field_io.h>

typedef struct solve_options {
  const char *which, *out, *plot;
  bool estimate;    /* with an error bar */
  double tolerance; /* 0: none */
  double max_cells; /* 0: default */
} solve_options;

/* Histories for the plot. */
typedef struct history {
  int n;
  double *t, *defect, *min_rho;
} history;

/* A solve under way; what stands below `per mesh` is made anew on every mesh. */
typedef struct work {
  cli *c;
  const solve_options *o;
  weir_case *cs;
  double most;     /* cells at most */
  char tried[200]; /* cells in x of the meshes, for the report */
  /* per mesh */
  weir_estimate *bars;   /* NULL: no error bar is wanted */
  weir_setup *own_setup; /* then these are ours */
  weir_run *own_run;
  const weir_setup *setup; /* the one that is reported */
  const weir_run *run;
  weir_table *table;
  weir_verdict *verdict;
  weir_recorder *recorder;
  double *truth, *block;
  history past;
  double estimate, estimate_time; /* the largest relative estimate of all outputs, and when */
} work;

/* Head of the table. */
weir_status solve_describe(work *w);
/* One output: a row of the table, a record of the file, the estimate. */
weir_status solve_record(work *w, double t);
/* Facts of the finished run, notes on standard error. */
void solve_facts(work *w);
/* The run's own laws, and the tolerance, as checks. */
weir_status solve_laws(work *w);
/* Run the case; with a tolerance on finer and finer meshes until it is met or no mesh is left: w then holds the last one, complete. */
weir_status solve_run(work *w);
/* Free what belongs to a mesh. */
void solve_release(work *w);

#endif
