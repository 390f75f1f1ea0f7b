/* weir/report.h - results for people and machines: the verdict as text, JSON and JUnit; tables; plots by gnuplot.
 *
 *   Everything is rendered into a weir_text; only weir_plot_*() touch the disk, and they write atomically.
 *   Same input, same bytes: no date, host or wall time enters a report unless it is given (weir_report.seconds).
 *   Numbers have a '.' whatever the locale. Names and sentences may come from files: control characters are shown as
 *   '?', bytes that are not UTF-8 likewise; text never reaches gnuplot except in sanitised titles.
 *   Threads: pure functions of their arguments; one text, table or context per thread.
 *   Source of the JUnit subset: the xUnit plugin's junit-10.xsd (Jenkins), which also GitLab reads. */
#ifndef WEIR_REPORT_H
#define WEIR_REPORT_H

#include <weir/mesh.h>
#include <weir/verdict.h>

/* ------------------------------------------------------------------ a growing text
 * A failed append is remembered and everything after it dropped: ask once, at the end, with weir_text_check(). */
typedef struct weir_text {
  char *s;    /**< always ended by NUL; owned by the text */
  size_t len; /**< bytes without the NUL */
  size_t room;
  bool failed;
} weir_text;

/** @param[out] t  empty; owned, free with weir_text_destroy(); NULL after a failure  @retval WEIR_ENOMEM */
weir_status weir_text_create(weir_ctx *ctx, weir_text **t);
/** Free *t and set it to NULL. NULL and a pointer to NULL are allowed. */
void weir_text_destroy(weir_text **t);
void weir_text_append(weir_text *t, const char *s);
void weir_text_append_bytes(weir_text *t, size_t len, const char *s);
/** printf format; %g and %f would follow the locale, so numbers go through weir_text_number(). */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void weir_text_appendf(weir_text *t, const char *fmt, ...);
/** `digits` significant digits, 1..17 (17 reads back bit for bit), %g style; "nan", "inf", "-inf". */
void weir_text_number(weir_text *t, int digits, double x);
/** As UTF-8 on one line: control characters and malformed bytes become '?'. NULL gives "". */
void weir_text_clean(weir_text *t, const char *s);
/** @retval WEIR_ENOMEM an append failed */
weir_status weir_text_check(weir_ctx *ctx, const weir_text *t);

/* ------------------------------------------------------------------ the verdict
 * Exit codes: 0 passed, 1 failed, 2 bad usage or input, 3 our computation failed, 4 internal error or out of memory,
 * 5 nothing to test. */
typedef struct weir_input {
  const char *role; /**< "cloud", "case", "truth": borrowed */
  const char *path; /**< borrowed */
  uint64_t bytes;
  uint64_t hash; /**< FNV-1a, 64 bits, of the file's bytes: tells files apart, proves nothing against malice */
} weir_input;

/** Fill `in` from the file (role and path stay borrowed). @retval WEIR_EIO cannot be read, or is not a regular file */
weir_status weir_input_scan(weir_ctx *ctx, const char *role, const char *path, weir_input *in);
/** FNV-1a (Fowler, Noll, Vo): h = 0xcbf29ce484222325; each byte: h ^= byte, h *= 0x100000001b3. Start with that h or go on. */
uint64_t weir_fnv1a(uint64_t h, const void *bytes, size_t len);
#define WEIR_FNV1A_START UINT64_C(0xcbf29ce484222325)

/** What a report is made from. All borrowed. Fill by name; zero means absent. */
typedef struct weir_report {
  const char *command;     /**< sub-command: "verify" */
  const char *subject;     /**< the case's name */
  int argc;                /**< command line as given, argv[0] = "weir" ... */
  const char *const *argv; /**< ... printed to rerun, with "--seed S" added if it has no --seed */
  int inputs;
  const weir_input *input;
  const weir_verdict *verdict; /**< NULL after an error */
  int exit_code;
  weir_status status; /**< of the error, WEIR_OK if none */
  const char *error;  /**< its sentence (weir_message()), NULL if none */
  bool has_seconds;   /**< print wall time: the report then differs from run to run */
  double seconds;
} weir_report;

typedef struct weir_report_style {
  bool colour;             /**< ANSI colours */
  int width;               /**< columns, 60..200; 0 = 100 */
  int max_failures;        /**< blocks of failed checks shown, 0 = 6 */
  int max_rows;            /**< steps shown in the table, 0 = 12 (those that fail come first) */
  const char *report_path; /**< where the whole report is, for "n more in ..."; NULL: "in the JSON report" */
} weir_report_style;

/** One screen of text: headline, table of steps (per check the statistic nearest to or furthest beyond its tolerance),
 *  one block per failed check and statistic at its worst step, what was not tested, how to rerun. No line is wider than
 *  style->width except a single argument of the command line that is.
 *  @param style NULL for the defaults  @retval WEIR_EARG width out of range  @retval WEIR_ENOMEM */
weir_status weir_report_text(weir_ctx *ctx, const weir_report *r, const weir_report_style *style, weir_text *out);

/** JSON, schema "weir-report-1" (reference/report.schema.json): keys always there and in fixed order, reals with 17 digits,
 *  absent values null, non-finite numbers as the strings "nan", "inf", "-inf"; 64-bit seeds and hashes as strings.
 *  @retval WEIR_ENOMEM */
weir_status weir_report_json(weir_ctx *ctx, const weir_report *r, weir_text *out);

/** JUnit XML, the subset Jenkins accepts strictly. classname = subject, name = "check/statistic @ step k" ("@ run" for the
 *  whole run; " #2" if it occurs again), no figure in it that changes with noise. FAILED is <failure>, NOT_TESTED <skipped/>,
 *  exit codes 2..5 one <error>. Control characters that XML forbids become '?'. @retval WEIR_ENOMEM */
weir_status weir_report_junit(weir_ctx *ctx, const weir_report *r, weir_text *out);

/* ------------------------------------------------------------------ tables: what the other commands print
 * Facts (name, value, unit) and one table of rows. A failed call is remembered as in weir_text.
 *
 *   weir_table_create(ctx, "converge", &t);
 *   weir_table_fact(t, "order", "", 1.98, 4);
 *   weir_table_column(t, "n", "", WEIR_COLUMN_INTEGER, 0);   weir_table_column(t, "L1", "mass", WEIR_COLUMN_NUMBER, 4);
 *   weir_table_number(t, 64); weir_table_number(t, 1.2e-3);  // cells row by row
 *   weir_table_render(ctx, t, WEIR_TABLE_TEXT, out); */
typedef struct weir_table weir_table;
typedef enum weir_column_kind { WEIR_COLUMN_NUMBER, WEIR_COLUMN_INTEGER, WEIR_COLUMN_TEXT } weir_column_kind;
typedef enum weir_table_format {
  WEIR_TABLE_TEXT, /**< aligned columns, numbers right, text left; facts above */
  WEIR_TABLE_CSV,  /**< header "name [unit]", 17 digits; facts as "# name = value unit" lines; RFC 4180 quoting */
  WEIR_TABLE_JSON, /**< {"schema":"weir-table-1","tool":..,"version":..,"command":..,"facts":[..],"columns":[..],"rows":[[..]]} */
  WEIR_TABLE_MARKDOWN, /**< a GitHub table; facts as a list above */
  WEIR_TABLE_LATEX /**< tabular environments that compile by themselves: no package, special characters escaped, powers of ten in
                            mathematics, bytes beyond ASCII as '?' */
} weir_table_format;
/** "text", "csv", "json", "markdown", "latex" -> format; false if it is none of them. */
bool weir_table_format_find(const char *name, weir_table_format *out);

/** @param command  "solve", "converge", ...: copied  @retval WEIR_ENOMEM */
weir_status weir_table_create(weir_ctx *ctx, const char *command, weir_table **t);
void weir_table_destroy(weir_table **t);
/** A title above everything; none by default. Copied. In JSON it is there only if it was given. */
void weir_table_title(weir_table *t, const char *title);
/** A value above the table; digits as in weir_text_number() for text and Markdown (JSON and CSV have all 17). Texts are copied. */
void weir_table_fact(weir_table *t, const char *name, const char *unit, double value, int digits);
void weir_table_fact_text(weir_table *t, const char *name, const char *value);
/** A column, before the first cell. unit "" = none. */
void weir_table_column(weir_table *t, const char *name, const char *unit, weir_column_kind kind, int digits);
/** The next cell of the current row; a full row begins a new one. */
void weir_table_number(weir_table *t, double x); /* in NUMBER and INTEGER columns; integers to 2^53 */
void weir_table_text(weir_table *t,
                     const char *s); /* in TEXT columns; in others: shown instead of a number; NULL: empty */
/** Append the table to `out`.
 *  @retval WEIR_EARG the last row is not full, a column after the first cell, a number in a TEXT column, an integer that is none
 *  @retval WEIR_ENOMEM */
weir_status weir_table_render(weir_ctx *ctx, const weir_table *t, weir_table_format f, weir_text *out);
/** Several tables one after the other, blank lines between. JSON: the document of the first with a further key "tables", a list of the
 *  others {"title":..,"facts":[..],"columns":[..],"rows":[[..]]}. The schema is reference/table.schema.json.
 *  @retval as weir_table_render(), WEIR_EARG n < 1 */
weir_status weir_tables_render(weir_ctx *ctx, int n, const weir_table *const *t, weir_table_format f, weir_text *out);

/* ------------------------------------------------------------------ plots
 * Each call writes DIR/STEM-*.dat (data) and DIR/STEM.gp (script, runs by itself inside DIR), then draws
 * DIR/STEM.{png,svg,pdf} with gnuplot >= 5.2. All files appear whole or not at all.
 * gnuplot runs without a shell, with -d (no init files), stdin empty, inside DIR, and is killed with its children when it
 * takes too long. The script holds our numbers and file names only; titles and names keep letters, digits and harmless
 * marks, the rest is dropped. */
typedef enum weir_plot_format { WEIR_PLOT_PNG, WEIR_PLOT_SVG, WEIR_PLOT_PDF } weir_plot_format;

typedef struct weir_plot_options {
  const char *dir;  /**< an existing directory; NULL = "." */
  const char *stem; /**< [A-Za-z0-9_][A-Za-z0-9_.-]*, at most 64 bytes */
  weir_plot_format format;
  bool script_only;                   /**< do not run gnuplot */
  const char *program;                /**< NULL = "gnuplot", searched in PATH; a path must be absolute */
  double timeout;                     /**< seconds, 0 = 30 */
  const char *title;                  /**< sanitised; NULL = none */
  const char *axis_name[WEIR_MAXDIM]; /**< NULL = "x", "y", "z"; put units here: "x [m]" */
  const char *time_name;              /**< NULL = "t" */
} weir_plot_options;

/* Return of the three calls:
 *  @retval WEIR_ENOTFOUND no such program: data and script are written, nothing is drawn
 *  @retval WEIR_EIO       a file cannot be written, or gnuplot failed, was killed or took too long (message: its first words);
 *                         in the latter cases data and script are written
 *  @retval WEIR_EARG      bad stem, nothing to draw, a size < 0   @retval WEIR_EUNSUPPORTED dim > 2   @retval WEIR_ENOMEM */

/** Truth and cloud at one step, and the verdict over time. All borrowed. */
typedef struct weir_plot_judged {
  const weir_mesh *mesh; /**< of the truth, dim 1 or 2 */
  const double *truth;   /**< cell array: truth at the step */
  int step;              /**< the checks of this step have their boxes drawn */
  double time;
  ptrdiff_t n;                 /**< particles of the step, >= 0; at most 2000 are drawn, evenly strided */
  const double *x;             /**< [n*dim] */
  const double *rho;           /**< [n] carried density, NULL if none (1D: drawn as dots) */
  const double *misfit;        /**< [n] log(carried/truth), NULL if none */
  double mass;                 /**< the histogram's integral in 1D; 0 = 1 */
  const weir_verdict *verdict; /**< NULL: no panel over time, no boxes */
} weir_plot_judged;
weir_status weir_plot_verdict(weir_ctx *ctx, const weir_plot_judged *p, const weir_plot_options *opt);

/** Error against mesh width. All borrowed. */
typedef struct weir_plot_curve {
  const char *name; /**< "L1" */
  int n;
  const double *h;      /**< > 0 */
  const double *error;  /**< points that are not > 0 are left out (and named below the plot) */
  const bool *used;     /**< in the fit: filled, else hollow; NULL = all */
  double order, spread; /**< fitted p +- U; NaN = no fit line */
} weir_plot_curve;
typedef struct weir_plot_orders {
  int n; /**< curves, 1..12 */
  const weir_plot_curve *curve;
  double formal;          /**< formal order: slope triangle; NaN = none */
  double floor;           /**< rounding floor drawn as a band, NaN = none */
  const char *h_name;     /**< NULL = "h" */
  const char *error_name; /**< NULL = "error" */
} weir_plot_orders;
weir_status weir_plot_convergence(weir_ctx *ctx, const weir_plot_orders *p, const weir_plot_options *opt);
/** Work against precision: the same curves with h the cost of each point (CPU seconds) and error what it bought; points are joined, no
 *  slopes are drawn (order, spread, used, formal and floor are not read). h_name NULL = "CPU s". */
weir_status weir_plot_work(weir_ctx *ctx, const weir_plot_orders *p, const weir_plot_options *opt);

/** A solve: the density, and mass defect and smallest density over time. All borrowed. */
typedef struct weir_plot_solved {
  const weir_mesh *mesh;              /**< dim 1 or 2 */
  const double *rho;                  /**< cell array */
  const double *exact;                /**< cell array drawn as a line (1D) or contours (2D), NULL if none */
  double time;                        /**< of rho */
  ptrdiff_t n;                        /**< entries of the histories, 0 = no panels over time */
  const double *t, *defect, *min_rho; /**< defect relative to the initial mass; either may be NULL */
} weir_plot_solved;
weir_status weir_plot_field(weir_ctx *ctx, const weir_plot_solved *p, const weir_plot_options *opt);

#endif
