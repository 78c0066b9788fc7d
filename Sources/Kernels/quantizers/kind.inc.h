// The facts of a block format that its quantizer works with, constants wherever the type is one.
#pragma once

#include "formats/formats.h"
#include "isa/inline.h"

typedef struct {
  int subs, parts;      // sub-groups, and registers of 16 weights in each
  int lowest, highest;  // codes
  int lowest_scale, highest_scale;  // super-blocks: codes of the scales (and, from 0, of the minimums)
  int has_offset;
} kind;

ALWAYS_INLINE kind kind_of(ck_type type) {
  const ck_format f = format_of(type);
  return (kind){
    .subs = f.group ? (int)f.elements / f.group : 0, .parts = f.group / 16, .lowest = f.lowest,
    .highest = f.highest, .lowest_scale = f.lowest_scale, .highest_scale = f.highest_scale,
    .has_offset = f.offset_at > 0,
  };
}
