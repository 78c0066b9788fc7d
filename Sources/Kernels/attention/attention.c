// Causal attention over the pool: a chunk is a few rows (a query and a head each) that share keys and
// values. Every row is computed from its own inputs only.
#pragma STDC FP_CONTRACT OFF
#include "attention/attend.h"

#include <math.h>

#include "isa/kernels.h"
#include "pool/pool.h"

typedef struct {
  const ck_kernels *kernels;
  const ck_kv_cache *cache;
  const float *q;
  size_t queries, first_position, heads;
  ck_scores scores;
  size_t together, chunks_per_head;  // rows of a chunk, chunks of a key/value head
  float *out;
} attention_job;

// Attends for `rows` rows of a key/value head from `first` on. Rows are counted query by query, so the
// positions that they attend to only rise. scaled: scratch space, [rows, head_dim]
static void attend_some(const attention_job *job, ck_attend *part, size_t first, size_t rows,
                        float *scaled) {
  const ck_scores *scores = &job->scores;
  const size_t width = job->cache->head_dim, group = job->heads / job->cache->kv_heads;
  part->rows = rows;
  for (size_t r = 0; r < rows; r++) {
    const size_t query = (first + r) / group, head = part->kv_head * group + (first + r) % group;
    const size_t at = (query * job->heads + head) * width;
    for (size_t d = 0; d < width; d++) scaled[r * width + d] = job->q[at + d] * job->scores.scale;
    part->q[r] = scaled + r * width;
    part->positions[r] = job->first_position + query + 1;
    const size_t window = scores->window;
    part->starts[r] = window > 0 && part->positions[r] > window ? part->positions[r] - window : 0;
    part->max[r] = scores->sinks ? scores->sinks[head] : -INFINITY;
    part->sum[r] = scores->sinks ? 1 : 0;
    part->out[r] = job->out + at;
  }
  job->kernels->attend(part);
}

static void attention_chunk(void *context, ck_worker *worker, size_t chunk) {
  const attention_job *job = context;
  const size_t kv_heads = job->cache->kv_heads, rows = job->queries * (job->heads / kv_heads);
  float *scaled = ck_scratch(worker, CK_ATTEND_ROWS * job->cache->head_dim);
  ck_attend part = {.cache = job->cache, .kv_head = chunk % kv_heads, .cap = job->scores.cap};
  // The longest rows first: the last chunks are then short, and threads finish at about the same time.
  size_t row = (job->chunks_per_head - 1 - chunk / kv_heads) * job->together;
  const size_t end = row + job->together < rows ? row + job->together : rows;
  attend_some(job, &part, row, end - row, scaled);
}

// How many rows a chunk has. More of them read keys and values once for all, fewer divide more evenly among threads;
// what the slowest thread has to do decides. rows: of one key/value head
static size_t rows_together(size_t rows, size_t kv_heads, size_t threads) {
  // What a chunk of 1, 2, 3 and 4 rows takes, as measured with AVX-512 over 4,096 positions in float16; AVX2 is alike.
  static const size_t costs[CK_ATTEND_ROWS] = {10, 14, 18, 20};
  size_t best = 1, least = SIZE_MAX;
  for (size_t together = 1; together <= CK_ATTEND_ROWS && together <= rows; together++) {
    const size_t chunks = kv_heads * ((rows + together - 1) / together);
    const size_t cost = (chunks + threads - 1) / threads * costs[together - 1];
    if (cost <= least) best = together, least = cost;
  }
  return best;
}

void ck_attention(ck_pool *pool, const ck_kv_cache *cache, const float *q, size_t queries,
                  size_t first_position, size_t heads, const ck_scores *scores, float *out) {
  const size_t rows = queries * (heads / cache->kv_heads);
  const size_t together = rows_together(rows, cache->kv_heads, ck_pool_threads(pool));
  attention_job job = {
    .kernels = ck_current(), .cache = cache, .q = q, .queries = queries,
    .first_position = first_position, .heads = heads, .scores = *scores,
    .together = together,
    .chunks_per_head = (rows + together - 1) / together, .out = out,
  };
  ck_pool_run(pool, attention_chunk, &job, cache->kv_heads * job.chunks_per_head);
}
