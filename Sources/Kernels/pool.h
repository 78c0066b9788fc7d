// Inside view of the pool: how kernels run jobs on it.
#pragma once

#include "CleaveKernels.h"

/// One thread at work on a job. Its scratch outlives the job, so that steady work allocates
/// nothing.
typedef struct ck_worker {
  size_t index;     // 0 is the caller
  float *scratch;   // [capacity], aligned to a cache line
  size_t capacity;  // floats
} ck_worker;

/// One chunk of a job.
typedef void (*ck_chunk)(void *context, ck_worker *worker, size_t chunk);

/// Calls run for the chunks 0 ..< chunks, each once, on any thread; returns when all are done.
/// Without a pool everything happens on the calling thread.
void ck_pool_run(ck_pool *pool, ck_chunk run, void *context, size_t chunks);

/// The worker's scratch with room for this many floats; its former content may be gone.
float *ck_scratch(ck_worker *worker, size_t floats);

/// Bytes aligned to a cache line, to be freed; ends the process when there are none, for the kernels
/// have no way to fail.
void *ck_allocate(size_t bytes);
