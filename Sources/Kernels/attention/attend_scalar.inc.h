// The reference of attention, as CleaveAttention.h defines it.
#pragma once

#include "attention/attend.h"
#include "attention/kv_q8.h"
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

// The scale of a group of keys or values of a position, and the code of element d. from: keys or values
static float q8_scale(const ck_attend *a, const void *from, size_t position, size_t group) {
  const uint8_t *tile = (const uint8_t *)from + ck_kv_q8_tile(a->cache, a->kv_head, position);
  return half_at(tile + (group * CK_KEY_TILE + position % CK_KEY_TILE) * sizeof(uint16_t));
}

static float q8_code(const ck_attend *a, const void *from, size_t position, size_t at) {
  const size_t codes = ck_kv_q8_tile(a->cache, a->kv_head, position) + ck_kv_q8_codes(a->cache->head_dim);
  return ((const int8_t *)from)[codes + at];
}

// The product of a query and a position's key.
static float score(const ck_attend *a, const float *q, size_t position) {
  const size_t width = a->cache->head_dim;
  float sum = 0;
  if (a->cache->type != CK_Q8_0) {
    for (size_t d = 0; d < width; d++) sum = __builtin_fmaf(q[d], key_at(a, position, d), sum);
    return sum;
  }
  const void *keys = a->cache->keys;
  for (size_t first = 0; first < width; first += CK_KV_GROUP) {
    const size_t end = first + CK_KV_GROUP < width ? first + CK_KV_GROUP : width;
    float part = 0;
    for (size_t d = first; d < end; d++) {
      const float code = q8_code(a, keys, position, d * CK_KEY_TILE + position % CK_KEY_TILE);
      part = __builtin_fmaf(q[d], code, part);
    }
    sum = __builtin_fmaf(part, q8_scale(a, keys, position, first / CK_KV_GROUP), sum);
  }
  return sum;
}

// out + weight * element d of a position's value.
static float blend_one(const ck_attend *a, float weight, size_t position, size_t d, float out) {
  if (a->cache->type != CK_Q8_0) return __builtin_fmaf(weight, value_at(a, position, d), out);
  const void *values = a->cache->values;
  const float scaled = weight * q8_scale(a, values, position, d / CK_KV_GROUP);
  const size_t at = position % CK_KEY_TILE * a->cache->head_dim + d;
  return __builtin_fmaf(scaled, q8_code(a, values, position, at), out);
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
      p[j] = score(a, a->q[row], tile + j);
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
        out[d] = blend_one(a, p[j], tile + j, d, out[d]);
      }
    }
  }
  const float sum = tree_sum(lanes);
  for (size_t d = 0; d < width; d++) out[d] /= sum;
}

static void attend(const ck_attend *a) {
  for (size_t row = 0; row < a->rows; row++) attend_row(a, row);
}
