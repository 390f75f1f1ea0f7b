/* Order conditions of a Runge-Kutta method: for every rooted tree T with at most p vertices
 *     sum_i b_i phi_i(T) = 1/gamma(T),   phi_i(T) = prod over subtrees U of the root of sum_j a_ij phi_j(U),
 *     gamma(T) = |T| prod gamma(U)          (Butcher, J. Austral. Math. Soc. 3 (1963) 185)
 * Trees are level sequences in preorder, run through by the rule of Beyer and Hedetniemi, SIAM J. Comput. 9 (1980) 706:
 * p = last vertex not on level 2, q = its parent; from p on the sequence repeats what follows q. */
#include "laws/law.h"
#include "laws/trees.h"
#include <math.h>

enum { S = WEIR_RK_MAXSTAGE, TREE_MAX = 10 };

/* phi and gamma of the subtree whose root is vertex v; *end = the first vertex behind it. */
static double subtree(double a[S + 1][S], int stages, const int *level, int n, int v, double phi[S], int *end)
{
  double gamma = 1;
  int w = v + 1;
  for (int i = 0; i < stages; i++) phi[i] = 1;
  while (w < n && level[w] > level[v]) {
    double child[S] = {0};
    gamma *= subtree(a, stages, level, n, w, child, &w);
    for (int i = 0; i < stages; i++) {
      double sum = 0;
      for (int j = 0; j < stages; j++) sum += a[i][j] * child[j];
      phi[i] *= sum;
    }
  }
  *end = w;
  return gamma * (w - v);
}

static bool next_tree(int *level, int n)
{
  int p = n - 1;
  while (p > 0 && level[p] == 2) p--;
  if (p <= 0) return false;
  int q = p - 1;
  while (level[q] != level[p] - 1) q--;
  for (int i = p; i < n; i++) level[i] = level[i - (p - q)];
  return true;
}

/* Only data that depend on time see it: int_0^1 c^(n-1). The order for the density is the scheme's (order-2d, order-3d). */
static weir_status one_step(const weir_stepper *s, weir_offence *o)
{
  double b[S];
  weir_stepper_weights(s, b);
  for (int n = 1; n <= s->order; n++) {
    const double sum = b[0] * pow(s->stage[0].time, n - 1);
    if (!(fabs(sum - 1.0 / n) <= 1e-14)) weir_offend(o, sum, 1.0 / n, "quadrature in time of order %d", n);
  }
  return WEIR_OK;
}

weir_status weir_law_trees(weir_ctx *ctx, const weir_stepper *s, weir_offence *o)
{
  (void)ctx;
  double a[S + 1][S];
  if (weir_stepper_is_one_step(s)) return one_step(s, o);
  weir_law_butcher(s, a);
  for (int n = 1; n <= s->order && n <= TREE_MAX; n++) {
    int level[TREE_MAX], number = 0;
    for (int i = 0; i < n; i++) level[i] = i + 1;
    do {
      double phi[S], sum = 0;
      int end = 0;
      const double gamma = subtree(a, s->stages, level, n, 0, phi, &end);
      for (int i = 0; i < s->stages; i++) sum += a[s->stages][i] * phi[i];
      number++;
      if (!(fabs(sum - 1 / gamma) <= 1e-14)) /* derived: some 100 roundings of numbers below 1 */
        weir_offend(o, sum, 1 / gamma, "condition %d of order %d", number, n);
    } while (next_tree(level, n));
  }
  return WEIR_OK;
}
