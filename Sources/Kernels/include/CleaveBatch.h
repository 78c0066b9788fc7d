// Many sequences at once: attention of each over its own cache, and what is kept of many logits. The
// numbers are those of the functions for one sequence, to the bit.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// ---- Spans -----------------------------------------------------------------------------------

/// Consecutive columns of one sequence in a batch of several. A span is the work of one thread, so
/// a long piece of a sequence is better given as several spans.
typedef struct ck_span {
  ck_kv_cache cache;      ///< of the sequence
  size_t first_position;  ///< of the first column in its sequence
  size_t column;          ///< the first column in the batch
  size_t columns;
} ck_span;

/// ck_store_kv for every span. q: [columns of the batch, heads * head_dim]; k, v: [columns of the
/// batch, kv_heads * head_dim]; cosine, sine: [positions, head_dim / 2], from position 0 on.
void ck_store_kv_spans(ck_pool *pool, const ck_span *spans, size_t count, float *q, size_t heads,
                       float *k, const float *v, const float *cosine, const float *sine);

/// ck_attention for every span. q, out: [columns of the batch, heads * head_dim].
void ck_attention_spans(ck_pool *pool, const ck_span *spans, size_t count, const float *q,
                        size_t heads, float scale, size_t window, float *out);

// ---- Logits ----------------------------------------------------------------------------------

/// The k largest of each of `columns` vectors of n logits, falling, the lower id first among equals,
/// and the summary of each at temperature 1. Where a summary's log_sum_exp is not finite, its
/// column of ids and values means nothing.
/// logits: [columns, n]; 1 <= k <= n; ids, values: [columns, k]; summaries: [columns].
void ck_top_logits(ck_pool *pool, const float *logits, size_t n, size_t columns, size_t k,
                   uint32_t *ids, float *values, ck_logits_summary *summaries);

/// What an exit's confidence may be measured by.
typedef struct ck_signals {
  ck_logits_summary summary;  ///< at the temperature
  float entropy;              ///< ck_entropy at the temperature
  ck_logits_summary plain;    ///< at temperature 1
} ck_signals;

/// ck_summarize_logits at the temperature and at 1, and ck_entropy, of each of `columns` vectors of n
/// logits. logits: [columns, n]; n >= 1; temperature > 0; out: [columns].
void ck_find_signals(ck_pool *pool, const float *logits, size_t n, size_t columns,
                     float temperature, ck_signals *out);

// ---- Storing ---------------------------------------------------------------------------------

/// float32 to float16, to nearest, ties to even; infinite beyond float16's range.
void ck_narrow(const float *x, uint16_t *out, size_t n);

#ifdef __cplusplus
}
#endif
