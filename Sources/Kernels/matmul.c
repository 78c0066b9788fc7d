// Matrix products over the pool: the work is split by rows, so that each weight is dequantized
// once, by the thread that uses it.
#include "internal.h"
#include "pool.h"

enum {
  // Rows dequantized together. A single column uses them once, so few keep the scratch in the
  // first-level cache; many columns are read again for every group of rows, so more are better.
  ROWS_FOR_FEW = 4,
  ROWS_FOR_MANY = 16,
  FEW_COLUMNS = 4,
  CHUNK_ROWS = 16,         // a multiple of both
  SCRATCH_FLOATS = 65536,  // beyond, rows so long that only a few may be together
};

typedef struct {
  const ck_kernels *kernels;
  ck_type type;
  const uint8_t *bytes;  // [rows, row_bytes]
  size_t row_bytes, group;
  ck_product product;  // the whole; w is NULL where rows need dequantizing
} matmul_job;

static void matmul_group(const matmul_job *job, ck_worker *worker, size_t first, size_t rows) {
  ck_product part = job->product;
  if (part.w) {
    part.w += first * part.ldw;
  } else {
    float *scratch = ck_scratch(worker, job->group * part.k);  // [rows, k]
    job->kernels->dequantize(job->type, job->bytes + first * job->row_bytes, scratch,
                             rows * part.k);
    part.w = scratch;
  }
  part.y += first;
  part.rows = rows;
  job->kernels->multiply(&part);
}

static void matmul_chunk(void *context, ck_worker *worker, size_t chunk) {
  const matmul_job *job = context;
  size_t row = chunk * CHUNK_ROWS;
  size_t end = row + CHUNK_ROWS;
  if (end > job->product.rows) end = job->product.rows;
  for (; row < end; row += job->group) {
    const size_t left = end - row;
    matmul_group(job, worker, row, left < job->group ? left : job->group);
  }
}

void ck_matmul(ck_pool *pool, ck_type type, const void *w, size_t rows, size_t k, const float *x,
               size_t ldx, size_t columns, float *y, size_t ldy) {
  const int in_place = type == CK_F32 && (uintptr_t)w % sizeof(float) == 0;
  const int few = columns <= FEW_COLUMNS || k * ROWS_FOR_MANY > SCRATCH_FLOATS;
  matmul_job job = {
    .kernels = ck_current(),
    .type = type,
    .bytes = w,
    .row_bytes = k / ck_block_elements(type) * ck_block_bytes(type),
    .group = few ? ROWS_FOR_FEW : ROWS_FOR_MANY,
    .product = {.w = in_place ? w : NULL, .ldw = k, .rows = rows, .x = x, .ldx = ldx,
                .columns = columns, .k = k, .y = y, .ldy = ldy},
  };
  ck_pool_run(pool, matmul_chunk, &job, (rows + CHUNK_ROWS - 1) / CHUNK_ROWS);
}
