/* The case and mesh files that are compiled in. */
#include "case/builtin.h"
#include "case/case_parts.h"
#include <stdio.h>
#include <string.h>

enum { PATH = 300, NAMES = 256 };
static const char folder[] = "reference/";

static bool is_case(const weir_builtin_file *f)
{
  return strncmp(f->path, folder, strlen(folder)) == 0;
}

static const weir_builtin_file *nth(int k)
{
  for (const weir_builtin_file *f = weir_builtin_files; f->path != NULL; f++)
    if (is_case(f) && k-- == 0) return f;
  return NULL;
}

int weir_case_builtin_count(void)
{
  int n = 0;
  for (const weir_builtin_file *f = weir_builtin_files; f->path != NULL; f++) n += is_case(f);
  return n;
}

/* "a/b/../c" -> "a/c", in place. A ".." with nothing in front of it stays. */
static void simplify(char *path)
{
  char *up = strstr(path, "/../");
  while (up != NULL) {
    char *from = up;
    while (from > path && from[-1] != '/') from--;
    if (strncmp(from, "../", 3) == 0) {
      up = strstr(up + 1, "/../");
      continue;
    }
    memmove(from, up + 4, strlen(up + 4) + 1);
    up = strstr(path, "/../");
  }
}

const weir_builtin_file *case_builtin_find(const char *path)
{
  char plain[PATH];
  if (snprintf(plain, sizeof plain, "%s", path) >= (int)sizeof plain) return NULL;
  simplify(plain);
  for (const weir_builtin_file *f = weir_builtin_files; f->path != NULL; f++)
    if (strcmp(f->path, plain) == 0) return f;
  return NULL;
}

const char *weir_case_builtin_name(int k)
{
  const weir_builtin_file *f = nth(k);
  return f != NULL ? f->name : NULL;
}

weir_status weir_case_builtin_title(weir_ctx *ctx, int k, char **title)
{
  *title = NULL;
  const weir_builtin_file *f = nth(k);
  WEIR_REQUIRE(f != NULL, ctx, WEIR_ENOTFOUND, "built-in case %d: there are %d", k, weir_case_builtin_count());
  weir_yaml *doc = NULL;
  WEIR_TRY(weir_yaml_parse(ctx, f->path, f->text, f->length, &doc));
  const char *text = "";
  weir_yaml_node *n = weir_yaml_get(weir_yaml_root(doc), "title");
  weir_status s = n != NULL ? weir_yaml_text(ctx, n, &text) : WEIR_OK;
  if (s == WEIR_OK) s = weir_strdup(ctx, text, title);
  weir_yaml_destroy(&doc);
  return s;
}

weir_status weir_case_builtin_text(weir_ctx *ctx, const char *name, const char **path, const char **text,
                                   size_t *length)
{
  const char *names[NAMES + 1];
  int n = 0;
  for (const weir_builtin_file *f = weir_builtin_files; f->path != NULL; f++) {
    if (!is_case(f)) continue;
    if (strcmp(f->name, name) == 0) {
      *path = f->path, *text = f->text, *length = f->length;
      return WEIR_OK;
    }
    if (n < NAMES) names[n++] = f->name;
  }
  names[n] = NULL;
  const char *near = weir_yaml_nearest(name, names);
  return WEIR_FAIL(ctx, WEIR_ENOTFOUND,
                   "no built-in case '%.60s'%s%s%s; `weir cases` lists them, a file needs a '/' or .yaml", name,
                   near != NULL ? " (did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?)" : "");
}
