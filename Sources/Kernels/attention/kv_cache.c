// RoPE, and storing keys and values in the cache.
#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include <string.h>

#include "CleaveAttention.h"
#include "CleaveVectors.h"
#include "attention/kv_q8.h"
#include "isa/kernels.h"
#include "pool/pool.h"
#include "vectors/exp.h"

enum { COLUMNS_OF_A_CHUNK = CK_KEY_TILE, RUN = 64 };

typedef struct {
  const ck_kernels *kernels;
  const ck_kv_cache *cache;
  float *q, *k;
  const float *v, *cosine, *sine;
  size_t heads, columns, first_position;
} store_job;

size_t ck_kv_position_bytes(ck_type type, size_t kv_heads, size_t head_dim) {
  if (type == CK_Q8_0) return kv_heads * ck_kv_q8_bytes(head_dim);
  return kv_heads * head_dim * ck_block_bytes(type);
}

// Rounds a group of at most CK_KV_GROUP elements; codes lie `stride` bytes apart. Returns the scale.
static uint16_t round_group(const ck_kernels *kernels, const float *x, size_t n, int8_t *codes,
                            size_t stride) {
  float highest = 0, scale;
  int finite = 1;
  for (size_t i = 0; i < n; i++) {
    const float size = fabsf(x[i]);
    if (size > highest) highest = size;
    if (!(size < INFINITY)) finite = 0;
  }
  const float wanted = finite ? highest / 127 : NAN;
  uint16_t half;
  kernels->narrow(&wanted, &half, 1);
  kernels->dequantize(CK_F16, (const uint8_t *)&half, &scale, 1);
  const float inverse = scale > 0 ? 1 / scale : 0;
  for (size_t i = 0; i < n; i++) {
    float code = inverse > 0 ? x[i] * inverse : 0;
    if (code > 127) code = 127;
    if (code < -127) code = -127;
    // Adding the magic number rounds to an integer, ties to even.
    codes[i * stride] = (int8_t)((code + CK_EXP_MAGIC) - CK_EXP_MAGIC);
  }
  return half;
}

// Stores one head's key or value as CK_Q8_0. x: [head_dim]; stride: bytes between its codes, which begin `at` bytes
// behind those of its tile.
static void store_q8(const store_job *job, const float *x, void *to, size_t head, size_t position, size_t at,
                     size_t stride) {
  const size_t width = job->cache->head_dim;
  uint8_t *tile = (uint8_t *)to + ck_kv_q8_tile(job->cache, head, position);
  int8_t *codes = (int8_t *)tile + ck_kv_q8_codes(width) + at;
  for (size_t first = 0, group = 0; first < width; first += CK_KV_GROUP, group++) {
    const size_t n = width - first < CK_KV_GROUP ? width - first : CK_KV_GROUP;
    const uint16_t scale = round_group(job->kernels, x + first, n, codes + first * stride, stride);
    memcpy(tile + (group * CK_KEY_TILE + position % CK_KEY_TILE) * sizeof scale, &scale, sizeof scale);
  }
}

// Stores one head's key, its elements CK_KEY_TILE apart. key: [head_dim]
static void store_key(const store_job *job, const float *key, size_t head, size_t position) {
  const ck_kv_cache *cache = job->cache;
  const size_t width = cache->head_dim, place = position % CK_KEY_TILE;
  if (cache->type == CK_Q8_0) {
    store_q8(job, key, cache->keys, head, position, place, CK_KEY_TILE);
    return;
  }
  const size_t tile = position / CK_KEY_TILE * cache->kv_heads + head;
  const size_t at = tile * width * CK_KEY_TILE + place;
  for (size_t first = 0; first < width; first += RUN) {
    const size_t n = width - first < RUN ? width - first : RUN;
    uint16_t halves[RUN];
    if (cache->type == CK_F16) job->kernels->narrow(key + first, halves, n);
    for (size_t i = 0; i < n; i++) {
      const size_t to = at + (first + i) * CK_KEY_TILE;
      if (cache->type == CK_F16) {
        ((uint16_t *)cache->keys)[to] = halves[i];
      } else {
        ((float *)cache->keys)[to] = key[first + i];
      }
    }
  }
}

// Stores the values of all heads. v: [kv_heads * head_dim]
static void store_values(const store_job *job, const float *v, size_t position) {
  const ck_kv_cache *cache = job->cache;
  const size_t width = cache->head_dim, kv_width = cache->kv_heads * width;
  if (cache->type == CK_Q8_0) {
    for (size_t head = 0; head < cache->kv_heads; head++) {
      store_q8(job, v + head * width, cache->values, head, position, position % CK_KEY_TILE * width, 1);
    }
  } else if (cache->type == CK_F16) {
    job->kernels->narrow(v, (uint16_t *)cache->values + position * kv_width, kv_width);
  } else {
    memcpy((float *)cache->values + position * kv_width, v, kv_width * sizeof *v);
  }
}

static void store_column(const store_job *job, size_t column) {
  const ck_kv_cache *cache = job->cache;
  const size_t width = cache->head_dim, kv_width = cache->kv_heads * width;
  const size_t position = job->first_position + column;
  const float *cosine = job->cosine + column * (width / 2), *sine = job->sine + column * (width / 2);
  ck_rope(job->q + column * job->heads * width, job->heads, width, cosine, sine);
  float *k = job->k + column * kv_width;
  ck_rope(k, cache->kv_heads, width, cosine, sine);
  for (size_t head = 0; head < cache->kv_heads; head++) {
    store_key(job, k + head * width, head, position);
  }
  store_values(job, job->v + column * kv_width, position);
}

static void store_chunk(void *context, ck_worker *worker, size_t chunk) {
  (void)worker;
  const store_job *job = context;
  size_t end = (chunk + 1) * COLUMNS_OF_A_CHUNK;
  if (end > job->columns) end = job->columns;
  for (size_t c = chunk * COLUMNS_OF_A_CHUNK; c < end; c++) store_column(job, c);
}

void ck_store_kv(ck_pool *pool, const ck_kv_cache *cache, float *q, size_t heads, float *k,
                 const float *v, size_t columns, size_t first_position, const float *cosine,
                 const float *sine) {
  store_job job = {
    .kernels = ck_current(), .cache = cache, .q = q, .k = k, .v = v, .cosine = cosine,
    .sine = sine, .heads = heads, .columns = columns, .first_position = first_position,
  };
  ck_pool_run(pool, store_chunk, &job, (columns + COLUMNS_OF_A_CHUNK - 1) / COLUMNS_OF_A_CHUNK);
}
