// The KV cache and causal attention, for one sequence and for many.
#pragma once

#include <stddef.h>

#include "CleaveFormats.h"
#include "CleavePool.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  CK_KEY_TILE = 16,    ///< positions whose keys are interleaved in the cache
  CK_SOFTMAX_TILE = 64 ///< positions between two updates of the running maximum
};

// ---- One sequence --------------------------------------------------------------------------------

/// The KV cache of one sequence in one block of a model.
/// keys: [positions / CK_KEY_TILE, kv_heads, head_dim, CK_KEY_TILE], so that scores of 16 positions
/// are the lanes of a register; values: [positions, kv_heads, head_dim]. There is room for whole
/// CK_SOFTMAX_TILEs of positions, the unused ones holding anything.
///
/// In a cache of CK_Q8_0 a head's elements are groups of 32, the last one shorter where head_dim is no
/// multiple of 32, each with a scale in float16. keys and values:
/// [positions / CK_KEY_TILE, kv_heads] tiles of scales [groups, CK_KEY_TILE] and int8 codes, [head_dim,
/// CK_KEY_TILE] for keys and [CK_KEY_TILE, head_dim] for values.
typedef struct ck_kv_cache {
  ck_type type;  ///< of the elements: CK_F16, CK_F32 or CK_Q8_0
  void *keys, *values;
  size_t kv_heads, head_dim;
} ck_kv_cache;

/// Bytes that a position's keys take in the cache of one block; its values take as many.
size_t ck_kv_position_bytes(ck_type type, size_t kv_heads, size_t head_dim);

/// Rotates the heads of queries and keys by RoPE and stores keys and values in the cache from
/// first_position on. With a = max |x| of a group, CK_Q8_0 stores the scale s = float16(a / 127) and the codes
/// round(x * (1 / s)), ties to even, at most 127 either way. s is a NaN where a number of the group is not finite;
/// codes are 0 where s is 0, infinite or a NaN. q: [columns, heads * head_dim], rotated in place; k, v: [columns, kv_heads *
/// head_dim], k rotated in place; cosine, sine: [columns, head_dim / 2] of these positions.
void ck_store_kv(ck_pool *pool, const ck_kv_cache *cache, float *q, size_t heads, float *k,
                 const float *v, size_t columns, size_t first_position, const float *cosine,
                 const float *sine);

/// What attention makes of the products of queries and keys.
typedef struct ck_scores {
  float scale;         ///< what queries are multiplied by
  size_t window;       ///< the most positions that a query attends to, its own among them; 0 for all
  float cap;           ///< scores become capped ones, as ck_cap has it; 0 for none
  const float *sinks;  ///< [heads], scores that take weight and add no value; NULL for none
} ck_scores;

/// Causal grouped-query attention. Query j is at position first_position + j and attends to
/// positions 0 ... first_position + j; where `window` is above 0, only to the last `window` of them.
/// Query head h reads key/value head h / (heads / kv_heads).
/// q, out: [queries, heads * head_dim]; heads is a multiple of kv_heads.
/// Online softmax (Milakov & Gimelshein 2018, arXiv 1805.02867; Dao et al. 2022, arXiv 2205.14135)
/// over tiles of CK_SOFTMAX_TILE positions that begin at multiples of it, whatever the queries: m, L
/// and O are the running maximum, sum (in CK_LANES lanes, position % 16) and output of a query and
/// head. For each tile:
///   s[j] = cap of the sum over d, rising, of fma((q[d] * scale), key[j][d]);  m' = max(m, s)
///   c = exp(m - m')
///   p[j] = exp(s[j] - m');  L = L * c + p;  O[d] = O[d] * c, then fma(p[j], value[j][d]), j rising
/// and out = O / L, the lanes of L added as those of a dot product. With a sink, m begins as its score and
/// lane 0 of L as 1 (gpt-oss, arXiv 2508.10925). In the tile where the window
/// begins, positions before it are left out; tiles wholly before it are skipped.
/// In a cache of CK_Q8_0 the sum over a group's codes is multiplied by the group's scale, and so is the weight of a
/// value:
///   t = 0, then t = fma(q[d] * scale, code[j][d], t) for the d of a group, rising;  s[j] = fma(t, the group's scale, s[j])
///   O[d] = O[d] * c, then fma(p[j] * the group's scale, code[j][d], O[d]), j rising
void ck_attention(ck_pool *pool, const ck_kv_cache *cache, const float *q, size_t queries,
                  size_t first_position, size_t heads, const ck_scores *scores, float *out);

// ---- Many sequences ------------------------------------------------------------------------------
// The numbers are those of the functions for one sequence, to the bit.

/// Consecutive columns of one sequence in a batch. Of several spans each is the work of one thread, so
/// a long piece of a sequence is better given as several; one span alone is the work of all threads.
typedef struct ck_span {
  ck_kv_cache cache;      ///< of the sequence
  size_t first_position;  ///< position of the first column in its sequence
  size_t column;          ///< the first column in the batch
  size_t columns;
} ck_span;

/// ck_store_kv for every span. q: [columns of the batch, heads * head_dim]; k, v: [columns of the
/// batch, kv_heads * head_dim]; cosine, sine: [positions, head_dim / 2], from position 0 on.
void ck_store_kv_spans(ck_pool *pool, const ck_span *spans, size_t count, float *q, size_t heads,
                       float *k, const float *v, const float *cosine, const float *sine);

/// ck_attention for every span. q, out: [columns of the batch, heads * head_dim].
void ck_attention_spans(ck_pool *pool, const ck_span *spans, size_t count, const float *q,
                        size_t heads, const ck_scores *scores, float *out);

#ifdef __cplusplus
}
#endif
