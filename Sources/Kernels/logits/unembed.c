// The unembedding: logits of one vector and their summary over the pool.
#pragma STDC FP_CONTRACT OFF
#include <string.h>

#include "logits/parts.h"
#include "products/panel_rows.h"

typedef struct {
  ck_panel_job panels;
  const ck_weights *matrix;
  const float *bias;  // or NULL
  float cap, temperature;
  ck_logits_part *parts;
} unembed_job;

static void unembed_chunk(void *context, ck_worker *worker, size_t chunk) {
  const unembed_job *job = context;
  const ck_weights *m = job->matrix;
  const ck_panel_room at = ck_panel_room_for(worker, job->panels.x, 1);
  const size_t first = chunk * CK_LOGITS_PART;
  size_t end = first + CK_LOGITS_PART;
  if (end > m->rows) end = m->rows;
  for (size_t row = first; row < end; row += CK_PANEL) {
    const size_t rows = end - row < CK_PANEL ? end - row : CK_PANEL;
    ck_multiply_rows(&job->panels, m, row, rows, &at, at.y);
    memcpy(m->y + row, at.y, rows * sizeof(float));
  }
  if (job->bias) {
    for (size_t row = first; row < end; row++) m->y[row] += job->bias[row];
  }
  if (job->cap > 0) job->panels.kernels->cap(m->y + first, end - first, job->cap);
  ck_summarize_part(m->y, first, end, job->temperature, &job->parts[chunk]);
}

ck_logits_summary ck_unembed(ck_pool *pool, const ck_input *x, const ck_weights *matrix,
                             const float *bias, float cap, float temperature, ck_logits_part *parts) {
  unembed_job job = {{ck_current(), x}, matrix, bias, cap, temperature, parts};
  const size_t chunks = (matrix->rows + CK_LOGITS_PART - 1) / CK_LOGITS_PART;
  ck_pool_run(pool, unembed_chunk, &job, chunks);
  return ck_merge_parts(parts, chunks, matrix->y, matrix->rows, temperature);
}
