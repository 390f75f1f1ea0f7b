#!/bin/sh
# Every built-in case as it is: `weir solve` closes its ledger (it exits with 3 if not) and keeps rho >= 0, `weir converge` passes.
. "$(dirname "$0")/tap.sh"

for case in $("$WEIR" cases | awk 'NR > 1 { print $1 }'); do
  run "$WEIR" solve "$case" -q; is 0 "solve $case"
  name="$case keeps rho >= 0"; check awk '/^smallest density/ { good = $NF >= 0 } END { exit !good }' "$tmp/out"
  run "$WEIR" converge "$case" -q; is 0 "converge $case"
  sed -n "s/^meaning */# $case: /p" "$tmp/out"
done
done_testing
