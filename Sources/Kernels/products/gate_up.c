// The gate and up matrices of a feed-forward network, multiplied together over the pool.
#pragma STDC FP_CONTRACT OFF
#include <string.h>

#include "products/panel_rows.h"

typedef struct {
  ck_panel_job panels;
  const ck_weights *gate, *up;
  float *values;
  ck_activations *blocks;
  void (*activate)(float *gate, const float *up, size_t n);  // gate = activation(gate) * up
} gate_up_job;

// CK_PANEL rows of activation(gate) * up, to values.
static void gate_up_panel(const gate_up_job *job, ck_worker *worker, size_t first, size_t rows) {
  const ck_input *x = job->panels.x;
  const ck_panel_room at = ck_panel_room_for(worker, x, 2);
  float *up_y = at.y + x->columns * CK_PANEL;
  ck_multiply_rows(&job->panels, job->gate, first, rows, &at, at.y);
  ck_multiply_rows(&job->panels, job->up, first, rows, &at, up_y);
  for (size_t c = 0; c < x->columns; c++) {
    float *y = at.y + c * CK_PANEL;
    job->activate(y, up_y + c * CK_PANEL, rows);
    memcpy(job->values + c * job->gate->rows + first, y, rows * sizeof *y);
  }
}

static void gate_up_chunk(void *context, ck_worker *worker, size_t chunk) {
  const gate_up_job *job = context;
  const size_t all = job->gate->rows, first = chunk * CK_BLOCK;
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

void ck_gate_up(ck_pool *pool, const ck_input *x, const ck_weights *gate, const ck_weights *up,
                ck_activation activation, float *values, ck_activations *blocks) {
  const ck_kernels *kernels = ck_current();
  gate_up_job job = {
    {kernels, x}, gate, up, values, blocks,
    activation == CK_GELU_TANH ? kernels->geglu : kernels->swiglu,
  };
  ck_pool_run(pool, gate_up_chunk, &job, (gate->rows + CK_BLOCK - 1) / CK_BLOCK);
}
