// The short convolution and the gated delta rule.
#include "digest.h"

static void convolution(ck_pool *pool, size_t width, size_t taps) {
  enum { COLUMNS = 29, ROWS = 20 };
  float *x = numbers(COLUMNS * width, 3), *weights = numbers(taps * width, 1);
  float *kept = room(ROWS * width * sizeof *kept), *out = room(COLUMNS * width * sizeof *out);
  uint64_t hash = FRESH;
  for (int silu = 0; silu < 2; silu++) {
    for (size_t first = 0; first < 3 * COLUMNS; first += COLUMNS) {
      const ck_kept_span span = {kept, ROWS, width, first, 0, COLUMNS};
      ck_short_convolution(pool, &span, 1, x, width, weights, taps, silu, out);
      ck_keep_rows(&span, 1, x, width, 0);
      hash_floats(&hash, out, COLUMNS * width);
    }
  }
  ck_sigmoid_gate(out, x, COLUMNS * width);
  hash_floats(&hash, out, COLUMNS * width);
  line("convolution", (int)width, hash);
  free(x), free(weights), free(kept), free(out);
}

static void delta(ck_pool *pool, ck_delta_net net) {
  enum { COLUMNS = 37 };
  const size_t width = 2 * net.key_heads * net.key_dim + net.value_heads * net.value_dim;
  const size_t values = net.value_heads * net.value_dim, size = values * net.key_dim;
  float *x = numbers(COLUMNS * width, 2), *decay = numbers(COLUMNS * net.value_heads, 8);
  float *write = numbers(COLUMNS * net.value_heads, 8), *rate = numbers(net.value_heads, 2);
  float *bias = numbers(net.value_heads, 1), *states = room(3 * size * sizeof *states);
  float *out = room(COLUMNS * values * sizeof *out);
  ck_delta_gates(decay, write, rate, bias, net.value_heads, COLUMNS);
  ck_delta_normalize(pool, net, x, COLUMNS);
  const ck_delta_span span = {states, {states + size, states + 2 * size}, 8, 0, 0, COLUMNS};
  ck_delta_rule(pool, net, &span, 1, x, decay, write, out);
  uint64_t hash = FRESH;
  hash_floats(&hash, decay, COLUMNS * net.value_heads);
  hash_floats(&hash, write, COLUMNS * net.value_heads);
  hash_floats(&hash, x, COLUMNS * width);
  hash_floats(&hash, states, 3 * size);
  hash_floats(&hash, out, COLUMNS * values);
  line("delta rule", (int)net.key_dim, hash);
  free(x), free(decay), free(write), free(rate), free(bias), free(states), free(out);
}

void digest_recurrence(ck_pool *pool) {
  static const size_t widths[] = {7, 48, 600};
  for (size_t i = 0; i < 3; i++) convolution(pool, widths[i], i + 2);
  delta(pool, (ck_delta_net){1, 1, 4, 16});
  delta(pool, (ck_delta_net){2, 4, 12, 32});
  delta(pool, (ck_delta_net){2, 6, 128, 128});
}
