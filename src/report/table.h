/* A table as it is kept: cells row by row. */
#ifndef WEIR_REPORT_TABLE_H
#define WEIR_REPORT_TABLE_H

#include "report/write.h"

typedef struct cell {
  char *text; /* NULL: the number */
  double x;
} cell;

typedef struct column {
  char *name, *unit;
  weir_column_kind kind;
  int digits;
} column;

typedef struct fact {
  char *name, *unit;
  cell value;
  int digits;
} fact;

struct weir_table {
  char *command, *title; /* title NULL: none */
  fact *facts;
  column *columns;
  cell *cells;
  size_t nfacts, ncolumns, ncells;
  size_t fact_room, column_room, cell_room;
  bool nomem;
  const char *misuse; /* the first, static text */
};

/* The cell as it is shown with that many digits (17: all). */
void weir_table_cell(weir_text *t, const weir_table *table, size_t i, int digits);
/* Writers, one per format; all cells are there. */
void weir_table_aligned(const weir_table *t, bool markdown, weir_text *out);
void weir_table_csv(const weir_table *t, weir_text *out);
void weir_table_latex(const weir_table *t, weir_text *out);
weir_status weir_tables_json(weir_ctx *ctx, int n, const weir_table *const *t, weir_text *out);
/* The value of a fact as it is shown with that many digits. */
void weir_table_fact_value(weir_text *t, const fact *f, int digits);

#endif
