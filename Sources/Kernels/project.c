// Projections over the pool: matrices that read the same input as one job, split by panels of rows,
// so that each weight is unpacked once, by the thread that uses it.
#pragma STDC FP_CONTRACT OFF
#include "internal.h"
#include "pool.h"

enum {
  // Float rows dequantized together. A single column uses them once, so few keep the scratch in the
  // first-level cache; many columns are read again for every group of rows, so more are better.
  ROWS_FOR_FEW = 4,
  ROWS_FOR_MANY = CK_PANEL,
  FEW_COLUMNS = 4,
  SCRATCH_FLOATS = 65536,  // beyond, rows so long that only a few may be together
};

typedef struct {
  const ck_kernels *kernels;
  const ck_input *x;
  const ck_weights *matrices;
  size_t count;
  int accumulate;
} project_job;

// What a worker needs for one panel, cut from its scratch.
typedef struct {
  float *y;       // [outputs, columns, CK_PANEL]
  uint8_t *panel;  // ck_panel_scratch, or floats of dequantized rows
  uint8_t *rows;   // the last rows of a matrix, filled up to a panel
} bench;

static size_t row_bytes(const ck_weights *m, size_t k) {
  return k / type_elements(m->type) * type_bytes(m->type);
}

static size_t rounded(size_t bytes) { return (bytes + 63) / 64 * 64; }

static bench bench_for(ck_worker *worker, const ck_input *x, size_t outputs) {
  const size_t y = rounded(outputs * x->columns * CK_PANEL * sizeof(float));
  const size_t floats = CK_PANEL * x->k * sizeof(float), integers = ck_panel_scratch(x->k);
  const size_t panel = rounded(floats > integers ? floats : integers);
  const size_t rows = CK_PANEL * (x->k / CK_BLOCK) * type_bytes(CK_Q8_0);  // the widest blocks
  uint8_t *all = (uint8_t *)ck_scratch(worker, (y + panel + rows) / sizeof(float) + 1);
  return (bench){(float *)(void *)all, all + y, all + y + panel};
}

static int is_integer(const ck_input *x, ck_type type) {
  return x->blocks && type_elements(type) > 1;
}

static void panel_of_integers(const project_job *job, const ck_weights *m, size_t first,
                              size_t rows, const bench *at, float *y) {
  const size_t bytes = row_bytes(m, job->x->k);
  ck_panel_product product = {
    .type = m->type, .rows = (const uint8_t *)m->bytes + first * bytes, .row_bytes = bytes,
    .k = job->x->k, .x = job->x->blocks, .columns = job->x->columns, .y = y, .scratch = at->panel,
  };
  if (rows < CK_PANEL) {
    memcpy(at->rows, product.rows, rows * bytes);
    memset(at->rows + rows * bytes, 0, (CK_PANEL - rows) * bytes);
    product.rows = at->rows;
  }
  job->kernels->multiply_panel(&product);
}

static void panel_of_floats(const project_job *job, const ck_weights *m, size_t first, size_t rows,
                            const bench *at, float *y) {
  const ck_input *x = job->x;
  const uint8_t *from = m->bytes;
  const int few = x->columns <= FEW_COLUMNS || x->k * ROWS_FOR_MANY > SCRATCH_FLOATS;
  const size_t group = few ? ROWS_FOR_FEW : ROWS_FOR_MANY, bytes = row_bytes(m, x->k);
  const int in_place = m->type == CK_F32 && (uintptr_t)from % sizeof(float) == 0;
  ck_product product = {.ldw = x->k, .x = x->values, .ldx = x->k, .columns = x->columns,
                        .k = x->k, .ldy = CK_PANEL};
  for (size_t row = 0; row < rows; row += group) {
    product.rows = rows - row < group ? rows - row : group;
    product.y = y + row;
    const uint8_t *here = from + (first + row) * bytes;
    if (in_place) {
      product.w = (const float *)(const void *)here;
    } else {
      float *floats = (float *)(void *)at->panel;  // [group, k]
      job->kernels->dequantize(m->type, here, floats, product.rows * x->k);
      product.w = floats;
    }
    job->kernels->multiply(&product);
  }
}

// y: [columns, CK_PANEL], of which the first `rows` of a column are meant.
static void multiply_rows(const project_job *job, const ck_weights *m, size_t first, size_t rows,
                          const bench *at, float *y) {
  if (is_integer(job->x, m->type)) {
    panel_of_integers(job, m, first, rows, at, y);
  } else {
    panel_of_floats(job, m, first, rows, at, y);
  }
}

static size_t panels_of(const ck_weights *m) { return (m->rows + CK_PANEL - 1) / CK_PANEL; }

static void project_chunk(void *context, ck_worker *worker, size_t chunk) {
  const project_job *job = context;
  const ck_weights *m = job->matrices;
  while (chunk >= panels_of(m)) chunk -= panels_of(m++);
  const size_t first = chunk * CK_PANEL, left = m->rows - first;
  const size_t rows = left < CK_PANEL ? left : CK_PANEL;
  const bench at = bench_for(worker, job->x, 1);
  multiply_rows(job, m, first, rows, &at, at.y);
  for (size_t c = 0; c < job->x->columns; c++) {
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
  project_job job = {ck_current(), x, matrices, count, accumulate};
  size_t chunks = 0;
  for (size_t i = 0; i < count; i++) chunks += panels_of(&matrices[i]);
  ck_pool_run(pool, project_chunk, &job, chunks);
}

// ---- Gate and up

typedef struct {
  project_job products;  // matrices: gate, up
  float *values;
  ck_activations *blocks;
  void (*gate)(float *gate, const float *up, size_t n);
} gate_up_job;

// CK_PANEL rows of activation(gate) * up, to values.
static void gate_up_panel(const gate_up_job *job, ck_worker *worker, size_t first, size_t rows) {
  const ck_input *x = job->products.x;
  const ck_weights *gate = job->products.matrices, *up = gate + 1;
  const bench at = bench_for(worker, x, 2);
  float *up_y = at.y + x->columns * CK_PANEL;
  multiply_rows(&job->products, gate, first, rows, &at, at.y);
  multiply_rows(&job->products, up, first, rows, &at, up_y);
  for (size_t c = 0; c < x->columns; c++) {
    float *y = at.y + c * CK_PANEL;
    job->gate(y, up_y + c * CK_PANEL, rows);
    memcpy(job->values + c * gate->rows + first, y, rows * sizeof *y);
  }
}

static void gate_up_chunk(void *context, ck_worker *worker, size_t chunk) {
  const gate_up_job *job = context;
  const size_t all = job->products.matrices[0].rows, first = chunk * CK_BLOCK;
  size_t end = first + CK_BLOCK;
  if (end > all) end = all;
  for (size_t row = first; row < end; row += CK_PANEL) {
    gate_up_panel(job, worker, row, end - row < CK_PANEL ? end - row : CK_PANEL);
  }
  if (!job->blocks) return;
  for (size_t c = 0; c < job->products.x->columns; c++) {
    job->products.kernels->quantize(job->values + c * all + first, 1,
                                    job->blocks + (c * all + first) / CK_BLOCK);
  }
}

void ck_gate_up(ck_pool *pool, const ck_input *x, const ck_weights *gate, const ck_weights *up,
                ck_activation activation, float *values, ck_activations *blocks) {
  const ck_weights both[2] = {*gate, *up};
  const ck_kernels *kernels = ck_current();
  gate_up_job job = {
    {kernels, x, both, 2, 0}, values, blocks,
    activation == CK_GELU_TANH ? kernels->geglu : kernels->swiglu,
  };
  ck_pool_run(pool, gate_up_chunk, &job, (gate->rows + CK_BLOCK - 1) / CK_BLOCK);
}

// ---- Unembedding

typedef struct {
  project_job products;
  float temperature;
  ck_logits_part *parts;
} unembed_job;

static void unembed_chunk(void *context, ck_worker *worker, size_t chunk) {
  const unembed_job *job = context;
  const ck_weights *m = job->products.matrices;
  const bench at = bench_for(worker, job->products.x, 1);
  const size_t first = chunk * CK_LOGITS_PART;
  size_t end = first + CK_LOGITS_PART;
  if (end > m->rows) end = m->rows;
  for (size_t row = first; row < end; row += CK_PANEL) {
    const size_t rows = end - row < CK_PANEL ? end - row : CK_PANEL;
    multiply_rows(&job->products, m, row, rows, &at, at.y);
    memcpy(m->y + row, at.y, rows * sizeof(float));
  }
  ck_summarize_part(m->y, first, end, job->temperature, &job->parts[chunk]);
}

ck_logits_summary ck_unembed(ck_pool *pool, const ck_input *x, const ck_weights *matrix,
                             float temperature, ck_logits_part *parts) {
  unembed_job job = {{ck_current(), x, matrix, 1, 0}, temperature, parts};
  const size_t chunks = (matrix->rows + CK_LOGITS_PART - 1) / CK_LOGITS_PART;
  ck_pool_run(pool, unembed_chunk, &job, chunks);
  return ck_merge_parts(parts, chunks, matrix->y, matrix->rows, temperature);
}
