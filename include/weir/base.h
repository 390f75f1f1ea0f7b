/* weir/base.h - status codes, the context, memory and the registry: what every module shares.
 *
 *   Errors      Whatever can fail returns a weir_status; results come through the last arguments. The cause, with
 *               its values, is one sentence in the context: weir_message(ctx). A code stands for a *reaction* of
 *               the caller (mend the input, get memory, report a bug), not for a cause.
 *   Outputs     On failure an output argument is NULL or untouched, never half-built, unless its header says so.
 *   Process     The library never prints, exits, aborts, reads the environment or changes process state.
 *   Threads     One context per thread of the caller's. Objects say for themselves what may be shared.
 *   Ownership   copied: the callee keeps its own; borrowed: must outlive what is named; owned: who frees, with what.
 *   Units       weir has none of its own: lengths and times are the input's, a velocity is length per time,
 *               a density is mass per length^dim. */
#ifndef WEIR_BASE_H
#define WEIR_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEIR_PI 3.14159265358979323846

enum { WEIR_MAXDIM = 3 }; /* dimensions of a mesh; clouds may have more (weir/cloud.h) */

/* Code, text. The texts finish the sentence "weir: ...". */
#define WEIR_STATUS_LIST(X)                                                                                            \
  X(WEIR_OK, "no error")                                                                                               \
  X(WEIR_EARG, "argument outside its documented range")                                                                \
  X(WEIR_ENOMEM, "out of memory")                                                                                      \
  X(WEIR_EIO, "a file could not be read or written")                                                                   \
  X(WEIR_EFORMAT, "malformed input")                                                                                   \
  X(WEIR_ELIMIT, "input beyond a documented limit")                                                                    \
  X(WEIR_ENOTFOUND, "no such name")                                                                                    \
  X(WEIR_EUNSUPPORTED, "documented as not supported")                                                                  \
  X(WEIR_ENUMERIC, "the computation failed")                                                                           \
  X(WEIR_EINTERRUPTED, "interrupted")                                                                                  \
  X(WEIR_EINTERNAL, "internal error, please report it")

typedef enum weir_status {
#define WEIR_STATUS_ENUM(code, text) code,
  WEIR_STATUS_LIST(WEIR_STATUS_ENUM)
#undef WEIR_STATUS_ENUM
} weir_status;

/** The name of a code ("WEIR_EARG") and its text; "?" for a number that is no code. Static storage. */
const char *weir_status_name(weir_status s);
const char *weir_status_text(weir_status s);

/** "0.1.0": the version in include/weir/version.h, as compiled into the library. */
const char *weir_version(void);

/* ------------------------------------------------------------------ context */
typedef struct weir_ctx weir_ctx;

/** @param[out] ctx  owned by the caller, free with weir_ctx_destroy(); NULL after a failure
 *  @retval WEIR_ENOMEM no memory */
weir_status weir_ctx_create(weir_ctx **ctx);
/** Free *ctx and set it to NULL. NULL and a pointer to NULL are allowed. Objects made with it stay valid. */
void weir_ctx_destroy(weir_ctx **ctx);

/** The sentence of the last failure, "" if there was none. Valid until the next failing call with this ctx. */
const char *weir_message(const weir_ctx *ctx);
/** Source line "src/mesh/mesh.c:80" of the last failure, "" if none. For bug reports, not for users. */
const char *weir_where(const weir_ctx *ctx);
/** Forget the last failure. */
void weir_clear(weir_ctx *ctx);

/** Record a failure (printf format, cut at 1000 bytes) and return `s`. Use the macros below.
 *  The arguments may point into the current message. */
#if defined(__GNUC__)
__attribute__((format(printf, 5, 6)))
#endif
weir_status
weir_fail(weir_ctx *ctx, weir_status s, const char *file, int line, const char *fmt, ...);

/* `return WEIR_FAIL(ctx, WEIR_EFORMAT, "%s: 3 columns, 2 expected", path);` */
/* The comma tells compilers and analysers that what is returned is that code, hence no WEIR_OK. `code` is evaluated twice. */
#define WEIR_FAIL(ctx, code, ...) ((void)weir_fail((ctx), (code), __FILE__, __LINE__, __VA_ARGS__), (code))
/* Leave the function with a message unless cond holds. NaN-safe: write the condition that must be TRUE. */
#define WEIR_REQUIRE(cond, ctx, code, ...)                                                                             \
  do {                                                                                                                 \
    if (!(cond)) return WEIR_FAIL((ctx), (code), __VA_ARGS__);                                                         \
  } while (0)
/* Leave the function with the callee's status; its message stands. */
#define WEIR_TRY(call)                                                                                                 \
  do {                                                                                                                 \
    const weir_status weir_try_status_ = (call);                                                                       \
    if (weir_try_status_ != WEIR_OK) return weir_try_status_;                                                          \
  } while (0)
/* The same for functions with one exit: stores the status in `s` and jumps to `label`. */
#define WEIR_TRY_GOTO(s, label, call)                                                                                  \
  do {                                                                                                                 \
    (s) = (call);                                                                                                      \
    if ((s) != WEIR_OK) goto label;                                                                                    \
  } while (0)

/* ------------------------------------------------------------------ memory */
/** `count` objects of `size` bytes, 64-byte aligned, count*size checked for overflow, contents zero
 *  (debug builds of callers may rely on weir_fill_nan()). count = 0 gives a valid pointer to nothing.
 *  @param[out] out  owned by the caller, free with weir_free(); NULL after a failure
 *  @retval WEIR_ENOMEM no memory, or count*size overflows; the message says how many bytes and what for
 *  @param what  static text for the message, "cell array" */
weir_status weir_alloc(weir_ctx *ctx, size_t count, size_t size, const char *what, void **out);
/** Free what weir_alloc() gave; NULL is allowed. */
void weir_free(void *p);
/* weir_alloc() for n doubles into a `double *`. */
weir_status weir_alloc_doubles(weir_ctx *ctx, size_t n, const char *what, double **out);
/** A copy of the string, free with weir_free(). */
weir_status weir_strdup(weir_ctx *ctx, const char *s, char **out);
/** Fill with a quiet NaN: what is read before it is written shows. */
void weir_fill_nan(size_t n, double *x);

/* ------------------------------------------------------------------ registry
 * Schemes, limiters, steppers, exact solutions and metrics are const tables, chosen by name. Each layer registers
 * its own (weir_fv_register(ctx), ...); built-in and plug-in tables use the same call. */
typedef enum weir_kind {
  WEIR_KIND_RECON,
  WEIR_KIND_STEPPER,
  WEIR_KIND_EXACT,
  WEIR_KIND_METRIC,
  WEIR_KIND_COUNT
} weir_kind;

/** Add `item` under `name` (both borrowed: they must outlive ctx).
 *  @retval WEIR_EARG the name is empty or taken  @retval WEIR_ENOMEM */
weir_status weir_register(weir_ctx *ctx, weir_kind kind, const char *name, const void *item);
/** The item of that name, or NULL. Never touches the message. */
const void *weir_lookup(const weir_ctx *ctx, weir_kind kind, const char *name);
/** Item k = 0, 1, ... in order of registration, NULL past the end. */
const void *weir_item(const weir_ctx *ctx, weir_kind kind, int k);
/** As weir_lookup(), but a missing name is WEIR_ENOTFOUND with the known names and the nearest one in the message. */
weir_status weir_find(weir_ctx *ctx, weir_kind kind, const char *name, const void **item);
/** Edit distance with swaps (Damerau, 1964; restricted) of two names, for "did you mean". Cut at 64 characters. */
int weir_edit_distance(const char *a, const char *b);

#endif
