#!/bin/sh
# weir schemes: the registry in a table, one scheme in full, plug-ins among them.
. "$(dirname "$0")/tap.sh"
so=$BUILD/tests

run "$WEIR" schemes; is 0 "schemes"
cp "$tmp/out" "$tmp/first"
has out "muscl-vanleer" "reconstructions are listed"; has out "ssprk104" "steppers too"
has out "Shu, NASA CR-97-206253" "with their sources"; has out "(-3,25,-101,319 | 214,-38,4)/420" "and formulas"
name="u7: order 7, 6 in 2D and 3D, 4 layers, unstable with euler and ssprk2, 1.24 with ssprk3"
check grep -qE '^u7 +7 +6 +4 +- +- +1.24 ' "$tmp/out"
name="donor: linear, TVD and positive up to 1"; check grep -qE '^donor +1 +1 +1 +1 +1 +1 +1.51 +6 +linear, TVD, rho >= 0$' "$tmp/out"
name="no line is wider than 100 columns"; check awk 'length($0) > 100 { exit 1 }' "$tmp/out"
run "$WEIR" schemes; name="the same again, byte by byte"; check cmp -s "$tmp/out" "$tmp/first"

run "$WEIR" schemes --json; is 0 "--json"; has out '"weir-table-1"' "is a table"; has out '"order_2d_3d"' "with machine names"
lacks out "Reconstructions, and" "and nothing else"
run "$WEIR" schemes --json="$tmp/s.json"; is 0 "--json=FILE"; has out "Reconstructions, and" "leaves the text"
name="and writes the file"; check grep -q 'total variation does not grow' "$tmp/s.json"
run "$WEIR" schemes --markdown; is 0 "--markdown"; has out '| muscl-mc ' "has rows"; has out "face value" "with formulas"

run "$WEIR" schemes weno5-z; is 0 "one scheme"; has out "Borges" "with its source"; has out "fourth order" "with its flux"
has out "linear stability" "what limits the step"; lacks out "muscl-mc" "and no other"
run "$WEIR" schemes ssprk54; is 0 "one stepper"; has out "SSP coefficient  1.508180049" "with its SSP coefficient"
run "$WEIR" schemes muscl-mc --json; is 0 "one as JSON"; has out '"muscl-mc"' "is the one"
run "$WEIR" schemes mscl-mc; fails 2 "did you mean 'muscl-mc'?" "a misspelt scheme gets a suggestion"
run "$WEIR" schemes sprk54; fails 2 "did you mean 'ssprk54'?" "a misspelt stepper too"
run "$WEIR" schemes donor koren; is 2 "one at a time"

run "$WEIR" schemes --plugin "$so/plugin_template/my_limiter.so"; is 0 "with a plug-in"
name="its scheme is a row"; check grep -qE '^my-ospre +2 +2 +2 +0.5 ' "$tmp/out"; has out "Waterson" "with its source"
run "$WEIR" schemes my-ospre --plugin "$so/plugin_template/my_limiter.so"; is 0 "and can be asked for"
run "$WEIR" schemes --plugin "$so/mutants/stepper_ssp.so"; name="a stepper of a plug-in is a row"; check grep -qE '^stepper-ssp +2 +2 +2 ' "$tmp/out"
run "$WEIR" schemes --plugin "$tmp/absent.so"; fails 2 "no such file" "a missing plug-in"
done_testing
