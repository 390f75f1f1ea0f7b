/* Jansson with the rules of this module: insertion order, 17 digits, non-finite numbers and 64-bit integers as strings. */
#ifndef WEIR_REPORT_JSON_H
#define WEIR_REPORT_JSON_H

#include "report/write.h"
#include <jansson.h>

/* Each sets `ok` to false when memory is short; o may be NULL then. Steals `value`. */
void weir_json_set(bool *ok, json_t *o, const char *key, json_t *value);
void weir_json_push(bool *ok, json_t *a, json_t *value);
json_t *weir_json_number(double x);
/* NULL gives null; the text is cleaned as by weir_text_clean(). */
json_t *weir_json_text(const char *s);
json_t *weir_json_u64(uint64_t x);
/* Append the document, indented by two, with a newline, and release it. */
weir_status weir_json_finish(weir_ctx *ctx, bool ok, json_t *doc, weir_text *out);

#endif
