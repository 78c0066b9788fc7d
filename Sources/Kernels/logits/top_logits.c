// The largest logits of many vectors, which a capture keeps of the teacher.
#pragma STDC FP_CONTRACT OFF
#include <math.h>

#include "logits/parts.h"
#include "pool/pool.h"

typedef struct {
  const float *logits;
  size_t n, parts, k;
  uint32_t *ids;
  float *values;
  ck_logits_summary *summaries;
} top_job;

// Inserts a value into the falling list `best` of `count` values, which keeps at most k. Among equals
// earlier ones come first. Returns the new count.
static size_t insert(float *best, size_t count, size_t k, float value) {
  if (count == k && value <= best[k - 1]) return count;
  size_t at = count < k ? count : k - 1;
  for (; at > 0 && best[at - 1] < value; at--) best[at] = best[at - 1];
  best[at] = value;
  return count < k ? count + 1 : k;
}

// The k-th largest of the parts' maxima. At least k logits are as large, so none below it is among the
// k largest.
static float floor_of(const ck_logits_part *parts, size_t count, size_t k, float *best) {
  if (count < k) return -INFINITY;
  size_t found = 0;
  for (size_t i = 0; i < count; i++) found = insert(best, found, k, parts[i].max);
  return best[k - 1];
}

// The same for logits with their ids, which must come in rising order.
static size_t insert_logit(float *values, uint32_t *ids, size_t count, size_t k, float value,
                           uint32_t id) {
  if (count == k && !(value > values[k - 1])) return count;
  size_t at = count < k ? count : k - 1;
  for (; at > 0 && values[at - 1] < value; at--) {
    values[at] = values[at - 1];
    ids[at] = ids[at - 1];
  }
  values[at] = value;
  ids[at] = id;
  return count < k ? count + 1 : k;
}

// The k largest logits of one vector.
static void pick(const top_job *job, const float *logits, const ck_logits_part *parts,
                 uint32_t *ids, float *values) {
  const float lowest = floor_of(parts, job->parts, job->k, values);
  size_t found = 0;
  for (size_t p = 0; p < job->parts; p++) {
    if (parts[p].max < lowest) continue;
    size_t end = (p + 1) * CK_LOGITS_PART;
    if (end > job->n) end = job->n;
    for (size_t i = p * CK_LOGITS_PART; i < end; i++) {
      if (logits[i] >= lowest) {
        found = insert_logit(values, ids, found, job->k, logits[i], (uint32_t)i);
      }
    }
  }
}

static void top_chunk(void *context, ck_worker *worker, size_t column) {
  const top_job *job = context;
  ck_logits_part *parts =
    (void *)ck_scratch(worker, job->parts * sizeof *parts / sizeof(float));
  const float *logits = job->logits + column * job->n;
  ck_summarize_parts(logits, job->n, 1, parts);
  job->summaries[column] = ck_merge_parts(parts, job->parts, logits, job->n, 1);
  if (!isfinite(job->summaries[column].log_sum_exp)) return;
  pick(job, logits, parts, job->ids + column * job->k, job->values + column * job->k);
}

void ck_top_logits(ck_pool *pool, const float *logits, size_t n, size_t columns, size_t k,
                   uint32_t *ids, float *values, ck_logits_summary *summaries) {
  const size_t parts = ck_parts_of(n);
  top_job job = {logits, n, parts, k, ids, values, summaries};
  ck_pool_run(pool, top_chunk, &job, columns);
}
