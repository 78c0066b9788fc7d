// The quantizers of all formats; every variant compiles this file for its instruction set.
#pragma once

#include "quantizers/kind.inc.h"
#include "quantizers/lanes.inc.h"
#include "quantizers/pack.inc.h"
#include "quantizers/plain.inc.h"
#include "quantizers/quantizers.h"
#include "quantizers/search.inc.h"
#include "quantizers/super_blocks.inc.h"

static const float ones[CK_LARGEST_BLOCK] = {
#define ONES_16 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
  ONES_16, ONES_16, ONES_16, ONES_16, ONES_16, ONES_16, ONES_16, ONES_16,
  ONES_16, ONES_16, ONES_16, ONES_16, ONES_16, ONES_16, ONES_16, ONES_16,
};

// Quantizes one block; returns whether it could be. w, importance, q: [block elements]
ALWAYS_INLINE int block_of(const ck_type type, const float *w, const float *importance, ck_effort effort,
                    ck_grid *grid, int8_t *q) {
  if (kind_of(type).subs > 1) return super_block_of(type, w, importance, effort, grid, q);
  if (!plain_block(type, w, grid, q)) return 0;
  if (effort == CK_SEARCH) search_block(type, w, importance, grid, q);
  return 1;
}

// The search is large, so it is compiled once for each format, however many callers there are.
#define ROW(NAME, ...)                                                                         \
  static __attribute__((noinline)) int search_##NAME(const float *w, const float *importance,  \
                                                     ck_grid *grid, int8_t *q) {               \
    return block_of(CK_##NAME, w, importance, CK_SEARCH, grid, q);                             \
  }
CK_WRITTEN_FORMATS(ROW)
#undef ROW

typedef int (*searcher)(const float *w, const float *importance, ck_grid *grid, int8_t *q);

ALWAYS_INLINE searcher searcher_of(ck_type type) {
  switch (type) {
#define ROW(NAME, ...) \
  case CK_##NAME: return search_##NAME;
    CK_WRITTEN_FORMATS(ROW)
#undef ROW
    default: return NULL;
  }
}

ALWAYS_INLINE ck_quantization blocks_of(const ck_type type, const size_t elements, const size_t bytes,
                                 const ck_run *run, ck_effort effort, uint8_t *out) {
  ck_grid grid = {.type = type};
  int8_t q[CK_LARGEST_BLOCK];
  for (size_t at = 0; at < run->elements; at += elements, out += bytes) {
    const float *w = run->w + at, *importance = run->importance ? run->importance + at : ones;
    const int done = effort == CK_SEARCH ? searcher_of(type)(w, importance, &grid, q)
                                         : block_of(type, w, importance, CK_PLAIN, &grid, q);
    if (!done) {
      ck_quantization fault = fault_in(w, elements);
      fault.element += at;
      return fault;
    }
    pack(&grid, q, out);
  }
  return (ck_quantization){CK_FAULT_NONE, 0};
}

// ---- Floats ------------------------------------------------------------------------------------

ALWAYS_INLINE u16x16 bfloats_from(f32x16 x) {
  const u32x16 bits = (u32x16)x;
  return __builtin_convertvector((bits + 0x7fff + (bits >> 16 & 1)) >> 16, u16x16);
}

// To float16 or bfloat16, to the nearest, ties to even.
ALWAYS_INLINE ck_quantization floats_of(const ck_type type, const ck_run *run, uint8_t *out) {
  const uint16_t infinity = type == CK_F16 ? HALF_INFINITY : 0x7f80;
  for (size_t at = 0; at < run->elements; at += 16) {
    const size_t count = run->elements - at < 16 ? run->elements - at : 16;
    float w[16] = {0};
    memcpy(w, run->w + at, count * sizeof *w);
    const u16x16 rounded = type == CK_F16 ? halves_from(load16(w)) : bfloats_from(load16(w));
    const s32x16 magnitude = __builtin_convertvector(rounded & 0x7fff, s32x16);
    if (!extreme_of(w, 1).finite || largest16(magnitude) >= infinity) {
      ck_quantization fault = fault_in(w, count);
      fault.element += at;
      return fault;
    }
    memcpy(out + 2 * at, &rounded, 2 * count);
  }
  return (ck_quantization){CK_FAULT_NONE, 0};
}

static ck_quantization copy_of(const ck_run *run, uint8_t *out) {
  for (size_t i = 0; i < run->elements; i++) {
    if (!(run->w[i] - run->w[i] == 0)) return (ck_quantization){CK_FAULT_NOT_FINITE, i};
  }
  memcpy(out, run->w, run->elements * sizeof *run->w);
  return (ck_quantization){CK_FAULT_NONE, 0};
}

// ---- The variant -------------------------------------------------------------------------------

static ck_quantization quantize(ck_type type, const ck_run *run, ck_effort effort, uint8_t *out) {
  switch (type) {
    case CK_F32: return copy_of(run, out);
    case CK_F16: return floats_of(CK_F16, run, out);
    case CK_BF16: return floats_of(CK_BF16, run, out);
#define ROW(NAME, id, elements, bytes, ...) \
  case CK_##NAME: return blocks_of(CK_##NAME, elements, bytes, run, effort, out);
    CK_WRITTEN_FORMATS(ROW)
#undef ROW
    default: __builtin_trap();  // formats that are only read: callers do not ask for them
  }
}

static ck_quantization choose(const ck_run *block, ck_effort effort, ck_grid *grid) {
  int8_t q[CK_LARGEST_BLOCK];
  const float *importance = block->importance ? block->importance : ones;
  const int done = effort == CK_SEARCH
    ? searcher_of(grid->type)(block->w, importance, grid, q)
    : block_of(grid->type, block->w, importance, CK_PLAIN, grid, q);
  return done ? (ck_quantization){CK_FAULT_NONE, 0} : fault_in(block->w, block->elements);
}
