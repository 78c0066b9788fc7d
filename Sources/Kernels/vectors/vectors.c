// Functions of vectors. Those that are exact element by element are written here, once for all
// variants.
#pragma STDC FP_CONTRACT OFF
#include "CleaveVectors.h"

#include <math.h>

#include "CleaveISA.h"
#include "isa/kernels.h"
#include "pool/pool.h"

enum { COLUMNS_OF_A_CHUNK = 8 };

typedef struct norm_job {
  const ck_kernels *kernels;
  const float *x, *weight;
  size_t n, columns;
  float epsilon;
  float *out;
  ck_activations *blocks;
  const float *bias;  // of a LayerNorm, or NULL
  void (*column)(const struct norm_job *job, size_t column);
} norm_job;

static void rms_norm_column(const norm_job *job, size_t column) {
  const size_t n = job->n;
  const float *x = job->x + column * n;
  float *out = job->out + column * n;
  const float mean = job->kernels->sum_squares(x, n) / (float)n;
  const float inverse = 1 / sqrtf(mean + job->epsilon);
  for (size_t i = 0; i < n; i++) out[i] = x[i] * inverse * job->weight[i];
  if (job->blocks) {
    job->kernels->quantize(out, n / CK_BLOCK, job->blocks + column * (n / CK_BLOCK));
  }
}

// In CK_LANES chains that are added as a tree, as the sums of every variant are.
static float sum(const float *x, size_t n) {
  float lanes[CK_LANES] = {0};
  size_t i = 0;
  for (; i + CK_LANES <= n; i += CK_LANES) {
    for (size_t lane = 0; lane < CK_LANES; lane++) lanes[lane] += x[i + lane];
  }
  for (size_t lane = 0; i + lane < n; lane++) lanes[lane] += x[i + lane];
  for (size_t width = CK_LANES / 2; width > 0; width /= 2) {
    for (size_t lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width];
  }
  return lanes[0];
}

static void layer_norm_column(const norm_job *job, size_t column) {
  const size_t n = job->n;
  const float *x = job->x + column * n;
  float *out = job->out + column * n;
  const float mean = sum(x, n) / (float)n;
  for (size_t i = 0; i < n; i++) out[i] = x[i] - mean;
  const float variance = job->kernels->sum_squares(out, n) / (float)n;
  const float inverse = 1 / sqrtf(variance + job->epsilon);
  for (size_t i = 0; i < n; i++) out[i] = out[i] * inverse * job->weight[i];
  if (job->bias) {
    for (size_t i = 0; i < n; i++) out[i] += job->bias[i];
  }
  if (job->blocks) {
    job->kernels->quantize(out, n / CK_BLOCK, job->blocks + column * (n / CK_BLOCK));
  }
}

static void norm_chunk(void *context, ck_worker *worker, size_t chunk) {
  (void)worker;
  const norm_job *job = context;
  size_t end = (chunk + 1) * COLUMNS_OF_A_CHUNK;
  if (end > job->columns) end = job->columns;
  for (size_t c = chunk * COLUMNS_OF_A_CHUNK; c < end; c++) job->column(job, c);
}

void ck_rms_norm(ck_pool *pool, const float *x, const float *weight, size_t n, size_t columns,
                 float epsilon, float *out, ck_activations *blocks) {
  norm_job job = {
    ck_current(), x, weight, n, columns, epsilon, out, blocks, NULL, rms_norm_column,
  };
  ck_pool_run(pool, norm_chunk, &job, (columns + COLUMNS_OF_A_CHUNK - 1) / COLUMNS_OF_A_CHUNK);
}

void ck_layer_norm(ck_pool *pool, const float *x, const float *weight, const float *bias, size_t n,
                   size_t columns, float epsilon, float *out, ck_activations *blocks) {
  norm_job job = {
    ck_current(), x, weight, n, columns, epsilon, out, blocks, bias, layer_norm_column,
  };
  ck_pool_run(pool, norm_chunk, &job, (columns + COLUMNS_OF_A_CHUNK - 1) / COLUMNS_OF_A_CHUNK);
}

enum { CAPPED_OF_A_CHUNK = 4096 };

typedef struct {
  float *x;
  size_t n;
  float cap;
} cap_job;

static void cap_chunk(void *context, ck_worker *worker, size_t chunk) {
  (void)worker;
  const cap_job *job = context;
  const size_t first = chunk * CAPPED_OF_A_CHUNK, left = job->n - first;
  ck_current()->cap(job->x + first, left < CAPPED_OF_A_CHUNK ? left : CAPPED_OF_A_CHUNK, job->cap);
}

void ck_cap(ck_pool *pool, float *x, size_t n, float cap) {
  cap_job job = {x, n, cap};
  ck_pool_run(pool, cap_chunk, &job, (n + CAPPED_OF_A_CHUNK - 1) / CAPPED_OF_A_CHUNK);
}

void ck_exp(const float *x, float *out, size_t n) { ck_current()->exp(x, out, n); }

void ck_rope(float *x, size_t heads, size_t head_dim, const float *cosine, const float *sine) {
  const size_t half = head_dim / 2;
  for (size_t head = 0; head < heads; head++) {
    float *low = x + head * head_dim, *high = low + half;  // [half], [half]
    for (size_t i = 0; i < half; i++) {
      const float a = low[i], b = high[i];
      low[i] = a * cosine[i] - b * sine[i];
      high[i] = b * cosine[i] + a * sine[i];
    }
  }
}

void ck_swiglu(float *gate, const float *up, size_t n) { ck_current()->swiglu(gate, up, n); }

void ck_geglu(float *gate, const float *up, size_t n) { ck_current()->geglu(gate, up, n); }

void ck_geglu_erf(float *gate, const float *up, size_t n) {
  ck_current()->geglu_erf(gate, up, n);
}

void ck_clamped_swiglu(float *gate, const float *up, size_t n, float slope, float limit) {
  ck_current()->clamped_swiglu(gate, up, n, slope, limit);
}

void ck_add_bias(float *y, const float *bias, size_t n, size_t columns) {
  for (size_t c = 0; c < columns; c++) {
    for (size_t i = 0; i < n; i++) y[c * n + i] += bias[i];
  }
}

void ck_add_scaled(float *x, const float *y, float scale, size_t n) {
  for (size_t i = 0; i < n; i++) x[i] = __builtin_fmaf(scale, y[i], x[i]);
}
