/* case_parts.h - the pieces of the case reader: one function a section of the file. */
#ifndef WEIR_CASE_PARTS_H
#define WEIR_CASE_PARTS_H

#include <weir/case.h>
#include <weir/yaml.h>

typedef struct case_block {
  struct case_block *next;
} case_block;

struct weir_case_private {
  weir_yaml *doc, *mesh_doc; /* mesh_doc: NULL without a mesh file */
  weir_yaml_node *mesh;      /* the map with the mesh's keys */
  case_block *blocks;        /* arrays of the case */
};

/* What the sections share while a case is read. */
typedef struct case_reader {
  weir_ctx *ctx;
  weir_case *c;
  weir_yaml_node *root;
  weir_expr_env *env;
  bool builtin; /* mesh files come from the built-in ones */
} case_reader;

/* Zeroed memory that lives as long as the case. */
weir_status case_alloc(case_reader *r, size_t count, size_t size, void **out);

/* Formulas. `steady`: must not depend on t. *out is destroyed with the case if it is one of its members. */
weir_status case_formula(case_reader *r, weir_yaml_node *n, bool steady, weir_expr **out);
weir_status case_eval(void *reader, weir_ctx *ctx, const weir_yaml_node *n, double *value);
weir_status case_names(case_reader *r); /* variables, r, parameters */

/* Sections, in the order in which they are read: mesh_open gives the dimension, then come names, then the rest. */
weir_status case_mesh_open(case_reader *r);
weir_status case_mesh(case_reader *r);
weir_status case_boundary(case_reader *r);
weir_status case_equation(case_reader *r); /* velocity, source, potential, diffusion */
weir_status case_velocity(case_reader *r, weir_yaml_node *n);
weir_status case_manufactured(case_reader *r, weir_yaml_node *n); /* after exact and velocity */
weir_status case_exact(case_reader *r);
weir_status case_initial(case_reader *r);
weir_status case_time(case_reader *r);
weir_status case_scheme(case_reader *r);
weir_status case_jko(case_reader *r);
weir_status case_converge(case_reader *r);
weir_status case_judge(case_reader *r);

extern const char *const case_axis_name[WEIR_MAXDIM + 1]; /* "x", "y", "z", NULL */

/* The path `name` of a file that node n names, relative to the case's file. `what` for messages: "mesh". */
enum { CASE_PATH = 4096 };
weir_status case_path(case_reader *r, const weir_yaml_node *n, const char *what, const char *name,
                      char path[CASE_PATH]);
/* A built-in file by path, with "dir/.." taken out; NULL if there is none. */
const struct weir_builtin_file *case_builtin_find(const char *path);

#endif
