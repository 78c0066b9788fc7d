// Helpers of the scalar reference: the bits of floats, and the tree that adds lanes.
// Included by variants/scalar.c only. Compare simd.inc.h.
#pragma once

#include "CleaveISA.h"
#include "isa/inline.h"

static inline float float_from(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static float tree_sum(float lanes[CK_LANES]) {
  for (int width = CK_LANES / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
  }
  return lanes[0];
}
