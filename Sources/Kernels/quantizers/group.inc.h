// The weights that share a scale, fits of a grid to them and the errors that these leave.
#pragma once

#include "quantizers/kind.inc.h"
#include "quantizers/lanes.inc.h"
#include "quantizers/plain.inc.h"

/// One sub-group.
typedef struct {
  f32x16 w[2], h[2], hw[2];  // weights, importance, importance times weight
  float sum_h, sum_hw;
  kind k;
} group;

/// A grid: value = scale * code + offset.
typedef struct {
  float scale, offset, error;
} fit;

// A search replaces its start only when the error falls by more than rounding errors could explain, so
// that it is never worse, however the errors are summed.
#define REAL_GAIN 0.9999f

ALWAYS_INLINE float sum_parts(const f32x16 *x, const int parts) {
  return sum16(parts == 2 ? x[0] + x[1] : x[0]);
}

// w, importance: [16 * parts]
ALWAYS_INLINE group group_of(const kind k, const float *w, const float *importance) {
  group g = {.k = k};
  for (int p = 0; p < k.parts; p++) {
    g.w[p] = load16(w + 16 * p);
    g.h[p] = load16(importance + 16 * p);
    g.hw[p] = g.h[p] * g.w[p];
  }
  g.sum_h = sum_parts(g.h, k.parts);
  g.sum_hw = sum_parts(g.hw, k.parts);
  return g;
}

// The nearest codes of 16 weights.
ALWAYS_INLINE f32x16 nearest_codes(const kind k, f32x16 w, float inverse, float offset) {
  const f32x16 low = (f32x16)((float)k.lowest), high = (f32x16)((float)k.highest);
  f32x16 x = (w - offset) * inverse;
  x = x < low ? low : x;
  x = x > high ? high : x;
  x = x + ROUNDING_MAGIC;
  return x - ROUNDING_MAGIC;
}

// The error of codes, computed as dequantization computes the weights.
ALWAYS_INLINE float error_of(const group *g, const f32x16 *codes, float scale, float offset) {
  f32x16 squares[2];
  for (int p = 0; p < g->k.parts; p++) {
    const f32x16 product = codes[p] * scale;
    const f32x16 difference = g->w[p] - (product + offset);
    squares[p] = g->h[p] * (difference * difference);
  }
  return sum_parts(squares, g->k.parts);
}

// The error of the grid with each weight at its nearest value.
ALWAYS_INLINE float error_on(const group *g, float scale, float offset) {
  f32x16 codes[2];
  const float inverse = reciprocal(scale);
  for (int p = 0; p < g->k.parts; p++) {
    codes[p] = nearest_codes(g->k, g->w[p], inverse, offset);
  }
  return error_of(g, codes, scale, offset);
}

/// Weighted sums over the codes q of a group.
typedef struct {
  float hq, hqq, hqw;
} code_sums;

ALWAYS_INLINE code_sums sums_of(const group *g, float inverse, float offset) {
  f32x16 hq[2], hqq[2], hqw[2];
  for (int p = 0; p < g->k.parts; p++) {
    const f32x16 q = nearest_codes(g->k, g->w[p], inverse, offset);
    hq[p] = g->h[p] * q;
    hqq[p] = hq[p] * q;
    hqw[p] = g->hw[p] * q;
  }
  return (code_sums){sum_parts(hq, g->k.parts), sum_parts(hqq, g->k.parts),
                     sum_parts(hqw, g->k.parts)};
}

// Least squares: scale alone, or scale and offset; offsets of K types are not above 0.
ALWAYS_INLINE fit least_squares(const group *g, code_sums s) {
  const double h = g->sum_h, hw = g->sum_hw;
  const double determinant = h * s.hqq - (double)s.hq * s.hq;
  if (g->k.has_offset && determinant > 0) {
    const double scale = (h * s.hqw - hw * s.hq) / determinant;
    const double offset = (s.hqq * hw - s.hq * (double)s.hqw) / determinant;
    if (g->k.subs == 1 || offset <= 0) return (fit){(float)scale, (float)offset, 0};
  }
  return (fit){s.hqq > 0 ? (float)((double)s.hqw / s.hqq) : 0, 0, 0};
}

// x rounded to float16; 0 where that is infinite.
ALWAYS_INLINE float through_half(float x) {
  const uint16_t half = half_from(x);
  return is_finite_half(half) ? float_of_half(half) : 0;
}

// Tries the codes of one inverse scale with their least-squares fit.
ALWAYS_INLINE void try_codes(const group *g, float inverse, float offset, fit *best) {
  fit next = least_squares(g, sums_of(g, inverse, offset));
  if (g->k.subs == 1) {
    next.scale = through_half(next.scale);
    next.offset = through_half(next.offset);
  }
  next.error = error_on(g, next.scale, next.offset);
  if (next.error < best->error) *best = next;
}

enum { REFITS = 4 };

// Alternates codes and fit until neither helps.
ALWAYS_INLINE void refine(const group *g, fit *best) {
  for (int turn = 0; turn < REFITS; turn++) {
    const float before = best->error;
    try_codes(g, reciprocal(best->scale), best->offset, best);
    if (!(best->error < before)) return;
  }
}
