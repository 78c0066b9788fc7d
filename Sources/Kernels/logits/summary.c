// The summary of a vector of logits.
#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include <stdlib.h>

#include "logits/parts.h"

#include "isa/kernels.h"
#include "pool/pool.h"

// Adds the two largest of some logits to a part. Of equals the one with the lower index is the larger.
static void take(ck_logits_part *all, float best, float second, uint32_t index) {
  float loser = best;
  if (best > all->max || (best == all->max && index < all->argmax)) {
    loser = all->max;
    all->max = best;
    all->argmax = index;
  }
  if (loser > all->second) all->second = loser;
  if (second > all->second) all->second = second;
}

static const ck_logits_part nothing = {UINT32_MAX, -INFINITY, -INFINITY, 0};

static void sum_part(const float *logits, size_t n, float temperature, ck_logits_part *part) {
  // Without a maximum all logits are -INFINITY, which adds 0, or NaN, which must show in the sum.
  const float base = part->argmax == UINT32_MAX ? 0 : part->max / temperature;
  part->sum = ck_current()->sum_exp(logits, n, temperature, base);
}

void ck_summarize_part(const float *logits, size_t first, size_t end, float temperature,
                       ck_logits_part *out) {
  ck_scan scan;
  ck_current()->scan(logits + first, end - first, &scan);
  *out = nothing;
  for (size_t lane = 0; lane < CK_LANES; lane++) {
    const uint32_t at = scan.index[lane] == UINT32_MAX ? UINT32_MAX : scan.index[lane] + (uint32_t)first;
    take(out, scan.best[lane], scan.second[lane], at);
  }
  sum_part(logits + first, end - first, temperature, out);
}

static size_t end_of(size_t first, size_t n) {
  return n - first < CK_LOGITS_PART ? n : first + CK_LOGITS_PART;
}

void ck_summarize_parts(const float *logits, size_t n, float temperature, ck_logits_part *parts) {
  for (size_t first = 0; first < n; first += CK_LOGITS_PART) {
    ck_summarize_part(logits, first, end_of(first, n), temperature, parts++);
  }
}

void ck_sum_parts(const float *logits, size_t n, float temperature, ck_logits_part *parts) {
  for (size_t first = 0; first < n; first += CK_LOGITS_PART) {
    sum_part(logits + first, end_of(first, n) - first, temperature, parts++);
  }
}

// The summary when no logit is above -INFINITY: the first that is not NaN, or the first of all.
static ck_logits_summary without_maximum(const float *logits, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (!isnan(logits[i])) return (ck_logits_summary){(uint32_t)i, -INFINITY, -INFINITY, NAN};
  }
  return (ck_logits_summary){0, NAN, -INFINITY, NAN};
}

ck_logits_summary ck_merge_parts(const ck_logits_part *parts, size_t count, const float *logits,
                                 size_t n, float temperature) {
  ck_logits_part all = nothing;
  for (size_t i = 0; i < count; i++) take(&all, parts[i].max, parts[i].second, parts[i].argmax);
  if (all.argmax == UINT32_MAX) return without_maximum(logits, n);
  for (size_t i = 0; i < count; i++) {
    float factor = 1;
    if (parts[i].argmax != UINT32_MAX) {
      const float below = parts[i].max / temperature - all.max / temperature;
      ck_current()->exp(&below, &factor, 1);
    }
    all.sum += parts[i].sum * factor;
  }
  const float max = all.max / temperature;
  const float log_sum = isfinite(all.sum) ? (float)(max + ck_log(all.sum)) : NAN;
  return (ck_logits_summary){all.argmax, max, all.second / temperature, log_sum};
}

ck_logits_summary ck_summarize_logits(const float *logits, size_t n, float temperature) {
  ck_logits_part all[64], *parts = all;
  const size_t count = ck_parts_of(n);
  if (count > 64) parts = ck_allocate(count * sizeof *parts);
  ck_summarize_parts(logits, n, temperature, parts);
  const ck_logits_summary summary = ck_merge_parts(parts, count, logits, n, temperature);
  if (parts != all) free(parts);
  return summary;
}
