// Sizes of the block formats, inline so that they are constants where the type is one. (The layouts
// are GGML's, ggml-common.h.)
#pragma once

#include "CleaveKernels.h"

static inline size_t type_elements(ck_type type) {
  switch (type) {
    case CK_F32: case CK_F16: case CK_BF16: return 1;
    case CK_Q4_0: case CK_Q4_1: case CK_Q5_0: case CK_Q5_1: case CK_Q8_0: return 32;
    case CK_Q2_K: case CK_Q3_K: case CK_Q4_K: case CK_Q5_K: case CK_Q6_K: return 256;
  }
  return 0;
}

static inline size_t type_bytes(ck_type type) {
  switch (type) {
    case CK_F32: return 4;
    case CK_F16: return 2;
    case CK_BF16: return 2;
    case CK_Q4_0: return 18;
    case CK_Q4_1: return 20;
    case CK_Q5_0: return 22;
    case CK_Q5_1: return 24;
    case CK_Q8_0: return 34;
    case CK_Q2_K: return 84;
    case CK_Q3_K: return 110;
    case CK_Q4_K: return 144;
    case CK_Q5_K: return 176;
    case CK_Q6_K: return 210;
  }
  return 0;
}

// How a quantized type's integers are to be read: w = scale * (q - zero) + minimum, q unsigned.
// Constants where `type` is one, in each inlined copy.

/// Elements that share a scale.
static inline size_t panel_group(ck_type type) {
  return type == CK_Q2_K || type == CK_Q3_K || type == CK_Q6_K ? 16 : 32;
}

/// Whether a minimum is added. Such types have no zero point.
static inline int panel_has_minimum(ck_type type) {
  return type == CK_Q4_1 || type == CK_Q5_1 || type == CK_Q2_K || type == CK_Q4_K ||
    type == CK_Q5_K;
}

/// log2 of the zero point.
static inline int panel_zero_shift(ck_type type) {
  switch (type) {
    case CK_Q3_K: return 2;
    case CK_Q4_0: return 3;
    case CK_Q5_0: return 4;
    case CK_Q6_K: return 5;
    default: return 7;  // Q8_0, whose bytes are signed
  }
}
