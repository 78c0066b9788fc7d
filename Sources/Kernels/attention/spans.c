// Attention of many sequences over the pool: a chunk is a span, which runs like a single sequence on
// one thread. A span alone is a single sequence, which all threads share.
#pragma STDC FP_CONTRACT OFF
#include "CleaveAttention.h"
#include "pool/pool.h"

typedef struct {
  const ck_span *spans;
  size_t heads;
  float *q, *k;
  const float *v, *cosine, *sine;
} store_spans_job;

static void store(const store_spans_job *job, ck_pool *pool, const ck_span *span) {
  const size_t width = span->cache.head_dim, kv = span->cache.kv_heads * width;
  const size_t angles = span->first_position * (width / 2);
  ck_store_kv(pool, &span->cache, job->q + span->column * job->heads * width, job->heads,
              job->k + span->column * kv, job->v + span->column * kv, span->columns,
              span->first_position, job->cosine + angles, job->sine + angles);
}

static void store_span(void *context, ck_worker *worker, size_t chunk) {
  (void)worker;
  const store_spans_job *job = context;
  store(job, NULL, &job->spans[chunk]);
}

void ck_store_kv_spans(ck_pool *pool, const ck_span *spans, size_t count, float *q, size_t heads,
                       float *k, const float *v, const float *cosine, const float *sine) {
  store_spans_job job = {spans, heads, q, k, v, cosine, sine};
  if (count == 1) {
    store(&job, pool, spans);
  } else {
    ck_pool_run(pool, store_span, &job, count);
  }
}

typedef struct {
  const ck_span *spans;
  size_t heads;
  const ck_scores *scores;
  const float *q;
  float *out;
} attend_spans_job;

static void attend(const attend_spans_job *job, ck_pool *pool, const ck_span *span) {
  const size_t at = span->column * job->heads * span->cache.head_dim;
  ck_attention(pool, &span->cache, job->q + at, span->columns, span->first_position, job->heads,
               job->scores, job->out + at);
}

static void attend_span(void *context, ck_worker *worker, size_t chunk) {
  (void)worker;
  const attend_spans_job *job = context;
  attend(job, NULL, &job->spans[chunk]);
}

void ck_attention_spans(ck_pool *pool, const ck_span *spans, size_t count, const float *q,
                        size_t heads, const ck_scores *scores, float *out) {
  attend_spans_job job = {spans, heads, scores, q, out};
  if (count == 1) {
    attend(&job, pool, spans);
  } else {
    ck_pool_run(pool, attend_span, &job, count);
  }
}
