#!/bin/sh
# demo.sh OUTDIR - judge a good and a broken neural cloud; what `make demo` runs.
# The clouds are 2000 particles of a Deep JKO solver on Ornstein-Uhlenbeck, 8 steps of tau = 0.05; in the broken one the sign
# of log det in the carried densities is wrong. Exit 0 if weir tells them apart.
set -u
out=${1:-build/demo}
weir=${WEIR:-build/weir}
here=$(dirname "$0")
mkdir -p "$out" || exit 2
# judge NAME CLOUD: verdict on the screen, reports (and a picture, with gnuplot) in $out.
judge() {
  if command -v gnuplot >/dev/null 2>&1; then set -- "$1" "$2" "--plot=$out/$1.png"; fi
  name=$1 cloud=$2; shift 2
  "$weir" verify ou2d "$here/demo/$cloud" --json="$out/$name.json" --junit="$out/$name.xml" "$@"
}

echo "== the truth: finite volumes"
"$weir" solve ou2d -o "$out/truth.npz" || exit 1
echo
echo "== a good cloud"
judge good good.npz
good=$?
echo
echo "== the same particles, log det with the wrong sign in the carried densities"
judge bad bad_logdet_sign.npz
bad=$?
echo
echo "exit codes: good $good (0 expected), broken $bad (1 expected); reports and pictures are in $out/"
[ "$good" -eq 0 ] && [ "$bad" -eq 1 ]
