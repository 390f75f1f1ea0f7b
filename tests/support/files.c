#include "files.h"
#include "check.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

void bytes_add(bytes *s, const void *p, size_t n)
{
  if (s->n + n > s->cap) {
    s->cap = 2 * (s->n + n) + 64;
    s->b = realloc(s->b, s->cap);
    assert_non_null(s->b);
  }
  if (n > 0) memcpy(s->b + s->n, p, n);
  s->n += n;
}

void bytes_free(bytes *s)
{
  free(s->b);
  *s = (bytes){0};
}

bytes file_bytes(const char *path)
{
  bytes s = {0};
  char chunk[4096];
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) bytes_add(&s, chunk, n);
  fclose(f);
  return s;
}

bool file_exists(const char *path)
{
  struct stat st;
  return stat(path, &st) == 0;
}

int dir_count(const char *path)
{
  int n = 0;
  DIR *d = opendir(path);
  assert_non_null(d);
  for (const struct dirent *e; (e = readdir(d)) != NULL;)
    n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
  closedir(d);
  return n;
}

char *path_in(char buf[4096], const char *dir, const char *name)
{
  snprintf(buf, 4096, "%s/%s", dir, name);
  return buf;
}

bytes npy_raw(const char *dictionary, const void *data, size_t n)
{
  bytes s = {0};
  const size_t len = strlen(dictionary);
  const unsigned char size[2] = {(unsigned char)(len & 0xff), (unsigned char)(len >> 8)};
  bytes_add(&s, "\x93NUMPY\x01\x00", 8);
  bytes_add(&s, size, 2);
  bytes_add(&s, dictionary, len);
  bytes_add(&s, data, n);
  return s;
}

bytes npy_bytes(const char *descr, bool fortran, const char *shape, const void *data, size_t n)
{
  char d[512];
  snprintf(d, sizeof d, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }   \n", descr, fortran ? "True" : "False",
           shape);
  return npy_raw(d, data, n);
}

bytes zip_bytes(int n, const char *const *name, const bytes *entry, bool deflate)
{
  zip_error_t e;
  zip_source_t *s = zip_source_buffer_create(NULL, 0, 0, &e);
  assert_non_null(s);
  zip_source_keep(s);
  zip_t *z = zip_open_from_source(s, ZIP_TRUNCATE, &e);
  assert_non_null(z);
  for (int k = 0; k < n; k++) {
    zip_source_t *src = zip_source_buffer(z, entry[k].b, entry[k].n, 0);
    const zip_int64_t i = zip_file_add(z, name[k], src, ZIP_FL_ENC_UTF_8);
    assert_true(i >= 0);
    assert_int_equal(zip_set_file_compression(z, (zip_uint64_t)i, deflate ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0), 0);
  }
  assert_int_equal(zip_close(z), 0);
  zip_stat_t st;
  assert_int_equal(zip_source_stat(s, &st), 0);
  assert_int_equal(zip_source_open(s), 0);
  bytes out = {0};
  char chunk[4096];
  for (zip_int64_t got; (got = zip_source_read(s, chunk, sizeof chunk)) > 0;) bytes_add(&out, chunk, (size_t)got);
  zip_source_close(s);
  zip_source_free(s);
  return out;
}

size_t find_bytes(const bytes *s, const void *pattern, size_t n, size_t from)
{
  for (size_t i = from; i + n <= s->n; i++)
    if (memcmp(s->b + i, pattern, n) == 0) return i;
  fail_msg("pattern of %zu bytes not found", n);
  return 0;
}
