/* dense.h - small dense matrices (row-major, n <= WEIR_EXACT_MAXDIM): just what Gaussians need. No function fails by
 * memory; outputs must not alias inputs unless said. */
#ifndef WEIR_EXACT_DENSE_H
#define WEIR_EXACT_DENSE_H

#include <stdbool.h>

/** C = A B. */
void dense_mul(int n, const double *A, const double *B, double *C);
/** C = A B'. */
void dense_mul_nt(int n, const double *A, const double *B, double *C);
/** C = A' B. */
void dense_mul_tn(int n, const double *A, const double *B, double *C);
/** y = A x. */
void dense_apply(int n, const double *A, const double *x, double *y);
/** A = (A + A')/2. */
void dense_symmetrise(int n, double *A);
/** max |A_ij - A_ji| <= tol * max |A|. */
bool dense_is_symmetric(int n, const double *A, double tol);
/** A = s I. */
void dense_identity(int n, double s, double *A);
/** Lower Cholesky factor, A = L L'; L's upper part 0. false if A is not positive definite. L == A allowed. */
bool dense_cholesky(int n, const double *A, double *L);
/** Inverse of a lower triangular matrix. */
void dense_lower_inverse(int n, const double *L, double *X);
/** Eigenvalues and orthonormal eigenvectors (columns of V) of symmetric A by cyclic Jacobi rotations; destroys A. */
void dense_eigen(int n, double *A, double *w, double *V);
/** A = V diag(w) V'. */
void dense_from_eigen(int n, const double *w, const double *V, double *A);
/** Singular value decomposition A = P diag(s) Q' by one-sided Jacobi rotations; A is overwritten with P (orthogonal also
 *  where singular values vanish). */
void dense_svd(int n, double *A, double *s, double *Q);
/** Flow of dX = (B X + c) dt + sqrt(2 D) dW over time t (t >= 0 if D > 0): E = e^{Bt}, k = int_0^t e^{Bs} c ds,
 *  Q = 2 D int_0^t e^{Bs} e^{B's} ds. work: 4 n n + 2 n doubles. */
void dense_flow(int n, const double *B, const double *c, double D, double t, double *E, double *k, double *Q,
                double *work);

#endif
