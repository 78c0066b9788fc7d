// Plain rounding of the formats of 32 elements: the operations, in their order, of the `gguf` package
// (quants.py), so that the bytes are the same. Where 1 / d is infinite because d is so small, the
// package converts NaN to integers; all codes are 0 here, and d is 0 as a float16.
#pragma once

#include "CleaveQuantizers.h"
#include "quantizers/kind.inc.h"
#include "quantizers/lanes.inc.h"

// 1 / d, or 0 where that is not finite.
ALWAYS_INLINE float reciprocal(float d) {
  const float inverse = d == 0 ? 0 : 1 / d;
  return inverse - inverse == 0 ? inverse : 0;
}

// The fault of a block: the first weight that is not finite, else the one of largest magnitude.
static ck_quantization fault_in(const float *w, size_t n) {
  size_t largest = 0;
  for (size_t i = 0; i < n; i++) {
    if (!(w[i] - w[i] == 0)) return (ck_quantization){CK_FAULT_NOT_FINITE, i};
    if (fabsf(w[i]) > fabsf(w[largest])) largest = i;
  }
  return (ck_quantization){CK_FAULT_TOO_LARGE, largest};
}

ALWAYS_INLINE void put_codes(f32x16 codes, int8_t *q) {
  const s8x16 value =
    __builtin_convertvector(__builtin_convertvector(codes, s32x16), s8x16);
  memcpy(q, &value, sizeof value);
}

ALWAYS_INLINE f32x16 truncated(f32x16 x) {
  return __builtin_convertvector(__builtin_convertvector(x, s32x16), f32x16);
}

// d = extreme / lowest, code = trunc(w / d + 0.5 - lowest) + lowest.
ALWAYS_INLINE int plain_symmetric(const kind k, const float *w, ck_grid *grid, int8_t *q) {
  const extreme_weight extreme = extreme_of(w, 2);
  const float d = extreme.value / (float)k.lowest, inverse = reciprocal(d);
  grid->d = half_from(d);
  const float bias = 0.5f - (float)k.lowest;
  for (int p = 0; p < 2; p++) {
    f32x16 code = truncated(load16(w + 16 * p) * inverse + bias) + (float)k.lowest;
    code = code > (float)k.highest ? (f32x16)((float)k.highest) : code;
    put_codes(code, q + 16 * p);
  }
  return extreme.finite && is_finite_half(grid->d);
}

// Codes from -highest to highest: d = largest magnitude / highest; codes rounded half away from zero.
ALWAYS_INLINE int plain_balanced(const kind k, const float *w, ck_grid *grid, int8_t *q) {
  const extreme_weight extreme = extreme_of(w, 2);
  const float d = fabsf(extreme.value) / (float)k.highest, inverse = reciprocal(d);
  grid->d = half_from(d);
  for (int p = 0; p < 2; p++) {
    const f32x16 x = load16(w + 16 * p) * inverse;
    const f32x16 whole = truncated(x), rest = x - whole;  // exact
    f32x16 code = rest >= 0.5f ? whole + 1 : whole;
    code = rest <= -0.5f ? whole - 1 : code;
    put_codes(code, q + 16 * p);
  }
  return extreme.finite && is_finite_half(grid->d);
}

// d = (largest - least) / highest, code = trunc((w - least) / d + 0.5).
ALWAYS_INLINE int plain_offset(const kind k, const float *w, ck_grid *grid, int8_t *q) {
  const range_of_weights range = range_of(w, 2);
  const float d = (range.largest - range.least) / (float)k.highest, inverse = reciprocal(d);
  grid->d = half_from(d);
  grid->m = half_from(range.least);
  for (int p = 0; p < 2; p++) {
    f32x16 code = truncated((load16(w + 16 * p) - range.least) * inverse + 0.5f);
    code = code > (float)k.highest ? (f32x16)((float)k.highest) : code;
    put_codes(code, q + 16 * p);
  }
  return range.finite && is_finite_half(grid->d) && is_finite_half(grid->m);
}

// Returns whether the block could be quantized. w, q: [32]
ALWAYS_INLINE int plain_block(const ck_type type, const float *w, ck_grid *grid, int8_t *q) {
  const kind k = kind_of(type);
  if (k.lowest == -k.highest) return plain_balanced(k, w, grid, q);
  return k.has_offset ? plain_offset(k, w, grid, q) : plain_symmetric(k, w, grid, q);
}
