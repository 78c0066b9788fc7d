// The gated delta rule over the pool: a chunk is CK_LANES columns of a head's state, which stay in the
// cache while all positions of a span go by.
#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include <string.h>

#include "CleaveISA.h"
#include "isa/kernels.h"
#include "logits/parts.h"
#include "pool/pool.h"
#include "recurrence/recurrence.h"

static size_t row_width(ck_delta_net net) {
  return 2 * net.key_heads * net.key_dim + net.value_heads * net.value_dim;
}

// log(1 + exp(x)); from 20 on that is x (as in PyTorch).
static float soft_plus(const ck_kernels *kernels, float x) {
  float e;
  kernels->exp(&x, &e, 1);
  return x > 20 ? x : (float)ck_log(1 + (double)e);
}

void ck_delta_gates(float *decay, float *write, const float *rate, const float *bias, size_t heads,
                    size_t columns) {
  const ck_kernels *kernels = ck_current();
  for (size_t i = 0; i < columns * heads; i++) {
    float factor;
    kernels->exp(&rate[i % heads], &factor, 1);
    decay[i] = -factor * soft_plus(kernels, decay[i] + bias[i % heads]);
    write[i] = -write[i];
  }
  kernels->exp(decay, decay, columns * heads);
  kernels->exp(write, write, columns * heads);
  for (size_t i = 0; i < columns * heads; i++) write[i] = 1 / (1 + write[i]);
}

typedef struct {
  const ck_kernels *kernels;
  ck_delta_net net;
  float *x;
} normalize_job;

static void normalize_column(void *context, ck_worker *worker, size_t column) {
  (void)worker;
  const normalize_job *job = context;
  const size_t heads = job->net.key_heads, n = job->net.key_dim;
  float *row = job->x + column * row_width(job->net);
  for (size_t head = 0; head < 2 * heads; head++, row += n) {
    const float inverse = 1 / sqrtf(job->kernels->sum_squares(row, n) + 1e-6f);
    const float scale = head < heads ? 1 / sqrtf((float)n) : 1;
    for (size_t i = 0; i < n; i++) row[i] = row[i] * inverse * scale;
  }
}

void ck_delta_normalize(ck_pool *pool, ck_delta_net net, float *x, size_t columns) {
  normalize_job job = {ck_current(), net, x};
  ck_pool_run(pool, normalize_column, &job, columns);
}

typedef struct {
  const ck_kernels *kernels;
  ck_delta_net net;
  const ck_delta_span *spans;
  size_t count;
  const float *x, *decay, *write;
  float *out;
} delta_job;

// Runs positions up to the next checkpoint. Returns how many.
static size_t run_some(const delta_job *job, const ck_delta_span *span, size_t chunk, size_t done) {
  const ck_delta_net net = job->net;
  const size_t lanes = net.value_dim / CK_LANES, head = chunk / lanes, part = chunk % lanes;
  const size_t key_head = head / (net.value_heads / net.key_heads), width = row_width(net);
  const size_t size = net.key_dim * CK_LANES, column = span->column + done;
  const float *row = job->x + column * width;
  const size_t out_width = net.value_heads * net.value_dim, at = head * net.value_dim + part * CK_LANES;
  size_t columns = span->columns - done, end = span->first_position + done + columns;
  const size_t next =
    span->interval ? ((span->first_position + done) / span->interval + 1) * span->interval : 0;
  if (next && next <= end) columns -= end - next;
  ck_delta some = {
    .state = span->state + chunk * size,
    .q = row + key_head * net.key_dim, .k = row + (net.key_heads + key_head) * net.key_dim,
    .v = row + 2 * net.key_heads * net.key_dim + at, .stride = width,
    .decay = job->decay + column * net.value_heads + head,
    .write = job->write + column * net.value_heads + head, .gate_stride = net.value_heads,
    .key_dim = net.key_dim, .columns = columns,
    .out = job->out ? job->out + column * out_width + at : NULL, .out_stride = out_width,
  };
  job->kernels->delta_rule(&some);
  if (next && next <= end) {
    float *checkpoint = span->checkpoints[next / span->interval % 2];
    memcpy(checkpoint + chunk * size, some.state, size * sizeof *checkpoint);
  }
  return columns;
}

static void delta_chunk(void *context, ck_worker *worker, size_t chunk) {
  (void)worker;
  const delta_job *job = context;
  for (size_t i = 0; i < job->count; i++) {
    const ck_delta_span *span = &job->spans[i];
    for (size_t done = 0; done < span->columns;) done += run_some(job, span, chunk, done);
  }
}

void ck_delta_rule(ck_pool *pool, ck_delta_net net, const ck_delta_span *spans, size_t count,
                   const float *x, const float *decay, const float *write, float *out) {
  delta_job job = {ck_current(), net, spans, count, x, decay, write, out};
  ck_pool_run(pool, delta_chunk, &job, net.value_heads * (net.value_dim / CK_LANES));
}
