/* What the writers of this module share. */
#ifndef WEIR_REPORT_WRITE_H
#define WEIR_REPORT_WRITE_H

#include <weir/report.h>

/* Free the content of a text that lives on the stack (begun as {0}). */
void weir_text_release(weir_text *t);

enum { WEIR_NUMBER_ROOM = 64 };
/* x with `digits` significant digits and a '.' into buf; returns buf. */
char *weir_number_text(char buf[WEIR_NUMBER_ROOM], int digits, double x);
/* Code points: the columns a text takes on a terminal, but for wide and combining characters. */
int weir_text_columns(const char *s);
/* Append `s` word by word in lines of `width` columns, the first indented by what stands already on the line (`at`
 * columns), the others by `indent`. Words longer than a line are cut. Ends with a newline. */
void weir_text_wrap(weir_text *t, int width, int at, int indent, const char *s);

/* |value| / tolerance: NaN without either, infinite above a tolerance of 0. */
double weir_check_ratio(const weir_check *c);
/* Is a further from passing than b? By outcome, then by ratio; a NaN ratio of a failed check is worse than any number,
 * elsewhere better. */
bool weir_check_worse(const weir_check *a, const weir_check *b);
/* "not tested", "reported", "pass", "certified", "fail": the words of the JSON schema. */
const char *weir_outcome_word(weir_outcome o);

#endif
