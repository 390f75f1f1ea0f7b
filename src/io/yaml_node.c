/* Walking the tree, and the messages that say where. */
#include "io/yaml_tree.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH = 400, WHERE = 400, SENTENCE = 700 };

void weir_yaml_append(weir_yaml_node *parent, weir_yaml_node *child)
{
  weir_yaml_node **link = parent->last != NULL ? &parent->last->next : &parent->first;
  *link = child;
  parent->last = child;
  child->parent = parent, child->next = NULL, child->index = parent->count++;
}

void weir_yaml_merge(weir_yaml_node *into, weir_yaml_node *from)
{
  weir_yaml_node *next = NULL;
  for (weir_yaml_node *c = from->first; c != NULL; c = next) {
    next = c->next;
    bool taken = false;
    for (const weir_yaml_node *o = into->first; o != NULL && !taken; o = o->next) taken = strcmp(o->key, c->key) == 0;
    if (!taken) weir_yaml_append(into, c);
  }
  from->first = from->last = NULL, from->count = 0;
}

/* ------------------------------------------------------------------ places */
static size_t add_text(char *buf, size_t size, size_t at, const char *s)
{
  const size_t n = strlen(s), room = size - at - 1, k = n < room ? n : room;
  memcpy(buf + at, s, k);
  buf[at + k] = '\0';
  return at + k;
}

const char *weir_yaml_path(const weir_yaml_node *n, char *buf, size_t size)
{
  const weir_yaml_node *chain[2 * WEIR_YAML_MAXDEPTH + 2];
  int depth = 0;
  for (; n->parent != NULL && depth < 2 * WEIR_YAML_MAXDEPTH + 2; n = n->parent) chain[depth++] = n;
  size_t at = 0;
  buf[0] = '\0';
  while (depth-- > 0) {
    char index[24];
    if (chain[depth]->key == NULL) {
      (void)snprintf(index, sizeof index, "[%d]", chain[depth]->index);
      at = add_text(buf, size, at, index);
    } else {
      if (at > 0) at = add_text(buf, size, at, ".");
      at = add_text(buf, size, at, chain[depth]->key);
    }
  }
  return buf;
}

const char *weir_yaml_where(const weir_yaml_node *n, char *buf, size_t size)
{
  (void)snprintf(buf, size, "%s:%d:%d", n->file, n->line, n->column);
  return buf;
}

weir_status weir_yaml_fail(weir_ctx *ctx, const weir_yaml_node *n, weir_status s, const char *fmt, ...)
{
  char path[PATH], sentence[SENTENCE];
  va_list ap;
  va_start(ap, fmt);
  (void)vsnprintf(sentence, sizeof sentence, fmt, ap);
  va_end(ap);
  weir_yaml_path(n, path, sizeof path);
  return WEIR_FAIL(ctx, s, "%.250s:%d:%d: %s%s%s", n->file, n->line, n->column, path, path[0] != '\0' ? ": " : "",
                   sentence);
}

/* What stands there, short and printable. */
static void found(const weir_yaml_node *n, char *buf, size_t size)
{
  enum { SHOWN = 40 };
  if (n->kind != WEIR_YAML_SCALAR) {
    (void)snprintf(buf, size, "a %s of %d", n->kind == WEIR_YAML_LIST ? "list" : "map", n->count);
  } else if (n->text[0] == '\0' && !n->quoted) {
    (void)snprintf(buf, size, "nothing");
  } else {
    size_t cut = strlen(n->text) <= SHOWN ? strlen(n->text) : SHOWN;
    while (cut > 0 && ((unsigned char)n->text[cut] & 0xC0) == 0x80) cut--; /* not inside a character */
    (void)snprintf(buf, size, "'%.*s%s'", (int)cut, n->text, n->text[cut] != '\0' ? "..." : "");
    for (char *p = buf; *p != '\0'; p++)
      if ((unsigned char)*p < ' ') *p = ' ';
  }
}

weir_status weir_yaml_expected(weir_ctx *ctx, const weir_yaml_node *n, const char *words)
{
  char text[100];
  found(n, text, sizeof text);
  return weir_yaml_fail(ctx, n, WEIR_EFORMAT, "expected %s, found %s", words, text);
}

const char *weir_yaml_nearest(const char *word, const char *const words[])
{
  const char *best = NULL;
  int least = 3 + 1;
  for (int i = 0; words[i] != NULL; i++) {
    const int d = weir_edit_distance(word, words[i]), length = (int)strlen(words[i]);
    if (d < least && 2 * d <= length) least = d, best = words[i];
  }
  return best;
}

/* ------------------------------------------------------------------ maps and lists */
static weir_yaml_node *lookup(const weir_yaml_node *map, const char *key, size_t length)
{
  if (map == NULL || map->kind != WEIR_YAML_MAP) return NULL;
  for (weir_yaml_node *c = map->first; c != NULL; c = c->next)
    if (strncmp(c->key, key, length) == 0 && c->key[length] == '\0') return c;
  return NULL;
}

weir_yaml_node *weir_yaml_get(weir_yaml_node *map, const char *key)
{
  weir_yaml_node *c = lookup(map, key, strlen(key));
  if (c != NULL) c->read = map->read = true;
  return c;
}

weir_status weir_yaml_need(weir_ctx *ctx, weir_yaml_node *map, const char *key, weir_yaml_node **out)
{
  if (map->kind != WEIR_YAML_MAP) return weir_yaml_expected(ctx, map, "a map");
  weir_yaml_node *c = weir_yaml_get(map, key);
  if (c == NULL) return weir_yaml_fail(ctx, map, WEIR_EFORMAT, "key '%s' is missing", key);
  *out = c;
  return WEIR_OK;
}

static weir_yaml_node *entry(const weir_yaml_node *list, long i)
{
  if (list == NULL || list->kind != WEIR_YAML_LIST || i < 0) return NULL;
  weir_yaml_node *c = list->first;
  while (c != NULL && i-- > 0) c = c->next;
  return c;
}

weir_yaml_node *weir_yaml_at(weir_yaml_node *list, int i)
{
  weir_yaml_node *c = entry(list, i);
  if (c != NULL) c->read = list->read = true;
  return c;
}

const weir_yaml_node *weir_yaml_find(const weir_yaml_node *root, const char *path)
{
  const weir_yaml_node *n = root;
  while (*path != '\0' && n != NULL) {
    if (*path == '[') {
      char *end = NULL;
      n = entry(n, strtol(path + 1, &end, 10));
      if (*end != ']') return NULL;
      path = end + 1;
    } else {
      if (*path == '.') path++;
      const size_t length = strcspn(path, ".[");
      n = lookup(n, path, length);
      path += length;
    }
  }
  return n;
}

static void join(const char *const words[], char *buf, size_t size)
{
  size_t at = 0;
  buf[0] = '\0';
  for (int i = 0; words[i] != NULL; i++) {
    if (i > 0) at = add_text(buf, size, at, ", ");
    at = add_text(buf, size, at, words[i]);
  }
}

weir_status weir_yaml_unknown(weir_ctx *ctx, const weir_yaml_node *n, const char *const known[])
{
  char all[400], path[PATH];
  join(known, all, sizeof all);
  weir_yaml_path(n->parent, path, sizeof path);
  const char *near = weir_yaml_nearest(n->key, known);
  return WEIR_FAIL(ctx, WEIR_EFORMAT, "%.250s:%d:%d: %s%skey '%s' is not known here%s%s%s; known keys: %s", n->file,
                   n->key_line, n->key_column, path, path[0] != '\0' ? ": " : "", n->key,
                   near != NULL ? " (did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?)" : "", all);
}

weir_status weir_yaml_keys(weir_ctx *ctx, const weir_yaml_node *map, const char *const known[])
{
  if (map->kind != WEIR_YAML_MAP) return weir_yaml_expected(ctx, map, "a map");
  for (const weir_yaml_node *c = map->first; c != NULL; c = c->next) {
    bool ok = false;
    for (int i = 0; known[i] != NULL && !ok; i++) ok = strcmp(known[i], c->key) == 0;
    if (!ok) return weir_yaml_unknown(ctx, c, known);
  }
  return WEIR_OK;
}

weir_status weir_yaml_all_read(weir_ctx *ctx, const weir_yaml_node *root)
{
  for (const weir_yaml_node *c = root->first; c != NULL; c = c->next) {
    if (!c->read && c->key != NULL) {
      char path[PATH];
      weir_yaml_path(root, path, sizeof path);
      return WEIR_FAIL(ctx, WEIR_EFORMAT, "%.250s:%d:%d: %s%skey '%s' has no effect here", c->file, c->key_line,
                       c->key_column, path, path[0] != '\0' ? ": " : "", c->key);
    }
    WEIR_TRY(weir_yaml_all_read(ctx, c));
  }
  return WEIR_OK;
}

/* ------------------------------------------------------------------ words */
weir_status weir_yaml_word(weir_ctx *ctx, weir_yaml_node *n, const char *const words[], int *out)
{
  n->read = true;
  if (n->kind == WEIR_YAML_SCALAR)
    for (int i = 0; words[i] != NULL; i++)
      if (strcmp(words[i], n->text) == 0) {
        *out = i;
        return WEIR_OK;
      }
  char all[400], sentence[520];
  join(words, all, sizeof all);
  const char *near = n->kind == WEIR_YAML_SCALAR ? weir_yaml_nearest(n->text, words) : NULL;
  (void)snprintf(sentence, sizeof sentence, "one of %s%s%s%s", all, near != NULL ? " (did you mean '" : "",
                 near != NULL ? near : "", near != NULL ? "'?)" : "");
  return weir_yaml_expected(ctx, n, sentence);
}
