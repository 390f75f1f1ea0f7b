/* .npz: a zip archive of .npy files, by libzip. libzip checks that the local headers agree with the directory
 * (ZIP_CHECKCONS), that an entry has its declared length and its CRC; here come the bounds: every entry is looked at
 * before anything of it is unpacked, and no more than the declared and admitted length is ever unpacked. */
#include "io/arrays.h"
#include "io/npy.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { RATIO_MAX = 1100, RATIO_SLACK = 4096 }; /* deflate cannot exceed 1032; tiny entries have overheads */

static weir_status not_zip(weir_ctx *ctx, const char *path, int code)
{
  WEIR_REQUIRE(code != ZIP_ER_EXISTS, ctx, WEIR_EFORMAT, "%s: two entries have the same name", path);
  zip_error_t e;
  zip_error_init_with_code(&e, code);
  const weir_status st = WEIR_FAIL(ctx, code == ZIP_ER_MEMORY ? WEIR_ENOMEM : WEIR_EFORMAT,
                                   "%s: begins as a zip archive (.npz) but is not a whole one: %s; truncated?", path,
                                   zip_error_strerror(&e));
  zip_error_fini(&e);
  return st;
}

weir_status weir_npz_open(weir_ctx *ctx, const char *path, int fd, const void *bytes, size_t len, zip_t **z)
{
  *z = NULL;
  if (fd >= 0) {
    int code = 0;
    const int copy = dup(fd); /* libzip keeps and closes it */
    WEIR_REQUIRE(copy >= 0, ctx, WEIR_EIO, "%s: too many open files", path);
    *z = zip_fdopen(copy, ZIP_CHECKCONS, &code);
    if (*z) return WEIR_OK;
    close(copy);
    return not_zip(ctx, path, code);
  }
  zip_error_t e;
  zip_error_init(&e);
  zip_source_t *src = zip_source_buffer_create(bytes, len, 0, &e);
  if (src) *z = zip_open_from_source(src, ZIP_RDONLY | ZIP_CHECKCONS, &e);
  const int code = zip_error_code_zip(&e);
  zip_error_fini(&e);
  if (*z) return WEIR_OK;
  if (src) zip_source_free(src);
  return not_zip(ctx, path, code);
}

/* The entry's name without ".npy" into a->name; refused: paths, other suffixes, duplicates. */
static weir_status take_name(weir_ctx *ctx, const weir_arrays *set, const char *raw, weir_array *a)
{
  char q[WEIR_QUOTE_SIZE];
  const size_t n = strlen(raw);
  weir_quote(q, raw, n);
  WEIR_REQUIRE(
      !(n >= 4 && (strcmp(raw + n - 4, ".pkl") == 0)), ctx, WEIR_EUNSUPPORTED,
      "%s: contains the pickle '%s' (a PyTorch file?). Loading a pickle runs code of its author, so weir never "
      "does; export the arrays: np.savez(\"out.npz\", x=x.detach().cpu().numpy())",
      set->path, q);
  WEIR_REQUIRE(weir_arrays_name_ok(raw, n) && !strchr(raw, '/') && !strchr(raw, '\\') && !strstr(raw, ".."), ctx,
               WEIR_EFORMAT, "%s: entry '%s' is not the plain name of an array", set->path, q);
  WEIR_REQUIRE(n > 4 && strcmp(raw + n - 4, ".npy") == 0, ctx, WEIR_EFORMAT,
               "%s: entry '%s' is not an .npy array (an .npz holds nothing else)", set->path, q);
  WEIR_TRY(weir_strdup(ctx, raw, &a->name));
  a->name[n - 4] = '\0';
  WEIR_REQUIRE(!weir_arrays_find(set, a->name), ctx, WEIR_EFORMAT, "%s: array '%s' is there twice", set->path, a->name);
  return WEIR_OK;
}

static weir_status check_stat(weir_ctx *ctx, const weir_arrays *set, const char *name, const zip_stat_t *st)
{
  const zip_uint64_t need = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  WEIR_REQUIRE((st->valid & need) == need, ctx, WEIR_EFORMAT, "%s: entry '%s' has no sizes", set->path, name);
  WEIR_REQUIRE(st->encryption_method == ZIP_EM_NONE, ctx, WEIR_EUNSUPPORTED, "%s: entry '%s' is encrypted", set->path,
               name);
  WEIR_REQUIRE(st->comp_method == ZIP_CM_STORE || st->comp_method == ZIP_CM_DEFLATE, ctx, WEIR_EUNSUPPORTED,
               "%s: entry '%s' is compressed by method %d; stored and deflated entries are read", set->path, name,
               (int)st->comp_method);
  WEIR_REQUIRE(st->comp_method != ZIP_CM_STORE || st->size == st->comp_size, ctx, WEIR_EFORMAT,
               "%s: entry '%s' is stored but has two sizes, %llu and %llu", set->path, name,
               (unsigned long long)st->size, (unsigned long long)st->comp_size);
  WEIR_REQUIRE(st->size <= RATIO_SLACK || st->size / RATIO_MAX <= st->comp_size, ctx, WEIR_ELIMIT,
               "%s: entry '%s' claims to grow from %llu to %llu bytes, more than %d-fold", set->path, name,
               (unsigned long long)st->comp_size, (unsigned long long)st->size, RATIO_MAX);
  return WEIR_OK;
}

/* Nothing may follow the array: this also makes libzip compare length and CRC. */
static weir_status finish(weir_ctx *ctx, weir_source *s)
{
  char extra;
  const zip_int64_t got = zip_fread(s->zip, &extra, 1);
  WEIR_REQUIRE(got >= 0, ctx, WEIR_EFORMAT, "%s: the archive is damaged: %s", s->name,
               zip_error_strerror(zip_file_get_error(s->zip)));
  WEIR_REQUIRE(got == 0, ctx, WEIR_EFORMAT, "%s: is longer than the archive says", s->name);
  return WEIR_OK;
}

/* An entry of a type that is not read does not spoil its neighbours. */
static weir_status set_aside(weir_ctx *ctx, weir_array *a)
{
  a->dtype = WEIR_DTYPE_OTHER;
  WEIR_TRY(weir_strdup(ctx, weir_message(ctx), &a->why));
  weir_clear(ctx);
  return WEIR_OK;
}

static weir_status entry(weir_ctx *ctx, zip_t *z, zip_uint64_t k, uint64_t *budget, weir_arrays *set)
{
  weir_array *a = &set->array[set->n];
  zip_stat_t st;
  zip_stat_init(&st);
  WEIR_REQUIRE(zip_stat_index(z, k, 0, &st) == 0, ctx, WEIR_EFORMAT, "%s: entry %llu has no directory record",
               set->path, (unsigned long long)k);
  WEIR_TRY(take_name(ctx, set, st.valid & ZIP_STAT_NAME ? st.name : "", a));
  WEIR_TRY(check_stat(ctx, set, a->name, &st));
  void *label = NULL; /* "file: array" */
  const size_t len = strlen(set->path) + strlen(a->name) + 3;
  WEIR_TRY(weir_alloc(ctx, len, 1, "name", &label));
  snprintf(label, len, "%s: %s", set->path, a->name);
  weir_source s = {.name = label, .left = st.size, .fd = -1, .zip = zip_fopen_index(z, k, 0)};
  weir_status status;
  if (!s.zip) {
    status = WEIR_FAIL(ctx, WEIR_EFORMAT, "%s: the archive is damaged: %s", s.name, zip_strerror(z));
  } else {
    status = weir_npy_read(ctx, &s, budget, a);
    if (status == WEIR_OK)
      status = finish(ctx, &s);
    else if (status == WEIR_EUNSUPPORTED)
      status = set_aside(ctx, a);
  }
  weir_source_close(&s);
  weir_free(label);
  if (status == WEIR_OK) set->n++;
  return status;
}

weir_status weir_npz_read_all(weir_ctx *ctx, const char *path, zip_t *z, const weir_read_limits *limits,
                              weir_arrays **out)
{
  const zip_int64_t n = zip_get_num_entries(z, 0);
  WEIR_REQUIRE(n >= 1, ctx, WEIR_EFORMAT, "%s: an .npz without arrays", path);
  WEIR_REQUIRE(n <= limits->max_entries, ctx, WEIR_ELIMIT, "%s: %lld entries, at most %d are read", path, (long long)n,
               limits->max_entries);
  weir_arrays *set = NULL;
  uint64_t budget = limits->max_bytes;
  WEIR_TRY(weir_arrays_create(ctx, path, WEIR_FORMAT_NPZ, (int)n, &set));
  weir_status st = WEIR_OK;
  for (zip_int64_t k = 0; k < n && st == WEIR_OK; k++) st = entry(ctx, z, (zip_uint64_t)k, &budget, set);
  int numbers = 0;
  for (int k = 0; k < set->n; k++) numbers += set->array[k].dtype != WEIR_DTYPE_OTHER;
  if (st == WEIR_OK && numbers == 0) st = WEIR_FAIL(ctx, WEIR_EUNSUPPORTED, "%s", set->array[0].why);
  if (st == WEIR_OK)
    *out = set;
  else
    weir_arrays_destroy(&set);
  return st;
}
