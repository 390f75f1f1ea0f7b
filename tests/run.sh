#!/bin/sh
# tests/run.sh TEST... - run cmocka programs and shell tests, all of which speak TAP, and count.
# The output of what failed is shown; the last line is "N passed, N failed" (", N skipped" if any). Exit 1 on a failure.
set -u
export CMOCKA_MESSAGE_OUTPUT=TAP BUILD="${BUILD:-build}"
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}" # spinning threads of neighbours on the same cores starve each other
BUILD=$(mkdir -p "$BUILD" && cd "$BUILD" && pwd); export BUILD
[ -n "${WEIR:-}" ] && { WEIR=$(cd "$(dirname "$WEIR")" && pwd)/$(basename "$WEIR"); export WEIR; }
passed=0 failed=0 skipped=0
log="$BUILD/test.log"
rm -rf "$BUILD/tmp"; mkdir -p "$BUILD/tmp"
for t in "$@"; do
  case $t in
    *.sh) sh "$t" >"$log" 2>&1; code=$? ;;
    *) "$t" >"$log" 2>&1; code=$? ;;
  esac
  # cmocka writes a skipped test as "not ok N # SKIP name"
  s=$(grep -cE '^(not )?ok [0-9]+ .*# *SKIP' "$log")
  p=$(grep -E '^ok ' "$log" | grep -vcE '# *SKIP')
  f=$(grep -E '^not ok ' "$log" | grep -vcE '# *SKIP')
  # An example speaks to its reader, not TAP: its exit code counts.
  case $t in */examples/*) [ "$code" -eq 0 ] && p=1 ;; esac
  # A program that dies, or says nothing, has failed even if no line says so.
  if [ "$f" -eq 0 ] && { [ "$code" -ne 0 ] || [ $((p + s)) -eq 0 ]; }; then f=1; echo "not ok - $t: exit code $code" >>"$log"; fi
  printf '%-40s %4d passed' "$(basename "$t")" "$p"
  [ "$f" -gt 0 ] && printf ', %d FAILED' "$f"
  [ "$s" -gt 0 ] && printf ', %d skipped' "$s"
  echo
  [ "$f" -gt 0 ] && sed 's/^/    /' "$log" | grep -v '^    ok ' | tail -n 60
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
if [ "$skipped" -gt 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
[ "$failed" -eq 0 ]
