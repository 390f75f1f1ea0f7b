/* Schemes from a shared object. The only place where weir loads code. */
#include "cli/plugin.h"
#include <weir/laws.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { LIST_MAX = 256, SENTENCE = 600 };

/* A refusal of a callee is the plug-in's fault: say which file. */
static weir_status blame(weir_ctx *ctx, const char *path, weir_status s)
{
  char sentence[SENTENCE];
  if (s == WEIR_OK || s == WEIR_ENOMEM) return s;
  (void)snprintf(sentence, sizeof sentence, "%s", weir_message(ctx));
  return WEIR_FAIL(ctx, WEIR_EFORMAT, "plug-in %s: %s", path, sentence);
}

static weir_status recons(weir_ctx *ctx, const weir_recon *const *list)
{
  for (int k = 0; list[k] != NULL; k++) {
    WEIR_REQUIRE(k < LIST_MAX, ctx, WEIR_EFORMAT, "weir_plugin_recons does not end with NULL");
    WEIR_TRY(weir_laws_recon_table(ctx, list[k]));
    WEIR_TRY(weir_register(ctx, WEIR_KIND_RECON, list[k]->name, list[k]));
  }
  return WEIR_OK;
}

static weir_status steppers(weir_ctx *ctx, const weir_stepper *const *list, const uint32_t *abi)
{
  WEIR_REQUIRE(abi != NULL, ctx, WEIR_EFORMAT,
               "weir_plugin_steppers needs `const uint32_t weir_plugin_abi = WEIR_SCHEME_ABI;` beside it");
  WEIR_REQUIRE(*abi == WEIR_SCHEME_ABI, ctx, WEIR_EFORMAT,
               "weir_plugin_abi is %u, %d expected: compile it with this weir's headers", (unsigned)*abi,
               (int)WEIR_SCHEME_ABI);
  for (int k = 0; list[k] != NULL; k++) {
    WEIR_REQUIRE(k < LIST_MAX, ctx, WEIR_EFORMAT, "weir_plugin_steppers does not end with NULL");
    WEIR_TRY(weir_laws_stepper_table(ctx, list[k]));
    WEIR_TRY(weir_register(ctx, WEIR_KIND_STEPPER, list[k]->name, list[k]));
  }
  return WEIR_OK;
}

weir_status cli_plugin_load(weir_ctx *ctx, const char *path)
{
  char file[4096];
  struct stat st;
  WEIR_REQUIRE(stat(path, &st) == 0 && S_ISREG(st.st_mode), ctx, WEIR_EIO, "plug-in %s: no such file", path);
  /* Without a slash the loader would search the system's directories. */
  const int len = snprintf(file, sizeof file, "%s%s", strchr(path, '/') == NULL ? "./" : "", path);
  WEIR_REQUIRE(len > 0 && (size_t)len < sizeof file, ctx, WEIR_EFORMAT, "plug-in %.80s...: the path is too long", path);
  void *object = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (object == NULL) {
    const char *why = dlerror();
    return WEIR_FAIL(ctx, WEIR_EFORMAT, "plug-in %s is no shared object that can be loaded: %s", path,
                     why != NULL ? why : "?");
  }
  const weir_recon *const *r = dlsym(object, "weir_plugin_recons");
  const weir_stepper *const *s = dlsym(object, "weir_plugin_steppers");
  WEIR_REQUIRE(r != NULL || s != NULL, ctx, WEIR_EFORMAT,
               "plug-in %s exports neither weir_plugin_recons nor weir_plugin_steppers", path);
  if (r != NULL) WEIR_TRY(blame(ctx, path, recons(ctx, r)));
  if (s != NULL) WEIR_TRY(blame(ctx, path, steppers(ctx, s, dlsym(object, "weir_plugin_abi"))));
  return WEIR_OK;
}
