# weir: build, test, install. `make help` lists the targets.
#
#   MODE=release|debug|asan|cov   what to build (release goes to build/, the others to build/MODE/)
#   B=DIR                         build directory (default build)
#   V=1                           show the commands      WERROR=1  warnings are errors

MODE    ?= release
B       ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
AR      ?= ar
V       ?= 0
WERROR  ?= 0
JOBS    ?= $(shell nproc 2>/dev/null || echo 1)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

OUT := $(if $(filter release,$(MODE)),$(B),$(B)/$(MODE))
comma := ,
Q   := $(if $(filter 1,$(V)),,@)
say  = $(if $(filter 1,$(V)),,@printf '  %-5s %s\n' '$(1)' '$(2)')

# ---------------------------------------------------------------- packages
# Debian packages of `make deps` (to build, test and run) and `make deps-dev` (format, lint).
DEPS     := build-essential pkg-config libgsl-dev libyaml-dev libzip-dev libjansson-dev libcmocka-dev gnuplot-nox
DEPS_DEV := clang-format clang-tidy cppcheck
PKGS     := gsl yaml-0.1 libzip jansson

# Asked once, and only when a recipe needs it: `make deps all` must not ask before deps has run.
PKG_CFLAGS  = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS    = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)
TEST_LIBS   = $(eval TEST_LIBS := $$(shell pkg-config --libs cmocka))$(TEST_LIBS)

# ---------------------------------------------------------------- flags
# No contraction and no -march: the same bits on every x86-64. -fno-trapping-math lets predicates vectorise.
CSTD   := -std=c11 -D_POSIX_C_SOURCE=200809L
FPFLAGS := -ffp-contract=off -fno-math-errno -fno-trapping-math
WARN   := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
          -Wdouble-promotion -Wno-sign-conversion $(if $(filter 1,$(WERROR)),-Werror)
OPT_release := -O3 -g -DNDEBUG
OPT_debug   := -O1 -g -DWEIR_DEBUG
OPT_asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DWEIR_DEBUG
OPT_cov     := -O1 -g --coverage
OPT    := $(OPT_$(MODE))
$(if $(OPT),,$(error MODE=$(MODE): release, debug, asan or cov expected))
CFLAGS  ?=
LDFLAGS ?=
ALL_CFLAGS = $(CSTD) $(OPT) $(FPFLAGS) -fopenmp $(WARN) -Iinclude -Isrc $(PKG_CFLAGS) $(CFLAGS)
ALL_LIBS   = $(PKG_LIBS) -lm

# ---------------------------------------------------------------- sources
LIB_SRC  := $(sort $(filter-out src/cli/%,$(wildcard src/*/*.c)))
CLI_SRC  := $(sort $(wildcard src/cli/*.c))
TEST_SRC := $(sort $(wildcard tests/unit/test_*.c tests/laws/test_*.c tests/order/test_*.c))
LONG_SRC := $(sort $(wildcard tests/*/long_*.c))
EXAMPLE_SRC := $(sort $(wildcard tests/examples/*.c))
PLUGIN_SRC := $(sort $(wildcard tests/examples/mutants/*.c tests/examples/plugin_template/*.c))
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))
SUPPORT_SRC := $(sort $(wildcard tests/support/*.c))
CASES    := $(sort $(wildcard reference/*.yaml))
MESHES   := $(sort $(wildcard meshes/*.yaml))
HEADERS  := $(sort $(wildcard include/weir/*.h))

obj = $(patsubst %.c,$(OUT)/obj/%.o,$(1))
LIB_OBJ := $(call obj,$(LIB_SRC)) $(OUT)/obj/gen/builtin_files.o
CLI_OBJ := $(call obj,$(CLI_SRC))
SUPPORT_OBJ := $(call obj,$(SUPPORT_SRC))
TESTS   := $(patsubst tests/%.c,$(OUT)/tests/%,$(TEST_SRC))
LONGS   := $(patsubst tests/%.c,$(OUT)/tests/%,$(LONG_SRC))
EXAMPLES := $(patsubst tests/%.c,$(OUT)/tests/%,$(EXAMPLE_SRC))
PLUGINS := $(patsubst tests/examples/%.c,$(OUT)/tests/%.so,$(PLUGIN_SRC))
BENCHES := $(patsubst tests/%.c,$(OUT)/tests/%,$(BENCH_SRC))
# The sweep's kernels built without clones, and for one kind of vectors: tests/cli/test_bits.sh compares fields.
FV_SRC   := $(filter src/fv/%,$(LIB_SRC))
VARIANTS := plain $(if $(filter x86_64,$(shell uname -m)),avx2)
VARIANT_plain := -DWEIR_NO_CLONES
VARIANT_avx2  := -DWEIR_NO_CLONES -mavx2 -DBITS_NEED='"avx2"'
BITS     := $(OUT)/tests/bits/fields $(addprefix $(OUT)/tests/bits/fields_,$(VARIANTS))
VERSION := $(shell sed -n 's/.*WEIR_VERSION "\(.*\)"/\1/p' include/weir/version.h)

all: $(OUT)/weir $(OUT)/libweir.a ## build the program and the library (build/weir, build/libweir.a)

$(OUT)/libweir.a: $(LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $(LIB_OBJ)

$(OUT)/weir: $(CLI_OBJ) $(OUT)/libweir.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(CLI_OBJ) $(OUT)/libweir.a $(ALL_LIBS)

$(OUT)/obj/%.o: %.c $(OUT)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Built-in cases and meshes: the files themselves, as C strings, so that the program works from anywhere.
$(OUT)/gen/builtin_files.c: $(CASES) $(MESHES) src/case/embed.sh
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D) && sh src/case/embed.sh $(CASES) $(MESHES) >$@

$(OUT)/obj/gen/builtin_files.o: $(OUT)/gen/builtin_files.c $(OUT)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# A changed flag, compiler or list of sources rebuilds: the stamp changes only when its text does.
$(OUT)/flags: FORCE
	$(Q)mkdir -p $(@D) && printf '%s\n' '$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(ALL_LIBS) $(LIB_SRC) $(CLI_SRC)' >$@.new && \
	  if cmp -s $@.new $@; then rm -f $@.new; else mv -f $@.new $@; fi
FORCE:

$(OUT)/tests/%: $(OUT)/obj/tests/%.o $(SUPPORT_OBJ) $(OUT)/libweir.a
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(SUPPORT_OBJ) $(OUT)/libweir.a $(TEST_LIBS) $(ALL_LIBS)

define variant_rules
$(OUT)/obj/$(1)/%.o: %.c $(OUT)/flags
	$$(call say,CC,$$< ($(1)))
	$$(Q)mkdir -p $$(@D) && $$(CC) $$(ALL_CFLAGS) $$(VARIANT_$(1)) -MMD -MP -c -o $$@ $$<
$(OUT)/tests/bits/fields_$(1): $(patsubst %.c,$(OUT)/obj/$(1)/%.o,tests/bits/fields.c $(FV_SRC)) $(SUPPORT_OBJ) $(OUT)/libweir.a
	$$(call say,LD,$$@)
	$$(Q)mkdir -p $$(@D) && $$(CC) $$(ALL_CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(TEST_LIBS) $$(ALL_LIBS)
endef
$(foreach v,$(VARIANTS),$(eval $(call variant_rules,$(v))))

# Faults around functions of the sweep, for this test only.
$(OUT)/tests/laws/test_sweep_mutants: private LDFLAGS += $(addprefix -Wl$(comma)--wrap=,weir_product_mixed \
  weir_product_begin weir_product_along weir_product_moments weir_row_update)

# Plug-ins as a user builds them: no library, no flags of ours. FPFLAGS are not needed: mutants may differ in their bits.
$(OUT)/tests/%.so: tests/examples/%.c include/weir/scheme.h $(wildcard tests/examples/mutants/*.h)
	$(call say,SO,$@)
	$(Q)mkdir -p $(@D) && $(CC) -std=c11 -O2 $(WARN) -shared -fPIC -Iinclude -o $@ $<

-include $(shell find $(OUT)/obj -name '*.d' 2>/dev/null)

# ---------------------------------------------------------------- tests
CLI_TESTS := tests/layers.sh $(sort $(wildcard tests/cli/test_*.sh))

check: $(OUT)/weir $(TESTS) $(EXAMPLES) $(PLUGINS) $(BITS) ## build and run the tests (under a minute); ends with `N passed, N failed`
	$(Q)WEIR=$(OUT)/weir LIBWEIR=$(OUT)/libweir.a BUILD=$(OUT) sh tests/run.sh $(TESTS) $(EXAMPLES) $(CLI_TESTS)

check-long: $(OUT)/weir $(LONGS) ## 3D, fine meshes, 10 000 steps, calibration: minutes
	$(Q)WEIR=$(OUT)/weir LIBWEIR=$(OUT)/libweir.a BUILD=$(OUT) sh tests/run.sh $(LONGS) $(sort $(wildcard tests/cli/long_*.sh))

asan: ## the tests under address and undefined-behaviour sanitizers
	$(Q)$(MAKE) --no-print-directory MODE=asan check

debug: ## a debug build, fresh memory filled with NaN, and its tests
	$(Q)$(MAKE) --no-print-directory MODE=debug check

layers: $(OUT)/libweir.a ## check the layering of includes and the library's symbols
	$(Q)LIBWEIR=$(OUT)/libweir.a sh tests/layers.sh

FORMATTED = $(wildcard src/*/*.[ch] include/weir/*.h tests/*/*.[ch] tests/examples/*/*.[ch])
format: ## rewrite the sources in the project's style
	$(Q)clang-format -i $(FORMATTED)
format-check: ## fail if a source is not in the project's style
	$(Q)clang-format --dry-run --Werror $(FORMATTED)

TIDY_STAMPS := $(patsubst %.c,$(OUT)/tidy/%.ok,$(LIB_SRC) $(CLI_SRC))
tidy: $(TIDY_STAMPS) ## clang-tidy on the program and the library
$(OUT)/tidy/%.ok: %.c $(OUT)/flags .clang-tidy
	$(call say,TIDY,$<)
	$(Q)mkdir -p $(@D) && clang-tidy --quiet $< -- $(CSTD) -fopenmp -Iinclude -Isrc $(PKG_CFLAGS) >$@.log 2>&1 || { cat $@.log; exit 1; }
	$(Q)touch $@

# ---------------------------------------------------------------- demo, bench, plots
demo: all ## judge a good and a broken neural cloud, draw a picture into build/demo/
	$(Q)WEIR=$(OUT)/weir sh reference/demo.sh $(B)/demo

# The kernels to measure against have flags of their own.
CEILINGS := $(addprefix $(OUT)/tests/bench/,adv ho triad)
$(OUT)/tests/bench/adv: tests/bench/ceiling/adv.c
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) -O3 -march=native -mprefer-vector-width=512 -ffp-contract=fast -fno-trapping-math -fno-math-errno -fno-signed-zeros -fopenmp -DW=4096 -o $@ $< -lm
$(OUT)/tests/bench/ho: tests/bench/ceiling/ho.c
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) -O3 -ffp-contract=off -fno-trapping-math -fno-math-errno -fno-signed-zeros -fopenmp-simd -o $@ $< -lm
$(OUT)/tests/bench/triad: tests/bench/ceiling/triad.c
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) -O3 -march=native -fopenmp -o $@ $<

bench: $(OUT)/weir $(BENCHES) $(CEILINGS) ## speed beside the hardware's limits and hand-written kernels; minutes; never gates
	$(Q)bash tests/bench/transport.sh $(OUT)/tests/bench
	$(Q)for b in $(filter-out %/bench_transport,$(BENCHES)); do $$b || exit 1; done

plots: all ## draw the gallery into build/plots/
	$(Q)WEIR=$(OUT)/weir sh plots/gallery.sh $(B)/plots

# ---------------------------------------------------------------- install
install: all ## program, static library, headers, pkg-config file
	$(Q)install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/include/weir
	$(Q)install -m 755 $(OUT)/weir $(DESTDIR)$(PREFIX)/bin/weir
	$(Q)install -m 644 $(OUT)/libweir.a $(DESTDIR)$(PREFIX)/lib/libweir.a
	$(Q)install -m 644 $(HEADERS) $(DESTDIR)$(PREFIX)/include/weir/
	$(Q)printf 'prefix=%s\nName: weir\nDescription: finite-volume truth and verdicts for the continuity equation\nVersion: %s\nRequires: %s\nCflags: -I$${prefix}/include\nLibs: -L$${prefix}/lib -lweir -fopenmp -lm\n' \
	  '$(PREFIX)' '$(VERSION)' '$(PKGS)' >$(DESTDIR)$(PREFIX)/lib/pkgconfig/weir.pc

# ---------------------------------------------------------------- packages
# What is installed is left alone; without a missing package nothing is run.
define install_missing
	$(Q)missing=; for p in $(1); do \
	  dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  echo "installing:$$missing" >&2; sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing >&2 || \
	  { echo "make deps: could not install:$$missing" >&2; exit 1; }; fi
endef
deps: ## install the Debian packages that are missing (with sudo if not root)
	$(call install_missing,$(DEPS))
deps-dev: ## as deps, for the format and lint targets
	$(call install_missing,$(DEPS_DEV))

# `make -j deps check`: everything that builds waits for deps.
ifneq (,$(filter deps,$(MAKECMDGOALS)))
$(OUT)/flags: | deps
endif

clean: ## remove the build directory
	$(Q)rm -rf $(B)

print-%: ; @echo '$*=$($*)'

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

.PHONY: all check check-long asan debug layers format format-check tidy demo bench plots install deps deps-dev clean help FORCE
