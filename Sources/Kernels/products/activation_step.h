// The scale of a block of activations.
#pragma once

#include <math.h>
#include <string.h>

#include "CleaveActivations.h"

/// The factors that convert one block of activations to integers and back.
typedef struct ck_step {
  float inverse, scale;
  int is_zero;  // all integers are 0, whatever x * inverse is
} ck_step;

/// highest: the bits of the largest |x| of the block.
static inline ck_step ck_step_of(uint32_t highest) {
  float largest;
  memcpy(&largest, &highest, sizeof largest);
  if (highest >= 0x7f800000) return (ck_step){0, NAN, 1};
  // For smaller numbers 127 / largest could be infinite.
  if (largest < 1e-30f) return (ck_step){0, 0, 1};
  return (ck_step){127 / largest, largest / 127, 0};
}

/// Fills in what follows from the sums of the two halves of q.
static inline void ck_finish_activations(ck_activations *out, ck_step step, const int32_t *sums) {
  out->scale = step.scale;
  out->sums[0] = sums[0];
  out->sums[1] = sums[1];
  out->offset = step.scale * (float)(sums[0] + sums[1]);
}
