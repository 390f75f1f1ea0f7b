/* files.h - small files for the tests of readers and writers: bytes in memory, made by hand. */
#ifndef WEIR_TESTS_FILES_H
#define WEIR_TESTS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that grow. Free with bytes_free(). */
typedef struct bytes {
  unsigned char *b;
  size_t n, cap;
} bytes;

void bytes_add(bytes *s, const void *p, size_t n);
void bytes_free(bytes *s);
/* A whole file; fails the test if it cannot be read. */
bytes file_bytes(const char *path);
bool file_exists(const char *path);
/* Number of entries of a directory. */
int dir_count(const char *path);
/* DIR/NAME into a buffer of 4096 bytes. Returns it. */
char *path_in(char buf[4096], const char *dir, const char *name);

/* An .npy file: magic, version 1.0, the dictionary as given, the data. */
bytes npy_raw(const char *dictionary, const void *data, size_t n);
/* The same with a proper dictionary; `shape` as text: "(2, 3)". */
bytes npy_bytes(const char *descr, bool fortran, const char *shape, const void *data, size_t n);
/* A zip archive by libzip, entry by entry; deflated if told. Returns the finished file's bytes. */
bytes zip_bytes(int n, const char *const *name, const bytes *entry, bool deflate);
/* Offset of a byte pattern, fails the test if it is not there. */
size_t find_bytes(const bytes *s, const void *pattern, size_t n, size_t from);

#endif
