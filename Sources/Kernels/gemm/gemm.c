// Matrix products in bfloat16, blocked as in BLIS (Van Zee, van de Geijn 2015): b is packed into
// panels by all threads, then each takes blocks of rows, packs one part of k of a at a time so that it
// stays in the second-level cache, and multiplies tile by tile against one panel of b at a time.
// How k is divided depends on k alone, so an element's sum has the same order on every thread.
#include "gemm/gemm.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "pool/pool.h"

#if defined(__x86_64__)
enum {
  DEPTH = 768,           // the most of k at once
  DEPTH_STEP = 32,       // of k that packing takes at once
  BLOCK_TILES = 12,      // the most tiles of rows in a block
  SLAB_PAIRS = 4 << 20,  // of b at a time: 16 MiB
};

typedef struct {
  const ck_gemm *gemm;
  size_t depth;           // of k at once; the last part may be shorter
  size_t first, columns;  // the slab of b's columns that is multiplied
  size_t panels;          // of the slab
  size_t tiles, blocks;   // of c's rows
  uint32_t *b;            // [parts of k, panels, pairs, CK_TILE_COLUMNS]
} gemm_job;

static size_t parts_of(size_t x, size_t size) { return (x + size - 1) / size; }
static size_t least(size_t x, size_t y) { return x < y ? x : y; }

// ---- The slab of b, kept by the calling thread -------------------------------------------------

typedef struct {
  size_t capacity;
  uint32_t *pairs;
} slab;

static pthread_key_t slab_key;
static pthread_once_t slab_once = PTHREAD_ONCE_INIT;

static void free_slab(void *kept) {
  free(((slab *)kept)->pairs);
  free(kept);
}

static void make_slab_key(void) {
  if (pthread_key_create(&slab_key, free_slab) != 0) abort();
}

static uint32_t *slab_for(size_t pairs) {
  pthread_once(&slab_once, make_slab_key);
  slab *kept = pthread_getspecific(slab_key);
  if (!kept) {
    kept = ck_allocate(sizeof *kept);
    *kept = (slab){0, NULL};
    if (pthread_setspecific(slab_key, kept) != 0) abort();
  }
  if (kept->capacity < pairs) {
    free(kept->pairs);
    *kept = (slab){pairs, ck_allocate(pairs * sizeof *kept->pairs)};
  }
  return kept->pairs;
}

// ---- The two jobs ------------------------------------------------------------------------------

// The panel of b for the part of k that begins at `at`.
static uint32_t *panel_of_b(const gemm_job *job, size_t at, size_t panel, size_t pairs) {
  return job->b + (job->panels * (at / 2) + panel * pairs) * CK_TILE_COLUMNS;
}

static void pack_b(void *context, ck_worker *worker, size_t panel) {
  (void)worker;
  const gemm_job *job = context;
  const ck_gemm *g = job->gemm;
  const size_t from = panel * CK_TILE_COLUMNS, column = job->first + from;
  const size_t columns = least(job->columns - from, CK_TILE_COLUMNS);
  for (size_t at = 0; at < g->k; at += job->depth) {
    const size_t k = least(g->k - at, job->depth);
    const float *b = g->b + (g->b_transposed ? column * g->ldb + at : at * g->ldb + column);
    ck_pack_bf16(
      (ck_lanes){b, g->ldb, !g->b_transposed}, columns, k,
      (ck_panels){panel_of_b(job, at, panel, (k + 1) / 2), CK_TILE_COLUMNS, 2});
  }
}

static void multiply_part(const gemm_job *job, const uint32_t *a, size_t row, size_t rows,
                          size_t at, size_t pairs) {
  const ck_gemm *g = job->gemm;
  for (size_t panel = 0; panel < job->panels; panel++) {
    const size_t column = panel * CK_TILE_COLUMNS;
    ck_tile tile = {
      .b = panel_of_b(job, at, panel, pairs), .pairs = pairs, .ldc = g->ldc,
      .columns = least(job->columns - column, CK_TILE_COLUMNS),
      .accumulate = g->accumulate || at > 0,
    };
    for (size_t r = 0; r < rows; r += CK_TILE_ROWS) {
      // Prefetch the next panel of b, in two halves; later tiles prefetch what is in the cache already.
      const int half = r / CK_TILE_ROWS < 2 ? (int)(r / CK_TILE_ROWS) + 2 : 0;
      tile.soon = tile.b + half * pairs * CK_GROUP;
      tile.a = a + r / CK_TILE_ROWS * pairs * CK_GROUP;
      tile.c = g->c + (row + r) * g->ldc + job->first + column;
      tile.rows = least(rows - r, CK_TILE_ROWS);
      ck_multiply_tile_bf16(&tile);
    }
  }
}

static void multiply_block(void *context, ck_worker *worker, size_t block) {
  const gemm_job *job = context;
  const ck_gemm *g = job->gemm;
  const size_t first = job->tiles * block / job->blocks;
  const size_t end = job->tiles * (block + 1) / job->blocks;
  const size_t row = first * CK_TILE_ROWS, rows = least(end * CK_TILE_ROWS, g->m) - row;
  const size_t all = (end - first) * ((job->depth + 1) / 2) * CK_GROUP;
  uint32_t *packed = (uint32_t *)(void *)ck_scratch(worker, all);
  for (size_t at = 0; at < g->k; at += job->depth) {
    const size_t k = least(g->k - at, job->depth);
    const float *a = g->a + (g->a_transposed ? at * g->lda + row : row * g->lda + at);
    ck_pack_bf16((ck_lanes){a, g->lda, g->a_transposed}, rows, k,
                 (ck_panels){packed, CK_TILE_ROWS, 1});
    multiply_part(job, packed, row, rows, at, (k + 1) / 2);
  }
}

// As many blocks of equal height as give every thread the same number.
static size_t blocks_of(size_t tiles, size_t threads) {
  const size_t rounds = parts_of(parts_of(tiles, BLOCK_TILES), threads);
  return least(rounds * threads, tiles);
}

static void multiply(ck_pool *pool, const ck_gemm *g) {
  const size_t depth = parts_of(g->k, parts_of(g->k, DEPTH));
  const size_t pairs = parts_of(g->k, 2);  // of a column
  const size_t most = SLAB_PAIRS / pairs / CK_TILE_COLUMNS * CK_TILE_COLUMNS;
  const size_t slab_columns = most ? most : CK_TILE_COLUMNS;
  gemm_job job = {.gemm = g, .depth = parts_of(depth, DEPTH_STEP) * DEPTH_STEP};
  job.tiles = parts_of(g->m, CK_TILE_ROWS);
  job.blocks = blocks_of(job.tiles, ck_pool_threads(pool));
  for (; job.first < g->n; job.first += job.columns) {
    job.columns = least(g->n - job.first, slab_columns);
    job.panels = parts_of(job.columns, CK_TILE_COLUMNS);
    job.b = slab_for(job.panels * CK_TILE_COLUMNS * pairs);
    ck_pool_run(pool, pack_b, &job, job.panels);
    ck_pool_run(pool, multiply_block, &job, job.blocks);
  }
}
#endif

void ck_gemm_bf16(ck_pool *pool, const ck_gemm *gemm) {
#if defined(__x86_64__)
  if (gemm->m && gemm->n && gemm->k && ck_has_bf16()) {
    multiply(pool, gemm);
    return;
  }
#endif
  ck_gemm_bf16_reference(pool, gemm);
}
