// How a pool shares the processors with other processes.
//
// A worker that the system stops in the middle of a chunk, to run somebody else, holds up the whole job for
// milliseconds while the other threads wait. After two such stops in a short time one worker is left out, whose
// processor then is the other process's, and one more when that is not enough. After a while it is tried with one
// worker more, and each time that this fails the while is longer. What is computed stays the same: a chunk gives the
// same bits on any thread.
#pragma once

#include "pool/pool_state.h"

/// The monotonic clock, in nanoseconds.
uint64_t ck_clock(void);

/// Whether a worker is left out for now.
static inline bool ck_is_left_out(const ck_pool *pool, const ck_worker *worker) {
  return worker->index >= pool->threads - atomic_load(&pool->left_out);
}

/// The threads that are to share a job, the caller among them. Called by the caller between jobs. now: ck_clock()
size_t ck_sharing_threads(ck_pool *pool, uint64_t now);

/// Notes how long the caller waited for workers at the end of a job, and what a chunk of the job took it, both in
/// nanoseconds. now: ck_clock()
void ck_note_wait(ck_pool *pool, uint64_t waited, uint64_t chunk, uint64_t now);
