// Rows over the pool, and the grid of a block for those who choose the codes themselves.
#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "internal.h"
#include "pool.h"
#include "quantize.h"

// Vectors wider than the registers are passed only to functions that are inlined.
#pragma clang diagnostic ignored "-Wpsabi"
#include "quantize_lanes.inc.h"
#include "quantize_pack.inc.h"
#include "quantize_kinds.inc.h"

// ---- Rows --------------------------------------------------------------------------------------

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

static size_t bytes_of_row(ck_type type, size_t k) {
  return k / ck_block_elements(type) * ck_block_bytes(type);
}

ck_quantization ck_quantize_rows(ck_pool *pool, ck_type from, const void *rows, size_t row_count,
                                 size_t k, ck_type to, const float *importance, ck_effort effort,
                                 void *out) {
  quantize_job job = {
    .kernels = ck_current(), .from = from, .to = to, .rows = rows, .importance = importance,
    .effort = effort, .row_count = row_count, .k = k, .from_bytes = bytes_of_row(from, k),
    .to_bytes = bytes_of_row(to, k), .out = out, .fault = SIZE_MAX,
    .chunk_rows = k < CHUNK_ELEMENTS ? CHUNK_ELEMENTS / (k ? k : 1) : 1,
  };
  ck_pool_run(pool, quantize_chunk, &job, (row_count + job.chunk_rows - 1) / job.chunk_rows);
  const size_t fault = atomic_load(&job.fault);
  if (fault == SIZE_MAX) return (ck_quantization){CK_FAULT_NONE, 0};
  return (ck_quantization){(ck_fault)(fault % 4), fault / 4};
}

// ---- Grids -------------------------------------------------------------------------------------

// What the block will be dequantized with. Compare codecs.inc.h and codecs_k.inc.h.
static void spell_out(ck_grid *grid) {
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
  spell_out(grid);
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
