#define _GNU_SOURCE
#include "faults.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

// libdispatch, which runs Swift's tasks, asks for a thread for ever where the system has none for it, with a second of
// sleep between, so that a command without memory would hang without a word. This pthread_create stands before the C
// library's, and ends the process when one thread has been refused the same again and again. A caller that gives up
// by itself never asks so often.

// The sanitizers have their own, which must come first.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define CLEAVE_SANITIZED
#endif
#endif

#ifndef CLEAVE_SANITIZED

typedef void *(*routine)(void *);
typedef int (*creator)(pthread_t *restrict, const pthread_attr_t *restrict, routine, void *restrict);

enum { most_refusals = 10 };
static _Thread_local struct {
  routine start;
  int count;
} refused;

__attribute__((visibility("default"))) int pthread_create(pthread_t *restrict thread,
                                                          const pthread_attr_t *restrict attributes,
                                                          routine start, void *restrict argument) {
  static _Atomic(creator) next;
  creator create = next;
  if (!create) next = create = (creator)dlsym(RTLD_NEXT, "pthread_create");
  // No C library is without it.
  if (!create) abort();
  const int code = create(thread, attributes, start, argument);
  if (code != EAGAIN && code != ENOMEM) {
    refused.count = 0;
    return code;
  }
  refused.count = refused.start == start ? refused.count + 1 : 1;
  refused.start = start;
  if (refused.count >= most_refusals) cleave_end_without_thread(code);
  return code;
}

#endif
