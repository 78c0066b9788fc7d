// Jobs on the pool, for kernels.
#pragma once

#include "CleavePool.h"

/// One thread at work on a job. Its scratch space outlives the job, so that steady work allocates
/// nothing.
typedef struct ck_worker {
  size_t index;     // 0 is the caller
  float *scratch;   // [capacity], aligned to a cache line
  size_t capacity;  // floats
} ck_worker;

/// One chunk of a job.
typedef void (*ck_chunk)(void *context, ck_worker *worker, size_t chunk);

/// Calls run for the chunks 0 ..< chunks, each once, on any thread; returns when all are done.
/// Without a pool all chunks run on the calling thread.
void ck_pool_run(ck_pool *pool, ck_chunk run, void *context, size_t chunks);

/// The worker's scratch space with room for this many floats; its former content may be lost.
float *ck_scratch(ck_worker *worker, size_t floats);

/// Allocates bytes aligned to a cache line, for the caller to free. Ends the process when there is no
/// memory, because kernels cannot return errors.
void *ck_allocate(size_t bytes);
