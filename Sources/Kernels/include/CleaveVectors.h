// Functions of vectors: norms, RoPE, gated activations, exp.
#pragma once

#include <stddef.h>

#include "CleaveActivations.h"
#include "CleavePool.h"

#ifdef __cplusplus
extern "C" {
#endif

/// RMSNorm (Zhang & Sennrich 2019, arXiv 1910.07467):
/// out[c][i] = x[c][i] / sqrt(mean(x[c]^2) + epsilon) * weight[i], and the same as integers unless
/// `blocks` is NULL. x, out: [columns, n], out may be x; weight: [n]; blocks: [columns, n / CK_BLOCK],
/// for which n must be a multiple of CK_BLOCK.
void ck_rms_norm(ck_pool *pool, const float *x, const float *weight, size_t n, size_t columns,
                 float epsilon, float *out, ck_activations *blocks);
/// LayerNorm (Ba et al. 2016, arXiv 1607.06450): with u = x[c] - mean(x[c]),
/// out[c][i] = u[i] / sqrt(mean(u^2) + epsilon) * weight[i] + bias[i], without the last addition where
/// `bias` is NULL, and the same as integers unless `blocks` is NULL. Shapes as for ck_rms_norm; bias: [n].
void ck_layer_norm(ck_pool *pool, const float *x, const float *weight, const float *bias, size_t n,
                   size_t columns, float epsilon, float *out, ck_activations *blocks);
/// RoPE (Su et al. 2021, arXiv 2104.09864) in place: rotates each head's pairs (i, i + head_dim/2), the
/// "rotate half" layout of Hugging Face. x: [heads, head_dim]; cosine, sine: [head_dim / 2].
void ck_rope(float *x, size_t heads, size_t head_dim, const float *cosine, const float *sine);
/// gate[i] = silu(gate[i]) * up[i], silu(v) = v / (1 + exp(-v)) (Shazeer 2020). gate, up: [n]
void ck_swiglu(float *gate, const float *up, size_t n);
/// gate[i] = gelu(gate[i]) * up[i], with gelu as CK_GELU_TANH defines it. gate, up: [n]
void ck_geglu(float *gate, const float *up, size_t n);
/// gate[i] = gelu(gate[i]) * up[i], with gelu as CK_GELU defines it. gate, up: [n]
void ck_geglu_erf(float *gate, const float *up, size_t n);
/// gate[i] = g / (1 + exp(-slope g)) * (u + 1), with g = gate[i] and u = up[i] within bounds: g at most `limit`, u
/// from -limit to limit (gpt-oss, arXiv 2508.10925). gate, up: [n]
void ck_clamped_swiglu(float *gate, const float *up, size_t n, float slope, float limit);
/// y[c][i] += bias[i]. y: [columns, n]; bias: [n].
void ck_add_bias(float *y, const float *bias, size_t n, size_t columns);
/// x[i] += scale * y[i] as a fused multiply-add. x, y: [n]
void ck_add_scaled(float *x, const float *y, float scale, size_t n);
/// x[i] = cap * tanh(x[i] / cap) (Gemma 2, arXiv 2408.00118), as cap * (1 - 2 / (1 + exp(x[i] * (2 / cap)))):
/// within cap * 4e-7. A NaN stays one. x: [n]; cap > 0
void ck_cap(ck_pool *pool, float *x, size_t n, float cap);
/// out[i] = exp(x[i]), this library's exp: relative error below 2e-7, 0 for x < -87.4,
/// +infinity for x > 88.8, NaN for NaN. x, out: [n], out may be x.
void ck_exp(const float *x, float *out, size_t n);

#ifdef __cplusplus
}
#endif
