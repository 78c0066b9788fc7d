// RMSNorm, SwiGLU and the softmax of attention, forward and backward.
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

// The number of keys that a row attends to.
static inline size_t seen_by(const ck_causal_tile *tile, size_t row) {
  const size_t seen = tile->first + row + 1;
  return seen < tile->width ? seen : tile->width;
}

// s = exp(s * scale - shift) * factor for the keys in sight, 0 for the others.
static void row_of_exp(float *s, size_t seen, size_t width, float scale, float shift, float factor) {
  for (size_t i = 0; i < seen; i += LANES) {
    const size_t count = seen - i < LANES ? seen - i : LANES;
    store_some(s + i, exp_of(load_some(s + i, count, 0) * scale - shift) * factor, count);
  }
  memset(s + seen, 0, (width - seen) * sizeof *s);
}

static void causal_softmax(const ck_causal_tile *tile, float *s, float *log_sum, size_t stride) {
  for (size_t row = 0; row < tile->rows; row++, s += tile->width) {
    const size_t seen = seen_by(tile, row);
    lanes best = all(-INFINITY);
    for (size_t i = 0; i < seen; i += LANES) {
      const size_t count = seen - i < LANES ? seen - i : LANES;
      best = larger(load_some(s + i, count, -INFINITY), best);
    }
    const float shift = largest(best) * tile->scale;
    lanes sum = all(0);
    for (size_t i = 0; i < seen; i += LANES) {
      const size_t count = seen - i < LANES ? seen - i : LANES;
      const lanes power = exp_of(load_some(s + i, count, -INFINITY) * tile->scale - shift);
      sum += power;
      store_some(s + i, power, count);
    }
    const float whole = total(sum), factor = 1 / whole;
    for (size_t i = 0; i < seen; i++) s[i] *= factor;
    memset(s + seen, 0, (tile->width - seen) * sizeof *s);
    log_sum[row * stride] = shift + logf(whole);
  }
}

static void causal_softmax_again(const ck_causal_tile *tile, float *s, const float *log_sum,
                                 size_t stride) {
  for (size_t row = 0; row < tile->rows; row++, s += tile->width) {
    row_of_exp(s, seen_by(tile, row), tile->width, tile->scale, log_sum[row * stride], 1);
  }
}

static void causal_softmax_backward(const ck_causal_tile *tile, const float *p, float *dp,
                                    const float *dot, size_t stride) {
  for (size_t row = 0; row < tile->rows; row++, p += tile->width, dp += tile->width) {
    const float sum = dot[row * stride];
    for (size_t i = 0; i < tile->width; i++) dp[i] = p[i] * (dp[i] - sum) * tile->scale;
  }
}

static void row_dots(const float *a, const float *b, size_t rows, size_t n, size_t stride,
                     float *out, size_t out_stride) {
  for (size_t row = 0; row < rows; row++) {
    out[row * out_stride] = dot_of(a + row * stride, b + row * stride, n);
  }
}
