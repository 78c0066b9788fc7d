// Threads that share the work of a kernel.
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A persistent pool: workers spin briefly for the next job, then sleep. One job runs at a time;
/// concurrent callers queue up.
typedef struct ck_pool ck_pool;
/// Starts a pool. `threads` counts the calling thread: 1 (or 0) means no workers. Returns NULL when
/// threads cannot be started.
ck_pool *ck_pool_create(size_t threads);
/// Ends the workers and frees the pool. No job may be running. NULL is allowed.
void ck_pool_destroy(ck_pool *pool);
/// The number of threads, the caller's included; 1 for NULL.
size_t ck_pool_threads(const ck_pool *pool);

#ifdef __cplusplus
}
#endif
