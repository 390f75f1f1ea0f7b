/* Documents: memory, files, assignments from the command line. */
#include "io/yaml_tree.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 16384, ALIGN = 16, KEY_MAX = 200 };

static size_t head_size(void)
{
  return (sizeof(yaml_block) + ALIGN - 1) / ALIGN * ALIGN;
}

weir_status weir_yaml_arena(weir_ctx *ctx, weir_yaml *doc, size_t size, void **out)
{
  const size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;
  yaml_block *b = doc->blocks;
  if (b == NULL || b->size - b->used < need) {
    const size_t room = need > BLOCK ? need : BLOCK;
    void *p = NULL;
    WEIR_TRY(weir_alloc(ctx, head_size() + room, 1, "YAML document", &p));
    b = p;
    b->next = doc->blocks;
    b->size = room;
    doc->blocks = b;
  }
  *out = (char *)b + head_size() + b->used;
  b->used += need;
  return WEIR_OK;
}

weir_status weir_yaml_arena_text(weir_ctx *ctx, weir_yaml *doc, const char *text, size_t length, const char **out)
{
  void *p = NULL;
  WEIR_TRY(weir_yaml_arena(ctx, doc, length + 1, &p));
  if (length > 0) memcpy(p, text, length);
  *out = p;
  return WEIR_OK;
}

static weir_status doc_create(weir_ctx *ctx, const char *name, weir_yaml **doc)
{
  void *p = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof **doc, "YAML document", &p));
  weir_yaml *d = p;
  const weir_status s = weir_yaml_arena_text(ctx, d, name, strlen(name), &d->name);
  if (s != WEIR_OK) weir_yaml_destroy(&d);
  *doc = d;
  return s;
}

void weir_yaml_destroy(weir_yaml **doc)
{
  if (doc == NULL || *doc == NULL) return;
  for (yaml_block *b = (*doc)->blocks; b != NULL;) {
    yaml_block *next = b->next;
    weir_free(b);
    b = next;
  }
  weir_free(*doc);
  *doc = NULL;
}

weir_yaml_node *weir_yaml_root(weir_yaml *doc)
{
  return doc->root;
}

void weir_yaml_set_eval(weir_yaml *doc, weir_yaml_eval_fn *eval, void *user)
{
  doc->eval = eval;
  doc->eval_user = user;
}

weir_status weir_yaml_parse(weir_ctx *ctx, const char *name, const char *text, size_t length, weir_yaml **doc)
{
  weir_yaml *d = NULL;
  *doc = NULL;
  WEIR_TRY(doc_create(ctx, name, &d));
  const weir_status s = weir_yaml_build(ctx, d, d->name, text, length, 1, &d->root);
  if (s != WEIR_OK) weir_yaml_destroy(&d);
  *doc = d;
  return s;
}

/* Exactly the bytes of an open regular file of at most 1 MiB. */
static weir_status read_all(weir_ctx *ctx, int fd, const char *path, char **text, size_t *length)
{
  struct stat st;
  WEIR_REQUIRE(fstat(fd, &st) == 0, ctx, WEIR_EIO, "%s: %s", path, strerror(errno));
  WEIR_REQUIRE(S_ISREG(st.st_mode), ctx, WEIR_EIO, "%s: not a regular file", path);
  WEIR_REQUIRE(st.st_size <= WEIR_YAML_MAXBYTES, ctx, WEIR_ELIMIT, "%s: %lld bytes, at most %d are read", path,
               (long long)st.st_size, (int)WEIR_YAML_MAXBYTES);
  void *p = NULL;
  const size_t room = WEIR_YAML_MAXBYTES + 1; /* the file may have grown since fstat */
  WEIR_TRY(weir_alloc(ctx, room, 1, "YAML file", &p));
  *text = p;
  size_t n = 0;
  while (n < room) {
    const ssize_t got = read(fd, *text + n, room - n);
    if (got < 0 && errno == EINTR) continue;
    WEIR_REQUIRE(got >= 0, ctx, WEIR_EIO, "%s: %s", path, strerror(errno));
    if (got == 0) break;
    n += (size_t)got;
  }
  *length = n;
  return WEIR_OK;
}

weir_status weir_yaml_read(weir_ctx *ctx, const char *path, weir_yaml **doc)
{
  *doc = NULL;
  /* O_NONBLOCK: opening a FIFO must not wait for a writer; it is refused below. */
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  WEIR_REQUIRE(fd >= 0, ctx, WEIR_EIO, "%s: %s", path, strerror(errno));
  char *text = NULL;
  size_t length = 0;
  weir_status s = read_all(ctx, fd, path, &text, &length);
  (void)close(fd);
  if (s == WEIR_OK) s = weir_yaml_parse(ctx, path, text, length, doc);
  weir_free(text);
  return s;
}

/* ------------------------------------------------------------------ assignments */
static weir_yaml_node *child(const weir_yaml_node *map, const char *key, size_t length)
{
  for (weir_yaml_node *c = map->first; c != NULL; c = c->next)
    if (strlen(c->key) == length && memcmp(c->key, key, length) == 0) return c;
  return NULL;
}

/* The map under `key`, made if there is none. */
static weir_status step_into(weir_ctx *ctx, weir_yaml *doc, weir_yaml_node *map, const char *all, const char *key,
                             size_t length, weir_yaml_node **out)
{
  weir_yaml_node *c = child(map, key, length);
  if (c == NULL) {
    void *p = NULL;
    WEIR_REQUIRE(++doc->nodes <= WEIR_YAML_MAXNODES, ctx, WEIR_ELIMIT, "command line: more than %d nodes",
                 (int)WEIR_YAML_MAXNODES);
    WEIR_TRY(weir_yaml_arena(ctx, doc, sizeof *c, &p));
    c = p;
    const int column = (int)(key - all) + 1;
    *c = (weir_yaml_node){.kind = WEIR_YAML_MAP, .file = "command line", .doc = doc, .line = 1, .column = column};
    c->key_line = c->text_line = 1, c->key_column = c->text_column = column;
    WEIR_TRY(weir_yaml_arena_text(ctx, doc, key, length, &c->key));
    weir_yaml_append(map, c);
  }
  WEIR_REQUIRE(c->kind == WEIR_YAML_MAP, ctx, WEIR_EFORMAT, "command line: '%s': '%.*s' is not a map in %s:%d:%d", all,
               (int)(key + length - all), all, c->file, c->line, c->column);
  *out = c;
  return WEIR_OK;
}

static void put(weir_yaml_node *map, weir_yaml_node *old, weir_yaml_node *fresh)
{
  if (old == NULL) {
    weir_yaml_append(map, fresh);
    return;
  }
  weir_yaml_node **link = &map->first;
  while (*link != old) {
    assert(*link != NULL);
    link = &(*link)->next;
  }
  fresh->parent = map, fresh->next = old->next, fresh->index = old->index;
  *link = fresh;
  if (map->last == old) map->last = fresh;
}

weir_status weir_yaml_set(weir_ctx *ctx, weir_yaml *doc, const char *assignment)
{
  const char *equals = strchr(assignment, '=');
  WEIR_REQUIRE(equals != NULL, ctx, WEIR_EFORMAT, "command line: '%.60s': expected KEY=VALUE", assignment);
  WEIR_REQUIRE(strlen(assignment) <= WEIR_YAML_MAXBYTES, ctx, WEIR_ELIMIT, "command line: more than %d bytes",
               (int)WEIR_YAML_MAXBYTES);
  weir_yaml_node *map = doc->root;
  WEIR_REQUIRE(map->kind == WEIR_YAML_MAP, ctx, WEIR_EFORMAT, "%s:%d:%d: expected a map", map->file, map->line,
               map->column);
  const char *key = assignment;
  for (int depth = 1;; depth++) {
    const size_t length = strcspn(key, ".=");
    WEIR_REQUIRE(length > 0 && length <= KEY_MAX, ctx, WEIR_EFORMAT,
                 "command line: '%.60s': a key of 1 to %d characters expected in front of '.' and '='", assignment,
                 (int)KEY_MAX);
    WEIR_REQUIRE(depth < WEIR_YAML_MAXDEPTH, ctx, WEIR_ELIMIT, "command line: more than %d keys inside each other",
                 WEIR_YAML_MAXDEPTH - 1);
    if (key + length == equals) break;
    WEIR_TRY(step_into(ctx, doc, map, assignment, key, length, &map));
    key += length + 1;
  }
  weir_yaml_node *fresh = NULL;
  const char *value = equals + 1;
  WEIR_TRY(weir_yaml_build(ctx, doc, "command line", value, strlen(value), (int)(value - assignment) + 1, &fresh));
  fresh->key_line = 1, fresh->key_column = (int)(key - assignment) + 1;
  WEIR_TRY(weir_yaml_arena_text(ctx, doc, key, (size_t)(equals - key), &fresh->key));
  put(map, child(map, key, (size_t)(equals - key)), fresh);
  return WEIR_OK;
}
