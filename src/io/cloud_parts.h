/* io/cloud_parts.h - the stages of reading a cloud: names -> columns -> layout -> fields. Internal to src/io. */
#ifndef WEIR_IO_CLOUD_PARTS_H
#define WEIR_IO_CLOUD_PARTS_H

#include <weir/cloud_io.h>

/* What an array can be. */
typedef enum role {
  ROLE_X,
  ROLE_LOGRHO,
  ROLE_RHO,
  ROLE_W,
  ROLE_T,
  ROLE_TAU,
  ROLE_N0,
  ROLE_LABELS,
  ROLE_V,
  ROLE_V_START,
  ROLE_V_END,
  ROLE_LOGDET,
  ROLE_DIVV,
  ROLE_Z,
  ROLES
} role;

typedef struct item {
  weir_array *a;
  bool table; /* a named column */
  bool used;  /* has a role */
  const char *file;
} item;

/* All arrays of all files, and which is what. */
typedef struct pool {
  weir_ctx *ctx;
  const weir_cloud_map *map;
  int nset;
  weir_arrays **set; /* [nset] owned */
  int n;
  item *item; /* [n] owned; the arrays belong to the sets, or to `made` */
  int nmade;
  weir_array *made;          /* [ROLES] owned: arrays put together or cut out */
  char *words;               /* owned: the map's text, cut into pieces */
  const char *theirs[ROLES]; /* what the map says, into words; NULL: go by aliases. "a\0b\0\0" */
  const char *columns;       /* meaning of the last axis, a list like theirs[]; NULL: none given */
  weir_array *of[ROLES];     /* the arrays found; NULL: none */
  const char *prefix[ROLES]; /* ragged: `prefix_000`, ...; NULL: none */
  bool assumed;              /* a last column without name was taken for logrho */
  char name[256];            /* for messages: the first file, "and k more" */
} pool;

/* Name of a role as in --map. */
const char *weir_role_name(role r);
/* The role of that name, ROLES if none. */
role weir_role_find(const char *name, size_t n);
/* Whether the item is PREFIX_123; the number. */
bool weir_ragged_number(const item *it, const char *prefix, long *number);

weir_status weir_pool_load(pool *p, int npath, const char *const *path);
weir_status weir_pool_map(pool *p);     /* parse map->name into theirs[] and columns */
weir_status weir_pool_assign(pool *p);  /* fill of[] and prefix[] */
weir_status weir_pool_columns(pool *p); /* put table columns together, cut x or z into parts */
void weir_pool_free(pool *p);
/* A new zeroed array in `made`, owned by the pool. */
weir_status weir_pool_make(pool *p, const char *name, int ndim, const ptrdiff_t *shape, weir_array **out);
/* Everything listed, "a (9, 4000, 2), b (8,)", cut to the buffer. */
char *weir_pool_list(const pool *p, char *buf, size_t size);

typedef enum layout_kind { LAYOUT_STACK, LAYOUT_LONG, LAYOUT_RAGGED } layout_kind;

/* Where step k, particle i, coordinate a of an array lies. */
typedef struct plan {
  const char *assumed; /* the layout taken without a witness; NULL: there was one */
  layout_kind kind;
  bool particle_first; /* STACK: (N,T,d) instead of (T,N,d) */
  bool one_step;       /* STACK of (N,d) */
  int steps, dim;
  ptrdiff_t *count; /* [steps] owned */
  ptrdiff_t *row;   /* LONG: rows ordered by step, owned */
  ptrdiff_t *first; /* LONG: [steps+1] where a step begins in row[], owned */
  double *label;    /* LONG: [steps] value of the label; RAGGED: the number in the name; owned */
  bool labels_are_times;
} plan;

/* The array PREFIX_NUMBER, NULL if there is none. */
weir_array *weir_ragged_array(const pool *p, const char *prefix, long number);

weir_status weir_plan_make(pool *p, plan *l);
void weir_plan_free(plan *l);
/* Strides of array a as (T,N,c) or (N,T,c), an axis of length 1 may be missing; false if the shape does not fit. */
typedef struct view {
  ptrdiff_t st, sn, sc;
} view;
bool weir_view(const weir_array *a, bool particle_first, ptrdiff_t steps, ptrdiff_t n, ptrdiff_t c, view *v);

#endif
