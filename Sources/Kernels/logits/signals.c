// The signals that exits compute their confidence from, for many vectors of logits.
#pragma STDC FP_CONTRACT OFF
#include "logits/parts.h"
#include "pool/pool.h"

typedef struct {
  const float *logits;
  size_t n;
  float temperature;
  ck_signals *out;
} signals_job;

static void signals_chunk(void *context, ck_worker *worker, size_t column) {
  const signals_job *job = context;
  const size_t n = job->n, count = ck_parts_of(n);
  const float *logits = job->logits + column * n;
  ck_signals *out = job->out + column;
  ck_logits_part *parts = (void *)ck_scratch(worker, count * sizeof *parts / sizeof(float));
  ck_summarize_parts(logits, n, job->temperature, parts);
  out->summary = ck_merge_parts(parts, count, logits, n, job->temperature);
  out->entropy = ck_entropy(logits, n, job->temperature, out->summary.max);
  out->plain = out->summary;
  if (job->temperature == 1) return;
  ck_sum_parts(logits, n, 1, parts);
  out->plain = ck_merge_parts(parts, count, logits, n, 1);
}

void ck_find_signals(ck_pool *pool, const float *logits, size_t n, size_t columns,
                     float temperature, ck_signals *out) {
  signals_job job = {logits, n, temperature, out};
  ck_pool_run(pool, signals_chunk, &job, columns);
}
