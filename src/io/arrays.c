/* Arrays of a file: which format it is, and the set that results. */
#include "io/arrays.h"
#include "io/npy.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *weir_dtype_name(weir_dtype t)
{
  static const char *const name[] = {"f8", "f4", "int", "bool", "other"};
  return (unsigned)t < sizeof name / sizeof *name ? name[t] : "?";
}

char *weir_shape_text(int ndim, const ptrdiff_t *shape, char *buf, size_t size)
{
  size_t k = 0;
  buf[0] = '\0';
  for (int a = 0; a <= ndim && k + 1 < size; a++) {
    const char *end = ndim == 1 ? ",)" : ")";
    int n;
    if (a == ndim)
      n = snprintf(buf + k, size - k, "%s%s", a == 0 ? "(" : "", end);
    else
      n = snprintf(buf + k, size - k, "%s%td", a == 0 ? "(" : ", ", shape[a]);
    if (n > 0) k += (size_t)n;
  }
  return buf;
}

/* Length of the UTF-8 character at s, 0 if it is none (RFC 3629: no overlong forms, no surrogates). */
static size_t utf8(const unsigned char *s, size_t n)
{
  if (s[0] < 0x80) return 1;
  const size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
  if (s[0] < 0xc2 || s[0] > 0xf4 || len > n) return 0;
  for (size_t k = 1; k < len; k++)
    if ((s[k] & 0xc0) != 0x80) return 0;
  if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
      (s[0] == 0xf4 && s[1] > 0x8f))
    return 0;
  return len;
}

bool weir_arrays_name_ok(const char *s, size_t n)
{
  if (n < 1 || n > 255) return false;
  size_t len = 1;
  for (size_t i = 0; i < n; i += len) {
    if ((unsigned char)s[i] < ' ' || s[i] == 127) return false;
    len = utf8((const unsigned char *)s + i, n - i);
    if (len == 0) return false;
  }
  return true;
}

weir_status weir_arrays_stem(weir_ctx *ctx, const char *path, char **stem)
{
  const char *slash = strrchr(path, '/');
  const char *base = slash ? slash + 1 : path;
  if (strcmp(path, "-") == 0) base = "stdin";
  WEIR_TRY(weir_strdup(ctx, base, stem));
  char *dot = strrchr(*stem, '.');
  if (dot && dot != *stem) *dot = '\0';
  return WEIR_OK;
}

weir_status weir_arrays_create(weir_ctx *ctx, const char *path, weir_format format, int most, weir_arrays **set)
{
  void *p = NULL, *a = NULL;
  WEIR_TRY(weir_alloc(ctx, 1, sizeof(weir_arrays), "set of arrays", &p));
  weir_arrays *s = p;
  /* One more than `most`: the destructor may look at array[n]. */
  weir_status st = weir_alloc(ctx, (size_t)most + 1, sizeof(weir_array), "set of arrays", &a);
  s->array = a;
  s->format = format;
  if (st == WEIR_OK) st = weir_strdup(ctx, path, &s->path);
  if (st != WEIR_OK) weir_arrays_destroy(&s);
  *set = s;
  return st;
}

void weir_arrays_destroy(weir_arrays **set)
{
  if (!set || !*set) return;
  weir_arrays *s = *set;
  for (int k = 0; s->array && k <= s->n; k++) {
    weir_free(s->array[k].name);
    weir_free(s->array[k].data);
    weir_free(s->array[k].why);
  }
  weir_free(s->array);
  weir_free(s->path);
  weir_free(s);
  *set = NULL;
}

const weir_array *weir_arrays_find(const weir_arrays *set, const char *name)
{
  for (int k = 0; k < set->n; k++)
    if (strcmp(set->array[k].name, name) == 0) return &set->array[k];
  return NULL;
}

static weir_status read_npy(weir_ctx *ctx, weir_source *s, const weir_read_limits *limits, weir_arrays **out)
{
  weir_arrays *set = NULL;
  uint64_t budget = limits->max_bytes;
  WEIR_TRY(weir_arrays_create(ctx, s->name, WEIR_FORMAT_NPY, 1, &set));
  weir_status st = weir_arrays_stem(ctx, s->name, &set->array[0].name);
  if (st == WEIR_OK) st = weir_npy_read(ctx, s, &budget, &set->array[0]);
  if (st == WEIR_OK) {
    set->n = 1;
    *out = set;
  } else {
    weir_arrays_destroy(&set);
  }
  return st;
}

static weir_read_limits resolve(const weir_read_limits *limits)
{
  weir_read_limits l = limits ? *limits : (weir_read_limits){0};
  if (l.max_bytes == 0) l.max_bytes = (uint64_t)4 << 30;
  if (l.max_entries <= 0) l.max_entries = 1024;
  return l;
}

/* Files of other kinds that end up in such a directory: name them, rather than complain of line 1. */
static weir_status refuse_known(weir_ctx *ctx, const char *path, const char *b, size_t n)
{
  static const struct {
    const char *magic;
    size_t len;
    const char *text;
  } known[] = {
      {"\x89HDF\r\n", 6, "an HDF5 file"},
      {"\x1f\x8b", 2, "a gzip file; unpack it first"},
      {"MATLAB 5.0", 10, "a MATLAB file"},
      {"\x80\x02", 2, "a Python pickle, which is never loaded (loading runs code of its author)"},
      {"\x80\x03", 2, "a Python pickle, which is never loaded (loading runs code of its author)"},
      {"\x80\x04", 2, "a Python pickle, which is never loaded (loading runs code of its author)"},
      {"\x80\x05", 2, "a Python pickle, which is never loaded (loading runs code of its author)"},
  };
  for (size_t k = 0; k < sizeof known / sizeof *known; k++)
    if (n >= known[k].len && memcmp(b, known[k].magic, known[k].len) == 0)
      return WEIR_FAIL(ctx, WEIR_EUNSUPPORTED, "%s: is %s; .npy, .npz or text with numbers was expected", path,
                       known[k].text);
  return WEIR_OK;
}

typedef enum content { CONTENT_TEXT, CONTENT_NPY, CONTENT_ZIP } content;

static content content_of(const char *b, size_t n)
{
  if (n >= WEIR_NPY_MAGIC && memcmp(b, "\x93NUMPY", WEIR_NPY_MAGIC) == 0) return CONTENT_NPY;
  if (n >= 4 && (memcmp(b, "PK\3\4", 4) == 0 || memcmp(b, "PK\5\6", 4) == 0)) return CONTENT_ZIP;
  return CONTENT_TEXT;
}

static weir_status read_zip(weir_ctx *ctx, const char *path, int fd, const void *bytes, size_t len,
                            const weir_read_limits *l, weir_arrays **out)
{
  zip_t *z = NULL;
  WEIR_TRY(weir_npz_open(ctx, path, fd, bytes, len, &z));
  const weir_status st = weir_npz_read_all(ctx, path, z, l, out);
  zip_discard(z);
  return st;
}

weir_status weir_arrays_parse(weir_ctx *ctx, const char *path, const void *bytes, size_t len,
                              const weir_read_limits *limits, weir_arrays **out)
{
  const weir_read_limits l = resolve(limits);
  *out = NULL;
  switch (content_of(bytes, len)) {
  case CONTENT_NPY: {
    weir_source s = {.name = path, .left = len, .fd = -1, .mem = bytes};
    return read_npy(ctx, &s, &l, out);
  }
  case CONTENT_ZIP: return read_zip(ctx, path, -1, bytes, len, &l, out);
  default: break;
  }
  WEIR_TRY(refuse_known(ctx, path, bytes, len));
  WEIR_REQUIRE(len <= l.max_bytes, ctx, WEIR_ELIMIT, "%s: %zu bytes, at most %llu are read", path, len,
               (unsigned long long)l.max_bytes);
  void *text = NULL; /* the scanner of numbers needs a NUL behind */
  WEIR_TRY(weir_alloc(ctx, len + 1, 1, "text file", &text));
  if (len > 0) memcpy(text, bytes, len);
  const weir_status st = weir_table_parse(ctx, path, text, len, &l, out);
  weir_free(text);
  return st;
}

static weir_status read_open(weir_ctx *ctx, weir_source *s, const weir_read_limits *l, weir_arrays **out)
{
  char head[16];
  const size_t n = s->left < sizeof head ? (size_t)s->left : sizeof head;
  weir_source peek = *s;
  WEIR_TRY(weir_source_read(ctx, &peek, head, n));
  WEIR_REQUIRE(lseek(s->fd, 0, SEEK_SET) == 0, ctx, WEIR_EIO, "%s: cannot be read twice", s->name);
  const content c = content_of(head, n);
  if (c == CONTENT_NPY) return read_npy(ctx, s, l, out);
  if (c == CONTENT_ZIP) return read_zip(ctx, s->name, s->fd, NULL, 0, l, out);
  WEIR_TRY(refuse_known(ctx, s->name, head, n));
  char *text = NULL;
  size_t len = 0;
  WEIR_TRY(weir_source_slurp(ctx, s, l->max_bytes, &text, &len));
  const weir_status st = weir_table_parse(ctx, s->name, text, len, l, out);
  weir_free(text);
  return st;
}

weir_status weir_arrays_read(weir_ctx *ctx, const char *path, const weir_read_limits *limits, weir_arrays **out)
{
  const weir_read_limits l = resolve(limits);
  *out = NULL;
  if (strcmp(path, "-") == 0) {
    char *bytes = NULL;
    size_t len = 0;
    WEIR_TRY(weir_source_slurp_stdin(ctx, l.max_bytes, &bytes, &len));
    const weir_status st = weir_arrays_parse(ctx, path, bytes, len, &l, out);
    weir_free(bytes);
    return st;
  }
  weir_source s;
  WEIR_TRY(weir_source_open(ctx, path, &s));
  const weir_status st = read_open(ctx, &s, &l, out);
  weir_source_close(&s);
  return st;
}
