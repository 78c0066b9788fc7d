#include "CleaveSystem.h"
#include <malloc.h>

void cleave_release_free_memory(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
