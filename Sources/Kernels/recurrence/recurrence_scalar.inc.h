// The reference of mixers with a state, as CleaveRecurrence.h defines them.
#pragma once

#include "isa/scalar.inc.h"
#include "recurrence/recurrence.h"
#include "vectors/vectors_scalar.inc.h"

static void convolve(const ck_convolve *job) {
  for (size_t i = 0; i < job->n; i++) {
    float sum = 0;
    for (size_t tap = 0; tap < job->taps; tap++) {
      if (job->rows[tap]) sum = __builtin_fmaf(job->weights[tap][i], job->rows[tap][i], sum);
    }
    job->out[i] = job->silu ? sum / (1 + exp_one(-sum)) : sum;
  }
}

static void delta_column(const ck_delta *job, size_t column, size_t lane) {
  const float *q = job->q + column * job->stride, *k = job->k + column * job->stride;
  const float g = job->decay[column * job->gate_stride];
  float seen[CK_DELTA_CHAINS] = {0}, out[CK_DELTA_CHAINS] = {0};
  for (size_t row = 0; row < job->key_dim; row++) {
    float *s = &job->state[row * CK_LANES + lane];
    *s *= g;
    seen[row % CK_DELTA_CHAINS] = __builtin_fmaf(*s, k[row], seen[row % CK_DELTA_CHAINS]);
  }
  const float v = job->v[column * job->stride + lane];
  const float d = (v - ((seen[0] + seen[1]) + (seen[2] + seen[3]))) *
    job->write[column * job->gate_stride];
  for (size_t row = 0; row < job->key_dim; row++) {
    float *s = &job->state[row * CK_LANES + lane];
    *s = __builtin_fmaf(k[row], d, *s);
    out[row % CK_DELTA_CHAINS] = __builtin_fmaf(*s, q[row], out[row % CK_DELTA_CHAINS]);
  }
  if (job->out) job->out[column * job->out_stride + lane] = (out[0] + out[1]) + (out[2] + out[3]);
}

static void delta_rule(const ck_delta *job) {
  for (size_t column = 0; column < job->columns; column++) {
    for (size_t lane = 0; lane < CK_LANES; lane++) delta_column(job, column, lane);
  }
}
