/* Memory bandwidth: a = b + 3 c on arrays far beyond the cache, best of 9. Prints GB/s, 24 bytes an entry (32 cross the bus: a is
 * read before it is written).   gcc -O3 -march=native -fopenmp triad.c */
#include <stdio.h>
#include <stdlib.h>
#include <omp.h>

int main(void)
{
  const long n = 1L << 25;
  double *a = aligned_alloc(64, n * sizeof *a), *b = aligned_alloc(64, n * sizeof *b), *c = aligned_alloc(64, n * sizeof *c);
  double best = 1e9;
  if (a == NULL || b == NULL || c == NULL) return 1;
#pragma omp parallel for
  for (long i = 0; i < n; i++) a[i] = 0, b[i] = 1, c[i] = 2;
  for (int k = 0; k < 9; k++) {
    const double t0 = omp_get_wtime();
#pragma omp parallel for simd
    for (long i = 0; i < n; i++) a[i] = b[i] + 3.0 * c[i];
    const double t1 = omp_get_wtime() - t0;
    if (t1 < best) best = t1;
  }
  printf("%.1f\n", 24e-9 * (double)n / best);
  free(a), free(b), free(c);
  return 0;
}
