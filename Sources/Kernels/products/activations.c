// Vectors as integers, over the pool.
#pragma STDC FP_CONTRACT OFF
#include "CleaveActivations.h"
#include "isa/kernels.h"
#include "pool/pool.h"

enum { COLUMNS_OF_A_CHUNK = 8 };

typedef struct {
  const ck_kernels *kernels;
  const float *x;
  size_t blocks, columns;  // blocks of a column
  ck_activations *out;
} activations_job;

static void activations_chunk(void *context, ck_worker *worker, size_t chunk) {
  (void)worker;
  const activations_job *job = context;
  const size_t first = chunk * COLUMNS_OF_A_CHUNK, left = job->columns - first;
  const size_t columns = left < COLUMNS_OF_A_CHUNK ? left : COLUMNS_OF_A_CHUNK;
  job->kernels->quantize(job->x + first * job->blocks * CK_BLOCK, columns * job->blocks,
                         job->out + first * job->blocks);
}

void ck_quantize_activations(ck_pool *pool, const float *x, size_t k, size_t columns,
                             ck_activations *out) {
  activations_job job = {ck_current(), x, k / CK_BLOCK, columns, out};
  const size_t chunks = (columns + COLUMNS_OF_A_CHUNK - 1) / COLUMNS_OF_A_CHUNK;
  ck_pool_run(pool, activations_chunk, &job, chunks);
}
