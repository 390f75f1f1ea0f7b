/* Names: built in, and those that a case adds. */
#include "expr/expr_parse.h"
#include <string.h>
#include <strings.h>

static const struct builtin {
  const char *name;
  xkind kind;
  int op;
  double value;
} builtins[] = {
#define FUNCTION(name, text, value) {text, NAME_FUNCTION, OP_##name, 0.0},
    {"pi", NAME_CONSTANT, 0, WEIR_PI},
    {"e", NAME_CONSTANT, 0, EXPR_E},
    {"if", NAME_FUNCTION, OP_IF, 0.0},
    {"pow", NAME_FUNCTION, OP_POW, 0.0},
    EXPR_UNARY(FUNCTION) EXPR_BINARY(FUNCTION) /* rows of operators have a name that no text can hold */
#undef FUNCTION
};
enum { BUILTINS = sizeof builtins / sizeof builtins[0] };

xname weir_xe_look(const weir_expr_env *env, const char *name, int *index)
{
  xname r = {.kind = NAME_NONE};
  *index = -1;
  for (int k = 0; k < BUILTINS; k++) {
    if (strcmp(builtins[k].name, name) != 0) continue;
    r.kind = builtins[k].kind, r.op = builtins[k].op, r.value = builtins[k].value;
    return r;
  }
  for (int k = 0; env != NULL && k < env->n; k++) {
    if (strcmp(env->name[k].name, name) != 0) continue;
    *index = k;
    return env->name[k];
  }
  return r;
}

static bool name_start(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* A name of n letters may be off by (n+1)/3 edits, at most 2, or by its capitals. */
static void consider(const char *name, const char *candidate, int *distance, char best[WEIR_EXPR_MAXNAME + 1])
{
  const int allowed = ((int)strlen(name) + 1) / 3 < 2 ? ((int)strlen(name) + 1) / 3 : 2;
  const int d = strcasecmp(name, candidate) == 0 ? 0 : weir_edit_distance(name, candidate);
  if (!name_start(candidate[0]) || d > allowed || d >= *distance) return;
  *distance = d;
  const size_t len = strlen(candidate);
  memcpy(best, candidate, len + 1);
}

void weir_xe_nearest(const weir_expr_env *env, const char *name, char best[WEIR_EXPR_MAXNAME + 1])
{
  int distance = 3;
  best[0] = '\0';
  for (int k = 0; env != NULL && k < env->n; k++) consider(name, env->name[k].name, &distance, best);
  for (int k = 0; k < BUILTINS; k++) consider(name, builtins[k].name, &distance, best);
}

weir_status weir_expr_env_create(weir_ctx *ctx, weir_expr_env **env)
{
  void *block = NULL;
  *env = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof **env, "names of an expression", &block));
  *env = block;
  return WEIR_OK;
}

void weir_expr_env_destroy(weir_expr_env **env)
{
  if (env == NULL || *env == NULL) return;
  for (int k = 0; k < (*env)->n; k++) weir_expr_destroy(&(*env)->name[k].e);
  weir_free((*env)->name);
  weir_free(*env);
  *env = NULL;
}

static weir_status check_name(weir_ctx *ctx, const weir_expr_env *env, const char *name)
{
  int index;
  bool good = name_start(name[0]);
  for (const char *p = name; *p != '\0' && good; p++) good = name_start(*p) || (*p >= '0' && *p <= '9');
  WEIR_REQUIRE(good, ctx, WEIR_EARG, "'%.80s' is not a name, expected letters, digits and '_', not a digit first",
               name);
  WEIR_REQUIRE(strlen(name) <= WEIR_EXPR_MAXNAME, ctx, WEIR_EARG, "name '%.80s...' has more than %d characters", name,
               WEIR_EXPR_MAXNAME);
  const xname old = weir_xe_look(env, name, &index);
  WEIR_REQUIRE(old.kind == NAME_NONE || index >= 0, ctx, WEIR_EARG, "name '%s' is built in, choose another", name);
  WEIR_REQUIRE(old.kind == NAME_NONE, ctx, WEIR_EARG, "name '%s' is already defined", name);
  return WEIR_OK;
}

/* Room for one more name, which is returned zeroed but for its name; env->n is left to the caller. */
static weir_status append(weir_ctx *ctx, weir_expr_env *env, const char *name, xname **out)
{
  WEIR_TRY(check_name(ctx, env, name));
  if (env->n == env->room) {
    const int room = env->room == 0 ? 16 : 2 * env->room;
    void *block = NULL;
    WEIR_TRY(weir_alloc(ctx, (size_t)room, sizeof *env->name, "names of an expression", &block));
    if (env->n > 0) memcpy(block, env->name, (size_t)env->n * sizeof *env->name);
    weir_free(env->name);
    env->name = block, env->room = room;
  }
  *out = &env->name[env->n];
  memset(*out, 0, sizeof **out);
  memcpy((*out)->name, name, strlen(name) + 1);
  return WEIR_OK;
}

weir_status weir_expr_env_variable(weir_ctx *ctx, weir_expr_env *env, const char *name, int slot)
{
  xname *v;
  WEIR_REQUIRE(slot >= 0 && slot < WEIR_EXPR_SLOTS, ctx, WEIR_EARG, "slot %d of variable '%.80s', expected 0..%d", slot,
               name, WEIR_EXPR_SLOTS - 1);
  WEIR_TRY(append(ctx, env, name, &v));
  v->kind = NAME_VARIABLE, v->slot = slot;
  env->n++;
  return WEIR_OK;
}

weir_status weir_expr_env_constant(weir_ctx *ctx, weir_expr_env *env, const char *name, double value)
{
  xname *v;
  WEIR_TRY(append(ctx, env, name, &v));
  v->kind = NAME_CONSTANT, v->value = value;
  env->n++;
  return WEIR_OK;
}

weir_status weir_expr_env_define(weir_ctx *ctx, weir_expr_env *env, const char *name, const weir_expr *e)
{
  xname *v;
  WEIR_TRY(append(ctx, env, name, &v));
  WEIR_TRY(weir_expr_copy(ctx, e, &v->e));
  v->kind = NAME_PARAMETER;
  env->n++;
  return WEIR_OK;
}
