# tap.sh - for the shell tests of the program: `run` a command, then `is`, `has` and `lacks`; `done_testing` at the end (TAP).
# Sourced with $WEIR and $BUILD set by tests/run.sh.
WEIR=${WEIR:-build/weir}
BUILD=${BUILD:-build}
tmp=$(mktemp -d "$BUILD/tmp/cli-XXXXXX") || exit 2
count=0 bad=0
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 2

run() { "$@" >"$tmp/out" 2>"$tmp/err" </dev/null; code=$?; last="$*"; }
pass() { count=$((count + 1)); echo "ok $count - $1"; }
flop() {
  count=$((count + 1)); bad=1
  echo "not ok $count - $1"
  echo "# ran: $last (exit $code)"; sed 's/^/# out: /' "$tmp/out" | head -n 15; sed 's/^/# err: /' "$tmp/err" | head -n 15
}
# is CODE NAME: the exit code.
is() { if [ "$code" -eq "$1" ]; then pass "$2"; else flop "$2 (exit code $1 expected)"; fi; }
# has out|err TEXT NAME: fixed text in what was printed.
has() { if grep -qF -- "$2" "$tmp/$1"; then pass "$3"; else flop "$3 ('$2' expected in std$1)"; fi; }
lacks() { if grep -qF -- "$2" "$tmp/$1"; then flop "$3 ('$2' not expected in std$1)"; else pass "$3"; fi; }
# fails CODE TEXT NAME: exit code, one line on standard error that holds TEXT, nothing on standard output.
fails() {
  if [ "$code" -eq "$1" ] && grep -qF -- "$2" "$tmp/err" && [ "$(wc -l <"$tmp/err")" -eq 1 ] && [ ! -s "$tmp/out" ]; then pass "$3"
  else flop "$3 (exit $1 and one line with '$2' expected)"; fi
}
skip() { count=$((count + 1)); echo "ok $count - $1 # SKIP $2"; }
check() { if "$@"; then pass "$name"; else flop "$name"; fi; }
done_testing() { echo "1..$count"; rm -rf "$tmp"; exit $bad; }
