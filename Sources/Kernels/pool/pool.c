// The start and end of the pool, and memory for kernels.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool/pool_state.h"

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

size_t ck_pool_threads(const ck_pool *pool) { return pool ? pool->threads : 1; }

// Ends the workers 1 ..< started and frees everything.
static void dismantle(ck_pool *pool, size_t started) {
  atomic_store(&pool->stopping, true);
  atomic_fetch_add(&pool->epoch, 1);
  atomic_store(&pool->left_out, 0);
  ck_wake_all(pool);
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
    if (i > 0 && pthread_create(&member->thread, NULL, ck_worker_main, member) != 0) {
      dismantle(pool, i);
      return NULL;
    }
  }
  return pool;
}

void ck_pool_destroy(ck_pool *pool) {
  if (pool) dismantle(pool, pool->threads);
}
