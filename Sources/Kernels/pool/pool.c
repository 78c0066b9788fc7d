// A persistent pool of threads.
//
// A worker spins briefly for the next job, because the next matrix usually comes within
// microseconds, then parks (sleeps on a condition). The caller never waits for a worker that has not
// begun: it closes the job when all chunks are taken and waits only for the workers inside. Two pairs
// of sequentially consistent accesses make this correct:
//   worker: inside++, then reads open     caller: open = 0, then reads inside
//   worker: parked++, then reads epoch    caller: epoch++,  then reads parked
// In each, at least one side sees the other.
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool/pool.h"

enum { SPINS = 4000 };  // tens of microseconds

// A thread and its share of the job, on cache lines of its own, because every chunk taken writes
// `next`.
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

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

void *ck_allocate(size_t bytes) {
  void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (!memory) {
    fprintf(stderr, "cleave: out of memory (%zu bytes for kernels)\n", bytes);
    abort();
  }
  return memory;
}

float *ck_scratch(ck_worker *worker, size_t floats) {
  if (worker->capacity < floats) {
    free(worker->scratch);
    worker->scratch = ck_allocate(floats * sizeof(float));
    worker->capacity = floats;
  }
  return worker->scratch;
}

// Takes the chunks of the worker's own share, then those left of other shares. Shares are runs of
// consecutive chunks: weights come from memory, and the processor prefetches only along sequential
// reads. Threads that took turns at every chunk would each lose a third of their speed.
static void take_chunks(ck_pool *pool, ck_worker *worker) {
  for (size_t i = 0; i < pool->threads; i++) {
    ck_member *owner = &pool->members[(worker->index + i) % pool->threads];
    size_t chunk;
    while ((chunk = atomic_fetch_add(&owner->next, 1)) < owner->end) {
      pool->run(pool->context, worker, chunk);
    }
  }
}

// Gives each thread an equal run of chunks.
static void share_out(ck_pool *pool, size_t chunks) {
  for (size_t i = 0; i < pool->threads; i++) {
    atomic_store(&pool->members[i].next, chunks * i / pool->threads);
    pool->members[i].end = chunks * (i + 1) / pool->threads;
  }
}

// Returns the epoch that is not `seen` any more.
static size_t wait_for_job(ck_pool *pool, size_t seen) {
  for (int i = 0; i < SPINS; i++) {
    const size_t epoch = atomic_load(&pool->epoch);
    if (epoch != seen) return epoch;
    relax();
  }
  pthread_mutex_lock(&pool->parking);
  atomic_fetch_add(&pool->parked, 1);
  while (atomic_load(&pool->epoch) == seen) {
    pthread_cond_wait(&pool->job_opened, &pool->parking);
  }
  atomic_fetch_sub(&pool->parked, 1);
  pthread_mutex_unlock(&pool->parking);
  return atomic_load(&pool->epoch);
}

// Works on the job unless it is closed already; a closed job is not touched.
static void join_job(ck_pool *pool, ck_worker *worker) {
  atomic_fetch_add(&pool->inside, 1);
  if (atomic_load(&pool->open)) take_chunks(pool, worker);
  const bool last = atomic_fetch_sub(&pool->inside, 1) == 1;
  if (last && atomic_load(&pool->caller_parked)) {
    pthread_mutex_lock(&pool->parking);
    pthread_cond_signal(&pool->job_left);
    pthread_mutex_unlock(&pool->parking);
  }
}

static void *worker_main(void *argument) {
  ck_member *member = argument;
  ck_pool *pool = member->pool;
  size_t seen = 0;
  while (true) {
    seen = wait_for_job(pool, seen);
    if (atomic_load(&pool->stopping)) return NULL;
    join_job(pool, &member->self);
  }
}

// Tells the workers that there is a new job, or that the pool is stopping.
static void announce(ck_pool *pool) {
  atomic_fetch_add(&pool->epoch, 1);
  if (atomic_load(&pool->parked) == 0) return;
  pthread_mutex_lock(&pool->parking);
  pthread_cond_broadcast(&pool->job_opened);
  pthread_mutex_unlock(&pool->parking);
}

// Lets no more workers in and waits for those inside.
static void close_job(ck_pool *pool) {
  atomic_store(&pool->open, false);
  for (int i = 0; i < SPINS; i++) {
    if (atomic_load(&pool->inside) == 0) return;
    relax();
  }
  pthread_mutex_lock(&pool->parking);
  atomic_store(&pool->caller_parked, true);
  while (atomic_load(&pool->inside) != 0) pthread_cond_wait(&pool->job_left, &pool->parking);
  atomic_store(&pool->caller_parked, false);
  pthread_mutex_unlock(&pool->parking);
}

void ck_pool_run(ck_pool *pool, ck_chunk run, void *context, size_t chunks) {
  if (!pool) {
    ck_worker worker = {0};
    for (size_t chunk = 0; chunk < chunks; chunk++) run(context, &worker, chunk);
    free(worker.scratch);
    return;
  }
  pthread_mutex_lock(&pool->callers);
  pool->run = run;
  pool->context = context;
  share_out(pool, chunks);
  const bool shared = pool->threads > 1 && chunks > 1;
  if (shared) {
    atomic_store(&pool->open, true);
    announce(pool);
  }
  take_chunks(pool, &pool->members[0].self);
  if (shared) close_job(pool);
  pthread_mutex_unlock(&pool->callers);
}

size_t ck_pool_threads(const ck_pool *pool) { return pool ? pool->threads : 1; }

// Ends the workers 1 ..< started and frees everything.
static void dismantle(ck_pool *pool, size_t started) {
  atomic_store(&pool->stopping, true);
  announce(pool);
  for (size_t i = 1; i < started; i++) pthread_join(pool->members[i].thread, NULL);
  for (size_t i = 0; i < pool->threads; i++) free(pool->members[i].self.scratch);
  pthread_cond_destroy(&pool->job_left);
  pthread_cond_destroy(&pool->job_opened);
  pthread_mutex_destroy(&pool->parking);
  pthread_mutex_destroy(&pool->callers);
  free(pool->members);
  free(pool);
}

static ck_pool *allocate(size_t threads) {
  ck_pool *pool = calloc(1, sizeof *pool);
  ck_member *members = aligned_alloc(_Alignof(ck_member), threads * sizeof *members);
  if (members) memset(members, 0, threads * sizeof *members);
  if (!pool || !members) {
    free(pool);
    free(members);
    return NULL;
  }
  pool->threads = threads;
  pool->members = members;
  pthread_mutex_init(&pool->callers, NULL);
  pthread_mutex_init(&pool->parking, NULL);
  pthread_cond_init(&pool->job_opened, NULL);
  pthread_cond_init(&pool->job_left, NULL);
  return pool;
}

ck_pool *ck_pool_create(size_t threads) {
  if (threads == 0) threads = 1;
  ck_pool *pool = allocate(threads);
  if (!pool) return NULL;
  for (size_t i = 0; i < threads; i++) {
    ck_member *member = &pool->members[i];
    member->pool = pool;
    member->self.index = i;
    if (i > 0 && pthread_create(&member->thread, NULL, worker_main, member) != 0) {
      dismantle(pool, i);
      return NULL;
    }
  }
  return pool;
}

void ck_pool_destroy(ck_pool *pool) {
  if (pool) dismantle(pool, pool->threads);
}
