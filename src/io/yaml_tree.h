/* yaml_tree.h - the document behind weir/yaml.h: an arena of nodes and texts. */
#ifndef WEIR_IO_YAML_TREE_H
#define WEIR_IO_YAML_TREE_H

#include <weir/yaml.h>

typedef struct yaml_block {
  struct yaml_block *next;
  size_t used, size;
} yaml_block;

struct weir_yaml {
  yaml_block *blocks;
  weir_yaml_node *root;
  const char *name;
  int nodes;
  weir_yaml_eval_fn *eval;
  void *eval_user;
};

/* Zeroed memory that lives as long as the document. */
weir_status weir_yaml_arena(weir_ctx *ctx, weir_yaml *doc, size_t size, void **out);
weir_status weir_yaml_arena_text(weir_ctx *ctx, weir_yaml *doc, const char *text, size_t length, const char **out);
/* Append a child that belongs to no one yet. */
void weir_yaml_append(weir_yaml_node *parent, weir_yaml_node *child);

/* Parse one YAML document into nodes of `doc`; the place of text[0] is column `column` of line 1 of `file`. */
weir_status weir_yaml_build(weir_ctx *ctx, weir_yaml *doc, const char *file, const char *text, size_t length,
                            int column, weir_yaml_node **root);

#endif
