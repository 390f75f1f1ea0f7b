/* The header of an .npy file: a Python dictionary with exactly the keys descr, fortran_order and shape, in any order,
 * e.g.  {'descr': '<f8', 'fortran_order': False, 'shape': (9, 4000, 2), }
 * One pass, no recursion, no allocation; whatever is not of this form is refused with its position. */
#include "io/npy.h"
#include <string.h>

typedef struct scan {
  weir_ctx *ctx;
  const char *name, *text, *p, *end;
} scan;

static weir_status bad(scan *s, const char *expected)
{
  char q[WEIR_QUOTE_SIZE];
  return WEIR_FAIL(s->ctx, WEIR_EFORMAT, "%s: .npy header, byte %td: %s expected, '%s' found", s->name,
                   s->p - s->text + 1, expected, weir_quote(q, s->p, (size_t)(s->end - s->p)));
}

static void blanks(scan *s)
{
  while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\t' || *s->p == '\r')) s->p++;
}

static bool take(scan *s, char c)
{
  blanks(s);
  if (s->p == s->end || *s->p != c) return false;
  s->p++;
  return true;
}

/* A quoted word, either quote, no escapes. */
static weir_status word(scan *s, const char *expected, const char **w, size_t *n)
{
  blanks(s);
  if (s->p == s->end || (*s->p != '\'' && *s->p != '"')) return bad(s, expected);
  const char *stop = memchr(s->p + 1, *s->p, (size_t)(s->end - s->p - 1));
  if (!stop) return bad(s, expected);
  *w = s->p + 1;
  *n = (size_t)(stop - *w);
  s->p = stop + 1;
  return WEIR_OK;
}

static bool is(const char *w, size_t n, const char *what)
{
  return strlen(what) == n && memcmp(w, what, n) == 0;
}

/* One sentence for every type that is not read. */
static weir_status unsupported(scan *s, const char *w, size_t n)
{
  static const struct {
    char letter;
    const char *text;
  } why[] = {
      {'O', "holds Python objects (a pickle). Loading a pickle runs code of its author, so weir never does; save plain "
            "arrays of numbers instead: np.savez(\"out.npz\", x=np.stack(list_of_steps), t=t)"},
      {'S', "holds byte strings, not numbers"},
      {'a', "holds byte strings, not numbers"},
      {'U', "holds strings, not numbers"},
      {'V', "holds raw or structured records; save each field as an array of its own"},
      {'c', "holds complex numbers; save the real and the imaginary part"},
      {'M', "holds dates; save times as numbers"},
      {'m', "holds time differences; save times as numbers"},
      {'f', "holds floats of a size that is not read (f4 and f8 are); convert with .astype(\"f8\")"},
  };
  char q[WEIR_QUOTE_SIZE];
  weir_quote(q, w, n);
  if (n > 0 && strchr("<>|=", *w)) w++, n--;
  for (size_t k = 0; n > 0 && k < sizeof why / sizeof *why; k++)
    if (*w == why[k].letter) return WEIR_FAIL(s->ctx, WEIR_EUNSUPPORTED, "%s: type '%s' %s", s->name, q, why[k].text);
  return WEIR_FAIL(s->ctx, WEIR_EUNSUPPORTED, "%s: type '%s' is not one of f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1", s->name,
                   q);
}

static weir_status descr(scan *s, weir_npy_header *h)
{
  blanks(s);
  if (s->p < s->end && (*s->p == '[' || *s->p == '('))
    return WEIR_FAIL(s->ctx, WEIR_EUNSUPPORTED,
                     "%s: holds structured records or subarrays; save each field as an array of its own", s->name);
  const char *w;
  size_t n;
  WEIR_TRY(word(s, "a type such as '<f8'", &w, &n));
  if (n != 3 || !strchr("<>|", w[0])) return unsupported(s, w, n);
  h->kind = w[1];
  h->bytes = w[2] - '0';
  const bool known = (h->kind == 'f' && (h->bytes == 4 || h->bytes == 8)) ||
                     ((h->kind == 'i' || h->kind == 'u') && w[2] >= '1' && w[2] <= '8' && strchr("1248", w[2])) ||
                     (h->kind == 'b' && h->bytes == 1);
  if (!known || (w[0] == '|' && h->bytes > 1)) return unsupported(s, w, n);
  const uint16_t one = 1;
  const bool little = *(const unsigned char *)&one == 1;
  h->swap = h->bytes > 1 && (w[0] == '<') != little;
  return WEIR_OK;
}

static weir_status truth(scan *s, bool *value)
{
  blanks(s);
  const size_t n = (size_t)(s->end - s->p);
  if (n >= 4 && memcmp(s->p, "True", 4) == 0) {
    *value = true;
    s->p += 4;
  } else if (n >= 5 && memcmp(s->p, "False", 5) == 0) {
    *value = false;
    s->p += 5;
  } else {
    return bad(s, "True or False");
  }
  return WEIR_OK;
}

static weir_status length(scan *s, ptrdiff_t *value)
{
  const ptrdiff_t max = (ptrdiff_t)1 << 47; /* 48-bit addresses: no array is longer */
  blanks(s);
  if (s->p == s->end || *s->p < '0' || *s->p > '9') return bad(s, "a length");
  ptrdiff_t v = 0;
  for (; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++) {
    v = 10 * v + (*s->p - '0');
    WEIR_REQUIRE(v <= max, s->ctx, WEIR_ELIMIT, "%s: an axis is longer than 2^47", s->name);
  }
  *value = v;
  return WEIR_OK;
}

static weir_status shape(scan *s, weir_npy_header *h)
{
  if (!take(s, '(')) return bad(s, "a tuple of lengths such as (9, 4000, 2)");
  h->ndim = 0;
  bool comma = true;
  while (!take(s, ')')) {
    if (!comma) return bad(s, "',' or ')'");
    WEIR_REQUIRE(h->ndim < WEIR_ARRAY_MAXDIM, s->ctx, WEIR_ELIMIT, "%s: more than %d axes", s->name, WEIR_ARRAY_MAXDIM);
    WEIR_TRY(length(s, &h->shape[h->ndim]));
    h->ndim++;
    comma = take(s, ',');
  }
  if (h->ndim == 1 && !comma) return bad(s, "a ',' in a tuple of one length");
  return WEIR_OK;
}

static weir_status count(scan *s, weir_npy_header *h)
{
  ptrdiff_t bytes = h->bytes > 8 ? h->bytes : 8; /* in memory every element takes 8 */
  h->size = 1;
  bool over = false;
  for (int a = 0; a < WEIR_ARRAY_MAXDIM; a++) {
    if (a >= h->ndim) h->shape[a] = 1;
    over = __builtin_mul_overflow(h->size, h->shape[a], &h->size) || over;
    over = __builtin_mul_overflow(bytes, h->shape[a], &bytes) || over;
  }
  char t[96];
  WEIR_REQUIRE(!over, s->ctx, WEIR_ELIMIT, "%s: shape %s has more elements than memory can hold", s->name,
               weir_shape_text(h->ndim, h->shape, t, sizeof t));
  return WEIR_OK;
}

weir_status weir_npy_parse_header(weir_ctx *ctx, const char *name, const char *text, size_t n, weir_npy_header *h)
{
  enum { DESCR = 1, ORDER = 2, SHAPE = 4, ALL = 7 };
  scan s = {ctx, name, text, text, text + n};
  unsigned seen = 0;
  *h = (weir_npy_header){0};
  if (!take(&s, '{')) return bad(&s, "'{'");
  bool comma = true;
  while (!take(&s, '}')) {
    if (!comma) return bad(&s, "',' or '}'");
    const char *key;
    size_t len;
    char q[WEIR_QUOTE_SIZE];
    WEIR_TRY(word(&s, "a key in quotes", &key, &len));
    const unsigned bit = is(key, len, "descr")           ? DESCR
                         : is(key, len, "fortran_order") ? ORDER
                         : is(key, len, "shape")         ? SHAPE
                                                         : 0;
    weir_quote(q, key, len);
    WEIR_REQUIRE(bit, ctx, WEIR_EFORMAT, "%s: .npy header: unknown key '%s'", name, q);
    WEIR_REQUIRE(!(seen & bit), ctx, WEIR_EFORMAT, "%s: .npy header: key '%s' twice", name, q);
    seen |= bit;
    if (!take(&s, ':')) return bad(&s, "':'");
    WEIR_TRY(bit == DESCR ? descr(&s, h) : bit == ORDER ? truth(&s, &h->fortran) : shape(&s, h));
    comma = take(&s, ',');
  }
  blanks(&s);
  if (s.p != s.end) return bad(&s, "nothing more");
  WEIR_REQUIRE(seen == ALL, ctx, WEIR_EFORMAT, "%s: .npy header without key '%s'", name,
               !(seen & DESCR)   ? "descr"
               : !(seen & ORDER) ? "fortran_order"
                                 : "shape");
  return count(&s, h);
}

weir_status weir_npy_read_header(weir_ctx *ctx, weir_source *s, weir_npy_header *h)
{
  unsigned char b[12];
  char text[WEIR_NPY_HEADER_MAX];
  WEIR_TRY(weir_source_read(ctx, s, b, 8));
  WEIR_REQUIRE(memcmp(b, "\x93NUMPY", WEIR_NPY_MAGIC) == 0, ctx, WEIR_EFORMAT, "%s: does not begin as an .npy file",
               s->name);
  WEIR_REQUIRE(b[6] >= 1 && b[6] <= 3 && b[7] == 0, ctx, WEIR_EUNSUPPORTED,
               "%s: .npy version %d.%d; 1.0, 2.0 and 3.0 are read", s->name, b[6], b[7]);
  const size_t nlen = b[6] == 1 ? 2 : 4;
  WEIR_TRY(weir_source_read(ctx, s, b, nlen));
  size_t len = 0;
  for (size_t k = nlen; k-- > 0;) len = len << 8 | b[k];
  WEIR_REQUIRE(len <= s->left, ctx, WEIR_EFORMAT, "%s: header of %zu bytes announced, %llu bytes follow", s->name, len,
               (unsigned long long)s->left);
  WEIR_REQUIRE(len <= WEIR_NPY_HEADER_MAX, ctx, WEIR_ELIMIT, "%s: header of %zu bytes, at most %d are read", s->name,
               len, WEIR_NPY_HEADER_MAX);
  WEIR_TRY(weir_source_read(ctx, s, text, len));
  WEIR_TRY(weir_npy_parse_header(ctx, s->name, text, len, h));
  const uint64_t need = (uint64_t)h->size * (uint64_t)h->bytes; /* no overflow: size * 8 fits, see count() */
  char t[96];
  WEIR_REQUIRE(need == s->left, ctx, WEIR_EFORMAT,
               "%s: shape %s of %d-byte numbers needs %llu bytes of data, %llu found", s->name,
               weir_shape_text(h->ndim, h->shape, t, sizeof t), h->bytes, (unsigned long long)need,
               (unsigned long long)s->left);
  return WEIR_OK;
}
