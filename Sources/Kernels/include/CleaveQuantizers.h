// Quantization: float32 weights into the block formats of CleaveKernels.h.
//
// Contract of numbers: results are the same bytes on every instruction set and for any number of
// threads. Multiply and add are rounded separately everywhere, sums run in CK_LANES lanes that are
// folded as a fixed tree, rounding is to the nearest (see specs/quantization.md for the formulas).
#pragma once

#include "CleaveKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// How the scales of a block are found.
typedef enum ck_effort {
  /// From the extremes, each weight then rounded to the nearest: what the `gguf` package does,
  /// byte for byte, for the types it can write (Q4_0, Q4_1, Q5_0, Q5_1, Q8_0).
  CK_PLAIN = 0,
  /// The least weighted squared error over a grid of candidates, each refit by least squares, with
  /// the scales as float16 will have them. Never worse than CK_PLAIN.
  CK_SEARCH = 1,
} ck_effort;

/// Why a weight cannot be quantized.
typedef enum ck_fault {
  CK_FAULT_NONE = 0,
  CK_FAULT_NOT_FINITE,  ///< a weight is infinite or not a number
  CK_FAULT_TOO_LARGE,   ///< a weight or scale is beyond what the type can hold
} ck_fault;

typedef struct ck_quantization {
  ck_fault fault;
  /// Of the first block that cannot be quantized, the offending weight: its index in `rows`.
  size_t element;
} ck_quantization;

/// Quantizes (or, for the float types, rounds; for F32, dequantizes) whole rows.
/// rows: [row_count, k] of type `from`, at any address; out: [row_count, bytes of a row of `to`].
/// k is a multiple of both types' block elements.
/// importance: [k], the weight of each column's squared error, finite and not negative, or NULL
/// for ones; CK_PLAIN does not look at it. With a fault, `out` holds nothing of use.
ck_quantization ck_quantize_rows(ck_pool *pool, ck_type from, const void *rows, size_t row_count,
                                 size_t k, ck_type to, const float *importance, ck_effort effort,
                                 void *out);

// ---- One block in two steps: the grid, then the codes -----------------------------------------

enum { CK_LARGEST_BLOCK = 256, CK_LARGEST_SUBS = 16 };

/// The values a block can hold: weight i of sub-group s = i / elements is
/// scale[s] * q + offset[s] with an integer q in lowest ... highest, which is, to the bit (but for
/// the sign of zero), what ck_dequantize makes of the packed block.
typedef struct ck_grid {
  ck_type type;
  int subs;             ///< sub-groups of the block
  int elements;         ///< weights of a sub-group
  int lowest, highest;  ///< of the codes
  float scale[CK_LARGEST_SUBS], offset[CK_LARGEST_SUBS];  // [subs]
  // What the block stores of them.
  uint16_t d, m;                         ///< float16 scale, and scale or value of the offsets
  int8_t sub_scale[CK_LARGEST_SUBS];     ///< K types: scale[s] = d * sub_scale[s]
  int8_t sub_minimum[CK_LARGEST_SUBS];   ///< K types: offset[s] = -(m * sub_minimum[s])
} ck_grid;

/// Chooses the grid of one block.
/// w: [block elements]; importance: [block elements] or NULL. On a fault `element` is the index
/// in w. `type` must be a block type.
ck_quantization ck_choose_grid(ck_type type, const float *w, const float *importance,
                               ck_effort effort, ck_grid *grid);
/// The code of the grid's value nearest to w, for a weight of that sub-group.
int ck_grid_code(const ck_grid *grid, int sub, float w);
/// The value of a code.
float ck_grid_value(const ck_grid *grid, int sub, int code);
/// Writes the block. q: [block elements], codes in lowest ... highest.
void ck_pack_block(const ck_grid *grid, const int8_t *q, void *block);

// ---- Error feedback ---------------------------------------------------------------------------

/// One block of columns j of GPTQ (Frantar et al. 2022, arXiv 2210.17323), for every row. With U the
/// upper Cholesky factor of the inverse of the input's second moments, U^T U = H^-1: each weight in
/// turn is rounded on the block's grid, e[j] = (w[j] - value) / U[j][j], and the weights after it
/// make up for it, w[i] -= e[j] * U[j][i]. Rows do not see one another.
typedef struct ck_feed_back {
  ck_type type;
  float *w;    ///< [rows, ldw], the block's columns first; they become the errors e
  size_t ldw, rows;
  const float *factor;      ///< [n, n], U's rows and columns of the block; n its elements
  const float *importance;  ///< [n], for the choice of the grid: H[j][j]
  void *out;                ///< the block of each row, row_bytes apart
  size_t row_bytes;
} ck_feed_back;

/// On a fault `element` is the index in w.
ck_quantization ck_quantize_with_feedback(ck_pool *pool, const ck_feed_back *part);

#ifdef __cplusplus
}
#endif
