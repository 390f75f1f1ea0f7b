#!/bin/sh
# The same bits whatever the vectors and the threads: final fields of every reconstruction (tests/bits/fields.c), by the program's kernels,
# by plain ones and by ones for AVX2 only.
. "$(dirname "$0")/tap.sh"
bits=$BUILD/tests/bits

run "$bits/fields"; is 0 "fields of every scheme"
cp "$tmp/out" "$tmp/usual"
schemes=$("$WEIR" schemes --json | grep -c '"reconstruction"')
name="$schemes reconstructions x {1D,2D,3D} x {uniform,stretched} x {1,2} threads"
check test "$(grep -c threads "$tmp/usual")" -eq $((12 * schemes))
# Lines that differ in the number of threads only must not differ in their hash; all others do.
sed -n 's/, threads [12]//p' "$tmp/usual" | sort -u >"$tmp/out"
name="one and two threads give the same bits"; last="fields"; check test "$(wc -l <"$tmp/out")" -eq $((6 * schemes))
name="and no two problems the same"; check test "$(sed 's/.*: //' "$tmp/out" | sort -u | wc -l)" -eq $((6 * schemes))
for v in "$bits"/fields_*; do
  case $v in *.d) continue ;; esac
  kind=${v##*_}
  run "$v"
  if [ "$code" -eq 5 ]; then skip "$kind" "not on this processor"; continue; fi
  is 0 "$kind kernels run"
  name="$kind kernels ($(sed -n 's/^# //p' "$tmp/out")) give the bits of the usual ones ($(sed -n 's/^# //p' "$tmp/usual"))"
  grep -v '^#' "$tmp/out" >"$tmp/theirs"; grep -v '^#' "$tmp/usual" >"$tmp/ours"
  check cmp -s "$tmp/theirs" "$tmp/ours"
done
done_testing
