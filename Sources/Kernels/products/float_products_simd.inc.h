// Products of floats in register tiles. Every y[c][r] is the same sequence of operations whatever
// the shape of the tile, so the shape depends only on how many registers there are.
#pragma once

#include "isa/simd.inc.h"
#include "products/product.h"

// One step along k for all sums of a tile. Registers hold the columns and one row at a time, because
// a tile has fewer columns: 12 sums, 3 columns and 1 row are the 16 registers of AVX2.
// w, x: the rows and columns at this step; sums: [rows][columns]
ALWAYS_INLINE void tile_step(const float *w, size_t ldw, const float *x, size_t ldx,
                             const int rows, const int columns,
                             vec sums[TILE_ROWS][TILE_COLUMNS]) {
  vec held[TILE_COLUMNS];
  UNROLL for (int c = 0; c < columns; c++) held[c] = load(x + (size_t)c * ldx);
  UNROLL for (int r = 0; r < rows; r++) {
    const vec weights = load(w + (size_t)r * ldw);
    UNROLL for (int c = 0; c < columns; c++) {
      sums[r][c] = fma_lanes(weights, held[c], sums[r][c]);
    }
  }
}

// The last k % 16 elements of `count` rows, filled up with zeros. out: [count, CK_LANES]
static void pad_tails(const float *from, size_t ld, size_t k, int count, float *out) {
  const size_t tail = k % CK_LANES;
  memset(out, 0, (size_t)count * CK_LANES * sizeof *out);
  for (int i = 0; i < count; i++) {
    memcpy(out + i * CK_LANES, from + (size_t)i * ld + (k - tail), tail * sizeof *out);
  }
}

// The lanes of one part along the whole of k. The narrower variants pass over the tile several times,
// its rows being in the first-level cache, instead of holding several registers for each sum.
ALWAYS_INLINE void tile_part(const ck_product *p, const float *w, const float *x, int part,
                             const float *w_tail, const float *x_tail, const int rows,
                             const int columns, vec out[TILE_ROWS][TILE_COLUMNS][PARTS]) {
  vec sums[TILE_ROWS][TILE_COLUMNS] = {0};
  const size_t whole = p->k - p->k % CK_LANES;
  for (size_t k = (size_t)part * WIDTH; k < whole; k += CK_LANES) {
    tile_step(w + k, p->ldw, x + k, p->ldx, rows, columns, sums);
  }
  if (whole < p->k) {
    const int at = part * WIDTH;
    tile_step(w_tail + at, CK_LANES, x_tail + at, CK_LANES, rows, columns, sums);
  }
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int c = 0; c < columns; c++) out[r][c][part] = sums[r][c];
  }
}

// rows is TILE_ROWS or 1, columns TILE_COLUMNS or 1, constants in each inlined copy.
ALWAYS_INLINE void tile(const ck_product *p, size_t row, size_t column, const int rows,
                        const int columns) {
  const float *w = p->w + row * p->ldw, *x = p->x + column * p->ldx;
  float w_tail[TILE_ROWS * CK_LANES], x_tail[TILE_COLUMNS * CK_LANES];
  if (p->k % CK_LANES != 0) {
    pad_tails(w, p->ldw, p->k, rows, w_tail);
    pad_tails(x, p->ldx, p->k, columns, x_tail);
  }
  vec sums[TILE_ROWS][TILE_COLUMNS][PARTS];
  UNROLL for (int part = 0; part < PARTS; part++) {
    tile_part(p, w, x, part, w_tail, x_tail, rows, columns, sums);
  }
  UNROLL for (int c = 0; c < columns; c++) {
    float *y = p->y + (column + (size_t)c) * p->ldy + row;
    if (rows == 1) {
      *y = fold(sums[0][c]);
    } else {
      f32x4 folded[TILE_ROWS];
      UNROLL for (int r = 0; r < rows; r++) folded[r] = fold_to_4(sums[r][c]);
      const f32x4 four = fold_rows(folded);
      memcpy(y, &four, sizeof four);
    }
  }
}

ALWAYS_INLINE void multiply_columns(const ck_product *p, size_t column, const int columns) {
  size_t row = 0;
  for (; row + TILE_ROWS <= p->rows; row += TILE_ROWS) tile(p, row, column, TILE_ROWS, columns);
  for (; row < p->rows; row++) tile(p, row, column, 1, columns);
}

static void multiply(const ck_product *p) {
  size_t column = 0;
  for (; column + TILE_COLUMNS <= p->columns; column += TILE_COLUMNS) {
    multiply_columns(p, column, TILE_COLUMNS);
  }
  for (; column < p->columns; column++) multiply_columns(p, column, 1);
}
