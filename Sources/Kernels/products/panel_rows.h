// Products of a panel of rows, for projections, gates and the unembedding.
#pragma once

#include "CleaveProducts.h"
#include "isa/kernels.h"
#include "pool/pool.h"
#include "products/product.h"

/// The part of a job that all its chunks share.
typedef struct ck_panel_job {
  const ck_kernels *kernels;
  const ck_input *x;
} ck_panel_job;

/// The memory for one panel, taken from a worker's scratch space.
typedef struct ck_panel_room {
  float *y;        // [outputs, columns, CK_PANEL]
  uint8_t *panel;  // ck_panel_scratch, or floats of dequantized rows
  uint8_t *rows;   // the last rows of a matrix, padded to a panel
} ck_panel_room;

/// The room for as many outputs as are needed at once.
ck_panel_room ck_panel_room_for(ck_worker *worker, const ck_input *x, size_t outputs);

/// Multiplies rows first ..< first + rows of a matrix, at most CK_PANEL, with all columns of the input.
/// y: [columns, CK_PANEL], of which the first `rows` of each column are defined.
void ck_multiply_rows(const ck_panel_job *job, const ck_weights *m, size_t first, size_t rows,
                      const ck_panel_room *at, float *y);
