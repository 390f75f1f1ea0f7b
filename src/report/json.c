#include "report/json.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

void weir_json_set(bool *ok, json_t *o, const char *key, json_t *value)
{
  if (json_object_set_new(o, key, value) != 0) *ok = false; /* -1 for NULL arguments too */
}

void weir_json_push(bool *ok, json_t *a, json_t *value)
{
  if (json_array_append_new(a, value) != 0) *ok = false;
}

json_t *weir_json_number(double x)
{
  if (isnan(x)) return json_string("nan");
  if (isinf(x)) return json_string(x > 0 ? "inf" : "-inf");
  return json_real(x);
}

json_t *weir_json_text(const char *s)
{
  if (s == NULL) return json_null();
  weir_text t = {0};
  weir_text_clean(&t, s);
  json_t *j = t.failed ? NULL : json_stringn(t.s == NULL ? "" : t.s, t.len);
  weir_text_release(&t);
  return j;
}

json_t *weir_json_u64(uint64_t x)
{
  char buf[32];
  (void)snprintf(buf, sizeof buf, "%" PRIu64, x);
  return json_string(buf);
}

static int take(const char *buffer, size_t size, void *data)
{
  weir_text *t = data;
  weir_text_append_bytes(t, size, buffer);
  return t->failed ? -1 : 0;
}

weir_status weir_json_finish(weir_ctx *ctx, bool ok, json_t *doc, weir_text *out)
{
  const size_t flags = JSON_INDENT(2) | JSON_REAL_PRECISION(17);
  ok = ok && doc != NULL && json_dump_callback(doc, take, out, flags) == 0;
  json_decref(doc);
  weir_text_append(out, "\n");
  WEIR_REQUIRE(ok && !out->failed, ctx, WEIR_ENOMEM, "JSON: no memory");
  return WEIR_OK;
}
