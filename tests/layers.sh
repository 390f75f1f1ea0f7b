#!/bin/sh
# layers.sh - the layering of includes, and the library's symbols (TAP).
#   LIBWEIR  the library to look at (default build/libweir.a)
#
# A module may include its own private headers ("mod/..."), the public headers of the modules named in its row,
# and their private headers. Public headers belong to modules: see `owner`. exact and cmp judge; fv, time and solve
# are the accused: the first may never see the second.
set -u
cd "$(dirname "$0")/.." || exit 2
count=0 bad=0
ok() { count=$((count + 1)); echo "ok $count - $1"; }
no() { count=$((count + 1)); bad=1; echo "not ok $count - $1"; }

allowed() {
  case $1 in
    util) echo util ;;
    mesh) echo util mesh ;;
    expr) echo util expr ;;
    fv) echo util mesh fv ;;
    time) echo util time mesh ;;
    exact) echo util mesh exact ;;
    part) echo util mesh part ;;
    io) echo util mesh part io ;;
    case) echo util mesh expr io case ;;
    cmp) echo util mesh part cmp ;;
    solve) echo util mesh fv time solve ;;
    laws) echo util mesh fv time cmp solve laws ;;
    study) echo util mesh expr fv time exact part io case cmp solve study ;;
    report) echo util mesh part cmp io report ;;
    cli) echo util mesh expr fv time exact part io case cmp solve laws study report cli ;;
    *) echo "" ;;
  esac
}

owner() { # module of a public header
  case $1 in
    base | version | sum | rng) echo util ;;
    mesh) echo mesh ;;
    expr) echo expr ;;
    scheme) echo fv ;; # shared by fv and time: tables only
    uniformise) echo time ;;
    exact | flowmap) echo exact ;;
    cloud) echo part ;;
    array | yaml | cloud_io | field_io) echo io ;;
    case) echo case ;;
    norms | order | verdict | judge) echo cmp ;;
    solve) echo solve ;;
    laws) echo laws ;;
    study) echo study ;;
    report) echo report ;;
    *) echo unknown ;;
  esac
}

for dir in src/*/; do
  m=$(basename "$dir") wrong=
  may=" $(allowed "$m") "
  [ "$may" = "  " ] && { no "module $m has no row in tests/layers.sh"; continue; }
  for f in "$dir"*.[ch]; do
    [ -f "$f" ] || continue
    for inc in $(sed -n 's/^ *# *include *[<"]\([^>"]*\)[>"].*/\1/p' "$f"); do
      case $inc in
        weir/weir.h) o=everything ;;
        weir/scheme.h) case $m in time) o=time ;; *) o=fv ;; esac ;;
        weir/*) o=$(owner "$(basename "$inc" .h)") ;;
        */*.h) o=${inc%%/*}; [ -d "src/$o" ] || continue ;;
        *) continue ;;
      esac
      case $may in *" $o "*) ;; *) wrong="$wrong $f:$inc($o)" ;; esac
    done
  done
  if [ -z "$wrong" ]; then ok "module $m includes only what its layer may"; else no "module $m:$wrong"; fi
done

# File names are unique in the tree of sources.
twice=$(ls src/*/*.c | xargs -n1 basename | sort | uniq -d | tr '\n' ' ')
if [ -z "$twice" ]; then ok "source file names are unique"; else no "source file names stand twice: $twice"; fi

# Every public header is owned and stands alone.
stray=
for h in include/weir/*.h; do
  n=$(basename "$h" .h)
  [ "$n" = weir ] || [ "$(owner "$n")" != unknown ] || stray="$stray $n.h"
  printf '#include <weir/%s.h>\n' "$n" | ${CC:-cc} -std=c11 -Iinclude -fsyntax-only -xc - 2>/dev/null || stray="$stray $n.h(does-not-compile-alone)"
done
if [ -z "$stray" ]; then ok "public headers are owned and stand alone"; else no "public headers:$stray"; fi

# The library never prints, exits, aborts or reads the environment.
LIBWEIR=${LIBWEIR:-build/libweir.a}
if [ -f "$LIBWEIR" ] && ! nm -u "$LIBWEIR" | grep -q '__asan\|__gcov'; then
  sym=$(nm -u "$LIBWEIR" | awk '$1=="U"{print $2}' | sort -u | grep -xE 'abort|exit|_exit|quick_exit|printf|puts|putchar|perror|vprintf|getenv|setenv|setlocale|system|popen|signal|sigaction|gsl_set_error_handler.*|stdout|__printf_chk|__assert_fail' | tr '\n' ' ')
  if [ -z "$sym" ]; then ok "the library calls nothing that prints, exits or changes the process"; else no "the library uses: $sym"; fi
else
  ok "the library's symbols # SKIP instrumented or absent"
fi
echo "1..$count"
exit $bad
