/* The only place that calls OpenMP's library. Its two functions are declared here, as in the standard (OpenMP 5.0, sec. 3.2),
 * because clang-tidy 14 cannot read gcc 12's omp.h. */
#include "util/threads.h"

int omp_get_max_threads(void);
int omp_get_thread_num(void);

int weir_threads_max(void)
{
  return omp_get_max_threads();
}

int weir_thread_number(void)
{
  return omp_get_thread_num();
}
