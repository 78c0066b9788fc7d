// Products of matrices of weights with vectors.
#pragma once

#include <stddef.h>

#include "CleaveActivations.h"
#include "CleaveFormats.h"
#include "CleavePool.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The vectors that matrices read: as floats, and as integers unless `blocks` is NULL.
typedef struct ck_input {
  const float *values;           ///< [columns, k]
  const ck_activations *blocks;  ///< [columns, k / CK_BLOCK], or NULL to compute in floats
  size_t k, columns;             ///< k is a multiple of the block elements of every matrix
} ck_input;

/// One matrix, and where its products go.
typedef struct ck_weights {
  ck_type type;
  const void *bytes;  ///< [rows, k] in blocks, at any address
  size_t rows;
  float *y;           ///< [columns, rows], ldy floats from one column to the next
  size_t ldy;
} ck_weights;

/// y[c][r] = sum over k of w[r][k] * x[c][k] for each of `count` matrices that read the same input,
/// as one job; with `accumulate`, the sum is added to what y holds.
///
/// Float types, and all types without x.blocks, are dot products of floats. Quantized types with
/// x.blocks use integers: with weights w = scale * (q - zero) + minimum in
/// groups g of 16 or 32, and S = 0, for g rising:
///   S = fma((float)(sum of (q - zero) * x.q), scale * x.scale, S)
///   S = fma(minimum, x.scale * (float)(sum of x.q), S)       only where the type has minimums
/// scale and minimum being what dequantization multiplies with and adds.
void ck_project(ck_pool *pool, const ck_input *x, const ck_weights *matrices, size_t count,
                int accumulate);

/// The function that the gate of a feed-forward network goes through (Shazeer 2020, arXiv
/// 2002.05202: SwiGLU, GeGLU), or its one input where it has no gate.
typedef enum ck_activation {
  CK_SILU,      ///< v / (1 + exp(-v))
  CK_GELU_TANH, ///< v / (1 + exp(-2u)), u = sqrt(2 / pi) (v + 0.044715 v^3): 0.5 v (1 + tanh u)
  CK_GELU,      ///< 0.5 v (1 + erf(v / sqrt(2))), within |v| 1.5e-7 (Hendrycks & Gimpel 2016)
  CK_CLAMPED_SWIGLU  ///< of gate and up together, as ck_clamped_swiglu has it; only with a gate
} ck_activation;

/// The matrices of a feed-forward network that read its input.
typedef struct ck_feed_forward {
  const ck_weights *gate;       ///< [rows, x.k], its y unused; NULL for a network without a gate
  const ck_weights *up;         ///< [rows, x.k], its y unused
  const float *gate_bias;       ///< [rows], or NULL for none
  const float *up_bias;         ///< [rows], or NULL for none
  ck_activation activation;
  float slope, limit;           ///< of CK_CLAMPED_SWIGLU
} ck_feed_forward;

/// values[c][r] = activation(g) * u, or activation(u) without a gate, with g = gate[r] . x[c] + gate_bias[r]
/// and u = up[r] . x[c] + up_bias[r], without storing the two products; and the same values as integers
/// unless `blocks` is NULL.
/// values: [columns, rows]; blocks: [columns, rows / CK_BLOCK], for which rows must be a multiple of
/// CK_BLOCK.
void ck_gate_up(ck_pool *pool, const ck_input *x, const ck_feed_forward *network, float *values,
                ck_activations *blocks);

#ifdef __cplusplus
}
#endif
