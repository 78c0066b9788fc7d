// Unpacking a panel: 16 rows of blocks become bytes in which 4 elements of each row lie side by
// side, the rows in lanes, which is what a 4-way dot product of bytes wants:
//   q[k / 4][row][k % 4],  scale[group][row],  minimum[group][row]
// A `part` is the WIDTH rows of one register; its 16-byte runs are fetched and transposed. A single
// column takes the bytes straight from the registers instead.

typedef struct {
  uint8_t *q;
  float *scale, *minimum;
  uint16_t *halves;  // scales as they are stored, [.., CK_PANEL]
} panel;

ALWAYS_INLINE panel panel_in(const ck_panel_product *p) {
  panel out = {.q = p->scratch};
  out.scale = (float *)(void *)(out.q + CK_PANEL * p->k);
  out.minimum = out.scale + CK_PANEL * (p->k / 16);
  out.halves = (uint16_t *)(void *)(out.minimum + CK_PANEL * (p->k / 16));
  return out;
}

// 16 bytes of each row of the part from `at` on; out[j] holds bytes 4j ..< 4j + 4 of every row.
ALWAYS_INLINE void fetch(const uint8_t *at, size_t stride, bytes out[4]) {
  const bytes a = row_quads(at, stride), b = row_quads(at + stride, stride);
  const bytes c = row_quads(at + 2 * stride, stride), d = row_quads(at + 3 * stride, stride);
  const bytes ab_low = UNPACK_LOW_32(a, b), ab_high = UNPACK_HIGH_32(a, b);
  const bytes cd_low = UNPACK_LOW_32(c, d), cd_high = UNPACK_HIGH_32(c, d);
  out[0] = UNPACK_LOW_64(ab_low, cd_low);
  out[1] = UNPACK_HIGH_64(ab_low, cd_low);
  out[2] = UNPACK_LOW_64(ab_high, cd_high);
  out[3] = UNPACK_HIGH_64(ab_high, cd_high);
}

// Where unpacked bytes go: to a panel, or, where that is NULL, against one column's activations.
typedef struct {
  uint8_t *q;
  int part, narrow;
  const ck_activations *x;  // beside the block
  ivec *sums;               // [elements of the block / 16], of its 16s
} sink;

ALWAYS_INLINE int32_t four_at(const int8_t *at) {
  int32_t four;
  memcpy(&four, at, sizeof four);
  return four;
}

// Elements k ..< k + 16 of the part: in[j] holds 4j ..< 4j + 4.
ALWAYS_INLINE void put(const sink *to, size_t k, const uvec in[4]) {
  if (to->q) {
    uint8_t *q = to->q + k * CK_PANEL + (size_t)to->part * 4 * WIDTH;
    UNROLL for (int j = 0; j < 4; j++) memcpy(q + j * 4 * CK_PANEL, &in[j], sizeof in[j]);
    return;
  }
  const int8_t *x = to->x[k / CK_BLOCK].q + k % CK_BLOCK;
  ivec sum = (ivec)(0);
  UNROLL for (int j = 0; j < 4; j++) {
    sum = dot4(sum, (bytes)in[j], four_at(x + 4 * j), to->narrow);
  }
  to->sums[k / 16] = sum;
}

// Bits `shift` and up of each byte, `mask` of them.
ALWAYS_INLINE uvec fields_of(bytes from, int shift, uint32_t mask) {
  return ((uvec)from >> shift) & (mask * 0x01010101u);
}

// Bit i of each row's word, i from `first` on, as bit 4 of 4 bytes.
ALWAYS_INLINE uvec fifth_bits(uvec words, int first) {
  const uvec four = (words >> first) & 15;
  return ((four | four << 7 | four << 14 | four << 21) & 0x01010101u) << 4;
}

// ---- Formats of 32 elements

ALWAYS_INLINE void unpack_4bit(const uint8_t *at, size_t stride, const sink *to, size_t k) {
  bytes in[4];
  fetch(at, stride, in);
  uvec low[4], high[4];
  UNROLL for (int j = 0; j < 4; j++) {
    low[j] = fields_of(in[j], 0, 15);
    high[j] = fields_of(in[j], 4, 15);
  }
  put(to, k, low);
  put(to, k + 16, high);
}

// at: the nibbles; fifths: the word of fifth bits before them.
ALWAYS_INLINE void unpack_5bit(const uint8_t *at, const uint8_t *fifths, size_t stride, const sink *to,
                               size_t k) {
  bytes in[4];
  fetch(at, stride, in);
  uvec words, low[4], high[4];
  UNROLL for (int i = 0; i < WIDTH; i++) words[i] = u32_at(fifths + (size_t)i * stride);
  UNROLL for (int j = 0; j < 4; j++) {
    low[j] = fields_of(in[j], 0, 15) | fifth_bits(words, 4 * j);
    high[j] = fields_of(in[j], 4, 15) | fifth_bits(words, 16 + 4 * j);
  }
  put(to, k, low);
  put(to, k + 16, high);
}

ALWAYS_INLINE void unpack_8bit(const uint8_t *at, size_t stride, const sink *to, size_t k) {
  UNROLL for (int half = 0; half < 2; half++) {
    bytes in[4];
    fetch(at + 16 * half, stride, in);
    uvec out[4];
    // Signed to unsigned with the zero at 128.
    UNROLL for (int j = 0; j < 4; j++) out[j] = (uvec)in[j] ^ 0x80808080u;
    put(to, k + 16 * (size_t)half, out);
  }
}

#include "simd_panel_k.inc.h"
#include "simd_panel_scales.inc.h"

// ---- The whole

// Asks for the panel that comes next in memory, this block's share of it.
ALWAYS_INLINE void prefetch_next(const ck_panel_product *p, size_t block, size_t block_bytes) {
  const uintptr_t next = (uintptr_t)p->rows + CK_PANEL * (p->row_bytes + block * block_bytes);
  for (size_t i = 0; i < CK_PANEL * block_bytes; i += 64) __builtin_prefetch((void *)(next + i));
}

ALWAYS_INLINE void unpack_part(const ck_type type, const uint8_t *b, size_t stride, const sink *to,
                               size_t k) {
  switch (type) {
    case CK_Q4_0: unpack_4bit(b + 2, stride, to, k); break;
    case CK_Q4_1: unpack_4bit(b + 4, stride, to, k); break;
    case CK_Q5_0: unpack_5bit(b + 6, b + 2, stride, to, k); break;
    case CK_Q5_1: unpack_5bit(b + 8, b + 4, stride, to, k); break;
    case CK_Q8_0: unpack_8bit(b + 2, stride, to, k); break;
    case CK_Q2_K: unpack_23_k(b + 16, NULL, stride, to, k); break;
    case CK_Q3_K: unpack_23_k(b + 32, b, stride, to, k); break;
    case CK_Q4_K: unpack_45_k(b + 16, NULL, stride, to, k); break;
    case CK_Q5_K: unpack_45_k(b + 48, b + 16, stride, to, k); break;
    case CK_Q6_K: unpack_6_k(b, b + 128, stride, to, k); break;
    default: break;
  }
}

ALWAYS_INLINE void unpack_panel(const ck_type type, const ck_panel_product *p, const panel *out) {
  const size_t elements = type_elements(type), size = type_bytes(type);
  for (size_t block = 0; block < p->k / elements; block++) {
    prefetch_next(p, block, size);
    UNROLL for (int part = 0; part < PARTS; part++) {
      const sink to = {.q = out->q + block * elements * CK_PANEL, .part = part};
      const uint8_t *b = p->rows + (size_t)(part * WIDTH) * p->row_bytes + block * size;
      unpack_part(type, b, p->row_bytes, &to, 0);
    }
  }
}
