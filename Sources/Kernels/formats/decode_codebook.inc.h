// Dequantization of the codebook formats: the value that a code stands for, times the scale of its
// group. The products are exact or rounded once, as in the `gguf` package. See decode_32.inc.h.
#pragma once

#include "formats/codebook_codes.inc.h"
#include "formats/decode_32.inc.h"
#include "formats/formats.h"
#include "formats/scales_codebook.inc.h"

// q: [elements]; scale: [elements / group]; out: [elements]
static inline void scale_codes(const uint8_t *restrict q, const float *restrict scale, int elements,
                               int group, int zero, float *restrict out) {
  for (int first = 0; first < elements; first += group) {
    const float s = scale[first / group];
    LOOP for (int i = 0; i < group; i++) out[first + i] = s * (float)(q[first + i] - zero);
  }
}

#define ROW(NAME, id, elements, bytes, group, zero, ...)                                     \
  static inline void decode_##NAME(const uint8_t *restrict b, float *restrict out) {         \
    uint8_t q[elements];                                                                     \
    float scale[CK_LARGEST_SUBS];                                                            \
    codes_##NAME(b, q);                                                                      \
    scales_##NAME(b, 1, scale, NULL);                                                        \
    scale_codes(q, scale, elements, group, zero, out);                                       \
  }
CK_CODEBOOK_FORMATS(ROW)
#undef ROW
