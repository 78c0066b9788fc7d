// Scores and weighted sums over a KV cache of CK_Q8_0, for attend_simd.inc.h.
#pragma once

#include "attention/attend_state.inc.h"
#include "attention/kv_q8.h"

// WIDTH codes as floats.
ALWAYS_INLINE vec load_codes(const int8_t *from) {
  i8vec codes;
  memcpy(&codes, from, sizeof codes);
  return __builtin_convertvector(codes, vec);
}

// Scores of `tiles` key tiles for `rows` rows. tile: the first one, stride bytes before the next; first_score: where
// its scores begin.
ALWAYS_INLINE void score_tiles_q8(const ck_attend *a, const uint8_t *tile, size_t stride, size_t first_score,
                                  attend_row *state, const int rows, const int tiles) {
  const size_t width = a->cache->head_dim, codes_at = ck_kv_q8_codes(width);
  const uint8_t *next = tile + CK_SOFTMAX_TILE / CK_KEY_TILE * stride;
  UNROLL for (int part = 0; part < PARTS; part++) {
    vec scores[CK_ATTEND_ROWS][4] = {0};
    for (size_t first = 0; first < width; first += CK_KV_GROUP) {
      const size_t end = first + CK_KV_GROUP < width ? first + CK_KV_GROUP : width;
      vec sums[CK_ATTEND_ROWS][4] = {0};
      for (size_t d = first; d < end; d++) {
        if (part == 0) prefetch_keys(next + codes_at, stride, d, sizeof(int8_t), tiles);
        const size_t from = codes_at + d * CK_KEY_TILE + (size_t)(part * WIDTH);
        UNROLL for (int t = 0; t < tiles; t++) {
          const vec key = load_codes((const int8_t *)tile + (size_t)t * stride + from);
          UNROLL for (int r = 0; r < rows; r++) {
            sums[r][t] = fma_lanes((vec)(a->q[r][d]), key, sums[r][t]);
          }
        }
      }
      const size_t at = (first / CK_KV_GROUP * CK_KEY_TILE + (size_t)(part * WIDTH)) * sizeof(uint16_t);
      UNROLL for (int t = 0; t < tiles; t++) {
        const vec scale = load_halves(tile + (size_t)t * stride + at);
        prefetch_far(next + (size_t)t * stride + at);
        UNROLL for (int r = 0; r < rows; r++) scores[r][t] = fma_lanes(sums[r][t], scale, scores[r][t]);
      }
    }
    store_scores(scores, first_score + (size_t)(part * WIDTH), state, rows, tiles);
  }
}

// The values of one head that some positions of a softmax tile add to the output.
typedef struct {
  const uint8_t *tile;  // of the first position of the softmax tile
  size_t stride;        // bytes between tiles
  size_t width;         // elements of the head
  size_t from, to;      // positions
  float *out[CK_ATTEND_ROWS];                      // [width]
  float weights[CK_ATTEND_ROWS][CK_SOFTMAX_TILE];  // times the scales of a group
} q8_values;

// The code of element d at a position, and those behind it.
ALWAYS_INLINE const int8_t *q8_codes(const q8_values *v, size_t position, size_t d) {
  const uint8_t *tile = v->tile + position / CK_KEY_TILE * v->stride;
  return (const int8_t *)tile + ck_kv_q8_codes(v->width) + position % CK_KEY_TILE * v->width + d;
}

// Adds elements d ..< d + count * WIDTH.
ALWAYS_INLINE void blend_vectors_q8(const q8_values *v, size_t d, const int rows, const int count) {
  vec sums[CK_ATTEND_ROWS][CK_KV_GROUP / WIDTH];
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int i = 0; i < count; i++) sums[r][i] = load(v->out[r] + d + i * WIDTH);
  }
  for (size_t j = v->from; j < v->to; j++) {
    const int8_t *codes = q8_codes(v, j, d);
    if (d % 64 == 0) prefetch_far((const uint8_t *)codes + CK_SOFTMAX_TILE / CK_KEY_TILE * v->stride);
    UNROLL for (int i = 0; i < count; i++) {
      const vec code = load_codes(codes + i * WIDTH);
      UNROLL for (int r = 0; r < rows; r++) {
        sums[r][i] = fma_lanes((vec)(v->weights[r][j]), code, sums[r][i]);
      }
    }
  }
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int i = 0; i < count; i++) store(sums[r][i], v->out[r] + d + i * WIDTH);
  }
}

// Adds element d.
static void blend_element_q8(const q8_values *v, size_t d, int rows) {
  for (int r = 0; r < rows; r++) {
    float sum = v->out[r][d];
    for (size_t j = v->from; j < v->to; j++) {
      sum = __builtin_fmaf(v->weights[r][j], *q8_codes(v, j, d), sum);
    }
    v->out[r][d] = sum;
  }
}

// Multiplies weights by the scales of a group. The other positions of the tiles touched may get anything.
ALWAYS_INLINE void scale_weights_q8(q8_values *v, const attend_row *state, size_t group, const int rows) {
  for (size_t j = v->from / CK_KEY_TILE * CK_KEY_TILE; j < v->to; j += WIDTH) {
    const uint8_t *tile = v->tile + j / CK_KEY_TILE * v->stride;
    const size_t at = (group * CK_KEY_TILE + j % CK_KEY_TILE) * sizeof(uint16_t);
    const vec scale = load_halves(tile + at);
    prefetch_far(tile + CK_SOFTMAX_TILE / CK_KEY_TILE * v->stride + at);
    UNROLL for (int r = 0; r < rows; r++) store(load(state[r].weights + j) * scale, v->weights[r] + j);
  }
}

// Adds the weighted values to all elements of out. state: of the first row
ALWAYS_INLINE void blend_all_q8(q8_values *v, const attend_row *state, const int rows) {
  // One row needs more sums under way than several, to fill the time that an fma takes.
  const int whole = CK_KV_GROUP / WIDTH, together = rows == 1 || whole < BLEND_VECTORS ? whole : BLEND_VECTORS;
  for (size_t d = 0; d < v->width;) {
    const size_t end = d + CK_KV_GROUP < v->width ? d + CK_KV_GROUP : v->width;
    scale_weights_q8(v, state, d / CK_KV_GROUP, rows);
    for (; d + (size_t)together * WIDTH <= end; d += (size_t)together * WIDTH) {
      blend_vectors_q8(v, d, rows, together);
    }
    for (; d + WIDTH <= end; d += WIDTH) blend_vectors_q8(v, d, rows, 1);
    for (; d < end; d++) blend_element_q8(v, d, rows);
  }
}
