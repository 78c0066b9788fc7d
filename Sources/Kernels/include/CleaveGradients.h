// The arithmetic of training that is not a matrix product: each function and its derivative over
// some rows, on the calling thread; who calls them splits the rows. One source in vectors of 16
// floats for every instruction set: the bits are the same whichever runs, since sums run in 16
// lanes that are added as a fixed tree.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// RMSNorm (Zhang & Sennrich 2019): y = w x / rms(x). x, y: [rows, n]; w: [n];
/// inverse: [rows], receives 1 / rms(x).
void ck_norm_forward(const float *x, const float *w, float epsilon, size_t rows, size_t n, float *y,
                     float *inverse);
/// Adds to dx: [rows, n] and to dw: [n].
void ck_norm_backward(const float *x, const float *w, const float *inverse, const float *dy,
                      size_t rows, size_t n, float *dx, float *dw);

/// SwiGLU (Shazeer 2020): out = silu(gate) up. All [n].
void ck_swiglu_forward(const float *gate, const float *up, size_t n, float *out);
void ck_swiglu_backward(const float *gate, const float *up, const float *dout, size_t n,
                        float *dgate, float *dup);

/// A tile of attention scores: row r is a query at position first + r, which sees the keys at
/// positions 0...first + r; `width` keys are there. s: [rows, width].
typedef struct ck_causal_tile {
  size_t rows, width, first;
  float scale;
} ck_causal_tile;

/// Scores become probabilities, zero beyond the query's position. log_sum: [rows], of the scaled
/// scores, `stride` floats apart.
void ck_causal_softmax(const ck_causal_tile *tile, float *s, float *log_sum, size_t stride);
/// The same probabilities from what the first pass kept.
void ck_causal_softmax_again(const ck_causal_tile *tile, float *s, const float *log_sum,
                             size_t stride);
/// From p and its gradient dp the gradient of the scores before scaling, in dp. dot: the sums over
/// a row of p dp, `stride` floats apart.
void ck_causal_softmax_backward(const ck_causal_tile *tile, const float *p, float *dp,
                                const float *dot, size_t stride);
/// Per row the sum of a b. a, b: [rows, n] with `stride` floats between rows.
void ck_row_dots(const float *a, const float *b, size_t rows, size_t n, size_t stride, float *out,
                 size_t out_stride);

/// The loss of one row of logits over candidates.
typedef struct ck_target {
  const uint32_t *columns;     // [count] of the candidates
  const float *probabilities;  // [count], summing to 1
  size_t count;
  size_t answer;      // column of the teacher's first choice
  float weight;       // of the row's loss
  float focus;        // the loss counts (1 - q(answer))^focus; 0 for all tokens alike
} ck_target;
typedef struct ck_distilled {
  float loss;          // cross-entropy, unweighted
  float answer;        // the student's probability of the teacher's first choice
  float confidence;    // the student's largest probability
  float weight;        // with which the row counted
  uint32_t agrees;     // whether that is the student's first choice among the candidates
} ck_distilled;

/// Soft cross-entropy against softmax(z), z: [n] over candidates. Those from `sampled` on stand for
/// others like them: their logits are raised by `correction`, the logarithm of how many each stands
/// for (importance sampling of the normaliser). z becomes the gradient of weight * loss.
ck_distilled ck_distill(float *z, size_t n, size_t sampled, float correction,
                        const ck_target *target);

/// For each temperature the surprise at the answer: log-sum-exp(z / T) - z[answer] / T. z: [n].
void ck_tempered(const float *z, size_t n, size_t answer, const float *temperatures, size_t count,
                 float *out);

/// AdamW (Loshchilov & Hutter 2019) with decoupled weight decay.
typedef struct ck_adamw {
  float rate, beta1, beta2, epsilon, decay;
  float correction1, correction2;  // 1 - beta^step
  float gradient_scale;            // clipping
} ck_adamw;
/// g is scaled, used and set to zero. All [n].
void ck_adamw_step(const ck_adamw *rule, size_t n, float *w, float *g, float *m, float *v);

double ck_sum_of_squares(const float *x, size_t n);
/// y += x
void ck_accumulate(const float *x, size_t n, float *y);

#ifdef __cplusplus
}
#endif
