// The reference of activations as integers.
#pragma once

#include "isa/scalar.inc.h"
#include "products/activation_step.h"
#include "vectors/exp.h"

static void quantize(const float *x, size_t blocks, ck_activations *out) {
  for (size_t b = 0; b < blocks; b++, x += CK_BLOCK, out++) {
    uint32_t highest = 0;
    for (int i = 0; i < CK_BLOCK; i++) {
      const uint32_t bits = bits_of(x[i]) & 0x7fffffff;
      if (bits > highest) highest = bits;
    }
    const ck_step step = ck_step_of(highest);
    int32_t sums[2] = {0, 0};
    for (int i = 0; i < CK_BLOCK; i++) {
      // Adding the magic number rounds to an integer, ties to even.
      const float scaled = x[i] * step.inverse + CK_EXP_MAGIC;
      const int32_t q = step.is_zero ? 0 : (int32_t)(bits_of(scaled) - bits_of(CK_EXP_MAGIC));
      out->q[i] = (int8_t)q;
      sums[i / 16] += q;
    }
    ck_finish_activations(out, step, sums);
  }
}
