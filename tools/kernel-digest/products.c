// Products of all types, of floats and of integers.
#include "digest.h"

typedef struct {
  ck_type type;
  int count, scales[2];  // where the float16 stand in a block
} format;

static const format formats[] = {
  {CK_F32, 0, {0}}, {CK_F16, 1, {0}}, {CK_BF16, 1, {0}}, {CK_Q4_0, 1, {0}}, {CK_Q4_1, 2, {0, 2}},
  {CK_Q5_0, 1, {0}}, {CK_Q5_1, 2, {0, 2}}, {CK_Q8_0, 1, {0}}, {CK_Q2_K, 2, {80, 82}},
  {CK_Q3_K, 1, {108}}, {CK_Q4_K, 2, {0, 2}}, {CK_Q5_K, 2, {0, 2}}, {CK_Q6_K, 1, {208}},
  {CK_IQ1_S, 1, {0}}, {CK_IQ1_M, 1, {54}}, {CK_IQ2_XXS, 1, {0}}, {CK_IQ2_XS, 1, {0}},
  {CK_IQ2_S, 1, {0}}, {CK_IQ3_XXS, 1, {0}}, {CK_IQ3_S, 1, {0}}, {CK_IQ4_NL, 1, {0}},
  {CK_IQ4_XS, 1, {0}}, {CK_TQ1_0, 1, {52}}, {CK_TQ2_0, 1, {64}}, {CK_NVFP4, 0, {0}},
  {CK_MXFP4, 0, {0}}, {CK_Q8_K, 1, {2}},
};

// The bits of the byte that holds a scale's exponent which, all set, may mean infinity or no number.
static int exponent_bits(ck_type type) {
  switch (type) {
    case CK_BF16: case CK_Q8_K: return 0x7f;
    case CK_IQ1_M: return 0x70;
    default: return 0x7c;
  }
}

static uint8_t *weights_of(const format *f, size_t elements) {
  if (f->type == CK_F32) return (uint8_t *)numbers(elements, 1);
  const size_t size = ck_block_bytes(f->type), blocks = elements / ck_block_elements(f->type);
  uint8_t *out = room(blocks * size);
  for (size_t i = 0; i < blocks * size; i++) out[i] = (uint8_t)next();
  for (size_t b = 0; b < blocks; b++) {
    for (int s = 0; s < f->count; s++) {
      // Any finite number: an exponent of all ones loses a bit.
      uint8_t *high = out + b * size + f->scales[s] + 1;
      const int all = exponent_bits(f->type);
      if ((*high & all) == all) *high &= 0xbf;
    }
    if (f->type == CK_MXFP4) out[b * size] = 96 + out[b * size] % 64;
  }
  return out;
}

static void products(ck_pool *pool, const format *f) {
  enum { K = 768, ROWS = 53, MAX_COLUMNS = 33 };
  static const size_t columns[] = {1, 2, 3, 4, 5, 8, 9, 33};
  uint8_t *gate = weights_of(f, ROWS * K), *up = weights_of(&formats[7], ROWS * K);
  float *x = numbers(MAX_COLUMNS * K, 2), *y = room(MAX_COLUMNS * ROWS * sizeof *y);
  x[K + 5] = INFINITY;
  x[2 * K + 300] = NAN;
  ck_activations *blocks = room(MAX_COLUMNS * K / CK_BLOCK * sizeof *blocks);
  ck_activations *out = room(MAX_COLUMNS * sizeof *out);
  ck_quantize_activations(pool, x, K, MAX_COLUMNS, blocks);
  float *floats = room(ROWS * K * sizeof *floats), *biases = numbers(CK_BLOCK, 3);
  float *head_bias = numbers(ROWS, 3);
  ck_dequantize(f->type, gate, floats, ROWS * K);
  uint64_t hash = FRESH;
  hash_floats(&hash, floats, ROWS * K);
  line("dequantize", (int)f->type, hash);
  for (int integers = 0; integers < 2; integers++) {
    uint64_t sums = FRESH, pairs = FRESH;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
      const ck_input in = {x, integers ? blocks : NULL, K, columns[i]};
      const ck_weights m = {f->type, gate, ROWS, y, ROWS};
      const ck_weights g = {f->type, gate, CK_BLOCK, NULL, 0}, u = {CK_Q8_0, up, CK_BLOCK, NULL, 0};
      ck_project(pool, &in, &m, 1, 0);
      hash_floats(&sums, y, columns[i] * ROWS);
      ck_project(pool, &in, &m, 1, 1);
      hash_floats(&sums, y, columns[i] * ROWS);
      for (int activation = CK_SILU; activation <= CK_CLAMPED_SWIGLU; activation++) {
        const ck_feed_forward network = {
          .gate = &g, .up = &u, .gate_bias = biases, .activation = (ck_activation)activation,
          .slope = 1.702f, .limit = 7,
        };
        ck_gate_up(pool, &in, &network, y, integers ? out : NULL);
        hash_floats(&pairs, y, columns[i] * CK_BLOCK);
        if (integers) hash_blocks(&pairs, out, columns[i]);
      }
    }
    line(integers ? "integers" : "floats", (int)f->type, sums);
    line(integers ? "gate-up q" : "gate-up", (int)f->type, pairs);
  }
  ck_logits_part part;
  const ck_input in = {x, blocks, K, 1};
  const ck_weights head = {f->type, gate, ROWS, y, ROWS};
  hash = FRESH;
  for (int more = 0; more < 2; more++) {  // without and with a bias and a cap
    const ck_logits_summary s =
      ck_unembed(pool, &in, &head, more ? head_bias : NULL, more ? 20 : 0, 0.7f, &part);
    hash_bytes(&hash, &s.argmax, sizeof s.argmax);
    hash_floats(&hash, &s.max, 3);
    hash_floats(&hash, y, ROWS);
  }
  line("unembed", (int)f->type, hash);
  free(head_bias);
  free(gate), free(up), free(x), free(y), free(blocks), free(out), free(floats), free(biases);
}

void digest_products(ck_pool *pool) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) products(pool, &formats[i]);
}
