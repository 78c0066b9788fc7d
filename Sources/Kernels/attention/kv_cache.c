// RoPE, and storing keys and values in the cache.
#pragma STDC FP_CONTRACT OFF
#include <string.h>

#include "CleaveAttention.h"
#include "CleaveVectors.h"
#include "isa/kernels.h"
#include "pool/pool.h"

enum { COLUMNS_OF_A_CHUNK = CK_KEY_TILE, RUN = 64 };

typedef struct {
  const ck_kernels *kernels;
  const ck_kv_cache *cache;
  float *q, *k;
  const float *v, *cosine, *sine;
  size_t heads, columns, first_position;
} store_job;

// Stores one head's key, its elements CK_KEY_TILE apart. key: [head_dim]
static void store_key(const store_job *job, const float *key, size_t head, size_t position) {
  const ck_kv_cache *cache = job->cache;
  const size_t width = cache->head_dim;
  const size_t tile = position / CK_KEY_TILE * cache->kv_heads + head;
  const size_t at = tile * width * CK_KEY_TILE + position % CK_KEY_TILE;
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
  const float *v = job->v + column * kv_width;
  if (cache->type == CK_F16) {
    job->kernels->narrow(v, (uint16_t *)cache->values + position * kv_width, kv_width);
  } else {
    memcpy((float *)cache->values + position * kv_width, v, kv_width * sizeof *v);
  }
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
