/* The context: message of the last failure, and the registry of named tables. */
#include <weir/base.h>
#include <weir/version.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_SIZE = 1000, NAME_COMPARED = 64 };

typedef struct entry {
  const char *name;
  const void *item;
} entry;

struct weir_ctx {
  char message[MESSAGE_SIZE];
  char where[80];
  entry *entries[WEIR_KIND_COUNT];
  int count[WEIR_KIND_COUNT];
};

static const struct {
  const char *name, *text;
} status_row[] = {
#define ROW(code, text) {#code, text},
    WEIR_STATUS_LIST(ROW)
#undef ROW
};

static bool is_status(weir_status s)
{
  return (int)s >= 0 && (size_t)s < sizeof status_row / sizeof *status_row;
}

const char *weir_status_name(weir_status s)
{
  return is_status(s) ? status_row[s].name : "?";
}

const char *weir_status_text(weir_status s)
{
  return is_status(s) ? status_row[s].text : "?";
}

const char *weir_version(void)
{
  return WEIR_VERSION;
}

weir_status weir_ctx_create(weir_ctx **ctx)
{
  *ctx = calloc(1, sizeof **ctx);
  return *ctx != NULL ? WEIR_OK : WEIR_ENOMEM;
}

void weir_ctx_destroy(weir_ctx **ctx)
{
  if (ctx == NULL || *ctx == NULL) return;
  for (int k = 0; k < WEIR_KIND_COUNT; k++) free((*ctx)->entries[k]);
  free(*ctx);
  *ctx = NULL;
}

const char *weir_message(const weir_ctx *ctx)
{
  return ctx != NULL ? ctx->message : "";
}

const char *weir_where(const weir_ctx *ctx)
{
  return ctx != NULL ? ctx->where : "";
}

void weir_clear(weir_ctx *ctx)
{
  if (ctx != NULL) ctx->message[0] = ctx->where[0] = '\0';
}

weir_status weir_fail(weir_ctx *ctx, weir_status s, const char *file, int line, const char *fmt, ...)
{
  if (ctx == NULL) return s;
  char text[MESSAGE_SIZE]; /* the arguments may point into ctx->message */
  va_list ap;
  va_start(ap, fmt);
  (void)vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  memcpy(ctx->message, text, sizeof text);
  (void)snprintf(ctx->where, sizeof ctx->where, "%s:%d", file, line);
  return s;
}

weir_status weir_register(weir_ctx *ctx, weir_kind kind, const char *name, const void *item)
{
  WEIR_REQUIRE((int)kind >= 0 && kind < WEIR_KIND_COUNT, ctx, WEIR_EARG, "registry kind = %d", (int)kind);
  WEIR_REQUIRE(name != NULL && name[0] != '\0' && item != NULL, ctx, WEIR_EARG,
               "an entry of the registry needs a name");
  WEIR_REQUIRE(weir_lookup(ctx, kind, name) == NULL, ctx, WEIR_EARG, "the name '%s' is taken", name);
  const int n = ctx->count[kind];
  entry *grown = realloc(ctx->entries[kind], (size_t)(n + 1) * sizeof *grown);
  WEIR_REQUIRE(grown != NULL, ctx, WEIR_ENOMEM, "no memory to register '%s'", name);
  ctx->entries[kind] = grown;
  grown[n] = (entry){name, item};
  ctx->count[kind] = n + 1;
  return WEIR_OK;
}

const void *weir_item(const weir_ctx *ctx, weir_kind kind, int k)
{
  return k >= 0 && k < ctx->count[kind] ? ctx->entries[kind][k].item : NULL;
}

const void *weir_lookup(const weir_ctx *ctx, weir_kind kind, const char *name)
{
  for (int k = 0; k < ctx->count[kind]; k++)
    if (strcmp(ctx->entries[kind][k].name, name) == 0) return ctx->entries[kind][k].item;
  return NULL;
}

static int min_int(int a, int b)
{
  return a < b ? a : b;
}

int weir_edit_distance(const char *a, const char *b)
{
  const int m = (int)strnlen(a, NAME_COMPARED), n = (int)strnlen(b, NAME_COMPARED);
  int row[3][NAME_COMPARED + 1]; /* distances of the prefixes of a of length i-2, i-1, i to those of b */
  for (int j = 0; j <= n; j++) row[0][j] = j;
  for (int i = 1; i <= m; i++) {
    int *now = row[i % 3];
    const int *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
    now[0] = i;
    for (int j = 1; j <= n; j++) {
      const int cost = a[i - 1] != b[j - 1];
      now[j] = min_int(min_int(last[j] + 1, now[j - 1] + 1), last[j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = min_int(now[j], before[j - 2] + 1);
    }
  }
  return row[m % 3][n];
}

weir_status weir_find(weir_ctx *ctx, weir_kind kind, const char *name, const void **item)
{
  static const char *const noun[WEIR_KIND_COUNT] = {"reconstruction", "time stepper", "exact solution", "metric"};
  const void *found = weir_lookup(ctx, kind, name);
  if (found != NULL) {
    *item = found;
    return WEIR_OK;
  }
  char list[600] = "";
  size_t used = 0;
  const char *near = NULL;
  int least = 3; /* a farther name is no misspelling */
  for (int k = 0; k < ctx->count[kind]; k++) {
    const char *known = ctx->entries[kind][k].name;
    const int got = snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? ", " : "", known);
    used = used + (size_t)got < sizeof list ? used + (size_t)got : sizeof list - 1;
    const int d = weir_edit_distance(name, known);
    if (d < least) least = d, near = known;
  }
  return WEIR_FAIL(ctx, WEIR_ENOTFOUND, "no %s is called '%.60s'%s%s%s; there are: %s", noun[kind], name,
                   near != NULL ? " (did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?)" : "", list);
}
