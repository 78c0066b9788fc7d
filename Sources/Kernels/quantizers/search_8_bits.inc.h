// The search for the scale of codes of 8 bits. Scales a little apart round the same weights in other ways, and one of these
// ways has the least error. Coarser scales have no rounding that makes up for it, and a weight that is clipped has the
// error of many others.
#pragma once

#include "quantizers/group.inc.h"

// Whether all weights matter alike.
ALWAYS_INLINE int is_even(const group *g) {
  f32x16 differs = (f32x16)(0);
  for (int p = 0; p < g->k.parts; p++) {
    const f32x16 difference = g->h[p] - g->h[0][0];
    differs = differs + difference * difference;
  }
  return sum16(differs) == 0;
}

// Scales that are tried: each step moves the outermost code by three quarters, so that the weights round anew.
// Value i is 1 - 0.006 * i, the ratio of the largest magnitude to the value of the highest code.
#define NEAR_SPANS \
  ((f32x8){1 - 0.006f * 0, 1 - 0.006f * 1, 1 - 0.006f * 2, 1 - 0.006f * 3, \
           1 - 0.006f * 4, 1 - 0.006f * 5, 1 - 0.006f * 6, 1 - 0.006f * 7})

// Each element of x, which is not negative, rounded to float16; 0 where that is infinite.
ALWAYS_INLINE f32x8 through_halves(f32x8 x) {
  const u32x8 bits = (u32x8)x;
  const f32x8 normal = (f32x8)((bits + 0xfff + (bits >> 13 & 1)) & ~0x1fffu);
  // The unit of float16 below 2^-14 is that of floats from 0.5 to 1.
  const f32x8 small = (x + 0.5f) - 0.5f;
  const f32x8 half = x < 0x1p-14f ? small : normal;
  return half < 65536 ? half : (f32x8)(0);
}

// 1 / x, or 0 where that is not finite.
ALWAYS_INLINE f32x8 reciprocals(f32x8 x) {
  const f32x8 inverse = 1 / x;
  return inverse - inverse == 0 ? inverse : (f32x8)(0);
}

// The sums of four registers' lanes, each as sum16 adds them once they are four.
ALWAYS_INLINE f32x4 sums_of_four(const f32x4 *x) {
  const f32x4 a = __builtin_shufflevector(x[0], x[1], 0, 4, 1, 5) +
    __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7);
  const f32x4 b = __builtin_shufflevector(x[2], x[3], 0, 4, 1, 5) +
    __builtin_shufflevector(x[2], x[3], 2, 6, 3, 7);
  return __builtin_shufflevector(a, b, 0, 1, 4, 5) + __builtin_shufflevector(a, b, 2, 3, 6, 7);
}

// error_on() for eight scales without an offset.
ALWAYS_INLINE f32x8 errors_on(const group *g, f32x8 scales) {
  const f32x8 inverses = reciprocals(scales);
  f32x4 sums[8];
  UNROLL for (int i = 0; i < 8; i++) {
    f32x16 squares[2];
    for (int p = 0; p < g->k.parts; p++) {
      const f32x16 difference = g->w[p] - nearest_codes(g->k, g->w[p], inverses[i], 0) * scales[i];
      squares[p] = g->h[p] * (difference * difference);
    }
    const f32x16 all = g->k.parts == 2 ? squares[0] + squares[1] : squares[0];
    const f32x8 eight = all.lo + all.hi;
    sums[i] = eight.lo + eight.hi;
  }
  return __builtin_shufflevector(sums_of_four(sums), sums_of_four(sums + 4), 0, 1, 2, 3, 4, 5, 6, 7);
}

// Improves on `best`. outermost: the largest magnitude
ALWAYS_INLINE void search_8_bits(const group *g, float outermost, fit *best) {
  const f32x8 scales = through_halves(outermost / (NEAR_SPANS * (float)g->k.highest));
  const f32x8 errors = errors_on(g, scales);
  UNROLL for (int i = 0; i < 8; i++) {
    if (errors[i] < best->error) *best = (fit){scales[i], 0, errors[i]};
  }
  try_codes(g, reciprocal(best->scale), 0, best);
}
