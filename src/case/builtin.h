/* builtin.h - the case files of reference/ and the mesh files of meshes/, compiled in (see embed.sh). */
#ifndef WEIR_CASE_BUILTIN_H
#define WEIR_CASE_BUILTIN_H

#include <stddef.h>

typedef struct weir_builtin_file {
  const char *path; /* "reference/ou2d.yaml"; NULL ends the list */
  const char *name; /* "ou2d" */
  const char *text;
  size_t length;
} weir_builtin_file;

extern const weir_builtin_file weir_builtin_files[];

#endif
