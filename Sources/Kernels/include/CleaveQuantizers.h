// Quantization: float32 weights into the block formats of CleaveFormats.h.
//
// Contract of numbers: results are the same bytes on every instruction set and for any number of
// threads. Multiplication and addition are rounded separately everywhere, sums run in 16 lanes that
// are added as a fixed tree, rounding is to the nearest (specs/quantization.md has the formulas).
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "CleaveFormats.h"
#include "CleavePool.h"

#ifdef __cplusplus
extern "C" {
#endif

/// How the scales of a block are found.
typedef enum ck_effort {
  /// From the extreme weights, each weight then rounded to the nearest code: byte for byte what the
  /// `gguf` package writes for the types it can write (Q4_0, Q4_1, Q5_0, Q5_1, Q8_0).
  CK_PLAIN = 0,
  /// By the least weighted squared error over candidate scales, each refit by least squares and
  /// rounded to float16 as the block stores it. The error is never above that of CK_PLAIN.
  CK_SEARCH = 1,
} ck_effort;

/// Why a weight cannot be quantized.
typedef enum ck_fault {
  CK_FAULT_NONE = 0,
  CK_FAULT_NOT_FINITE,  ///< a weight is infinite or not a number
  CK_FAULT_TOO_LARGE,   ///< a weight or scale is beyond what the type can hold
} ck_fault;

/// The outcome of a quantization.
typedef struct ck_quantization {
  ck_fault fault;
  size_t element;  ///< with a fault, the index of the offending weight of the first block that has one
} ck_quantization;

/// Quantizes whole rows; for the float types it rounds, for F32 it only dequantizes.
/// rows: [row_count, k] of type `from`, at any address; out: [row_count, bytes of a row of `to`].
/// k is a multiple of both types' block elements.
/// importance: [k], the weight of each column's squared error, finite and not negative, or NULL
/// for ones; CK_PLAIN ignores it. With a fault, `element` is an index in `rows` and `out` is undefined.
ck_quantization ck_quantize_rows(ck_pool *pool, ck_type from, const void *rows, size_t row_count,
                                 size_t k, ck_type to, const float *importance, ck_effort effort,
                                 void *out);

// ---- One block in two steps: the grid, then the codes -----------------------------------------

/// The values that a block can hold: weight i of sub-group s = i / elements is
/// scale[s] * q + offset[s] with an integer q in lowest ... highest, which is, to the bit (except for
/// the sign of zero), what ck_dequantize makes of the packed block.
typedef struct ck_grid {
  ck_type type;
  int subs;             ///< sub-groups of the block
  int elements;         ///< weights of a sub-group
  int lowest, highest;  ///< of the codes
  float scale[CK_LARGEST_SUBS], offset[CK_LARGEST_SUBS];  ///< [subs]
  // What the block stores:
  uint16_t d, m;                         ///< float16 scale, and offset or unit of the offsets
  int8_t sub_scale[CK_LARGEST_SUBS];     ///< K types: scale[s] = d * sub_scale[s]
  int8_t sub_minimum[CK_LARGEST_SUBS];   ///< K types: offset[s] = -(m * sub_minimum[s])
} ck_grid;

/// Chooses the grid of one block.
/// w: [block elements]; importance: [block elements] or NULL. With a fault, `element` is an index
/// in w. `type` must be a block format.
ck_quantization ck_choose_grid(ck_type type, const float *w, const float *importance,
                               ck_effort effort, ck_grid *grid);
/// The code whose value on the grid is nearest to w, a weight of sub-group `sub`.
int ck_grid_code(const ck_grid *grid, int sub, float w);
/// The value of a code in sub-group `sub`.
float ck_grid_value(const ck_grid *grid, int sub, int code);
/// Writes the block of a grid and codes. q: [block elements], codes in lowest ... highest.
void ck_pack_block(const ck_grid *grid, const int8_t *q, void *block);

// ---- Error feedback ---------------------------------------------------------------------------

/// One step of GPTQ (Frantar et al. 2022, arXiv 2210.17323): the columns j of one block, for every
/// row. With U the upper Cholesky factor of the inverse of the input's second moments,
/// U^T U = H^-1: each weight in turn is rounded to the block's grid, e[j] = (w[j] - value) / U[j][j],
/// and the weights after it compensate the error, w[i] -= e[j] * U[j][i]. Rows are independent.
typedef struct ck_feed_back {
  ck_type type;
  float *w;    ///< [rows, ldw], the block's columns first; they are replaced by the errors e
  size_t ldw, rows;
  const float *factor;      ///< [n, n], U's rows and columns of the block; n its elements
  const float *importance;  ///< [n], for the choice of the grid: H[j][j]
  void *out;                ///< the block of each row, row_bytes apart
  size_t row_bytes;
} ck_feed_back;

/// Runs the step with CK_SEARCH grids. With a fault, `element` is an index in w.
ck_quantization ck_quantize_with_feedback(ck_pool *pool, const ck_feed_back *part);

#ifdef __cplusplus
}
#endif
