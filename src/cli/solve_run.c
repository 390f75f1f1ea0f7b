/* weir solve: the run, on one mesh or on a sequence of them.
 *
 *   A mesh is given up at the first output whose estimate is above the tolerance, unless it is the last one allowed: so the sequence costs
 *   little more than its last mesh, and what is written is always complete. */
#define _GNU_SOURCE
#include "cli/solve.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void solve_release(work *w)
{
  weir_verdict_destroy(&w->verdict);
  weir_table_destroy(&w->table);
  weir_recorder_destroy(&w->recorder);
  weir_free(w->truth), weir_free(w->block);
  w->truth = w->block = NULL;
  weir_estimate_destroy(&w->bars);
  weir_run_destroy(&w->own_run);
  weir_setup_destroy(&w->own_setup);
  w->setup = NULL, w->run = NULL;
}

static weir_status start(work *w, ptrdiff_t refine)
{
  weir_ctx *ctx = w->c->ctx;
  weir_study_options opt;
  cli_study_options(w->c, &opt);
  if (w->o->estimate) {
    WEIR_TRY(weir_estimate_create(ctx, w->cs, refine, 1, &opt, &w->bars));
    w->setup = weir_estimate_setup(w->bars), w->run = weir_estimate_run(w->bars);
  } else {
    WEIR_TRY(weir_setup_create(ctx, w->cs, refine, 1, &opt, &w->own_setup));
    WEIR_TRY(weir_setup_start(ctx, w->own_setup, &w->own_run));
    w->setup = w->own_setup, w->run = w->own_run;
  }
  const weir_mesh *m = weir_setup_mesh(w->setup);
  const int room = w->cs->outputs + 1;
  WEIR_TRY(weir_alloc_doubles(ctx, (size_t)(3 * room), "histories", &w->block));
  w->past = (history){.t = w->block, .defect = w->block + room, .min_rho = w->block + 2 * room};
  w->estimate = 0, w->estimate_time = w->cs->start;
  WEIR_TRY(weir_mesh_array(ctx, m, "exact averages", &w->truth));
  if (w->o->out != NULL) WEIR_TRY(weir_recorder_create(ctx, m, room, &w->recorder));
  WEIR_TRY(weir_table_create(ctx, "solve", &w->table));
  const size_t used = strlen(w->tried);
  (void)snprintf(w->tried + used, sizeof w->tried - used, "%s%td", used > 0 ? ", " : "", m->axis[0].n);
  return solve_describe(w);
}

static weir_status advance(work *w, double t)
{
  return w->bars != NULL ? weir_estimate_advance(w->c->ctx, w->bars, t) : weir_run_advance(w->c->ctx, w->own_run, t);
}

static bool too_far(const work *w)
{
  return w->o->tolerance > 0 && !(w->estimate <= w->o->tolerance);
}

/* All outputs; `last`: whatever their estimates, else only until one is above the tolerance. */
static weir_status march(work *w, bool last)
{
  const weir_case *cs = w->cs;
  if (cs->outputs == 0 || cs->output[0] > cs->start) WEIR_TRY(solve_record(w, cs->start));
  for (int k = 0; k < cs->outputs && (last || !too_far(w)); k++) {
    WEIR_TRY(advance(w, cs->output[k]));
    WEIR_TRY(solve_record(w, cs->output[k]));
    char line[100];
    (void)snprintf(line, sizeof line, "%td cells in x: t = %g of %g", weir_setup_mesh(w->setup)->axis[0].n,
                   cs->output[k], cs->end);
    cli_progress(w->c, line);
  }
  cli_progress(w->c, NULL);
  return WEIR_OK;
}

/* Cells at most: what was asked for, else what is solved in minutes; in any case what fits into half the memory, with all outputs. */
static double cells_most(const work *w)
{
  static const double transport[] = {0x1p16, 0x1p22, 0x1p24}, diffusion[] = {0x1p13, 0x1p20, 0x1p21};
  const double page = (double)sysconf(_SC_PAGESIZE), pages = (double)sysconf(_SC_PHYS_PAGES);
  const double arrays = 32 + (w->o->out != NULL ? 2.0 * (w->cs->outputs + 1) : 0);
  const double fits = page > 0 && pages > 0 ? 0.5 * page * pages / (arrays * sizeof(double)) : (double)INFINITY;
  const double *const usual = w->cs->equation == WEIR_CASE_TRANSPORT ? transport : diffusion;
  return fmin(w->o->max_cells > 0 ? w->o->max_cells : usual[w->cs->dim - 1], fits);
}

static weir_status refine_until(work *w)
{
  ptrdiff_t refine = weir_estimate_start(w->cs);
  double cells = 1;
  w->most = cells_most(w);
  for (int a = 0; a < w->cs->dim; a++) cells *= (double)(w->cs->mesh.axis[a].n * refine);
  WEIR_REQUIRE(!(w->o->max_cells > 0 && cells > w->o->max_cells), w->c->ctx, WEIR_EARG,
               "--max-cells %.0f: the first mesh has %.0f cells already; start coarser with --cells", w->o->max_cells,
               cells);
  for (;; refine *= 2, cells *= 1 << w->cs->dim) {
    const bool last = !(w->o->tolerance > 0) || cells * (1 << w->cs->dim) > w->most;
    WEIR_TRY(start(w, refine));
    WEIR_TRY(march(w, last));
    if (last || !too_far(w)) return WEIR_OK;
    cli_note(w->c, "note: estimated relative L1 error %.3g at t = %g on %td cells in x: refined", w->estimate,
             w->estimate_time, weir_setup_mesh(w->setup)->axis[0].n);
    solve_release(w);
  }
}

weir_status solve_run(work *w)
{
  if (w->o->estimate) return refine_until(w);
  WEIR_TRY(start(w, 1));
  return march(w, true);
}
