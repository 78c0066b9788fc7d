// Activations in 8 bits, which quantized weights are multiplied with.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "CleavePool.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { CK_BLOCK = 32 };

/// 32 activations as integers: x[i] is about scale * q[i]. Each vector is quantized alone, once,
/// for all the matrices that read it. With a = max |x|:
typedef struct ck_activations {
  int8_t q[CK_BLOCK];  ///< round(x[i] * (127 / a)), ties to even
  float scale;         ///< a / 127; 0 (and q 0) when a < 1e-30; NaN (and q 0) when any x is not finite
  int32_t sums[2];     ///< the sums of q[0 ..< 16] and of q[16 ..< 32]
  float offset;        ///< scale * (sums[0] + sums[1])
} ck_activations;

/// Quantizes vectors. x: [columns, k] with k a multiple of CK_BLOCK; out: [columns, k / CK_BLOCK].
void ck_quantize_activations(ck_pool *pool, const float *x, size_t k, size_t columns,
                             ck_activations *out);

#ifdef __cplusplus
}
#endif
