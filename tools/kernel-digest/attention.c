// The cache and attention.
#include "digest.h"

static void attention(ck_pool *pool, ck_type type, size_t width, size_t group) {
  enum { KV_HEADS = 2, POSITIONS = 256, QUERIES = 9 };
  static const size_t firsts[] = {0, 1, 60, 64, 200};
  const size_t kv = KV_HEADS * width, heads = KV_HEADS * group;
  const size_t bytes = POSITIONS * ck_kv_position_bytes(type, KV_HEADS, width);
  ck_kv_cache cache = {type, room(bytes), room(bytes), KV_HEADS, width};
  memset(cache.keys, 0xff, bytes);  // NaN
  memset(cache.values, 0xff, bytes);
  float *q = numbers(POSITIONS * heads * width, 4), *k = numbers(POSITIONS * kv, 1);
  float *v = numbers(POSITIONS * kv, 1), *out = room(QUERIES * heads * width * sizeof *out);
  float *cosine = numbers(POSITIONS * width / 2, 1), *sine = numbers(POSITIONS * width / 2, 1);
  float *sinks = numbers(heads, 2);
  ck_store_kv(pool, &cache, q, heads, k, v, 209, 0, cosine, sine);
  uint64_t hash = FRESH;
  hash_bytes(&hash, cache.keys, bytes);
  hash_bytes(&hash, cache.values, bytes);
  hash_floats(&hash, q, POSITIONS * heads * width);
  line(type == CK_F16 ? "store f16" : type == CK_F32 ? "store f32" : "store q8_0", (int)width, hash);
  hash = FRESH;
  for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
    for (size_t queries = 1; queries <= QUERIES; queries += 4) {
      for (size_t window = 0; window <= 70; window += 35) {
        for (int more = 0; more < 2; more++) {  // without and with a cap and sinks
          const ck_scores scores = {0.2f, window, more ? 3 : 0, more ? sinks : NULL};
          ck_attention(pool, &cache, q, queries, firsts[i], heads, &scores, out);
          hash_floats(&hash, out, queries * heads * width);
        }
      }
    }
  }
  line(type == CK_F16 ? "attend f16" : type == CK_F32 ? "attend f32" : "attend q8_0", (int)width, hash);
  free(cache.keys), free(cache.values), free(q), free(k), free(v), free(out), free(cosine);
  free(sine), free(sinks);
}

static void narrowing(void) {
  enum { N = 1 << 18, WIDTH = 128 };
  float *x = room(N * sizeof *x);
  for (uint32_t i = 0; i < N; i++) {  // every 2^14th float, and near the halfway marks
    const uint32_t bits = (i << 14) + (i % 4 == 1 ? 0x1000 : i % 4 == 2 ? 0x0fff : 0x1001 * (i % 4));
    memcpy(x + i, &bits, sizeof bits);
  }
  ck_kv_cache cache = {CK_F16, room(N * 2), room(N * 2), 1, WIDTH};
  float *k = room(N * sizeof *k), *cosine = room(N * sizeof *cosine);
  ck_store_kv(NULL, &cache, NULL, 0, k, x, N / WIDTH, 0, cosine, cosine);
  uint64_t hash = FRESH;
  hash_bytes(&hash, cache.values, N * 2);
  line("narrow", 0, hash);
  free(x), free(k), free(cosine), free(cache.keys), free(cache.values);
}

void digest_attention(ck_pool *pool) {
  static const size_t widths[] = {8, 20, 64, 80, 128, 256};
  static const ck_type types[] = {CK_F16, CK_F32, CK_Q8_0};
  // Together the two groups make the kernels run 1, 2, 3 and 4 rows of each width.
  for (size_t i = 0; i < 6 * 3 * 2; i++) attention(pool, types[i / 2 % 3], widths[i / 6], i % 2 ? 4 : 1);
  narrowing();
}
