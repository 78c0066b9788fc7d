// The way from a type to its codec. Included by every variant after codecs.inc.h, codecs_k.inc.h
// and dequantize_f16(bytes, out, n).

// The codec is written at its place of use, so that it is inlined into its own loop.
#define CK_EACH_BLOCK(codec, bytes, elements)                           \
  for (size_t i = 0; i < n / (elements); i++) {                         \
    codec(blocks + i * (bytes), out + i * (elements));                  \
  }                                                                     \
  return

static void dequantize(ck_type type, const uint8_t *restrict blocks, float *restrict out,
                       size_t n) {
  switch (type) {
    case CK_F32: memcpy(out, blocks, n * sizeof *out); return;
    case CK_F16: dequantize_f16(blocks, out, n); return;
    case CK_BF16: dequantize_bf16(blocks, out, n); return;
    case CK_Q4_0: CK_EACH_BLOCK(block_q4_0, 18, 32);
    case CK_Q4_1: CK_EACH_BLOCK(block_q4_1, 20, 32);
    case CK_Q5_0: CK_EACH_BLOCK(block_q5_0, 22, 32);
    case CK_Q5_1: CK_EACH_BLOCK(block_q5_1, 24, 32);
    case CK_Q8_0: CK_EACH_BLOCK(block_q8_0, 34, 32);
    case CK_Q2_K: CK_EACH_BLOCK(block_q2_k, 84, 256);
    case CK_Q3_K: CK_EACH_BLOCK(block_q3_k, 110, 256);
    case CK_Q4_K: CK_EACH_BLOCK(block_q4_k, 144, 256);
    case CK_Q5_K: CK_EACH_BLOCK(block_q5_k, 176, 256);
    case CK_Q6_K: CK_EACH_BLOCK(block_q6_k, 210, 256);
  }
}
