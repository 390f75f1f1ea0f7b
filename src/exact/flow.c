/* The flow of a linear stochastic equation dX = (B X + c) dt + sqrt(2D) dW, by Taylor series and doubling.
 *
 *   X(t) given X(0) is N(E X(0) + k, Q) with
 *       E = e^{Bt},   k = int_0^t e^{Bs} c ds,   Q = 2D int_0^t e^{Bs} e^{B's} ds .
 *   Van Loan (IEEE TAC 23 (1978) 395) reads all three off one exponential of an augmented matrix, whose block e^{-Bt} makes Q a
 *   difference of huge numbers when B has both slow and fast modes. Here the integrals are taken over h = t/2^s with
 *   |B| h <= 1/4 by Taylor series (Q' = B Q + Q B' + 2 D I) and doubled,
 *       Q <- Q + E Q E',   k <- k + E k,   E <- E E ,
 *   where Q only ever grows by positive semidefinite terms: no cancellation, any B, singular or not.
 *   Truncation: (2/4)^18/18! < 1e-21. Rounding: about |B| t eps relative in E, as in any scaling and squaring. */
#include "exact/dense.h"
#include <math.h>
#include <string.h>

enum { TERMS = 18, MAX_DOUBLINGS = 1100 };

static double norm(int n, const double *B)
{
  double top = 0.0;
  for (int i = 0; i < n; i++) {
    double row = 0.0, column = 0.0;
    for (int j = 0; j < n; j++) row += fabs(B[i * n + j]), column += fabs(B[j * n + i]);
    top = fmax(top, fmax(row, column));
  }
  return top;
}

/* Terms n = 1 .. TERMS of the three series over the time h. */
static void series(int n, const double *B, const double *c, double D, double h, double *E, double *k, double *Q,
                   double *work)
{
  const size_t nn = (size_t)n * (size_t)n;
  double *term = work, *next = work + nn, *qterm = next + nn, *qnext = qterm + nn, *kterm = qnext + nn,
         *knext = kterm + n;
  dense_identity(n, 1.0, E);
  dense_identity(n, 1.0, term);
  dense_identity(n, 2.0 * D * h, Q);
  dense_identity(n, 2.0 * D * h, qterm);
  for (int i = 0; i < n; i++) k[i] = kterm[i] = c[i] * h;
  for (int m = 1; m <= TERMS; m++) {
    dense_mul(n, B, term, next);
    for (size_t i = 0; i < nn; i++) term[i] = next[i] * (h / m), E[i] += term[i];
    dense_mul(n, B, qterm, qnext); /* qterm is symmetric: (B q)' = q B' */
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++)
        qterm[i * n + j] = (qnext[i * n + j] + qnext[j * n + i]) * (h / (m + 1)), Q[i * n + j] += qterm[i * n + j];
    dense_apply(n, B, kterm, knext);
    for (int i = 0; i < n; i++) kterm[i] = knext[i] * (h / (m + 1)), k[i] += kterm[i];
  }
}

void dense_flow(int n, const double *B, const double *c, double D, double t, double *E, double *k, double *Q,
                double *work)
{
  const size_t nn = (size_t)n * (size_t)n;
  int s = 0;
  const double size = norm(n, B) * fabs(t);
  while (s < MAX_DOUBLINGS && ldexp(size, -s) > 0.25) s++;
  series(n, B, c, D, ldexp(t, -s), E, k, Q, work);
  double *a = work, *b = work + nn;
  for (; s > 0; s--) {
    dense_mul(n, E, Q, a);
    dense_mul_nt(n, a, E, b);
    for (size_t i = 0; i < nn; i++) Q[i] += b[i];
    dense_symmetrise(n, Q);
    dense_apply(n, E, k, a);
    for (int i = 0; i < n; i++) k[i] += a[i];
    dense_mul(n, E, E, b);
    memcpy(E, b, nn * sizeof *E);
  }
}
