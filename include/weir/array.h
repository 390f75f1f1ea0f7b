/* weir/array.h - reading and writing arrays of numbers: NumPy .npy and .npz, and text tables (CSV, TSV).
 *
 *   Everything is widened to double and put in C order (last axis fastest), whatever the file holds:
 *       element (i,j,k) of shape (a,b,c)  =  data[(i*b + j)*c + k].
 *
 *   What is read (the format is told by the content, never by the file's name):
 *     .npy   versions 1.0, 2.0, 3.0; header at most 10000 bytes; at most 5 axes; either byte order; C or Fortran order;
 *            types f4, f8, i1 i2 i4 i8, u1 u2 u4 u8, b1 (bool). The data must fill the file exactly.
 *     .npz   a zip archive of those: entries stored or deflated, not encrypted, at most 1024, CRC checked. A name is
 *            that of the entry without ".npy".
 *     text   numbers separated by ',' ';' tab or blanks (told from the first line: the first of ; tab , that it has),
 *            '#' to the end of the line is a comment, blank lines are skipped, LF or CRLF, a UTF-8 byte order mark is
 *            skipped. At most 64 columns and 1 MiB per line. A first line without any number is a header: every column
 *            is then a 1-D array of that name, in the file's order; otherwise there is one 2-D array "data".
 *            The decimal point is '.', whatever the locale. `nan` and `inf` are data.
 *
 *   What is refused, with one sentence: Python objects (pickles: loading one runs code of the file's author), strings,
 *   structured and complex types, f2, f16, dates. In an .npz such an entry does not spoil its neighbours: it is listed
 *   with dtype WEIR_DTYPE_OTHER, no data and the sentence in `why`; an .npz of nothing else is refused.
 *   Values are not judged: NaN and infinities stay as they are.
 *
 *   Safety: only regular files are opened (and "-", standard input). Sizes in a file are checked against its real size
 *   and the limits before memory is taken; no name found inside a file is ever opened; an entry that claims to grow
 *   more than 1100-fold (deflate cannot) is refused.
 *   Writing is atomic: a temporary file in the same directory, then a rename. After a failure the old file is as it was
 *   and no temporary file is left. The same arrays give the same bytes (zip entries are dated 1980-01-01).
 *   Threads: one context per thread; arrays may be shared read-only.
 *
 *   Formats: NumPy enhancement proposal 1 and numpy.lib.format; PKWARE APPNOTE 6.3. */
#ifndef WEIR_ARRAY_H
#define WEIR_ARRAY_H

#include <weir/base.h>

enum { WEIR_ARRAY_MAXDIM = 5 };

/* What the file held; the data are doubles in any case. */
typedef enum weir_dtype {
  WEIR_DTYPE_F8,   /* double precision; numbers of a text table count as this */
  WEIR_DTYPE_F4,   /* single precision */
  WEIR_DTYPE_INT,  /* signed or unsigned integer of 1, 2, 4 or 8 bytes */
  WEIR_DTYPE_BOOL, /* 0 or 1 */
  WEIR_DTYPE_OTHER /* not numbers weir reads: data is NULL, `why` says more */
} weir_dtype;

/** "f8", "f4", "int", "bool", "other". Static storage. */
const char *weir_dtype_name(weir_dtype t);

typedef struct weir_array {
  char *name; /* entry without .npy, column, or the file's name without directory and suffix */
  weir_dtype dtype;
  bool rounded;                       /* an integer beyond 2^53 was rounded to the nearest double */
  int ndim;                           /* 0 (a scalar) to 5 */
  ptrdiff_t shape[WEIR_ARRAY_MAXDIM]; /* 1 on unused axes */
  ptrdiff_t size;                     /* product of the shape; 0 is allowed */
  double *data;                       /* [size], C order; NULL for WEIR_DTYPE_OTHER */
  char *why;                          /* for WEIR_DTYPE_OTHER: why it was not read; otherwise NULL */
} weir_array;

typedef enum weir_format { WEIR_FORMAT_NPY, WEIR_FORMAT_NPZ, WEIR_FORMAT_TABLE, WEIR_FORMAT_TABLE_NAMED } weir_format;

/** The arrays of one file, in the file's order. */
typedef struct weir_arrays {
  int n;
  weir_array *array; /* [n] */
  char *path;
  weir_format format; /* TABLE_NAMED: text with a header, so that array k is column k */
} weir_arrays;

/** Zero means the default. */
typedef struct weir_read_limits {
  uint64_t max_bytes; /* of all arrays of the file as doubles; also of a text file. Default 4 GiB */
  int max_entries;    /* arrays of an .npz. Default 1024 */
} weir_read_limits;

/** Read every array of a file.
 *  @param[in]  path    a regular file, or "-" for standard input (all formats)
 *  @param[in]  limits  NULL for the defaults
 *  @param[out] out     owned by the caller, free with weir_arrays_destroy(); NULL after a failure
 *  @retval WEIR_EIO          cannot be opened or read, or is not a regular file
 *  @retval WEIR_EFORMAT      malformed; the message has the file, the line and column or entry, and what was found
 *  @retval WEIR_EUNSUPPORTED well-formed, but of a kind that is not read (see above)
 *  @retval WEIR_ELIMIT       beyond a limit: bytes, entries, axes, columns, line length, header length, growth
 *  @retval WEIR_ENOMEM       no memory */
weir_status weir_arrays_read(weir_ctx *ctx, const char *path, const weir_read_limits *limits, weir_arrays **out);

/** The same for a file's content in memory (borrowed during the call); `path` serves for names and messages. */
weir_status weir_arrays_parse(weir_ctx *ctx, const char *path, const void *bytes, size_t len,
                              const weir_read_limits *limits, weir_arrays **out);

/** The array of that name, or NULL. It may be a WEIR_DTYPE_OTHER without data. */
const weir_array *weir_arrays_find(const weir_arrays *set, const char *name);

/** Free *set and set it to NULL. NULL and a pointer to NULL are allowed. */
void weir_arrays_destroy(weir_arrays **set);

/** "(9, 4000, 2)", "(8,)" or "()" into buf, cut at `size` >= 1 bytes. Returns buf. */
char *weir_shape_text(int ndim, const ptrdiff_t *shape, char *buf, size_t size);

/* ------------------------------------------------------------------ writing */
/** Replace the file `path` by these bytes, or leave it as it was.
 *  @retval WEIR_EARG path empty  @retval WEIR_EIO cannot write there, or what is there is not a regular file
 *  @retval WEIR_ENOMEM */
weir_status weir_text_write(weir_ctx *ctx, const char *path, const char *text, size_t len);

/** What is to be written; everything is borrowed. */
typedef struct weir_array_out {
  int ndim;                           /* 0 to 5 */
  ptrdiff_t shape[WEIR_ARRAY_MAXDIM]; /* >= 0 */
  const double *data;                 /* packed: product of the shape doubles */
  bool fortran;                       /* axis 0 is the fastest in `data` (as in weir's cell arrays) */
} weir_array_out;

/** One array as .npy version 1.0, '<f8'. With `fortran` the data are written as they lie, fortran_order True.
 *  @retval WEIR_EARG ndim or a length out of range  @retval WEIR_EIO  @retval WEIR_ENOMEM */
weir_status weir_npy_write(weir_ctx *ctx, const char *path, const weir_array_out *a);

/** An .npz being written: stored, not compressed. Arrays go to the temporary file at once; nothing stays borrowed. */
typedef struct weir_npz weir_npz;

/** @param[out] npz  finish with weir_npz_close() or give up with weir_npz_discard(); NULL after a failure
 *  @retval WEIR_EIO  @retval WEIR_ENOMEM */
weir_status weir_npz_create(weir_ctx *ctx, const char *path, weir_npz **npz);
/** Add array NAME.npy. After a failure the file can only be discarded; weir_npz_close() then fails too.
 *  @retval WEIR_EARG    name empty, longer than 200 bytes, taken, or with a byte outside A-Z a-z 0-9 _ - . ; bad shape
 *  @retval WEIR_ELIMIT  more than 1024 arrays, or 4 GiB reached (no zip64)
 *  @retval WEIR_EIO  @retval WEIR_ENOMEM */
weir_status weir_npz_add(weir_ctx *ctx, weir_npz *npz, const char *name, const weir_array_out *a);
/** Write the directory and put the file in place. *npz is freed and NULL in any case. @retval WEIR_EIO */
weir_status weir_npz_close(weir_ctx *ctx, weir_npz **npz);
/** Forget it: no file. NULL and a pointer to NULL are allowed. */
void weir_npz_discard(weir_npz **npz);

/** A CSV file: a header line, then one line per row, every number as %.17g with a '.', which reads back bit for bit
 *  (NaN as nan, infinities as inf and -inf).
 *  @param name    [ncol], without ',' '"' '#' and control characters  @param column  [ncol] arrays of nrow doubles
 *  @retval WEIR_EARG ncol outside 1..64, nrow < 0, a bad name  @retval WEIR_EIO  @retval WEIR_ENOMEM */
weir_status weir_table_write(weir_ctx *ctx, const char *path, int ncol, const char *const *name, ptrdiff_t nrow,
                             const double *const *column);

/* ------------------------------------------------------------------ numbers as text, whatever the locale */
/** %.17g with a '.'; "nan", "inf", "-inf". Returns the length (< 32). */
int weir_number_format(char buf[32], double x);
/** The whole of `s` as a number: decimal or hexadecimal, nan, inf; no blanks. False if it is none, or a finite number
 *  too big for a double (*x is then untouched). */
bool weir_number_parse(const char *s, double *x);

#endif
