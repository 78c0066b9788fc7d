// The search for the scale (and offset) of one sub-group that has the least weighted squared error.
// Candidates come from a grid of inverse scales around the one that spans the extremes; the codes
// that each gives determine the best scale and offset in closed form (weighted least squares),
// which are rounded as the block will store them, and judged by the error that remains then.
#pragma once

#include "quantizers/group.inc.h"
#include "quantizers/search_8_bits.inc.h"

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

// ---- All codes

// Improves on `best` without an offset.
ALWAYS_INLINE void search_symmetric(const group *g, fit *best) {
  float w[32];
  store_important(g, w);
  const float extreme = extreme_of(w, g->k.parts).value;
  if (extreme == 0) return;
  if (g->k.highest == 127) {
    search_8_bits(g, extreme < 0 ? -extreme : extreme, best);
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
