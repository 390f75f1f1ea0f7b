/* kernel.h - what the row kernels share. */
#ifndef WEIR_FV_KERNEL_H
#define WEIR_FV_KERNEL_H

/* Compile a row kernel for wider vectors too and let the loader choose. Nothing is contracted or reassociated, so all
 * versions give the same bits (tests/cli/test_bits.sh). Off where ifunc or the sanitizers' start-up do not allow it, and with
 * -DWEIR_NO_CLONES. */
#if !defined(WEIR_NO_CLONES) && defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) &&                  \
    !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(WEIR_DEBUG)
#define WEIR_HAS_CLONES 1
#define WEIR_CLONES     __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WEIR_HAS_CLONES 0
#define WEIR_CLONES
#endif
#define WEIR_INLINE static inline __attribute__((always_inline))

/* The second argument if either is NaN: the processor's own min and max. */
WEIR_INLINE double weir_min(double a, double b)
{
  return a < b ? a : b;
}
WEIR_INLINE double weir_max(double a, double b)
{
  return a > b ? a : b;
}

#endif
