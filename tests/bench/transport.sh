#!/bin/bash
# transport.sh - speed of the transport schemes beside the hardware and hand-written kernels, all measured by turns in one run.
#   transport.sh BINDIR [ROUNDS]      BINDIR holds bench_transport, adv, ho, triad
# Every figure is the best of ROUNDS (default 3): other work on the machine only slows. Prints; never fails on a slow machine.
set -eu
bin=$1 rounds=${2:-3}
export OMP_NUM_THREADS=1
declare -A best

keep() { best[$1]=$(awk -v a="${best[$1]:-0}" -v b="$2" 'BEGIN { print (b + 0 > a + 0) ? b : a }'); }
field() { sed -n "s/.*$1=\([0-9.e+-]*\).*/\1/p"; }

# The hand-written kernel of a scheme: program and mode; several if there are several.
peers() {
  case $1 in
    donor) echo adv:upwind ;;
    muscl-mc) echo adv:muscl ;;
    koren) echo adv:koren3 ;;
    ctu-mc) echo adv:ctu ;;
    weno5-z) echo adv:weno ho:W5 ;;
    weno7-z) echo ho:W7 ;;
    u5) echo ho:U5 ;;
    u7) echo ho:U7 ;;
    u9) echo ho:U9 ;;
  esac
}

peer() { # peer PROGRAM:MODE N -> Mcell-stages/s; about 1e8 cell-stages
  case $1 in
    adv:*) "$bin/adv" "$2" 0 "${1#adv:}" 0.45 "$(awk -v n="$2" 'BEGIN { print 5e6 / (n * n * n) }')" | field 'Mcell-stages\/s' ;;
    ho:*) if [ "$2" -le 512 ]; then "$bin/ho" "${1#ho:}" "$2" ssp54 "$(awk -v n="$2" 'BEGIN { print n <= 256 ? .9 : 1.8 }')" | field 'Mcell-stages\/s'; fi ;;
  esac
}

stepper() { case $1 in ctu-*) echo onestep ;; u*) echo ssprk54 ;; *) echo ssprk3 ;; esac; }

echo "== machine"
sed -n 's/^model name.*: /processor   /p' /proc/cpuinfo | head -n 1
cc --version | sed -n '1s/^/compiler    /p'
echo "triad       $("$bin/triad") GB/s on 1 thread, $(OMP_NUM_THREADS=2 "$bin/triad") on 2 (24 bytes an entry)"

echo
echo "== Mcell-stages/s: solid rotation of a Gaussian on 1, inflow sides, full ledger; best of $rounds"
echo "   (ratio): to the hand-written kernel in 2D at the same size, named in the last column; 2 thr: gain of a second thread at 1024^2;"
echo "   3D/2D: 96^3 against 1024^2, a cell and (a face)"
printf '%-15s %-9s %14s %14s %14s %8s %8s %16s  %s\n' scheme stepper '256^2' '512^2' '1024^2' '2 thr' '96^3' '3D/2D' 'beside'
for s in $("$bin/bench_transport" schemes); do
  st=$(stepper "$s")
  for n in 256 512 1024; do
    for ((r = 0; r < rounds; r++)); do
      keep "$s.$n" "$("$bin/bench_transport" rate "$s" "$st" $n 2 1 0.4 | cut -d' ' -f1)"
      for p in $(peers "$s"); do x=$(peer "$p" $n); [ -z "$x" ] || keep "$p.$n" "$x"; done
    done
  done
  for ((r = 0; r < rounds; r++)); do
    keep "$s.3d" "$("$bin/bench_transport" rate "$s" "$st" 96 3 1 0.4 | cut -d' ' -f1)"
    keep "$s.one" "$("$bin/bench_transport" rate "$s" "$st" 1024 2 1 0.4 | cut -d' ' -f2)"
    keep "$s.two" "$("$bin/bench_transport" rate "$s" "$st" 1024 2 2 0.4 | cut -d' ' -f2)"
  done
  first=1
  for p in $(peers "$s") -; do
    [ "$first" = 1 ] || [ "$p" != - ] || continue
    awk -v s="$s" -v st="$st" -v p="$p" -v first=$first -v a="${best[$s.256]}" -v b="${best[$s.512]}" -v c="${best[$s.1024]}" \
      -v pa="${best[$p.256]:-0}" -v pb="${best[$p.512]:-0}" -v pc="${best[$p.1024]:-0}" -v one="${best[$s.one]}" \
      -v two="${best[$s.two]}" -v d="${best[$s.3d]}" '
      function cell(x, y) { return sprintf("%.0f (%s)", x, y > 0 ? sprintf("%.2f", x / y) : "-") }
      BEGIN { printf "%-15s %-9s %14s %14s %14s %8.2f %8.0f %9.2f (%.2f)  %s\n", first ? s : "", first ? st : "", cell(a, pa), cell(b, pb), cell(c, pc),
              two / one, d, d / c, 1.5 * d / c, p }'
    first=0
  done
done

echo
echo "== the same with rho >= 0 kept by the capacity limiter (ssprk54, 1 thread; nothing is limited here), beside ho.c with its own"
printf '%-15s %14s %14s %22s\n' scheme '256^2' '512^2' 'cost of it at 256, 512'
for s in u5 u7 u9 weno5-z weno7-z; do
  h=$(peers "$s" | tr ' ' '\n' | sed -n 's/^ho://p')
  for n in 256 512; do
    for ((r = 0; r < rounds; r++)); do
      keep "$s.$n.none" "$("$bin/bench_transport" rate "$s" ssprk54 $n 2 1 0.4 none | cut -d' ' -f1)"
      keep "$s.$n.positive" "$("$bin/bench_transport" rate "$s" ssprk54 $n 2 1 0.4 positive | cut -d' ' -f1)"
      keep "$h.$n.1" "$("$bin/ho" "$h" $n ssp54 1.4 1 | field 'Mcell-stages\/s')"
    done
  done
  awk -v s="$s" -v a="${best[$s.256.positive]}" -v b="${best[$s.512.positive]}" -v pa="${best[$h.256.1]}" -v pb="${best[$h.512.1]}" \
    -v na="${best[$s.256.none]}" -v nb="${best[$s.512.none]}" 'BEGIN { printf "%-15s %7.0f (%.2f) %7.0f (%.2f) %14.2f %7.2f\n", s, a, a / pa, b, b / pb, na / a, nb / b }'
done

echo
echo "== CPU seconds to a relative L1 error, set-up included, log-log between runs: R, one turn of a Gaussian; SWIRL, there and back"
printf '%-7s %-10s %-9s %6s %10s %10s %10s   %s\n' problem scheme stepper CFL 1e-3 1e-5 1e-7 'error and seconds at each N'
tocost() { # tocost PROBLEM SCHEME STEPPER CFL N..
  local problem=$1 scheme=$2 st=$3 cfl=$4 n x
  shift 4
  for n in "$@"; do
    x=
    for ((r = 0; r < rounds; r++)); do x="$x$("$bin/bench_transport" error "$problem" "$scheme" "$st" "$n" "$cfl") "; done
    echo "$n $x"
  done | awk -v problem="$problem" -v s="$scheme" -v st="$st" -v cfl="$cfl" '
    { n[NR] = $1; e[NR] = $2; t[NR] = $3; for (i = 5; i <= NF; i += 2) if ($i < t[NR]) t[NR] = $i
      all = all sprintf("  %d: %.1e %.3f", n[NR], e[NR], t[NR]) }
    function to(w, i, f) {
      for (i = 1; i < NR; i++) if (e[i] >= w && e[i + 1] <= w) {
        f = log(e[i] / w) / log(e[i] / e[i + 1]); return sprintf("%.4f", exp(log(t[i]) + f * log(t[i + 1] / t[i]))) }
      return e[1] < w ? sprintf("< %.4f", t[1]) : "-" }
    END { printf "%-7s %-10s %-9s %6s %10s %10s %10s %s\n", problem, s, st, cfl, to(1e-3), to(1e-5), to(1e-7), all }'
}
tocost R u9 ssprk54 0 48 64 96 128 192 256
tocost R u9 ssprk54 1 48 64 96 128 192 256
tocost R u7 ssprk54 0 64 96 128 192 256
tocost R weno5-z ssprk54 0 64 128 256
tocost R koren ssprk3 0 128 256 512
tocost R muscl-mc ssprk3 0 256 512
"$bin/bench_transport" schemes | grep -q ctu-mc && tocost R ctu-mc onestep 0 128 256 512
tocost SWIRL u9 ssprk54 0 48 64 96 128 192 256 384
tocost SWIRL u7 ssprk54 0 64 128 256 384
tocost SWIRL weno5-z ssprk54 0 64 128 256
tocost SWIRL koren ssprk3 0 128 256 512
"$bin/bench_transport" schemes | grep -q ctu-mc && tocost SWIRL ctu-mc onestep 0 128 256 512
exit 0
