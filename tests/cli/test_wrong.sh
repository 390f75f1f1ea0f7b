#!/bin/sh
# Wrong use: every exit code that can be provoked from outside, one sentence each, nothing half written.
. "$(dirname "$0")/tap.sh"
good=reference/demo/good.npz

# --- clouds that are wrong are verdicts (1), not unusable input (2). 60 points of N(0, 1) at t = 1 of heat1d do for that.
cloud() { awk -v edit="$1" 'BEGIN { print "x,w"; for (i = 0; i < 60; i++) { x = (i - 29.5)/20; w = 1; bad = i == 7
  if (edit == "nan" && bad) x = "nan"
  if (edit == "inf" && bad) x = "inf"
  if (edit == "weight" && bad) w = -1
  if (edit == "zero") w = 0
  if (edit == "same") x = 0.25
  if (edit == "outside") x = 1000 + i
  if (edit != "none") print x "," w } }' >"$tmp/$1.csv"; }
for e in nan inf weight zero same outside none; do cloud $e; done
for e in nan inf weight; do
  run "$WEIR" verify ou1d "$tmp/$e.csv"; is 1 "a cloud with a bad number ($e) is wrong, not unreadable"; has out "particle 7" "and the particle is named ($e)"
done
run "$WEIR" verify ou1d "$tmp/zero.csv"; is 1 "weights that sum to 0 fail"; has out "the weights sum to 0" "and that is said"
run "$WEIR" verify ou1d "$tmp/same.csv"; is 1 "particles all at one point fail"; has out "integrity/distinct" "and that is said"
run "$WEIR" verify ou1d "$tmp/outside.csv"; is 1 "particles all outside the box fail"; has out "mass/outside" "and that is said"
run "$WEIR" verify ou1d "$tmp/none.csv"; is 1 "a table without rows is a cloud without particles"; has out "no particles" "and that is said"

# --- too few particles to compare: no verdict
printf 'x,y\n1,-.5\n1.1,-.4\n.9,-.6\n' >"$tmp/three.csv"
run "$WEIR" verify ou2d "$tmp/three.csv" --json="$tmp/three.json"; is 5 "three particles are nothing to test"
has out "NOTHING TO TEST" "and the headline says so"; lacks out "PASS" "and no PASS"
name="the report has exit code 5"; check grep -q '"exit_code": 5' "$tmp/three.json"

# --- files that are none
: >"$tmp/empty.npz"; printf 'x,y\n1,2\n1,zwei\n' >"$tmp/word.csv"; printf 'x;y\n1,5;2,5\n' >"$tmp/comma.csv"
head -c 3000 $good >"$tmp/cut.npz"; mkfifo "$tmp/fifo"
run "$WEIR" verify ou2d "$tmp/empty.npz"; fails 2 "empty" "an empty file"
run "$WEIR" verify ou2d "$tmp/word.csv"; fails 2 "word.csv:3:3" "a word among numbers, with line and column"
run "$WEIR" verify ou2d "$tmp/comma.csv"; fails 2 "decimals take a '.'" "decimal commas"
run "$WEIR" verify ou2d "$tmp/cut.npz"; fails 2 "truncated" "a cut archive"
run "$WEIR" verify ou2d "$tmp/fifo"; fails 2 "regular file" "a pipe is not waited for"
run "$WEIR" verify ou2d /dev/zero; fails 2 "regular file" "a device is not read"
run "$WEIR" solve /dev/zero; fails 2 "regular file" "nor taken for a case"
run "$WEIR" solve "$(printf 'a\nb\033[31m.yaml')"; fails 2 "a?b?[31m.yaml" "a name with control characters stays on its line"
run "$WEIR" solve ou2d --cells 1e9; fails 2 "mesh.cells" "10^9 cells in a direction"
run "$WEIR" solve ou2d --cells 46000; fails 2 "memory" "a mesh that this machine cannot hold is refused, not killed"
run "$WEIR" solve ou1d --set "$(printf 'diffusion=1\nweir: 2')"; is 2 "an assignment cannot smuggle in another key"
run "$WEIR" solve ou1d --set 'potential="1/(x-x)"' --set initial=1; is 2 "an inconsistent case"

# --- asked before the work, not after
run "$WEIR" verify ou2d $good --plot "$tmp/x.gif"; fails 2 ".png, .svg or .pdf" "a picture of an unknown kind"
run "$WEIR" verify ou2d $good --plot "$tmp/no/x.png"; fails 2 "No such file or directory" "a picture in no directory"
run "$WEIR" verify ou2d $good --plot "$tmp/\$(id).png"; fails 2 "a file name of" "a picture with an odd name"
run "$WEIR" solve heat3d --plot "$tmp/x.png"; fails 2 "dimensions" "a picture of three dimensions"
run "$WEIR" verify ou2d $good --step 9; fails 2 "steps 0 to 8" "a step that is not there"
run "$WEIR" verify ou2d $good --step 1.5; fails 2 "whole number" "half a step"
run "$WEIR" verify ou2d $good --seed 99999999999999999999; fails 2 "--seed" "a seed beyond 64 bits"
run "$WEIR" info $good --junit=x; is 2 "info judges nothing and takes no --junit"

# --- outputs that cannot be written
run sh -c "'$WEIR' cases >/dev/full"; fails 2 "standard output" "a full disk"
run sh -c "'$WEIR' solve --help >/dev/full"; fails 2 "standard output" "also for the help"
run "$WEIR" solve ou1d -o "$tmp"; is 2 "a directory is not overwritten"
run "$WEIR" verify ou2d "$tmp/three.csv" --json="$tmp/no/r.json"; is 2 "a report in no directory"; has err "r.json" "is named"

# --- our own solve, memory, signals
run "$WEIR" solve doublewell1d --set 'potential="1/(x-x)"' --set initial=1 --set 'exact={expression: "1"}' --junit="$tmp/s.xml"
is 3 "a potential that is not finite: the solve fails"; name="and JUnit has an error"; check grep -q '<error' "$tmp/s.xml"
if nm "$WEIR" 2>/dev/null | grep -q '__asan_init\|__gcov'; then skip "out of memory" "an instrumented build needs its own"
else run sh -c "ulimit -v 200000; '$WEIR' solve advect2d --cells 4000"; fails 4 "memory" "out of memory"; fi
for s in INT TERM; do
  run timeout --preserve-status -s $s 1 "$WEIR" solve heat3d --cells 200 -o "$tmp/$s.npz" --junit="$tmp/$s.xml"
  case $s in INT) is 130 "interrupted by SIGINT" ;; *) is 143 "ended by SIGTERM" ;; esac
  has err "interrupted" "says so ($s)"; name="leaves no density ($s)"; check test ! -e "$tmp/$s.npz"
  name="and no temporary file ($s)"; check sh -c "! ls -a '$tmp' | grep -q '$s.npz'"
done

# --- the rerun line reruns, whatever the names
cp $good "$tmp/it's a \$(cloud).npz"
run "$WEIR" verify ou2d "$tmp/it's a \$(cloud).npz" --reference pde; is 0 "a name with quotes, blanks and a dollar"
again=$(sed -n '/^rerun:/,/^$/p' "$tmp/out" | sed 's/^rerun: //'); cp "$tmp/out" "$tmp/first"
run sh -c "$again"; is 0 "the rerun line is a command"; grep -v '^rerun\|^ *--seed' "$tmp/out" >"$tmp/b"; grep -v '^rerun\|^ *--seed' "$tmp/first" >"$tmp/a"
name="and gives the same verdict"; check cmp -s "$tmp/a" "$tmp/b"
awk 'length > 100' "$tmp/first" | grep -v "$tmp" >"$tmp/wide"; name="no line is wider than 100 columns"; check test ! -s "$tmp/wide"
done_testing
