#!/bin/sh
# The program's manners: help, version, exit codes, did-you-mean, what goes where.
. "$(dirname "$0")/tap.sh"

run "$WEIR"; is 2 "no command is a usage error"; has err "Usage: weir COMMAND" "and shows the usage on standard error"
run "$WEIR" --help; is 0 "--help is no error"; has out "verify" "help lists the commands"; has out "Exit codes" "help lists the exit codes"
run "$WEIR" --version; is 0 "--version"; has out "weir " "prints the version"
run "$WEIR" verfy; fails 2 "did you mean 'verify'?" "a misspelt command gets a suggestion"
for c in solve converge verify selftest schemes cases info; do
  run "$WEIR" $c --help; is 0 "$c --help"; has out "Usage: weir $c" "$c --help shows its usage"
done
run "$WEIR" solve; is 2 "solve without a case"; has err "a case is missing" "says that a case is missing"
run "$WEIR" verify ou2d; is 2 "verify without a cloud"; has err "a cloud is missing" "says that a cloud is missing"
run "$WEIR" solve ou2d --cels 8; is 2 "an unknown option"
run "$WEIR" solve ou2d --threads 0; is 2 "a thread count out of range"; has err "--threads" "names the option"
run "$WEIR" solve nosuchcase; fails 2 "nosuchcase" "an unknown case is named"
run "$WEIR" solve ou2e; fails 2 "did you mean 'ou2d'?" "an almost known case gets a suggestion"
run "$WEIR" solve "$tmp/none.yaml"; fails 2 "none.yaml" "a missing case file is named"

run "$WEIR" cases; is 0 "cases"; has out "ou2d" "cases lists ou2d"
run "$WEIR" cases --json; is 0 "cases --json"; has out '"weir-table-1"' "as JSON"
run "$WEIR" cases ou2d; is 0 "cases ou2d prints the file"; has out "equation: fokker-planck" "which is a case file"
cp "$tmp/out" "$tmp/mine.yaml"
run "$WEIR" info "$tmp/mine.yaml"; is 0 "a printed case is a case"; has out "ornstein-uhlenbeck" "and says what it is"
run "$WEIR" info; is 0 "info without a file"
name="says which kernels run"; check grep -qE '^vector kernels +(avx512f|avx2|sse2|portable)$' "$tmp/out"
run "$WEIR" info --threads 3; name="and on how many threads"; check grep -qE '^threads +3$' "$tmp/out"
done_testing
