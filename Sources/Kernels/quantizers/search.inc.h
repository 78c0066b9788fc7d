// The search for the scale (and offset) of one sub-group that has the least weighted squared error.
// Candidates come from a grid of inverse scales around the one that spans the extremes; the codes
// that each gives determine the best scale and offset in closed form (weighted least squares),
// which are rounded as the block will store them, and judged by the error that remains then.
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

// Candidates for the ratio of the extreme weight to the value of the outermost code: with a span of 1
// the two are equal, smaller spans reach beyond the weight, larger ones clip the outermost weights.
static const float spans[] = {
  0.9f,  0.925f, 0.95f, 0.975f, 1,     1.025f, 1.05f, 1.075f, 1.1f, 1.125f, 1.15f, 1.175f,
  1.2f,  1.225f, 1.25f, 1.3f,   1.35f, 1.4f,   1.5f,  1.6f,   1.8f, 2,      2.5f,  3.5f,
};
enum { SPANS = sizeof spans / sizeof *spans };

// The weights that determine the extremes: those without importance are replaced by the mean (or 0).
// out: [16 * parts]
ALWAYS_INLINE void store_important(const group *g, float *out) {
  const float aside = g->k.has_offset && g->sum_h > 0 ? g->sum_hw / g->sum_h : 0;
  for (int p = 0; p < g->k.parts; p++) {
    const f32x16 w = g->h[p] > 0 ? g->w[p] : (f32x16)(aside);
    memcpy(out + 16 * p, &w, sizeof w);
  }
}

// ---- Codes of 8 bits: other roundings of the same weights

// Scales that are tried: each step moves the outermost code by three quarters, so that the weights round anew. Further ones
// are so coarse that no rounding makes up for it, and a weight that is clipped has the error of many others.
enum { FINE_SPANS = 8 };
static const float fine_step = 0.006f;

// Whether all weights matter alike.
ALWAYS_INLINE int is_even(const group *g) {
  f32x16 differs = (f32x16)(0);
  for (int p = 0; p < g->k.parts; p++) {
    const f32x16 difference = g->h[p] - g->h[0][0];
    differs = differs + difference * difference;
  }
  return sum16(differs) == 0;
}

// Improves on `best`. outermost: the largest magnitude
ALWAYS_INLINE void search_fine(const group *g, float outermost, fit *best) {
  for (int i = 0; i < FINE_SPANS; i++) {
    const float span = 1 - fine_step * (float)i;
    const float scale = through_half(outermost / (span * (float)g->k.highest));
    const float error = error_on(g, scale, 0);
    if (error < best->error) *best = (fit){scale, 0, error};
  }
  try_codes(g, reciprocal(best->scale), 0, best);
}

// ---- All codes

// Improves on `best` without an offset.
ALWAYS_INLINE void search_symmetric(const group *g, fit *best) {
  float w[32];
  store_important(g, w);
  const float extreme = extreme_of(w, g->k.parts).value;
  if (extreme == 0) return;
  if (g->k.highest == 127) {
    search_fine(g, extreme < 0 ? -extreme : extreme, best);
    // Only where some matter little may it pay to clip them.
    if (is_even(g)) return;
  }
  // The extreme weight at either end: the lowest code is larger in magnitude than the highest.
  for (int side = 0; side < 2; side++) {
    const float end = (float)(side == 0 ? g->k.lowest : g->k.highest);
    for (int i = 0; i < SPANS; i++) {
      try_codes(g, reciprocal(extreme / (spans[i] * end)), 0, best);
    }
  }
  refine(g, best);
}

// Improves on `best` with an offset.
ALWAYS_INLINE void search_offset(const group *g, fit *best) {
  float w[32];
  store_important(g, w);
  const range_of_weights range = range_of(w, g->k.parts);
  const float least = g->k.subs > 1 && range.least > 0 ? 0 : range.least;
  const float width = range.largest - least;
  for (int i = 0; i < SPANS && width > 0; i++) {
    const float inverse = reciprocal(width / (spans[i] * (float)g->k.highest));
    // Weights are clipped on both sides alike, or only above.
    const float middle = least + width * 0.5f;
    const float offset = middle - (middle - least) / spans[i];
    try_codes(g, inverse, g->k.subs > 1 && offset > 0 ? 0 : offset, best);
    try_codes(g, inverse, least, best);
  }
  refine(g, best);
}

// ---- Formats of 32 elements ----------------------------------------------------------------------

// Searches for a block whose grid and codes are those of plain rounding. w, importance: [32]
ALWAYS_INLINE void search_block(const ck_type type, const float *w, const float *importance,
                         ck_grid *grid, int8_t *q) {
  const kind k = kind_of(type);
  const group g = group_of(k, w, importance);
  f32x16 codes[2];
  for (int p = 0; p < 2; p++) {
    s8x16 plain;
    memcpy(&plain, q + 16 * p, sizeof plain);
    codes[p] = __builtin_convertvector(plain, f32x16);
  }
  fit best = {float_of_half(grid->d), k.has_offset ? float_of_half(grid->m) : 0, 0};
  best.error = error_of(&g, codes, best.scale, best.offset);
  const float goal = best.error * REAL_GAIN;
  if (k.has_offset) {
    search_offset(&g, &best);
  } else {
    search_symmetric(&g, &best);
  }
  if (!(best.error < goal)) return;
  grid->d = half_from(best.scale);
  grid->m = half_from(best.offset);
  for (int p = 0; p < 2; p++) {
    put_codes(nearest_codes(k, g.w[p], reciprocal(best.scale), best.offset), q + 16 * p);
  }
}
