// The short convolution over the pool: a chunk is some channels of every span.
#pragma STDC FP_CONTRACT OFF
#include <string.h>

#include "isa/kernels.h"
#include "pool/pool.h"
#include "recurrence/recurrence.h"

enum { CHANNELS_OF_A_CHUNK = 512 };

typedef struct {
  const ck_kernels *kernels;
  const ck_kept_span *spans;
  size_t count;
  const float *x;
  size_t width;
  const float *weights;
  size_t taps;
  int silu;
  float *out;
} convolution_job;

// The input of a position, from channel `first` on; NULL before the text.
static const float *input(const convolution_job *job, const ck_kept_span *span, size_t column,
                          size_t back, size_t first) {
  if (back <= column) return job->x + (span->column + column - back) * job->width + first;
  if (back > span->first_position + column) return NULL;
  const size_t position = span->first_position + column - back;
  return span->kept + position % span->rows * span->row_width + first;
}

static void convolve_span(const convolution_job *job, const ck_kept_span *span, size_t first,
                          size_t n) {
  ck_convolve row = {.taps = job->taps, .n = n, .silu = job->silu};
  for (size_t tap = 0; tap < job->taps; tap++) {
    row.weights[tap] = job->weights + tap * job->width + first;
  }
  for (size_t column = 0; column < span->columns; column++) {
    for (size_t tap = 0; tap < job->taps; tap++) {
      row.rows[tap] = input(job, span, column, job->taps - 1 - tap, first);
    }
    row.out = job->out + (span->column + column) * job->width + first;
    job->kernels->convolve(&row);
  }
}

static void convolution_chunk(void *context, ck_worker *worker, size_t chunk) {
  (void)worker;
  const convolution_job *job = context;
  const size_t first = chunk * CHANNELS_OF_A_CHUNK, rest = job->width - first;
  const size_t n = rest < CHANNELS_OF_A_CHUNK ? rest : CHANNELS_OF_A_CHUNK;
  for (size_t i = 0; i < job->count; i++) convolve_span(job, &job->spans[i], first, n);
}

void ck_short_convolution(ck_pool *pool, const ck_kept_span *spans, size_t count, const float *x,
                          size_t width, const float *weights, size_t taps, int silu, float *out) {
  convolution_job job = {ck_current(), spans, count, x, width, weights, taps, silu, out};
  ck_pool_run(pool, convolution_chunk, &job, (width + CHANNELS_OF_A_CHUNK - 1) / CHANNELS_OF_A_CHUNK);
}

void ck_keep_rows(const ck_kept_span *spans, size_t count, const float *x, size_t width,
                  size_t offset) {
  for (size_t i = 0; i < count; i++) {
    const ck_kept_span *span = &spans[i];
    const size_t skipped = span->columns > span->rows ? span->columns - span->rows : 0;
    for (size_t column = skipped; column < span->columns; column++) {
      const size_t row = (span->first_position + column) % span->rows;
      memcpy(span->kept + row * span->row_width + offset, x + (span->column + column) * width,
             width * sizeof *x);
    }
  }
}

void ck_multiply(float *x, const float *y, size_t n) {
  for (size_t i = 0; i < n; i++) x[i] *= y[i];
}

void ck_sigmoid_gate(float *x, float *gate, size_t n) {
  for (size_t i = 0; i < n; i++) gate[i] = -gate[i];
  ck_current()->exp(gate, gate, n);
  for (size_t i = 0; i < n; i++) x[i] /= 1 + gate[i];
}
