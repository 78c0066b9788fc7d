// The products that variants compute: of floats, and of a panel of quantized rows.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "CleaveActivations.h"
#include "CleaveFormats.h"

/// One matrix product with float32 weights, the work of one thread.
/// w: [rows, k], ldw floats between rows; x: [columns, k]; y: [columns, rows].
typedef struct ck_product {
  const float *w;
  size_t ldw, rows;
  const float *x;
  size_t ldx, columns;
  size_t k;
  float *y;
  size_t ldy;
} ck_product;

enum { CK_PANEL = 16 };

/// Four activations as the bits of an integer.
static inline int32_t four_at(const int8_t *at) {
  int32_t four;
  memcpy(&four, at, sizeof four);
  return four;
}

/// A panel, CK_PANEL rows of a quantized matrix, times quantized activations, the work of one thread.
/// A panel's rows become the lanes of a register: the sums of a row stay in one lane, in rising
/// order of k, whatever the instruction set.
typedef struct ck_panel_product {
  ck_type type;
  const uint8_t *rows;  // [CK_PANEL] rows of blocks, row_bytes apart
  size_t row_bytes, k;
  const ck_activations *x;  // [columns, k / CK_BLOCK]
  size_t columns;
  float *y;  // [columns, CK_PANEL]
  uint8_t *scratch;  // ck_panel_scratch(k) bytes, aligned to 64
} ck_panel_product;

/// Bytes of scratch space for an unpacked panel: integers, then scales and minimums as floats.
static inline size_t ck_panel_scratch(size_t k) { return CK_PANEL * (k + k / 16 * 8); }
