// The places of keys and values in a KV cache of CK_Q8_0, as CleaveAttention.h describes it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "CleaveAttention.h"

enum { CK_KV_GROUP = 32 };

/// The groups of one head, the last of them shorter where head_dim is no multiple of CK_KV_GROUP.
static inline size_t ck_kv_groups(size_t head_dim) {
  return (head_dim + CK_KV_GROUP - 1) / CK_KV_GROUP;
}

/// Bytes of one position's keys, or values, of one head: codes and the groups' scales.
static inline size_t ck_kv_q8_bytes(size_t head_dim) {
  return head_dim + ck_kv_groups(head_dim) * sizeof(uint16_t);
}

/// Bytes from the beginning of keys, or of values, to the tile of one head that a position is in. A tile is scales
/// [groups, CK_KEY_TILE] and, behind them, the codes.
static inline size_t ck_kv_q8_tile(const ck_kv_cache *cache, size_t head, size_t position) {
  const size_t tile = position / CK_KEY_TILE * cache->kv_heads + head;
  return tile * CK_KEY_TILE * ck_kv_q8_bytes(cache->head_dim);
}

/// Bytes from the beginning of a tile to its codes.
static inline size_t ck_kv_q8_codes(size_t head_dim) {
  return ck_kv_groups(head_dim) * CK_KEY_TILE * sizeof(uint16_t);
}
