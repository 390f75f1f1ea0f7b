#!/bin/sh
# make install into a scratch directory; a C program that knows nothing but pkg-config builds against it.
. "$(dirname "$0")/tap.sh"
if nm "$WEIR" 2>/dev/null | grep -q '__asan_init\|__gcov'; then skip "install" "an instrumented build is not installed"; done_testing; fi

run make --no-print-directory B="$(dirname "$WEIR")" PREFIX="$tmp/usr" install; is 0 "make install"
run "$tmp/usr/bin/weir" cases; is 0 "the installed program knows its cases"
PKG_CONFIG_PATH=$tmp/usr/lib/pkgconfig; export PKG_CONFIG_PATH
run sh -c "${CC:-cc} -std=c11 -o '$tmp/user' tests/examples/judge_a_cloud.c \$(pkg-config --cflags --libs weir)"; is 0 "a user's program compiles"
run "$tmp/user"; is 0 "and runs"
done_testing
