#define _GNU_SOURCE
#include "CleaveSystem.h"
#include <sched.h>
#include <stdio.h>

// Whole processors the control group may use, rounded up; 0 when it sets no limit (cgroup v2).
static int quota(void) {
  FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");
  if (!file) return 0;
  long long microseconds = 0, period = 0;
  const int read = fscanf(file, "%lld %lld", &microseconds, &period);
  fclose(file);
  if (read != 2 || microseconds <= 0 || period <= 0) return 0;
  return (int)((microseconds + period - 1) / period);
}

int cleave_usable_processors(void) {
  cpu_set_t set;
  int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  const int limit = quota();
  if (limit > 0 && limit < count) count = limit;
  return count > 0 ? count : 1;
}
