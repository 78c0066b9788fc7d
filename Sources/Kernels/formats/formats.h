// The table of include/CleaveFormats.h as inline functions, whose results are constants where the type
// is one. A new format starts with a row in that header.
#pragma once

#include "CleaveFormats.h"

/// The row of a type; zeros for a type that is not in the table.
static inline __attribute__((always_inline)) ck_format format_of(ck_type type) {
  switch (type) {
#define ROW(NAME, id, ...) \
  case CK_##NAME: return (ck_format){#NAME, CK_##NAME, __VA_ARGS__};
    CK_FORMATS(ROW)
#undef ROW
  }
  return (ck_format){0};
}

static inline size_t format_elements(ck_type type) { return format_of(type).elements; }
static inline size_t format_bytes(ck_type type) { return format_of(type).bytes; }

static inline int is_block_format(ck_type type) { return format_elements(type) > 1; }

/// Bytes of a row of k elements, which are whole blocks.
static inline size_t format_row_bytes(ck_type type, size_t k) {
  return k / format_elements(type) * format_bytes(type);
}

/// The most bytes that a row of k elements in blocks can have.
static inline size_t format_widest_row(size_t k) {
  size_t widest = 0;  // of CK_LARGEST_BLOCK elements
#define ROW(NAME, ...)                                                              \
  {                                                                                 \
    const size_t bytes = CK_LARGEST_BLOCK / format_elements(CK_##NAME) * format_bytes(CK_##NAME); \
    widest = bytes > widest ? bytes : widest;                                       \
  }
  CK_BLOCK_FORMATS(ROW)
#undef ROW
  return (k * widest + CK_LARGEST_BLOCK - 1) / CK_LARGEST_BLOCK;
}

// ---- Block formats -----------------------------------------------------------------------------
// Products read the integers of a block format as w = scale * (q - zero) + minimum, q unsigned.

/// Elements that share a scale.
static inline int format_group(ck_type type) { return format_of(type).group; }

/// Whether the scale of a block is a float16 number of its one group.
static inline int format_has_plain_scales(ck_type type) {
  switch (type) {
    case CK_IQ4_NL:
#define ROW(NAME, ...) case CK_##NAME:
    CK_SIMPLE_FORMATS(ROW)
#undef ROW
    return 1;
    default: return 0;
  }
}

/// Whether a minimum is added. Such formats have no zero point.
static inline int format_has_minimum(ck_type type) { return format_of(type).offset_at > 0; }

static inline int format_zero(ck_type type) { return format_of(type).zero; }

/// The largest q. Where it is below 128, the sum of two products with activations fits 16 bits.
static inline int format_largest(ck_type type) {
  return format_of(type).highest + format_of(type).zero;
}
