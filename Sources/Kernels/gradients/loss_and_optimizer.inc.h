// The loss over candidates and the step of the optimizer.
#pragma once

#include "gradients/lanes.inc.h"

// Replaces z by exp(z + raise) and returns the sum.
static float exp_all(float *z, size_t n, float raise) {
  lanes sum = all(0);
  for (size_t i = 0; i < n; i += LANES) {
    const size_t count = n - i < LANES ? n - i : LANES;
    const lanes power = exp_of(load_some(z + i, count, -INFINITY) + raise);
    sum += power;
    store_some(z + i, power, count);
  }
  return total(sum);
}

static float largest_of(const float *z, size_t n) {
  lanes best = all(-INFINITY);
  for (size_t i = 0; i < n; i += LANES) {
    best = larger(load_some(z + i, n - i < LANES ? n - i : LANES, -INFINITY), best);
  }
  return largest(best);
}

static void scale_all(float *z, size_t n, float factor) {
  for (size_t i = 0; i < n; i++) z[i] *= factor;
}

static ck_distilled distill(float *z, size_t n, size_t sampled, float correction,
                            const ck_target *target) {
  const float first = largest_of(z, sampled), second = largest_of(z + sampled, n - sampled);
  // Sampled logits are raised, and the shift must not be below them either.
  const float raised = second + correction, shift = raised > first ? raised : first;
  float expected = 0;
  for (size_t i = 0; i < target->count; i++) {
    expected += target->probabilities[i] * z[target->columns[i]];
  }
  // The first of equal logits wins, as in ck_summarize_logits.
  const float answer = z[target->answer];
  const uint32_t agrees = answer >= first && answer >= second && largest_of(z, target->answer) < answer;
  const float sum = exp_all(z, sampled, -shift) + exp_all(z + sampled, n - sampled, correction - shift);
  ck_distilled result = {
    .loss = shift + logf(sum) - expected, .answer = z[target->answer] / sum, .agrees = agrees};
  result.weight = target->weight;
  result.confidence = expf((first > second ? first : second) - shift) / sum;
  if (target->focus > 0) {
    const float missing = 1 - result.answer;
    result.weight *= missing > 0 ? powf(missing, target->focus) : 0;
  }
  scale_all(z, n, result.weight / sum);
  for (size_t i = 0; i < target->count; i++) {
    z[target->columns[i]] -= result.weight * target->probabilities[i];
  }
  return result;
}

static float smooth_l1(const float *y, const float *target, size_t n, float weight, float *dy) {
  lanes squares = all(0);
  for (size_t i = 0; i < n; i += LANES) {
    const lanes t = load_some(target + i, n - i < LANES ? n - i : LANES, 0);
    squares += t * t;
  }
  const float square = total(squares) / (float)n;
  if (!(square > 0)) return 0;
  const float inverse = 1 / sqrtf(square), step = weight * inverse / (float)n;
  lanes sum = all(0);
  for (size_t i = 0; i < n; i += LANES) {
    const size_t count = n - i < LANES ? n - i : LANES;
    const lanes d = (load_some(y + i, count, 0) - load_some(target + i, count, 0)) * inverse;
    // The slope of the loss: d, between -1 and 1. The loss is slope (d - slope / 2).
    const lanes slope = -larger(-larger(d, all(-1)), all(-1));
    sum += slope * (d - slope * 0.5f);
    store_some(dy + i, load_some(dy + i, count, 0) + slope * step, count);
  }
  return total(sum) / (float)n;
}

static void tempered(const float *z, size_t n, size_t answer, const float *temperatures,
                     size_t count, float *out) {
  const float best = largest_of(z, n);
  for (size_t t = 0; t < count; t++) {
    const float inverse = 1 / temperatures[t];
    lanes sum = all(0);
    for (size_t i = 0; i < n; i += LANES) {
      const lanes part = load_some(z + i, n - i < LANES ? n - i : LANES, -INFINITY);
      sum += exp_of((part - best) * inverse);
    }
    out[t] = logf(total(sum)) + (best - z[answer]) * inverse;
  }
}

static void adamw_step(const ck_adamw *rule, size_t n, float *w, float *g, float *m, float *v) {
  const float keep = 1 - rule->rate * rule->decay, rate = rule->rate / rule->correction1;
  const float second = 1 / rule->correction2;
  for (size_t i = 0; i < n; i++) {
    const float gradient = g[i] * rule->gradient_scale;
    m[i] = rule->beta1 * m[i] + (1 - rule->beta1) * gradient;
    v[i] = rule->beta2 * v[i] + (1 - rule->beta2) * gradient * gradient;
    w[i] = keep * w[i] - rate * m[i] / (sqrtf(v[i] * second) + rule->epsilon);
    g[i] = 0;
  }
}

static double sum_of_squares(const float *x, size_t n) {
  double sums[LANES] = {0};
  for (size_t i = 0; i < n; i += LANES) {
    const size_t count = n - i < LANES ? n - i : LANES;
    for (size_t lane = 0; lane < count; lane++) sums[lane] += (double)x[i + lane] * x[i + lane];
  }
  double sum = 0;
  for (size_t lane = 0; lane < LANES; lane++) sum += sums[lane];
  return sum;
}

static void accumulate(const float *x, size_t n, float *y) {
  for (size_t i = 0; i < n; i++) y[i] += x[i];
}
