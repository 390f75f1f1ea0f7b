#!/bin/sh
# weir verify on the clouds that live in the repository.
. "$(dirname "$0")/tap.sh"
good=reference/demo/good.npz broken=reference/demo/bad_logdet_sign.npz

run "$WEIR" verify ou2d $good; is 0 "a good neural cloud passes"; has out "jko" "judged by the JKO chain"
run "$WEIR" verify ou2d $good --reference pde; is 0 "and by the finite-volume solution"
run "$WEIR" verify ou2d $good --reference exact; is 0 "and by the exact solution"
run "$WEIR" verify ou2d $broken --json="$tmp/r.json" --junit="$tmp/r.xml"; is 1 "a wrong log-det sign fails"
has out "density" "the density check is named"; has out "step" "with the step"
has out "reference jko" "a cloud that fails by both truths is reported by the chain"; lacks err "not the JKO chain" "and not called a PDE cloud"
name="the JSON report is written"; check grep -q '"schema": *"weir-report-1"' "$tmp/r.json"
name="the JUnit file has failures"; check grep -q '<failure' "$tmp/r.xml"
run "$WEIR" verify ou2d $broken --json; is 1 "verify --json fails too"; has out '"weir-report-1"' "prints JSON"
cp "$tmp/out" "$tmp/one.json"
run "$WEIR" verify ou2d $broken --json --threads 1 --seed 1
sed 's/"--threads",*//; s/"--seed",*//' "$tmp/out" | grep -v '"argv"' >"$tmp/b"; grep -v '"argv"' "$tmp/one.json" >"$tmp/a"
name="the checks do not depend on the number of threads"
check sh -c "grep -E '\"(value|p|noise|lower|upper)\"' '$tmp/a' >'$tmp/a1'; grep -E '\"(value|p|noise|lower|upper)\"' '$tmp/b' >'$tmp/b1'; test -s '$tmp/a1' && cmp -s '$tmp/a1' '$tmp/b1'"
run "$WEIR" verify ou2d $good --require certified --eps 0.001; is 1 "what is undecided fails under --require certified"
run "$WEIR" verify ou2d $good --tau 0.1 --reference jko; fails 2 "no whole number of steps tau = 0.1" "a tau that contradicts the file's times is refused"
run "$WEIR" verify ou1d $good; is 2 "a cloud of another dimension is refused"; has err "good.npz" "with its name"
run "$WEIR" verify ou2d $good --map x=nosuch; fails 2 "nosuch" "a mapped name that is not there"
run "$WEIR" verify ou2d "$tmp/none.npz"; fails 2 "none.npz" "a missing cloud"
run "$WEIR" verify ou2d "$tmp"; is 2 "a directory is no cloud"
run "$WEIR" verify ou2d $good --cells 4; fails 2 "at least 8 expected" "a mesh too coarse to know its own error is refused"
run "$WEIR" verify ou2d $good --eps 2; is 2 "a tolerance out of range"
run "$WEIR" verify heat2d $good --reference jko; fails 2 "no closed form" "a case without a closed-form chain says so"
run "$WEIR" info $good; is 0 "info describes the cloud"; has out "(9, 2000, 2)" "its shapes"; has out "logrho" "and its fields"

# A cloud that follows the PDE, with times that also fit a JKO chain of a large step: `auto` must not blame it for that chain's O(tau).
awk 'BEGIN { srand(7); print "t,x,logrho"
  for (i = 0; i < 20000; i++) z[i] = sqrt(-2 * log(1 - rand())) * cos(6.283185307179586 * rand())
  for (k = 0; k < 6; k++) { t = .2 * k; m = 1.5 * exp(-t); s = sqrt(1 - .75 * exp(-2 * t))
    for (i = 0; i < 20000; i++) printf "%.17g,%.17g,%.17g\n", t, m + s * z[i], -z[i] * z[i] / 2 - log(s * 2.5066282746310002) } }' >"$tmp/pde.csv"
run "$WEIR" verify ou1d "$tmp/pde.csv" --tau 0.2 --reference jko; is 1 "the JKO chain of tau = .2 is not the PDE"
run "$WEIR" verify ou1d "$tmp/pde.csv" --tau 0.2; is 0 "auto judges a PDE cloud by the PDE"; has err "not the JKO chain" "and says so"

# Truth by backward characteristics: particles carried exactly in v = sin x, where tan(X/2) = e^t tan(X0/2) and dX/dX0 = sin X / sin X0.
cat >"$tmp/flow.yaml" <<'YAML'
weir: 1
equation: transport
mesh: {box: [0, pi], cells: 128}
boundary: no-flux
velocity: sin(x)
initial: {gaussian: {mean: 1.2, covariance: 0.0225}}
exact: flow-map
time: {end: 1, outputs: 2}
YAML
cloud() { # FILE RATE SIGN: time runs RATE times as fast, the log-determinant enters with SIGN
  awk -v rate="$2" -v sign="$3" 'BEGIN { srand(11); print "t,x,logrho"
    for (i = 0; i < 10000; i++) z[i] = sqrt(-2 * log(1 - rand())) * cos(6.283185307179586 * rand())
    for (k = 0; k < 3; k++) for (i = 0; i < 10000; i++) { a = 1.2 + .15 * z[i]; w = exp(k / 2 * rate) * sin(a / 2) / cos(a / 2)
      X = 2 * atan2(w, 1); printf "%.17g,%.17g,%.17g\n", k / 2, X, -z[i] * z[i] / 2 - log(.15 * 2.5066282746310002) - sign * log(sin(X) / sin(a)) } }' >"$1"
}
cloud "$tmp/exact.csv" 1 1; run "$WEIR" verify "$tmp/flow.yaml" "$tmp/exact.csv" --reference exact; is 0 "a cloud carried exactly passes by the flow map"
has out "reference exact" "which is the truth it was judged by"
run "$WEIR" verify "$tmp/flow.yaml" "$tmp/exact.csv"; is 0 "and by finite volumes"
cloud "$tmp/sign.csv" 1 -1; run "$WEIR" verify "$tmp/flow.yaml" "$tmp/sign.csv" --reference exact; is 1 "a wrong sign of its log-determinant fails by the flow map"
has out "density" "by the density"
cloud "$tmp/fast.csv" 1.05 1; run "$WEIR" verify "$tmp/flow.yaml" "$tmp/fast.csv" --reference exact; is 1 "particles that run 5 % too fast fail by the flow map"

# The labelled outputs, where they are at hand.
data=../shared/data
if [ -d "$data/ou2d" ]; then
  for f in good good_hq grey_euler_nt1; do run "$WEIR" verify ou2d $data/ou2d/$f.npz; is 0 "$f passes"; done
  for f in bad_logdet_sign bad_density_x2 bad_tau2x bad_mass_loss2pct; do run "$WEIR" verify ou2d $data/ou2d/$f.npz; is 1 "$f fails"; done
  run "$WEIR" verify ou1d-icnn $data/icnn_ou1d/traj.npz; is 0 "icnn_ou1d passes"
  for f in bigendian.npz f4_fortran.npz layout_NTd.npz z_hidden_state.npz x_last.csv; do
    run "$WEIR" verify ou2d $data/ou2d/formats/$f; is 0 "formats/$f passes"
  done
  run "$WEIR" verify ou2d $data/ou2d/formats/data.npy $data/ou2d/formats/sample_labels.npy; is 0 "formats/data.npy with labels passes"
  run "$WEIR" verify ou2d $data/ou2d/formats/object_list.npy; fails 2 "pickle" "a pickle is refused"
else
  skip "labelled neural outputs" "not here"
fi
done_testing
