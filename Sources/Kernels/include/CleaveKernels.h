// The arithmetic of the engine: block-quantized weights, vectors, attention, logits.
//
// Contract of numbers. Every result is a pure function of its own inputs: it does not depend
// on how many columns or rows are computed together, on the number of threads, nor on the
// instruction set chosen. All variants (scalar, AVX2, AVX-512, NEON) agree bit for bit, the
// scalar one being the reference:
//   - weights are first dequantized to float32 exactly as the `gguf` package does;
//   - a dot product runs along k in CK_LANES = 16 independent lanes, lane i summing the elements
//     k with k % 16 == i in rising order with fused multiply-add, and the lanes are then added
//     as a fixed tree (i with i+8, then i+4, i+2, i+1);
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

// ---- Matrices --------------------------------------------------------------------------------

/// y[c][r] = sum over k of w[r][k] * x[c][k].
/// w: [rows, k] of `type`, rows contiguous; x: [columns, k] with ldx floats between columns;
/// y: [columns, rows] with ldy floats between columns. k is a multiple of the block's elements.
void ck_matmul(ck_pool *pool, ck_type type, const void *w, size_t rows, size_t k,
               const float *x, size_t ldx, size_t columns, float *y, size_t ldy);

// ---- Vectors ---------------------------------------------------------------------------------

/// out[i] = x[i] / sqrt(mean(x^2) + epsilon) * weight[i]; out may be x. (Zhang & Sennrich 2019)
void ck_rms_norm(const float *x, const float *weight, float *out, size_t n, float epsilon);
/// Rotates each head's pairs (i, i + head_dim/2): the "rotate half" layout of Hugging Face.
/// x: [heads, head_dim]; cosine, sine: [head_dim / 2].
void ck_rope(float *x, size_t heads, size_t head_dim, const float *cosine, const float *sine);
/// gate[i] = silu(gate[i]) * up[i], silu(v) = v / (1 + exp(-v)). (Shazeer 2020)
void ck_swiglu(float *gate, const float *up, size_t n);
/// x[i] += y[i]
void ck_add(float *x, const float *y, size_t n);

// ---- Attention -------------------------------------------------------------------------------

/// Causal grouped-query attention. Query j stands at position first_position + j and attends to
/// positions 0 ... first_position + j; query head h reads key/value head h / (heads / kv_heads).
/// q, out: [queries, heads * head_dim]; keys, values: [positions, kv_heads * head_dim].
/// scores: scratch, one float for each thread of the pool and position:
/// [ck_pool_threads(pool), first_position + queries].
void ck_attention(ck_pool *pool, const float *q, const float *keys, const float *values,
                  size_t queries, size_t first_position, size_t heads, size_t kv_heads,
                  size_t head_dim, float scale, float *scores, float *out);

// ---- Logits ----------------------------------------------------------------------------------

typedef struct ck_logits_summary {
  uint32_t argmax;    ///< the lowest index among equals
  float max;          ///< largest logit, after division by the temperature
  float second;       ///< second largest; -INFINITY when n == 1
  /// log of the sum of exp(logit / temperature); the largest probability is
  /// exp(max - log_sum_exp)
  float log_sum_exp;
} ck_logits_summary;

/// logits: [n], n >= 1; temperature > 0. NaN never wins argmax unless all are NaN (argmax is 0
/// then, max NaN). log_sum_exp is NaN when any logit is NaN or +INFINITY, or all are -INFINITY.
ck_logits_summary ck_summarize_logits(const float *logits, size_t n, float temperature);

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
