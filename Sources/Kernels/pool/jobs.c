// Jobs of the pool.
//
// A worker spins briefly for the next job, because the next matrix usually comes within
// microseconds, then parks (sleeps on a condition). The caller never waits for a worker that has not
// begun: it closes the job when all chunks are taken and waits only for the workers inside. Two pairs
// of sequentially consistent accesses make this correct:
//   worker: inside++, then reads open     caller: open = 0, then reads inside
//   worker: parked++, then reads epoch    caller: epoch++,  then reads parked
// In each, at least one side sees the other.
#include <stdlib.h>

#include "pool/pool_state.h"
#include "pool/sharing.h"

enum { SPINS = 4000 };  // tens of microseconds

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Takes the chunks of the worker's own share, then those left of other shares. Shares are runs of
// consecutive chunks: weights come from memory, and the processor prefetches only along sequential
// reads. Threads that took turns at every chunk would each lose a third of their speed.
// Returns how many it took.
static size_t take_chunks(ck_pool *pool, ck_worker *worker) {
  size_t taken = 0;
  for (size_t i = 0; i < pool->threads; i++) {
    ck_member *owner = &pool->members[(worker->index + i) % pool->threads];
    size_t chunk;
    while ((chunk = atomic_fetch_add(&owner->next, 1)) < owner->end) {
      pool->run(pool->context, worker, chunk);
      taken++;
    }
  }
  return taken;
}

// Gives each of the first threads an equal run of chunks, and the others none.
static void share_out(ck_pool *pool, size_t chunks, size_t threads) {
  for (size_t i = 0; i < pool->threads; i++) {
    const size_t first = i < threads ? i : threads, end = i < threads ? i + 1 : threads;
    atomic_store(&pool->members[i].next, chunks * first / threads);
    pool->members[i].end = chunks * end / threads;
  }
}

// Waits on the condition for an epoch that is not `seen` any more. A worker that is left out is not counted as
// parked, so that no job wakes it.
static void park(ck_pool *pool, const ck_worker *worker, size_t seen) {
  bool counted = false;
  pthread_mutex_lock(&pool->parking);
  while (true) {
    const bool is_out = ck_is_left_out(pool, worker);
    if (counted && is_out) atomic_fetch_sub(&pool->parked, 1);
    if (!counted && !is_out) atomic_fetch_add(&pool->parked, 1);
    counted = !is_out;
    if (!is_out && atomic_load(&pool->epoch) != seen) break;
    pthread_cond_wait(&pool->job_opened, &pool->parking);
  }
  atomic_fetch_sub(&pool->parked, 1);
  pthread_mutex_unlock(&pool->parking);
}

// Returns the epoch that is not `seen` any more.
static size_t wait_for_job(ck_pool *pool, const ck_worker *worker, size_t seen) {
  for (int i = 0; i < SPINS && !ck_is_left_out(pool, worker); i++) {
    const size_t epoch = atomic_load(&pool->epoch);
    if (epoch != seen) return epoch;
    relax();
  }
  park(pool, worker, seen);
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

void *ck_worker_main(void *argument) {
  ck_member *member = argument;
  ck_pool *pool = member->pool;
  size_t seen = 0;
  while (true) {
    seen = wait_for_job(pool, &member->self, seen);
    if (atomic_load(&pool->stopping)) return NULL;
    join_job(pool, &member->self);
  }
}

void ck_wake_all(ck_pool *pool) {
  pthread_mutex_lock(&pool->parking);
  pthread_cond_broadcast(&pool->job_opened);
  pthread_mutex_unlock(&pool->parking);
}

// Tells the workers that there is a new job.
static void announce(ck_pool *pool) {
  atomic_fetch_add(&pool->epoch, 1);
  if (atomic_load(&pool->parked) > 0) ck_wake_all(pool);
}

// Lets no more workers in and waits for those inside. chunk: the nanoseconds that a chunk took the caller
static void close_job(ck_pool *pool, uint64_t chunk) {
  atomic_store(&pool->open, false);
  for (int i = 0; i < SPINS; i++) {
    if (atomic_load(&pool->inside) == 0) return;
    relax();
  }
  const uint64_t start = ck_clock();
  pthread_mutex_lock(&pool->parking);
  atomic_store(&pool->caller_parked, true);
  while (atomic_load(&pool->inside) != 0) pthread_cond_wait(&pool->job_left, &pool->parking);
  atomic_store(&pool->caller_parked, false);
  pthread_mutex_unlock(&pool->parking);
  const uint64_t now = ck_clock();
  ck_note_wait(pool, now - start, chunk, now);
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
  const bool is_divisible = pool->threads > 1 && chunks > 1;
  const uint64_t start = is_divisible ? ck_clock() : 0;
  const size_t threads = is_divisible ? ck_sharing_threads(pool, start) : 1;
  share_out(pool, chunks, threads);
  if (threads > 1) {
    atomic_store(&pool->open, true);
    announce(pool);
  }
  const size_t taken = take_chunks(pool, &pool->members[0].self);
  if (threads > 1) close_job(pool, (ck_clock() - start) / (taken ? taken : 1));
  pthread_mutex_unlock(&pool->callers);
}
