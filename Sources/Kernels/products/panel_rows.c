// Products of up to CK_PANEL rows: quantized rows as integers, others as floats.
#pragma STDC FP_CONTRACT OFF
#include "products/panel_rows.h"

#include <string.h>

#include "formats/formats.h"
#include "products/product.h"

enum {
  // Rows that are dequantized together. A single column uses them once: few rows keep the scratch space
  // in the first-level cache. Many columns are read again for every group of rows: more are better.
  ROWS_FOR_FEW = 4,
  ROWS_FOR_MANY = CK_PANEL,
  FEW_COLUMNS = 4,
  SCRATCH_FLOATS = 65536,  // of longer rows only a few are dequantized together
};

static size_t rounded(size_t bytes) { return (bytes + 63) / 64 * 64; }

ck_panel_room ck_panel_room_for(ck_worker *worker, const ck_input *x, size_t outputs) {
  const size_t y = rounded(outputs * x->columns * CK_PANEL * sizeof(float));
  const size_t floats = CK_PANEL * x->k * sizeof(float), integers = ck_panel_scratch(x->k);
  const size_t panel = rounded(floats > integers ? floats : integers);
  const size_t rows = CK_PANEL * format_widest_row(x->k);
  uint8_t *all = (uint8_t *)ck_scratch(worker, (y + panel + rows) / sizeof(float) + 1);
  return (ck_panel_room){(float *)(void *)all, all + y, all + y + panel};
}

static int is_integer(const ck_input *x, ck_type type) {
  return x->blocks && is_block_format(type);
}

static void panel_of_integers(const ck_panel_job *job, const ck_weights *m, size_t first,
                              size_t rows, const ck_panel_room *at, float *y) {
  const size_t bytes = format_row_bytes(m->type, job->x->k);
  ck_panel_product product = {
    .type = m->type, .rows = (const uint8_t *)m->bytes + first * bytes, .row_bytes = bytes,
    .k = job->x->k, .x = job->x->blocks, .columns = job->x->columns, .y = y, .scratch = at->panel,
  };
  if (rows < CK_PANEL) {
    memcpy(at->rows, product.rows, rows * bytes);
    memset(at->rows + rows * bytes, 0, (CK_PANEL - rows) * bytes);
    product.rows = at->rows;
  }
  job->kernels->multiply_panel(&product);
}

static void panel_of_floats(const ck_panel_job *job, const ck_weights *m, size_t first, size_t rows,
                            const ck_panel_room *at, float *y) {
  const ck_input *x = job->x;
  const uint8_t *from = m->bytes;
  const int few = x->columns <= FEW_COLUMNS || x->k * ROWS_FOR_MANY > SCRATCH_FLOATS;
  const size_t group = few ? ROWS_FOR_FEW : ROWS_FOR_MANY, bytes = format_row_bytes(m->type, x->k);
  const int in_place = m->type == CK_F32 && (uintptr_t)from % sizeof(float) == 0;
  ck_product product = {.ldw = x->k, .x = x->values, .ldx = x->k, .columns = x->columns,
                        .k = x->k, .ldy = CK_PANEL};
  for (size_t row = 0; row < rows; row += group) {
    product.rows = rows - row < group ? rows - row : group;
    product.y = y + row;
    const uint8_t *here = from + (first + row) * bytes;
    if (in_place) {
      product.w = (const float *)(const void *)here;
    } else {
      float *floats = (float *)(void *)at->panel;  // [group, k]
      job->kernels->dequantize(m->type, here, floats, product.rows * x->k);
      product.w = floats;
    }
    job->kernels->multiply(&product);
  }
}

void ck_multiply_rows(const ck_panel_job *job, const ck_weights *m, size_t first, size_t rows,
                          const ck_panel_room *at, float *y) {
  if (is_integer(job->x, m->type)) {
    panel_of_integers(job, m, first, rows, at, y);
  } else {
    panel_of_floats(job, m, first, rows, at, y);
  }
}
