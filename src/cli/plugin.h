/* plugin.h - schemes and steppers from a shared object: `weir selftest --plugin FILE.so`.
 *
 *   A plug-in exports const tables and no function that weir calls by name:
 *       const weir_recon   *const weir_plugin_recons[]   = {&mine, NULL};
 *       const weir_stepper *const weir_plugin_steppers[] = {&mine, NULL};    with   const uint32_t weir_plugin_abi = WEIR_SCHEME_ABI;
 *   (a weir_recon carries its abi, a weir_stepper does not); one of the two lists is enough. */
#ifndef WEIR_CLI_PLUGIN_H
#define WEIR_CLI_PLUGIN_H

#include <weir/base.h>

/** Load the file, check each table, register it. The object stays loaded until the process ends, since ctx borrows its tables.
 *  Code in it runs with all rights of this process: the path must come from the user's own command line.
 *  @retval WEIR_EIO no such file  @retval WEIR_EFORMAT no shared object, neither list in it, a table that is refused (one sentence
 *  with the path), a name that is taken  @retval WEIR_ENOMEM */
weir_status cli_plugin_load(weir_ctx *ctx, const char *path);

#endif
