// The integers q = code + zero of one block, for the reference of integer products. Compare
// formats/decode_32.inc.h and decode_k.inc.h. b: one block; q: [elements]
#pragma once

#include "formats/bytes.h"

// ---- Formats of 32 elements

// at: 16 bytes of nibbles; fifths: bit i is the fifth bit of element i.
static void nibble_codes(const uint8_t *at, uint32_t fifths, uint8_t *q) {
  for (int i = 0; i < 32; i++) {
    const int nibble = i < 16 ? at[i] & 15 : at[i - 16] >> 4;
    q[i] = (uint8_t)(nibble | (fifths >> i & 1) << 4);
  }
}

static void codes_Q4_0(const uint8_t *b, uint8_t *q) { nibble_codes(b + 2, 0, q); }

static void codes_Q4_1(const uint8_t *b, uint8_t *q) { nibble_codes(b + 4, 0, q); }

static void codes_Q5_0(const uint8_t *b, uint8_t *q) { nibble_codes(b + 6, u32_at(b + 2), q); }

static void codes_Q5_1(const uint8_t *b, uint8_t *q) { nibble_codes(b + 8, u32_at(b + 4), q); }

static void codes_Q8_0(const uint8_t *b, uint8_t *q) {
  for (int i = 0; i < 32; i++) q[i] = (uint8_t)((int8_t)b[2 + i] + 128);
}

// ---- K formats

// low: 64 bytes of bit pairs; high: NULL, or 32 bytes of third bits.
static void pair_codes(const uint8_t *low, const uint8_t *high, uint8_t *q) {
  for (int i = 0; i < 256; i++) {
    const int half = i / 128, quarter = i / 32 % 4, at = i % 32;
    const int two = low[half * 32 + at] >> (quarter * 2) & 3;
    const int third = high ? high[at] >> (half * 4 + quarter) & 1 : 0;
    q[i] = (uint8_t)(two | third << 2);
  }
}

// low: 128 bytes of nibbles; high: NULL, or 32 bytes of fifth bits.
static void k_nibble_codes(const uint8_t *low, const uint8_t *high, uint8_t *q) {
  for (int i = 0; i < 256; i++) {
    const int g = i / 32, fifth = high ? high[i % 32] >> g & 1 : 0;
    q[i] = (uint8_t)((low[g / 2 * 32 + i % 32] >> (g % 2 * 4) & 15) | fifth << 4);
  }
}

static void codes_Q2_K(const uint8_t *b, uint8_t *q) { pair_codes(b + 16, NULL, q); }

static void codes_Q3_K(const uint8_t *b, uint8_t *q) { pair_codes(b + 32, b, q); }

static void codes_Q4_K(const uint8_t *b, uint8_t *q) { k_nibble_codes(b + 16, NULL, q); }

static void codes_Q5_K(const uint8_t *b, uint8_t *q) { k_nibble_codes(b + 48, b + 16, q); }

static void codes_Q6_K(const uint8_t *b, uint8_t *q) {
  for (int i = 0; i < 256; i++) {
    const int half = i / 128, quarter = i / 32 % 4, at = i % 32;
    const int nibble = b[half * 64 + quarter % 2 * 32 + at] >> (quarter / 2 * 4) & 15;
    q[i] = (uint8_t)(nibble | (b[128 + half * 32 + at] >> (quarter * 2) & 3) << 4);
  }
}
