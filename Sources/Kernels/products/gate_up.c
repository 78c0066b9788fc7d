// The gate and up matrices of a feed-forward network, multiplied together over the pool.
#pragma STDC FP_CONTRACT OFF
#include <string.h>

#include "products/panel_rows.h"

typedef struct {
  ck_panel_job panels;
  const ck_feed_forward *network;
  float *values;
  ck_activations *blocks;
  void (*activate)(float *gate, const float *up, size_t n);  // gate = activation(gate) * up
} gate_up_job;

static void add_bias(float *y, const float *bias, size_t rows) {
  if (!bias) return;
  for (size_t i = 0; i < rows; i++) y[i] += bias[i];
}

static const float ones[CK_PANEL] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

// CK_PANEL rows of activation(gate) * up, or of activation(up), to values.
static void gate_up_panel(const gate_up_job *job, ck_worker *worker, size_t first, size_t rows) {
  const ck_input *x = job->panels.x;
  const ck_panel_room at = ck_panel_room_for(worker, x, 2);
  const ck_feed_forward *network = job->network;
  float *up_y = network->gate ? at.y + x->columns * CK_PANEL : at.y;
  if (network->gate) ck_multiply_rows(&job->panels, network->gate, first, rows, &at, at.y);
  ck_multiply_rows(&job->panels, network->up, first, rows, &at, up_y);
  for (size_t c = 0; c < x->columns; c++) {
    float *y = at.y + c * CK_PANEL, *up = up_y + c * CK_PANEL;
    add_bias(up, network->up_bias ? network->up_bias + first : NULL, rows);
    if (network->gate) add_bias(y, network->gate_bias ? network->gate_bias + first : NULL, rows);
    if (network->activation == CK_CLAMPED_SWIGLU) {
      job->panels.kernels->clamped_swiglu(y, up, rows, network->slope, network->limit);
    } else {
      // A product with 1 changes no bit.
      job->activate(y, network->gate ? up : ones, rows);
    }
    memcpy(job->values + c * network->up->rows + first, y, rows * sizeof *y);
  }
}

static void gate_up_chunk(void *context, ck_worker *worker, size_t chunk) {
  const gate_up_job *job = context;
  const size_t all = job->network->up->rows, first = chunk * CK_BLOCK;
  size_t end = first + CK_BLOCK;
  if (end > all) end = all;
  for (size_t row = first; row < end; row += CK_PANEL) {
    gate_up_panel(job, worker, row, end - row < CK_PANEL ? end - row : CK_PANEL);
  }
  if (!job->blocks) return;
  for (size_t c = 0; c < job->panels.x->columns; c++) {
    job->panels.kernels->quantize(job->values + c * all + first, 1,
                                    job->blocks + (c * all + first) / CK_BLOCK);
  }
}

static void (*activation_of(const ck_kernels *kernels, ck_activation activation))(
  float *, const float *, size_t) {
  switch (activation) {
    case CK_GELU_TANH: return kernels->geglu;
    case CK_GELU: return kernels->geglu_erf;
    default: return kernels->swiglu;
  }
}

void ck_gate_up(ck_pool *pool, const ck_input *x, const ck_feed_forward *network, float *values,
                ck_activations *blocks) {
  const ck_kernels *kernels = ck_current();
  gate_up_job job = {
    {kernels, x}, network, values, blocks, activation_of(kernels, network->activation),
  };
  ck_pool_run(pool, gate_up_chunk, &job, (network->up->rows + CK_BLOCK - 1) / CK_BLOCK);
}
