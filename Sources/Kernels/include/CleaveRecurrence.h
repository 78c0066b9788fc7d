// Mixers with a state: the short convolution and the gated delta rule, for one sequence and for many.
#pragma once

#include <stddef.h>

#include "CleavePool.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  CK_MOST_TAPS = 16,    ///< positions that a short convolution reads, at most
  CK_DELTA_CHAINS = 4   ///< independent sums over the rows of a state
};

// ---- The short convolution ------------------------------------------------------------------------

/// Consecutive columns of one sequence in a batch, and the inputs that are kept of it. The row of
/// position p is row p % rows of `kept`, which may be wider than the input: a row of `row_width` floats
/// begins with the input's.
typedef struct ck_kept_span {
  float *kept;            ///< [rows, row_width]
  size_t rows, row_width;
  size_t first_position;  ///< position of the first column in its sequence
  size_t column, columns; ///< in the batch
} ck_kept_span;

/// A causal convolution of each channel with its own weights:
///   out[p][c] = sum over j, rising, of fma(weights[j][c], x[p - (taps - 1) + j][c])
/// where x of positions before 0 is left out, and of positions before the span's first is in `kept`; rows
/// of all taps - 1 positions before it are there. With `silu` out is v / (1 + exp(-v)) of that. No two
/// spans are of one sequence. x, out: [columns of the batch, width]; weights: [taps, width].
void ck_short_convolution(ck_pool *pool, const ck_kept_span *spans, size_t count, const float *x,
                          size_t width, const float *weights, size_t taps, int silu, float *out);

/// Keeps the last rows of every span: columns [offset, offset + width) of the kept rows get x.
/// x: [columns of the batch, width].
void ck_keep_rows(const ck_kept_span *spans, size_t count, const float *x, size_t width,
                  size_t offset);

/// x[i] *= y[i]. x, y: [n]
void ck_multiply(float *x, const float *y, size_t n);

/// x[i] /= 1 + exp(-gate[i]). x, gate: [n]; gate is overwritten.
void ck_sigmoid_gate(float *x, float *gate, size_t n);

// ---- The gated delta rule -------------------------------------------------------------------------

/// The sizes of a gated DeltaNet. A value head h reads the key head h / (value_heads / key_heads).
typedef struct ck_delta_net {
  size_t key_heads, value_heads;
  size_t key_dim;    ///< a multiple of CK_DELTA_CHAINS
  size_t value_dim;  ///< a multiple of CK_LANES
} ck_delta_net;

/// Consecutive columns of one sequence, and its state.
/// state, checkpoints: [value_heads, value_dim / CK_LANES, key_dim, CK_LANES]. Where `interval` is above
/// 0, the state after every multiple of it, k * interval positions, is copied to checkpoints[k % 2].
typedef struct ck_delta_span {
  float *state;
  float *checkpoints[2];
  size_t interval;
  size_t first_position;
  size_t column, columns;
} ck_delta_span;

/// decay[c][h] = exp(-exp(rate[h]) * log(1 + exp(decay[c][h] + bias[h]))) and
/// write[c][h] = 1 / (1 + exp(-write[c][h])), in place. decay, write: [columns, heads].
void ck_delta_gates(float *decay, float *write, const float *rate, const float *bias, size_t heads,
                    size_t columns);

/// Makes each head of queries and keys x / sqrt(sum of x^2 + 1e-6), and multiplies queries by
/// 1 / sqrt(key_dim). x: [columns, (2 * key_heads * key_dim + value_heads * value_dim)], of which
/// values stay.
void ck_delta_normalize(ck_pool *pool, ck_delta_net net, float *x, size_t columns);

/// The gated delta rule (Yang et al., arXiv 2412.06464), position after position. With S the state of a
/// head, [key_dim, value_dim], and q, k, v, decay g and write b of a position:
///   S = S * g;  m = S^T k;  d = (v - m) * b;  S = S + k d^T;  out = S^T q
/// Sums over key_dim run in CK_DELTA_CHAINS chains of fused multiply-adds, chain i having the rows i,
/// i + 4 ..., added as (0 + 1) + (2 + 3). No two spans are of one sequence.
/// x: as ck_delta_normalize leaves it; decay, write: [columns, value_heads];
/// out: [columns, value_heads * value_dim], or NULL where only the states are wanted.
void ck_delta_rule(ck_pool *pool, ck_delta_net net, const ck_delta_span *spans, size_t count,
                   const float *x, const float *decay, const float *write, float *out);

#ifdef __cplusplus
}
#endif
