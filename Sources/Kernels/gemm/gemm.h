// The parts of ck_gemm_bf16 that need a processor with bfloat16: packing and the product of a tile.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "CleaveGEMM.h"

/// A tile of c stays in registers for the whole of k: 14 rows by two registers of columns are 28 sums,
/// which leaves two registers for b and one for a pair of a.
enum { CK_TILE_ROWS = 14, CK_TILE_COLUMNS = 32, CK_GROUP = 16 };

/// Rows of a, or columns of b, as lanes [lanes, k].
typedef struct ck_lanes {
  const float *x;
  size_t ld;
  int k_outer;  // whether element (lane, k) is x[k * ld + lane], not x[lane * ld + k]
} ck_lanes;

/// Panels of bfloat16, two neighbours along k (the lower half is the even one) to an element:
/// [panels, pairs, groups * CK_GROUP], of which `width` lanes are used. Elements past the last lane or
/// past k are zero.
typedef struct ck_panels {
  uint32_t *pairs;
  size_t width, groups;
} ck_panels;

/// The product of a panel of a and one of b, a tile of c.
typedef struct ck_tile {
  const uint32_t *a, *b;  // [pairs, CK_GROUP], [pairs, CK_TILE_COLUMNS]
  size_t pairs;
  const uint32_t *soon;  // [pairs, CK_GROUP], read ahead into the second-level cache
  float *c;
  size_t ldc, rows, columns;  // of the tile, which is smaller at the edges of c
  int accumulate;
} ck_tile;

#if defined(__x86_64__)
void ck_pack_bf16(ck_lanes from, size_t lanes, size_t k, ck_panels to);
void ck_multiply_tile_bf16(const ck_tile *tile);
#endif
