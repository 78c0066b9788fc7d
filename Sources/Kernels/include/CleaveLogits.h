// Logits: the unembedding, summaries of them, and the signals that exits decide by.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "CleavePool.h"
#include "CleaveProducts.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- One vector of logits --------------------------------------------------------------------------

/// The largest logits of a vector and the normaliser of its softmax. The largest probability is
/// exp(max - log_sum_exp).
typedef struct ck_logits_summary {
  uint32_t argmax;    ///< the lowest index among equals
  float max;          ///< the largest logit, divided by the temperature
  float second;       ///< the second largest, divided by the temperature; -INFINITY when n == 1
  float log_sum_exp;  ///< log of the sum of exp(logit / temperature)
} ck_logits_summary;

enum { CK_LOGITS_PART = 512 };  ///< logits that are summed together

/// The partial summary of CK_LOGITS_PART logits, or of the rest at the end.
typedef struct ck_logits_part {
  uint32_t argmax;    ///< UINT32_MAX when none is above -INFINITY
  float max, second;  ///< before division by the temperature, which could make unequal logits equal
  float sum;          ///< of exp(logit / temperature - max / temperature)
} ck_logits_part;

/// Summarizes a vector of logits. logits: [n], n >= 1; temperature > 0. A NaN never wins argmax unless
/// all are NaN (argmax is 0 then, max NaN). log_sum_exp is NaN when any logit is NaN or +INFINITY, or
/// all are -INFINITY. The sum runs over parts of CK_LOGITS_PART in rising order.
ck_logits_summary ck_summarize_logits(const float *logits, size_t n, float temperature);

/// The logits of one vector and their summary in one pass: each part is summarized by the thread that
/// has just computed it. x: one column; matrix: the unembedding, with y: [rows]; bias: [rows], added to the
/// products, or NULL for none; cap: of the logits, as ck_cap has it, 0 for none; parts: scratch space,
/// [rows / CK_LOGITS_PART, rounded up].
ck_logits_summary ck_unembed(ck_pool *pool, const ck_input *x, const ck_weights *matrix,
                             const float *bias, float cap, float temperature, ck_logits_part *parts);

/// Entropy of softmax(logits / temperature) in nats, from 0 to log(n): with x = logits[i] / temperature -
/// max, log(sum of exp(x)) - sum of x * exp(x) / sum of exp(x). Parts of CK_LOGITS_PART are summed in
/// float32, their sums in doubles, in rising order. Logits whose exp(x) is 0 add nothing.
/// logits: [n], n >= 1; max: that of their summary at this temperature. NaN where the summary's
/// log_sum_exp is.
float ck_entropy(const float *logits, size_t n, float temperature, float max);

/// The natural logarithm of a finite x >= 1, to about 1e-15.
double ck_log(double x);

/// Sum of exp(x[i] - shift) in doubles, to a relative error of 1e-10. x: [n], x[i] - shift <= 709; NaN
/// for NaN.
double ck_sum_exp(const float *x, size_t n, double shift);
/// The Kullback-Leibler divergence of softmax(q) from softmax(p) in nats, in doubles: the sum of
/// P[i] * (log P[i] - log Q[i]). p, q: finite logits, [n]; the shifts: log of the sum of their exp.
double ck_divergence(const float *p, const float *q, size_t n, double p_shift, double q_shift);

// ---- Many vectors ------------------------------------------------------------------------------------

/// The k largest of each of `columns` vectors of n logits, falling, the lower id first among equals,
/// and the summary of each at temperature 1. Where a summary's log_sum_exp is not finite, its
/// column of ids and values is undefined.
/// logits: [columns, n]; 1 <= k <= n; ids, values: [columns, k]; summaries: [columns].
void ck_top_logits(ck_pool *pool, const float *logits, size_t n, size_t columns, size_t k,
                   uint32_t *ids, float *values, ck_logits_summary *summaries);

/// The signals that an exit's confidence may be computed from.
typedef struct ck_signals {
  ck_logits_summary summary;  ///< at the temperature
  float entropy;              ///< ck_entropy at the temperature
  ck_logits_summary plain;    ///< at temperature 1
} ck_signals;

/// ck_summarize_logits at the temperature and at 1, and ck_entropy, of each of `columns` vectors of n
/// logits. logits: [columns, n]; n >= 1; temperature > 0; out: [columns].
void ck_find_signals(ck_pool *pool, const float *logits, size_t n, size_t columns,
                     float temperature, ck_signals *out);

#ifdef __cplusplus
}
#endif
