// What a processor that multiplies bfloat16 brings to ck_gemm_bf16.
#pragma once

#include "CleaveTraining.h"

/// A tile of c stays in registers while k runs: 14 rows by two registers of columns are 28 sums;
/// beside them, two registers of b and one pair of a at a time.
enum { CK_TILE_ROWS = 14, CK_TILE_COLUMNS = 32, CK_GROUP = 16 };

/// Rows of a, or columns of b, as lanes [lanes, k].
typedef struct ck_lanes {
  const float *x;
  size_t ld;
  int k_outer;  // whether element (lane, k) is x[k * ld + lane], not x[lane * ld + k]
} ck_lanes;

/// Panels of bfloat16, two neighbours along k (the lower half is the even one) to an element:
/// [panels, pairs, groups * CK_GROUP], `width` of the lanes used. What is past the last lane or k
/// is zero.
typedef struct ck_panels {
  uint32_t *pairs;
  size_t width, groups;
} ck_panels;

typedef struct ck_tile {
  const uint32_t *a, *b;  // [pairs, CK_GROUP], [pairs, CK_TILE_COLUMNS]
  size_t pairs;
  const uint32_t *soon;  // [pairs, CK_GROUP], read ahead into the second-level cache
  float *c;
  size_t ldc, rows, columns;  // rows and columns that there are
  int accumulate;
} ck_tile;

#if defined(__x86_64__)
void ck_pack_bf16(ck_lanes from, size_t lanes, size_t k, ck_panels to);
void ck_multiply_tile_bf16(const ck_tile *tile);
#endif
