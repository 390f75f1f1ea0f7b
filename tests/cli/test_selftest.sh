#!/bin/sh
# weir selftest: the built-in schemes pass, the template passes, each mutant fails by the law it breaks, bad plug-ins are refused.
. "$(dirname "$0")/tap.sh"
so=$BUILD/tests

run "$WEIR" selftest; is 0 "all built-in schemes and steppers obey all laws"
has out "broken: 0" "and it says so"; has out "muscl-mc" "schemes are named"; has out "ssprk3" "steppers too"
run "$WEIR" selftest --only donor --only euler; is 0 "--only takes names of both kinds"
has out "schemes and steppers: 2;" "and tests those only"
run "$WEIR" selftest --only muscl-mcc; fails 2 "did you mean 'muscl-mc'?" "a misspelt name gets a suggestion"
run "$WEIR" selftest --only donor --json; is 0 "--json"; has out '"weir-report-1"' "prints the report"; lacks out "laws that hold" "and nothing else"
run "$WEIR" selftest donor; is 2 "a stray argument is refused"

run "$WEIR" selftest --plugin "$so/plugin_template/my_limiter.so"; is 0 "the template obeys all laws"
has out "schemes and steppers: 1; laws that hold: 24, broken: 0" "of which there are 24"

# mutant  law that must be among the broken ones
while read -r mutant law; do
  run "$WEIR" selftest --plugin "$so/mutants/$mutant.so"; cp "$tmp/out" "$tmp/$mutant.said"
  if [ "$code" -eq 1 ] && grep -qE "^  $law +FAIL  .*, expected " "$tmp/out"; then pass "mutant $mutant breaks '$law'"
  else flop "mutant $mutant breaks '$law' (exit 1 and that law expected)"; fi
done <<'LIST'
asymmetric        mirror
by_address        mass
cfl_too_large     positive
face_off_by_one   linear-data
flux_differs      flux
ghost_off_by_one  reach
hidden_scale      scale
last_face         mass
leak_one_way      constants
lost_mass         constants
nan_at_rest       upwind
not_linear        linear
not_positive      positive
not_tvd           tvd
order_claim       order
order_loss_2d     order-2d
remembers         mass
row_remainder     shift
stencil_index     reach
stepper_order     order
stepper_ssp       ssp
stepper_times     times
stepper_weights   weights
stretched_order   order
two_coefs         uniform
uneven_widths     linear-data
wrong_abs         odd
LIST
# and by the other laws that see the same fault
while read -r mutant law; do
  last="weir selftest --plugin $mutant.so, above"
  if grep -qE "^  $law +FAIL  " "$tmp/$mutant.said"; then pass "mutant $mutant breaks '$law' too"; else flop "mutant $mutant breaks '$law' too"; fi
done <<'LIST'
leak_one_way     constant-run
leak_one_way     mirror-run
face_off_by_one  order
last_face        shift
last_face        mirror-run
not_tvd          bounds
row_remainder    mass
row_remainder    shift-run
stepper_ssp      positive
stepper_weights  order
stepper_weights  order-run
two_coefs        axis
wrong_abs        odd-run
wrong_abs        order-2d
wrong_abs        order-3d
LIST
# Laws that a mutant must not break: it is caught for its own reason.
while read -r mutant laws; do
  broken=$(sed -n 's/^  \([a-z0-9-]*\) *FAIL .*/\1/p' "$tmp/$mutant.said" | tr '\n' ' ')
  if [ "$broken" = "$laws " ]; then pass "mutant $mutant breaks nothing but $laws"; else flop "mutant $mutant breaks nothing but $laws (found $broken)"; fi
done <<'LIST'
asymmetric     mirror mirror-run
hidden_scale   scale
not_linear     linear
not_positive   positive
cfl_too_large  positive
order_claim    order
order_loss_2d  axis axis-run embedding order-2d order-compressible order-3d
flux_differs   flux
stretched_order  order order-2d order-compressible order-3d
stepper_times  times order-run
LIST
listed=$(sed -n '/^# mutant  law/,/^LIST$/p' "$0" | grep -cE '^[a-z_0-9]+ +[a-z0-9-]+$')
there=$(ls "$so"/mutants/*.so | wc -l)
name="every mutant is in the list ($there)"; check test "$listed" -eq "$there"

run "$WEIR" selftest --plugin "$so/mutants/lost_mass.so" --junit "$tmp/j.xml" --json="$tmp/r.json"; is 1 "a broken law is exit code 1, with reports"
name="JUnit has the failure"; check grep -q '<failure type="constants" message="face' "$tmp/j.xml"
name="JSON has the numbers"; check grep -q '"expected": *0.69999999999999996' "$tmp/r.json"

# What is no plug-in, or not for this weir.
build() { printf '%s\n' "$2" >"$tmp/$1.c"; ${CC:-cc} -std=c11 -shared -fPIC -Iinclude -o "$tmp/$1.so" "$tmp/$1.c"; }
table='#include <weir/scheme.h>
static void row(ptrdiff_t n, ptrdiff_t s, const double *restrict q, const double *restrict u, const weir_stencil *st, double *restrict f)
{ (void)st; for (ptrdiff_t i = 0; i < n; i++) f[i] = u[i] > 0 ? q[i - s] : q[i]; }
static const weir_recon a = {.abi = WEIR_SCHEME_ABI, .name = "a", .order = 1, .ghost = 1, .cfl = 1, .row = row CHANGE};
const weir_recon *const weir_plugin_recons[] = {&a, NULL};'
refuse() { # NAME CHANGE TEXT SENTENCE
  build "$1" "$(printf '%s' "$table" | sed "s|CHANGE|$2|")"
  run "$WEIR" selftest --plugin "$tmp/$1.so"; fails 2 "$3" "$4"
}
refuse abi ', .abi = 99' "has abi 99, 2 expected" "a table for another abi is refused"
refuse kernel ', .row = NULL' "scheme a has no kernel" "a table without a kernel"
refuse taken ', .name = "donor"' "the name 'donor' is taken" "a name that is taken"
refuse nameless ', .name = NULL' "no name" "a table without a name"
refuse odd ', .name = "My Scheme"' "a name of 1 to 23 characters" "a name that cannot be typed"
refuse ghost ', .ghost = 9' "ghost 9, 1 to 8 expected" "too many ghost layers"
refuse cfl ', .cfl = 0' "cfl 0" "a CFL number of 0"
refuse coef ', .ncoef = 2' "no function for them" "coefficients without their function"
build neither 'int x;'; run "$WEIR" selftest --plugin "$tmp/neither.so"; fails 2 "exports neither weir_plugin_recons nor weir_plugin_steppers" "an object without lists"
build noabi '#include <weir/scheme.h>
static const weir_stepper s = {.name = "s", .order = 1, .stages = 1, .ssp = 1, .stage = {{.s = 1, .e = 1}}};
const weir_stepper *const weir_plugin_steppers[] = {&s, NULL};'
run "$WEIR" selftest --plugin "$tmp/noabi.so"; fails 2 "weir_plugin_abi" "steppers without the abi beside them"
echo "not an object" >"$tmp/text.so"; run "$WEIR" selftest --plugin "$tmp/text.so"; fails 2 "no shared object" "a file that is no shared object"
run "$WEIR" selftest --plugin "$tmp/absent.so"; fails 2 "no such file" "a missing file"
run "$WEIR" selftest --plugin "$tmp"; fails 2 "no such file" "a directory"
ln -s "$so/plugin_template/my_limiter.so" "$tmp/bare.so"
last="bare name"; (cd "$tmp" && "$WEIR" selftest --plugin bare.so) >"$tmp/out" 2>"$tmp/err"; code=$?; is 0 "a name without a slash is the file here, not one of the system's"
done_testing
