/* weir/laws.h - what every scheme must obey, checked on the scheme itself and on whole runs with it.
 *
 *   One law is one property that follows from the equation or from what the table claims, checked on random data (fixed seeds: same
 *   scheme, same verdict) and never against stored results. `weir selftest` and tests/laws loop them over the registry, so a
 *   scheme that is added is judged without a line of test code.
 *
 *   law           scheme        demands                                                                tolerance
 *   reach         kernel        reads no cell beyond its ghost layers and no coefficient beyond its set, writes no face beyond its
 *                               row; if broken, nothing else is run                                exact
 *   constants     kernel        face values of a constant are that constant, on any widths             4 eps
 *   odd           kernel, runs  -q gives exactly minus (waived by WEIR_NONNEG_ONLY)                    exact
 *   scale         kernel        2^k q gives exactly 2^k times: no hidden unit of density               exact
 *   mirror        kernel, runs  mirrored data and velocities give the mirrored result                  exact
 *   shift         kernel, runs  a face does not know where its row begins and ends; a run not where cell 0 is   exact
 *   upwind        kernel        only the sign of u counts; u = 0 (either sign) is as u < 0             exact
 *   flux          kernel        if the table has a flux kernel: it gives u times the face value        exact
 *   axis          kernel, runs  the same along memory and across it; x <-> y in 2D                     exact
 *   embedding     runs          a 1D problem laid along any axis of a 2D or 3D mesh gives the 1D answer  exact
 *   uniform       kernel        coefficients of stretched meshes, taken at equal widths, and the one set of a uniform row agree   exact
 *   linear-data   kernel        order >= 2: linear data are reproduced on any widths                   rounding
 *   order         kernel        face values of exp(4x) on three meshes, uniform and sine-graded        order - 0.1
 *   order-2d      runs          claimed order (weir_laws_order) in L1 in a deforming flow between walls at half its period, uniform
 *                               and sine-graded                                                        order - 0.15
 *   order-compressible  runs    the same in a compressible flow, v separable in time and v averaged anew at every stage  order - 0.2
 *   order-3d      runs          the same in 3D: TVD and second-order schemes in a compressible flow between walls, the others in
 *                               shears along each axis, which need the mixed moment       order - 0.3, 0.6 if order > 4
 *   linear        kernel        if WEIR_LINEAR: superposition                                          rounding
 *   bounds        kernel        if WEIR_TVD: face values between the averages of its two cells         one rounding
 *   tvd           kernel        if WEIR_TVD: Euler steps at .cfl, constant u, do not raise the variation; of a one-step scheme, whole
 *                               steps of a run, equal and graded cells                             1e-14
 *   positive      runs          if WEIR_POSITIVE: vacuum, jumps and 1e-200 at the largest cfl: rho >= 0   exact
 *   constant-run  runs          a constant stays constant in a divergence-free flow, 1D to 3D          rounding
 *   mass          runs          ledger: mass - mass0 + outflow - source = 0, 1D to 3D, all kinds of sides  rounding
 *
 *   weights       stepper       sum_k b_k = 1; 1 - b is the mass that a source would lose              4 eps
 *   times         stepper       stage times are the row sums of the Butcher matrix                     4 eps
 *   order         stepper       one condition per rooted tree up to the claimed order (Butcher 1963)   1e-14
 *   ssp           stepper       the claimed coefficient does not exceed the radius of absolute monotonicity (Kraaijevanger, BIT 31
 *                               (1991) 482)                                                            1e-9
 *   order-run     stepper       a source e^t in a run: observed order of the mass                      order - 0.1
 *   mass, positive  stepper     as above, with the built-in schemes that claim it
 *
 *   Mass. The solver uses each face value for both its cells, and steppers work in increments (weir/scheme.h), so a scheme that is
 *   wrong everywhere alike keeps mass all the same: face values scaled by 1 - 1e-6 break `constants`, weights that do not sum to 1
 *   break `weights`. `mass` breaks where the two computations of one face, at the two ends of a periodic axis, disagree.
 *
 *   Truth of the order laws: backward characteristics, in closed form or traced to 1e-13, no code shared with the solver.
 *
 *   Threads: pure functions of their arguments; one context per thread. */
#ifndef WEIR_LAWS_H
#define WEIR_LAWS_H

#include <weir/scheme.h>
#include <weir/verdict.h>

/** Is the table fit to be run at all? The sentence names the scheme and the first misfit. Call it before weir_register() for tables from
 *  outside.
 *  @retval WEIR_EARG  wrong abi; no name, or one that is not 1..23 of [a-z0-9.-]; no kernel; order < 1; ghost, cfl or ncoef out of
 *                     range; coefficients without their function */
weir_status weir_laws_recon_table(weir_ctx *ctx, const weir_recon *s);
/** @retval WEIR_EARG  name as above; stages not in 1..WEIR_RK_MAXSTAGE; order < 1; ssp not > 0; a number that is not finite */
weir_status weir_laws_stepper_table(weir_ctx *ctx, const weir_stepper *s);

/** Hold scheme s to every law; append one check per law to v: check = the law's name, statistic = s->name, outcome PASS, FAILED or (a
 *  waived law) NOT_TESTED, text = the first offence with its face or cell and both numbers, value = the number found,
 *  expected = what it was held against. Laws of claims that are not made have no check. Does not conclude v.
 *  s must be registered in ctx: the runs find it by name. Takes about 0.3 s, of high order 1.5 s.
 *  @retval WEIR_EARG as weir_laws_recon_table()  @retval WEIR_ENOTFOUND not registered, or other steppers missing  @retval WEIR_ENOMEM */
weir_status weir_laws_recon(weir_ctx *ctx, const weir_recon *s, weir_verdict *v);
/** The order s claims in dim dimensions where v varies along the faces: in 2D and 3D the smaller of `order` and that of the product (2 if
 *  `product` is 0). */
int weir_laws_order(const weir_recon *s, int dim);
/** The same for a stepper; needs the built-in schemes in ctx. @retval as weir_laws_recon() */
weir_status weir_laws_stepper(weir_ctx *ctx, const weir_stepper *s, weir_verdict *v);

#endif
