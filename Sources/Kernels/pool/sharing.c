#define _POSIX_C_SOURCE 200809L  // clock_gettime
#include "pool/sharing.h"

#include <time.h>

static const uint64_t millisecond = 1000000;

uint64_t ck_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 * millisecond + (uint64_t)now.tv_nsec;
}

size_t ck_sharing_threads(ck_pool *pool, uint64_t now) {
  size_t left_out = atomic_load(&pool->left_out);
  if (left_out > 0 && now >= pool->retried) {
    atomic_store(&pool->left_out, --left_out);
    pool->retried = now + pool->patience;
    ck_wake_all(pool);
  }
  return pool->threads - left_out;
}

void ck_note_wait(ck_pool *pool, uint64_t waited, uint64_t chunk, uint64_t now) {
  // Linux lets a process run for about 3 ms before another has its turn. The last chunk of a large job may take as
  // long by itself.
  if (waited < 2 * millisecond || waited / 4 < chunk) return;
  const uint64_t soon = 100 * millisecond, longest = 3000 * millisecond;
  const bool is_first = now - pool->stopped > soon;
  pool->stopped = now;
  if (is_first) return;
  const bool has_failed = pool->patience > 0 && now < pool->retried + 3 * soon;
  pool->patience = has_failed ? 2 * pool->patience : soon;
  if (pool->patience > longest) pool->patience = longest;
  pool->retried = now + pool->patience;
  const size_t left_out = atomic_load(&pool->left_out);
  if (left_out + 1 < pool->threads) atomic_store(&pool->left_out, left_out + 1);
}
