// Quantization with error feedback (GPTQ, Frantar et al. 2022, arXiv 2210.17323), one block of columns.
#pragma STDC FP_CONTRACT OFF
#include <stdlib.h>
#include <string.h>

#include "CleaveQuantizers.h"
#include "pool/pool.h"

enum { ROWS_OF_A_CHUNK = 16 };

typedef struct {
  const ck_feed_back *part;
  size_t n;  // columns of the block
  ck_quantization *faults;  // [chunks]
} feed_back_job;

// Rounds one row. w: [n], replaced by the errors divided by the diagonal of the factor; codes: [n]
static void feed_back_row(const ck_grid *grid, const float *factor, size_t n, float *w,
                          int8_t *codes) {
  for (size_t j = 0; j < n; j++) {
    const int sub = (int)j / grid->elements;
    const int code = ck_grid_code(grid, sub, w[j]);
    const float *row = factor + j * n;
    const float error = (w[j] - ck_grid_value(grid, sub, code)) / row[j];
    for (size_t i = j + 1; i < n; i++) w[i] -= error * row[i];
    w[j] = error;
    codes[j] = (int8_t)code;
  }
}

static void feed_back_chunk(void *context, ck_worker *worker, size_t chunk) {
  (void)worker;
  const feed_back_job *job = context;
  const ck_feed_back *p = job->part;
  size_t end = (chunk + 1) * ROWS_OF_A_CHUNK;
  if (end > p->rows) end = p->rows;
  for (size_t row = chunk * ROWS_OF_A_CHUNK; row < end; row++) {
    float *w = p->w + row * p->ldw;
    ck_grid grid;
    ck_quantization found = ck_choose_grid(p->type, w, p->importance, CK_SEARCH, &grid);
    if (found.fault != CK_FAULT_NONE) {
      found.element += row * p->ldw;
      job->faults[chunk] = found;
      return;
    }
    int8_t codes[CK_LARGEST_BLOCK];
    feed_back_row(&grid, p->factor, job->n, w, codes);
    ck_pack_block(&grid, codes, (uint8_t *)p->out + row * p->row_bytes);
  }
}

ck_quantization ck_quantize_with_feedback(ck_pool *pool, const ck_feed_back *part) {
  const size_t chunks = (part->rows + ROWS_OF_A_CHUNK - 1) / ROWS_OF_A_CHUNK;
  ck_quantization *faults = ck_allocate(chunks * sizeof *faults);
  memset(faults, 0, chunks * sizeof *faults);
  feed_back_job job = {part, ck_block_elements(part->type), faults};
  ck_pool_run(pool, feed_back_chunk, &job, chunks);
  ck_quantization first = {CK_FAULT_NONE, 0};
  for (size_t i = 0; i < chunks && first.fault == CK_FAULT_NONE; i++) first = faults[i];
  free(faults);
  return first;
}
