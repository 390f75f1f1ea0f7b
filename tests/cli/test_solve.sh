#!/bin/sh
# weir solve and weir converge: results, files, messages, exit codes.
. "$(dirname "$0")/tap.sh"

run "$WEIR" solve advect2d --cells 32 --outputs 2 -o "$tmp/a.npz"; is 0 "solve runs a case"
has out "mass" "prints the ledger"; has out "L1 error" "and the error"
name="writes the .npz"; check test -s "$tmp/a.npz"
run "$WEIR" info "$tmp/a.npz"; is 0 "info reads it back"; has out "(3, 32, 32)" "rho has shape (T, nx, ny)"; has out "outflow" "the ledger is in it"
run "$WEIR" solve advect2d --cells 32 --outputs 2 -o "$tmp/b.npz" --threads 1; is 0 "the same on one thread"
name="gives the same file, byte for byte"; check cmp -s "$tmp/a.npz" "$tmp/b.npz"
run "$WEIR" solve advect2d --cells 16 --json; is 0 "solve --json"; has out '"schema"' "prints JSON"; lacks out "mass defect  " "and JSON only"
run "$WEIR" solve ou1d --set diffusion=-1; fails 2 "diffusion" "a negative diffusion is refused with its key"
run "$WEIR" solve ou1d --set parametres.D=1; fails 2 "did you mean 'parameters'?" "a misspelt key gets a suggestion"
run "$WEIR" solve advect1d --scheme muscl-mcc; fails 2 "did you mean 'muscl-mc'?" "a misspelt scheme gets a suggestion"
run "$WEIR" solve advect1d --cfl 5; fails 2 "cfl" "a CFL number beyond the scheme's is refused"
run "$WEIR" solve advect1d -o "$tmp/no/such/dir/x.npz"; is 2 "an unwritable output is an error"
has err "x.npz" "that names the file"
run "$WEIR" solve swirl2d --cells 64 -o "$tmp/no/such/dir/x.npz"; fails 2 "x.npz: cannot be written" "said before the work, not after"
run "$WEIR" converge advect1d --levels 64,128 --json="$tmp"; fails 2 "not a regular file" "also of a report"

run "$WEIR" converge ou1d --levels 32,64,128; is 0 "converge passes a second-order scheme"
has out "PASS" "with a verdict"; has out "order" "and an order"
run "$WEIR" converge ou1d --levels 32,64,128 --order 3; is 1 "converge fails an order that is not reached"
run "$WEIR" converge advect1d --scheme donor --order 2 --levels 32,64,128; is 1 "donor cell is not second order"
run "$WEIR" converge ou1d --levels 64; fails 2 "levels" "one level is not enough"
run "$WEIR" converge ou1d --levels 32,x; is 2 "levels must be numbers"
run "$WEIR" converge ou1d --levels 32,64,128 --format markdown; is 0 "converge --format markdown"; has out "| --" "prints a Markdown table"
run "$WEIR" converge ou1d --levels 32,64,128 --format csv; is 0 "converge --format csv"; has out "32," "prints CSV"

run "$WEIR" solve rotate2d --scheme u9 --cells 32 --end 0.1 -q; is 0 "a scheme of high order passes the check of positivity"
has out "limiter                        positive" "by its limiter, which is named"
run "$WEIR" solve rotate2d --scheme u9 --cells 32 --end 0.1 --limiter none -q; is 0 "without it negative densities are no failure"
has out "limiter                        none" "as asked"
run "$WEIR" solve rotate2d --limiter clip; fails 2 "one of auto, none, positive, bounds" "an unknown limiter is refused"

# data without mass: the ledger is relative to the integral of |rho|
printf '%s\n' 'weir: 1' 'equation: transport' 'mesh: {box: [[0, 1], [0, 1]], cells: 16}' 'boundary: periodic' 'velocity: [1, sin(2*pi*x)]' \
  'initial: sin(2*pi*x)' 'time: {end: 0.2}' >"$tmp/waves.yaml"
run "$WEIR" solve "$tmp/waves.yaml" -q; is 0 "the ledger of waves whose mass is 0 closes"
run "$WEIR" solve "$tmp/waves.yaml" --set initial=0 -q; is 0 "and that of nothing"; has out "relative mass defect           0" "by 0"; lacks out nan "and nothing is divided by 0"

# a velocity from a file, named by the case relative to itself
run "$WEIR" converge reference/demo/gridded2d.yaml --levels 8,16 --format csv -q; mv "$tmp/out" "$tmp/gridded"
run "$WEIR" converge mms2d --levels 8,16 --format csv -q
name="a gridded velocity gives what its formula gives, to 3 digits"
check awk -F, '!/^[0-9]/ { next } FNR == NR { e[$1] = $2; next } { n++; d = $2 - e[$1]; if (!(d < 1e-3*$2 && d > -1e-3*$2)) bad = 1 } END { exit bad || n != 2 }' "$tmp/gridded" "$tmp/out"
cp reference/demo/gridded2d.yaml "$tmp/lost.yaml"
run "$WEIR" solve "$tmp/lost.yaml"; fails 2 "lost.yaml:12:18: velocity.file: " "a file of samples that is not there is named with its place"
run "$WEIR" solve reference/demo/gridded2d.yaml --set time.end=1; fails 2 "gridded2d.npz: t covers [0, 0.5], [0, 1] expected" "times that the samples do not reach are refused"
run "$WEIR" solve reference/demo/gridded2d.yaml --set 'velocity={file: good.npz}'; fails 2 "good.npz: " "an .npz of something else is refused"
run "$WEIR" solve mms2d --set source=manufactured --set 'exact={expression: "2 + abs(sin(2*pi*x))"}'; fails 2 "exact.expression uses 'abs'" "a density that has corners makes no source"
run "$WEIR" solve mms2d --set source=manufactured --cells 16 -q; is 0 "a source can be derived"
done_testing
