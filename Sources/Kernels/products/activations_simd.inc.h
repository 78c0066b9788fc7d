// Activations as integers. Compare activations_scalar.inc.h.
#pragma once

#include "isa/simd.inc.h"
#include "products/activation_step.h"
#include "vectors/exp.h"

// The bits of the largest |x| of a block. The bits compare as the numbers do, and those of infinity
// and NaN are above all finite ones.
ALWAYS_INLINE uint32_t highest_bits(const float *x) {
  uvec highest = (uvec)(0);
  UNROLL for (int i = 0; i < CK_BLOCK; i += WIDTH) {
    const uvec bits = (uvec)load(x + i) & 0x7fffffff;
    highest = bits > highest ? bits : highest;
  }
  return __builtin_reduce_max(highest);
}

static void quantize(const float *x, size_t blocks, ck_activations *out) {
  for (size_t b = 0; b < blocks; b++, x += CK_BLOCK, out++) {
    const ck_step step = ck_step_of(highest_bits(x));
    int32_t sums[2] = {0, 0};
    UNROLL for (int i = 0; i < CK_BLOCK; i += WIDTH) {
      const vec scaled = load(x + i) * step.inverse + (vec)(CK_EXP_MAGIC);
      ivec q = (ivec)scaled - (ivec)(vec)(CK_EXP_MAGIC);
      if (step.is_zero) q = (ivec)(0);
      sums[i / 16] += __builtin_reduce_add(q);
      const i8vec bytes = __builtin_convertvector(q, i8vec);
      memcpy(out->q + i, &bytes, sizeof bytes);
    }
    ck_finish_activations(out, step, sums);
  }
}
