// The arithmetic of the engine: block-quantized weights, vectors, attention, logits.
//
// Contract of numbers. Every result is a pure function of its own inputs: it does not depend
// on how many columns or rows are computed together, on the number of threads, nor on the
// instruction set chosen. All variants (scalar, AVX2, AVX-512, NEON) agree bit for bit, the
// scalar one being the reference (one NaN is as good as another):
//   - in float arithmetic weights are first dequantized to float32 exactly as the `gguf` package
//     does; a dot product runs along k in CK_LANES = 16 independent lanes, lane i summing the
//     elements k with k % 16 == i in rising order with fused multiply-add, and the lanes are then
//     added as a fixed tree (i with i+8, then i+4, i+2, i+1);
//   - in integer arithmetic a group of weights (32, or 16 where the type scales 16) meets its
//     activations in exact integers, and the groups are added in rising order, each with one fused
//     multiply-add (see ck_project);
//   - exp is the polynomial in this library, never libm's.
// This is what makes an early exit exact: a hidden state computed late, in a batch, on another
// machine, has the same bits as if it had been computed in its turn.
//
// Weights may stand at any byte address (a mapped file); floats given as float * are aligned to
// 4 bytes. Sizes are checked by the Swift wrappers, not here.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CK_LANES = 16 };

/// Weight formats; the numbers are GGML's type ids.
typedef enum ck_type {
  CK_F32 = 0,
  CK_F16 = 1,
  CK_Q4_0 = 2,
  CK_Q4_1 = 3,
  CK_Q5_0 = 6,
  CK_Q5_1 = 7,
  CK_Q8_0 = 8,
  CK_Q2_K = 10,
  CK_Q3_K = 11,
  CK_Q4_K = 12,
  CK_Q5_K = 13,
  CK_Q6_K = 14,
  CK_BF16 = 30,
} ck_type;

// ---- Instruction set -------------------------------------------------------------------------

/// Chooses the variant for the whole process: "scalar", "avx2", "avx512", "neon", or NULL for the
/// best this processor has. Returns 0, or -1 when the name is unknown or the processor lacks it
/// (nothing changes then). Call before any kernel runs; the first kernel call without it picks
/// the best.
int ck_select_isa(const char *name);
/// The variant in use.
const char *ck_isa_name(void);

// ---- Threads ---------------------------------------------------------------------------------

/// A persistent pool: workers spin briefly for the next job, then park. One job runs at a time;
/// concurrent callers queue up.
typedef struct ck_pool ck_pool;
/// `threads` counts the caller: 1 means no workers. NULL when threads cannot be started.
ck_pool *ck_pool_create(size_t threads);
void ck_pool_destroy(ck_pool *pool);
size_t ck_pool_threads(const ck_pool *pool);

// ---- Block formats ---------------------------------------------------------------------------

/// Elements and bytes of one block; 0 for a type this library does not know.
size_t ck_block_elements(ck_type type);
size_t ck_block_bytes(ck_type type);
/// elements must be a multiple of the block's elements. out: [elements]
void ck_dequantize(ck_type type, const void *blocks, float *out, size_t elements);

// ---- Activations -----------------------------------------------------------------------------

enum { CK_BLOCK = 32 };

/// 32 activations as integers: x[i] is about scale * q[i]. Each vector is quantized alone, once,
/// for all the matrices that read it.
typedef struct ck_activations {
  int8_t q[CK_BLOCK];  ///< round(x[i] * (127 / max |x|)), ties to even
  float scale;         ///< max |x| / 127; 0 when that is below 1e-30; NaN when any x is not finite
  int32_t sums[2];     ///< of q[0 ..< 16] and q[16 ..< 32]
  float offset;        ///< scale * (sums[0] + sums[1])
} ck_activations;

/// x: [columns, k] with k a multiple of CK_BLOCK; out: [columns, k / CK_BLOCK].
void ck_quantize_activations(ck_pool *pool, const float *x, size_t k, size_t columns,
                             ck_activations *out);

// ---- Projections -----------------------------------------------------------------------------

/// What matrices read: vectors as floats, and as integers unless `blocks` is NULL.
typedef struct ck_input {
  const float *values;           ///< [columns, k]
  const ck_activations *blocks;  ///< [columns, k / CK_BLOCK] or NULL: compute in floats
  size_t k, columns;
} ck_input;

/// One matrix, and where its products go.
typedef struct ck_weights {
  ck_type type;
  const void *bytes;  ///< [rows, k]
  size_t rows;
  float *y;           ///< [columns, rows], ldy floats between columns
  size_t ldy;
} ck_weights;

/// y[c][r] = sum over k of w[r][k] * x[c][k] for each of `count` matrices that read the same input,
/// as one job; `accumulate` adds to what y holds, after the sum.
///
/// Float types, and all types without x.blocks, are a dot product of floats. Quantized types with
/// x.blocks use integers: with weights w = scale * (q - zero) + minimum in
/// groups g of 16 or 32, and S = 0, for g rising:
///   S = fma((float)(sum of (q - zero) * x.q), scale * x.scale, S)
///   S = fma(minimum, x.scale * (float)(sum of x.q), S)       only where the type has minimums
/// scale and minimum being what dequantization multiplies and adds.
void ck_project(ck_pool *pool, const ck_input *x, const ck_weights *matrices, size_t count,
                int accumulate);

/// What the gate of a feed-forward network goes through (Shazeer 2020: SwiGLU, GeGLU).
typedef enum ck_activation {
  CK_SILU,      ///< v / (1 + exp(-v))
  CK_GELU_TANH  ///< v / (1 + exp(-2u)), u = sqrt(2 / pi) (v + 0.044715 v^3): 0.5 v (1 + tanh u)
} ck_activation;

/// values[c][r] = activation(gate[r] . x[c]) * (up[r] . x[c]) without storing what the two matrices
/// give; and the same as integers unless `blocks` is NULL.
/// gate, up: [rows, x.k], their y unused; values: [columns, rows]; blocks: [columns, rows / CK_BLOCK].
void ck_gate_up(ck_pool *pool, const ck_input *x, const ck_weights *gate, const ck_weights *up,
                ck_activation activation, float *values, ck_activations *blocks);

// ---- Vectors ---------------------------------------------------------------------------------

/// out[c][i] = x[c][i] / sqrt(mean(x[c]^2) + epsilon) * weight[i] (Zhang & Sennrich 2019), and the
/// same as integers unless `blocks` is NULL. x, out: [columns, n], out may be x; weight: [n];
/// blocks: [columns, n / CK_BLOCK].
void ck_rms_norm(ck_pool *pool, const float *x, const float *weight, size_t n, size_t columns,
                 float epsilon, float *out, ck_activations *blocks);
/// Rotates each head's pairs (i, i + head_dim/2): the "rotate half" layout of Hugging Face.
/// x: [heads, head_dim]; cosine, sine: [head_dim / 2].
void ck_rope(float *x, size_t heads, size_t head_dim, const float *cosine, const float *sine);
/// gate[i] = silu(gate[i]) * up[i], silu(v) = v / (1 + exp(-v)). (Shazeer 2020)
void ck_swiglu(float *gate, const float *up, size_t n);
/// gate[i] = gelu(gate[i]) * up[i], as CK_GELU_TANH has it.
void ck_geglu(float *gate, const float *up, size_t n);
/// y[c][i] += bias[i]. y: [columns, n]; bias: [n].
void ck_add_bias(float *y, const float *bias, size_t n, size_t columns);
/// x[i] += scale * y[i], rounded once: a fused multiply-add.
void ck_add_scaled(float *x, const float *y, float scale, size_t n);

// ---- Attention -------------------------------------------------------------------------------

enum {
  CK_KEY_TILE = 16,    ///< positions whose keys are interleaved in the cache
  CK_SOFTMAX_TILE = 64 ///< positions between two looks at the running maximum
};

/// The KV cache of one block of a model.
/// keys: [positions / CK_KEY_TILE, kv_heads, head_dim, CK_KEY_TILE], so that scores of 16 positions
/// are the lanes of a register; values: [positions, kv_heads, head_dim]. Room is for whole
/// CK_SOFTMAX_TILEs. Elements are F16 or F32.
typedef struct ck_kv_cache {
  ck_type type;  ///< CK_F16 or CK_F32
  void *keys, *values;
  size_t kv_heads, head_dim;
} ck_kv_cache;

/// Rotates the heads of queries and keys by RoPE and puts keys and values in the cache at
/// first_position on. q: [columns, heads * head_dim], rotated in place; k, v: [columns, kv_heads *
/// head_dim], k rotated in place; cosine, sine: [columns, head_dim / 2] of these positions.
void ck_store_kv(ck_pool *pool, const ck_kv_cache *cache, float *q, size_t heads, float *k,
                 const float *v, size_t columns, size_t first_position, const float *cosine,
                 const float *sine);

/// Causal grouped-query attention. Query j stands at position first_position + j and attends to
/// positions 0 ... first_position + j, and of these, where `window` is above 0, to the last `window`
/// only; query head h reads key/value head h / (heads / kv_heads).
/// q, out: [queries, heads * head_dim].
/// Online softmax (Milakov & Gimelshein 2018; Dao et al. 2022) over tiles of CK_SOFTMAX_TILE
/// positions that begin at multiples of it, whatever the queries: m, L and O are the running
/// maximum, sum (in CK_LANES lanes, position % 16) and output of a query and head. For each tile:
///   s[j] = sum over d, rising, of fma((q[d] * scale), key[j][d]);  m' = max(m, s);  c = exp(m - m')
///   p[j] = exp(s[j] - m');  L = L * c + p;  O[d] = O[d] * c, then fma(p[j], value[j][d]), j rising
/// and out = O / L, the lanes of L folded as those of a dot product. Positions before the window are
/// left out of the tile they stand in, and tiles wholly before it are left out.
void ck_attention(ck_pool *pool, const ck_kv_cache *cache, const float *q, size_t queries,
                  size_t first_position, size_t heads, float scale, size_t window, float *out);

// ---- Logits ----------------------------------------------------------------------------------

typedef struct ck_logits_summary {
  uint32_t argmax;    ///< the lowest index among equals
  float max;          ///< largest logit, after division by the temperature
  float second;       ///< second largest; -INFINITY when n == 1
  /// log of the sum of exp(logit / temperature); the largest probability is
  /// exp(max - log_sum_exp)
  float log_sum_exp;
} ck_logits_summary;

enum { CK_LOGITS_PART = 512 };  ///< logits that are summed together

/// What is known of CK_LOGITS_PART logits.
typedef struct ck_logits_part {
  uint32_t argmax;    ///< UINT32_MAX when none is above -INFINITY
  float max, second;  ///< before division by the temperature, which could make unequal logits equal
  float sum;          ///< of exp(logit / temperature - max / temperature)
} ck_logits_part;

/// logits: [n], n >= 1; temperature > 0. NaN never wins argmax unless all are NaN (argmax is 0
/// then, max NaN). log_sum_exp is NaN when any logit is NaN or +INFINITY, or all are -INFINITY.
/// The sum runs over parts of CK_LOGITS_PART in rising order.
ck_logits_summary ck_summarize_logits(const float *logits, size_t n, float temperature);

/// Entropy of softmax(logits / temperature) in nats, from 0 to log(n): with x = logits[i] / temperature -
/// max, log(sum of exp(x)) - sum of x * exp(x) / sum of exp(x). Parts of CK_LOGITS_PART are summed in
/// float32, their sums in doubles, in rising order. What has no probability adds nothing.
/// logits: [n], n >= 1; max: that of their summary at this temperature. NaN where the summary's
/// log_sum_exp is.
float ck_entropy(const float *logits, size_t n, float temperature, float max);

/// Logits and their summary in one pass: each part is summed up by the thread that has just computed
/// it. Input of one column; matrix: the head, with y: [rows]; parts: scratch, one for each
/// CK_LOGITS_PART rows or rest of them.
ck_logits_summary ck_unembed(ck_pool *pool, const ck_input *x, const ck_weights *matrix,
                             float temperature, ck_logits_part *parts);

/// The natural logarithm of a finite x >= 1, to about 1e-15.
double ck_log(double x);

/// out[i] = exp(x[i]), this library's exp: relative error below 2e-7, 0 for x < -87.4,
/// +inf for x > 88.8, NaN for NaN.
void ck_exp(const float *x, float *out, size_t n);

/// Sum of exp(x[i] - shift) in doubles, to 1e-10 of it. x[i] - shift is at most 709; NaN for NaN.
double ck_sum_exp(const float *x, size_t n, double shift);
/// Kullback-Leibler divergence of softmax(q) from softmax(p) in nats, in doubles: the sum of
/// P[i] * (log P[i] - log Q[i]). p, q: finite logits, [n]; the shifts: log of the sum of their exp.
double ck_divergence(const float *p, const float *q, size_t n, double p_shift, double q_shift);

#ifdef __cplusplus
}
#endif

#include "CleaveBatch.h"
#include "CleaveQuantizers.h"
#include "CleaveTraining.h"
#include "CleaveGradients.h"
