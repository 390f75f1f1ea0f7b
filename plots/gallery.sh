#!/bin/sh
# plots/gallery.sh DIR - pictures of the built-in cases: solutions, orders, verdicts. Run by `make plots` with WEIR set.
# Each picture comes with its data (.dat) and its script (.gp): edit it and draw again with `gnuplot -d NAME.gp`.
set -eu
weir=${WEIR:-build/weir}
out=${1:-build/plots}
here=$(cd "$(dirname "$0")/.." && pwd)
if ! command -v gnuplot >/dev/null 2>&1; then
  echo "plots: gnuplot is not installed (Debian: gnuplot-nox, or \`make deps\`)" >&2
  exit 2
fi
mkdir -p "$out"

# draw NAME EXIT-CODES COMMAND...: what the command prints goes to NAME.txt.
draw() {
  name=$1 fine=$2; shift 2
  code=0
  "$weir" "$@" --quiet --plot="$out/$name.png" >"$out/$name.txt" || code=$?
  case " $fine " in
    *" $code "*) echo "$out/$name.png   weir $*" ;;
    *) echo "plots: weir $* ended with exit code $code" >&2; exit 1 ;;
  esac
}

draw swirl 0 solve swirl2d --cells 128 --end 0.75 --outputs 15
draw rotate-donor 0 solve rotate2d --scheme donor
draw ou2d 0 solve ou2d
draw wall 0 solve wall1d --outputs 10
draw escape 0 solve escape1d --cells 400 --outputs 10
draw order-ou 0 converge ou1d
draw order-donor 1 converge advect1d --scheme donor --order 2
draw order-muscl '0 1' converge advect2d # smooth extrema are clipped: the order is reached late
draw order-set '0 1' converge vortex2d --scheme muscl-mc,koren,weno5-z+ssprk54,u7+ssprk54,u9+ssprk54 --levels 32:256
draw verdict-good 0 verify ou2d "$here/reference/demo/good.npz"
draw verdict-broken 1 verify ou2d "$here/reference/demo/bad_logdet_sign.npz"
draw verdict-wrong-problem 1 verify ou2d-nonreversible "$here/reference/demo/good.npz"
