// What the SIMD sources of attention share.
#pragma once

#include "attention/attend.h"
#include "isa/simd.inc.h"

typedef __fp16 hvec __attribute__((ext_vector_type(WIDTH)));

// WIDTH floats, stored as float16.
ALWAYS_INLINE vec load_halves(const void *from) {
  hvec value;
  memcpy(&value, from, sizeof value);
  return __builtin_convertvector(value, vec);
}

// The state of the online softmax of one row.
typedef struct {
  float max;
  float sums[CK_LANES];
  float weights[CK_SOFTMAX_TILE];  // scores, then exp of them
} attend_row;

// Keeps one register of the scores of `tiles` key tiles, `at` being the place of its first in a softmax tile.
ALWAYS_INLINE void store_scores(vec scores[CK_ATTEND_ROWS][4], size_t at, attend_row *state, const int rows,
                                const int tiles) {
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int t = 0; t < tiles; t++) store(scores[r][t], state[r].weights + at + t * CK_KEY_TILE);
  }
}

// Prefetches, of the `tiles` key tiles from `next` on, those lines that element d of each tile begins: half of
// them at one d, half at the next, where a line has two elements. size: bytes of an element; stride: bytes between tiles
ALWAYS_INLINE void prefetch_keys(const uint8_t *next, size_t stride, size_t d, const size_t size, const int tiles) {
  const int together = (int)(64 / (CK_KEY_TILE * size));  // elements of a tile in a line
  UNROLL for (int t = 0; t < tiles; t += together) {
    const size_t tile = d % (size_t)together + (size_t)t;
    prefetch_far(next + tile * stride + d * CK_KEY_TILE * size);
  }
}
