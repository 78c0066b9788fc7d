// Dequantization of any format.
#pragma once

#include "formats/decode_32.inc.h"
#include "formats/decode_codebook.inc.h"
#include "formats/decode_k.inc.h"
#include "formats/formats.h"

static void decode_F32(const uint8_t *restrict bytes, float *restrict out, size_t n) {
  memcpy(out, bytes, n * sizeof *out);
}

// The codec of each format is called inside its own loop, so that it is inlined there.
static void dequantize(ck_type type, const uint8_t *restrict blocks, float *restrict out,
                       size_t n) {
  switch (type) {
#define ROW(NAME, ...) \
  case CK_##NAME: decode_##NAME(blocks, out, n); return;
    CK_FLOAT_FORMATS(ROW)
#undef ROW
#define ROW(NAME, id, elements, bytes, ...)                   \
  case CK_##NAME:                                             \
    for (size_t i = 0; i < n / (elements); i++) {             \
      decode_##NAME(blocks + i * (bytes), out + i * (elements)); \
    }                                                         \
    return;
    CK_BLOCK_FORMATS(ROW)
#undef ROW
  }
}
