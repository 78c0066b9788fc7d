#define _GNU_SOURCE
#include "CleaveSystem.h"
#include "faults.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

// libdispatch, which runs Swift's tasks, asks for a thread for ever where the system has none for it, with a second of
// sleep between, so that a command without memory would hang without a word. This pthread_create stands before the C
// library's, and ends the process when one thread has been refused the same for too long without a pause. Refusals
// that lie apart are those of callers that gave up.

static _Atomic(double) patience = 8;

void cleave_wait_for_threads(double seconds) { patience = seconds; }

// The sanitizers have their own, which must come first.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define CLEAVE_SANITIZED
#endif
#endif

#ifndef CLEAVE_SANITIZED

typedef void *(*routine)(void *);
typedef int (*creator)(pthread_t *restrict, const pthread_attr_t *restrict, routine, void *restrict);

enum { fewest_refusals = 5 };
static const double longest_pause = 5;

// What this thread was refused without a pause.
static _Thread_local struct {
  routine start;
  int count;
  double first, last;  // seconds
} refused;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

// Libraries are begun before the executable that needs them: OpenBLAS starts its threads then, and raises SIGINT where it
// gets none, so that the process would seem to have been interrupted.
static atomic_bool has_begun;

__attribute__((constructor)) static void begin(void) { has_begun = true; }

// Whether the refusals of this start routine have gone on for too long.
static int is_refused_for_too_long(routine start) {
  const double time = now();
  if (refused.count == 0 || refused.start != start || time - refused.last > longest_pause) {
    refused.start = start;
    refused.count = 0;
    refused.first = time;
  }
  refused.count++;
  refused.last = time;
  return refused.count >= fewest_refusals && time - refused.first >= patience;
}

__attribute__((visibility("default"))) int pthread_create(pthread_t *restrict thread,
                                                          const pthread_attr_t *restrict attributes,
                                                          routine start, void *restrict argument) {
  static _Atomic(creator) next;
  creator create = next;
  if (!create) next = create = (creator)dlsym(RTLD_NEXT, "pthread_create");
  // No C library is without it.
  if (!create) abort();
  const int code = create(thread, attributes, start, argument);
  if (code != EAGAIN && code != ENOMEM)
    refused.count = 0;
  else if (!has_begun || is_refused_for_too_long(start))
    cleave_end_without_thread(code);
  return code;
}

#endif
