// Mixers with a state. Compare recurrence_scalar.inc.h, which computes the same one number at a time.
#pragma once

#include "isa/simd.inc.h"
#include "recurrence/recurrence.h"
#include "vectors/vectors_simd.inc.h"

static void convolve(const ck_convolve *job) {
  for (size_t i = 0; i < job->n; i += WIDTH) {
    vec sum = (vec)(0);
    for (size_t tap = 0; tap < job->taps; tap++) {
      if (!job->rows[tap]) continue;
      sum = fma_lanes(load_at(job->weights[tap], i, job->n, 0), load_at(job->rows[tap], i, job->n, 0), sum);
    }
    store_at(job->silu ? sum / ((vec)(1) + exp_lanes(-sum)) : sum, job->out, i, job->n);
  }
}

// One position for the lanes of a register.
ALWAYS_INLINE void delta_lanes(const ck_delta *job, size_t column, size_t lane) {
  const float *q = job->q + column * job->stride, *k = job->k + column * job->stride;
  const vec g = (vec)(job->decay[column * job->gate_stride]);
  float *state = job->state + lane;
  vec seen[CK_DELTA_CHAINS] = {0}, out[CK_DELTA_CHAINS] = {0};
  for (size_t row = 0; row < job->key_dim; row += CK_DELTA_CHAINS) {
    UNROLL for (size_t i = 0; i < CK_DELTA_CHAINS; i++) {
      float *at = state + (row + i) * CK_LANES;
      const vec s = load(at) * g;
      seen[i] = fma_lanes(s, (vec)(k[row + i]), seen[i]);
      store(s, at);
    }
  }
  const vec v = load(job->v + column * job->stride + lane);
  const vec d = (v - ((seen[0] + seen[1]) + (seen[2] + seen[3]))) *
    (vec)(job->write[column * job->gate_stride]);
  for (size_t row = 0; row < job->key_dim; row += CK_DELTA_CHAINS) {
    UNROLL for (size_t i = 0; i < CK_DELTA_CHAINS; i++) {
      float *at = state + (row + i) * CK_LANES;
      const vec s = fma_lanes((vec)(k[row + i]), d, load(at));
      out[i] = fma_lanes(s, (vec)(q[row + i]), out[i]);
      store(s, at);
    }
  }
  if (job->out) {
    store((out[0] + out[1]) + (out[2] + out[3]), job->out + column * job->out_stride + lane);
  }
}

static void delta_rule(const ck_delta *job) {
  for (size_t column = 0; column < job->columns; column++) {
    UNROLL for (int p = 0; p < PARTS; p++) delta_lanes(job, column, (size_t)p * WIDTH);
  }
}
