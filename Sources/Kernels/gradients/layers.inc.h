// Norms, SwiGLU, GeGLU and the softmax of attention, forward and backward.
#pragma once

#include "gradients/lanes.inc.h"

static float dot_of(const float *a, const float *b, size_t n) {
  lanes sum = all(0);
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) sum += load(a + i) * load(b + i);
  if (i < n) sum += load_some(a + i, n - i, 0) * load_some(b + i, n - i, 0);
  return total(sum);
}

static void norm_forward(const float *x, const float *w, float epsilon, size_t rows, size_t n,
                         float *y, float *inverse) {
  for (size_t row = 0; row < rows; row++, x += n, y += n) {
    const float scale = 1 / sqrtf(dot_of(x, x, n) / (float)n + epsilon);
    inverse[row] = scale;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) store(y + i, load(x + i) * scale * load(w + i));
    for (; i < n; i++) y[i] = x[i] * scale * w[i];
  }
}

// With u = x / rms: dx = (w dy - u mean(u w dy)) / rms, dw = u dy.
static void norm_backward(const float *x, const float *w, const float *inverse, const float *dy,
                          size_t rows, size_t n, float *dx, float *dw) {
  for (size_t row = 0; row < rows; row++, x += n, dy += n, dx += n) {
    const float scale = inverse[row];
    lanes sum = all(0);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) sum += load(x + i) * load(w + i) * load(dy + i);
    float mean = total(sum);
    for (; i < n; i++) mean += x[i] * w[i] * dy[i];
    mean *= scale * scale / (float)n;
    for (i = 0; i + LANES <= n; i += LANES) {
      const lanes from = load(x + i), gradient = load(dy + i);
      store(dx + i, load(dx + i) + (load(w + i) * gradient - from * mean) * scale);
      store(dw + i, load(dw + i) + from * scale * gradient);
    }
    for (; i < n; i++) {
      dx[i] += (w[i] * dy[i] - x[i] * mean) * scale;
      dw[i] += x[i] * scale * dy[i];
    }
  }
}

static float sum_of(const float *x, size_t n) {
  lanes sum = all(0);
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) sum += load(x + i);
  if (i < n) sum += load_some(x + i, n - i, 0);
  return total(sum);
}

static void layer_norm_forward(const float *x, const float *w, const float *b, float epsilon,
                               size_t rows, size_t n, float *y, float *inverse) {
  for (size_t row = 0; row < rows; row++, x += n, y += n) {
    const float mean = sum_of(x, n) / (float)n;
    for (size_t i = 0; i < n; i++) y[i] = x[i] - mean;
    const float scale = 1 / sqrtf(dot_of(y, y, n) / (float)n + epsilon);
    inverse[row] = scale;
    for (size_t i = 0; i < n; i++) y[i] = y[i] * scale * w[i];
    for (size_t i = 0; b && i < n; i++) y[i] += b[i];
  }
}

// With u = (x - mean) / deviation: dx = (w dy - mean(w dy) - u mean(u w dy)) / deviation, dw = u dy.
static void layer_norm_backward(const float *x, const float *w, const float *inverse,
                                const float *dy, size_t rows, size_t n, float *dx, float *dw) {
  for (size_t row = 0; row < rows; row++, x += n, dy += n, dx += n) {
    const float scale = inverse[row], mean = sum_of(x, n) / (float)n;
    lanes sum = all(0), along = all(0);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
      const lanes gradient = load(w + i) * load(dy + i);
      sum += gradient;
      along += (load(x + i) - mean) * scale * gradient;
    }
    float level = total(sum), slope = total(along);
    for (; i < n; i++) {
      level += w[i] * dy[i];
      slope += (x[i] - mean) * scale * (w[i] * dy[i]);
    }
    level /= (float)n;
    slope /= (float)n;
    for (i = 0; i < n; i++) {
      const float u = (x[i] - mean) * scale;
      dx[i] += (w[i] * dy[i] - level - u * slope) * scale;
      dw[i] += u * dy[i];
    }
  }
}

static inline lanes sigmoid(lanes x) { return 1.0f / (1.0f + exp_of(-x)); }

static void swiglu_forward(const float *gate, const float *up, size_t n, float *out) {
  for (size_t i = 0; i < n; i += LANES) {
    const size_t count = n - i < LANES ? n - i : LANES;
    const lanes g = load_some(gate + i, count, 0);
    store_some(out + i, g * sigmoid(g) * load_some(up + i, count, 0), count);
  }
}

// silu'(g) = s + g s (1 - s), s = sigmoid(g).
static void swiglu_backward(const float *gate, const float *up, const float *dout, size_t n,
                            float *dgate, float *dup) {
  for (size_t i = 0; i < n; i += LANES) {
    const size_t count = n - i < LANES ? n - i : LANES;
    const lanes g = load_some(gate + i, count, 0), s = sigmoid(g);
    const lanes u = load_some(up + i, count, 0), d = load_some(dout + i, count, 0);
    store_some(dgate + i, d * u * (s + g * s * (1.0f - s)), count);
    store_some(dup + i, d * g * s, count);
  }
}

// 2 u and its slope, of u = sqrt(2 / pi) (v + 0.044715 v^3).
static inline lanes gelu_argument(lanes v) {
  return 1.5957691216057308f * v * (1.0f + 0.044715f * v * v);
}

static inline lanes gelu_argument_slope(lanes v) {
  return 1.5957691216057308f * (1.0f + 3 * 0.044715f * v * v);
}

static void geglu_forward(const float *gate, const float *up, size_t n, float *out) {
  for (size_t i = 0; i < n; i += LANES) {
    const size_t count = n - i < LANES ? n - i : LANES;
    const lanes g = load_some(gate + i, count, 0);
    store_some(out + i, g * sigmoid(gelu_argument(g)) * load_some(up + i, count, 0), count);
  }
}

// gelu'(g) = s + g s (1 - s) a', s = sigmoid(a), a = 2 u. Where s is 0 or 1, the slope of a may overflow.
static void geglu_backward(const float *gate, const float *up, const float *dout, size_t n,
                           float *dgate, float *dup) {
  for (size_t i = 0; i < n; i += LANES) {
    const size_t count = n - i < LANES ? n - i : LANES;
    const lanes g = load_some(gate + i, count, 0), s = sigmoid(gelu_argument(g));
    const lanes u = load_some(up + i, count, 0), d = load_some(dout + i, count, 0);
    const lanes bent = s * (1.0f - s);
    const lanes slope =
        s + choose(bent == 0.0f, all(0), g * bent * gelu_argument_slope(g));
    store_some(dgate + i, d * u * slope, count);
    store_some(dup + i, d * g * s, count);
  }
}

// The normal distribution function of v, and its density times v: Abramowitz & Stegun 1964, 7.1.26.
static inline lanes normal_of(lanes v, lanes *bent) {
  const lanes z = choose(v < 0.0f, -v, v) * 0x1.6a09e6p-1f, t = 1.0f / (1.0f + 0.3275911f * z);
  const lanes power = exp_of(-z * z);
  lanes p = 1.061405429f * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  const lanes tail = 0.5f * p * t * power;
  *bent = v * 0.3989422804f * power;
  return choose(v < 0.0f, tail, 1.0f - tail);
}

static void geglu_erf_forward(const float *gate, const float *up, size_t n, float *out) {
  for (size_t i = 0; i < n; i += LANES) {
    const size_t count = n - i < LANES ? n - i : LANES;
    const lanes g = load_some(gate + i, count, 0);
    lanes bent;
    store_some(out + i, g * normal_of(g, &bent) * load_some(up + i, count, 0), count);
  }
}

// gelu'(g) = Phi(g) + g phi(g).
static void geglu_erf_backward(const float *gate, const float *up, const float *dout, size_t n,
                               float *dgate, float *dup) {
  for (size_t i = 0; i < n; i += LANES) {
    const size_t count = n - i < LANES ? n - i : LANES;
    const lanes g = load_some(gate + i, count, 0);
    const lanes u = load_some(up + i, count, 0), d = load_some(dout + i, count, 0);
    lanes bent;
    const lanes share = normal_of(g, &bent);
    store_some(dgate + i, d * u * (share + bent), count);
    store_some(dup + i, d * g * share, count);
  }
}

static void clamped_swiglu_forward(const float *gate, const float *up, float slope, float limit,
                                   size_t n, float *out) {
  for (size_t i = 0; i < n; i += LANES) {
    const size_t count = n - i < LANES ? n - i : LANES;
    lanes g = load_some(gate + i, count, 0), u = load_some(up + i, count, 0);
    g = choose(g > limit, all(limit), g);
    u = choose(u > limit, all(limit), choose(u < -limit, all(-limit), u));
    store_some(out + i, g * sigmoid(slope * g) * (u + 1.0f), count);
  }
}

// Beyond a bound there is no slope.
static void clamped_swiglu_backward(const float *gate, const float *up, const float *dout,
                                    float slope, float limit, size_t n, float *dgate, float *dup) {
  for (size_t i = 0; i < n; i += LANES) {
    const size_t count = n - i < LANES ? n - i : LANES;
    const lanes whole_g = load_some(gate + i, count, 0), whole_u = load_some(up + i, count, 0);
    const lanes d = load_some(dout + i, count, 0);
    const lanes g = choose(whole_g > limit, all(limit), whole_g);
    const lanes u = choose(whole_u > limit, all(limit), choose(whole_u < -limit, all(-limit), whole_u));
    const lanes s = sigmoid(slope * g);
    const lanes bent = d * (u + 1.0f) * (s + slope * g * s * (1.0f - s));
    store_some(dgate + i, choose(whole_g > limit, all(0), bent), count);
    store_some(dup + i, choose((whole_u > limit) | (whole_u < -limit), all(0), d * g * s), count);
  }
}

// The keys that a row attends to: from `first_seen_by` up to `seen_by`.
static inline size_t seen_by(const ck_causal_tile *tile, size_t row) {
  const size_t seen = tile->first + row + 1;
  return seen < tile->width ? seen : tile->width;
}

static inline size_t first_seen_by(const ck_causal_tile *tile, size_t row) {
  const size_t end = tile->first + row + 1;
  return tile->window > 0 && end > tile->window ? end - tile->window : 0;
}

// Scores times the scale, and capped.
static inline lanes scaled(const ck_causal_tile *tile, lanes score) {
  score *= tile->scale;
  if (tile->cap == 0) return score;
  return tile->cap * (1.0f - 2.0f / (1.0f + exp_of(score * (2 / tile->cap))));
}

static void clear_unseen(float *s, size_t from, size_t seen, size_t width) {
  memset(s, 0, from * sizeof *s);
  memset(s + seen, 0, (width - seen) * sizeof *s);
}

static void causal_softmax(const ck_causal_tile *tile, float *s, float *log_sum, size_t stride) {
  for (size_t row = 0; row < tile->rows; row++, s += tile->width) {
    const size_t from = first_seen_by(tile, row), seen = seen_by(tile, row);
    lanes best = all(-INFINITY);
    for (size_t i = from; i < seen; i += LANES) {
      const size_t count = seen - i < LANES ? seen - i : LANES;
      best = larger(load_some(s + i, count, -INFINITY), best);
    }
    // A cap keeps the order of scores.
    const float highest = scaled(tile, all(largest(best)))[0];
    const float shift = highest > tile->sink ? highest : tile->sink;
    lanes sum = all(0);
    for (size_t i = from; i < seen; i += LANES) {
      const size_t count = seen - i < LANES ? seen - i : LANES;
      const lanes score = scaled(tile, load_some(s + i, count, 0));
      const lanes power = exp_of(score - shift);
      store_some(s + i, power, count);
      sum += load_some(s + i, count, 0);
    }
    const float whole = total(sum) + expf(tile->sink - shift), factor = 1 / whole;
    for (size_t i = from; i < seen; i++) s[i] *= factor;
    clear_unseen(s, from, seen, tile->width);
    log_sum[row * stride] = shift + logf(whole);
  }
}

static void causal_softmax_again(const ck_causal_tile *tile, float *s, const float *log_sum,
                                 size_t stride) {
  for (size_t row = 0; row < tile->rows; row++, s += tile->width) {
    const size_t from = first_seen_by(tile, row), seen = seen_by(tile, row);
    for (size_t i = from; i < seen; i += LANES) {
      const size_t count = seen - i < LANES ? seen - i : LANES;
      const lanes score = scaled(tile, load_some(s + i, count, 0));
      if (tile->cap > 0) {
        const lanes share = score / tile->cap;
        store_some(tile->slopes + row * tile->width + i, 1.0f - share * share, count);
      }
      store_some(s + i, exp_of(score - log_sum[row * stride]), count);
    }
    clear_unseen(s, from, seen, tile->width);
  }
}

static void causal_softmax_backward(const ck_causal_tile *tile, const float *p, float *dp,
                                    const float *dot, size_t stride) {
  for (size_t row = 0; row < tile->rows; row++, p += tile->width, dp += tile->width) {
    const float sum = dot[row * stride];
    for (size_t i = 0; i < tile->width; i++) dp[i] = p[i] * (dp[i] - sum) * tile->scale;
    if (tile->cap == 0) continue;
    const float *slopes = tile->slopes + row * tile->width;
    const size_t seen = seen_by(tile, row);
    for (size_t i = first_seen_by(tile, row); i < seen; i++) dp[i] *= slopes[i];
  }
}

static void row_dots(const float *a, const float *b, size_t rows, size_t n, size_t stride,
                     float *out, size_t out_stride) {
  for (size_t row = 0; row < rows; row++) {
    out[row * out_stride] = dot_of(a + row * stride, b + row * stride, n);
  }
}
