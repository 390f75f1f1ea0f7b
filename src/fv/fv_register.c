/* Registers the rows of recon.def; which kernels run. */
#include <weir/scheme.h>
#include "fv/kernel.h"

#define WEIR_RECON(item) extern const weir_recon item;
#include "fv/recon.def"
#undef WEIR_RECON

static const weir_recon *const table[] = {
#define WEIR_RECON(item) &item,
#include "fv/recon.def"
#undef WEIR_RECON
};

weir_status weir_fv_register(weir_ctx *ctx)
{
  for (size_t k = 0; k < sizeof table / sizeof table[0]; k++)
    WEIR_TRY(weir_register(ctx, WEIR_KIND_RECON, table[k]->name, table[k]));
  return WEIR_OK;
}

/* In the order in which the loader chooses among clones. */
const char *weir_fv_vector(void)
{
#if WEIR_HAS_CLONES
  return __builtin_cpu_supports("avx512f") ? "avx512f" : __builtin_cpu_supports("avx2") ? "avx2" : "sse2";
#elif defined(__AVX512F__)
  return "avx512f";
#elif defined(__AVX2__)
  return "avx2";
#elif defined(__SSE2__)
  return "sse2";
#else
  return "portable";
#endif
}
