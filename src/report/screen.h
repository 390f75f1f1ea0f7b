/* The parts of the one-screen verdict. */
#ifndef WEIR_REPORT_SCREEN_H
#define WEIR_REPORT_SCREEN_H

#include "report/write.h"

typedef struct weir_screen {
  bool colour;
  int width, max_failures, max_rows;
  const char *report_path;
} weir_screen;

/* The word, coloured by the outcome if colours are on. */
void weir_screen_word(const weir_screen *s, weir_text *out, weir_outcome o, const char *word);
/* A sentence, cleaned and wrapped, in lines indented by `indent`. */
void weir_screen_say(const weir_screen *s, weir_text *out, int indent, const char *sentence);
/* Rows: steps. Columns: checks, each by its worst statistic. */
weir_status weir_screen_steps(weir_ctx *ctx, const weir_screen *s, const weir_verdict *v, weir_text *out);
/* A block for each failed (check, statistic) at its worst step, furthest beyond its tolerance first. */
weir_status weir_screen_failures(weir_ctx *ctx, const weir_screen *s, const weir_verdict *v, weir_text *out);
/* What was not tested and why; how many particles would decide what is undecided. */
weir_status weir_screen_open_ends(weir_ctx *ctx, const weir_screen *s, const weir_verdict *v, weir_text *out);

#endif
