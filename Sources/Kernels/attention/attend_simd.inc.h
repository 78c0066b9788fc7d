// Attention of rows that share a key/value head, tile by tile. Every row goes through the same
// operations whether alone or together with others.
#pragma once

#include "attention/attend.h"
#include "formats/half.inc.h"
#include "vectors/vectors_simd.inc.h"

typedef __fp16 hvec __attribute__((ext_vector_type(WIDTH)));

// WIDTH floats from `at` elements on, stored as float16 or float32.
ALWAYS_INLINE vec load_stored(const void *from, size_t at, const int half) {
  if (!half) return load((const float *)from + at);
  hvec value;
  memcpy(&value, (const uint16_t *)from + at, sizeof value);
  return __builtin_convertvector(value, vec);
}

// The state of the online softmax of one row.
typedef struct {
  float max;
  float sums[CK_LANES];
  float weights[CK_SOFTMAX_TILE];  // scores, then exp of them
} attend_row;

// Scores of `tiles` key tiles for `rows` rows. keys: the cache's; at: the first tile, stride elements
// before the next.
ALWAYS_INLINE void score_tiles(const ck_attend *a, const void *keys, size_t at, size_t stride,
                               size_t first, attend_row *state, const int half, const int rows,
                               const int tiles) {
  UNROLL for (int part = 0; part < PARTS; part++) {
    vec scores[CK_ATTEND_ROWS][4] = {0};
    for (size_t d = 0; d < a->cache->head_dim; d++) {
      UNROLL for (int t = 0; t < tiles; t++) {
        const size_t from = at + (size_t)t * stride + d * CK_KEY_TILE + (size_t)(part * WIDTH);
        const vec key = load_stored(keys, from, half);
        UNROLL for (int r = 0; r < rows; r++) {
          scores[r][t] = fma_lanes((vec)(a->q[r][d]), key, scores[r][t]);
        }
      }
    }
    UNROLL for (int r = 0; r < rows; r++) {
      UNROLL for (int t = 0; t < tiles; t++) {
        store(scores[r][t], state[r].weights + first + t * CK_KEY_TILE + part * WIDTH);
      }
    }
  }
}

// Turns scores into weights, those outside from ..< count into 0; returns the factor that the sums so
// far shrink by.
static float soften(attend_row *row, size_t from, size_t count, float cap) {
  if (cap > 0) cap_all(row->weights, CK_SOFTMAX_TILE, cap);
  for (size_t j = 0; j < from; j++) row->weights[j] = -INFINITY;
  for (size_t j = count; j < CK_SOFTMAX_TILE; j++) row->weights[j] = -INFINITY;
  vec highest = (vec)(-INFINITY);
  for (int j = 0; j < CK_SOFTMAX_TILE; j += WIDTH) {
    const vec v = load(row->weights + j);
    highest = v > highest ? v : highest;
  }
  float max = row->max;
  const float largest = largest_of(highest);
  if (largest > max) max = largest;
  const float shrink = exp_lanes((vec)(row->max) - max)[0];
  row->max = max;
  UNROLL for (int p = 0; p < PARTS; p++) {
    vec sum = load(row->sums + p * WIDTH) * shrink;
    for (int j = p * WIDTH; j < CK_SOFTMAX_TILE; j += CK_LANES) {
      // exp(-infinity) adds 0.
      const vec v = exp_lanes(load(row->weights + j) - max);
      store(v, row->weights + j);
      sum += v;
    }
    store(sum, row->sums + p * WIDTH);
  }
  return shrink;
}

// Adds the weighted values of positions from ..< to of the tile to out[d ..] of `rows` rows, `count`
// registers wide. values: the cache's; at: the tile's first position
ALWAYS_INLINE void blend(const ck_attend *a, const void *values, size_t at, size_t stride, size_t d,
                         size_t from, size_t to, const attend_row *state, int first_row,
                         const int half, const int rows, const int count) {
  vec sums[CK_ATTEND_ROWS][BLEND_VECTORS];
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int i = 0; i < count; i++) {
      sums[r][i] = load(a->out[first_row + r] + d + i * WIDTH);
    }
  }
  for (size_t j = from; j < to; j++) {
    UNROLL for (int i = 0; i < count; i++) {
      const vec value = load_stored(values, at + j * stride + d + (size_t)(i * WIDTH), half);
      UNROLL for (int r = 0; r < rows; r++) {
        sums[r][i] = fma_lanes((vec)(state[first_row + r].weights[j]), value, sums[r][i]);
      }
    }
  }
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int i = 0; i < count; i++) {
      store(sums[r][i], a->out[first_row + r] + d + i * WIDTH);
    }
  }
}

ALWAYS_INLINE float stored_at(const void *from, size_t at, const int half) {
  return half ? half_at((const uint8_t *)from + 2 * at) : ((const float *)from)[at];
}

// The same for all elements of out.
ALWAYS_INLINE void blend_all(const ck_attend *a, const void *values, size_t at, size_t stride,
                             size_t from, size_t to, const attend_row *state, int first_row,
                             const int half, const int rows) {
  const size_t width = a->cache->head_dim;
  size_t d = 0;
  for (; d + BLEND_VECTORS * WIDTH <= width; d += BLEND_VECTORS * WIDTH) {
    blend(a, values, at, stride, d, from, to, state, first_row, half, rows, BLEND_VECTORS);
  }
  for (; d + WIDTH <= width; d += WIDTH) {
    blend(a, values, at, stride, d, from, to, state, first_row, half, rows, 1);
  }
  for (; d < width; d++) {
    for (int r = first_row; r < first_row + rows; r++) {
      float sum = a->out[r][d];
      for (size_t j = from; j < to; j++) {
        sum = __builtin_fmaf(state[r].weights[j], stored_at(values, at + j * stride + d, half), sum);
      }
      a->out[r][d] = sum;
    }
  }
}

// Multiplies a row; nearly always by 1, which changes nothing.
static void shrink_row(float *out, size_t n, float by) {
  if (by == 1) return;
  for (size_t d = 0; d < n; d++) out[d] *= by;
}

// One tile of positions, `tile` being the first position.
ALWAYS_INLINE void attend_tile(const ck_attend *a, size_t tile, attend_row *state, const int half,
                               const int rows) {
  const size_t width = a->cache->head_dim, heads = a->cache->kv_heads;
  const size_t key_stride = heads * width * CK_KEY_TILE;
  const size_t key_at = tile / CK_KEY_TILE * key_stride + a->kv_head * width * CK_KEY_TILE;
  const int together = rows == 1 ? 4 : 2;
  for (int t = 0; t < CK_SOFTMAX_TILE / CK_KEY_TILE; t += together) {
    score_tiles(a, a->cache->keys, key_at + (size_t)t * key_stride, key_stride,
                (size_t)t * CK_KEY_TILE, state, half, rows, together);
  }
  size_t from[CK_ATTEND_ROWS], to[CK_ATTEND_ROWS];
  for (int r = 0; r < rows; r++) {
    const size_t left = a->positions[r] > tile ? a->positions[r] - tile : 0;
    to[r] = left < CK_SOFTMAX_TILE ? left : CK_SOFTMAX_TILE;
    from[r] = a->starts[r] > tile ? a->starts[r] - tile : 0;
    if (from[r] < to[r]) {
      shrink_row(a->out[r], width, soften(&state[r], from[r], to[r], a->cap));
    } else {
      from[r] = to[r] = 0;
    }
  }
  // Positions that all rows attend to are read once for all; starts and ends only rise from row to row.
  const size_t value_at = (tile * heads + a->kv_head) * width, stride = heads * width;
  const size_t first = from[rows - 1], last = to[0];
  const int shared = rows == 1 || (first < last && to[rows - 1] > 0);
  if (!shared) {
    for (int r = 0; r < rows; r++) {
      blend_all(a, a->cache->values, value_at, stride, from[r], to[r], state, r, half, 1);
    }
    return;
  }
  for (int r = 0; r < rows - 1; r++) {
    blend_all(a, a->cache->values, value_at, stride, from[r], first, state, r, half, 1);
  }
  blend_all(a, a->cache->values, value_at, stride, first, last, state, 0, half, rows);
  for (int r = 1; r < rows; r++) {
    blend_all(a, a->cache->values, value_at, stride, last, to[r], state, r, half, 1);
  }
}

ALWAYS_INLINE void attend_rows(const ck_attend *a, const int half, const int rows) {
  attend_row state[CK_ATTEND_ROWS];
  const size_t width = a->cache->head_dim;
  for (int r = 0; r < rows; r++) {
    state[r].max = a->max[r];
    memset(state[r].sums, 0, sizeof state[r].sums);
    state[r].sums[0] = a->sum[r];
    memset(a->out[r], 0, width * sizeof(float));
  }
  size_t tile = a->starts[0] / CK_SOFTMAX_TILE * CK_SOFTMAX_TILE;
  for (; tile < a->positions[rows - 1]; tile += CK_SOFTMAX_TILE) {
    attend_tile(a, tile, state, half, rows);
  }
  for (int r = 0; r < rows; r++) {
    vec parts[PARTS];
    memcpy(parts, state[r].sums, sizeof parts);
    const float sum = fold(parts);
    for (size_t d = 0; d < width; d++) a->out[r][d] /= sum;
  }
}

static void attend(const ck_attend *a) {
  const int half = a->cache->type == CK_F16;
  if (a->rows == 1) {
    if (half) attend_rows(a, 1, 1); else attend_rows(a, 0, 1);
  } else {
    if (half) attend_rows(a, 1, CK_ATTEND_ROWS); else attend_rows(a, 0, CK_ATTEND_ROWS);
  }
}
