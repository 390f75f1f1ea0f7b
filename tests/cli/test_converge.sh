#!/bin/sh
# weir converge for sets of schemes, step rules, error bars, formats; what it refuses.
. "$(dirname "$0")/tap.sh"

# ---------------------------------------------------------------- sets
run "$WEIR" converge advect1d --scheme donor,weno5-z,u9+ssprk54 --levels 16:128 --to-error 1e-2,1e-4 --junit="$tmp/c.xml"
is 0 "a set of schemes converges"
has out "dt ~ h^(9/4)" "steps follow the mesh where the stepper's order is lower"
has out "space 9 (u9), time 4 (ssprk54), dt ~ h^(9/4): min(9, 9)" "and it says which order was expected and why"
has out "CPU s to 0.0001" "CPU time to an error is in the summary"
name="JUnit has a case for each scheme and norm"; check test "$(grep -c '<testcase' "$tmp/c.xml")" -eq 3
run "$WEIR" converge advect2d --scheme u9+ssprk54,koren --levels 8,16
has out "space 6 (u9 of order 9, across its faces 6)" "in 2D the product across faces limits the order"
has out "dt ~ h^(3/2)" "and the step follows that"
run "$WEIR" converge advect1d --scheme donor,u9+ssprk54 --dt h --levels 16:64
has out "dt ~ h: min(9, 4)" "--dt h is a fixed CFL number, the expected order that of the stepper"
run "$WEIR" converge advect1d --scheme u5+ssprk3 --dt 'h^(5/3)' --cells 16:128; is 0 "a forced exponent"
has out "min(5, 5)" "is used"
run "$WEIR" converge advect1d --scheme u5 --stepper ssprk54,ssprk104 --grading uniform,sine:0.3 --levels 16,32,64; is 0 "steppers and gradings multiply"
name="there are four members"; check test "$(grep -c '^== u5' "$tmp/out")" -eq 4
has out "== u5+ssprk104 sine:0.3" "each with its own table"
run "$WEIR" converge advect1d --scheme donor,muscl-mc --order 2 --levels 128:1024; is 1 "one order that is not reached fails the set"
run "$WEIR" converge advect1d --scheme donor,muscl-mc --levels 64,128,256 --plot "$tmp/set.png"
if command -v gnuplot >/dev/null; then
  is 0 "a set is drawn"
  name="as errors and as work"; check test -s "$tmp/set.png" -a -s "$tmp/set-work.png"
fi

# ---------------------------------------------------------------- formats
set -- advect1d --scheme donor,muscl-mc --levels 32,64,128
run "$WEIR" converge "$@" --format csv
name="CSV of a set is one table, a row a level"; check test "$(grep -vc '^#' "$tmp/out")" -eq 7
name="with as many fields in every row"; check test "$(grep -v '^#' "$tmp/out" | awk -F, '{print NF}' | sort -u | wc -l)" -eq 1
run "$WEIR" converge "$@" --format markdown; has out "### muscl-mc+ssprk3" "Markdown has headings"
run "$WEIR" converge "$@" --format latex; has out 'tabular}{lllrrrl' "LaTeX has tabulars"
has out '\cdot 10^{' "and powers of ten"
lacks out 'h^(' "and no bare caret"
name="environments are closed"; check test "$(grep -c '\\begin{' "$tmp/out")" -eq "$(grep -c '\\end{' "$tmp/out")"
run "$WEIR" converge "$@" --json="$tmp/c.json"; has out "== donor+ssprk3" "--json=FILE leaves the text"
name="and writes the tables"; check grep -q '"tables"' "$tmp/c.json"
run "$WEIR" converge advect1d --levels 32,64,128 --json; has out '"weir-table-1"' "one scheme is one table in JSON"; lacks out '"tables"' "and no more"

# ---------------------------------------------------------------- error bars
run "$WEIR" converge escape1d --levels 30:240; is 0 "a case without exact solution"
has out "error bars of the finest mesh (240 cells in x)" "gets error bars"
has out "LSQ model" "also by least squares"
run "$WEIR" converge ou1d --gci --levels 25:200; has out "covers" "--gci shows whether the bars cover"
name="those of smooth quantities do"; check test "$(grep -c ' yes$' "$tmp/out")" -eq 6
has out "only LSQ" "the maximum of cell averages jumps from cell to cell: only least squares see that"

run "$WEIR" converge escape1d --levels 30:240 --format csv; has out "# error bar, mean x, least squares = " "CSV has them among the facts"
name="and its one table"; check test "$(grep -vc '^#' "$tmp/out")" -eq 4

# ---------------------------------------------------------------- refused
run "$WEIR" converge advect1d --scheme donor,muscl-mcc; fails 2 "did you mean 'muscl-mc'?" "an unknown scheme, with the nearest name"
run "$WEIR" converge advect1d --scheme donor+ssprk33,u9; fails 2 "did you mean 'ssprk3'?" "an unknown stepper likewise"
run "$WEIR" converge advect1d --scheme donor --cells 64; fails 2 "levels: 1 given" "a single level"
run "$WEIR" converge escape1d --levels 60,120; fails 2 "three levels are needed" "two levels without exact solution"
run "$WEIR" converge ou1d --gci --levels 32,48,72; fails 2 "divide each other" "levels that do not divide each other, for error bars"
run "$WEIR" converge advect1d --scheme donor,u9+euler; fails 2 "scheme u9 with stepper euler" "an unstable pair, before anything is run"
run "$WEIR" converge advect1d --scheme donor,u9 --cfl 3; fails 2 "cfl = 3" "a CFL number beyond one of the set"
for rule in h^1/2 h^0 h^-2 h^x h^2/0 h^3x 2 h^1.5 h^200 ''; do
  run "$WEIR" converge advect1d --dt "$rule"; fails 2 "--dt: auto, h, or h^P" "a bad exponent: $rule"
done
run "$WEIR" converge ou1d --dt h^2; fails 2 "exact in time" "a step rule where there are no steps"
run "$WEIR" converge advect1d --to-error 1e-3,x; fails 2 "--to-error" "an error that is no number"
run "$WEIR" converge advect1d --to-error 2; fails 2 "--to-error" "an error above 1"
run "$WEIR" converge advect1d --scheme donor,,u9; fails 2 "--scheme" "an empty name in a list"
run "$WEIR" converge advect1d --scheme donor+; fails 2 "SCHEME+STEPPER" "a plus without stepper"
run "$WEIR" converge advect1d --format html; fails 2 "latex" "an unknown format"
run "$WEIR" converge advect1d --grading cosine:1; fails 2 "grading" "an unknown grading"
done_testing
