// The reference of attention, as CleaveAttention.h defines it.
#pragma once

#include "attention/attend.h"
#include "formats/half.inc.h"
#include "vectors/vectors_scalar.inc.h"

static float stored_at(const ck_kv_cache *cache, const void *from, size_t at) {
  if (cache->type == CK_F16) return half_at((const uint8_t *)from + 2 * at);
  return ((const float *)from)[at];
}

static float key_at(const ck_attend *a, size_t position, size_t d) {
  const ck_kv_cache *c = a->cache;
  const size_t tile = position / CK_KEY_TILE * c->kv_heads + a->kv_head;
  const size_t at = (tile * c->head_dim + d) * CK_KEY_TILE + position % CK_KEY_TILE;
  return stored_at(c, c->keys, at);
}

static float value_at(const ck_attend *a, size_t position, size_t d) {
  const ck_kv_cache *c = a->cache;
  return stored_at(c, c->values, (position * c->kv_heads + a->kv_head) * c->head_dim + d);
}

static void attend_row(const ck_attend *a, size_t row) {
  const size_t width = a->cache->head_dim;
  float *out = a->out[row], lanes[CK_LANES] = {a->sum[row]}, max = a->max[row];
  memset(out, 0, width * sizeof *out);
  const size_t start = a->starts[row];
  size_t tile = start / CK_SOFTMAX_TILE * CK_SOFTMAX_TILE;
  for (; tile < a->positions[row]; tile += CK_SOFTMAX_TILE) {
    const size_t from = start > tile ? start - tile : 0;
    size_t count = a->positions[row] - tile;
    if (count > CK_SOFTMAX_TILE) count = CK_SOFTMAX_TILE;
    float p[CK_SOFTMAX_TILE], before = max;
    for (size_t j = from; j < count; j++) {
      p[j] = 0;
      for (size_t d = 0; d < width; d++) {
        p[j] = __builtin_fmaf(a->q[row][d], key_at(a, tile + j, d), p[j]);
      }
      if (a->cap > 0) p[j] = cap_one(p[j], a->cap);
      if (p[j] > max) max = p[j];
    }
    const float shrink = exp_one(before - max);
    for (size_t lane = 0; lane < CK_LANES; lane++) lanes[lane] *= shrink;
    for (size_t j = from; j < count; j++) {
      p[j] = exp_one(p[j] - max);
      lanes[j % CK_LANES] += p[j];
    }
    for (size_t d = 0; d < width; d++) {
      out[d] *= shrink;
      for (size_t j = from; j < count; j++) {
        out[d] = __builtin_fmaf(p[j], value_at(a, tile + j, d), out[d]);
      }
    }
  }
  const float sum = tree_sum(lanes);
  for (size_t d = 0; d < width; d++) out[d] /= sum;
}

static void attend(const ck_attend *a) {
  for (size_t row = 0; row < a->rows; row++) attend_row(a, row);
}
