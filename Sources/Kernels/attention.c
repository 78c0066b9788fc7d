// Causal attention: one chunk for each query and head, each computed alone from its own inputs.
#include "internal.h"
#include "pool.h"

typedef struct {
  const ck_kernels *kernels;
  const float *q, *keys, *values;
  size_t queries, first_position, heads, kv_heads, head_dim;
  float scale;
  float *scores;  // [threads, positions]
  float *out;
} attention_job;

static void attend(void *context, ck_worker *worker, size_t chunk) {
  const attention_job *job = context;
  // The longest first: the last chunks handed out are then the short ones, and threads end
  // together.
  const size_t query = job->queries - 1 - chunk / job->heads, head = chunk % job->heads;
  const size_t at = (query * job->heads + head) * job->head_dim;
  const size_t kv = head / (job->heads / job->kv_heads) * job->head_dim;
  const size_t stride = job->kv_heads * job->head_dim;
  const size_t positions = job->first_position + query + 1;
  float *scores = job->scores + worker->index * (job->first_position + job->queries);

  const ck_product product = {
    .w = job->keys + kv, .ldw = stride, .rows = positions, .x = job->q + at, .columns = 1,
    .k = job->head_dim, .y = scores,
  };
  job->kernels->multiply(&product);
  const float sum = job->kernels->softmax(scores, positions, job->scale);
  const ck_blend blend = {job->values + kv, stride, positions, job->head_dim};
  job->kernels->blend(&blend, scores, sum, job->out + at);
}

void ck_attention(ck_pool *pool, const float *q, const float *keys, const float *values,
                  size_t queries, size_t first_position, size_t heads, size_t kv_heads,
                  size_t head_dim, float scale, float *scores, float *out) {
  attention_job job = {
    .kernels = ck_current(), .q = q, .keys = keys, .values = values, .queries = queries,
    .first_position = first_position, .heads = heads, .kv_heads = kv_heads,
    .head_dim = head_dim, .scale = scale, .scores = scores, .out = out,
  };
  ck_pool_run(pool, attend, &job, queries * heads);
}
