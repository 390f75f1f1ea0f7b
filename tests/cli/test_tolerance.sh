#!/bin/sh
# weir solve --tolerance and --estimate: meshes, files, what happens if the tolerance is out of reach.
. "$(dirname "$0")/tap.sh"

run "$WEIR" solve ou1d --estimate -q -o "$tmp/a.npz"; is 0 "an error bar on the case's mesh"
has out "estimated error" "is in the facts"; has out "estimate [relative L1]" "and in the table"
lacks out "tolerance" "without a tolerance"
run "$WEIR" info "$tmp/a.npz"; has out "error     (11, 200)" "the file has the error cell by cell"; has out "estimate  (11,)" "and its norm"
run "$WEIR" solve vortex2d --cells 32 --outputs 2 --scheme muscl-mc --tolerance 0.05 -o "$tmp/b.npz" --json="$tmp/b.json"; is 0 "a tolerance that can be reached"
has out "32, 64, 128" "by halving the cells twice"
has err "refined" "with a note for every mesh given up"
name="the JSON has the estimate"; check grep -q '"estimate"' "$tmp/b.json"
run "$WEIR" solve vortex2d --cells 32 --outputs 2 --scheme muscl-mc --tolerance 0.05 -q -o "$tmp/c.npz" --threads 1
name="the same file on one thread, byte for byte"; check cmp -s "$tmp/b.npz" "$tmp/c.npz"
run "$WEIR" solve ou1d --tolerance 3e-4 -q; is 0 "a Fokker-Planck run"; has out "200, 400" "is refined likewise"
run "$WEIR" solve ou1d --cells 25 --estimate -q; is 0 "a mesh that cannot be halved twice"; has out "100" "is refined first"

run "$WEIR" solve ou1d --tolerance 1e-7 --max-cells 500 -q -o "$tmp/d.npz" --junit="$tmp/d.xml"; is 3 "a tolerance out of reach is a failure of the solve"
has err "1e-07 not reached: the estimated relative L1 error is" "that says what was reached"
has err "--max-cells" "and what stopped it"; has err "d.npz" "and that the best is written"
run "$WEIR" info "$tmp/d.npz"; has out "rho       (11, 400)" "with all outputs of the finest mesh allowed"; has out "error     (11, 400)" "and its error bar"
name="JUnit has it"; check grep -q 'tolerance/L1' "$tmp/d.xml"

run "$WEIR" solve ou1d --tolerance 1e-3 --max-cells 100; fails 2 "first mesh has 200 cells" "a limit below the first mesh"
for t in 0 -1 2 nan x 1e-3x; do run "$WEIR" solve ou1d --tolerance=$t; fails 2 "--tolerance: a number between 0 and 1" "tolerance $t"; done
run "$WEIR" solve ou1d --max-cells 500; is 2 "--max-cells without --tolerance"; has err "--tolerance" "is refused"
run "$WEIR" solve ou1d --tolerance 1e-3 --max-cells 0; fails 2 "--max-cells" "no cells"
run "$WEIR" solve ou1d --tolerance 1e-3 -o "$tmp/no/such/x.npz" -q; is 2 "an unwritable output"
done_testing
