// The K types: super-blocks of 256 whose sub-groups have a scale (and a minimum) of a few bits,
// in units of two float16 numbers that the whole block shares.
//
// Each sub-group is fitted on its own, the largest scale and minimum determine the units, and the
// others are rounded to these. The search then alternates: the codes of every sub-group's scale and
// minimum are moved by one as long as that helps, and the two units are refit over the whole block by
// least squares.
#pragma once

#include "quantizers/search.inc.h"

/// A super-block: the value of weight i in sub-group s is d * scale[s] * q - m * minimum[s].
typedef struct {
  float d, m;                        // as float16 has them
  int scale[16], minimum[16];        // [subs]
  float error;
} super_block;

ALWAYS_INLINE float sub_scale(const super_block *b, int s) { return b->d * (float)b->scale[s]; }
ALWAYS_INLINE float sub_offset(const super_block *b, int s) { return -(b->m * (float)b->minimum[s]); }

ALWAYS_INLINE int scale_code(float x, float inverse_unit, int lowest, int highest) {
  float code = x * inverse_unit;
  code = code < (float)lowest ? (float)lowest : code;
  code = code > (float)highest ? (float)highest : code;
  return (int)nearest_integer(code);
}

// The fit from the extremes. w: [16 * parts]
ALWAYS_INLINE fit plain_sub(const kind k, const float *w) {
  if (!k.has_offset) return (fit){extreme_of(w, k.parts).value / (float)k.lowest, 0, 0};
  const range_of_weights range = range_of(w, k.parts);
  const float least = range.least < 0 ? range.least : 0;
  const float largest = range.largest > least ? range.largest : least;
  return (fit){(largest - least) / (float)k.highest, least, 0};
}

// Sets the units by the largest scale and minimum, and the codes by the units. fits: [subs]
ALWAYS_INLINE void set_units(const kind k, const fit *fits, super_block *b, uint16_t *d, uint16_t *m) {
  float widest = 0, deepest = 0;
  for (int s = 0; s < k.subs; s++) {
    if (fabsf(fits[s].scale) > fabsf(widest)) widest = fits[s].scale;
    if (-fits[s].offset > deepest) deepest = -fits[s].offset;
  }
  // The lowest code of a signed scale is larger in magnitude than the highest: the largest scale gets it.
  *d = half_from(widest / (float)(k.has_offset ? k.highest_scale : k.lowest_scale));
  *m = half_from(deepest / (float)k.highest_scale);
  b->d = float_of_half(*d);
  b->m = float_of_half(*m);
  const float inverse_d = reciprocal(b->d), inverse_m = reciprocal(b->m);
  for (int s = 0; s < k.subs; s++) {
    b->scale[s] = scale_code(fits[s].scale, inverse_d, k.lowest_scale, k.highest_scale);
    b->minimum[s] =
      k.has_offset ? scale_code(-fits[s].offset, inverse_m, 0, k.highest_scale) : 0;
  }
}

// The error of the whole super-block.
ALWAYS_INLINE float super_error(const kind k, const float *w, const float *h, const super_block *b) {
  float error = 0;
  for (int s = 0; s < k.subs; s++) {
    const group g = group_of(k, w + 16 * k.parts * s, h + 16 * k.parts * s);
    error += error_on(&g, sub_scale(b, s), sub_offset(b, s));
  }
  return error;
}

// Moves the codes of one sub-group by one wherever that lowers the error.
ALWAYS_INLINE void settle_sub(const kind k, const group *g, int s, super_block *b) {
  const int scale = b->scale[s], minimum = b->minimum[s], reach = k.has_offset ? 1 : 0;
  float least = error_on(g, sub_scale(b, s), sub_offset(b, s));
  for (int i = scale - 1; i <= scale + 1; i++) {
    if (i < k.lowest_scale || i > k.highest_scale) continue;
    for (int j = minimum - reach; j <= minimum + reach; j++) {
      if (j < 0 || j > k.highest_scale || (i == scale && j == minimum)) continue;
      const float error = error_on(g, b->d * (float)i, -(b->m * (float)j));
      if (error < least) {
        least = error;
        b->scale[s] = i;
        b->minimum[s] = j;
      }
    }
  }
}

/// The normal equations of d * (scale q) - m * minimum over the block.
typedef struct {
  double aa, ab, bb, aw, bw;  // a = scale q, b = minimum, each times importance
} unit_sums;

ALWAYS_INLINE void add_sub(const group *g, int s, const super_block *b, unit_sums *sums) {
  const code_sums c = sums_of(g, reciprocal(sub_scale(b, s)), sub_offset(b, s));
  const double scale = b->scale[s], minimum = b->minimum[s];
  sums->aa += scale * scale * c.hqq;
  sums->ab += scale * minimum * c.hq;
  sums->bb += minimum * minimum * g->sum_h;
  sums->aw += scale * c.hqw;
  sums->bw += minimum * g->sum_hw;
}

// Sets the units that fit the codes best; without minimums where m would be negative.
ALWAYS_INLINE void refit_units(const unit_sums *u, super_block *b) {
  const double determinant = u->aa * u->bb - u->ab * u->ab;
  double d = u->aa > 0 ? u->aw / u->aa : 0, m = 0;
  if (determinant > 0) {
    const double deeper = (u->aw * u->ab - u->bw * u->aa) / determinant;
    if (deeper > 0) {
      m = deeper;
      d = (u->aw * u->bb - u->bw * u->ab) / determinant;
    }
  }
  b->d = through_half((float)d);
  b->m = through_half((float)m);
}

enum { SETTLINGS = 3 };

// Improves a block until neither codes nor units help.
ALWAYS_INLINE void settle(const kind k, const float *w, const float *h, super_block *b) {
  for (int turn = 0; turn < SETTLINGS; turn++) {
    unit_sums sums = {0};
    for (int s = 0; s < k.subs; s++) {
      const group g = group_of(k, w + 16 * k.parts * s, h + 16 * k.parts * s);
      settle_sub(k, &g, s, b);
      add_sub(&g, s, b, &sums);
    }
    b->error = super_error(k, w, h, b);
    super_block next = *b;
    refit_units(&sums, &next);
    next.error = super_error(k, w, h, &next);
    if (!(next.error < b->error)) return;
    *b = next;
  }
}

// Replaces b by the best super-block found, if its error is lower.
ALWAYS_INLINE void search_super(const kind k, const float *w, const float *h, super_block *b) {
  fit fits[16];
  for (int s = 0; s < k.subs; s++) {
    const float *sub = w + 16 * k.parts * s;
    const group g = group_of(k, sub, h + 16 * k.parts * s);
    fits[s] = plain_sub(k, sub);
    fits[s].error = error_on(&g, fits[s].scale, fits[s].offset);
    if (k.has_offset) {
      search_offset(&g, &fits[s]);
    } else {
      search_symmetric(&g, &fits[s]);
    }
  }
  super_block found = {0};
  uint16_t d, m;
  set_units(k, fits, &found, &d, &m);
  if (!is_finite_half(d) || !is_finite_half(m)) return;
  settle(k, w, h, &found);
  super_block settled = *b;
  settle(k, w, h, &settled);
  if (found.error < settled.error) settled = found;
  if (settled.error < b->error * REAL_GAIN) *b = settled;
}

// Returns whether the block could be quantized. w, importance, q: [256]
ALWAYS_INLINE int super_block_of(const ck_type type, const float *w, const float *importance,
                          ck_effort effort, ck_grid *grid, int8_t *q) {
  const kind k = kind_of(type);
  int finite = 1;
  for (int i = 0; i < 8; i++) finite &= extreme_of(w + 32 * i, 2).finite;
  if (!finite) return 0;
  fit fits[16];
  for (int s = 0; s < k.subs; s++) fits[s] = plain_sub(k, w + 16 * k.parts * s);
  super_block b = {0};
  set_units(k, fits, &b, &grid->d, &grid->m);
  if (!is_finite_half(grid->d) || !is_finite_half(grid->m)) return 0;
  if (effort == CK_SEARCH) {
    b.error = super_error(k, w, importance, &b);
    search_super(k, w, importance, &b);
    grid->d = half_from(b.d);
    grid->m = half_from(b.m);
  }
  for (int s = 0; s < k.subs; s++) {
    grid->sub_scale[s] = (int8_t)b.scale[s];
    grid->sub_minimum[s] = (int8_t)b.minimum[s];
    const float inverse = reciprocal(sub_scale(&b, s)), offset = sub_offset(&b, s);
    for (int p = 0; p < k.parts; p++) {
      const int at = 16 * (k.parts * s + p);
      put_codes(nearest_codes(k, load16(w + at), inverse, offset), q + at);
    }
  }
  return 1;
}
