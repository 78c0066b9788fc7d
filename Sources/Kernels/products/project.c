// Projections over the pool: matrices that read the same input as one job, split by panels of rows,
// so that each weight is unpacked once, by the thread that uses it.
#pragma STDC FP_CONTRACT OFF
#include <string.h>

#include "products/panel_rows.h"

typedef struct {
  ck_panel_job panels;
  const ck_weights *matrices;
  int accumulate;
} project_job;

static size_t panels_of(const ck_weights *m) { return (m->rows + CK_PANEL - 1) / CK_PANEL; }

static void project_chunk(void *context, ck_worker *worker, size_t chunk) {
  const project_job *job = context;
  const ck_weights *m = job->matrices;
  while (chunk >= panels_of(m)) chunk -= panels_of(m++);
  const size_t first = chunk * CK_PANEL, left = m->rows - first;
  const size_t rows = left < CK_PANEL ? left : CK_PANEL;
  const ck_panel_room at = ck_panel_room_for(worker, job->panels.x, 1);
  ck_multiply_rows(&job->panels, m, first, rows, &at, at.y);
  for (size_t c = 0; c < job->panels.x->columns; c++) {
    const float *sums = at.y + c * CK_PANEL;
    float *y = m->y + c * m->ldy + first;
    if (job->accumulate) {
      for (size_t r = 0; r < rows; r++) y[r] += sums[r];
    } else {
      memcpy(y, sums, rows * sizeof *y);
    }
  }
}

void ck_project(ck_pool *pool, const ck_input *x, const ck_weights *matrices, size_t count,
                int accumulate) {
  project_job job = {{ck_current(), x}, matrices, accumulate};
  size_t chunks = 0;
  for (size_t i = 0; i < count; i++) chunks += panels_of(&matrices[i]);
  ck_pool_run(pool, project_chunk, &job, chunks);
}
