// The arithmetic of training that is not a matrix product: each function and its derivative over
// some rows, on the calling thread; callers split the rows among threads. One source in vectors of 16
// floats serves every instruction set, and sums run in 16 lanes that are added as a fixed tree, so the
// bits are the same on all of them.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- Layers --------------------------------------------------------------------------------------

/// RMSNorm (Zhang & Sennrich 2019, arXiv 1910.07467): y = w x / rms(x), rms(x) = sqrt(mean(x^2) +
/// epsilon). x, y: [rows, n]; w: [n]; inverse: [rows], receives 1 / rms(x).
void ck_norm_forward(const float *x, const float *w, float epsilon, size_t rows, size_t n, float *y,
                     float *inverse);
/// The gradients of RMSNorm, added to dx: [rows, n] and to dw: [n]. dy: [rows, n]; inverse: as
/// ck_norm_forward returned it.
void ck_norm_backward(const float *x, const float *w, const float *inverse, const float *dy,
                      size_t rows, size_t n, float *dx, float *dw);

/// LayerNorm (Ba et al. 2016, arXiv 1607.06450): y = w (x - mean(x)) / deviation(x) + b, deviation(x) =
/// sqrt(mean((x - mean(x))^2) + epsilon). x, y: [rows, n]; w: [n]; b: [n], or NULL for none;
/// inverse: [rows], receives 1 / deviation(x).
void ck_layer_norm_forward(const float *x, const float *w, const float *b, float epsilon,
                           size_t rows, size_t n, float *y, float *inverse);
/// The gradients of LayerNorm, added to dx: [rows, n] and to dw: [n]; that of b is dy. dy: [rows, n];
/// inverse: as ck_layer_norm_forward returned it.
void ck_layer_norm_backward(const float *x, const float *w, const float *inverse, const float *dy,
                            size_t rows, size_t n, float *dx, float *dw);

/// SwiGLU (Shazeer 2020, arXiv 2002.05202): out = silu(gate) up. All [n].
void ck_swiglu_forward(const float *gate, const float *up, size_t n, float *out);
/// The gradients of SwiGLU, stored in dgate and dup. All [n].
void ck_swiglu_backward(const float *gate, const float *up, const float *dout, size_t n,
                        float *dgate, float *dup);

/// GeGLU in the tanh form (Shazeer 2020; Hendrycks & Gimpel 2016, arXiv 1606.08415): out = gelu(gate) up, gelu as
/// CK_GELU_TANH defines it. All [n].
void ck_geglu_forward(const float *gate, const float *up, size_t n, float *out);
/// The gradients of GeGLU, stored in dgate and dup. All [n].
void ck_geglu_backward(const float *gate, const float *up, const float *dout, size_t n,
                       float *dgate, float *dup);

/// GeGLU in the exact form (Shazeer 2020): out = gelu(gate) up, gelu as CK_GELU defines it. All [n].
void ck_geglu_erf_forward(const float *gate, const float *up, size_t n, float *out);
/// The gradients of GeGLU in the exact form, stored in dgate and dup. All [n].
void ck_geglu_erf_backward(const float *gate, const float *up, const float *dout, size_t n,
                           float *dgate, float *dup);

/// The gated unit of ck_clamped_swiglu: out = g sigmoid(slope g) (u + 1). gate, up, out: [n]
void ck_clamped_swiglu_forward(const float *gate, const float *up, float slope, float limit,
                               size_t n, float *out);
/// The gradients of that unit, stored in dgate and dup: 0 where gate or up is beyond its bound. All [n].
void ck_clamped_swiglu_backward(const float *gate, const float *up, const float *dout, float slope,
                                float limit, size_t n, float *dgate, float *dup);

/// A tile of attention scores: row r is a query at position first + r, which attends to the keys at
/// positions 0...first + r, or to the last `window` of them; the tile has `width` keys. s: [rows, width].
typedef struct ck_causal_tile {
  size_t rows, width, first;
  size_t window;  ///< positions that a query sees, its own among them; 0 for all
  float scale;    ///< what scores are multiplied with before the softmax
  float cap;      ///< scaled scores become cap * tanh(score / cap); 0 for none
  float *slopes;  ///< [rows, width], receives from ck_causal_softmax_again what the cap does to gradients, with a cap
  float sink;     ///< a score that takes weight and belongs to no key; -INFINITY for none
} ck_causal_tile;

/// Turns scores into probabilities in place, zero for the keys that the query does not see. log_sum: [rows],
/// receives log-sum-exp of the scaled scores, `stride` floats apart.
void ck_causal_softmax(const ck_causal_tile *tile, float *s, float *log_sum, size_t stride);
/// Turns the same scores into the same probabilities once more, from the log_sum that
/// ck_causal_softmax stored.
void ck_causal_softmax_again(const ck_causal_tile *tile, float *s, const float *log_sum,
                             size_t stride);
/// Replaces dp, the gradient of the probabilities p, by that of the scores before scaling:
/// p (dp - dot) scale, times the slope of the cap. dot: the sums over a row of p dp, `stride` floats apart.
void ck_causal_softmax_backward(const ck_causal_tile *tile, const float *p, float *dp,
                                const float *dot, size_t stride);
/// The dot product of each row of a with that of b. a, b: [rows, n] with `stride` floats from one row
/// to the next; out: [rows], out_stride floats apart.
void ck_row_dots(const float *a, const float *b, size_t rows, size_t n, size_t stride, float *out,
                 size_t out_stride);

// ---- The loss ------------------------------------------------------------------------------------

/// The teacher's distribution over the candidates of one row of logits.
typedef struct ck_target {
  const uint32_t *columns;     ///< [count], indices of candidates
  const float *probabilities;  ///< [count], summing to 1
  size_t count;
  size_t answer;  ///< the column of the teacher's first choice
  float weight;   ///< of the row's loss
  float focus;    ///< the loss is multiplied with (1 - q(answer))^focus; 0 weighs all tokens alike
} ck_target;
/// The loss of one row and what the student answers.
typedef struct ck_distilled {
  float loss;        ///< cross-entropy, unweighted
  float answer;      ///< the student's probability of the teacher's first choice
  float confidence;  ///< the student's largest probability
  float weight;      ///< with which the row counted
  uint32_t agrees;   ///< whether the student's first choice among the candidates is the teacher's
} ck_distilled;

/// Cross-entropy of softmax(z) against the target (Hinton et al. 2015, arXiv 1503.02531). z: [n], logits
/// of the candidates, replaced by the gradient of weight * loss. Candidates from `sampled` on stand
/// for others like them: their logits are raised by `correction`, the logarithm of how many each
/// stands for (importance sampling of the normaliser).
ck_distilled ck_distill(float *z, size_t n, size_t sampled, float correction,
                        const ck_target *target);

/// Smooth L1 (Girshick 2015, arXiv 1504.08083) of the differences d = (y - target) / rms(target): the mean
/// over i of d[i]^2 / 2 where |d[i]| < 1, else of |d[i]| - 1/2. The gradient of weight * loss is added to dy.
/// y, target, dy: [n]. Returns the loss, unweighted; 0 where the target is all zeros.
float ck_smooth_l1(const float *y, const float *target, size_t n, float weight, float *dy);

/// For each temperature T the negative log-probability of the answer: log-sum-exp(z / T) - z[answer] / T.
/// z: [n]; temperatures, out: [count].
void ck_tempered(const float *z, size_t n, size_t answer, const float *temperatures, size_t count,
                 float *out);

// ---- The optimizer -------------------------------------------------------------------------------

/// AdamW with decoupled weight decay (Loshchilov & Hutter 2019, arXiv 1711.05101).
typedef struct ck_adamw {
  float rate, beta1, beta2, epsilon, decay;
  float correction1, correction2;  ///< 1 - beta^step
  float gradient_scale;            ///< what gradients are multiplied with first, to clip their norm
} ck_adamw;
/// One step of AdamW. g is scaled, used and set to zero. w, g, m, v: [n].
void ck_adamw_step(const ck_adamw *rule, size_t n, float *w, float *g, float *m, float *v);

/// The sum of x[i]^2 in doubles. x: [n]
double ck_sum_of_squares(const float *x, size_t n);
/// y += x. x, y: [n]
void ck_accumulate(const float *x, size_t n, float *y);

#ifdef __cplusplus
}
#endif
