/* weir/yaml.h - YAML files as a tree in which every node knows its place, for messages a user can act on.
 *
 *   Accepted    One document of maps, lists and scalars (block or flow style, all quoting styles, comments, UTF-8).
 *   Refused     Anchors, aliases, tags, several documents, %directives, keys that are no scalars, have a '.' or
 *               more than 200 bytes, a key twice in one map, NUL characters, other encodings: each with a sentence.
 *               The parser below is libyaml's, driven event by event, so that the limits hold before anything large
 *               is built.
 *   Limits      file 1 MiB, nesting 32 maps and lists, 20000 nodes.
 *   Types       A scalar is text until a reader below asks for a type: "1" is a number where a number is wanted and
 *               text where text is wanted, quoted or not. Booleans are `true` and `false` only ("no" is text).
 *   Numbers     [+-]digits[.digits][e[+-]digits], decimal point '.', whatever the locale; finite. With an evaluator
 *               (weir_yaml_set_eval) constant formulas such as 1/3 are numbers too.
 *   Messages    "FILE:LINE:COLUMN: PATH: expected WHAT, found FOUND" with PATH like mesh.cells[1]; lines and columns
 *               from 1, columns count characters. Status WEIR_EFORMAT unless said otherwise.
 *   Keys        Every node that is asked for is marked; weir_yaml_all_read() names the first that never was.
 *
 *   Threads: reading marks nodes, so a document belongs to one thread at a time. */
#ifndef WEIR_YAML_H
#define WEIR_YAML_H

#include <weir/base.h>

enum {
  WEIR_YAML_MAXBYTES = 1 << 20, /* bytes of a file */
  WEIR_YAML_MAXDEPTH = 32,      /* maps and lists inside each other */
  WEIR_YAML_MAXNODES = 20000    /* scalars, maps and lists; keys are not counted */
};

typedef enum weir_yaml_kind { WEIR_YAML_SCALAR, WEIR_YAML_LIST, WEIR_YAML_MAP } weir_yaml_kind;

/** A node. Read any member, write none. Belongs to its document and lives as long. */
typedef struct weir_yaml_node {
  weir_yaml_kind kind;
  const char *file;           /**< name of the document, or "command line" */
  int line, column;           /**< of the node's first character (a quote, a bracket), from 1 */
  int text_line, text_column; /**< scalars: of the text's first character, quotes and | > left out */
  int key_line, key_column;   /**< of the key in front of it; those of the node itself in lists and at the root */
  const char *key;            /**< the key in front of it; NULL in lists and at the root */
  const char *text;           /**< scalars: the text; else NULL. `key:` with nothing behind it is "" */
  bool quoted;                /**< scalars: in quotes */
  bool read;                  /**< was asked for */
  int count;                  /**< entries of a list or map */
  int index;                  /**< place in its list or map, from 0 */
  struct weir_yaml_node *parent, *first, *last, *next; /**< in the order of the file */
  struct weir_yaml *doc;                               /**< the document that holds its memory */
} weir_yaml_node;

typedef struct weir_yaml weir_yaml;

/** Read a file.
 *  @param[out] doc  owned by the caller, free with weir_yaml_destroy(); NULL after a failure
 *  @retval WEIR_EIO      no such file, no regular file, not readable
 *  @retval WEIR_EFORMAT  not YAML, or something refused (above); empty
 *  @retval WEIR_ELIMIT   a limit above  @retval WEIR_ENOMEM */
weir_status weir_yaml_read(weir_ctx *ctx, const char *path, weir_yaml **doc);
/** The same for a text. `name` stands for the file in messages; both are copied. No WEIR_EIO. */
weir_status weir_yaml_parse(weir_ctx *ctx, const char *name, const char *text, size_t length, weir_yaml **doc);
/** Free *doc and set it to NULL. NULL and a pointer to NULL are allowed. */
void weir_yaml_destroy(weir_yaml **doc);

weir_yaml_node *weir_yaml_root(weir_yaml *doc);

/** Set or replace one value: "KEY=VALUE" or "KEY.KEY.KEY=VALUE", VALUE in YAML flow style ("mesh.cells=[64, 64]"). Maps on
 *  the way are made if they are missing. Positions of the new nodes are "command line:1:COLUMN" in the assignment.
 *  @retval WEIR_EFORMAT no '=', an empty key, VALUE is not YAML, a KEY on the way is not a map
 *  @retval WEIR_ELIMIT  as weir_yaml_parse()  @retval WEIR_ENOMEM */
weir_status weir_yaml_set(weir_ctx *ctx, weir_yaml *doc, const char *assignment);

/** For every entry of map `from` (of a document that must outlive doc's use) whose key is not in `into`: make it an entry of
 *  `into`, by moving it. Positions stay those of its own file. */
void weir_yaml_merge(weir_yaml_node *into, weir_yaml_node *from);

/** Called for a scalar that is no plain number where a number is wanted: *value, or a failure with a message that starts with
 *  the place (node->text_line, text_column). */
typedef weir_status weir_yaml_eval_fn(void *user, weir_ctx *ctx, const weir_yaml_node *node, double *value);
/** NULL: plain numbers only (as after creation). `user` is borrowed until the next call. For doc's nodes, and those merged
 *  into it only if their own document has one too. */
void weir_yaml_set_eval(weir_yaml *doc, weir_yaml_eval_fn *eval, void *user);

/* ------------------------------------------------------------------ maps and lists */
/** The entry of a map, marked as read; NULL if there is none (or map is NULL or no map). */
weir_yaml_node *weir_yaml_get(weir_yaml_node *map, const char *key);
/** As weir_yaml_get(), but the entry must be there: "FILE:L:C: mesh: key 'cells' is missing". */
weir_status weir_yaml_need(weir_ctx *ctx, weir_yaml_node *map, const char *key, weir_yaml_node **out);
/** Entry i of a list, marked as read; NULL outside. */
weir_yaml_node *weir_yaml_at(weir_yaml_node *list, int i);
/** The node at "scheme.cfl" or "boundary.y[0]" without marking; NULL if there is none. */
const weir_yaml_node *weir_yaml_find(const weir_yaml_node *root, const char *path);
/** The node must be a map with no other keys than these: "...: key 'celss' is not known here (did you mean 'cells'?); known
 *  keys: box, cells". `known` ends with NULL. */
weir_status weir_yaml_keys(weir_ctx *ctx, const weir_yaml_node *map, const char *const known[]);
/** The message of weir_yaml_keys() for this entry of a map. */
weir_status weir_yaml_unknown(weir_ctx *ctx, const weir_yaml_node *n, const char *const known[]);
/** Every entry of every map was asked for: else "...: key 'dt' has no effect here". */
weir_status weir_yaml_all_read(weir_ctx *ctx, const weir_yaml_node *root);

/* ------------------------------------------------------------------ typed readers
 * Each marks the node and what it reads below it, and leaves *out untouched on failure. All: @retval WEIR_EFORMAT. */
/** A range for numbers; the words finish "expected ", for instance {0, 1, true, false, "a number in (0, 1]"}. */
typedef struct weir_yaml_range {
  double lo, hi;
  bool lo_open, hi_open;
  const char *words;
} weir_yaml_range;
extern const weir_yaml_range weir_yaml_any;      /* any finite number */
extern const weir_yaml_range weir_yaml_positive; /* > 0 */

weir_status weir_yaml_number(weir_ctx *ctx, weir_yaml_node *n, const weir_yaml_range *range, double *out);
/** A whole number lo..hi, |lo|, |hi| <= 2^53. "64", and with an evaluator "2^6"; also "1e3". */
weir_status weir_yaml_integer(weir_ctx *ctx, weir_yaml_node *n, int64_t lo, int64_t hi, int64_t *out);
weir_status weir_yaml_bool(weir_ctx *ctx, weir_yaml_node *n, bool *out);
/** A scalar that is not empty; *out is borrowed from the document. */
weir_status weir_yaml_text(weir_ctx *ctx, weir_yaml_node *n, const char **out);
/** One of the words (ends with NULL); *out is its index. "expected one of: a, b (did you mean 'a'?), found 'x'". */
weir_status weir_yaml_word(weir_ctx *ctx, weir_yaml_node *n, const char *const words[], int *out);
/** A list of min..max numbers; *count says how many. A single number is a list of one. `out` has room for max. */
weir_status weir_yaml_vector(weir_ctx *ctx, weir_yaml_node *n, int min, int max, double *out, int *count);
/** rows x cols numbers as a list of rows, to out[row*cols + col]. A single number is 1 x 1. */
weir_status weir_yaml_matrix(weir_ctx *ctx, weir_yaml_node *n, int rows, int cols, double *out);
/** Is the scalar a plain number (no formula)? */
bool weir_yaml_is_number(const weir_yaml_node *n);

/* ------------------------------------------------------------------ messages */
/** Record "FILE:LINE:COLUMN: PATH: sentence" (place and path of the node) and return `s`. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
weir_status
weir_yaml_fail(weir_ctx *ctx, const weir_yaml_node *n, weir_status s, const char *fmt, ...);
/** The node's path "mesh.cells[1]" ("" at the root) and its place "FILE:LINE:COLUMN", cut to size; both return buf. */
const char *weir_yaml_path(const weir_yaml_node *n, char *buf, size_t size);
const char *weir_yaml_where(const weir_yaml_node *n, char *buf, size_t size);
/** "expected WORDS, found ..." for a node of whatever kind. */
weir_status weir_yaml_expected(weir_ctx *ctx, const weir_yaml_node *n, const char *words);
/** The nearest of the words (ends with NULL) if it is near enough to be meant, else NULL. */
const char *weir_yaml_nearest(const char *word, const char *const words[]);

#endif
