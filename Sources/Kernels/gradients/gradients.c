// The functions of CleaveGradients.h, each forwarded to the variant in use.
#include "gradients/gradients.h"

#include "isa/kernels.h"

static const ck_gradients *chosen(void) { return ck_current()->gradients; }

void ck_norm_forward(const float *x, const float *w, float epsilon, size_t rows, size_t n, float *y,
                     float *inverse) {
  chosen()->norm_forward(x, w, epsilon, rows, n, y, inverse);
}

void ck_norm_backward(const float *x, const float *w, const float *inverse, const float *dy,
                      size_t rows, size_t n, float *dx, float *dw) {
  chosen()->norm_backward(x, w, inverse, dy, rows, n, dx, dw);
}

void ck_layer_norm_forward(const float *x, const float *w, const float *b, float epsilon,
                           size_t rows, size_t n, float *y, float *inverse) {
  chosen()->layer_norm_forward(x, w, b, epsilon, rows, n, y, inverse);
}

void ck_layer_norm_backward(const float *x, const float *w, const float *inverse, const float *dy,
                            size_t rows, size_t n, float *dx, float *dw) {
  chosen()->layer_norm_backward(x, w, inverse, dy, rows, n, dx, dw);
}

void ck_swiglu_forward(const float *gate, const float *up, size_t n, float *out) {
  chosen()->swiglu_forward(gate, up, n, out);
}

void ck_swiglu_backward(const float *gate, const float *up, const float *dout, size_t n,
                        float *dgate, float *dup) {
  chosen()->swiglu_backward(gate, up, dout, n, dgate, dup);
}

void ck_geglu_forward(const float *gate, const float *up, size_t n, float *out) {
  chosen()->geglu_forward(gate, up, n, out);
}

void ck_geglu_backward(const float *gate, const float *up, const float *dout, size_t n,
                       float *dgate, float *dup) {
  chosen()->geglu_backward(gate, up, dout, n, dgate, dup);
}

void ck_geglu_erf_forward(const float *gate, const float *up, size_t n, float *out) {
  chosen()->geglu_erf_forward(gate, up, n, out);
}

void ck_geglu_erf_backward(const float *gate, const float *up, const float *dout, size_t n,
                           float *dgate, float *dup) {
  chosen()->geglu_erf_backward(gate, up, dout, n, dgate, dup);
}

void ck_clamped_swiglu_forward(const float *gate, const float *up, float slope, float limit,
                               size_t n, float *out) {
  chosen()->clamped_swiglu_forward(gate, up, slope, limit, n, out);
}

void ck_clamped_swiglu_backward(const float *gate, const float *up, const float *dout, float slope,
                                float limit, size_t n, float *dgate, float *dup) {
  chosen()->clamped_swiglu_backward(gate, up, dout, slope, limit, n, dgate, dup);
}

void ck_causal_softmax(const ck_causal_tile *tile, float *s, float *log_sum, size_t stride) {
  chosen()->causal_softmax(tile, s, log_sum, stride);
}

void ck_causal_softmax_again(const ck_causal_tile *tile, float *s, const float *log_sum,
                             size_t stride) {
  chosen()->causal_softmax_again(tile, s, log_sum, stride);
}

void ck_causal_softmax_backward(const ck_causal_tile *tile, const float *p, float *dp,
                                const float *dot, size_t stride) {
  chosen()->causal_softmax_backward(tile, p, dp, dot, stride);
}

void ck_row_dots(const float *a, const float *b, size_t rows, size_t n, size_t stride, float *out,
                 size_t out_stride) {
  chosen()->row_dots(a, b, rows, n, stride, out, out_stride);
}

ck_distilled ck_distill(float *z, size_t n, size_t sampled, float correction,
                        const ck_target *target) {
  return chosen()->distill(z, n, sampled, correction, target);
}

float ck_smooth_l1(const float *y, const float *target, size_t n, float weight, float *dy) {
  return chosen()->smooth_l1(y, target, n, weight, dy);
}

void ck_tempered(const float *z, size_t n, size_t answer, const float *temperatures, size_t count,
                 float *out) {
  chosen()->tempered(z, n, answer, temperatures, count, out);
}

void ck_adamw_step(const ck_adamw *rule, size_t n, float *w, float *g, float *m, float *v) {
  chosen()->adamw_step(rule, n, w, g, m, v);
}

double ck_sum_of_squares(const float *x, size_t n) { return chosen()->sum_of_squares(x, n); }

void ck_accumulate(const float *x, size_t n, float *y) { chosen()->accumulate(x, n, y); }
