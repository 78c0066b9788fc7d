#define _GNU_SOURCE
#include "CleaveSystem.h"
#include <fcntl.h>
#include <stdio.h>

int cleave_exchange_paths(const char *first, const char *second) {
  return renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
}

int cleave_rename_exclusively(const char *source, const char *target) {
  return renameat2(AT_FDCWD, source, AT_FDCWD, target, RENAME_NOREPLACE);
}
