// What the parts of the digest share: numbers that are the same everywhere, and hashes.
#pragma once

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CleaveKernels.h"

static uint64_t state = 1;

static inline uint64_t next(void) {  // SplitMix64
  uint64_t z = state += 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

static inline float number(void) { return (float)((int64_t)(next() >> 40) - (1 << 23)) / (1 << 23); }

static inline void *room(size_t bytes) {
  void *memory = calloc(1, bytes + 64);
  if (!memory) exit(1);
  return memory;
}

static inline float *numbers(size_t n, float scale) {
  float *out = room(n * sizeof *out);
  for (size_t i = 0; i < n; i++) out[i] = number() * scale;
  return out;
}

static inline void hash_bytes(uint64_t *hash, const void *from, size_t n) {  // FNV-1a
  for (size_t i = 0; i < n; i++) *hash = (*hash ^ ((const uint8_t *)from)[i]) * 0x100000001B3;
}

// One NaN is like another.
static inline void hash_floats(uint64_t *hash, const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const float value = isnan(x[i]) ? 0x1.5p100f : x[i];
    hash_bytes(hash, &value, sizeof value);
  }
}

static inline void hash_blocks(uint64_t *hash, const ck_activations *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    hash_bytes(hash, x[i].q, sizeof x[i].q);
    hash_bytes(hash, x[i].sums, sizeof x[i].sums);
    hash_floats(hash, &x[i].scale, 1);
    hash_floats(hash, &x[i].offset, 1);
  }
}

#define FRESH 0xCBF29CE484222325

static inline void line(const char *what, int number, uint64_t hash) {
  printf("%-14s %4d %016llx\n", what, number, (unsigned long long)hash);
}

/// Each prints lines.
void digest_products(ck_pool *pool);
void digest_vectors(ck_pool *pool);
void digest_attention(ck_pool *pool);
void digest_recurrence(ck_pool *pool);
void digest_quantizers(ck_pool *pool);
void digest_gradients(void);
