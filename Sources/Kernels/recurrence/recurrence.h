// What the variants of the short convolution and the delta rule take.
#pragma once

#include "CleaveRecurrence.h"

// One output row of a convolution, some channels of it.
typedef struct ck_convolve {
  const float *rows[CK_MOST_TAPS];     // [n] each; NULL for a position before the text
  const float *weights[CK_MOST_TAPS];  // [n] each
  size_t taps, n;
  int silu;
  float *out;  // [n]
} ck_convolve;

// CK_LANES columns of the state of one head, over consecutive positions.
typedef struct ck_delta {
  float *state;             // [key_dim, CK_LANES]
  const float *q, *k, *v;   // of the first position: [key_dim], [key_dim], [CK_LANES]
  size_t stride;            // floats between the q, k, v of two positions
  const float *decay, *write;
  size_t gate_stride;       // floats between the gates of two positions
  size_t key_dim, columns;
  float *out;               // [CK_LANES], or NULL
  size_t out_stride;
} ck_delta;
