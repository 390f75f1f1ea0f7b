/* The report as JSON, schema weir-report-1: reference/report.schema.json. A new key means a new schema version. */
#include "report/json.h"
#include <inttypes.h>
#include <stdio.h>

static json_t *corner(bool *ok, const double *x, int dim)
{
  json_t *a = json_array();
  for (int i = 0; i < dim; i++) weir_json_push(ok, a, weir_json_number(x[i]));
  return a;
}

static json_t *place(bool *ok, const weir_check *k, int dim)
{
  if (!k->has_place) return json_null();
  json_t *o = json_object();
  weir_json_set(ok, o, "lo", corner(ok, k->place_lo, dim));
  weir_json_set(ok, o, "hi", corner(ok, k->place_hi, dim));
  return o;
}

static json_t *check(bool *ok, const weir_check *k, int dim)
{
  json_t *o = json_object();
  weir_json_set(ok, o, "check", weir_json_text(k->check));
  weir_json_set(ok, o, "statistic", weir_json_text(k->statistic));
  weir_json_set(ok, o, "step", json_integer(k->step));
  weir_json_set(ok, o, "time", weir_json_number(k->time));
  weir_json_set(ok, o, "outcome", weir_json_text(weir_outcome_word(k->outcome)));
  const struct {
    const char *key;
    double x;
  } number[] = {{"value", k->value},
                {"noise", k->noise},
                {"noise95", k->noise95},
                {"tolerance", k->tolerance},
                {"lower", k->lower},
                {"upper", k->upper},
                {"p", k->p},
                {"level", k->level},
                {"n_needed", k->n_needed}};
  for (size_t i = 0; i < sizeof number / sizeof *number; i++)
    weir_json_set(ok, o, number[i].key, weir_json_number(number[i].x));
  weir_json_set(ok, o, "place", place(ok, k, dim));
  weir_json_set(ok, o, "observed", weir_json_number(k->observed));
  weir_json_set(ok, o, "expected", weir_json_number(k->expected));
  weir_json_set(ok, o, "sd", weir_json_number(k->sd));
  weir_json_set(ok, o, "particle", k->particle < 0 ? json_null() : json_integer(k->particle));
  weir_json_set(ok, o, "text", weir_json_text(k->text));
  return o;
}

static json_t *verdict(bool *ok, const weir_verdict *v)
{
  if (v == NULL) return json_null();
  const int dim = v->dim > WEIR_MAXDIM ? WEIR_MAXDIM : v->dim;
  json_t *o = json_object(), *checks = json_array();
  for (int i = 0; i < v->n; i++) weir_json_push(ok, checks, check(ok, &v->check[i], dim));
  weir_json_set(ok, o, "outcome", weir_json_text(weir_outcome_word(v->outcome)));
  weir_json_set(ok, o, "reference", weir_json_text(v->reference));
  weir_json_set(ok, o, "dim", json_integer(v->dim));
  weir_json_set(ok, o, "steps", json_integer(v->steps));
  weir_json_set(ok, o, "particles", json_integer(v->particles));
  weir_json_set(ok, o, "alpha", weir_json_number(v->alpha));
  weir_json_set(ok, o, "eps", weir_json_number(v->eps));
  weir_json_set(ok, o, "seed", weir_json_u64(v->seed));
  weir_json_set(ok, o, "checks", checks);
  return o;
}

static json_t *inputs(bool *ok, const weir_report *r)
{
  json_t *a = json_array();
  for (int i = 0; i < r->inputs; i++) {
    const weir_input *in = &r->input[i];
    char hash[32];
    (void)snprintf(hash, sizeof hash, "%016" PRIx64, in->hash);
    json_t *o = json_object();
    weir_json_set(ok, o, "role", weir_json_text(in->role));
    weir_json_set(ok, o, "path", weir_json_text(in->path));
    weir_json_set(ok, o, "bytes", json_integer((json_int_t)in->bytes));
    weir_json_set(ok, o, "fnv1a64", json_string(hash));
    weir_json_push(ok, a, o);
  }
  return a;
}

static json_t *error(bool *ok, const weir_report *r)
{
  if (r->error == NULL) return json_null();
  json_t *o = json_object();
  weir_json_set(ok, o, "code", weir_json_text(weir_status_name(r->status)));
  weir_json_set(ok, o, "text", weir_json_text(r->error));
  return o;
}

weir_status weir_report_json(weir_ctx *ctx, const weir_report *r, weir_text *out)
{
  bool ok = true;
  json_t *doc = json_object(), *argv = json_array();
  for (int i = 0; i < r->argc; i++) weir_json_push(&ok, argv, weir_json_text(r->argv[i]));
  weir_json_set(&ok, doc, "schema", json_string("weir-report-1"));
  weir_json_set(&ok, doc, "tool", json_string("weir"));
  weir_json_set(&ok, doc, "version", json_string(weir_version()));
  weir_json_set(&ok, doc, "command", weir_json_text(r->command));
  weir_json_set(&ok, doc, "subject", weir_json_text(r->subject));
  weir_json_set(&ok, doc, "argv", argv);
  weir_json_set(&ok, doc, "inputs", inputs(&ok, r));
  weir_json_set(&ok, doc, "exit_code", json_integer(r->exit_code));
  weir_json_set(&ok, doc, "error", error(&ok, r));
  weir_json_set(&ok, doc, "seconds", r->has_seconds ? weir_json_number(r->seconds) : json_null());
  weir_json_set(&ok, doc, "verdict", verdict(&ok, r->verdict));
  return weir_json_finish(ctx, ok, doc, out);
}
