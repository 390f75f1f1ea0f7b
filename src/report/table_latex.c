/* Tables as LaTeX: environments of the kernel only, so that the text compiles in any document.
 *
 *   Escapes: \ ^ ~ become words, # $ % & _ { } a backslash, < > | mathematics (in the old text encoding they are other characters).
 *   Numbers are mathematics: a minus sign is one, 1.2e-05 is 1.2 x 10^-5, nan and inf are dashes. */
#include "report/table.h"
#include <math.h>
#include <string.h>

static void escaped(weir_text *out, const char *s)
{
  static const struct {
    char c;
    const char *tex;
  } special[] = {{'\\', "\\textbackslash{}"},
                 {'^', "\\textasciicircum{}"},
                 {'~', "\\textasciitilde{}"},
                 {'<', "$<$"},
                 {'>', "$>$"},
                 {'|', "$|$"},
                 {'"', "''"},
                 {'[', "{[}"},
                 {'*', "{*}"}}; /* the last two would be arguments of a \\ before them */
  for (; s != NULL && *s != '\0'; s++) {
    const unsigned char c = (unsigned char)*s;
    const char *tex = NULL;
    if ((c & 0xc0) == 0x80) continue; /* the rest of a character that was one '?' */
    for (size_t k = 0; k < sizeof special / sizeof *special; k++)
      if (*s == special[k].c) tex = special[k].tex;
    if (tex != NULL)
      weir_text_append(out, tex);
    else if (c >= 0x80)
      weir_text_append(out, "?");
    else {
      if (strchr("#$%&_{}", *s) != NULL) weir_text_append(out, "\\");
      weir_text_append_bytes(out, 1, s);
    }
  }
}

/* A number as it stands in a text: "1.2e-05". */
static void number(weir_text *out, double x, const char *s)
{
  const char *e = s == NULL ? NULL : strchr(s, 'e');
  if (s == NULL) return;
  if (!isfinite(x)) {
    weir_text_append(out, isnan(x) ? "--" : x > 0 ? "$\\infty$" : "$-\\infty$");
    return;
  }
  weir_text_append(out, "$");
  weir_text_append_bytes(out, e == NULL ? strlen(s) : (size_t)(e - s), s);
  if (e != NULL) {
    const char *digits = e + 1;
    const bool minus = *digits == '-';
    digits += strspn(digits, "+-");
    while (*digits == '0' && digits[1] != '\0') digits++;
    weir_text_append(out, "\\cdot 10^{");
    weir_text_append(out, minus ? "-" : "");
    weir_text_append(out, digits);
    weir_text_append(out, "}");
  }
  weir_text_append(out, "$");
}

static void facts(const weir_table *t, weir_text *out)
{
  if (t->nfacts == 0) return;
  weir_text_append(out, "\\begin{tabular}{lp{0.7\\linewidth}}\n");
  for (size_t i = 0; i < t->nfacts; i++) {
    const fact *f = &t->facts[i];
    weir_text s = {0};
    weir_text_clean(&s, f->name);
    escaped(out, s.s);
    weir_text_append(out, " & ");
    weir_text_release(&s);
    weir_table_fact_value(&s, f, f->digits);
    if (f->value.text != NULL)
      escaped(out, s.s);
    else
      number(out, f->value.x, s.s);
    if (s.failed) out->failed = true;
    weir_text_release(&s);
    weir_text_append(out, f->unit[0] != '\0' ? " " : "");
    weir_text_clean(&s, f->unit);
    escaped(out, s.s);
    weir_text_release(&s);
    weir_text_append(out, " \\\\\n");
  }
  weir_text_append(out, "\\end{tabular}\n");
}

static void header(const weir_table *t, weir_text *out)
{
  weir_text_append(out, "\\begin{tabular}{");
  for (size_t c = 0; c < t->ncolumns; c++) weir_text_append(out, t->columns[c].kind == WEIR_COLUMN_TEXT ? "l" : "r");
  weir_text_append(out, "}\n\\hline\n");
  for (size_t c = 0; c < t->ncolumns; c++) {
    weir_text s = {0};
    weir_text_clean(&s, t->columns[c].name);
    if (t->columns[c].unit[0] != '\0') {
      weir_text_append(&s, " (");
      weir_text_clean(&s, t->columns[c].unit);
      weir_text_append(&s, ")");
    }
    weir_text_append(out, c > 0 ? " & " : "");
    escaped(out, s.s);
    if (s.failed) out->failed = true;
    weir_text_release(&s);
  }
  weir_text_append(out, " \\\\\n\\hline\n");
}

void weir_table_latex(const weir_table *t, weir_text *out)
{
  if (t->title != NULL) {
    weir_text s = {0};
    weir_text_clean(&s, t->title);
    weir_text_append(out, "\\par\\noindent\\textbf{");
    escaped(out, s.s);
    weir_text_append(out, "}\\par\n");
    if (s.failed) out->failed = true;
    weir_text_release(&s);
  }
  facts(t, out);
  if (t->ncolumns == 0) return;
  weir_text_append(out, t->nfacts > 0 ? "\\par\\medskip\n" : "");
  header(t, out);
  for (size_t i = 0; i < t->ncells; i++) {
    const size_t c = i % t->ncolumns;
    weir_text s = {0};
    weir_table_cell(&s, t, i, t->columns[c].digits);
    weir_text_append(out, c > 0 ? " & " : "");
    if (t->cells[i].text != NULL)
      escaped(out, s.s);
    else
      number(out, t->cells[i].x, s.s);
    if (s.failed) out->failed = true;
    weir_text_release(&s);
    if (c + 1 == t->ncolumns) weir_text_append(out, " \\\\\n");
  }
  weir_text_append(out, "\\hline\n\\end{tabular}\n");
}
