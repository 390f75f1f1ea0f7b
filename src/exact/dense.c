/* Small dense matrices: products, Cholesky, and Jacobi rotations for symmetric eigenvalues and singular values (Jacobi 1846;
 * Hestenes 1958 for the one-sided form; rotation formulas as in Golub, Van Loan, Matrix Computations, 8.5). Jacobi is slow for
 * large n and the most accurate choice for small ones. */
#include "exact/dense.h"
#include <float.h>
#include <math.h>
#include <stddef.h>

enum { MAX_SWEEPS = 60 };

#define AT(A, i, j) ((A)[(ptrdiff_t)(i)*n + (j)])

void dense_mul(int n, const double *A, const double *B, double *C)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double s = 0.0;
      for (int k = 0; k < n; k++) s += AT(A, i, k) * AT(B, k, j);
      AT(C, i, j) = s;
    }
}

void dense_mul_nt(int n, const double *A, const double *B, double *C)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double s = 0.0;
      for (int k = 0; k < n; k++) s += AT(A, i, k) * AT(B, j, k);
      AT(C, i, j) = s;
    }
}

void dense_mul_tn(int n, const double *A, const double *B, double *C)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double s = 0.0;
      for (int k = 0; k < n; k++) s += AT(A, k, i) * AT(B, k, j);
      AT(C, i, j) = s;
    }
}

void dense_apply(int n, const double *A, const double *x, double *y)
{
  for (int i = 0; i < n; i++) {
    double s = 0.0;
    for (int k = 0; k < n; k++) s += AT(A, i, k) * x[k];
    y[i] = s;
  }
}

void dense_symmetrise(int n, double *A)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++) AT(A, i, j) = AT(A, j, i) = 0.5 * (AT(A, i, j) + AT(A, j, i));
}

bool dense_is_symmetric(int n, const double *A, double tol)
{
  double top = 0.0, off = 0.0;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      top = fmax(top, fabs(AT(A, i, j)));
      off = fmax(off, fabs(AT(A, i, j) - AT(A, j, i)));
    }
  return off <= tol * top;
}

void dense_identity(int n, double s, double *A)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) AT(A, i, j) = i == j ? s : 0.0;
}

bool dense_cholesky(int n, const double *A, double *L)
{
  for (int j = 0; j < n; j++) {
    double s = AT(A, j, j);
    for (int k = 0; k < j; k++) s -= AT(L, j, k) * AT(L, j, k);
    if (!(s > 0.0) || !isfinite(s)) return false;
    /* rounding noise is no variance */
    if (!(s > 4.0 * n * DBL_EPSILON * AT(A, j, j))) return false;
    const double diagonal = sqrt(s);
    for (int i = j + 1; i < n; i++) {
      double u = AT(A, i, j);
      for (int k = 0; k < j; k++) u -= AT(L, i, k) * AT(L, j, k);
      AT(L, i, j) = u / diagonal;
    }
    AT(L, j, j) = diagonal;
  }
  for (int i = 0; i < n; i++)
    for (int j = i + 1; j < n; j++) AT(L, i, j) = 0.0;
  return true;
}

void dense_lower_inverse(int n, const double *L, double *X)
{
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++) {
      double s = i == j ? 1.0 : 0.0;
      for (int k = j; k < i; k++) s -= AT(L, i, k) * AT(X, k, j);
      AT(X, i, j) = i < j ? 0.0 : s / AT(L, i, i);
    }
}

/* Columns p, q of A turned by the angle (c, s): a_p' = c a_p - s a_q, a_q' = s a_p + c a_q. */
static void turn_columns(int n, double *A, int p, int q, double c, double s)
{
  for (int i = 0; i < n; i++) {
    const double x = AT(A, i, p), y = AT(A, i, q);
    AT(A, i, p) = c * x - s * y;
    AT(A, i, q) = s * x + c * y;
  }
}

static void turn_rows(int n, double *A, int p, int q, double c, double s)
{
  for (int i = 0; i < n; i++) {
    const double x = AT(A, p, i), y = AT(A, q, i);
    AT(A, p, i) = c * x - s * y;
    AT(A, q, i) = s * x + c * y;
  }
}

/* The rotation that makes [[app, apq], [apq, aqq]] diagonal, the smaller angle of the two. */
static void rotation(double app, double apq, double aqq, double *c, double *s)
{
  const double theta = (aqq - app) / (2.0 * apq);
  const double t = theta >= 0.0 ? 1.0 / (theta + hypot(1.0, theta)) : 1.0 / (theta - hypot(1.0, theta));
  *c = 1.0 / hypot(1.0, t);
  *s = t * *c;
}

void dense_eigen(int n, double *A, double *w, double *V)
{
  dense_identity(n, 1.0, V);
  bool turned = true;
  for (int sweep = 0; turned && sweep < MAX_SWEEPS; sweep++) {
    turned = false;
    for (int p = 0; p < n; p++)
      for (int q = p + 1; q < n; q++) {
        /* relative to the two diagonal entries: small eigenvalues of graded matrices stay accurate */
        const double small = 0.5 * DBL_EPSILON * sqrt(fabs(AT(A, p, p)) * fabs(AT(A, q, q)));
        if (!(fabs(AT(A, p, q)) > small) || fabs(AT(A, p, q)) < DBL_MIN) continue;
        double c, s;
        rotation(AT(A, p, p), AT(A, p, q), AT(A, q, q), &c, &s);
        turn_columns(n, A, p, q, c, s);
        turn_rows(n, A, p, q, c, s);
        turn_columns(n, V, p, q, c, s);
        AT(A, p, q) = AT(A, q, p) = 0.0;
        turned = true;
      }
  }
  for (int i = 0; i < n; i++) w[i] = AT(A, i, i);
}

void dense_from_eigen(int n, const double *w, const double *V, double *A)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j <= i; j++) {
      double s = 0.0;
      for (int k = 0; k < n; k++) s += AT(V, i, k) * w[k] * AT(V, j, k);
      AT(A, i, j) = AT(A, j, i) = s;
    }
}

static double column_dot(int n, const double *A, int p, int q)
{
  double s = 0.0;
  for (int i = 0; i < n; i++) s += AT(A, i, p) * AT(A, i, q);
  return s;
}

/* Column j of A becomes a unit vector orthogonal to the `have` columns marked. */
static void complete_column(int n, double *A, int j, const double *s)
{
  for (int e = 0; e < n; e++) {
    for (int i = 0; i < n; i++) AT(A, i, j) = i == e ? 1.0 : 0.0;
    for (int twice = 0; twice < 2; twice++)
      for (int k = 0; k < n; k++) {
        if (k == j || s[k] < 0.0) continue;
        const double r = column_dot(n, A, j, k);
        for (int i = 0; i < n; i++) AT(A, i, j) -= r * AT(A, i, k);
      }
    const double length = sqrt(column_dot(n, A, j, j));
    if (length * length * (2.0 * n) < 1.0) continue; /* some unit vector keeps 1/n of its square */
    for (int i = 0; i < n; i++) AT(A, i, j) /= length;
    return;
  }
}

void dense_svd(int n, double *A, double *s, double *Q)
{
  dense_identity(n, 1.0, Q);
  bool turned = true;
  for (int sweep = 0; turned && sweep < MAX_SWEEPS; sweep++) {
    turned = false;
    for (int p = 0; p < n; p++)
      for (int q = p + 1; q < n; q++) {
        const double pp = column_dot(n, A, p, p), pq = column_dot(n, A, p, q), qq = column_dot(n, A, q, q);
        if (!(fabs(pq) > n * DBL_EPSILON * sqrt(pp) * sqrt(qq)) || fabs(pq) < DBL_MIN) continue;
        double c, sn;
        rotation(pp, pq, qq, &c, &sn);
        turn_columns(n, A, p, q, c, sn);
        turn_columns(n, Q, p, q, c, sn);
        turned = true;
      }
  }
  double top = 0.0;
  for (int j = 0; j < n; j++) top = fmax(top, s[j] = sqrt(column_dot(n, A, j, j)));
  for (int j = 0; j < n; j++) {
    if (!(s[j] > DBL_EPSILON * top)) {
      s[j] = -1.0; /* marked: the column is rounding noise */
      continue;
    }
    for (int i = 0; i < n; i++) AT(A, i, j) /= s[j];
  }
  for (int j = 0; j < n; j++)
    if (s[j] < 0.0) complete_column(n, A, j, s), s[j] = 0.0;
}
