// Parts of a vector of logits, which are summarized on their own and then merged.
#pragma once

#include "CleaveISA.h"
#include "CleaveLogits.h"

/// The two largest of the logits i with i % CK_LANES == lane; index is UINT32_MAX when none is above
/// -INFINITY.
typedef struct ck_scan {
  float best[CK_LANES], second[CK_LANES];  // [lane]
  uint32_t index[CK_LANES];                // [lane], of best
} ck_scan;

/// The sums that an entropy is computed from: of e^x and of e^x * x.
typedef struct ck_entropy_sums {
  float sum, weighted;
} ck_entropy_sums;

/// Summarizes logits[first ..< end], at most CK_LOGITS_PART.
void ck_summarize_part(const float *logits, size_t first, size_t end, float temperature,
                       ck_logits_part *out);
/// Summarizes all parts of n logits. parts: [ck_parts_of(n)]
void ck_summarize_parts(const float *logits, size_t n, float temperature, ck_logits_part *parts);
/// Replaces the sums of parts, whose largest logits are known, by those at another temperature.
void ck_sum_parts(const float *logits, size_t n, float temperature, ck_logits_part *parts);
/// The number of parts of n logits.
static inline size_t ck_parts_of(size_t n) { return (n + CK_LOGITS_PART - 1) / CK_LOGITS_PART; }
/// The summary of n logits from their parts; logits: [n], read only when no logit is above -INFINITY.
ck_logits_summary ck_merge_parts(const ck_logits_part *parts, size_t count, const float *logits,
                                 size_t n, float temperature);
