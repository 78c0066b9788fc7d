// Vector types of the SIMD source, in clang's vector extensions: loads, stores, sums of lanes. The
// files of variants/ define
//   WIDTH         floats in one register
//   BLEND_VECTORS registers of a value that attention holds for each of 4 rows
//   TILE_COLUMNS  columns of a register tile, so that 4 * TILE_COLUMNS sums stay in registers
// and include this within their target attribute. The 16 lanes of the contract are PARTS
// registers, part p holding the lanes p * WIDTH ..< (p + 1) * WIDTH.
#pragma once

#include "CleaveISA.h"
#include "isa/inline.h"

#define PARTS (CK_LANES / WIDTH)
#define TILE_ROWS 4

typedef float vec __attribute__((ext_vector_type(WIDTH)));
typedef int32_t ivec __attribute__((ext_vector_type(WIDTH)));
typedef int8_t i8vec __attribute__((ext_vector_type(WIDTH)));
typedef uint32_t uvec __attribute__((ext_vector_type(WIDTH)));
typedef float f32x8 __attribute__((ext_vector_type(8)));
typedef float f32x4 __attribute__((ext_vector_type(4)));
typedef float f32x2 __attribute__((ext_vector_type(2)));

ALWAYS_INLINE vec load(const float *from) {
  vec value;
  memcpy(&value, from, sizeof value);
  return value;
}

ALWAYS_INLINE void store(vec value, float *to) { memcpy(to, &value, sizeof value); }

// Requests the line at an address, which need not be there, into the second level of the cache. A core keeps
// few requests of its first level open (24 on a Zen 4): at the latency of memory they bring half of what a thread can
// read. More of the second level's are open at once, and from there the first level is filled in time.
ALWAYS_INLINE void prefetch_far(const uint8_t *at) { __builtin_prefetch(at, 0, 2); }

ALWAYS_INLINE vec fma_lanes(vec a, vec b, vec c) { return __builtin_elementwise_fma(a, b, c); }

// x[at ..< at + WIDTH] where x has n floats; those beyond are `fill`.
ALWAYS_INLINE vec load_at(const float *x, size_t at, size_t n, float fill) {
  if (at + WIDTH <= n) return load(x + at);
  vec value = (vec)(fill);
  if (at < n) memcpy(&value, x + at, (n - at) * sizeof *x);
  return value;
}

// Stores x[at ..< at + WIDTH], leaving out what is beyond the n floats of x.
ALWAYS_INLINE void store_at(vec value, float *x, size_t at, size_t n) {
  if (at + WIDTH <= n) {
    store(value, x + at);
  } else if (at < n) {
    memcpy(x + at, &value, (n - at) * sizeof *x);
  }
}

// The first two levels of the tree: lane i with i + 8, then with i + 4. parts: [PARTS]
ALWAYS_INLINE f32x4 fold_to_4(const vec *parts) {
#if WIDTH == 16
  const f32x8 eight = parts[0].lo + parts[0].hi;
  return eight.lo + eight.hi;
#elif WIDTH == 8
  const f32x8 eight = parts[0] + parts[1];
  return eight.lo + eight.hi;
#else
  return (parts[0] + parts[2]) + (parts[1] + parts[3]);
#endif
}

// The sum of all 16 lanes.
ALWAYS_INLINE float fold(const vec *parts) {
  const f32x4 four = fold_to_4(parts);
  const f32x2 two = four.lo + four.hi;
  return two.x + two.y;
}

// The last two levels for four sums at once, by transposing. rows: [4]
ALWAYS_INLINE f32x4 fold_rows(const f32x4 *rows) {
  const f32x4 low = __builtin_shufflevector(rows[0], rows[1], 0, 1, 4, 5) +
    __builtin_shufflevector(rows[0], rows[1], 2, 3, 6, 7);
  const f32x4 high = __builtin_shufflevector(rows[2], rows[3], 0, 1, 4, 5) +
    __builtin_shufflevector(rows[2], rows[3], 2, 3, 6, 7);
  return __builtin_shufflevector(low, high, 0, 2, 4, 6) +
    __builtin_shufflevector(low, high, 1, 3, 5, 7);
}
