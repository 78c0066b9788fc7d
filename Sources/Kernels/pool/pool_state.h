// The state of the pool, for pool.c, which starts and ends it, jobs.c, which runs jobs, and sharing.c.
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "pool/pool.h"

/// A thread and its share of the job, on cache lines of its own, because every chunk taken writes `next`.
typedef struct {
  _Alignas(64) atomic_size_t next;  // the first chunk of its share not yet taken
  size_t end;                       // of its share
  pthread_t thread;
  struct ck_pool *pool;
  ck_worker self;
} ck_member;

struct ck_pool {
  size_t threads;
  ck_member *members;       // [threads], the first for the caller
  pthread_mutex_t callers;  // one job at a time

  // The job, written while it is closed and no worker is inside.
  ck_chunk run;
  void *context;

  atomic_bool open, stopping;
  atomic_size_t epoch;  // counts jobs
  atomic_size_t inside, parked;
  atomic_bool caller_parked;
  // Written by the caller alone; see sharing.h. Times are nanoseconds of the monotonic clock.
  atomic_size_t left_out;  // workers, the last ones
  uint64_t stopped;        // when a stopped worker was last waited for
  uint64_t patience;       // how long a worker stays left out
  uint64_t retried;        // when one worker more is tried, or was
  pthread_mutex_t parking;  // for the two conditions
  pthread_cond_t job_opened, job_left;
};

/// The function of a worker's thread. argument: its ck_member
void *ck_worker_main(void *argument);

/// Wakes the workers that are parked.
void ck_wake_all(ck_pool *pool);
