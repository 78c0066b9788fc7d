// Counts what is asked of the heap, by standing in for the C library's functions in the program it is
// linked into.
#pragma once
#include <stddef.h>

/// Calls of malloc, calloc, realloc, aligned_alloc and posix_memalign so far, on all threads.
size_t allocation_count(void);

/// Whether calls are counted: not under a sanitizer.
int allocation_is_counted(void);
