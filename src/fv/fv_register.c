/* Registers the rows of recon.def. */
#include <weir/scheme.h>

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
