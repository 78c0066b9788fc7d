// Quantization of rows over the pool.
#pragma STDC FP_CONTRACT OFF
#include <stdatomic.h>
#include <stdint.h>

#include "CleaveQuantizers.h"
#include "formats/formats.h"
#include "isa/kernels.h"
#include "pool/pool.h"
#include "quantizers/quantizers.h"

enum { CHUNK_ELEMENTS = 16384 };  // of whole rows, unless one is longer

typedef struct {
  const ck_kernels *kernels;
  ck_type from, to;
  const uint8_t *rows;       // [row_count, from_bytes]
  const float *importance;   // [k] or NULL
  ck_effort effort;
  size_t row_count, k, from_bytes, to_bytes, chunk_rows;
  uint8_t *out;              // [row_count, to_bytes]
  /// The first faulty element and its fault, as element * 4 + fault: the least wins, whichever
  /// thread comes first.
  _Atomic size_t fault;
} quantize_job;

static void note_fault(quantize_job *job, size_t row, ck_quantization found) {
  const size_t fault = (row * job->k + found.element) * 4 + (size_t)found.fault;
  size_t known = atomic_load(&job->fault);
  while (fault < known && !atomic_compare_exchange_weak(&job->fault, &known, fault)) {}
}

static const float *floats_of_row(const quantize_job *job, ck_worker *worker, size_t row) {
  const uint8_t *bytes = job->rows + row * job->from_bytes;
  if (job->from == CK_F32 && (uintptr_t)bytes % sizeof(float) == 0) return (const float *)bytes;
  float *scratch = ck_scratch(worker, job->k);
  job->kernels->dequantize(job->from, bytes, scratch, job->k);
  return scratch;
}

static void quantize_chunk(void *context, ck_worker *worker, size_t chunk) {
  quantize_job *job = context;
  size_t row = chunk * job->chunk_rows, end = row + job->chunk_rows;
  if (end > job->row_count) end = job->row_count;
  for (; row < end; row++) {
    const ck_run run = {.w = floats_of_row(job, worker, row), .importance = job->importance,
                        .elements = job->k};
    const ck_quantization result = job->kernels->quantizers->quantize(
      job->to, &run, job->effort, job->out + row * job->to_bytes);
    if (result.fault != CK_FAULT_NONE) {
      note_fault(job, row, result);
      return;
    }
  }
}

ck_quantization ck_quantize_rows(ck_pool *pool, ck_type from, const void *rows, size_t row_count,
                                 size_t k, ck_type to, const float *importance, ck_effort effort,
                                 void *out) {
  quantize_job job = {
    .kernels = ck_current(), .from = from, .to = to, .rows = rows, .importance = importance,
    .effort = effort, .row_count = row_count, .k = k, .from_bytes = format_row_bytes(from, k),
    .to_bytes = format_row_bytes(to, k), .out = out, .fault = SIZE_MAX,
    .chunk_rows = k < CHUNK_ELEMENTS ? CHUNK_ELEMENTS / (k ? k : 1) : 1,
  };
  ck_pool_run(pool, quantize_chunk, &job, (row_count + job.chunk_rows - 1) / job.chunk_rows);
  const size_t fault = atomic_load(&job.fault);
  if (fault == SIZE_MAX) return (ck_quantization){CK_FAULT_NONE, 0};
  return (ck_quantization){(ck_fault)(fault % 4), fault / 4};
}
