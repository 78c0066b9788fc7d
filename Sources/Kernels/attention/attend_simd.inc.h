// Attention of rows that share a key/value head, tile by tile. Every row goes through the same
// operations whether alone or together with others.
#pragma once

#include "attention/attend_q8_simd.inc.h"
#include "attention/attend_state.inc.h"
#include "formats/half.inc.h"
#include "vectors/vectors_simd.inc.h"

// WIDTH floats from `at` elements on, stored as float16 or float32.
ALWAYS_INLINE vec load_stored(const void *from, size_t at, const ck_type type) {
  return type == CK_F16 ? load_halves((const uint16_t *)from + at) : load((const float *)from + at);
}

ALWAYS_INLINE size_t float_bytes(const ck_type type) {
  return type == CK_F16 ? sizeof(uint16_t) : sizeof(float);
}

// Scores of `tiles` key tiles for `rows` rows. keys: the cache's; at: the first tile, stride elements
// before the next.
ALWAYS_INLINE void score_tiles(const ck_attend *a, const void *keys, size_t at, size_t stride,
                               size_t first, attend_row *state, const ck_type type, const int rows,
                               const int tiles) {
  const size_t size = float_bytes(type);
  const uint8_t *next = (const uint8_t *)keys + (at + CK_SOFTMAX_TILE / CK_KEY_TILE * stride) * size;
  UNROLL for (int part = 0; part < PARTS; part++) {
    vec scores[CK_ATTEND_ROWS][4] = {0};
    for (size_t d = 0; d < a->cache->head_dim; d++) {
      if (part == 0) prefetch_keys(next, stride * size, d, size, tiles);
      UNROLL for (int t = 0; t < tiles; t++) {
        const size_t from = at + (size_t)t * stride + d * CK_KEY_TILE + (size_t)(part * WIDTH);
        const vec key = load_stored(keys, from, type);
        UNROLL for (int r = 0; r < rows; r++) {
          scores[r][t] = fma_lanes((vec)(a->q[r][d]), key, scores[r][t]);
        }
      }
    }
    store_scores(scores, first + (size_t)(part * WIDTH), state, rows, tiles);
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
                         const ck_type type, const int rows, const int count) {
  vec sums[CK_ATTEND_ROWS][4 * BLEND_VECTORS];
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int i = 0; i < count; i++) {
      sums[r][i] = load(a->out[first_row + r] + d + i * WIDTH);
    }
  }
  const size_t size = float_bytes(type);
  const uint8_t *next = (const uint8_t *)values + (at + CK_SOFTMAX_TILE * stride + d) * size;
  for (size_t j = from; j < to; j++) {
    for (size_t i = 0; i < (size_t)(count * WIDTH) * size; i += 64) prefetch_far(next + j * stride * size + i);
    UNROLL for (int i = 0; i < count; i++) {
      const vec value = load_stored(values, at + j * stride + d + (size_t)(i * WIDTH), type);
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

ALWAYS_INLINE float stored_at(const void *from, size_t at, const ck_type type) {
  return type == CK_F16 ? half_at((const uint8_t *)from + 2 * at) : ((const float *)from)[at];
}

// Adds the weighted values of positions from ..< to of the tile to out of `rows` rows, from a cache of floats.
ALWAYS_INLINE void blend_floats(const ck_attend *a, size_t tile, size_t from, size_t to, const attend_row *state,
                                int first_row, const ck_type type, const int rows) {
  const void *values = a->cache->values;
  const size_t width = a->cache->head_dim, stride = a->cache->kv_heads * width;
  const size_t at = tile * stride + a->kv_head * width;
  size_t d = 0;
  // Few rows need more sums under way for each, to fill the time that an fma takes.
  UNROLL for (int count = 4 * BLEND_VECTORS; count >= BLEND_VECTORS; count /= 2) {
    if (rows * count > 4 * BLEND_VECTORS) continue;
    for (; d + (size_t)count * WIDTH <= width; d += (size_t)count * WIDTH) {
      blend(a, values, at, stride, d, from, to, state, first_row, type, rows, count);
    }
  }
  for (; d + WIDTH <= width; d += WIDTH) {
    blend(a, values, at, stride, d, from, to, state, first_row, type, rows, 1);
  }
  for (; d < width; d++) {
    for (int r = first_row; r < first_row + rows; r++) {
      float sum = a->out[r][d];
      for (size_t j = from; j < to; j++) {
        sum = __builtin_fmaf(state[r].weights[j], stored_at(values, at + j * stride + d, type), sum);
      }
      a->out[r][d] = sum;
    }
  }
}

// Adds the weighted values of positions from ..< to of the tile to out of `rows` rows, from a cache of any type.
ALWAYS_INLINE void blend_all(const ck_attend *a, size_t tile, size_t from, size_t to, const attend_row *state,
                             int first_row, const ck_type type, const int rows) {
  if (from >= to) return;
  if (type != CK_Q8_0) {
    blend_floats(a, tile, from, to, state, first_row, type, rows);
    return;
  }
  q8_values values;  // not initialized as a whole: its weights are a kilobyte
  values.tile = (const uint8_t *)a->cache->values + ck_kv_q8_tile(a->cache, a->kv_head, tile);
  values.stride = a->cache->kv_heads * CK_KEY_TILE * ck_kv_q8_bytes(a->cache->head_dim);
  values.width = a->cache->head_dim;
  values.from = from, values.to = to;
  for (int r = 0; r < rows; r++) values.out[r] = a->out[first_row + r];
  blend_all_q8(&values, state + first_row, rows);
}

// Multiplies a row; nearly always by 1, which changes nothing.
static void shrink_row(float *out, size_t n, float by) {
  if (by == 1) return;
  for (size_t d = 0; d < n; d++) out[d] *= by;
}

// The scores of a tile of positions, `tile` being the first position.
ALWAYS_INLINE void score_all(const ck_attend *a, size_t tile, attend_row *state, const ck_type type,
                             const int rows) {
  const size_t width = a->cache->head_dim, heads = a->cache->kv_heads;
  const size_t stride = heads * CK_KEY_TILE * (type == CK_Q8_0 ? ck_kv_q8_bytes(width) : width);
  const int together = rows <= 2 ? 4 : 2;
  for (size_t t = 0; t < CK_SOFTMAX_TILE / CK_KEY_TILE; t += (size_t)together) {
    const size_t first = t * CK_KEY_TILE;
    if (type == CK_Q8_0) {
      const size_t at = ck_kv_q8_tile(a->cache, a->kv_head, tile + first);
      score_tiles_q8(a, (const uint8_t *)a->cache->keys + at, stride, first, state, rows, together);
    } else {
      const size_t at = (tile + first) / CK_KEY_TILE * stride + a->kv_head * width * CK_KEY_TILE;
      score_tiles(a, a->cache->keys, at, stride, first, state, type, rows, together);
    }
  }
}

// One tile of positions.
ALWAYS_INLINE void attend_tile(const ck_attend *a, size_t tile, attend_row *state, const ck_type type,
                               const int rows) {
  score_all(a, tile, state, type, rows);
  size_t from[CK_ATTEND_ROWS], to[CK_ATTEND_ROWS];
  for (int r = 0; r < rows; r++) {
    const size_t left = a->positions[r] > tile ? a->positions[r] - tile : 0;
    to[r] = left < CK_SOFTMAX_TILE ? left : CK_SOFTMAX_TILE;
    from[r] = a->starts[r] > tile ? a->starts[r] - tile : 0;
    if (from[r] < to[r]) {
      shrink_row(a->out[r], a->cache->head_dim, soften(&state[r], from[r], to[r], a->cap));
    } else {
      from[r] = to[r] = 0;
    }
  }
  // Positions that all rows attend to are read once for all; starts and ends only rise from row to row.
  const size_t first = from[rows - 1], last = to[0];
  const int shared = rows == 1 || (first < last && to[rows - 1] > 0);
  if (!shared) {
    for (int r = 0; r < rows; r++) blend_all(a, tile, from[r], to[r], state, r, type, 1);
    return;
  }
  for (int r = 0; r < rows - 1; r++) blend_all(a, tile, from[r], first, state, r, type, 1);
  blend_all(a, tile, first, last, state, 0, type, rows);
  for (int r = 1; r < rows; r++) blend_all(a, tile, last, to[r], state, r, type, 1);
}

ALWAYS_INLINE void attend_rows(const ck_attend *a, const ck_type type, const int rows) {
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
    attend_tile(a, tile, state, type, rows);
  }
  for (int r = 0; r < rows; r++) {
    vec parts[PARTS];
    memcpy(parts, state[r].sums, sizeof parts);
    const float sum = fold(parts);
    for (size_t d = 0; d < width; d++) a->out[r][d] /= sum;
  }
}

ALWAYS_INLINE void attend_type(const ck_attend *a, const ck_type type) {
  switch (a->rows) {
    case 1: attend_rows(a, type, 1); break;
    case 2: attend_rows(a, type, 2); break;
    case 3: attend_rows(a, type, 3); break;
    default: attend_rows(a, type, CK_ATTEND_ROWS);
  }
}

static void attend(const ck_attend *a) {
  if (a->cache->type == CK_Q8_0) {
    attend_type(a, CK_Q8_0);
  } else if (a->cache->type == CK_F16) {
    attend_type(a, CK_F16);
  } else {
    attend_type(a, CK_F32);
  }
}
