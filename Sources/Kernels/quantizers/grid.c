// The grid of one block, for callers who choose the codes themselves.
#pragma STDC FP_CONTRACT OFF
#include "CleaveQuantizers.h"
#include "isa/kernels.h"
#include "quantizers/kind.inc.h"
#include "quantizers/lanes.inc.h"
#include "quantizers/pack.inc.h"
#include "quantizers/quantizers.h"

// Fills in the values that the block will be dequantized with. Compare formats/decode_32.inc.h and
// decode_k.inc.h.
static void fill_in_values(ck_grid *grid) {
  const kind k = kind_of(grid->type);
  const float d = float_of_half(grid->d), m = k.has_offset ? float_of_half(grid->m) : 0;
  grid->subs = k.subs;
  grid->elements = 16 * k.parts;
  grid->lowest = k.lowest;
  grid->highest = k.highest;
  for (int s = 0; s < k.subs; s++) {
    const int is_super = k.subs > 1;
    grid->scale[s] = is_super ? d * (float)grid->sub_scale[s] : d;
    grid->offset[s] = is_super ? -(m * (float)grid->sub_minimum[s]) : m;
  }
}

ck_quantization ck_choose_grid(ck_type type, const float *w, const float *importance,
                               ck_effort effort, ck_grid *grid) {
  *grid = (ck_grid){.type = type};
  const ck_run block = {w, importance, ck_block_elements(type)};
  const ck_quantization result = ck_current()->quantizers->choose(&block, effort, grid);
  fill_in_values(grid);
  return result;
}

int ck_grid_code(const ck_grid *grid, int sub, float w) {
  const float scale = grid->scale[sub];
  if (scale == 0) return 0;
  float code = (w - grid->offset[sub]) * (1 / scale);
  code = code < (float)grid->lowest ? (float)grid->lowest : code;
  code = code > (float)grid->highest ? (float)grid->highest : code;
  return (int)nearest_integer(code);
}

float ck_grid_value(const ck_grid *grid, int sub, int code) {
  const float product = grid->scale[sub] * (float)code;
  return product + grid->offset[sub];
}

void ck_pack_block(const ck_grid *grid, const int8_t *q, void *block) { pack(grid, q, block); }
