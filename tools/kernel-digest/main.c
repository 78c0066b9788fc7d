// Digests of what the kernels compute, one line for each kernel and type. Linked to Sources/Kernels
// for one machine or another, under one variant or another, it must print the same:
// see tools/check-neon.sh.
#include "digest.h"

// Arguments: variant (none: the best), threads.
int main(int count, char **arguments) {
  if (count > 1 && ck_select_isa(arguments[1]) != 0) return 3;  // no such variant here
  ck_pool *pool = ck_pool_create(count > 2 ? (size_t)atoi(arguments[2]) : 1);
  digest_products(pool);
  digest_vectors(pool);
  digest_attention(pool);
  digest_recurrence(pool);
  digest_quantizers(pool);
  digest_gradients();
  ck_pool_destroy(pool);
  return 0;
}
