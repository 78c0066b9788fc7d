// The state of the pool, for pool.c, which starts and ends it, and jobs.c, which runs jobs.
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

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
  pthread_mutex_t parking;  // for the two conditions
  pthread_cond_t job_opened, job_left;
};

/// The function of a worker's thread. argument: its ck_member
void *ck_worker_main(void *argument);

/// Tells the workers that there is a new job, or that the pool is stopping.
void ck_announce(ck_pool *pool);
