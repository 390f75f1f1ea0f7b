/* Final fields of short runs as hashes: every reconstruction in 1D, 2D and 3D, on equal and stretched cells, on 1 and on 2 threads. Built with
 * each kind of kernel (Makefile, BITS) and compared by tests/cli/test_bits.sh: all must print the same. The first line names the kernels;
 * exit code 5 if this processor has not got what they need (BITS_NEED).
 *
 *   The data are rough (random, with vacuum) and the velocity turns round in space and time, so that both sides of every choice are taken. */
#include "../support/flow.h"
#include <weir/rng.h>
#include <weir/weir.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOT_HERE = 5 };

static double swing(void *user, double t)
{
  (void)user;
  return 1 - 900 * t; /* is 0 on the way */
}

/* FNV-1a, 64 bits, of the bits of the numbers. */
static uint64_t hash(const double *x, ptrdiff_t n)
{
  const unsigned char *p = (const unsigned char *)x;
  uint64_t h = UINT64_C(14695981039346656037);
  for (ptrdiff_t i = 0; i < n * (ptrdiff_t)sizeof *x; i++) h = (h ^ p[i]) * UINT64_C(1099511628211);
  return h;
}

static uint64_t run(weir_ctx *ctx, const weir_recon *s, int dim, bool stretched, weir_side_kind kind, int threads)
{
  static const ptrdiff_t n[WEIR_MAXDIM + 1][WEIR_MAXDIM] = {
      {0}, {4500}, {71, 67}, {19, 17, 16}}; /* 2 threads, and remainders */
  flow f = {.dim = dim, .n = {n[dim][0], n[dim][1], n[dim][2]}, .grading = stretched ? WEIR_SINE : WEIR_UNIFORM};
  weir_rng r;
  double *out = NULL;
  f.grade = 0.4;
  const double end = dim == 1 ? 2e-4 : 2e-3;
  f.o = (weir_run_options){.scheme = s->name,
                           .stepper = (s->claims & WEIR_ONE_STEP) != 0 ? NULL : "ssprk54",
                           .dt = end / 2,
                           .threads = threads};
  flow_set_shear(&f, kind);
  f.p.velocity.factor[0] = swing, f.p.velocity.quad = 1;
  flow_mesh(ctx, &f);
  weir_rng_seed(&r, 9, 1);
  for (ptrdiff_t k = 0; k < f.mesh->len; k++) {
    const double a = weir_rng_uniform(&r);
    f.rho0[k] = a < 0.1 ? 0 : 0.5 + a;
  }
  flow_start(ctx, &f);
  check_ok(ctx, weir_run_advance(ctx, f.run, end));
  check_ok(ctx, weir_alloc_doubles(ctx, (size_t)f.mesh->cells, "result", &out));
  weir_mesh_pack(f.mesh, weir_run_density(f.run), out);
  const uint64_t h = hash(out, f.mesh->cells);
  weir_free(out);
  flow_end(&f);
  return h;
}

int main(void)
{
  static const weir_side_kind kind[WEIR_MAXDIM + 1][2] = {
      {0}, {WEIR_PERIODIC, WEIR_OUTFLOW}, {WEIR_NOFLUX, WEIR_INFLOW}, {WEIR_PERIODIC, WEIR_NOFLUX}};
  weir_ctx *ctx = NULL;
  const weir_recon *s = NULL;
#if defined(__x86_64__) && defined(__GNUC__) && defined(BITS_NEED)
  if (!__builtin_cpu_supports(BITS_NEED)) return NOT_HERE;
#endif
  if (weir_ctx_create(&ctx) != WEIR_OK || weir_register_all(ctx) != WEIR_OK) return 1;
  (void)printf("# %s\n", weir_fv_vector());
  for (int k = 0; (s = weir_item(ctx, WEIR_KIND_RECON, k)) != NULL; k++)
    for (int dim = 1; dim <= 3; dim++)
      for (int stretched = 0; stretched < 2; stretched++)
        for (int threads = 1; threads <= 2; threads++)
          (void)printf("%s %dD %s, threads %d: %016llx\n", s->name, dim, stretched ? "stretched" : "uniform", threads,
                       (unsigned long long)run(ctx, s, dim, stretched, kind[dim][stretched], threads));
  weir_ctx_destroy(&ctx);
  return 0;
}
